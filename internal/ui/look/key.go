package look

import (
	"image/color"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// KeyOpts says what a key of the on-screen keyboard is.
type KeyOpts struct {
	Label string // a letter, or a word
	Short string // a shorter word for a narrow key
	Icon  string
	Name  string // what it is called; empty: the label
	Go    bool   // the key that goes on
	On    bool   // stays down: shift
	Word  bool   // the label is a word: smaller
	Flat  bool   // draws itself only while it is touched or has the focus: its keyboard draws all keys at rest as one picture
	ID    string
	Tap   func()
}

// Key is a key: 82 by 88 design pixels in the portrait keyboard, with a sill of its own. A word that is too long for a key
// loses its icon first, then the enlargement of large text, then gives way to a shorter word; what does not fit then is the icon alone.
func Key(st Style, o KeyOpts) *Touch {
	if o.Name == "" {
		o.Name = o.Label
	}
	sill := func() float32 {
		if st.Contrast != Normal {
			return 0
		}
		return st.U(4)
	}
	t := &Touch{st: st, tap: o.Tap, flat: o.Flat}
	t.min = func(p *pen) float32 { return st.U(58) }
	t.height = func(p *pen, _ float32) float32 { return st.U(88) + sill() }
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.key) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		ground, edge, under, ink := p.c.Surface, p.c.Edge, p.c.Edge, p.c.Ink
		if o.Go || o.On {
			ground, edge, under, ink = p.c.Accent, p.c.Accent, p.c.AccentDeep, p.c.OnAccent
		}
		h := s.Height - sill()
		dy := float32(0)
		if o.Flat && pressed { // the picture below shows it at rest
			p.fill(0, 0, s.Width, s.Height, 0, p.c.Sunken)
		}
		p.sill(s.Width, h, p.m.key, sill(), under)
		if pressed {
			dy = sill()
			if !o.Go && !o.On {
				ground = p.c.AccentSoft
			}
			if st.Contrast != Normal {
				ground, ink = ink, ground
			}
		}
		p.box(0, dy, s.Width, h, p.m.key, ground, edge, p.m.edge)
		p.keyFace(o, ink, s.Width, dy, h)
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Key, Name: o.Name, ID: o.ID}
		if o.On {
			n = n.With("pressed")
		}
		return n
	}
	return t.init()
}

// keyFace draws what stands on a key in the largest way that fits.
func (p *pen) keyFace(o KeyOpts, ink color.Color, width, dy, h float32) {
	room := width - p.st.U(14)
	if len([]rune(o.Label)) == 1 {
		room = width - p.st.U(8)
	}
	icon, gap := p.m.icon*1.05, p.st.U(12)
	f := face{Lead, true, ink}
	if o.Word {
		f.size = Body
	}
	for _, factor := range []float32{p.st.Factor(), 1.5, 1} {
		if factor > p.st.Factor() {
			continue
		}
		q := newPen(p.st)
		q.st.Text = factor
		for _, word := range []string{o.Label, o.Short} {
			for _, withIcon := range []bool{true, false} {
				if word == "" || withIcon && o.Icon == "" {
					continue
				}
				w := q.width(word, f)
				all := w
				if withIcon {
					all += icon + gap
				}
				if all > room {
					continue
				}
				x := (width - all) / 2
				if withIcon {
					q.icon(o.Icon, x+icon/2, dy+h/2, icon, ink)
					x += icon + gap
				}
				q.line(word, f, x, dy+(h-q.lineHeight(f))/2, w, -1)
				p.objs = append(p.objs, q.objs...)
				return
			}
		}
	}
	if o.Icon != "" {
		p.icon(o.Icon, width/2, dy+h/2, icon, ink)
	}
}
