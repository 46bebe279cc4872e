package escpos

import (
	"bytes"
	"errors"

	qrcode "github.com/skip2/go-qrcode"
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
)

// Line is one thing to print.
type Line struct {
	Kind   Kind
	Text   string
	Label  string
	Lines  []string
	Data   string
	Wide   int // times wider than normal, 1 to 8; 0 is 1. A word too long for that is printed in normal width
	Tall   int // times taller than normal, 1 to 8; 0 is 1
	Bold   bool
	Center bool
}

// ErrData says that a QR code's data is empty or too long for a code.
var ErrData = errors.New("escpos: data is empty or too long for a QR code")

// cell is the width of a normal letter in dots (font A); a line has Columns times as many.
const cell = 12

// composer turns lines into bytes.
type composer struct {
	o   Opts
	out bytes.Buffer
}

// begin puts the printer into a known state.
func begin(o Opts) []byte {
	return join(reset, noKanji, codePage(o.CodePage), noASB)
}

func join(bs ...[]byte) []byte { return bytes.Join(bs, nil) }

// compose gives a part's bytes with its cut, but without the question that confirms it.
func compose(o Opts, p Part) ([]byte, error) {
	c := composer{o: o}
	for _, l := range p {
		if err := c.line(l); err != nil {
			return nil, err
		}
	}
	if o.NoCut {
		c.out.Write(bytes.Repeat([]byte{lf}, 6)) // so that it can be torn off
	} else {
		c.out.Write(cutPartial)
	}
	return c.out.Bytes(), nil
}

func (c *composer) line(l Line) error {
	switch l.Kind {
	case Text:
		c.text(l)
	case Pair:
		c.pair(l)
	case Verbatim:
		c.verbatim(l)
	case QR:
		return c.code(l.Data)
	case Rule:
		c.out.Write(bytes.Repeat([]byte{0xC4}, c.o.Columns)) // ─ in code page 858
		c.out.WriteByte(lf)
	case Feed:
		c.out.WriteByte(lf)
	}
	return nil
}

// style wraps what write puts out into the line's size, weight and place, and goes back to normal.
func (c *composer) style(l Line, wide int, write func()) {
	tall := clamp(l.Tall, 1, 8)
	big := wide > 1 || tall > 1
	if l.Center {
		c.out.Write(align(1))
	}
	if l.Bold {
		c.out.Write(emphasis(true))
	}
	if big {
		c.out.Write(size(wide, tall))
	}
	write()
	if big {
		c.out.Write(size(1, 1))
	}
	if l.Bold {
		c.out.Write(emphasis(false))
	}
	if l.Center {
		c.out.Write(align(0))
	}
}

func (c *composer) put(s []byte) {
	c.out.Write(bytes.ReplaceAll(s, []byte{hard}, []byte{' '}))
	c.out.WriteByte(lf)
}

func (c *composer) text(l Line) {
	var paras [][]byte
	wide := clamp(l.Wide, 1, 8)
	for _, s := range bytes.Split([]byte(l.Text), []byte{'\n'}) {
		p := encode(string(s))
		paras = append(paras, p)
		for wide > 1 && longest(p) > c.o.Columns/wide {
			wide--
		}
	}
	c.style(l, wide, func() {
		for _, p := range paras {
			for _, s := range wrap(p, c.o.Columns/wide) {
				c.put(s)
			}
		}
	})
}

func (c *composer) pair(l Line) {
	label, value := encode(l.Label), encode(l.Text)
	wide := clamp(l.Wide, 1, 8)
	for wide > 1 && longest(value) > c.o.Columns/wide {
		wide--
	}
	l.Center = false
	if len(label)+2+len(value)*wide <= c.o.Columns {
		c.put2(l, wide, label, value)
		return
	}
	// Beside each other, the value in a column of its own, if that column is not too narrow to read.
	if room := (c.o.Columns - len(label) - 2) / wide; room*wide >= c.o.Columns/2 && longest(value) <= room {
		for i, s := range wrap(value, room) {
			if i == 0 {
				c.put2(l, wide, label, s)
			} else {
				c.put2(l, wide, nil, s)
			}
		}
		return
	}
	for _, s := range wrap(label, c.o.Columns) {
		c.put(s)
	}
	for _, s := range wrap(value, c.o.Columns/wide) {
		c.put2(l, wide, nil, s)
	}
}

// put2 sets label at the left and value at the right of one line; only the value has the line's style.
func (c *composer) put2(l Line, wide int, label, value []byte) {
	gap := max(0, c.o.Columns-len(label)-len(value)*wide)
	c.out.Write(bytes.ReplaceAll(label, []byte{hard}, []byte{' '}))
	c.out.Write(bytes.Repeat([]byte{' '}, gap))
	c.style(l, wide, func() { c.put(value) })
}

func (c *composer) verbatim(l Line) {
	var lines [][]byte
	widest := 0
	for _, s := range l.Lines {
		b := bytes.TrimRight(encode(s), " ")
		for len(b) > c.o.Columns {
			lines = append(lines, b[:c.o.Columns])
			b = b[c.o.Columns:]
		}
		lines = append(lines, b)
	}
	for _, b := range lines {
		widest = max(widest, len(b))
	}
	indent := bytes.Repeat([]byte{' '}, (c.o.Columns-widest)/2)
	for _, b := range lines {
		if len(b) > 0 {
			c.out.Write(indent)
		}
		c.put(b)
	}
}

func (c *composer) code(data string) error {
	if data == "" {
		return ErrData
	}
	q, err := qrcode.New(data, qrcode.Medium)
	if err != nil {
		return ErrData
	}
	q.DisableBorder = true
	m := q.Bitmap()
	dots := c.o.Columns * cell
	module := clamp(dots*6/10/len(m), 2, 8)
	c.out.Write(feedDots(24)) // the quiet border above
	c.out.Write(align(1))
	if c.o.NoQR {
		c.out.Write(picture(m, module))
	} else {
		c.out.Write(join(qrModel2, qrModule(module), qrLevelM(), qrStore([]byte(data)), qrPrint))
	}
	c.out.Write(align(0))
	c.out.Write(feedDots(32))
	return nil
}

// picture draws the modules for printers that know no QR codes.
func picture(m [][]bool, module int) []byte {
	side := len(m) * module
	width := (side + 7) / 8 * 8
	bits := make([]byte, width/8*side)
	for y := range side {
		for x := range side {
			if m[y/module][x/module] {
				bits[y*width/8+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return raster(width, side, bits)
}

func clamp(n, low, high int) int { return max(low, min(high, n)) }

// hard is the space at which no line is broken, in code page 858. It is printed as a normal space.
const hard = 0xFF

func longest(s []byte) int {
	n := 0
	for _, w := range bytes.Fields(s) {
		n = max(n, len(w))
	}
	return n
}

// wrap breaks text at spaces into lines of at most width bytes, and tears only what is longer. It gives at least one line.
func wrap(s []byte, width int) [][]byte {
	var out [][]byte
	var line []byte
	for i, word := range bytes.Split(s, []byte{' '}) {
		if i > 0 && len(line)+1+len(word) <= width {
			line = join(line, []byte{' '}, word)
			continue
		}
		if i > 0 {
			out = append(out, line)
		}
		for len(word) > width {
			out = append(out, word[:width])
			word = word[width:]
		}
		line = word
	}
	return append(out, line)
}
