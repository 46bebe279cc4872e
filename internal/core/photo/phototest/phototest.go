// Package phototest draws photos as cameras write them, for tests, journeys and measurements. All pictures are drawn by rules: they show
// nobody and belong to nobody.
package phototest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"

	"golang.org/x/image/draw"
)

// Notes are what a camera writes beside the picture.
type Notes struct {
	Orientation uint16 // Exif, 1 to 8; 0 leaves it out
	Taken       string // as Exif writes it, "2026:05:04 10:11:12"; empty leaves it out
	Lat, Lon    *Angle // nil leaves it out
	Maker       []byte // the maker's own notes
	Thumbnail   []byte // a small JPEG
}

// Angle is half a position as Exif writes it.
type Angle struct {
	Ref     string       // "N", "S", "E" or "W"
	DegMinS [3][2]uint32 // fractions: degrees, minutes, seconds
}

// North gives degrees of latitude as a camera writes them, in hundredths of a second.
func North(degrees float64) *Angle { return angle(degrees, "N", "S") }

// East gives degrees of longitude as a camera writes them, in hundredths of a second.
func East(degrees float64) *Angle { return angle(degrees, "E", "W") }

func angle(degrees float64, plus, minus string) *Angle {
	ref := plus
	if degrees < 0 {
		ref, degrees = minus, -degrees
	}
	hundredths := uint32(math.Round(degrees * 360000))
	return &Angle{ref, [3][2]uint32{{hundredths / 360000, 1}, {hundredths / 6000 % 60, 1}, {hundredths % 6000, 100}}}
}

// Scene draws a street: sky, houses with windows, a rough road with markings and a hole, and the noise of a small sensor. The same size
// gives the same picture.
func Scene(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	noise := uint32(2463534242)
	var waves waves
	for i := range waves {
		waves[i] = math.Sin(float64(i) * 2 * math.Pi / float64(len(waves)))
	}
	for y := range h {
		v := float64(y) / float64(h)
		for x := range w {
			u := float64(x) / float64(w)
			r, g, b := waves.scene(u, v)
			noise ^= noise << 13
			noise ^= noise >> 17
			noise ^= noise << 5
			grain := float64(noise&15) + float64(noise>>4&15) - 15
			p := img.Pix[img.PixOffset(x, y):]
			p[0], p[1], p[2], p[3] = clip(r+grain/2), clip(g+grain/2), clip(b+grain/2), 255
		}
	}
	return img
}

func clip(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

// waves is one turn of a sine: reading it is much faster than computing, and a photo has many pixels.
type waves [4096]float64

func (w *waves) sin(x float64) float64 { return w[int(x*(4096/2/math.Pi))&4095] }

func (w *waves) scene(u, v float64) (r, g, b float64) {
	switch roof := 0.25 + 0.08*math.Abs(math.Mod(u*5, 1)-0.5); {
	case v < roof:
		return 120 + 200*v, 160 + 170*v, 230 + 20*v
	case v < 0.6:
		house := math.Floor(u * 5)
		x, y := math.Mod(u*20, 1), math.Mod(v*16, 1)
		if x > 0.3 && x < 0.7 && y > 0.25 && y < 0.8 {
			return 50 + 40*x, 60 + 40*y, 80
		}
		brick := 12 * w.sin(v*900) * w.sin(u*700)
		return 150 + 15*house + brick, 120 + 10*house + brick, 100 + brick
	}
	if dx, dy := (u-0.55)*3, (v-0.8)*9; dx*dx+dy*dy < 0.2 {
		return 35, 32, 30
	}
	if math.Abs(u-0.3) < 0.01*(v-0.4)*5 && math.Mod(v*12, 1) < 0.6 {
		return 225, 225, 215
	}
	rough := 0.0
	for f, a := 97.0, 22.0; f < 6000; f, a = f*2.3, a*0.85 {
		rough += a * w.sin(u*f+3*w.sin(v*f*0.7)) * w.sin(1.6+v*f*1.3+2*w.sin(u*f*0.4))
	}
	return 105 + rough, 103 + rough, 100 + rough
}

// Camera gives Scene as a JPEG as a phone writes it, with notes.
func Camera(w, h int, n Notes) []byte { return Annotate(JPEG(Scene(w, h), 92), n) }

// JPEG encodes a picture without any notes.
func JPEG(img image.Image, quality int) []byte {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // only for pictures too large for the format
	}
	return out.Bytes()
}

// Annotate puts notes into a JPEG.
func Annotate(data []byte, n Notes) []byte {
	return Splice(data, 0xe1, append([]byte("Exif\x00\x00"), Exif(n)...))
}

// Splice puts a segment at the beginning of a JPEG.
func Splice(data []byte, marker byte, body []byte) []byte {
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(append(out, body...), data[2:]...)
}

// Exif writes notes as a TIFF structure, the way cameras do: a main directory, the camera's, the position's, and one for the thumbnail.
func Exif(n Notes) []byte {
	var main, camera, place, thumb []entry
	if n.Orientation != 0 {
		main = append(main, short(0x0112, n.Orientation))
	}
	if n.Taken != "" {
		camera = append(camera, entry{0x9003, 2, uint32(len(n.Taken) + 1), append([]byte(n.Taken), 0)})
	}
	if n.Maker != nil {
		camera = append(camera, entry{0x927c, 7, uint32(len(n.Maker)), n.Maker})
	}
	for i, a := range []*Angle{n.Lat, n.Lon} {
		if a != nil {
			place = append(place, entry{uint16(1 + 2*i), 2, uint32(len(a.Ref) + 1), append([]byte(a.Ref), 0)}, fractions(uint16(2+2*i), a.DegMinS))
		}
	}
	if n.Thumbnail != nil {
		thumb = []entry{short(0x0112, 3), {0x0201, 4, 1, nil}, long(0x0202, uint32(len(n.Thumbnail)))}
	}
	main = append(main, long(0x8769, 0), long(0x8825, 0))
	at := uint32(8)
	size := func(dir []entry) uint32 {
		sum := uint32(2 + 12*len(dir) + 4)
		for _, e := range dir {
			if len(e.data) > 4 {
				sum += uint32(len(e.data)+1) &^ 1
			}
		}
		return sum
	}
	cameraAt := at + size(main)
	placeAt := cameraAt + size(camera)
	thumbAt := placeAt + size(place)
	main[len(main)-2], main[len(main)-1] = long(0x8769, cameraAt), long(0x8825, placeAt)
	next := uint32(0)
	if thumb != nil {
		next = thumbAt
		thumb[1] = long(0x0201, thumbAt+size(thumb))
	}
	out := append([]byte("II*\x00"), 8, 0, 0, 0)
	out = directory(out, main, next)
	out = directory(out, camera, 0)
	out = directory(out, place, 0)
	if thumb != nil {
		out = append(directory(out, thumb, 0), n.Thumbnail...)
	}
	return out
}

type entry struct {
	tag, kind uint16
	count     uint32
	data      []byte
}

func short(tag, v uint16) entry { return entry{tag, 3, 1, []byte{byte(v), byte(v >> 8)}} }

func long(tag uint16, v uint32) entry {
	return entry{tag, 4, 1, binary.LittleEndian.AppendUint32(nil, v)}
}

func fractions(tag uint16, v [3][2]uint32) entry {
	e := entry{tag, 5, 3, nil}
	for _, f := range v {
		e.data = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(e.data, f[0]), f[1])
	}
	return e
}

func directory(out []byte, dir []entry, next uint32) []byte {
	beside := uint32(len(out) + 2 + 12*len(dir) + 4)
	var far []byte
	out = binary.LittleEndian.AppendUint16(out, uint16(len(dir)))
	for _, e := range dir {
		out = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(out, e.tag), e.kind)
		out = binary.LittleEndian.AppendUint32(out, e.count)
		if len(e.data) <= 4 {
			out = append(out, append(append([]byte{}, e.data...), 0, 0, 0, 0)[:4]...)
			continue
		}
		out = binary.LittleEndian.AppendUint32(out, beside+uint32(len(far)))
		far = append(far, e.data...)
		if len(far)%2 == 1 {
			far = append(far, 0)
		}
	}
	return append(binary.LittleEndian.AppendUint32(out, next), far...)
}

// Peer does with usual means what a program must do at least with a photo: open it with image/jpeg and scale it to 2048 pixels with
// golang.org/x/image/draw. It does not turn, look for notes, limit or encode. Measurements compare with it.
func Peer(data []byte) (*image.RGBA, error) {
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	size := img.Bounds().Size()
	long := max(size.X, size.Y)
	dst := image.NewRGBA(image.Rect(0, 0, size.X*2048/long, size.Y*2048/long))
	draw.ApproxBiLinear.Scale(dst, dst.Rect, img, img.Bounds(), draw.Src, nil)
	return dst, nil
}

// Corners draws a picture, twice as wide as high, whose corners are red (top left), green (top right), blue (bottom left) and yellow
// (bottom right).
func Corners(w int) *image.RGBA {
	h := w / 2
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, c := range []color.RGBA{{220, 30, 30, 255}, {30, 200, 30, 255}, {30, 30, 220, 255}, {220, 210, 30, 255}} {
		x, y := i%2*w/2, i/2*h/2
		draw.Draw(img, image.Rect(x, y, x+w/2, y+h/2), image.NewUniform(c), image.Point{}, draw.Src)
	}
	return img
}
