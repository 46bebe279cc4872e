package zvt_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// The waits are those of P016 3.4, 3.5, 5.2.5 and 5.2.6, to the millisecond, on a clock that nobody has to wait for.

// after tells how long f takes.
func after(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

func frame(c zvt.Command, data ...byte) []byte {
	return zvt.AppendFrame(nil, zvt.APDU{Command: c, Data: data})
}

// asked begins a status enquiry and gives where its end will be told.
func asked(t *testing.T, d *zvt.Dev) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- d.Enquire(t.Context()) }()
	return ended
}

var enquiry = []byte{0, 0, 0, 0x03, 0x03}

func TestT1AFrameThatStopsInTheMiddleIsAskedForAgainAfter200Milliseconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := play(t, zvt.Opts{Serial: true})
		p.says(0x10, 0x02)
		for range 3 { // each pause is still allowed
			time.Sleep(199 * time.Millisecond)
			p.says(0x80)
		}
		if took := after(func() { p.hears([]byte{zvt.NAK}) }); took != 200*time.Millisecond {
			t.Errorf("NAK after %v", took)
		}
		p.says(0xFF, 0x55) // noise between messages is nobody's
		time.Sleep(time.Minute)
		ended := make(chan error, 1)
		go func() { ended <- d.LogOff(t.Context()) }()
		p.hears(frame(zvt.LogOff))
		p.says(zvt.ACK)
		p.says(frame(zvt.Acknowledge)...)
		p.hears([]byte{zvt.ACK})
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
}

func TestT2AFrameIsRepeatedTwiceAndThenTheLineIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := play(t, zvt.Opts{Serial: true})
		ended := asked(t, d)
		want := frame(zvt.Enquire, enquiry...)
		p.hears(want)
		p.says(zvt.NAK)
		if took := after(func() { p.hears(want) }); took != 0 {
			t.Errorf("repeated %v after NAK", took)
		}
		if took := after(func() { p.hears(want) }); took != 5*time.Second {
			t.Errorf("repeated %v after silence", took)
		}
		took := after(func() {
			if err := <-ended; !errors.Is(err, zvt.ErrLine) {
				t.Errorf("%v, want ErrLine", err)
			}
		})
		if took != 5*time.Second {
			t.Errorf("given up %v after the second repeat", took)
		}
		if n, err := p.p.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("more was sent: %d, %v", n, err)
		}
	})
}

func TestT2ATerminalThatAnswersWithoutACKIsNotAskedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := play(t, zvt.Opts{Serial: true})
		ended := make(chan zvt.Result, 1)
		go func() { r, _ := d.Pay(t.Context(), 1, zvt.Watch{}); ended <- r }()
		p.hears(frame(zvt.Authorise, 0x04, 0, 0, 0, 0, 0, 1, 0x49, 0x09, 0x78))
		p.says(frame(zvt.Refuse(0xA0))...) // its ACK got lost
		p.hears([]byte{zvt.ACK})
		if r := <-ended; !r.Refused || r.Code != 0xA0 {
			t.Fatalf("%+v", r)
		}
	})
}

func TestT2ARepeatedFrameIsAcknowledgedAndMeansNothingNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := play(t, zvt.Opts{Serial: true})
		ended := make(chan zvt.Result, 1)
		grants := 0
		go func() {
			r, _ := d.Pay(t.Context(), 1, zvt.Watch{Status: func(zvt.Status) error { grants++; return nil }})
			ended <- r
		}()
		p.hears(frame(zvt.Authorise, 0x04, 0, 0, 0, 0, 0, 1, 0x49, 0x09, 0x78))
		p.says(zvt.ACK)
		p.says(frame(zvt.Acknowledge)...)
		p.hears([]byte{zvt.ACK})
		p.says(frame(zvt.StatusInfo, 0x27, 0x00)...)
		p.hears([]byte{zvt.ACK})
		p.hears(frame(zvt.Acknowledge))
		for range 2 { // our ACK got lost
			p.says(frame(zvt.StatusInfo, 0x27, 0x00)...)
			p.hears([]byte{zvt.ACK})
		}
		p.says(zvt.ACK)
		p.says(frame(zvt.Completion)...)
		p.hears([]byte{zvt.ACK})
		p.hears(frame(zvt.Acknowledge))
		p.says(zvt.ACK)
		if r := <-ended; !r.Done || grants != 1 {
			t.Errorf("%+v after %d grants", r, grants)
		}
	})
}

func TestT3AnAnswerMayTakeFiveSeconds(t *testing.T) {
	for name, said := range map[string][]byte{"nothing": nil, "half an answer": {0x80, 0x00}, "the beginning of a long message": {0x04, 0x0F, 0xFF, 0xFF, 0xFF, 0x27}} {
		synctest.Test(t, func(t *testing.T) {
			d, p := play(t, zvt.Opts{})
			p.says(said...)
			took := after(func() {
				if err := <-asked(t, d); !errors.Is(err, zvt.ErrLine) {
					t.Errorf("%s: %v, want ErrLine", name, err)
				}
			})
			if took != 5*time.Second {
				t.Errorf("%s: given up after %v", name, took)
			}
			p.hears(bare(zvt.Enquire, enquiry...))
			if n, err := p.p.Read(make([]byte, 1)); n != 0 || err != io.EOF { // P016 5.2.5 a
				t.Errorf("%s: the line still stands: %d, %v", name, n, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		d, p := play(t, zvt.Opts{})
		ended := asked(t, d)
		p.hears(bare(zvt.Enquire, enquiry...))
		time.Sleep(4999 * time.Millisecond)
		p.says(bare(zvt.Acknowledge)...)
		p.says(bare(zvt.Completion, 0)...)
		p.hears(bare(zvt.Acknowledge))
		if err := <-ended; err != nil {
			t.Errorf("a slow answer: %v", err)
		}
		// P016 5.2.5 b: pieces of a message that come too slowly
		ended = asked(t, d)
		p.hears(bare(zvt.Enquire, enquiry...))
		p.says(bare(zvt.Acknowledge)...)
		p.says(0x06, 0x0F)
		if took := after(func() { <-ended }); took != 5*time.Second {
			t.Errorf("half a message is waited for %v", took)
		}
	})
}

// paying begins a payment that the terminal has taken on.
func paying(t *testing.T, ctx context.Context, o zvt.Opts, w zvt.Watch) (peer, <-chan outcome) {
	t.Helper()
	d, p := play(t, o)
	ended := make(chan outcome, 1)
	go func() { r, err := d.Pay(ctx, 1, w); ended <- outcome{r, err} }()
	p.hears(bare(zvt.Authorise, 0x04, 0, 0, 0, 0, 0, 1, 0x49, 0x09, 0x78))
	p.says(bare(zvt.Acknowledge)...)
	return p, ended
}

type outcome struct {
	r   zvt.Result
	err error
}

func TestT4ATerminalMayWorkFor180SecondsAndLongerIfItSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, ended := paying(t, t.Context(), zvt.Opts{}, zvt.Watch{})
		for _, said := range [][]byte{bare(zvt.Intermediate, 0x0A), bare(zvt.StatusInfo, 0x27, 0x05), bare(zvt.Intermediate, 0x17)} {
			time.Sleep(179 * time.Second)
			p.says(said...) // and the wait begins anew
			p.hears(bare(zvt.Acknowledge))
		}
		p.says(bare(zvt.Intermediate, 0x0E, 0x15)...) // 15 minutes from now on: P015 3.7
		p.hears(bare(zvt.Acknowledge))
		time.Sleep(14 * time.Minute)
		p.says(bare(zvt.Intermediate, 0x0E)...)
		p.hears(bare(zvt.Acknowledge))
		took := after(func() {
			if e := <-ended; !errors.Is(e.err, zvt.ErrLine) || e.r.Done {
				t.Errorf("%+v, want ErrLine", e)
			}
		})
		if took != 15*time.Minute {
			t.Errorf("given up after %v", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		_, ended := paying(t, t.Context(), zvt.Opts{}, zvt.Watch{})
		if took := after(func() { <-ended }); took != 180*time.Second {
			t.Errorf("silence from the beginning is given up after %v", took)
		}
	})
}

func TestASlowTerminalKeepsTheDriverWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "pipe", zvtemu.Opts{Step: 2 * time.Minute, Patience: time.Minute})
		b.set(zvtemu.Slow)
		d := b.registered(zvt.Opts{})
		took := after(func() { // the payment takes longer than T4, its pauses do not
			if r, err := d.Pay(t.Context(), 1, zvt.Watch{}); err != nil || !r.Done {
				t.Fatalf("%+v, %v", r, err)
			}
		})
		if took < 10*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

// In whatever state the citizen wants out: the terminal is asked to abort until it ends, and never once it has said yes.
func TestAnAbortInEveryState(t *testing.T) {
	for name, said := range map[string][]byte{"before anything was said": nil, "while it waits for a card": bare(zvt.Intermediate, 0x0A), "while it asks the bank": bare(zvt.Intermediate, 0x04),
		"while a failed payment is told": bare(zvt.StatusInfo, 0x27, 0x05), "while a line is printed": bare(zvt.PrintLine, 0x00, 'A')} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			p, ended := paying(t, ctx, zvt.Opts{}, zvt.Watch{})
			if said != nil {
				p.says(said...)
				p.hears(bare(zvt.Acknowledge))
			}
			cancel()
			p.hears(bare(zvt.Abort))
			p.says(bare(zvt.Refuse(0x83))...) // not now
			if took := after(func() { p.hears(bare(zvt.Abort)) }); took != 10*time.Second {
				t.Errorf("%s: asked again after %v", name, took)
			}
			p.says(bare(zvt.Acknowledge)...)
			p.says(bare(zvt.Aborted, byte(zvt.CodeAborted))...)
			p.hears(bare(zvt.Acknowledge))
			if e := <-ended; e.err != nil || e.r.Done || e.r.Code != zvt.CodeAborted {
				t.Errorf("%s: %+v", name, e)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p, ended := paying(t, ctx, zvt.Opts{}, zvt.Watch{Status: func(zvt.Status) error { cancel(); return nil }})
		p.says(bare(zvt.StatusInfo, 0x27, 0x00)...)
		p.hears(bare(zvt.Acknowledge)) // and no abort
		time.Sleep(time.Minute)
		p.says(bare(zvt.Completion)...)
		p.hears(bare(zvt.Acknowledge))
		if e := <-ended; e.err != nil || !e.r.Done {
			t.Errorf("after the grant: %+v", e)
		}
	})
	synctest.Test(t, func(t *testing.T) { // before the terminal answered: it may have begun
		d, p := play(t, zvt.Opts{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan outcome, 1)
		go func() { r, err := d.Pay(ctx, 1, zvt.Watch{}); ended <- outcome{r, err} }()
		p.hears(bare(zvt.Authorise, 0x04, 0, 0, 0, 0, 0, 1, 0x49, 0x09, 0x78))
		cancel()
		time.Sleep(3 * time.Second)
		p.says(bare(zvt.Acknowledge)...)
		p.hears(bare(zvt.Abort))
		p.says(bare(zvt.Acknowledge)...)
		p.says(bare(zvt.Aborted, byte(zvt.CodeAborted))...)
		p.hears(bare(zvt.Acknowledge))
		if e := <-ended; e.err != nil || e.r.Code != zvt.CodeAborted {
			t.Errorf("before its answer: %+v", e)
		}
	})
}

// The end of a context ends every call: at once where nothing can be lost, and where the terminal works or money may move when it has had its time.
func TestTheEndOfAContextEndsEveryCall(t *testing.T) {
	day := 3*time.Minute + 10*time.Second
	for name, c := range map[string]struct {
		give func(ctx context.Context, d *zvt.Dev) error
		most time.Duration // after the end of ctx, with a terminal that took the order on and says nothing more
	}{
		"register": {func(ctx context.Context, d *zvt.Dev) error { return d.Register(ctx) }, 0},
		"enquire":  {func(ctx context.Context, d *zvt.Dev) error { return d.Enquire(ctx) }, 0},
		"state":    {func(ctx context.Context, d *zvt.Dev) error { _, err := d.State(ctx, zvt.Watch{}); return err }, 0},
		"set time": {func(ctx context.Context, d *zvt.Dev) error { return d.SetTime(ctx, time.Now()) }, 0},
		"repeat":   {func(ctx context.Context, d *zvt.Dev) error { _, _, err := d.RepeatReceipt(ctx); return err }, 0},
		"open":     {func(ctx context.Context, d *zvt.Dev) error { _, err := d.OpenReservations(ctx); return err }, 0},
		"totals":   {func(ctx context.Context, d *zvt.Dev) error { _, err := d.Totals(ctx); return err }, 5 * time.Second},
		"diagnose": {func(ctx context.Context, d *zvt.Dev) error {
			_, err := d.Diagnose(ctx, zvt.AnyDiagnosis, zvt.Watch{})
			return err
		}, 5 * time.Second},
		"initialise": {func(ctx context.Context, d *zvt.Dev) error { _, err := d.Initialise(ctx, zvt.Watch{}); return err }, 5 * time.Second},
		"self test":  {func(ctx context.Context, d *zvt.Dev) error { _, err := d.SelfTest(ctx, zvt.Watch{}); return err }, 5 * time.Second},
		"configuration": {func(ctx context.Context, d *zvt.Dev) error {
			_, err := d.PrintConfiguration(ctx, zvt.Watch{})
			return err
		}, 5 * time.Second},
		"read card": {func(ctx context.Context, d *zvt.Dev) error {
			_, err := d.ReadCard(ctx, zvt.CardRequest{}, zvt.Watch{})
			return err
		}, 5 * time.Second},
		"end of day": {func(ctx context.Context, d *zvt.Dev) error { _, err := d.EndOfDay(ctx); return err }, day},
		"pay":        {func(ctx context.Context, d *zvt.Dev) error { _, err := d.Pay(ctx, 1, zvt.Watch{}); return err }, day},
		"reverse":    {func(ctx context.Context, d *zvt.Dev) error { _, err := d.Reverse(ctx, 1); return err }, day},
		"refund":     {func(ctx context.Context, d *zvt.Dev) error { _, err := d.Refund(ctx, 1, zvt.Watch{}); return err }, day},
		"reserve":    {func(ctx context.Context, d *zvt.Dev) error { _, err := d.Reserve(ctx, 1, zvt.Watch{}); return err }, day},
		"book": {func(ctx context.Context, d *zvt.Dev) error {
			_, err := d.BookTotal(ctx, zvt.Reservation{Receipt: 1}, 1, zvt.Watch{})
			return err
		}, day},
	} {
		for _, serial := range []bool{false, true} {
			for _, begun := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					d, p := play(t, zvt.Opts{Serial: serial})
					ctx, cancel := context.WithCancel(t.Context())
					ended := make(chan error, 1)
					go func() { ended <- c.give(ctx, d) }()
					synctest.Wait()
					switch {
					case begun && serial:
						p.says(zvt.ACK)
						p.says(frame(zvt.Acknowledge)...)
					case begun:
						p.says(bare(zvt.Acknowledge)...)
					}
					synctest.Wait()
					cancel()
					took := after(func() {
						if err := <-ended; !errors.Is(err, zvt.ErrLine) {
							t.Errorf("%s, serial %v, begun %v: %v", name, serial, begun, err)
						}
					})
					most := c.most
					if serial && most > 0 {
						most += 15 * time.Second // the abort's frame and its repeats
					}
					if took > most {
						t.Errorf("%s, serial %v, begun %v: it took %v", name, serial, begun, took)
					}
				})
			}
		}
	}
}
