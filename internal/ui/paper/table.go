package paper

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// table shows columns beside each other where their longest words have room, and each row as names with values where they have not: on a phone, and
// in the largest text.
func table(st look.Style, b document.Block) fyne.CanvasObject {
	g, stack := newGrid(st, b), stacked(st, b)
	wide := func(w float32) bool { return g.least() <= w }
	return look.NewScene(0, func(w float32) float32 {
		if wide(w) {
			return g.height(w)
		}
		return look.HeightFor(stack, w)
	}, func(size fyne.Size) []fyne.CanvasObject {
		if wide(size.Width) {
			return g.place(size.Width)
		}
		return []fyne.CanvasObject{look.At(stack, 0, 0, size.Width, size.Height)}
	})
}

// stacked shows each row as names with values below each other.
func stacked(st look.Style, b document.Block) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, r := range b.Rows {
		if rows != nil {
			rows = append(rows, look.Line(st))
		}
		for i, s := range r.Texts {
			label := ""
			if i < len(b.Columns) {
				label = b.Columns[i].Label
			}
			switch {
			case s == "":
			case i == 0 || label == "":
				rows = append(rows, look.Text(st, look.Body, s, look.TextOpts{Bold: true}))
			default:
				rows = append(rows, look.Pair(st, label, s, false))
			}
		}
	}
	return look.Column(st.U(8), rows...)
}

// grid is a table whose cells are made once and only moved.
type grid struct {
	st     look.Style
	want   []float32 // what each column needs for its longest text
	need   []float32 // and for its longest word
	right  []bool
	rows   [][]*look.Drawn
	widths [][]float32 // of each cell's text in one line
	lines  []*look.Drawn
}

func newGrid(st look.Style, b document.Block) *grid {
	count := len(b.Columns)
	for _, r := range b.Rows {
		count = max(count, len(r.Texts))
	}
	g := &grid{st: st, want: make([]float32, count), need: make([]float32, count), right: make([]bool, count)}
	for i, c := range b.Columns {
		g.right[i] = c.Right
	}
	if b.Head() {
		labels := make([]string, len(b.Columns))
		for i, c := range b.Columns {
			labels[i] = c.Label
		}
		g.add(labels, look.TextOpts{Bold: true, Color: st.Colors().Ink2})
	}
	for _, r := range b.Rows {
		g.add(r.Texts, look.TextOpts{Bold: r.Bold})
	}
	return g
}

func (g *grid) add(texts []string, o look.TextOpts) {
	size := g.st.Size(look.Body)
	row, widths := make([]*look.Drawn, len(g.want)), make([]float32, len(g.want))
	for i := range row {
		s := ""
		if i < len(texts) {
			s = texts[i]
		}
		row[i] = look.Text(g.st, look.Body, s, o)
		widths[i] = look.Measure(s, size, o.Bold).Width + 1
		g.want[i] = max(g.want[i], widths[i])
		g.need[i] = max(g.need[i], min(row[i].MinSize().Width, widths[i])+1)
	}
	g.rows, g.widths, g.lines = append(g.rows, row), append(g.widths, widths), append(g.lines, look.Line(g.st))
}

func (g *grid) gap() float32 { return g.st.U(28) }

func sum(of []float32) (s float32) {
	for _, x := range of {
		s += x
	}
	return s
}

func (g *grid) least() float32 { return sum(g.need) + g.gap()*float32(len(g.need)-1) }

// columns divides a width: each column has its longest word, and what is left goes to those that want most.
func (g *grid) columns(w float32) []float32 {
	room := w - g.gap()*float32(len(g.want)-1)
	out := make([]float32, len(g.want))
	if total := sum(g.want); total <= room {
		copy(out, g.want)
		takers := float32(0)
		for _, right := range g.right {
			if !right {
				takers++
			}
		}
		for i, right := range g.right {
			switch {
			case takers == 0:
				out[0] += (room - total) / float32(len(out))
			case !right:
				out[i] += (room - total) / takers
			}
		}
		return out
	}
	left, wish := room-sum(g.need), sum(g.want)-sum(g.need)
	for i := range out {
		out[i] = g.need[i] + left*(g.want[i]-g.need[i])/max(wish, 1)
	}
	return out
}

func (g *grid) rowHeight(i int, columns []float32) float32 {
	h := float32(0)
	for j, c := range g.rows[i] {
		h = max(h, c.HeightFor(columns[j]))
	}
	return h + g.st.U(16)
}

func (g *grid) height(w float32) float32 {
	h, columns := float32(0), g.columns(w)
	for i := range g.rows {
		h += g.rowHeight(i, columns)
	}
	return h
}

func (g *grid) place(w float32) []fyne.CanvasObject {
	var objs []fyne.CanvasObject
	columns, y := g.columns(w), float32(0)
	for i, row := range g.rows {
		h, x := g.rowHeight(i, columns), float32(0)
		for j, c := range row {
			at, wide := x, columns[j]
			if g.right[j] && g.widths[i][j] < wide {
				at, wide = x+wide-g.widths[i][j], g.widths[i][j]
			}
			objs = append(objs, look.At(c, at, y+g.st.U(6), wide, h-g.st.U(16)))
			x += columns[j] + g.gap()
		}
		y += h
		line := g.lines[i]
		objs = append(objs, look.At(line, 0, y-g.st.U(4), w, line.HeightFor(w)))
	}
	return objs
}
