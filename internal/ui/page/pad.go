package page

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// pad is a calm field with a line that a finger signs on. What was drawn before is there; every stroke is told when the finger is lifted, so that
// nothing is drawn anew while it moves.
type pad struct {
	widget.BaseWidget
	st      look.Style
	node    tree.Node
	strokes []signature.Stroke // there already
	done    func(strokes []signature.Stroke)

	now          signature.Stroke // under the finger
	down         fyne.Position    // where it came down, on a terminal
	moved        bool             // since it came down
	fired        bool             // the dot is drawn already
	ink          *image.NRGBA     // one pixel is one unit of the box
	shown        *canvas.Image
	ground, line *canvas.Rectangle
}

// penRadius is half of how wide the ink is, in units of the box.
const penRadius = 2.6

// baseline is how deep in the box the line lies that is signed on.
const baseline = 0.76

func newPad(st look.Style, node tree.Node, strokes []signature.Stroke, done func([]signature.Stroke)) *pad {
	c := st.Colors()
	p := &pad{st: st, node: node, strokes: strokes, done: done, ink: inked(strokes, c.Ink), ground: canvas.NewRectangle(c.Surface), line: canvas.NewRectangle(c.Edge)}
	p.ground.StrokeColor, p.ground.StrokeWidth, p.ground.CornerRadius = c.Edge, st.U(3), st.U(16)
	p.shown = canvas.NewImageFromImage(p.ink)
	p.shown.FillMode = canvas.ImageFillStretch
	p.ExtendBaseWidget(p)
	return p
}

// inked is a picture of strokes on nothing.
func inked(strokes []signature.Stroke, ink color.NRGBA) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, signature.Width, signature.Height))
	for _, s := range strokes {
		for i, p := range s {
			pull(img, s[max(i-1, 0)], p, ink)
		}
	}
	return img
}

// pull draws a piece of a stroke with round ends. Where ink is already it does not become darker.
func pull(img *image.NRGBA, a, b signature.Point, ink color.NRGBA) {
	const r = penRadius + 1
	box := image.Rect(min(a.X, b.X), min(a.Y, b.Y), max(a.X, b.X)+1, max(a.Y, b.Y)+1).Inset(-int(math.Ceil(r))).Intersect(img.Bounds())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			covered := penRadius + 0.5 - signature.Distance(signature.Point{X: x, Y: y}, a, b)
			if covered <= 0 {
				continue
			}
			alpha := uint8(255 * min(covered, 1))
			if at := img.PixOffset(x, y); alpha > img.Pix[at+3] {
				img.Pix[at], img.Pix[at+1], img.Pix[at+2], img.Pix[at+3] = ink.R, ink.G, ink.B, alpha
			}
		}
	}
}

// HeightFor keeps the box's shape.
func (p *pad) HeightFor(w float32) float32 { return w * signature.Height / signature.Width }

// MinSize leaves room to sign.
func (p *pad) MinSize() fyne.Size {
	least := p.st.U(180)
	return fyne.NewSize(least, p.HeightFor(max(least, p.Size().Width)))
}

// Describe says what it is, and whether something is drawn.
func (p *pad) Describe() tree.Node { return p.node }

// point is a place on the screen in the box.
func (p *pad) point(at fyne.Position) signature.Point {
	s := p.Size()
	in := func(v, size float32, units int) int {
		return min(max(int(math.Round(float64(v/max(size, 1)*float32(units)))), 0), units)
	}
	return signature.Point{X: in(at.X, s.Width, signature.Width), Y: in(at.Y, s.Height, signature.Height)}
}

// apart is how far the finger has to move for another point, in units: less is its trembling.
const apart = 3

// move draws on to a place.
func (p *pad) move(at signature.Point) {
	if n := len(p.now); n > 0 {
		last := p.now[n-1]
		if math.Hypot(float64(at.X-last.X), float64(at.Y-last.Y)) < apart {
			return
		}
		pull(p.ink, last, at, p.st.Colors().Ink)
	}
	p.now = append(p.now, at)
	p.shown.Refresh()
}

// Dragged is the finger that draws.
func (p *pad) Dragged(e *fyne.DragEvent) {
	if p.done == nil {
		return
	}
	p.moved = true
	if len(p.now) == 0 {
		p.move(p.point(e.Position.Subtract(e.Dragged)))
	}
	p.move(p.point(e.Position))
}

// DragEnd is the finger lifted.
func (p *pad) DragEnd() {
	if p.done == nil || len(p.now) == 0 {
		return
	}
	drawn := append(p.strokes[:len(p.strokes):len(p.strokes)], p.now)
	p.now = nil
	p.done(drawn)
}

// MouseDown is a finger put down on a terminal.
func (p *pad) MouseDown(e *desktop.MouseEvent) { p.down, p.moved, p.fired = e.Position, false, false }

// MouseUp is a finger lifted from a terminal: a dot that the driver calls a drag of no length is one all the same.
func (p *pad) MouseUp(e *desktop.MouseEvent) {
	if d := e.Position.Subtract(p.down); !p.moved && d.X*d.X+d.Y*d.Y < apart*apart {
		p.fired = true
		p.dot(e.Position)
	}
}

// Tapped is a dot.
func (p *pad) Tapped(e *fyne.PointEvent) {
	if p.fired {
		p.fired = false
		return
	}
	p.dot(e.Position)
}

// TappedSecondary is a long press on a phone: a dot like any other.
func (p *pad) TappedSecondary(e *fyne.PointEvent) { p.Tapped(e) }

func (p *pad) dot(at fyne.Position) {
	if p.done != nil {
		p.done(append(p.strokes[:len(p.strokes):len(p.strokes)], signature.Stroke{p.point(at)}))
	}
}

// CreateRenderer is Fyne's.
func (p *pad) CreateRenderer() fyne.WidgetRenderer { return padRenderer{p} }

type padRenderer struct{ p *pad }

func (r padRenderer) Layout(s fyne.Size) {
	look.At(r.p.ground, 0, 0, s.Width, s.Height)
	side := s.Width * 0.05
	look.At(r.p.line, side, s.Height*baseline, s.Width-2*side, r.p.st.U(2))
	look.At(r.p.shown, 0, 0, s.Width, s.Height)
}
func (r padRenderer) MinSize() fyne.Size { return r.p.MinSize() }
func (r padRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.ground, r.p.line, r.p.shown}
}
func (r padRenderer) Destroy() {}
func (r padRenderer) Refresh() { canvas.Refresh(r.p) }
