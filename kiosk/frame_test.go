package kiosk

import (
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
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
	r.k.enter("de")
	for _, visit := range []func(){func() {}, func() { r.k.push(&help{}) }, func() { r.k.push(&scan{}) }} {
		visit()
		icons := 0
		for _, o := range test.LaidOutObjects(r.W.Content()) {
			if img, is := o.(*canvas.Image); is && img.Image != nil {
				icons++
				if got, want := img.Image.Bounds().Dx(), int(math.Round(float64(img.Size().Width*2))); got != want {
					t.Errorf("%s: an icon of %v units has %d pixels, is shown with %d", r.k.Screen(), img.Size().Width, got, want)
				}
			}
		}
		if icons < 3 {
			t.Errorf("%s: %d icons", r.k.Screen(), icons)
		}
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

// With larger letters the page's title was written over the town's name.
func TestInReachModeTheTitleStandsBelowTheTownsName(t *testing.T) {
	for _, factor := range []float32{1, 1.5, 2} {
		r := newRig(t, portrait)
		r.k.o.Style.Text, r.k.o.Style.Reach = factor, true
		r.k.Wipe()
		r.at("car", "/plate")
		var name, title tree.Node
		for _, n := range r.Nodes() {
			switch {
			case strings.HasPrefix(n.Name, "Rathausnah"):
				name = n
			case n.Name == "Ihr Fahrzeug":
				title = n
			}
		}
		if name.Name == "" || title.Name == "" || title.Bounds.Y < name.Bounds.Y+name.Bounds.H-4 {
			t.Errorf("letters %g times as large: the title lies at %+v, the name at %+v", factor, title.Bounds, name.Bounds)
		}
	}
}
