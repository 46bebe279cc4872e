package look

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// pressTime is how long a touched thing stays down at least, so that a quick tap is seen.
const pressTime = 80 * time.Millisecond

// Drawn is something that is looked at and not touched.
type Drawn struct {
	widget.BaseWidget
	st       Style
	paint    func(p *pen, size fyne.Size)
	height   func(p *pen, w float32) float32
	min      func(p *pen) float32
	describe func() tree.Node
	stop     func() // ends what moves; may be nil
	pace     func() time.Duration
	moves    bool // what it drew is moved by itself
	render   *drawing
}

func newDrawn(st Style, min func(p *pen) float32, height func(p *pen, w float32) float32, paint func(p *pen, size fyne.Size), describe func() tree.Node) *Drawn {
	d := &Drawn{st: st, paint: paint, height: height, min: min, describe: describe}
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer is Fyne's.
func (d *Drawn) CreateRenderer() fyne.WidgetRenderer {
	d.render = &drawing{of: d, stop: d.stop, draw: func(size fyne.Size) []fyne.CanvasObject {
		p := newPen(d.st)
		d.paint(p, size)
		if d.st.Lean && !d.moves {
			return lean(p.objs)
		}
		return p.objs
	}}
	return d.render
}

// HeightFor is how high it is when it is this wide.
func (d *Drawn) HeightFor(w float32) float32 { return d.height(newPen(d.st), w) }

// MinSize is its least width, and its height at the width it has.
func (d *Drawn) MinSize() fyne.Size { return minSize(d.min(newPen(d.st)), d.Size().Width, d.HeightFor) }

// Describe says what it is.
func (d *Drawn) Describe() tree.Node {
	if d.describe == nil {
		return tree.Node{}
	}
	return d.describe()
}

// Children are the canvas objects it consists of.
func (d *Drawn) Children() []fyne.CanvasObject { return d.render.objects() }

// post runs what has waited on the UI goroutine. Tests replace it: Fyne's driver for tests would draw on the clock's own goroutine, beside
// the test, and nothing that sets text may do that.
var post = fyne.Do

// Post lets everything that moves later go through f to the UI goroutine. A program that sleeps between two pictures has to be woken; who only asked how
// soon something moves (Pace) would look again and again, and a finger waits for every look.
func Post(f func(func())) { post = f }

// later runs f on the UI goroutine in a while.
func later(rest time.Duration, f func()) { time.AfterFunc(rest, func() { post(f) }) }

// Pace says how soon it will look different by itself; zero: it will not.
func (d *Drawn) Pace() time.Duration {
	if d.pace == nil {
		return 0
	}
	return d.pace()
}

// Touch is something to touch: by finger, by a keypad's Enter, by the space bar.
type Touch struct {
	widget.BaseWidget
	st       Style
	paint    func(p *pen, size fyne.Size, pressed bool)
	height   func(p *pen, w float32) float32
	min      func(p *pen) float32
	describe func() tree.Node
	ring     func(p *pen, size fyne.Size) // draws the focus rings
	tap      func()
	typed    func(r rune)
	key      func(k *fyne.KeyEvent)
	stop     func()
	gained   func() // the focus came here by key; may be nil
	flat     bool   // draws nothing at rest
	pace     func() time.Duration
	lifting  bool // the finger has gone, and it still looks pressed
	// still is what a flat thing would draw at rest at stillSize, for those who look inside it.
	still     []fyne.CanvasObject
	stillSize fyne.Size

	focused, pressed, fired bool
	down                    fyne.Position
	since                   time.Time
	render                  *drawing
}

func (t *Touch) init() *Touch {
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is Fyne's.
func (t *Touch) CreateRenderer() fyne.WidgetRenderer {
	t.render = &drawing{of: t, stop: t.stop, draw: func(size fyne.Size) []fyne.CanvasObject {
		p := newPen(t.st)
		if t.flat && !t.pressed && !t.focused {
			return p.objs
		}
		if t.focused && t.ring != nil {
			t.ring(p, size)
		}
		t.paint(p, size, t.pressed)
		if t.st.Lean {
			return lean(p.objs)
		}
		return p.objs
	}}
	return t.render
}

// HeightFor is how high it is when it is this wide.
func (t *Touch) HeightFor(w float32) float32 { return t.height(newPen(t.st), w) }

// MinSize is its least width, and its height at the width it has.
func (t *Touch) MinSize() fyne.Size { return minSize(t.min(newPen(t.st)), t.Size().Width, t.HeightFor) }

// Describe says what it is.
func (t *Touch) Describe() tree.Node {
	n := t.describe()
	if t.focused && !n.Is("focused") {
		n = n.With("focused")
	}
	return n
}

// Children are the canvas objects it consists of.
func (t *Touch) Children() []fyne.CanvasObject {
	if t.flat && t.render != nil && len(t.render.objs) == 0 {
		if t.still == nil || t.stillSize != t.render.size {
			t.still, t.stillSize = t.AtRest(fyne.Position{}, t.render.size), t.render.size
		}
		return t.still
	}
	return t.render.objects()
}

// Tapped is a finger's tap.
func (t *Touch) Tapped(*fyne.PointEvent) {
	if t.fired { // already answered when the finger was lifted
		t.fired = false
		return
	}
	t.fire()
}

// TappedSecondary is a long press on a phone: for us a tap like any other.
func (t *Touch) TappedSecondary(e *fyne.PointEvent) { t.Tapped(e) }

// MouseDown is a finger put down (a touch screen is a mouse to the desktop driver).
func (t *Touch) MouseDown(e *desktop.MouseEvent) {
	t.fired = false
	t.down = e.AbsolutePosition
	t.press(true)
}

// MouseUp is a finger lifted. A finger that trembled a few millimetres meant to tap, though the driver calls it a drag and tells nobody.
func (t *Touch) MouseUp(e *desktop.MouseEvent) {
	was := t.pressed
	t.press(false)
	d := e.AbsolutePosition.Subtract(t.down)
	far := t.st.U(Tremble)
	if was && d.X*d.X+d.Y*d.Y <= far*far {
		t.fired = true
		t.fire()
	}
}

// Tremble is how far a finger may slip and still mean a tap, in design pixels: 7 mm. Package scroll leaves so much alone.
const Tremble = 22

// Pressed tells whether a finger holds it down.
func (t *Touch) Pressed() bool { return t.pressed }

// TouchDown is a finger on a phone.
func (t *Touch) TouchDown(*mobile.TouchEvent) { t.fired = false; t.press(true) }

// TouchUp is a finger lifted from a phone; the tap follows on its own.
func (t *Touch) TouchUp(*mobile.TouchEvent) { t.press(false) }

// TouchCancel is a finger that went on to scroll.
func (t *Touch) TouchCancel(*mobile.TouchEvent) { t.press(false) }

// FocusGained is told by Fyne.
func (t *Touch) FocusGained() {
	t.focused = true
	t.Refresh()
	if t.gained != nil {
		t.gained()
	}
}

// FocusLost is told by Fyne.
func (t *Touch) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune is a letter of a keyboard.
func (t *Touch) TypedRune(r rune) {
	if t.typed != nil {
		t.typed(r)
	}
}

// TypedKey is a key of a keyboard: Enter and space touch.
func (t *Touch) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape || k.Name == mobile.KeyBack { // the way back is the shell's, wherever the focus is
		if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(k)
		}
		return
	}
	if t.key != nil {
		t.key(k)
		return
	}
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.fire()
	}
}

func (t *Touch) fire() {
	if t.tap != nil {
		t.tap()
	}
}

func (t *Touch) press(on bool) {
	if t.pressed == on {
		return
	}
	t.pressed = on
	if on {
		t.since = time.Now()
		t.Refresh()
		return
	}
	if rest := pressTime - time.Since(t.since); rest > 0 && !t.st.Quiet() {
		t.lifting = true
		later(rest, func() {
			t.lifting = false
			t.Refresh()
		})
		return
	}
	t.Refresh()
}

// Pace says how soon it will look different by itself; zero: it will not.
func (t *Touch) Pace() time.Duration {
	switch {
	case t.pressed || t.lifting:
		return time.Second / 60
	case t.pace != nil:
		return t.pace()
	}
	return 0
}

// drawing is the renderer of everything here: it draws anew for every size and state.
type drawing struct {
	of   fyne.Widget
	draw func(size fyne.Size) []fyne.CanvasObject
	stop func()
	size fyne.Size
	objs []fyne.CanvasObject
	// drawn says that objs are those of size; there may be none.
	drawn bool
}

func (d *drawing) objects() []fyne.CanvasObject {
	if d == nil {
		return nil
	}
	return d.objs
}

func (d *drawing) Layout(size fyne.Size) {
	if size == d.size && d.drawn {
		return
	}
	d.size, d.drawn = size, true
	d.objs = d.draw(size)
}

func (d *drawing) MinSize() fyne.Size { return d.of.MinSize() }

func (d *drawing) Objects() []fyne.CanvasObject { return d.objs }

func (d *drawing) Refresh() {
	if d.size.IsZero() {
		return
	}
	d.objs = d.draw(d.size)
	canvas.Refresh(d.of)
}

func (d *drawing) Destroy() {
	if d.stop != nil {
		d.stop()
	}
}

func minSize(least, have float32, height func(w float32) float32) fyne.Size {
	return fyne.NewSize(least, height(max(least, have)))
}
