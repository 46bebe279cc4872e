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
	AutoReversed = "auto-reversal" // taken back by the terminal, because the till did not confirm
	Declined     = "declined"      // refused; no money moved
	Cancelled    = "cancelled"     // ended before the bank was asked; no money moved
	DayEnded     = "end of day"
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
	Of       int       `json:"of,omitempty"` // trace of the payment that was given back
	Code     byte      `json:"code,omitempty"`
}

// status makes the status information that the terminal sends of an entry.
func (e Entry) status() zvt.Status {
	return zvt.Status{
		HasResult: true, Result: e.Code, Amount: e.Amount, Trace: e.Trace, OriginalTrace: e.Of, Receipt: e.Receipt, TerminalID: e.Terminal,
		Date: e.Date, Time: e.Time, CardName: e.Card, CardType: 5, PaymentType: 0x70, Currency: "0978",
	}
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

// store appends an entry and has it on disk before it returns.
func (t *Terminal) store(e Entry) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = append(t.entries, e)
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

// Taken is the money that the terminal holds: payments less reversals, in cents.
func (t *Terminal) Taken() int64 {
	var sum int64
	for _, e := range t.Journal() {
		switch e.Kind {
		case Payment:
			sum += e.Amount
		case Reversed:
			sum -= e.Amount
		}
	}
	return sum
}

// last is the last transaction that was stored for good.
func (t *Terminal) last() (Entry, bool) {
	all := t.Journal()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Kind == Payment || all[i].Kind == Reversed {
			return all[i], true
		}
	}
	return Entry{}, false
}

// begin makes the entry of a new transaction: the next trace, the next receipt number, now.
func (t *Terminal) begin(kind string, amount int64) Entry {
	now := t.o.Now()
	trace, receipt := 0, 0
	for _, e := range t.Journal() {
		trace, receipt = max(trace, e.Trace), max(receipt, e.Receipt)
	}
	return Entry{
		At: now, Kind: kind, Amount: amount, Trace: trace + 1, Receipt: receipt%9999 + 1, Terminal: t.o.TerminalID,
		Date: now.Format("0102"), Time: now.Format("150405"), Card: t.o.Card,
	}
}
