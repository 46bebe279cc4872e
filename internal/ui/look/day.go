package look

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// DayOpts says what a day of a calendar is.
type DayOpts struct {
	Label    string // "14"
	Name     string // "Montag, 14. Dezember 2026"
	Selected bool
	Today    bool // a line below its number
	ID       string
	Tap      func()
}

// Day is a day of a calendar to touch.
func Day(st Style, o DayOpts) *Touch {
	t := &Touch{st: st, tap: o.Tap, min: func(p *pen) float32 { return st.U(40) }, height: dayHeight}
	t.ring = func(p *pen, s fyne.Size) { p.ring(0, 0, s.Width, s.Height, p.m.radius) }
	t.paint = func(p *pen, s fyne.Size, pressed bool) {
		ground, edge, ink, stroke := p.c.Surface, p.c.Edge, p.c.Ink, p.m.edge
		switch {
		case o.Selected:
			ground, edge, ink, stroke = p.c.Accent, p.c.Accent, p.c.OnAccent, p.m.selected
		case pressed:
			ground = p.c.AccentSoft
		}
		free := float32(0) // on a phone days touch each other, but do not look so
		if st.Shell == Phone {
			free = st.U(2)
		}
		p.box(free, free, s.Width-2*free, s.Height-2*free, p.m.radius, ground, edge, stroke)
		f := p.dayFace(widestDay, s.Width)
		f.color = ink
		w, lh := p.width(o.Label, f), p.lineHeight(f)
		p.dayNumber(o.Label, f, s)
		if o.Today {
			p.fill((s.Width-w)/2, (s.Height+lh)/2-p.st.U(2), w, p.st.U(4), p.st.U(2), ink)
		}
	}
	t.describe = func() tree.Node {
		n := tree.Node{Role: tree.Button, Name: plain(o.Name), ID: o.ID}
		if o.Selected {
			n = n.With("checked")
		}
		return n
	}
	return t.init()
}

// NoDay is a day that cannot be chosen: only its number, faint. An empty label leaves the place free.
func NoDay(st Style, label string) *Drawn {
	return newDrawn(st, func(*pen) float32 { return st.U(40) }, dayHeight, func(p *pen, s fyne.Size) {
		f := p.dayFace(widestDay, s.Width)
		f.bold, f.color = false, p.c.Ink2
		w := p.width(label, f)
		p.dayNumber(label, f, s)
		if label != "" { // said by more than a colour
			p.fill((s.Width-w)/2-p.st.U(4), s.Height/2, w+p.st.U(8), max(p.st.U(2), 1), 0, p.c.Ink2)
		}
	}, nil)
}

// Weekday is the short name of a weekday above its column.
func Weekday(st Style, label string) *Drawn {
	return newDrawn(st, func(*pen) float32 { return st.U(40) }, func(p *pen, _ float32) float32 { return p.lineHeight(face{Body, true, p.c.Ink2}) }, func(p *pen, s fyne.Size) {
		f := p.dayFace(widestWeekday, s.Width)
		f.size, f.color = Body, p.c.Ink2
		p.dayNumber(label, f, s)
	}, nil)
}

func dayHeight(p *pen, _ float32) float32 {
	return max(p.m.touch*1.25, p.lineHeight(face{Lead, true, p.c.Ink})+p.st.U(8))
}

// dayFace is a day's letters, large as the text is, but never wider than the day. widest is the widest label of its sort: all have letters of one size.
func (p *pen) dayFace(widest string, room float32) (f face) {
	f = face{Lead, true, p.c.Ink}
	for _, factor := range []float32{p.st.Factor(), 1.5, 1.25, 1} {
		if factor > p.st.Factor() {
			continue
		}
		p.st.Text = factor
		if p.width(widest, f) <= room-p.st.U(6) {
			break
		}
	}
	return f
}

// The widest number of a day, and about the widest short name of a weekday.
const (
	widestDay     = "00"
	widestWeekday = "We"
)

// dayNumber draws a label in the middle.
func (p *pen) dayNumber(label string, f face, s fyne.Size) {
	if label != "" {
		p.line(label, f, 0, (s.Height-p.lineHeight(f))/2, s.Width, 0)
	}
}

// Weeks puts objects in rows of seven, whatever the width: what stands below each other is the same day of the week.
func Weeks(gap float32, objs ...fyne.CanvasObject) *Scene { return Rows(gap, 7, objs...) }

// Rows puts objects in rows of so many equal columns, whatever the width.
func Rows(gap float32, cols int, objs ...fyne.CanvasObject) *Scene {
	cell := func(w float32) float32 { return max((w-float32(cols-1)*gap)/float32(cols), 1) }
	row := func(from int, w float32) (objects []fyne.CanvasObject, h float32) {
		objects = objs[from:min(from+cols, len(objs))]
		for _, o := range objects {
			h = max(h, HeightFor(o, cell(w)))
		}
		return objects, h
	}
	return NewScene(float32(cols)*10, func(w float32) float32 {
		y := -gap
		for i := 0; i < len(objs); i += cols {
			_, h := row(i, w)
			y += h + gap
		}
		return max(y, 0)
	}, func(s fyne.Size) []fyne.CanvasObject {
		y := float32(0)
		for i := 0; i < len(objs); i += cols {
			line, h := row(i, s.Width)
			for j, o := range line {
				At(o, float32(j)*(cell(s.Width)+gap), y, cell(s.Width), h)
			}
			y += h + gap
		}
		return objs
	})
}

// Shares puts objects beside each other by their shares of the width, with their lower ends on one line; below each other when one would not fit.
func Shares(gap float32, shares []float32, objs ...fyne.CanvasObject) *Scene {
	widths := func(w float32) (all []float32, fits bool) {
		sum := float32(0)
		for _, s := range shares {
			sum += s
		}
		fits = true
		for i, o := range objs {
			own := (w - gap*float32(len(objs)-1)) * shares[i] / sum
			all, fits = append(all, own), fits && own >= o.MinSize().Width
		}
		return all, fits
	}
	return NewScene(leastWidth(objs), func(w float32) float32 {
		all, fits := widths(w)
		beside, below := float32(0), -gap
		for i, o := range objs {
			beside = max(beside, HeightFor(o, all[i]))
			below += HeightFor(o, w) + gap
		}
		if fits {
			return beside
		}
		return below
	}, func(s fyne.Size) []fyne.CanvasObject {
		all, fits := widths(s.Width)
		x, y := float32(0), float32(0)
		for i, o := range objs {
			if fits {
				At(o, x, 0, all[i], s.Height)
				x += all[i] + gap
				continue
			}
			h := HeightFor(o, s.Width)
			At(o, 0, y, s.Width, h)
			y += h + gap
		}
		return objs
	})
}
