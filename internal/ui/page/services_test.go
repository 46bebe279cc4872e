package page_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Every service that is shipped is drawn, empty and with everything that is wrong told, on the terminal and on the phone.
func TestEveryPageOfEveryServiceCanBeReadAndTouched(t *testing.T) {
	words := texts(t)
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, shell := range []look.Shell{look.Terminal, look.Phone} {
		width, perMM, least := float32(952), look.PxPerMM, float64(tree.MinTouch)
		if shell == look.Phone {
			width, perMM, least = 350, 1, 48
		}
		for _, size := range []float32{1, 2} {
			app := test.NewTempApp(t)
			st := look.Style{Text: size, Shell: shell, Still: true}
			app.Settings().SetTheme(look.Theme(st))
			c := test.NewCanvas()
			c.SetPadded(false)
			for _, lang := range []string{"de", "en"} {
				st.Lang = lang
				for _, s := range catalogue.Services() {
					if !s.Online() {
						continue
					}
					v := s.View(form.Answers{}, lang, day)
					for i, pg := range v.Pages {
						shown := map[string]bool{}
						for _, f := range pg.Inputs() {
							shown[f.Path] = true
						}
						o := page.Draw(st, words, v, i, page.Events{}, shown, "")
						c.SetContent(o)
						c.Resize(fyne.NewSize(width, look.HeightFor(o, width)))
						for _, f := range tree.CheckAt(tree.Of(c), perMM, least) {
							t.Errorf("%s, page %s, %s, %v×, shell %d: %s", s.ID, pg.ID, lang, size, shell, f)
						}
					}
				}
			}
		}
	}
}
