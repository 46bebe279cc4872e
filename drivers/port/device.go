package port

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/tarm/serial"
)

// device is a line over a file descriptor. Its own goroutine reads, so that deadlines and Close never depend on what the kernel's driver
// can do; another one writes, because a printer without paper may block a write for hours.
type device struct {
	*inbox
	f      io.ReadWriteCloser
	writes chan write
	done   chan struct{}
	once   sync.Once
}

type write struct {
	b    []byte
	sent chan<- result
}

type result struct {
	n   int
	err error
}

// newDevice starts the two goroutines. read is called for each round of reading; it returns 0, nil when nothing has arrived.
func newDevice(f io.ReadWriteCloser, read func([]byte) (int, error)) *device {
	d := &device{inbox: newInbox(), f: f, writes: make(chan write), done: make(chan struct{})}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := read(buf)
			if n > 0 && !d.feed(buf[:n]) {
				return
			}
			if err != nil {
				d.finish()
				return
			}
			if d.isClosed() {
				return
			}
		}
	}()
	go func() {
		for {
			select {
			case w := <-d.writes:
				n, err := d.f.Write(w.b)
				w.sent <- result{n, err}
			case <-d.done:
				return
			}
		}
	}()
	return d
}

func (d *device) Write(b []byte) (int, error) {
	sent := make(chan result, 1)
	select { // the caller may reuse b as soon as Close ended this call: the writer gets its own copy
	case d.writes <- write{append([]byte(nil), b...), sent}:
	case <-d.done:
		return 0, fmt.Errorf("port: write: %w", os.ErrClosed)
	}
	select {
	case r := <-sent:
		return r.n, plain(r.err)
	case <-d.done:
		return 0, fmt.Errorf("port: write: %w", os.ErrClosed)
	}
}

func (d *device) SetReadDeadline(t time.Time) error { d.setDeadline(t); return nil }

func (d *device) Close() error {
	d.once.Do(func() {
		d.close()
		close(d.done)
		closed := make(chan struct{})
		go func() {
			_ = d.f.Close() // nothing can be done about a device that fails to close
			close(closed)
		}()
		select { // normally the descriptor is free again when Close returns; a stuck kernel driver is not waited for
		case <-closed:
		case <-time.After(300 * time.Millisecond):
		}
	})
	return nil
}

// openFile opens a device file, such as a USB printer's.
func openFile(name string) (Port, error) {
	if name == "" {
		return nil, fmt.Errorf("%w: file wants a path", ErrAddress)
	}
	f, err := os.OpenFile(name, os.O_RDWR|noctty, 0)
	if err != nil {
		return nil, fmt.Errorf("port: open: %w", err)
	}
	return newDevice(f, func(b []byte) (int, error) { return f.Read(b) }), nil
}

// quick is the time below which an empty answer of a serial line cannot be its idle timeout of 100 ms.
const quick = 30 * time.Millisecond

// openSerial opens a serial line. tarm/serial says io.EOF both for an idle line and for one that is gone; what differs is the time: idle
// takes 100 ms, a line that is gone answers at once.
func openSerial(ctx context.Context, name string, q url.Values) (Port, error) {
	if name == "" {
		return nil, fmt.Errorf("%w: serial wants a path", ErrAddress)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("port: open: %w", err)
	}
	baud, err := number(q, "baud", 9600, 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
	if err != nil {
		return nil, err
	}
	bits, err := number(q, "bits", 8, 5, 6, 7, 8)
	if err != nil {
		return nil, err
	}
	stop, err := number(q, "stop", 1, 1, 2)
	if err != nil {
		return nil, err
	}
	c := &serial.Config{Name: name, Baud: baud, Size: byte(bits), StopBits: serial.StopBits(stop), ReadTimeout: 100 * time.Millisecond}
	switch strings.ToLower(q.Get("parity")) {
	case "", "none", "n":
		c.Parity = serial.ParityNone
	case "even", "e":
		c.Parity = serial.ParityEven
	case "odd", "o":
		c.Parity = serial.ParityOdd
	default:
		return nil, fmt.Errorf("%w: parity is none, even or odd", ErrAddress)
	}
	flow := strings.ToLower(q.Get("flow"))
	switch flow {
	case "", "none", "rtscts", "xonxoff":
	default:
		return nil, fmt.Errorf("%w: flow is none, rtscts or xonxoff", ErrAddress)
	}
	s, err := serial.OpenPort(c)
	if err != nil {
		return nil, fmt.Errorf("port: open: %w", err)
	}
	if flow == "rtscts" || flow == "xonxoff" {
		if err := setFlow(name, flow == "rtscts"); err != nil {
			_ = s.Close()
			return nil, fmt.Errorf("port: open: flow control: %w", err)
		}
	}
	empty := 0
	return newDevice(s, func(b []byte) (int, error) {
		start := time.Now()
		n, err := s.Read(b)
		switch {
		case n > 0:
			empty = 0
			return n, nil
		case err != nil && err != io.EOF:
			return 0, err
		case time.Since(start) > quick:
			empty = 0
			if _, err := os.Stat(name); err != nil { // an adapter that was pulled takes its node along
				return 0, io.EOF
			}
			return 0, nil
		}
		if empty++; empty >= 3 { // once may be a signal's doing
			return 0, io.EOF
		}
		return 0, nil
	}), nil
}
