package barcode_test

import (
	"errors"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/barcode"
)

func TestAScannerReadsTheCode(t *testing.T) {
	for _, data := range []string{"BO-26-4T7K-2M9-X", "1234567890", "a", strings.Repeat("Z", barcode.Longest)} {
		m, err := barcode.Modules(data)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		img := image.NewGray(image.Rect(0, 0, (len(m)+2*barcode.Quiet)*2, 20))
		for x := range img.Rect.Dx() {
			for y := range 20 {
				img.SetGray(x, y, color.Gray{Y: 255})
				if i := x/2 - barcode.Quiet; i >= 0 && i < len(m) && m[i] {
					img.SetGray(x, y, color.Gray{})
				}
			}
		}
		bmp, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			t.Fatal(err)
		}
		got, err := oned.NewCode128Reader().Decode(bmp, nil)
		if err != nil || got.GetText() != data {
			t.Errorf("%q reads as %v, %v", data, got, err)
		}
	}
}

func TestWhatIsNoCodeIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, data := range []string{"", "Bürger", "a\nb", strings.Repeat("Z", barcode.Longest+1)} {
		if _, err := barcode.Modules(data); !errors.Is(err, barcode.ErrData) || data != "" && strings.Contains(err.Error(), data) {
			t.Errorf("%q: %v", data, err)
		}
	}
}
