package cases

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
)

// Take gives an open case to a clerk, also one that somebody else has.
func (b *Book) Take(ctx context.Context, number, clerk string, version int64) error {
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if !c.Open() {
			return ErrState
		}
		c.Clerk = clerk
		if c.State == service.StateReceived {
			c.State = service.StateInWork
		}
		b.log(c, with, clerk, EventTaken, "")
		return b.answer(c, with, "")
	})
}

// Note adds an internal note. The citizen is not told.
func (b *Book) Note(ctx context.Context, number, clerk, text string, version int64) error {
	text, err := written(text)
	if err != nil {
		return err
	}
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		b.log(c, with, clerk, EventNote, text)
		return nil
	})
}

// Ask asks the citizen a question. The case then waits for the answer.
func (b *Book) Ask(ctx context.Context, number, clerk, text string, version int64) error {
	text, err := written(text)
	if err != nil {
		return err
	}
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if !c.Open() {
			return ErrState
		}
		c.Questions = append(c.Questions, Question{ID: strconv.Itoa(len(c.Questions) + 1), Text: text, Clerk: clerk, Asked: b.o.Now()})
		c.State = service.StateAsked
		if c.Clerk == "" {
			c.Clerk = clerk
		}
		b.log(c, with, clerk, EventAsked, text)
		return b.answer(c, with, "")
	})
}

// Paid records that people took the fee: at the counter, or found on the bank statement. how is for the log.
func (b *Book) Paid(ctx context.Context, number, clerk, how string, version int64) error {
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if c.Paid || c.Fee <= 0 || c.State == service.StateRejected || c.State == service.StateWithdrawn {
			return ErrState
		}
		b.takeMoney(c, with, clerk, c.Way, c.Fee-c.atTerminal(), how)
		return b.answer(c, with, "")
	})
}

// takeMoney notes that people took amount.
func (b *Book) takeMoney(c *Case, with *Change, clerk string, way pay.Way, amount money.Cents, how string) {
	c.Paid = true
	b.log(c, with, clerk, EventPaid, strings.TrimSpace(b.words.Say("de", "log.counter", "amount", amount.String())+" "+how))
	with.Money = append(with.Money, ledger.Entry{Case: c.Number, Kind: ledger.Received, Way: way, Amount: amount, Who: clerk, At: b.o.Now()})
}

// atTerminal is what a card terminal took.
func (c Case) atTerminal() money.Cents {
	if c.Payment == nil {
		return 0
	}
	return c.Payment.Amount
}

// taken is what came in altogether.
func (c Case) taken() money.Cents {
	if c.Paid {
		return max(c.Fee, c.atTerminal())
	}
	return c.atTerminal()
}

// Approve decides for the citizen: the permit is made, signed, and sealed to the slip's key. ErrUnpaid when the fee should have been
// paid by card and nothing proves it. An empty text becomes our usual sentence.
func (b *Book) Approve(ctx context.Context, number, clerk, text string, version int64) error {
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if !c.Open() {
			return ErrState
		}
		if c.Fee > 0 && c.Way == pay.Card && !c.Paid {
			return ErrUnpaid
		}
		paper, err := b.permit(ctx, *c)
		if err != nil {
			return fmt.Errorf("cases: approve: %w", err)
		}
		if paper != nil {
			with.Papers = append(with.Papers, *paper)
			c.Papers = append(c.Papers, *paper)
		}
		b.decide(c, service.StateApproved, clerk)
		text := strings.TrimSpace(text)
		b.log(c, with, clerk, EventApproved, text)
		return b.answer(c, with, text)
	})
}

// Reject decides against the citizen, with a reason that is told. Money that was paid has to be given back.
func (b *Book) Reject(ctx context.Context, number, clerk, text string, version int64) error {
	text, err := written(text)
	if err != nil {
		return err
	}
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if !c.Open() {
			return ErrState
		}
		b.decide(c, service.StateRejected, clerk)
		b.log(c, with, clerk, EventRejected, text)
		b.giveBack(c, with, "rejected")
		return b.answer(c, with, text)
	})
}

func (b *Book) decide(c *Case, s service.State, clerk string) {
	c.State, c.Decided = s, b.o.Now()
	if c.Clerk == "" {
		c.Clerk = clerk
	}
}

// giveBack makes the refund task of what was paid; what was not is no longer owed.
func (b *Book) giveBack(c *Case, with *Change, reason string) {
	now, taken := b.o.Now(), c.taken()
	if open := c.Fee - taken; open > 0 {
		with.Money = append(with.Money, ledger.Entry{Case: c.Number, Kind: ledger.Waived, Way: c.Way, Amount: open, Who: "system", At: now})
	}
	if taken <= 0 {
		return
	}
	way := c.Way
	if c.Payment != nil {
		way = c.Payment.Way
	}
	c.Refund = &Refund{Number: c.Number, Title: c.Title, Amount: taken, Way: way, Payment: c.Payment, Reason: reason, Since: now}
	b.log(c, with, "system", EventRefund, b.words.Say("de", "log.refund", "amount", taken.String()))
	with.Money = append(with.Money, ledger.Entry{Case: c.Number, Kind: ledger.RefundDue, Way: way, Amount: taken, Payment: c.paymentID(), Who: "system", At: now})
}

func (c Case) paymentID() string {
	if c.Payment == nil {
		return ""
	}
	return c.Payment.Payment
}

// RefundDone records that the money was given back. ErrState when none is owed.
func (b *Book) RefundDone(ctx context.Context, number, clerk string) error {
	return b.change(ctx, number, anyVersion, func(c *Case, with *Change) error {
		if c.Refund == nil || c.Refund.Done {
			return ErrState
		}
		r := *c.Refund
		r.Done, r.DoneAt, r.By = true, b.o.Now(), clerk
		c.Refund = &r
		b.log(c, with, clerk, EventRefunded, b.words.Say("de", "log.refunded", "amount", r.Amount.String()))
		with.Money = append(with.Money, ledger.Entry{Case: c.Number, Kind: ledger.Refunded, Way: r.Way, Amount: r.Amount, Payment: c.paymentID(), Who: clerk, At: r.DoneAt})
		return b.answer(c, with, "")
	})
}

// log adds a line to the case's history.
func (b *Book) log(c *Case, with *Change, who string, kind EventKind, text string) {
	e := Event{At: b.o.Now().Truncate(time.Millisecond), Who: who, Kind: kind, State: c.State, Text: text}
	c.History = append(c.History, e)
	with.Events = append(with.Events, e)
}

// maxText is the longest text that a clerk writes, in bytes.
const maxText = 20_000

func written(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxText {
		return "", ErrEmpty
	}
	return s, nil
}
