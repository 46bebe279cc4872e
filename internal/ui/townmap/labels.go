package townmap

import (
	"image/color"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
)

// label is a name at its place on the whole map, in units.
type label struct {
	kind      labelKind
	letters   []letter
	dot       bool // a landmark, with a dot at from
	from      spot
	low, high spot // the rectangle around it
}

type labelKind int

const (
	streetName labelKind = iota
	parkName
	waterName
	landmarkName
)

// labelKey is what decides where names stand. It does not depend on the part that is shown, so that names do not jump while the map moves.
type labelKey struct {
	scale float64
	text  float32
}

// apart is the way between two names of one street, in units.
const apart = 170

// labelsOf gives all names for a scale, those first that matter more; names that would lie on one of them are left out.
func (a *Atlas) labelsOf(key labelKey) []label {
	if l, known := a.labels[key]; known {
		return l
	}
	s := setter{a: a, key: key}
	if key.scale <= 6.4 {
		for _, r := range a.areas {
			if r.name != "" {
				s.flat(parkName, r.name, middle(r.ring), false)
			}
		}
	}
	for _, w := range a.rivers {
		s.follow(waterName, w.name, w.line)
	}
	if key.scale <= 1.6 {
		for _, l := range a.town.Landmarks {
			s.flat(landmarkName, l.Name, a.spot(l.At), true)
		}
	}
	for _, c := range []struct {
		class place.Class
		until float64
	}{{place.Main, 13}, {place.Side, 3.2}, {place.Lane, 1.6}} {
		for _, w := range a.streets {
			if w.class == c.class && key.scale <= c.until {
				s.follow(streetName, w.name, w.line)
			}
		}
	}
	a.labels[key] = s.done
	return s.done
}

type setter struct {
	a    *Atlas
	key  labelKey
	done []label
}

// unit turns metres into units.
func (s *setter) unit(p spot) spot {
	k := float32(1 / s.key.scale)
	return spot{p.x * k, p.y * k}
}

// flat sets a name level: in the middle of an area, or beside a dot.
func (s *setter) flat(kind labelKind, text string, at spot, dot bool) {
	t, size := s.a.bold, s.key.text
	if dot {
		t, size = s.a.regular, size*0.93
	}
	at = s.unit(at)
	from := spot{at.x - t.width(text, size)/2, at.y + 0.33*size}
	if dot {
		from.x = at.x + 0.6*size
	}
	s.put(label{kind: kind, letters: t.straight(text, size, from), dot: dot, from: at})
}

// follow sets a name along its line, again and again.
func (s *setter) follow(kind labelKind, text string, line []spot) {
	on := make([]spot, len(line))
	for i, p := range line {
		on[i] = s.unit(p)
	}
	total, w := length(on), s.a.regular.width(text, s.key.text)
	n := max(int(total/(w+apart)), 1)
	for i := range n {
		mid := (float32(i) + 0.5) * total / float32(n)
		for _, shift := range []float32{0, 40, -40, 80, -80, 120, -120} {
			if letters, ok := s.a.regular.along(text, s.key.text, on, mid+shift); ok && s.put(label{kind: kind, letters: letters}) {
				break
			}
		}
	}
}

// put takes a label if it lies on no other.
func (s *setter) put(l label) bool {
	if len(l.letters) == 0 {
		return false
	}
	r := s.key.text * 0.75
	l.low, l.high = l.letters[0].at, l.letters[0].at
	for _, c := range l.letters {
		l.low = spot{min(l.low.x, c.at.x-r), min(l.low.y, c.at.y-r)}
		l.high = spot{max(l.high.x, c.at.x+r), max(l.high.y, c.at.y+r)}
	}
	if l.dot {
		l.low.x = min(l.low.x, l.from.x-r)
	}
	for _, o := range s.done {
		if l.low.x > o.high.x || l.high.x < o.low.x || l.low.y > o.high.y || l.high.y < o.low.y {
			continue
		}
		for _, c := range l.letters {
			for _, d := range o.letters {
				if x, y := c.at.x-d.at.x, c.at.y-d.at.y; x*x+y*y < (2*r)*(2*r) {
					return false
				}
			}
		}
	}
	s.done = append(s.done, l)
	return true
}

// middle is the middle of the rectangle around a ring.
func middle(ring []spot) spot {
	low, high := ring[0], ring[0]
	for _, p := range ring {
		low, high = spot{min(low.x, p.x), min(low.y, p.y)}, spot{max(high.x, p.x), max(high.y, p.y)}
	}
	return spot{(low.x + high.x) / 2, (low.y + high.y) / 2}
}

// write writes the names that can be seen on a sheet, on a fine light edge.
func (a *Atlas) write(b *brush, s sheet, ink inks) {
	px := float32(s.key.px)
	move := spot{-float32(s.at.X), -float32(s.at.Y)}
	var seen []label
	for _, l := range a.labelsOf(labelKey{s.key.scale, s.key.text}) {
		if b.sees(l.low.x*px+move.x, l.low.y*px+move.y, l.high.x*px+move.x, l.high.y*px+move.y) {
			seen = append(seen, l)
		}
	}
	each := func(kind labelKind, do func(t *types, l letter, size float32)) {
		t, size := a.regular, s.key.text*px
		switch kind {
		case parkName:
			t = a.bold
		case landmarkName:
			size *= 0.93
		}
		for _, l := range seen {
			if l.kind != kind {
				continue
			}
			for _, c := range l.letters {
				c.at = spot{c.at.x * px, c.at.y * px}
				do(t, c, size)
			}
		}
	}
	edge := 1.6 * px
	for _, kind := range []labelKind{streetName, waterName, landmarkName} {
		if kind == waterName && ink.line.A == 0 {
			continue // water is a quiet ground
		}
		each(kind, func(t *types, l letter, size float32) {
			for _, d := range []spot{{1, 0}, {0.7, 0.7}, {0, 1}, {-0.7, 0.7}, {-1, 0}, {-0.7, -0.7}, {0, -1}, {0.7, -0.7}} {
				b.letter(t, l, size, spot{move.x + d.x*edge, move.y + d.y*edge})
			}
		})
	}
	b.pour(ink.halo)
	for _, n := range []struct {
		kind labelKind
		ink  color.NRGBA
	}{{streetName, ink.name}, {parkName, ink.parkName}, {waterName, ink.waterName}, {landmarkName, ink.name}} {
		each(n.kind, func(t *types, l letter, size float32) { b.letter(t, l, size, move) })
		b.pour(n.ink)
	}
	for _, l := range seen {
		if l.dot {
			b.disc(spot{l.from.x*px + move.x, l.from.y*px + move.y}, 4*px)
		}
	}
	b.pour(ink.name)
}
