package mobile

import (
	"slices"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// ask is the last step: a few questions, everything at a glance, and the way to the town hall.
type ask struct {
	filling
	asked   bool // sending was tried
	cat     bool
	busy    bool
	waits   bool   // sending was touched while a photo is being prepared: it goes on by itself
	problem string // key: why nothing was sent
}

func (*ask) name() string { return "ask" }

// elsewhere tells whether another step asks for an answer.
func elsewhere(path string) bool {
	switch path {
	case pathCategory, pathWhat, pathPhotos, pathPlace:
		return true
	}
	return false
}

func (s *ask) draw(a *App) page {
	st, d := a.style, s.draft
	title, icon := a.subject(d)
	p := page{title: title, step: &step{3, steps, a.say("ask.step")}, problem: s.problem}
	if s.busy {
		p.body = append(p.body, a.note(look.Info, "send", a.say("ask.busy"), ""))
		return p
	}
	if s.waits {
		p.body = append(p.body, a.note(look.Info, "camera", a.say("photo.busy"), a.say("photo.ahead")))
		return p
	}
	if s.problem != "" {
		p.body = append(p.body, a.note(look.Error, "", a.say(s.problem), a.say(s.problem+".text")))
	}
	p.body = append(p.body, s.said(a, title, icon)...)
	v := d.visit.View()
	for i := range v.Pages {
		v.Pages[i].Fields = slices.DeleteFunc(slices.Clone(v.Pages[i].Fields), func(f *form.Field) bool { return elsewhere(f.Path) })
		v.Pages[i].Lead = ""
		if len(v.Pages[i].Fields) == 0 {
			continue
		}
		p.body = append(p.body, uipage.Draw(st, a.o.Texts, v, i, s.events(a), s.shown, s.focus))
		for _, f := range s.aside.Inputs(v.Pages[i]) {
			if f.Path == s.focus && f.Keys != form.KeysNone {
				p.typing = s.typing(a, f, s.rest)
			}
		}
	}
	p.body = append(p.body, look.Remark(st, "lock", a.say("ask.what")))
	p.gap = 20
	p.foot = []look.ButtonOpts{{Label: a.say("ask.send"), Icon: "send", Primary: true, ID: "send", Tap: func() { s.send(a) }}}
	p.body = append(p.body, look.Link(st, look.LinkOpts{Label: a.say("where.later"), Icon: "clock", ID: "later", Tap: func() { a.later(d) }}))
	return p
}

// said is what the steps before found out, each with the way back to it.
func (s *ask) said(a *App, title, icon string) []fyne.CanvasObject {
	st, d := a.style, s.draft
	var objs []fyne.CanvasObject
	if cat, _ := d.fieldOf(pathCategory); cat.Value == nil || s.cat || s.missing(pathWhat) {
		objs = append(objs, a.about(d, &s.cat, s.asked, func(bool) { a.show() })...)
	} else {
		n := len(d.visit.Files())
		hint := a.say("ask.photos", "n", n)
		if n == 0 {
			hint = a.say("ask.photos.none")
		}
		objs = append(objs, look.Entry(st, look.EntryOpts{Icon: icon, Title: title, Hint: hint, Action: a.say("change"), Name: a.say("ask.change.what", "what", title), ID: "edit.foto",
			Tap: func() {
				if !a.until(func(x screen) bool { f, is := x.(*foto); return is && f.draft == d }) {
					a.push(&foto{draft: d})
				}
			}}))
	}
	spot, ok := d.spot()
	where := look.EntryOpts{Icon: "map-pin", Title: a.spotText(spot), Hint: a.how(spot), Action: a.say("change"), Name: a.say("ask.change.where", "where", a.spotText(spot)), ID: "edit.where",
		Tap: func() { a.toWhere(d) }}
	if !ok {
		where.Title, where.Hint, where.Action, where.Name = a.say("where.title"), a.say("where.missing"), a.say("ask.show"), ""
	}
	return append(objs, look.Entry(st, where))
}

// toWhere goes back to the place, or on to it.
func (a *App) toWhere(d *draft) {
	if !a.until(func(x screen) bool { w, is := x.(*where); return is && w.draft == d }) {
		a.push(&where{draft: d})
	}
}

func (s *ask) missing(path string) bool {
	f, ok := s.draft.fieldOf(path)
	return ok && f.Missing
}

// back ends typing first.
func (s *ask) back(a *App) bool {
	if s.focus != "" {
		s.leave("")
		a.keep(s.draft, true)
		a.show()
		return true
	}
	a.keep(s.draft, true)
	s.waits = false
	return s.busy
}

// send seals the report and puts it on its way. Once that is done it is on this phone for good, whatever the network does.
func (s *ask) send(a *App) {
	d := s.draft
	s.leave("")
	s.asked, s.problem = true, ""
	v := d.visit.View()
	for _, p := range v.Pages {
		for _, f := range p.Fields {
			if !f.Missing && f.Problem == "" {
				continue
			}
			if f.Path == pathPlace {
				a.toWhere(d)
				if w, is := a.top().(*where); is {
					w.asked = true
					a.show()
				}
				return
			}
			s.tell(f.Path)
			if a.reveal == "" {
				a.reveal = f.Path
				if len(f.Options) > 0 {
					a.reveal += "=0"
				}
				for _, part := range f.Parts {
					if part.Problem != "" {
						a.reveal = part.Path
						break
					}
				}
			}
		}
	}
	if a.reveal != "" || !v.Complete {
		a.show()
		return
	}
	if s.waits = d.preparing > 0; s.waits { // without it the report would not be whole
		a.show()
		return
	}
	s.busy = true
	a.show()
	title, _ := a.subject(d)
	spot, _ := d.spot()
	note := reportData{Title: title, Category: d.answer(pathCategory), What: d.answer(pathWhat), Place: a.spotText(spot)}
	a.submit(d, pay.Free, note, func(kept *reportData, problem string) {
		s.busy, s.problem = false, problem
		if kept == nil {
			a.refresh(s)
			return
		}
		a.o.Event("sent", "kind", "report")
		a.sent(d, *kept)
	})
}

// sent goes on to what happens now. The next report may begin where this one was.
func (a *App) sent(d *draft, kept reportData) {
	again := map[string]any{}
	answers := d.visit.Draft().Answers
	if !d.report() {
		answers = nil
	}
	for _, path := range []string{pathCategory, pathPlace} {
		if v, ok := answers.Get(path); ok && v != nil {
			again[path] = v
		}
	}
	a.forget(d)
	d.visit.Wipe()
	r := &report{reportData: kept, standing: Waiting}
	a.reports = slices.Insert(a.reports, 0, r)
	clear(a.stack)
	a.stack = []screen{&start{}}
	a.push(&sent{report: r, again: again})
	a.look()
}
