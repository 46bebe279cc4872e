// Package townmap shows the town's map and lets somebody point at a place: the pin stands in the middle, and a finger, the arrow keys or
// a tap move the map below it. It needs no network: the map is drawn from the program's own data.
//
// Nobody has to use the map: Streets offers the streets as a list, and the button that leads there stands on the map.
package townmap

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
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

	first                     int         // the zoom that was asked for
	used                      bool        // somebody moved it
	closer, wider, here, list *look.Touch // here and list may be nil
}

// New makes a map. The pin is kept inside the rectangle around the town; whether it is in the town itself says Problem.
func New(st look.Style, o Opts) *Map {
	m := &Map{st: st, o: o}
	m.o.State.Zoom = min(max(o.State.Zoom, Closest), Widest)
	m.first = m.o.State.Zoom
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
	m.used = true
	m.ends()
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
	m.face.raster.Refresh()
	m.told()
}

// sameSpot is how many metres a pin can be away from a position and still mean it.
const sameSpot = 2

// ends hides the buttons that would do nothing: what they cover may be a marker.
func (m *Map) ends() {
	show := func(b *look.Touch, yes bool) {
		if b != nil && b.Visible() != yes {
			b.Hidden = !yes
			b.Refresh()
		}
	}
	show(m.closer, m.o.State.Zoom > Closest)
	show(m.wider, m.o.State.Zoom < Widest)
	show(m.here, m.o.Here != nil && m.o.State.Pin.Distance(m.o.Here.At) > sameSpot)
}

// mostFit is how many sizes wider a map begins, so that markers are seen.
const mostFit = 2

// fit makes the map so wide that no marker lies under a button or beyond the edge, until somebody moves it.
func (m *Map) fit() {
	if m.used {
		return
	}
	hidden := func(s spot) bool {
		r := markerSize(m.st) * m.unit()
		if s.x < r || s.y < r || s.x > m.face.Size().Width-r || s.y > m.face.Size().Height-r {
			return true
		}
		for _, b := range []*look.Touch{m.closer, m.wider, m.here, m.list} {
			if b == nil || !b.Visible() {
				continue
			}
			p, size := b.Position(), b.Size()
			if far(s.x-min(max(s.x, p.X), p.X+size.Width), s.y-min(max(s.y, p.Y), p.Y+size.Height), 0.7*r) { // its number is seen
				continue
			}
			return true
		}
		return false
	}
	for zoom := m.first; zoom <= min(m.first+mostFit, Widest); zoom++ {
		m.o.State.Zoom = zoom
		if !slices.ContainsFunc(standing(m.face.view(), m.st, float64(m.unit()), m.o.Markers), hidden) {
			return
		}
	}
	m.o.State.Zoom = m.first
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
	} else { // no room below: beside
		put(m.wider, size.Width-edge, 0, edge)
		put(m.closer, size.Width-edge-m.wider.Size().Width-gap, 0, edge)
	}
	m.fit()
}
func (r *renderer) MinSize() fyne.Size           { return r.m.MinSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.objs }
func (r *renderer) Refresh()                     { r.Layout(r.m.Size()); canvas.Refresh(r.m) }
func (r *renderer) Destroy()                     {}
