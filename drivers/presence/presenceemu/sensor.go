// Package presenceemu plays a presence sensor on a line, with faults on request.
package presenceemu

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
)

// Fault is something that goes wrong with the lines the sensor says.
type Fault string

// The faults.
const (
	None    Fault = ""
	Sum     Fault = "sum"          // one character is another one than was meant
	CutOff  Fault = "cut-off"      // says half a line and no end
	Noise   Fault = "noise"        // bytes of another line speed stand between the lines
	Garbage Fault = "garbage"      // nothing but such bytes
	Endless Fault = "endless"      // says letters without end, until the fault changes
	Long    Fault = "long"         // says lines of 64 KiB
	Crumbs  Fault = "crumbs"       // says everything byte by byte, with pauses
	Wrong   Fault = "wrong-device" // talks as another kind of device does
	Silent  Fault = "silent"       // says nothing: it crashed, or its cable is cut
	HangUp  Fault = "hang-up"      // closes the line in the middle
	Flicker Fault = "flicker"      // says the contrary every other time
	Deaf    Fault = "deaf"         // does not hear the question
)

// Faults lists all but None.
func Faults() []Fault {
	return []Fault{Sum, CutOff, Noise, Garbage, Endless, Long, Crumbs, Wrong, Silent, HangUp, Flicker, Deaf}
}

// Opts says which sensor is played.
type Opts struct {
	Name  string        // "PIR-2 1.4" if empty
	Beat  time.Duration // the heartbeat, 0 for 1 s
	Fault func() Fault  // asked whenever something is said; nil is None
}

// Sensor is a sensor. It survives its lines, as a real one does.
type Sensor struct {
	o Opts

	mu      sync.Mutex
	state   byte
	changed chan struct{} // closed and replaced when state changes
	flips   int
}

// New makes a Sensor before which nobody stands.
func New(o Opts) *Sensor {
	if o.Name == "" {
		o.Name = "PIR-2 1.4"
	}
	if o.Beat <= 0 {
		o.Beat = time.Second
	}
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	return &Sensor{o: o, state: '0', changed: make(chan struct{})}
}

// Sense puts somebody or nobody before the sensor, or something that it cannot see through. It steadies nothing: who plays decides.
func (s *Sensor) Sense(state presence.State) {
	s.mu.Lock()
	s.state = byte(state)
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
}

// Serve plays the sensor on a line until its other end is gone or ctx ends, and closes it. An error says that something could not be said.
func (s *Sensor) Serve(ctx context.Context, p port.Port) error {
	defer context.AfterFunc(ctx, func() { p.Close() })() // a write that nobody takes ends, too
	asked, gone := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(gone)
		s.hear(p, asked)
	}()
	defer func() { p.Close(); <-gone }()
	beat := time.NewTicker(s.o.Beat)
	defer beat.Stop()
	for {
		s.mu.Lock()
		state, changed := s.state, s.changed
		s.mu.Unlock()
		if err := s.say(ctx, p, s.line("S"+string(rune(state)))); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) || ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("presenceemu: say: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-gone:
			return nil
		case <-changed:
		case <-beat.C:
		case <-asked:
			_ = s.say(ctx, p, s.line("I1,"+s.o.Name)) // the state that follows tells whether it is gone
		}
	}
}

// line adds the sum; written anew here, so that sensor and driver cannot share a mistake.
func (s *Sensor) line(body string) string {
	const digits = "0123456789ABCDEF"
	x := 0
	for _, c := range []byte(body) {
		x ^= int(c)
	}
	return body + "*" + digits[x/16:x/16+1] + digits[x%16:x%16+1] + "\n"
}

const rubbish = "\xf8\x00\xe6\x86\xff\x1e*\x0a"

// say says a line, or what becomes of it.
func (s *Sensor) say(ctx context.Context, p port.Port, whole string) error {
	switch s.o.Fault() {
	case Sum:
		whole = "S" + string(rune(whole[1]^1)) + whole[2:]
	case CutOff:
		whole = whole[:len(whole)/2]
	case Noise:
		whole = rubbish + whole + rubbish
	case Garbage:
		whole = strings.Repeat(rubbish, 4)
	case Wrong:
		whole = "\x0262E3086CED08\r\n\x03" + "0001803807\r\n" + "$GPGGA,,,*56\r\n"
	case Long:
		whole = whole[:2] + strings.Repeat("1", 1<<16) + whole[2:]
	case Silent:
		return nil
	case HangUp:
		_, _ = io.WriteString(p, whole[:len(whole)/2]) // nobody may be there any more
		return p.Close()
	case Flicker:
		if s.flips++; s.flips%2 == 0 && whole[0] == 'S' {
			whole = s.line("S" + string(rune(whole[1]^1)))
		}
	case Endless:
		for s.o.Fault() == Endless && ctx.Err() == nil {
			if _, err := io.WriteString(p, strings.Repeat("S1", 2048)); err != nil {
				return nil // whoever read has had enough
			}
		}
		return nil
	case Crumbs:
		for i := range len(whole) {
			if _, err := io.WriteString(p, whole[i:i+1]); err != nil {
				return err
			}
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
			}
		}
		return nil
	}
	_, err := io.WriteString(p, whole)
	return err
}

// hear waits for questions until the other end is gone.
func (s *Sensor) hear(p port.Port, asked chan<- struct{}) {
	var in []byte
	buf := make([]byte, 64)
	for {
		n, err := p.Read(buf)
		if err != nil {
			return
		}
		in = append(in, buf[:n]...)
		if f := s.o.Fault(); f != Deaf && bytes.HasSuffix(in, []byte("?\n")) {
			select {
			case asked <- struct{}{}:
			default:
			}
		}
		if len(in) > 1 {
			in = in[len(in)-1:]
		}
	}
}
