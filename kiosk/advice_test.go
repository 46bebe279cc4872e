package kiosk

import (
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Who only wants to know whether he is entitled is asked what that depends on, told why, and can go on to apply without saying it again.
func TestWhoWantsToKnowBeforehandIsToldWhyAndCanThenApply(t *testing.T) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, portrait, func(o *Options) { o.Catalogue = catalogue })
	s, _ := catalogue.Find("urkunden", "")
	r.Tap("start")
	r.k.push(&card{service: s, asked: true, told: true})
	r.Shot("04-service-urkunden")
	r.Tap("goal.entitled")
	for n := 0; r.k.Screen() == "form"; n++ {
		if n > 10 {
			t.Fatal("it has no end")
		}
		for path, v := range map[string]any{"/kind": "birth", "/here": true, "/date": "2024-03-01", "/relation": "line", "/asker": map[string]any{"given": "Renate", "family": "Vogt", "birth": "1980-04-03"}} {
			r.k.s.visit.Answer(path, v)
		}
		r.k.show()
		r.Shot("12-advice-form")
		if r.Sees("Wie viele") {
			t.Error("the number of copies does not matter for it")
		}
		r.Tap("next")
	}
	if r.k.Screen() != "advice" || !r.Sees(r.k.say("advice.yes")) || !r.Sees("Sie dürfen diese Urkunde bekommen.") {
		t.Fatal(r.Said())
	}
	r.Shot("12-advice-entitled")
	if len(r.memory.Sent()) != 0 {
		t.Error("something was sent")
	}
	r.Tap("begin")
	if r.k.Screen() != "form" || r.k.s.goal != "" {
		t.Fatal(r.k.Screen())
	}
	r.Shot("12-advice-then")
	if v, _ := r.k.s.visit.Draft().Answers.Get("/relation"); v != "line" {
		t.Error("what was said has to be said again")
	}
}

// A no that is certain is told at once, with what would help, and without asking for more.
func TestANoIsToldAtOnce(t *testing.T) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, portrait, func(o *Options) { o.Catalogue = catalogue })
	s, _ := catalogue.Find("hundesteuer", "")
	r.Tap("start")
	r.k.push(&card{service: s, asked: true, told: true})
	r.Tap("goal.entitled")
	r.k.s.visit.Answer("/owner", map[string]any{"given": "Renate", "family": "Vogt", "birth": "1980-04-03"})
	r.k.s.visit.Answer("/here", false)
	r.k.show()
	r.Tap("next")
	if r.k.Screen() != "advice" || !r.Sees(r.k.say("advice.no")) || !r.Sees("wo der Hund lebt") || !r.Sees("Sie sind mindestens 18.") || r.Has("begin") {
		t.Error(r.Said())
	}
	r.Shot("12-advice-no")
}

func TestAFeeIsExplainedBeforehand(t *testing.T) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, portrait, func(o *Options) { o.Catalogue = catalogue })
	s, _ := catalogue.Find("parkausweis-bewohner", "")
	r.k.enter("de")
	r.k.push(&card{service: s, asked: true, told: true})
	r.Tap("goal.cost")
	r.k.s.visit.Answer("/months", 12)
	r.k.show()
	r.Tap("next")
	if r.k.Screen() != "advice" || !r.Sees("30,70") || !r.Sees(r.k.say("advice.steps")) {
		t.Error(r.Said())
	}
	r.Shot("12-advice-cost")
	r.k.Wipe()
	if r.k.s.goal != "" {
		t.Error("the next one is told what this one wanted to know")
	}
}

func TestAVehicleTakenOutCanBeBroughtBack(t *testing.T) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, portrait, func(o *Options) { o.Catalogue = catalogue })
	s, _ := catalogue.Find("parkausweis-handwerker", "")
	r.k.enter("de")
	r.k.begin(s)
	for path, v := range map[string]any{"/wish": "new", "/vehicles": []any{map[string]any{"plate": "MI-AB 1"}, map[string]any{"plate": "MI-AB 2"}}} {
		r.k.s.visit.Answer(path, v)
	}
	page := ""
	for _, p := range r.k.s.visit.View().Pages {
		for _, f := range p.Fields {
			if f.Path == "/vehicles" {
				page = p.ID
			}
		}
	}
	r.k.push(newFormPage(r.k, page, false))
	r.Tap("/vehicles/0")
	if r.Sees("MI-AB 1") {
		t.Fatal("it is still there")
	}
	r.Shot("05-form-undo")
	r.Tap("/vehicles.undo")
	if !r.Sees("MI-AB 1") || !r.Sees("MI-AB 2") || r.Has("/vehicles.undo") {
		t.Error(r.Said())
	}
	r.Tap("/vehicles/1")
	r.k.s.visit.Wipe()
	if r.k.s.visit.Gone() != "" {
		t.Error("what was taken out is still there after the wipe")
	}
}
