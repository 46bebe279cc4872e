package look

import (
	"image/color"
	"runtime"
	"testing"

	"fyne.io/fyne/v2/canvas"
)

func iconImage(t *testing.T, st Style, name string, size float32, c color.Color) *canvas.Image {
	t.Helper()
	img, ok := Icon(st, name, size, c).(*canvas.Image)
	if !ok {
		t.Fatalf("there is no icon %q", name)
	}
	return img
}

// A page has dozens of icons, and Fyne remembers the pages that somebody left for a while: the pixels are there once.
func TestWhoShowsTheSameIconSharesItsPixels(t *testing.T) {
	blue := color.NRGBA{B: 200, A: 255}
	one := iconImage(t, Style{}, "check", 48, blue)
	if other := iconImage(t, Style{}, "check", 48, blue); other.Image != one.Image || other == one {
		t.Error("the same icon was drawn twice")
	}
	for what, other := range map[string]*canvas.Image{
		"another icon":   iconImage(t, Style{}, "scan", 48, blue),
		"another colour": iconImage(t, Style{}, "check", 48, color.Black),
		"another size":   iconImage(t, Style{}, "check", 49, blue),
	} {
		if other.Image == one.Image {
			t.Errorf("%s shows the same pixels", what)
		}
	}
	runtime.KeepAlive(one)
}

// What nobody shows any more goes.
func TestPixelsOfAnIconGoWithTheLastWhoShowsThem(t *testing.T) {
	k := ink{"check", color.NRGBA{R: 1, G: 2, B: 3, A: 255}, 57}
	pic := inked(k)
	if pic == nil || icons.pics[k].Value() != pic {
		t.Fatal("it is not kept for the next one")
	}
	runtime.KeepAlive(pic)
	for range 10 {
		runtime.GC()
		if icons.pics[k].Value() == nil {
			iconImage(t, Style{}, "scan", 57, color.Black)
			if _, found := icons.pics[k]; found {
				t.Error("a name without pixels is kept")
			}
			return
		}
	}
	t.Error("it is kept though nobody shows it")
}

// An icon has exactly the pixels of its place: it is not scaled once more.
func TestAnIconIsAsSharpAsTheScreen(t *testing.T) {
	ink := color.NRGBA{R: 10, G: 120, B: 90, A: 255}
	for density, want := range map[float32]int{0: 31, 1: 31, 3.21: 100, 1.5: 47} {
		pic := iconImage(t, Style{Density: density}, "shield-check", 31, ink).Image
		if size := pic.Bounds().Size(); size.X != want || size.Y != want {
			t.Errorf("density %v: %v pixels, want %d", density, size, want)
		}
		full, some := 0, 0
		for y := range want {
			for x := range want {
				c := color.NRGBAModel.Convert(pic.At(x, y)).(color.NRGBA)
				switch {
				case c.A == 255:
					full++
					if c != ink {
						t.Fatalf("density %v: %v in an icon of %v", density, c, ink)
					}
				case c.A > 0:
					some++
				}
			}
		}
		if full == 0 || full+some > want*want/2 {
			t.Errorf("density %v: %d pixels are full, %d in part, of %d", density, full, some, want*want)
		}
	}
}

func TestAnUnknownIconLeavesItsPlaceEmpty(t *testing.T) {
	if _, is := Icon(Style{}, "no-such-icon", 48, color.Black).(*canvas.Image); is {
		t.Error("there is a picture of it")
	}
	if _, is := Icon(Style{}, "check", 0, color.Black).(*canvas.Image); is {
		t.Error("nothing has a picture")
	}
}
