package kiosk

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// ways asks how the fee is to be paid. What does not work just now is said, not drawn as something to touch; so is a printer that has come to have
// no paper since the service's page was read.
type ways struct {
	asked, told bool
	states      []visit.WayState
	printer     error
}

func (*ways) name() string { return "ways" }

func (w *ways) draw(k *Kiosk) page {
	lang := k.s.style.Lang
	v := k.s.visit.View()
	if !w.asked {
		w.asked = true
		vis := k.s.visit
		k.beside(func(ctx context.Context, _ func(func())) func() {
			ctx, stop := context.WithTimeout(ctx, patience)
			defer stop()
			states, printer := vis.Ways(ctx), k.printerReady(ctx)
			return func() {
				w.told, w.states, w.printer = true, states, printer
				if k.top() == screen(w) {
					k.show()
				}
			}
		})
	}
	p := page{title: k.say("ways.title"), progress: k.progress(v, len(v.Pages)+1), actions: []action{k.goBack()}}
	if v.Fee != nil {
		p.body = append(p.body, k.amount("", k.s.visit.Service().Title(lang), v.Fee.Amount.Format(lang)))
	}
	if !w.told {
		p.body = append(p.body, k.muted(k.say("ways.checking")))
		return p
	}
	if w.printer != nil {
		p.body = append(p.body, k.printerNote(w.printer, "ways.paper"))
	}
	var rows []fyne.CanvasObject
	for _, s := range w.states {
		icon := map[pay.Way]string{pay.Card: "credit-card", pay.Invoice: "mail", pay.Counter: "building-bank"}[s.Way]
		if icon == "" {
			continue
		}
		key := "ways." + string(s.Way)
		if s.Err != nil {
			why := "ways.card.unreachable"
			if errors.Is(s.Err, visit.ErrBusy) {
				why = "ways.card.busy"
			}
			p.body = append(p.body, k.note(look.Warn, icon, "", k.say(why)))
			continue
		}
		rows = append(rows, k.tall(icon, k.say(key), k.say(key+".hint"), "way-"+string(s.Way), func() { k.submit(s.Way) }))
	}
	if len(rows) > 0 {
		p.body = append(p.body, k.beneath(rows))
	} else {
		p.body = append(p.body, k.note(look.Info, "info-circle", k.say("ways.none"), k.say("ways.none.text")))
		p.actions = append(p.actions, action{label: k.say("kiosk.retry"), icon: "refresh", primary: true, id: "retry", tap: func() { w.asked, w.told = false, false; k.show() }})
	}
	p.body = append(p.body, k.iconLine("cash-off", k.say("ways.cash")))
	return p
}

// paying is shown while the application is sealed and, by card, while the card terminal has the word. There is no way back from it but
// by aborting the payment; idleness ends nothing here.
type paying struct {
	way    pay.Way
	amount string
	stage  visit.Stage
	code   byte
	text   string
	abort  context.CancelFunc
	ending bool // abort was touched
}

func (*paying) name() string { return "paying" }

// submit sends the application and shows how that goes.
func (k *Kiosk) submit(way pay.Way) {
	v := k.s.visit
	view := v.View()
	scr := &paying{way: way}
	if view.Fee != nil {
		scr.amount = view.Fee.Amount.Format(k.s.style.Lang)
	}
	if _, again := k.top().(*outcome); again {
		k.replace(scr)
	} else {
		k.push(scr)
	}
	k.s.moving++
	s := k.s
	k.o.Event("submit", "service", v.Service().ID, "way", string(way))
	k.beside(func(ctx context.Context, ui func(func())) func() {
		ctx, abort := context.WithCancel(ctx)
		ui(func() {
			scr.abort = abort
			if scr.ending {
				abort()
			}
		})
		r, err := v.Submit(ctx, way, func(p visit.Progress) {
			ui(func() {
				if scr.stage != p.Stage || p.Text != "" || p.Code != 0 {
					scr.stage, scr.code, scr.text = p.Stage, p.Code, p.Text
				}
				k.show()
			})
		})
		abort()
		return func() {
			s.moving--
			k.touch()
			k.submitted(r, err)
		}
	})
}

// submitted shows how a Submit ended.
func (k *Kiosk) submitted(r visit.Receipt, err error) {
	switch {
	case r.Counted && err == nil:
		k.o.Event("counted", "online", r.Online)
		clear(k.s.stack[1:])
		k.s.stack = append(k.s.stack[:1], &thanked{online: r.Online})
		k.arrive()
	case r.Case != "": // it is durable; with ErrUnclear the payment is not clear yet, any other error is about the slip
		unclear := errors.Is(err, visit.ErrUnclear)
		k.o.Event("submitted", "unclear", unclear, "online", r.Online)
		clear(k.s.stack[1:])
		k.s.stack = append(k.s.stack[:1], &done{receipt: r, unclear: unclear, noSlip: err != nil && !unclear})
		k.arrive()
		k.clearUp()
	default:
		k.o.Event("submit.failed", "reason", reason(err))
		k.replace(&outcome{err: err})
	}
}

// reason is the word for an error in texts and event log; it never holds the error's own text.
func reason(err error) string {
	switch {
	case errors.Is(err, visit.ErrDeclined):
		return "declined"
	case errors.Is(err, visit.ErrCancelled):
		return "cancelled"
	case errors.Is(err, visit.ErrFull):
		return "full"
	case errors.Is(err, visit.ErrBusy):
		return "busy"
	case errors.Is(err, visit.ErrNoKey):
		return "key"
	case errors.Is(err, visit.ErrUnreachable):
		return "device"
	}
	return "failed"
}

func (p *paying) draw(k *Kiosk) page {
	st := k.s.style
	out := page{noEnd: true, title: k.say("send.title")}
	if p.way != pay.Card {
		out.body = append(out.body, look.Text(st, look.Lead, k.say("send.text"), look.TextOpts{}), k.live(k.say("kiosk.wait")))
		return out
	}
	out.title = ""
	if st.Reach && !k.landscape() { // the head says it
		out.title = k.say("pay.you") + " " + p.amount
	} else {
		out.body = append(out.body, k.bigAmount(k.say("pay.you"), p.amount))
	}
	if !k.landscape() {
		out.body = append(out.body, k.cardPicture(p.amount))
	}
	out.body = append(out.body, k.live(p.words(k)), k.dots(p.step(), k.say("pay.step.card"), k.say("pay.step.pin"), k.say("pay.step.paid")))
	if p.stage == visit.Paying && !p.ending {
		out.actions = []action{{label: k.say("pay.cancel"), icon: "x", id: "abort", tap: func() {
			p.ending = true
			k.o.Event("abort")
			if p.abort != nil {
				p.abort()
			}
			k.show()
		}}}
	}
	return out
}

// words is what the card terminal wants to be shown, in the citizen's language where its code is known.
func (p *paying) words(k *Kiosk) string {
	switch {
	case p.ending && p.stage <= visit.Paying:
		return k.say("pay.cancelling")
	case p.stage == visit.Settling:
		return k.say("pay.settling")
	case p.stage == visit.Stored:
		return k.say("pay.step.paid")
	case p.code != 0 || p.text != "":
		if key := zvtKey(p.code); k.o.Texts.Knows(k.s.style.Lang, key) {
			return k.say(key)
		}
	}
	if p.text != "" {
		return p.text
	}
	if p.stage == visit.Paying {
		return k.say("pay.begin")
	}
	return k.say("pay.wait")
}

const hexDigits = "0123456789abcdef"

// zvtKey is the text key of an intermediate status of the card terminal (ZVT PA00P015, 04 FF).
func zvtKey(code byte) string { return "zvt." + string([]byte{hexDigits[code>>4], hexDigits[code&15]}) }

// step is which of card, PIN and paid it is about.
func (p *paying) step() int {
	switch {
	case p.stage == visit.Stored:
		return 2
	case p.stage == visit.Settling:
		return 1
	}
	switch p.code {
	case 0x01, 0x02, 0x04, 0x0E, 0x15, 0x17, 0x6A, 0x6B, 0x6C, 0x6D, 0xCC, 0xD2, 0xD3: // PIN, and waiting for the bank
		return 1
	}
	return 0
}

// outcome says why nothing was sent, and what was not paid.
type outcome struct{ err error }

func (*outcome) name() string { return "outcome" }

func (o *outcome) draw(k *Kiosk) page {
	why := reason(o.err)
	title, text, kind, icon := "failed.title", "failed.text", look.Error, "alert-circle"
	switch why {
	case "declined":
		title, text = "declined.title", "declined.text"
	case "cancelled":
		title, text, kind, icon = "cancelled.title", "cancelled.text", look.Info, "info-circle"
	case "full", "busy", "key", "device":
		text = "failed." + why
	}
	p := page{title: k.say(title)}
	p.body = []fyne.CanvasObject{k.note(kind, icon, "", k.say(text))}
	again := false
	var cost bool
	if v := k.s.visit.View(); v.Fee != nil && v.Fee.Amount > 0 {
		cost = true
	}
	switch why {
	case "declined", "cancelled", "device":
		again = cost
	}
	other := action{label: k.say("failed.other"), icon: "arrow-left", id: "other", tap: func() {
		if !k.until(func(s screen) bool {
			w, yes := s.(*ways)
			if yes {
				w.asked, w.told = false, false
			}
			return yes
		}) {
			k.pop()
		}
	}}
	if !cost {
		other.label = k.say("kiosk.back")
	}
	p.actions = []action{other}
	if again {
		p.actions = append(p.actions, action{label: k.say("failed.again"), icon: "credit-card", primary: true, id: "again", tap: func() { k.submit(pay.Card) }})
	}
	return p
}
