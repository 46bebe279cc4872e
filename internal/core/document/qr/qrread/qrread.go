// Package qrread finds QR codes in pictures: of a screen, of a sheet of paper, out of a photo.
package qrread

import (
	"errors"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"
)

// ErrNone says that no code was found, or none that can be read. What stands in one is never repeated: it may be a key.
var ErrNone = errors.New("qrread: there is no code that can be read")

// scales are the sizes at which a code is looked for, one after another. Where a module is two or three pixels wide and not a whole number of them, or the code
// is turned, a few large codes in a hundred are misjudged, and which one depends on what stands in it; at another size the same code is read.
var scales = []float64{1, 1.5, 0.75, 2, 1.2, 4.0 / 3, 0.5}

// largest is the longest edge in pixels up to which a picture is enlarged.
const largest = 2700

// Read gives the text of the QR code in the picture, or ErrNone. It never panics, whatever the picture is.
func Read(img image.Image) (string, error) {
	long := max(img.Bounds().Dx(), img.Bounds().Dy())
	for _, s := range scales {
		if s > 1 && float64(long)*s > largest {
			continue
		}
		if text, ok := at(scaled(img, s)); ok {
			return text, nil
		}
	}
	return "", ErrNone
}

func scaled(img image.Image, by float64) image.Image {
	if by == 1 {
		return img
	}
	b := img.Bounds()
	d := image.NewGray(image.Rect(0, 0, max(1, int(float64(b.Dx())*by)), max(1, int(float64(b.Dy())*by))))
	draw.CatmullRom.Scale(d, d.Bounds(), img, b, draw.Src, nil)
	return d
}

// at looks for a code at this size: as one among other things, by the light around each spot and by that of the whole, as one that fills the picture, and by
// all that may be its corners.
func at(img image.Image) (text string, ok bool) {
	defer func() { // a picture can be anything, and the library was not made for that
		if recover() != nil {
			text, ok = "", false
		}
	}()
	source := gozxing.NewLuminanceSourceFromImage(img)
	local, whole := gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)
	for _, way := range []struct {
		ground gozxing.Binarizer
		hint   gozxing.DecodeHintType
	}{
		{local, gozxing.DecodeHintType_TRY_HARDER},
		{local, gozxing.DecodeHintType_PURE_BARCODE},
		{whole, gozxing.DecodeHintType_TRY_HARDER},
	} {
		bits, err := gozxing.NewBinaryBitmap(way.ground)
		if err != nil {
			continue
		}
		found, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{way.hint: true})
		if err == nil {
			return found.GetText(), true
		}
	}
	for _, ground := range []gozxing.Binarizer{local, whole} {
		if dark, err := ground.GetBlackMatrix(); err == nil {
			if text, ok := byCorners(dark); ok {
				return text, true
			}
		}
	}
	return "", false
}
