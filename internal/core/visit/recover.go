package visit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Recover clears up the payments whose end is not known: at the program's start, and from time to time while it returns open > 0. While a
// payment is running at the desk it does nothing but count. now is the device's clock. ended is told of each payment whose end is known and durable
// now; nil: nobody wants to know.
func Recover(ctx context.Context, d Desk, now func() time.Time, ended func(pay.Payment)) (open int, err error) {
	unlock, free := d.tryLock()
	if !free {
		list, err := d.Journal.Unsettled(ctx)
		return len(list), err
	}
	defer unlock()
	list, err := d.Journal.Unsettled(ctx)
	if err != nil {
		return 0, fmt.Errorf("visit: recover: %w", err)
	}
	var errs []error
	for _, p := range list {
		switch p.State {
		case pay.Intended, pay.Asked, pay.Granted: // the program stopped in the middle
			next, _, err := d.Journal.Record(ctx, p.ID, pay.Event{Kind: pay.Lose, At: now()})
			if err != nil {
				errs = append(errs, fmt.Errorf("visit: recover: %w", err))
				open++
				continue
			}
			p = next
		}
		p, err := settle(ctx, d, p, now)
		if err != nil {
			errs = append(errs, err)
		}
		switch {
		case !p.State.Final():
			open++
		case ended != nil:
			ended(p)
		}
	}
	return open, errors.Join(errs...)
}

// settle makes one attempt at an unclear or stray payment.
func settle(ctx context.Context, d Desk, p pay.Payment, now func() time.Time) (pay.Payment, error) {
	if p.State.Final() {
		return p, nil
	}
	if d.Payer == nil {
		return p, fmt.Errorf("visit: settle payment: %w", ErrUnreachable)
	}
	var ev pay.Event
	var err error
	if p.State == pay.Stray {
		if ev, err = d.Payer.Reverse(ctx, p); errors.Is(err, ErrKept) {
			ev, err = handOver(ctx, d, p, now)
		}
	} else {
		ev, err = d.Payer.Settle(ctx, p)
	}
	if err != nil {
		return p, fmt.Errorf("visit: settle payment: %w", err)
	}
	if ev.At.IsZero() {
		ev.At = now()
	}
	next, effect, err := d.Journal.Record(context.WithoutCancel(ctx), p.ID, ev)
	if err != nil {
		return p, fmt.Errorf("visit: settle payment: %w", err)
	}
	if effect == pay.Impossible {
		return next, fmt.Errorf("visit: settle payment: event %q cannot happen in state %q", ev.Kind, next.State)
	}
	return next, nil
}

// handOver tells the town hall of money that the card terminal keeps though its payment had ended, so that people give it back. The message
// travels as every envelope does, sealed and with the terminal's signature. It is durable before the payment counts as handed over; a program
// that stops in between sends a second one, and the town hall knows the payment by its id.
func handOver(ctx context.Context, d Desk, p pay.Payment, now func() time.Time) (pay.Event, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return pay.Event{}, fmt.Errorf("hand over: %w", err)
	}
	ctx = context.WithoutCancel(ctx)
	e, err := sealApplication(ctx, d.Sealer, service.Application{
		Kind: service.KindStray, ID: id.String(), Lang: "de", Way: pay.Free, At: now(),
		Stray: &pay.Outcome{Payment: p.ID, Envelope: p.Envelope, Way: pay.Card, Amount: p.Amount, Evidence: p.Evidence.WithoutReceipt(), At: p.At},
	})
	if err != nil {
		return pay.Event{}, fmt.Errorf("hand over: %w", err)
	}
	if err := d.Journal.Release(ctx, e, pay.Free, 0); err != nil {
		return pay.Event{}, fmt.Errorf("hand over: %w", err)
	}
	return pay.Event{Kind: pay.HandOver, At: now()}, nil
}

// settleUntil asks again every two seconds until the payment is clear or ctx ends.
func settleUntil(ctx context.Context, d Desk, p pay.Payment, now func() time.Time) pay.Payment {
	for {
		next, err := settle(ctx, d, p, now)
		p = next
		if err == nil && p.State.Final() {
			return p
		}
		select {
		case <-ctx.Done():
			return p
		case <-time.After(2 * time.Second):
		}
	}
}

// rest is what remains of a document after its first parts.
func rest(d document.Document, done int) document.Document {
	parts := d.Parts()
	if done >= len(parts) {
		return document.Document{Title: d.Title, Lang: d.Lang}
	}
	out := document.Document{Title: d.Title, Lang: d.Lang}
	for i, part := range parts[done:] {
		if i > 0 {
			out.Blocks = append(out.Blocks, document.Block{Kind: document.Cut})
		}
		out.Blocks = append(out.Blocks, part.Blocks...)
	}
	return out
}
