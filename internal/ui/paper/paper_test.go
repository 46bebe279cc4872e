package paper_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/paper"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

func everything(t testing.TB) document.Document {
	t.Helper()
	var arms bytes.Buffer
	if err := png.Encode(&arms, image.NewGray(image.Rect(0, 0, 60, 40))); err != nil {
		t.Fatal(err)
	}
	return document.Document{Title: "Alles", Lang: "de", Letter: &document.Letter{From: []string{"Stadt Bad Oeynhausen"}, To: []string{"Vera Vogt", "Ostkorso 8"}, Subject: "Ihr Antrag"}, Blocks: []document.Block{
		{Kind: document.Heading, Level: 1, Text: "Überschrift"}, {Kind: document.Paragraph, Text: "Ein Absatz"}, {Kind: document.Row, Label: "Nummer", Text: "17"}, {Kind: document.Rule}, {Kind: document.Space},
		{Kind: document.Mono, Lines: []string{"** Kundenbeleg **", strings.Repeat("=", 90)}},
		{Kind: document.QR, Data: "geheimer Schlüssel", Text: "Zum Scannen"},
		{Kind: document.Table, Columns: []document.Column{{Label: "Wofür"}, {Label: "Betrag", Right: true}}, Rows: []document.Cells{{Texts: []string{"Restmüll, alle vier Wochen geleert", "1.020,00 €"}}, {Texts: []string{"Zusammen", "1.020,00 €"}, Bold: true}}},
		{Kind: document.List, Lines: []string{"Erstens", "Zweitens"}}, {Kind: document.Image, Picture: arms.Bytes(), Text: "Das Wappen"}, {Kind: document.Barcode, Data: "BO-26-4T7K-2M9-X"},
		{Kind: document.Signature, Label: "Ort, Datum", Text: "Unterschrift", Strokes: []document.Stroke{{{X: 0, Y: 0}, {X: 9, Y: 3}}}}, {Kind: document.Signature, Text: "Noch eine"},
		{Kind: document.Cut}, {Kind: document.Heading, Level: 2, Text: "Zum Auslegen"},
	}}
}

func TestADocumentOnTheScreenSaysEverythingAndCutsNothingOff(t *testing.T) {
	app := test.NewTempApp(t)
	c := test.NewCanvas()
	c.SetPadded(false)
	for _, shell := range []look.Shell{look.Terminal, look.Phone} {
		for _, size := range []float32{1, 2} {
			for _, contrast := range []look.Contrast{look.Normal, look.YellowBlack} {
				st := look.Style{Text: size, Shell: shell, Contrast: contrast, Still: true, Lang: "de"}
				app.Settings().SetTheme(look.Theme(st))
				o, err := paper.Draw(st, everything(t))
				if err != nil {
					t.Fatal(err)
				}
				width := float32(952)
				if shell == look.Phone {
					width = 350
				}
				c.SetContent(o)
				c.Resize(fyne.NewSize(width, look.HeightFor(o, width)))
				nodes := tree.Of(c)
				for _, f := range tree.Check(nodes, 1) {
					t.Errorf("shell %v, text %v: %s", shell, size, f)
				}
				var said []string
				for _, n := range nodes {
					said = append(said, n.Name, n.Value)
					if strings.Contains(n.Name+n.Value, "geheim") {
						t.Error("what a code holds is read aloud")
					}
				}
				for _, want := range []string{"Stadt Bad Oeynhausen", "Vera Vogt\nOstkorso 8", "Ihr Antrag", "Überschrift", "Ein Absatz", "17", "Zum Scannen", "Restmüll, alle vier Wochen geleert", "1.020,00 €", "Zweitens",
					"Das Wappen", "BO-26-4T7K-2M9-X", "Ort, Datum", "Noch eine", "Zum Auslegen"} {
					if !slices.ContainsFunc(said, func(s string) bool {
						return strings.Contains(strings.ReplaceAll(s, " ", " "), strings.ReplaceAll(want, " ", " "))
					}) {
						t.Errorf("shell %v, text %v: %q is not said", shell, size, want)
					}
				}
			}
		}
	}
}

func TestWhatCannotBeDrawnIsAnError(t *testing.T) {
	test.NewTempApp(t)
	for _, b := range []document.Block{{Kind: document.QR}, {Kind: document.Barcode, Data: "Ä"}, {Kind: document.Image, Picture: []byte("x")}} {
		if _, err := paper.Draw(look.Style{Text: 1}, document.Document{Blocks: []document.Block{b}}); err == nil {
			t.Errorf("%s was drawn", b.Kind)
		}
	}
}
