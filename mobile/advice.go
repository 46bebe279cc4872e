package mobile

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
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
	sv := s.draft.visit.Service()
	p := page{title: a.say("advice." + string(s.goal)), gap: 20}
	body, refused := uipage.Advice(a.style, a.o.Texts, s.goal, sv.Title(a.style.Lang), s.draft.visit.Advise(s.goal))
	p.body = append(body, a.small(a.say("advice.bind")))
	if !refused && a.canApply(sv) {
		p.foot = []look.ButtonOpts{{Label: a.say("card.begin"), IconRight: look.Arrow(a.style, true), Primary: true, ID: "begin", Tap: func() { a.adopt(s.draft) }}}
	}
	return p
}
