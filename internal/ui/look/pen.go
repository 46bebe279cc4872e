package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// pen draws one widget: it collects canvas objects at their places.
type pen struct {
	st   Style
	m    measure
	c    Palette
	objs []fyne.CanvasObject
}

func newPen(st Style) *pen { return &pen{st: st, m: st.measure(), c: st.Colors()} }

func (p *pen) add(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	p.objs = append(p.objs, o)
}

// fill draws a filled rectangle with round corners.
func (p *pen) fill(x, y, w, h, r float32, c color.Color) *canvas.Rectangle {
	o := canvas.NewRectangle(c)
	o.CornerRadius = min(r, w/2, h/2)
	p.add(o, x, y, w, h)
	return o
}

// box draws a filled rectangle whose edge lies inside its bounds.
func (p *pen) box(x, y, w, h, r float32, c, edge color.Color, stroke float32) {
	o := p.fill(x, y, w, h, r, c)
	if stroke > 0 && edge != c {
		o.StrokeColor, o.StrokeWidth = edge, stroke
	}
}

// sill draws what can be seen of the sill under a face of this height. What the face hides is left out: a cheap box paints every pixel by
// hand.
func (p *pen) sill(w, h, r, sill float32, c color.Color) {
	if sill > 0 {
		y := max(h-2*r, sill)
		p.fill(0, y, w, h+sill-y, r, c)
	}
}

// circle draws a filled circle around a point.
func (p *pen) circle(x, y, r float32, c color.Color) *canvas.Circle {
	o := canvas.NewCircle(c)
	p.add(o, x-r, y-r, 2*r, 2*r)
	return o
}

// niche draws a round-topped niche.
func (p *pen) niche(x, y, w, h float32, c color.Color) {
	o := canvas.NewRectangle(c)
	foot := p.m.radius / 2
	o.TopLeftCornerRadius, o.TopRightCornerRadius = w/2, w/2
	o.BottomLeftCornerRadius, o.BottomRightCornerRadius = foot, foot
	p.add(o, x, y, w, h)
}

// icon draws an icon into a square around a point.
func (p *pen) icon(name string, cx, cy, size float32, c color.Color) {
	p.add(Icon(p.st, name, size, c), cx-size/2, cy-size/2, size, size)
}

// face is how a piece of text is set.
type face struct {
	size  Size
	bold  bool
	color color.Color
}

func (p *pen) lineHeight(f face) float32 { return p.st.Size(f.size) * leading(f.size, f.bold) }

func (p *pen) wrap(text string, f face, room float32) []string {
	return wrap(text, p.st.Size(f.size), f.bold, room)
}

func (p *pen) width(text string, f face) float32 { return width(text, p.st.Size(f.size), f.bold) }

// lines draws lines from y downwards and returns where they end. align: -1 left, 0 middle, 1 right.
func (p *pen) lines(lines []string, f face, x, y, w float32, align int) float32 {
	lh := p.lineHeight(f)
	for _, l := range lines {
		p.line(l, f, x, y, w, align)
		y += lh
	}
	return y
}

func (p *pen) line(text string, f face, x, y, w float32, align int) {
	t := Letters(plain(text), f.color, p.st.Size(f.size), f.bold)
	need := t.MinSize()
	switch align {
	case 0:
		x += (w - need.Width) / 2
	case 1:
		x += w - need.Width
	}
	p.add(t, x, y+(p.lineHeight(f)-need.Height)/2, need.Width, need.Height)
}

// text wraps and draws, and returns where it ends.
func (p *pen) text(text string, f face, x, y, w float32) float32 {
	if text == "" {
		return y
	}
	return p.lines(p.wrap(text, f, w), f, x, y, w, -1)
}

// height is how high the wrapped text is; nothing for no text.
func (p *pen) height(text string, f face, w float32) float32 {
	if text == "" {
		return 0
	}
	return float32(len(p.wrap(text, f, w))) * p.lineHeight(f)
}

// ring draws the two focus rings around a shape: whatever the ground, one of them can be seen.
func (p *pen) ring(x, y, w, h, r float32) {
	in, out := p.st.U(4), p.st.U(3)
	for _, s := range []struct {
		grow, stroke float32
		c            color.Color
	}{{in + out, out, p.c.FocusOut}, {in, in, p.c.FocusIn}} {
		o := canvas.NewRectangle(color.Transparent)
		o.StrokeColor, o.StrokeWidth = s.c, s.stroke
		o.CornerRadius = r + s.grow
		p.add(o, x-s.grow, y-s.grow, w+2*s.grow, h+2*s.grow)
	}
}

// collar draws the focus rings around a wide shape that hides whatever lies under it: ends and strips, because a cheap box paints every pixel
// of a ring by hand, also those that cannot be seen.
func (p *pen) collar(x, y, w, h, r float32) {
	in, out := p.st.U(4), p.st.U(3)
	r = min(r, w/2, h/2)
	for _, s := range []struct {
		grow float32
		c    color.Color
	}{{in + out, p.c.FocusOut}, {in, p.c.FocusIn}} {
		end := r + s.grow
		left, right := canvas.NewRectangle(s.c), canvas.NewRectangle(s.c)
		left.TopLeftCornerRadius, left.BottomLeftCornerRadius = end, end
		right.TopRightCornerRadius, right.BottomRightCornerRadius = end, end
		p.add(left, x-s.grow, y-s.grow, end, h+2*s.grow)
		p.add(right, x+w-r, y-s.grow, end, h+2*s.grow)
		p.fill(x+r, y-s.grow, w-2*r, s.grow+p.m.edge, 0, s.c)
		p.fill(x+r, y+h-p.m.edge, w-2*r, s.grow+p.m.edge, 0, s.c)
	}
}
