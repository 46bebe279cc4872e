package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// flowing is what knows its height at a given width.
type flowing interface{ HeightFor(w float32) float32 }

// flowLayout is a layout that knows the height of what it lays out at a given width.
type flowLayout interface {
	fyne.Layout
	heightFor(objs []fyne.CanvasObject, w float32) float32
}

// HeightFor is how high an object is when it is this wide; its least height when it does not depend on the width.
func HeightFor(o fyne.CanvasObject, w float32) float32 {
	if f, ok := o.(flowing); ok {
		return f.HeightFor(w)
	}
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(flowLayout); ok {
			return l.heightFor(c.Objects, w)
		}
	}
	return o.MinSize().Height
}

func visible(objs []fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, o := range objs {
		if o != nil && o.Visible() {
			out = append(out, o)
		}
	}
	return out
}

func leastWidth(objs []fyne.CanvasObject) float32 {
	w := float32(0)
	for _, o := range visible(objs) {
		w = max(w, o.MinSize().Width)
	}
	return w
}

// last remembers the width that a layout was last laid out with, so that MinSize tells the right height afterwards.
type last struct{ w float32 }

// Column puts objects below each other, each as wide as the column and as high as it then needs.
func Column(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{gap: gap}, drop(objs)...)
}

func drop(objs []fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, o := range objs {
		if o != nil {
			out = append(out, o)
		}
	}
	return out
}

type column struct {
	gap float32
	last
}

func (l *column) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	h := float32(0)
	for i, o := range visible(objs) {
		if i > 0 {
			h += l.gap
		}
		h += HeightFor(o, w)
	}
	return h
}

func (l *column) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := leastWidth(objs)
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *column) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	y := float32(0)
	for _, o := range visible(objs) {
		h := HeightFor(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}

// Grid puts objects beside each other in equal columns, at most cols of them and fewer when the widest would not fit.
func Grid(gap float32, cols int, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&grid{gap: gap, cols: max(cols, 1)}, drop(objs)...)
}

type grid struct {
	gap  float32
	cols int
	last
}

func (l *grid) fit(objs []fyne.CanvasObject, w float32) int {
	least := leastWidth(objs)
	count := len(visible(objs))
	for n := min(l.cols, max(count, 1)); n > 1; n-- {
		if count <= l.cols && count%n != 0 {
			continue // what belongs in one row goes below each other rather than leaving one alone
		}
		if (w-float32(n-1)*l.gap)/float32(n) >= least {
			return n
		}
	}
	return 1
}

// place calls at for every object with its place and returns the height of all.
func (l *grid) place(objs []fyne.CanvasObject, w float32, at func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	objs = visible(objs)
	n := l.fit(objs, w)
	cell := (w - float32(n-1)*l.gap) / float32(n)
	y := float32(0)
	for i := 0; i < len(objs); i += n {
		line := objs[i:min(i+n, len(objs))]
		h := float32(0)
		for _, o := range line {
			h = max(h, HeightFor(o, cell))
		}
		if i > 0 {
			y += l.gap
		}
		for j, o := range line {
			at(o, float32(j)*(cell+l.gap), y, cell, h)
		}
		y += h
	}
	return y
}

func (l *grid) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return l.place(objs, w, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

func (l *grid) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := leastWidth(objs)
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *grid) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	l.place(objs, size.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}

// Beside puts a growing object at the left and one with its least width at the right, in the middle of the line; below each other when the
// growing one would not fit.
func Beside(gap float32, grow, fixed fyne.CanvasObject) *fyne.Container {
	return container.New(&beside{gap: gap}, grow, fixed)
}

type beside struct {
	gap float32
	last
}

func (l *beside) split(objs []fyne.CanvasObject, w float32) (left, right float32, stacked bool) {
	right = objs[1].MinSize().Width
	left = w - right - l.gap
	if left < objs[0].MinSize().Width {
		return w, w, true
	}
	return left, right, false
}

func (l *beside) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	left, right, stacked := l.split(objs, w)
	a, b := HeightFor(objs[0], left), HeightFor(objs[1], right)
	if stacked {
		return a + l.gap + b
	}
	return max(a, b)
}

func (l *beside) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := leastWidth(objs)
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *beside) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	left, right, stacked := l.split(objs, size.Width)
	a, b := HeightFor(objs[0], left), HeightFor(objs[1], right)
	if stacked {
		objs[0].Move(fyne.NewPos(0, 0))
		objs[1].Move(fyne.NewPos(0, a+l.gap))
	} else {
		objs[0].Move(fyne.NewPos(0, (size.Height-a)/2))
		objs[1].Move(fyne.NewPos(left+l.gap, (size.Height-b)/2))
	}
	objs[0].Resize(fyne.NewSize(left, a))
	objs[1].Resize(fyne.NewSize(right, b))
}

// Inset leaves free space around an object.
func Inset(o fyne.CanvasObject, left, top, right, bottom float32) *fyne.Container {
	return container.New(&inset{left, top, right, bottom, last{}}, o)
}

type inset struct {
	l, t, r, b float32
	last
}

func (l *inset) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return HeightFor(objs[0], w-l.l-l.r) + l.t + l.b
}

func (l *inset) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := objs[0].MinSize().Width + l.l + l.r
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *inset) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	objs[0].Move(fyne.NewPos(l.l, l.t))
	objs[0].Resize(fyne.NewSize(size.Width-l.l-l.r, size.Height-l.t-l.b))
}

// Frame puts top above and bottom below, each as high as it needs at the frame's width, and gives the rest to the middle. A nil part is
// left out.
func Frame(top, middle, bottom fyne.CanvasObject) *fyne.Container {
	parts := [3]fyne.CanvasObject{top, middle, bottom}
	for i, o := range parts {
		if o == nil {
			parts[i] = Space(0)
		}
	}
	return container.New(&frame{}, parts[:]...)
}

type frame struct{ last }

func (l *frame) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return HeightFor(objs[0], w) + HeightFor(objs[1], w) + HeightFor(objs[2], w)
}

func (l *frame) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := leastWidth(objs)
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *frame) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	top, bottom := HeightFor(objs[0], size.Width), HeightFor(objs[2], size.Width)
	y := float32(0)
	for i, h := range []float32{top, max(size.Height-top-bottom, 0), bottom} {
		objs[i].Move(fyne.NewPos(0, y))
		objs[i].Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}

// Space is free space of this height.
func Space(h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(0.01, h)) // of no size at all, Fyne would make a point
	return r
}

// On puts an object on a coloured ground.
func On(ground fyne.CanvasObject, o fyne.CanvasObject) *fyne.Container {
	return container.New(&over{}, ground, o)
}

type over struct{ last }

func (l *over) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	h := float32(0)
	for _, o := range objs {
		h = max(h, HeightFor(o, w))
	}
	return h
}

func (l *over) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := leastWidth(objs)
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *over) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	for _, o := range objs {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// Rail puts a rail of its least width at the right, over the whole height: the plinth in landscape.
func Rail(main, rail fyne.CanvasObject) *fyne.Container {
	return container.New(railLayout{}, main, rail)
}

type railLayout struct{}

func (railLayout) MinSize(objs []fyne.CanvasObject) fyne.Size {
	a, b := objs[0].MinSize(), objs[1].MinSize()
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}

func (railLayout) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	w := objs[1].MinSize().Width
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(fyne.NewSize(size.Width-w, size.Height))
	objs[1].Move(fyne.NewPos(size.Width-w, 0))
	objs[1].Resize(fyne.NewSize(w, size.Height))
}
