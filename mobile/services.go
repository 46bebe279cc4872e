package mobile

import (
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// services is what the town hall offers, found by words or by situation of life.
type services struct {
	query     string
	focused   bool
	situation string
	group     string // whom it is for
}

func (*services) name() string { return "services" }

const fieldSearch = "/search"

// longestQuery is how much can be searched for, in characters.
const longestQuery = 60

func (s *services) draw(a *App) page {
	st, lang := a.style, a.style.Lang
	p := page{room: a.say("tab.services"), tabs: true}
	p.body = append(p.body, look.Field(st, look.FieldOpts{Label: a.say("services.search"), NoLabel: true, Example: a.say("services.search"), Icon: "search", Pill: true, Text: s.query, Focused: s.focused,
		Max: longestQuery, Full: a.overfull(fieldSearch, s.query, longestQuery), ID: fieldSearch, Tap: func() { s.focused = true; a.show() }}))
	if s.focused {
		p.typing = &typing{path: fieldSearch, keys: form.KeysText, max: longestQuery, get: func() string { return s.query }, set: func(t string) { s.query = t }, enter: func() { s.focused = false; a.show() }}
	}
	switch {
	case strings.TrimSpace(s.query) != "":
		found := a.o.Catalogue.Ask(lang, s.query)
		switch who := a.o.Catalogue.Tenant().Helper(lang); {
		case found.None && who != "":
			p.body = append(p.body, look.Text(st, look.Body, a.say("services.none.ask")+"\n"+who+"\n\n"+a.say("services.none.text"), look.TextOpts{}))
		case found.None:
			p.body = append(p.body, look.Text(st, look.Body, a.say("services.none"), look.TextOpts{}))
		case found.Meant != "":
			p.body = append(p.body, look.Text(st, look.Body, a.say("services.meant", "words", found.Meant), look.TextOpts{}))
		}
		var list []*service.Service
		for _, h := range found.Hits {
			list = append(list, h.Service)
		}
		p.body = append(p.body, a.rows(list))
	case s.situation != "":
		p.body = append(p.body, look.Link(st, look.LinkOpts{Label: a.say("services.all"), Icon: "arrow-left", ID: "all", Tap: func() { s.situation = ""; a.fresh = true; a.show() }}),
			a.rows(a.o.Catalogue.In(s.situation)))
	case s.group != "":
		p.body = append(p.body, look.Link(st, look.LinkOpts{Label: a.say("services.all"), Icon: "arrow-left", ID: "all", Tap: func() { s.group = ""; a.fresh = true; a.show() }}))
		p.body = append(p.body, s.forGroup(a)...)
	default:
		if a.o.Desk.Drafts != nil {
			p.body = append(p.body, look.Entry(st, look.EntryOpts{Icon: "qrcode", Title: a.say("pickup"), Hint: a.say("pickup.hint"), ID: "pickup", Tap: func() { a.push(&pickup{}) }}))
		}
		var tiles []fyne.CanvasObject
		for _, x := range a.o.Catalogue.Situations(lang) {
			if len(a.o.Catalogue.In(x.ID)) == 0 {
				continue
			}
			tiles = append(tiles, look.Tile(st, look.TileOpts{Title: x.Title, Icon: x.Icon, Small: true, ID: "situation." + x.ID, Tap: func() { s.situation = x.ID; a.fresh = true; a.show() }}))
		}
		p.body = append(p.body, look.Grid(a.px(10), 2, tiles...))
		p.body = append(p.body, s.audience(a)...)
	}
	return p
}

func (s *services) rest() { s.focused = false }

func (s *services) back(a *App) bool {
	if s.focused || s.query != "" || s.situation != "" || s.group != "" {
		s.focused, s.query, s.situation, s.group = false, "", "", ""
		a.fresh = true
		a.show()
		return true
	}
	return false
}

// rows are services as a list.
func (a *App) rows(list []*service.Service) fyne.CanvasObject {
	var objs []fyne.CanvasObject
	for _, x := range list {
		objs = append(objs, look.Entry(a.style, look.EntryOpts{Icon: x.Icon, Title: x.Title(a.style.Lang), ID: "service." + x.ID, Tap: func() { a.push(&card{service: x}) }}))
	}
	return look.Column(a.px(11), objs...)
}

// card is what there is to know of a service.
type card struct {
	service *service.Service
	counted bool                     // it was asked how many wait
	queues  map[string]service.Queue // by office, as far as known
}

func (*card) name() string { return "card" }

func (s *card) draw(a *App) page {
	st, lang := a.style, a.style.Lang
	c := s.service.CardFor(lang, a.today(), service.ByPhone)
	p := page{title: c.Title}
	apply := a.canApply(s.service)
	if s.service.ID != Report && s.service.Online() && !apply { // first of all: here is not the place
		p.body = append(p.body, a.note(look.Info, "building-bank", a.say("card.terminal"), a.say("card.terminal.text")))
	}
	if c.Lead != "" {
		p.body = append(p.body, a.lead(c.Lead))
	}
	var facts []look.Fact
	for _, f := range c.Facts {
		facts = append(facts, look.Fact{Icon: f.Icon, Value: f.Value, Label: f.Label})
	}
	if len(facts) > 0 {
		p.body = append(p.body, look.Facts(st, facts))
	}
	list := func(title string, lines []service.Line) {
		if len(lines) == 0 {
			return
		}
		objs := []fyne.CanvasObject{a.heading(look.TitleS, title)}
		for _, l := range lines {
			objs = append(objs, led(a.px(28), a.px(28), a.px(12), look.Icon(st, l.Icon, a.px(28), st.Colors().Accent), look.Text(st, look.Body, l.Text, look.TextOpts{})))
		}
		p.body = append(p.body, look.Column(a.px(10), objs...))
	}
	list(a.say("card.needs"), c.Needs)
	list(a.say("card.gets"), c.Gets)
	p.body = append(p.body, s.before(a)...)
	if o := s.where(a); o != nil {
		p.body = append(p.body, o)
	}
	if apply {
		p.foot = []look.ButtonOpts{{Label: a.say("card.begin"), IconRight: look.Arrow(st, true), Primary: true, ID: "begin", Tap: func() { a.apply(s.service) }}}
	}
	if s.service.ID == Report {
		p.foot = []look.ButtonOpts{{Label: a.say("card.report"), IconRight: look.Arrow(st, true), Primary: true, ID: "report", Tap: func() { a.push(&foto{draft: a.begin(nil)}) }}}
	}
	return p
}
