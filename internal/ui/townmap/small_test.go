package townmap

import (
	"image"
	"math"
	"testing"

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
					if !photo {
						o.Here = nil
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
