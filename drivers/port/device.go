package port

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// device is a line over a file descriptor. Its own goroutine reads, so that deadlines and Close never depend on what the kernel's driver
// can do; another one writes, because a printer without paper may block a write for hours.
type device struct {
	*inbox
	f       io.ReadWriteCloser
	discard func() // throws away what the kernel has not sent yet; nil: it cannot
	writes  chan write
	writing atomic.Bool // a write has begun and not ended
	done    chan struct{}
	ended   sync.WaitGroup // reader and writer
	once    sync.Once
}

type write struct {
	b    []byte
	sent chan<- result
}

type result struct {
	n   int
	err error
}

// patience is how long Close waits for the kernel to give a descriptor back. A stuck driver is not waited for.
const patience = 300 * time.Millisecond

// newDevice starts the two goroutines. read is called for each round of reading; it returns 0, nil when nothing has arrived.
func newDevice(f io.ReadWriteCloser, read func([]byte) (int, error), discard func()) *device {
	d := &device{inbox: newInbox(), f: f, discard: discard, writes: make(chan write), done: make(chan struct{})}
	d.ended.Go(func() {
		buf := make([]byte, 4096)
		for !d.isClosed() {
			n, err := read(buf)
			if n > 0 && !d.feed(buf[:n]) {
				return
			}
			if err != nil {
				d.finish()
				return
			}
		}
	})
	d.ended.Go(func() {
		for {
			select {
			case w := <-d.writes:
				d.writing.Store(true)
				n, err := d.f.Write(w.b)
				d.writing.Store(false)
				w.sent <- result{n, err}
			case <-d.done:
				return
			}
		}
	})
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
		// Who closes under a write has given the bytes up. What the kernel still holds of them must not come out later, when there is
		// paper again: the repeat would be printed twice. What was written completely is sent.
		abandoned := d.writing.Load()
		d.close()
		close(d.done)
		free := make(chan struct{})
		go func() {
			defer close(free)
			if abandoned && d.discard != nil {
				d.discard()
			}
			_ = d.f.Close() // nothing can be done about a device that fails to close
			d.ended.Wait()
		}()
		t := time.NewTimer(patience)
		defer t.Stop()
		select { // normally the descriptor is free again when Close returns
		case <-free:
		case <-t.C:
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
	return newDevice(f, empties(name, f.Read), nil), nil
}

// empties reads from a descriptor whose empty answer need not be the end: USB printers send empty packets, and the kernel hands them on. An end is
// said again and again, so a few are looked at, with some time between them.
func empties(name string, read func([]byte) (int, error)) func([]byte) (int, error) {
	empty := 0
	return func(b []byte) (int, error) {
		n, err := read(b)
		switch {
		case n > 0:
			empty = 0
			return n, nil
		case err != nil && err != io.EOF:
			return 0, err
		}
		if _, err := os.Stat(name); err != nil {
			return 0, io.EOF
		}
		if empty++; empty >= 3 {
			return 0, io.EOF
		}
		time.Sleep(quick)
		return 0, nil
	}
}
