package kiosk

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/fact"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// wants tells whether something on the page could still be filled in from one of these.
func wants(pg form.Page, from ...string) bool {
	for _, f := range pg.Inputs() {
		if f.Text == "" && f.Value == nil && f.Wants(from...) {
			return true
		}
	}
	return false
}

// prefills are the ways not to have to type what is written somewhere; nil when there are none here.
func (k *Kiosk) prefills(pg form.Page) fyne.CanvasObject {
	var ways []fyne.CanvasObject
	if k.o.Desk.Scanner != nil && wants(pg, "permit") {
		ways = append(ways, k.button(action{label: k.say("prefill.permit"), icon: "qrcode", small: true, id: "prefill.permit", tap: func() { k.push(&prefill{kind: "permit"}) }}))
	} else if k.o.Desk.Scanner != nil && wants(pg, "contact") {
		ways = append(ways, k.button(action{label: k.say("prefill.contact"), icon: "qrcode", small: true, id: "prefill.contact", tap: func() { k.push(&prefill{kind: "contact"}) }}))
	}
	if k.o.Desk.IDs != nil && wants(pg, "card") {
		ways = append(ways, k.button(action{label: k.say("prefill.card"), icon: "id", small: true, id: "prefill.card", tap: func() { k.push(&prefill{kind: "card"}) }}))
	}
	switch len(ways) {
	case 0:
		return nil
	case 1:
		return k.leftmost(ways[0])
	}
	return look.Grid(k.px(18), 2, ways...)
}

// prefill waits for a code or a card, and fills in what it tells.
type prefill struct {
	kind string // "permit", "contact", "card"
	wait bool
	said string // key of the note shown: "wrong", "dead", "nothing", "refused"
	stop context.CancelFunc
}

func (*prefill) name() string { return "prefill" }

func (s *prefill) leave() {
	if s.stop != nil {
		s.stop()
	}
}

func (s *prefill) begin(k *Kiosk) {
	s.wait, s.said = true, ""
	scanner, ids := k.o.Desk.Scanner, k.o.Desk.IDs
	ctx, stop := context.WithCancel(k.s.ctx)
	s.stop = stop
	k.beside(func(context.Context, func(func())) func() {
		defer stop()
		facts, said := readFacts(ctx, s.kind, scanner, ids)
		if ctx.Err() != nil {
			return nil
		}
		return func() { k.touch(); s.read(k, facts, said) }
	})
}

// readFacts waits for what a code or a card tells; otherwise it gives the key of a note.
func readFacts(ctx context.Context, kind string, scanner visit.Scanner, ids visit.IDReader) (fact.Facts, string) {
	if kind == "card" {
		person, err := ids.Read(ctx)
		switch {
		case errors.Is(err, visit.ErrRefused):
			return fact.Facts{}, "refused"
		case errors.Is(err, visit.ErrNoCard):
			return fact.Facts{}, "nocard"
		case err != nil:
			return fact.Facts{}, "dead"
		}
		return person.Facts(), ""
	}
	code, err := scanner.Scan(ctx)
	if err != nil {
		return fact.Facts{}, "dead"
	}
	facts, err := fact.Read(code)
	if err != nil {
		return fact.Facts{}, "wrong"
	}
	return facts, ""
}

func (s *prefill) read(k *Kiosk, facts fact.Facts, said string) {
	defer facts.Wipe()
	s.wait, s.said = false, said
	if said == "" && k.s.visit != nil && k.top() == screen(s) {
		n := k.s.visit.Prefill(facts)
		k.o.Event("prefill", "from", string(facts.Origin), "answers", n)
		if n > 0 {
			k.pop()
			if p, is := k.top().(*formPage); is {
				p.filled, p.focus = n, ""
				k.show()
			}
			return
		}
		s.said = "nothing"
	}
	k.refresh(s)
}

func (s *prefill) draw(k *Kiosk) page {
	if !s.wait && s.said == "" {
		s.begin(k)
	}
	p := page{title: k.say("prefill." + s.kind), actions: []action{{label: k.say("kiosk.back"), icon: "arrow-left", id: "back", tap: func() { s.leave(); k.pop() }}}}
	if s.said != "" {
		p.body = append(p.body, k.note(look.Info, "info-circle", k.say("prefill.said."+s.said), k.say("prefill.said."+s.said+".text")))
		p.actions = append(p.actions, action{label: k.say("kiosk.retry"), icon: "refresh", primary: true, id: "retry", tap: func() { s.begin(k); k.show() }})
		return p
	}
	p.body = append(p.body, look.Text(k.s.style, look.Lead, k.say("prefill."+s.kind+".text"), look.TextOpts{}))
	if s.kind != "card" && !k.landscape() {
		p.body = append(p.body, k.scanPicture())
	}
	p.body = append(p.body, k.live(k.say("prefill."+s.kind+".waiting")), k.iconLine("pencil", k.say("prefill.change")))
	return p
}
