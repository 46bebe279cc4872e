package look

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

// Icon is a pictogram of assets/icons in one colour, size by size Fyne units. An unknown name leaves the place empty; HasIcon tells.
func Icon(st Style, name string, size float32, c color.Color) fyne.CanvasObject {
	// Fyne's painter takes a stroke's width for pixels, whatever the size of the picture: it is given in pixels, two of 24 units.
	stroke := 2 * size / 24 * max(st.Density, 1)
	svg, ok := iconSVG(name, c, stroke)
	if !ok {
		return Space(size)
	}
	r, g, b, _ := c.RGBA()
	img := canvas.NewImageFromResource(fyne.NewStaticResource(fmt.Sprintf("%s-%02x%02x%02x-%.2f.svg", name, r>>8, g>>8, b>>8, stroke), svg))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(size, size))
	return img
}

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
