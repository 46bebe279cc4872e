package townmap

import (
	"image"
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// On a small phone with the largest text the map has little height: its buttons leave the pin alone all the same.
func TestNoButtonTouchesThePinOnTheSmallestPhone(t *testing.T) {
	a := atlas(t)
	for _, size := range []float32{1, 1.5, 2} {
		for _, photo := range []bool{false, true} {
			for _, zoom := range []int{Closest, Usual, Widest} {
				st := phone()
				st.Text = size
				const w = 320
				m := inKlosterstrasse(t, st, a, func(o *Opts) {
					o.Height, o.List, o.State.Zoom = 204, nil, zoom
					if o.Here = nil; photo {
						o.Here = &Here{At: at(t, a, "Weserstraße", "3"), Photo: true}
					}
				})
				high := int(math.Ceil(float64(m.HeightFor(w))))
				if high > 240 {
					t.Errorf("text %.1f: the map wants to be %d high", size, high)
				}
				grow := 1 + (size-1)*0.25
				pin := image.Rect(int(w/2-22*grow)-4, high/2-int(54*grow)-4, int(w/2+22*grow)+4, high/2+4)
				for _, n := range tree.Of(show(t, st, m, w, float32(high)))[1:] {
					if b := image.Rect(n.Bounds.X, n.Bounds.Y, n.Bounds.X+n.Bounds.W, n.Bounds.Y+n.Bounds.H); b.Overlaps(pin) {
						t.Errorf("text %.1f, zoom %d: %s at %v touches the pin at %v", size, zoom, n.Name, b, pin)
					}
				}
			}
		}
	}
}

// Who has to see the reports of others sees them: none begins under a button or beyond the edge.
func TestEveryMarkerIsInSightAtFirst(t *testing.T) {
	a := atlas(t)
	pin := at(t, a, "Klosterstraße", "14")
	flat := place.Plane{Origin: pin}
	for _, w := range []float32{320, 390, 430} {
		for _, size := range []float32{1, 1.5, 2} {
			for angle := 0.0; angle < 2*math.Pi; angle += math.Pi / 4 {
				st := phone()
				st.Text = size
				told := 0
				m := inKlosterstrasse(t, st, a, func(o *Opts) {
					o.Height, o.List, o.Here = 240, nil, &Here{At: pin, Photo: true}
					o.Markers = []Marker{{"Schlagloch, 100 m", flat.At(100*math.Cos(angle), 100*math.Sin(angle))}}
					o.Moved = func(State) { told++ }
				})
				high := m.HeightFor(w)
				nodes := tree.Of(show(t, st, m, w, high))[1:]
				marker := standing(m.face.view(), st, float64(m.unit()), m.o.Markers)[0]
				r := markerSize(st) / 2 // its number
				seen := image.Rect(int(marker.x-r), int(marker.y-r), int(marker.x+r), int(marker.y+r))
				if !seen.In(image.Rect(0, 0, int(w), int(high))) {
					t.Errorf("%.0f wide, text %.1f: a marker at %v is beyond the edge", w, size, seen)
				}
				for _, n := range nodes {
					if n.ID == "/place/here" {
						t.Errorf("%.0f wide, text %.1f: a button leads where the pin stands already", w, size)
					}
					if b := image.Rect(n.Bounds.X, n.Bounds.Y, n.Bounds.X+n.Bounds.W, n.Bounds.Y+n.Bounds.H); b.Overlaps(seen) {
						t.Errorf("%.0f wide, text %.1f: %s at %v covers a marker at %v", w, size, n.Name, b, seen)
					}
				}
				if m.State().Zoom > Usual+mostFit || size == 1 && m.State().Zoom > Usual+1 || told > 0 {
					t.Errorf("%.0f wide, text %.1f: zoom %d, told %d times", w, size, m.State().Zoom, told)
				}
			}
		}
	}
}

// The way back to the photo's place is there as soon as the pin has left it.
func TestTheWayBackIsOfferedOnlyWhereItLeadsSomewhere(t *testing.T) {
	a := atlas(t)
	st := phone()
	pin := at(t, a, "Klosterstraße", "14")
	m := inKlosterstrasse(t, st, a, func(o *Opts) { o.Here = &Here{At: pin, Photo: true} })
	show(t, st, m, 390, 318)
	if m.here.Visible() {
		t.Error("it is offered where the pin stands there already")
	}
	m.face.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(60, 0)})
	m.face.DragEnd()
	if !m.here.Visible() {
		t.Fatal("the pin was moved, and no button leads back")
	}
	m.here.Tapped(nil)
	if m.State().Pin != pin || m.here.Visible() {
		t.Error("the pin is not back, or the button still there")
	}
}
