package page_test

import (
	"fmt"
	"io/fs"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Every service that every tenant ships is drawn in every language, empty and with everything that is wrong told, and as each of its examples
// shows it, on the terminal and on the phone. A page that shows the same fields in two examples is drawn once.
func TestEveryPageOfEveryServiceCanBeReadAndTouched(t *testing.T) {
	words := texts(t)
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	tenants, err := fs.ReadDir(assets.FS, "tenants")
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	for _, tenant := range tenants {
		if !tenant.IsDir() {
			continue
		}
		catalogue, err := service.LoadCatalogue(assets.FS, tenant.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, shell := range []look.Shell{look.Terminal, look.Phone} {
			for _, size := range []float32{1, 2} {
				d := desk{t: t, words: words, st: look.Style{Text: size, Shell: shell, Still: true}, width: 952, perMM: look.PxPerMM, least: float64(tree.MinTouch)}
				if shell == look.Phone {
					d.width, d.perMM, d.least = 350, 1, 48
				}
				app := test.NewTempApp(t)
				app.Settings().SetTheme(look.Theme(d.st))
				d.c = test.NewCanvas()
				d.c.SetPadded(false)
				for _, lang := range []string{"de", "en", "de-simple"} {
					d.st.Lang = lang
					for _, s := range catalogue.Services() {
						if s.Online() {
							pages += d.service(s, day)
						}
					}
				}
			}
		}
	}
	t.Logf("%d pages", pages)
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

// page draws one page and tells what nobody could read or touch.
func (d *desk) page(s *service.Service, v form.View, i int, ev page.Events, shown map[string]bool) {
	o := page.Draw(d.st, d.words, v, i, ev, shown, "")
	d.c.SetContent(o)
	d.c.Resize(fyne.NewSize(d.width, look.HeightFor(o, d.width)))
	for _, f := range tree.CheckAt(tree.Of(d.c), d.perMM, d.least) {
		d.t.Errorf("%s, page %s, %s, %v×, shell %d: %s", s.ID, v.Pages[i].ID, d.st.Lang, d.st.Text, d.st.Shell, f)
	}
}

func (d *desk) service(s *service.Service, day time.Time) (pages int) {
	folder, err := fs.Sub(assets.FS, "services/"+s.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	examples, err := service.Examples(folder, s.ID)
	if err != nil {
		d.t.Fatal(err)
	}
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
	draw(form.Answers{}, day)
	for _, e := range examples {
		draw(e.Answers, e.On())
	}
	return pages
}
