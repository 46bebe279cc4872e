package main

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/keys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// widgetsCmd draws sheets of all widgets.
type widgetsCmd struct{ flags }

// Run is called by kong.
func (c *widgetsCmd) Run() error {
	p, st, texts, err := c.painter()
	if err != nil {
		return err
	}
	for name, o := range sheets(st, texts, p.size.Width > p.size.Height) {
		if err := p.draw(name, o, true, nil); err != nil {
			return err
		}
	}
	for name, s := range sampleScreens(st, texts) {
		if err := p.draw(name, s.draw(st, texts, p.size), false, s.reveal); err != nil {
			return err
		}
	}
	return nil
}

// sheets are pictures of widgets by name.
func sheets(st look.Style, texts *text.Texts, wide bool) map[string]fyne.CanvasObject {
	c := st.Colors()
	m, g := st.Margin(), st.Gap()
	page := func(objs ...fyne.CanvasObject) fyne.CanvasObject {
		return look.On(look.Panel(st, c.Ground, nil, 0), look.Inset(look.Column(g*1.5, objs...), m, m/2, m, m/2))
	}
	none := func() {}
	hero := look.On(look.Panel(st, c.Hero, nil, 0), look.Column(0,
		look.Head(st, look.HeadOpts{Title: "Rathausnah", Sub: "Stadt Bad Oeynhausen", OnAccent: true, End: "Beenden", Tap: none}),
		look.Inset(look.Column(g,
			look.Text(st, look.Lead, "Guten Tag.", look.TextOpts{Color: c.OnHero2}),
			look.Text(st, look.TitleM, "Was möchten Sie erledigen?", look.TextOpts{Color: c.OnHero}),
			look.Sprudel(st, 360, 230, look.SprudelOpts{Bars: 9, OnAccent: true}),
			look.Field(st, look.FieldOpts{Label: "Suchen", NoLabel: true, Example: "Suchen, zum Beispiel: Meldebescheinigung", Icon: "search", Pill: true}),
		), m, g, m, g),
		look.Frieze(st)))
	tiles := look.Grid(g, 2)
	for _, t := range [][2]string{{"Ausweis und Reise", "id"}, {"Umzug und Wohnen", "truck"}, {"Auto und Parken", "car"}, {"Kind und Familie", "baby-carriage"}, {"Geld und Hilfe", "coin-euro"}, {"Arbeit und Gewerbe", "building-store"}, {"Hund, Haus und Garten", "dog"}, {"Schaden melden", "alert-triangle"}} {
		tiles.Add(look.Tile(st, look.TileOpts{Title: t[0], Icon: t[1]}))
	}
	rows := look.Grid(g, 2)
	for _, t := range [][2]string{{"Bewohnerparken", "parking"}, {"Termin buchen", "calendar-event"}, {"Melde\u00adbescheinigung", "certificate"}, {"Müllkalender", "trash"}} {
		rows.Add(look.Row(st, look.RowOpts{Title: t[0], Icon: t[1]}))
	}
	pills := look.Grid(st.U(13), 4)
	for i, l := range []string{"Deutsch", "English", "Türkçe", "Mehr"} {
		pills.Add(look.Button(st, look.ButtonOpts{Label: l, Pill: true, Chosen: i == 0}))
	}
	plinth := []look.PlinthItem{{Icon: "text-size", Label: "Größer"}, {Icon: "contrast", Label: "Kontrast"}, {Icon: "volume", Label: "Vorlesen"}, {Icon: "arrow-bar-to-up", Label: "Höher", On: true}, {Icon: "headset", Label: "Hilfe"}}
	if st.Factor() >= 2 {
		plinth = append(plinth, look.PlinthItem{Icon: "logout", Label: "Beenden"})
	}
	out := map[string]fyne.CanvasObject{
		"home": look.Column(0, hero, page(tiles, look.Text(st, look.Lead, "Oft gebraucht", look.TextOpts{Bold: true}), rows, pills), look.Plinth(st, false, plinth...)),
		"words": page(
			look.Facts(st, []look.Fact{{Icon: "clock", Value: "5 Minuten", Label: "dauert es hier"}, {Icon: "coin-euro", Value: "30,70 €", Label: "für ein Jahr"}, {Icon: "printer", Value: "sofort", Label: "haben Sie den Ausweis"}}),
			look.Note(st, look.NoteOpts{Kind: look.Info, Title: "Gut zu wissen", Text: "Sie brauchen Ihr Kennzeichen. Mehr brauchen Sie nicht."}),
			look.Note(st, look.NoteOpts{Kind: look.OK, Text: "Alles ist angekommen."}),
			look.Note(st, look.NoteOpts{Kind: look.Warn, Title: "Gerade kein Netz", Text: "Ihr Antrag wird hier sicher aufbewahrt und später gesendet."}),
			look.Note(st, look.NoteOpts{Kind: look.Error, Title: "Die Karte wurde nicht angenommen.", Text: "Es wurde nichts abgebucht."}),
			look.Note(st, look.NoteOpts{Icon: "coin-euro", Text: "Ihre Gebühr bisher", Value: "30,70 €"}),
			look.Grid(g, 3, look.StateWord(st, look.OK, "Bereit"), look.StateWord(st, look.Warn, "Papier knapp"), look.StateWord(st, look.Error, "Gestört")),
			look.Card(st, look.Text(st, look.Body, "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung ist ein Wort, das nicht auf eine Zeile passt.", look.TextOpts{})),
			look.Grid(g, 2, look.SprudelBars(st, 300, 220, 1, "Zeit", "30"), look.SprudelBars(st, 300, 220, 0.4, "Zeit", "12"), look.QR(st, checker(25), 300, "Ihr Beleg")),
			look.Progress(st, 2, 5, "Schritt 2 von 5", "Bewohnerparkausweis"),
			look.Actions(st, look.ButtonOpts{Label: "Zurück", Icon: "arrow-left"}, look.ButtonOpts{Label: "Weiter zum Bezahlen", IconRight: "arrow-right", Primary: true}),
			look.Actions(st, look.ButtonOpts{Label: "Abbrechen, nichts bezahlen", Icon: "x"}),
		),
	}
	for _, kind := range []form.Keys{form.KeysText, form.KeysPlate, form.KeysEmail, form.KeysDigits, form.KeysDate} {
		k := keys.New(st, texts, kind, wide, nil, keys.Events{Hide: none, Done: none})
		k.Follow("Re")
		out["keys-"+string(kind)] = k
	}
	return out
}

// checker is a pattern in place of a code.
func checker(n int) [][]bool {
	m := make([][]bool, n)
	for y := range m {
		m[y] = make([]bool, n)
		for x := range m[y] {
			m[y][x] = (x*7+y*13+x*y)%3 == 0
		}
	}
	return m
}
