package port_test

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

func TestAwaitEndsWithWhatComesFirst(t *testing.T) {
	ours, theirs := port.Pipe()
	defer ours.Close()
	buf := make([]byte, 8)
	if _, err := port.Await(t.Context(), ours, buf, time.Now().Add(time.Millisecond)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a time that passed: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	go end()
	if _, err := port.Await(ended, ours, buf, time.Time{}); !errors.Is(err, context.Canceled) {
		t.Errorf("somebody who does not want to wait any more: %v", err)
	}
	// What ended before is over: neither its deadline nor its end counts for who waits now.
	go func() { time.Sleep(20 * time.Millisecond); _, _ = theirs.Write([]byte("ok")) }()
	if n, err := port.Await(t.Context(), ours, buf, time.Time{}); err != nil || string(buf[:n]) != "ok" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	_ = theirs.Close()
	if _, err := port.Await(t.Context(), ours, buf, time.Time{}); !errors.Is(err, io.EOF) {
		t.Errorf("a line that ended: %v", err)
	}
	if _, err := port.Await(ended, ours, buf, time.Time{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a ctx that has ended: %v", err)
	}
}
