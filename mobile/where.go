package mobile

import (
	"cmp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// where asks for a place on the map, by its street, or in words: the second step of a report, with what others reported there, or a question of
// another form.
type where struct {
	draft *draft
	of    string // path of the question, of a form that is no report
	chart chart  // the map, kept from drawing to drawing
	focus string // "street" or "words": what is typed into
	typed string // into the street's field
	said  string // into the field of words, as it was typed
	edit  bool   // the street's field is open
	first bool   // and there was no place before: what is typed is one already
	asked bool   // the way on was touched before there was a place
}

func (*where) name() string { return "where" }

// The fields of the page.
const (
	fieldStreet = "/place/street"
	fieldWords  = "/place/words"

	longestStreet = 80 // in characters
	longestWords  = 300
)

// offered is how many streets are offered for what was typed.
const offered = 4

// path is the answer that is asked for.
func (s *where) path() string { return cmp.Or(s.of, pathPlace) }

// spot is where it is, as far as that was said.
func (s *where) spot() (form.Spot, bool) {
	v, _ := s.draft.visit.Draft().Answers.Get(s.path())
	return form.SpotOf(v)
}

func (s *where) draw(a *App) page {
	st, d := a.style, s.draft
	p := page{title: a.say("where.title")}
	spot, ok := s.spot()
	var hits []hit
	if s.of == "" {
		p.step, hits = &step{2, steps, a.say("where.step")}, a.sameAs(d, spot)
	}
	if s.focus == "" && !s.edit {
		p.wide = s.chart.draw(a, s, spot, hits)
	}
	switch {
	case s.edit || !ok:
		if d.astray && !s.edit {
			p.body = append(p.body, a.note(look.Warn, "map-pin", a.say(problemOutside), a.say(problemOutside+".here")))
		}
		if p.wide != nil {
			p.body = append(p.body, a.small(a.say("where.move")))
		}
		p.body = append(p.body, s.street(a)...)
	default:
		change := look.Link(st, look.LinkOpts{Label: a.say("change"), Icon: "pencil", Name: a.say("where.change"), ID: "street", Tap: func() { s.open(a, spot) }})
		p.body = append(p.body, look.Beside(st.Gap(), a.signed("map-pin", a.spotText(spot), a.how(spot)), change))
	}
	if problem := s.problem(ok); problem != "" {
		p.body = append(p.body, look.Problem(st, a.say(problem)))
	}
	if len(hits) > 0 && s.focus == "" {
		p.body = append(p.body, look.Column(a.px(8), append([]fyne.CanvasObject{a.heading(look.Lead, a.say("where.same"))}, s.hits(a, hits)...)...))
	}
	if !s.edit {
		p.body = append(p.body, s.words(a, spot))
	}
	if p.wide != nil {
		p.body = append(p.body, a.small(a.o.Texts.Say(st.Lang, "map.sample")))
	}
	switch s.focus {
	case "street":
		p.typing = &typing{path: fieldStreet, keys: form.KeysText, max: longestStreet, get: func() string { return s.typed },
			set: func(t string) { s.letters(a, t) }, enter: func() { s.take(a); s.rest(); a.show() }}
	case "words":
		p.typing = &typing{path: fieldWords, keys: form.KeysProse, max: longestWords, get: func() string { return s.said },
			set: func(t string) { s.said = t; s.set(a, func(at *form.Spot) { at.Words = t }, false) }, enter: func() { s.rest(); a.show() }}
	}
	next := look.ButtonOpts{Label: a.say("next"), IconRight: look.Arrow(st, true), Primary: true, ID: "next", Tap: func() { s.next(a) }}
	if len(hits) > 0 {
		next.Label = a.say("where.new")
	}
	if s.of != "" {
		next = look.ButtonOpts{Label: a.say("where.done"), Icon: "check", Primary: true, ID: "next", Tap: func() { s.next(a) }}
	}
	p.foot = []look.ButtonOpts{next}
	if s.of == "" && (!ok || s.edit && s.first) {
		p.foot = append(p.foot, look.ButtonOpts{Label: a.say("where.later"), Icon: "clock", ID: "later", Tap: func() { a.later(d) }})
	}
	return p
}

// problem is the key of what has to be said of the place.
func (s *where) problem(ok bool) string {
	f, _ := s.draft.fieldOf(s.path())
	switch {
	case ok && f.Problem != "":
		return "where.outside"
	case !ok && s.asked:
		return "where.missing"
	}
	return ""
}

// signed is a line with a sign before it: what, and in small how it is known.
func (a *App) signed(icon, text, hint string) fyne.CanvasObject {
	st := a.style
	words := []fyne.CanvasObject{look.Text(st, look.Body, text, look.TextOpts{Bold: true})}
	if hint != "" {
		words = append(words, a.small(hint))
	}
	size := a.px(28) * (1 + (st.Factor()-1)*0.4)
	return led(size, size, a.px(10), look.Icon(st, icon, size, st.Colors().Accent), look.Column(0, words...))
}

// spotText says where something is.
func (a *App) spotText(s form.Spot) string {
	switch {
	case s.Street != "":
		return s.Address()
	case s.Located:
		return a.say("where.point")
	}
	return s.Words
}

// how says how a place is known.
func (a *App) how(s form.Spot) string {
	switch s.How {
	case form.ByPhoto:
		return a.say("where.by.photo")
	case form.ByMap:
		return a.say("where.by.map")
	case form.ByWords:
		return a.say("where.by.words")
	}
	return ""
}

func (s *where) open(a *App, spot form.Spot) {
	s.edit, s.first, s.focus, s.typed = true, false, "street", spot.Address()
	a.show()
}

// street is the field to type a street into, and what it could be.
func (s *where) street(a *App) []fyne.CanvasObject {
	st := a.style
	focused := s.focus == "street"
	objs := []fyne.CanvasObject{look.Field(st, look.FieldOpts{
		Label: a.say("where.street"), Hint: a.say("where.street.hint"), Example: a.say("where.street.example"), Text: s.typed, Focused: focused, Icon: "search", ID: fieldStreet,
		Max: longestStreet, Full: a.overfull(fieldStreet, s.typed, longestStreet),
		Tap: func() {
			if !s.edit {
				_, said := s.spot()
				s.first = !said
			}
			s.edit, s.focus = true, "street"
			a.show()
		},
	})}
	found := a.town.Search(s.typed, offered)
	for i, m := range found {
		objs = append(objs, look.Row(st, look.RowOpts{Icon: "map-pin", Title: m.Text(), Hint: m.District, ID: "street=" + strconv.Itoa(i), Tap: func() { s.choose(a, m) }}))
	}
	if len(found) == 0 && strings.TrimSpace(s.typed) != "" {
		objs = append(objs, look.Remark(st, "info-circle", a.say("where.street.unknown")))
	}
	return objs
}

// letters is another letter in the street's field. Where there was no place before, it counts at once: a phone that switches off loses no street.
func (s *where) letters(a *App, text string) {
	s.typed = text
	if !s.first {
		return
	}
	if strings.TrimSpace(text) == "" {
		s.draft.visit.Answer(s.path(), nil)
		a.keep(s.draft, false)
		return
	}
	s.asTyped(a, false)
}

// asTyped takes the street as it was typed, without a point.
func (s *where) asTyped(a *App, atOnce bool) {
	typed := form.ParseSpot(s.typed)
	s.set(a, func(at *form.Spot) {
		at.Street, at.Number, at.How = typed.Street, typed.Number, form.ByStreet
		at.Lat, at.Lon, at.Located = 0, 0, false
	}, atOnce)
}

// choose takes over a street that was offered. Its point is about where the house is; words stay.
func (s *where) choose(a *App, m place.Match) {
	s.set(a, func(at *form.Spot) {
		at.Street, at.Number, at.How = m.Street, m.Number, form.ByStreet
		at.Lat, at.Lon, at.Located = m.At.Lat, m.At.Lon, true
		if m.Street == "" {
			at.How, at.Words = form.ByMap, m.Landmark
		}
	}, true)
	s.edit, s.focus, s.typed = false, "", ""
	s.chart.show(m.At)
	a.o.Event("place", "how", form.ByStreet)
	a.show()
}

// take takes over a typed street that nobody chose from the list: the very one if it is one, else as it was typed.
func (s *where) take(a *App) {
	if strings.TrimSpace(s.typed) == "" {
		return
	}
	if m, ok := a.town.Find(s.typed); ok {
		s.choose(a, m)
		return
	}
	s.asTyped(a, true)
	s.edit = false
}

// pinned takes over a point of the map.
func (s *where) pinned(a *App, p place.Point) {
	at := a.spotAt(p, form.ByMap)
	s.set(a, func(was *form.Spot) { at.Words = was.Words; *was = at }, false)
	s.edit, s.focus = false, ""
	a.show()
}

// set changes the place.
func (s *where) set(a *App, change func(*form.Spot), atOnce bool) {
	at, _ := s.spot()
	change(&at)
	s.draft.visit.Answer(s.path(), at.Value())
	a.keep(s.draft, atOnce)
}

// words is the field to describe the place.
func (s *where) words(a *App, spot form.Spot) fyne.CanvasObject {
	o := look.FieldOpts{Label: a.say("where.words"), Example: a.say("where.words.example"), Text: spot.Words, Focused: s.focus == "words", ID: fieldWords,
		Tap: func() { s.edit, s.focus, s.said = false, "words", spot.Words; a.show() }}
	if o.Focused {
		o.Text = s.said
	}
	o.Max, o.Full = longestWords, a.overfull(fieldWords, o.Text, longestWords)
	return look.Field(a.style, o)
}

func (s *where) rest() {
	s.focus = ""
	if s.typed == "" {
		s.edit = false
	}
}

// back closes the street's field first. Where there was no place before, it keeps what was typed.
func (s *where) back(a *App) bool {
	if s.edit || s.focus != "" {
		if s.edit && s.first {
			s.take(a)
		}
		s.edit, s.focus, s.typed = false, "", ""
		a.show()
		return true
	}
	return false
}

func (s *where) next(a *App) {
	if s.edit {
		s.take(a)
	}
	s.focus = ""
	_, ok := s.spot()
	if !ok && s.of == "" || ok && s.problem(true) == "where.outside" {
		s.asked = true
		a.show()
		return
	}
	if s.of != "" {
		a.Back()
		return
	}
	a.onward(s.draft, s)
}

// later puts the report away: it waits among the begun ones.
func (a *App) later(d *draft) {
	a.keep(d, true)
	a.room(&mine{note: "mine.put"})
}

// sameAs lists what others reported at this place.
func (a *App) sameAs(d *draft, at form.Spot) []hit {
	category := d.answer(pathCategory)
	if category == "" {
		return nil
	}
	today := a.now()
	if !a.plausible(today) {
		today = newest(a.near)
	}
	return same(a.near, category, at, today)
}

// hits are the reports of others, numbered as on the map.
func (s *where) hits(a *App, hits []hit) []fyne.CanvasObject {
	var objs []fyne.CanvasObject
	for i, h := range hits {
		kind, sign, word := a.stateWord(h.State)
		objs = append(objs, look.Entry(a.style, look.EntryOpts{Number: strconv.Itoa(i + 1), Title: h.headline(a), Hint: a.since(h.Day), Kind: kind, Sign: sign, State: word,
			Action: a.say("where.look"), ID: "same=" + strconv.Itoa(i), Tap: func() { a.push(&nearby{draft: s.draft, hit: h}) }}))
	}
	return objs
}

// headline is what a report is about and how far away: "Schlagloch, 40 m".
func (h hit) headline(a *App) string {
	if h.away < 0 {
		return h.Title
	}
	return a.say("where.away", "title", h.Title, "metres", max(5, 5*int(h.away/5+0.5)))
}
