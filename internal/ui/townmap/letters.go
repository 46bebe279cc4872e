package townmap

import (
	"fmt"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

// em is the size that outlines are kept at, in pixels.
const em = 64

// types are the outlines of a font. Fyne sets text upright only; a street's name follows its street.
type types struct {
	font   *sfnt.Font
	buf    sfnt.Buffer
	glyphs map[rune]glyph
}

// glyph is a letter at the size em, its baseline at 0, y downwards.
type glyph struct {
	advance float32
	path    []curve
}

type curve struct {
	op   sfnt.SegmentOp
	args [3]spot
}

func readTypes(file string) (*types, error) {
	data, err := assets.FS.ReadFile("fonts/" + file)
	if err != nil {
		return nil, fmt.Errorf("townmap: read font: %w", err)
	}
	f, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("townmap: read font %s: %w", file, err)
	}
	return &types{font: f, glyphs: map[rune]glyph{}}, nil
}

// glyph gives a letter; one that the font does not have is drawn as the font's sign for that.
func (t *types) glyph(r rune) glyph {
	if g, known := t.glyphs[r]; known {
		return g
	}
	var g glyph
	index, err := t.font.GlyphIndex(&t.buf, r)
	if err == nil {
		if advance, err := t.font.GlyphAdvance(&t.buf, index, fixed.I(em), font.HintingNone); err == nil {
			g.advance = float32(advance) / 64
		}
		if segments, err := t.font.LoadGlyph(&t.buf, index, fixed.I(em), nil); err == nil {
			for _, s := range segments {
				c := curve{op: s.Op}
				for i, a := range s.Args {
					c.args[i] = spot{float32(a.X) / 64, float32(a.Y) / 64}
				}
				g.path = append(g.path, c)
			}
		}
	}
	t.glyphs[r] = g
	return g
}

// width is how wide a text is at a size.
func (t *types) width(text string, size float32) float32 {
	w := float32(0)
	for _, r := range text {
		w += t.glyph(r).advance
	}
	return w * size / em
}

// letter is a letter at its place: the left end of its baseline, and the direction it is written in.
type letter struct {
	r        rune
	at       spot
	cos, sin float32
}

// letter adds a letter of this size, moved by move.
func (b *brush) letter(t *types, l letter, size float32, move spot) {
	k := size / em
	turn := func(p spot) (x, y float32) {
		return l.at.x + move.x + (p.x*l.cos-p.y*l.sin)*k, l.at.y + move.y + (p.x*l.sin+p.y*l.cos)*k
	}
	if x, y := l.at.x+move.x, l.at.y+move.y; !b.sees(x-size, y-size, x+size, y+size) {
		return
	}
	b.any = true
	for _, c := range t.glyph(l.r).path {
		x, y := turn(c.args[0])
		switch c.op {
		case sfnt.SegmentOpMoveTo:
			b.r.ClosePath()
			b.r.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			b.r.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := turn(c.args[1])
			b.r.QuadTo(x, y, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := turn(c.args[1])
			x2, y2 := turn(c.args[2])
			b.r.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	b.r.ClosePath()
}

// straight sets a text in a line from a point, the left end of its baseline.
func (t *types) straight(text string, size float32, from spot) []letter {
	var out []letter
	for _, r := range text {
		out = append(out, letter{r: r, at: from, cos: 1})
		from.x += t.glyph(r).advance * size / em
	}
	return out
}

// bend is how far a name may turn from its straight line at any letter, as a sine: more cannot be read in passing.
const bend = 0.5

// along sets a text along a line, its middle at `mid` of the line's length, so that it is read from the left or from below. It fails when
// the line is too short or too crooked there.
func (t *types) along(text string, size float32, line []spot, mid float32) ([]letter, bool) {
	w := t.width(text, size)
	total := length(line)
	if mid-w/2 < 0 || mid+w/2 > total {
		return nil, false
	}
	a, _ := walk(line, mid-w/2)
	z, _ := walk(line, mid+w/2)
	dx, dy := z.x-a.x, z.y-a.y
	chord := float32(math.Hypot(float64(dx), float64(dy)))
	if chord < 0.8*w {
		return nil, false
	}
	if dx < -0.1*chord || dx < 0.1*chord && dy > 0 { // it would stand on its head, or be read downwards
		back := make([]spot, len(line))
		for i, p := range line {
			back[len(line)-1-i] = p
		}
		line, mid, dx, dy = back, total-mid, -dx, -dy
	}
	var out []letter
	s := mid - w/2
	for _, r := range text {
		advance := t.glyph(r).advance * size / em
		// The direction of a letter is that of the line over its neighbours too: corners become curves.
		p, _ := walk(line, s-size*0.6)
		q, _ := walk(line, s+advance+size*0.6)
		long := float32(math.Hypot(float64(q.x-p.x), float64(q.y-p.y)))
		if long == 0 {
			return nil, false
		}
		cos, sin := (q.x-p.x)/long, (q.y-p.y)/long
		if turned := (dx*sin - dy*cos) / chord; turned > bend || turned < -bend {
			return nil, false
		}
		c, _ := walk(line, s+advance/2)
		drop := size * 0.33 // from the middle of the letters to their baseline
		out = append(out, letter{r, spot{c.x - cos*advance/2 - sin*drop, c.y - sin*advance/2 + cos*drop}, cos, sin})
		s += advance
	}
	return out, true
}

func length(line []spot) float32 {
	sum := float32(0)
	for i := 1; i < len(line); i++ {
		sum += float32(math.Hypot(float64(line[i].x-line[i-1].x), float64(line[i].y-line[i-1].y)))
	}
	return sum
}

// walk goes along a line and tells where it comes to; beyond the ends it goes straight on, and ok is false.
func walk(line []spot, way float32) (p spot, ok bool) {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		long := float32(math.Hypot(float64(b.x-a.x), float64(b.y-a.y)))
		if long > 0 && (way <= long || i == len(line)-1) {
			f := way / long
			return spot{a.x + (b.x-a.x)*f, a.y + (b.y-a.y)*f}, f >= 0 && f <= 1
		}
		way -= long
	}
	return line[len(line)-1], false
}
