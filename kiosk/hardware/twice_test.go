package hardware_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

// says plays a terminal that answers every order to tell or to reverse with what tell gives for the order's number, from 0: a status
// information and a completion, or a refusal. What else it was ordered comes out of the channel.
func says(t *testing.T, tell func(n int, order zvt.Command) any) (*hardware.Payer, chan zvt.Command) {
	t.Helper()
	here, there := port.Pipe()
	p := hardware.NewPayer(func(context.Context) (port.Port, error) { return here, nil }, zvt.Opts{T3: time.Second, T4: time.Second}, func() time.Time { return time.Unix(1, 0) }).AskAgainAfter(time.Millisecond)
	t.Cleanup(func() { p.Close() })
	others := make(chan zvt.Command, 16)
	go func() {
		var left []byte
		block := make([]byte, 1024)
		say := func(c zvt.Command, data []byte) { _, _ = there.Write(zvt.APDU{Command: c, Data: data}.Append(nil)) }
		told, owes := 0, false
		for {
			n, err := there.Read(block)
			if err != nil {
				return
			}
			left = append(left, block[:n]...)
			for a, n := zvt.ParseAPDU(left); n > 0; a, n = zvt.ParseAPDU(left) {
				left = left[n:]
				switch {
				case a.Command == zvt.Register:
					say(zvt.Acknowledge, nil)
					say(zvt.Completion, nil)
				case a.Command == zvt.Repeat, a.Command == zvt.Reversal:
					switch word := tell(told, a.Command).(type) {
					case zvt.Status:
						say(zvt.Acknowledge, nil)
						say(zvt.StatusInfo, word.Append(nil))
						owes = true
					case byte:
						say(zvt.Refuse(zvt.Code(word)), nil)
					}
					told++
				case a.Command.Answer():
					if owes {
						owes = false
						say(zvt.Completion, nil)
					}
				default:
					others <- a.Command
					say(zvt.Refuse(0x83), nil)
				}
			}
		}
	}()
	return p, others
}

func transaction(trace int) zvt.Status {
	return zvt.Status{HasResult: true, Amount: fee, Trace: trace, Receipt: trace, TerminalID: "65000028", Date: "1123", Time: "101500"}
}

func proof(s zvt.Status) *pay.Evidence {
	return &pay.Evidence{Amount: fee, TerminalID: s.TerminalID, Trace: s.Trace, Receipt: s.Receipt, Date: s.Date, Time: s.Time}
}

// A terminal told of a payment that nobody had acknowledged, and took it back a moment later: an application went out without money.
func TestMoneyThatIsGoneAMomentLaterIsNotFound(t *testing.T) {
	asked := pay.Payment{ID: "p", Amount: fee, State: pay.Unknown, Before: proof(transaction(7))}
	p, _ := says(t, func(n int, _ zvt.Command) any {
		if n == 0 {
			return transaction(8)
		}
		return transaction(7)
	})
	if ev, err := p.Settle(t.Context(), asked); !errors.Is(err, hardware.ErrUnclear) {
		t.Errorf("asked while it changes its mind: %+v, %v", ev, err)
	}
	if ev, err := p.Settle(t.Context(), asked); err != nil || ev.Kind != pay.Absent {
		t.Errorf("asked later: %+v, %v", ev, err)
	}
	p, _ = says(t, func(int, zvt.Command) any { return transaction(8) })
	if ev, err := p.Settle(t.Context(), asked); err != nil || ev.Kind != pay.Found || ev.Evidence.Trace != 8 {
		t.Errorf("it says the same twice: %+v, %v", ev, err)
	}
}

// The terminal had the acknowledgement and was still writing its journal: the application was deleted though the money was taken.
func TestAGrantedPaymentIsNotGoneBecauseTheTerminalIsSlow(t *testing.T) {
	granted := pay.Payment{ID: "p", Amount: fee, State: pay.Unknown, Before: proof(transaction(7)), Evidence: proof(transaction(8))}
	p, _ := says(t, func(n int, _ zvt.Command) any {
		if n == 0 {
			return transaction(7)
		}
		return transaction(8)
	})
	if ev, err := p.Settle(t.Context(), granted); !errors.Is(err, hardware.ErrUnclear) {
		t.Errorf("%+v, %v", ev, err)
	}
	if ev, err := p.Settle(t.Context(), granted); err != nil || ev.Kind != pay.Found {
		t.Errorf("asked later: %+v, %v", ev, err)
	}
}

func TestABusyTerminalIsNotAskedToPay(t *testing.T) {
	p, others := says(t, func(int, zvt.Command) any { return byte(0xA0) })
	b := newBook()
	if err := p.Pay(t.Context(), b.Payment, b.on, silent); !errors.Is(err, visit.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
	if b.State != pay.Cancelled || len(others) != 0 {
		t.Errorf("%s after %v; it was ordered %d more things", b.State, b.kinds, len(others))
	}
}

// Money that turned up late was tried to be given back for ever, and no card was taken at this terminal any more.
func TestWhatTheTerminalKeepsIsNotTriedForEver(t *testing.T) {
	stray := pay.Payment{ID: "p", Amount: fee, State: pay.Stray, Evidence: proof(transaction(8))}
	next := transaction(1)
	next.Date = "1124"
	other := transaction(8)
	other.TerminalID = "65000029"
	for name, c := range map[string]struct {
		last  any
		order any
		tries int // until it is people's turn
	}{
		"the next day's first payment was made":   {next, nil, 1},
		"another terminal stands there":           {other, nil, 1},
		"it cannot repeat receipts":               {byte(0x83), nil, 1},
		"after midnight, its journal handed in":   {transaction(8), byte(0xB5), 1},
		"it wants the card, which is not there":   {transaction(8), byte(0x6C), 5},
		"after midnight, and it simply does so":   {transaction(8), transaction(9), 0},
		"it gave it back and said so to somebody": {transaction(8), byte(0xB4), 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := says(t, func(_ int, order zvt.Command) any {
				if order == zvt.Reversal {
					return c.order
				}
				return c.last
			})
			for try := 1; ; try++ {
				ev, err := p.Reverse(t.Context(), stray)
				switch {
				case err == nil && (c.tries != 0 || ev.Kind != pay.Reverse):
					t.Fatalf("given back: %+v", ev)
				case err != nil && c.tries == 0, try > max(c.tries, 1):
					t.Fatal(err)
				case err != nil && errors.Is(err, visit.ErrKept) != (try == c.tries):
					t.Fatalf("try %d: %v", try, err)
				}
				if err == nil || try == c.tries {
					return
				}
			}
		})
	}
}
