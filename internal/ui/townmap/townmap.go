// Package townmap shows the town's map and lets somebody point at a place: the pin stands in the middle, and a finger, the arrow keys or
// a tap move the map below it. It needs no network: the map is drawn from the program's own data.
//
// Nobody has to use the map: Streets offers the streets as a list, and the button that leads there stands on the map.
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
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// State is what a map shows. The shell keeps it; Opts.Moved tells when it changed.
type State struct {
	Pin  place.Point
	Zoom int // 0 is the closest; see Closest, Widest
}

// The ends of State.Zoom. Usual shows a few streets around the pin.
const (
	Closest = 0
	Usual   = 1
	Widest  = 6
)

// scale is how many metres a unit shows. A unit is a dp of a phone.
func (s State) scale() float64 {
	return 0.4 * math.Pow(2, float64(min(max(s.Zoom, Closest), Widest)))
}

// Here is a position that is known: the phone's, or a photo's.
type Here struct {
	At       place.Point
	Accuracy float64 // metres; 0 when unknown
	Photo    bool    // it comes from a photo
}

// Marker is something else worth seeing, such as a report made before. Its number is its place in the list, from 1.
type Marker struct {
	Name string // "Schlagloch, 40 m"
	At   place.Point
}

// Opts says what a map shows and whom it tells.
type Opts struct {
	Atlas   *Atlas
	Texts   look.Texts
	State   State
	Here    *Here // nil: no position is known, and no button offers it
	Markers []Marker
	Height  float32 // in design pixels; 0 is the usual height
	ID      string

	Moved  func(State) // the pin stands elsewhere now, or the map has another size; may be nil
	Marked func(i int) // a marker was touched; may be nil
	List   func()      // somebody would rather choose from a list; nil: the shell offers that itself
}

// Map is the widget.
type Map struct {
	widget.BaseWidget
	st   look.Style
	o    Opts
	face *face

	closer, wider, here, list *look.Touch // here and list may be nil
}

// New makes a map. The pin is kept inside the rectangle around the town; whether it is in the town itself says Problem.
func New(st look.Style, o Opts) *Map {
	m := &Map{st: st, o: o}
	m.o.State.Zoom = min(max(o.State.Zoom, Closest), Widest)
	m.face = &face{m: m}
	m.face.raster = canvas.NewRaster(m.face.picture)
	m.face.ExtendBaseWidget(m.face)
	button := func(icon, label, name, id string, tap func()) *look.Touch {
		return look.Button(st, look.ButtonOpts{Icon: icon, Label: label, Name: name, Small: true, ID: o.ID + id, Tap: tap})
	}
	m.closer = button("plus", "", m.say("map.closer"), "/closer", func() { m.zoom(-1) })
	m.wider = button("minus", "", m.say("map.wider"), "/wider", func() { m.zoom(1) })
	if o.Here != nil && o.Atlas.town.Check(o.Here.At) == nil {
		word := m.say("map.here")
		if o.Here.Photo {
			word = m.say("map.photo")
		}
		label, name := word, ""
		if m.bare() {
			label, name = "", word
		}
		m.here = button("current-location", label, name, "/here", func() { m.moveTo(o.Here.At) })
	}
	if o.List != nil {
		m.list = button("search", m.say("map.list"), m.say("map.list.what"), "/list", o.List)
	}
	m.o.State.Pin = m.bounded(o.State.Pin)
	m.ends()
	m.ExtendBaseWidget(m)
	return m
}

func (m *Map) say(key string, args ...any) string { return m.o.Texts.Say(m.st.Lang, key, args...) }

// State is what the map shows now.
func (m *Map) State() State { return m.o.State }

// Problem is nil, or place.ErrOutside while the pin is not in the town.
func (m *Map) Problem() error { return m.o.Atlas.town.Check(m.o.State.Pin) }

// bounded keeps a pin within the rectangle around the town. What is no position becomes the town's middle.
func (m *Map) bounded(p place.Point) place.Point {
	if place.Plausible(p) != nil {
		return m.o.Atlas.town.Center()
	}
	low, high := m.o.Atlas.town.Box()
	return place.Point{Lat: min(max(p.Lat, low.Lat), high.Lat), Lon: min(max(p.Lon, low.Lon), high.Lon)}
}

// moveTo puts the pin on a point and tells the shell.
func (m *Map) moveTo(p place.Point) {
	m.o.State.Pin = m.bounded(p)
	m.face.raster.Refresh()
	m.told()
}

func (m *Map) told() {
	if m.o.Moved != nil {
		m.o.Moved(m.o.State)
	}
}

func (m *Map) zoom(by int) {
	next := min(max(m.o.State.Zoom+by, Closest), Widest)
	if next == m.o.State.Zoom {
		return
	}
	m.o.State.Zoom = next
	m.ends()
	m.face.raster.Refresh()
	m.told()
}

// ends hides the button that would do nothing.
func (m *Map) ends() {
	for button, none := range map[*look.Touch]bool{m.closer: m.o.State.Zoom == Closest, m.wider: m.o.State.Zoom == Widest} {
		if none {
			button.Hide()
		} else {
			button.Show()
		}
	}
}

// unit is a unit of the map in Fyne units: a dp of a phone, two design pixels of a terminal.
func (m *Map) unit() float32 {
	if m.st.Shell == look.Phone {
		return m.st.U(1)
	}
	return m.st.U(2)
}

// MinSize is small in width; the height is that for the width it has.
func (m *Map) MinSize() fyne.Size {
	return fyne.NewSize(m.st.U(200), m.HeightFor(max(m.Size().Width, m.st.U(200))))
}

// HeightFor is the height that was asked for, or more where large words need it: no button may lie on the pin.
func (m *Map) HeightFor(w float32) float32 {
	high := 318 * m.unit()
	if m.o.Height > 0 {
		high = m.st.U(m.o.Height)
	}
	sizes := 2 * (m.edge() + m.closer.HeightFor(wide(m.closer)) + m.st.Gap())
	return max(high, sizes, 2*(m.foot(w)+m.edge()+m.st.Gap()/2))
}

// bare tells whether the button to the known position is a sign alone: on a phone large words would leave no room beside the pin. It stands
// at the left then, the sizes at the right.
func (m *Map) bare() bool { return m.st.Shell == look.Phone && m.st.Factor() > 1 && m.o.List == nil }

// edge is how far the buttons are from the edge.
func (m *Map) edge() float32 { return m.st.U(14) }

// wide is how wide a button is: a hair wider than its word, which rounding would break otherwise.
func wide(b *look.Touch) float32 { return b.MinSize().Width + 1 }

// foot is how high the buttons at the foot are on a map of this width: beside each other, or above each other.
func (m *Map) foot(w float32) float32 {
	if m.bare() { // beside the pin
		return 0
	}
	w -= 2 * m.edge()
	high, sum, all, n := float32(0), float32(0), float32(0), 0
	for _, b := range []*look.Touch{m.here, m.list} {
		if b != nil {
			need := wide(b)
			h := b.HeightFor(min(need, w))
			high, sum, all, n = max(high, h), sum+h, all+need, n+1
		}
	}
	if n == 2 && all+m.st.Gap() > w {
		return sum + m.st.Gap()
	}
	return high
}

// Children are the map itself and its buttons, in the order they are told.
func (m *Map) Children() []fyne.CanvasObject {
	objs := []fyne.CanvasObject{m.face, m.closer, m.wider}
	for _, b := range []*look.Touch{m.list, m.here} {
		if b != nil {
			objs = append(objs, b)
		}
	}
	return objs
}

// CreateRenderer is Fyne's.
func (m *Map) CreateRenderer() fyne.WidgetRenderer { return &renderer{m: m, objs: m.Children()} }

type renderer struct {
	m    *Map
	objs []fyne.CanvasObject
}

func (r *renderer) Layout(size fyne.Size) {
	m := r.m
	m.face.Move(fyne.Position{})
	m.face.Resize(size)
	edge, gap := m.edge(), m.st.Gap()
	put := func(b *look.Touch, right, bottom, y float32) float32 { // from the right; from the bottom when y is below 0
		w := min(wide(b), size.Width-2*edge)
		h := b.HeightFor(w)
		if y < 0 {
			y = bottom - h
		}
		b.Resize(fyne.NewSize(w, h))
		b.Move(fyne.NewPos(right-w, y))
		return h
	}
	right, bottom := size.Width-edge, size.Height-edge
	top := bottom
	switch {
	case m.here != nil && m.bare():
		put(m.here, edge+wide(m.here), bottom, -1)
	case m.here != nil:
		top -= put(m.here, right, bottom, -1)
	}
	if m.list != nil { // at the left, or above where there is no room
		right, low := edge+wide(m.list), bottom
		if m.here != nil && right+gap > m.here.Position().X {
			right, low = size.Width-edge, top-gap
		}
		top = min(top, low-put(m.list, right, low, -1))
	}
	h := put(m.closer, size.Width-edge, 0, edge)
	if edge+2*h+2*gap <= top {
		put(m.wider, size.Width-edge, 0, edge+h+gap)
		return
	}
	put(m.wider, size.Width-edge, 0, edge) // no room below: beside
	put(m.closer, size.Width-edge-m.wider.Size().Width-gap, 0, edge)
}
func (r *renderer) MinSize() fyne.Size           { return r.m.MinSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.objs }
func (r *renderer) Refresh()                     { r.Layout(r.m.Size()); canvas.Refresh(r.m) }
func (r *renderer) Destroy()                     {}

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
