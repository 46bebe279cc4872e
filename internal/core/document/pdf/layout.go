package pdf

import (
	"fmt"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
)

// Measures in millimetres, type sizes in points. The left margin leaves room for a hole punch (DIN 5008).
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 25.0, 190.0
	top, bottom           = 22.0, 272.0
	footer                = 284.0
	column                = right - left
	labels                = 52.0 // width of the column of labels in a table
	point                 = 25.4 / 72
)

type ink struct{ r, g, b int }

var (
	black = ink{16, 32, 38}
	grey  = ink{84, 98, 104} // 6.3:1 on white
	faint = ink{205, 213, 216}
	solid = ink{0, 0, 0} // codes
)

type text struct {
	x, y   float64 // baseline
	s      string
	weight weight
	size   float64
	ink    ink
}

type rect struct {
	x, y, w, h float64
	ink        ink
}

// picture is a PNG or JPEG.
type picture struct {
	x, y, w, h float64
	data       []byte
	kind       string // "png" or "jpeg"
}

// stroke is a line drawn by hand.
type stroke struct {
	points []document.Point
	width  float64
}

type page struct {
	texts    []text
	rects    []rect
	pictures []picture
	strokes  []stroke
}

// flow sets blocks one below the other and begins a new page where one does not fit.
type flow struct {
	pages   []*page
	y       float64
	bottom  float64   // of the page: above it there is room
	feet    []float64 // baseline of each page's number
	faces   [3]*face
	measure func(weight, float64, string) float64
}

func layOut(d document.Document, faces [3]*face, measure func(weight, float64, string) float64) ([]*page, error) {
	f := &flow{faces: faces, measure: measure}
	for _, part := range d.Parts() {
		f.newPage()
		if part.Letter != nil {
			if err := f.open(*part.Letter); err != nil {
				return nil, err
			}
		}
		for i, b := range part.Blocks {
			if err := f.block(b, part.Blocks, i); err != nil {
				return nil, err
			}
		}
	}
	for i, p := range f.pages {
		if f.feet[i] == footer {
			p.texts = append(p.texts, text{left, footer, f.shorten(f.faces[regular].clean(d.Title), column-35), regular, 9, grey})
		}
		if len(f.pages) > 1 {
			n := document.PageOf(d.Lang, i+1, len(f.pages))
			p.texts = append(p.texts, text{right - measure(regular, 9, n), f.feet[i], n, regular, 9, grey})
		}
	}
	return f.pages, nil
}

func (f *flow) newPage() {
	f.pages = append(f.pages, &page{})
	f.feet = append(f.feet, footer)
	f.y, f.bottom = top, bottom
}

func (f *flow) page() *page { return f.pages[len(f.pages)-1] }

// room begins a new page unless h millimetres are left, or the page is still empty.
func (f *flow) room(h float64) {
	if f.y+h > f.bottom && f.y > top {
		f.newPage()
	}
}

// gap leaves room above a block, except at the head of a page.
func (f *flow) gap(h float64) {
	if f.y > top {
		f.y += h
	}
}

func (f *flow) block(b document.Block, all []document.Block, i int) error {
	switch b.Kind {
	case document.Heading:
		f.heading(b)
	case document.Paragraph:
		w := regular
		if b.Bold {
			w = bold
			f.room(18) // it may be the name of what follows
		}
		lines := f.wrap(w, 11, b.Text, column)
		if len(lines) <= 5 { // a greeting is not torn from its name
			f.room(float64(len(lines)) * 11 * 1.42 * point)
		}
		f.lines(lines, w, 11, 1.42, black, b.Center)
		f.y += 2
	case document.Row:
		first := i == 0 || all[i-1].Kind != document.Row
		ruled := i > 0 && all[i-1].Kind == document.Rule
		f.row(b, first, ruled, i+1 == len(all) || all[i+1].Kind != document.Row)
	case document.Mono:
		f.mono(b)
	case document.QR:
		return f.code(b)
	case document.Rule:
		f.gap(2)
		f.room(4)
		f.bar(left, f.y, column, 0.4, black)
		f.y += 4
	case document.Space:
		f.gap(6)
	case document.Table:
		f.table(b)
	case document.List:
		f.list(b)
	case document.Image:
		return f.image(b)
	case document.Barcode:
		return f.barcode(b)
	case document.Signature:
		f.signature(b)
	}
	return nil
}

func (f *flow) heading(b document.Block) {
	size, above, below := 13.0, 4.0, 1.0
	switch {
	case b.Level <= 1 && b.Center:
		size, above, below = 54, 4, 4
	case b.Level <= 1:
		size, above, below = 26, 6, 3
	case b.Level == 2 && b.Center:
		size, above, below = 28, 4, 3
	case b.Level == 2:
		size, above, below = 16, 6, 2
	}
	// A long word in display size would be torn apart; it gets smaller instead, down to what is still a heading.
	for size > 20 && f.widestWord(bold, size, b.Text) > column {
		size -= 2
	}
	ls := f.wrap(bold, size, b.Text, column)
	f.gap(above)
	f.room(float64(len(ls))*size*1.15*point + below + 14) // a heading does not stand alone at the foot of a page
	f.lines(ls, bold, size, 1.15, black, b.Center)
	f.y += below
}

// lines sets lines of text and moves down; each line may begin a page.
func (f *flow) lines(ls []string, w weight, size, leading float64, c ink, center bool) {
	h := size * leading * point
	for _, s := range ls {
		f.room(h)
		x := left
		if center {
			x = left + (column-f.measure(w, size, s))/2
		}
		f.put(x, f.y, h, s, w, size, c)
		f.y += h
	}
}

// right sets one line so that it ends at x.
func (f *flow) right(x, y, h float64, s string, w weight, size float64, c ink) {
	f.put(x-f.measure(w, size, s), y, h, s, w, size, c)
}

// put sets one line into a strip of height h below y.
func (f *flow) put(x, y, h float64, s string, w weight, size float64, c ink) {
	if s != "" {
		f.page().texts = append(f.page().texts, text{x, y + h/2 + size*0.34*point, s, w, size, c})
	}
}

func (f *flow) bar(x, y, w, h float64, c ink) {
	f.page().rects = append(f.page().rects, rect{x, y, w, h, c})
}

func (f *flow) row(b document.Block, first, ruled, last bool) {
	const pad = 1.9
	size, w := 12.0, regular
	if b.Bold {
		size, w = 26, bold
		for size > 14 && f.measure(bold, size, f.faces[bold].clean(b.Text)) > column-labels {
			size--
		}
	}
	h := size * 1.3 * point
	label := f.wrap(regular, 11, b.Label, labels-4)
	value := f.wrap(w, size, b.Text, column-labels)
	const labelHeight = 11 * 1.3 * point
	height := max(float64(len(label))*labelHeight, float64(len(value))*h) + 2*pad
	if first && !ruled {
		f.gap(2)
	}
	if height > bottom-top { // longer than a page: set as running text, which may break anywhere
		f.lines(label, regular, 11, 1.3, grey, false)
		f.lines(value, w, size, 1.3, black, false)
		return
	}
	f.room(height)
	if first && !ruled || f.y == top {
		f.bar(left, f.y, column, 0.2, faint)
	}
	for i, s := range value {
		f.put(left+labels, f.y+pad+float64(i)*h, h, s, w, size, black)
	}
	for i, s := range label {
		// The label's baseline is that of the value's first line.
		base := f.y + pad + h/2 + size*0.34*point + float64(i)*labelHeight
		f.page().texts = append(f.page().texts, text{left, base, s, regular, 11, grey})
	}
	f.y += height
	f.bar(left, f.y, column, 0.2, faint)
	if last {
		f.y += 3
	}
}

func (f *flow) mono(b document.Block) {
	const size, h = 9.5, 9.5 * 1.3 * point
	columns := int((column - 8) / f.measure(mono, size, "0"))
	f.gap(2)
	for _, l := range b.Lines {
		for _, s := range chunks([]rune(strings.ReplaceAll(f.faces[mono].clean(l), "\n", " ")), columns) {
			f.room(h)
			f.bar(left, f.y, 0.6, h, faint)
			f.put(left+5, f.y, h, s, mono, size, black)
			f.y += h
		}
	}
	f.y += 3
}

func chunks(r []rune, n int) []string {
	out := []string{}
	for len(r) > n {
		out = append(out, string(r[:n]))
		r = r[n:]
	}
	return append(out, string(r))
}

func (f *flow) code(b document.Block) error {
	m, err := qr.Matrix(b.Data, qr.Medium)
	if err != nil {
		return fmt.Errorf("pdf: render: %w", err)
	}
	// One millimetre to a module reads from an arm's length; very large codes get finer, very small ones coarser.
	size := min(max(float64(len(m)), 46), 80)
	if b.Width > 0 {
		size = min(max(b.Width, float64(len(m))*0.5), 150)
	}
	module := size / float64(len(m))
	quiet := qr.Quiet * module
	caption := f.wrap(regular, 11, b.Text, column)
	const h = 11 * 1.35 * point
	f.gap(2)
	f.room(size + 2*quiet + float64(len(caption))*h)
	x := left
	if b.Center {
		x = left + (column-size)/2
	}
	y := f.y
	if y > top {
		y += quiet / 2 // the gap above is part of the quiet border
	}
	for j, row := range m {
		for i := 0; i < len(row); i++ {
			start := i
			for i < len(row) && row[i] {
				i++
			}
			if i > start {
				// A hair of overlap keeps viewers from showing seams between the rows.
				f.bar(x+float64(start)*module, y+float64(j)*module, float64(i-start)*module, module*1.02, solid)
			}
		}
	}
	f.y = y + size + quiet
	f.lines(caption, regular, 11, 1.35, black, b.Center)
	f.y += 2
	return nil
}

func (f *flow) widestWord(w weight, size float64, s string) float64 {
	widest := 0.0
	for _, word := range strings.Fields(f.faces[w].clean(s)) {
		widest = max(widest, f.measure(w, size, word))
	}
	return widest
}

// wrap breaks text at spaces, keeps its own line breaks, and tears only what is longer than a line.
func (f *flow) wrap(w weight, size float64, s string, width float64) []string {
	var out []string
	for _, para := range strings.Split(f.faces[w].clean(s), "\n") {
		line := ""
		for _, word := range strings.Split(para, " ") {
			joined := word
			if line != "" {
				joined = line + " " + word
			}
			if f.measure(w, size, joined) <= width {
				line = joined
				continue
			}
			if line != "" {
				out = append(out, line)
			}
			for f.measure(w, size, word) > width {
				head, rest := f.tear(w, size, word, width)
				out = append(out, head)
				word = rest
			}
			line = word
		}
		out = append(out, line)
	}
	return out
}

// tear cuts off as much of a word as fits; at least one letter, so that it always ends.
func (f *flow) tear(w weight, size float64, word string, width float64) (head, rest string) {
	r := []rune(word)
	n := 1
	for n < len(r) && f.measure(w, size, string(r[:n+1])) <= width {
		n++
	}
	return string(r[:n]), string(r[n:])
}

func (f *flow) shorten(s string, width float64) string {
	if ls := f.wrap(regular, 9, s, width); len(ls) > 1 {
		return ls[0] + " …"
	} else {
		return ls[0]
	}
}
