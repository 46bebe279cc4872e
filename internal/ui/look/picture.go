package look

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
)

// Picture is something painted once: equal pixels beside each other are kept as one run, a keyboard takes some 100 KiB instead of 2 MiB.
type Picture struct {
	w, h int // pixels
	runs []run
}

type run struct {
	n     uint32 // pixels, from left to right and line by line
	color [4]byte
}

// Paint paints objects that stand still into memory, at their places in an area of this size (Fyne units), on an opaque ground. A machine
// without a graphics card draws one picture many times faster than the hundred objects it shows.
func Paint(size fyne.Size, scale float32, objs []fyne.CanvasObject) *Picture {
	px := func(u float32) int { return int(math.Round(float64(u * scale))) }
	img := image.NewRGBA(image.Rect(0, 0, px(size.Width), px(size.Height)))
	stamps := map[shape]image.Image{} // keys are alike: each shape is painted once
	for _, o := range objs {
		place := image.Pt(px(o.Position().X), px(o.Position().Y))
		r, isRect := o.(*canvas.Rectangle)
		if isRect && r.CornerRadius == 0 && r.StrokeWidth == 0 {
			corner := image.Pt(px(o.Position().X+o.Size().Width), px(o.Position().Y+o.Size().Height))
			draw.Draw(img, image.Rectangle{Min: place, Max: corner}, image.NewUniform(r.FillColor), image.Point{}, draw.Over)
			continue
		}
		var stamp image.Image
		if isRect {
			k := shape{r.Size(), r.FillColor, r.StrokeColor, r.StrokeWidth, r.CornerRadius}
			if stamp = stamps[k]; stamp == nil {
				stamp = alone(o, scale)
				stamps[k] = stamp
			}
		} else {
			stamp = alone(o, scale)
		}
		draw.Draw(img, stamp.Bounds().Add(place), stamp, image.Point{}, draw.Over)
	}
	return pack(img)
}

// shape is all that tells two boxes apart.
type shape struct {
	size           fyne.Size
	fill, edge     color.Color
	stroke, radius float32
}

// alone paints one object on nothing.
func alone(o fyne.CanvasObject, scale float32) image.Image {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetScale(scale)
	place, size := o.Position(), o.Size()
	box := container.NewWithoutLayout(o)
	c.SetContent(box)
	c.Resize(size)
	o.Move(fyne.Position{})
	o.Resize(size)
	img := c.Capture()
	o.Move(place)
	return img
}

func pack(img *image.RGBA) *Picture {
	p := &Picture{w: img.Rect.Dx(), h: img.Rect.Dy()}
	for x := 0; x < len(img.Pix); x += 4 {
		color := [4]byte(img.Pix[x : x+4])
		if last := len(p.runs) - 1; last >= 0 && p.runs[last].color == color {
			p.runs[last].n++
		} else {
			p.runs = append(p.runs, run{1, color})
		}
	}
	p.runs = slices.Clip(p.runs)
	return p
}

// Image is the picture for somebody who copies it at once.
func (p *Picture) Image() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	pix := img.Pix
	for _, r := range p.runs {
		line := pix[:4*r.n]
		for done := copy(line, r.color[:]); done < len(line); done *= 2 {
			copy(line[done:], line[:done])
		}
		pix = pix[len(line):]
	}
	return img
}

// AtRest draws it as it looks while nobody touches it, with the upper left corner at place.
func (t *Touch) AtRest(place fyne.Position, size fyne.Size) []fyne.CanvasObject {
	p := newPen(t.st)
	t.paint(p, size, false)
	for _, o := range p.objs {
		o.Move(o.Position().Add(place))
	}
	return p.objs
}
