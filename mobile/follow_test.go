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
	r.a.push(&ask{filling: filling{draft: r.filled()}})
	r.Tap("send")
	r.WaitScreen("sent")
	r.memory.deliver(r.clock.Add(time.Minute))
	r.a.look()
	r.WaitFor("Danke!")
	app := r.opened()[0]
	r.tell(app.Recipient, service.Answer{Case: app.Case, State: service.StateApproved, Text: "Das Loch ist zu.", At: r.clock.Add(time.Hour)})
	r.a.reports[0].asked = 0
	r.a.look()
	r.Wait("the answer", func() bool { return r.a.unread() == 1 })
	r.Tap("home", "mine")
	if !r.Sees("Heute erledigt") || !r.Sees("neue Nachricht") {
		t.Errorf("the list says:\n%s", r.Said())
	}
	r.Tap("report." + app.ID)
	if !r.Sees("Das Loch ist zu.") || r.a.unread() != 0 {
		t.Errorf("the report says:\n%s", r.Said())
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
	r.a.push(&ask{filling: filling{draft: r.filled()}})
	r.Tap("send")
	r.WaitScreen("sent")
	r.memory.refuse()
	r.a.look()
	r.Wait("the standing", func() bool { return r.a.reports[0].standing == Refused })
	r.Tap("report")
	if r.Sees("Wartet auf Netz") || r.Sees("Geht von allein weiter") {
		t.Errorf("somebody waits for what will never come:\n%s", r.Said())
	}
	if !r.Sees("nicht annehmen") {
		t.Errorf("nobody says it:\n%s", r.Said())
	}
}

// An answer that is no repair may not look like one.
func TestWhatWasNotRepairedIsNotSaidToBeDone(t *testing.T) {
	r := newRig(t, phone)
	for state, word := range map[service.State]string{service.StateRejected: "Beantwortet", service.StateWithdrawn: "Zurückgezogen"} {
		rep := &report{reportData: reportData{Title: "Bank", Envelope: "e", At: r.clock, Arrived: r.clock, Answer: &service.Answer{State: state, Text: "Die Bank gehört der Bahn.", At: r.clock}}, standing: Arrived}
		r.a.push(&detail{report: rep})
		if r.Sees("Erledigt") || !r.Sees(word) {
			t.Errorf("%s: its page says\n%s", state, r.Said())
		}
	}
}

func TestAQuestionIsAnswered(t *testing.T) {
	r := newRig(t, phone)
	r.reports()
	r.a.online = true
	r.a.push(&ask{filling: filling{draft: r.filled()}})
	r.Tap("send")
	r.WaitScreen("sent")
	app := r.opened()[0]
	r.tell(app.Recipient, service.Answer{Case: app.Case, State: service.StateAsked, Token: "t", Questions: []service.Question{{ID: "q1", Text: "Links oder rechts?"}}, At: r.clock})
	rep := r.a.reports[0]
	rep.standing, rep.Arrived = Arrived, r.clock
	r.a.openDetail(rep)
	r.WaitFor("Links oder rechts?")
	r.Tap("question.q1", "send")
	if !r.Sees("Hier fehlt noch Ihre Antwort") {
		t.Error("an empty answer is sent")
	}
	r.Tap(fieldReply)
	r.types("Rechts.")
	r.W.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fynemobile.KeyBack})
	r.Tap("send")
	r.Wait("the way back", func() bool { return r.a.Screen() == "detail" })
	if _, asked := r.Find("question.q1"); asked || !r.Sees("Ihre Antwort ist gespeichert") {
		t.Errorf("the question is still asked:\n%s", r.Said())
	}
}

// The system may end an app that nobody sees: what was typed a moment before is written down when it goes to the background.
func TestWhatWasTypedLastIsWrittenWhenTheAppGoesAway(t *testing.T) {
	r := newRig(t, phone)
	r.Tap("/category=0", "words.first", "/words")
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
