package escpos_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos/escposemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// peer is something at the other end of the line that is no good printer. It is given each thing that arrives.
type peer func(line port.Port, got []byte) (goOn bool)

func says(b ...byte) peer {
	return func(line port.Port, _ []byte) bool { _, err := line.Write(b); return err == nil }
}

func serve(line port.Port, p peer, done chan<- struct{}) {
	defer close(done)
	defer line.Close()
	buf := make([]byte, 4096)
	for {
		n, err := line.Read(buf)
		if err != nil || !p(line, buf[:n]) {
			return
		}
	}
}

func TestWrongPeersAreSaidAndLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		able := profiles(t)["able"]
		for name, c := range map[string]struct {
			peer peer
			want []error
		}{
			"a web server":         {says([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")...), []error{escpos.ErrGarbled}},
			"all bits":             {says(bytes.Repeat([]byte{0xFF}, 64)...), []error{escpos.ErrGarbled}},
			"endless zeros":        {says(make([]byte, 64<<10)...), []error{escpos.ErrGarbled}},
			"endless status":       {says(bytes.Repeat([]byte{0x12}, 64<<10)...), []error{escpos.ErrGarbled, escpos.ErrSilent}},
			"endless reports":      {says(bytes.Repeat([]byte{0x10, 0, 0, 0}, 16<<10)...), []error{escpos.ErrGarbled}},
			"a block without end":  {says(bytes.Repeat([]byte{0x37, 0x22, 0x41}, 20000)...), []error{escpos.ErrGarbled}},
			"half a report":        {says(0x10, 0), []error{escpos.ErrGarbled}},
			"half a block":         {says(0x5F, 'E'), []error{escpos.ErrGarbled}},
			"XON and XOFF":         {says(bytes.Repeat([]byte{0x11, 0x13}, 1000)...), []error{escpos.ErrSilent, escpos.ErrGarbled}},
			"an echo":              {func(line port.Port, got []byte) bool { _, err := line.Write(got); return err == nil }, []error{escpos.ErrGarbled, escpos.ErrSilent}},
			"nothing":              {func(port.Port, []byte) bool { return true }, []error{escpos.ErrSilent}},
			"hangs up":             {func(port.Port, []byte) bool { return false }, []error{escpos.ErrLost}},
			"hangs up in a report": {func(line port.Port, _ []byte) bool { _, _ = line.Write([]byte{0x10, 0}); return false }, []error{escpos.ErrLost}},
		} {
			for kind, profile := range map[string]escpos.Profile{"generic": escpos.Generic(), "able": able} {
				here, there := port.Pipe()
				done := make(chan struct{})
				go serve(there, c.peer, done)
				dev := escpos.New(here, escpos.Opts{Profile: profile})
				n, err := dev.Print(t.Context(), slip())
				is := false
				for _, want := range c.want {
					is = is || errors.Is(err, want)
				}
				if n != 0 || !is {
					t.Errorf("%s, %s: done %d, %v; want %v", name, kind, n, err, c.want)
				}
				if _, err := dev.Status(t.Context()); err == nil && name != "endless status" {
					t.Errorf("%s, %s: it has a status", name, kind)
				}
				dev.Close()
				<-done
			}
		}
	})
}

// cutter passes so many bytes of what the printer says and then hangs up.
type cutter struct {
	port.Port
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	n := min(len(b), c.left)
	c.left -= n
	if n > 0 {
		if _, err := c.Port.Write(b[:n]); err != nil {
			return 0, err
		}
	}
	if c.left == 0 {
		_ = c.Port.Close()
	}
	return len(b), nil
}

// A line may break behind every byte that a printer says. It is always said, and the next line prints the slip, marked if nobody knows.
func TestALineThatBreaksBehindEveryByteIsSurvived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		job := []escpos.Part{{{Text: "Teil eins"}}, {{Text: "Teil zwei"}}}
		for name, profile := range profiles(t) {
			whole := false
			for n := 0; !whole; n++ {
				emu, err := escposemu.New(escposemu.Opts{Profile: profile})
				if err != nil {
					t.Fatal(err)
				}
				d := &desk{emu: emu}
				o := escpos.Opts{Profile: profile, Memory: &escpos.Memory{}}
				line := func(last int) (*escpos.Dev, func()) {
					here, there := port.Pipe()
					end := make(chan error, 1)
					ctx, cancel := context.WithCancel(context.Background())
					go func() { end <- emu.Serve(ctx, &cutter{there, last}) }()
					dev := escpos.New(here, o)
					return dev, func() { dev.Close(); cancel(); <-end }
				}
				dev, end := line(n)
				if n == 0 {
					end() // nothing is ever said: the line is dead from its beginning
					dev, end = line(1)
				}
				done, err := dev.Print(t.Context(), job)
				end()
				whole = err == nil
				if whole && done != 2 || !whole && !errors.Is(err, escpos.ErrLost) {
					t.Fatalf("%s, byte %d: done %d, %v", name, n, done, err)
				}
				if n > 100 {
					t.Fatalf("%s: a job of two parts takes more than 100 bytes of answers", name)
				}
				dev, end = line(1 << 30)
				if rest, err := dev.Print(t.Context(), job[done:]); err != nil || done+rest != 2 {
					t.Fatalf("%s, byte %d: repeat: %d and %d, %v", name, n, done, rest, err)
				}
				end()
				for _, text := range []string{"Teil eins", "Teil zwei"} {
					if pieces, copies := d.count(text); pieces-copies > 1 || pieces == 0 {
						t.Errorf("%s, byte %d: %q stands on %d pieces, %d of them marked", name, n, text, pieces, copies)
					}
				}
			}
		}
	})
}
