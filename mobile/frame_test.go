package mobile

import (
	"math"
	"testing"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// A phone has two or three pixels for each of Fyne's units, and tells so with the first size of its screen: icons have as many as they are shown with.
func TestIconsAreDrawnForThePhonesPixels(t *testing.T) {
	r := newRig(t, phone)
	r.W.Canvas().(software.WindowlessCanvas).SetScale(3)
	whole{r.a}.Layout(nil, r.a.size)
	if d := r.a.style.Density; d != 3 {
		t.Fatalf("drawn for %v pixels a unit", d)
	}
	icons := 0
	for _, o := range test.LaidOutObjects(r.W.Content()) {
		if img, is := o.(*canvas.Image); is && img.Image != nil {
			icons++
			if got, want := img.Image.Bounds().Dx(), int(math.Round(float64(img.Size().Width*3))); got != want {
				t.Errorf("an icon of %v units has %d pixels, is shown with %d", img.Size().Width, got, want)
			}
		}
	}
	if icons < 5 {
		t.Errorf("%d icons on the first page", icons)
	}
}
