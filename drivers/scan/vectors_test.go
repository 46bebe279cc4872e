package scan_test

import (
	"bufio"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
)

func TestBytesOfScannersAreReadAsTheirDocumentsSay(t *testing.T) {
	file, err := os.Open("testdata/scans.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, " ")
		sent, err := hex.DecodeString(f[1])
		if err != nil || len(f) < 4 {
			t.Fatalf("%q: %v", line, err)
		}
		want := strings.ReplaceAll(strings.Join(f[2:len(f)-1], " "), `\n`, "\n")
		symbology := strings.TrimPrefix(f[len(f)-1], "-")
		profile := scan.Profile(strings.TrimPrefix(f[0], "plain"))
		dev, gun, ready := open(t, scan.Opts{Profile: profile})
		got := make(chan scan.Code, 1)
		go func() {
			code, err := dev.Read(t.Context())
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
			got <- code
		}()
		<-ready
		if _, err := gun.Write(sent); err != nil {
			t.Fatal(err)
		}
		if c := <-got; c.Text() != want || c.Symbology.ID() != symbology {
			t.Errorf("%s: read %q as %q", line, c.Text(), c.Symbology.ID())
		}
		n++
	}
	if n < 15 {
		t.Errorf("only %d vectors were read", n)
	}
}

func TestAPaymentCodeKeepsItsOwnBytes(t *testing.T) {
	// A code for a bank transfer in ISO 8859-2 names its letters in its third line; nobody may guess them before.
	sent := "]Q1BCD\n002\n3\nSCT\n\n\xa3\xf3d\xbc\nPL61109010140000071219812874"
	c := scan.Parse([]byte(sent), false)
	if string(c.Bytes) != sent[3:] || c.Symbology.String() != "QR Code" {
		t.Errorf("got %q, %v", c.Bytes, c.Symbology)
	}
	if c := scan.Parse([]byte(sent), true); string(c.Bytes) != sent || c.Symbology != (scan.Symbology{}) {
		t.Errorf("told to leave identifiers alone, it reads %q, %v", c.Bytes, c.Symbology)
	}
}

func TestAKindOfCodeIsNamed(t *testing.T) {
	for id, want := range map[string]struct {
		name string
		gs1  bool
	}{"]Q1": {"QR Code", false}, "]Q3": {"QR Code", true}, "]C0": {"Code 128", false}, "]C1": {"Code 128", true}, "]E4": {"EAN/UPC", true},
		"]d2": {"Data Matrix", true}, "]z0": {"Aztec", false}, "]L0": {"PDF417", false}} {
		s := scan.Parse([]byte(id+"x"), false).Symbology
		if s.String() != want.name || s.GS1() != want.gs1 || s.ID() != id {
			t.Errorf("%s is %q, GS1 %v", s.ID(), s, s.GS1())
		}
	}
}

func FuzzAnyCodeCanBeShown(f *testing.F) {
	for _, s := range []string{"]Q2\\000026\\\\x", "]d4\\0000", "]z3\\999999\xff", "]Q", "abc", "\x80\xa4"} {
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, sent []byte, plain bool) {
		c := scan.Parse(sent, plain)
		if len(c.Bytes) > len(sent) || c.Text() != strings.ToValidUTF8(c.Text(), "") {
			t.Fatalf("%q became %q, %q", sent, c.Bytes, c.Text())
		}
		if plain && string(c.Bytes) != string(sent) {
			t.Fatalf("%q became %q", sent, c.Bytes)
		}
	})
}
