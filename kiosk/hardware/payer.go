package hardware

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Payer takes card payments at a terminal that speaks ZVT. It is a visit.Payer.
type Payer struct {
	*link[*zvt.Dev]
	cable   bool // a serial line
	now     func() time.Time
	between time.Duration  // two questions about one payment
	refused map[string]int // how often the terminal refused to give a payment back, by its id; guarded by the link's turn
}

// Between is how long a Payer waits before it asks a terminal a second time how a payment ended.
const Between = 5 * time.Second

// NewPayer makes a payer of a terminal whose line open opens. now is the device's clock.
func NewPayer(open func(context.Context) (port.Port, error), o zvt.Opts, now func() time.Time) *Payer {
	return &Payer{cable: o.Serial, now: now, between: Between, refused: map[string]int{}, link: newLink(open, func(ctx context.Context, line port.Port) (*zvt.Dev, error) {
		dev := zvt.New(line, o)
		if err := dev.Register(ctx); err != nil {
			_ = dev.Close()
			return nil, err
		}
		return dev, nil
	})}
}

// AskAgainAfter sets another wait than Between, for terminals that answer in no time. It has to be called before the payer is used.
func (p *Payer) AskAgainAfter(d time.Duration) *Payer {
	p.between = d
	return p
}

// spent tells whether an error ends the connection: all that is not the terminal's clear word.
func spent(err error) bool {
	var no *zvt.Refusal
	return err != nil && !errors.As(err, &no) && !errors.Is(err, zvt.ErrAmount) && !errors.Is(err, zvt.ErrBusy)
}

func refusedWith(err error, code zvt.Code) bool {
	var no *zvt.Refusal
	return errors.As(err, &no) && no.Code == code
}

// Ready tells whether a payment could begin now.
func (p *Payer) Ready(ctx context.Context) error {
	if err := p.take(ctx); err != nil {
		return fmt.Errorf("hardware: terminal: %w", err)
	}
	defer p.give()
	_, err := p.try(ctx, spent, func(d *zvt.Dev) error { return d.Enquire(ctx) })
	return unready(err)
}

// unready is nil for a terminal that answered: one without the command is asked in vain, but it is there.
func unready(err error) error {
	if err != nil && !refusedWith(err, zvt.CodeImpossible) {
		return fmt.Errorf("hardware: terminal: %w: %w", visit.ErrUnreachable, err)
	}
	return nil
}

// Look tells whether the terminal is there, if nobody uses it; see watch. A network tells by itself when a terminal is gone, so only a cable's
// terminal is asked, by the question that it may be asked at any time (PA00P015, status enquiry).
func (p *Payer) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	gone, err = p.look(ctx, spent, func(d *zvt.Dev) error {
		if !p.cable {
			return nil
		}
		return d.Enquire(ctx)
	})
	if errors.Is(err, errInUse) {
		return gone, err
	}
	return gone, unready(err)
}

// memory is what a terminal tells of its last transaction.
type memory struct {
	zvt.Status
	here string // the terminal that was asked: its id, if it told
	none bool   // it has nothing to repeat, or does not know the command: nothing came
	sure bool   // it took the command and has nothing to repeat
}

// last asks the terminal for its last transaction, on a connection that is alive afterwards.
func (p *Payer) last(ctx context.Context) (dev *zvt.Dev, m memory, err error) {
	dev, err = p.try(ctx, spent, func(d *zvt.Dev) (err error) {
		m.Status, _, err = d.RepeatReceipt(ctx)
		return err
	})
	switch {
	case err == nil:
		m.here = m.TerminalID
	case refusedWith(err, zvt.CodeImpossible): // it has nothing to repeat, or does not know the command
		m, err = memory{none: true, sure: errors.Is(err, zvt.ErrNothing)}, nil
	default:
		return dev, m, err
	}
	if m.here == "" {
		m.here = dev.Info().TerminalID
	}
	return dev, m, nil
}

func evidence(s zvt.Status) *pay.Evidence {
	return &pay.Evidence{
		Amount: money.Cents(s.Amount), TerminalID: s.TerminalID, Trace: s.Trace, Receipt: s.Receipt, Date: s.Date, Time: s.Time, Card: s.CardName,
	}
}

var (
	errAmount = errors.New("hardware: terminal reports another amount than it was asked for")
	errAgain  = errors.New("hardware: terminal reports its payment before as this one")
)

// Pay asks the terminal for the payment's amount; see visit.Payer.
//
// The event Ask carries what the terminal last did before: with it a break can be cleared up later. One that names at
// most the terminal means that it had nothing to repeat.
func (p *Payer) Pay(ctx context.Context, payment pay.Payment, on func(pay.Event) error, say func(code byte, text string)) error {
	event := func(k pay.Kind, code byte, e *pay.Evidence) error {
		ev := pay.Event{Kind: k, At: p.now(), Evidence: e}
		if code != 0 {
			ev.Code = fmt.Sprintf("%02X", code)
		}
		return on(ev)
	}
	lose := func(cause error) error {
		if err := event(pay.Lose, 0, nil); err != nil {
			return err
		}
		return fmt.Errorf("hardware: pay: %w: %w", visit.ErrUnreachable, cause)
	}
	if err := p.take(ctx); err != nil {
		return lose(err) // nothing was asked for yet
	}
	defer p.give()
	if payment.Amount <= 0 || payment.Amount > money.Max {
		return lose(zvt.ErrAmount)
	}
	dev, last, err := p.last(ctx)
	var before *pay.Evidence
	var no *zvt.Refusal
	switch {
	case err == nil && last.none:
		before = &pay.Evidence{TerminalID: last.here}
	case err == nil:
		before = evidence(last.Status)
	case errors.As(err, &no): // it is there and busy. What it did before is not known, so that a break could not be cleared up: it is not asked to pay
		return lose(err)
	default:
		return lose(err)
	}
	if ctx.Err() != nil {
		return event(pay.Cancel, byte(zvt.CodeAborted), nil)
	}
	if err := event(pay.Ask, 0, before); err != nil {
		return err
	}
	var told error // what on returned for a Grant
	var granted *pay.Evidence
	result, err := dev.Pay(ctx, int64(payment.Amount), zvt.Watch{
		Say: func(code byte, text string) {
			if say != nil {
				say(code, text)
			}
		},
		Status: func(s zvt.Status) error {
			if !s.Good() {
				return nil
			}
			if money.Cents(s.Amount) != payment.Amount {
				return errAmount
			}
			e := evidence(s)
			if before != nil && toKey(before) == toKey(e) {
				return errAgain // one payment at the terminal never counts for two
			}
			if told = event(pay.Grant, 0, e); told != nil {
				return told
			}
			granted = e
			return nil
		},
	})
	switch {
	case told != nil: // it could not be stored, so the terminal was told to take it back: it is asked later whether it did
		_ = event(pay.Lose, 0, nil)
		p.dropIf(err)
		return told
	case err != nil:
		p.dropIf(err)
		return lose(err)
	case result.Done:
		if granted != nil {
			e := *granted
			e.Customer = result.Customer
			granted = &e
		}
		return event(pay.Complete, 0, granted)
	case result.Code == zvt.CodeAborted:
		return event(pay.Cancel, byte(result.Code), nil)
	default:
		return event(pay.Refuse, byte(result.Code), nil)
	}
}

func (p *Payer) dropIf(err error) {
	if spent(err) {
		p.drop()
	}
}

// ErrUnclear says that what the terminal remembers does not tell how a payment ended: people have to look into its journal.
var ErrUnclear = errors.New("hardware: terminal's last transaction does not tell how the payment ended")

// Settle asks the terminal how an unclear payment ended; see visit.Payer. ErrUnclear when its answer cannot tell.
//
// Some terminals tell of a payment that they have not stored for good yet, and take it back a moment later because nobody acknowledged it:
// one question would find money that is gone in the end. A payment counts as found only when the terminal says the very same a second time,
// Between later. The same holds for every end of a payment that it had granted: there an application would be deleted.
func (p *Payer) Settle(ctx context.Context, payment pay.Payment) (pay.Event, error) {
	if err := p.take(ctx); err != nil {
		return pay.Event{}, fmt.Errorf("hardware: settle: %w", err)
	}
	defer p.give()
	_, last, err := p.last(ctx)
	if err != nil {
		return pay.Event{}, fmt.Errorf("hardware: settle: %w: %w", visit.ErrUnreachable, err)
	}
	kind, err := judge(payment, last)
	if err != nil {
		return pay.Event{}, err
	}
	if kind == pay.Found || payment.Evidence != nil {
		if err := p.confirm(ctx, last); err != nil {
			return pay.Event{}, fmt.Errorf("hardware: settle: %w", err)
		}
	}
	ev := pay.Event{Kind: kind, At: p.now()}
	if kind == pay.Found || kind == pay.Reverse {
		ev.Evidence = evidence(last.Status)
		if kind == pay.Found && payment.Evidence != nil {
			ev.Evidence.Customer = payment.Evidence.Customer
		}
	}
	return ev, nil
}

// confirm asks once more, some seconds later, and fails unless the terminal says what it said. Nobody else uses it in between.
func (p *Payer) confirm(ctx context.Context, first memory) error {
	wait := time.NewTimer(p.between)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return fmt.Errorf("%w: asked once only: %w", visit.ErrUnreachable, ctx.Err())
	}
	_, second, err := p.last(ctx)
	if err != nil {
		return fmt.Errorf("%w: asked again: %w", visit.ErrUnreachable, err)
	}
	if !first.same(second) {
		return fmt.Errorf("%w: it tells something else when asked again", ErrUnclear)
	}
	return nil
}

// same tells whether two answers are about one transaction and say the same about it.
func (m memory) same(o memory) bool {
	return m.none == o.none && m.sure == o.sure && m.here == o.here && m.Good() == o.Good() && m.Amount == o.Amount && m.OriginalTrace == o.OriginalTrace &&
		toKey(evidence(m.Status)) == toKey(evidence(o.Status))
}

// judge says what the terminal's last transaction means for a payment. Where a status information was never stored, it was never
// acknowledged either, and the terminal takes such a payment back by itself (PA00P015 2.2.8): that is why the end of an unacknowledged one
// is seen from transactions that are no payments, too.
//
// A payment that was granted, the first of its terminal, is known to be taken back when the terminal still has nothing to repeat, and says
// so by taking the command and ending it. A bare "not possible" proves nothing there: a terminal that does not know the command says the
// same whatever it took. And a terminal that was put in another's place knows nothing of that one's payments.
func judge(payment pay.Payment, last memory) (pay.Kind, error) {
	e := payment.Evidence
	if there := asked(payment); there != "" && last.here != "" && there != last.here {
		return "", fmt.Errorf("%w: another terminal answers", ErrUnclear)
	}
	switch {
	case last.none: // as before the payment: nothing was added
		if b := payment.Before; b != nil && toKey(b) == (key{terminal: b.TerminalID}) && (e == nil || last.sure) {
			return pay.Absent, nil
		}
	case last.OriginalTrace != 0: // a reversal
		if e == nil {
			return pay.Absent, nil
		}
		if last.Good() && last.OriginalTrace == e.Trace && last.TerminalID == e.TerminalID {
			return pay.Reverse, nil
		}
	case !last.Good():
		if e == nil || toKey(e) == toKey(evidence(last.Status)) {
			return pay.Absent, nil
		}
	default:
		switch pay.Compare(payment, *evidence(last.Status)) {
		case pay.Ours:
			return pay.Found, nil
		case pay.Theirs:
			return pay.Absent, nil
		}
	}
	return "", ErrUnclear
}

// asked is the id of the terminal that was asked for a payment, as far as it told.
func asked(p pay.Payment) string {
	switch {
	case p.Evidence != nil && p.Evidence.TerminalID != "":
		return p.Evidence.TerminalID
	case p.Before != nil:
		return p.Before.TerminalID
	}
	return ""
}

// key is what tells one transaction of a terminal from another.
type key struct {
	terminal       string
	trace, receipt int
	date, time     string
}

func toKey(e *pay.Evidence) key { return key{e.TerminalID, e.Trace, e.Receipt, e.Date, e.Time} }
