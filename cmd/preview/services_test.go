package main

import (
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// This is the test that a new service has to pass, and all it has to: its folder is loaded, each of its examples does what it says, every page is
// drawn in every language at two sizes of text on the terminal and on the phone, empty and with everything that is wrong told and as each example
// shows it, and every paper is made on every kind of paper. A page that shows the same fields in two examples is drawn once. With RATHAUSNAH_SHOTS
// set to a folder the first page of each service is left there as a picture.
func TestEveryServiceIsWhole(t *testing.T) {
	tenants, err := fs.ReadDir(assets.FS, "tenants")
	if err != nil {
		t.Fatal(err)
	}
	words, err := content.Texts()
	if err != nil {
		t.Fatal(err)
	}
	var all []*service.Service
	for _, tenant := range tenants {
		if !tenant.IsDir() {
			continue
		}
		catalogue, err := service.LoadCatalogue(assets.FS, tenant.Name())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, catalogue.Services()...)
	}
	name := func(s *service.Service) string { return s.Tenant().ID + "/" + s.ID }
	online := 0
	for _, s := range all {
		if !s.Online() {
			continue
		}
		online++
		t.Run("examples of "+name(s), func(t *testing.T) {
			examples := examplesOf(t, s)
			if len(examples) < 5 {
				t.Errorf("it has %d examples", len(examples))
			}
			for _, e := range examples {
				for _, flaw := range s.Try(e, "de", "en", "de-simple") {
					t.Errorf("%s: %s", e.Name, flaw)
				}
			}
		})
	}
	if online < 20 {
		t.Errorf("only %d services", online)
	}
	pages := 0
	for _, shell := range []look.Shell{look.Terminal, look.Phone} {
		for _, size := range []float32{1, 2} {
			d := newDesk(t, words, shell, size)
			for _, s := range all {
				if s.Online() {
					t.Run(fmt.Sprintf("pages of %s, shell %d, %v×", name(s), shell, size), func(t *testing.T) {
						d.t = t
						pages += d.service(s)
					})
				}
			}
		}
	}
	p := newPress(t)
	for _, s := range all {
		if s.Online() {
			t.Run("papers of "+name(s), func(t *testing.T) {
				p.t = t
				p.service(s)
			})
		}
	}
	if pages < 3000 || p.papers < 1000 {
		t.Errorf("only %d pages and %d papers", pages, p.papers)
	}
	t.Logf("%d services, %d pages, %d papers of %d shapes", online, pages, p.papers, len(p.drawn))
}

func examplesOf(t *testing.T, s *service.Service) []service.Example {
	t.Helper()
	folder, err := fs.Sub(assets.FS, "services/"+s.ID)
	if err != nil {
		t.Fatal(err)
	}
	examples, err := service.Examples(folder, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

// desk draws the pages of services on one shell.
type desk struct {
	t     *testing.T
	words *text.Texts
	st    look.Style
	c     software.WindowlessCanvas
	width float32
	perMM float64
	least float64
}

func newDesk(t *testing.T, words *text.Texts, shell look.Shell, size float32) *desk {
	d := &desk{t: t, words: words, st: look.Style{Text: size, Shell: shell, Still: true}, width: 952, perMM: look.PxPerMM, least: float64(tree.MinTouch)}
	if shell == look.Phone {
		d.width, d.perMM, d.least = 350, 1, 48
	}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Theme(d.st))
	d.c = software.NewCanvas()
	d.c.SetPadded(false)
	return d
}

// page draws one page and tells what nobody could read or touch.
func (d *desk) page(s *service.Service, v form.View, i int, ev page.Events, shown map[string]bool) {
	o := page.Draw(d.st, d.words, v, i, ev, shown, "")
	d.c.SetContent(o)
	d.c.Resize(fyne.NewSize(d.width, look.HeightFor(o, d.width)))
	for _, f := range tree.CheckAt(tree.Of(d.c), d.perMM, d.least) {
		d.t.Errorf("%s, page %s, %s, %v×, shell %d: %s", s.ID, v.Pages[i].ID, d.st.Lang, d.st.Text, d.st.Shell, f)
	}
}

// service draws every page of a service in every language, and says how many there were.
func (d *desk) service(s *service.Service) (pages int) {
	for _, lang := range []string{"de", "en", "de-simple"} {
		d.st.Lang = lang
		pages += d.pages(s)
	}
	return pages
}

// today is the day of a form that nobody has filled in.
var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func (d *desk) pages(s *service.Service) (pages int) {
	drawn := map[string]bool{}
	draw := func(a form.Answers, day time.Time) {
		v := s.View(a, d.st.Lang, day)
		for i, pg := range v.Pages {
			shown, same := map[string]bool{}, pg.ID
			for _, f := range pg.Inputs() {
				shown[f.Path] = true
				same += fmt.Sprint(" ", f.Path, f.Problem != "", f.Note != "")
			}
			if drawn[same] {
				continue
			}
			drawn[same] = true
			pages++
			ev := page.Events{Aside: &page.Aside{}, Day: day, Days: func(path string, days []time.Time) []bool { return s.Fits(a, path, days, day) }}
			d.page(s, v, i, ev, shown)
			for _, f := range pg.Inputs() {
				if f.Kind == form.Date && !f.ReadOnly {
					ev.Aside.Point(f.Path)
					d.page(s, v, i, ev, shown)
					break
				}
			}
		}
	}
	draw(form.Answers{}, today)
	d.picture(s)
	for _, e := range examplesOf(d.t, s) {
		draw(e.Answers, e.On())
	}
	return pages
}

// picture looks at the first page of a service as a picture, in German on the terminal: there is something on it.
func (d *desk) picture(s *service.Service) {
	if d.st.Lang != "de" || d.st.Text != 1 || d.st.Shell != look.Terminal {
		return
	}
	d.page(s, s.View(form.Answers{}, "de", today), 0, page.Events{Aside: &page.Aside{}, Day: today}, nil)
	img := d.c.Capture()
	if blank(img) {
		d.t.Errorf("the first page of %s is an empty picture", s.ID)
	}
	dir := os.Getenv("RATHAUSNAH_SHOTS")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, "service-"+s.ID+".png"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		d.t.Fatal(err)
	}
}

// blank tells whether a picture has one colour only.
func blank(img image.Image) bool {
	b := img.Bounds()
	first := img.At(b.Min.X, b.Min.Y)
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 3 {
			if img.At(x, y) != first {
				return false
			}
		}
	}
	return true
}
