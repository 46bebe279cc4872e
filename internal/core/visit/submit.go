package visit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// How a Submit can end without an application on its way.
var (
	ErrIncomplete = errors.New("visit: answers are missing or do not fit")
	ErrDeclined   = errors.New("visit: payment declined")
	ErrCancelled  = errors.New("visit: payment cancelled")
	ErrUnclear    = errors.New("visit: payment not clear yet")
	ErrWiped      = errors.New("visit: it has ended")
)

// Stage says what Submit is doing, for the screen.
type Stage int

const (
	Sealing  Stage = iota // closing the application; it is on disk, held, when this ends
	Paying                // the card terminal has the word
	Settling              // the end was not clear, the terminal is being asked
	Stored                // confirmed: it goes out
)

// Progress is what a screen shows while Submit runs.
type Progress struct {
	Stage Stage
	Code  byte   // the card terminal's intermediate status (ZVT 04 FF), when it sent one
	Text  string // its text
}

// WayState is a way to pay that this device offers, and why it does not work at the moment (nil: it works).
type WayState struct {
	Way pay.Way
	Err error
}

// Ready tells before anything was typed whether this device can take an application at all: ErrFull, ErrNoKey, or nil.
func Ready(ctx context.Context, d Desk) error {
	if err := d.Journal.Room(ctx); err != nil {
		return err
	}
	return d.Sealer.Ready(ctx)
}

// Ways lists how the service's fee can be paid at a device, best first. It asks the card terminal; while an earlier payment is not clear,
// the card's state is ErrBusy.
func Ways(ctx context.Context, s *service.Service, d Desk) []WayState {
	var ways []WayState
	for _, w := range s.Ways {
		switch w {
		case pay.Card:
			if d.Payer == nil {
				continue
			}
			open, err := d.Journal.Unsettled(ctx)
			switch {
			case err != nil:
			case len(open) > 0: // the terminal is being asked about it, or is silent: nobody has to wait for its answer to hear no
				err = ErrBusy
			default:
				err = d.Payer.Ready(ctx)
			}
			ways = append(ways, WayState{w, err})
		default:
			ways = append(ways, WayState{w, nil})
		}
	}
	return ways
}

// Ways is the function Ways for the visit's service and desk.
func (v *Visit) Ways(ctx context.Context) []WayState { return Ways(ctx, v.service, v.desk) }

// Submit seals the application, holds it together with the payment's intent, lets it be paid, and releases it. It returns only when the
// outcome is durable. Cancelling ctx aborts a payment at the terminal and still waits for how it ended.
//
// With ErrDeclined and ErrCancelled nothing was taken and nothing is kept; the answers stay and the citizen may try again. With
// ErrUnclear the receipt is valid: the application is kept and goes out, or is dropped, as soon as the terminal has told (see Recover).
func (v *Visit) Submit(ctx context.Context, way pay.Way, on func(Progress)) (Receipt, error) {
	if on == nil {
		on = func(Progress) {}
	}
	answers, said := v.said()
	if said.wiped {
		return Receipt{}, ErrWiped
	}
	now, lang := v.opts.Now(), said.lang
	final := v.service.Final(answers, said.day) // what became hidden does not travel, and days are written as days
	if !final.Complete {
		return Receipt{}, ErrIncomplete
	}
	answers, fee := final.Answers, final.Fee
	if fee == 0 {
		way = pay.Free
	}
	durable := context.WithoutCancel(ctx) // what was begun is written down, whoever goes away
	if err := v.desk.Journal.Room(durable); err != nil {
		return Receipt{}, fmt.Errorf("visit: submit: %w", err)
	}
	if way == pay.Card {
		unlock := v.desk.lock()
		defer unlock()
		open, err := v.desk.Journal.Unsettled(durable)
		if err != nil {
			return Receipt{}, fmt.Errorf("visit: submit: %w", err)
		}
		if len(open) > 0 {
			return Receipt{}, ErrBusy
		}
		if v.desk.Payer == nil {
			return Receipt{}, ErrUnreachable
		}
		if err := v.desk.Payer.Ready(ctx); err != nil {
			return Receipt{}, fmt.Errorf("visit: submit: %w", err)
		}
	}

	on(Progress{Stage: Sealing})
	var secret, recipient, number string
	if !v.service.Counted() {
		var err error
		if secret, recipient, err = seal.NewSlip(); err != nil {
			return Receipt{}, fmt.Errorf("visit: submit: %w", err)
		}
		if number, err = v.number(now); err != nil {
			return Receipt{}, err
		}
	}
	id, err := uuid.NewV7FromReader(v.opts.Random)
	if err != nil {
		return Receipt{}, fmt.Errorf("visit: submit: choose id: %w", err)
	}
	app := service.Application{
		Kind: service.KindApplication, ID: id.String(), Case: number,
		Service: v.service.ID, Version: v.service.Version, Digest: v.service.Digest(), Tenant: v.opts.Tenant,
		Lang: lang, Day: said.day.Format(time.DateOnly), Answers: answers, Fee: fee, Way: way,
		Recipient: recipient, Channel: v.opts.Channel, At: now,
	}
	parts, attachments, err := v.attach(durable, answers)
	if err != nil {
		return Receipt{}, err
	}
	app.Attachments = attachments
	envelope, err := v.seal(durable, app)
	if err != nil {
		return Receipt{}, err
	}
	envelope.Parts = parts

	r := Receipt{Case: number, Title: v.service.Title(lang), Amount: fee, Way: way, Secret: secret, Online: v.desk.Town != nil && v.desk.Town.Online(), Counted: v.service.Counted()}
	payment := pay.Payment{ID: uuid.NewString(), Envelope: envelope.ID, Amount: fee, State: pay.Intended, At: now}
	var unclear error
	if way == pay.Card {
		payment, err = v.pay(ctx, durable, envelope, payment, on)
		switch {
		case errors.Is(err, ErrUnclear):
			unclear = err
		case err != nil:
			return Receipt{}, err
		}
		r.State, r.Evidence = payment.State, payment.Evidence
	} else if err := release(durable, v.desk, envelope, way, fee, Kept{
		Case: number, Secret: secret, Recipient: recipient, Title: r.Title, Service: v.service.ID, At: now,
	}); err != nil {
		return Receipt{}, fmt.Errorf("visit: submit: %w", err)
	}
	if unclear == nil {
		v.sentDraft(durable)
	}
	on(Progress{Stage: Stored})

	outcome := pay.Outcome{Envelope: envelope.ID, Way: way, Amount: fee, Evidence: r.Evidence, At: now}
	if way == pay.Card {
		outcome.Payment, r.Payment = payment.ID, payment.ID
	}
	data := service.Data{Application: app, Outcome: &outcome, Secret: secret, Today: now, Settled: unclear == nil, Online: r.Online}
	if !r.Counted {
		r.Slip, err = v.service.Document("slip", data)
		if err != nil { // the application is on its way all the same: the screen still has number and code
			err = fmt.Errorf("visit: slip: %w", err)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wiped {
		return Receipt{}, ErrWiped
	}
	v.receipt, v.printed, v.unclear, v.sent = &r, 0, nil, &data
	if unclear != nil {
		v.unclear = &data
		return r, unclear
	}
	return r, err
}

// number chooses the case's number.
func (v *Visit) number(now time.Time) (string, error) {
	year := now.Year()
	if v.opts.Year != nil {
		year = v.opts.Year()
	}
	number, err := service.NewCase(v.opts.Random, v.opts.CasePrefix, year)
	if err != nil {
		return "", fmt.Errorf("visit: submit: %w", err)
	}
	return number, nil
}

// Clear tells the visit how a payment ended; false when it is not the one that Submit left unclear. With State Approved the receipt has a slip of
// its own, which Print prints from its beginning; an error means that it could not be set. With any other nothing was sent: the receipt's secret
// opens nothing, and the citizen may Submit again.
func (v *Visit) Clear(p pay.Payment) (Receipt, bool, error) {
	r, ok, err := v.clear(p)
	if ok && p.State == pay.Approved {
		v.sentDraft(context.Background())
	}
	return r, ok, err
}

func (v *Visit) clear(p pay.Payment) (Receipt, bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.receipt == nil || v.unclear == nil || v.receipt.Payment != p.ID || !p.State.Final() {
		return Receipt{}, false, nil
	}
	r, data := *v.receipt, *v.unclear
	r.State, r.Evidence, r.Slip = p.State, p.Evidence, document.Document{}
	v.receipt, v.printed, v.unclear, v.sent = &r, 0, nil, nil
	if p.State != pay.Approved {
		r.Secret = ""
		return r, true, nil
	}
	r.Online = v.desk.Town != nil && v.desk.Town.Online()
	outcome := *data.Outcome
	outcome.Evidence = p.Evidence
	data.Outcome, data.Settled, data.Online = &outcome, true, r.Online
	v.sent = &data
	slip, err := v.service.Document("slip", data)
	if err != nil {
		return r, true, fmt.Errorf("visit: slip: %w", err)
	}
	r.Slip = slip
	return r, true, nil
}

// release lets a sealed application go that needs no payment here; a device that remembers keeps k with it.
func release(ctx context.Context, d Desk, e seal.Envelope, way pay.Way, fee money.Cents, k Kept) error {
	if d.Keeper != nil {
		return d.Keeper.Keep(ctx, e, way, int64(fee), k)
	}
	return d.Journal.Release(ctx, e, way, int64(fee))
}

func (v *Visit) seal(ctx context.Context, app service.Application) (seal.Envelope, error) {
	return sealApplication(ctx, v.desk.Sealer, app)
}

func sealApplication(ctx context.Context, s Sealer, app service.Application) (seal.Envelope, error) {
	plain, err := json.Marshal(app)
	if err != nil {
		return seal.Envelope{}, errors.New("visit: marshal application") // the cause could quote an answer
	}
	defer clear(plain)
	envelope, err := s.Seal(ctx, app.ID, plain)
	if err != nil {
		return seal.Envelope{}, fmt.Errorf("visit: seal: %w", err)
	}
	return envelope, nil
}

// pay holds the envelope and brings the payment to an end, or to ErrUnclear.
func (v *Visit) pay(ctx, durable context.Context, e seal.Envelope, p pay.Payment, on func(Progress)) (pay.Payment, error) {
	if err := v.desk.Journal.Hold(durable, e, p); err != nil {
		return p, fmt.Errorf("visit: hold: %w", err)
	}
	on(Progress{Stage: Paying})
	asked := false
	record := func(ev pay.Event) error {
		asked = asked || ev.Kind == pay.Ask
		next, effect, err := v.desk.Journal.Record(durable, p.ID, ev)
		if err != nil {
			return fmt.Errorf("visit: record payment: %w", err)
		}
		p = next
		if effect == pay.Impossible {
			return fmt.Errorf("visit: record payment: event %q cannot happen in state %q", ev.Kind, p.State)
		}
		return nil
	}
	cause := v.desk.Payer.Pay(ctx, p, record, func(code byte, text string) {
		on(Progress{Stage: Paying, Code: code, Text: text})
	})
	if !p.State.Final() && p.State != pay.Unknown && p.State != pay.Stray {
		if err := record(pay.Event{Kind: pay.Lose, At: v.opts.Now()}); err != nil {
			return p, errors.Join(ErrUnclear, err)
		}
	}
	if p.State == pay.Unknown || p.State == pay.Stray {
		on(Progress{Stage: Settling})
		patience := v.opts.Patience
		if patience == 0 {
			patience = 45 * time.Second
		}
		limited, stop := context.WithTimeout(durable, patience)
		p = settleUntil(limited, v.desk, p, v.opts.Now)
		stop()
	}
	switch p.State {
	case pay.Approved:
		return p, nil
	case pay.Declined:
		return p, ErrDeclined
	case pay.Cancelled, pay.Reversed:
		if !asked && cause != nil { // nobody cancelled: the terminal was not ready
			return p, fmt.Errorf("visit: pay: %w", cause)
		}
		return p, ErrCancelled
	default:
		return p, errors.Join(ErrUnclear, cause)
	}
}

// Print prints what is not printed yet of the slip. It can be called again after the printer was mended: finished parts are not repeated.
func (v *Visit) Print(ctx context.Context) error {
	v.mu.Lock()
	r, from := v.receipt, v.printed
	v.mu.Unlock()
	if r == nil {
		return ErrWiped
	}
	if v.desk.Printer == nil {
		return ErrUnreachable
	}
	done, err := v.desk.Printer.Print(ctx, rest(r.Slip, from))
	v.mu.Lock()
	if v.receipt == r {
		v.printed = from + done
	}
	v.mu.Unlock()
	if err != nil {
		return fmt.Errorf("visit: print slip: %w", err)
	}
	return nil
}
