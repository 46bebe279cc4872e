package document_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"math"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
)

func drawn(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestADrawnSignatureIsReadInEveryFormItMayHave(t *testing.T) {
	for name, text := range map[string]string{
		"pairs":         `[[[0,0],[10,5]],[[3,3]]]`,
		"points":        `[[{"x":0,"y":0},{"x":10,"y":5}],[{"x":3,"y":3}]]`,
		"an object":     `{"width":20,"strokes":[[[0,0],[10,5]],[[3,3]],[]]}`,
		"named strokes": `{"strokes":[{"points":[[0,0,7],[10,5,8]]},{"points":[[3,3,1]]}]}`,
	} {
		got, err := document.Strokes(drawn(t, text))
		if err != nil || len(got) != 2 || len(got[0]) != 2 || got[0][1] != (document.Point{X: 10, Y: 5}) {
			t.Errorf("%s: %d strokes, %v", name, len(got), err)
		}
	}
	for name, text := range map[string]string{"null": `null`, "nothing": `[]`, "an empty object": `{}`} {
		if got, err := document.Strokes(drawn(t, text)); got != nil || err != nil {
			t.Errorf("%s: %d strokes, %v", name, len(got), err)
		}
	}
	many := "[" + strings.Repeat(`[[1,1]],`, 500) + `[[1,1]]]`
	for name, text := range map[string]string{"words": `"Vera Vogt"`, "flat": `[1,2]`, "half a point": `[[[1]]]`, "far away": `[[[1e300,1]]]`, "too many": many} {
		if _, err := document.Strokes(drawn(t, text)); !errors.Is(err, document.ErrStrokes) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzStrokesFitTheirBox(f *testing.F) {
	f.Add(`[[[0,0],[10,5]],[[3,3]]]`)
	f.Add(`{"strokes":[{"points":[{"x":-1e5,"y":0},{"x":1e5,"y":0.001}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			t.Skip()
		}
		strokes, err := document.Strokes(v)
		if err != nil {
			return
		}
		for _, s := range document.Fit(strokes, 70, 15) {
			for _, p := range s {
				if !(p.X >= -0.001 && p.X <= 70.001 && p.Y >= -0.001 && p.Y <= 15.001) {
					t.Fatalf("a point lies outside of the box: %v", p)
				}
			}
		}
		document.Sketch(strokes, 100, 30)
	})
}

func TestASignatureKeepsItsShapeAndADotIsNone(t *testing.T) {
	fitted := document.Fit([]document.Stroke{{{X: 100, Y: 100}, {X: 300, Y: 150}}}, 80, 80)
	if w, h := fitted[0][1].X-fitted[0][0].X, fitted[0][1].Y-fitted[0][0].Y; math.Abs(w/h-4) > 0.001 || math.Abs(w-80) > 0.001 {
		t.Errorf("it became %.1f × %.1f", w, h)
	}
	if document.Fit([]document.Stroke{{{X: 7, Y: 7}}}, 80, 80) != nil || document.Sketch(nil, 10, 10) != nil {
		t.Error("nothing became a signature")
	}
	img := document.Sketch([]document.Stroke{{{X: 0, Y: 0}, {X: 1, Y: 1}}}, 60, 60)
	if img.GrayAt(30, 30).Y != 0 || img.GrayAt(50, 10).Y != 255 {
		t.Error("the line is not where it was drawn")
	}
	if s := fmt.Sprintf("%v", document.Stroke{{X: 17, Y: 4}}); strings.Contains(s, "17") {
		t.Errorf("a signature can be read in a log: %s", s)
	}
}

func TestOnlyPicturesThatEveryPrinterTakesAreTaken(t *testing.T) {
	img := image.NewGray16(image.Rect(0, 0, 30, 20))
	var good, foreign bytes.Buffer
	if err := errors.Join(png.Encode(&good, img), gif.Encode(&foreign, img, nil)); err != nil {
		t.Fatal(err)
	}
	if w, h, kind, err := document.CheckPicture(good.Bytes()); w != 30 || h != 20 || kind != "png" || err != nil {
		t.Errorf("%d × %d %s, %v", w, h, kind, err)
	}
	huge := bytes.Clone(good.Bytes())
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // it says 65536 × 65536
	for name, data := range map[string][]byte{"GIF": foreign.Bytes(), "nothing": nil, "half": good.Bytes()[:30], "huge": huge, "heavy": append(good.Bytes(), make([]byte, document.MostBytes)...)} {
		if _, err := document.Decode(data); !errors.Is(err, document.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALetterOnNarrowPaperSaysEverything(t *testing.T) {
	d := document.Document{Title: "Brief", Lang: "de", Blocks: []document.Block{{Kind: document.Paragraph, Text: "Guten Tag,"}}, Letter: &document.Letter{
		From: []string{"Stadt", "Amt"}, Remarks: []string{"Persönlich"}, To: []string{"Vera Vogt", "Weg 1"}, Info: []document.Info{{Label: "Datum", Text: "heute"}},
		Subject: "Ihr Ausweis", Foot: [][]string{{"Rathaus"}, {"IBAN"}}}}
	said := fmt.Sprintf("%+v", d.Flat().Blocks)
	for _, want := range []string{"Stadt\nAmt", "Persönlich\nVera Vogt\nWeg 1", "Datum", "Ihr Ausweis", "Guten Tag,", "Rathaus", "IBAN"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if d.Flat().Letter != nil || len(d.Blocks) != 1 {
		t.Error("the letter itself changed")
	}
	if document.PageOf("de-simple", 2, 3) != "Seite 2 von 3" || document.PageOf("en", 2, 3) != "Page 2 of 3" {
		t.Error("pages are counted in no language")
	}
}
