package zvtemu

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// The kinds of journal entries.
const (
	Payment      = "payment"       // money taken for good
	Reversed     = "reversal"      // a payment given back on the till's order
	Refunded     = "refund"        // money given to a card
	Reserved     = "reservation"   // an amount held on a card; no money moved
	Booked       = "booking"       // money taken of a reservation
	Released     = "release"       // a reservation let go; no money moved
	AutoReversed = "auto-reversal" // taken back by the terminal, because the till did not confirm
	Declined     = "declined"      // refused; no money moved
	Cancelled    = "cancelled"     // ended before the bank was asked; no money moved
	DayEnded     = "end of day"    // everything before was handed in
)

// Entry is a line of the terminal's journal.
type Entry struct {
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	Amount   int64     `json:"amount"` // cents
	Trace    int       `json:"trace"`
	Receipt  int       `json:"receipt"`
	Terminal string    `json:"terminal"`
	Date     string    `json:"date"` // MMDD
	Time     string    `json:"time"` // HHMMSS
	Card     string    `json:"card,omitempty"`
	Of       int       `json:"of,omitempty"` // trace of the payment that was given back, of the reservation that was booked
	Code     byte      `json:"code,omitempty"`
}

// status makes the status information that the terminal sends of an entry.
func (e Entry) status() zvt.Status {
	s := zvt.Status{
		HasResult: true, Result: zvt.Code(e.Code), Amount: e.Amount, Trace: e.Trace, OriginalTrace: e.Of, Receipt: e.Receipt, TerminalID: e.Terminal,
		Date: e.Date, Time: e.Time, CardName: e.Card, CardType: 5, PaymentType: 0x70, Currency: "0978",
	}
	if e.Kind == Reserved {
		s.Authorisation = fmt.Sprintf("A%06d", e.Trace)
	}
	return s
}

// moves is what an entry adds to the money that the terminal holds.
func (e Entry) moves() int64 {
	switch e.Kind {
	case Payment, Booked:
		return e.Amount
	case Reversed, Refunded:
		return -e.Amount
	}
	return 0
}

func load(name string) ([]Entry, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("zvtemu: journal: %w", err)
	}
	defer f.Close()
	var all []Entry
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("zvtemu: journal: line %d: %w", len(all)+1, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// keep adds an entry to what is in memory.
func (t *Terminal) keep(e Entry) {
	t.entries = append(t.entries, e)
	if t.trace = max(t.trace, e.Trace); e.Receipt > 0 {
		t.receipt = e.Receipt
	}
}

// store appends an entry and has it on disk before it returns.
func (t *Terminal) store(e Entry) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep(e)
	if t.o.Journal == "" {
		return nil
	}
	f, err := os.OpenFile(t.o.Journal, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("zvtemu: journal: %w", err)
	}
	defer f.Close()
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("zvtemu: journal: %w", err)
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("zvtemu: journal: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("zvtemu: journal: %w", err)
	}
	return nil
}

// Journal gives a copy of all entries, oldest first.
func (t *Terminal) Journal() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Entry(nil), t.entries...)
}

// Taken is the money that the terminal holds or has handed in: payments less what was given back, in cents.
func (t *Terminal) Taken() int64 {
	var sum int64
	for _, e := range t.Journal() {
		sum += e.moves()
	}
	return sum
}

// final tells whether an entry is a transaction that was stored for good.
func (e Entry) final() bool {
	switch e.Kind {
	case Payment, Reversed, Refunded, Reserved, Booked, Released:
		return true
	}
	return false
}

// last is the last transaction that was stored for good.
func (t *Terminal) last() (Entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.entries) - 1; i >= 0; i-- {
		if t.entries[i].final() {
			return t.entries[i], true
		}
	}
	return Entry{}, false
}

// open gives the entries that no end of day has handed in.
func (t *Terminal) open() []Entry {
	all := t.Journal()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Kind == DayEnded {
			return all[i+1:]
		}
	}
	return all
}

// handedIn tells whether an end of day was made today.
func (t *Terminal) handedIn() bool {
	today := t.now().Format("0102")
	for _, e := range t.Journal() {
		if e.Kind == DayEnded && e.Date == today {
			return true
		}
	}
	return false
}

// begin makes the entry of a new transaction: the next trace, the next receipt number, now.
func (t *Terminal) begin(kind string, amount int64) Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	return Entry{
		At: now, Kind: kind, Amount: amount, Trace: t.trace + 1, Receipt: t.receipt%9999 + 1, Terminal: t.o.TerminalID,
		Date: now.Format("0102"), Time: now.Format("150405"), Card: t.o.Card,
	}
}

func (t *Terminal) lastTrace() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.trace
}

// sums are the totals of what no end of day has handed in.
func (t *Terminal) sums() zvt.Totals {
	var all zvt.Totals
	for _, e := range t.open() {
		cents := e.moves()
		if cents == 0 {
			continue
		}
		if all.First == 0 {
			all.First = e.Receipt
		}
		all.Last = e.Receipt
		kind := &all.Other
		switch e.Card {
		case "girocard":
			kind = &all.Girocard
		case "JCB":
			kind = &all.JCB
		case "Mastercard":
			kind = &all.Mastercard
		case "American Express":
			kind = &all.Amex
		case "Visa":
			kind = &all.Visa
		case "Diners":
			kind = &all.Diners
		}
		kind.Count, kind.Cents = kind.Count+1, kind.Cents+cents
	}
	return all
}

// reservation finds one that was neither booked nor let go, by its receipt number.
func (t *Terminal) reservation(receipt int) (Entry, bool) {
	for _, e := range t.reservations() {
		if e.Receipt == receipt {
			return e, true
		}
	}
	return Entry{}, false
}

// reservations are those that were neither booked nor let go.
func (t *Terminal) reservations() []Entry {
	var all []Entry
	ended := map[int]bool{}
	journal := t.Journal()
	for _, e := range journal {
		if e.Kind == Booked || e.Kind == Released {
			ended[e.Of] = true
		}
	}
	for _, e := range journal {
		if e.Kind == Reserved && !ended[e.Trace] {
			all = append(all, e)
		}
	}
	return all
}
