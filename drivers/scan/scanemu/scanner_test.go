package scanemu_test

import (
	"bufio"
	"context"
	"errors"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
)

func TestACodeIsSentOnceAndTheScannerSurvivesItsLine(t *testing.T) {
	s := scanemu.New(scanemu.Opts{})
	for _, code := range []string{"the first", "the second"} {
		here, there := port.Pipe()
		served := make(chan error, 1)
		go func() { served <- s.Serve(t.Context(), there) }()
		shown := make(chan error, 1)
		go func() { shown <- s.Show(t.Context(), code) }()
		if got, err := bufio.NewReader(here).ReadString('\r'); got != code+"\r" || err != nil {
			t.Errorf("the line carries %q: %v", got, err)
		}
		if err := <-shown; err != nil {
			t.Error(err)
		}
		here.Close()
		if err := <-served; err != nil {
			t.Error("the end of a line is no error:", err)
		}
	}
}

func TestNobodyReadsAndNothingIsSent(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := scanemu.New(scanemu.Opts{}).Show(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
