package hardware_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

const fee = 3070

// counter is a card terminal with faults and the payer that uses it.
type counter struct {
	terminal *zvtemu.Terminal
	payer    *hardware.Payer
	fault    atomic.Value
	lines    []port.Port // the terminal's ends, newest last
	gone     bool        // cannot be connected
	now      func() time.Time
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{}
	c.fault.Store(zvtemu.None)
	clock := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var ticks atomic.Int64
	now := func() time.Time { return clock.Add(time.Duration(ticks.Add(1)) * time.Second) }
	c.now = now
	var err error
	c.terminal, err = zvtemu.New(zvtemu.Opts{Fault: func() zvtemu.Fault { return c.fault.Load().(zvtemu.Fault) }, Now: now, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.payer = hardware.NewPayer(func(context.Context) (port.Port, error) {
		if c.gone {
			return nil, errors.New("nobody answers")
		}
		here, there := port.Pipe()
		c.lines = append(c.lines, there)
		terminal := c.terminal
		go func() { _ = terminal.Serve(ctx, there) }()
		return here, nil
	}, zvt.Opts{T2: 300 * time.Millisecond, T3: 300 * time.Millisecond, T4: 2 * time.Second}, now).AskAgainAfter(time.Millisecond)
	t.Cleanup(func() { c.payer.Close(); cancel() })
	return c
}

// replace puts another terminal in the place of the one that is there.
func (c *counter) replace(t *testing.T, id string) {
	t.Helper()
	next, err := zvtemu.New(zvtemu.Opts{TerminalID: id, Now: c.now, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	c.terminal = next
	c.lines[len(c.lines)-1].Close()
}

// book keeps one payment as the device's journal does.
type book struct {
	pay.Payment
	kinds   []pay.Kind
	effects []pay.Effect
	full    bool // Grant cannot be stored
}

func newBook() *book {
	return &book{Payment: pay.Payment{ID: "p", Envelope: "e", Amount: fee, State: pay.Intended}}
}

var errDisk = errors.New("disk full")

func (b *book) on(e pay.Event) error {
	if b.full && e.Kind == pay.Grant {
		return errDisk
	}
	next, effect := pay.Step(b.Payment, e)
	b.Payment, b.kinds, b.effects = next, append(b.kinds, e.Kind), append(b.effects, effect)
	if effect == pay.Impossible {
		return fmt.Errorf("%s cannot happen in %s", e.Kind, b.State)
	}
	if e.At.IsZero() {
		return errors.New("an event without a time")
	}
	return nil
}

func silent(byte, string) {}

func TestACardPaymentIsStoredStepByStep(t *testing.T) {
	c, b := newCounter(t), newBook()
	if err := c.payer.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	said := 0
	if err := c.payer.Pay(t.Context(), b.Payment, b.on, func(_ byte, text string) {
		if text != "" {
			said++
		}
	}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(b.kinds); got != "[ask grant complete]" || b.State != pay.Approved {
		t.Errorf("%s, %s", got, b.State)
	}
	if b.Evidence == nil || b.Evidence.Amount != fee || b.Evidence.TerminalID == "" || b.Evidence.Trace == 0 || len(b.Evidence.Customer) == 0 {
		t.Errorf("evidence %+v", b.Evidence)
	}
	if said == 0 {
		t.Error("the terminal's words reach nobody")
	}
	if c.terminal.Taken() != fee {
		t.Errorf("%d cents were taken", c.terminal.Taken())
	}
}

func TestTheSecondPaymentKnowsTheFirst(t *testing.T) {
	c, first, second := newCounter(t), newBook(), newBook()
	for _, b := range []*book{first, second} {
		if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); err != nil {
			t.Fatal(err)
		}
	}
	if first.Before == nil || first.Before.Trace != 0 {
		t.Errorf("before the first: %+v", first.Before)
	}
	if second.Before == nil || second.Before.Trace != first.Evidence.Trace {
		t.Errorf("before the second: %+v", second.Before)
	}
}

func TestNoMoneyIsTakenWhereTheTerminalSaysNo(t *testing.T) {
	for fault, want := range map[zvtemu.Fault]pay.State{zvtemu.Decline: pay.Declined, zvtemu.CancelKey: pay.Cancelled, zvtemu.Busy: pay.Declined} {
		c, b := newCounter(t), newBook()
		c.fault.Store(fault)
		if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); err != nil {
			t.Errorf("%s: %v", fault, err)
		}
		if b.State != want || b.Code == "" || c.terminal.Taken() != 0 {
			t.Errorf("%s: %s, code %q, %d cents taken", fault, b.State, b.Code, c.terminal.Taken())
		}
	}
}

// The terminal's own journal is the judge: released if and only if the money was taken, with and without an equal payment before.
func TestAfterEveryBreakTheEndIsFoundOut(t *testing.T) {
	for _, fault := range []zvtemu.Fault{zvtemu.BreakBeforeStatus, zvtemu.BreakAfterStatus, zvtemu.BreakInPrint, zvtemu.BreakAfterGrant, zvtemu.NoStatus, zvtemu.BadStatus} {
		for _, equalBefore := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s equal before %v", fault, equalBefore), func(t *testing.T) {
				t.Parallel()
				c, b := newCounter(t), newBook()
				if equalBefore {
					earlier := newBook()
					if err := c.payer.Pay(t.Context(), earlier.Payment, earlier.on, silent); err != nil {
						t.Fatal(err)
					}
				}
				start := c.terminal.Taken()
				c.fault.Store(fault)
				err := c.payer.Pay(t.Context(), b.Payment, b.on, silent)
				if last := b.kinds[len(b.kinds)-1]; last == pay.Lose != (err != nil) {
					t.Fatalf("last event %s, error %v", last, err)
				}
				c.fault.Store(zvtemu.None)
				if !b.State.Final() {
					if b.State != pay.Unknown {
						t.Fatalf("state %s", b.State)
					}
					ev, err := c.payer.Settle(t.Context(), b.Payment)
					if err != nil {
						t.Fatal(err)
					}
					if err := b.on(ev); err != nil {
						t.Fatal(err)
					}
				}
				taken := c.terminal.Taken() - start
				if !b.State.Final() || (b.State == pay.Approved) != (taken == fee) || taken != 0 && taken != fee {
					t.Errorf("%s after %v, %d cents taken", b.State, b.kinds, taken)
				}
			})
		}
	}
}

// A payment at a terminal that broke and was replaced before anybody asked how it ended.
func TestAnotherTerminalIsNotAskedAboutMoneyItNeverSaw(t *testing.T) {
	for _, used := range []bool{false, true} {
		c, b := newCounter(t), newBook()
		c.fault.Store(zvtemu.BreakAfterGrant)
		if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); err == nil || c.terminal.Taken() != fee {
			t.Fatalf("%v, %d cents taken", err, c.terminal.Taken())
		}
		c.fault.Store(zvtemu.None)
		first := c.terminal
		c.replace(t, "65000029")
		if used {
			other := newBook()
			if err := c.payer.Pay(t.Context(), other.Payment, other.on, silent); err != nil {
				t.Fatal(err)
			}
		}
		if ev, err := c.payer.Settle(t.Context(), b.Payment); !errors.Is(err, hardware.ErrUnclear) {
			t.Errorf("used %v: %+v, %v: the application would be deleted though the money was taken", used, ev, err)
		}
		c.terminal = first
		c.lines[len(c.lines)-1].Close()
		if ev, err := c.payer.Settle(t.Context(), b.Payment); err != nil || ev.Kind != pay.Found {
			t.Errorf("back at its own terminal: %+v, %v", ev, err)
		}
	}
}

func TestAGrantThatCannotBeStoredIsTakenBack(t *testing.T) {
	c, b := newCounter(t), newBook()
	b.full = true
	if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); !errors.Is(err, errDisk) {
		t.Fatalf("got %v", err)
	}
	if c.terminal.Taken() != 0 {
		t.Errorf("%d cents were taken", c.terminal.Taken())
	}
	ev, err := c.payer.Settle(t.Context(), b.Payment)
	if err != nil || ev.Kind != pay.Absent {
		t.Errorf("%+v, %v", ev, err)
	}
}

// A terminal, or an answer that came late, reported the payment of the citizen before with the same amount once more. It counted for both.
func TestThePaymentBeforeNeverCountsForTheNextOne(t *testing.T) {
	before := zvt.Status{HasResult: true, Amount: fee, Trace: 7, Receipt: 7, TerminalID: "65000028", Date: "1123", Time: "101500"}
	here, there := port.Pipe()
	p := hardware.NewPayer(func(context.Context) (port.Port, error) { return here, nil }, zvt.Opts{}, func() time.Time { return time.Unix(1, 0) })
	defer p.Close()
	answers := make(chan zvt.Command, 100)
	go func() {
		var left []byte
		block := make([]byte, 1024)
		say := func(c zvt.Command, data []byte) { _, _ = there.Write(zvt.APDU{Command: c, Data: data}.Append(nil)) }
		for {
			n, err := there.Read(block)
			if err != nil {
				return
			}
			left = append(left, block[:n]...)
			for a, n := zvt.ParseAPDU(left); n > 0; a, n = zvt.ParseAPDU(left) {
				left = left[n:]
				switch a.Command {
				case zvt.Register:
					say(zvt.Acknowledge, nil)
					say(zvt.Completion, nil)
				case zvt.Repeat, zvt.Authorise:
					say(zvt.Acknowledge, nil)
					say(zvt.StatusInfo, before.Append(nil))
				default:
					if a.Command.Answer() {
						answers <- a.Command
						if len(answers) == 2 || len(answers) == 4 { // to the status; 1 was to the registration
							say(zvt.Completion, nil)
						}
					}
				}
			}
		}
	}()
	b := newBook()
	if err := p.Pay(t.Context(), b.Payment, b.on, silent); err == nil || b.State != pay.Unknown || b.Evidence != nil {
		t.Fatalf("%s after %v, %v", b.State, b.kinds, err)
	}
	if ev, err := p.Settle(t.Context(), b.Payment); err == nil && ev.Kind != pay.Absent {
		t.Errorf("%+v", ev)
	}
}

func TestATerminalThatIsNotThereCostsNothing(t *testing.T) {
	c, b := newCounter(t), newBook()
	c.gone = true
	if err := c.payer.Ready(t.Context()); !errors.Is(err, visit.ErrUnreachable) {
		t.Errorf("ready: %v", err)
	}
	if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); !errors.Is(err, visit.ErrUnreachable) {
		t.Errorf("pay: %v", err)
	}
	if b.State != pay.Cancelled || fmt.Sprint(b.kinds) != "[lose]" {
		t.Errorf("%s after %v", b.State, b.kinds)
	}
	if _, err := c.payer.Settle(t.Context(), b.Payment); !errors.Is(err, visit.ErrUnreachable) {
		t.Errorf("settle: %v", err)
	}
}

func TestASilentTerminalIsLeftAlone(t *testing.T) {
	c, b := newCounter(t), newBook()
	c.fault.Store(zvtemu.Silence)
	if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); !errors.Is(err, visit.ErrUnreachable) || b.State != pay.Cancelled {
		t.Errorf("%s, %v", b.State, err)
	}
	c.fault.Store(zvtemu.None)
	again := newBook()
	if err := c.payer.Pay(t.Context(), again.Payment, again.on, silent); err != nil || again.State != pay.Approved {
		t.Errorf("afterwards: %s, %v", again.State, err)
	}
}

func TestTheTerminalMayBeSwitchedOffOverNight(t *testing.T) {
	c, b := newCounter(t), newBook()
	if err := c.payer.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.lines[0].Close()
	if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); err != nil || b.State != pay.Approved {
		t.Errorf("%s, %v", b.State, err)
	}
	if len(c.lines) != 2 {
		t.Errorf("%d connections", len(c.lines))
	}
}

func TestGoingAwayCancelsAtTheTerminal(t *testing.T) {
	c, b := newCounter(t), newBook()
	c.fault.Store(zvtemu.Hold)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := c.payer.Pay(ctx, b.Payment, b.on, func(byte, string) { cancel() }); err != nil {
		t.Fatal(err)
	}
	if b.State != pay.Cancelled || c.terminal.Taken() != 0 {
		t.Errorf("%s after %v, %d cents taken", b.State, b.kinds, c.terminal.Taken())
	}
}

func TestMoneyIsGivenBackOnce(t *testing.T) {
	c, b := newCounter(t), newBook()
	if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ev, err := c.payer.Reverse(t.Context(), b.Payment)
		if err != nil || ev.Kind != pay.Reverse {
			t.Fatalf("%+v, %v", ev, err)
		}
	}
	if c.terminal.Taken() != 0 {
		t.Errorf("%d cents are left", c.terminal.Taken())
	}
	if ev, err := c.payer.Settle(t.Context(), b.Payment); err != nil || ev.Kind != pay.Reverse {
		t.Errorf("asked afterwards: %+v, %v", ev, err)
	}
}

func TestAnOldReceiptNumberReversesNobodyElsesPayment(t *testing.T) {
	c, b := newCounter(t), newBook()
	if err := c.payer.Pay(t.Context(), b.Payment, b.on, silent); err != nil {
		t.Fatal(err)
	}
	old := b.Payment
	e := *b.Evidence
	e.Date, e.Trace = "1122", e.Trace+700
	old.Evidence = &e
	if _, err := c.payer.Reverse(t.Context(), old); !errors.Is(err, visit.ErrKept) {
		t.Errorf("got %v", err)
	}
	if c.terminal.Taken() != fee {
		t.Error("another payment was given back")
	}
}

func TestAddressesAreCheckedAndKeptToThemselves(t *testing.T) {
	now := time.Now
	good := hardware.Addresses{Terminal: "zvt+serial:/dev/ttyUSB0?baud=115200&password=123456", Receipt: "escpos+file:/dev/usb/lp0?columns=42",
		A4: "ipp://localhost:631/printers/a4", Scanner: "scan+serial:/dev/ttyACM0"}
	d, err := hardware.Open(good, now)
	if err != nil || d.Payer == nil || d.Printer == nil || d.Sheets == nil || d.Scanner == nil {
		t.Fatalf("%+v, %v", d, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	d, err = hardware.Open(hardware.Addresses{}, now)
	var desk visit.Desk
	d.Fill(&desk)
	if err != nil || desk.Payer != nil || desk.Printer != nil || desk.Sheets != nil || desk.Scanner != nil {
		t.Errorf("an empty desk has devices: %+v, %v", desk, err)
	}
	for name, a := range map[string]hardware.Addresses{
		"unknown kind":      {Terminal: "fax+tcp://localhost:1?password=654321"},
		"another place":     {Terminal: "escpos+tcp://localhost:9100"},
		"unknown parameter": {Terminal: "zvt+tcp://localhost:1?pasword=654321"},
		"not an address":    {Scanner: "://654321"},
		"not a number":      {Receipt: "escpos+tcp://localhost:9100?columns=many"},
		"not a word":        {Receipt: "escpos+tcp://localhost:9100?qr=maybe"},
	} {
		if _, err := hardware.Open(a, now); !errors.Is(err, hardware.ErrAddress) || strings.Contains(err.Error(), "654321") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
