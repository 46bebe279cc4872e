// Package qr turns text into QR codes (ISO/IEC 18004): as modules for whoever draws them, and as a picture.
package qr

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"

	qrcode "github.com/skip2/go-qrcode"
)

// Level says how much of a code may be lost before it cannot be read any more.
type Level int

const (
	Low     Level = iota // about 7 %
	Medium               // about 15 %: what the GiroCode asks for, and our habit
	High                 // about 25 %
	Highest              // about 30 %: for codes that lie behind a windscreen
)

// Quiet is the width of the empty border around a code, in modules. Whoever draws a Matrix leaves it free.
const Quiet = 4

// ErrData says that a text is empty or longer than a QR code can hold at the level. The text itself is never repeated: it may be a key.
var ErrData = errors.New("qr: text is empty or too long for a code")

// Matrix gives the modules of the code row by row, true is dark, without the quiet border.
func Matrix(data string, level Level) ([][]bool, error) {
	if data == "" {
		return nil, ErrData
	}
	q, err := qrcode.New(data, recovery(level))
	if err != nil {
		return nil, ErrData
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}

func recovery(l Level) qrcode.RecoveryLevel {
	switch l {
	case Low:
		return qrcode.Low
	case High:
		return qrcode.High
	case Highest:
		return qrcode.Highest
	}
	return qrcode.Medium
}

// Image draws the code black on white with its quiet border, scale pixels to a module (at least one).
func Image(data string, level Level, scale int) (image.Image, error) {
	m, err := Matrix(data, level)
	if err != nil {
		return nil, err
	}
	scale = max(1, scale)
	size := (len(m) + 2*Quiet) * scale
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y, row := range m {
		for x, dark := range row {
			if !dark {
				continue
			}
			for dy := range scale {
				start := img.PixOffset((x+Quiet)*scale, (y+Quiet)*scale+dy)
				for dx := range scale {
					img.Pix[start+dx] = 1
				}
			}
		}
	}
	return img, nil
}

// PNG is Image as a PNG file.
func PNG(data string, level Level, scale int) ([]byte, error) {
	img, err := Image(data, level, scale)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
