package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Scene is what a shell draws itself. Its fields are set before it is shown.
type Scene struct {
	widget.BaseWidget
	Least  float32                                  // the least width, in Fyne units
	Height func(w float32) float32                  // how high it wants to be at a width
	Place  func(size fyne.Size) []fyne.CanvasObject // puts canvas objects and widgets where they belong for a size, and gives them
	Node   tree.Node                                // what it is as a whole; without a role its parts speak for themselves

	objs []fyne.CanvasObject
	size fyne.Size
}

// NewScene makes a Scene whose parts speak for themselves.
func NewScene(least float32, height func(w float32) float32, place func(size fyne.Size) []fyne.CanvasObject) *Scene {
	s := &Scene{Least: least, Height: height, Place: place}
	s.ExtendBaseWidget(s)
	return s
}

// Fixed is the height of a Scene that is equally high at every width.
func Fixed(h float32) func(float32) float32 { return func(float32) float32 { return h } }

// HeightFor is how high it is when it is this wide.
func (s *Scene) HeightFor(w float32) float32 { return s.Height(w) }

// MinSize is its least width, and its height at the width it has.
func (s *Scene) MinSize() fyne.Size { return minSize(s.Least, s.Size().Width, s.Height) }

// Describe says what it is.
func (s *Scene) Describe() tree.Node { return s.Node }

// Children are its parts.
func (s *Scene) Children() []fyne.CanvasObject { return s.objs }

// CreateRenderer is Fyne's.
func (s *Scene) CreateRenderer() fyne.WidgetRenderer { return sceneRenderer{s} }

type sceneRenderer struct{ s *Scene }

func (r sceneRenderer) Layout(size fyne.Size) {
	if size != r.s.size || r.s.objs == nil {
		r.s.size, r.s.objs = size, r.s.Place(size)
	}
}
func (r sceneRenderer) MinSize() fyne.Size           { return r.s.MinSize() }
func (r sceneRenderer) Objects() []fyne.CanvasObject { return r.s.objs }
func (r sceneRenderer) Destroy()                     {}
func (r sceneRenderer) Refresh() {
	if !r.s.size.IsZero() {
		r.s.objs = r.s.Place(r.s.size)
	}
	canvas.Refresh(r.s)
}

// At moves and resizes an object and gives it back.
func At(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	return o
}
