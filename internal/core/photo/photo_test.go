package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
)

// The colours of phototest.Corners: top left, top right, bottom left, bottom right.
var (
	red    = color.RGBA{220, 30, 30, 255}
	green  = color.RGBA{30, 200, 30, 255}
	blue   = color.RGBA{30, 30, 220, 255}
	yellow = color.RGBA{220, 210, 30, 255}
	white  = color.RGBA{255, 255, 255, 255}
)

func prepare(t *testing.T, data []byte, o photo.Options) (photo.Prepared, image.Image) {
	t.Helper()
	p, err := photo.Prepare(data, o)
	if err != nil {
		t.Fatalf("the photo is refused: %v", err)
	}
	img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatalf("what was prepared is no JPEG: %v", err)
	}
	if img.Bounds() != image.Rect(0, 0, p.Width, p.Height) {
		t.Fatalf("said to be %d x %d, is %v", p.Width, p.Height, img.Bounds())
	}
	return p, img
}

func near(c color.Color, want color.RGBA, tolerance int) bool {
	r, g, b, _ := c.RGBA()
	off := func(have uint32, want uint8) bool {
		d := int(have>>8) - int(want)
		return d > tolerance || d < -tolerance
	}
	return !off(r, want.R) && !off(g, want.G) && !off(b, want.B)
}

// corners checks the colour in the middle of each quarter.
func corners(t *testing.T, img image.Image, want [4]color.RGBA) {
	t.Helper()
	b := img.Bounds()
	for i, name := range []string{"top left", "top right", "bottom left", "bottom right"} {
		x, y := b.Dx()*(1+2*(i%2))/4, b.Dy()*(1+2*(i/2))/4
		if c := img.At(x, y); !near(c, want[i], 24) {
			t.Errorf("%s is %v, should be %v", name, c, want[i])
		}
	}
}

func TestEveryOrientationComesOutUpright(t *testing.T) {
	// What a viewer shows for each of Exif's values: the stored corners, top left, top right, bottom left, bottom right.
	r, g, b, y := red, green, blue, yellow
	shown := map[uint16][4]color.RGBA{
		0: {r, g, b, y}, 1: {r, g, b, y}, 2: {g, r, y, b}, 3: {y, b, g, r}, 4: {b, y, r, g},
		5: {r, b, g, y}, 6: {b, r, y, g}, 7: {y, g, b, r}, 8: {g, y, r, b}, 9: {r, g, b, y}, 400: {r, g, b, y},
	}
	var asPNG bytes.Buffer
	if err := png.Encode(&asPNG, phototest.Corners(96)); err != nil {
		t.Fatal(err)
	}
	small, large := phototest.JPEG(phototest.Corners(96), 95), phototest.JPEG(phototest.Corners(700), 90)
	for turn, want := range shown {
		t.Run(fmt.Sprint(turn), func(t *testing.T) {
			n := phototest.Notes{Orientation: turn}
			files := map[string][]byte{
				"small jpeg":  phototest.Annotate(small, n),
				"scaled jpeg": phototest.Annotate(large, n),
				"png":         pngChunk(asPNG.Bytes(), "eXIf", phototest.Exif(n)),
			}
			for kind, data := range files {
				seen, err := photo.Read(data)
				if err != nil {
					t.Fatal(err)
				}
				p, img := prepare(t, data, photo.Options{Edge: 300})
				tall := turn >= 5 && turn <= 8
				if tall != (p.Height > p.Width) || tall != (seen.Height > seen.Width) || max(p.Width, p.Height) != 2*min(p.Width, p.Height) {
					t.Errorf("%s: is %d x %d", kind, p.Width, p.Height)
				}
				corners(t, img, want)
			}
		})
	}
}

func TestEveryKindOfPictureThatAPhoneMayHoldIsRead(t *testing.T) {
	r, g, b, y := red, green, blue, yellow
	four := [4]color.RGBA{r, g, b, y}
	files := map[string]struct {
		data []byte
		want [4]color.RGBA
	}{
		"baseline.jpg":  {phototest.JPEG(phototest.Corners(96), 95), four},
		"gray.jpg":      {phototest.JPEG(grayOf(phototest.Corners(96)), 95), [4]color.RGBA{gray(87), gray(130), gray(52), gray(192)}},
		"palette.png":   {encodePNG(t, paletted()), [4]color.RGBA{r, white, r, white}},
		"16 bit.png":    {encodePNG(t, deep{phototest.Corners(96)}), four},
		"half.png":      {encodePNG(t, glass()), [4]color.RGBA{{238, 143, 143, 255}, white, {238, 143, 143, 255}, white}},
		"offset.gif":    {offsetGIF(t), [4]color.RGBA{r, r, r, r}},
		"jpeg film":     {append(phototest.JPEG(phototest.Corners(96), 95), bytes.Repeat([]byte("\xff\xda film \xff\xd8"), 500)...), four},
		"alpha.webp":    {read(t, "alpha.webp"), [4]color.RGBA{r, white, r, white}},
		"many segments": {manySegments(), four},
	}
	for _, name := range []string{"progressive.jpg", "cmyk.jpg", "interlaced.png", "lossy.webp", "lossless.webp", "moving.webp", "moving.gif"} {
		files[name] = struct {
			data []byte
			want [4]color.RGBA
		}{read(t, name), four}
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			_, img := prepare(t, f.data, photo.Options{})
			corners(t, img, f.want)
		})
	}
}

func TestWhatIsNoPhotoIsToldApart(t *testing.T) {
	good := phototest.JPEG(phototest.Scene(300, 200), 90)
	goodPNG := encodePNG(t, phototest.Corners(96))
	ftyp := func(brand string) []byte { return []byte("\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00mif1") }
	arithmetic := bytes.Replace(good, []byte{0xff, 0xc0}, []byte{0xff, 0xc9}, 1)
	for name, f := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":             {nil, photo.ErrEmpty},
		"heic":                {read(t, "photo.heic"), photo.ErrFormat},
		"heif":                {ftyp("mif1"), photo.ErrFormat},
		"avif":                {ftyp("avif"), photo.ErrFormat},
		"film":                {ftyp("isom"), photo.ErrNoPhoto},
		"raw":                 {[]byte("II*\x00\x08\x00\x00\x00"), photo.ErrFormat},
		"arithmetic jpeg":     {arithmetic, photo.ErrFormat},
		"pdf":                 {[]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"), photo.ErrNoPhoto},
		"text":                {[]byte("Guten Tag,\nda ist ein Loch in der Straße.\n"), photo.ErrNoPhoto},
		"one byte":            {[]byte{0xff}, photo.ErrNoPhoto},
		"jpeg's first bytes":  {good[:2], photo.ErrDamaged},
		"jpeg's header":       {good[:200], photo.ErrDamaged},
		"half a jpeg":         {good[:len(good)/2], photo.ErrDamaged},
		"png's first bytes":   {goodPNG[:8], photo.ErrDamaged},
		"half a png":          {goodPNG[:len(goodPNG)/2], photo.ErrDamaged},
		"png changed":         {bytes.Replace(goodPNG, []byte("IDAT"), []byte("IDAX"), 1), photo.ErrDamaged},
		"half a gif":          {read(t, "moving.gif")[:40], photo.ErrDamaged},
		"half a webp":         {read(t, "lossy.webp")[:90], photo.ErrDamaged},
		"webp's first bytes":  {read(t, "lossy.webp")[:12], photo.ErrDamaged},
		"half a moving webp":  {read(t, "moving.webp")[:150], photo.ErrDamaged},
		"a file of 41 MiB":    {append(good, make([]byte, 41<<20)...), photo.ErrTooLarge},
		"a jpeg of 200 MP":    {jpegOf(good, 16384, 12288), photo.ErrTooLarge},
		"a png of 200 MP":     {pngOf(goodPNG, 16384, 12288), photo.ErrTooLarge},
		"an endless png":      {pngOf(goodPNG, 1<<31-1, 1<<31-1), photo.ErrTooLarge},
		"a png of one line":   {pngOf(goodPNG, 70000, 1), photo.ErrTooLarge},
		"a gif of 200 MP":     {gifOf(read(t, "moving.gif"), 16384, 12288), photo.ErrTooLarge},
		"a webp of 200 MP":    {webpOf(read(t, "lossy.webp"), 16383, 12288), photo.ErrTooLarge},
		"a lying webp":        {lyingWebP(read(t, "alpha.webp")), photo.ErrTooLarge},
		"a jpeg without size": {jpegOf(good, 0, 0), photo.ErrDamaged},
		"a jpeg of 1,000 passes": {append(read(t, "progressive.jpg")[:len(read(t, "progressive.jpg"))-2],
			bytes.Repeat([]byte("\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00"), 1000)...), photo.ErrDamaged},
		"a progressive jpeg of 60 MP in full colour": {fullColour(read(t, "progressive.jpg"), 7500, 8000), photo.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			_, err := photo.Prepare(f.data, photo.Options{})
			if !errors.Is(err, f.want) {
				t.Errorf("is %v, should be %v", err, f.want)
			}
			if f.want == photo.ErrTooLarge && heap()-before > 2<<20 {
				t.Errorf("refusing it took %d bytes", heap()-before)
			}
		})
	}
}

func TestNothingButThePictureLeaves(t *testing.T) {
	secrets := phototest.Notes{
		Orientation: 6, Taken: "2026:05:04 10:11:12", Lat: phototest.North(52.2075), Lon: phototest.East(8.8003),
		Maker: []byte("MAKERNOTE serial 4711 Erika Mustermann"), Thumbnail: phototest.JPEG(phototest.Corners(32), 80),
	}
	data := phototest.Camera(640, 480, secrets)
	data = phototest.Splice(data, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>Erika Mustermann</x:xmpmeta>"))
	data = phototest.Splice(data, 0xe2, append([]byte("ICC_PROFILE\x00\x01\x01"), displayP3()...))
	data = phototest.Splice(data, 0xed, []byte("Photoshop 3.0\x008BIM Erika Mustermann"))
	data = phototest.Splice(data, 0xfe, []byte("comment by Erika Mustermann"))
	data = append(data, "trailer of Erika Mustermann"...)
	var asPNG bytes.Buffer
	if err := png.Encode(&asPNG, phototest.Scene(320, 240)); err != nil {
		t.Fatal(err)
	}
	inPNG := pngChunk(pngChunk(asPNG.Bytes(), "eXIf", phototest.Exif(secrets)), "tEXt", []byte("Author\x00Erika Mustermann"))

	for name, file := range map[string][]byte{"jpeg": data, "png": inPNG} {
		p, _ := prepare(t, file, photo.Options{})
		if p.Place == nil || p.Taken.IsZero() {
			t.Errorf("%s: the caller is not told place and time", name)
		}
		for _, word := range []string{"Exif", "II*\x00", "MM\x00*", "GPS", "http", "xmp", "ICC", "acsp", "8BIM", "Mustermann", "MAKER", "2026", "JFIF", "Adobe", "trailer"} {
			if bytes.Contains(p.JPEG, []byte(word)) {
				t.Errorf("%s: %q travels along", name, word)
			}
		}
		for _, marker := range markers(t, p.JPEG) {
			if !bytes.Contains([]byte{0xd8, 0xdb, 0xc0, 0xc4, 0xda, 0xd9}, []byte{marker}) {
				t.Errorf("%s: segment %x travels along", name, marker)
			}
		}
		if bytes.Count(p.JPEG, []byte{0xff, 0xd8}) != 1 || !bytes.HasSuffix(p.JPEG, []byte{0xff, 0xd9}) {
			t.Errorf("%s: a second picture or a trailer travels along", name)
		}
	}
}

func TestPhotosStayWithinTheLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	grain := image.NewGray(image.Rect(0, 0, 2100, 1300))
	state := uint32(1)
	for i := range grain.Pix {
		state = state*1664525 + 1013904223
		grain.Pix[i] = uint8(state >> 24)
	}
	for name, f := range map[string]struct {
		img         image.Image
		o           photo.Options
		edge, bytes int
		full        bool // keeps its edge
	}{
		"a street":           {phototest.Scene(2200, 1650), photo.Options{}, 2048, 400 << 10, true},
		"the worst":          {grain, photo.Options{}, 2048, 400 << 10, false},
		"small is kept":      {phototest.Scene(700, 500), photo.Options{}, 700, 400 << 10, true},
		"one pixel":          {phototest.Scene(1, 1), photo.Options{}, 1, 400 << 10, true},
		"a line":             {phototest.Scene(5000, 1), photo.Options{}, 2048, 400 << 10, true},
		"a column":           {phototest.Scene(1, 5000), photo.Options{}, 2048, 400 << 10, true},
		"a thumbnail wanted": {phototest.Scene(900, 600), photo.Options{Edge: 320, Bytes: 12 << 10}, 320, 12 << 10, true},
		"very little room":   {phototest.Scene(900, 600), photo.Options{Edge: 320, Bytes: 3 << 10}, 320, 3 << 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			data := phototest.JPEG(f.img, 95)
			p, _ := prepare(t, data, f.o)
			again, _ := prepare(t, data, f.o)
			long := max(p.Width, p.Height)
			if len(p.JPEG) > f.bytes || long > f.edge || f.full && long != f.edge {
				t.Errorf("is %d x %d, %d bytes", p.Width, p.Height, len(p.JPEG))
			}
			if !bytes.Equal(p.JPEG, again.JPEG) {
				t.Error("the same file gives other bytes the second time")
			}
		})
	}
	if _, err := photo.Prepare(phototest.JPEG(phototest.Scene(900, 600), 90), photo.Options{Bytes: 100}); !errors.Is(err, photo.ErrTooLarge) {
		t.Errorf("a photo of 100 bytes: %v", err)
	}
}

func TestARichPhotoUsesTheRoomItHas(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	p, _ := prepare(t, phonePhoto(), photo.Options{})
	if p.Width != 1536 || p.Height != 2048 || len(p.JPEG) < 250<<10 {
		t.Errorf("is %d x %d, %d bytes: quality was given away", p.Width, p.Height, len(p.JPEG))
	}
}

func TestColoursOfAPhoneWithAWideScreenAreKept(t *testing.T) {
	// Display P3 and what sRGB needs to look the same, by the definition of both (SMPTE EG 432-1, IEC 61966-2-1).
	for _, c := range []struct{ p3, srgb color.RGBA }{
		{color.RGBA{200, 100, 50, 255}, color.RGBA{215, 93, 31, 255}},
		{color.RGBA{60, 140, 80, 255}, color.RGBA{0, 142, 73, 255}},
		{color.RGBA{128, 128, 128, 255}, color.RGBA{128, 128, 128, 255}},
		{color.RGBA{255, 255, 255, 255}, color.RGBA{255, 255, 255, 255}},
		{color.RGBA{255, 0, 0, 255}, color.RGBA{255, 0, 0, 255}},
	} {
		img := image.NewRGBA(image.Rect(0, 0, 32, 32))
		for i := range img.Pix {
			img.Pix[i] = []uint8{c.p3.R, c.p3.G, c.p3.B, 255}[i%4]
		}
		plain := encodePNG(t, img)
		files := map[string][]byte{
			"png":  pngChunk(plain, "iCCP", append([]byte("P3\x00\x00"), deflate(displayP3())...)),
			"jpeg": phototest.Splice(phototest.JPEG(img, 98), 0xe2, append([]byte("ICC_PROFILE\x00\x01\x01"), displayP3()...)),
		}
		for name, data := range files {
			if _, out := prepare(t, data, photo.Options{}); !near(out.At(16, 16), c.srgb, 5) {
				t.Errorf("%s: %v comes out as %v, should be %v", name, c.p3, out.At(16, 16), c.srgb)
			}
		}
		if _, out := prepare(t, plain, photo.Options{}); !near(out.At(16, 16), c.p3, 4) {
			t.Errorf("without a profile %v comes out as %v", c.p3, out.At(16, 16))
		}
	}
}

func TestPlaceAndTimeAreWhatTheCameraWrote(t *testing.T) {
	ok := func(deg, minutes, sec uint32) [3][2]uint32 { return [3][2]uint32{{deg, 1}, {minutes, 1}, {sec, 100}} }
	at := func(ref string, v [3][2]uint32) *phototest.Angle { return &phototest.Angle{Ref: ref, DegMinS: v} }
	n, e := at("N", ok(52, 12, 2700)), at("E", ok(8, 48, 108))
	for name, f := range map[string]struct {
		notes phototest.Notes
		place *photo.Place
		taken time.Time
	}{
		"Bad Oeynhausen":     {phototest.Notes{Lat: n, Lon: e, Taken: "2026:05:04 10:11:12"}, &photo.Place{Lat: 52.2075, Lon: 8.8003}, time.Date(2026, 5, 4, 10, 11, 12, 0, time.UTC)},
		"south and west":     {phototest.Notes{Lat: at("S", ok(34, 30, 0)), Lon: at("w", ok(58, 0, 1800))}, &photo.Place{Lat: -34.5, Lon: -58.005}, time.Time{}},
		"null island":        {phototest.Notes{Lat: at("N", ok(0, 0, 0)), Lon: at("E", ok(0, 0, 0))}, &photo.Place{}, time.Time{}},
		"the poles":          {phototest.Notes{Lat: at("S", ok(90, 0, 0)), Lon: at("E", ok(180, 0, 0))}, &photo.Place{Lat: -90, Lon: 180}, time.Time{}},
		"beyond the pole":    {phototest.Notes{Lat: at("N", ok(91, 0, 0)), Lon: e}, nil, time.Time{}},
		"no fix":             {phototest.Notes{Lat: at("N", [3][2]uint32{}), Lon: at("E", [3][2]uint32{})}, nil, time.Time{}},
		"seconds over zero":  {phototest.Notes{Lat: at("N", [3][2]uint32{{52, 1}, {12, 1}, {27, 0}}), Lon: e}, nil, time.Time{}},
		"no hemisphere":      {phototest.Notes{Lat: at("", ok(52, 12, 2700)), Lon: e}, nil, time.Time{}},
		"latitude only":      {phototest.Notes{Lat: n}, nil, time.Time{}},
		"decimal minutes":    {phototest.Notes{Lat: at("N", [3][2]uint32{{52, 1}, {1245, 100}, {0, 1}}), Lon: e}, &photo.Place{Lat: 52.2075, Lon: 8.8003}, time.Time{}},
		"a clock of 1970":    {phototest.Notes{Taken: "1970:01:01 00:00:00"}, nil, time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)},
		"a clock never set":  {phototest.Notes{Taken: "0000:00:00 00:00:00"}, nil, time.Time{}},
		"a date in words":    {phototest.Notes{Taken: "last Tuesday, noonish"}, nil, time.Time{}},
		"nothing is written": {phototest.Notes{}, nil, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := photo.Read(phototest.Annotate(phototest.JPEG(phototest.Corners(32), 90), f.notes))
			if err != nil {
				t.Fatal(err)
			}
			if !samePlace(p.Place, f.place) || !p.Taken.Equal(f.taken) {
				t.Errorf("place %v, taken %v; should be %v, %v", p.Place, p.Taken, f.place, f.taken)
			}
		})
	}
}

func samePlace(a, b *photo.Place) bool {
	if a == nil || b == nil {
		return a == b
	}
	const nearly = 1e-6
	return a.Lat-b.Lat < nearly && b.Lat-a.Lat < nearly && a.Lon-b.Lon < nearly && b.Lon-a.Lon < nearly
}

// FuzzPrepare promises that no file stops the program, and that what comes out keeps the limits.
func FuzzPrepare(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(phototest.Camera(40, 30, phototest.Notes{Orientation: 6, Lat: phototest.North(52), Lon: phototest.East(8)}))
	f.Fuzz(func(t *testing.T, data []byte) {
		seen, err := photo.Read(data)
		if err != nil || seen.Width*seen.Height > 1<<20 {
			return
		}
		p, err := photo.Prepare(data, photo.Options{Edge: 256, Bytes: 64 << 10})
		if err == nil && (max(p.Width, p.Height) > 256 || len(p.JPEG) > 64<<10) {
			t.Errorf("%d x %d, %d bytes", p.Width, p.Height, len(p.JPEG))
		}
	})
}

// markers lists the segments of a JPEG of one scan.
func markers(t *testing.T, data []byte) []byte {
	t.Helper()
	out := []byte{data[1]}
	for pos := 2; pos+4 <= len(data); {
		out = append(out, data[pos+1])
		if data[pos+1] == 0xda {
			break
		}
		pos += 2 + int(binary.BigEndian.Uint16(data[pos+2:]))
	}
	return append(out, data[len(data)-1])
}

func pngChunk(file []byte, kind string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	const afterHeader = 8 + 25
	return append(append(append([]byte{}, file[:afterHeader]...), chunk...), file[afterHeader:]...)
}

func offsetGIF(t *testing.T) []byte {
	// The first frame covers the middle of its canvas only.
	frame := image.NewPaletted(image.Rect(20, 10, 40, 30), color.Palette{red, blue})
	var out bytes.Buffer
	err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 64, Height: 64, ColorModel: frame.Palette}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
