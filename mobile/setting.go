package mobile

import (
	"context"
	"encoding/json"
	"strconv"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// setting is how the screen is set, and what has to be said about the app.
type setting struct{}

func (*setting) name() string { return "setting" }

// settingData is the setting in the memory.
type settingData struct {
	Version  int           `json:"v"`
	Text     float32       `json:"text"`
	Contrast look.Contrast `json:"contrast"`
	Lang     string        `json:"lang"`
}

func (a *App) readSetting(ctx context.Context) (settingData, bool) {
	e, ok, err := a.o.Memory.Get(ctx, shelfSetting, "screen")
	var s settingData
	if err != nil || !ok || json.Unmarshal(e.Data, &s) != nil || s.Version != 1 {
		return settingData{}, false
	}
	s.Text, s.Contrast = min(max(s.Text, 1), 2), min(max(s.Contrast, look.Normal), look.YellowBlack)
	return s, true
}

// set changes how the screen is set, and remembers it.
func (a *App) set(change func(st *look.Style)) {
	change(&a.style)
	text, err := json.Marshal(settingData{1, a.style.Text, a.style.Contrast, a.style.Lang})
	if err == nil {
		e := Entry{Shelf: shelfSetting, ID: "screen", Data: text, At: a.now()}
		a.shelf.do(func(ctx context.Context) { a.wrote(a.o.Memory.Put(ctx, e)) })
	}
	for _, d := range a.drafts {
		d.visit.SetLang(a.style.Lang)
	}
	a.o.Event("setting", "text", a.style.Text, "contrast", int(a.style.Contrast), "lang", a.style.Lang)
	a.show()
}

func (s *setting) draw(a *App) page {
	st := a.style
	p := page{room: a.say("tab.setting"), tabs: true, gap: 20}
	choices := func(title string, cols int, items ...look.ChoiceOpts) {
		var objs []fyne.CanvasObject
		for _, i := range items {
			objs = append(objs, look.Choice(st, i))
		}
		p.body = append(p.body, look.Column(a.px(8), a.heading(look.Lead, title), look.Grid(a.px(10), cols, objs...)))
	}
	var sizes, contrasts, langs []look.ChoiceOpts
	for i, factor := range []float32{1, 1.5, 2} {
		sizes = append(sizes, look.ChoiceOpts{Title: a.say("set.text." + strconv.Itoa(i)), Selected: st.Text == factor, ID: "text." + strconv.Itoa(i), Tap: func() { a.set(func(st *look.Style) { st.Text = factor }) }})
	}
	for i, c := range []look.Contrast{look.Normal, look.BlackWhite, look.YellowBlack} {
		contrasts = append(contrasts, look.ChoiceOpts{Title: a.say("set.contrast." + strconv.Itoa(i)), Selected: st.Contrast == c, ID: "contrast." + strconv.Itoa(i), Tap: func() { a.set(func(st *look.Style) { st.Contrast = c }) }})
	}
	for _, l := range a.o.Texts.Languages() {
		langs = append(langs, look.ChoiceOpts{Title: a.o.Texts.Say(l, "m.lang"), Selected: st.Lang == l, ID: "lang." + l, Tap: func() { a.set(func(st *look.Style) { st.Lang = l }) }})
	}
	p.body = append(p.body, a.clockNote()...)
	choices(a.say("set.text"), 3, sizes...)
	choices(a.say("set.contrast"), 1, contrasts...)
	choices(a.say("set.lang"), 1, langs...)
	row := func(key, icon string) fyne.CanvasObject {
		return look.Row(st, look.RowOpts{Icon: icon, Title: a.say(key + ".title"), ID: key, Tap: func() { a.push(&legal{key: key}) }})
	}
	p.body = append(p.body, look.Column(a.px(11), row("privacy", "lock"), row("imprint", "info-circle")))
	return p
}

// legal is a text that has to be there.
type legal struct{ key string }

func (l *legal) name() string { return l.key }

// signs are pictograms beside a text's paragraphs.
func (l *legal) signs() []string {
	if l.key == "privacy" {
		return []string{"shield-check", "lock", "send", "eye-off", "trash"}
	}
	return []string{"building-bank", "map-2", "text-size"}
}

func (l *legal) draw(a *App) page {
	p := page{title: a.say(l.key + ".title"), gap: 18}
	for i := 1; a.o.Texts.Knows(a.style.Lang, "m."+l.key+"."+strconv.Itoa(i)); i++ {
		var line fyne.CanvasObject = look.Text(a.style, look.Body, a.say(l.key+"."+strconv.Itoa(i)), look.TextOpts{})
		if signs := l.signs(); i <= len(signs) && a.style.Factor() < 2 {
			size := a.px(28)
			line = led(size, size, a.px(14), look.Icon(a.style, signs[i-1], size, a.style.Colors().Accent), line)
		}
		p.body = append(p.body, line)
	}
	return p
}
