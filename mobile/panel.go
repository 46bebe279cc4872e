package mobile

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// panel is what only the phone draws: place puts canvas objects and widgets where they belong for a size; height tells how high it wants to be
// at a width. With a node it tells the screen tree what it is as a whole, else its parts speak for themselves.
type panel struct {
	widget.BaseWidget
	least  float32
	height func(w float32) float32
	place  func(size fyne.Size) []fyne.CanvasObject
	node   tree.Node
	objs   []fyne.CanvasObject
	size   fyne.Size
}

func newPanel(least float32, height func(w float32) float32, place func(size fyne.Size) []fyne.CanvasObject) *panel {
	p := &panel{least: least, height: height, place: place}
	p.ExtendBaseWidget(p)
	return p
}

func fixed(h float32) func(float32) float32 { return func(float32) float32 { return h } }

// HeightFor is how high it is when it is this wide.
func (p *panel) HeightFor(w float32) float32 { return p.height(w) }

// MinSize is its least width, and its height at the width it has.
func (p *panel) MinSize() fyne.Size {
	return fyne.NewSize(p.least, p.height(max(p.least, p.Size().Width)))
}

// Describe says what it is.
func (p *panel) Describe() tree.Node { return p.node }

// Children are its parts.
func (p *panel) Children() []fyne.CanvasObject { return p.objs }

// CreateRenderer is Fyne's.
func (p *panel) CreateRenderer() fyne.WidgetRenderer { return panelRenderer{p} }

type panelRenderer struct{ p *panel }

func (r panelRenderer) Layout(size fyne.Size) {
	if size != r.p.size || r.p.objs == nil {
		r.p.size, r.p.objs = size, r.p.place(size)
	}
}
func (r panelRenderer) MinSize() fyne.Size           { return r.p.MinSize() }
func (r panelRenderer) Objects() []fyne.CanvasObject { return r.p.objs }
func (r panelRenderer) Destroy()                     {}
func (r panelRenderer) Refresh() {
	if !r.p.size.IsZero() {
		r.p.objs = r.p.place(r.p.size)
	}
	canvas.Refresh(r.p)
}

// at moves and resizes an object and gives it back.
func at(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	return o
}

// led puts an object of a fixed size at the left of one that takes the rest.
func led(w, h, gap float32, left, right fyne.CanvasObject) fyne.CanvasObject {
	height := func(width float32) float32 { return max(h, look.HeightFor(right, width-w-gap)) }
	return newPanel(w+gap+right.MinSize().Width, height, func(s fyne.Size) []fyne.CanvasObject {
		rh := look.HeightFor(right, s.Width-w-gap)
		return []fyne.CanvasObject{at(left, 0, (s.Height-h)/2, w, h), at(right, w+gap, (s.Height-rh)/2, s.Width-w-gap, rh)}
	})
}

// tall gives an object at least this height.
func tall(h float32, o fyne.CanvasObject) fyne.CanvasObject {
	return newPanel(o.MinSize().Width, func(w float32) float32 { return max(h, look.HeightFor(o, w)) }, func(s fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{at(o, 0, 0, s.Width, s.Height)}
	})
}

// flow puts objects beside each other with their least widths, in as many rows as it takes.
func flow(gap float32, objs ...fyne.CanvasObject) fyne.CanvasObject {
	each := func(w float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
		x, y, row := float32(0), float32(0), float32(0)
		for _, o := range objs {
			ow := min(o.MinSize().Width, w)
			h := look.HeightFor(o, ow)
			if x > 0 && x+ow > w {
				x, y, row = 0, y+row+gap, 0
			}
			if put != nil {
				put(o, x, y, ow, h)
			}
			x, row = x+ow+gap, max(row, h)
		}
		return y + row
	}
	least := float32(0)
	for _, o := range objs {
		least = max(least, o.MinSize().Width)
	}
	return newPanel(least, func(w float32) float32 { return each(w, nil) }, func(s fyne.Size) []fyne.CanvasObject {
		each(s.Width, func(o fyne.CanvasObject, x, y, w, h float32) { at(o, x, y, w, h) })
		return objs
	})
}
