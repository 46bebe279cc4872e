// Package pay holds a payment's states and events, the pure Step between them, and the rule by which an unclear payment is reconciled.
//
// The package does no I/O. Whoever drives a card terminal turns what it says into events; whoever stores a payment applies them with
// Step and makes the new state durable before acting on the Effect.
package pay

import (
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

// State is where a payment stands. Its text is what is stored.
type State string

const (
	Intended  State = "intended"  // held together with the sealed application; the card terminal was not asked
	Asked     State = "asked"     // the order to pay is about to be sent, or was
	Granted   State = "granted"   // the terminal reported success; it may still take it back until its completion
	Unknown   State = "unknown"   // the end was not clear: the terminal has to be asked what it did
	Approved  State = "approved"  // final: the money was taken, the application goes out
	Declined  State = "declined"  // final: refused by bank, card or terminal; nothing was taken
	Cancelled State = "cancelled" // final: ended by the citizen or by time; nothing was taken
	Stray     State = "stray"     // money was taken though the payment had ended: it has to be given back
	Reversed  State = "reversed"  // final: taken and given back
	Owed      State = "owed"      // final here: the card terminal cannot give it back any more, and the town hall was told to
)

// States lists every state, in the order of the constants.
func States() []State {
	return []State{Intended, Asked, Granted, Unknown, Approved, Declined, Cancelled, Stray, Reversed, Owed}
}

// Final tells whether nothing more has to be done for a payment in this state.
func (s State) Final() bool {
	switch s {
	case Approved, Declined, Cancelled, Reversed, Owed:
		return true
	}
	return false
}

// Kind is what happened.
type Kind string

const (
	Ask      Kind = "ask"       // the order to pay is about to be sent to the terminal
	Grant    Kind = "grant"     // status information with result 00; it is acknowledged to the terminal only after it was stored
	Complete Kind = "complete"  // the terminal ended the payment well (ZVT 06 0F)
	Refuse   Kind = "refuse"    // the terminal or bank said no (ZVT 06 1E or a result that is not 00)
	Cancel   Kind = "cancel"    // the citizen ended it, or it took too long, and the terminal said so
	Lose     Kind = "lose"      // the line broke, the program stopped, or the answer made no sense
	Found    Kind = "found"     // asked afterwards, the terminal has this payment as its last good one
	Absent   Kind = "absent"    // asked afterwards, the terminal does not have it
	Reverse  Kind = "reverse"   // the terminal gave the money back
	HandOver Kind = "hand over" // the terminal cannot give it back any more: a task for the town hall is on its way, durably
)

// Kinds lists every kind of event, in the order of the constants.
func Kinds() []Kind {
	return []Kind{Ask, Grant, Complete, Refuse, Cancel, Lose, Found, Absent, Reverse, HandOver}
}

// Event is something that happened to a payment.
type Event struct {
	Kind     Kind
	At       time.Time // the device's clock; for people to read, nothing is decided by it
	Code     string    // the terminal's result code in hex, for Refuse and Cancel
	Evidence *Evidence // for Grant, Found and Reverse: this payment; for Ask: the terminal's last payment before it, if it told
}

// Evidence is what the card terminal said about a payment it made. It holds no card number.
type Evidence struct {
	Amount     money.Cents `json:"amount"`
	TerminalID string      `json:"terminal_id"`        // ZVT field 29, eight digits
	Trace      int         `json:"trace"`              // ZVT field 0B
	Receipt    int         `json:"receipt"`            // ZVT field 87
	Date       string      `json:"date"`               // MMDD by the terminal's clock, ZVT field 0D
	Time       string      `json:"time"`               // HHMMSS by the terminal's clock, ZVT field 0C
	Card       string      `json:"card,omitempty"`     // the card's kind by name, ZVT field 8B
	Customer   []string    `json:"customer,omitempty"` // the customer's receipt as the terminal printed it; see WithoutReceipt
}

// WithoutReceipt is the evidence without what the terminal printed for the customer: that is on the slip only, never stored and never sent.
func (e *Evidence) WithoutReceipt() *Evidence {
	if e == nil || len(e.Customer) == 0 {
		return e
	}
	short := *e
	short.Customer = nil
	return &short
}

// Payment is one payment's state. Step is the only way it changes.
type Payment struct {
	ID       string      `json:"id"`       // random, chosen by the device; it says nothing about a person
	Envelope string      `json:"envelope"` // id of the sealed application that waits for it
	Amount   money.Cents `json:"amount"`
	State    State       `json:"state"`
	Before   *Evidence   `json:"before,omitempty"`   // the terminal's last payment before this one was asked for, if it told
	Evidence *Evidence   `json:"evidence,omitempty"` // what the terminal said about this one
	Code     string      `json:"code,omitempty"`     // result code of a refusal
	At       time.Time   `json:"at"`                 // when the state was reached, device's clock
}

// Outcome is what travels beside a sealed application, signed by the enrolled terminal: the only thing from which "paid" counts.
type Outcome struct {
	Payment  string      `json:"payment,omitempty"` // empty when nothing was to be paid
	Envelope string      `json:"envelope"`
	Digest   string      `json:"digest"` // SHA-256 of the sealed bytes, hex: an outcome belongs to exactly one envelope
	Way      Way         `json:"way"`
	Amount   money.Cents `json:"amount"`
	Evidence *Evidence   `json:"evidence,omitempty"`
	At       time.Time   `json:"at"`
}

// Way is how a fee is paid.
type Way string

const (
	Free    Way = "free"    // nothing to pay
	Card    Way = "card"    // at the card terminal, now
	Invoice Way = "invoice" // later, by the invoice that the town hall sends
	Counter Way = "counter" // in cash or by card at the town hall's counter
)
