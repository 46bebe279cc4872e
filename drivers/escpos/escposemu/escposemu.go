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
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"time"

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
)

// Faults lists every fault, for help texts.
func Faults() []Fault { return []Fault{NoPaper, NearEnd, CoverOpen, Silent, RunsOut, Dies} }

// Opts says what the printer is like.
type Opts struct {
	Dir     string       // where slip-N.bin, slip-N.png and slip-N-part-M.png are written; empty: nowhere
	Columns int          // letters on a line, 0 for 48
	Fault   func() Fault // asked again and again; nil: nothing is wrong
}

// Slip is what was printed from one ESC @ to the next.
type Slip struct {
	Number int
	Raw    []byte        // the bytes that were carried out, in order
	Parts  []image.Image // the paper between the cuts
	Text   [][]string    // the parts' lines as text
}

// linesBeforeTrouble is how many lines RunsOut and Dies print first.
const linesBeforeTrouble = 3

// Printer is one printer; lines to it may come and go.
type Printer struct {
	o Opts

	mu      sync.Mutex
	head    *head
	queue   []command // what was received and not carried out
	partial []byte    // an order that has not arrived completely
	slips   []Slip
	current *Slip
	lines   int // printed since trouble was ordered
	fault   Fault
	unknown int
}

var errDied = errors.New("escposemu: the printer died, as it was told")

// New makes a printer.
func New(o Opts) (*Printer, error) {
	if o.Columns <= 0 {
		o.Columns = 48
	}
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	h, err := newHead(o.Columns)
	if err != nil {
		return nil, fmt.Errorf("escposemu: new: %w", err)
	}
	return &Printer{o: o, head: h}, nil
}

// Serve is a new printer on one line, until ctx ends or the line does.
func Serve(ctx context.Context, p port.Port, o Opts) error {
	pr, err := New(o)
	if err != nil {
		return err
	}
	return pr.Serve(ctx, p)
}

// Serve carries out what comes over the line until ctx ends or the line does; it closes the line. The end of the line is no error.
func (p *Printer) Serve(ctx context.Context, line port.Port) error {
	defer line.Close()
	stop := context.AfterFunc(ctx, func() { _ = line.Close() })
	defer stop()
	buf := make([]byte, 4096)
	for {
		if err := line.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
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

// work takes bytes in, carries out what it can and gives the answers. Called without bytes it looks whether a fault has gone.
func (p *Printer) work(b []byte) (answer []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.o.Fault(); f != p.fault {
		p.fault, p.lines = f, 0
	}
	if p.fault == Silent { // as if it were switched off
		p.queue, p.partial = nil, nil
		return nil, nil
	}
	p.partial = append(p.partial, b...)
	for {
		c, n := next(p.partial)
		if n == 0 {
			break
		}
		c.raw, c.arg = append([]byte(nil), c.raw...), append([]byte(nil), c.arg...)
		p.partial = p.partial[n:]
		switch {
		case c.op == "DLE EOT":
			answer = append(answer, p.realTime(c.arg[0])...)
		case c.op == "DLE DC4":
			if c.arg[0] == 8 {
				p.queue = nil
				answer = append(answer, 0x37, 0x25, 0x00)
			}
		default:
			p.queue = append(p.queue, c)
		}
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
			p.queue, p.partial, p.lines = nil, nil, 0
			return answer, errDied
		}
	}
	return answer, nil
}

func (p *Printer) out() bool {
	return p.fault == NoPaper || p.fault == RunsOut && p.lines >= linesBeforeTrouble
}

func (p *Printer) stuck() bool { return p.fault == CoverOpen || p.out() }

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
		set(p.stuck(), 0x08)
	case 2:
		set(p.fault == CoverOpen, 0x04)
		set(p.out(), 0x20)
	case 3:
	case 4:
		set(p.fault == NearEnd || p.out(), 0x0C)
		set(p.out(), 0x60)
	default:
		return nil
	}
	return []byte{b}
}

func (p *Printer) do(c command) (answer []byte, err error) {
	h := p.head
	if c.op == "ESC @" {
		p.finish()
	}
	if p.current == nil {
		p.current = &Slip{Number: p.number()}
	}
	p.current.Raw = append(p.current.Raw, c.raw...)
	switch c.op {
	case "":
		h.letters(c.arg)
	case "LF":
		h.feed()
		p.lines++
	case "ESC @":
		h.reset()
	case "ESC t":
		h.page = c.arg[0]
	case "ESC a":
		h.align = c.arg[0]
	case "ESC E":
		h.bold = c.arg[0]&1 != 0
	case "GS !":
		h.wide, h.tall = int(c.arg[0]>>4&7)+1, int(c.arg[0]&7)+1
	case "ESC J":
		p.flush()
		h.empty(int(c.arg[0]))
	case "ESC d":
		p.flush()
		h.empty(int(c.arg[0]) * lineFeed)
	case "GS ( k":
		h.symbolCommand(c.arg)
	case "GS v":
		h.raster(c.arg)
	case "GS r":
		b := byte(0)
		if p.fault == NearEnd {
			b = 0x03
		}
		return []byte{b}, nil
	case "GS V":
		p.flush()
		return nil, p.cut()
	case "unknown":
		p.unknown++
	}
	return nil, nil
}

func (p *Printer) flush() {
	if len(p.head.line) > 0 {
		p.head.feed()
	}
}

// finish ends the slip that is being printed, if anything of it is on paper.
func (p *Printer) finish() {
	if p.current != nil && (len(p.current.Parts) > 0 || len(p.head.strips) > 0) {
		hanging := p.head.strips // not cut: it hangs on the next slip
		p.slips = append(p.slips, *p.current)
		p.head.strips = hanging
		p.current = nil
	} else if p.current != nil {
		p.current.Raw = nil
	}
}

func (p *Printer) number() int {
	n := len(p.slips) + 1
	if p.o.Dir == "" {
		return n
	}
	for ; ; n++ {
		if _, err := os.Stat(p.name(n, "", "bin")); err != nil {
			return n
		}
	}
}

func (p *Printer) name(n int, part, ext string) string {
	return filepath.Join(p.o.Dir, fmt.Sprintf("slip-%d%s.%s", n, part, ext))
}

// cut ends a part and writes the pictures.
func (p *Printer) cut() error {
	img, text := p.head.tear()
	s := p.current
	s.Parts, s.Text = append(s.Parts, img), append(s.Text, text)
	if p.o.Dir == "" {
		return nil
	}
	if err := os.WriteFile(p.name(s.Number, "", "bin"), s.Raw, 0o600); err != nil {
		return fmt.Errorf("escposemu: write: %w", err)
	}
	if err := save(p.name(s.Number, fmt.Sprintf("-part-%d", len(s.Parts)), "png"), img); err != nil {
		return err
	}
	return save(p.name(s.Number, "", "png"), s.Picture())
}

// Picture shows the parts one below the other, as they fall out of the printer.
func (s Slip) Picture() image.Image {
	const gap = 10
	width, height := 0, -gap
	for _, p := range s.Parts {
		width, height = max(width, p.Bounds().Dx()), height+p.Bounds().Dy()+gap
	}
	img := image.NewRGBA(image.Rect(0, 0, max(1, width), max(1, height))) // transparent between the parts
	y := 0
	for _, p := range s.Parts {
		draw.Draw(img, p.Bounds().Add(image.Pt(0, y)), p, image.Point{}, draw.Src)
		y += p.Bounds().Dy() + gap
	}
	return img
}

func save(name string, img image.Image) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".slip-*") // whoever watches the folder sees whole pictures only
	if err != nil {
		return fmt.Errorf("escposemu: write: %w", err)
	}
	defer os.Remove(f.Name())
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("escposemu: write: %w", err)
	}
	return nil
}
