package look

import (
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

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
