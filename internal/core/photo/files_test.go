package photo_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
)

// The files in testdata are phototest.Corners, 64 pixels wide, written by other encoders (libjpeg, libwebp, libheif).
func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func encodePNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gray(v uint8) color.RGBA { return color.RGBA{v, v, v, 255} }

func grayOf(src image.Image) *image.Gray {
	b := src.Bounds()
	img := image.NewGray(b)
	for y := range b.Dy() {
		for x := range b.Dx() {
			img.Set(x, y, src.At(x, y))
		}
	}
	return img
}

// paletted is red on the left and transparent on the right.
func paletted() image.Image {
	img := image.NewPaletted(image.Rect(0, 0, 64, 32), color.Palette{red, color.NRGBA{}})
	for y := range 32 {
		for x := 32; x < 64; x++ {
			img.SetColorIndex(x, y, 1)
		}
	}
	return img
}

// glass is half transparent red on the left and transparent on the right.
func glass() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 32 {
			img.Set(x, y, color.NRGBA{220, 30, 30, 128})
		}
	}
	return img
}

// deep is a picture of 16 bits a channel.
type deep struct{ image.Image }

func (deep) ColorModel() color.Model { return color.RGBA64Model }

// manySegments is a JPEG with fill bytes between its segments, as the standard allows, and a scan marker inside a comment.
func manySegments() []byte {
	data := phototest.JPEG(phototest.Corners(96), 95)
	for range 150 {
		data = phototest.Splice(data, 0xfe, []byte("\xff\xda\xff\xd9"))
	}
	return append([]byte("\xff\xd8\xff\xff\xff"), data[3:]...)
}

// jpegOf lets a JPEG claim another size.
func jpegOf(data []byte, w, h uint16) []byte {
	return frame(data, 0xc0, w, h)
}

func frame(data []byte, marker byte, w, h uint16) []byte {
	out := bytes.Clone(data)
	at := bytes.Index(out, []byte{0xff, marker})
	binary.BigEndian.PutUint16(out[at+5:], h)
	binary.BigEndian.PutUint16(out[at+7:], w)
	return out
}

// fullColour lets a progressive JPEG claim another size, and colours as fine as its light.
func fullColour(data []byte, w, h uint16) []byte {
	out := frame(data, 0xc2, w, h)
	out[bytes.Index(out, []byte{0xff, 0xc2})+11] = 0x11
	return out
}

func pngOf(data []byte, w, h uint32) []byte {
	out := bytes.Clone(data)
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}

func gifOf(data []byte, w, h uint16) []byte {
	out := bytes.Clone(data)
	binary.LittleEndian.PutUint16(out[6:], w)
	binary.LittleEndian.PutUint16(out[8:], h)
	return out
}

func webpOf(data []byte, w, h uint16) []byte {
	out := bytes.Clone(data)
	at := bytes.Index(out, []byte{0x9d, 0x01, 0x2a})
	binary.LittleEndian.PutUint16(out[at+3:], w)
	binary.LittleEndian.PutUint16(out[at+5:], h)
	return out
}

// lyingWebP keeps its small canvas and has a huge picture in it.
func lyingWebP(data []byte) []byte { return webpOf(data, 16383, 16383) }

func deflate(data []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// displayP3 makes the parts of an ICC profile of Display P3 that name its colours: the columns that phones' profiles carry.
func displayP3() []byte {
	columns := [3][3]float64{{0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}}
	out := make([]byte, 128)
	copy(out[12:], "mntrRGB XYZ ")
	copy(out[36:], "acsp")
	out = binary.BigEndian.AppendUint32(out, 3)
	for i, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, uint32(128+4+36+20*i))
		out = binary.BigEndian.AppendUint32(out, 20)
	}
	for _, c := range columns {
		out = append(out, "XYZ \x00\x00\x00\x00"...)
		for _, v := range c {
			out = binary.BigEndian.AppendUint32(out, uint32(int32(math.Round(v*65536))))
		}
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}
