package escpos

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

type vector struct {
	bytes []byte
	says  string
	where string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/reference.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.SplitN(line, "|", 3)
		raw, err := hex.DecodeString(strings.ReplaceAll(f[0], " ", ""))
		if err != nil || len(f) != 3 {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, vector{raw, strings.TrimSpace(f[1]), strings.TrimSpace(f[2])})
	}
	return out
}

// says writes a command as the table of vectors does: its name and its parameters in the order of their names.
func says(c Command) string {
	s := c.Name
	params := c.Params()
	for _, name := range slices.Sorted(maps.Keys(params)) {
		s += fmt.Sprintf(" %s=%v", name, params[name])
	}
	return s
}

func TestTheDecoderReadsTheReferencesBytes(t *testing.T) {
	for _, v := range vectors(t) {
		c, n := Cut(v.bytes)
		if n != len(v.bytes) || says(c) != v.says {
			t.Errorf("% x: %s (%d bytes), want %s: %s", v.bytes, says(c), n, v.says, v.where)
		}
		if c.Does() == "" {
			t.Errorf("%s has no words", c.Name)
		}
		for i := range v.bytes { // a command in pieces is not yet one
			if c, n := Cut(v.bytes[:i]); n != 0 {
				t.Errorf("% x of % x is %s", v.bytes[:i], v.bytes, c.Name)
			}
		}
	}
}

// What the driver says is what stands in the documents: emulator and driver could share a mistake, the table does not.
func TestTheDriverSaysTheReferencesBytes(t *testing.T) {
	said := map[string][]byte{
		"ESC @": reset(), "ESC t n=19": codePage(19), "DLE EOT n=1": ask(1), "DLE ENQ n=2": recovered(), "DLE DC4 data=0801031401060208": clearAll(),
		"GS a n=14": automatic(asbAll), "GS r n=1": askPaper(), "GS I n=66": askName(66), `GS ( H fn=48 id=!!!" m=48`: askProcess(processID(1)),
		"GS ( k cn=49 data=hex 3200 fn=65": qrModel2(), "GS ( k cn=49 data=hex 08 fn=67": qrModule(8), "GS ( k cn=49 data=1 fn=69": qrLevelM(),
		"GS ( k cn=49 data=0A fn=80": qrStore("A"), "GS ( k cn=49 data=0 fn=81": qrPrint(), "GS v 0 height=2 m=0 width=8": raster(8, 2, []byte{0xAA, 0x55}),
		"GS V m=66 n=0": cutPartial(),
	}
	for _, v := range vectors(t) {
		if b, ok := said[v.says]; ok {
			if !bytes.Equal(b, v.bytes) {
				t.Errorf("%s: said % x, the document has % x", v.says, b, v.bytes)
			}
			delete(said, v.says)
		}
	}
	if len(said) > 0 {
		t.Errorf("not in the table: %v", slices.Collect(maps.Keys(said)))
	}
	if m, data := native(Code128, "123456"); m != 73 || data != "{C\x0c\x22\x38" {
		t.Errorf("CODE128 of 123456: %d, % x", m, data)
	}
	if m, data := native(Code128, "No.{"); m != 73 || data != "{BNo.{{" {
		t.Errorf("CODE128 of No.{: %d, %q", m, data)
	}
}

func TestAJobIsReadBackFromItsBytes(t *testing.T) {
	p, err := Named("epson-tm-t88v")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Encode(Opts{Profile: p}, []Part{{{Text: "Größe 5 €, Łódź, Жуков", Bold: true}, {Kind: QR, Data: "A"}}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	text := ""
	for _, c := range Commands(append(b, 0x01, 0x02, 0x1D)) {
		names = append(names, c.Name)
		text += c.Text
	}
	want := []string{"ESC @", "FS .", "ESC t", "GS a", "ESC E", "text", "ESC t", "text", "ESC t", "text", "LF", "ESC E", "ESC J", "ESC a", "GS ( k", "GS ( k", "GS ( k", "GS ( k", "GS ( k", "ESC a",
		"ESC J", "ESC t", "GS V", "GS ( H", "unknown", "incomplete"}
	if !slices.Equal(names, want) || text != "Größe 5 €, Łódź, Жуков" {
		t.Errorf("%q\n%q", names, text)
	}
	line, err := json.Marshal(Commands([]byte{0x1B, 't', 19, 0x99})[1])
	if err != nil || string(line) != `{"offset":3,"name":"text","text":"Ö","bytes":"99"}` {
		t.Errorf("%s, %v", line, err)
	}
}

func FuzzCommands(f *testing.F) {
	f.Add([]byte("\x1b@\x1bt\x13Gr\x81\xe1e\n\x1dVB\x00\x1dr\x01"))
	f.Add([]byte("\x1d(k\x03\x001C\x08\x1d8L\xff\xff\xff\xff0p0\x1dv0\x00\xff\xff\xff\xff\x1b*\x21\xff\xff"))
	f.Add([]byte("\x1dk\x04ABC\x00\x1dkI\x05{B123\x1bD\x08\x10\x00\x1d*\xff\xff\x10\x04\x07\x01\x10\x14\x08\x10\x05\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		offset := 0
		for _, c := range Commands(b) {
			if c.Offset != offset || len(c.Bytes) == 0 || !bytes.Equal(c.Bytes, b[offset:offset+len(c.Bytes)]) || c.Name == "" {
				t.Fatalf("at %d: %+v", offset, c)
			}
			offset += len(c.Bytes)
			if _, err := json.Marshal(c); err != nil {
				t.Fatal(err)
			}
		}
		if offset != len(b) {
			t.Fatalf("%d of %d bytes", offset, len(b))
		}
	})
}
