package document

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // the two kinds of pictures that documents may have
	_ "image/png"
	"math"
)

// What a picture of a document may be at most: a terminal has to draw it while somebody waits.
const (
	MostPixels = 4_000_000
	MostBytes  = 1 << 20
)

// ErrPicture says that a picture is no PNG and no JPEG, or too large.
var ErrPicture = errors.New("document: picture is no PNG and no JPEG, or larger than 1 MB or 4 megapixels")

// CheckPicture looks at a picture without drawing it, and gives its size in pixels and its kind, "png" or "jpeg". It fails with ErrPicture.
func CheckPicture(data []byte) (width, height int, kind string, err error) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || len(data) > MostBytes || c.Width < 1 || c.Height < 1 || c.Width > MostPixels/c.Height || kind != "png" && kind != "jpeg" {
		return 0, 0, "", ErrPicture
	}
	return c.Width, c.Height, kind, nil
}

// Decode draws a picture. It fails with ErrPicture.
func Decode(data []byte) (image.Image, error) {
	if _, _, _, err := CheckPicture(data); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, ErrPicture
	}
	return img, nil
}

// The most that a drawn signature may have: what nobody's finger reaches.
const (
	mostStrokes = 400
	mostPoints  = 20_000
)

// ErrStrokes says that a value is no drawn signature.
var ErrStrokes = errors.New("document: this is no drawn signature")

// Strokes reads a drawn signature: a list of strokes, each a list of points, a point a list of two numbers or an object with x and y; or an object
// whose "strokes" are that. Null and an empty list are no signature, without an error. It fails with ErrStrokes.
func Strokes(v any) ([]Stroke, error) {
	if m, is := v.(map[string]any); is {
		v = m["strokes"]
	}
	if v == nil {
		return nil, nil
	}
	list, is := v.([]any)
	if !is || len(list) > mostStrokes {
		return nil, ErrStrokes
	}
	var strokes []Stroke
	points := 0
	for _, s := range list {
		if m, is := s.(map[string]any); is {
			s = m["points"]
		}
		raw, is := s.([]any)
		if points += len(raw); !is || points > mostPoints {
			return nil, ErrStrokes
		}
		var stroke Stroke
		for _, p := range raw {
			at, ok := point(p)
			if !ok {
				return nil, ErrStrokes
			}
			stroke = append(stroke, at)
		}
		if len(stroke) > 0 {
			strokes = append(strokes, stroke)
		}
	}
	return strokes, nil
}

func point(v any) (Point, bool) {
	var x, y any
	switch v := v.(type) {
	case []any:
		if len(v) < 2 {
			return Point{}, false
		}
		x, y = v[0], v[1]
	case map[string]any:
		x, y = v["x"], v["y"]
	}
	a, ok := number(x)
	b, ok2 := number(y)
	return Point{a, b}, ok && ok2
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	case float64:
		return n, !math.IsNaN(n) && math.Abs(n) < 1e6
	}
	return 0, false
}

// Fit moves strokes into a box of that size and keeps their shape. A single dot is no signature: it gives nil.
func Fit(strokes []Stroke, width, height float64) []Stroke {
	low, high := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range strokes {
		for _, p := range s {
			low.X, low.Y = min(low.X, p.X), min(low.Y, p.Y)
			high.X, high.Y = max(high.X, p.X), max(high.Y, p.Y)
		}
	}
	w, h := high.X-low.X, high.Y-low.Y
	if !(w > 0 || h > 0) {
		return nil
	}
	scale := min(width/max(w, h/20), height/max(h, w/20))
	var out []Stroke
	for _, s := range strokes {
		var t Stroke
		for _, p := range s {
			t = append(t, Point{(p.X - low.X) * scale, (p.Y-low.Y)*scale + (height-h*scale)/2})
		}
		out = append(out, t)
	}
	return out
}

// Sketch draws strokes in black on white, thick enough for a receipt printer; nil when there are none.
func Sketch(strokes []Stroke, width, height int) *image.Gray {
	const pen = 2.5
	fitted := Fit(strokes, float64(width)-4*pen, float64(height)-4*pen)
	if fitted == nil {
		return nil
	}
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = 0xFF
	}
	dot := func(at Point) {
		x, y := at.X+2*pen, at.Y+2*pen
		for py := int(y - pen); py <= int(y+pen); py++ {
			for px := int(x - pen); px <= int(x+pen); px++ {
				if d := math.Hypot(float64(px)-x, float64(py)-y); d <= pen/2+0.5 && (image.Point{X: px, Y: py}).In(img.Rect) {
					img.SetGray(px, py, color.Gray{})
				}
			}
		}
	}
	for _, s := range fitted {
		dot(s[0])
		for i := 1; i < len(s); i++ {
			a, b := s[i-1], s[i]
			n := int(math.Hypot(b.X-a.X, b.Y-a.Y)) + 1
			for j := 1; j <= n; j++ {
				f := float64(j) / float64(n)
				dot(Point{a.X + (b.X-a.X)*f, a.Y + (b.Y-a.Y)*f})
			}
		}
	}
	return img
}

// String tells no more of a signature than its length: it must not stand in a log.
func (s Stroke) String() string { return fmt.Sprintf("stroke of %d points", len(s)) }
