package page_test

import (
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

func texts(t *testing.T) *text.Texts {
	t.Helper()
	words, err := fs.Sub(assets.FS, "texts/page")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := text.Load(words)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// view is a form with every kind of field.
func view() form.View {
	return form.View{Pages: []form.Page{
		{ID: "vehicle", Title: "Ihr Fahrzeug", Lead: "Wir brauchen das Kennzeichen für den Parkausweis.", Fields: []*form.Field{
			{Path: "/plate", Kind: form.Plate, Label: "Kennzeichen", Example: "MI-AB 123", Text: "MI-RA", Problem: "Hier fehlt noch die Zahl am Ende.", Required: true, Keys: form.KeysPlate},
			{Path: "/owner", Kind: form.Choice, Label: "Wem gehört das Auto?", Columns: 2, Required: true, Missing: true,
				Options: []form.Option{{Value: "me", Label: "Mir"}, {Value: "other", Label: "Jemand anderem"}}},
		}},
		{ID: "zone", Title: "Wo und wie lange?", Fields: []*form.Field{
			{Path: "/zone", Kind: form.Choice, Label: "Welche Zone?", Note: "Zone A passt zu Ihrer Adresse.", Required: true, Value: "A", Text: "A, Innenstadt Nord",
				Options: []form.Option{{Value: "A", Mark: "A", Label: "Innenstadt Nord", Hint: "Herforder Straße, Klosterstraße", Selected: true}, {Value: "B", Mark: "B", Label: "Am Kurpark"}}},
			{Path: "/months", Kind: form.Choice, Label: "Für wie lange?", Columns: 3, Required: true, Value: 12, Text: "1 Jahr",
				Options: []form.Option{{Value: 6, Label: "6 Monate", Hint: "15,40 €"}, {Value: 12, Label: "1 Jahr", Hint: "30,70 €", Selected: true}, {Value: 24, Label: "2 Jahre", Hint: "61,40 €"}}},
		}},
		{ID: "more", Title: "Über Sie", Fields: []*form.Field{
			{Path: "/name", Kind: form.Text, Label: "Vorname und Nachname", Text: "Renate Vogt", Value: "Renate Vogt", Required: true, Keys: form.KeysText},
			{Path: "/born", Kind: form.Date, Label: "Geburtsdatum", Example: "24.12.1980", Required: true, Keys: form.KeysDate},
			{Path: "/income", Kind: form.Money, Label: "Jahreseinkommen der Familie", Hint: "Ungefähr genügt.", Keys: form.KeysDigits},
			{Path: "/count", Kind: form.Number, Label: "Wie viele Personen leben in Ihrem Haushalt?", Text: "3", Value: 3, Required: true, Keys: form.KeysDigits},
			{Path: "/why", Kind: form.LongText, Label: "Möchten Sie uns noch etwas sagen?", Text: "Ich arbeite nachts und parke deshalb meistens erst am frühen Morgen.", Keys: form.KeysText},
			{Path: "/days", Kind: form.Choices, Label: "An welchen Tagen können Sie?", Columns: 2, Options: []form.Option{{Value: "mo", Label: "Montag", Selected: true}, {Value: "tu", Label: "Dienstag"}, {Value: "th", Label: "Donnerstag", Selected: true}}},
			{Path: "/dog", Kind: form.Bool, Label: "Haben Sie einen Hund?", Value: true, Text: "Ja", Required: true},
			{Kind: form.Info, Label: "Was mit Ihren Angaben geschieht", Hint: "Ihre Angaben gehen nur an das Rathaus."},
			{Path: "/fee", Kind: form.Computed, Label: "Ihre Gebühr bisher", Text: "30,70 €"},
			{Path: "/code", Kind: form.Text, Label: "Ihr Code", Text: "K7M49R", Secret: true, Required: true, Keys: form.KeysText},
			{Path: "/fixed", Kind: form.Text, Label: "Ort", Text: "Bad Oeynhausen", ReadOnly: true, Required: true},
			{Path: "/children/0", Kind: form.Entry, Label: "Kind 1", Remove: true},
			{Path: "/children/0/name", Kind: form.Text, Label: "Name des Kindes", Text: "Lea", Value: "Lea", Required: true, Keys: form.KeysText},
			{Path: "/children", Kind: form.Repeat, Label: "Noch ein Kind", Add: "/children/1"},
			{Path: "/plan", Kind: form.Files, Label: "Lageplan", Later: true, Max: 2, Required: true},
			{Path: "/photo", Kind: form.Files, Label: "Foto des Hauses", Max: 2},
			{Path: "/sign", Kind: form.Signature, Label: "Ihre Unterschrift", Value: "100,150 400,60 -200,-100;700,80 100,100", Required: true},
			{Path: "/witness", Kind: form.Signature, Label: "Unterschrift der Vermieterin", Value: "name:Renate", Required: true, Parts: []form.Field{
				{Path: "/witness", Kind: form.Text, Label: "Ihr Vor- und Nachname", Hint: "Damit bestätigen Sie Ihre Angaben, so wie mit einer Unterschrift.", Text: "Renate", Keys: form.KeysText, Max: 120, Required: true}}},
			{Path: "/ok", Kind: form.Consent, Label: "Ich habe die Hinweise zum Datenschutz gelesen.", Required: true},
		}},
	}}
}

// show draws an object at a width and tells what is on the screen.
func show(t *testing.T, st look.Style, width float32, o fyne.CanvasObject) (fyne.Canvas, []tree.Node) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Theme(st))
	c := test.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(fyne.NewSize(width, look.HeightFor(o, width)))
	return c, tree.Of(c)
}

func find(t *testing.T, nodes []tree.Node, id string) tree.Node {
	t.Helper()
	for _, n := range nodes {
		if n.ID == id {
			return n
		}
	}
	t.Fatalf("%q is not on the screen", id)
	return tree.Node{}
}

func touch(t *testing.T, c fyne.Canvas, id string) {
	t.Helper()
	n := find(t, tree.Of(c), id)
	test.TapCanvas(c, fyne.NewPos(float32(n.Bounds.X+n.Bounds.W/2), float32(n.Bounds.Y+n.Bounds.H-30)))
}

func TestEveryKindOfFieldFitsInBothLanguagesAtEverySize(t *testing.T) {
	words := texts(t)
	v := view()
	for _, lang := range []string{"de", "en"} {
		for _, size := range []float32{1, 1.5, 2} {
			for _, contrast := range []look.Contrast{look.Normal, look.YellowBlack} {
				for _, width := range []float32{952, 640} {
					st := look.Style{Lang: lang, Text: size, Contrast: contrast, Still: true}
					for i := range v.Pages {
						_, nodes := show(t, st, width, page.Draw(st, words, v, i, page.Events{}, map[string]bool{"/plate": true, "/owner": true}, "/name"))
						for _, f := range tree.Check(nodes, look.PxPerMM) {
							t.Errorf("%s %v× at %v: page %s: %s", lang, size, width, v.Pages[i].ID, f)
						}
					}
					_, nodes := show(t, st, width, page.Summary(st, words, v, nil))
					for _, f := range tree.Check(nodes, look.PxPerMM) {
						t.Errorf("%s %v× at %v: summary: %s", lang, size, width, f)
					}
				}
			}
		}
	}
}

func TestAPhoneShowsEveryKindOfField(t *testing.T) {
	words := texts(t)
	v := view()
	for _, size := range []float32{1, 1.5, 2} {
		st := look.Style{Lang: "de", Text: size, Shell: look.Phone, Still: true}
		for i := range v.Pages {
			_, nodes := show(t, st, 350, page.Draw(st, words, v, i, page.Events{}, map[string]bool{"/plate": true}, ""))
			for _, f := range tree.CheckAt(nodes, 1, 48) {
				t.Errorf("%v×: page %s: %s", size, v.Pages[i].ID, f)
			}
		}
	}
}

func TestTouchingAnAnswerGivesItsValue(t *testing.T) {
	got := map[string]any{}
	focused := ""
	ev := page.Events{Answer: func(p string, v any) { got[p] = v }, Focus: func(p string) { focused = p }}
	st := look.Style{Lang: "de", Still: true}
	v := view()
	for i, ids := range [][]string{{"/owner=1", "/plate"}, {"/zone=1", "/months=2"}, {"/days=1", "/dog=1", "/ok"}} {
		c, _ := show(t, st, 952, page.Draw(st, texts(t), v, i, ev, nil, ""))
		for _, id := range ids {
			touch(t, c, id)
		}
	}
	want := map[string]any{"/owner": "other", "/zone": "B", "/months": 24, "/days": []any{"mo", "tu", "th"}, "/dog": false, "/ok": true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the answers are %v, want %v", got, want)
	}
	if focused != "/plate" {
		t.Errorf("touching a field focuses %q", focused)
	}
}

func TestAnotherEntryIsBegunAndOneIsTakenOut(t *testing.T) {
	var said []string
	st := look.Style{Still: true, Scale: 1, Text: 1, Lang: "de"}
	c, _ := show(t, st, 1080, page.Draw(st, texts(t), view(), 2, page.Events{Answer: func(path string, v any) { said = append(said, fmt.Sprint(path, "=", v)) }}, nil, ""))
	for _, id := range []string{"/children", "/children/0"} {
		touch(t, c, id)
	}
	if want := []string{"/children/1=map[]", "/children/0=<nil>"}; !slices.Equal(said, want) {
		t.Errorf("%v", said)
	}
	full := view()
	full.Pages[2].Fields = slices.DeleteFunc(full.Pages[2].Fields, func(f *form.Field) bool { return f.Kind != form.Entry && f.Kind != form.Repeat })
	full.Pages[2].Fields[0].Remove, full.Pages[2].Fields[1].Add = false, ""
	if _, nodes := show(t, st, 1080, page.Draw(st, texts(t), full, 2, page.Events{}, nil, "")); slices.ContainsFunc(nodes, func(n tree.Node) bool { return n.Role == "button" }) {
		t.Error("the least entry can be taken out, or one more than the most begun")
	}
}

func TestTakingTheLastTickBackTakesTheAnswerBack(t *testing.T) {
	v := form.View{Pages: []form.Page{{Fields: []*form.Field{
		{Path: "/days", Kind: form.Choices, Label: "Tage", Options: []form.Option{{Value: "mo", Label: "Montag", Selected: true}, {Value: "tu", Label: "Dienstag"}}},
		{Path: "/ok", Kind: form.Consent, Label: "Einverstanden", Value: true},
	}}}}
	got := map[string]any{"/days": "untouched", "/ok": "untouched"}
	st := look.Style{Lang: "de", Still: true}
	c, _ := show(t, st, 952, page.Draw(st, texts(t), v, 0, page.Events{Answer: func(p string, v any) { got[p] = v }}, nil, ""))
	touch(t, c, "/days=0")
	touch(t, c, "/ok")
	if got["/days"] != nil || got["/ok"] != nil {
		t.Errorf("left are %v", got)
	}
}

func TestWhatIsWrongIsToldWhenTheShellSaysSoAndNotBefore(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	_, nodes := show(t, st, 952, page.Draw(st, texts(t), view(), 0, page.Events{}, nil, "/plate"))
	if n := find(t, nodes, "/plate"); n.Is("invalid") || !n.Is("focused") {
		t.Errorf("while somebody types the field is %q", n.State)
	}
	_, nodes = show(t, st, 952, page.Draw(st, texts(t), view(), 0, page.Events{}, map[string]bool{"/plate": true, "/owner": true}, ""))
	if n := find(t, nodes, "/plate"); !n.Is("invalid") {
		t.Error("the field does not say that it is wrong")
	}
	alerts := 0
	for _, n := range nodes {
		if n.Role == tree.Alert {
			alerts++
		}
	}
	if alerts != 1 {
		t.Errorf("%d sentences for the missing choice, want one", alerts)
	}
}

func TestASecretIsMaskedOnThePageAndInTheSummary(t *testing.T) {
	st := look.Style{Lang: "de", Still: true}
	for _, o := range []fyne.CanvasObject{page.Draw(st, texts(t), view(), 2, page.Events{}, nil, ""), page.Summary(st, texts(t), view(), nil)} {
		_, nodes := show(t, st, 952, o)
		data, err := tree.JSON(nodes)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "K7M49R") {
			t.Error("the secret is told")
		}
	}
}

func TestTheSummaryLeadsBackToThePageToChange(t *testing.T) {
	changed := -1
	st := look.Style{Lang: "de", Still: true}
	c, nodes := show(t, st, 952, page.Summary(st, texts(t), view(), func(i int) { changed = i }))
	if n := find(t, nodes, "change.1"); n.Name != "Ändern: Wo und wie lange?" {
		t.Errorf("the button is called %q", n.Name)
	}
	touch(t, c, "change.1")
	if changed != 1 {
		t.Errorf("it leads to page %d", changed)
	}
}

// A simple form of a language says only what it says otherwise.
func TestEveryLanguageHasTheSameTexts(t *testing.T) {
	words := texts(t)
	for _, lang := range words.Languages() {
		for _, key := range words.Keys(lang) {
			if !words.Has("de", key) {
				t.Errorf("%s has a text %q that nobody needs", lang, key)
			}
		}
		if strings.Contains(lang, "-") {
			continue
		}
		for _, key := range words.Keys("de") {
			if !words.Has(lang, key) {
				t.Errorf("%s has no text %q", lang, key)
			}
		}
	}
}

func BenchmarkALetterTyped(b *testing.B) {
	words, err := fs.Sub(assets.FS, "texts/page")
	if err != nil {
		b.Fatal(err)
	}
	loaded, err := text.Load(words)
	if err != nil {
		b.Fatal(err)
	}
	st := look.Style{Lang: "de", Still: true}
	app := test.NewTempApp(b)
	app.Settings().SetTheme(look.Theme(st))
	c := test.NewCanvas()
	v := view()
	for b.Loop() {
		o := page.Draw(st, loaded, v, 2, page.Events{}, nil, "/name")
		c.SetContent(o)
		c.Resize(fyne.NewSize(952, look.HeightFor(o, 952)))
	}
}
