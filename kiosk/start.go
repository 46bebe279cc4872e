package kiosk

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// attract is what the terminal shows when nobody is there.
type attract struct{}

func (attract) name() string { return "attract" }

func (attract) draw(k *Kiosk) page { return page{cover: k.attractPanel()} }

// enter begins with the home screen in a language.
func (k *Kiosk) enter(lang string) {
	k.s.style.Lang = lang
	k.touch()
	k.push(&home{})
}

// home is where a visit starts: situations of life, search, what is often used.
type home struct{}

func (*home) name() string { return "home" }

func (h *home) draw(k *Kiosk) page {
	st, lang := k.s.style, k.s.style.Lang
	var tiles []fyne.CanvasObject
	small := pairs{k: k, left: 6}
	for _, s := range k.o.Catalogue.Situations(lang) {
		tiles = append(tiles, look.Tile(st, look.TileOpts{Title: s.Title, Icon: s.Icon, Small: k.hasHall(), Tap: k.tap(func() { k.push(&situation{id: s.ID}) })}))
	}
	if len(k.o.Catalogue.Groups(lang)) > 0 {
		small.add(k.short("users-group", k.say("about.for"), "audience", func() { k.push(&audience{}) }))
	}
	if k.o.Desk.Scanner != nil {
		small.add(k.short("scan", k.say("home.scan"), "scan", func() { k.push(&scan{}) }))
	}
	for _, s := range k.o.Catalogue.Popular() {
		small.add(k.short(s.Icon, s.Title(lang), "service-"+s.ID, func() { k.push(&card{service: s}) }))
	}
	p := page{title: k.say("home.title"), hero: k.homeHero(), hall: k.homeHall(), gap: 20}
	if k.searchBelow() {
		p.body = append(p.body, k.searchBar(k.say("home.search")))
	}
	if k.hasHall() { // all of it on one screen
		tiles = append(tiles, look.Tile(st, look.TileOpts{Title: k.say("home.often"), Icon: "star", Small: true, ID: "often", Tap: k.tap(func() { k.push(&often{}) })}))
		if len(k.o.Catalogue.Groups(lang)) > 0 {
			tiles = append(tiles, look.Tile(st, look.TileOpts{Title: k.say("about.for"), Icon: "users-group", Small: true, ID: "audience", Tap: k.tap(func() { k.push(&audience{}) })}))
		}
		if k.o.Desk.Scanner != nil {
			tiles = append(tiles, look.Tile(st, look.TileOpts{Title: k.say("home.scan"), Icon: "scan", Small: true, ID: "scan", Tap: k.tap(func() { k.push(&scan{}) })}))
		}
	}
	p.body = append(p.body, look.Grid(k.px(16), 2, tiles...))
	if k.hasHall() {
		if !k.online {
			p.body = append(p.body, k.note(look.Info, "cloud-off", "", k.say("home.offline")))
		}
		p.body = append(p.body, k.faultNote()...)
		return p
	}
	if !k.online {
		p.body = append(p.body, k.note(look.Info, "cloud-off", "", k.say("home.offline")))
	}
	p.body = append(p.body, k.faultNote()...)
	p.body = append(p.body, k.heading(look.Lead, k.say("home.often")), look.Column(k.px(18), small.rows...))
	p.body = append(p.body, k.languages())
	return p
}

// often lists what is often used; in landscape it is a page of its own.
type often struct{}

func (*often) name() string { return "often" }

func (*often) draw(k *Kiosk) page {
	p := page{title: k.say("home.often"), actions: []action{k.goBack()}, gap: 20}
	p.body = append(p.body, k.services(k.o.Catalogue.Popular()))
	return p
}

// short is a small row of "often used".
func (k *Kiosk) short(icon, title, id string, tap func()) fyne.CanvasObject {
	return look.Row(k.s.style, look.RowOpts{Icon: icon, Title: title, ID: id, Tap: k.tap(tap)})
}

// pairs puts small rows beside each other where two fit, and gives a long one the whole width. left is how many halves may be used.
type pairs struct {
	k    *Kiosk
	left int
	half fyne.CanvasObject // waits for its neighbour
	rows []fyne.CanvasObject
}

func (p *pairs) add(o fyne.CanvasObject) {
	room := p.k.size.Width - 2*p.k.s.style.Margin()
	if p.k.landscape() {
		room = p.k.size.Width - p.k.px(400+176+64)
	}
	wide := o.MinSize().Width > (room-p.k.px(20))/2
	switch {
	case wide && p.left < 2, p.left < 1:
	case wide:
		p.left -= 2
		p.rows = append(p.rows, o)
	case p.half == nil:
		p.left--
		p.half = look.Grid(p.k.px(20), 2, o)
		p.rows = append(p.rows, p.half)
	default:
		p.left--
		p.rows[len(p.rows)-1] = p.join(o)
		p.half = nil
	}
}

// join puts a row beside the one that waits for it.
func (p *pairs) join(o fyne.CanvasObject) fyne.CanvasObject {
	for i, r := range p.rows {
		if r == p.half {
			first := r.(*fyne.Container).Objects[0]
			p.rows = append(p.rows[:i], append(p.rows[i+1:], nil)...)
			return look.Grid(p.k.px(20), 2, first, o)
		}
	}
	return o
}

// language is the choice of languages on a page of its own.
type language struct{}

func (*language) name() string { return "language" }

func (*language) draw(k *Kiosk) page {
	p := page{title: k.say("language.title")}
	for _, l := range k.o.Texts.Languages() {
		hint := ""
		if l == k.s.style.Lang {
			hint = k.o.Texts.Say(l, "language.now")
		}
		p.body = append(p.body, look.Row(k.s.style, look.RowOpts{Icon: "language", Title: k.o.Texts.Say(l, "kiosk.lang"), Hint: hint,
			Tap: k.tap(func() { k.setLang(l); k.pop() })}))
	}
	p.actions = []action{k.goBack()}
	return p
}

// situation lists the services of one situation of life.
type situation struct{ id string }

func (*situation) name() string { return "situation" }

func (s *situation) draw(k *Kiosk) page {
	p := page{actions: []action{k.goBack()}}
	for _, x := range k.o.Catalogue.Situations(k.s.style.Lang) {
		if x.ID == s.id {
			p.title = x.Title
		}
	}
	list := k.o.Catalogue.In(s.id)
	if len(list) == 0 {
		p.body = append(p.body, k.note(look.Info, "info-circle", k.say("situation.empty"), k.say("situation.empty.text")))
	}
	if len(list) > 0 {
		p.body = append(p.body, k.services(list))
	}
	return p
}

// services are rows under each other; in landscape, where height is short, two beside each other if they fit.
func (k *Kiosk) services(list []*service.Service) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, s := range list {
		rows = append(rows, k.serviceRow(s))
	}
	return k.beneath(rows)
}

// beneath puts rows under each other; in landscape two beside each other if they fit.
func (k *Kiosk) beneath(rows []fyne.CanvasObject) fyne.CanvasObject {
	if k.hasHall() {
		return look.Grid(k.px(20), 2, rows...)
	}
	return look.Column(k.px(28), rows...)
}

// serviceRow is one service in a list, with how it is done: here, or elsewhere.
func (k *Kiosk) serviceRow(s *service.Service) fyne.CanvasObject {
	hint := k.say("service.office")
	if k.canApply(s) {
		hint = k.say("service.here")
	}
	return k.large(s.Icon, s.Title(k.s.style.Lang), hint, "service-"+s.ID, func() { k.push(&card{service: s}) })
}

// canApply tells whether a service has a form; the others tell where to go.
func (k *Kiosk) canApply(s *service.Service) bool {
	return s.Online()
}

// search finds services while somebody types.
type search struct{ query string }

func (*search) name() string { return "search" }

// longestQuery is how much can be searched for, in characters: more than anybody's words for a service.
const longestQuery = 60

func (s *search) draw(k *Kiosk) page {
	st := k.s.style
	p := page{typing: &typing{path: "search", max: longestQuery, get: func() string { return s.query }, set: func(q string) { s.query = q }}}
	p.typing.enter = func() { k.s.keysShut = true; k.show() }
	p.top = k.searchField(s)
	if full := k.overfull("search", s.query, longestQuery); full != "" {
		p.body = append(p.body, look.Remark(st, "info-circle", full))
	}
	if s.query == "" {
		p.body = append(p.body, k.muted(k.say("search.start")))
		for i, x := range k.o.Catalogue.Popular() {
			if i == 4 {
				break
			}
			p.body = append(p.body, k.serviceRow(x))
		}
		return p
	}
	found := k.o.Catalogue.Ask(st.Lang, s.query)
	switch {
	case found.None:
		text := k.say("search.none.text")
		if who := k.o.Catalogue.Tenant().Helper(st.Lang); who != "" {
			text = k.say("search.none.ask") + "\n" + who + "\n\n" + text
		}
		p.body = append(p.body, k.note(look.Info, "search", k.say("search.none"), text))
	case found.Meant != "":
		p.body = append(p.body, k.muted(k.say("search.meant", "words", found.Meant)))
	default:
		p.body = append(p.body, k.muted(k.say("search.hits", "n", len(found.Hits))))
	}
	for i, h := range found.Hits {
		if i == 8 {
			break
		}
		p.body = append(p.body, k.serviceRow(h.Service))
	}
	return p
}
