package kiosk

import (
	"encoding/json"
	"testing"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
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
	r.Tap("start", "Schaden melden")
	if r.k.Screen() == "situation" {
		r.Tap("Schaden melden")
	}
	r.Wait("the devices' answer", func() bool { return r.k.top().(*card).told })
	r.Shot("04-report-card" + name)
	r.Tap("begin", "Straße", "Schlagloch")
	if !r.Sees("Fotos können Sie mit der App schicken.") {
		t.Error("nobody says where photos can be sent from")
	}
	r.Shot("05-report-what" + name)
	r.Tap("next")
	r.types("Kl")
	r.Shot("05-report-street" + name)
	r.Tap("/place/street=0", "/place/number")
	r.types("14")
	r.Tap("key.done", "next", "Wie ein Teller")
	if !r.Sees("Bitte 110 oder 112 anrufen.") {
		t.Error("nobody says whom to call in danger")
	}
	r.Tap("Nein")
	r.Shot("05-report-questions" + name)
	r.Tap("next", "next")
	if !r.Sees("Klosterstraße 14") || r.Sees("Fotos") {
		t.Error("the summary says\n" + r.Said())
	}
	r.Shot("08-report-summary" + name)
	r.Tap("agree", "send")
	r.Wait("the end", func() bool { return r.k.Screen() == "done" })
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	if !r.Sees("Ihre Meldung ist auf dem Weg ins Rathaus.") || r.Sees("Antrag") {
		t.Error("a report is spoken of as an application:\n" + r.Said())
	}
	r.Shot("11-report-done" + name)
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

// Who reported a lamp never applied for anything: the page that a slip opens says so too.
func TestAReportIsAReportOnThePageOfItsCase(t *testing.T) {
	catalogue, err := service.LoadCatalogue(assets.FS, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, portrait, func(o *Options) { o.Catalogue = catalogue })
	open := func(state service.State) {
		a := asked()
		a.Service, a.Title, a.Text, a.Papers, a.Questions = "maengelmeldung", "Schaden melden", "Der Bauhof war da.", nil, nil
		a.State = state
		a.Steps = append(a.Steps, service.Entry{State: state, At: a.Steps[0].At})
		r.k.Wipe()
		r.follow(a)
		r.k.push(&caseState{})
	}
	reads := func(what string) {
		t.Helper()
		r.Shot("21-report-" + what)
		if r.Sees("Antrag") || r.Sees("Genehmigt") || r.Sees("Abgelehnt") {
			t.Errorf("%s: a report is spoken of as an application:\n%s", what, r.Said())
		}
		for _, f := range tree.Check(r.Nodes(), look.PxPerMM) {
			t.Errorf("%s: %s", what, f)
		}
	}
	open(service.StateInWork)
	reads("in-work")
	r.Tap("withdraw")
	reads("withdraw")
	r.Tap("back")
	r.k.top().(*caseState).said = "withdrawn"
	r.k.show()
	reads("withdrawn")
	open(service.StateApproved)
	if !r.Sees("Erledigt") {
		t.Errorf("nobody says that it is done:\n%s", r.Said())
	}
	reads("done")
	open(service.StateRejected)
	reads("answered")
}
