package main

import (
	"cmp"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/keys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
)

// screen puts a page together as a shell does, for a look at it: head, progress, title, content, actions, keyboard, plinth.
type screen struct {
	title   string
	service string
	sub     string // whose it is
	step    int
	of      int
	body    fyne.CanvasObject
	next    string
	keys    form.Keys
	typed   bool // a keyboard is open
	focused string
	scroll  *scroll.Scroll // made by draw
}

// reveal scrolls to the field that is typed into, once everything has its place.
func (s *screen) reveal() {
	if s.focused != "" {
		s.scroll.Reveal(s.focused)
	}
}

func (s *screen) draw(st look.Style, texts *text.Texts, size fyne.Size) fyne.CanvasObject {
	if st.Shell == look.Phone {
		return s.onPhone(st, texts)
	}
	say := func(key string, args ...any) string { return texts.Say(st.Lang, key, args...) }
	wide := size.Width > size.Height
	none := func() {}
	side := st.Margin()
	if wide {
		side = st.U(32)
	}
	word := say("page.step", "n", s.step, "of", s.of)
	head := look.HeadOpts{Title: "Rathausnah", Sub: cmp.Or(s.sub, "Stadt Bad Oeynhausen"), Tap: none}
	if st.Factor() < 2 {
		head.End = say("page.end")
	}
	parts := []fyne.CanvasObject{look.Progress(st, s.step, s.of, word, s.service)}
	if wide {
		head.Low, head.Title = true, word+": "+s.title
		parts = []fyne.CanvasObject{look.Progress(st, s.step, s.of, "", "")}
	} else {
		parts = append(parts, look.Text(st, look.TitleL, s.title, look.TextOpts{Heading: true}))
	}
	parts = append(parts, s.body)
	content := scroll.New(st, look.Inset(look.Column(st.U(34), parts...), side, st.U(26), side, st.U(16)), say("page.more"), say("page.up")).Side(side)
	s.scroll = content
	actions := look.Inset(look.Actions(st, look.ButtonOpts{Label: say("page.back"), Icon: look.Arrow(st, false), Tap: none},
		look.ButtonOpts{Label: s.next, IconRight: look.Arrow(st, true), Primary: true, Tap: none}), side, st.U(16), side, st.U(24))
	var foot []fyne.CanvasObject
	if !wide || !s.typed { // in landscape the keyboard's "Fertig" goes on
		foot = append(foot, actions)
	}
	if s.typed {
		k := keys.New(st, texts, s.keys, wide, nil, keys.Events{Hide: none, Done: none})
		k.Follow("")
		foot = append(foot, k)
	}
	plinth := []look.PlinthItem{{Icon: "text-size", Label: say("page.larger")}, {Icon: "contrast", Label: say("page.contrast")}, {Icon: "volume", Label: say("page.aloud")},
		{Icon: "arrow-bar-to-down", Label: say("page.lower")}, {Icon: "headset", Label: say("page.help")}}
	if st.Factor() >= 2 {
		plinth = append(plinth, look.PlinthItem{Icon: "logout", Label: say("page.end")})
	}
	ground := look.Panel(st, st.Colors().Ground, nil, 0)
	if wide {
		return look.On(ground, look.Rail(look.Frame(look.Head(st, head), content, look.Column(0, foot...)), look.Plinth(st, true, plinth...)))
	}
	foot = append(foot, look.Plinth(st, false, plinth...))
	return look.On(ground, look.Frame(look.Head(st, head), content, look.Column(0, foot...)))
}

// onPhone is the same on a phone: a name at the top, what is asked, the way on in reach of a thumb.
func (s *screen) onPhone(st look.Style, texts *text.Texts) fyne.CanvasObject {
	say := func(key string, args ...any) string { return texts.Say(st.Lang, key, args...) }
	side := st.Margin()
	head := look.Inset(look.Text(st, look.TitleS, s.title, look.TextOpts{Bold: true, Heading: true}), side, st.U(14), side, st.U(8))
	content := scroll.New(st, look.Inset(look.Column(st.U(24), look.Progress(st, s.step, s.of, say("page.step", "n", s.step, "of", s.of), ""), s.body), side, st.U(8), side, st.U(16)),
		say("page.more"), say("page.up")).Side(side)
	s.scroll = content
	foot := look.Inset(look.Button(st, look.ButtonOpts{Label: s.next, IconRight: look.Arrow(st, true), Primary: true, Tap: func() {}}), side, st.U(10), side, st.U(20))
	if s.typed {
		k := keys.New(st, texts, s.keys, false, nil, keys.Events{Hide: func() {}, Done: func() {}})
		k.Follow("")
		foot = look.Column(0, k)
	}
	return look.On(look.Panel(st, st.Colors().Ground, nil, 0), look.Frame(head, content, foot))
}

// sample is a form with every kind of field, to look at without a service.
func sample(yes bool) form.View {
	v := form.View{Pages: []form.Page{
		{ID: "vehicle", Title: "Ihr Fahrzeug", Fields: []*form.Field{
			{Path: "/vehicle/plate", Kind: form.Plate, Label: "Kennzeichen", Hint: "So wie es am Auto steht, zum Beispiel MI-AB 123", Text: "MI-RA 1848", Value: "MI-RA 1848", Required: true, Keys: form.KeysPlate},
			{Path: "/vehicle/mine", Kind: form.Choice, Label: "Wem gehört das Auto?", Columns: 2, Required: true, Value: "me", Text: "Mir",
				Options: []form.Option{{Value: "me", Label: "Mir", Selected: true}, {Value: "other", Label: "Jemand anderem"}}},
		}},
		{ID: "vehicle2", Title: "Ihr Fahrzeug", Fields: []*form.Field{
			{Path: "/wrong/plate", Kind: form.Plate, Label: "Kennzeichen", Example: "MI-AB 123", Text: "MI-RA", Problem: "Hier fehlt noch die Zahl am Ende.", Required: true, Keys: form.KeysPlate},
			{Path: "/wrong/mine", Kind: form.Choice, Label: "Wem gehört das Auto?", Columns: 2, Required: true, Missing: true, Problem: "Bitte wählen Sie eine Antwort.",
				Options: []form.Option{{Value: "me", Label: "Mir"}, {Value: "other", Label: "Jemand anderem"}}},
		}},
		{ID: "zone", Title: "Wo und wie lange?", Fields: []*form.Field{
			{Path: "/zone", Kind: form.Choice, Label: "Welche Zone?", Note: "Zone A passt zu Ihrer Adresse.", Required: true, Value: "A", Text: "A, Innenstadt Nord",
				Options: []form.Option{{Value: "A", Mark: "A", Label: "Innenstadt Nord", Hint: "Herforder Straße, Klosterstraße", Selected: yes}, {Value: "B", Mark: "B", Label: "Am Kurpark", Hint: "Ostkorso, Westkorso"}, {Value: "C", Mark: "C", Label: "Südlich der Bahn", Hint: "Detmolder Straße, Weserstraße"}}},
			{Path: "/months", Kind: form.Choice, Label: "Für wie lange?", Columns: 3, Required: true, Value: 12, Text: "1 Jahr, ab 23. November 2026",
				Options: []form.Option{{Value: 6, Label: "6 Monate", Hint: "15,40 €"}, {Value: 12, Label: "1 Jahr", Hint: "30,70 €", Selected: true}, {Value: 24, Label: "2 Jahre", Hint: "61,40 €"}}},
		}},
		{ID: "person", Title: "Über Sie", Lead: "Diese Angaben braucht das Rathaus, um Ihren Antrag zu bearbeiten.", Fields: []*form.Field{
			{Path: "/name", Kind: form.Text, Label: "Vorname und Nachname", Text: "Renate Vogt", Value: "Renate Vogt", Required: true, Keys: form.KeysText},
			{Path: "/born", Kind: form.Date, Label: "Geburtsdatum", Example: "24.12.1980", Required: true, Missing: true, Keys: form.KeysDate},
			{Path: "/mail", Kind: form.Text, Label: "E-Mail-Adresse", Hint: "Nur wenn Sie möchten, dass wir Ihnen schreiben.", Keys: form.KeysEmail},
			{Path: "/why", Kind: form.LongText, Label: "Möchten Sie uns noch etwas sagen?", Text: "Ich arbeite nachts und parke deshalb meistens erst am frühen Morgen vor dem Haus.", Keys: form.KeysText},
			{Path: "/days", Kind: form.Choices, Label: "An welchen Tagen können Sie?", Columns: 2, Options: []form.Option{{Value: 1, Label: "Montag", Selected: true}, {Value: 2, Label: "Dienstag"}, {Value: 3, Label: "Donnerstag", Selected: true}}},
			{Path: "/dog", Kind: form.Bool, Label: "Haben Sie einen Hund?", Value: true, Text: "Ja", Required: true},
			{Path: "", Kind: form.Info, Label: "Was mit Ihren Angaben geschieht", Hint: "Ihre Angaben gehen nur an das Rathaus."},
			{Path: "/fee", Kind: form.Computed, Label: "Ihre Gebühr bisher", Text: "30,70 €"},
			{Path: "/ok", Kind: form.Consent, Label: "Ich habe die Hinweise zum Datenschutz gelesen.", Required: true, Value: true},
		}},
	}}
	return v
}

func sampleScreens(st look.Style, texts *text.Texts) map[string]*screen {
	v := sample(true)
	shown := map[string]bool{"/wrong/plate": true, "/wrong/mine": true}
	focus := map[string]string{"vehicle": "/vehicle/plate", "vehicle2": "/wrong/plate"}
	out := map[string]*screen{}
	for i, p := range v.Pages {
		s := &screen{focused: focus[p.ID], title: p.Title, service: "Bewohnerparkausweis", step: i + 1, of: 5, next: texts.Say(st.Lang, "page.next"), keys: form.KeysPlate}
		s.typed = focus[p.ID] != ""
		s.body = page.Draw(st, texts, v, i, page.Events{}, shown, focus[p.ID])
		out["page-"+p.ID] = s
	}
	out["page-summary"] = &screen{title: "Stimmt alles?", service: "Bewohnerparkausweis", step: 4, of: 5, next: "Weiter zum Bezahlen", body: page.Summary(st, texts, v, nil)}
	return out
}
