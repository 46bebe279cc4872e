package hardware_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

func TestEveryKindOfBlockIsPrintedAndKept(t *testing.T) {
	var arms bytes.Buffer
	if err := png.Encode(&arms, image.NewGray(image.Rect(0, 0, 60, 40))); err != nil {
		t.Fatal(err)
	}
	table := document.Block{Kind: document.Table, Columns: []document.Column{{Label: "Wofür"}, {Label: "Betrag", Right: true}},
		Rows: []document.Cells{{Texts: []string{"Graue Tonne, 120 Liter, alle zwei Wochen geleert", "148,20 €"}}, {Texts: []string{"Zusammen", "148,20 €"}, Bold: true}}}
	broad := document.Block{Kind: document.Table, Columns: []document.Column{{Label: "Wert"}, {Label: "Gemessen", Right: true}, {Label: "Erlaubt", Right: true}, {Label: "Beurteilung"}},
		Rows: []document.Cells{{Texts: []string{"Chemischer Sauerstoffbedarf (CSB)", "88 mg/l", "150 mg/l", "eingehalten"}}}}
	d := document.Document{Blocks: []document.Block{table, broad,
		{Kind: document.List, Lines: []string{"Kita Rehme und noch einige Wörter, die in der zweiten Zeile eingerückt stehen", "Kita Werste"}},
		{Kind: document.Image, Picture: arms.Bytes(), Text: "Das Wappen", Width: 500},
		{Kind: document.Image, Picture: []byte("kaputt")},
		{Kind: document.Barcode, Data: "BO-26-4T7K-2M9-X"},
		{Kind: document.Barcode, Data: strings.Repeat("W", 79)},
		{Kind: document.Signature, Label: "Ort, Datum", Text: "Unterschrift", Strokes: []document.Stroke{{{X: 0, Y: 0}, {X: 9, Y: 4}}}},
		{Kind: document.Signature, Text: "Unterschrift der Firma"},
	}}
	p := newPrinter(t, "")
	if done, err := p.printer.Print(t.Context(), d); done != 1 || err != nil {
		t.Fatalf("done %d, %v", done, err)
	}
	for _, text := range []string{"Graue Tonne", "148,20 €", "Zusammen", "Sauerstoffbedarf", "150 mg/l", "Beurteilung", "- Kita Rehme", "\n  ", "Das Wappen", "BO-26-4T7K-2M9-X", "Unterschrift der Firma"} {
		if p.pieces(text) != 1 {
			t.Errorf("%q is not on the paper", text)
		}
	}
	for _, columns := range []int{32, 48} {
		for _, part := range hardware.Slip(d, columns) {
			for _, l := range part {
				if l.Image != nil && l.Image.Bounds().Dx() > columns*12 {
					t.Errorf("on %d columns a picture is %d dots wide", columns, l.Image.Bounds().Dx())
				}
			}
			if _, err := escpos.Encode(escpos.Opts{Columns: columns}, []escpos.Part{part}); err != nil {
				t.Errorf("on %d columns: %v", columns, err)
			}
		}
	}
}
