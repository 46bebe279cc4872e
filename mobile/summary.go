package mobile

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// summary asks whether everything is right, before anything is sent.
type summary struct {
	draft  *draft
	agreed bool
	asked  bool // sending was tried without the box ticked
	sending
}

// sending is what a screen shows while an application is sealed, and when that did not work.
type sending struct {
	busy    bool
	problem string
}

func (s *sending) draw(a *App, p page) page {
	p.problem = s.problem
	if s.busy {
		p.body, p.foot = []fyne.CanvasObject{a.note(look.Info, "send", a.say("ask.busy"), "")}, nil
	} else if s.problem != "" {
		p.body = append([]fyne.CanvasObject{a.note(look.Error, "", a.say(s.problem), a.say(s.problem+".text"))}, p.body...)
	}
	return p
}

func (*summary) name() string { return "summary" }

func (s *summary) draw(a *App) page {
	d := s.draft
	v := d.visit.View()
	p := page{title: a.say("summary.title"), gap: 20, step: &step{len(v.Pages) + 1, a.applySteps(v), d.visit.Service().Title(a.style.Lang)}}
	sent := d.visit.Summary() // what is shown is what would be sent
	p.body = append(p.body, uipage.Summary(a.style, a.o.Texts, sent, func(i int) {
		if i >= 0 && i < len(sent.Pages) {
			a.push(a.question(d, sent.Pages[i].ID, true))
		}
	}))
	label := a.say("summary.send")
	if costs(v) {
		label = a.say("summary.to.pay")
		p.body = append(p.body, look.Note(a.style, look.NoteOpts{Kind: look.Info, Icon: "coin-euro", Text: a.say("summary.pay"), Value: v.Fee.Amount.Format(a.style.Lang)}))
	} else {
		p.body = append(p.body, look.Remark(a.style, "check", a.say("summary.free")))
	}
	if papers := uipage.Needs(a.style, a.o.Texts, v.Needs); papers != nil {
		p.body = append(p.body, papers)
	}
	if !v.Complete {
		p.body = append(p.body, a.note(look.Warn, "alert-circle", "", a.say("summary.open")))
	}
	if s.asked && !s.agreed {
		p.body = append(p.body, a.note(look.Warn, "alert-circle", "", a.say("summary.agree.first")))
	}
	p.body = append(p.body, look.Choice(a.style, look.ChoiceOpts{Title: a.say("summary.agree"), Box: true, Selected: s.agreed, ID: "agree", Tap: func() { s.agreed = !s.agreed; a.show() }}),
		look.Remark(a.style, "lock", a.say("apply.what")))
	p.foot = []look.ButtonOpts{{Label: label, IconRight: look.Arrow(a.style, true), Primary: true, ID: "send", Tap: func() { s.next(a) }}}
	if costs(v) && v.Complete && a.o.Desk.Drafts != nil { // who would rather pay by card goes on at a terminal
		p.foot = append(p.foot, look.ButtonOpts{Label: a.say("apply.code"), Icon: "qrcode", ID: "handover", Tap: func() { a.push(&handover{draft: d}) }})
	}
	return s.sending.draw(a, p)
}

func (s *summary) next(a *App) {
	d := s.draft
	v := d.visit.View()
	switch {
	case v.Eligible != nil && !v.Eligible.OK:
		a.push(&ineligible{draft: d})
	case !v.Complete:
		for _, pg := range v.Pages {
			if !pg.Done {
				q := a.question(d, pg.ID, true)
				a.reveal = q.problems(pg)
				a.push(q)
				return
			}
		}
	case !s.agreed:
		s.asked = true
		a.reveal = "agree"
		a.show()
	case costs(v):
		a.push(&payWays{draft: d})
	default:
		a.send(d, pay.Free, &s.sending, s)
	}
}

// payWays asks how the fee is to be paid.
type payWays struct {
	draft *draft
	sending
}

func (*payWays) name() string { return "ways" }

func (s *payWays) draw(a *App) page {
	d := s.draft
	v := d.visit.View()
	p := page{title: a.say("ways.title"), step: &step{len(v.Pages) + 2, a.applySteps(v), d.visit.Service().Title(a.style.Lang)}}
	if v.Fee != nil {
		p.body = append(p.body, look.Note(a.style, look.NoteOpts{Kind: look.Info, Icon: "coin-euro", Text: d.visit.Service().Title(a.style.Lang), Value: v.Fee.Amount.Format(a.style.Lang)}))
	}
	other := false
	for _, w := range a.ways(d.visit.Service()) {
		icon := map[pay.Way]string{pay.Invoice: "mail", pay.Counter: "building-bank"}[w]
		if icon == "" {
			continue
		}
		other = true
		p.body = append(p.body, look.Choice(a.style, look.ChoiceOpts{Mark: "icon:" + icon, Title: a.say("ways." + string(w)), Hint: a.say("ways." + string(w) + ".hint"), ID: "way." + string(w),
			Tap: func() { a.send(d, w, &s.sending, s) }}))
	}
	if !other { // only a card would do, and no phone takes one
		p.body = append(p.body, a.note(look.Info, "credit-card", a.say("ways.card"), a.say("ways.card.text")))
		if a.o.Desk.Drafts != nil {
			p.foot = []look.ButtonOpts{{Label: a.say("apply.code"), Icon: "qrcode", Primary: true, ID: "handover", Tap: func() { a.push(&handover{draft: d}) }}}
		}
	}
	return s.sending.draw(a, p)
}
