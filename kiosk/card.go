package kiosk

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// patience is how long the screen waits for a device that says whether it is ready.
const patience = 4 * time.Second

// card is the page of one service: what you get, what you need, what it costs, and what does not work at this device just now, said
// before anything is typed.
type card struct {
	service *service.Service
	asked   bool  // the devices were asked
	told    bool  // and answered
	eager   bool  // "begin" was touched before they had: what does not work is said before anything is typed
	ready   error // the device can take an application at all
	ways    []visit.WayState
	printer error

	counted bool                     // it was asked how many wait
	queues  map[string]service.Queue // by office, as far as known
}

func (*card) name() string { return "service" }

func (c *card) ask(k *Kiosk) {
	c.asked = true
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ctx, stop := context.WithTimeout(ctx, patience)
		defer stop()
		ready := visit.Ready(ctx, k.o.Desk)
		ways := visit.Ways(ctx, c.service, k.o.Desk)
		printer := k.printerReady(ctx)
		return func() {
			c.told, c.ready, c.ways, c.printer = true, ready, ways, printer
			eager := c.eager
			c.eager = false
			switch {
			case k.top() != screen(c):
			case eager && len(c.troubles(k)) == 0:
				c.begin(k)
			default:
				k.fresh = eager // what is wrong stands at the top
				k.show()
			}
		}
	})
}

// printerReady asks the receipt printer whether it could print now; without one it is as unreachable as one that is switched off.
func (k *Kiosk) printerReady(ctx context.Context) error {
	if k.o.Desk.Printer == nil {
		return visit.ErrUnreachable
	}
	_, err := k.o.Desk.Printer.Ready(ctx)
	return err
}

func (c *card) draw(k *Kiosk) page {
	st, lang := k.s.style, k.s.style.Lang
	s := c.service.CardFor(lang, k.o.Now(), service.AtTerminal)
	apply := k.canApply(c.service)
	if apply && !c.asked {
		c.ask(k)
	}
	p := page{head: k.serviceHead(c.service.Icon, s.Kicker, s.Title), title: s.Title, gap: 21}
	if c.told {
		p.body = append(p.body, c.troubles(k)...)
	}
	p.body = append(p.body, look.Text(st, look.Lead, s.Lead, look.TextOpts{}))
	if len(s.Facts) > 0 {
		var facts []look.Fact
		for _, f := range s.Facts {
			facts = append(facts, look.Fact{Icon: f.Icon, Value: f.Value, Label: f.Label})
		}
		p.body = append(p.body, look.Facts(st, facts))
	}
	needs := "service.needs"
	for _, list := range []struct {
		key   string
		lines []service.Line
	}{{needs, s.Needs}, {"service.gets", s.Gets}} {
		if len(list.lines) == 0 {
			continue
		}
		rows := []fyne.CanvasObject{k.heading(look.TitleS, k.say(list.key))}
		for _, l := range list.lines {
			rows = append(rows, k.iconLine(l.Icon, l.Text))
		}
		p.body = append(p.body, look.Column(k.px(14), rows...))
	}
	if apply && c.ready == nil {
		if first := c.before(k); first != nil {
			p.body = append(p.body, first)
		}
	}
	p.body = append(p.body, c.where(k)...)
	if s.Promise != "" {
		p.foot = append(p.foot, k.iconLine("shield-check", s.Promise))
	}
	p.actions = []action{k.goBack()}
	switch {
	case !apply || c.ready != nil:
	case c.eager:
		p.foot = append(p.foot, k.live(k.say("service.checking")))
	default:
		p.actions = append(p.actions, action{label: k.say("service.begin"), right: "arrow-right", primary: true, id: "begin", tap: func() {
			if c.told {
				c.begin(k)
				return
			}
			c.eager = true
			k.show()
			k.beside(func(ctx context.Context, _ func(func())) func() { // a device that does not even fail keeps nobody out
				pause(ctx, patience+time.Second)
				return func() {
					if c.eager && k.top() == screen(c) {
						c.begin(k)
					}
				}
			})
		}})
	}
	return p
}

func (c *card) begin(k *Kiosk) {
	advised := k.s.goal != ""
	k.begin(c.service)
	pages := k.s.visit.View().Pages
	if len(pages) == 0 {
		return
	}
	for i, pg := range pages { // what was said for an answer beforehand is not asked again
		k.s.stack = append(k.s.stack, newFormPage(k, pg.ID, false))
		if !advised || !pg.Answered() || i == len(pages)-1 {
			break
		}
	}
	k.arrive()
}

// troubles are the notes about devices that do not work just now.
func (c *card) troubles(k *Kiosk) []fyne.CanvasObject {
	var notes []fyne.CanvasObject
	if c.ready != nil {
		return append(notes, k.note(look.Warn, "alert-triangle", k.say("service.full"), k.say("service.full.text")))
	}
	others := false
	var cardErr error
	for _, w := range c.ways {
		if w.Way == pay.Card {
			cardErr = w.Err
		} else if w.Err == nil {
			others = true
		}
	}
	switch {
	case cardErr == nil:
	case errors.Is(cardErr, visit.ErrBusy):
		notes = append(notes, k.note(look.Warn, "credit-card", k.say("service.card.busy"), k.say("service.card.busy.text")))
	case others:
		notes = append(notes, k.note(look.Warn, "credit-card", k.say("service.card.away"), k.say("service.card.other")))
	default:
		notes = append(notes, k.note(look.Warn, "credit-card", k.say("service.card.away"), k.say("service.card.none")))
	}
	if c.printer != nil && !c.service.Counted() {
		notes = append(notes, k.printerNote(c.printer, "service.paper.text"))
	}
	return notes
}

// printerNote says what is wrong with the receipt printer, and by a sentence what becomes of the slip.
func (k *Kiosk) printerNote(err error, instead string) fyne.CanvasObject {
	title := "service.printer"
	switch {
	case errors.Is(err, visit.ErrNoPaper):
		title = "service.paper"
	case errors.Is(err, visit.ErrCoverOpen):
		title = "service.cover"
	}
	return k.note(look.Warn, "printer", k.say(title), k.say(instead))
}
