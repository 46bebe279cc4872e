package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

func newActions(st Style, objs []fyne.CanvasObject) *fyne.Container {
	return container.New(&actions{gap: st.Gap(), least: st.U(300)}, objs...)
}

// actions lays out the bar of actions.
type actions struct {
	gap, least float32
	last
}

// widths returns each action's width, or nil when they go below each other.
func (l *actions) widths(objs []fyne.CanvasObject, w float32) []float32 {
	n := len(objs)
	if n == 0 {
		return nil
	}
	ws := make([]float32, n)
	rest := w
	for i, o := range objs[:n-1] {
		ws[i] = max(o.MinSize().Width, min(l.least, w/float32(n)-l.gap))
		rest -= ws[i] + l.gap
	}
	if rest < objs[n-1].MinSize().Width {
		return nil
	}
	ws[n-1] = rest
	return ws
}

func (l *actions) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	h := float32(0)
	if ws := l.widths(objs, w); ws != nil {
		for i, o := range objs {
			h = max(h, HeightFor(o, ws[i]))
		}
		return h
	}
	if n := len(objs); n > 2 {
		if ws := l.widths(objs[:n-1], w); ws != nil {
			for i, o := range objs[:n-1] {
				h = max(h, HeightFor(o, ws[i]))
			}
			return h + l.gap + HeightFor(objs[n-1], w)
		}
	}
	for i, o := range objs {
		if i > 0 {
			h += l.gap
		}
		h += HeightFor(o, w)
	}
	return h
}

func (l *actions) MinSize(objs []fyne.CanvasObject) fyne.Size {
	// A label may wrap: the width of the longest label is no least width.
	return fyne.NewSize(l.least, l.heightFor(objs, max(l.least, l.w)))
}

func (l *actions) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	if ws := l.widths(objs, size.Width); ws != nil {
		x := float32(0)
		for i, o := range objs {
			o.Move(fyne.NewPos(x, 0))
			o.Resize(fyne.NewSize(ws[i], size.Height))
			x += ws[i] + l.gap
		}
		return
	}
	y := float32(0)
	if n := len(objs); n > 2 { // the way on gets a line of its own, the others share one
		if ws := l.widths(objs[:n-1], size.Width); ws != nil {
			h := HeightFor(objs[n-1], size.Width)
			objs[n-1].Move(fyne.NewPos(0, 0))
			objs[n-1].Resize(fyne.NewSize(size.Width, h))
			x := float32(0)
			for i, o := range objs[:n-1] {
				o.Move(fyne.NewPos(x, h+l.gap))
				o.Resize(fyne.NewSize(ws[i], size.Height-h-l.gap))
				x += ws[i] + l.gap
			}
			return
		}
	}
	for i := len(objs) - 1; i >= 0; i-- {
		h := HeightFor(objs[i], size.Width)
		objs[i].Move(fyne.NewPos(0, y))
		objs[i].Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}
