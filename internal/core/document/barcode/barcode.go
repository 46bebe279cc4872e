// Package barcode turns text into the modules of a Code 128 bar code (ISO/IEC 15417), for whoever draws it.
package barcode

import (
	"errors"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// Quiet is the width of the empty border at each side of a code, in modules. Whoever draws it leaves it free.
const Quiet = 10

// Longest is how many letters a code may have: with more it becomes wider than paper.
const Longest = 80

// ErrData says that a text is empty, too long, or has letters that no Code 128 can hold. The text itself is never repeated.
var ErrData = errors.New("barcode: text is empty, too long, or not printable ASCII")

// Modules gives the code's modules from left to right, true is dark, without the quiet border.
func Modules(data string) ([]bool, error) {
	if data == "" || len(data) > Longest {
		return nil, ErrData
	}
	for i := range len(data) {
		if data[i] < 0x20 || data[i] > 0x7E {
			return nil, ErrData
		}
	}
	m, err := oned.NewCode128Writer().Encode(data, gozxing.BarcodeFormat_CODE_128, 0, 1, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil { // its words would repeat the text
		return nil, ErrData
	}
	bars := make([]bool, m.GetWidth())
	for x := range bars {
		bars[x] = m.Get(x, 0)
	}
	return bars, nil
}
