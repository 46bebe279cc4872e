package look

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"maps"
	"math"
	"sync"
	"weak"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

// Icon is a pictogram of assets/icons in one colour, size by size Fyne units. An unknown name leaves the place empty; HasIcon tells.
func Icon(st Style, name string, size float32, c color.Color) fyne.CanvasObject {
	pic := inked(ink{name, color.NRGBAModel.Convert(c).(color.NRGBA), pixels(size, st.Density)})
	if pic == nil {
		return Space(size)
	}
	img := canvas.NewImageFromImage(pic)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(size, size))
	return img
}

// ink is all that the picture of an icon depends on.
type ink struct {
	name  string
	color color.NRGBA
	size  int // pixels
}

// icons are the pictures that are on a screen somewhere: whoever shows the same icon shares them, and what nobody shows any more goes.
var icons struct {
	sync.Mutex
	pics map[ink]weak.Pointer[image.RGBA]
}

// inked is the picture of an icon; nil for an unknown one.
func inked(k ink) *image.RGBA {
	icons.Lock()
	defer icons.Unlock()
	if pic := icons.pics[k].Value(); pic != nil {
		return pic
	}
	pic := drawIcon(k)
	if pic == nil {
		return nil
	}
	if icons.pics == nil {
		icons.pics = map[ink]weak.Pointer[image.RGBA]{}
	}
	maps.DeleteFunc(icons.pics, func(_ ink, p weak.Pointer[image.RGBA]) bool { return p.Value() == nil })
	icons.pics[k] = weak.Make(pic)
	return pic
}

func drawIcon(k ink) *image.RGBA {
	// A stroke's width is taken for pixels, whatever the size of the picture: two of 24 units.
	svg, ok := iconSVG(k.name, k.color, 2*float32(k.size)/24)
	if !ok || k.size <= 0 {
		return nil
	}
	outline, err := oksvg.ReadIconStream(bytes.NewReader(svg))
	if err != nil {
		return nil
	}
	outline.SetTarget(0, 0, float64(k.size), float64(k.size))
	pic := image.NewRGBA(image.Rect(0, 0, k.size, k.size))
	outline.Draw(rasterx.NewDasher(k.size, k.size, rasterx.NewScannerGV(k.size, k.size, pic, pic.Bounds())), 1)
	return pic
}

// pixels is a size on the screen.
func pixels(size, density float32) int { return int(math.Round(float64(size * max(density, 1)))) }

// HasIcon tells whether there is an icon of this name.
func HasIcon(name string) bool {
	_, err := assets.FS.ReadFile("icons/" + name + ".svg")
	return err == nil && name != ""
}

// iconSVG writes the colour into the outline: Fyne's own colouring would fill it.
func iconSVG(name string, c color.Color, stroke float32) ([]byte, bool) {
	svg, err := assets.FS.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil, false
	}
	r, g, b, _ := c.RGBA()
	svg = bytes.ReplaceAll(svg, []byte("currentColor"), fmt.Appendf(nil, "#%02x%02x%02x", r>>8, g>>8, b>>8))
	return bytes.ReplaceAll(svg, []byte(`stroke-width="2"`), fmt.Appendf(nil, `stroke-width="%.2f"`, stroke)), true
}
