package look

import (
	"math"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// motionFountain is one breath of the spring.
const motionFountain = 6 * time.Second

// quiet zone around a QR code, in modules (ISO/IEC 18004 asks for four).
const quietModules = 4

// QR draws a code's modules (true = dark) black on white at size design pixels, with the quiet zone, in every contrast: readers need it so.
// name says what the code is for to those who cannot see it.
func QR(st Style, modules [][]bool, size float32, name string) *Drawn {
	side := func(*pen) float32 { return st.U(size) }
	return newDrawn(st, side, func(*pen, float32) float32 { return st.U(size) }, func(p *pen, s fyne.Size) {
		d := min(s.Width, s.Height)
		x0, y0 := (s.Width-d)/2, (s.Height-d)/2
		p.fill(x0, y0, d, d, p.m.radius/2, hex(0xFFFFFF))
		n := len(modules)
		if n == 0 {
			return
		}
		u := wholePixels(d/float32(n+2*quietModules), st.Density)
		x0, y0 = x0+(d-u*float32(n+2*quietModules))/2, y0+(d-u*float32(n+2*quietModules))/2
		for y, line := range modules {
			for x := 0; x < len(line); x++ {
				run := 0
				for x+run < len(line) && line[x+run] {
					run++
				}
				if run > 0 {
					p.fill(x0+u*float32(x+quietModules), y0+u*float32(y+quietModules), u*float32(run), u, 0, hex(0x000000))
					x += run
				}
			}
		}
	}, func() tree.Node { return tree.Node{Role: tree.Picture, Name: name} })
}

// wholePixels makes a module's side a whole number of pixels: modules of seven pixels and two thirds leave white lines between them, and
// scanners do not read them.
func wholePixels(u, density float32) float32 {
	if density == 0 {
		density = 1
	}
	if px := float32(math.Floor(float64(u * density))); px >= 1 {
		return px / density
	}
	return u
}
