package kiosk

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// Before anybody applies he may want to know what it costs, whether he is entitled, and what to bring. The form answers that by its own rules, and
// asks only what they read.

// view is the form as far as it matters for what somebody wants: all of it, or the pages that an answer beforehand needs.
func (k *Kiosk) view() form.View {
	if k.s.goal == "" {
		return k.s.visit.View()
	}
	return k.s.visit.Advise(k.s.goal).View
}

// before offers what can be known beforehand; nil when that is nothing.
func (c *card) before(k *Kiosk) fyne.CanvasObject {
	goals := c.service.Goals()
	if len(goals) == 0 {
		return nil
	}
	var buttons []fyne.CanvasObject
	for _, g := range goals {
		buttons = append(buttons, look.Button(k.s.style, look.ButtonOpts{Label: k.say("advice." + string(g)), Icon: goalIcon(g), Small: true, ID: "goal." + string(g),
			Tap: k.tap(func() { k.advise(c.service, g) })}))
	}
	columns := len(buttons)
	if k.s.style.Text > 1 {
		columns = 1
	}
	return look.Column(k.px(14), k.heading(look.TitleS, k.say("advice.before")), look.Grid(k.px(13), columns, buttons...))
}

func goalIcon(g form.Goal) string {
	return map[form.Goal]string{form.Cost: "coin-euro", form.Entitled: "shield-check", form.Papers: "list-check"}[g]
}

// advise begins to ask what an answer beforehand needs.
func (k *Kiosk) advise(s *service.Service, g form.Goal) {
	k.begin(s)
	k.s.goal = g
	k.o.Event("advise", "service", s.ID, "goal", string(g))
	pages := k.view().Pages
	if len(pages) == 0 {
		k.push(&advice{})
		return
	}
	k.push(newFormPage(k, pages[0].ID, false))
}

// advised goes on from a page that was asked for an answer beforehand: a no that is certain is told at once.
func (k *Kiosk) advised(v form.View, page int) {
	refused := k.s.goal == form.Entitled && v.Eligible != nil && !v.Eligible.OK
	if !refused && page+1 < len(v.Pages) {
		k.push(newFormPage(k, v.Pages[page+1].ID, false))
		return
	}
	k.push(&advice{})
}

// advice is the answer, explained step by step.
type advice struct{}

func (*advice) name() string { return "advice" }

func (*advice) draw(k *Kiosk) page {
	st, g := k.s.style, k.s.goal
	s := k.s.visit.Service()
	p := page{title: k.say("advice." + string(g)), gap: 24}
	body, refused := uipage.Advice(st, k.o.Texts, g, s.Title(st.Lang), k.s.visit.Advise(g))
	p.body = append(body, k.muted(k.say("advice.bind")))
	p.actions = []action{k.goBack()}
	if !refused {
		p.actions = append(p.actions, action{label: k.say("service.begin"), right: "arrow-right", primary: true, id: "begin", tap: func() { (&card{service: s}).begin(k) }})
	}
	return p
}
