package photo

import (
	"fmt"
	"image"
	"slices"
	"time"
)

// Editor keeps a decoded, upright, scaled picture and what was covered on it, until it is encoded. It is not safe for several goroutines.
type Editor struct {
	picture *image.RGBA // as it will be sent
	plain   *image.RGBA // before anything was covered; nil while nothing is
	covers  []image.Rectangle
	bytes   int
	place   *Place
	taken   time.Time
}

// Picture gives the picture as it will be sent, covered areas included, for showing. It is the editor's own: not to be changed, and only
// valid until the next call of Cover, Undo or Wipe.
func (e *Editor) Picture() *image.RGBA { return e.picture }

// Covers gives the areas that Undo can still uncover, the oldest first, in pixels of the picture.
func (e *Editor) Covers() []image.Rectangle { return slices.Clone(e.covers) }

// Cover makes an area, in pixels of the picture, unrecognisable. It tells whether the area touches the picture.
func (e *Editor) Cover(area image.Rectangle) bool {
	area = area.Canon()
	if e.picture == nil || !area.Overlaps(e.picture.Rect) {
		return false
	}
	if e.plain == nil {
		e.plain = &image.RGBA{Pix: slices.Clone(e.picture.Pix), Stride: e.picture.Stride, Rect: e.picture.Rect}
	}
	e.covers = append(e.covers, area)
	Pixelate(e.picture, e.covers[len(e.covers)-1:], minBlock)
	return true
}

// Undo uncovers what was covered last. It tells whether there was something; after Encode there is nothing any more.
func (e *Editor) Undo() bool {
	if len(e.covers) == 0 {
		return false
	}
	e.covers = e.covers[:len(e.covers)-1]
	copy(e.picture.Pix, e.plain.Pix)
	Pixelate(e.picture, e.covers, minBlock)
	return true
}

// Encode makes the JPEG, within the size that the options set. What is covered is covered for good: the picture below is forgotten.
// The same picture with the same areas gives the same bytes. It fails with ErrTooLarge where no picture fits into the options' bytes.
func (e *Editor) Encode() (Prepared, error) {
	if e.picture == nil {
		return Prepared{}, fmt.Errorf("photo: encode: %w", ErrEmpty)
	}
	e.forget()
	data, size, err := encode(e.picture, e.bytes)
	if err != nil {
		return Prepared{}, fmt.Errorf("photo: encode: %w", err)
	}
	return Prepared{JPEG: data, Width: size.X, Height: size.Y, Place: e.place, Taken: e.taken}, nil
}

// Wipe overwrites the picture and forgets the rest. The editor is of no use afterwards.
func (e *Editor) Wipe() {
	e.forget()
	if e.picture != nil {
		clear(e.picture.Pix)
	}
	*e = Editor{}
}

func (e *Editor) forget() {
	if e.plain != nil {
		clear(e.plain.Pix)
	}
	e.plain, e.covers = nil, nil
}

// minBlock is the least edge of a block in pixels of the prepared picture, and blocksAcross how many lie across the shorter edge of an area at
// most: a face of five blocks cannot be told from another one, and one that fills the picture is as unrecognisable as a small one.
const (
	minBlock     = 8
	blocksAcross = 5
)

// Pixelate replaces areas of a picture by blocks of one colour each, the mean of what was there. A block is at least block pixels wide and high,
// never less than 8, and at least a fifth of its area's shorter edge; an area that is smaller than a block becomes one.
// Parts of an area outside the picture are left out.
func Pixelate(img *image.RGBA, areas []image.Rectangle, block int) {
	for _, area := range areas {
		area = area.Canon()
		inside := area.Intersect(img.Rect)
		if inside.Empty() {
			continue
		}
		// A face half outside the picture is as large as the area says; but an area far larger than the picture must not become one block.
		short := min(area.Dx(), area.Dy(), max(img.Rect.Dx(), img.Rect.Dy()))
		edge := max(block, minBlock, (short+blocksAcross-1)/blocksAcross)
		across, down := max(1, inside.Dx()/edge), max(1, inside.Dy()/edge)
		for j := range down {
			for i := range across {
				level(img, image.Rect(
					inside.Min.X+i*inside.Dx()/across, inside.Min.Y+j*inside.Dy()/down,
					inside.Min.X+(i+1)*inside.Dx()/across, inside.Min.Y+(j+1)*inside.Dy()/down))
			}
		}
	}
}

// level gives all pixels of a block their mean.
func level(img *image.RGBA, block image.Rectangle) {
	var sum [4]uint64
	for y := block.Min.Y; y < block.Max.Y; y++ {
		row := img.Pix[img.PixOffset(block.Min.X, y) : img.PixOffset(block.Max.X-1, y)+4]
		for i, v := range row {
			sum[i&3] += uint64(v)
		}
	}
	count := uint64(block.Dx()) * uint64(block.Dy())
	var mean [4]uint8
	for c, s := range sum {
		mean[c] = uint8((s + count/2) / count)
	}
	for y := block.Min.Y; y < block.Max.Y; y++ {
		row := img.Pix[img.PixOffset(block.Min.X, y) : img.PixOffset(block.Max.X-1, y)+4]
		for i := range row {
			row[i] = mean[i&3]
		}
	}
}
