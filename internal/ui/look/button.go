package look

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// ButtonOpts says what a button is.
type ButtonOpts struct {
	Label     string
	Icon      string // left of the word
	IconRight string // right of the word
	Primary   bool   // filled with the accent: at most one on a screen
	Small     bool
	Low       bool   // as low as can be touched: in a low head
	Pill      bool   // round ends without sill: languages, filters
	Chosen    bool   // a pill that is on
	OnAccent  bool   // stands on an accent ground
	Name      string // what it is called when that says more than the label: "Ändern: Kennzeichen"
	ID        string
	Tap       func()
}

// Button is a word on a sill. Its label wraps rather than being cut.
func Button(st Style, o ButtonOpts) *Touch {
	f := func(p *pen) face {
		z := Lead
		if o.Small || o.Pill {
			z = Body
		}
		ink := p.c.Accent
		switch {
		case o.Primary || o.Chosen || o.OnAccent && st.Contrast == Normal:
			ink = p.c.OnAccent
		case o.Pill:
			ink = p.c.Ink
		}
		return face{z, true, ink}
	}
	side := func(p *pen) float32 {
		if o.Small || o.Pill {
			return p.m.pad
		}
		return p.m.pad * 1.2
	}
	icon := func(p *pen) float32 { return p.m.icon * (1 + (st.Factor()-1)*0.6) }
	extra := func(p *pen) float32 { // room that icons take
		w := 2 * side(p)
		for _, i := range []string{o.Icon, o.IconRight} {
			if i != "" {
				w += icon(p)
				if o.Label != "" {
					w += p.m.gap * 0.8
				}
			}
		}
		return w
	}
	sill := func(p *pen) float32 {
		if o.Pill {
			return 0
		}
		return p.m.sill
	}
	base := func(p *pen) float32 {
		if o.Low {
			return p.m.touch
		}
		if o.Small || o.Pill {
			return p.m.small
		}
		return p.m.button
	}
	height := func(p *pen, w float32) float32 {
		text := p.height(o.Label, f(p), max(w-extra(p), 1))
		if !o.Low {
			text += p.m.pad
		}
		return max(base(p), text) + sill(p)
	}
	t := &Touch{st: st, tap: o.Tap, height: height}
	t.min = func(p *pen) float32 {
		return max(max(p.width(o.Label, f(p)), widest(o.Label, st.Size(f(p).size), true))+extra(p), p.m.touch)
	}
	radius := func(p *pen, s fyne.Size) float32 {
		if o.Pill {
			return s.Height / 2
		}
		return p.m.radius
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, radius(p, s)) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		face, edge, under := p.c.Surface, p.c.Accent, p.c.Accent
		switch {
		case o.Primary || o.Chosen:
			face, under = p.c.Accent, p.c.AccentDeep
			if st.Contrast == Normal {
				edge = p.c.Accent
			}
		case o.OnAccent && st.Contrast == Normal:
			face, edge, under = p.c.Accent, p.c.OnAccent2, p.c.OnAccent2
		case o.Pill:
			edge = p.c.Edge
		}
		dy := float32(0)
		h := s.Height - sill(p)
		p.sill(s.Width, h, radius(p, s), sill(p), under)
		if pressed {
			if dy = sill(p); dy == 0 && !o.Primary && !o.Chosen {
				face = p.c.Sunken
			}
		}
		p.box(0, dy, s.Width, h, radius(p, s), face, edge, p.m.edge)
		ft := f(p)
		room := s.Width - extra(p)
		lines := p.wrap(o.Label, ft, room)
		text := float32(0)
		for _, l := range lines {
			text = max(text, p.width(l, ft))
		}
		x := (s.Width - (extra(p) - 2*side(p)) - text) / 2
		mid := dy + h/2
		if o.Icon != "" {
			p.icon(o.Icon, x+icon(p)/2, mid, icon(p), ft.color)
			x += icon(p)
			if o.Label != "" {
				x += p.m.gap * 0.8
			}
		}
		if o.Label != "" {
			p.lines(lines, ft, x, mid-float32(len(lines))*p.lineHeight(ft)/2, text, 0)
			x += text + p.m.gap*0.8
		}
		if o.IconRight != "" {
			p.icon(o.IconRight, x+icon(p)/2, mid, icon(p), ft.color)
		}
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Label), ID: o.ID}
		if o.Name != "" {
			n.Name = plain(o.Name)
		}
		if o.Chosen {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}

// Actions is the bar of actions at the foot: the last one, the way on, grows. In the order of their way: back first. Where they do not fit
// beside each other each gets its own line, the way on first.
func Actions(st Style, items ...ButtonOpts) fyne.CanvasObject {
	var objs []fyne.CanvasObject
	for _, i := range items {
		objs = append(objs, Button(st, i))
	}
	return newActions(st, objs)
}

// Arrow is the name of the icon that points onwards or back.
func Arrow(st Style, onwards bool) string {
	if onwards {
		return "arrow-right"
	}
	return "arrow-left"
}

// TileOpts says what a tile is.
type TileOpts struct {
	Title, Hint, Icon string
	Small             bool // for the landscape home screen: eight of them and more beside its hall
	Tall              bool // one of few on a page, such as a way to pay; where there is room
	ID                string
	Tap               func()
}

// Tile is a situation of life: a pictogram in a niche and a few words.
func Tile(st Style, o TileOpts) *Touch {
	large := st.Factor() >= 2
	o.Small = o.Small && st.Factor() < 1.5
	o.Tall = o.Tall && st.Factor() < 1.5 && !o.Small
	title := senseBreak(o.Title, large)
	ft := func(p *pen) face {
		switch {
		case large:
			return face{TitleS, true, p.c.Ink}
		case o.Small:
			return face{Body, true, p.c.Ink}
		case o.Tall:
			return face{TitleS, true, p.c.Ink}
		}
		return face{Lead, true, p.c.Ink}
	}
	fh := func(p *pen) face { return face{Body, false, p.c.Ink2} }
	arch := st.Factor() < 1.5 // the niche shrinks first
	niche := func(p *pen) float32 {
		switch {
		case large:
			return p.m.nicheW * 0.9 // the pictogram alone
		case !arch, o.Small:
			return p.m.nicheW * 0.6
		case o.Tall:
			return p.m.nicheW * 1.36
		}
		return p.m.nicheW
	}
	left := func(p *pen) float32 {
		if o.Small {
			return p.m.gap*0.6 + niche(p) + p.m.gap*0.6
		}
		if !arch {
			return p.m.gap + niche(p) + p.m.gap*0.8
		}
		if o.Tall {
			return p.m.gap*1.8 + niche(p) + p.m.gap*1.8
		}
		return p.m.gap + niche(p) + p.m.gap*1.2
	}
	right := func(p *pen) float32 {
		if o.Small {
			return p.m.gap * 0.5
		}
		return p.m.gap
	}
	least := func(p *pen) float32 {
		if o.Small {
			return p.m.choice
		}
		if o.Tall {
			return p.m.tile * 1.55
		}
		return p.m.tile
	}
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 { // each line as it is to be read, or the columns become fewer; in one column it may break anywhere
		w := float32(0)
		for line := range strings.SplitSeq(title, "\n") {
			w = max(w, min(p.width(line, ft(p)), st.U(600)))
		}
		if large || title == o.Title {
			w = widest(title, st.Size(ft(p).size), true)
		}
		return left(p) + w + right(p)
	}
	t.height = func(p *pen, w float32) float32 {
		w -= left(p) + right(p)
		return max(least(p), p.height(title, ft(p), w)+p.height(o.Hint, fh(p), w)+p.m.pad*1.4) + p.m.sill
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		dy, h := p.stand(s, pressed, p.c.Surface, p.c.Edge, p.m.edge)
		inset := p.m.gap
		switch {
		case o.Small:
			inset *= 0.6
		case o.Tall:
			inset *= 1.8
		}
		p.inNiche(o.Icon, inset, dy+h/2, niche(p), arch, false)
		w := s.Width - left(p) - right(p)
		y := dy + (h-p.height(title, ft(p), w)-p.height(o.Hint, fh(p), w))/2
		y = p.text(title, ft(p), left(p), y, w)
		p.text(o.Hint, fh(p), left(p), y, w)
	}
	t.describe = func() tree.Node {
		return tree.Node{Role: tree.Button, Name: plain(o.Title), Value: plain(o.Hint), ID: o.ID}
	}
	return t.init()
}

// senseBreak breaks "Ausweis und Reise" before "und"; in the largest size the small word becomes a comma.
func senseBreak(title string, large bool) string {
	for _, word := range []string{"und", "and"} {
		if before, after, ok := strings.Cut(title, " "+word+" "); ok {
			if large {
				return before + ", " + after
			}
			return before + "\n" + word + " " + after
		}
	}
	return title
}

// stand draws face and sill of something to touch and returns where the face is.
func (p *pen) stand(s fyne.Size, pressed bool, ground, edge color.NRGBA, stroke float32) (dy, h float32) {
	h = s.Height - p.m.sill
	p.sill(s.Width, h, p.m.radius, p.m.sill, p.c.Accent)
	if pressed {
		dy = p.m.sill
		if dy == 0 {
			stroke = p.m.selected
		}
	}
	p.box(0, dy, s.Width, h, p.m.radius, ground, edge, stroke)
	return dy, h
}

// inNiche draws a pictogram, or one or two letters, in a niche (arch) or alone, into the width w from x.
func (p *pen) inNiche(mark string, x, mid, w float32, arch, filled bool) {
	ink, ground := p.c.Accent, p.c.AccentSoft
	if filled {
		ink, ground = p.c.OnAccent, p.c.Accent
	}
	h := p.m.nicheH
	switch {
	case w < p.m.nicheW:
		h *= 0.75
	case w > p.m.nicheW:
		h *= w / p.m.nicheW
	}
	if arch {
		if p.st.Contrast != Normal {
			p.niche(x, mid-h/2, w, h, p.c.Ink)
			e := p.m.edge
			if !filled {
				p.niche(x+e, mid-h/2+e, w-2*e, h-2*e, ground)
			}
		} else {
			p.niche(x, mid-h/2, w, h, ground)
		}
		mid += h / 24
	} else if filled {
		ink = p.c.Accent
	}
	if HasIcon(mark) {
		size := w * 0.6
		if !arch {
			size = w
		}
		p.icon(mark, x+w/2, mid, size, ink)
		return
	}
	f := face{TitleM, true, ink}
	for f.size > Body && p.width(mark, f) > w-p.m.pad/2 {
		f.size--
	}
	p.line(mark, f, x, mid-p.lineHeight(f)/2, w, 0)
}

// RowOpts says what a row is.
type RowOpts struct {
	Icon, Title, Hint, Value string
	ID                       string
	Tap                      func()
}

// Row is one entry of a list.
func Row(st Style, o RowOpts) *Touch {
	ft := func(p *pen) face { return face{Body, true, p.c.Ink} }
	fh := func(p *pen) face { return face{Body, false, p.c.Ink2} }
	icon := func(p *pen) float32 { return p.m.icon * (1 + (st.Factor()-1)*0.6) }
	left := func(p *pen) float32 {
		if o.Icon == "" {
			return p.m.pad
		}
		return p.m.gap + icon(p) + p.m.gap
	}
	right := func(p *pen) float32 {
		w := icon(p) + p.m.gap*1.5
		if o.Value != "" {
			w += p.width(o.Value, ft(p)) + p.m.gap
		}
		return w
	}
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 {
		return left(p) + max(widest(o.Title, st.Size(Body), true), widest(o.Hint, st.Size(Body), false)) + right(p)
	}
	t.height = func(p *pen, w float32) float32 {
		w -= left(p) + right(p)
		return max(p.m.row, p.height(o.Title, ft(p), w)+p.height(o.Hint, fh(p), w)+p.m.pad) + p.m.sill
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		dy, h := p.stand(s, pressed, p.c.Surface, p.c.Edge, p.m.edge)
		mid := dy + h/2
		if o.Icon != "" {
			p.icon(o.Icon, p.m.gap+icon(p)/2, mid, icon(p), p.c.Accent)
		}
		w := s.Width - left(p) - right(p)
		y := mid - (p.height(o.Title, ft(p), w)+p.height(o.Hint, fh(p), w))/2
		y = p.text(o.Title, ft(p), left(p), y, w)
		p.text(o.Hint, fh(p), left(p), y, w)
		if o.Value != "" {
			p.line(o.Value, ft(p), s.Width-right(p), mid-p.lineHeight(ft(p))/2, p.width(o.Value, ft(p)), 1)
		}
		p.icon("chevron-right", s.Width-p.m.gap-icon(p)/2, mid, icon(p), p.c.Accent)
	}
	t.describe = func() tree.Node {
		return tree.Node{Role: tree.Button, Name: plain(o.Title), Value: strings.TrimSpace(plain(o.Hint) + " " + o.Value), ID: o.ID}
	}
	return t.init()
}
