package cases

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
)

// ReasonStray is the reason of a Refund of money that a card terminal took without an application, and could not give back itself.
const ReasonStray = "stray"

// Stray makes the refund task of money that a card terminal keeps though its payment had ended: a decided case that has nothing but the
// payment. a.Payment says which one; the door made sure that an enrolled terminal signed it. ErrExists when the payment is known already: as
// such a task, or as the fee of an application, whose money it then is.
func (b *Book) Stray(ctx context.Context, a Arrival) (Case, error) {
	now := b.o.Now()
	number, err := service.NewCase(b.o.Random, b.o.Prefix, now.Year())
	if err != nil {
		return Case{}, fmt.Errorf("cases: stray money: %w", err)
	}
	p := *a.Payment
	p.Amount = max(0, p.Amount)
	c := Case{
		Number: number, Envelope: a.Envelope, Title: b.words.Say("de", "title.stray"), Tenant: b.o.Tenant, Channel: "terminal", Device: a.Device, Lang: "de",
		State: service.StateWithdrawn, Way: p.Way, Payment: &p, Received: now, Due: now.Add(b.o.Term), Decided: now, Application: a.Application,
	}
	with := Change{Cause: a.Envelope}
	b.log(&c, &with, "system", EventPaid, b.words.Say("de", "log.paid", "amount", p.Amount.String()))
	b.log(&c, &with, "system", EventNote, b.words.Say("de", "log.stray"))
	with.Money = append(with.Money, ledger.Entry{Case: c.Number, Kind: ledger.Received, Way: p.Way, Amount: p.Amount, Payment: p.Payment, Who: "system", At: now})
	b.giveBack(&c, &with, ReasonStray)
	err = b.o.Store.Insert(ctx, &c, with)
	switch {
	case errors.Is(err, ErrNumber):
		return b.Stray(ctx, a)
	case errors.Is(err, ErrPayment):
		return Case{}, ErrExists
	case err != nil:
		return Case{}, err
	}
	return c, nil
}
