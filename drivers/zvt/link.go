package zvt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// link carries whole messages over a port: bare over TCP (P016 4), in frames with ACK and NAK over a serial line (P016 3). One goroutine
// reads; sequences wait for what it found.
type link struct {
	p      port.Port
	serial bool
	t1, t2 time.Duration
	t3     time.Duration

	in       chan APDU
	acks     chan bool   // true: ACK, false: NAK
	answered atomic.Bool // a message of ours arrived since the last one of theirs: an equal message is new and not repeated
	babble   atomic.Bool // the connection began with bytes that are no message, and none came yet
	writing  sync.Mutex

	once sync.Once
	dead chan struct{}
	err  error // why; valid once dead is closed
}

func newLink(p port.Port, o Opts) *link {
	l := &link{p: p, serial: o.Serial, t1: o.T1, t2: o.T2, t3: o.T3, in: make(chan APDU, 64), acks: make(chan bool, 8), dead: make(chan struct{})}
	if l.serial {
		go l.readFrames()
	} else {
		go l.readStream()
	}
	return l
}

// die ends the link; the first reason counts.
func (l *link) die(err error) error {
	l.once.Do(func() {
		l.err = err
		close(l.dead)
		_ = l.p.Close() // the reason is told, not how the port took it
	})
	return l.err
}

func (l *link) deliver(a APDU) bool {
	select {
	case l.in <- a:
		return true
	case <-l.dead:
		return false
	}
}

// strange is how many bytes that are no message a connection may begin with: greetings of boxes that turn TCP into a serial line.
const strange = 4096

// begins finds where the first message of a connection begins; -1 if nothing looks like one. An answer has to be complete, because it is short;
// half tells whether the beginning of one is all there is.
func begins(b []byte) (at int, half bool) {
	for i := 0; i+1 < len(b); i++ {
		c := Command(b[i])<<8 | Command(b[i+1])
		if !known(c.Class()) || c.Name() == "" || (c.Class() == 0x80 && c != Acknowledge) {
			continue
		}
		if _, n := ParseAPDU(b[i:]); n > 0 || !c.Answer() {
			return i, false
		}
		half = half || i == 0
	}
	return -1, half || len(b) == 1 && known(b[0])
}

func (l *link) readStream() {
	var buf []byte
	var since time.Time // the message that is in buf began
	fresh := true       // no message came yet
	block := make([]byte, 4096)
	for {
		deadline := time.Time{}
		if len(buf) > 0 && !fresh { // P016 5.2.5 b: a message whose pieces take longer than T3 ends the connection
			deadline = since.Add(l.t3)
		}
		_ = l.p.SetReadDeadline(deadline) // fails only when closed, and then Read says so
		n, err := l.p.Read(block)
		if err != nil {
			_ = l.die(fmt.Errorf("%w: read: %w", ErrLine, err))
			return
		}
		if len(buf) == 0 {
			since = time.Now()
		}
		for buf = append(buf, block[:n]...); len(buf) > 0; since = time.Now() {
			if fresh {
				at, half := begins(buf)
				l.babble.Store(at < 0 && !half)
				if at < 0 {
					if len(buf) > strange {
						_ = l.die(fmt.Errorf("%w: %d bytes and no message among them", ErrPeer, len(buf)))
						return
					}
					break
				}
				buf, fresh = buf[at:], false
			}
			if !known(buf[0]) {
				_ = l.die(fmt.Errorf("%w: message of class %02X", ErrPeer, buf[0]))
				return
			}
			a, size := ParseAPDU(buf)
			if size == 0 {
				break
			}
			a.Data = append([]byte(nil), a.Data...)
			if buf = buf[size:]; !l.deliver(a) {
				return
			}
		}
	}
}

func (l *link) readFrames() {
	var d Deframer
	var before string // the last message, to know it when it is repeated because our ACK got lost
	block := make([]byte, 4096)
	for {
		deadline := time.Time{}
		if d.Inside() {
			deadline = time.Now().Add(l.t1)
		}
		_ = l.p.SetReadDeadline(deadline)
		n, err := l.p.Read(block)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			d.Reset()
			l.write([]byte{NAK})
			continue
		}
		if err != nil {
			_ = l.die(fmt.Errorf("%w: read: %w", ErrLine, err))
			return
		}
		for _, b := range block[:n] {
			switch event, a := d.Push(b); event {
			case Damaged:
				l.write([]byte{NAK})
			case Positive, Negative:
				if event == Positive {
					l.answered.Store(true) // here and not in send: their next message may follow at once
				}
				select {
				case l.acks <- event == Positive:
				default: // nobody waits for that many
				}
			case Framed:
				l.write([]byte{ACK})
				if !known(a.Command.Class()) {
					continue
				}
				this := string(a.Append(nil))
				if this == before && !l.answered.Load() {
					continue
				}
				before = this
				l.answered.Store(false)
				if !l.deliver(a) {
					return
				}
			}
		}
	}
}

// write sends raw bytes; a failure is noticed by the reader too, which ends the link. So does a terminal that does not take them within T3.
func (l *link) write(b []byte) {
	l.writing.Lock()
	stuck := time.AfterFunc(l.t3, func() { _ = l.die(fmt.Errorf("%w: nothing is taken within %v", ErrLine, l.t3)) })
	_, err := l.p.Write(b)
	stuck.Stop()
	l.writing.Unlock()
	if err != nil {
		_ = l.die(fmt.Errorf("%w: write: %w", ErrLine, err))
	}
}

// repeats is how often a message is repeated that was not acknowledged (P016 3.5).
const repeats = 2

// send sends a message. Over a serial line it waits for ACK; messages that arrive meanwhile are given to early. A ctx that ends ends the link.
func (l *link) send(ctx context.Context, a APDU, early func(APDU)) error {
	if !l.serial {
		l.write(a.Append(nil))
		return l.failed()
	}
	frame := AppendFrame(nil, a)
	for len(l.acks) > 0 {
		<-l.acks // said about something else
	}
	for range 1 + repeats {
		l.write(frame)
		wait := time.NewTimer(l.t2)
		again := false
		for !again {
			select {
			case ok := <-l.acks:
				if ok {
					wait.Stop()
					return nil
				}
				again = true
			case got := <-l.in:
				early(got)
				// Who answers a message has received it, whatever became of its ACK. Sending it again could mean a second payment.
				if got.Command.Answer() != a.Command.Answer() {
					wait.Stop()
					return nil
				}
			case <-wait.C:
				again = true
			case <-ctx.Done():
				wait.Stop()
				return l.die(fmt.Errorf("%w: %s: %w", ErrLine, a.Command, ctx.Err()))
			case <-l.dead:
				wait.Stop()
				return l.err
			}
		}
		wait.Stop()
	}
	return l.die(fmt.Errorf("%w: send: not acknowledged after %d repeats", ErrLine, repeats))
}

func (l *link) failed() error {
	select {
	case <-l.dead:
		return l.err
	default:
		return nil
	}
}
