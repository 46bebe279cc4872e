// Package scroll shows a part of something higher than the screen: moved by finger, with momentum, by a wheel, by keys, and by a button
// that says that there is more. Taps reach what lies inside.
package scroll

import (
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Scroll shows content at the full width and as much of its height as there is room. When not all of it fits, a button at its foot turns
// the page.
type Scroll struct {
	widget.BaseWidget
	st       look.Style
	more, up string // the words on the button
	view     *view
	button   *look.Touch
	atEnd    bool // what the button shows
	atTop    bool // the view ends between two things, as nobody has scrolled yet
	render   *renderer
	side     *float32
	beside   fyne.CanvasObject
}

// Side sets the free edge at the left and right of the button, in Fyne units; as a rule it is the style's margin.
func (s *Scroll) Side(units float32) *Scroll {
	s.side = &units
	return s
}

// Beside puts a narrow thing, such as the way back, below the content: at the left, in one line with the button where there is one.
func (s *Scroll) Beside(o fyne.CanvasObject) *Scroll {
	s.beside = o
	return s
}

// New puts content into a Scroll. more and up are the words on the button that turns the page: "Mehr anzeigen", "Nach oben".
func New(st look.Style, content fyne.CanvasObject, more, up string) *Scroll {
	s := &Scroll{st: st, more: more, up: up}
	s.view = &view{st: st, content: content}
	s.view.stop = newStopper(s.view)
	s.view.moved = s.settle
	s.view.ExtendBaseWidget(s.view)
	s.ExtendBaseWidget(s)
	return s
}

// HeightFor is the height at which nothing has to be scrolled.
func (s *Scroll) HeightFor(w float32) float32 { return look.HeightFor(s.view.content, w) }

// MinSize is small: the screen decides how high it is.
func (s *Scroll) MinSize() fyne.Size {
	return fyne.NewSize(s.view.content.MinSize().Width, s.st.U(66))
}

// Children are the view and, when there is more, the button.
func (s *Scroll) Children() []fyne.CanvasObject {
	if s.render == nil {
		return nil
	}
	return s.render.objs
}

// Offset is how far it is scrolled, in Fyne units.
func (s *Scroll) Offset() float32 { return s.view.offset }

// ScrollTo scrolls so far, as far as that goes.
func (s *Scroll) ScrollTo(offset float32) {
	s.view.halt()
	s.view.to(offset)
}

// More tells whether something lies below what is shown.
func (s *Scroll) More() bool { return s.view.offset < s.view.most()-1 }

// Reveal scrolls so that the thing with this ID in the screen tree is seen as a whole, if it is in there and there is room.
func (s *Scroll) Reveal(id string) {
	y0, y1, ok := find(s.view.content, id, 0)
	if !ok {
		return
	}
	room := s.st.U(20)
	switch h := s.view.Size().Height; {
	case y0-room < s.view.offset:
		s.ScrollTo(y0 - room)
	case y1+room > s.view.offset+h:
		s.ScrollTo(min(y1+room-h, y0-room))
	}
}

// Lift scrolls until the thing with this ID stands at the top: what comes below it has to be seen too.
func (s *Scroll) Lift(id string) {
	if y0, _, ok := find(s.view.content, id, 0); ok {
		s.ScrollTo(y0 - s.st.U(20))
	}
}

// find looks for the thing with the ID and tells from where to where it reaches.
func find(o fyne.CanvasObject, id string, y float32) (y0, y1 float32, ok bool) {
	if d, is := o.(tree.Describer); is && d.Describe().ID == id {
		return y, y + o.Size().Height, true
	}
	var inside []fyne.CanvasObject
	switch x := o.(type) {
	case *fyne.Container:
		inside = x.Objects
	case tree.Parent:
		inside = x.Children()
	}
	for _, child := range inside {
		if child == nil {
			continue
		}
		if y0, y1, ok := find(child, id, y+child.Position().Y); ok {
			return y0, y1, ok
		}
	}
	return 0, 0, false
}

// CreateRenderer is Fyne's.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer {
	s.render = &renderer{s: s, objs: []fyne.CanvasObject{s.view}}
	return s.render
}

// settle looks whether the button says the right word, and the view is as high as it has to be.
func (s *Scroll) settle() {
	if s.render != nil && len(s.render.objs) > 1 && (s.atEnd == s.More() || s.atTop != s.view.atTop()) {
		s.Refresh()
	}
}

func (s *Scroll) turn() {
	if s.More() && s.view.atTop() { // what did not fit begins the next page
		s.ScrollTo(s.view.Size().Height - s.st.U(12))
		return
	}
	if s.More() {
		s.ScrollTo(s.view.offset + s.view.Size().Height*0.85)
		return
	}
	s.ScrollTo(0)
}

type renderer struct {
	s    *Scroll
	objs []fyne.CanvasObject
	size fyne.Size
	foot foot
	room fyne.Size // for which high holds
	high float32   // how high the button has to be
}

// foot is what stands below the view. It is made once for a size and a word: made anew at every layout, its new parts would ask for another
// layout, and that without end.
type foot struct {
	size      fyne.Size
	end, sign bool
	objs      []fyne.CanvasObject
	button    *look.Touch
}

func (r *renderer) Layout(size fyne.Size) {
	r.size = size
	s := r.s
	s.button = nil
	r.objs = []fyne.CanvasObject{s.view}
	s.view.Move(fyne.NewPos(0, 0))
	need := look.HeightFor(s.view.content, size.Width)
	side, gap := s.st.Margin(), s.st.U(12)
	if s.side != nil {
		side = *s.side
	}
	w := size.Width - 2*side
	left, low := side, float32(0) // where the button begins, and how high its line is at least
	if s.beside != nil {
		bw := min(max(s.beside.MinSize().Width, s.st.U(300)), w)
		bh := look.HeightFor(s.beside, bw)
		s.beside.Resize(fyne.NewSize(bw, bh))
		s.beside.Move(fyne.NewPos(side, size.Height-bh-gap))
		r.objs = append(r.objs, s.beside)
		left, low = left+bw+s.st.Gap(), bh
		w -= bw + s.st.Gap()
	}
	below := low
	if low > 0 {
		below += 2 * gap
	}
	if need <= size.Height-below+0.5 {
		r.foot = foot{}
		s.view.Resize(fyne.NewSize(size.Width, size.Height-below))
		s.view.to(s.view.offset)
		return
	}
	if r.room != size {
		r.room, r.high = size, max(look.HeightFor(r.label(false), w), look.HeightFor(r.label(true), w))
	}
	h := max(r.high, low)
	below = h + 2*gap
	sign := size.Height < 5.5*h || s.st.Shell == look.Phone // no room for a button as well, or a finger scrolls anyway: a small sign says that there is more
	if sign {
		h = s.st.U(36)
		if s.st.Shell == look.Phone {
			h = s.st.U(24)
		}
		below = max(h, below)
		if low == 0 {
			below = h
		}
	}
	// First the view, which decides whether its end is reached, then the foot, which says so.
	room := fyne.NewSize(size.Width, max(size.Height-below, 0))
	s.view.Resize(room)
	s.atTop = s.view.atTop()
	if s.atTop {
		room.Height = s.fold(room.Height, sign)
		s.view.Resize(room)
	}
	s.view.to(s.view.offset)
	s.atEnd = !s.More()
	if f := r.foot; f.objs == nil || f.size != size || f.end != s.atEnd || f.sign != sign {
		r.foot = foot{size: size, end: s.atEnd, sign: sign}
		line := look.Line(s.st)
		line.Resize(fyne.NewSize(size.Width, s.st.U(2)))
		if sign {
			r.foot.objs = []fyne.CanvasObject{line, r.arrow(size, h)}
		} else {
			b := r.label(s.atEnd)
			b.Move(fyne.NewPos(left, size.Height-h-gap))
			b.Resize(fyne.NewSize(w, h))
			r.foot.objs, r.foot.button = []fyne.CanvasObject{line, b}, b
		}
	}
	r.foot.objs[0].Move(fyne.NewPos(0, room.Height)) // the view grows when its end need not lie between two things any more
	s.button = r.foot.button
	r.objs = append(r.objs, r.foot.objs...)
}

// fold is where the first page ends. Where a finger scrolls, things may go on below, but no line of words is cut in two.
func (s *Scroll) fold(limit float32, sign bool) float32 {
	if !sign {
		return fold(s.view.content, limit)
	}
	if y := between(s.view.content, limit, false); y >= limit-s.st.U(48)*s.st.Factor() {
		return y
	}
	return limit
}

// label is the button that turns pages.
func (r *renderer) label(end bool) *look.Touch {
	s := r.s
	o := look.ButtonOpts{Label: s.more, Icon: "arrow-down", Small: true, Low: r.size.Height < s.st.U(700), ID: "more", Tap: s.turn}
	if end {
		o.Label, o.Icon = s.up, "arrow-bar-to-up"
	}
	return look.Button(s.st, o)
}

// arrow is the small sign at the foot of a narrow view.
func (r *renderer) arrow(size fyne.Size, h float32) fyne.CanvasObject {
	name := "arrow-down"
	if r.s.atEnd {
		name = "arrow-bar-to-up"
	}
	icon := look.Icon(r.s.st, name, h, r.s.st.Colors().Accent)
	icon.Resize(fyne.NewSize(h, h))
	icon.Move(fyne.NewPos((size.Width-h)/2, size.Height-h))
	return icon
}

func (r *renderer) MinSize() fyne.Size           { return r.s.MinSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.objs }
func (r *renderer) Destroy()                     { r.s.view.halt() }
func (r *renderer) Refresh() {
	if !r.size.IsZero() {
		r.Layout(r.size)
	}
	canvas.Refresh(r.s)
}

// view is the part that is seen. Fyne clips what can be scrolled.
type view struct {
	widget.BaseWidget
	st      look.Style
	content fyne.CanvasObject
	offset  float32
	moved   func()

	slack float32 // how far the finger may still tremble before it scrolls
	drags bool
	speed float32 // Fyne units a drag event, smoothed
	glide *fyne.Animation
	stop  *stopper
	held  bool // a finger that stopped the glide is still there
}

// stopper lies over what glides: a finger put down there stops it, and touches nothing else, as nobody can aim at what moves.
type stopper struct {
	widget.BaseWidget
	v *view
}

func newStopper(v *view) *stopper {
	s := &stopper{v: v}
	s.ExtendBaseWidget(s)
	return s
}

func (s *stopper) down() { s.v.halt(); s.v.held = true }
func (s *stopper) up()   { s.v.held = false }

// MouseDown is a finger put down on a terminal.
func (s *stopper) MouseDown(*desktop.MouseEvent) { s.down() }

// MouseUp is a finger lifted from a terminal.
func (s *stopper) MouseUp(*desktop.MouseEvent) { s.up() }

// TouchDown is a finger put down on a phone.
func (s *stopper) TouchDown(*mobile.TouchEvent) { s.down() }

// TouchUp is a finger lifted from a phone.
func (s *stopper) TouchUp(*mobile.TouchEvent) { s.up() }

// TouchCancel is a finger that went on to scroll.
func (s *stopper) TouchCancel(*mobile.TouchEvent) { s.up() }

// Tapped takes the tap that stopped the glide, so that nothing below gets it.
func (s *stopper) Tapped(*fyne.PointEvent) { s.v.halt(); s.up() }

// TappedSecondary is a long press: for us a tap like any other.
func (s *stopper) TappedSecondary(e *fyne.PointEvent) { s.Tapped(e) }

// CreateRenderer is Fyne's: there is nothing to see.
func (s *stopper) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// Inside is what is scrolled.
func (v *view) Inside() fyne.CanvasObject { return v.content }

func (v *view) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

// atTop tells whether nobody has scrolled yet.
func (v *view) atTop() bool { return v.offset < 1 }

// most is how far it can be scrolled.
func (v *view) most() float32 { return max(v.content.Size().Height-v.Size().Height, 0) }

func (v *view) to(offset float32) {
	offset = min(max(offset, 0), v.most())
	changed := offset != v.offset
	v.offset = offset
	v.content.Move(fyne.NewPos(0, -offset))
	if changed {
		canvas.Refresh(v)
		v.moved()
	}
}

// Pace says how soon it will look different: at once while a finger pushes it or it glides on, otherwise (zero) not by itself.
func (v *view) Pace() time.Duration {
	if v.drags || v.glide != nil {
		return time.Second / 60
	}
	return 0
}

// Pressed tells whether a finger pushes it.
func (v *view) Pressed() bool { return v.drags || v.held }

func (v *view) halt() {
	if v.glide != nil {
		v.glide.Stop()
		v.glide = nil
	}
}

// Scrolled is a wheel.
func (v *view) Scrolled(e *fyne.ScrollEvent) {
	v.halt()
	v.to(v.offset - e.Scrolled.DY)
}

// Dragged is a finger that moves. The first millimetres belong to a trembling tap.
func (v *view) Dragged(e *fyne.DragEvent) {
	if !v.drags {
		v.halt()
		v.drags, v.slack, v.speed = true, v.st.U(look.Tremble), 0
	}
	dy := e.Dragged.DY
	if v.slack > 0 {
		v.slack -= float32(math.Abs(float64(dy)))
		return
	}
	v.speed = 0.6*v.speed + 0.4*dy
	v.to(v.offset - dy)
}

// DragEnd is a finger lifted: what was fast goes on for a while.
func (v *view) DragEnd() {
	v.drags, v.held = false, false
	if v.st.Quiet() || math.Abs(float64(v.speed)) < float64(v.st.U(4)) {
		return
	}
	from, way := v.offset, v.speed*18
	v.glide = fyne.NewAnimation(600_000_000, func(done float32) {
		v.to(from - way*done)
		if want := from - way*done; want <= 0 || want >= v.most() { // it can go no further, and a touch is for what lies below
			v.halt()
		} else if done == 1 {
			v.glide = nil
		}
	})
	v.glide.Curve = fyne.AnimationEaseOut
	v.glide.Start()
}

// CreateRenderer is Fyne's.
func (v *view) CreateRenderer() fyne.WidgetRenderer { return &viewRenderer{v} }

type viewRenderer struct{ v *view }

func (r *viewRenderer) Layout(size fyne.Size) {
	c := r.v.content
	r.v.stop.Resize(size)
	c.Resize(fyne.NewSize(size.Width, max(look.HeightFor(c, size.Width), size.Height)))
	r.v.offset = min(r.v.offset, r.v.most())
	c.Move(fyne.NewPos(0, -r.v.offset))
}
func (r *viewRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 0) }
func (r *viewRenderer) Objects() []fyne.CanvasObject {
	if r.v.glide != nil || r.v.held {
		return []fyne.CanvasObject{r.v.content, r.v.stop}
	}
	return []fyne.CanvasObject{r.v.content}
}
func (r *viewRenderer) Refresh() { r.Layout(r.v.Size()); canvas.Refresh(r.v) }
func (r *viewRenderer) Destroy() {}
