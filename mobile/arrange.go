package mobile

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// led puts an object of a fixed size at the left of one that takes the rest.
func led(w, h, gap float32, left, right fyne.CanvasObject) fyne.CanvasObject {
	height := func(width float32) float32 { return max(h, look.HeightFor(right, width-w-gap)) }
	return look.NewScene(w+gap+right.MinSize().Width, height, func(s fyne.Size) []fyne.CanvasObject {
		rh := look.HeightFor(right, s.Width-w-gap)
		return []fyne.CanvasObject{look.At(left, 0, (s.Height-h)/2, w, h), look.At(right, w+gap, (s.Height-rh)/2, s.Width-w-gap, rh)}
	})
}

// tall gives an object at least this height.
func tall(h float32, o fyne.CanvasObject) fyne.CanvasObject {
	return look.NewScene(o.MinSize().Width, func(w float32) float32 { return max(h, look.HeightFor(o, w)) }, func(s fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{look.At(o, 0, 0, s.Width, s.Height)}
	})
}

// reserve keeps the room free that an object will need.
func reserve(o fyne.CanvasObject) fyne.CanvasObject {
	return look.NewScene(o.MinSize().Width, func(w float32) float32 { return look.HeightFor(o, w) }, func(fyne.Size) []fyne.CanvasObject { return []fyne.CanvasObject{} })
}

// flow puts objects beside each other with their least widths, in as many rows as it takes.
func flow(gap float32, objs ...fyne.CanvasObject) fyne.CanvasObject {
	each := func(w float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
		x, y, row := float32(0), float32(0), float32(0)
		for _, o := range objs {
			ow := min(o.MinSize().Width, w)
			h := look.HeightFor(o, ow)
			if x > 0 && x+ow > w {
				x, y, row = 0, y+row+gap, 0
			}
			if put != nil {
				put(o, x, y, ow, h)
			}
			x, row = x+ow+gap, max(row, h)
		}
		return y + row
	}
	least := float32(0)
	for _, o := range objs {
		least = max(least, o.MinSize().Width)
	}
	return look.NewScene(least, func(w float32) float32 { return each(w, nil) }, func(s fyne.Size) []fyne.CanvasObject {
		each(s.Width, func(o fyne.CanvasObject, x, y, w, h float32) { look.At(o, x, y, w, h) })
		return objs
	})
}
