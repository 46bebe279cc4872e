package look

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// IconButton is a sign alone, in a head where everybody knows it: the way back. name says it to those who cannot see it.
func IconButton(st Style, icon, name, id string, tap func()) *Touch {
	t := &Touch{st: st, tap: tap, min: func(p *pen) float32 { return p.m.touch }, height: func(p *pen, _ float32) float32 { return p.m.touch }}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, s.Height/2) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		if pressed {
			p.circle(s.Width/2, s.Height/2, s.Height/2, p.c.AccentSoft)
		}
		p.icon(icon, s.Width/2, s.Height/2, p.m.icon*(1+(st.Factor()-1)*0.4), p.c.Accent)
	}
	t.describe = func() tree.Node { return tree.Node{Role: tree.Button, Name: name, ID: id} }
	return t.init()
}

// LinkOpts says what a quiet link is.
type LinkOpts struct {
	Label, Icon string
	Name        string // what it is called when that says more than the label
	ID          string
	Tap         func()
}

// Link is a quiet way to something beside: a sign and a word in the accent, without a sill. The phone only.
func Link(st Style, o LinkOpts) *Touch {
	f := func(p *pen) face { return face{Body, true, p.c.Accent} }
	left := func(p *pen) float32 {
		if o.Icon == "" {
			return 0
		}
		return st.Size(Body)*1.2 + p.m.gap/2
	}
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 { return max(left(p)+widest(o.Label, st.Size(Body), true), p.m.touch) }
	t.height = func(p *pen, w float32) float32 {
		return max(p.m.touch, p.height(o.Label, f(p), max(w-left(p), 1))+p.m.gap/2)
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius/2) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		if pressed || st.Contrast != Normal {
			p.box(0, 0, s.Width, s.Height, p.m.radius/2, p.c.AccentSoft, p.c.AccentSoft, 0)
		}
		h := p.height(o.Label, f(p), s.Width-left(p))
		size := st.Size(Body) * 1.2
		if o.Icon != "" {
			p.icon(o.Icon, size/2, s.Height/2, size, p.c.Accent)
		}
		p.text(o.Label, f(p), left(p), (s.Height-h)/2, s.Width-left(p))
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Label), ID: o.ID}
		if o.Name != "" {
			n.Name = plain(o.Name)
		}
		return n
	}
	return t.init()
}

// CellOpts says what a cell is.
type CellOpts struct {
	Icon, Title string
	Chosen      bool
	Choice      bool // one of several, exactly one is chosen; otherwise a button
	ID          string
	Tap         func()
}

// Cell is a pictogram in a niche with a word below: one of a few in a grid of three columns.
func Cell(st Style, o CellOpts) *Touch {
	f := func(p *pen) face { return face{Body, true, p.c.Ink} }
	arch := st.Factor() < 2
	niche := func(p *pen) float32 { return p.m.nicheW * 0.88 }
	high := func(p *pen) float32 {
		if !arch {
			return p.m.icon * 1.6
		}
		return p.m.nicheH * 0.75
	}
	side := st.U(4)
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 { return max(p.width(o.Title, f(p))+4*side, p.m.touch) }
	t.height = func(p *pen, w float32) float32 {
		return max(st.U(104), high(p)+p.height(o.Title, f(p), w-2*side)+st.U(24)) + p.m.sill
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		ground, edge, stroke := p.c.Surface, p.c.Edge, p.m.edge
		if o.Chosen {
			ground, edge, stroke = p.c.AccentSoft, p.c.Accent, p.m.selected
		}
		dy, h := p.stand(s, pressed, ground, edge, stroke)
		lines := p.wrap(o.Title, f(p), s.Width-2*side)
		words := float32(len(lines)) * p.lineHeight(f(p))
		y := dy + (h-high(p)-st.U(6)-words)/2
		p.inNiche(o.Icon, (s.Width-niche(p))/2, y+high(p)/2, niche(p), arch, o.Chosen)
		p.lines(lines, f(p), side, y+high(p)+st.U(6), s.Width-2*side, 0)
		if o.Chosen {
			p.icon("circle-check", s.Width-st.U(18), dy+st.U(18), st.U(22), p.c.Accent)
		}
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Title), ID: o.ID}
		if o.Choice {
			n.Role = tree.Radio
		}
		if o.Chosen {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}

// Area is a place that can be touched and says its name, without a look of its own: the shell draws over it.
func Area(st Style, name, id string, on bool, tap func()) *Touch {
	t := &Touch{st: st, tap: tap, min: func(p *pen) float32 { return p.m.touch }, height: func(p *pen, _ float32) float32 { return p.m.touch }}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(*pen, fyne.Size, bool) {}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: name, ID: id}
		if on {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}
