package kiosk

import (
	"testing"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// A survey needs no printer: nothing is said of paper beforehand, and nothing is printed in the end.
func TestASurveyIsThankedForAndNothingIsPrinted(t *testing.T) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]fyne.Size{"": portrait, "-wide": landscape} {
		r := newRig(t, size, func(o *Options) { o.Catalogue = catalogue })
		r.printer.err = visit.ErrNoPaper
		r.k.enter("de")
		s, _ := catalogue.Find("umfrage", "")
		r.k.push(&card{service: s})
		r.Wait("the devices' answer", func() bool { return r.k.top().(*card).told })
		if r.Sees("Papier") {
			t.Error("paper is missed where none is needed:\n" + r.Said())
		}
		r.Tap("begin")
		for path, value := range map[string]any{"/ease": int64(2), "/done": "yes", "/again": "perhaps", "/words": "Größere Tasten."} {
			r.k.s.visit.Answer(path, value)
		}
		r.k.show()
		for r.k.Screen() == "form" {
			r.Tap("next")
		}
		r.Tap("agree", "send")
		r.Wait("the end", func() bool { return r.k.Screen() == "thanked" })
		if r.Sees("Beleg kam nicht") || r.Sees("BO-26") || !r.Sees("Niemand erfährt, wer geantwortet hat") {
			t.Error("the end says\n" + r.Said())
		}
		r.Shot("11-thanked" + name)
		if len(r.memory.Sent()) != 1 {
			t.Error("nothing goes out")
		}
		r.Tap("end")
		if r.k.Screen() != "attract" {
			t.Error("it does not end")
		}
	}
}
