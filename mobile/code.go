package mobile

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
)

// codeEdges are the longer edges, in pixels, at which a code is looked for in a photo: a code that fills it is found in a small one, one in a corner
// needs a large one.
var codeEdges = []int{900, 1800, 450}

// readCode finds the QR code in a photo; "" when there is none, or when the file is no photo.
func readCode(file []byte) string {
	p, err := photo.Read(file)
	if err != nil {
		return ""
	}
	for _, edge := range codeEdges {
		e, err := p.Edit(photo.Options{Edge: edge})
		if err != nil {
			return ""
		}
		text := codeIn(e.Picture())
		e.Wipe()
		if text != "" {
			return text
		}
	}
	return ""
}

func codeIn(img image.Image) (text string) {
	defer func() { // a picture can be anything, and the library was not made for that
		if recover() != nil {
			text = ""
		}
	}()
	source := gozxing.NewLuminanceSourceFromImage(img)
	for _, ground := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
		bits, err := gozxing.NewBinaryBitmap(ground)
		if err != nil {
			continue
		}
		found, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err == nil {
			return found.GetText()
		}
	}
	return ""
}
