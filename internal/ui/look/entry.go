package look

import (
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Badge is the state of something: a word with a sign on a soft ground, wrapped where it has to be.
func Badge(st Style, k Kind, icon, word string) *Drawn {
	b := badge{st: st, kind: k, icon: icon, word: word}
	return newDrawn(st, func(p *pen) float32 { return b.least(p) }, func(p *pen, w float32) float32 { return b.height(p, w) },
		func(p *pen, s fyne.Size) { b.draw(p, 0, 0, s.Width) }, func() tree.Node { return tree.Node{Role: tree.Text, Name: plain(word)} })
}

type badge struct {
	st         Style
	kind       Kind
	icon, word string
}

func (b badge) face(p *pen) face { ink, _, _ := p.kind(b.kind); return face{Small, true, ink} }

func (b badge) left(p *pen) float32 { return b.st.U(10) + b.st.Size(Small)*1.15 + b.st.U(6) }

func (b badge) least(p *pen) float32 {
	return b.left(p) + widest(b.word, b.st.Size(Small), true) + b.st.U(10)
}

func (b badge) height(p *pen, w float32) float32 {
	if b.word == "" {
		return 0
	}
	return max(b.st.U(30), p.height(b.word, b.face(p), w-b.left(p)-b.st.U(10))+b.st.U(10))
}

func (b badge) draw(p *pen, x, y, w float32) {
	if b.word == "" {
		return
	}
	ink, ground, icon := p.kind(b.kind)
	if b.icon != "" {
		icon = b.icon
	}
	lines := p.wrap(b.word, b.face(p), w-b.left(p)-b.st.U(10))
	text := float32(0)
	for _, l := range lines {
		text = max(text, p.width(l, b.face(p)))
	}
	stroke := float32(0)
	if b.st.Contrast != Normal {
		stroke = b.st.U(2)
	}
	h := b.height(p, w)
	p.box(x, y, b.left(p)+text+b.st.U(10), h, b.st.U(8), ground, ink, stroke)
	size := b.st.Size(Small) * 1.15
	p.icon(icon, x+b.st.U(10)+size/2, y+h/2, size, ink)
	p.lines(lines, b.face(p), x+b.left(p), y+(h-float32(len(lines))*p.lineHeight(b.face(p)))/2, text, -1)
}

// EntryOpts says what an entry is.
type EntryOpts struct {
	Icon        string // in a niche; or
	Number      string // in a ring, as on the map
	Title, Hint string
	Kind        Kind   // of the state
	Sign, State string // how it stands: a sign and a word; empty: nothing to say
	Action      string // what a tap does, in words, in place of the arrow onwards
	Name        string // what it is called when that says more than the title
	ID          string
	Tap         func()
}

// Entry is one thing of a list on the phone: what it is, where, and how it stands.
func Entry(st Style, o EntryOpts) *Touch {
	e := entry{st: st, o: o, badge: badge{st: st, kind: o.Kind, icon: o.Sign, word: o.State}}
	t := &Touch{st: st, tap: o.Tap, min: e.least, paint: e.paint}
	t.height = func(p *pen, w float32) float32 {
		return max(p.m.row, e.words(p, w)+st.U(20), e.sign(p)+st.U(14)) + p.m.sill
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Title), Value: strings.TrimSpace(plain(o.Hint) + " " + plain(o.State)), ID: o.ID}
		if o.Name != "" {
			n.Name = plain(o.Name)
		}
		return n
	}
	return t.init()
}

type entry struct {
	st    Style
	o     EntryOpts
	badge badge
}

func (e entry) title(p *pen) face { return face{Body, true, p.c.Ink} }

func (e entry) hint(p *pen) face { return face{Small, false, p.c.Ink2} }

func (e entry) action(p *pen) face { return face{Small, true, p.c.Accent} }

// sign is how high the niche or the ring is: none with the largest text.
func (e entry) sign(p *pen) float32 {
	switch {
	case e.st.Factor() >= 2 || e.o.Icon == "" && e.o.Number == "":
		return 0
	case e.o.Number != "":
		return e.st.U(36)
	case e.st.Factor() >= 1.5:
		return p.m.icon * 1.3
	}
	return p.m.nicheH
}

func (e entry) left(p *pen) float32 {
	switch {
	case e.sign(p) == 0:
		return e.st.U(14)
	case e.o.Number != "":
		return e.st.U(12 + 36 + 12)
	case e.st.Factor() >= 1.5:
		return e.st.U(10) + p.m.icon*1.3 + e.st.U(12)
	}
	return e.st.U(10) + p.m.nicheW + e.st.U(14)
}

// right is the room beside the words; below tells that what is done stands under them instead.
func (e entry) right(p *pen, w float32) (room float32, below bool) {
	if e.o.Action == "" {
		return e.chevron(p) + e.st.U(22), false
	}
	room = p.width(e.o.Action, e.action(p)) + e.st.U(24)
	alone := e.st.U(12)
	beside := w - e.left(p) - room
	if beside < max(widest(e.o.Title, e.st.Size(Body), true), widest(e.o.Hint, e.st.Size(Small), false), e.st.U(110)) {
		return alone, true
	}
	if f := e.title(p); len(p.wrap(e.o.Title, f, beside)) > len(p.wrap(e.o.Title, f, w-e.left(p)-alone)) { // the title keeps its line
		return alone, true
	}
	return room, false
}

// chevron is how large the sign is that leads on.
func (e entry) chevron(p *pen) float32 { return p.m.icon * (1 + (e.st.Factor()-1)*0.4) }

func (e entry) least(p *pen) float32 {
	return e.left(p) + max(widest(e.o.Title, e.st.Size(Body), true), widest(e.o.Hint, e.st.Size(Small), false)) + e.st.U(22) + e.chevron(p)
}

func (e entry) words(p *pen, w float32) float32 {
	right, below := e.right(p, w)
	room := max(w-e.left(p)-right, 1)
	h := p.height(e.o.Title, e.title(p), room) + p.height(e.o.Hint, e.hint(p), room)
	if e.o.State != "" {
		h += e.st.U(6) + e.badge.height(p, room)
	}
	if below {
		h += e.st.U(4) + p.height(e.o.Action, e.action(p), room)
	}
	return h
}

func (e entry) paint(p *pen, s fyne.Size, pressed bool) {
	dy, h := p.stand(s, pressed, p.c.Surface, p.c.Edge, p.m.edge)
	mid := dy + h/2
	switch {
	case e.sign(p) == 0:
	case e.o.Number != "":
		r := e.st.U(18)
		p.circle(e.st.U(12)+r, mid, r, p.c.Accent)
		p.circle(e.st.U(12)+r, mid, r-e.st.U(3), p.c.Surface)
		f := face{Body, true, p.c.Accent}
		if e.st.Factor() > 1 {
			f.size = Small
		}
		p.line(e.o.Number, f, e.st.U(12), mid-p.lineHeight(f)/2, 2*r, 0)
	case e.st.Factor() >= 1.5:
		p.inNiche(e.o.Icon, e.st.U(10), mid, p.m.icon*1.3, false, false)
	default:
		p.inNiche(e.o.Icon, e.st.U(10), mid, p.m.nicheW, true, false)
	}
	right, below := e.right(p, s.Width)
	x, room := e.left(p), s.Width-e.left(p)-right
	y := mid - e.words(p, s.Width)/2
	y = p.text(e.o.Title, e.title(p), x, y, room)
	y = p.text(e.o.Hint, e.hint(p), x, y, room)
	if e.o.State != "" {
		e.badge.draw(p, x, y+e.st.U(6), room)
		y += e.st.U(6) + e.badge.height(p, room)
	}
	switch {
	case below:
		p.text(e.o.Action, e.action(p), x, y+e.st.U(4), room)
	case e.o.Action != "":
		p.line(e.o.Action, e.action(p), s.Width-right, mid-p.lineHeight(e.action(p))/2, right-e.st.U(12), 1)
	default:
		p.icon("chevron-right", s.Width-e.st.U(12)-e.chevron(p)/2, mid, e.chevron(p), p.c.Accent)
	}
}
