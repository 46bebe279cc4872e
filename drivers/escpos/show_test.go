package escpos_test

import (
	"bytes"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
)

// shades is a picture of all greys, with a black frame and a clear corner.
func shades(width, height int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			switch {
			case x < 3 || y < 3 || x >= width-3 || y >= height-3:
				img.Set(x, y, color.Black)
			case x+y > 20:
				img.Set(x, y, color.Gray{uint8(x * 255 / width)})
			}
		}
	}
	return img
}

// everything is a part with all that can be said.
func everything() escpos.Part {
	return escpos.Part{
		{Text: "Alles, was geht", Center: true, Bold: true, Wide: 2, Tall: 2},
		{Kind: escpos.Rule},
		{Text: "links, normal, ÄÖÜäöüß €"},
		{Text: "in der Mitte, fett", Center: true, Bold: true},
		{Text: "rechts, unterstrichen", ToRight: true, Underline: true},
		{Text: " weiß auf schwarz ", Center: true, Invert: true, Tall: 2},
		{Kind: escpos.Pair, Label: "Kennzeichen", Text: "MI-ÄÖ 417E", Bold: true, Wide: 2, Tall: 2},
		{Kind: escpos.Feed},
		{Kind: escpos.Table, Right: []bool{false, true, true}, Rows: [][]string{
			{"Leistung", "Anzahl", "Betrag"},
			{"Bewohnerparkausweis für ein Jahr, Zone 3", "1", "30,70\u00a0€"},
			{"Führungszeugnis", "12", "156,00\u00a0€"},
		}},
		{Kind: escpos.Feed},
		{Text: "Łódź, Świętochłowice, Čapek, Şişli, Київ, Зеленський, Ґалаґан, Nguyễn"},
		{Kind: escpos.Barcode, Code: escpos.Code128, Data: "BO-26-4T7K"},
		{Kind: escpos.Barcode, Code: escpos.EAN13, Data: "400638133393"},
		{Kind: escpos.Picture, Image: shades(300, 120)},
		{Kind: escpos.QR, Data: key},
		{Kind: escpos.Verbatim, Lines: []string{"    ** Kundenbeleg **", "girocard   EUR 30,70"}},
	}
}

func TestAllCodesOnThePaperCanBeScanned(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	small, err := escpos.Named("zjiang-pos-5890") // draws nothing by itself
	if err != nil {
		t.Fatal(err)
	}
	long, err := escpos.Named("epson-tm-t88v")
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]escpos.Profile{"generic": escpos.Generic(), "58 mm, all as pictures": small, "tm-t88v": long} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if keep := os.Getenv("KEEP_SLIP"); keep != "" {
				dir = filepath.Join(keep, strings.Fields(name)[0])
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			emu, err := escposemu.New(escposemu.Opts{Dir: dir, Profile: p})
			if err != nil {
				t.Fatal(err)
			}
			d := &desk{emu: emu}
			part := everything()
			part = append(part, escpos.Line{Kind: escpos.Barcode, Code: escpos.EAN8, Data: "9638507"},
				escpos.Line{Kind: escpos.Barcode, Code: escpos.Code39, Data: "MI 417"}, escpos.Line{Kind: escpos.Barcode, Code: escpos.ITF, Data: "123456"},
				escpos.Line{Kind: escpos.Barcode, Code: escpos.Code128, Data: "0123456789"})
			if done, err := d.connect(t, escpos.Opts{Profile: p}).Print(t.Context(), []escpos.Part{part}); err != nil || done != 1 {
				t.Fatalf("done %d, %v", done, err)
			}
			if emu.Unknown() != 0 {
				t.Errorf("%d orders are unknown to the printer", emu.Unknown())
			}
			files, _ := filepath.Glob(filepath.Join(dir, "*-part-1.png"))
			out, err := exec.Command("zbarimg", "-q", "-Sdisable", "-Sqrcode.enable", "-Scode128.enable", "-Sean13.enable", "-Sean8.enable", "-Scode39.enable", "-Si25.enable", files[len(files)-1]).Output()
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Split(strings.TrimSpace(string(out)), "\n")
			for _, want := range []string{"QR-Code:" + key, "CODE-128:BO-26-4T7K", "EAN-13:4006381333931", "EAN-8:96385074", "CODE-39:MI 417", "I2/5:123456", "CODE-128:0123456789"} {
				if !slices.Contains(got, want) {
					t.Errorf("%s cannot be read, but %q", want, got)
				}
			}
		})
	}
}

func TestATableFitsEveryPaper(t *testing.T) {
	for _, columns := range []int{32, 42, 48} {
		d := newDesk(t, "", columns)
		rows := [][]string{{"Leistung", "Stück", "Betrag"}, {strings.Repeat("Rindfleischetikettierung", 4), "1", "1.234,56 €"},
			{"Ein Ausweis, der für die Zone am Kurpark und für die an der Weser gilt", "12", "30,70 €"}, {"nur eine Spalte"}, {}}
		job := []escpos.Part{{{Kind: escpos.Table, Rows: rows, Right: []bool{false, true, true}}}}
		if _, err := d.connect(t, escpos.Opts{Columns: columns}).Print(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		lines := d.emu.Slips()[0].Text[0]
		sums := 0
		for _, line := range lines {
			if n := len([]rune(line)); n > columns {
				t.Errorf("%d columns: a line of %d: %q", columns, n, line)
			}
			if strings.HasSuffix(line, "€") {
				if sums++; len([]rune(line)) != columns {
					t.Errorf("%d columns: the amount is not at the right: %q", columns, line)
				}
			}
		}
		if all := strings.Join(lines, "\n"); sums != 2 || !strings.Contains(all, "Weser gilt") || strings.Count(strings.NewReplacer("\n", "", " ", "").Replace(all), "etikettierung") < 3 {
			t.Errorf("%d columns: something is missing:\n%s", columns, all)
		}
	}
	many := []string{}
	for range 40 {
		many = append(many, "abc")
	}
	if _, err := escpos.Encode(escpos.Opts{Columns: 32}, []escpos.Part{{{Kind: escpos.Table, Rows: [][]string{many}}}}); err != nil {
		t.Errorf("a table with more columns than letters: %v", err)
	}
}

func TestAPictureKeepsItsBrightness(t *testing.T) {
	for _, grey := range []uint8{0, 40, 128, 220, 255} {
		img := image.NewGray(image.Rect(0, 0, 160, 160))
		for i := range img.Pix {
			img.Pix[i] = grey
		}
		b, err := escpos.Encode(escpos.Opts{}, []escpos.Part{{{Kind: escpos.Picture, Image: img}}})
		if err != nil {
			t.Fatal(err)
		}
		dark, rows := 0, 0
		for _, c := range escpos.Commands(b) {
			if c.Name != "GS v 0" {
				continue
			}
			rows += c.Params()["height"].(int)
			for _, bits := range c.Args[6:] {
				for ; bits > 0; bits &= bits - 1 {
					dark++
				}
			}
		}
		want := 160 * 160 * (255 - int(grey)) / 255
		if rows != 160 || dark < want-400 || dark > want+400 {
			t.Errorf("grey %d: %d rows, %d dots, want about %d", grey, rows, dark, want)
		}
	}
	for name, img := range map[string]image.Image{"none": nil, "empty": image.NewGray(image.Rect(0, 0, 0, 5)), "endless": image.NewGray(image.Rect(0, 0, 1, 100000))} {
		if _, err := escpos.Encode(escpos.Opts{}, []escpos.Part{{{Kind: escpos.Picture, Image: img}}}); err == nil {
			t.Errorf("%s: printed", name)
		}
	}
	wide, err := escpos.Encode(escpos.Opts{Columns: 32}, []escpos.Part{{{Kind: escpos.Picture, Image: shades(2000, 400)}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range escpos.Commands(wide) {
		if c.Name == "GS v 0" && c.Params()["width"].(int) > 384 {
			t.Errorf("a picture of %v dots on paper of 384", c.Params()["width"])
		}
	}
}

func TestABarcodeThatCannotBeIsRefused(t *testing.T) {
	for _, l := range []escpos.Line{
		{Code: escpos.EAN13, Data: "4006381333932"}, {Code: escpos.EAN13, Data: "40063813339"}, {Code: escpos.EAN8, Data: "abc"}, {Code: escpos.ITF, Data: "123"},
		{Code: escpos.Code39, Data: "klein"}, {Code: escpos.Code128, Data: "Ä"}, {Code: escpos.Code128, Data: ""}, {Code: escpos.Code128, Data: strings.Repeat("W", 60)},
		{Code: escpos.Code128, Data: "\x1dV0"}, {Code: 99, Data: "1"},
	} {
		l.Kind = escpos.Barcode
		if _, err := escpos.Encode(escpos.Opts{Columns: 32}, []escpos.Part{{l}}); err == nil {
			t.Errorf("%d %q is printed", l.Code, l.Data)
		}
	}
}

// Nobody at a terminal has a cash drawer: no job opens one, whatever it says.
func TestNoJobOpensADrawer(t *testing.T) {
	part := everything()
	part = append(part, escpos.Line{Text: "\x1bp\x00\x19\xfa \x10\x14\x01\x00\x01"})
	b, err := escpos.Encode(escpos.Opts{}, []escpos.Part{part})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range escpos.Commands(b) {
		if c.Name == "ESC p" || c.Name == "DLE DC4" || c.Name == "unknown" || c.Name == "incomplete" {
			t.Errorf("byte %d: %s % x", c.Offset, c.Name, c.Bytes)
		}
	}
}

// A printer looks for real-time commands in everything, in the middle of pictures and codes too: it would answer, forget its buffer, or open
// the drawer.
func TestNoPictureAndNoCodeHoldsARealTimeCommand(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 48, 8))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y, bits := range [][]byte{{0x10, 0x04, 0x01}, {0x10, 0x14, 0x01, 0x00, 0x01}, {0x10, 0x05, 0x02}, {0, 0, 0, 0, 0, 0x10}, {0x04, 0x01}, {0x10, 0x10, 0x04}} {
		for i, b := range bits {
			for bit := range 8 {
				if b&(0x80>>bit) != 0 {
					img.Pix[y*img.Stride+i*8+bit] = 0
				}
			}
		}
	}
	b, err := escpos.Encode(escpos.Opts{}, []escpos.Part{{
		{Kind: escpos.Picture, Image: img},
		{Kind: escpos.QR, Data: "a\x10\x14\x01\x00\x01b"},
		{Kind: escpos.Barcode, Code: escpos.Code128, Data: "16040120"}, // 10 04 01 14 in pairs of digits
		{Kind: escpos.Barcode, Code: escpos.Code128, Data: "17040120"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(b) - 1 {
		if b[i] == 0x10 && (b[i+1] == 0x04 || b[i+1] == 0x05 || b[i+1] == 0x14) {
			t.Errorf("byte %d: % x", i, b[i:min(len(b), i+5)])
		}
	}
	if !bytes.Contains(b, []byte("{B16040120")) || !bytes.Contains(b, []byte("{C\x11\x04\x01\x14")) {
		t.Error("bar codes of digits are not as they should be")
	}
}
