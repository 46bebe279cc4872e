// Package rfidemu plays an RFID reader on a line: one that speaks by itself (ID-12LA) or one that is asked (TWN4), with faults on request.
package rfidemu

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
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
)

// Fault is something that goes wrong with what the reader says next.
type Fault string

// The faults.
const (
	None     Fault = ""
	Checksum Fault = "checksum"     // one digit is another one than was meant
	CutOff   Fault = "cut-off"      // says half of it
	Noise    Fault = "noise"        // bytes of another line speed stand in front of it
	Endless  Fault = "endless"      // says hexadecimal digits without end, until the fault changes
	Long     Fault = "long"         // says 64 KiB where a few bytes are expected
	Crumbs   Fault = "crumbs"       // says it byte by byte, with pauses
	Wrong    Fault = "wrong-device" // talks as another kind of device does
	Silent   Fault = "silent"       // says nothing
	HangUp   Fault = "hang-up"      // closes the line in the middle
	Late     Fault = "late"         // TWN4: answers, but after Opts.Late
	Refuse   Fault = "refuse"       // TWN4: says that it does not know the command
)

// Faults lists all but None.
func Faults() []Fault {
	return []Fault{Checksum, CutOff, Noise, Endless, Long, Crumbs, Wrong, Silent, HangUp, Late, Refuse}
}

// Opts says which reader is played. The zero value is an ID-12LA.
type Opts struct {
	Model   rfid.Model
	Bare    bool          // ID12: no CR and LF, as RDM6300 does it
	Repeat  time.Duration // ID12: the frame comes again while the tag is there, as RDM6300 does it; 0: once
	CRC     bool          // TWN4: with checksums
	Version string        // TWN4: "TWN4/B1.06/CCF4.51/PRS1.04" if empty
	Late    time.Duration // how late Late is, 0 for 200 ms
	Fault   func() Fault  // asked whenever something is said; nil is None
}

// Reader is a reader. It survives its lines, as a real one does.
type Reader struct {
	o Opts

	mu      sync.Mutex
	tag     rfid.Tag
	held    bool
	beeps   int
	lights  byte
	ready   byte          // the outputs that were made ready
	asked   int           // commands
	changed chan struct{} // closed and replaced at every change of the above
}

// New makes a Reader.
func New(o Opts) *Reader {
	if o.Version == "" {
		o.Version = "TWN4/B1.06/CCF4.51/PRS1.04"
	}
	if o.Late <= 0 {
		o.Late = 200 * time.Millisecond
	}
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	return &Reader{o: o, changed: make(chan struct{})}
}

// State is what a reader shows.
type State struct {
	Beeps   int
	Lights  byte // GPIO0 is bit 0
	Asked   int  // how many commands it was told
	Changed <-chan struct{}
}

// State gives what the reader shows; Changed is closed when that, or the tag, is another one.
func (r *Reader) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return State{r.beeps, r.lights, r.asked, r.changed}
}

// Hold holds a tag to the reader until Take.
func (r *Reader) Hold(t rfid.Tag) { r.change(func() { r.tag, r.held = t, true }) }

// Take takes the tag away.
func (r *Reader) Take() { r.change(func() { r.held = false }) }

func (r *Reader) change(f func()) {
	r.mu.Lock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
}

func (r *Reader) now() (tag rfid.Tag, held bool, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tag, r.held, r.changed
}

// Serve plays the reader on a line until its other end is gone or ctx ends, and closes it. An error says that something could not be said.
func (r *Reader) Serve(ctx context.Context, p port.Port) error {
	defer context.AfterFunc(ctx, func() { p.Close() })() // a write that nobody takes ends, too
	ctx, end := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		defer end()
		r.obey(ctx, p)
	}()
	defer func() { end(); p.Close(); <-gone }()
	if r.o.Model == rfid.TWN4 {
		<-ctx.Done()
		return nil
	}
	said := false
	for {
		tag, held, changed := r.now()
		var again <-chan time.Time
		switch {
		case !held:
			said = false
		case !said:
			said = true
			err := r.say(ctx, p, r.frame(tag))
			if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) || err != nil && ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return fmt.Errorf("rfidemu: say: %w", err)
			}
		}
		if held && r.o.Repeat > 0 {
			said = false
			again = time.After(r.o.Repeat)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			said = false
		case <-again:
		}
	}
}

const digits = "0123456789ABCDEF"

// frame writes what an ID-12LA says of a tag; written anew here, so that reader and driver cannot share a mistake.
func (r *Reader) frame(t rfid.Tag) string {
	var s strings.Builder
	s.WriteByte(2)
	x := byte(0)
	for _, b := range append(append([]byte(nil), t.ID...), 0) {
		s.WriteByte(digits[b>>4])
		s.WriteByte(digits[b&15])
		x ^= b
	}
	out := s.String()
	out = out[:len(out)-2] + string(digits[x>>4]) + string(digits[x&15])
	if !r.o.Bare {
		out += "\r\n"
	}
	return out + "\x03"
}

// say says something, or what becomes of it.
func (r *Reader) say(ctx context.Context, p port.Port, whole string) error {
	fault := r.o.Fault()
	switch fault {
	case Checksum:
		at := 5 % len(whole)
		other := byte('0')
		if whole[at] == other {
			other = '1'
		}
		whole = whole[:at] + string(other) + whole[at+1:]
	case CutOff:
		whole = whole[:len(whole)/2]
	case Noise:
		whole = "\xf8\x00\xe6\x86\xff\x1e" + whole
	case Wrong:
		whole = "]Q1BCD\r\n002\r\n\x10\x02\x06\x0f\x00\x10\x03"
	case Long:
		whole = whole[:1] + strings.Repeat("0", 1<<16) + whole[1:]
	case Silent:
		return nil
	case Late:
		select {
		case <-time.After(r.o.Late):
		case <-ctx.Done():
		}
	case HangUp:
		_, _ = io.WriteString(p, whole[:len(whole)/2]) // nobody may be there any more
		return p.Close()
	case Endless:
		for r.o.Fault() == Endless && ctx.Err() == nil {
			if _, err := io.WriteString(p, whole[:1]+strings.Repeat("0123456789ABCDEF", 256)); err != nil {
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

// obey answers commands until the other end is gone. An ID12 hears nothing.
func (r *Reader) obey(ctx context.Context, p port.Port) {
	var in []byte
	buf := make([]byte, 256)
	for {
		n, err := p.Read(buf)
		if err != nil {
			return
		}
		if r.o.Model != rfid.TWN4 {
			continue
		}
		in = append(in, buf[:n]...)
		for {
			line, rest, whole := bytes.Cut(in, []byte{'\r'})
			if !whole {
				break
			}
			in = rest
			answer := r.answer(line)
			if r.o.Fault() == Refuse {
				answer = []byte{1}
			}
			if r.say(ctx, p, r.line(answer)) != nil {
				return
			}
		}
		if len(in) > 1<<10 {
			in = nil
		}
	}
}

// line writes an answer as digits; the checksum bit by bit as the polynomial says it.
func (r *Reader) line(answer []byte) string {
	if r.o.CRC {
		answer = append(answer, check(answer)...)
	}
	var s strings.Builder
	for _, b := range answer {
		s.WriteByte(digits[b>>4])
		s.WriteByte(digits[b&15])
	}
	return s.String() + "\r"
}

func check(b []byte) []byte {
	crc := 0xFFFF
	for _, c := range b {
		crc ^= int(c)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0x8408
			} else {
				crc >>= 1
			}
		}
	}
	return []byte{byte(crc), byte(crc >> 8)}
}

// answer obeys a command and gives the error byte and what follows it.
func (r *Reader) answer(line []byte) []byte {
	var b []byte
	for i := 0; i+1 < len(line); i += 2 {
		high, low := strings.IndexByte(digits, line[i]), strings.IndexByte(digits, line[i+1])
		if high < 0 || low < 0 {
			return []byte{5}
		}
		b = append(b, byte(high<<4|low))
	}
	if r.o.CRC && len(b) >= 2 {
		end := len(b) - 2
		if !bytes.Equal(check(b[:end:end]), b[end:]) {
			return []byte{5}
		}
		b = b[:end]
	}
	if len(b) < 2 {
		return []byte{5}
	}
	defer r.change(func() { r.asked++ })
	params := b[2:]
	switch function := int(b[0])<<8 | int(b[1]); {
	case function == 0x0004 && len(params) == 1:
		return append([]byte{0, byte(len(r.o.Version))}, r.o.Version...)
	case function == 0x0400 && len(params) == 3:
		r.change(func() { r.ready |= params[0] })
		return []byte{0}
	case function == 0x0402 && len(params) == 1:
		r.change(func() { r.lights |= params[0] & r.ready })
		return []byte{0}
	case function == 0x0403 && len(params) == 1:
		r.change(func() { r.lights &^= params[0] })
		return []byte{0}
	case function == 0x0407 && len(params) == 7:
		r.change(func() { r.beeps++ })
		return []byte{0}
	case function == 0x0500 && len(params) == 1:
		tag, held, _ := r.now()
		if !held {
			return []byte{0, 0}
		}
		return append([]byte{0, 1, byte(tag.Kind), byte(tag.Bits), byte(len(tag.ID))}, tag.ID...)
	}
	return []byte{1}
}
