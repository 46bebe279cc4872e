package escpos_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// A printer that cuts or draws answers a status request late. Its answer does not say which question it answers: it was taken for the one to the next
// question, every further one was shifted with it, and a jammed cutter was told as a printer that is offline for no reason.
func TestALateAnswerIsNotTakenForTheNextOne(t *testing.T) {
	for name, late := range map[string]time.Duration{"soon after": 2500 * time.Millisecond, "never": time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			here, there := port.Pipe()
			defer there.Close()
			dev := escpos.New(here, escpos.Opts{}) // an answer may take two seconds
			defer dev.Close()
			jam := map[byte]byte{1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12}
			go func() {
				buf := make([]byte, 3)
				for first := true; ; first = false {
					if _, err := there.Read(buf); err != nil {
						return
					}
					answer := []byte{jam[buf[2]]}
					if first {
						time.AfterFunc(late, func() { _, _ = there.Write(answer) })
						continue
					}
					if _, err := there.Write(answer); err != nil {
						return
					}
				}
			}()
			if _, err := dev.Status(t.Context()); !errors.Is(err, escpos.ErrSilent) {
				t.Fatalf("%s: %v", name, err)
			}
			for range 2 {
				if s, err := dev.Status(t.Context()); err != nil || !s.Offline || !s.Cutter {
					t.Errorf("%s: %+v, %v", name, s, err)
				}
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

// A printer that nobody uses for a week costs nothing, watched or not.
func TestAnIdleDriverOnlyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		able := profiles(t)["able"]
		emu, err := escposemu.New(escposemu.Opts{Profile: able})
		if err != nil {
			t.Fatal(err)
		}
		here, there := port.Pipe()
		served := make(chan error, 1)
		go func() { served <- emu.Serve(t.Context(), there) }()
		w := &watched{Port: here}
		dev := escpos.New(w, escpos.Opts{Profile: able})
		if done, err := dev.Print(t.Context(), slip()); done != 2 || err != nil {
			t.Fatalf("done %d, %v", done, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		watch := make(chan error, 1)
		go func() { watch <- dev.Watch(ctx, func(escpos.Status) {}) }()
		synctest.Wait()
		before := w.reads.Load()
		time.Sleep(7 * 24 * time.Hour)
		if n := w.reads.Load() - before; n != 0 {
			t.Errorf("the line was read %d times", n)
		}
		stop()
		if err := <-watch; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		dev.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
