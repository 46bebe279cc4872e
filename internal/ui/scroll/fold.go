package scroll

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// fold is the lowest place of the content, limit or above it, where nothing is cut in two: no thing to touch, no text, no heading from what it
// heads. Where that would leave much of the page empty, it is a place where at least no line is cut; where there is none either, it is limit.
func fold(content fyne.CanvasObject, limit float32) float32 {
	for _, by := range []struct {
		whole bool
		least float32
	}{{true, 0.72}, {false, 0.5}} {
		if y := between(content, limit, by.whole); y >= limit*by.least {
			return y
		}
	}
	return limit
}

// between is the lowest place between two things, or between two lines.
func between(content fyne.CanvasObject, limit float32, things bool) float32 {
	for y := limit; y > 0; {
		whole := y
		halves(content, 0, y, things, func(top float32) { whole = min(whole, top) })
		if whole < y {
			y = whole
			continue
		}
		last := above{foot: y}
		if last.find(content, 0); last.heading && things {
			y = last.top
			continue
		}
		if y < limit {
			return y - 3 // without the edge of what begins there
		}
		return y
	}
	return 0
}

// sliver is how much of a thing has to be seen, in Fyne units: less looks like a line that means nothing.
const sliver = 14

// Where in the room of a line its letters are: the room of the next line begins before that of this one ends.
const (
	lettersTop  = 0.2
	lettersFoot = 0.95
)

// halves calls cut with the upper end of every thing, or else of every line and of everything of which hardly anything is seen, that lies at both
// sides of y.
func halves(o fyne.CanvasObject, top, y float32, things bool, cut func(top float32)) {
	h := o.Size().Height
	if !o.Visible() || top >= y-0.01 || top+h <= y+1 {
		return
	}
	if _, text := o.(*canvas.Text); text {
		if top+lettersTop*h < y-1 && top+lettersFoot*h > y+1 {
			cut(top + lettersTop*h)
		}
		return
	}
	if d, ok := o.(tree.Describer); ok && d.Describe().Role != "" && (things || y-top < sliver) {
		cut(top)
		return
	}
	inside := tree.Inside(o)
	if len(inside) == 0 && y-top < sliver && seen(o) {
		cut(top)
		return
	}
	for _, child := range inside {
		halves(child, top+child.Position().Y, y, things, cut)
	}
}

// seen tells whether something that has no parts is more than free space.
func seen(o fyne.CanvasObject) bool {
	r, is := o.(*canvas.Rectangle)
	if !is {
		return true
	}
	visible := func(c color.Color) bool {
		if c == nil {
			return false
		}
		_, _, _, a := c.RGBA()
		return a > 0
	}
	return visible(r.FillColor) || r.StrokeWidth > 0 && visible(r.StrokeColor)
}

// above finds the lowest node that ends above foot.
type above struct {
	foot, top, end float32
	heading        bool
}

func (a *above) find(o fyne.CanvasObject, top float32) {
	if !o.Visible() || top >= a.foot {
		return
	}
	if d, ok := o.(tree.Describer); ok {
		if n := d.Describe(); n.Role != "" {
			if end := top + o.Size().Height; end <= a.foot+1 && end > a.end {
				a.top, a.end, a.heading = top, end, n.Role == tree.Heading
			}
			return
		}
	}
	for _, child := range tree.Inside(o) {
		a.find(child, top+child.Position().Y)
	}
}
