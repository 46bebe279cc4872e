package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Pills puts objects beside each other, each as wide as it wants to be, and goes on in the next line where one does not fit: pills to choose from.
func Pills(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&pills{gap: gap}, drop(objs)...)
}

type pills struct {
	gap float32
	last
}

// place calls at for every object with its place and returns the height of all.
func (l *pills) place(objs []fyne.CanvasObject, w float32, at func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range visible(objs) {
		ow := min(o.MinSize().Width, w)
		if x > 0 && x+ow > w {
			x, y, line = 0, y+line+l.gap, 0
		}
		h := HeightFor(o, ow)
		at(o, x, y, ow, h)
		x, line = x+ow+l.gap, max(line, h)
	}
	return y + line
}

func (l *pills) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return l.place(objs, w, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

func (l *pills) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w := leastWidth(objs)
	return fyne.NewSize(w, l.heightFor(objs, max(w, l.w)))
}

func (l *pills) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	l.place(objs, size.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}
