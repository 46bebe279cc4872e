package kiosk

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// printTime is how long a slip may take; a printer that is silent for longer counts as dead.
const printTime = 90 * time.Second

// done is the last page: number, slip, and the slip's key as a code for the phone. It never shows a name, and the code only when asked
// for, or when there is no paper: who looks over a shoulder could scan it too.
type done struct {
	receipt  visit.Receipt
	unclear  bool
	cleared  bool // it was unclear, and its end is known now
	stale    bool // the slip that came out says that it was unclear
	noSlip   bool // the slip could not be set: only the code is left
	begun    bool
	printing bool
	printed  bool
	err      error
	code     bool   // the code is shown
	leaving  bool   // asked whether the code was taken
	copy     string // "printing", "done", "failed" of all answers on A4
}

func (*done) name() string { return "done" }

func (d *done) print(k *Kiosk) {
	v := k.s.visit
	d.begun = true
	if d.noSlip || v == nil || k.o.Desk.Printer == nil {
		d.err, d.code = visit.ErrUnreachable, true
		return
	}
	d.printing, d.err = true, nil
	k.s.moving++
	s := k.s
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), printTime) // the slip comes out, whoever goes away
		defer stop()
		err := v.Print(ctx)
		return func() {
			s.moving--
			d.printing, d.printed, d.err = false, err == nil, err
			d.stale = d.stale && err != nil
			d.code = d.code || err != nil
			k.o.Event("printed", "ok", err == nil)
			k.touch()
			k.fresh = true
			k.show()
			k.clearUp()
		}
	})
}

func (d *done) draw(k *Kiosk) page {
	if !d.begun {
		d.print(k)
	}
	st, lang, r := k.s.style, k.s.style.Lang, d.receipt
	if d.leaving {
		return page{title: k.say("nopaper.sure"), noEnd: true, body: []fyne.CanvasObject{k.note(look.Warn, "qrcode", "", k.say("nopaper.sure.text"))},
			actions: []action{
				{label: k.say("kiosk.back"), icon: "arrow-left", id: "back", tap: func() { d.leaving = false; k.show() }},
				{label: k.say("nopaper.sure.yes"), icon: "logout", primary: true, id: "finish", tap: k.Wipe},
			}}
	}
	if d.cleared && r.State != pay.Approved {
		return d.lost(k)
	}
	p := page{noEnd: true}
	switch {
	case d.cleared:
		p.title = k.say("cleared.title", "how", k.say("cleared.paid"))
		p.body = append(p.body, k.note(look.OK, "circle-check", "", k.say("cleared.paid.text")))
		if d.stale {
			p.body = append(p.body, k.iconLine("receipt", k.say("cleared.paid.slip")))
		}
	case d.unclear:
		p.title = k.say("unclear.title")
		p.body = append(p.body, k.note(look.Warn, "clock", "", k.say("unclear.text")))
	case d.err != nil:
		p.title = k.say("nopaper.title")
	case !r.Online:
		p.title = k.say("later.title")
		p.head = k.stateHead("cloud-off", p.title)
		p.body = append(p.body, look.Text(st, look.Lead, k.word("later.text"), look.TextOpts{}))
	default:
		p.title = k.say("done.title")
		p.hero = k.doneHero(p.title, k.word("done.sent"))
		p.hall = k.doneHall(p.title, k.word("done.sent"))
		if p.hero == nil && p.hall == nil {
			p.body = append(p.body, look.Text(st, look.Lead, k.word("done.sent"), look.TextOpts{}))
		}
	}
	if d.codeAside(k) {
		p.hall, p.head = k.codeHall(r.Secret, k.say("done.phone"), d.numbered(k)...), nil
		p.body = append([]fyne.CanvasObject{k.heading(look.TitleS, p.title)}, p.body...)
	}
	if d.err != nil {
		kept := k.word("nopaper.text")
		if d.unclear { // nobody knows yet whether it is delivered
			kept = k.say("nopaper.code")
		}
		p.body = append(p.body, k.note(look.Warn, "printer", k.say(paperKey(d.err)), kept))
	}
	if d.codeAside(k) {
		p.body = append(p.body, k.iconLine("device-mobile", k.say("done.phone.hint")))
		if st.Text >= 2 { // it has no room below the code
			p.body = append(p.body, look.Text(st, look.Lead, k.say("done.number")+": "+r.Case, look.TextOpts{Bold: true}))
		}
	} else {
		p.body = append(p.body, d.number(k))
	}
	if d.err != nil {
		p.body = append(p.body, k.muted(k.say("nopaper.write")))
		if slip := d.receipt.Slip; !d.noSlip && len(slip.Blocks) > 0 {
			p.body = append(p.body, k.button(action{label: k.say("nopaper.look"), icon: "receipt", id: "look", tap: func() { k.push(&onScreen{slip}) }}))
		}
	}
	switch {
	case d.unclear:
		p.body = append(p.body, k.iconLine("device-floppy", k.say("unclear.kept")))
	case d.err != nil:
	case !r.Online:
		p.body = append(p.body, k.path(
			step{"check", k.say("later.saved"), "", past}, step{"refresh", k.say("later.waits"), k.say("later.waits.text"), now},
			step{"building-bank", k.say("later.hall"), k.say("later.hall.text"), open}))
	default:
		p.body = append(p.body, k.heading(look.TitleS, k.say("done.next")), k.path(
			step{"receipt", k.say("done.next.slip"), k.say("done.next.slip.text"), past},
			step{"building-bank", k.say("done.next.hall"), k.word("done.next.hall.text"), open},
			step{"qrcode", k.say("done.next.answer"), k.say("done.next.answer.text"), open}))
	}
	if !d.unclear {
		switch r.Way {
		case pay.Card:
			p.body = append(p.body, k.iconLine("credit-card", k.say("done.paid")+": "+r.Amount.Format(lang)))
		case pay.Invoice:
			p.body = append(p.body, k.iconLine("mail", k.say("done.invoice")))
		case pay.Counter:
			p.body = append(p.body, k.iconLine("building-bank", k.say("done.counter")))
		}
	}
	p.body = append(p.body, d.copies(k)...)
	if d.printing || d.copy == "printing" {
		return p // who goes now goes without the slip; a silent printer gives up by itself
	}
	if d.stale && !d.noSlip && k.o.Desk.Printer != nil {
		p.actions = []action{
			{label: k.say("kiosk.end"), icon: "logout", id: "end", tap: k.Wipe},
			{label: k.say("cleared.print"), icon: "printer", primary: true, id: "reprint", tap: func() { d.print(k); k.show() }},
		}
		return p
	}
	if d.err != nil {
		if !d.noSlip && k.o.Desk.Printer != nil {
			p.actions = append(p.actions, action{label: k.say("nopaper.again"), icon: "printer", id: "reprint", tap: func() { d.print(k); k.show() }})
		}
		p.actions = append(p.actions, action{label: k.say("kiosk.end"), icon: "logout", primary: true, id: "end", tap: func() { d.leaving = true; k.show() }})
		return p
	}
	p.actions = []action{
		{label: k.say("kiosk.else"), icon: "home", id: "else", tap: k.home},
		{label: k.say("kiosk.end"), icon: "logout", primary: true, id: "end", tap: k.Wipe},
	}
	return p
}

func paperKey(err error) string {
	switch {
	case errors.Is(err, visit.ErrNoPaper):
		return "nopaper.empty"
	case errors.Is(err, visit.ErrCoverOpen):
		return "nopaper.open"
	}
	return "nopaper.dead"
}

// codeAside tells whether the code takes the place of the slip, in landscape at the page's left: it is all that the citizen takes along.
func (d *done) codeAside(k *Kiosk) bool {
	return d.err != nil && d.receipt.Secret != "" && k.landscape()
}

// numbered is the case number below the code.
func (d *done) numbered(k *Kiosk) []fyne.CanvasObject {
	if k.s.style.Text >= 2 {
		return nil
	}
	return []fyne.CanvasObject{k.muted(k.say("done.number")), k.heading(look.TitleS, d.receipt.Case)}
}

// number is the card with the case number, the state of the slip, and the code for the phone.
func (d *done) number(k *Kiosk) fyne.CanvasObject {
	left := []fyne.CanvasObject{k.muted(k.say("done.number")), k.heading(look.TitleM, d.receipt.Case)}
	switch {
	case d.printing:
		left = append(left, k.boldLine("printer", k.say("done.printing")))
	case d.printed && !d.stale:
		left = append(left, k.boldLine("receipt", k.say("done.printed")))
	}
	if d.unclear {
		left = append(left, look.StateWord(k.s.style, look.Warn, k.say("unclear.state")))
	}
	box := k.cardBox(look.Column(k.px(16), left...))
	if d.receipt.Secret == "" {
		return box
	}
	if !d.code {
		return k.shares(0.58, box, k.cardBox(look.Column(k.px(16), k.boldLine("device-mobile", k.say("done.phone")),
			k.button(action{label: k.say("done.phone.show"), icon: "qrcode", small: true, id: "code", tap: func() { d.code, k.reveal = true, "nocode"; k.show() }}))))
	}
	words := []fyne.CanvasObject{k.boldLine("device-mobile", k.say("done.phone")), k.muted(k.say("done.phone.hint"))}
	if d.err == nil {
		words = append(words, k.button(action{label: k.say("done.phone.hide"), icon: "eye-off", small: true, id: "nocode", tap: func() { d.code = false; k.show() }}))
	}
	size := float32(330)
	if k.landscape() {
		size = 240
	}
	code, beside := k.qr(d.receipt.Secret, k.say("done.phone"), size), look.Column(k.px(16), words...)
	side := k.px(size)
	card := led(side, side, side, k.px(32), false, code, beside)
	if k.s.style.Text > 1 {
		card = look.Column(k.px(16), code, beside)
	}
	return look.Column(k.px(20), box, k.cardBox(card))
}
