package kiosk

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// start is the large round button of the attract screen.
type start struct {
	*look.Scene
	tap     func()
	focused bool
	down    bool
	k       *Kiosk
}

func (k *Kiosk) startButton() *start {
	st := k.s.style
	c := st.Colors()
	s := &start{k: k, tap: func() { k.enter(k.s.style.Lang) }}
	label := k.say("attract.touch")
	s.Scene = &look.Scene{Least: k.px(300), Height: look.Fixed(k.px(172) + k.px(8)), Node: tree.Node{Role: tree.Button, Name: label, ID: "start"}}
	s.Place = func(size fyne.Size) []fyne.CanvasObject {
		h := size.Height - k.px(8)
		face, under, ink := c.OnAccent, c.Gold, c.AccentDeep
		if st.Contrast != look.Normal {
			face, under, ink = c.Ink, c.Ink, c.Ground
		}
		if s.focused {
			under = c.OnAccent
		}
		sill, top := canvas.NewRectangle(under), canvas.NewRectangle(face)
		sill.CornerRadius, top.CornerRadius = h/2, h/2
		objs := []fyne.CanvasObject{look.At(sill, 0, k.px(8), size.Width, h), look.At(top, 0, 0, size.Width, h)}
		if s.focused {
			ring := canvas.NewRectangle(color.Transparent)
			ring.StrokeColor, ring.StrokeWidth, ring.CornerRadius = c.Gold, k.px(8), h/2
			objs = append(objs, look.At(ring, 0, 0, size.Width, h))
		}
		t := look.Letters(label, ink, st.Size(look.TitleM), true)
		m, icon := t.MinSize(), k.px(72)
		for m.Width+icon+k.px(28) > size.Width-k.px(60) && t.TextSize > k.px(36) {
			t.TextSize -= k.px(4)
			m = t.MinSize()
		}
		x := (size.Width - m.Width - icon - k.px(28)) / 2
		return append(objs, look.At(look.Icon(st, "hand-finger", icon, ink), x, (h-icon)/2, icon, icon), look.At(t, x+icon+k.px(28), (h-m.Height)/2, m.Width, m.Height))
	}
	s.ExtendBaseWidget(s)
	return s
}

// MouseDown is a finger put down.
func (s *start) MouseDown(*desktop.MouseEvent) { s.down = true }

// MouseUp is a finger lifted; the tap follows.
func (s *start) MouseUp(*desktop.MouseEvent) { s.down = false }

// Pressed tells whether a finger holds it down.
func (s *start) Pressed() bool { return s.down }

// Tapped begins.
func (s *start) Tapped(*fyne.PointEvent) { s.tap() }

// TappedSecondary is a long press: a touch like any other.
func (s *start) TappedSecondary(*fyne.PointEvent) { s.tap() }

// FocusGained shows the focus.
func (s *start) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost hides it.
func (s *start) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune does nothing.
func (s *start) TypedRune(rune) {}

// TypedKey begins on Enter and space.
func (s *start) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		s.tap()
	}
}
