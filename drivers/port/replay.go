package port

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// ErrDiffers says that the other side of a Replay said something else than the recording, with the place.
var ErrDiffers = errors.New("port: replay: something else is said than was recorded")

// Replay is a line whose device is a recording: it says what the device said, as soon as everything was said to it that was said before. Times
// are not played. What the other side says has to be what the recording has, byte for byte; how it is cut into writes means nothing.
type Replay struct {
	*inbox
	mu     sync.Mutex
	script []Entry
	at     int // the next entry
	heard  int // bytes of it that were said
	wrong  error
	over   chan struct{}
}

// NewReplay plays a recording, as ReadRecording gives it.
func NewReplay(script []Entry) *Replay {
	r := &Replay{inbox: newInbox(), script: script, over: make(chan struct{})}
	r.advance()
	return r
}

// advance says what the device says now. The lock is held, or nobody else knows r.
func (r *Replay) advance() {
	for ; r.at < len(r.script) && !r.script[r.at].Sent; r.at++ {
		e := r.script[r.at]
		switch e.End {
		case "":
			r.change(func() {
				if !r.closed {
					r.data = append(r.data, e.Data...)
				}
			})
		case "gone":
			r.finish()
		}
	}
	if r.at == len(r.script) {
		r.finished()
	}
}

func (r *Replay) finished() {
	select {
	case <-r.over:
	default:
		close(r.over)
	}
}

// Over gives a channel that is closed when everything was said that the recording has, or something else.
func (r *Replay) Over() <-chan struct{} { return r.over }

func (r *Replay) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isClosed() {
		return 0, fmt.Errorf("port: write: %w", os.ErrClosed)
	}
	for n, c := range b {
		switch {
		case r.wrong != nil:
			return n, r.wrong
		case r.at == len(r.script) && r.hungUp():
			return n, io.EOF
		case r.at == len(r.script):
			return n, r.fail(fmt.Errorf("%w: it ends, and %02X is said", ErrDiffers, c))
		}
		e := r.script[r.at]
		if want := e.Data[r.heard]; c != want {
			return n, r.fail(fmt.Errorf("%w: line %d, byte %d: it has %02X, and %02X is said", ErrDiffers, e.Line, r.heard+1, want, c))
		}
		if r.heard++; r.heard == len(e.Data) {
			r.at, r.heard = r.at+1, 0
			r.advance()
		}
	}
	return len(b), nil
}

func (r *Replay) hungUp() bool {
	for _, e := range r.script {
		if e.End == "gone" {
			return true
		}
	}
	return false
}

// fail ends the line for who reads, too: otherwise it would wait for an answer that never comes.
func (r *Replay) fail(err error) error {
	r.wrong = err
	r.finished()
	r.change(func() { r.end = err })
	r.inbox.ended.Do(func() { close(r.gone) })
	return err
}

// SetReadDeadline is a Port's.
func (r *Replay) SetReadDeadline(t time.Time) error { r.setDeadline(t); return nil }

// Close is a Port's.
func (r *Replay) Close() error { r.inbox.close(); return nil }

// Done is nil when everything was said that the recording has; otherwise it wraps ErrDiffers and names the line that was reached.
func (r *Replay) Done() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.wrong != nil:
		return r.wrong
	case r.at < len(r.script):
		return fmt.Errorf("%w: line %d, byte %d is not said", ErrDiffers, r.script[r.at].Line, r.heard+1)
	}
	return nil
}
