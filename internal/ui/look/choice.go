package look

import (
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// ChoiceOpts says what a choice is.
type ChoiceOpts struct {
	Mark     string // one or two letters for the niche, or "icon:car"; empty: no niche
	Title    string
	Hint     string
	Value    string // large below the title: a price
	Selected bool
	Box      bool // one of several that may be chosen: a box to tick; otherwise exactly one is chosen: a ring
	Group    string
	ID       string
	Tap      func()
}

// Choice is one of several answers. Chosen, it says so four ways: a thick edge, a soft ground, a filled ring and a filled niche.
func Choice(st Style, o ChoiceOpts) *Touch {
	mark := strings.TrimPrefix(o.Mark, "icon:")
	arch := st.Factor() < 2
	ft := func(p *pen) face {
		z := Body
		if o.Mark != "" || o.Hint != "" || o.Value != "" {
			z = Lead
		}
		return face{z, true, p.c.Ink}
	}
	fh := func(p *pen) face {
		if o.Selected {
			return face{Body, false, p.c.Ink}
		}
		return face{Body, false, p.c.Ink2}
	}
	fv := func(p *pen) face { return face{TitleS, true, p.c.Ink} }
	radio := func(p *pen) float32 { return p.m.radio * (1 + (st.Factor()-1)*0.5) }
	pad := func(p *pen) float32 {
		if o.Value != "" {
			return p.m.gap * 1.1
		}
		return p.m.pad
	}
	// With a niche the ring stands at the right, without one at the left; a price stands below both.
	atRight := mark != "" || o.Value != ""
	left := func(p *pen) float32 {
		switch {
		case mark != "":
			return pad(p) + p.m.nicheW + p.m.pad
		case atRight:
			return pad(p)
		}
		return pad(p) + radio(p) + p.m.pad
	}
	right := func(p *pen) float32 {
		if atRight {
			return radio(p) + pad(p)*1.25
		}
		return pad(p)
	}
	words := func(p *pen, w float32) (title, below float32) {
		room := max(w-left(p)-right(p), 1)
		title = p.height(o.Title, ft(p), room)
		if o.Value != "" {
			title = max(title, radio(p))
			room = max(w-left(p)-pad(p), 1)
		}
		return title, p.height(o.Hint, fh(p), room) + p.height(o.Value, fv(p), room)
	}
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 {
		w := left(p) + max(widest(o.Title, st.Size(ft(p).size), true), widest(o.Hint, st.Size(Body), false)) + right(p)
		return max(w, left(p)+p.width(o.Value, fv(p))+pad(p))
	}
	t.height = func(p *pen, w float32) float32 {
		title, below := words(p, w)
		h := max(p.m.choice, title+below+p.m.pad*1.7)
		if mark != "" {
			h = max(h, p.m.nicheH+p.m.pad*1.7)
		}
		return h + p.m.sill
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		ground, edge, stroke := p.c.Surface, p.c.Edge, p.m.edge
		if o.Selected {
			ground, edge, stroke = p.c.AccentSoft, p.c.Accent, p.m.selected
		}
		dy, h := p.stand(s, pressed, ground, edge, stroke)
		mid := dy + h/2
		if mark != "" {
			p.inNiche(mark, pad(p), mid, p.m.nicheW, arch, o.Selected)
		}
		title, below := words(p, s.Width)
		y := mid - (title+below)/2
		cx, cy := pad(p)+radio(p)/2, mid
		if atRight {
			cx = s.Width - pad(p) - radio(p)/2
		}
		room := s.Width - left(p) - right(p)
		if o.Value != "" {
			cy = y + title/2
			th := p.height(o.Title, ft(p), room)
			p.text(o.Title, ft(p), left(p), y+(title-th)/2, room)
			room = s.Width - left(p) - pad(p)
		} else {
			p.text(o.Title, ft(p), left(p), y, room)
		}
		y = p.text(o.Hint, fh(p), left(p), y+title, room)
		p.text(o.Value, fv(p), left(p), y, room)
		p.tick(cx, cy, radio(p), o.Selected, o.Box)
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Radio, Name: plain(o.Title), Value: strings.TrimSpace(plain(o.Hint + " " + o.Value)), ID: o.ID}
		if o.Box {
			n.Role = tree.Checkbox
		}
		if o.Selected {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}

// tick draws a ring or a box, chosen or not.
func (p *pen) tick(cx, cy, d float32, on, box bool) {
	edge := p.st.U(4)
	if p.st.Shell == Phone {
		edge = p.st.U(2.5)
	}
	switch {
	case box && on:
		p.fill(cx-d/2, cy-d/2, d, d, d*0.2, p.c.Accent)
		p.icon("check", cx, cy, d*0.85, p.c.OnAccent)
	case box:
		p.box(cx-d/2, cy-d/2, d, d, d*0.2, p.c.Surface, p.c.Edge, edge)
	case on:
		p.circle(cx, cy, d/2, p.c.Accent)
		p.circle(cx, cy, d*0.2, p.c.Surface)
	default:
		p.circle(cx, cy, d/2, p.c.Edge)
		p.circle(cx, cy, d/2-edge, p.c.Surface)
	}
}
