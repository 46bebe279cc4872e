package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"slices"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/barcode"
)

// How a table is set.
const (
	tableSize    = 10.5
	tableLeading = tableSize * 1.32 * point
	tablePad     = 1.7 // above and below the lines of a row
	tableGap     = 5.0 // between two columns
)

// table sets rows in columns. Its head stands on every page; a row that is longer than a page is continued on the next one.
func (f *flow) table(b document.Block) {
	count := len(b.Columns)
	for _, r := range b.Rows {
		count = max(count, len(r.Texts))
	}
	if count == 0 {
		return
	}
	columns := append([]document.Column{}, b.Columns...)
	for len(columns) < count {
		columns = append(columns, document.Column{})
	}
	t := table{f, columns, f.columnWidths(columns, b.Rows), nil}
	f.gap(2)
	if b.Head() {
		labels := make([]string, count)
		for i, c := range columns {
			labels[i] = c.Label
		}
		t.head = t.wrap(document.Cells{Texts: labels, Bold: true})
	}
	first := 0.0
	if len(b.Rows) > 0 {
		first = height(t.wrap(b.Rows[0]))
	}
	f.room(min(t.headHeight()+first, f.bottom-top)) // a head does not stand alone at the foot of a page
	t.begin()
	for _, r := range b.Rows {
		t.row(r)
	}
	f.y += 3
}

type table struct {
	f       *flow
	columns []document.Column
	widths  []float64
	head    [][]string // lines of each column's label; nil without a head
}

// columnWidths gives each column what its longest text needs; where that is too much for the page, each gets its longest word, and what is left
// goes to those that want most.
func (f *flow) columnWidths(columns []document.Column, rows []document.Cells) []float64 {
	n := len(columns)
	want, least := make([]float64, n), make([]float64, n)
	look := func(i int, w weight, s string) {
		want[i] = max(want[i], f.widestLine(w, tableSize, s))
		least[i] = max(least[i], f.widestWord(w, tableSize, s))
	}
	for i, c := range columns {
		look(i, bold, c.Label)
	}
	for _, r := range rows {
		for i, s := range r.Texts {
			look(i, rowWeight(r), s)
		}
	}
	room := column - tableGap*float64(n-1)
	wider := make([]bool, n) // amounts stand at the right edge, what is left goes to the others
	for i, c := range columns {
		wider[i] = !c.Right
	}
	if !slices.Contains(wider, true) {
		wider[0] = true
	}
	return share(want, least, wider, room)
}

// share divides room among columns.
func share(want, least []float64, wider []bool, room float64) []float64 {
	n := float64(len(want))
	sum := func(of []float64) (s float64) {
		for _, x := range of {
			s += x
		}
		return s
	}
	widths := make([]float64, len(want))
	if total := sum(want); total <= room {
		copy(widths, want)
		takers := 0.0
		for _, yes := range wider {
			if yes {
				takers++
			}
		}
		for i, yes := range wider {
			if yes {
				widths[i] += (room - total) / takers
			}
		}
		return widths
	}
	for i := range least {
		least[i] = min(least[i], room/n)
	}
	left, wish := room-sum(least), sum(want)-sum(least)
	for i := range widths {
		widths[i] = least[i] + left*(want[i]-least[i])/wish
	}
	return widths
}

func rowWeight(r document.Cells) weight {
	if r.Bold {
		return bold
	}
	return regular
}

// wrap gives the lines of each cell.
func (t *table) wrap(r document.Cells) [][]string {
	cells := make([][]string, len(t.columns))
	for i := range cells {
		if i < len(r.Texts) && r.Texts[i] != "" {
			cells[i] = t.f.wrap(rowWeight(r), tableSize, r.Texts[i], t.widths[i]+0.01)
		}
	}
	return cells
}

func longest(cells [][]string) (n int) {
	for _, c := range cells {
		n = max(n, len(c))
	}
	return max(n, 1)
}

func height(cells [][]string) float64 { return float64(longest(cells))*tableLeading + 2*tablePad }

func (t *table) headHeight() float64 {
	if t.head == nil {
		return 0
	}
	return height(t.head)
}

// begin sets the head, or the line above the first row.
func (t *table) begin() {
	f := t.f
	if t.head == nil {
		f.bar(left, f.y, column, 0.2, faint)
		return
	}
	t.set(t.head, bold, grey)
	f.bar(left, f.y-0.3, column, 0.4, grey)
}

func (t *table) row(r document.Cells) {
	f, cells := t.f, t.wrap(r)
	ink := black
	for {
		if f.y+height(cells) > f.bottom && f.y > top+t.headHeight()+1 {
			f.newPage()
			t.begin()
		}
		fits := max(1, int((f.bottom-f.y-2*tablePad)/tableLeading))
		if longest(cells) <= fits {
			break
		}
		part := make([][]string, len(cells))
		for i, c := range cells {
			part[i], cells[i] = c[:min(fits, len(c))], c[min(fits, len(c)):]
		}
		t.set(part, rowWeight(r), ink)
		f.newPage()
		t.begin()
	}
	if r.Bold {
		f.bar(left, f.y, column, 0.3, black)
	}
	t.set(cells, rowWeight(r), ink)
	f.bar(left, f.y, column, 0.2, faint)
}

// set writes the lines of a row's cells and moves below them.
func (t *table) set(cells [][]string, w weight, c ink) {
	f, x := t.f, left
	for i, lines := range cells {
		for j, s := range lines {
			y := f.y + tablePad + float64(j)*tableLeading
			if t.columns[i].Right {
				f.right(x+t.widths[i], y, tableLeading, s, w, tableSize, c)
			} else {
				f.put(x, y, tableLeading, s, w, tableSize, c)
			}
		}
		x += t.widths[i] + tableGap
	}
	f.y += height(cells)
}

func (f *flow) widestLine(w weight, size float64, s string) float64 {
	widest := 0.0
	for _, line := range f.wrap(w, size, s, 1e6) {
		widest = max(widest, f.measure(w, size, line))
	}
	return widest
}

// list sets each line behind a bullet or its number.
func (f *flow) list(b document.Block) {
	const size, h = 11.0, 11 * 1.42 * point
	marks := make([]string, len(b.Lines))
	indent := 6.0
	for i := range b.Lines {
		marks[i] = document.Mark(b, i)
		if !b.Numbered {
			marks[i] = f.faces[regular].clean("•")
		}
		indent = max(indent, f.measure(regular, size, marks[i])+2.5)
	}
	for i, item := range b.Lines {
		for j, s := range f.wrap(regular, size, item, column-indent) {
			f.room(h)
			if j == 0 {
				f.right(left+indent-2.2, f.y, h, marks[i], regular, size, black)
			}
			f.put(left+indent, f.y, h, s, regular, size, black)
			f.y += h
		}
		f.y += 0.8
	}
	f.y += 2
}

// image sets a picture; what it shows is written below it, for those who cannot see it too.
func (f *flow) image(b document.Block) error {
	p, err := prepare(b.Picture)
	if err != nil {
		return err
	}
	caption := f.wrap(regular, 9, b.Text, column)
	if b.Text == "" {
		caption = nil
	}
	w := b.Width
	if w <= 0 {
		w = 40
	}
	ratio := p.h / p.w
	w = min(w, column)
	most := bottom - top - float64(len(caption))*5
	if w*ratio > most {
		w = most / ratio
	}
	f.gap(2)
	f.room(w*ratio + float64(len(caption))*5)
	p.x, p.y, p.w, p.h = left, f.y, w, w*ratio
	if b.Center {
		p.x = left + (column-w)/2
	}
	f.page().pictures = append(f.page().pictures, p)
	f.y += p.h + 1
	f.lines(caption, regular, 9, 1.3, grey, b.Center)
	f.y += 2
	return nil
}

// prepare makes a picture one that the library can take: it knows neither interlaced PNGs nor those with 16 bits. Its size is in pixels.
func prepare(data []byte) (picture, error) {
	w, h, kind, err := document.CheckPicture(data)
	if err != nil {
		return picture{}, fmt.Errorf("pdf: render: %w", err)
	}
	p := picture{w: float64(w), h: float64(h), data: data, kind: kind}
	if kind == "jpeg" {
		return p, nil
	}
	img, err := document.Decode(data)
	if err != nil {
		return picture{}, fmt.Errorf("pdf: render: %w", err)
	}
	plain := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(plain, plain.Bounds(), img, img.Bounds().Min, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, plain); err != nil {
		return picture{}, fmt.Errorf("pdf: render: %w", err)
	}
	p.data = out.Bytes()
	return p, nil
}

// barcode draws a code with its text below.
func (f *flow) barcode(b document.Block) error {
	m, err := barcode.Modules(b.Data)
	if err != nil {
		return fmt.Errorf("pdf: render: %w", err)
	}
	const high = 14.0
	module := min(0.33, column/float64(len(m)+2*barcode.Quiet))
	w := module * float64(len(m))
	f.gap(2)
	f.room(high + 6)
	x := left + barcode.Quiet*module
	if b.Center {
		x = left + (column-w)/2
	}
	for i := 0; i < len(m); i++ {
		start := i
		for i < len(m) && m[i] {
			i++
		}
		if i > start {
			f.bar(x+float64(start)*module, f.y, float64(i-start)*module, high, solid)
		}
	}
	f.y += high + 0.8
	const h = 9 * 1.3 * point
	for _, s := range f.wrap(regular, 9, b.Data, column) {
		f.put(x+(w-f.measure(regular, 9, s))/2, f.y, h, s, regular, 9, black)
		f.y += h
	}
	f.y += 2
	return nil
}

// signature sets the lines to sign on: place and day at the left, the name at the right. What was drawn on the screen stands above the line.
func (f *flow) signature(b document.Block) {
	const (
		high      = 16.0
		placeWide = 62.0
		signLeft  = left + placeWide + 8
		signWide  = right - signLeft
		h         = 9 * 1.3 * point
	)
	place, sign := f.wrap(regular, 9, b.Label, placeWide), f.wrap(regular, 9, b.Text, signWide)
	said := f.wrap(regular, 11, b.Data, placeWide)
	f.gap(4)
	f.room(high + 2 + h*float64(max(len(place), len(sign))))
	base := f.y + max(high, float64(len(said))*5)
	for i, s := range said {
		f.put(left, base-5.5*float64(len(said)-i), 5.5, s, regular, 11, black)
	}
	for _, s := range document.Fit(b.Strokes, signWide-6, high-2) {
		moved := make([]document.Point, len(s))
		for i, p := range s {
			moved[i] = document.Point{X: signLeft + 3 + p.X, Y: base - high + 1 + p.Y}
		}
		if len(moved) == 1 { // a dot on an i
			moved = append(moved, document.Point{X: moved[0].X + 0.01, Y: moved[0].Y})
		}
		f.page().strokes = append(f.page().strokes, stroke{moved, 0.45})
	}
	f.bar(left, base, placeWide, 0.25, black)
	f.bar(signLeft, base, signWide, 0.25, black)
	for i, s := range place {
		f.put(left, base+1+float64(i)*h, h, s, regular, 9, grey)
	}
	for i, s := range sign {
		f.put(signLeft, base+1+float64(i)*h, h, s, regular, 9, grey)
	}
	f.y = base + 1 + h*float64(max(len(place), len(sign))) + 2
}
