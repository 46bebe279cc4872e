package escpos_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
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
