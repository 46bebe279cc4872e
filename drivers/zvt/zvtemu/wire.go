package zvtemu

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// errLine says that the till is gone.
var errLine = errors.New("zvtemu: till is gone")

// errSilent says that the till did not answer in time.
var errSilent = errors.New("zvtemu: till does not answer")

// wire is the terminal's half of the transport.
type wire struct {
	p      port.Port
	serial bool
	in     chan zvt.APDU
	acks   chan bool
	quit   chan struct{}
	gone   chan struct{} // closed when nothing more can come
	mu     sync.Mutex
	fault  func() Fault
	lost   func(zvt.APDU) bool // tells whether a frame is treated as if it never came
	held   []byte              // with Lumps: waits for what is sent next; guarded by mu
	said   atomic.Bool         // something of ours arrived since their last frame: an equal one is new and not repeated
	spoil  atomic.Bool         // damage the next frame that is sent
}

func newWire(p port.Port, serial bool, fault func() Fault, lost func(zvt.APDU) bool) *wire {
	w := &wire{p: p, serial: serial, fault: fault, lost: lost, in: make(chan zvt.APDU, 16), acks: make(chan bool, 16), quit: make(chan struct{}), gone: make(chan struct{})}
	go w.read()
	return w
}

// close ends the wire and its port; read ends with it.
func (w *wire) close() {
	close(w.quit)
	_ = w.p.Close()
}

func (w *wire) read() {
	defer close(w.in)
	defer close(w.gone)
	var stream []byte
	var frames zvt.Deframer
	var before string
	block := make([]byte, 4096)
	for {
		deadline := time.Time{}
		if frames.Inside() {
			deadline = time.Now().Add(200 * time.Millisecond)
		}
		_ = w.p.SetReadDeadline(deadline)
		n, err := w.p.Read(block)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			frames.Reset()
			_ = w.raw([]byte{zvt.NAK})
			continue
		}
		if err != nil {
			return
		}
		if !w.serial {
			stream = append(stream, block[:n]...)
			for {
				a, size := zvt.ParseAPDU(stream)
				if size == 0 {
					break
				}
				a.Data = append([]byte(nil), a.Data...)
				stream = stream[size:]
				if !w.deliver(a) {
					return
				}
			}
			continue
		}
		for _, b := range block[:n] {
			switch event, a := frames.Push(b); event {
			case zvt.Damaged:
				_ = w.raw([]byte{zvt.NAK})
			case zvt.Positive, zvt.Negative:
				if event == zvt.Positive {
					w.said.Store(true)
				}
				select {
				case w.acks <- event == zvt.Positive:
				default:
				}
			case zvt.Framed:
				if w.lost(a) {
					continue
				}
				_ = w.hold([]byte{zvt.ACK})
				this := string(a.Append(nil))
				if this == before && !w.said.Load() {
					continue
				}
				before = this
				w.said.Store(false)
				if !w.deliver(a) {
					return
				}
			}
		}
	}
}

func (w *wire) deliver(a zvt.APDU) bool {
	select {
	case w.in <- a:
		return true
	case <-w.quit:
		return false
	}
}

// raw sends bytes, behind those that are held back.
func (w *wire) raw(b []byte) error {
	fault := w.fault()
	w.mu.Lock()
	defer w.mu.Unlock()
	b = append(w.held, b...)
	w.held = nil
	for piece := b; len(b) > 0; b = b[len(piece):] {
		if piece = b; fault == Crumbs {
			piece = b[:1]
		}
		if _, err := w.p.Write(piece); err != nil {
			return errLine // read notices it, too
		}
	}
	return nil
}

// lump is how long Lumps keeps bytes back for what may be sent next.
const lump = 20 * time.Millisecond

// hold sends bytes; with Lumps together with what is sent next, if something is.
func (w *wire) hold(b []byte) error {
	if w.fault() != Lumps {
		return w.raw(b)
	}
	w.mu.Lock()
	w.held = append(w.held, b...)
	w.mu.Unlock()
	time.AfterFunc(lump, func() { _ = w.raw(nil) })
	return nil
}

// send sends a message; over a serial line until it is acknowledged, at most three times.
func (w *wire) send(a zvt.APDU) error {
	if !w.serial {
		if a.Command.Answer() {
			return w.hold(a.Append(nil))
		}
		return w.raw(a.Append(nil))
	}
	for len(w.acks) > 0 {
		<-w.acks
	}
	for range 3 {
		frame := zvt.AppendFrame(nil, a)
		if w.spoil.CompareAndSwap(true, false) {
			frame[len(frame)-1] ^= 0x5A
		}
		if err := w.raw(frame); err != nil {
			return err
		}
		wait := time.NewTimer(5 * time.Second)
		select {
		case ok := <-w.acks:
			wait.Stop()
			if ok {
				return nil
			}
		case <-wait.C:
		case <-w.gone: // nobody will acknowledge it
			wait.Stop()
			return errLine
		case <-w.quit:
			wait.Stop()
			return errLine
		}
	}
	return fmt.Errorf("%w: %s not acknowledged", errLine, a.Command)
}

// recv gives the next message; wait 0 means without end.
func (w *wire) recv(ctx context.Context, wait time.Duration) (zvt.APDU, error) {
	var timeout <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timeout = t.C
	}
	select {
	case a, ok := <-w.in:
		if !ok {
			return zvt.APDU{}, errLine
		}
		return a, nil
	case <-timeout:
		return zvt.APDU{}, errSilent
	case <-ctx.Done():
		return zvt.APDU{}, ctx.Err()
	}
}
