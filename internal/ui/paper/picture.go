package paper

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/barcode"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

func monoText(s string, ink color.Color) *canvas.Text {
	t := canvas.NewText(s, ink)
	t.TextStyle.Monospace = true
	return t
}

func setMono(o fyne.CanvasObject, size, w, h, y float32) {
	if t, is := o.(*canvas.Text); is {
		t.TextSize = size
		look.At(t, 0, y, w, h)
	}
}

// picture shows an image at a width, smaller where there is less room. name says what it shows.
func picture(img image.Image, wide float32, name string) fyne.CanvasObject {
	shown := canvas.NewImageFromImage(img)
	shown.FillMode = canvas.ImageFillContain
	size := img.Bounds().Size()
	ratio := float32(size.Y) / float32(size.X)
	s := look.NewScene(wide, func(w float32) float32 { return min(w, wide) * ratio }, func(room fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{look.At(shown, 0, 0, room.Width, room.Height)}
	})
	if name != "" {
		s.Node = tree.Node{Role: tree.Picture, Name: name}
	}
	return s
}

// bars draws a bar code black on white in every contrast: readers need it so.
func bars(st look.Style, modules []bool, data string) fyne.CanvasObject {
	whole := len(modules) + 2*barcode.Quiet
	ground := canvas.NewRectangle(color.White)
	var runs [][2]int
	objs := []fyne.CanvasObject{ground}
	for i := 0; i < len(modules); i++ {
		start := i
		for i < len(modules) && modules[i] {
			i++
		}
		if i > start {
			runs = append(runs, [2]int{start, i - start})
			objs = append(objs, canvas.NewRectangle(color.Black))
		}
	}
	high := st.U(share(st, 110, 60))
	s := look.NewScene(st.U(share(st, 3, 1.5)*float32(whole)), look.Fixed(high), func(size fyne.Size) []fyne.CanvasObject {
		u := size.Width / float32(whole)
		look.At(ground, 0, 0, size.Width, high)
		for i, r := range runs {
			look.At(objs[i+1], u*float32(barcode.Quiet+r[0]), high*0.06, u*float32(r[1]), high*0.88)
		}
		return objs
	})
	s.Node = tree.Node{Role: tree.Picture, Name: data}
	return s
}

// signature shows what was drawn, above the line with its words.
func signature(st look.Style, b document.Block) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	text := func(s string, ink color.Color) {
		if s != "" {
			parts = append(parts, look.Text(st, look.Body, s, look.TextOpts{Color: ink}))
		}
	}
	if b.Label != "" {
		text(b.Data, nil)
		if b.Data == "" {
			parts = append(parts, look.Space(st.U(40)))
		}
		parts = append(parts, look.Line(st))
		text(b.Label, st.Colors().Ink2)
	}
	if img := document.Sketch(b.Strokes, 600, 150); img != nil {
		parts = append(parts, picture(img, st.U(share(st, 600, 280)), b.Text))
	} else {
		parts = append(parts, look.Space(st.U(60)))
	}
	parts = append(parts, look.Line(st))
	text(b.Text, st.Colors().Ink2)
	return look.Column(st.U(8), parts...)
}
