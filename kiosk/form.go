package kiosk

import (
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// formPage asks one page of the form.
type formPage struct {
	id     string          // of the page: its number may change with the answers
	focus  string          // path of the field that is typed into
	shown  map[string]bool // fields whose problem may be told: left, or "Weiter" was touched
	amend  bool            // came from the summary and goes back to it
	aside  uipage.Aside    // what is searched and which calendar is open
	filled int             // so many answers were just filled in from elsewhere
}

func (*formPage) name() string { return "form" }

func typed(f form.Field) bool { return f.Keys != form.KeysNone && !f.ReadOnly }

// newFormPage opens a page; the first field is focused if it is typed and empty.
func newFormPage(k *Kiosk, id string, amend bool) *formPage {
	p := &formPage{id: id, amend: amend, shown: map[string]bool{}}
	if _, pg, ok := p.find(k.view()); ok {
		for _, f := range pg.Inputs() {
			if f.Kind.Told() {
				continue
			}
			if typed(f) && f.Text == "" {
				p.focus = f.Path
			}
			break
		}
	}
	return p
}

func (p *formPage) find(v form.View) (int, form.Page, bool) {
	for i, pg := range v.Pages {
		if pg.ID == p.id {
			return i, pg, true
		}
	}
	return 0, form.Page{}, false
}

func (p *formPage) draw(k *Kiosk) page {
	v := k.view()
	i, pg, ok := p.find(v)
	if !ok { // another answer made this page needless
		return page{title: k.say("form.fix"), actions: []action{k.goBack()}}
	}
	out := page{title: pg.Title, progress: k.progress(v, i)}
	suggest := func(f form.Field) []string {
		if k.o.Streets == nil || !strings.HasSuffix(f.Path, "/street") {
			return nil
		}
		return k.o.Streets(f.Text)
	}
	if p.filled > 0 {
		out.body = append(out.body, k.note(look.OK, "check", k.say("prefill.done", "n", p.filled), k.say("prefill.done.text")))
	}
	if ways := k.prefills(pg); ways != nil {
		out.body = append(out.body, ways)
	}
	out.body = append(out.body, uipage.Draw(k.s.style, k.o.Texts, v, i, uipage.Events{
		Answer: func(path string, value any) {
			k.touch()
			p.leave(path)
			k.s.visit.Answer(path, value)
			k.show()
		},
		Typed: func(path, text string, over bool) {
			k.touch()
			k.s.brim.Note(path, over)
			k.s.visit.Type(path, text)
			k.show()
		},
		Brim: &k.s.brim,
		Focus: func(path string) {
			k.touch()
			p.leave(path)
			p.aside.Close()
			p.focus, k.s.keysShut = path, false
			k.show()
		},
		Enter: func(path string) {
			k.touch()
			p.step(k, pg, path)
		},
		Suggest: suggest,
		Gone:    k.s.visit.Gone(),
		Undo:    k.tap(func() { k.s.visit.Undo(); k.show() }),
		Aside:   &p.aside,
		Show: func() {
			k.touch()
			if !uipage.Searching(p.focus) {
				p.leave(p.aside.Open()) // whoever opens its calendar is still at it
				p.focus, k.lift = "", p.aside.Open()
			}
			k.show()
		},
		Day: k.o.Now(), Days: k.s.visit.Fits,
	}, p.shown, k.caret(p.focus)))
	later := k.canPause()
	if later && !k.landscape() {
		out.body = append(out.body, k.pauseLink())
	}
	for _, f := range p.aside.Inputs(pg) {
		if f.Path == p.focus && typed(f) {
			out.typing = p.typing(k, pg, f)
		}
	}
	if v.Fee != nil && v.Fee.Amount > 0 && out.typing == nil && k.s.goal == "" {
		out.foot = append(out.foot, k.amount("coin-euro", k.say("form.fee"), v.Fee.Amount.Format(k.s.style.Lang)))
	}
	out.actions = []action{k.goBack()}
	if later && k.landscape() && out.typing == nil { // there the height is for what is asked
		out.actions = append(out.actions, action{label: k.say("pause.short"), icon: "player-pause", id: "pause", tap: k.pause})
	}
	out.actions = append(out.actions, action{label: k.say("kiosk.next"), right: "arrow-right", primary: true, id: "next", tap: func() { p.next(k) }})
	return out
}

// typing connects keyboard and field.
func (p *formPage) typing(k *Kiosk, pg form.Page, f form.Field) *typing {
	get := func() string {
		if _, pg, ok := p.find(k.view()); ok {
			for _, x := range p.aside.Inputs(pg) {
				if x.Path == f.Path {
					return x.Text
				}
			}
		}
		return ""
	}
	return &typing{
		path: f.Path, keys: f.Keys, max: f.Max, get: get,
		set: func(s string) {
			if uipage.Searching(f.Path) {
				p.aside.Search(f.Path, s)
				return
			}
			k.s.visit.Type(f.Path, uipage.Dotted(f, get(), s))
		},
		enter: func() { p.step(k, pg, f.Path) },
	}
}

// step goes from a typed field to the next empty typed one of the page, or puts the keyboard away.
func (p *formPage) step(k *Kiosk, pg form.Page, path string) {
	p.leave("")
	p.focus = ""
	after := false
	for _, f := range pg.Inputs() {
		if after && typed(f) {
			p.focus = f.Path
			break
		}
		if f.Path == path {
			after = true
		} else if after && !f.Kind.Told() {
			break
		}
	}
	k.show()
}

// leave makes the problem of the field left known.
func (p *formPage) leave(to string) {
	if p.focus != "" && p.focus != to {
		p.shown[p.focus] = true
		p.focus = ""
	}
}

func (p *formPage) next(k *Kiosk) {
	v := k.view()
	i, pg, ok := p.find(v)
	if !ok {
		k.pop()
		return
	}
	p.leave("")
	p.filled = 0
	first := ""
	for _, f := range pg.Inputs() {
		if f.Missing || f.Problem != "" {
			p.shown[f.Path] = true
			if first == "" {
				first = f.Path
				if typed(f) {
					p.focus, k.s.keysShut = f.Path, false
				}
			}
		}
	}
	if first != "" {
		k.o.Event("form.problem", "page", p.id)
		k.reveal = first
		k.show()
		return
	}
	if k.s.goal != "" {
		k.advised(v, i)
		return
	}
	if v.Eligible != nil && !v.Eligible.OK {
		k.push(&ineligible{})
		return
	}
	if p.amend && k.until(func(s screen) bool { _, yes := s.(*summary); return yes }) {
		return
	}
	if i+1 < len(v.Pages) {
		k.push(newFormPage(k, v.Pages[i+1].ID, false))
		return
	}
	k.push(&summary{})
}

// steps is how many steps a service has for these answers: its pages, the summary, and paying where something costs.
func (k *Kiosk) steps(v form.View) int {
	if k.s.goal != "" {
		return len(v.Pages) + 1
	}
	n := len(v.Pages) + 1
	if k.costs(v) {
		n++
	}
	return n
}

func (k *Kiosk) costs(v form.View) bool {
	if v.Fee != nil {
		return v.Fee.Amount > 0
	}
	for _, w := range k.s.visit.Service().Ways {
		if w != pay.Free {
			return true
		}
	}
	return false
}

func (k *Kiosk) progress(v form.View, i int) *progress {
	of := k.steps(v)
	return &progress{i + 1, of, k.say("form.step", "n", i+1, "of", of), k.s.visit.Service().Title(k.s.style.Lang)}
}

// ineligible explains calmly why the service cannot be had with these answers.
type ineligible struct{}

func (*ineligible) name() string { return "ineligible" }

func (*ineligible) draw(k *Kiosk) page {
	v := k.s.visit.View()
	p := page{title: k.say("ineligible.title"), actions: []action{k.goBack()}}
	p.body = append(p.body, look.Text(k.s.style, look.Lead, k.say("ineligible.lead"), look.TextOpts{}))
	if v.Eligible != nil {
		for _, r := range v.Eligible.Reasons {
			p.body = append(p.body, k.note(look.Info, "info-circle", "", r.Text))
			if r.Page != "" {
				p.change = r.Page
			}
		}
	}
	p.body = append(p.body, k.iconLine("building-bank", k.say("ineligible.help")))
	if p.change != "" {
		id := p.change
		p.actions = append(p.actions, action{label: k.say("ineligible.change"), icon: "pencil", primary: true, id: "change", tap: func() {
			if !k.until(func(s screen) bool { f, yes := s.(*formPage); return yes && f.id == id }) {
				k.replace(newFormPage(k, id, false))
			}
		}})
	}
	return p
}

// summary asks whether everything is right, before anything is sent.
type summary struct {
	agreed bool
	asked  bool // sending was tried without the box ticked
}

func (*summary) name() string { return "summary" }

func (s *summary) draw(k *Kiosk) page {
	st := k.s.style
	v := k.s.visit.View()
	p := page{title: k.say("summary.title"), progress: k.progress(v, len(v.Pages))}
	sent := k.s.visit.Summary() // what is shown is what would be sent
	p.body = append(p.body, uipage.Summary(st, k.o.Texts, sent, func(i int) {
		k.touch()
		if i >= 0 && i < len(sent.Pages) {
			k.push(newFormPage(k, sent.Pages[i].ID, true))
		}
	}))
	costs := v.Fee != nil && v.Fee.Amount > 0
	switch {
	case costs:
		p.body = append(p.body, k.amount("", k.say("summary.pay"), v.Fee.Amount.Format(st.Lang)))
	case v.Fee != nil || !k.costs(v):
		p.body = append(p.body, k.iconLine("check", k.say("summary.free")))
	}
	if s.asked && !s.agreed {
		p.body = append(p.body, k.note(look.Warn, "alert-circle", "", k.say("summary.agree.first")))
	}
	if !v.Complete {
		p.body = append(p.body, k.note(look.Warn, "alert-circle", "", k.say("summary.open")))
	}
	agree := look.Choice(st, look.ChoiceOpts{Title: k.say("summary.agree"), Box: true, Selected: s.agreed, ID: "agree",
		Tap: k.tap(func() { s.agreed = !s.agreed; k.show() })})
	if k.landscape() || st.Text > 1.5 {
		p.body = append(p.body, agree)
	} else {
		p.foot = append(p.foot, agree)
	}
	if k.canPause() {
		p.body = append(p.body, k.pauseLink())
	}
	label := k.say("summary.send")
	if needs := uipage.Needs(st, k.o.Texts, v.Needs); needs != nil {
		p.body = append(p.body, needs)
	}
	if costs {
		label = k.say("summary.to.pay")
	}
	p.actions = []action{k.goBack(), {label: label, right: "arrow-right", primary: true, id: "send", tap: func() { s.next(k) }}}
	return p
}

func (s *summary) next(k *Kiosk) {
	v := k.s.visit.View()
	if v.Eligible != nil && !v.Eligible.OK {
		k.push(&ineligible{})
		return
	}
	if !v.Complete {
		for _, pg := range v.Pages {
			if !pg.Done {
				f := newFormPage(k, pg.ID, true)
				for _, x := range pg.Inputs() {
					f.shown[x.Path] = true
				}
				k.push(f)
				return
			}
		}
	}
	if !s.agreed {
		s.asked = true
		k.toEnd = true
		k.show()
		return
	}
	if v.Fee != nil && v.Fee.Amount > 0 {
		k.push(&ways{})
		return
	}
	k.submit(pay.Free)
}
