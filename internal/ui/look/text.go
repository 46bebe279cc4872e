package look

import (
	"image/color"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// TextOpts says how a text is set.
type TextOpts struct {
	Bold    bool
	Color   color.Color // nil: ink
	Center  bool
	Heading bool // told as a heading; sizes from TitleM on are headings anyway
	Quiet   bool // not told in the screen tree: another widget says the same
}

// Text is a text, wrapped between words. A heading whose longest word does not fit becomes smaller step by step, never smaller than Lead;
// what does not fit even then is hyphenated. Nothing is cut off.
func Text(st Style, size Size, text string, o TextOpts) *Drawn {
	fit := func(p *pen, w float32) face {
		f := face{size: size, bold: o.Bold || size >= TitleS, color: o.Color}
		if f.color == nil {
			f.color = p.c.Ink
		}
		for f.size > Lead && widest(text, st.Size(f.size), f.bold) > w {
			f.size--
		}
		return f
	}
	least := func(p *pen) float32 { return min(widest(text, st.Size(min(size, Lead)), o.Bold), st.U(200)) }
	height := func(p *pen, w float32) float32 { return p.height(text, fit(p, w), w) }
	return newDrawn(st, least, height, func(p *pen, s fyne.Size) {
		f := fit(p, s.Width)
		align := -1
		if o.Center {
			align = 0
		}
		p.lines(p.wrap(text, f, s.Width), f, 0, 0, s.Width, align)
	}, func() tree.Node {
		switch {
		case text == "" || o.Quiet:
			return tree.Node{}
		case o.Heading || size >= TitleM:
			return tree.Node{Role: tree.Heading, Name: plain(text)}
		}
		return tree.Node{Role: tree.Text, Name: plain(text)}
	})
}

// Kind says what a note is about.
type Kind int

// The kinds of notes and state words.
const (
	Info Kind = iota
	OK
	Warn
	Error
)

func (p *pen) kind(k Kind) (ink, ground color.NRGBA, icon string) {
	switch k {
	case OK:
		return p.c.OK, p.c.OKSoft, "circle-check"
	case Warn:
		return p.c.Warn, p.c.WarnSoft, "alert-triangle"
	case Error:
		return p.c.Error, p.c.ErrorSoft, "alert-circle"
	}
	return p.c.Accent, p.c.AccentSoft, "info-circle"
}

// NoteOpts says what a note tells.
type NoteOpts struct {
	Kind  Kind
	Icon  string // empty: the sign of the kind
	Title string
	Text  string
	Value string // large at the right: "30,70 €"
}

// Note is something told, on a soft ground: it cannot be touched. The sign, not only the colour, says of which kind it is.
func Note(st Style, o NoteOpts) *Drawn {
	type set struct {
		x, w, icon float32
		below      bool // the value stands below
		title      face
		text       face
		value      face
	}
	how := func(p *pen, w float32) set {
		s := set{icon: st.U(60), title: face{Lead, true, p.c.Ink}, text: face{Body, false, p.c.Ink}, value: face{TitleM, true, p.c.Ink}}
		if st.Shell == Phone {
			s.icon = st.U(28)
		}
		if o.Title == "" {
			s.icon *= 0.8
		}
		s.icon *= 1 + (st.Factor()-1)/2
		s.x = p.m.pad + s.icon + p.m.gap
		if w > 0 && (w-s.x-p.m.pad) < widest(o.Title+" "+o.Text, st.Size(Lead), true) {
			s.x = p.m.pad // no room for the sign beside: it goes above
		}
		s.w = w - s.x - p.m.pad
		if o.Value != "" {
			if need := p.width(o.Value, s.value) + p.m.gap; s.w-need >= max(widest(o.Text, st.Size(Body), false), widest(o.Title, st.Size(Lead), true)) {
				s.w -= need
			} else {
				s.below = true
				if p.width(o.Value, s.value) > s.w { // more than a number: it is read like the rest
					s.value = face{Lead, true, p.c.Ink}
				}
			}
		}
		return s
	}
	inner := func(p *pen, s set) float32 {
		h := p.height(o.Title, s.title, s.w) + p.height(o.Text, s.text, s.w)
		if s.x > p.m.pad {
			h = max(h, s.icon)
		} else {
			h += s.icon
		}
		switch {
		case o.Value != "" && s.below:
			h += p.height(o.Value, s.value, s.w)
		case o.Value != "":
			h = max(h, p.lineHeight(s.value))
		}
		return h
	}
	height := func(p *pen, w float32) float32 { return inner(p, how(p, w)) + 2*p.m.pad*0.9 }
	return newDrawn(st, func(p *pen) float32 { return st.U(160) }, height, func(p *pen, size fyne.Size) {
		ink, ground, icon := p.kind(o.Kind)
		if o.Icon != "" {
			icon = o.Icon
		}
		s := how(p, size.Width)
		stroke := float32(0)
		if st.Contrast != Normal {
			stroke = st.U(2)
		}
		p.box(0, 0, size.Width, size.Height, p.m.radius, ground, ink, stroke)
		words := p.height(o.Title, s.title, s.w) + p.height(o.Text, s.text, s.w)
		y := (size.Height - inner(p, s)) / 2
		if s.x > p.m.pad {
			if !s.below {
				y = (size.Height - words) / 2
			}
			first := p.lineHeight(s.title)
			if o.Title == "" {
				first = p.lineHeight(s.text)
			}
			p.icon(icon, p.m.pad+s.icon/2, y+max(first, min(s.icon, words))/2, s.icon, ink)
		} else {
			p.icon(icon, p.m.pad+s.icon/2, y+s.icon/2, s.icon, ink)
			y += s.icon
		}
		y = p.text(o.Title, s.title, s.x, y, s.w)
		y = p.text(o.Text, s.text, s.x, y, s.w)
		switch {
		case o.Value != "" && s.below:
			p.text(o.Value, s.value, s.x, y, s.w)
		case o.Value != "":
			p.line(o.Value, s.value, s.x, (size.Height-p.lineHeight(s.value))/2, size.Width-s.x-p.m.pad, 1)
		}
	}, func() tree.Node {
		role := tree.Note
		if o.Kind == Error || o.Kind == Warn {
			role = tree.Alert
		}
		name := o.Title
		if name != "" && o.Text != "" {
			name += ": "
		}
		return tree.Node{Role: role, Name: plain(name + o.Text), Value: o.Value}
	})
}

// ground draws a ground that cannot be touched: without sill, with an edge only where colours cannot part it from what is around.
func (p *pen) ground(s fyne.Size, c color.Color) {
	stroke := float32(0)
	if p.st.Contrast != Normal {
		stroke = p.st.U(2)
	}
	p.box(0, 0, s.Width, s.Height, p.m.radius, c, p.c.Line, stroke)
}

// Panel is a coloured ground for On, such as the accent behind a head. radius is in design pixels.
func Panel(st Style, fill, edge color.Color, radius float32) *Drawn {
	zero := func(*pen) float32 { return 0 }
	return newDrawn(st, zero, func(*pen, float32) float32 { return 0 }, func(p *pen, s fyne.Size) {
		stroke := float32(0)
		if edge != nil {
			stroke = p.m.edge
		} else {
			edge = fill
		}
		p.box(0, 0, s.Width, s.Height, st.U(radius), fill, edge, stroke)
	}, nil)
}

// Card is a white ground with a fine edge around something to read.
func Card(st Style, o fyne.CanvasObject) fyne.CanvasObject {
	m := st.measure()
	c := st.Colors()
	px := float32(28)
	if st.Shell == Phone {
		px = 16
	}
	return On(Panel(st, c.Surface, c.Line, px), Inset(o, m.pad, m.pad, m.pad, m.pad))
}

// StateWord is the state of something as a word with a sign on a soft ground: "Bereit", "Papier knapp".
func StateWord(st Style, k Kind, word string) *Drawn {
	f := func(p *pen) face { ink, _, _ := p.kind(k); return face{Body, true, ink} }
	icon := func(p *pen) float32 { return st.Size(Body) }
	least := func(p *pen) float32 { return p.width(word, f(p)) + icon(p) + p.m.pad*1.5 }
	height := func(p *pen, _ float32) float32 { return p.lineHeight(f(p)) * 1.4 }
	return newDrawn(st, least, height, func(p *pen, s fyne.Size) {
		ink, ground, name := p.kind(k)
		w := least(p)
		stroke := float32(0)
		if st.Contrast != Normal {
			stroke = st.U(2)
		}
		p.box(0, 0, w, s.Height, p.m.radius/1.5, ground, ink, stroke)
		p.icon(name, p.m.pad/2+icon(p)/2, s.Height/2, icon(p), ink)
		p.line(word, f(p), p.m.pad+icon(p), (s.Height-p.lineHeight(f(p)))/2, w, -1)
	}, func() tree.Node { return tree.Node{Role: tree.Text, Name: word} })
}

// Line is a fine line across.
func Line(st Style) *Drawn {
	return newDrawn(st, func(*pen) float32 { return 0 }, func(p *pen, _ float32) float32 { return p.m.line }, func(p *pen, s fyne.Size) {
		p.fill(0, 0, s.Width, p.m.line, 0, p.c.Line)
	}, nil)
}

// Remark is a quiet sentence with a small sign in front.
func Remark(st Style, icon, text string) *Drawn {
	f := func(p *pen) face { return face{Body, false, p.c.Ink2} }
	left := func(p *pen) float32 { return st.Size(Body)*1.2 + p.m.gap*0.8 }
	return newDrawn(st, func(p *pen) float32 { return left(p) + min(widest(text, st.Size(Body), false), st.U(200)) }, func(p *pen, w float32) float32 {
		return p.height(text, f(p), w-left(p))
	}, func(p *pen, s fyne.Size) {
		size := st.Size(Body) * 1.1
		p.icon(icon, size/2, p.lineHeight(f(p))/2, size, p.c.Ink2)
		p.text(text, f(p), left(p), 0, s.Width-left(p))
	}, func() tree.Node { return tree.Node{Role: tree.Text, Name: plain(text)} })
}

// Problem is the sentence that says what is wrong with an answer.
func Problem(st Style, text string) *Drawn {
	f := func(p *pen) face { return face{Body, true, p.c.Error} }
	left := func(p *pen) float32 { return st.Size(Body)*1.2 + p.m.gap*0.5 }
	return newDrawn(st, func(p *pen) float32 { return left(p) + min(widest(text, st.Size(Body), true), st.U(200)) }, func(p *pen, w float32) float32 {
		return p.height(text, f(p), w-left(p))
	}, func(p *pen, s fyne.Size) {
		size := st.Size(Body) * 1.2
		p.icon("alert-circle", size/2, p.lineHeight(f(p))/2, size, p.c.Error)
		p.text(text, f(p), left(p), 0, s.Width-left(p))
	}, func() tree.Node { return tree.Node{Role: tree.Alert, Name: plain(text)} })
}

// Wrong puts the bar of a wrong answer beside it.
func Wrong(st Style, o fyne.CanvasObject) fyne.CanvasObject {
	bar := newDrawn(st, func(*pen) float32 { return 0 }, func(*pen, float32) float32 { return 0 }, func(p *pen, s fyne.Size) {
		p.fill(0, 0, st.U(8), s.Height, 0, p.c.Error)
	}, nil)
	m := st.measure()
	return On(bar, Inset(o, m.pad+st.U(8), 0, 0, 0))
}

// Pair is a name with its value below; quiet when there is none.
func Pair(st Style, name, value string, none bool) *Drawn {
	fn := func(p *pen) face { return face{Body, false, p.c.Ink2} }
	fv := func(p *pen) face {
		if none {
			return face{Lead, false, p.c.Ink2}
		}
		return face{Lead, true, p.c.Ink}
	}
	return newDrawn(st, func(p *pen) float32 {
		return min(max(widest(name, st.Size(Body), false), widest(value, st.Size(Lead), true)), st.U(460))
	}, func(p *pen, w float32) float32 {
		return p.height(name, fn(p), w) + p.height(value, fv(p), w)
	}, func(p *pen, s fyne.Size) {
		y := p.text(name, fn(p), 0, 0, s.Width)
		p.text(value, fv(p), 0, y, s.Width)
	}, func() tree.Node { return tree.Node{Role: tree.Text, Name: plain(name), Value: plain(value)} })
}
