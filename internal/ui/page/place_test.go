package page_test

import (
	"image/color"
	"reflect"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// where is a page that asks for photos and a place.
func where(street string) form.View {
	return form.View{Pages: []form.Page{{ID: "ort", Title: "Wo ist das?", Fields: []*form.Field{
		{Path: "/photos", Kind: form.Photos, Label: "Fotos", Max: 5},
		{Path: "/place", Kind: form.Place, Label: "Wo ist das?", Required: true, Problem: "Bitte nennen Sie auch die Straße.", Parts: []form.Field{
			{Path: "/place/street", Kind: form.Text, Label: "Straße", Text: street, Example: "Klosterstraße", Required: true, Keys: form.KeysText, Problem: "Bitte nennen Sie auch die Straße."},
			{Path: "/place/number", Kind: form.Text, Label: "Hausnummer", Text: "14", Hint: "Die nächste genügt.", Example: "14 a", Keys: form.KeysText},
			{Path: "/place/words", Kind: form.Text, Label: "Wo genau?", Keys: form.KeysProse},
		}},
	}}}}
}

func TestAPlaceIsAskedForInPartsWithStreetsToChooseFrom(t *testing.T) {
	for _, shell := range []look.Shell{look.Terminal, look.Phone} {
		width, perMM, least := float32(952), look.PxPerMM, float64(tree.MinTouch)
		if shell == look.Phone {
			width, perMM, least = 350, 1, 48
		}
		for _, size := range []float32{1, 1.5, 2} {
			got := map[string]any{}
			st := look.Style{Lang: "de", Text: size, Shell: shell, Still: true}
			ev := page.Events{Answer: func(p string, v any) { got[p] = v },
				Suggest: func(f form.Field) []string {
					if f.Path != "/place/street" || f.Text != "Klost" {
						t.Errorf("asked what %q at %s could mean", f.Text, f.Path)
					}
					return []string{"Klosterstraße", "Klosterbauerschafter Straße", "Am Kloster", "Klosterplatz", "Kloppenburger Weg"}
				}}
			c, nodes := show(t, st, width, page.Draw(st, texts(t), where("Klost"), 0, ev, nil, "/place/street"))
			for _, f := range tree.CheckAt(nodes, perMM, least) {
				t.Errorf("%v×, shell %d: %s", size, shell, f)
			}
			find(t, nodes, "/place/street=3")
			for _, n := range nodes {
				if n.ID == "/place/street=4" {
					t.Error("more streets are offered than anybody reads")
				}
			}
			touch(t, c, "/place/street=0")
			if want := map[string]any{"/place/street": "Klosterstraße"}; !reflect.DeepEqual(got, want) {
				t.Errorf("touching a street gives %v", got)
			}
		}
	}
}

func TestAStreetThatStandsThereIsNotOfferedAgain(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	ev := page.Events{Suggest: func(form.Field) []string { return []string{"Klosterstraße"} }}
	for focused, street := range map[string]string{"/place/street": "Klosterstraße", "/place/number": "Kloster", "": "Kloster"} {
		_, nodes := show(t, st, 952, page.Draw(st, texts(t), where(street), 0, ev, nil, focused))
		for _, n := range nodes {
			if n.ID == "/place/street=0" {
				t.Errorf("with %q typed and the caret in %q a street is offered", street, focused)
			}
		}
	}
}

func TestAPlacesProblemIsToldAtThePartThatCanMendIt(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	shown := map[string]bool{"/place": true}
	_, nodes := show(t, st, 952, page.Draw(st, texts(t), where(""), 0, page.Events{}, shown, ""))
	if n := find(t, nodes, "/place/street"); !n.Is("invalid") {
		t.Error("the street does not say that it is missing")
	}
	if n := find(t, nodes, "/place/number"); n.Is("invalid") {
		t.Error("the number is blamed for the street")
	}
	if len(shown) != 1 {
		t.Error("drawing changes what the shell wants to be told")
	}
}

func TestAShellWithCameraAndMapDrawsItsOwn(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	asked := map[form.Kind]bool{}
	own := canvas.NewRectangle(color.White)
	ev := page.Events{Own: func(f form.Field) fyne.CanvasObject {
		asked[f.Kind] = true
		if f.Kind == form.Photos {
			return own
		}
		return nil
	}}
	o := page.Draw(st, texts(t), where("Ostkorso"), 0, ev, nil, "")
	found := false
	for _, x := range o.(*fyne.Container).Objects {
		found = found || x == fyne.CanvasObject(own)
	}
	if !found || !asked[form.Place] {
		t.Errorf("the shell was asked %v, its own drawing is there: %v", asked, found)
	}
}

func TestWithoutACameraTheSummaryDoesNotMissPhotos(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	_, nodes := show(t, st, 952, page.Summary(st, texts(t), where("Ostkorso"), nil))
	for _, n := range nodes {
		if n.Name == "Fotos" {
			t.Error("photos that nobody could take are said to be missing")
		}
	}
}
