package town

import (
	"context"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// accounts is what everybody in the town says about money and applications.
type accounts struct {
	kept     []zvtemu.Entry // payments that the card terminal keeps, by its own journal
	payments []pay.Payment  // by the terminal's journal
	held     int            // envelopes that wait for the end of a payment
	ready    map[string]bool
	queued   int                   // envelopes that wait for the line
	aside    int                   // envelopes in quarantine, at either side
	cases    map[string]cases.Case // by envelope
}

// Check says whether what the terminal, its card terminal and the town hall know fits together at this moment, whatever is still under way:
// money was taken if and only if there is exactly one application that is paid, or one whose payment is still being cleared up. The
// terminal has to be on, and no payment running.
func (t *Town) Check(ctx context.Context) error {
	a, err := t.accounts(ctx)
	if err != nil {
		return err
	}
	return a.check()
}

// CheckDone is Check for when nothing should be under way any more: everything is clear, delivered and a case.
func (t *Town) CheckDone(ctx context.Context) error {
	a, err := t.accounts(ctx)
	if err != nil {
		return err
	}
	if err := a.check(); err != nil {
		return err
	}
	if a.held > 0 || a.queued > 0 {
		return fmt.Errorf("town: %d envelopes are held and %d wait for the line", a.held, a.queued)
	}
	paid, sum := 0, int64(0)
	for _, c := range a.cases {
		if c.Payment != nil {
			paid++
			sum += int64(c.Payment.Amount)
		}
		if c.Way == pay.Card && !c.Paid {
			return fmt.Errorf("town: case %s should be paid by card and is not", c.Number)
		}
	}
	if paid != len(a.kept) || sum != t.Counter.Card.Taken() {
		return fmt.Errorf("town: %d cases are paid with %d cents, the card terminal keeps %d payments with %d", paid, sum, len(a.kept), t.Counter.Card.Taken())
	}
	return nil
}

func (t *Town) accounts(ctx context.Context) (a accounts, err error) {
	term := t.terminal()
	if term == nil || term.ctx.Err() != nil {
		return a, ErrKilled
	}
	back := map[int]bool{} // traces of payments that were given back
	journal := t.Counter.Card.Journal()
	for _, e := range journal {
		if e.Kind == zvtemu.Reversed {
			back[e.Of] = true
		}
	}
	for _, e := range journal {
		if e.Kind == zvtemu.Payment && !back[e.Trace] {
			a.kept = append(a.kept, e)
		}
	}
	if a.payments, err = term.post.Store.Payments(ctx, 10_000); err != nil {
		return a, err
	}
	box, err := term.post.Store.Outbox(ctx)
	if err != nil {
		return a, err
	}
	a.held, a.queued, a.aside = box.Held, box.Ready, box.Quarantine
	items, err := term.post.Store.Ready(ctx, 10_000, 1<<30)
	if err != nil {
		return a, err
	}
	a.ready = map[string]bool{}
	for _, i := range items {
		a.ready[i.ID] = true
	}
	aside, err := t.Hall.Intake.Quarantined(ctx)
	if err != nil {
		return a, err
	}
	a.aside += len(aside)
	all, err := t.Hall.Cases(ctx)
	if err != nil {
		return a, err
	}
	a.cases = map[string]cases.Case{}
	for _, c := range all {
		if _, twice := a.cases[c.Envelope]; twice {
			return a, fmt.Errorf("town: envelope %s is a case twice", c.Envelope)
		}
		a.cases[c.Envelope] = c
	}
	return a, nil
}

// names tells whether a card terminal's entry is what a piece of evidence names.
func names(e *pay.Evidence, entry zvtemu.Entry) bool {
	return e != nil && e.TerminalID == entry.Terminal && e.Trace == entry.Trace && e.Receipt == entry.Receipt && int64(e.Amount) == entry.Amount
}

func (a accounts) check() error {
	if a.aside > 0 {
		return fmt.Errorf("town: %d envelopes are in quarantine", a.aside)
	}
	open := 0 // payments that are still being cleared up
	byID := map[string]pay.Payment{}
	taken := map[int]string{} // by trace: which payment of ours it is
	for _, p := range a.payments {
		byID[p.ID] = p
		if !p.State.Final() {
			if p.State != pay.Stray {
				open++
			}
			continue
		}
		var keeps bool
		for _, e := range a.kept {
			if names(p.Evidence, e) {
				keeps = true
				if p.State == pay.Approved {
					if other := taken[e.Trace]; other != "" {
						return fmt.Errorf("town: payments %s and %s both count trace %d of the card terminal", other, p.ID, e.Trace)
					}
					taken[e.Trace] = p.ID
				}
			}
		}
		c, arrived := a.cases[p.Envelope]
		switch {
		case p.State == pay.Approved && !keeps:
			return fmt.Errorf("town: payment %s is approved, and the card terminal does not keep the money", p.ID)
		case p.State == pay.Approved && !arrived && !a.ready[p.Envelope]:
			return fmt.Errorf("town: payment %s is approved, and its application is gone", p.ID)
		case p.State == pay.Approved && arrived && (!c.Paid || c.Payment == nil || c.Payment.Payment != p.ID):
			return fmt.Errorf("town: payment %s is approved, and case %s does not count as paid with it", p.ID, c.Number)
		case p.State != pay.Approved && p.State != pay.Owed && keeps:
			return fmt.Errorf("town: payment %s is %s, and the card terminal keeps the money", p.ID, p.State)
		case p.State != pay.Approved && (arrived || a.ready[p.Envelope]):
			return fmt.Errorf("town: payment %s is %s, and its application went out", p.ID, p.State)
		}
	}
	if open != a.held {
		return fmt.Errorf("town: %d payments are not clear, and %d envelopes are held", open, a.held)
	}
	if open > 1 {
		return fmt.Errorf("town: %d payments are not clear at once", open)
	}
	if lost := len(a.kept) - len(taken); lost > open {
		return fmt.Errorf("town: the card terminal keeps %d payments that nobody knows of", lost-open)
	}
	for _, c := range a.cases {
		if c.Payment != nil && byID[c.Payment.Payment].State != pay.Approved {
			return fmt.Errorf("town: case %s counts as paid with a payment that is not approved", c.Number)
		}
	}
	return nil
}
