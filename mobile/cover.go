package mobile

import (
	"context"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// cover is the page on which faces and number plates are made unrecognisable. What is covered can be uncovered until the page is left; then
// it is burned into the photo, and the photo without it is forgotten.
type cover struct {
	of     *foto
	file   visit.File
	editor *photo.Editor
	view   *canvasCover
	failed bool
	saving bool
	over   bool // it is burned in
}

func (*cover) name() string { return "cover" }

// openCover opens the page and decodes the photo anew.
func (a *App) openCover(of *foto, f visit.File) {
	c := &cover{of: of, file: f}
	a.push(c)
	a.beside(func(context.Context) func() {
		p, err := photo.Read(f.Data)
		var e *photo.Editor
		if err == nil {
			e, err = p.Edit(photo.Options{})
		}
		return func() {
			c.editor, c.failed = e, err != nil
			if err == nil {
				c.view = newCanvasCover(a, c)
			}
			a.refresh(c)
		}
	})
}

func (c *cover) draw(a *App) page {
	p := page{title: a.say("cover.title")}
	switch {
	case c.failed:
		p.body = append(p.body, a.note(look.Warn, "camera", a.say("photo.unread"), a.say("photo.unread.text")))
		return p
	case c.editor == nil || c.saving:
		p.body = append(p.body, a.preparing(map[bool]int{false: 2, true: 3}[c.saving]))
		return p
	}
	n := len(c.editor.Covers())
	p.foot = []look.ButtonOpts{{Label: a.say("cover.done"), Icon: "check", Primary: true, ID: "done", Tap: func() { c.done(a) }}}
	above := func(key string) fyne.CanvasObject {
		return look.Inset(look.Text(a.style, look.Body, a.say(key), look.TextOpts{}), a.style.Margin(), a.px(2), a.style.Margin(), a.px(10))
	}
	top := above("cover.text")
	undo := look.ButtonOpts{Label: a.say("cover.undo"), Icon: "backspace", Small: true, ID: "undo", Tap: func() {
		c.editor.Undo()
		c.view.Refresh()
		a.show()
	}}
	under := func(objs ...fyne.CanvasObject) fyne.CanvasObject {
		return look.Inset(look.Column(a.px(8), objs...), a.style.Margin(), a.px(10), a.style.Margin(), 0)
	}
	below := under()
	if n > 0 {
		below = under(look.Badge(a.style, look.Info, "eye-off", a.say("foto.covered", "n", n)), look.Button(a.style, undo))
	}
	w, room := a.size.Width, a.size.Height
	for _, o := range []fyne.CanvasObject{a.headBar(p.title), a.buttons(p), top, below} {
		room -= look.HeightFor(o, w)
	}
	if room < 0.45*a.size.Height { // the photo is what matters here
		if top = above("cover.short"); n > 0 {
			top, below = look.Space(0), under(look.Button(a.style, undo))
		}
	}
	p.all = look.Frame(top, look.Inset(c.view, a.style.Margin(), 0, a.style.Margin(), 0), below)
	return p
}

// back burns in what is covered: who goes back has seen a face disappear, and believes that it is gone.
func (c *cover) back(a *App) bool {
	if c.saving {
		return true
	}
	if c.editor == nil || c.failed || c.over || len(c.editor.Covers()) == 0 {
		return false
	}
	c.done(a)
	return true
}

// done burns in what is covered and puts the new photo in place of the old one.
func (c *cover) done(a *App) {
	n := len(c.editor.Covers())
	if n == 0 {
		a.Back()
		return
	}
	c.saving = true
	a.show()
	e := c.editor
	a.beside(func(context.Context) func() {
		ready, err := e.Encode()
		m := made{Prepared: ready}
		if err == nil {
			m.view = shrunk(ready.JPEG, viewEdge)
		}
		return func() {
			d := c.of.draft
			c.saving = false
			if err == nil {
				f := m.file()
				if len(d.visit.Files()) == mostPhotos { // there is room only once the old one is gone
					d.visit.Detach(pathPhotos, c.file.Digest)
				}
				if err = d.visit.Attach(pathPhotos, f); err == nil {
					if f.Digest != c.file.Digest {
						d.visit.Detach(pathPhotos, c.file.Digest)
					}
					if c.of.covered == nil {
						c.of.covered = map[string]int{}
					}
					c.of.covered[f.Digest] = c.of.covered[c.file.Digest] + n
					c.of.at = len(d.visit.Files()) - 1
				}
			}
			if err != nil {
				c.failed = true
				a.refresh(c)
				return
			}
			a.shows(m)
			a.o.Event("covered", "areas", n)
			a.keep(d, true)
			e.Wipe()
			c.over = true
			if a.top() == screen(c) {
				a.Back()
			}
		}
	})
}

// canvasCover shows the photo and takes rectangles dragged over it. A tap covers a small area around it: who cannot drag can tap.
type canvasCover struct {
	widget.BaseWidget
	a       *App
	c       *cover
	picture *canvas.Image
	band    *canvas.Rectangle
	from    fyne.Position
	to      fyne.Position
	drags   bool
}

func newCanvasCover(a *App, c *cover) *canvasCover {
	v := &canvasCover{a: a, c: c, picture: canvas.NewImageFromImage(c.editor.Picture()), band: canvas.NewRectangle(color.Transparent)}
	v.picture.FillMode = canvas.ImageFillContain
	v.picture.ScaleMode = canvas.ImageScaleFastest
	v.band.StrokeWidth = a.px(3)
	v.band.Hide()
	v.ExtendBaseWidget(v)
	return v
}

// Describe says what it is.
func (v *canvasCover) Describe() tree.Node {
	n := len(v.c.editor.Covers())
	return tree.Node{Role: tree.Picture, Name: v.a.say("cover.name"), Value: v.a.say("foto.covered", "n", n), ID: "photo"}
}

// shown is where the picture lies, and how many of its pixels a unit is.
func (v *canvasCover) shown() (at fyne.Position, scale float32) {
	b := v.c.editor.Picture().Bounds()
	s := v.Size()
	if s.Width <= 0 || s.Height <= 0 {
		return fyne.Position{}, 1
	}
	scale = max(float32(b.Dx())/s.Width, float32(b.Dy())/s.Height)
	return fyne.NewPos((s.Width-float32(b.Dx())/scale)/2, (s.Height-float32(b.Dy())/scale)/2), scale
}

// area is a rectangle on the screen in pixels of the picture.
func (v *canvasCover) area(from, to fyne.Position) image.Rectangle {
	at, scale := v.shown()
	px := func(p fyne.Position) image.Point {
		return image.Pt(int((p.X-at.X)*scale), int((p.Y-at.Y)*scale))
	}
	return image.Rectangle{Min: px(from), Max: px(to)}.Canon()
}

func (v *canvasCover) hide(from, to fyne.Position) {
	if v.c.editor.Cover(v.area(from, to)) {
		v.Refresh()
		v.a.show()
	}
}

// Tapped covers the area around a finger.
func (v *canvasCover) Tapped(e *fyne.PointEvent) {
	r := v.a.px(28)
	v.hide(e.Position.SubtractXY(r, r), e.Position.AddXY(r, r))
}

// TappedSecondary is a long press: a tap like any other.
func (v *canvasCover) TappedSecondary(e *fyne.PointEvent) { v.Tapped(e) }

// Dragged draws the rectangle.
func (v *canvasCover) Dragged(e *fyne.DragEvent) {
	if !v.drags {
		v.drags, v.from = true, e.Position.Subtract(e.Dragged)
	}
	v.to = e.Position
	c := v.a.style.Colors()
	v.band.FillColor, v.band.StrokeColor = color.NRGBA{c.Accent.R, c.Accent.G, c.Accent.B, 90}, c.Gold
	v.band.Move(fyne.NewPos(min(v.from.X, v.to.X), min(v.from.Y, v.to.Y)))
	v.band.Resize(fyne.NewSize(max(v.from.X, v.to.X)-min(v.from.X, v.to.X), max(v.from.Y, v.to.Y)-min(v.from.Y, v.to.Y)))
	v.band.Show()
	v.band.Refresh()
}

// DragEnd covers what the rectangle encloses.
func (v *canvasCover) DragEnd() {
	if v.drags {
		v.drags = false
		v.band.Hide()
		v.hide(v.from, v.to)
	}
}

// CreateRenderer is Fyne's.
func (v *canvasCover) CreateRenderer() fyne.WidgetRenderer { return coverRenderer{v} }

type coverRenderer struct{ v *canvasCover }

func (r coverRenderer) Layout(s fyne.Size) { look.At(r.v.picture, 0, 0, s.Width, s.Height) }
func (r coverRenderer) MinSize() fyne.Size { return fyne.NewSize(r.v.a.px(120), r.v.a.px(120)) }
func (r coverRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.v.picture, r.v.band}
}
func (r coverRenderer) Destroy() {}
func (r coverRenderer) Refresh() {
	r.v.picture.Image = r.v.c.editor.Picture()
	r.v.picture.Refresh()
	canvas.Refresh(r.v)
}
