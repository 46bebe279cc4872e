package townmap

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// screen draws what is seen, w by h pixels, px of them a unit: the map, what is known of the position, markers, and the pin in the middle.
func (a *Atlas) screen(st look.Style, px float64, w, h int, s State, here *Here, markers []Marker) *image.RGBA {
	key := sheetKey{scale: s.scale(), px: px, text: 15 * (1 + (st.Factor()-1)*0.8), contrast: st.Contrast}
	img := a.picture(st, key, s.Pin, w, h)
	a.mu.Lock()
	defer a.mu.Unlock()
	d := over{b: newBrush(img), st: st, c: st.Colors(), px: float32(px), bold: a.bold}
	view := place.View{Center: s.Pin, Scale: s.scale() / px, Width: float64(w), Height: float64(h)}
	at := func(p place.Point) spot {
		x, y := view.XY(p)
		return spot{float32(x), float32(y)}
	}
	if here != nil && here.Accuracy > 0 {
		if r := float32(here.Accuracy / view.Scale); r > 6*d.px {
			d.circle(at(here.At), r)
		}
	}
	for i, s := range standing(view, st, px, markers) {
		d.marker(s, i+1)
	}
	d.pin(spot{float32(w) / 2, float32(h) / 2})
	return img
}

// over draws what lies over the map.
type over struct {
	b    *brush
	st   look.Style
	c    look.Palette
	px   float32 // pixels a unit
	bold *types
}

// circle shows how exact a position is.
func (d over) circle(at spot, r float32) {
	soft := d.c.Accent
	soft.A = 0x22
	d.b.disc(at, r)
	d.b.pour(soft)
	d.b.ring(at, r, 2*d.px)
	d.b.pour(d.c.Accent)
}

// marker is a number in a ring. It grows with the text.
func (d over) marker(at spot, n int) {
	r := markerSize(d.st) * d.px
	size := r * 0.97
	d.b.disc(at, r)
	d.b.pour(d.c.Surface)
	d.b.ring(at, r, 3*d.px)
	d.b.pour(d.c.Accent)
	text := strconv.Itoa(n)
	from := spot{at.x - d.bold.width(text, size)/2, at.y + 0.33*size}
	for _, l := range d.bold.straight(text, size, from) {
		d.b.letter(d.bold, l, size, spot{})
	}
	d.b.pour(d.c.Accent)
}

// pin points at a place with its foot.
func (d over) pin(at spot) {
	px := d.px * (1 + (d.st.Factor()-1)*0.25)
	head := spot{at.x, at.y - 32*px}
	rim, ink := color.NRGBA{255, 255, 255, 255}, d.c.Accent
	if d.st.Contrast != look.Normal {
		rim = d.c.Ground
	}
	stem := []spot{{at.x, at.y - 12*px}, {at.x, at.y - 4*px}}
	d.b.disc(head, 21.5*px)
	d.b.stroke(stem, 11*px)
	d.b.pour(rim)
	d.b.disc(head, 18.5*px)
	d.b.stroke(stem, 8*px)
	d.b.pour(ink)
	d.b.disc(head, 7*px)
	d.b.pour(rim)
}

// markerSize is a marker's radius in units. It grows with the text.
func markerSize(st look.Style) float32 { return 18.5 * (1 + (st.Factor()-1)*0.5) }

// standing is where markers are seen. One that would lie on the pin's head or on another marker stands beside it: reports of the same thing
// are often made at the same place. unit is how large a unit is in the view's own.
func standing(v place.View, st look.Style, unit float64, markers []Marker) []spot {
	u := float32(unit)
	r := markerSize(st) * u
	taken := []spot{{float32(v.Width) / 2, float32(v.Height)/2 - 32*u}} // the pin's head
	for i, m := range markers {
		x, y := v.XY(m.At)
		s := spot{float32(x), float32(y)}
		for range 12 { // a few reports find room; more than a dozen may lie on each other
			free := true
			for _, o := range taken {
				dx, dy, need := s.x-o.x, s.y-o.y, 2*r+2*u
				long := float32(math.Hypot(float64(dx), float64(dy)))
				if long >= need-0.5 {
					continue
				}
				if long < 1 { // exactly there: one goes right, the next one left
					dx, dy, long = 1-2*float32(i%2), 0.2, 1.02
				}
				s, free = spot{o.x + dx/long*need, o.y + dy/long*need}, false
			}
			if free {
				break
			}
		}
		taken = append(taken, s)
	}
	return taken[1:]
}
