package keys

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// differ counts pixels that are not the same in two pictures of one size.
func differ(a, b image.Image, in image.Rectangle) int {
	n := 0
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return n
}

func TestEveryKeyIsSeenAtRestAndSinksUnderAFinger(t *testing.T) {
	for _, contrast := range []look.Contrast{look.Normal, look.YellowBlack} {
		d := newDesk(t, look.Style{Scale: 1, Text: 1, Lang: "de", Still: true, Contrast: contrast}, form.KeysText, false)
		rest := d.canvas.Capture()
		for _, key := range d.keys.keys {
			key.(*look.Touch).TouchDown(nil)
		}
		down := d.canvas.Capture()
		for _, key := range d.keys.keys {
			in := image.Rect(int(key.Position().X), int(key.Position().Y), int(key.Position().X+key.Size().Width), int(key.Position().Y+key.Size().Height))
			seen := map[any]bool{}
			for y := in.Min.Y; y < in.Max.Y; y++ {
				for x := in.Min.X; x < in.Max.X; x++ {
					seen[rest.At(x, y)] = true
				}
			}
			touch := key.(*look.Touch)
			name := touch.Describe().Name
			if len(seen) < 3 {
				t.Errorf("key %q cannot be seen: %d colours", name, len(seen))
			}
			if n := differ(rest, down, in); n < 100 {
				t.Errorf("key %q looks the same under a finger: %d pixels", name, n)
			}
			touch.TouchUp(nil)
			touch.Refresh()
		}
		if n := differ(rest, d.canvas.Capture(), rest.Bounds()); n != 0 {
			t.Errorf("after all fingers have gone %d pixels differ", n)
		}
	}
}

func TestTheLettersOnThePictureFollowWhatIsTyped(t *testing.T) {
	d := newDesk(t, look.Style{Scale: 1, Text: 1, Lang: "de", Still: true}, form.KeysText, false)
	capitals := d.canvas.Capture()
	d.touch("R")
	small := d.canvas.Capture()
	if differ(capitals, small, capitals.Bounds()) < 1000 {
		t.Error("the keys still show capitals")
	}
	found := false
	for _, n := range tree.Of(d.canvas) {
		found = found || n.Name == "r"
	}
	if !found {
		t.Error("no key is called r")
	}
	d.touch("Leerzeichen")
	if n := differ(capitals, d.canvas.Capture(), capitals.Bounds()); n != 0 {
		t.Errorf("capitals again, but %d pixels differ", n)
	}
	if n := len(d.keys.faces.kept); n != 2 {
		t.Errorf("%d pictures are kept, 2 were shown", n)
	}
}

func BenchmarkKeyboardAtRest(b *testing.B) {
	d := newDesk(&testing.T{}, look.Style{Scale: 1, Text: 1, Lang: "de", Still: true}, form.KeysText, false)
	b.Run("painted", func(b *testing.B) {
		for b.Loop() {
			d.keys.faces.kept = nil
			d.keys.atRest(1080, int(d.keys.Size().Height))
		}
	})
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			d.keys.atRest(1080, int(d.keys.Size().Height))
		}
	})
}

// A keyboard's pixels are 2 MiB, and Fyne remembers keyboards for a while that nobody sees any more: all that look the same show the same ones, and who
// is followed by another has none.
func TestKeyboardsOneAfterAnotherShareTheirPixels(t *testing.T) {
	st := look.Style{Scale: 1, Text: 1, Lang: "de", Still: true, Lean: true}
	test.NewTempApp(t).Settings().SetTheme(look.Theme(st))
	var faces Faces
	shown := func(k *Keyboard) image.Image { return k.face.(*canvas.Shader).Textures["picture"] }
	next := func(kind form.Keys) *Keyboard {
		k := New(st, words{}, kind, false, &faces, Events{})
		k.Resize(fyne.NewSize(1080, k.HeightFor(1080)))
		test.WidgetRenderer(k).Layout(k.Size())
		return k
	}
	first := next(form.KeysText)
	pixels := shown(first)
	if pixels == nil {
		t.Fatal("it shows nothing")
	}
	second := next(form.KeysText)
	if shown(second) != pixels {
		t.Error("the second, which looks the same, was drawn anew")
	}
	if shown(first) != nil {
		t.Error("the first still holds its pixels")
	}
	digits := next(form.KeysDigits)
	if shown(digits) == nil || shown(digits) == pixels {
		t.Error("other keys look the same")
	}
	if shown(second) != nil {
		t.Error("the second still holds its pixels")
	}
	test.WidgetRenderer(first).Layout(first.Size()) // somebody went back
	if got := shown(first); got == nil || differ(got, pixels, pixels.Bounds()) != 0 {
		t.Error("shown again it is empty, or another one")
	}
	if shown(digits) != nil {
		t.Error("two are shown")
	}
}
