package port_test

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

func TestALineIsReadByteByByteAndWhatWaitsCanBeDropped(t *testing.T) {
	here, there := port.Pipe()
	b := port.NewBytes(here)
	if _, err := there.Write([]byte("abcd")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []byte("ab") {
		if got, err := b.Next(t.Context(), time.Time{}); err != nil || got != want {
			t.Fatalf("%q, %v; want %q", got, err, want)
		}
	}
	if n := b.Waiting(); n != 2 {
		t.Errorf("%d bytes wait", n)
	}
	if n := b.Drop(); n != 2 || b.Waiting() != 0 {
		t.Errorf("%d bytes were dropped, %d are left", n, b.Waiting())
	}
	if _, err := b.Next(t.Context(), time.Now()); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("nothing is there: %v", err)
	}
	if err := there.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Next(t.Context(), time.Time{}); !errors.Is(err, io.EOF) {
		t.Errorf("the line has ended: %v", err)
	}
}
