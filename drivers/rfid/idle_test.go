package rfid_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid/rfidemu"
)

// A terminal waits all day long.
func TestWaitingForATagCostsNoMeasurableTimeOfTheProcessor(t *testing.T) {
	for _, model := range rfid.Models() {
		here, there := port.Pipe()
		reader := rfidemu.New(rfidemu.Opts{Model: model})
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		served := make(chan error, 1)
		go func() { served <- reader.Serve(ctx, there) }()
		dev := rfid.New(here, rfid.Opts{Model: model})
		begin := used(t)
		_, _ = dev.Read(ctx)
		if cost := used(t) - begin; cost > 50*time.Millisecond {
			t.Errorf("%s: a second of waiting costs %v", model, cost)
		}
		if n := reader.State().Asked; n > 8 {
			t.Errorf("%s is asked %d times in a second", model, n)
		}
		stop()
		dev.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
}

// used is the time of the processor that this process has had.
func used(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
