package look

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// leanFrom is the area, in square Fyne units, from which on a box is worth a shader of ours. A caret and whatever else is kept and moved by who drew it
// is smaller.
const leanFrom = 4000

// lean puts boxes that cost less in the place of large ones. Fyne's own shader for boxes reckons with a shadow, four different corners and a separate edge
// at every pixel, whether there are any or not: without a graphics card that is most of what a frame costs. What is drawn is the same. Only a window can do
// it: a picture in memory (Paint, tests) has no shaders.
func lean(objs []fyne.CanvasObject) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, len(objs))
	for i, o := range objs {
		if r, ok := o.(*canvas.Rectangle); ok {
			if s := leaner(r); s != nil {
				out[i] = s
				continue
			}
		}
		out[i] = o
	}
	return out
}

// leaner is a box drawn by a shader of ours; nil when it is too small to matter, or has something that the shader does not draw.
func leaner(r *canvas.Rectangle) *canvas.Shader {
	size := r.Size()
	if r.Hidden || size.Width*size.Height < leanFrom || r.Aspect != 0 || r.Shadow != (canvas.Shadow{}) || r.FillColor == nil ||
		r.TopLeftCornerRadius != 0 || r.TopRightCornerRadius != 0 || r.BottomLeftCornerRadius != 0 || r.BottomRightCornerRadius != 0 {
		return nil
	}
	red, green, blue, alpha := parts(r.FillColor)
	s := fillShader.new()
	s.Uniforms = map[string]float32{"red": red, "green": green, "blue": blue, "alpha": alpha}
	stroke := r.StrokeWidth
	if r.StrokeColor == nil {
		stroke = 0
	}
	if r.CornerRadius > 0 || stroke > 0 {
		uniforms := s.Uniforms
		s = boxShader.new()
		s.Uniforms = uniforms
		s.Uniforms["wide"], s.Uniforms["high"] = size.Width, size.Height
		s.Uniforms["radius"], s.Uniforms["stroke"] = min(r.CornerRadius, size.Width/2, size.Height/2), stroke
		edge := r.FillColor
		if stroke > 0 {
			edge = r.StrokeColor
		}
		s.Uniforms["edgeRed"], s.Uniforms["edgeGreen"], s.Uniforms["edgeBlue"], s.Uniforms["edgeAlpha"] = parts(edge)
	}
	s.Move(r.Position())
	s.Resize(size)
	return s
}

// LeanPicture is a place for a picture that hides all that lies under it and is as large as it is shown, in pixels. There is one on a screen at a time:
// SetPicture says which. It is for windows, as lean is.
func LeanPicture() *canvas.Shader { return pictureShader.new() }

// SetPicture shows a picture in a place made by LeanPicture, or lets go of the one that was there (nil). It is handed to the window system only when it is
// another one than before.
func SetPicture(place *canvas.Shader, img image.Image) {
	place.Textures = nil
	if img != nil {
		place.Textures = map[string]image.Image{"picture": img}
	}
	place.Refresh()
}

// parts are a colour's parts from 0 to 1, its own and not yet multiplied.
func parts(c color.Color) (red, green, blue, alpha float32) {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return float32(n.R) / 255, float32(n.G) / 255, float32(n.B) / 255, float32(n.A) / 255
}

// shader is a program for the window system, in both of its languages. All that is drawn with it shares its text.
type shader struct {
	name       string
	source, es []byte
}

func newShader(name, body string) shader {
	return shader{"rathausnah." + name, []byte("#version 110\n" + body), []byte("#version 100\nprecision highp float;\n" + body)}
}

func (s shader) new() *canvas.Shader { return canvas.NewShader(s.name, s.source, s.es) }

// Fyne gives frame and bounds, in pixels; its surface is one pixel larger on every side than what is drawn.
var fillShader = newShader("fill", `uniform vec2 frame;
uniform vec4 bounds;
uniform float red;
uniform float green;
uniform float blue;
uniform float alpha;
void main()
{
    vec2 at = vec2(gl_FragCoord.x, frame.y - gl_FragCoord.y);
    vec2 inside = step(bounds.xy, at) * step(at, bounds.zw);
    gl_FragColor = vec4(red, green, blue, alpha * inside.x * inside.y);
}
`)

var pictureShader = newShader("picture", `uniform vec2 frame;
uniform vec4 bounds;
uniform sampler2D picture;
void main()
{
    vec2 at = vec2(gl_FragCoord.x, frame.y - gl_FragCoord.y);
    vec2 inside = step(bounds.xy, at) * step(at, bounds.zw);
    vec4 color = texture2D(picture, (at - bounds.xy) / (bounds.zw - bounds.xy));
    gl_FragColor = vec4(color.rgb, inside.x * inside.y);
}
`)

// wide and high are the box's own size, from which follows how many pixels a unit has.
var boxShader = newShader("box", `uniform vec2 frame;
uniform vec4 bounds;
uniform float red;
uniform float green;
uniform float blue;
uniform float alpha;
uniform float edgeRed;
uniform float edgeGreen;
uniform float edgeBlue;
uniform float edgeAlpha;
uniform float wide;
uniform float high;
uniform float radius;
uniform float stroke;
void main()
{
    vec2 size = bounds.zw - bounds.xy;
    float scale = size.x / wide;
    float corner = floor(radius * scale + 0.5);
    vec2 at = abs(vec2(gl_FragCoord.x, frame.y - gl_FragCoord.y) - (bounds.xy + bounds.zw) * 0.5);
    vec2 over = at - size * 0.5 + corner;
    float far = length(max(over, 0.0)) + min(max(over.x, over.y), 0.0) - corner;
    float line = clamp(far + floor(stroke * scale + 0.5) + 0.5, 0.0, 1.0);
    vec4 color = mix(vec4(red, green, blue, alpha), vec4(edgeRed, edgeGreen, edgeBlue, edgeAlpha), line);
    gl_FragColor = vec4(color.rgb, color.a * clamp(0.5 - far, 0.0, 1.0));
}
`)
