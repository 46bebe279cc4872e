package kiosk

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// canPause tells whether there is something to put away, and where.
func (k *Kiosk) canPause() bool {
	return k.o.Desk.Drafts != nil && k.s.visit != nil && len(k.s.visit.Draft().Answers) > 0
}

// pauseLink leads from a page of the form to where it can be put away.
func (k *Kiosk) pauseLink() fyne.CanvasObject {
	return k.leftmost(k.button(action{label: k.say("pause.button"), icon: "player-pause", small: true, id: "pause", tap: k.pause}))
}

// pause asks how somebody wants to go on later. Where the form was left is remembered.
func (k *Kiosk) pause() {
	page := ""
	for _, s := range k.s.stack {
		switch s := s.(type) {
		case *formPage:
			page = s.id
		case *summary:
			page = ""
		}
	}
	k.push(&pausing{page: page})
}

// pausing is the choice between a slip and the phone.
type pausing struct {
	page string
	busy bool
	said string // key of the note shown: "full", "long", "failed"
}

func (*pausing) name() string { return "pausing" }

func (s *pausing) draw(k *Kiosk) page {
	p := page{title: k.say("pause.title")}
	if s.busy {
		p.noEnd = true
		p.body = append(p.body, k.live(k.say("pause.busy")))
		return p
	}
	p.actions = []action{k.goBack()}
	if s.said != "" {
		p.body = append(p.body, k.note(look.Warn, "alert-circle", k.say("pause."+s.said), k.say("pause."+s.said+".text")))
	}
	p.body = append(p.body, look.Text(k.s.style, look.Lead, k.say("pause.lead"), look.TextOpts{}))
	var rows []fyne.CanvasObject
	if k.o.Desk.Printer != nil {
		rows = append(rows, k.large("receipt", k.say("pause.slip"), k.say("pause.slip.hint"), "slip", func() { s.keep(k, true) }))
	}
	rows = append(rows, k.large("device-mobile", k.say("pause.phone"), k.say("pause.phone.hint"), "phone", func() { s.keep(k, false) }))
	p.body = append(p.body, k.beneath(rows), k.iconLine("lock", k.say("pause.safe")))
	return p
}

// keep puts the visit away; what it was put away as is on disk before anything of it is shown.
func (s *pausing) keep(k *Kiosk, onPaper bool) {
	v := k.s.visit
	if v == nil || s.busy {
		return
	}
	s.busy, s.said = true, ""
	k.s.moving++
	ses := k.s
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ticket, err := v.Pause(ctx, s.page)
		return func() {
			ses.moving--
			s.busy = false
			k.touch()
			if err != nil {
				s.said = pauseProblem(err)
				k.o.Event("pause.failed", "reason", s.said)
				k.refresh(s)
				return
			}
			k.o.Event("pause", "service", v.Service().ID, "page", s.page, "paper", onPaper)
			if k.top() == screen(s) {
				k.replace(&paused{ticket: ticket, paper: onPaper})
			}
		}
	})
	k.show()
}

func pauseProblem(err error) string {
	switch {
	case errors.Is(err, visit.ErrFull):
		return "full"
	case errors.Is(err, visit.ErrLong):
		return "long"
	}
	return "failed"
}

// paused hands over what the visit can be continued with. The visit is still there, so that nothing is lost when the paper ends.
type paused struct {
	ticket   visit.Ticket
	paper    bool // a slip is wanted
	begun    bool
	printing bool
	printed  bool
	err      error
	sure     bool // asked whether the code was taken
}

func (*paused) name() string { return "paused" }

func (s *paused) print(k *Kiosk) {
	s.begun, s.printing, s.err = true, true, nil
	k.s.moving++
	ses, printer, slip := k.s, k.o.Desk.Printer, k.pauseSlip(s.ticket)
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), printTime) // the slip comes out, whoever goes away
		defer stop()
		_, err := printer.Print(ctx, slip)
		return func() {
			ses.moving--
			s.printing, s.printed, s.err = false, err == nil, err
			k.o.Event("pause.printed", "ok", err == nil)
			k.touch()
			k.fresh = true
			k.refresh(s)
		}
	})
}

// pauseSlip is what is printed: how to go on, and nothing of what was said.
func (k *Kiosk) pauseSlip(t visit.Ticket) document.Document {
	lang := k.s.style.Lang
	d := document.Document{Title: k.say("pause.slip.title"), Lang: lang, Blocks: []document.Block{
		{Kind: document.Paragraph, Center: true, Text: k.o.Catalogue.Tenant().Name},
		{Kind: document.Heading, Level: 1, Center: true, Text: k.say("pause.slip.title")},
		{Kind: document.Paragraph, Center: true, Bold: true, Text: t.Title},
		{Kind: document.Rule},
		{Kind: document.Row, Bold: true, Label: k.say("pause.slip.until"), Text: text.Date(lang, t.Until)},
		{Kind: document.Paragraph, Text: k.say("pause.slip.how")},
		{Kind: document.Paragraph, Text: k.say("pause.slip.how.phone")},
	}}
	if t.Away {
		d.Blocks = append(d.Blocks, document.Block{Kind: document.Paragraph, Text: k.say("pause.slip.away")})
	}
	return document.Document{Title: d.Title, Lang: lang, Blocks: append(d.Blocks,
		document.Block{Kind: document.QR, Center: true, Data: t.Code, Text: t.Text},
		document.Block{Kind: document.Paragraph, Center: true, Text: k.say("pause.slip.secret")},
		document.Block{Kind: document.Paragraph, Center: true, Text: k.say("pause.slip.paid")})}
}

func (s *paused) draw(k *Kiosk) page {
	if s.paper && !s.begun {
		s.print(k)
	}
	if s.sure {
		return page{title: k.say("pause.sure"), noEnd: true, body: []fyne.CanvasObject{k.note(look.Warn, "qrcode", "", k.say("pause.sure.text"))},
			actions: []action{
				{label: k.say("kiosk.back"), icon: "arrow-left", id: "back", tap: func() { s.sure = false; k.show() }},
				{label: k.say("pause.sure.yes"), icon: "logout", primary: true, id: "finish", tap: k.Wipe},
			}}
	}
	p := page{title: k.say("pause.done"), noEnd: true}
	until := k.iconLine("calendar-event", k.say("pause.until", "day", text.Date(k.s.style.Lang, s.ticket.Until)))
	switch {
	case s.printing:
		p.body = append(p.body, k.live(k.say("pause.printing")))
		return p
	case s.printed:
		p.body = append(p.body, k.note(look.OK, "receipt", k.say("pause.printed"), k.say("pause.printed.text")), until)
	default:
		if s.err != nil {
			p.title = k.say("pause.noslip")
			p.body = append(p.body, k.note(look.Warn, "printer", k.say(paperKey(s.err)), k.say("pause.noslip.text")))
		}
		s.code(k, &p)
		p.body = append(p.body, until)
	}
	if s.ticket.Away {
		p.body = append(p.body, k.iconLine("cloud-off", k.say("pause.away")))
	}
	back := "pause.form"
	if s.err != nil { // three buttons need short words
		back = "kiosk.back"
	}
	p.actions = append(p.actions, action{label: k.say(back), icon: "arrow-left", id: "form", tap: k.pop})
	if s.err != nil {
		p.actions = append(p.actions, action{label: k.say("nopaper.again"), icon: "printer", id: "reprint", tap: func() { s.print(k); k.show() }})
	}
	p.actions = append(p.actions, action{label: k.say("pause.finish"), icon: "logout", primary: true, id: "end", tap: func() {
		if s.printed {
			k.Wipe()
			return
		}
		s.sure = true
		k.show()
	}})
	return p
}

// code is the draft's key for the phone, and to be written down. It is large where there is room: phones read it from further away.
func (s *paused) code(k *Kiosk, p *page) {
	letters := look.Text(k.s.style, look.Lead, strings.ReplaceAll(s.ticket.Text, "-", " "), look.TextOpts{Bold: true})
	words := look.Column(k.px(16), k.muted(k.say("pause.code.text")), k.muted(k.say("pause.code.write")), letters)
	title := k.say("pause.code")
	if k.landscape() { // beside the words, over the whole height
		p.hall = k.codeHall(s.ticket.Code, title)
		if s.err == nil {
			p.body = append(p.body, k.heading(look.TitleM, title))
		} else {
			p.body = append([]fyne.CanvasObject{k.heading(look.TitleM, p.title)}, p.body...)
		}
		p.body = append(p.body, words)
		return
	}
	if s.err == nil {
		p.title = title
	}
	size := float32(560)
	if s.err != nil {
		size = 380
	}
	code := k.qr(s.ticket.Code, title, size)
	if k.s.style.Text > 1 || s.err == nil {
		p.body = append(p.body, k.cardBox(look.Column(k.px(16), code, words)))
		return
	}
	side := k.px(size)
	p.body = append(p.body, k.cardBox(led(side, side, side, k.px(32), false, code, words)))
}

// codeHall is a code at the left of a landscape page, where it is seen without scrolling, with what belongs below it. The page's title then stands in
// its body.
func (k *Kiosk) codeHall(data, name string, below ...fyne.CanvasObject) fyne.CanvasObject {
	card := k.cardBox(look.Column(k.px(16), append([]fyne.CanvasObject{k.qr(data, name, 320)}, below...)...))
	return look.Inset(card, k.px(24), k.px(24), 0, k.px(24))
}

// mayPauseNow tells whether the idle warning offers to go on later: on a page of the form or the summary, not in the middle of something else.
func (k *Kiosk) mayPauseNow() bool {
	if k.s.style.Text >= 2 && !k.landscape() { // no room beside the seconds; who touches the screen finds it on the page
		return false
	}
	switch k.top().(type) {
	case *formPage, *summary, *ineligible:
		return k.canPause()
	}
	return false
}

// idleText says what happens when nobody touches anything: what was put away stays.
func (k *Kiosk) idleText() string {
	if k.s.visit != nil && k.s.visit.Paused() {
		return k.say("idle.text.draft")
	}
	return k.say("idle.text")
}
