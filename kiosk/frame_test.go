package kiosk

import (
	"testing"

	"fyne.io/fyne/v2/driver/software"
)

// Icons had hairlines on a screen with two pixels for each of Fyne's units.
func TestIconsAreDrawnForTheScreensPixels(t *testing.T) {
	r := newRig(t, portrait)
	r.W.Canvas().(software.WindowlessCanvas).SetScale(2)
	r.k.Tick() // the screen's scale may become known when the first picture is out
	if d := r.k.s.style.Density; d != 2 {
		t.Errorf("drawn for %v pixels a unit", d)
	}
	r.k.enter("de")
	r.k.Wipe()
	if d := r.k.s.style.Density; d != 2 {
		t.Errorf("the next citizen's screen is drawn for %v pixels a unit", d)
	}
}

func TestTheWayBackAndTheNextPageShareALineWhereHeightIsShort(t *testing.T) {
	r := newRig(t, landscape)
	r.k.enter("de")
	r.k.push(&help{})
	var back, more, seen int
	for _, n := range r.Nodes() {
		switch n.ID {
		case "back":
			back, seen = n.Bounds.Y+n.Bounds.H, seen+1
		case "more":
			more, seen = n.Bounds.Y+n.Bounds.H, seen+1
		}
	}
	if seen != 2 || back != more {
		t.Errorf("the way back ends at %d, the button for more at %d:\n%s", back, more, r.Said())
	}
	r.Tap("more", "back")
	if r.k.Screen() != "home" {
		t.Errorf("back leads to %q", r.k.Screen())
	}
}
