package photo

import (
	"image"
	"image/color"
	"image/draw"
)

// scale makes the upright picture, its longer edge at most edge, every pixel the mean of the area it stands for. Scaling, turning and colour
// go in one pass over the source, row by row, so that a large picture is never copied whole. What is transparent becomes white.
func scale(src image.Image, edge, turn int, g *gamut) *image.RGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	dw, dh := fit(w, h, edge)
	dst, base, right, down := turned(dw, dh, turn)
	put := func(at int, r, gr, b uint8) {
		if g != nil {
			r, gr, b = g.convert(r, gr, b)
		}
		p := dst.Pix[at : at+4 : at+4]
		p[0], p[1], p[2], p[3] = r, gr, b, 255
	}
	if yuv, is := src.(*image.YCbCr); is {
		light, tint := newBoxes(lightOf(yuv), dw, dh), newBoxes(tintOf(yuv), dw, dh)
		for j := 0; j < dh; j++ {
			y, c := light.next()[0], tint.next()
			cb, cr := c[0], c[1]
			for i, at := 0, base+j*down; i < dw; i, at = i+1, at+right {
				r, gr, b := color.YCbCrToRGB(y[i], cb[i], cr[i])
				put(at, r, gr, b)
			}
		}
		return dst
	}
	all := newBoxes(linesOf(src), dw, dh)
	for j := 0; j < dh; j++ {
		c := all.next()
		for i, at := 0, base+j*down; i < dw; i, at = i+1, at+right {
			put(at, c[0][i], c[1][i], c[2][i])
		}
	}
	return dst
}

// fit gives the size within edge, never larger than it was.
func fit(w, h, edge int) (int, int) {
	long := max(w, h)
	if long <= edge {
		return w, h
	}
	return max(1, (w*edge+long/2)/long), max(1, (h*edge+long/2)/long)
}

// turned makes the upright picture for a stored one of w by h, with the index of its stored first pixel and the steps to the stored right and
// down, for Exif's eight orientations: "the 0th row at the visual top, the 0th column at the visual left" is 1, and so on.
func turned(w, h, turn int) (dst *image.RGBA, base, right, down int) {
	if turn >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	} else {
		dst = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	px, line := 4, dst.Stride
	end := func(n, step int) int { return (n - 1) * step }
	switch turn {
	case 2: // mirrored
		return dst, end(w, px), -px, line
	case 3: // upside down
		return dst, end(w, px) + end(h, line), -px, -line
	case 4: // mirrored upside down
		return dst, end(h, line), px, -line
	case 5: // mirrored along the falling diagonal
		return dst, 0, line, px
	case 6: // a quarter clockwise makes it upright
		return dst, end(h, px), line, -px
	case 7: // mirrored along the rising diagonal
		return dst, end(h, px) + end(w, line), -line, -px
	case 8: // a quarter anticlockwise makes it upright
		return dst, end(w, line), -line, px
	}
	return dst, 0, px, line
}

// lines is a picture as rows of its channels. What row gives is valid until its next call.
type lines struct {
	w, h, channels int
	row            func(y int) [][]uint8
}

func lightOf(m *image.YCbCr) lines {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := make([][]uint8, 1)
	return lines{w, h, 1, func(y int) [][]uint8 {
		at := m.YOffset(m.Rect.Min.X, m.Rect.Min.Y+y)
		out[0] = m.Y[at : at+w]
		return out
	}}
}

// tintOf gives the two colour planes at the size they are stored in, half of the picture's mostly.
func tintOf(m *image.YCbCr) lines {
	var x, y int
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		x, y = 2, 1
	case image.YCbCrSubsampleRatio420:
		x, y = 2, 2
	case image.YCbCrSubsampleRatio440:
		x, y = 1, 2
	case image.YCbCrSubsampleRatio411:
		x, y = 4, 1
	case image.YCbCrSubsampleRatio410:
		x, y = 4, 2
	default:
		x, y = 1, 1
	}
	w, h := (m.Rect.Dx()+x-1)/x, (m.Rect.Dy()+y-1)/y
	out := make([][]uint8, 2)
	return lines{w, h, 2, func(row int) [][]uint8 {
		at := m.COffset(m.Rect.Min.X, m.Rect.Min.Y+row*y)
		out[0], out[1] = m.Cb[at:at+w], m.Cr[at:at+w]
		return out
	}}
}

// linesOf gives any other picture as red, green and blue, on white. Package draw knows all kinds of pictures that the decoders make.
func linesOf(m image.Image) lines {
	b := m.Bounds()
	w := b.Dx()
	row := image.NewRGBA(image.Rect(0, 0, w, 1))
	out := [][]uint8{make([]uint8, w), make([]uint8, w), make([]uint8, w)}
	return lines{w, b.Dy(), 3, func(y int) [][]uint8 {
		for i := range row.Pix {
			row.Pix[i] = 255
		}
		draw.Draw(row, row.Rect, m, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		red, green, blue := out[0], out[1], out[2]
		for i := range red {
			p := row.Pix[4*i : 4*i+4 : 4*i+4]
			red[i], green[i], blue[i] = p[0], p[1], p[2]
		}
		return out
	}}
}

// boxes gives a picture's rows at another size, each value the mean of the area below it, in whole numbers: a source pixel is dw units wide and
// dh units high, a pixel of the result w by h units.
type boxes struct {
	src    lines
	dw, dh int
	spans  []span
	across uint64     // 2^40 / w: divides a row's sums to 1/256
	over   uint64     // 2^40 / 256 h: divides a column's sums to whole values
	row    [][]uint32 // the source row that was read last, at the new width, in 1/256
	read   int        // its number
	sum    [][]uint32
	out    [][]uint8
	line   int // the next row of the result
}

// span is what lies below a pixel of the result in a source row: a part of pixel first, all between, a part of pixel last.
type span struct {
	first, last         int
	firstPart, lastPart uint32
}

func newBoxes(src lines, dw, dh int) *boxes {
	b := &boxes{src: src, dw: dw, dh: dh, read: -1, spans: make([]span, dw)}
	for i := range b.spans {
		begin, end := i*src.w, (i+1)*src.w
		s := span{first: begin / dw, last: end / dw}
		if s.first == s.last { // the result is wider than the source
			s.last, s.firstPart = s.first+1, uint32(end-begin)
		} else {
			s.firstPart, s.lastPart = uint32((s.first+1)*dw-begin), uint32(end-s.last*dw)
		}
		b.spans[i] = s
	}
	// One more than the quotient, so that a plain area keeps its value; sums stay below 2^24 and 2^32, products below 2^64.
	b.across = 1<<40/uint64(src.w) + 1
	b.over = 1<<40/(256*uint64(src.h)) + 1
	for range src.channels {
		b.row = append(b.row, make([]uint32, dw))
		b.sum = append(b.sum, make([]uint32, dw))
		b.out = append(b.out, make([]uint8, dw))
	}
	return b
}

// next gives the next row of the result, valid until the next call.
func (b *boxes) next() [][]uint8 {
	begin, end := b.line*b.src.h, (b.line+1)*b.src.h
	b.line++
	for _, sum := range b.sum {
		half := uint32(128 * b.src.h)
		for i := range sum {
			sum[i] = half
		}
	}
	for y := begin / b.dh; y*b.dh < end; y++ {
		if y != b.read {
			b.squeeze(y)
		}
		part := uint32(min((y+1)*b.dh, end) - max(y*b.dh, begin))
		for c, sum := range b.sum {
			row := b.row[c][:len(sum)]
			for i, v := range row {
				sum[i] += v * part
			}
		}
	}
	for c, sum := range b.sum {
		out := b.out[c][:len(sum)]
		for i, v := range sum {
			out[i] = uint8(uint64(v) * b.over >> 40)
		}
	}
	return b.out
}

// squeeze reads a source row and brings it to the new width.
func (b *boxes) squeeze(y int) {
	b.read = y
	for c, from := range b.src.row(y) {
		to := b.row[c]
		for i, s := range b.spans {
			sum := s.firstPart * uint32(from[s.first])
			var whole uint32
			for _, v := range from[s.first+1 : s.last] {
				whole += uint32(v)
			}
			sum += whole * uint32(b.dw)
			if s.lastPart > 0 {
				sum += s.lastPart * uint32(from[s.last])
			}
			to[i] = uint32(uint64(sum) * b.across >> 32)
		}
	}
}
