package photo

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"testing"
)

// gradient is a picture whose values are known at each point.
func gradient(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(3, 5, 3+w, 5+h))
	for y := range h {
		for x := range w {
			i := img.PixOffset(3+x, 5+y)
			img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = uint8(x*7+y*13), uint8(x*x+y), uint8(x^y), 255
		}
	}
	return img
}

// mean computes what a pixel of the scaled picture must be, the slow way.
func mean(img *image.NRGBA, x, y, dw, dh, channel int) float64 {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	x0, x1 := float64(x)*w/float64(dw), float64(x+1)*w/float64(dw)
	y0, y1 := float64(y)*h/float64(dh), float64(y+1)*h/float64(dh)
	sum := 0.0
	for sy := math.Floor(y0); sy < y1; sy++ {
		for sx := math.Floor(x0); sx < x1; sx++ {
			part := (math.Min(sx+1, x1) - math.Max(sx, x0)) * (math.Min(sy+1, y1) - math.Max(sy, y0))
			if part > 0 {
				sum += part * float64(img.Pix[img.PixOffset(img.Rect.Min.X+int(sx), img.Rect.Min.Y+int(sy))+channel])
			}
		}
	}
	return sum / ((x1 - x0) * (y1 - y0))
}

func TestAPixelIsTheMeanOfWhatItStandsFor(t *testing.T) {
	for _, c := range []struct{ w, h, edge int }{{40, 30, 20}, {41, 29, 20}, {100, 7, 33}, {7, 100, 99}, {64, 64, 1}, {50, 40, 50}} {
		img := gradient(c.w, c.h)
		out := scale(img, c.edge, 1, nil)
		for y := range out.Rect.Dy() {
			for x := range out.Rect.Dx() {
				for ch := range 3 {
					have, want := float64(out.Pix[out.PixOffset(x, y)+ch]), mean(img, x, y, out.Rect.Dx(), out.Rect.Dy(), ch)
					if math.Abs(have-want) > 0.51 {
						t.Fatalf("%v: %d,%d is %v, should be %.2f", c, x, y, have, want)
					}
				}
			}
		}
	}
}

func TestAPlainPictureStaysPlain(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		img := image.NewYCbCr(image.Rect(0, 0, 333, 251), ratio)
		for i := range img.Y {
			img.Y[i] = 255
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = 128, 128
		}
		for _, edge := range []int{1, 100, 200, 332, 333} {
			for turn := 1; turn <= 8; turn++ {
				for _, v := range scale(img, edge, turn, nil).Pix {
					if v != 255 {
						t.Fatalf("%v to %d: white becomes %d", ratio, edge, v)
					}
				}
			}
		}
	}
}

func TestTheLargestPictureDoesNotOverflow(t *testing.T) {
	for _, size := range []image.Point{{maxEdge, 3}, {3, maxEdge}} {
		img := image.NewGray(image.Rect(0, 0, size.X, size.Y))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		for _, edge := range []int{1, 2048, maxEdge} {
			for i, v := range scale(img, edge, 1, nil).Pix {
				if v != 255 {
					t.Fatalf("%v to %d: white becomes %d at %d", size, edge, v, i)
				}
			}
		}
	}
}

// spoilt are notes that a broken or hostile program wrote.
func spoilt() map[string][]byte {
	b := binary.BigEndian
	dir := func(entries ...[4]uint32) []byte {
		out := append([]byte("MM\x00*"), 0, 0, 0, 8)
		out = b.AppendUint16(out, uint16(len(entries)))
		for _, e := range entries {
			out = b.AppendUint16(b.AppendUint16(out, uint16(e[0])), uint16(e[1]))
			out = b.AppendUint32(b.AppendUint32(out, e[2]), e[3])
		}
		return b.AppendUint32(out, 8) // the next directory is this one again
	}
	return map[string][]byte{
		"empty":                 {},
		"an offset beyond":      append([]byte("II*\x00"), 0xff, 0xff, 0xff, 0xff),
		"65,535 entries":        append([]byte("MM\x00*"), 0, 0, 0, 8, 0xff, 0xff),
		"pointers to itself":    dir([4]uint32{tagExif, 4, 1, 8}, [4]uint32{tagGPS, 4, 1, 8}),
		"a huge text":           dir([4]uint32{tagExif, 4, 1, 8}, [4]uint32{tagTaken, 2, 0xffffffff, 4}),
		"fractions at the end":  dir([4]uint32{tagGPS, 4, 1, 8}, [4]uint32{tagLat, 5, 3, 60}, [4]uint32{tagLon, 5, 0x20000001, 8}),
		"an unknown type":       dir([4]uint32{tagOrientation, 99, 1, 6 << 16}),
		"no orientation inside": dir([4]uint32{tagOrientation, 3, 0, 6 << 16}),
		"another magic":         []byte("II+\x00\x08\x00\x00\x00\x00\x00"),
	}
}

func TestSpoiltNotesTellNothing(t *testing.T) {
	for name, data := range spoilt() {
		if n := readExif(data); n.orientation != 1 || n.place != nil || !n.taken.IsZero() {
			t.Errorf("%s: tells %+v", name, n)
		}
	}
}

func TestWhatIsWholeInSpoiltNotesCounts(t *testing.T) {
	// Big-endian, orientation 8, and a position whose directory is cut off.
	data := []byte("MM\x00*\x00\x00\x00\x08\x00\x02" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08\x00\x00" + "\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x22")
	if n := readExif(data); n.orientation != 8 || n.place != nil {
		t.Errorf("tells %+v", n)
	}
}

func FuzzExif(f *testing.F) {
	for _, data := range spoilt() {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := readExif(data)
		if n.orientation < 1 || n.orientation > 8 {
			t.Errorf("orientation %d", n.orientation)
		}
		if p := n.place; p != nil && !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) {
			t.Errorf("place %v", *p)
		}
	})
}

func FuzzProfile(f *testing.F) {
	f.Add(make([]byte, 200))
	f.Fuzz(func(t *testing.T, data []byte) {
		if g := newGamut(data); g != nil {
			if r, gr, b := g.convert(255, 255, 255); r < 254 || gr < 254 || b < 254 {
				t.Error(fmt.Sprint("white becomes ", r, gr, b))
			}
		}
	})
}
