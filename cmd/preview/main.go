// Command preview draws a service's pages, or a sheet of all widgets, as PNG files, with Fyne's software painter: no display is needed.
//
//	preview assets/services/hundesteuer --shell phone --lang de --text 2 --answers a.json --out /tmp/pages
//	preview hundesteuer --document letter --answers assets/services/hundesteuer/examples/moved-here.yaml --out /tmp/pages
//	preview parkausweis-bewohner --contrast yellow --size 1280x800 --out /tmp/pages
//	preview widgets --out /tmp/widgets
package main

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"github.com/alecthomas/kong"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// flags are those of both commands.
type flags struct {
	Lang     string  `help:"Language of the texts." default:"de"`
	Text     float32 `help:"Size of text: 1, 1.5 or 2." default:"1"`
	Contrast string  `help:"normal, black or yellow." default:"normal" enum:"normal,black,yellow"`
	Accent   string  `help:"petrol or sloe." default:"petrol" enum:"petrol,sloe"`
	Shell    string  `help:"kiosk or phone." default:"kiosk" enum:"kiosk,phone"`
	Size     string  `help:"Width and height in pixels; default 1080x1920, for a phone 390x844."`
	Out      string  `help:"Folder the pictures are written to." default:"."`
}

func main() {
	var cli struct {
		Page    pageCmd    `cmd:"" default:"withargs" help:"Draw every page of a service."`
		Widgets widgetsCmd `cmd:"" help:"Draw a sheet of all widgets."`
	}
	k := kong.Parse(&cli, kong.Name("preview"), kong.Description("Draws pages and widgets as PNG."))
	k.FatalIfErrorf(k.Run())
}

func (f *flags) style() look.Style {
	st := look.Style{Accent: look.Accent(f.Accent), Text: f.Text, Lang: f.Lang, Still: true, Scale: 1}
	switch f.Contrast {
	case "black":
		st.Contrast = look.BlackWhite
	case "yellow":
		st.Contrast = look.YellowBlack
	}
	if f.Shell == "phone" {
		st.Shell = look.Phone
	}
	return st
}

// size reads "1080x1920".
func (f *flags) size() (fyne.Size, error) {
	s := f.Size
	switch {
	case s == "" && f.Shell == "phone":
		s = "390x844"
	case s == "":
		s = "1080x1920"
	}
	a, b, _ := strings.Cut(s, "x")
	w, err1 := strconv.Atoi(a)
	h, err2 := strconv.Atoi(b)
	if err1 != nil || err2 != nil || w < 100 || h < 100 || w > 8000 || h > 16000 {
		return fyne.Size{}, fmt.Errorf("preview: size: want a width and a height such as 1080x1920")
	}
	return fyne.NewSize(float32(w), float32(h)), nil
}

// painter draws screens of one size and style.
type painter struct {
	app    fyne.App
	canvas software.WindowlessCanvas
	size   fyne.Size
	out    string
}

func (f *flags) painter() (*painter, look.Style, *text.Texts, error) {
	st := f.style()
	size, err := f.size()
	if err != nil {
		return nil, st, nil, err
	}
	texts, err := content.Texts()
	if err != nil {
		return nil, st, nil, fmt.Errorf("preview: %w", err)
	}
	if err := os.MkdirAll(f.Out, 0o755); err != nil {
		return nil, st, nil, fmt.Errorf("preview: folder: %w", err)
	}
	p := &painter{app: test.NewApp(), size: size, out: f.Out}
	p.app.Settings().SetTheme(look.Theme(st))
	p.canvas = software.NewCanvas()
	p.canvas.SetPadded(false)
	return p, st, texts, nil
}

// draw writes one screen to a file; with grow it becomes as high as its content needs. after is called when everything has its place.
func (p *painter) draw(name string, o fyne.CanvasObject, grow bool, after func()) error {
	p.canvas.SetContent(o)
	size := p.size
	if grow {
		size.Height = max(look.HeightFor(o, size.Width), 10)
	}
	p.canvas.Resize(size)
	if after != nil {
		after()
	}
	file := filepath.Join(p.out, name+".png")
	w, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("preview: write: %w", err)
	}
	if err := png.Encode(w, p.canvas.Capture()); err != nil {
		_ = w.Close() // the first error counts
		return fmt.Errorf("preview: write: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("preview: write: %w", err)
	}
	_, err = fmt.Println(file)
	return err
}
