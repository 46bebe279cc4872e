// Package escposemu is a receipt printer that exists only as bytes and pictures: it speaks ESC/POS over any line, draws its paper, and has
// faults on request.
//
// It keeps two things of real printers that matter to whoever drives one: status requests (DLE EOT) are answered at once, even where
// nothing can be printed, while everything else waits in a buffer; and what is in the buffer is printed later, when paper is put in.
package escposemu

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"strings"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// Fault is what is wrong with the printer, in a word.
type Fault string

const (
	None      Fault = ""
	NoPaper   Fault = "no-paper"   // prints nothing, says so, keeps its buffer
	NearEnd   Fault = "near-end"   // prints, and says that paper is low
	CoverOpen Fault = "cover-open" // prints nothing, says so
	Silent    Fault = "silent"     // as if switched off: every byte is lost, nothing is answered
	RunsOut   Fault = "runs-out"   // the paper ends after three lines; it stays so until the fault changes
	Dies      Fault = "dies"       // hangs up after three lines and forgets its buffer
	DiesLate  Fault = "dies-late"  // prints and cuts everything, then hangs up instead of saying so
	Cutter    Fault = "cutter"     // the knife jams at the next cut; when the fault is gone it still wants DLE ENQ or DLE DC4 8
	Offline   Fault = "offline"    // prints nothing and does not say why
	Recovers  Fault = "recovers"   // its head gets too hot after three lines; after a while it goes on by itself
	Slow      Fault = "slow"       // takes its time for every line
	Noise     Fault = "noise"      // all it says has a broken byte before it
)

// Faults lists every fault, for help texts.
func Faults() []Fault {
	return []Fault{NoPaper, NearEnd, CoverOpen, Silent, RunsOut, Dies, DiesLate, Cutter, Offline, Recovers, Slow, Noise}
}

// Opts says what the printer is like.
type Opts struct {
	Dir     string         // where slip-N.bin, slip-N.png and slip-N-part-M.png are written; empty: nowhere
	Columns int            // letters on a line, 0 for the profile's, or 48
	Profile escpos.Profile // what it knows; the zero profile knows everything, with Epson's numbers of code pages
	Fault   func() Fault   // asked again and again; nil: nothing is wrong
	Line    time.Duration  // how long a line takes when it is slow, 0 for 50 ms
	Pause   time.Duration  // how long it takes to recover by itself, 0 for 300 ms
}

// Slip is what was printed from one ESC @ to the next.
type Slip struct {
	Number int
	Raw    []byte        // the bytes that were carried out, in order
	Parts  []image.Image // the paper between the cuts
	Text   [][]string    // the parts' lines as text
	Notes  []string      // what happened besides, such as "drawer"
}

// linesBeforeTrouble is how many lines RunsOut, Dies and Recovers print first.
const linesBeforeTrouble = 3

// Printer is one printer; lines to it may come and go.
type Printer struct {
	o      Opts
	steady bool // nothing is ever wrong: nobody has to look

	mu      sync.Mutex
	head    *head
	queue   []escpos.Command // what was received and not carried out
	partial []byte           // an order that has not arrived completely
	slips   []Slip
	current *Slip
	lines   int // printed since trouble was ordered
	fault   Fault
	unknown int
	jammed  bool
	resume  time.Time // nothing is printed before
	cooled  bool      // it recovered already
	hot     bool
	asb     byte    // what it reports by itself
	told    [4]byte // what it reported last
}

// errDied ends a line as a printer that loses its power does.
var errDied = errors.New("escposemu: the printer lost its power")

// New makes a printer. It fails if the letters cannot be made.
func New(o Opts) (*Printer, error) {
	if o.Columns <= 0 {
		o.Columns = o.Profile.Columns
	}
	if o.Columns <= 0 {
		o.Columns = 48
	}
	steady := o.Fault == nil
	if steady {
		o.Fault = func() Fault { return None }
	}
	if o.Line <= 0 {
		o.Line = 50 * time.Millisecond
	}
	if o.Pause <= 0 {
		o.Pause = 300 * time.Millisecond
	}
	h, err := newHead(o.Columns, o.Profile)
	if err != nil {
		return nil, fmt.Errorf("escposemu: letters: %w", err)
	}
	return &Printer{o: o, steady: steady, head: h}, nil
}

// Serve is a new printer on one line, until ctx ends or the line does.
func Serve(ctx context.Context, p port.Port, o Opts) error {
	pr, err := New(o)
	if err != nil {
		return err
	}
	return pr.Serve(ctx, p)
}

// look is how often the printer looks for a fault while nothing arrives.
const look = 20 * time.Millisecond

// Serve carries out what comes over the line until ctx ends or the line does; it closes the line. The end of the line is no error.
func (p *Printer) Serve(ctx context.Context, line port.Port) error {
	defer line.Close()
	stop := context.AfterFunc(ctx, func() { _ = line.Close() })
	defer stop()
	buf := make([]byte, 4096)
	for {
		wait := time.Time{}
		if !p.steady || p.resting() {
			wait = time.Now().Add(look)
		}
		if err := line.SetReadDeadline(wait); err != nil {
			return nil // closed
		}
		n, err := line.Read(buf)
		answer, perr := p.work(buf[:n])
		if len(answer) > 0 {
			if _, werr := line.Write(answer); werr != nil {
				return ctx.Err()
			}
		}
		if perr != nil {
			if errors.Is(perr, errDied) {
				return nil
			}
			return perr
		}
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return ctx.Err()
		}
	}
}

// resting tells whether the printer has something to print and waits for its time.
func (p *Printer) resting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.resume)
}

// Slips gives what was printed so far, the unfinished one last.
func (p *Printer) Slips() []Slip {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := append([]Slip(nil), p.slips...)
	if p.current != nil {
		s := *p.current
		if len(p.head.strips) > 0 { // what hangs out of the printer
			s.Parts = append(s.Parts[:len(s.Parts):len(s.Parts)], paper(p.head.width(), p.head.strips))
			s.Text = append(s.Text[:len(s.Text):len(s.Text)], p.head.text)
		}
		out = append(out, s)
	}
	return out
}

// Unknown is how many orders the printer did not know.
func (p *Printer) Unknown() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unknown
}

// can tells whether the printer has an ability; what nobody knows of it, it has not.
func (p *Printer) can(f escpos.Fact) bool { return p.o.Profile.Name == "" || f == escpos.Yes }

// work takes bytes in, carries out what it can and gives the answers. Called without bytes it looks whether a fault has gone.
func (p *Printer) work(b []byte) (answer []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.o.Fault(); f != p.fault {
		p.fault, p.lines, p.cooled = f, 0, false
	}
	if p.fault == Silent { // as if it were switched off
		p.queue, p.partial, p.asb = nil, nil, 0
		return nil, nil
	}
	p.partial = append(p.partial, b...)
	for {
		c, n := escpos.Cut(p.partial)
		if n == 0 {
			break
		}
		p.partial = p.partial[n:]
		if a, now := p.atOnce(c); now {
			answer = append(answer, a...)
			continue
		}
		c.Bytes, c.Args = append([]byte(nil), c.Bytes...), append([]byte(nil), c.Args...) // partial is used again
		p.queue = append(p.queue, c)
	}
	for len(p.queue) > 0 && !p.stuck() {
		c := p.queue[0]
		p.queue = p.queue[1:]
		a, err := p.do(c)
		answer = append(answer, a...)
		if err != nil {
			return answer, err
		}
		if p.fault == Dies && p.lines >= linesBeforeTrouble {
			p.queue, p.partial, p.lines, p.asb = nil, nil, 0, 0
			return answer, errDied
		}
	}
	answer = append(answer, p.report(false)...)
	if p.fault == Noise && len(answer) > 0 {
		answer = append([]byte{0xFE}, answer...)
	}
	return answer, nil
}

// atOnce carries out real-time commands.
func (p *Printer) atOnce(c escpos.Command) (answer []byte, done bool) {
	switch c.Name {
	case "DLE EOT":
		return p.realTime(c.Args[0]), true
	case "DLE ENQ":
		if p.jammed && p.fault != Cutter && (c.Args[0] == 1 || c.Args[0] == 2) {
			p.jammed = false
			if c.Args[0] == 2 {
				p.queue = nil
			}
		}
		return nil, true
	case "DLE DC4":
		switch {
		case c.Args[0] == 8 && (p.can(p.o.Profile.Clear) || p.o.Profile.Clear == escpos.Unknown):
			p.queue, p.resume = nil, time.Time{}
			p.jammed = p.jammed && p.fault == Cutter
			return []byte{0x37, 0x25, 0x00}, true
		case c.Args[0] == 1:
			p.note("drawer")
		}
		return nil, true
	}
	return nil, false
}

func (p *Printer) out() bool {
	return p.fault == NoPaper || p.fault == RunsOut && p.lines >= linesBeforeTrouble
}

// stuck tells whether nothing can be printed now, for whatever reason.
func (p *Printer) stuck() bool {
	if p.fault == Recovers && !p.cooled && p.lines >= linesBeforeTrouble {
		p.cooled, p.hot, p.resume = true, true, time.Now().Add(p.o.Pause)
	}
	if time.Now().Before(p.resume) {
		return true
	}
	p.hot = false
	return p.fault == CoverOpen || p.fault == Offline || p.jammed || p.out()
}

// realTime answers DLE EOT.
func (p *Printer) realTime(n byte) []byte {
	b := byte(0x12)
	set := func(on bool, bits byte) {
		if on {
			b |= bits
		}
	}
	switch n {
	case 1:
		set(p.isOffline(), 0x08)
	case 2:
		set(p.fault == CoverOpen, 0x04)
		set(p.out(), 0x20)
		set(p.jammed || p.hot, 0x40)
	case 3:
		set(p.jammed, 0x08)
		set(p.hot, 0x40)
	case 4:
		set(p.fault == NearEnd || p.out(), 0x0C)
		set(p.out(), 0x60)
	default:
		return nil
	}
	return []byte{b}
}

// isOffline is stuck, except that a slow printer takes data.
func (p *Printer) isOffline() bool { return p.stuck() && (p.hot || !time.Now().Before(p.resume)) }

// report gives the automatic status, when it is asked for or something that it is about has changed.
func (p *Printer) report(asked bool) []byte {
	if p.asb == 0 {
		return nil
	}
	var b [4]byte
	set := func(i int, on bool, bits byte) {
		if on {
			b[i] |= bits
		}
	}
	b[0] = 0x10
	set(0, p.asb&0x02 != 0 && p.isOffline(), 0x08)
	set(0, p.asb&0x02 != 0 && p.fault == CoverOpen, 0x20)
	set(1, p.asb&0x04 != 0 && p.jammed, 0x08)
	set(1, p.asb&0x04 != 0 && p.hot, 0x40)
	set(2, p.asb&0x08 != 0 && (p.fault == NearEnd || p.out()), 0x03)
	set(2, p.asb&0x08 != 0 && p.out(), 0x0C)
	if !asked && b == p.told {
		return nil
	}
	p.told = b
	return b[:]
}

// name answers GS I.
func (p *Printer) name(n byte) []byte {
	maker, model, named := strings.Cut(p.o.Profile.Name, "-")
	if !named {
		maker, model = "epson", "tm-t88v"
	}
	switch n {
	case 66:
		return append(append([]byte{0x5F}, strings.ToUpper(maker)...), 0)
	case 67:
		return append(append([]byte{0x5F}, strings.ToUpper(model)...), 0)
	case 1, '1':
		return []byte{0x20}
	case 2, '2':
		return []byte{0x02} // a knife
	case 3, '3':
		return []byte{0x01}
	}
	return nil
}
