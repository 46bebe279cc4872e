package escpos

import (
	"image"
	"image/color"

	xdraw "golang.org/x/image/draw"
)

// bandHeight is how many rows of a picture are sent in one command: small printers have room for a few kilobytes only, and bands follow each
// other without a gap.
const bandHeight = 128

// tallest is the longest picture that is printed, in dots: half a metre of paper.
const tallest = 4000

// bands prints a picture; dark tells whether a dot is black.
func (c *composer) bands(width, height int, dark func(x, y int) bool) {
	stride := (width + 7) / 8
	for top := 0; top < height; top += bandHeight {
		rows := min(bandHeight, height-top)
		bits := make([]byte, stride*rows)
		for y := range rows {
			for x := range width {
				if dark(x, top+y) {
					bits[y*stride+x/8] |= 0x80 >> (x % 8)
				}
			}
		}
		for i := realTimeAt(bits, 0); i >= 0; i = realTimeAt(bits, i) {
			bits[i] |= 0x20 // a dot more, in what can only be a dithered picture: the lines of codes are wider than one dot
		}
		c.out = append(c.out, raster(stride*8, rows, bits)...)
	}
}

// realTimeAt finds what a printer would take for a real-time command, at or after from: it looks for them in all that it receives, in the
// middle of pictures too (DLE EOT, DLE ENQ and DLE DC4 in the reference). It is -1 where there is none.
func realTimeAt(b []byte, from int) int {
	for i := max(0, from); i+1 < len(b); i++ {
		if b[i] == dle && (b[i+1] == eot || b[i+1] == enq || b[i+1] == dc4) {
			return i
		}
	}
	return -1
}

// picture prints an image in the middle.
func (c *composer) picture(img image.Image) error {
	if img == nil || img.Bounds().Empty() {
		return ErrImage
	}
	size := img.Bounds().Size()
	if size.X > c.dots {
		size.X, size.Y = c.dots, max(1, size.Y*c.dots/size.X)
	}
	if size.Y > tallest {
		return ErrImage
	}
	dots := dither(scaled(img, size))
	c.align(1)
	c.bands(size.X, size.Y, func(x, y int) bool { return dots[y*size.X+x] })
	c.align(0)
	return nil
}

// scaled gives the image's brightness in that size, on white paper.
func scaled(img image.Image, size image.Point) *image.Gray {
	onWhite := image.NewRGBA(image.Rectangle{Max: size})
	xdraw.Draw(onWhite, onWhite.Bounds(), image.White, image.Point{}, xdraw.Src)
	if size == img.Bounds().Size() {
		xdraw.Draw(onWhite, onWhite.Bounds(), img, img.Bounds().Min, xdraw.Over)
	} else {
		xdraw.CatmullRom.Scale(onWhite, onWhite.Bounds(), img, img.Bounds(), xdraw.Over, nil)
	}
	g := image.NewGray(onWhite.Bounds())
	for y := range size.Y {
		for x := range size.X {
			g.SetGray(x, y, color.GrayModel.Convert(onWhite.RGBAAt(x, y)).(color.Gray))
		}
	}
	return g
}

// dither turns grey into black dots, true for black. What a dot is too dark or too bright is handed on to its neighbours (Floyd and
// Steinberg), every other row from the right, so that no worms crawl to one side.
func dither(g *image.Gray) []bool {
	w, h := g.Bounds().Dx(), g.Bounds().Dy()
	dots := make([]bool, w*h)
	now, next := make([]int, w+2), make([]int, w+2) // sixteenths owed to each dot, one place to the right
	for y := range h {
		step, x := 1, 0
		if y%2 == 1 {
			step, x = -1, w-1
		}
		for range w {
			want := int(g.Pix[y*g.Stride+x]) + now[x+1]/16
			left := want
			if want < 128 {
				dots[y*w+x] = true
			} else {
				left = want - 255
			}
			now[x+1+step] += left * 7
			next[x+1-step] += left * 3
			next[x+1] += left * 5
			next[x+1+step] += left
			x += step
		}
		now, next = next, now
		clear(next)
	}
	return dots
}
