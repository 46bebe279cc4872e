// Package ledger says what is owed to the town, what was paid and what has to be given back.
//
// It is a list to which lines are only added. A line is written in the same transaction as the change of the case that causes it.
package ledger

import (
	"context"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
)

// Kind says what a line means.
type Kind string

const (
	Due       Kind = "due"        // a fee is owed
	Received  Kind = "received"   // money came in
	Waived    Kind = "waived"     // a fee is not owed any more though nothing was paid: the application was rejected or withdrawn
	RefundDue Kind = "refund_due" // money has to be given back
	Refunded  Kind = "refunded"   // money was given back
)

// Entry is one line. Amount is never negative: the kind says the direction.
type Entry struct {
	Case    string // case number
	Kind    Kind
	Way     pay.Way
	Amount  money.Cents
	Payment string // the device's payment id, or "" when people took the money; a payment counts once per kind
	Who     string // a clerk's login, or "system"
	At      time.Time
}

// Open is a case where what is owed and what was paid do not balance.
type Open struct {
	Case   string
	Way    pay.Way
	Amount money.Cents // owed to the town; for refunds: owed to the citizen
	Since  time.Time
}

// Day is what came in and went out on one day, by way of payment.
type Day struct {
	Received map[pay.Way]money.Cents
	Payments int
	Refunded money.Cents
}

// Store keeps the lines.
type Store interface {
	// Entries lists the lines from (inclusive) to (exclusive), oldest first.
	Entries(ctx context.Context, from, to time.Time) ([]Entry, error)
	// Owed lists what is open: fees without payment, or with refunds true money that has to be given back; oldest first.
	Owed(ctx context.Context, refunds bool) ([]Open, error)
}

// Ledger reads the lines.
type Ledger struct{ store Store }

// New gives the ledger on store.
func New(store Store) *Ledger { return &Ledger{store: store} }

// Receivables lists the fees that are not paid yet, oldest first.
func (l *Ledger) Receivables(ctx context.Context) ([]Open, error) { return l.store.Owed(ctx, false) }

// Refunds lists what has to be given back, oldest first.
func (l *Ledger) Refunds(ctx context.Context) ([]Open, error) { return l.store.Owed(ctx, true) }

// Day sums up the calendar day of at in at's time zone.
func (l *Ledger) Day(ctx context.Context, at time.Time) (Day, error) {
	y, m, d := at.Date()
	from := time.Date(y, m, d, 0, 0, 0, 0, at.Location())
	lines, err := l.store.Entries(ctx, from, from.AddDate(0, 0, 1))
	if err != nil {
		return Day{}, fmt.Errorf("ledger: sum up a day: %w", err)
	}
	day := Day{Received: map[pay.Way]money.Cents{}}
	for _, e := range lines {
		switch e.Kind {
		case Received:
			day.Received[e.Way] += e.Amount
			day.Payments++
		case Refunded:
			day.Refunded += e.Amount
		}
	}
	return day, nil
}
