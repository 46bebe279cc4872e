package hardware

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// maxRefused is how often a terminal may refuse to give a payment back before people are asked to. Some want the card for it, and its holder
// has gone home.
const maxRefused = 5

// Reverse gives a payment back; see visit.Payer. It can be repeated: what was given back already is not given back again.
//
// A terminal names a payment by its receipt number only (PA00P015, 06 30), and these numbers begin anew, with the end of the day at the
// latest. So a payment is reversed only while the terminal's last transaction is of the payment's own day, by the terminal's own clock, and has
// no lower number. Midnight itself changes nothing while the payment is still the last one; the next day's first transaction does, and after the
// terminal handed its payments in, it refuses. Then, and when another terminal stands in its place, the answer is visit.ErrKept: it will not get
// better by trying, people have to give the money back.
func (p *Payer) Reverse(ctx context.Context, payment pay.Payment) (pay.Event, error) {
	e := payment.Evidence
	if e == nil {
		return pay.Event{}, ErrUnclear
	}
	if err := p.take(ctx); err != nil {
		return pay.Event{}, fmt.Errorf("hardware: reverse: %w", err)
	}
	defer p.give()
	dev, last, err := p.last(ctx)
	if err != nil {
		return pay.Event{}, fmt.Errorf("hardware: reverse: %w: %w", visit.ErrUnreachable, err)
	}
	if last.Good() && last.OriginalTrace == e.Trace && e.Trace != 0 && last.TerminalID == e.TerminalID {
		return pay.Event{Kind: pay.Reverse, At: p.now(), Evidence: evidence(last.Status)}, nil
	}
	switch {
	case last.TerminalID != e.TerminalID:
		return pay.Event{}, fmt.Errorf("hardware: reverse: %w: this terminal does not know it", visit.ErrKept)
	case last.Date != e.Date || last.Receipt < e.Receipt:
		return pay.Event{}, fmt.Errorf("hardware: reverse: %w: its receipt number may mean another payment by now", visit.ErrKept)
	}
	r, err := dev.Reverse(ctx, e.Receipt)
	switch {
	case err != nil:
		p.dropIf(err)
		return pay.Event{}, fmt.Errorf("hardware: reverse: %w: %w", visit.ErrUnreachable, err)
	case r.Done && r.Status != nil && r.Status.Good():
		return pay.Event{Kind: pay.Reverse, At: p.now(), Evidence: evidence(*r.Status)}, nil
	case r.Done: // it says of nothing that it went back: asked again, it tells of the reversal or that there was one already
		return pay.Event{}, fmt.Errorf("hardware: reverse: %w", ErrUnclear)
	case r.Code == zvt.CodeAlreadyReversed:
		return pay.Event{Kind: pay.Reverse, At: p.now()}, nil
	}
	err = &zvt.Refusal{Code: r.Code}
	if p.refused[payment.ID]++; never(r.Code) || p.refused[payment.ID] >= maxRefused {
		err = errors.Join(visit.ErrKept, err)
	}
	return pay.Event{}, fmt.Errorf("hardware: reverse: %w", err)
}

// never tells whether a terminal that refuses a reversal with this code will refuse it for ever (PA00P015 chapter 10).
func never(code zvt.Code) bool {
	switch code {
	case zvt.CodeImpossible, zvt.CodeNotReversible, zvt.CodePaymentType, 0x67, 0x68, 0xD2: // not for this kind of card, or at all
		return true
	}
	return false
}
