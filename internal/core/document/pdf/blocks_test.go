package pdf_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
)

// scene is a picture with transparent corners, 16 bits deep.
func scene() image.Image {
	img := image.NewNRGBA64(image.Rect(0, 0, 120, 80))
	for y := range 80 {
		for x := range 120 {
			img.SetNRGBA64(x, y, color.NRGBA64{R: uint16(x * 500), G: uint16(y * 800), B: 40000, A: uint16(min(65535, x*2000))})
		}
	}
	return img
}

// everything is a document with every kind of block, long words and more rows than a page holds.
func everything(t testing.TB) document.Document {
	t.Helper()
	var pngFile, jpegFile bytes.Buffer
	if err := png.Encode(&pngFile, scene()); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&jpegFile, scene(), nil); err != nil {
		t.Fatal(err)
	}
	table := document.Block{Kind: document.Table, Columns: []document.Column{{Label: "Wert"}, {Label: "Was gemessen wurde"}, {Label: "Betrag", Right: true}}}
	for i := range 90 {
		table.Rows = append(table.Rows, document.Cells{Texts: []string{fmt.Sprintf("Zeile%02d", i), strings.Repeat("gemessen ", 1+i%9), fmt.Sprintf("%d,50 €", i)}})
	}
	table.Rows = append(table.Rows, document.Cells{Texts: []string{"Zusammen", "", "4.050,00 €"}, Bold: true}, document.Cells{Texts: []string{strings.Repeat("Donaudampfschifffahrt", 9), "kurz"}},
		document.Cells{Texts: []string{"Riesenzeile", strings.Repeat("viel Text ", 900) + "Zeilenende", "1"}})
	return document.Document{Title: "Alles", Lang: "de", Blocks: []document.Block{
		{Kind: document.Heading, Level: 1, Text: "Alles"},
		{Kind: document.Image, Picture: pngFile.Bytes(), Text: "Das Wappen der Stadt"},
		{Kind: document.Image, Picture: jpegFile.Bytes(), Width: 900, Center: true},
		{Kind: document.Image, Picture: pngFile.Bytes()},
		{Kind: document.List, Lines: []string{"Erstens", strings.Repeat("langer Punkt ", 40), strings.Repeat("y", 300) + "Listenende"}},
		{Kind: document.List, Numbered: true, Lines: []string{"Eins", "Zwei"}},
		table,
		{Kind: document.Barcode, Data: "BO-26-4T7K-2M9-X", Center: true},
		{Kind: document.Barcode, Data: strings.Repeat("W", 80)},
		{Kind: document.Signature, Label: "Ort, Datum", Data: "Bad Oeynhausen, 23. November 2026", Text: "Unterschrift", Strokes: []document.Stroke{{{X: 0, Y: 0}, {X: 300, Y: 120}, {X: 600, Y: 10}}, {{X: 50, Y: 50}}}},
		{Kind: document.Signature, Label: "Ort, Datum", Text: "Unterschrift der Antragstellerin oder des Antragstellers"},
	}}
}

func TestEveryKindOfBlockStaysOnThePaper(t *testing.T) {
	file, err := pdf.Render(everything(t), fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	boxes := run(t, "pdftotext", "-bbox", write(t, file), "-")
	want := []string{"Wappen", "Erstens", "Listenende", "Zeilenende", "4.050,00", "BO-26-4T7K-2M9-X", "Antragstellers"}
	for i := range 90 {
		want = append(want, fmt.Sprintf("Zeile%02d", i))
	}
	for _, w := range want {
		if !strings.Contains(boxes, w) {
			t.Errorf("%s is not in the file", w)
		}
	}
	for _, line := range strings.Split(boxes, "\n") {
		var x1, y1, x2, y2 float64
		if n, _ := fmt.Sscanf(strings.TrimSpace(line), `<word xMin="%f" yMin="%f" xMax="%f" yMax="%f">`, &x1, &y1, &x2, &y2); n == 4 && (x1 < 56 || y1 < 28 || x2 > 541 || y2 > 820) {
			t.Errorf("outside of the margins: %s", line)
		}
	}
	run(t, "qpdf", "--check", write(t, file))
}

func TestATableRepeatsItsHeadOnEveryPage(t *testing.T) {
	d := everything(t)
	for i, b := range d.Blocks {
		if b.Kind == document.Table {
			d.Blocks = d.Blocks[i : i+1]
			break
		}
	}
	file, err := pdf.Render(d, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	name := write(t, file)
	pages := strings.Split(strings.TrimSuffix(run(t, "pdftotext", "-layout", name, "-"), "\f"), "\f")
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		if strings.Count(p, "Was gemessen wurde") != 1 || !strings.Contains(p, fmt.Sprintf("Seite %d von %d", i+1, len(pages))) {
			t.Errorf("page %d: head or number is missing:\n%.300s", i+1, p)
		}
	}
}

func TestAScannerReadsTheBarCode(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	d := document.Document{Title: "Code", Lang: "de", Blocks: []document.Block{{Kind: document.Barcode, Data: "BO-26-4T7K-2M9-X"}}}
	file, err := pdf.Render(d, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	name := write(t, file)
	run(t, "pdftoppm", "-r", "200", "-png", name, strings.TrimSuffix(name, ".pdf"))
	if got := strings.TrimSpace(run(t, "zbarimg", "-q", "--raw", strings.TrimSuffix(name, ".pdf")+"-1.png")); got != "BO-26-4T7K-2M9-X" {
		t.Errorf("read %q", got)
	}
}

func TestAFileInsideThePDFComesOutAsItWentIn(t *testing.T) {
	data, err := json.Marshal(map[string]any{"answers": map[string]any{"name": "Vera Müller-Łódź", "plate": "MI-ÄÖ 417E"}, "service": "parkausweis"})
	if err != nil {
		t.Fatal(err)
	}
	d := permit()
	d.Files = []document.File{{Name: "answers.json", Type: "application/json", Text: "Angaben für Programme", Data: data}, {Name: "leer.txt", Type: "text/plain", Text: "nichts"}}
	file, err := pdf.Render(d, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	again, err := pdf.Render(d, fonts(t))
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("equal documents give other bytes (%v)", err)
	}
	for _, want := range []string{"/AFRelationship /Data", "/Subtype /application#2Fjson", "/AF [ "} {
		if !bytes.Contains(file, []byte(want)) {
			t.Errorf("the file does not say %s", want)
		}
	}
	name := write(t, file)
	run(t, "qpdf", "--check", name)
	if said := run(t, "pdftotext", name, "-"); !strings.Contains(said, "BO-26-4T7K-2M9-X") {
		t.Error("the page lost its text")
	}
	dir := t.TempDir()
	if list := run(t, "pdfdetach", "-list", name); !strings.Contains(list, "2 embedded files") {
		t.Errorf("it says: %s", list)
	}
	run(t, "pdfdetach", "-saveall", "-o", dir, name)
	got, err := os.ReadFile(filepath.Join(dir, "answers.json"))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("came out: %s, %v", got, err)
	}
}

func TestABrokenPictureIsAnErrorAndNoPanic(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("GIF89a"), []byte("\x89PNG\r\n\x1a\n")} {
		d := document.Document{Title: "x", Lang: "de", Blocks: []document.Block{{Kind: document.Image, Picture: data}}}
		if _, err := pdf.Render(d, fonts(t)); err == nil {
			t.Errorf("%q was drawn", data)
		}
	}
}
