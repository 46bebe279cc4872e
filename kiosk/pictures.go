package kiosk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// cardPicture shows a card terminal and the two ways a card goes to it. sum is what its display shows; it may be empty.
func (k *Kiosk) cardPicture(sum string) fyne.CanvasObject {
	st := k.s.style
	if st.Text > 1 || st.Reach || k.landscape() {
		return look.Note(st, look.NoteOpts{Kind: look.Info, Icon: "credit-card", Title: k.say("pay.tap") + " " + k.say("pay.or") + " " + k.say("pay.insert"), Text: k.say("pay.chip")})
	}
	c := st.Colors()
	size := float32(640)
	p := look.NewScene(k.px(700), look.Fixed(k.px(size)), func(s fyne.Size) []fyne.CanvasObject {
		var objs []fyne.CanvasObject
		u := k.px(1)
		dx := (s.Width - 952*u) / 2
		box := func(x, y, w, h, r float32, fill canvas.Rectangle) {
			b := fill
			o := &b
			o.CornerRadius = r * u
			objs = append(objs, look.At(o, dx+x*u, y*u, w*u, h*u))
		}
		fill := func(col interface{ RGBA() (r, g, b, a uint32) }) canvas.Rectangle {
			return canvas.Rectangle{FillColor: col}
		}
		ground := canvas.NewRectangle(c.AccentSoft)
		ground.CornerRadius = 28 * u
		if st.Contrast != look.Normal {
			ground.StrokeColor, ground.StrokeWidth = c.Ink, 4*u
		}
		objs = append(objs, look.At(ground, 0, 0, s.Width, s.Height))
		body, screenInk, onBody := c.Ink, c.Ink, c.AccentSoft
		box(196, 420, 176, 178, 18, fill(c.Accent))
		box(252, 520, 64, 52, 8, fill(c.Gold))
		box(124, 40, 320, 420, 40, fill(body))
		box(150, 66, 268, 150, 16, fill(onBody))
		for row := range 3 {
			for col := range 3 {
				box(154+float32(col)*94, 236+float32(row)*54, 72, 44, 10, fill(c.Ink2))
			}
		}
		for i, col := range []interface{ RGBA() (r, g, b, a uint32) }{c.Error, c.Gold, c.OK} {
			box(154+float32(i)*94, 398, 72, 44, 10, fill(col))
		}
		box(176, 450, 216, 10, 5, fill(c.Gold))
		for i, h := range []float32{60, 96, 132} {
			box(462+float32(i)*24, 142-h/2, 12, h, 6, fill(c.Accent))
		}
		box(548, 64, 250, 156, 18, fill(c.Accent))
		box(572, 90, 52, 40, 8, fill(c.Gold))
		box(572, 160, 150, 13, 6, fill(c.OnAccent2))
		box(572, 184, 96, 13, 6, fill(c.OnAccent2))
		text := func(t string, size float32, bold bool, x, y, w float32, center bool) {
			o := look.Letters(t, screenInk, size*u, bold)
			m := o.MinSize()
			if center {
				x += (w - m.Width/u) / 2
			}
			objs = append(objs, look.At(o, dx+x*u, y*u, m.Width, m.Height))
		}
		if sum != "" {
			text(k.say("pay.amount"), 36, false, 150, 76, 268, true)
			text(sum, 60, true, 150, 122, 268, true)
		}
		text(k.say("pay.tap"), 42, true, 548, 234, 380, false)
		text(k.say("pay.or"), 36, false, 548, 330, 336, true)
		line := func(x float32) { box(x, 352, 112, 2, 0, fill(c.Edge)) }
		line(548)
		line(772)
		text(k.say("pay.insert"), 42, true, 548, 488, 380, false)
		text(k.say("pay.chip"), 36, false, 548, 544, 380, false)
		objs = append(objs, look.At(look.Icon(st, "arrow-big-up", 100*u, c.Accent), dx+396*u, 494*u, 100*u, 100*u))
		return objs
	})
	p.Node = tree.Node{Role: tree.Picture, Name: k.say("pay.tap") + " " + k.say("pay.or") + " " + k.say("pay.insert") + ", " + k.say("pay.chip")}
	return p
}

// scanPicture shows a slip's code before the reader.
func (k *Kiosk) scanPicture() fyne.CanvasObject {
	st := k.s.style
	c := st.Colors()
	h := k.px(360)
	if st.Text > 1 || st.Reach {
		h = k.px(180)
	}
	p := look.NewScene(k.px(400), look.Fixed(h), func(s fyne.Size) []fyne.CanvasObject {
		g := canvas.NewRectangle(c.AccentSoft)
		g.CornerRadius = k.px(28)
		if st.Contrast != look.Normal {
			g.StrokeColor, g.StrokeWidth = c.Ink, k.px(4)
		}
		d := h * 0.56
		return []fyne.CanvasObject{look.At(g, 0, 0, s.Width, s.Height), look.At(look.Icon(st, "receipt", d, c.Accent), s.Width/2-d*1.5, (h-d)/2, d, d),
			look.At(look.Icon(st, "arrow-right", d*0.5, c.Accent), s.Width/2-d*0.25, (h-d*0.5)/2, d*0.5, d*0.5),
			look.At(look.Icon(st, "scan", d, c.Accent), s.Width/2+d*0.5, (h-d)/2, d, d)}
	})
	p.Node = tree.Node{Role: tree.Picture, Name: k.say("scan.text")}
	return p
}
