package look

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2/canvas"
)

// Gradient is a ground that goes from one colour at the top to another at the bottom. It is one pixel wide and stretched: Fyne's own computes
// every pixel of the screen and keeps them all.
func Gradient(top, bottom color.NRGBA) *canvas.Raster {
	r := canvas.NewRaster(func(_, h int) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, 1, max(h, 1)))
		for y := range img.Rect.Dy() {
			mix := func(a, b uint8) uint8 { return uint8((int(a)*(h-y) + int(b)*y + h/2) / max(h, 1)) }
			img.SetRGBA(0, y, color.RGBA{R: mix(top.R, bottom.R), G: mix(top.G, bottom.G), B: mix(top.B, bottom.B), A: 255})
		}
		return img
	})
	r.ScaleMode = canvas.ImageScalePixels
	return r
}
