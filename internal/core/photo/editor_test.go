package photo_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
)

// stripes is a picture of fine detail: columns of two pixels, black and white, as a number plate has it.
func stripes(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, gray(uint8(x/2%2*255)))
		}
	}
	return img
}

func edit(t *testing.T, img image.Image) *photo.Editor {
	t.Helper()
	p, err := photo.Read(phototest.JPEG(img, 95))
	if err != nil {
		t.Fatal(err)
	}
	e, err := p.Edit(photo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// contrast is the difference between the lightest and the darkest point of an area.
func contrast(img image.Image, area image.Rectangle) int {
	low, high := 255, 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			v := int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
			low, high = min(low, v), max(high, v)
		}
	}
	return high - low
}

func TestWhatIsCoveredIsGoneFromTheFile(t *testing.T) {
	e := edit(t, stripes(400, 300))
	plate := image.Rect(101, 103, 233, 163) // blocks of twelve pixels: of as many white ones as black ones
	if !e.Cover(plate) {
		t.Fatal("the area was not covered")
	}
	p, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	// Whole JPEG blocks inside the area: at its border the neighbours' stripes ring a little.
	if c := contrast(img, image.Rect(112, 112, 224, 144)); c > 12 {
		t.Errorf("stripes of %d grey levels can still be seen", c)
	}
	if c := contrast(img, image.Rect(240, 112, 290, 144)); c < 200 {
		t.Errorf("beside the area only %d grey levels are left", c)
	}
	if e.Undo() || len(e.Covers()) != 0 {
		t.Error("what was encoded can be uncovered")
	}
}

func TestUndoGivesThePictureBack(t *testing.T) {
	e := edit(t, phototest.Scene(300, 200))
	plain := bytes.Clone(e.Picture().Pix)
	if e.Undo() {
		t.Error("there was nothing to undo")
	}
	e.Cover(image.Rect(10, 10, 90, 80))
	first := bytes.Clone(e.Picture().Pix)
	e.Cover(image.Rect(150, 120, 50, 40)) // drawn from the lower right, over the first
	if len(e.Covers()) != 2 || bytes.Equal(first, e.Picture().Pix) {
		t.Error("the second area is not covered")
	}
	if !e.Undo() || !bytes.Equal(first, e.Picture().Pix) {
		t.Error("the first undo does not give back what was before the second area")
	}
	if !e.Undo() || !bytes.Equal(plain, e.Picture().Pix) || e.Undo() {
		t.Error("the second undo does not give back the plain picture")
	}
	if e.Cover(image.Rect(400, 400, 500, 500)) || e.Cover(image.Rectangle{}) {
		t.Error("an area beside the picture counts as covered")
	}
	e.Cover(image.Rect(-50, -50, 20, 20))
	if c := contrast(e.Picture(), image.Rect(0, 0, 8, 8)); c != 0 {
		t.Error("an area that begins outside the picture is not covered")
	}
}

func TestAFaceThatFillsThePictureIsAsUnrecognisableAsASmallOne(t *testing.T) {
	whole := phototest.Scene(1500, 1500)
	for _, c := range []struct {
		area       image.Rectangle
		block      int
		wide, high int // least size of a block
	}{
		{image.Rect(0, 0, 64, 48), 8, 10, 10},
		{image.Rect(0, 0, 1200, 1440), 8, 240, 240},
		{image.Rect(33, 21, 33+250, 21+100), 8, 20, 20},
		{image.Rect(0, 0, 200, 200), 3, 40, 40},
		{image.Rect(0, 0, 200, 200), 50, 50, 50},
		{image.Rect(-600, 0, 600, 1200), 8, 240, 240},
		{image.Rect(5, 5, 9, 200), 8, 4, 8}, // narrower than a block: one column of them
		{image.Rect(-1<<40, -1<<40, 1<<40, 1<<40), 8, 300, 300},
	} {
		img := &image.RGBA{Pix: bytes.Clone(whole.Pix), Stride: whole.Stride, Rect: whole.Rect}
		photo.Pixelate(img, []image.Rectangle{c.area}, c.block)
		in := c.area.Intersect(img.Rect)
		wide, high := run(img, in, image.Pt(1, 0)), run(img, in, image.Pt(0, 1))
		if wide < c.wide || high < c.high {
			t.Errorf("%v: blocks of %d x %d pixels, should be %d x %d", c.area, wide, high, c.wide, c.high)
		}
		for y := range 1500 {
			for x := range 1500 {
				if at := img.PixOffset(x, y); !image.Pt(x, y).In(in) && [4]byte(whole.Pix[at:]) != [4]byte(img.Pix[at:]) {
					t.Fatalf("%v: changes %d, %d outside", c.area, x, y)
				}
			}
		}
	}
}

// run is the shortest row of equal pixels in an area in one direction.
func run(img *image.RGBA, area image.Rectangle, step image.Point) int {
	shortest := 1 << 30
	lines, length := area.Dy(), area.Dx()
	if step.Y == 1 {
		lines, length = length, lines
	}
	for l := range lines {
		count := 1
		for i := 1; i < length; i++ {
			at := image.Pt(i, l)
			if step.Y == 1 {
				at = image.Pt(l, i)
			}
			at = at.Add(area.Min)
			if img.RGBAAt(at.X, at.Y) == img.RGBAAt(at.X-step.X, at.Y-step.Y) {
				count++
				continue
			}
			shortest, count = min(shortest, count), 1
		}
		shortest = min(shortest, count)
	}
	return shortest
}

func TestAnEditorForgets(t *testing.T) {
	e := edit(t, phototest.Scene(64, 64))
	e.Cover(image.Rect(0, 0, 20, 20))
	pix := e.Picture().Pix
	e.Wipe()
	if !bytes.Equal(pix, make([]byte, len(pix))) {
		t.Error("the picture is still in memory")
	}
	if _, err := e.Encode(); err == nil || e.Undo() || e.Cover(image.Rect(0, 0, 9, 9)) || e.Picture() != nil {
		t.Error("a wiped editor still works")
	}
}
