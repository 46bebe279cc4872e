// Package scanemu plays a bar code scanner in serial mode: it sends the code it sees with what its settings put around it, obeys the commands of
// its maker, and has faults on request.
package scanemu

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
)

// Fault is something that goes wrong with the next code.
type Fault string

// The faults.
const (
	None     Fault = ""
	NoSuffix Fault = "no-suffix" // sends nothing behind the code
	CutOff   Fault = "cut-off"   // sends half of the code
	Noise    Fault = "noise"     // sends bytes of another line speed in front of the code
	Endless  Fault = "endless"   // sends the code's letters without end, until the fault changes
	HangUp   Fault = "hang-up"   // closes the line in the middle of the code
	Twice    Fault = "twice"     // sends the code two times
	Silent   Fault = "silent"    // sees the code and sends nothing
	Deaf     Fault = "deaf"      // does not hear commands
	Refuse   Fault = "refuse"    // says no to commands, where its maker's scanners can
)

// Faults lists all but None.
func Faults() []Fault {
	return []Fault{NoSuffix, CutOff, Noise, Endless, HangUp, Twice, Silent, Deaf, Refuse}
}

// Opts says how the scanner is set. The zero value reads by itself and ends codes with CR.
type Opts struct {
	Prefix   string        // sent in front of a code, such as an AIM identifier
	Suffix   string        // sent behind a code, CR if empty
	Profile  scan.Profile  // whose commands it obeys
	OnDemand bool          // reads only while it was told to
	Again    time.Duration // how long it rests after a code; 0 reads the next one at once
	Fault    func() Fault  // asked at every code and every command; nil is None
}

// Scanner is a scanner. It survives its lines, as a real one does.
type Scanner struct {
	o     Opts
	codes chan string

	mu    sync.Mutex
	lit   bool
	beeps int
	woken chan struct{} // closed and replaced when lit or beeps changes
}

// New makes a Scanner.
func New(o Opts) *Scanner {
	if o.Suffix == "" {
		o.Suffix = "\r"
	}
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	return &Scanner{o: o, codes: make(chan string), lit: !o.OnDemand, woken: make(chan struct{})}
}

// Show holds a code before the scanner until a line takes it, or ctx ends: then it gives the cause. A code is sent once, whoever is connected.
func (s *Scanner) Show(ctx context.Context, code string) error {
	select {
	case s.codes <- code:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Lit tells whether it reads, Beeps how often it was told to beep, and changed is closed when one of them changes.
func (s *Scanner) Lit() (lit bool, beeps int, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lit, s.beeps, s.woken
}

func (s *Scanner) change(f func()) {
	s.mu.Lock()
	f()
	close(s.woken)
	s.woken = make(chan struct{})
	s.mu.Unlock()
}

// Serve plays the scanner on a line until its other end is gone or ctx ends, and closes it. An error says that a code could not be sent.
func (s *Scanner) Serve(ctx context.Context, p port.Port) error {
	defer context.AfterFunc(ctx, func() { p.Close() })() // a write that nobody takes ends, too
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.obey(p)
	}()
	defer func() { p.Close(); <-gone }()
	for {
		lit, _, changed := s.Lit()
		codes := s.codes
		if !lit {
			codes = nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-gone:
			return nil
		case <-changed:
		case code := <-codes:
			if s.o.OnDemand {
				s.change(func() { s.lit = false })
			}
			if err := s.send(ctx, p, code); err != nil && ctx.Err() == nil {
				return fmt.Errorf("scanemu: send: %w", err)
			}
			select {
			case <-time.After(s.o.Again):
			case <-ctx.Done():
			case <-gone:
			}
		}
	}
}

// send says a code, or what becomes of it.
func (s *Scanner) send(ctx context.Context, p port.Port, code string) error {
	whole := s.o.Prefix + code + s.o.Suffix
	switch s.o.Fault() {
	case NoSuffix:
		whole = s.o.Prefix + code
	case CutOff:
		whole = whole[:len(whole)/2]
	case Noise:
		whole = "\xf8\x00\xe6\x86\xff\x1e" + whole
	case Twice:
		whole += whole
	case Silent:
		return nil
	case HangUp:
		_, _ = io.WriteString(p, whole[:len(whole)/2]) // nobody may be there any more
		return p.Close()
	case Endless:
		for s.o.Fault() == Endless && ctx.Err() == nil {
			if _, err := io.WriteString(p, code); err != nil {
				return nil // whoever read has had enough
			}
		}
		return nil
	}
	_, err := io.WriteString(p, whole)
	return err
}

// heard is a command of a maker and its answers; the bytes are those of the makers' documents, written anew here so that emulator and driver
// cannot share a mistake.
type heard struct {
	bytes, yes, no string
	do             func(*Scanner)
}

func light(s *Scanner)  { s.lit = true }
func darken(s *Scanner) { s.lit = !s.o.OnDemand }
func beep(s *Scanner)   { s.beeps++ }

func commands(p scan.Profile) []heard {
	switch p {
	case scan.Honeywell:
		return []heard{{"\x16T\r", "", "", light}, {"\x16U\r", "", "", darken}}
	case scan.Zebra:
		const yes, no = "\x04\xd0\x00\x00\xff\x2c", "\x05\xd1\x00\x00\x06\xff\x24" // cause 6: denied
		return []heard{{"\x04\xe4\x04\x00\xff\x14", yes, no, light}, {"\x04\xe5\x04\x00\xff\x13", yes, no, darken},
			{"\x05\xe6\x04\x00\x00\xff\x11", yes, no, beep}}
	case scan.Datalogic:
		return []heard{{"T", "", "", light}, {"X", "", "", darken}, {"B", "", "", beep}}
	case scan.Newland:
		return []heard{{"~\x010000#SCNTRG1;\x03", "\x02\x010000#SCNTRG1\x06;\x03", "\x02\x010000#SCNTRG1\x15;\x03", light},
			{"~\x010000#SCNTRG0;\x03", "\x02\x010000#SCNTRG0\x06;\x03", "\x02\x010000#SCNTRG0\x15;\x03", darken}}
	}
	return nil
}

// obey does what it is told until the other end is gone. What is no command is ignored byte by byte.
func (s *Scanner) obey(p port.Port) {
	var in []byte
	buf := make([]byte, 256)
	known := commands(s.o.Profile)
	for {
		n, err := p.Read(buf)
		in = append(in, buf[:n]...)
		if err != nil {
			return
		}
		for len(in) > 0 {
			used := s.next(p, known, in)
			if used == 0 {
				break
			}
			in = in[used:]
		}
	}
}

// next takes a command off the front; 0 while it is not complete.
func (s *Scanner) next(p port.Port, known []heard, in []byte) int {
	for _, h := range known {
		switch {
		case bytes.HasPrefix(in, []byte(h.bytes)):
			switch s.o.Fault() {
			case Deaf:
			case Refuse:
				_, _ = io.WriteString(p, h.no) // who asked may be gone; the next read tells
			default: // it answers first: what it reads once it is lit comes afterwards
				_, _ = io.WriteString(p, h.yes)
				s.change(func() { h.do(s) })
			}
			return len(h.bytes)
		case bytes.HasPrefix([]byte(h.bytes), in):
			return 0
		}
	}
	return 1
}
