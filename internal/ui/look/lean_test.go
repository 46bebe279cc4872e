package look

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

func box(w, h float32, change func(*canvas.Rectangle)) *canvas.Rectangle {
	r := canvas.NewRectangle(color.NRGBA{R: 51, G: 102, B: 255, A: 255})
	r.Move(fyne.NewPos(7, 9))
	r.Resize(fyne.NewSize(w, h))
	if change != nil {
		change(r)
	}
	return r
}

// On a window a large box is drawn by a shader of ours, at the same place and in the same colours.
func TestALargeBoxIsDrawnLean(t *testing.T) {
	plain := box(200, 100, nil)
	round := box(200, 100, func(r *canvas.Rectangle) {
		r.CornerRadius, r.StrokeWidth, r.StrokeColor = 80, 3, color.NRGBA{R: 255, A: 128}
	})
	out := lean([]fyne.CanvasObject{plain, round})
	for i, want := range []map[string]float32{
		{"red": 0.2, "green": 0.4, "blue": 1, "alpha": 1},
		{"red": 0.2, "green": 0.4, "blue": 1, "alpha": 1, "edgeRed": 1, "edgeGreen": 0, "edgeBlue": 0, "edgeAlpha": 128.0 / 255, "wide": 200, "high": 100, "radius": 50, "stroke": 3},
	} {
		s, ok := out[i].(*canvas.Shader)
		if !ok {
			t.Fatalf("box %d is %T", i, out[i])
		}
		if s.Position() != fyne.NewPos(7, 9) || s.Size() != fyne.NewSize(200, 100) {
			t.Errorf("box %d lies at %v, %v large", i, s.Position(), s.Size())
		}
		if len(s.Uniforms) != len(want) {
			t.Errorf("box %d: %v", i, s.Uniforms)
		}
		for name, v := range want {
			if d := s.Uniforms[name] - v; d > 0.001 || d < -0.001 {
				t.Errorf("box %d: %s is %v, want %v", i, name, s.Uniforms[name], v)
			}
			if !strings.Contains(string(s.SourceES), "uniform float "+name+";") || !strings.Contains(string(s.Source), "uniform float "+name+";") {
				t.Errorf("box %d: its shader does not know %s", i, name)
			}
		}
	}
	if out[0].(*canvas.Shader).Name == out[1].(*canvas.Shader).Name {
		t.Error("two shaders have one name")
	}
}

// What the shader cannot draw, what is not there, and what is small enough to be moved by who drew it stays as it is.
func TestWhatALeanBoxIsNotStaysAsItIs(t *testing.T) {
	for name, r := range map[string]*canvas.Rectangle{
		"a caret":                  box(4, 50, nil),
		"one round corner":         box(200, 100, func(r *canvas.Rectangle) { r.TopLeftCornerRadius = 9 }),
		"hidden":                   box(200, 100, func(r *canvas.Rectangle) { r.Hide() }),
		"a shadow":                 box(200, 100, func(r *canvas.Rectangle) { r.Shadow = canvas.Shadow{BlurRadius: 3, Color: color.Black} }),
		"a shape that is enforced": box(200, 100, func(r *canvas.Rectangle) { r.Aspect = 2 }),
		"an edge and nothing else": box(200, 100, func(r *canvas.Rectangle) { r.FillColor, r.StrokeWidth, r.StrokeColor = nil, 2, color.Black }),
	} {
		if out := lean([]fyne.CanvasObject{r}); len(out) != 1 || out[0] != fyne.CanvasObject(r) {
			t.Errorf("%s: %T", name, out[0])
		}
	}
	text := canvas.NewText("Weiter", color.Black)
	if out := lean([]fyne.CanvasObject{text}); out[0] != fyne.CanvasObject(text) {
		t.Errorf("%T", out[0])
	}
}

// Only a terminal's window draws lean: a picture in memory would show nothing.
func TestWhatIsPaintedIntoMemoryIsNotLean(t *testing.T) {
	for _, lean := range []bool{false, true} {
		b := Button(Style{Lean: lean}, ButtonOpts{Label: "Weiter", Primary: true})
		show(t, Style{}, 500, b)
		shaders := 0
		for _, o := range b.render.objs {
			if _, ok := o.(*canvas.Shader); ok {
				shaders++
			}
		}
		if (shaders > 0) != lean {
			t.Errorf("lean %v: %d shaders", lean, shaders)
		}
		for _, o := range b.AtRest(fyne.Position{}, b.Size()) {
			if _, ok := o.(*canvas.Shader); ok {
				t.Error("a picture of what is at rest has a shader")
			}
		}
	}
}
