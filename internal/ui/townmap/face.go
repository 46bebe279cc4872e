package townmap

import (
	"image"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// face is the picture, which finger and keys move.
type face struct {
	widget.BaseWidget
	m      *Map
	raster *canvas.Raster
	rings  []*canvas.Rectangle // the focus

	focused bool
	down    fyne.Position // where a finger was put down
	way     fyne.Delta    // how far it went, until it is clear that it moves the map
	moves   bool          // it does
	fired   bool          // the tap was answered when the finger was lifted
	wheel   float32       // what is left of a wheel's turn
}

// Describe says where the pin stands, and what else is marked.
func (f *face) Describe() tree.Node {
	m := f.m
	n := tree.Node{Role: tree.Picture, ID: m.o.ID}
	if m.Problem() != nil {
		n.Name = m.say("map.name.outside", "town", m.o.Atlas.town.Name)
	} else {
		n.Name = m.say("map.name", "place", Where(m.st, m.o.Texts, m.o.Atlas.town, m.o.State.Pin))
	}
	var marks []string
	for i, k := range m.o.Markers {
		marks = append(marks, strconv.Itoa(i+1)+" "+k.Name)
	}
	if len(marks) > 0 {
		n.Value = m.say("map.marks", "marks", strings.Join(marks, "; "))
	}
	if f.focused {
		n = n.With("focused")
	}
	return n
}

// Children are its parts, for whoever looks for one.
func (f *face) Children() []fyne.CanvasObject { return []fyne.CanvasObject{f.raster} }

// picture draws what is seen now, w by h pixels.
func (f *face) picture(w, h int) image.Image {
	m := f.m
	px := float64(w) / float64(max(f.Size().Width, 1)) * float64(m.unit())
	return m.o.Atlas.screen(m.st, px, w, h, m.o.State, m.o.Here, m.o.Markers)
}

// metres is how many metres a Fyne unit shows.
func (f *face) metres() float64 { return f.m.o.State.scale() / float64(f.m.unit()) }

// view is what is seen, in Fyne units.
func (f *face) view() place.View {
	return place.View{Center: f.m.o.State.Pin, Scale: f.metres(), Width: float64(f.Size().Width), Height: float64(f.Size().Height)}
}

// push moves the map under the pin by so many Fyne units.
func (f *face) push(dx, dy float32) {
	v := f.view()
	f.m.o.State.Pin = f.m.bounded(v.At(v.Width/2-float64(dx), v.Height/2-float64(dy)))
	f.raster.Refresh()
}

// tremble is how far a finger may slip and still mean a tap, in map units: less than elsewhere, so that the pin can be put exactly.
const tremble = 9

// Dragged is a finger that pushes the map. It does not glide on: the pin stays where it was put.
func (f *face) Dragged(e *fyne.DragEvent) {
	if f.moves {
		f.push(e.Dragged.DX, e.Dragged.DY)
		return
	}
	f.way.DX += e.Dragged.DX
	f.way.DY += e.Dragged.DY
	if f.moves = far(f.way.DX, f.way.DY, tremble*f.m.unit()); f.moves {
		f.push(f.way.DX, f.way.DY)
	}
}

// DragEnd is the finger lifted.
func (f *face) DragEnd() {
	moved := f.moves
	f.moves, f.way = false, fyne.Delta{}
	if moved {
		f.m.told()
	}
}

func far(dx, dy, limit float32) bool { return dx*dx+dy*dy > limit*limit }

// MouseDown is a finger put down on a terminal.
func (f *face) MouseDown(e *desktop.MouseEvent) {
	f.fired, f.moves, f.way, f.down = false, false, fyne.Delta{}, e.Position
}

// MouseUp is a finger lifted from a terminal. One that trembled meant to tap, though the driver calls it a drag and tells nobody.
func (f *face) MouseUp(e *desktop.MouseEvent) {
	if d := e.Position.Subtract(f.down); !f.moves && !far(d.X, d.Y, tremble*f.m.unit()) {
		f.fired = true
		f.tap(e.Position)
	}
}

// Tapped puts the pin there, or chooses the marker there.
func (f *face) Tapped(e *fyne.PointEvent) {
	if f.fired {
		f.fired = false
		return
	}
	f.tap(e.Position)
}

// TappedSecondary is a long press on a phone: for us a tap like any other.
func (f *face) TappedSecondary(e *fyne.PointEvent) { f.Tapped(e) }

// reach is half of what a finger needs to hit a marker, in map units.
const reach = 24

func (f *face) tap(at fyne.Position) {
	v, m := f.view(), f.m
	best, nearest := -1, math.Inf(1)
	for i, s := range standing(v, m.st, float64(m.unit()), m.o.Markers) {
		if d := math.Hypot(float64(s.x-at.X), float64(s.y-at.Y)); d < nearest && d <= reach*float64(m.unit()) {
			best, nearest = i, d
		}
	}
	if best >= 0 && m.o.Marked != nil {
		m.o.Marked(best)
		return
	}
	m.moveTo(v.At(float64(at.X), float64(at.Y)))
}

// Scrolled is a wheel: it changes the size.
func (f *face) Scrolled(e *fyne.ScrollEvent) {
	const notch = 20
	f.wheel += e.Scrolled.DY
	for ; f.wheel >= notch; f.wheel -= notch {
		f.m.zoom(-1)
	}
	for ; f.wheel <= -notch; f.wheel += notch {
		f.m.zoom(1)
	}
}

// FocusGained is told by Fyne.
func (f *face) FocusGained() { f.focused = true; f.Refresh() }

// FocusLost is told by Fyne.
func (f *face) FocusLost() { f.focused = false; f.Refresh() }

// TypedRune changes the size with plus and minus.
func (f *face) TypedRune(r rune) {
	switch r {
	case '+':
		f.m.zoom(-1)
	case '-':
		f.m.zoom(1)
	}
}

// TypedKey moves the map with the arrow keys: the pin goes the arrow's way.
func (f *face) TypedKey(k *fyne.KeyEvent) {
	step := 24 * f.m.unit()
	switch k.Name {
	case fyne.KeyLeft:
		f.push(step, 0)
	case fyne.KeyRight:
		f.push(-step, 0)
	case fyne.KeyUp:
		f.push(0, step)
	case fyne.KeyDown:
		f.push(0, -step)
	default:
		return
	}
	f.m.told()
}

// MinSize is nothing: the map decides.
func (f *face) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// CreateRenderer is Fyne's.
func (f *face) CreateRenderer() fyne.WidgetRenderer {
	c := f.m.st.Colors()
	for _, ink := range []struct {
		color interface{ RGBA() (r, g, b, a uint32) }
		width float32
	}{{c.FocusOut, f.m.st.U(3)}, {c.FocusIn, f.m.st.U(4)}} {
		r := canvas.NewRectangle(nil)
		r.StrokeColor, r.StrokeWidth = ink.color, ink.width
		r.Hide()
		f.rings = append(f.rings, r)
	}
	return &faceRenderer{f}
}

type faceRenderer struct{ f *face }

func (r *faceRenderer) Layout(size fyne.Size) {
	r.f.raster.Resize(size)
	in := float32(0)
	for _, ring := range r.f.rings {
		ring.Move(fyne.NewPos(in, in))
		ring.Resize(fyne.NewSize(max(size.Width-2*in, 0), max(size.Height-2*in, 0)))
		in += ring.StrokeWidth
	}
}
func (r *faceRenderer) MinSize() fyne.Size { return r.f.MinSize() }
func (r *faceRenderer) Objects() []fyne.CanvasObject {
	objs := []fyne.CanvasObject{r.f.raster}
	for _, ring := range r.f.rings {
		objs = append(objs, ring)
	}
	return objs
}
func (r *faceRenderer) Refresh() {
	for _, ring := range r.f.rings {
		ring.Hidden = !r.f.focused
	}
	canvas.Refresh(r.f)
}
func (r *faceRenderer) Destroy() {}
