package look

import (
	"strconv"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Tab is one of the rooms that the bar at the foot of the phone leads to.
type Tab struct {
	Icon, Label string
	On          bool
	Count       int // news in there; 0 draws nothing
	CountName   string
	ID          string
	Tap         func()
}

// Tabs is the bar at the foot of the phone. Where the words do not fit beside each other, it gets a second row.
func Tabs(st Style, tabs ...Tab) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for _, t := range tabs {
		cells = append(cells, tab(st, t))
	}
	ground := newDrawn(st, func(*pen) float32 { return 0 }, func(*pen, float32) float32 { return 0 }, func(p *pen, s fyne.Size) {
		p.fill(0, 0, s.Width, s.Height, 0, p.c.Surface)
		p.fill(0, 0, s.Width, max(p.m.edge/1.5, p.m.line), 0, p.c.Line)
	}, nil)
	return On(ground, Inset(shares(cells), 0, 0, 0, st.U(12)))
}

// shares puts cells beside each other, each with its least width and an equal share of what is left: long words would touch each other in equal
// columns. Where they do not fit, there are two columns.
func shares(cells []fyne.CanvasObject) fyne.CanvasObject {
	two := Grid(0, 2, cells...)
	need := float32(0)
	for _, c := range cells {
		need += c.MinSize().Width
	}
	height := func(w float32) float32 {
		if need > w {
			return HeightFor(two, w)
		}
		h := float32(0)
		for _, c := range cells {
			h = max(h, HeightFor(c, c.MinSize().Width))
		}
		return h
	}
	return NewScene(two.MinSize().Width, height, func(s fyne.Size) []fyne.CanvasObject {
		if need > s.Width {
			return []fyne.CanvasObject{At(two, 0, 0, s.Width, s.Height)}
		}
		x, more := float32(0), (s.Width-need)/float32(len(cells))
		for _, c := range cells {
			w := c.MinSize().Width + more
			At(c, x, 0, w, s.Height)
			x += w
		}
		return cells
	})
}

func tab(st Style, o Tab) *Touch {
	f := func(p *pen) face {
		if o.On {
			return face{Small, true, p.c.Accent}
		}
		return face{Small, false, p.c.Ink2}
	}
	icon := func() float32 { return st.U(28) * (1 + (st.Factor()-1)*0.4) }
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 { return max(p.m.touch, width(o.Label, st.Size(Small), true)+st.U(2)) }
	t.height = func(p *pen, _ float32) float32 { return st.U(12) + icon() + st.U(2) + p.lineHeight(f(p)) + st.U(6) }
	t.ring = func(p *pen, s fyne.Size) { p.ring(st.U(8), st.U(8), s.Width-st.U(16), s.Height-st.U(16), p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		if pressed {
			p.fill(st.U(4), st.U(4), s.Width-st.U(8), s.Height-st.U(8), p.m.radius, p.c.AccentSoft)
		}
		if o.On {
			p.fill(s.Width*0.22, 0, s.Width*0.56, st.U(4), st.U(2), p.c.Accent)
		}
		ft := f(p)
		p.icon(o.Icon, s.Width/2, st.U(12)+icon()/2, icon(), ft.color)
		p.line(o.Label, ft, 0, st.U(14)+icon(), s.Width, 0)
		if o.Count > 0 {
			n := face{Small, true, p.c.Surface}
			d := p.lineHeight(n) * 1.15
			x := s.Width/2 + icon()*0.3
			p.circle(x+d/2, st.U(6)+d/2, d/2, p.c.Error)
			p.line(strconv.Itoa(min(o.Count, 9)), n, x, st.U(6)+(d-p.lineHeight(n))/2, d, 0)
		}
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Label), ID: o.ID}
		if o.On {
			n = n.With("checked")
		}
		if o.Count > 0 {
			n.Value = o.CountName
		}
		return n
	}
	return t.init()
}
