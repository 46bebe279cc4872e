package kiosk

import (
	"encoding/json"
	"testing"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

func TestADefectIsReportedAtTheTerminalWithoutACamera(t *testing.T) {
	for name, size := range map[string]fyne.Size{"": portrait, "-wide": landscape} {
		t.Run("screen"+name, func(t *testing.T) { reportADefect(t, size, name) })
	}
}

func reportADefect(t *testing.T, size fyne.Size, name string) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	var typed []string
	r := newRig(t, size, func(o *Options) {
		o.Catalogue = catalogue
		o.Streets = func(s string) []string { typed = append(typed, s); return []string{"Klosterstraße", "Klosterplatz"} }
	})
	r.tap("start")
	r.tap("Schaden melden")
	if r.k.Screen() == "situation" {
		r.tap("Schaden melden")
	}
	r.wait("the devices' answer", func() bool { return r.k.top().(*card).told })
	r.shot("04-report-card" + name)
	r.tap("begin")
	r.tap("Straße")
	r.tap("Schlagloch")
	if !r.sees("Fotos können Sie mit der App schicken.") {
		t.Error("nobody says where photos can be sent from")
	}
	r.shot("05-report-what" + name)
	r.tap("next")
	r.types("Kl")
	r.shot("05-report-street" + name)
	r.tap("/place/street=0")
	r.tap("/place/number")
	r.types("14")
	r.tap("key.done")
	r.tap("next")
	r.tap("Wie ein Teller")
	if !r.sees("Bitte 110 oder 112 anrufen.") {
		t.Error("nobody says whom to call in danger")
	}
	r.tap("Nein")
	r.shot("05-report-questions" + name)
	r.tap("next")
	r.tap("next")
	if !r.sees("Klosterstraße 14") || r.sees("Fotos") {
		t.Error("the summary says\n" + r.said())
	}
	r.shot("08-report-summary" + name)
	r.tap("agree")
	r.tap("send")
	r.wait("the end", func() bool { return r.k.Screen() == "done" })
	r.waitFor("Bitte nehmen Sie Ihren Beleg mit.")
	if !r.sees("Ihre Meldung ist auf dem Weg ins Rathaus.") || r.sees("Antrag") {
		t.Error("a report is spoken of as an application:\n" + r.said())
	}
	r.shot("11-report-done" + name)
	if len(r.memory.Sent()) != 1 {
		t.Fatal("the report did not go out")
	}
	plain, err := r.town.Open(r.memory.Sent()[0])
	if err != nil {
		t.Fatal(err)
	}
	var app service.Application
	if err := json.Unmarshal(plain, &app); err != nil {
		t.Fatal(err)
	}
	place, _ := app.Answers.Get("/place")
	if at, ok := form.SpotOf(place); !ok || at != (form.Spot{Street: "Klosterstraße", Number: "14", How: form.ByStreet}) {
		t.Errorf("the town hall looks at %+v", at)
	}
	if len(typed) == 0 || typed[len(typed)-1] == "" {
		t.Errorf("streets were suggested for %q", typed)
	}
}
