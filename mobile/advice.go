package mobile

import (
	"slices"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// Before anybody applies he may want to know what it costs, whether he is entitled, and what to bring: the form answers that by its own rules, and
// asks only what they read. Nothing of it is kept, unless he then applies.

// before offers what can be known beforehand.
func (s *card) before(a *App) []fyne.CanvasObject {
	goals := s.service.Goals()
	if len(goals) == 0 {
		return nil
	}
	objs := []fyne.CanvasObject{a.heading(look.TitleS, a.say("advice.before"))}
	for _, g := range goals {
		icon := map[form.Goal]string{form.Cost: "coin-euro", form.Entitled: "shield-check", form.Papers: "list-check"}[g]
		objs = append(objs, look.Button(a.style, look.ButtonOpts{Label: a.say("advice." + string(g)), Icon: icon, Small: true, ID: "goal." + string(g), Tap: func() { a.advise(s.service, g) }}))
	}
	return []fyne.CanvasObject{look.Column(a.px(10), objs...)}
}

// advise begins to ask what an answer beforehand needs.
func (a *App) advise(s *service.Service, g form.Goal) {
	d := a.loose(s)
	a.o.Event("advise", "service", s.ID, "goal", string(g))
	pages := d.visit.Advise(g).View.Pages
	if len(pages) == 0 {
		a.push(&advice{draft: d, goal: g})
		return
	}
	q := a.question(d, pages[0].ID, false)
	q.goal = g
	a.push(q)
}

// advised goes on from a page that was asked for an answer beforehand: a no that is certain is told at once.
func (a *App) advised(q *question, v form.View, page int) {
	refused := q.goal == form.Entitled && v.Eligible != nil && !v.Eligible.OK
	if !refused && page+1 < len(v.Pages) {
		next := a.question(q.draft, v.Pages[page+1].ID, false)
		next.goal = q.goal
		a.push(next)
		return
	}
	a.push(&advice{draft: q.draft, goal: q.goal})
}

// advice is the answer, explained step by step.
type advice struct {
	draft *draft
	goal  form.Goal
}

func (*advice) name() string { return "advice" }

func (s *advice) draw(a *App) page {
	adv := s.draft.visit.Advise(s.goal)
	sv := s.draft.visit.Service()
	p := page{title: a.say("advice." + string(s.goal)), gap: 20}
	refused := slices.ContainsFunc(adv.Rulings, func(r form.Ruling) bool { return !r.OK })
	switch {
	case s.goal == form.Cost && adv.Fee != nil:
		p.body = append(p.body, a.cost(sv.Title(a.style.Lang), adv.Fee)...)
	case s.goal == form.Entitled && adv.Rulings != nil:
		p.body = append(p.body, a.rulings(adv.Rulings, refused, adv.View.Complete)...)
	case s.goal == form.Papers && len(adv.Needs) > 0:
		p.body = append(p.body, a.papers(adv.Needs))
	case s.goal == form.Papers && adv.View.Complete:
		p.body = append(p.body, a.note(look.OK, "check", "", a.say("advice.papers.none")))
	default:
		p.body = append(p.body, a.note(look.Info, "info-circle", "", a.say("advice.unknown")))
	}
	p.body = append(p.body, a.small(a.say("advice.bind")))
	if !refused && a.canApply(sv) {
		p.foot = []look.ButtonOpts{{Label: a.say("card.begin"), IconRight: look.Arrow(a.style, true), Primary: true, ID: "begin", Tap: func() { a.adopt(s.draft) }}}
	}
	return p
}

// cost is a fee with its steps.
func (a *App) cost(title string, f *form.Fee) []fyne.CanvasObject {
	if f.Amount == 0 {
		return []fyne.CanvasObject{a.note(look.OK, "check", "", a.say("summary.free"))}
	}
	objs := []fyne.CanvasObject{look.Note(a.style, look.NoteOpts{Kind: look.Info, Icon: "coin-euro", Text: title, Value: f.Amount.Format(a.style.Lang)})}
	var rows []fyne.CanvasObject
	for i, step := range f.Steps {
		if i > 0 {
			rows = append(rows, look.Line(a.style))
		}
		rows = append(rows, look.Pair(a.style, step.Label, step.Value, false))
	}
	if rows == nil {
		return objs
	}
	return append(objs, a.heading(look.TitleS, a.say("advice.steps")), look.Card(a.style, look.Column(a.px(12), rows...)))
}

// rulings says yes or no, and why: each rule with a sign and a sentence.
func (a *App) rulings(list []form.Ruling, refused, complete bool) []fyne.CanvasObject {
	kind, icon, word := look.OK, "check", "advice.yes"
	switch {
	case refused:
		kind, icon, word = look.Warn, "info-circle", "advice.no"
	case !complete:
		kind, icon, word = look.Info, "info-circle", "advice.unknown"
	}
	objs := []fyne.CanvasObject{a.note(kind, icon, "", a.say(word)), a.heading(look.TitleS, a.say("advice.why"))}
	var rows []fyne.CanvasObject
	for _, r := range list {
		icon, ink := "check", a.style.Colors().OK
		if !r.OK {
			icon, ink = "x", a.style.Colors().Error
		}
		d := a.px(26)
		rows = append(rows, led(d, d, a.px(12), look.Icon(a.style, icon, d, ink), look.Text(a.style, look.Body, r.Text, look.TextOpts{})))
	}
	return append(objs, look.Card(a.style, look.Column(a.px(14), rows...)))
}

// papers lists what has to be brought along; nil when it is nothing.
func (a *App) papers(needs []form.Need) fyne.CanvasObject {
	if len(needs) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{a.heading(look.TitleS, a.say("advice.bring"))}
	for _, n := range needs {
		icon := n.Icon
		if icon == "" {
			icon = "certificate"
		}
		rows = append(rows, led(a.px(28), a.px(28), a.px(12), look.Icon(a.style, icon, a.px(28), a.style.Colors().Accent), look.Text(a.style, look.Body, n.Text, look.TextOpts{})))
	}
	return look.Column(a.px(10), rows...)
}
