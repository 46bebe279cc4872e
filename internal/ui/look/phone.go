package look

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// IconButton is a sign alone, in a head where everybody knows it: the way back. name says it to those who cannot see it.
func IconButton(st Style, icon, name, id string, tap func()) *Touch {
	t := &Touch{st: st, tap: tap, min: func(p *pen) float32 { return p.m.touch }, height: func(p *pen, _ float32) float32 { return p.m.touch }}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, s.Height/2) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		if pressed {
			p.circle(s.Width/2, s.Height/2, s.Height/2, p.c.AccentSoft)
		}
		p.icon(icon, s.Width/2, s.Height/2, p.m.icon*(1+(st.Factor()-1)*0.4), p.c.Accent)
	}
	t.describe = func() tree.Node { return tree.Node{Role: tree.Button, Name: name, ID: id} }
	return t.init()
}

// LinkOpts says what a quiet link is.
type LinkOpts struct {
	Label, Icon string
	Name        string // what it is called when that says more than the label
	ID          string
	Tap         func()
}

// Link is a quiet way to something beside: a sign and a word in the accent, without a sill. The phone only.
func Link(st Style, o LinkOpts) *Touch {
	f := func(p *pen) face { return face{Body, true, p.c.Accent} }
	left := func(p *pen) float32 {
		if o.Icon == "" {
			return 0
		}
		return st.Size(Body)*1.2 + p.m.gap/2
	}
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 { return max(left(p)+widest(o.Label, st.Size(Body), true), p.m.touch) }
	t.height = func(p *pen, w float32) float32 {
		return max(p.m.touch, p.height(o.Label, f(p), max(w-left(p), 1))+p.m.gap/2)
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius/2) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		if pressed || st.Contrast != Normal {
			p.box(0, 0, s.Width, s.Height, p.m.radius/2, p.c.AccentSoft, p.c.AccentSoft, 0)
		}
		h := p.height(o.Label, f(p), s.Width-left(p))
		size := st.Size(Body) * 1.2
		if o.Icon != "" {
			p.icon(o.Icon, size/2, s.Height/2, size, p.c.Accent)
		}
		p.text(o.Label, f(p), left(p), (s.Height-h)/2, s.Width-left(p))
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Label), ID: o.ID}
		if o.Name != "" {
			n.Name = plain(o.Name)
		}
		return n
	}
	return t.init()
}

// Tab is one of the rooms that the bar at the foot of the phone leads to.
type Tab struct {
	Icon, Label string
	On          bool
	Count       int // news in there; 0 draws nothing
	CountName   string
	ID          string
	Tap         func()
}

// Tabs is the bar at the foot of the phone. Where the words do not fit beside each other, it gets a second row.
func Tabs(st Style, tabs ...Tab) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for _, t := range tabs {
		cells = append(cells, tab(st, t))
	}
	ground := newDrawn(st, func(*pen) float32 { return 0 }, func(*pen, float32) float32 { return 0 }, func(p *pen, s fyne.Size) {
		p.fill(0, 0, s.Width, s.Height, 0, p.c.Surface)
		p.fill(0, 0, s.Width, max(p.m.edge/1.5, p.m.line), 0, p.c.Line)
	}, nil)
	return On(ground, Inset(Grid(0, len(tabs), cells...), 0, 0, 0, st.U(12)))
}

func tab(st Style, o Tab) *Touch {
	f := func(p *pen) face {
		if o.On {
			return face{Small, true, p.c.Accent}
		}
		return face{Small, false, p.c.Ink2}
	}
	icon := func() float32 { return st.U(28) * (1 + (st.Factor()-1)*0.4) }
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 { return max(p.m.touch, width(o.Label, st.Size(Small), true)+st.U(2)) }
	t.height = func(p *pen, _ float32) float32 { return st.U(12) + icon() + st.U(2) + p.lineHeight(f(p)) + st.U(6) }
	t.ring = func(p *pen, s fyne.Size) { p.ring(st.U(8), st.U(8), s.Width-st.U(16), s.Height-st.U(16), p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		if pressed {
			p.fill(st.U(4), st.U(4), s.Width-st.U(8), s.Height-st.U(8), p.m.radius, p.c.AccentSoft)
		}
		if o.On {
			p.fill(s.Width*0.22, 0, s.Width*0.56, st.U(4), st.U(2), p.c.Accent)
		}
		ft := f(p)
		p.icon(o.Icon, s.Width/2, st.U(12)+icon()/2, icon(), ft.color)
		p.line(o.Label, ft, 0, st.U(14)+icon(), s.Width, 0)
		if o.Count > 0 {
			n := face{Small, true, p.c.Surface}
			d := p.lineHeight(n) * 1.15
			x := s.Width/2 + icon()*0.3
			p.circle(x+d/2, st.U(6)+d/2, d/2, p.c.Error)
			p.line(strconv.Itoa(min(o.Count, 9)), n, x, st.U(6)+(d-p.lineHeight(n))/2, d, 0)
		}
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Label), ID: o.ID}
		if o.On {
			n = n.With("checked")
		}
		if o.Count > 0 {
			n.Value = o.CountName
		}
		return n
	}
	return t.init()
}

// CellOpts says what a cell is.
type CellOpts struct {
	Icon, Title string
	Chosen      bool
	Choice      bool // one of several, exactly one is chosen; otherwise a button
	ID          string
	Tap         func()
}

// Cell is a pictogram in a niche with a word below: one of a few in a grid of three columns.
func Cell(st Style, o CellOpts) *Touch {
	f := func(p *pen) face { return face{Body, true, p.c.Ink} }
	arch := st.Factor() < 2
	niche := func(p *pen) float32 { return p.m.nicheW * 0.88 }
	high := func(p *pen) float32 {
		if !arch {
			return p.m.icon * 1.6
		}
		return p.m.nicheH * 0.75
	}
	side := st.U(4)
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 { return max(p.width(o.Title, f(p))+4*side, p.m.touch) }
	t.height = func(p *pen, w float32) float32 {
		return max(st.U(104), high(p)+p.height(o.Title, f(p), w-2*side)+st.U(24)) + p.m.sill
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		ground, edge, stroke := p.c.Surface, p.c.Edge, p.m.edge
		if o.Chosen {
			ground, edge, stroke = p.c.AccentSoft, p.c.Accent, p.m.selected
		}
		dy, h := p.stand(s, pressed, ground, edge, stroke)
		lines := p.wrap(o.Title, f(p), s.Width-2*side)
		words := float32(len(lines)) * p.lineHeight(f(p))
		y := dy + (h-high(p)-st.U(6)-words)/2
		p.inNiche(o.Icon, (s.Width-niche(p))/2, y+high(p)/2, niche(p), arch, o.Chosen)
		p.lines(lines, f(p), side, y+high(p)+st.U(6), s.Width-2*side, 0)
		if o.Chosen {
			p.icon("circle-check", s.Width-st.U(18), dy+st.U(18), st.U(22), p.c.Accent)
		}
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Title), ID: o.ID}
		if o.Choice {
			n.Role = tree.Radio
		}
		if o.Chosen {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}

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

func (b badge) face(p *pen) face    { ink, _, _ := p.kind(b.kind); return face{Small, true, ink} }
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

func (e entry) title(p *pen) face  { return face{Body, true, p.c.Ink} }
func (e entry) hint(p *pen) face   { return face{Small, false, p.c.Ink2} }
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
		return p.m.icon + e.st.U(22), false
	}
	room = p.width(e.o.Action, e.action(p)) + e.st.U(24)
	if w-e.left(p)-room < max(widest(e.o.Title, e.st.Size(Body), true), widest(e.o.Hint, e.st.Size(Small), false), e.st.U(110)) {
		return e.st.U(12), true
	}
	return room, false
}

func (e entry) least(p *pen) float32 {
	return e.left(p) + max(widest(e.o.Title, e.st.Size(Body), true), widest(e.o.Hint, e.st.Size(Small), false)) + e.st.U(22) + p.m.icon
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
		p.icon("chevron-right", s.Width-e.st.U(12)-p.m.icon/2, mid, p.m.icon, p.c.Accent)
	}
}

// Reached says how far a stage of a way is.
type Reached int

// How far a stage is.
const (
	Open Reached = iota
	Now
	Done
)

// Stage is one stop on the way of something.
type Stage struct {
	Icon, Title, Text string
	At                Reached
}

// Way shows the stages of something below each other: what is done, what happens now, what is still to come. Each says so by sign, colour and
// value in the screen tree; words says them: done, now, open.
func Way(st Style, stages []Stage, words [3]string) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	for i, s := range stages {
		parts = append(parts, stage(st, s, i == len(stages)-1, words))
	}
	return Column(0, parts...)
}

func stage(st Style, o Stage, end bool, words [3]string) *Drawn {
	title := func(p *pen) face { return face{Body, true, p.c.Ink} }
	text := func(p *pen) face { return face{Small, false, p.c.Ink2} }
	d := st.U(40)
	left := d + st.U(14)
	least := func(p *pen) float32 {
		return left + max(widest(o.Title, st.Size(Body), true), widest(o.Text, st.Size(Small), false))
	}
	height := func(p *pen, w float32) float32 {
		h := p.height(o.Title, title(p), w-left) + p.height(o.Text, text(p), w-left)
		if end {
			return max(st.U(48), h+st.U(4))
		}
		return max(st.U(74), h+st.U(16))
	}
	return newDrawn(st, least, height, func(p *pen, s fyne.Size) {
		mono := st.Contrast != Normal
		icon, ink, line := o.Icon, p.c.Ink2, p.c.Line
		switch o.At {
		case Done:
			p.circle(d/2, d/2, d/2, p.c.OK)
			icon, ink, line = "check", p.c.Surface, p.c.OK
		case Now:
			p.circle(d/2, d/2, d/2, p.c.Gold)
			if ink = p.c.Ink; mono {
				ink = p.c.Surface
			}
		default:
			p.circle(d/2, d/2, d/2, p.c.Edge)
			p.circle(d/2, d/2, d/2-st.U(2), p.c.Surface)
		}
		p.icon(icon, d/2, d/2, d*0.56, ink)
		if !end {
			p.fill(d/2-st.U(2), d+st.U(5), st.U(4), s.Height-d-st.U(10), st.U(2), line)
		}
		y := p.text(o.Title, title(p), left, 0, s.Width-left)
		p.text(o.Text, text(p), left, y, s.Width-left)
	}, func() tree.Node {
		n := tree.Node{Role: tree.Text, Name: plain(o.Title), Value: plain(o.Text)}
		if w := words[2-min(max(int(o.At), 0), 2)]; w != "" {
			n.Value = strings.TrimSpace(w + ". " + n.Value)
		}
		return n
	})
}

// Area is a place that can be touched and says its name, without a look of its own: the shell draws over it.
func Area(st Style, name, id string, on bool, tap func()) *Touch {
	t := &Touch{st: st, tap: tap, min: func(p *pen) float32 { return p.m.touch }, height: func(p *pen, _ float32) float32 { return p.m.touch }}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(*pen, fyne.Size, bool) {}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: name, ID: id}
		if on {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}
