package port_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// kinds opens each kind of line: the driver's end, and the device's.
var kinds = map[string]func(t *testing.T) (ours, theirs port.Port){
	"pipe": func(*testing.T) (port.Port, port.Port) { return port.Pipe() },
	"tcp": func(t *testing.T) (port.Port, port.Port) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ours := open(t, "zvt+tcp://"+l.Addr().String())
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return ours, port.Conn(c)
	},
	"serial": func(t *testing.T) (port.Port, port.Port) {
		theirs, name, err := port.PTY()
		if err != nil {
			t.Fatal(err)
		}
		return open(t, "serial:"+name+"?baud=115200&stop=2"), theirs
	},
	"serial in rounds": func(t *testing.T) (port.Port, port.Port) {
		theirs, name, err := port.PTY()
		if err != nil {
			t.Fatal(err)
		}
		ours, err := port.OpenRounds(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		return ours, theirs
	},
	"recorded": func(*testing.T) (port.Port, port.Port) {
		ours, theirs := port.Pipe()
		return port.NewRecorder(ours, io.Discard, "pipe"), theirs
	},
	"file": func(t *testing.T) (port.Port, port.Port) {
		theirs, name, err := port.PTY()
		if err != nil {
			t.Fatal(err)
		}
		return open(t, "file:"+name), theirs
	},
	"pty": func(t *testing.T) (port.Port, port.Port) {
		ours, name, err := port.PTY()
		if err != nil {
			t.Fatal(err)
		}
		return ours, open(t, "serial:"+name)
	},
}

func open(t *testing.T, address string) port.Port {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p, err := port.Open(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestContract holds every kind of line to what the package promises.
func TestContract(t *testing.T) {
	for kind, pair := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			run := func(name string, f func(t *testing.T, ours, theirs port.Port)) {
				t.Run(name, func(t *testing.T) {
					ours, theirs := pair(t)
					defer ours.Close()
					defer theirs.Close()
					f(t, ours, theirs)
				})
			}
			run("every byte arrives unchanged, both ways", everyByte)
			run("both ways at once", bothWays)
			run("a deadline ends a read and the next read works", deadline)
			run("a deadline set later ends a read that waits", laterDeadline)
			run("silence is not an end", silence)
			run("a hang-up is told as EOF, after what was sent before it", hangUp)
			if kind != "pty" { // as with a cable, a pseudo terminal's own end does not notice that nobody listens any more
				run("a hang-up is told to who neither reads nor writes", gone)
				run("a write to somebody who is gone ends as a read does", goneWrite)
			}
			run("close ends a waiting read at once and can be repeated", closeReads)
		})
	}
}

func everyByte(t *testing.T, ours, theirs port.Port) {
	all := make([]byte, 0, 256*8)
	for i := range 256 * 8 {
		all = append(all, byte(i))
	}
	for _, dir := range [][2]port.Port{{ours, theirs}, {theirs, ours}} {
		got := make([]byte, len(all))
		read := make(chan error, 1)
		go func() { _, err := io.ReadFull(dir[1], got); read <- err }()
		if n, err := dir[0].Write(all); err != nil || n != len(all) {
			t.Fatalf("wrote %d of %d: %v", n, len(all), err)
		}
		if err := within(t, read); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, all) {
			t.Fatal("bytes arrived changed")
		}
	}
}

// bothWays has both sides say more than any buffer holds, at the same time.
func bothWays(t *testing.T, ours, theirs port.Port) {
	const much = 1 << 18
	done := make(chan error, 4)
	for _, side := range []port.Port{ours, theirs} {
		go func() { _, err := side.Write(make([]byte, much)); done <- err }()
		go func() { _, err := io.ReadFull(side, make([]byte, much)); done <- err }()
	}
	for range 4 {
		if err := within(t, done); err != nil {
			t.Fatal(err)
		}
	}
}

func goneWrite(t *testing.T, ours, theirs port.Port) {
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		for { // the first ones may go into the kernel
			if _, err := ours.Write([]byte{1}); err != nil {
				ended <- err
				return
			}
		}
	}()
	if err := within(t, ended); err != io.EOF {
		t.Fatalf("the write ended with %v, want io.EOF", err)
	}
}

func gone(t *testing.T, ours, theirs port.Port) {
	select {
	case <-port.Gone(ours):
		t.Fatal("the line is said to be gone and stands")
	case <-time.After(10 * time.Millisecond):
	}
	theirs.Close()
	select {
	case <-port.Gone(ours):
	case <-time.After(time.Minute):
		t.Fatal("nobody said that the line is gone")
	}
}

func deadline(t *testing.T, ours, theirs port.Port) {
	if err := ours.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 8)
	if n, err := ours.Read(buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d, %v; want the deadline", n, err)
	}
	if err := ours.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Write([]byte{7}); err != nil {
		t.Fatal(err)
	}
	if n, err := ours.Read(buf); n != 1 || buf[0] != 7 || err != nil {
		t.Fatalf("read %d, %v after the deadline was lifted", n, err)
	}
}

func laterDeadline(t *testing.T, ours, _ port.Port) {
	ended := make(chan error, 1)
	go func() { _, err := ours.Read(make([]byte, 1)); ended <- err }()
	if err := ours.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := within(t, ended); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read ended with %v", err)
	}
}

func silence(t *testing.T, ours, theirs port.Port) {
	got := make(chan error, 1)
	go func() { _, err := ours.Read(make([]byte, 1)); got <- err }()
	select {
	case err := <-got:
		t.Fatalf("a quiet line ended: %v", err)
	case <-time.After(350 * time.Millisecond): // more than three rounds of a serial line
	}
	if _, err := theirs.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := within(t, got); err != nil {
		t.Fatal(err)
	}
}

func hangUp(t *testing.T, ours, theirs port.Port) {
	if _, err := theirs.Write([]byte("bye")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 3)
	if _, err := io.ReadFull(ours, buf); err != nil || string(buf) != "bye" {
		t.Fatalf("read %q, %v", buf, err)
	}
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	if t.Name() == "TestContract/pty/a_hang-up_is_told_as_EOF,_after_what_was_sent_before_it" {
		return // as with a cable, a pseudo terminal's own end does not notice that nobody listens any more
	}
	for range 2 {
		ended := make(chan error, 1)
		go func() { _, err := ours.Read(buf); ended <- err }()
		if err := within(t, ended); err != io.EOF {
			t.Fatalf("read ended with %v, want io.EOF", err)
		}
	}
}

func closeReads(t *testing.T, ours, _ port.Port) {
	ended := make(chan error, 1)
	go func() { _, err := ours.Read(make([]byte, 1)); ended <- err }()
	closed := make(chan error, 1)
	go func() { closed <- errors.Join(ours.Close(), ours.Close()) }()
	if err := within(t, closed); err != nil {
		t.Fatal(err)
	}
	if err := within(t, ended); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("the waiting read ended with %v, want os.ErrClosed", err)
	}
	if _, err := ours.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("read after close: %v", err)
	}
	if _, err := ours.Write([]byte{1}); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("write after close: %v", err)
	}
}

func within(t *testing.T, c <-chan error) error {
	t.Helper()
	select {
	case err := <-c:
		return err
	case <-time.After(time.Minute): // a machine that has much to do is no fault
		t.Fatal("still waiting after a minute")
		return nil
	}
}

// A printer without paper stops taking bytes: the write blocks, but Close must not wait for paper.
func TestCloseEndsAWriteThatNobodyTakes(t *testing.T) {
	for kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ours, theirs := kinds[kind](t)
			defer theirs.Close()
			ended := make(chan error, 1)
			go func() {
				for block := make([]byte, 1<<16); ; {
					if _, err := ours.Write(block); err != nil {
						ended <- err
						return
					}
				}
			}()
			time.Sleep(50 * time.Millisecond) // lets the buffers fill; closing earlier would only make the test easier
			if err := ours.Close(); err != nil {
				t.Fatal(err)
			}
			if err := within(t, ended); !errors.Is(err, os.ErrClosed) {
				t.Fatalf("the write ended with %v", err)
			}
		})
	}
}

// Whoever gives a device up and opens it again, day after day, must not fill the machine with what is left of the old lines.
func TestNothingStaysBehind(t *testing.T) {
	for kind, pair := range kinds {
		before := runtime.NumGoroutine()
		for range 3 {
			ours, theirs := pair(t)
			ended := make(chan error, 2)
			go func() { _, err := ours.Read(make([]byte, 1)); ended <- err }()
			go func() {
				for {
					if _, err := ours.Write(make([]byte, 1<<12)); err != nil {
						ended <- err
						return
					}
				}
			}()
			_, _ = theirs.Write([]byte("x"))
			if err := errors.Join(ours.Close(), theirs.Close()); err != nil {
				t.Fatal(err)
			}
			_, _ = within(t, ended), within(t, ended)
		}
		for deadline := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; runtime.Gosched() {
			if time.Now().After(deadline) {
				stacks := make([]byte, 1<<16)
				t.Fatalf("%s: %d goroutines instead of %d\n%s", kind, runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
			}
		}
	}
}

// A technician's tool and the terminal's program on one serial line would each read half of what the card terminal says.
func TestASerialLineBelongsToOneProgram(t *testing.T) {
	dev, name, err := port.PTY()
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	first := open(t, "serial:"+name)
	u, _ := url.Parse("serial:" + name)
	if _, err := port.Open(t.Context(), u); !errors.Is(err, port.ErrBusy) {
		t.Errorf("a second program: %v, want ErrBusy", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, "serial:"+name).Close(); err != nil {
		t.Error(err)
	}
}

// What a closed line still had to say must not come out when somebody listens again: a slip would be printed twice.
func TestWhatWasGivenUpIsNotSentLater(t *testing.T) {
	dev, name, err := port.PTY()
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	ours := open(t, "serial:"+name)
	sent := make(chan error, 1)
	go func() { _, err := ours.Write(bytes.Repeat([]byte("old"), 1<<20)); sent <- err }()
	buf := make([]byte, 3)
	if _, err := io.ReadFull(dev, buf); err != nil { // it has begun; nobody reads on, so that it cannot end
		t.Fatal(err)
	}
	if err := ours.Close(); err != nil {
		t.Fatal(err)
	}
	if err := within(t, sent); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("the write ended with %v", err)
	}
	again := open(t, "serial:"+name)
	defer again.Close()
	if _, err := again.Write([]byte("new!")); err != nil {
		t.Fatal(err)
	}
	var all []byte
	for !bytes.HasSuffix(all, []byte("new!")) {
		block := make([]byte, 1<<16)
		if err := dev.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		n, err := dev.Read(block)
		if err != nil {
			t.Fatalf("after %d bytes: %v", len(all), err)
		}
		all = append(all, block[:n]...)
	}
	if len(all) > 2<<20 {
		t.Errorf("%d bytes came of what was given up", len(all))
	}
}

func TestAPulledCableAndANewOne(t *testing.T) {
	dev, name, err := port.PTY()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "tty")
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	ours := open(t, "serial:"+link)
	defer ours.Close()
	if err := os.Remove(link); err != nil { // an adapter's node vanishes while its descriptor still idles
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, err := ours.Read(make([]byte, 1)); ended <- err }()
	if err := within(t, ended); err != io.EOF {
		t.Fatalf("read ended with %v, want io.EOF", err)
	}
	if err := ours.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, "serial:"+name)
	defer again.Close()
	if _, err := dev.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	go func() { _, err := again.Read(make([]byte, 1)); ended <- err }()
	if err := within(t, ended); err != nil {
		t.Fatal(err)
	}
}

func TestAddressesThatMakeNoSense(t *testing.T) {
	for _, address := range []string{
		"", "tcp://", "tcp://printer", "tcp://printer:9100?connect=soon", "serial:", "file:", "usb:1", "pcsc:",
		"serial:/dev/null?baud=1234", "serial:/dev/null?baud=fast", "serial:/dev/null?bits=9", "serial:/dev/null?stop=3",
		"serial:/dev/null?parity=maybe", "serial:/dev/null?flow=dtr",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := port.Open(t.Context(), u); !errors.Is(err, port.ErrAddress) {
			t.Errorf("%q: %v, want ErrAddress", address, err)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	for _, address := range []string{"serial:/dev/not-here", "file:/dev/not-here", "tcp://127.0.0.1:1?connect=1s"} {
		u, _ := url.Parse(address)
		if _, err := port.Open(t.Context(), u); err == nil || errors.Is(err, port.ErrAddress) {
			t.Errorf("%q: %v, want that nobody is there", address, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	u, _ := url.Parse("tcp://192.0.2.1:20007")
	if _, err := port.Open(ctx, u); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled open: %v", err)
	}
}
