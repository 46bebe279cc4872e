package townmap

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// Atlas draws a town's map. A shell makes one and hands it to every Map: it keeps fonts, names at their places, and the last picture.
type Atlas struct {
	town  *place.Town
	plane place.Plane

	streets, rivers, rails []way
	areas                  []area
	buildings              [][]spot
	trees                  []spot

	mu            sync.Mutex
	regular, bold *types
	labels        map[labelKey][]label
	last          sheet
}

// way is a line in metres, y downwards, from the plane's origin.
type way struct {
	name  string
	class place.Class
	width float32
	line  []spot
}

type area struct {
	kind, name string
	ring       []spot
}

// sheet is a picture of a part of the map that is larger than a screen, so that a finger can push it about.
type sheet struct {
	key     sheetKey
	img     *image.RGBA
	at      image.Point // of its upper left corner, in pixels of the whole map
	drawing int         // counts how often it was drawn anew
}

// sheetKey is all that changes how the map is drawn, but for where.
type sheetKey struct {
	scale, px float64 // metres a unit, pixels a unit
	text      float32 // size of names in units
	contrast  look.Contrast
}

// NewAtlas prepares a town's map.
func NewAtlas(town *place.Town) (*Atlas, error) {
	a := &Atlas{town: town, plane: place.Plane{Origin: town.Center()}, labels: map[labelKey][]label{}}
	var err error
	if a.regular, err = readTypes("AtkinsonHyperlegibleNext-Regular.ttf"); err != nil {
		return nil, err
	}
	if a.bold, err = readTypes("AtkinsonHyperlegibleNext-Bold.ttf"); err != nil {
		return nil, err
	}
	for _, s := range town.Streets {
		for _, l := range s.Lines {
			a.streets = append(a.streets, way{name: s.Name, class: s.Class, line: a.spots(l)})
		}
	}
	for _, r := range town.Rivers {
		a.rivers = append(a.rivers, way{name: r.Name, width: float32(r.Width), line: a.spots(r.Line)})
	}
	for _, r := range town.Rails {
		a.rails = append(a.rails, way{line: a.spots(r.Line)})
	}
	for _, r := range town.Areas {
		a.areas = append(a.areas, area{r.Kind, r.Name, a.spots(r.Ring)})
	}
	for _, b := range town.Buildings {
		a.buildings = append(a.buildings, a.spots(b))
	}
	a.trees = a.spots(town.Trees)
	return a, nil
}

// Town is the town that is drawn.
func (a *Atlas) Town() *place.Town { return a.town }

func (a *Atlas) spots(points []place.Point) []spot {
	out := make([]spot, len(points))
	for i, p := range points {
		out[i] = a.spot(p)
	}
	return out
}

func (a *Atlas) spot(p place.Point) spot {
	x, y := a.plane.XY(p)
	return spot{float32(x), float32(-y)}
}

// inks are the colours of a contrast. line is nothing where colours part the things.
type inks struct {
	ground, street, block, park, wood, tree, water, rail color.NRGBA
	name, halo, parkName, waterName                      color.NRGBA
	line                                                 color.NRGBA
}

func inksOf(st look.Style) inks {
	p := st.Colors()
	if st.Contrast != look.Normal {
		g, i := p.Ground, p.Ink
		return inks{ground: g, street: g, park: g, wood: g, water: g, rail: i, name: i, halo: g, parkName: i, waterName: i, line: i}
	}
	rgb := func(r, g, b uint8) color.NRGBA { return color.NRGBA{r, g, b, 255} }
	return inks{
		ground: rgb(0xEF, 0xEB, 0xE1), street: p.Surface, block: rgb(0xDD, 0xD6, 0xC7), park: rgb(0xCF, 0xE3, 0xC4), wood: rgb(0xC1, 0xD8, 0xB3),
		tree: rgb(0xB4, 0xD3, 0xA6), water: rgb(0xA9, 0xD3, 0xDE), rail: rgb(0xB9, 0xAF, 0x9B), name: p.Ink2, halo: color.NRGBA{255, 255, 255, 200},
		parkName: rgb(0x1F, 0x5B, 0x2E), waterName: rgb(0x0E, 0x4A, 0x5C),
	}
}

// beyond is how much more than the screen a sheet shows on each side, in units.
const beyond = 96

// picture copies what a view of w by h pixels around a point shows into a new picture.
func (a *Atlas) picture(st look.Style, key sheetKey, center place.Point, w, h int) *image.RGBA {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.corner(key, center, w, h)
	want := image.Rectangle{at, at.Add(image.Pt(w, h))}
	if have := a.last.rect(); a.last.key != key || !want.In(have) {
		more := int(beyond * key.px)
		a.last = sheet{key: key, at: at.Sub(image.Pt(more, more)), img: image.NewRGBA(image.Rect(0, 0, w+2*more, h+2*more)), drawing: a.last.drawing + 1}
		a.draw(a.last, inksOf(st))
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, a.last.img, at.Sub(a.last.at), draw.Src)
	return out
}

func (s sheet) rect() image.Rectangle {
	if s.img == nil {
		return image.Rectangle{}
	}
	return s.img.Rect.Add(s.at)
}

// corner is where the upper left corner of a view lies on the whole map, in pixels.
func (a *Atlas) corner(key sheetKey, center place.Point, w, h int) image.Point {
	c := a.spot(center)
	k := key.px / key.scale
	return image.Pt(int(math.Round(float64(c.x)*k))-w/2, int(math.Round(float64(c.y)*k))-h/2)
}

// draw draws a sheet: grounds first, then what lies on them, names last.
func (a *Atlas) draw(s sheet, ink inks) {
	draw.Draw(s.img, s.img.Rect, image.NewUniform(ink.ground), image.Point{}, draw.Src)
	b := newBrush(s.img)
	k := float32(s.key.px / s.key.scale) // pixels a metre
	px := float32(s.key.px)
	on := func(p spot) spot { return spot{p.x*k - float32(s.at.X), p.y*k - float32(s.at.Y)} }
	all := func(line []spot) []spot {
		out := make([]spot, len(line))
		for i, p := range line {
			out[i] = on(p)
		}
		return out
	}
	plain := ink.line.A > 0 // lines instead of colours
	fill := func(kind string, c color.NRGBA) {
		for _, r := range a.areas {
			if r.kind != kind {
				continue
			}
			ring := all(r.ring)
			if plain {
				b.stroke(append(ring, ring[0]), 1.5*px)
			} else {
				b.polygon(ring)
			}
		}
		if plain {
			c = ink.line
		}
		b.pour(c)
	}
	fill("wood", ink.wood)
	fill("park", ink.park)
	if s.key.scale <= 3.2 && !plain {
		for _, t := range a.trees {
			b.disc(on(t), max(7*k, 2*px))
		}
		b.pour(ink.tree)
	}
	fill("water", ink.water)
	a.ways(b, a.rivers, func(w way) float32 { return max(w.width*k, 1.5*px) }, all, ink.water, ink.line, px)
	if s.key.scale <= 3.2 && !plain {
		for _, ring := range a.buildings {
			b.polygon(all(ring))
		}
		b.pour(ink.block)
	}
	a.ways(b, a.rails, func(way) float32 { return 2 * px }, all, ink.rail, color.NRGBA{}, px)
	a.ways(b, a.streets, func(w way) float32 { return streetWidth(w.class, s.key.scale) * px }, all, ink.street, ink.line, px)
	a.write(b, s, ink)
}

// ways draws lines of one kind in one colour, with an edge of its own where colours do not part them from the ground.
func (a *Atlas) ways(b *brush, ways []way, width func(way) float32, all func([]spot) []spot, c, edge color.NRGBA, px float32) {
	if edge.A > 0 {
		for _, w := range ways {
			if wide := width(w); wide > 0 {
				b.stroke(all(w.line), wide+3*px)
			}
		}
		b.pour(edge)
	}
	for _, w := range ways {
		if wide := width(w); wide > 0 {
			b.stroke(all(w.line), wide)
		}
	}
	b.pour(c)
}

// streetWidth is how wide a street is drawn, in units; 0 when it is too small to be drawn at this scale.
func streetWidth(c place.Class, scale float64) float32 {
	metres, least, until := 11.0, 2.0, 13.0
	switch c {
	case place.Main:
		metres, least, until = 15, 3.5, 100
	case place.Lane:
		metres, least, until = 9, 1.5, 7
	}
	if scale > until {
		return 0
	}
	return float32(max(metres/scale, least))
}
