package rfid_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid/rfidemu"
)

// card is a library card as both readers know it, and other another one.
var (
	card  = rfid.Tag{ID: []byte{0x62, 0xE3, 0x08, 0x6C, 0xED}, Bits: 40, Kind: rfid.EM4102}
	other = rfid.Tag{ID: []byte{0x45, 0x00, 0xB8, 0xD6, 0xA2}, Bits: 40, Kind: rfid.EM4102}
)

// timed runs a test in a time of its own: nothing in it depends on how busy the machine is.
func timed(t *testing.T, test func(*testing.T)) { t.Helper(); synctest.Test(t, test) }

// desk has a reader that is served, its driver, and a fault that can be switched.
func desk(t testing.TB, o rfid.Opts, e rfidemu.Opts) (*rfid.Dev, *rfidemu.Reader, func(rfidemu.Fault)) {
	t.Helper()
	var fault atomic.Value
	fault.Store(rfidemu.None)
	e.Fault = func() rfidemu.Fault { return fault.Load().(rfidemu.Fault) }
	e.Model, e.CRC = o.Model, o.CRC
	if o.Answer == 0 {
		o.Answer = 100 * time.Millisecond
	}
	if o.Gone == 0 {
		o.Gone = 60 * time.Millisecond
	}
	o.Every = 5 * time.Millisecond
	here, there := port.Pipe()
	reader := rfidemu.New(e)
	served := make(chan error, 1)
	go func() { served <- reader.Serve(t.Context(), there) }()
	dev := rfid.New(here, o)
	t.Cleanup(func() {
		dev.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return dev, reader, func(f rfidemu.Fault) { fault.Store(f) }
}

// read waits for a tag and takes it for an error when none comes for long.
func read(t testing.TB, dev *rfid.Dev) (rfid.Tag, error) {
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	return dev.Read(ctx)
}

// offer holds a tag there again and again, as people do to whom nothing happens, until the driver gives one.
func offer(t testing.TB, dev *rfid.Dev, reader *rfidemu.Reader, tag rfid.Tag) (rfid.Tag, error) {
	t.Helper()
	type result struct {
		tag rfid.Tag
		err error
	}
	got := make(chan result, 1)
	go func() { tag, err := read(t, dev); got <- result{tag, err} }()
	for {
		reader.Hold(tag)
		select {
		case r := <-got:
			reader.Take()
			return r.tag, r.err
		case <-time.After(150 * time.Millisecond):
		}
		reader.Take()
		time.Sleep(80 * time.Millisecond) // longer than Gone
	}
}

// kinds are the readers that are met.
var kinds = map[string]rfid.Opts{
	"ID-12LA":             {},
	"TWN4":                {Model: rfid.TWN4},
	"TWN4 with checksums": {Model: rfid.TWN4, CRC: true},
}

func TestATagThatIsHeldThereIsRead(t *testing.T) {
	for name, o := range kinds {
		t.Run(name, func(t *testing.T) {
			timed(t, func(t *testing.T) {
				dev, reader, _ := desk(t, o, rfidemu.Opts{})
				for _, want := range []rfid.Tag{card, other, card} {
					if got, err := offer(t, dev, reader, want); err != nil || got.Hex() != want.Hex() || got.Kind != want.Kind || got.Bits != want.Bits {
						t.Errorf("read %s, %v, want %s", got.Hex(), err, want.Hex())
					}
				}
			})
		})
	}
}

// Somebody leaves a tag on the reader and goes. The next visitor must not be taken for its owner.
func TestATagThatStaysThereIsNotReadTwice(t *testing.T) {
	for name, c := range map[string]struct {
		o rfid.Opts
		e rfidemu.Opts
	}{
		"RDM6300, which says it again and again": {rfid.Opts{}, rfidemu.Opts{Bare: true, Repeat: 30 * time.Millisecond}},
		"TWN4":                                   {rfid.Opts{Model: rfid.TWN4}, rfidemu.Opts{}},
	} {
		t.Run(name, func(t *testing.T) {
			timed(t, func(t *testing.T) {
				dev, reader, _ := desk(t, c.o, c.e)
				reader.Hold(card)
				if name == "TWN4" {
					if got, err := read(t, dev); err != nil || got.Hex() != card.Hex() {
						t.Fatal(got.Hex(), err)
					}
				} else {
					time.Sleep(100 * time.Millisecond) // nobody reads meanwhile
				}
				ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer stop()
				if got, err := dev.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("read %s, %v though it was there before", got.Hex(), err)
				}
				if got, err := offer(t, dev, reader, other); err != nil || got.Hex() != other.Hex() {
					t.Errorf("then read %s, %v", got.Hex(), err)
				}
			})
		})
	}
}

func TestTheReaderSaysWhatItIsAndShinesAndBeeps(t *testing.T) {
	timed(t, func(t *testing.T) {
		for _, crc := range []bool{false, true} {
			dev, reader, _ := desk(t, rfid.Opts{Model: rfid.TWN4, CRC: crc}, rfidemu.Opts{})
			if v, err := dev.Version(t.Context()); err != nil || v != "TWN4/B1.06/CCF4.51/PRS1.04" {
				t.Errorf("version %q, %v", v, err)
			}
			err := errors.Join(dev.Shine(t.Context(), rfid.Green|rfid.Red, true), dev.Shine(t.Context(), rfid.Red, false), dev.Beep(t.Context(), 2400, 60*time.Millisecond))
			if s := reader.State(); err != nil || s.Lights != byte(rfid.Green) || s.Beeps != 1 {
				t.Errorf("%+v, %v", s, err)
			}
			if err := dev.Beep(t.Context(), 20, time.Second); err == nil {
				t.Error("beeps at 20 Hz")
			}
		}
		dev, _, _ := desk(t, rfid.Opts{}, rfidemu.Opts{})
		_, err := dev.Version(t.Context())
		for _, err := range []error{err, dev.Beep(t.Context(), 1000, time.Second), dev.Shine(t.Context(), rfid.Red, true)} {
			if !errors.Is(err, rfid.ErrUnknown) {
				t.Error("an ID-12LA is told nothing:", err)
			}
		}
	})
}

func TestEveryFaultOfTheReaderLeavesTheTerminalUsable(t *testing.T) {
	for name, o := range kinds {
		for _, f := range rfidemu.Faults() {
			if f == rfidemu.Checksum && o.Model == rfid.TWN4 && !o.CRC {
				continue // without checksums nobody can know
			}
			t.Run(name+"/"+string(f), func(t *testing.T) {
				timed(t, func(t *testing.T) { // which also waits for every goroutine
					dev, reader, fault := desk(t, o, rfidemu.Opts{})
					fault(f)
					reader.Hold(card)
					ctx, stop := context.WithTimeout(t.Context(), 400*time.Millisecond)
					defer stop()
					got, err := dev.Read(ctx)
					whole := f == rfidemu.Crumbs || f == rfidemu.Noise || f == rfidemu.Late || o.Model != rfid.TWN4 && f == rfidemu.Refuse
					if err == nil && (!whole || got.Hex() != card.Hex()) {
						t.Errorf("read %s", got.Hex())
					}
					if err != nil && strings.Contains(strings.ToUpper(err.Error()), card.Hex()) {
						t.Errorf("an error repeats a tag's number: %v", err)
					}
					reader.Take()
					fault(rfidemu.None)
					if f == rfidemu.HangUp {
						if _, err := read(t, dev); !errors.Is(err, rfid.ErrLost) {
							t.Errorf("got %v", err)
						}
						return
					}
					var last error
					for range 20 { // what is still on the line is an error or two more
						if got, last = offer(t, dev, reader, other); last == nil && got.Hex() == other.Hex() {
							return
						}
					}
					t.Errorf("the next tag is not read: %s, %v", got.Hex(), last)
				})
			})
		}
	}
}

func TestWhatGoesWrongIsNamed(t *testing.T) {
	for _, c := range []struct {
		o    rfid.Opts
		f    rfidemu.Fault
		want error
	}{
		{rfid.Opts{}, rfidemu.Checksum, rfid.ErrChecksum},
		{rfid.Opts{}, rfidemu.Long, rfid.ErrNoise},
		{rfid.Opts{}, rfidemu.Endless, rfid.ErrNoise},
		{rfid.Opts{Model: rfid.TWN4}, rfidemu.Refuse, rfid.ReaderError(1)},
		{rfid.Opts{Model: rfid.TWN4}, rfidemu.Silent, rfid.ErrSilent},
		{rfid.Opts{Model: rfid.TWN4}, rfidemu.CutOff, rfid.ErrSilent},
		{rfid.Opts{Model: rfid.TWN4}, rfidemu.Wrong, rfid.ErrFrame},
		{rfid.Opts{Model: rfid.TWN4}, rfidemu.Long, rfid.ErrNoise},
		{rfid.Opts{Model: rfid.TWN4}, rfidemu.Endless, rfid.ErrNoise},
		{rfid.Opts{Model: rfid.TWN4, CRC: true}, rfidemu.Checksum, rfid.ErrChecksum},
	} {
		t.Run(fmt.Sprint(c.o.Model, " ", c.f), func(t *testing.T) {
			timed(t, func(t *testing.T) {
				dev, reader, fault := desk(t, c.o, rfidemu.Opts{})
				fault(c.f)
				var err error
				for range 20 {
					if _, err = offer(t, dev, reader, card); errors.Is(err, c.want) || c.f == rfidemu.Long && errors.Is(err, rfid.ErrFrame) { // it depends on where it is in it
						return
					}
				}
				t.Errorf("got %v, want %v", err, c.want)
			})
		})
	}
}

// An answer that comes too late must not be taken for the answer to the next question.
func TestALateAnswerIsNotTakenForAnother(t *testing.T) {
	timed(t, func(t *testing.T) {
		dev, reader, fault := desk(t, rfid.Opts{Model: rfid.TWN4, Answer: 40 * time.Millisecond}, rfidemu.Opts{Late: 70 * time.Millisecond})
		reader.Hold(card)
		fault(rfidemu.Late)
		if _, err := dev.Version(t.Context()); !errors.Is(err, rfid.ErrSilent) {
			t.Fatal(err)
		}
		fault(rfidemu.None)
		for deadline := time.Now().Add(5 * time.Second); ; {
			got, err := dev.Read(t.Context())
			if err == nil && got.Hex() == card.Hex() {
				break
			}
			if err == nil || time.Now().After(deadline) {
				t.Fatal(got.Hex(), err)
			}
		}
		if v, err := dev.Version(t.Context()); err != nil || !strings.HasPrefix(v, "TWN4/") {
			t.Errorf("version %q, %v", v, err)
		}
	})
}

// The first line wakes the reader and may be answered with an error, which a slow one says when the first question is on its way already.
func TestASlowReaderIsUnderstoodFromTheFirstQuestionOn(t *testing.T) {
	timed(t, func(t *testing.T) {
		dev, reader, fault := desk(t, rfid.Opts{Model: rfid.TWN4, Answer: time.Second}, rfidemu.Opts{Late: 50 * time.Millisecond})
		fault(rfidemu.Late)
		reader.Hold(card)
		if v, err := dev.Version(t.Context()); err != nil || !strings.HasPrefix(v, "TWN4/") {
			t.Errorf("version %q, %v", v, err)
		}
		if got, err := read(t, dev); err != nil || got.Hex() != card.Hex() {
			t.Errorf("read %s, %v", got.Hex(), err)
		}
	})
}

// calm waits until no goroutine is left over.
func calm(t testing.TB, before int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
		}
	}
}

func TestAHangUpInTheMiddleOfEveryByteIsNoticed(t *testing.T) {
	before := runtime.NumGoroutine()
	for o, whole := range map[rfid.Opts]string{{}: "\x0262E3086CED08\r\n\x03", {Model: rfid.TWN4}: "000140280562E3086CED\r"} {
		for n := range len(whole) {
			here, there := port.Pipe()
			dev := rfid.New(here, o)
			go func() {
				if o.Model == rfid.TWN4 { // the CR that wakes it, and the question
					buf := make([]byte, 64)
					for seen := 0; seen < 8; {
						k, err := there.Read(buf)
						if err != nil {
							return
						}
						seen += k
					}
				}
				there.Write([]byte(whole[:n]))
				there.Close()
			}()
			if tag, err := read(t, dev); !errors.Is(err, rfid.ErrLost) {
				t.Errorf("after %d bytes: %s, %v", n, tag.Hex(), err)
			}
			dev.Close()
		}
	}
	calm(t, before)
}

func TestWaitingEndsWithTheVisitOrTheDriver(t *testing.T) {
	for name, o := range kinds {
		t.Run(name, func(t *testing.T) {
			dev, _, _ := desk(t, o, rfidemu.Opts{})
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan error, 2)
			go func() { _, err := dev.Read(ctx); left <- err }()
			leave()
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			go func() { _, err := dev.Read(t.Context()); left <- err }()
			go func() { _, err := dev.Read(t.Context()); left <- err }()
			dev.Close()
			for range 2 {
				if err := <-left; !errors.Is(err, rfid.ErrLost) {
					t.Error(err)
				}
			}
		})
	}
}

// stuck is a line that takes nothing, as one whose flow control is set wrong.
type stuck struct {
	port.Port
	free chan struct{}
}

func (s stuck) Write(b []byte) (int, error) { <-s.free; return 0, errors.New("closed") }

func TestALineThatTakesNothingIsToldAndNothingPilesUp(t *testing.T) {
	before := runtime.NumGoroutine()
	here, there := port.Pipe()
	s := stuck{here, make(chan struct{})}
	dev := rfid.New(s, rfid.Opts{Model: rfid.TWN4, Answer: 5 * time.Millisecond})
	for range 10 {
		if _, err := dev.Version(t.Context()); !errors.Is(err, rfid.ErrSilent) {
			t.Error(err)
		}
	}
	if n := runtime.NumGoroutine(); n > before+1 {
		t.Errorf("%d goroutines wait for one line", n-before)
	}
	close(s.free)
	dev.Close()
	there.Close()
	calm(t, before)
}
