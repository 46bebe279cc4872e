package zvt

import (
	"context"
	"fmt"
)

// most that fits into field 04.
const maxCents = 999_999_999_999

func payable(cents int64) bool { return cents > 0 && cents <= maxCents }

// Pay asks for a payment. The error is nil when the terminal said clearly how it ended, even if that is a refusal; then the Result tells.
// It is what w.Status returned if that failed. Any other error leaves the end open: ask RepeatReceipt on a new Dev.
//
// Cancelling ctx asks the terminal to abort, unless it has already reported success, and waits all the same for how it ends: a terminal honours
// an abort in some states only (P015 2.23, page 56).
func (d *Dev) Pay(ctx context.Context, cents int64, w Watch) (Result, error) {
	return d.Sell(ctx, Sale{Cents: cents}, w)
}

// Sell is Pay with more to say.
func (d *Dev) Sell(ctx context.Context, s Sale, w Watch) (Result, error) {
	if !payable(s.Cents) {
		return Result{}, ErrAmount
	}
	return d.run(ctx, plan{order: APDU{Authorise, s.data()}, watch: w, money: true, patient: true, print: CustomerReceipt})
}

// Reverse gives the payment with this receipt number back. Some terminals can only reverse their last payment, and none one that an end of
// day handed in: they end with CodeNotReversible. Errors are as with Pay.
func (d *Dev) Reverse(ctx context.Context, receipt int) (Result, error) {
	if receipt <= 0 || receipt > 9999 {
		return Result{}, ErrAmount
	}
	return d.run(ctx, plan{order: APDU{Reversal, AppendBCD(append(d.o.password(), 0x87), int64(receipt), 2)}, money: true, patient: true, print: CustomerReceipt})
}

// Refund gives an amount to a card, whatever was paid with it before. Errors are as with Pay.
func (d *Dev) Refund(ctx context.Context, cents int64, w Watch) (Result, error) {
	if !payable(cents) {
		return Result{}, ErrAmount
	}
	data := euro(AppendBCD(append(d.o.password(), 0x04), cents, 6))
	return d.run(ctx, plan{order: APDU{Refund, data}, watch: w, money: true, patient: true, print: CustomerReceipt})
}

// Reserve holds an amount on a card until a part of it is booked with BookTotal or PartialReverse, or CancelReservation lets it go. Keep
// Status.Reservation in w.Status. Errors are as with Pay.
func (d *Dev) Reserve(ctx context.Context, cents int64, w Watch) (Result, error) {
	if !payable(cents) {
		return Result{}, ErrAmount
	}
	return d.run(ctx, plan{order: APDU{Reserve, Sale{Cents: cents}.data()}, watch: w, money: true, patient: true, print: CustomerReceipt})
}

// BookTotal books a part of a reservation: used is what was used of it (06 24, P015 2.13, page 44). Errors are as with Pay.
func (d *Dev) BookTotal(ctx context.Context, r Reservation, used int64, w Watch) (Result, error) {
	return d.reserved(ctx, BookTotal, r, used, w)
}

// PartialReverse books a part of a reservation: unused is what is let go of it (06 23, P015 2.10, page 41). Errors are as with Pay.
func (d *Dev) PartialReverse(ctx context.Context, r Reservation, unused int64, w Watch) (Result, error) {
	return d.reserved(ctx, PartialReversal, r, unused, w)
}

// CancelReservation lets the whole amount go (06 25, P015 2.14, page 45). Errors are as with Pay.
func (d *Dev) CancelReservation(ctx context.Context, r Reservation, w Watch) (Result, error) {
	return d.reserved(ctx, CancelReservation, r, -1, w)
}

func (d *Dev) reserved(ctx context.Context, c Command, r Reservation, cents int64, w Watch) (Result, error) {
	if r.Receipt <= 0 || r.Receipt > 9999 || cents > maxCents || (c != CancelReservation && cents < 0) {
		return Result{}, ErrAmount
	}
	return d.run(ctx, plan{order: APDU{c, r.data(cents)}, watch: w, money: true, patient: true, print: CustomerReceipt})
}

// OpenReservations asks for the receipt numbers of reservations that were neither booked nor let go. Some terminals tell only the first one
// (P015 2.10.1, page 42).
func (d *Dev) OpenReservations(ctx context.Context) ([]int, error) {
	var receipts []int
	var bad error
	r, err := d.run(ctx, plan{order: APDU{PartialReversal, []byte{0x87, 0xFF, 0xFF}}, end: func(a APDU) {
		if a.Command == Aborted {
			receipts, bad = parseReservations(a.Data)
		}
	}})
	switch {
	case err != nil:
		return nil, err
	case r.Done:
		return nil, fmt.Errorf("%w: an answer without reservations", ErrContradiction)
	case r.Code != CodeReservation: // that is how a terminal ends this question when it understood it
		return nil, &Refusal{r.Code}
	}
	return receipts, bad
}
