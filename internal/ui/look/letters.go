package look

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

// fontFile is one of our fonts, read out of the program when somebody needs it. Two values of one name are the same font to Fyne.
type fontFile string

const (
	regularFont fontFile = "AtkinsonHyperlegibleNext-Regular.ttf"
	boldFont    fontFile = "AtkinsonHyperlegibleNext-Bold.ttf"
)

// Name is the font's file.
func (f fontFile) Name() string { return string(f) }

// Content is the font; a program built without it shows nothing, a test looks.
func (f fontFile) Content() []byte {
	data, err := assets.FS.ReadFile("fonts/" + string(f))
	if err != nil {
		return nil
	}
	return data
}

// fontOf is the font that a text is set in; nil is the theme's, with all its fallbacks. They are asked for only where a text needs them:
// Fyne reads its fallbacks and looks through the machine's fonts when the first text is set in a theme's font, which costs the first
// picture a good part of its time, and 20 MB.
func fontOf(text string, bold bool) fyne.Resource {
	for _, r := range text {
		if !ours(r) {
			return nil
		}
	}
	if bold {
		return boldFont
	}
	return regularFont
}

// ours tells whether our font has a letter: German, its neighbours, Turkish, Polish and the usual signs.
func ours(r rune) bool {
	if r >= ' ' && r <= '~' || strings.ContainsRune("ȘșȚțẞ–—‘’‚“”„•…‹›€", r) {
		return true
	}
	return r >= 0xA0 && r <= 0x17E && !strings.ContainsRune("\u00adµĈĉĔĕĜĝĤĥĨĩĬĭĴĵĸĿŀŉŊŋŌōŎŏŖŗŜŝŦŧŨũŬŭ", r)
}

// Letters is one line of text, not wrapped. size is in Fyne units.
func Letters(text string, ink color.Color, size float32, bold bool) *canvas.Text {
	t := canvas.NewText(text, ink)
	t.TextSize, t.TextStyle.Bold, t.FontSource = size, bold, fontOf(text, bold)
	return t
}

// Measure is how much room Letters takes.
func Measure(text string, size float32, bold bool) fyne.Size {
	room, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, size, fyne.TextStyle{Bold: bold}, fontOf(text, bold))
	return room
}
