package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Fact is one thing worth knowing before one starts: how long, how much, when.
type Fact struct{ Icon, Value, Label string }

// Facts shows facts beside each other on a soft ground as long as their words fit, or else as low lines below each other.
func Facts(st Style, facts []Fact) fyne.CanvasObject {
	l := &factsLayout{gap: st.Gap()}
	m := st.measure()
	var cells []fyne.CanvasObject
	for _, f := range facts {
		l.cell = max(l.cell, widest(f.Value, st.Size(TitleS), true)+2*m.pad, widest(f.Label, st.Size(Body), false)+2*m.pad)
		l.whole = max(l.whole, width(f.Value, st.Size(TitleS), true), width(f.Label, st.Size(Body), false))
		cells = append(cells, fact(st, f, &l.flat))
	}
	l.whole += 2.7*m.pad + m.icon
	return container.New(l, cells...)
}

// factsLayout places all facts in one row of equal cells, or each in a line of its own, closer together.
type factsLayout struct {
	gap   float32
	cell  float32 // the least width of a cell in a row
	whole float32 // the width of a cell that has its sign beside its words
	flat  bool    // the sign stands beside the words: there is room, or each fact has its own line
	last
}

func (l *factsLayout) place(objs []fyne.CanvasObject, w float32, at func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	n := float32(len(objs))
	cell := (w - (n-1)*l.gap) / max(n, 1)
	lines := n < 2 || cell < l.cell
	l.flat = lines || cell >= l.whole
	h, y := float32(0), float32(0)
	if lines {
		for i, o := range objs {
			if i > 0 {
				y += l.gap / 2
			}
			h = HeightFor(o, w)
			at(o, 0, y, w, h)
			y += h
		}
		return y
	}
	for _, o := range objs {
		h = max(h, HeightFor(o, cell))
	}
	for i, o := range objs {
		at(o, float32(i)*(cell+l.gap), 0, cell, h)
	}
	return h
}

func (l *factsLayout) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return l.place(visible(objs), w, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

func (l *factsLayout) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := leastWidth(objs)
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *factsLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	l.place(visible(objs), size.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}

// fact draws one fact: the sign above its words or, where flatly says so, beside them.
func fact(st Style, f Fact, flatly *bool) *Drawn {
	value := func(p *pen) face { return face{TitleS, true, p.c.Ink} }
	label := func(p *pen) face { return face{Body, false, p.c.Ink} }
	icon := func(p *pen) float32 {
		if *flatly {
			return p.m.icon
		}
		return p.m.icon * 1.3
	}
	words := func(p *pen) float32 {
		return max(widest(f.Value, st.Size(TitleS), true), widest(f.Label, st.Size(Body), false))
	}
	least := func(p *pen) float32 { return words(p) + 2*p.m.pad }
	left := func(p *pen) float32 { return p.m.pad*1.7 + icon(p) }
	beside := func(p *pen, w float32) bool { // value and label share a line
		return left(p)+p.width(f.Value, value(p))+p.m.pad*0.7+p.width(f.Label, label(p))+p.m.pad <= w
	}
	flat := func(p *pen, w float32) bool { return *flatly && w >= left(p)+words(p)+p.m.pad }
	height := func(p *pen, w float32) float32 {
		switch {
		case !flat(p, w):
			w -= 2 * p.m.pad
			return p.m.pad*2 + icon(p) + st.U(8) + p.height(f.Value, value(p), w) + p.height(f.Label, label(p), w)
		case beside(p, w):
			return p.m.pad*1.2 + max(p.lineHeight(value(p)), icon(p))
		}
		w -= left(p) + p.m.pad
		return p.m.pad*1.2 + p.height(f.Value, value(p), w) + p.height(f.Label, label(p), w)
	}
	return newDrawn(st, least, height, func(p *pen, s fyne.Size) {
		p.ground(s, p.c.AccentSoft)
		x, room := left(p), s.Width-left(p)-p.m.pad
		switch {
		case !flat(p, s.Width):
			p.icon(f.Icon, p.m.pad+icon(p)/2, p.m.pad+icon(p)/2, icon(p), p.c.Accent)
			y := p.text(f.Value, value(p), p.m.pad, p.m.pad+icon(p)+st.U(8), s.Width-2*p.m.pad)
			p.text(f.Label, label(p), p.m.pad, y, s.Width-2*p.m.pad)
			return
		case beside(p, s.Width):
			y := (s.Height - p.lineHeight(value(p))) / 2
			p.line(f.Value, value(p), x, y, s.Width, -1)
			p.line(f.Label, label(p), x+p.width(f.Value, value(p))+p.m.pad*0.7, (s.Height-p.lineHeight(label(p)))/2, s.Width, -1)
		default:
			p.text(f.Label, label(p), x, p.text(f.Value, value(p), x, p.m.pad*0.6, room), room)
		}
		p.icon(f.Icon, p.m.pad+icon(p)/2, s.Height/2, icon(p), p.c.Accent)
	}, func() tree.Node { return tree.Node{Role: tree.Text, Name: plain(f.Label), Value: plain(f.Value)} })
}
