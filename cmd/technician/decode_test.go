package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDecodeReadsADocumentsExample(t *testing.T) {
	// P015 5.2, page 141, and an end after it
	const text = "06 0F 12 19 00 29 65 00 00 28 49 09 78 06 06 26 04 0A 02 06 D3\n04 FF 01 0A  80 00 00 06 1E 01 6C 84 A0 00"
	for _, c := range []struct {
		name, in string
		args     []string
	}{
		{"standard input", text, []string{"decode", "zvt", "--tcp", "-"}},
		{"a file", "", []string{"decode", "zvt", file(t, "x.hex", text)}},
		{"the command line", "", []string{"decode", "zvt", text}},
	} {
		out, err := tool(t, strings.NewReader(c.in), c.args...)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		all := each[message](t, out)
		if len(all) != 5 || all[0].Name != "completion" || all[1].Offset != 21 || all[1].Fields[0].Value != "Insert card" || all[2].Name != "acknowledged" ||
			all[3].Means != "abort via timeout or abort-key" || all[4].Code != "A0" {
			t.Errorf("%s: %s", c.name, out)
		}
		found := false
		for _, f := range all[0].Fields {
			found = found || f.ID == "29" && f.Name == "terminal id" && f.Value == "65000028"
		}
		if !found {
			t.Errorf("%s: there is no terminal id: %s", c.name, out)
		}
	}
}

func TestDecodeGivesCentsAndShowsNoCardNumber(t *testing.T) {
	// a status information with result, amount and, in field 22, a card number
	out, err := tool(t, nil, "decode", "zvt", "040F10 2700 04000000003070 22F0F4 67123478")
	if err != nil {
		t.Fatal(err)
	}
	m := last[message](t, out)
	if strings.Contains(out, "6712") || m.Code != "00" || len(m.Fields) != 3 || m.Fields[1].Cents == nil || *m.Fields[1].Cents != 3070 {
		t.Error(out)
	}
	frame := "06 1002 040F09 2700 22F0F4 67123478 1003 0000"
	out, err = tool(t, nil, "decode", "zvt", "--serial", frame)
	if err == nil || !strings.Contains(err.Error(), "byte 1 ") || !strings.Contains(out, "ACK") || !strings.Contains(out, "damaged frame") || strings.Contains(out, "6712") {
		t.Errorf("a wrong checksum: %s, %v", out, err)
	}
}

func TestABrokenMessageIsNamedWithItsOffset(t *testing.T) {
	for text, want := range map[string]string{
		"06 0":                                "no bytes in hex",
		"80 00 00 06 0F 05 27":                "byte 7: ",        // cut off
		"80 00 00 04 0F 03 04 00 00 80 00 00": "byte 6: ",        // field 04 has six bytes
		"80 00 00 04 0F 09 27 00 0B 0A 00 00": "byte ",           // shorter than it says
		"06 1E 01 6C 05":                      "byte 5: ",        // half a header
		"not-here.hex":                        "no bytes in hex", // no file either
	} {
		out, err := tool(t, nil, "decode", "zvt", text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s, %v, want %s", text, out, err, want)
		}
	}
	for text, want := range map[string]string{"10 02 06 00": "byte 0 is cut off", "06 15 10 02 06": "byte 2 is cut off"} {
		if out, err := tool(t, nil, "decode", "zvt", "--serial", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s, %v, want %s", text, out, err, want)
		}
	}
}

func TestDecodeReadsAndDrawsWhatAPrinterWasSent(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "slip.png")
	job := file(t, "slip.bin", "\x1b@\x1bt\x13Gr\x81\xe1e\n\x1dVB\x00")
	out, err := tool(t, nil, "decode", "escpos", "--png", picture, job)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(out, "\n") < 5 || !strings.Contains(out, "Grüße") || !strings.Contains(out, "GS V") {
		t.Error(out)
	}
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if img, err := png.Decode(f); err != nil || img.Bounds().Dx() < 300 {
		t.Errorf("the paper is no picture: %v", err)
	}
	if out, err := tool(t, strings.NewReader("Text\n\x1dV"), "decode", "escpos", "-"); err == nil || !strings.Contains(err.Error(), "byte 5") || !strings.Contains(out, "incomplete") {
		t.Errorf("a job that is cut off: %s, %v", out, err)
	}
	tape := file(t, "job.line", "rathausnah line 1\n0 > 1B40\n0 < 12\n0.1 > 4869 0A\n")
	if out, err := tool(t, nil, "decode", "escpos", tape); err != nil || !strings.Contains(out, "Hi") || !strings.Contains(out, "ESC @") {
		t.Errorf("a recording: %s, %v", out, err)
	}
}

func TestAPaymentsCodeIsMadeAndRead(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "code.png")
	out, err := tool(t, nil, "epc", "--name", "Stadt Bad Oeynhausen", "--iban", "DE02 1203 0000 0000 2020 51", "--cents", "3070", "--text", "Bewohnerparkausweis", "--out", picture)
	if err != nil {
		t.Fatal(err)
	}
	made := last[transfer](t, out)
	if !made.OK || made.Cents != 3070 || made.IBAN != "DE02120300000000202051" || made.Modules != 37 {
		t.Error(out)
	}
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if img, err := png.Decode(f); err != nil || img.Bounds().Dx() != (37+8)*8 {
		t.Errorf("the code is no picture: %v", err)
	}
	const payload = "BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR30.70\n\n\nBewohnerparkausweis"
	out, err = tool(t, strings.NewReader(payload), "decode", "epc", "-")
	if read := last[transfer](t, out); err != nil || !read.OK || read.Text != "Bewohnerparkausweis" || read.Cents != 3070 {
		t.Errorf("%s, %v", out, err)
	}
	if out, err = tool(t, nil, "decode", "epc", file(t, "epc.txt", payload+"\n")); err == nil || last[transfer](t, out).Line != 12 || last[transfer](t, out).Rule == "" {
		t.Errorf("a line end at the end: %s, %v", out, err)
	}
}

func TestACodeThatBreaksARuleIsRefusedWithTheRule(t *testing.T) {
	good := []string{"epc", "--name", "Stadt", "--iban", "DE02120300000000202051", "--cents", "100", "--out", filepath.Join(t.TempDir(), "x.png")}
	for want, more := range map[string][]string{
		"IBAN's check digits":       {"--iban", "DE03120300000000202051"},
		"reference or a text":       {"--text", "a", "--reference", "RF18539007547034"},
		"reference's check digits":  {"--reference", "RF19539007547034"},
		"the amount is":             {"--cents=-1"},
		"the name":                  {"--name", strings.Repeat("x", 71)},
		"the purpose has at most 4": {"--purpose", "GOODS"},
	} {
		out, err := tool(t, nil, append(good[:len(good):len(good)], more...)...)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(last[transfer](t, out).Rule, want) {
			t.Errorf("%v: %s, %v, want %q", more, out, err, want)
		}
	}
}
