package zvt_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// settled waits until no more goroutines run than before.
func settled(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// recorded is what a terminal says during a payment, byte by byte.
func recorded(t *testing.T, serial bool) []byte {
	t.Helper()
	terminal, err := zvtemu.New(zvtemu.Opts{Serial: serial})
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := port.Pipe()
	var text bytes.Buffer
	line := port.NewRecorder(ours, &text, "pipe")
	served := make(chan error, 1)
	go func() { served <- terminal.Serve(t.Context(), theirs) }()
	d := zvt.New(line, zvt.Opts{Serial: serial})
	if r, err := d.Pay(t.Context(), 100, zvt.Watch{}); err != nil || !r.Done {
		t.Fatal(err)
	}
	_ = d.Close()
	<-served
	if err := line.Err(); err != nil {
		t.Fatal(err)
	}
	script, err := port.ReadRecording(&text)
	if err != nil {
		t.Fatal(err)
	}
	var heard []byte
	for _, e := range script {
		if !e.Sent {
			heard = append(heard, e.Data...)
		}
	}
	return heard
}

// Wherever the line breaks: the driver says that the end is open, unless it has heard it; and nothing is left behind.
func TestALineThatEndsAtAnyByteLeavesNothingBehind(t *testing.T) {
	for _, serial := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			all := recorded(t, serial)
			for n := range len(all) + 1 {
				ours, theirs := port.Pipe()
				d := zvt.New(ours, zvt.Opts{Serial: serial})
				go func() {
					_, _ = theirs.Write(all[:n])
					_ = theirs.Close()
				}()
				granted := false
				r, err := d.Pay(t.Context(), 100, zvt.Watch{Status: func(s zvt.Status) error { granted = granted || s.Good(); return nil }})
				switch {
				case err == nil && (n < len(all) || !r.Done || !granted):
					t.Errorf("serial %v, cut after byte %d of %d: %+v", serial, n, len(all), r)
				case err != nil && !errors.Is(err, zvt.ErrLine) && !errors.Is(err, zvt.ErrPeer):
					t.Errorf("serial %v, cut after byte %d: %v", serial, n, err)
				}
				_ = d.Close()
			}
		})
	}
}

// watched counts how often a line is read.
type watched struct {
	port.Port
	reads atomic.Int64
}

func (w *watched) Read(b []byte) (int, error) { w.reads.Add(1); return w.Port.Read(b) }

// A terminal that has nothing to do for a week costs nothing.
func TestAnIdleDriverOnlyWaits(t *testing.T) {
	for _, serial := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			terminal, err := zvtemu.New(zvtemu.Opts{Serial: serial})
			if err != nil {
				t.Fatal(err)
			}
			ours, theirs := port.Pipe()
			go func() { _ = terminal.Serve(t.Context(), theirs) }()
			w := &watched{Port: ours}
			d := zvt.New(w, zvt.Opts{Serial: serial})
			defer d.Close()
			if err := d.Register(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			before := w.reads.Load()
			time.Sleep(7 * 24 * time.Hour)
			if n := w.reads.Load() - before; n != 0 {
				t.Errorf("serial %v: the line was read %d times", serial, n)
			}
			if err := d.Enquire(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsNoCardTerminalIsRefusedAndNothingIsLeft(t *testing.T) {
	long := append([]byte{0x04, 0x0F, 0xFF, 0xFF, 0xFF}, make([]byte, zvt.MaxData-1)...) // 65535 bytes are announced, one is missing
	for name, says := range map[string]func(p port.Port, stop <-chan struct{}){
		"a web server": func(p port.Port, _ <-chan struct{}) {
			_, _ = io.WriteString(p, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n")
		},
		"an echo":        func(p port.Port, _ <-chan struct{}) { _, _ = io.Copy(p, p) },
		"a long message": func(p port.Port, _ <-chan struct{}) { _, _ = p.Write(long) },
		"half a frame":   func(p port.Port, _ <-chan struct{}) { _, _ = p.Write([]byte{0x80}) },
		"nothing":        func(port.Port, <-chan struct{}) {},
		"empty lengths":  func(p port.Port, stop <-chan struct{}) { pour(p, stop, func(b []byte) { clear(b) }) },
		"endless noise":  func(p port.Port, stop <-chan struct{}) { noise(p, stop) },
		"an endless stream": func(p port.Port, stop <-chan struct{}) {
			pour(p, stop, func(b []byte) { copy(b, strings.Repeat("\x04\xFF\x01\x0A", len(b)/4)) })
		},
	} {
		for _, serial := range []bool{false, true} {
			t.Run(name+map[bool]string{true: " on a serial line"}[serial], func(t *testing.T) {
				before := runtime.NumGoroutine()
				ours, theirs := port.Pipe()
				stop, stopped := make(chan struct{}), make(chan struct{})
				go func() { defer close(stopped); says(theirs, stop) }()
				d := zvt.New(ours, zvt.Opts{Serial: serial, T2: 100 * time.Millisecond, T3: 300 * time.Millisecond, T4: 300 * time.Millisecond})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				err := d.Register(ctx)
				cancel()
				var no *zvt.Refusal // bare messages have no checksum: noise can spell three bytes that say no
				if !errors.Is(err, zvt.ErrLine) && !errors.Is(err, zvt.ErrPeer) && (serial || !errors.As(err, &no)) {
					t.Errorf("%v", err)
				}
				close(stop)
				_, _ = theirs.Close(), d.Close()
				<-stopped
				settled(t, before)
			})
		}
	}
}

func noise(p port.Port, stop <-chan struct{}) {
	r := rand.New(rand.NewPCG(1, 2))
	pour(p, stop, func(b []byte) {
		for i := range b {
			b[i] = byte(r.Uint32())
		}
	})
}

// pour writes without end.
func pour(p port.Port, stop <-chan struct{}, fill func([]byte)) {
	for b := make([]byte, 512); ; {
		select {
		case <-stop:
			return
		default:
		}
		fill(b)
		if _, err := p.Write(b); err != nil {
			return
		}
	}
}

// A box that turns TCP into a serial line greets first; the terminal behind it is used all the same.
func TestAGreetingBeforeTheFirstMessageIsReadOver(t *testing.T) {
	for _, line := range []string{"pipe", "tcp", "serial"} {
		b := newBench(t, line, zvtemu.Opts{})
		b.set(zvtemu.Banner)
		if r, err := b.registered(zvt.Opts{}).Pay(t.Context(), 100, zvt.Watch{}); err != nil || !r.Done {
			t.Errorf("%s: %+v, %v", line, r, err)
		}
	}
}

// After all that, a new line to a good terminal is as good as the first one.
func TestAfterABadLineAGoodOneIsInServiceAgain(t *testing.T) {
	b := newBench(t, "tcp", zvtemu.Opts{})
	_ = b.registered(zvt.Opts{}).Close()
	b.set(zvtemu.Silence)
	d := b.connect(zvt.Opts{T3: 200 * time.Millisecond})
	if _, err := d.Pay(t.Context(), 100, zvt.Watch{}); !errors.Is(err, zvt.ErrLine) {
		t.Fatalf("%v", err)
	}
	if err := d.Enquire(t.Context()); !errors.Is(err, zvt.ErrLine) {
		t.Errorf("a spent driver: %v", err)
	}
	b.set(zvtemu.None)
	if r, err := b.registered(zvt.Opts{}).Pay(t.Context(), 100, zvt.Watch{}); err != nil || !r.Done {
		t.Errorf("%+v, %v", r, err)
	}
}

// A terminal that is gone right after it took the money answers nobody, on no line, until it is back; then it tells what it took.
func TestATerminalThatWentAwayWithTheMoneyTellsItWhenItIsBack(t *testing.T) {
	b := newBench(t, "tcp", zvtemu.Opts{})
	d := b.registered(zvt.Opts{})
	b.set(zvtemu.GoneAfterGrant)
	if _, err := d.Pay(t.Context(), 100, zvt.Watch{}); !errors.Is(err, zvt.ErrLine) {
		t.Fatalf("the payment: %v", err)
	}
	again := b.connect(zvt.Opts{T3: 200 * time.Millisecond})
	if _, _, err := again.RepeatReceipt(t.Context()); !errors.Is(err, zvt.ErrLine) {
		t.Errorf("gone, and answers: %v", err)
	}
	b.set(zvtemu.None)
	last, _, err := b.registered(zvt.Opts{}).RepeatReceipt(t.Context())
	if err != nil || !last.Good() || last.Amount != 100 {
		t.Errorf("%+v, %v", last, err)
	}
}
