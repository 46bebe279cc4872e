package zvt_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// bench is a terminal that can be connected to again and again.
type bench struct {
	t        *testing.T
	terminal *zvtemu.Terminal
	fault    atomic.Value
	line     string // "pipe", "tcp", "serial"
}

func newBench(t *testing.T, line string, o zvtemu.Opts) *bench {
	t.Helper()
	b := &bench{t: t, line: line}
	b.set(zvtemu.None)
	o.Serial = line == "serial"
	o.Fault = func() zvtemu.Fault { return b.fault.Load().(zvtemu.Fault) }
	var err error
	if b.terminal, err = zvtemu.New(o); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) set(f zvtemu.Fault) { b.fault.Store(f) }

// connect gives a driver on a new line to the terminal.
func (b *bench) connect(o zvt.Opts) *zvt.Dev {
	b.t.Helper()
	ours, theirs := lines(b.t, b.line)
	served := make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer close(served)
		if err := b.terminal.Serve(ctx, theirs); err != nil && !errors.Is(err, zvtemu.ErrBroken) && !errors.Is(err, context.Canceled) {
			b.t.Errorf("terminal: %v", err)
		}
	}()
	o.Serial = b.line == "serial"
	d := zvt.New(ours, o)
	b.t.Cleanup(func() { _ = d.Close(); stop(); <-served })
	return d
}

func (b *bench) registered(o zvt.Opts) *zvt.Dev {
	b.t.Helper()
	d := b.connect(o)
	if err := d.Register(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return d
}

func lines(t *testing.T, kind string) (ours, theirs port.Port) {
	t.Helper()
	switch kind {
	case "pipe":
		return port.Pipe()
	case "tcp":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ours, err := port.Open(t.Context(), &url.URL{Scheme: "tcp", Host: l.Addr().String()})
		if err != nil {
			t.Fatal(err)
		}
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return ours, port.Conn(c)
	}
	theirs, name, err := port.PTY()
	if err != nil {
		t.Fatal(err)
	}
	ours, err = port.Open(t.Context(), &url.URL{Scheme: "serial", Path: name})
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

func everyLine(t *testing.T, f func(t *testing.T, line string)) {
	for _, line := range []string{"pipe", "tcp", "serial"} {
		t.Run(line, func(t *testing.T) { t.Parallel(); f(t, line) })
	}
}

// diary keeps what a Watch was told.
type diary struct {
	mu      sync.Mutex
	good    []zvt.Status
	codes   []byte
	words   []string
	printed []string
}

func (d *diary) watch() zvt.Watch {
	return zvt.Watch{
		Status: func(s zvt.Status) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			if s.Good() {
				d.good = append(d.good, s)
			}
			return nil
		},
		Say: func(code byte, words string) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.codes, d.words = append(d.codes, code), append(d.words, words)
		},
		Print: func(line string) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.printed = append(d.printed, line)
		},
	}
}

func TestAPaymentGoesWellAndTheCitizenGetsTheReceipt(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{Width: 32})
		var log diary
		r, err := d.Pay(t.Context(), 3070, log.watch())
		if err != nil || !r.Done || r.Status == nil || !r.Status.Good() {
			t.Fatalf("%+v, %v", r, err)
		}
		if s := *r.Status; s.Amount != 3070 || s.Trace != 1 || s.Receipt != 1 || s.TerminalID != "65000028" || len(s.Date) != 4 || len(s.Time) != 6 || s.CardName != "girocard" {
			t.Errorf("%+v", s)
		}
		if len(log.good) != 1 {
			t.Errorf("told of %d grants", len(log.good))
		}
		if len(log.words) < 2 || log.words[0] != "Karte einstecken" || log.words[1] != "Bitte warten" {
			t.Errorf("the citizen reads %q", log.words)
		}
		customer := strings.Join(r.Customer, "\n")
		if !strings.Contains(customer, "Kundenbeleg") || !strings.Contains(customer, "EUR 30,70") || strings.Contains(customer, "Händler") {
			t.Errorf("customer's receipt:\n%s", customer)
		}
		if !strings.Contains(strings.Join(r.Merchant, "\n"), "Händlerbeleg") {
			t.Errorf("merchant's receipt: %q", r.Merchant)
		}
		if len(log.printed) != len(r.Customer)+len(r.Merchant) {
			t.Errorf("%d lines printed", len(log.printed))
		}
		if b.terminal.Taken() != 3070 {
			t.Errorf("the terminal took %d", b.terminal.Taken())
		}
		if got := d.Info().TerminalID; got != "65000028" {
			t.Errorf("terminal id %q", got)
		}
		if err := errors.Join(d.Enquire(t.Context()), d.LogOff(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// Whatever goes wrong: when the driver says that a payment ended, it is so; when it cannot know, it says so, and the terminal's last
// transaction then tells whether the money was taken. An earlier payment of the same amount must not be taken for this one.
func TestEveryFaultLeavesTheTruthToBeFound(t *testing.T) {
	type want struct {
		done, refused, unclear bool
		code                   zvt.Code
		taken                  int64 // of this payment
		granted                int   // how often the till was told of success
		lines                  string
	}
	all := map[zvtemu.Fault]want{
		zvtemu.None:              {done: true, taken: 1000, granted: 1},
		zvtemu.Decline:           {code: 0x05},
		zvtemu.CancelKey:         {code: 0x6C},
		zvtemu.BreakBeforeStatus: {unclear: true},
		zvtemu.BreakAfterStatus:  {unclear: true, granted: 1},
		zvtemu.BreakInPrint:      {unclear: true, granted: 1},
		zvtemu.BreakAfterGrant:   {unclear: true, granted: 1, taken: 1000},
		zvtemu.GoneAfterGrant:    {unclear: true, granted: 1, taken: 1000},
		zvtemu.Busy:              {refused: true, code: 0xA0},
		zvtemu.Silence:           {unclear: true},
		zvtemu.Slow:              {done: true, taken: 1000, granted: 1},
		zvtemu.NoStatus:          {done: true},
		zvtemu.BadStatus:         {code: 0x6C},
		zvtemu.Lines:             {done: true, taken: 1000, granted: 1},
		zvtemu.UnknownField:      {done: true, taken: 1000, granted: 1}, // what stands before it is enough
		zvtemu.UnknownFirst:      {code: 0x6C},                          // nobody can write down what nobody can read
		zvtemu.BadPrint:          {code: 0x6C, granted: 1},
		zvtemu.LastOnly:          {done: true, taken: 1000, granted: 1},
		zvtemu.RepeatQuiet:       {done: true, taken: 1000, granted: 1},
		zvtemu.RepeatPrints:      {done: true, taken: 1000, granted: 1},
		zvtemu.DayDue:            {code: zvt.CodeDayOpen},
		zvtemu.Update:            {done: true, taken: 1000, granted: 1},
		zvtemu.Meager:            {done: true, taken: 1000, granted: 1},
		zvtemu.Crumbs:            {done: true, taken: 1000, granted: 1},
		zvtemu.Lumps:             {done: true, taken: 1000, granted: 1},
		zvtemu.Deaf:              {done: true, taken: 1000, granted: 1, lines: "serial"},
		zvtemu.Noise:             {done: true, taken: 1000, granted: 1, lines: "serial"},
	}
	elsewhere := map[zvtemu.Fault]bool{zvtemu.Hold: true, zvtemu.Stubborn: true, zvtemu.AbortEarly: true, zvtemu.AbortUnheard: true, zvtemu.Banner: true}
	for _, f := range zvtemu.Faults() {
		if _, ok := all[f]; !ok && !elsewhere[f] { // these want an abort or a new line: see below
			t.Errorf("fault %q is not tried", f)
		}
	}
	for fault, w := range all {
		t.Run("fault "+string(fault), func(t *testing.T) {
			everyLine(t, func(t *testing.T, line string) {
				if w.lines != "" && w.lines != line {
					t.Skip("a fault of serial lines")
				}
				b := newBench(t, line, zvtemu.Opts{Patience: time.Minute})
				o := zvt.Opts{T1: 5 * time.Second, T3: time.Minute} // a machine that has much to do is no fault
				d := b.registered(o)
				if r, err := d.Pay(t.Context(), 1000, zvt.Watch{}); err != nil || !r.Done {
					t.Fatalf("the earlier payment: %+v, %v", r, err)
				}
				before, _, err := d.RepeatReceipt(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				switch fault { // these end a wait
				case zvtemu.Silence:
					d = b.connect(zvt.Opts{T3: 300 * time.Millisecond})
				case zvtemu.Deaf:
					d = b.connect(zvt.Opts{T1: 5 * time.Second, T2: time.Second})
				}
				b.set(fault)
				var log diary
				r, err := d.Pay(t.Context(), 1000, log.watch())
				b.set(zvtemu.None)
				if unclear := errors.Is(err, zvt.ErrLine); unclear != w.unclear || (err != nil && !unclear) {
					t.Fatalf("%+v, %v", r, err)
				}
				if r.Done != w.done || r.Refused != w.refused || (!w.unclear && r.Code != w.code) {
					t.Errorf("%+v, want %+v", r, w)
				}
				if len(log.good) != w.granted {
					t.Errorf("told of %d grants, want %d", len(log.good), w.granted)
				}
				if w.done && w.granted > 0 && (len(r.Customer) == 0 || len(r.Merchant) == 0) {
					t.Error("a receipt is missing")
				}
				if fault == zvtemu.NoStatus && r.Status != nil {
					t.Error("a status was made up")
				}
				if err != nil {
					d = b.registered(o)
				}
				last, _, err := d.RepeatReceipt(t.Context())
				if err != nil {
					t.Fatalf("repeat receipt: %v", err)
				}
				same := last.Trace == before.Trace && last.Receipt == before.Receipt && last.Time == before.Time && last.Date == before.Date
				if taken := b.terminal.Taken() - 1000; taken != w.taken || same != (w.taken == 0) || !last.Good() || last.Amount != 1000 {
					t.Errorf("taken %d, want %d; last %+v", taken, w.taken, last)
				}
			})
		})
	}
}

func TestTheCitizenEndsThePayment(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{})
		b.set(zvtemu.Hold)
		ctx, cancel := context.WithCancel(t.Context())
		r, err := d.Pay(ctx, 1000, zvt.Watch{Say: func(byte, string) { cancel() }})
		if err != nil || r.Done || r.Code != zvt.CodeAborted {
			t.Fatalf("%+v, %v", r, err)
		}
		if b.terminal.Taken() != 0 {
			t.Error("money was taken")
		}
		b.set(zvtemu.None)
		if r, err := d.Pay(t.Context(), 1000, zvt.Watch{}); err != nil || !r.Done {
			t.Fatalf("the next payment: %+v, %v", r, err)
		}
	})
}

// Somebody looks for her card for as long as she needs.
func TestAPaymentGoesOnWhenTheCardIsThere(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{})
		b.set(zvtemu.Hold)
		r, err := d.Pay(t.Context(), 1000, zvt.Watch{Say: func(state byte, _ string) {
			if b.terminal.Taken() != 0 {
				t.Error("money was taken before the card was there")
			}
			b.set(zvtemu.None)
		}})
		if err != nil || !r.Done || b.terminal.Taken() != 1000 {
			t.Fatalf("%+v, %v; taken %d", r, err, b.terminal.Taken())
		}
	})
}

// A terminal honours an abort in some states only, or does not even answer it. Whatever it does, the till hears how the payment ended.
func TestATerminalThatDoesNotAbortIsHeardToItsEnd(t *testing.T) {
	for fault, begun := range map[zvtemu.Fault]byte{zvtemu.Stubborn: 0x0A, zvtemu.AbortEarly: 0x17, zvtemu.AbortUnheard: 0x0A} { // begun: when the citizen wants out
		t.Run(string(fault), func(t *testing.T) {
			everyLine(t, func(t *testing.T, line string) {
				b := newBench(t, line, zvtemu.Opts{Step: 150 * time.Millisecond})
				o := zvt.Opts{AbortAgain: 50 * time.Millisecond}
				if fault == zvtemu.Stubborn { // it would honour the second one
					o = zvt.Opts{}
				}
				d := b.registered(o)
				b.set(fault)
				ctx, cancel := context.WithCancel(t.Context())
				var log diary
				w := log.watch()
				w.Say = func(code byte, _ string) {
					if code == begun {
						cancel()
					}
				}
				r, err := d.Pay(ctx, 1000, w)
				if err != nil || !r.Done || len(log.good) != 1 || b.terminal.Taken() != 1000 {
					t.Fatalf("%+v, %v; taken %d", r, err, b.terminal.Taken())
				}
				b.set(zvtemu.None)
				last, _, err := d.RepeatReceipt(t.Context())
				if errors.Is(err, zvt.ErrLine) { // an abort was never answered: what comes next could be its answer
					last, _, err = b.registered(zvt.Opts{}).RepeatReceipt(t.Context())
				}
				if err != nil || last.Amount != 1000 {
					t.Errorf("afterwards: %+v, %v", last, err)
				}
			})
		})
	}
}

func TestAnAbortBeforeTheCardEndsThePayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "pipe", zvtemu.Opts{Step: time.Second})
		d := b.registered(zvt.Opts{})
		b.set(zvtemu.AbortEarly)
		ctx, cancel := context.WithCancel(t.Context())
		r, err := d.Pay(ctx, 1000, zvt.Watch{Say: func(byte, string) { cancel() }})
		if err != nil || r.Done || r.Code != zvt.CodeAborted || b.terminal.Taken() != 0 {
			t.Fatalf("%+v, %v; taken %d", r, err, b.terminal.Taken())
		}
	})
}

func TestMoneyThatCannotBeWrittenDownIsNotTaken(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{})
		full := errors.New("disk full")
		r, err := d.Pay(t.Context(), 1000, zvt.Watch{Status: func(s zvt.Status) error {
			if s.Good() && b.terminal.Taken() != 0 {
				t.Error("stored before it was answered")
			}
			return full
		}})
		if !errors.Is(err, full) || r.Done || r.Code != zvt.CodeAborted {
			t.Fatalf("%+v, %v", r, err)
		}
		if b.terminal.Taken() != 0 {
			t.Errorf("the terminal kept %d", b.terminal.Taken())
		}
		if log := b.terminal.Journal(); len(log) != 1 || log[0].Kind != zvtemu.AutoReversed {
			t.Errorf("%+v", log)
		}
	})
}

func TestMoneyIsGivenBackOnce(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{})
		paid, err := d.Pay(t.Context(), 2500, zvt.Watch{})
		if err != nil || !paid.Done {
			t.Fatal(err)
		}
		back, err := d.Reverse(t.Context(), paid.Status.Receipt)
		if err != nil || !back.Done || back.Status.OriginalTrace != paid.Status.Trace || b.terminal.Taken() != 0 {
			t.Fatalf("%+v, %v; taken %d", back, err, b.terminal.Taken())
		}
		if again, err := d.Reverse(t.Context(), paid.Status.Receipt); err != nil || again.Done || again.Code != 0xB4 {
			t.Errorf("twice: %+v, %v", again, err)
		}
		if none, err := d.Reverse(t.Context(), 4711); err != nil || none.Done || none.Code != 0xB5 {
			t.Errorf("an unknown receipt: %+v, %v", none, err)
		}
		last, _, err := d.RepeatReceipt(t.Context())
		if err != nil || last.OriginalTrace != paid.Status.Trace {
			t.Errorf("the last transaction is the reversal: %+v, %v", last, err)
		}
		if day, err := d.EndOfDay(t.Context()); err != nil || !day.Done {
			t.Errorf("end of day: %+v, %v", day, err)
		}
	})
}

func TestATerminalWithoutAPaymentSaysSo(t *testing.T) {
	d := newBench(t, "pipe", zvtemu.Opts{}).registered(zvt.Opts{})
	var no *zvt.Refusal
	if _, _, err := d.RepeatReceipt(t.Context()); !errors.As(err, &no) {
		t.Fatalf("%v, want a refusal", err)
	}
	if !strings.Contains(no.Error(), "function not possible") {
		t.Error(no)
	}
}

func TestTheTerminalRemembersAcrossRestarts(t *testing.T) {
	journal := t.TempDir() + "/journal.jsonl"
	first := newBench(t, "pipe", zvtemu.Opts{Journal: journal})
	if r, err := first.registered(zvt.Opts{}).Pay(t.Context(), 700, zvt.Watch{}); err != nil || !r.Done {
		t.Fatalf("%+v, %v", r, err)
	}
	second := newBench(t, "pipe", zvtemu.Opts{Journal: journal})
	last, _, err := second.registered(zvt.Opts{}).RepeatReceipt(t.Context())
	if err != nil || last.Amount != 700 || last.Trace != 1 {
		t.Fatalf("%+v, %v", last, err)
	}
}

func TestOnePaymentAtATime(t *testing.T) {
	b := newBench(t, "pipe", zvtemu.Opts{})
	d := b.registered(zvt.Opts{})
	b.set(zvtemu.Hold)
	ctx, cancel := context.WithCancel(t.Context())
	running, ended := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		_, err := d.Pay(ctx, 1, zvt.Watch{Say: func(byte, string) { once.Do(func() { close(running) }) }})
		ended <- err
	}()
	<-running
	if _, err := d.Pay(t.Context(), 1, zvt.Watch{}); !errors.Is(err, zvt.ErrBusy) {
		t.Errorf("a second payment: %v", err)
	}
	if _, _, err := d.RepeatReceipt(t.Context()); !errors.Is(err, zvt.ErrBusy) {
		t.Errorf("repeat receipt meanwhile: %v", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAmountsThatNoTerminalTakes(t *testing.T) {
	d := newBench(t, "pipe", zvtemu.Opts{}).connect(zvt.Opts{})
	for _, cents := range []int64{0, -1, 1_000_000_000_000} {
		if _, err := d.Pay(t.Context(), cents, zvt.Watch{}); !errors.Is(err, zvt.ErrAmount) {
			t.Errorf("%d: %v", cents, err)
		}
	}
}

func TestAPaymentThatIsCancelledBeforeItBeginsIsNotAskedFor(t *testing.T) {
	b := newBench(t, "pipe", zvtemu.Opts{})
	d := b.registered(zvt.Opts{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Pay(ctx, 1, zvt.Watch{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if len(b.terminal.Journal()) != 0 {
		t.Error("the terminal was asked")
	}
}
