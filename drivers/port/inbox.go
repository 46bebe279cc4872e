package port

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// most is how many unread bytes an inbox keeps before whoever feeds it has to wait.
const most = 1 << 20

// inbox holds what has arrived and was not read yet; it gives every kind of line the same deadlines and the same end.
type inbox struct {
	mu       sync.Mutex
	data     []byte
	end      error // what Read says after data
	closed   bool
	deadline time.Time
	changed  chan struct{} // closed and replaced at every change
	gone     chan struct{} // closed at the end
	ended    sync.Once
}

func newInbox() *inbox { return &inbox{changed: make(chan struct{}), gone: make(chan struct{})} }

// Gone is closed when nothing will arrive any more.
func (b *inbox) Gone() <-chan struct{} { return b.gone }

// change runs f under the lock and wakes everybody who waits.
func (b *inbox) change(f func()) {
	b.mu.Lock()
	f()
	close(b.changed)
	b.changed = make(chan struct{})
	b.mu.Unlock()
}

func (b *inbox) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		b.mu.Lock()
		if b.closed {
			b.mu.Unlock()
			return 0, fmt.Errorf("port: read: %w", os.ErrClosed)
		}
		if len(b.data) > 0 {
			full := len(b.data) >= most
			n := copy(p, b.data)
			b.data = b.data[n:]
			b.mu.Unlock()
			if full {
				b.change(func() {})
			}
			return n, nil
		}
		end, deadline, changed := b.end, b.deadline, b.changed
		b.mu.Unlock()
		if end != nil {
			return 0, end
		}
		if deadline.IsZero() {
			<-changed
			continue
		}
		wait := time.Until(deadline)
		if wait <= 0 {
			return 0, os.ErrDeadlineExceeded
		}
		t := time.NewTimer(wait)
		select {
		case <-changed:
		case <-t.C:
		}
		t.Stop()
	}
}

// feed appends bytes that arrived; it waits while nobody reads and returns false once nobody ever will.
func (b *inbox) feed(p []byte) bool {
	for {
		b.mu.Lock()
		if b.closed || b.end != nil {
			b.mu.Unlock()
			return false
		}
		full, changed := len(b.data) >= most, b.changed
		b.mu.Unlock()
		if !full {
			b.change(func() { b.data = append(b.data, p...) })
			return true
		}
		<-changed
	}
}

func (b *inbox) finish() {
	b.change(func() { b.end = io.EOF })
	b.ended.Do(func() { close(b.gone) })
}

func (b *inbox) close() {
	b.change(func() { b.closed, b.data = true, nil })
	b.ended.Do(func() { close(b.gone) })
}

func (b *inbox) setDeadline(t time.Time) { b.change(func() { b.deadline = t }) }
func (b *inbox) isClosed() (closed bool) { b.mu.Lock(); defer b.mu.Unlock(); return b.closed }

// Pipe gives the two ends of a line in memory. It keeps what is written until it is read, as a cable with buffers does.
func Pipe() (Port, Port) {
	a, b := newInbox(), newInbox()
	return &pipe{in: a, out: b}, &pipe{in: b, out: a}
}

type pipe struct{ in, out *inbox }

func (p *pipe) Read(b []byte) (int, error) { return p.in.Read(b) }

func (p *pipe) Write(b []byte) (int, error) {
	if p.in.isClosed() {
		return 0, fmt.Errorf("port: write: %w", os.ErrClosed)
	}
	if !p.out.feed(b) {
		if p.in.isClosed() { // while waiting for the other end to read
			return 0, fmt.Errorf("port: write: %w", os.ErrClosed)
		}
		return 0, io.EOF
	}
	return len(b), nil
}

func (p *pipe) Gone() <-chan struct{} { return p.in.gone }

func (p *pipe) SetReadDeadline(t time.Time) error { p.in.setDeadline(t); return nil }

func (p *pipe) Close() error {
	p.in.close()
	p.out.finish() // what was written before can still be read
	return nil
}
