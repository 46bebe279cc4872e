package kiosk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// panel is what only the terminal draws: place puts canvas objects and widgets where they belong for a size; height tells how high it
// wants to be at a width. With a node it tells the screen tree what it is as a whole, else its parts speak for themselves.
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
