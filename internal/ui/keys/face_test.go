package keys

import (
	"image"
	"testing"

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
