package mobile

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fynemobile "fyne.io/fyne/v2/driver/mobile"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

func TestAReportIsFollowedUntilItIsDone(t *testing.T) {
	r := newRig(t, phone)
	r.a.push(&ask{draft: r.filled()})
	r.tap("send")
	r.waitScreen("sent")
	r.memory.arrived = r.clock.Add(time.Minute)
	r.memory.deliver()
	r.a.look()
	r.waitFor("Danke!")
	app := r.opened()[0]
	r.tell(app.Recipient, service.Answer{Case: app.Case, State: service.StateApproved, Text: "Das Loch ist zu.", At: r.clock.Add(time.Hour)})
	r.a.reports[0].asked = 0
	r.a.look()
	r.wait("the answer", func() bool { return r.a.unread() == 1 })
	r.tap("home")
	r.tap("mine")
	if !r.sees("Heute erledigt") || !r.sees("neue Nachricht") {
		t.Errorf("the list says:\n%s", r.said())
	}
	r.tap("report." + app.ID)
	if !r.sees("Das Loch ist zu.") || r.a.unread() != 0 {
		t.Errorf("the report says:\n%s", r.said())
	}
	r.calm()
	r.start()
	if len(r.a.reports) != 1 || r.a.reports[0].state() != service.StateApproved || r.a.unread() != 0 {
		t.Error("after a restart it is forgotten")
	}
}

// What the town hall does not take, nobody must believe to be on its way.
func TestWhatIsRefusedIsSaid(t *testing.T) {
	r := newRig(t, phone)
	r.a.push(&ask{draft: r.filled()})
	r.tap("send")
	r.waitScreen("sent")
	for id := range r.memory.standing {
		r.memory.standing[id] = Refused
	}
	r.a.look()
	r.wait("the standing", func() bool { return r.a.reports[0].standing == Refused })
	r.tap("report")
	if !r.sees("nicht annehmen") {
		t.Errorf("nobody says it:\n%s", r.said())
	}
}

func TestAQuestionIsAnswered(t *testing.T) {
	r := newRig(t, phone)
	r.reports()
	r.a.online = true
	r.a.push(&ask{draft: r.filled()})
	r.tap("send")
	r.waitScreen("sent")
	app := r.opened()[0]
	r.tell(app.Recipient, service.Answer{Case: app.Case, State: service.StateAsked, Token: "t", Questions: []service.Question{{ID: "q1", Text: "Links oder rechts?"}}, At: r.clock})
	rep := r.a.reports[0]
	rep.standing, rep.Arrived = Arrived, r.clock
	r.a.openDetail(rep)
	r.waitFor("Links oder rechts?")
	r.tap("question.q1")
	r.tap("send")
	if !r.sees("Hier fehlt noch Ihre Antwort") {
		t.Error("an empty answer is sent")
	}
	r.tap(fieldReply)
	r.types("Rechts.")
	r.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fynemobile.KeyBack})
	r.tap("send")
	r.wait("the way back", func() bool { return r.a.Screen() == "detail" })
	if _, asked := r.find("question.q1"); asked || !r.sees("Ihre Antwort ist gespeichert") {
		t.Errorf("the question is still asked:\n%s", r.said())
	}
}

// The system may end an app that nobody sees: what was typed a moment before is written down when it goes to the background.
func TestWhatWasTypedLastIsWrittenWhenTheAppGoesAway(t *testing.T) {
	r := newRig(t, phone)
	r.tap("/category=0")
	r.tap("words.first")
	r.tap("/words")
	r.types("Letztes Wort")
	r.a.Close()
	for _, e := range must1(r.memory.List(t.Context(), shelfDraft)) {
		if strings.Contains(string(e.Data), "Letztes Wort") {
			return
		}
	}
	t.Error("the last words are lost")
}

// A report without a distance is in the list, not on the map: a finger on a number opens the report that has this number there.
func TestAMarkerOpensItsOwnReport(t *testing.T) {
	r := newRig(t, phone)
	hits := []hit{{published: published{ID: "far", Title: "Irgendwo"}, away: -1}, {published: published{ID: "near", Title: "Hier", Lat: 52.2, Lon: 8.8}, away: 12}}
	markers, of := marks(r.a, hits)
	if len(markers) != 1 || len(of) != 1 || of[0].ID != "near" || markers[0].At.Lat != 52.2 {
		t.Errorf("%+v, %+v", markers, of)
	}
	r.a.near = append(r.others(), published{ID: "p0", Category: "strasse", Title: "Loch", Street: "Klosterstraße", Day: "2026-11-23", State: "received"})
	d := r.filled()
	spot, _ := d.spot()
	for i, h := range r.a.sameAs(d, spot) {
		if _, of := marks(r.a, r.a.sameAs(d, spot)); i < len(of) && of[i].ID != h.ID {
			t.Errorf("number %d is %s in the list, %s on the map", i+1, h.ID, of[i].ID)
		}
	}
}
