package escpos

import (
	"bytes"
	"errors"
	"fmt"
	"image"
)

// Part is what is printed between two cuts.
type Part []Line

// Kind says what a line is.
type Kind int

const (
	Text     Kind = iota // Text, broken at spaces where it is too long
	Pair                 // Label at the left, Text at the right; below each other where they do not fit beside each other
	Verbatim             // Lines as they are, their spaces too; the whole block stands in the middle of the paper
	QR                   // Data as QR code, in the middle
	Rule                 // a line across
	Feed                 // an empty line
	Table                // Rows in columns, as wide as their contents need and the paper allows
	Barcode              // Data as a bar code of the kind Code, in the middle, readable below
	Picture              // Image, in the middle, in black and white; made smaller where the paper is narrower
)

// Line is one thing to print.
type Line struct {
	Kind      Kind
	Text      string
	Label     string
	Lines     []string
	Rows      [][]string // a Table's
	Right     []bool     // which of a Table's columns are set to the right, such as amounts
	Data      string
	Code      BarcodeKind
	Image     image.Image
	Wide      int // times wider than normal, 1 to 8; 0 is 1. A word too long for that is printed in normal width
	Tall      int // times taller than normal, 1 to 8; 0 is 1
	Bold      bool
	Underline bool
	Invert    bool // white on black
	Center    bool
	ToRight   bool // set to the right
}

// What cannot be printed by any printer.
var (
	ErrData  = errors.New("escpos: data is empty or does not fit into the code")
	ErrImage = errors.New("escpos: picture is missing or has no size")
)

// cell is the width of a normal letter in dots (font A).
const cell = 12

// Encode gives the bytes that Print sends for the parts to a printer without faults, without a printer. It fails with ErrData or ErrImage.
func Encode(o Opts, parts []Part) ([]byte, error) {
	c := newComposer(o.full())
	c.out = append(c.out, c.begin()...)
	for i, p := range parts {
		if err := c.part(p, ""); err != nil {
			return nil, err
		}
		c.out = append(c.out, c.question(processID(uint32(i+1)))...)
	}
	return c.out, nil
}

// composer turns lines into bytes.
type composer struct {
	o    Opts
	set  charset
	dots int
	out  []byte
	page int // the code page that the printer has selected now
	text []glyph
	rows [][]glyph
}

func newComposer(full Opts) *composer {
	return &composer{o: full, set: newCharset(full.Profile.Pages), dots: min(full.Profile.Dots, full.Columns*cell), out: make([]byte, 0, 4096)}
}

// begin puts the printer into a known state.
func (c *composer) begin() []byte {
	asb := byte(0)
	if c.o.Profile.ASB == Yes {
		asb = asbAll
	}
	return join(reset(), noKanji(), codePage(c.set.numbers[0]), automatic(asb))
}

// question is what the printer answers when it is done with what stands before.
func (c *composer) question(id [4]byte) []byte {
	if c.o.Profile.ProcessID == Yes {
		return askProcess(id)
	}
	return askPaper()
}

func join(bs ...[]byte) []byte { return bytes.Join(bs, nil) }

// part appends a part's bytes with its cut, but without the question that confirms it. A mark is set above it.
func (c *composer) part(p Part, mark string) error {
	if mark != "" {
		c.styled(Line{Text: " " + mark + " ", Wide: 2, Tall: 2, Bold: true, Invert: true, Center: true})
		c.out = append(c.out, lf)
	}
	for _, l := range p {
		if err := c.line(l); err != nil {
			return err
		}
	}
	c.turn(0)
	if c.o.NoCut {
		c.out = append(c.out, lf, lf, lf, lf, lf, lf) // so that it can be torn off
	} else {
		c.out = append(c.out, cutPartial()...)
	}
	return nil
}

func (c *composer) line(l Line) error {
	switch l.Kind {
	case Text:
		c.styled(l)
	case Pair:
		c.pair(l)
	case Verbatim:
		c.verbatim(l)
	case QR:
		return c.qr(l.Data)
	case Rule:
		c.rule()
	case Feed:
		c.out = append(c.out, lf)
	case Table:
		c.table(l)
	case Barcode:
		return c.barcode(l)
	case Picture:
		return c.picture(l.Image)
	default:
		return fmt.Errorf("escpos: line of the unknown kind %d", l.Kind)
	}
	return nil
}

// turn selects a code page by its index.
func (c *composer) turn(page int) {
	if page != c.page {
		c.out = append(c.out, esc, 't', c.set.numbers[page])
		c.page = page
	}
}

// put writes glyphs into the line.
func (c *composer) put(s []glyph) {
	for _, g := range s {
		if g == hard {
			g = ' '
		}
		if g > 0xFF {
			c.turn(int(g>>8) - 1)
		}
		c.out = append(c.out, byte(g))
	}
}

func (c *composer) feed(s []glyph) {
	c.put(s)
	c.out = append(c.out, lf)
}

func (c *composer) spaces(n int) {
	for range n {
		c.out = append(c.out, ' ')
	}
}

func (c *composer) align(n byte) { c.out = append(c.out, esc, 'a', n) }

// begins turns a line's size, weight and place on; ends puts them back to normal.
func (c *composer) begins(l Line, wide int) {
	switch {
	case l.Center:
		c.align(1)
	case l.ToRight:
		c.align(2)
	}
	if l.Bold {
		c.out = append(c.out, onOff(esc, 'E', true)...)
	}
	if l.Underline {
		c.out = append(c.out, onOff(esc, '-', true)...)
	}
	if l.Invert {
		c.out = append(c.out, onOff(gs, 'B', true)...)
	}
	if tall := clamp(l.Tall, 1, 8); wide > 1 || tall > 1 {
		c.out = append(c.out, gs, '!', byte(wide-1)<<4|byte(tall-1))
	}
}

func (c *composer) ends(l Line, wide int) {
	if wide > 1 || clamp(l.Tall, 1, 8) > 1 {
		c.out = append(c.out, gs, '!', 0)
	}
	if l.Invert {
		c.out = append(c.out, onOff(gs, 'B', false)...)
	}
	if l.Underline {
		c.out = append(c.out, onOff(esc, '-', false)...)
	}
	if l.Bold {
		c.out = append(c.out, onOff(esc, 'E', false)...)
	}
	if l.Center || l.ToRight {
		c.align(0)
	}
}

// styled prints a line's text.
func (c *composer) styled(l Line) {
	wide := clamp(l.Wide, 1, 8)
	for {
		c.rows, c.text = c.rows[:0], c.text[:0]
		fits := true
		for rest, more := l.Text, true; more; {
			var s string
			s, rest, more = cutLine(rest)
			start := len(c.text)
			c.text = c.set.encode(c.text, s)
			p := c.text[start:len(c.text):len(c.text)]
			fits = fits && longest(p) <= c.o.Columns/wide
			c.rows = wrap(c.rows, p, c.o.Columns/wide)
		}
		if fits || wide == 1 {
			break
		}
		wide--
	}
	c.begins(l, wide)
	for _, s := range c.rows {
		c.feed(s)
	}
	c.ends(l, wide)
}

// cutLine cuts at the first line feed; more tells that there was one.
func cutLine(s string) (line, rest string, more bool) {
	for i := range len(s) {
		if s[i] == '\n' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (c *composer) pair(l Line) {
	c.text = c.set.encode(c.text[:0], l.Label)
	n := len(c.text)
	c.text = c.set.encode(c.text, l.Text)
	label, value := c.text[:n:n], c.text[n:]
	wide := clamp(l.Wide, 1, 8)
	for wide > 1 && longest(value) > c.o.Columns/wide {
		wide--
	}
	l.Center, l.ToRight = false, false
	for smaller := wide; smaller > 0; smaller-- { // a number plate in one line is better than a large one in two
		if len(label)+2+len(value)*smaller <= c.o.Columns {
			c.beside(l, smaller, label, value)
			return
		}
	}
	// Beside each other, the value in a column of its own, if that column is not too narrow to read.
	if room := (c.o.Columns - len(label) - 2) / wide; room*wide >= c.o.Columns/2 && longest(value) <= room {
		c.rows = wrap(c.rows[:0], value, room)
		for i, s := range c.rows {
			if i > 0 {
				label = nil
			}
			c.beside(l, wide, label, s)
		}
		return
	}
	c.rows = wrap(c.rows[:0], label, c.o.Columns)
	for _, s := range c.rows {
		c.feed(s)
	}
	c.rows = wrap(c.rows[:0], value, c.o.Columns/wide)
	for _, s := range c.rows {
		c.beside(l, wide, nil, s)
	}
}

// beside sets label at the left and value at the right of one line; only the value has the line's style.
func (c *composer) beside(l Line, wide int, label, value []glyph) {
	c.put(label)
	c.spaces(c.o.Columns - len(label) - len(value)*wide)
	c.begins(l, wide)
	c.feed(value)
	c.ends(l, wide)
}

func (c *composer) verbatim(l Line) {
	c.text, c.rows = c.text[:0], c.rows[:0]
	widest := 0
	for _, s := range l.Lines {
		start := len(c.text)
		c.text = c.set.encode(c.text, s)
		b := c.text[start:len(c.text):len(c.text)]
		for len(b) > 0 && b[len(b)-1] == ' ' {
			b = b[:len(b)-1]
		}
		for len(b) > c.o.Columns {
			c.rows, widest = append(c.rows, b[:c.o.Columns]), c.o.Columns
			b = b[c.o.Columns:]
		}
		c.rows, widest = append(c.rows, b), max(widest, len(b))
	}
	for _, b := range c.rows {
		if len(b) > 0 {
			c.spaces((c.o.Columns - widest) / 2)
		}
		c.feed(b)
	}
}

func (c *composer) rule() {
	c.text = c.set.encode(c.text[:0], "─")
	for range c.o.Columns {
		c.put(c.text)
	}
	c.out = append(c.out, lf)
}

func clamp(n, low, high int) int { return max(low, min(high, n)) }

// longest is the length of the longest word.
func longest(s []glyph) int {
	n, most := 0, 0
	for _, g := range s {
		if n++; g == ' ' {
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// wrap breaks text at spaces into lines of at most width columns, tears only words that are longer, and appends them. It gives at least one
// line; the lines are pieces of s.
func wrap(dst [][]glyph, s []glyph, width int) [][]glyph {
	start, end := 0, 0 // the line so far
	for i := 0; ; {
		stop := i
		for stop < len(s) && s[stop] != ' ' {
			stop++
		}
		if i > 0 && stop-start > width { // the word begins a line
			dst = append(dst, s[start:end])
			start = i
		}
		for stop-start > width {
			dst = append(dst, s[start:start+width])
			start += width
		}
		if end = stop; stop == len(s) {
			return append(dst, s[start:end])
		}
		i = stop + 1
	}
}
