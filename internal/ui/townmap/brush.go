package townmap

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// spot is a place on a drawing, in pixels, y downwards.
type spot struct{ x, y float32 }

// brush collects shapes and pours one colour over all of them at once. Shapes may overlap: what two cover is covered once, because all of
// them run the same way round.
type brush struct {
	to   *image.RGBA // opaque
	r    *vector.Rasterizer
	mask *image.Alpha
	any  bool
}

func newBrush(to *image.RGBA) *brush {
	b := to.Bounds()
	return &brush{to: to, r: vector.NewRasterizer(b.Dx(), b.Dy()), mask: image.NewAlpha(b)}
}

// sees tells whether anything of a rectangle can be seen on the drawing.
func (b *brush) sees(x0, y0, x1, y1 float32) bool {
	size := b.to.Bounds().Size()
	return x1 >= 0 && y1 >= 0 && x0 <= float32(size.X) && y0 <= float32(size.Y)
}

// polygon adds a ring.
func (b *brush) polygon(ring []spot) {
	if len(ring) < 3 {
		return
	}
	low, high := ring[0], ring[0]
	area := float32(0)
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		area += p.x*q.y - q.x*p.y
		low = spot{min(low.x, p.x), min(low.y, p.y)}
		high = spot{max(high.x, p.x), max(high.y, p.y)}
	}
	if !b.sees(low.x, low.y, high.x, high.y) {
		return
	}
	b.any = true
	n := len(ring)
	at := func(i int) spot {
		if area < 0 {
			return ring[n-1-i]
		}
		return ring[i]
	}
	b.r.MoveTo(at(0).x, at(0).y)
	for i := 1; i < n; i++ {
		b.r.LineTo(at(i).x, at(i).y)
	}
	b.r.ClosePath()
}

// stroke adds a line of this width with round ends and joints.
func (b *brush) stroke(line []spot, width float32) {
	r := width / 2
	for i, p := range line {
		if width > 2 {
			b.disc(p, r)
		}
		if i == 0 {
			continue
		}
		q := line[i-1]
		dx, dy := p.x-q.x, p.y-q.y
		long := float32(math.Hypot(float64(dx), float64(dy)))
		if long == 0 {
			continue
		}
		nx, ny := -dy/long*r, dx/long*r
		b.polygon([]spot{{q.x + nx, q.y + ny}, {p.x + nx, p.y + ny}, {p.x - nx, p.y - ny}, {q.x - nx, q.y - ny}})
	}
}

// disc adds a filled circle.
func (b *brush) disc(c spot, r float32) { b.circle(c, r, 1) }

// ring adds a circle's line, whose outer edge is r from the middle.
func (b *brush) ring(c spot, r, width float32) {
	b.circle(c, r, 1)
	b.circle(c, r-width, -1)
}

// circle adds a circle of four curves. way -1 cuts it out.
func (b *brush) circle(c spot, r, way float32) {
	if r <= 0 || !b.sees(c.x-r, c.y-r, c.x+r, c.y+r) {
		return
	}
	b.any = true
	k := r * 0.5522847 // of a Bézier curve that is nearly a quarter circle
	w := way
	b.r.MoveTo(c.x+r, c.y)
	b.r.CubeTo(c.x+r, c.y+k*w, c.x+k, c.y+r*w, c.x, c.y+r*w)
	b.r.CubeTo(c.x-k, c.y+r*w, c.x-r, c.y+k*w, c.x-r, c.y)
	b.r.CubeTo(c.x-r, c.y-k*w, c.x-k, c.y-r*w, c.x, c.y-r*w)
	b.r.CubeTo(c.x+k, c.y-r*w, c.x+r, c.y-k*w, c.x+r, c.y)
	b.r.ClosePath()
}

// pour colours what was collected, and begins anew.
func (b *brush) pour(c color.NRGBA) {
	if !b.any {
		return
	}
	b.r.DrawOp = draw.Src // the mask is written anew
	b.r.Draw(b.mask, b.mask.Bounds(), image.Opaque, image.Point{})
	b.r.Reset(b.mask.Rect.Dx(), b.mask.Rect.Dy())
	b.any = false
	pix := b.to.Pix
	red, green, blue, alpha := uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A)
	for i, m := range b.mask.Pix {
		if m == 0 {
			continue
		}
		d := pix[4*i : 4*i+4 : 4*i+4]
		if m == 255 && alpha == 255 {
			d[0], d[1], d[2] = c.R, c.G, c.B
			continue
		}
		a := uint32(m) * alpha / 255
		d[0] = uint8((uint32(d[0])*(255-a) + red*a + 127) / 255)
		d[1] = uint8((uint32(d[1])*(255-a) + green*a + 127) / 255)
		d[2] = uint8((uint32(d[2])*(255-a) + blue*a + 127) / 255)
	}
}
