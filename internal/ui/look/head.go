package look

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Progress shows how far one is: "Schritt 2 von 5" (word), what it is about (right), and a bar for each step. step counts from 1.
func Progress(st Style, step, of int, word, right string) *Drawn {
	fw := func(p *pen) face { return face{Body, true, p.c.Ink} }
	fr := func(p *pen) face { return face{Body, false, p.c.Ink2} }
	bar := func() float32 {
		if st.Shell == Phone {
			return st.U(8)
		}
		return st.U(16)
	}
	both := func(p *pen, w float32) bool { return p.width(word, fw(p))+p.width(right, fr(p))+p.m.gap <= w }
	height := func(p *pen, w float32) float32 {
		h := p.height(word, fw(p), w)
		if right != "" && !both(p, w) {
			h += p.height(right, fr(p), w)
		} else if right != "" {
			h = p.lineHeight(fr(p))
		}
		if h > 0 {
			h += bar()
		}
		return h + 2*bar()
	}
	return newDrawn(st, func(p *pen) float32 { return st.U(200) }, height, func(p *pen, s fyne.Size) {
		drop := float32(0)
		if right != "" && both(p, s.Width) {
			drop = p.lineHeight(fr(p)) - p.lineHeight(fw(p)) // both stand on one line
		}
		y := p.text(word, fw(p), 0, drop/2, s.Width)
		if right != "" && both(p, s.Width) {
			p.line(right, fr(p), 0, 0, s.Width, 1)
		} else if right != "" {
			p.text(right, fr(p), 0, y, s.Width)
		}
		p.steps(step, of, s.Width, s.Height-1.5*bar(), bar())
	}, func() tree.Node {
		value := strconv.Itoa(step) + "/" + strconv.Itoa(of)
		name := word
		if right != "" {
			name += ", " + right
		}
		return tree.Node{Role: tree.Progress, Name: plain(name), Value: value}
	})
}

// steps draws the bars: done, now, open.
func (p *pen) steps(step, of int, w, y, h float32) {
	if of < 1 {
		return
	}
	gap := p.st.U(13)
	if of > 8 {
		gap /= 2
	}
	each := (w - float32(of-1)*gap) / float32(of)
	for i := range of {
		x := float32(i) * (each + gap)
		plain := p.st.Contrast != Normal
		switch {
		case i+1 < step:
			p.fill(x, y, each, h, h/2, p.c.Accent)
		case i+1 == step && plain: // thicker, as no colour can say "now"
			p.fill(x, y-h/2, each, 2*h, h, p.c.Accent)
		case i+1 == step:
			p.box(x, y, each, h, h/2, p.c.Gold, p.c.Accent, h*0.19)
		case plain:
			p.box(x, y, each, h, h/2, p.c.Surface, p.c.Ink, p.m.edge)
		default:
			p.fill(x, y, each, h, h/2, p.c.Line)
		}
	}
}

// HeadOpts says what stands in a head.
type HeadOpts struct {
	Title    string // "Rathausnah"
	Sub      string // "Stadt Bad Oeynhausen"
	OnAccent bool   // on the accent instead of paper
	Low      bool   // the low head of the landscape layout; Sub is left out
	End      string // the word on the button, "Beenden"; empty: no button (in reach mode it stands below, at 2× in the plinth)
	Tap      func()
}

// Head is the top of every screen: the mark, where one is, and the way out.
func Head(st Style, o HeadOpts) fyne.CanvasObject {
	m := st.measure()
	wm := newWordmark(st, o)
	var row fyne.CanvasObject = wm
	if o.End != "" {
		row = Beside(m.gap, wm, Button(st, ButtonOpts{Label: o.End, Icon: "logout", Small: true, Low: o.Low, OnAccent: o.OnAccent, ID: "end", Tap: o.Tap}))
	}
	side, top := m.margin, st.U(17)
	if o.Low {
		side, top = st.U(32), st.U(6)
	}
	if st.Shell == Phone {
		top = st.U(6)
	}
	ground := newDrawn(st, func(*pen) float32 { return 0 }, func(*pen, float32) float32 { return 0 }, func(p *pen, s fyne.Size) {
		if o.OnAccent {
			p.fill(0, 0, s.Width, s.Height, 0, p.c.Hero)
			return
		}
		p.fill(0, 0, s.Width, s.Height, 0, p.c.Ground)
		p.fill(0, s.Height-p.m.line, s.Width, p.m.line, 0, p.c.Line)
	}, nil)
	return On(ground, Inset(row, side, top, side, top))
}

func newWordmark(st Style, o HeadOpts) *Drawn {
	ink := func(p *pen) (bar, title, sub color.Color) {
		if o.OnAccent {
			return p.c.OnHero, p.c.OnHero, p.c.OnHero2
		}
		return p.c.Accent, p.c.Ink, p.c.Ink2
	}
	title := func(p *pen) face { _, c, _ := ink(p); return face{TitleS, true, c} }
	sub := func(p *pen) face { _, _, c := ink(p); return face{Body, false, c} }
	if o.Low {
		title = func(p *pen) face { _, c, _ := ink(p); return face{Body, true, c} }
		o.Sub = ""
	}
	mark := func() float32 {
		switch {
		case st.Shell == Phone:
			return st.U(36)
		case o.Low:
			return st.U(60)
		}
		return st.U(80)
	}
	left := func(p *pen) float32 { return mark() + p.m.gap*1.1 }
	subFits := func(p *pen) bool { return st.Factor() < 2 || st.Shell == Phone }
	height := func(p *pen, w float32) float32 {
		h := p.height(o.Title, title(p), w-left(p))
		if subFits(p) {
			h += p.height(o.Sub, sub(p), w-left(p))
		}
		return max(mark(), h)
	}
	return newDrawn(st, func(p *pen) float32 { return left(p) + widest(o.Title, st.Size(title(p).size), true) }, height, func(p *pen, s fyne.Size) {
		bar, _, _ := ink(p)
		p.mark(0, (s.Height-mark())/2, mark(), bar)
		w := s.Width - left(p)
		h := p.height(o.Title, title(p), w)
		if subFits(p) {
			h += p.height(o.Sub, sub(p), w)
		}
		y := (s.Height - h) / 2
		y = p.text(o.Title, title(p), left(p), y, w)
		if subFits(p) {
			p.text(o.Sub, sub(p), left(p), y, w)
		}
	}, func() tree.Node {
		return tree.Node{Role: tree.Text, Name: o.Title, Value: o.Sub}
	})
}

// mark draws the mark into a square: five bars and the drop.
func (p *pen) mark(x, y, size float32, bar color.Color) {
	u := size / 80
	for _, b := range [][3]float32{{4, 52, 24}, {19.25, 38, 38}, {34.5, 24, 52}, {49.75, 38, 38}, {65, 52, 24}} {
		p.fill(x+b[0]*u, y+b[1]*u, 11*u, b[2]*u, 4*u, bar)
	}
	p.circle(x+40*u, y+10*u, 8*u, p.c.Gold)
}

// PlinthItem is one of the helps that are always at the same place. One without a label is a place that stays free.
type PlinthItem struct {
	Icon, Label string
	On          bool // the help is on: gold
	ID          string
	Tap         func()
}

// Plinth is the foot of every screen, with helps that never change their place. In landscape (rail) it stands at the right. Where a word
// does not fit below its icon, the helps stand in rows.
func Plinth(st Style, rail bool, items ...PlinthItem) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for i, item := range items {
		if item.Label == "" {
			cells = append(cells, Space(0))
			continue
		}
		cells = append(cells, plinthCell(st, item, rail, i > 0))
	}
	ground := newDrawn(st, func(*pen) float32 { return 0 }, func(*pen, float32) float32 { return 0 }, func(p *pen, s fyne.Size) {
		p.fill(0, 0, s.Width, s.Height, 0, p.c.PlinthGround)
		if st.Contrast == YellowBlack {
			if rail {
				p.fill(0, 0, p.m.edge, s.Height, 0, p.c.Ink)
			} else {
				p.fill(0, 0, s.Width, p.m.edge, 0, p.c.Ink)
			}
		}
	}, nil)
	if rail {
		return On(ground, container.New(&rows{}, cells...))
	}
	side := st.U(24)
	if st.Shell == Phone {
		side = st.U(6)
	}
	return On(ground, Inset(container.New(&plinthGrid{least: st.U(150), gap: 0}, cells...), side, 0, side, 0))
}

// plinthGrid puts all cells in one row, or in rows of three or two, whichever fits.
type plinthGrid struct {
	gap, least float32
	last
}

func (l *plinthGrid) cols(objs []fyne.CanvasObject, w float32) int {
	least := leastWidth(objs)
	for _, n := range []int{len(objs), 3, 2} {
		if n > 0 && n <= len(objs) && w/float32(n) >= least {
			return n
		}
	}
	return 1
}

func (l *plinthGrid) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	n := l.cols(objs, w)
	return float32((len(objs)+n-1)/n) * HeightFor(objs[0], w/float32(n))
}

func (l *plinthGrid) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.least, l.heightFor(objs, max(l.least, l.w)))
}

func (l *plinthGrid) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	l.w = size.Width
	n := l.cols(objs, size.Width)
	w := size.Width / float32(n)
	h := HeightFor(objs[0], w)
	for i, o := range objs {
		o.Move(fyne.NewPos(float32(i%n)*w, float32(i/n)*h))
		o.Resize(fyne.NewSize(w, h))
	}
}

// rows gives every object the same share of the height.
type rows struct{}

func (rows) MinSize(objs []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objs {
		h += o.MinSize().Height
	}
	return fyne.NewSize(leastWidth(objs), h)
}

func (rows) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	h := size.Height / float32(len(objs))
	for i, o := range objs {
		o.Move(fyne.NewPos(0, float32(i)*h))
		o.Resize(fyne.NewSize(size.Width, h))
	}
}

func plinthCell(st Style, o PlinthItem, rail, bar bool) *Touch {
	f := func(p *pen) face {
		c := p.c.PlinthInk
		if o.On {
			c = p.c.PlinthOn
		}
		return face{Body, true, c}
	}
	icon := func(p *pen) float32 { return p.m.icon * 1.27 * (1 + (st.Factor()-1)*0.4) }
	side := st.Factor() >= 2 && !rail // icon beside the word
	inner := func(p *pen) float32 { return icon(p) + st.U(10) + p.lineHeight(f(p))*0.9 }
	t := &Touch{st: st, tap: o.Tap}
	t.min = func(p *pen) float32 {
		w := widest(o.Label, st.Size(Body), true) + st.U(16)
		if side {
			w += icon(p) + p.m.gap + p.m.pad
		}
		if rail {
			w = max(w, st.U(176))
		}
		return max(w, p.m.touch)
	}
	t.height = func(p *pen, w float32) float32 {
		switch {
		case side:
			return max(st.U(140), p.lineHeight(f(p))+p.m.pad)
		case rail:
			return max(inner(p)+st.U(12), p.m.touch)
		case st.Shell == Phone:
			return st.U(72)
		}
		return max(st.U(168), inner(p)+st.U(40))
	}
	t.ring = func(p *pen, s fyne.Size) { p.ring(st.U(14), st.U(14), s.Width-st.U(28), s.Height-st.U(28), p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		ft := f(p)
		if pressed {
			p.fill(st.U(7), st.U(7), s.Width-st.U(14), s.Height-st.U(14), p.m.radius, p.c.PlinthBar)
		}
		if side {
			gap := st.U(10)
			if st.Contrast != Normal {
				p.box(gap, gap, s.Width-2*gap, s.Height-2*gap, p.m.radius, p.c.PlinthGround, p.c.PlinthInk, p.m.edge)
			}
			x := p.m.pad*1.3 + gap
			p.icon(o.Icon, x+icon(p)/2, s.Height/2, icon(p), ft.color)
			p.line(o.Label, ft, x+icon(p)+p.m.gap, (s.Height-p.lineHeight(ft))/2, s.Width, -1)
			return
		}
		if bar && st.Contrast == Normal && (rail || t.Position().X > 0) {
			if rail {
				p.fill(0, 0, s.Width, p.m.line, 0, p.c.PlinthBar)
			} else {
				p.fill(0, s.Height*0.26, p.m.line, s.Height*0.48, 0, p.c.PlinthBar)
			}
		}
		y := (s.Height - inner(p)) / 2
		p.icon(o.Icon, s.Width/2, y+icon(p)/2, icon(p), ft.color)
		p.line(o.Label, ft, 0, y+icon(p)+st.U(6), s.Width, 0)
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: o.Label, ID: o.ID}
		if o.On {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}
