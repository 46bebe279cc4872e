package kiosk

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
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
	a := k.s.visit.Advise(g)
	s := k.s.visit.Service()
	p := page{title: k.say("advice." + string(g)), gap: 24}
	refused := false
	switch {
	case g == form.Cost && a.Fee != nil:
		p.body = append(p.body, k.cost(s.Title(st.Lang), a.Fee)...)
	case g == form.Entitled && a.Rulings != nil:
		for _, r := range a.Rulings {
			refused = refused || !r.OK
		}
		p.body = append(p.body, k.rulings(a.Rulings, refused, a.View.Complete)...)
	case g == form.Papers && len(a.Needs) > 0:
		p.body = append(p.body, k.papers(a.Needs))
	case g == form.Papers && a.View.Complete:
		p.body = append(p.body, k.note(look.OK, "check", "", k.say("advice.papers.none")))
	default:
		p.body = append(p.body, k.note(look.Info, "info-circle", "", k.say("advice.unknown")))
	}
	p.body = append(p.body, k.muted(k.say("advice.bind")))
	p.actions = []action{k.goBack()}
	if !refused {
		p.actions = append(p.actions, action{label: k.say("service.begin"), right: "arrow-right", primary: true, id: "begin", tap: func() { (&card{service: s}).begin(k) }})
	}
	return p
}

// cost is a fee with its steps.
func (k *Kiosk) cost(title string, f *form.Fee) []fyne.CanvasObject {
	lang := k.s.style.Lang
	if f.Amount == 0 {
		return []fyne.CanvasObject{k.note(look.OK, "check", "", k.say("summary.free"))}
	}
	objs := []fyne.CanvasObject{k.amount("coin-euro", title, f.Amount.Format(lang))}
	var rows []fyne.CanvasObject
	for i, step := range f.Steps {
		if i > 0 {
			rows = append(rows, look.Line(k.s.style))
		}
		rows = append(rows, look.Pair(k.s.style, step.Label, step.Value, false))
	}
	if rows == nil {
		return objs
	}
	return append(objs, k.heading(look.TitleS, k.say("advice.steps")), look.Card(k.s.style, look.Column(k.px(16), rows...)))
}

// rulings says yes or no, and why: each rule with a sign and a sentence.
func (k *Kiosk) rulings(list []form.Ruling, refused, complete bool) []fyne.CanvasObject {
	st := k.s.style
	kind, icon, word := look.OK, "check", "advice.yes"
	switch {
	case refused:
		kind, icon, word = look.Warn, "info-circle", "advice.no"
	case !complete:
		kind, icon, word = look.Info, "info-circle", "advice.unknown"
	}
	objs := []fyne.CanvasObject{k.note(kind, icon, "", k.say(word)), k.heading(look.TitleS, k.say("advice.why"))}
	var rows []fyne.CanvasObject
	for _, r := range list {
		icon, ink := "check", st.Colors().OK
		if !r.OK {
			icon, ink = "x", st.Colors().Error
		}
		d := k.px(44)
		rows = append(rows, led(k.px(300), d, d, k.px(20), false, look.Icon(st, icon, d, ink), look.Text(st, look.Body, r.Text, look.TextOpts{})))
	}
	return append(objs, look.Card(st, look.Column(k.px(18), rows...)))
}

// papers lists what has to be brought along; nil when it is nothing.
func (k *Kiosk) papers(needs []form.Need) fyne.CanvasObject {
	if len(needs) == 0 {
		return nil
	}
	rows := []fyne.CanvasObject{k.heading(look.TitleS, k.say("advice.bring"))}
	for _, n := range needs {
		icon := n.Icon
		if icon == "" {
			icon = "certificate"
		}
		rows = append(rows, k.iconLine(icon, n.Text))
	}
	return look.Column(k.px(14), rows...)
}
