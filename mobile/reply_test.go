package mobile

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// asked is a phone whose report the town hall has a question about, as it was told before the line broke.
func asked(t *testing.T) (*rig, *report) {
	r := newRig(t, phone)
	r.a.push(&ask{filling: filling{draft: r.filled()}})
	r.Tap("send")
	r.WaitScreen("sent")
	app := r.opened()[0]
	r.memory.deliver(time.Time{})
	r.a.look()
	r.WaitFor("Danke!")
	rep := r.a.reports[0]
	rep.Answer = &service.Answer{Case: app.Case, State: service.StateAsked, Token: "t", Questions: []service.Question{{ID: "q1", Text: "Links oder rechts?"}}, At: r.clock}
	r.office.Cut(visit.ErrOffline)
	r.a.online = false
	r.a.openDetail(rep)
	return r, rep
}

func TestAQuestionIsAnsweredWithoutALine(t *testing.T) {
	r, _ := asked(t)
	r.Tap("question.q1")
	if !r.Sees("Ihre Antwort geht los, sobald es wieder da ist") {
		t.Error("nobody says that there is no line")
	}
	r.Tap(fieldReply)
	r.types("Rechts.")
	r.a.rest()
	r.Tap("send")
	r.WaitScreen("detail")
	if !r.Sees("Wartet auf Netz") || r.a.Screen() != "detail" {
		t.Errorf("the report says:\n%s", r.Said())
	}
	if _, again := r.Find("question.q1"); again {
		t.Error("the question is still asked")
	}
	said := r.opened()[1]
	if said.Kind != service.KindReply || said.Reply == nil || said.Reply.Text != "Rechts." || said.Reply.Token != "t" || said.Reply.Question != "q1" {
		t.Errorf("%+v", said)
	}
	r.calm()
	for _, e := range must1(r.memory.List(t.Context(), shelfReport)) {
		var data reportData
		if err := json.Unmarshal(e.Data, &data); err != nil || len(data.Replies) != 1 || data.Secret == "" {
			t.Errorf("%+v, %v", data, err)
		}
	}
	r.start() // as after a kill
	rep := r.a.reports[0]
	r.a.online = false
	r.a.openDetail(rep)
	if !r.Sees("Wartet auf Netz") {
		t.Errorf("after a restart the report says:\n%s", r.Said())
	}
	r.memory.deliver(r.clock.Add(time.Hour))
	r.a.look()
	r.WaitFor("Ihre Antwort ist im Rathaus.")
	if rep.stage() != "arrived" {
		t.Errorf("the list says %q", rep.stage())
	}
}

// An answer that nobody took may not look as if it had been given, and one that found no room is not lost.
func TestAnAnswerThatWasNotTakenIsAskedAgain(t *testing.T) {
	r, rep := asked(t)
	r.Tap("question.q1", fieldReply)
	r.types("Rechts.")
	r.a.rest()
	r.memory.fill(true)
	r.Tap("send")
	r.WaitFor("Kein Platz mehr auf dem Handy")
	r.Wait("the button to try again", func() bool { _, again := r.Find("send"); return again }) // the draft may have said it first
	if len(rep.Replies) != 0 || !r.Sees("Rechts.") {
		t.Error("the answer is lost")
	}
	r.memory.fill(false)
	r.Tap("send")
	r.WaitScreen("detail")
	r.memory.mu.Lock()
	r.memory.standing[rep.Replies[0].Envelope] = Refused
	r.memory.mu.Unlock()
	r.a.look()
	r.WaitFor("konnte Ihre Antwort nicht annehmen")
	if _, again := r.Find("question.q1"); !again || rep.stage() != "asked" {
		t.Error("the question is not asked again")
	}
}

// What the town hall shows is still there when it is looked at.
func TestThePicturesOfAnAnswerStay(t *testing.T) {
	r := newRig(t, phone)
	r.a.push(&ask{filling: filling{draft: r.filled()}})
	r.Tap("send")
	r.WaitScreen("sent")
	app := r.opened()[0]
	picture := thumb(r.album["klein.jpg"].Data)
	r.tell(app.Recipient, service.Answer{Case: app.Case, State: service.StateApproved, Text: "Erledigt.", At: r.clock,
		Papers: []service.Paper{{Name: "danach.jpg", Title: "Danach", Type: "image/jpeg", Data: picture}}})
	rep := r.a.reports[0]
	r.a.fetch(rep, nil)
	r.Wait("the answer", func() bool { return rep.Answer != nil })
	if string(rep.Answer.Papers[0].Data) != string(picture) {
		t.Error("the picture was wiped")
	}
}

// Who is interrupted while answering finds what was typed, after going back and after a kill; once it is sent it is nowhere on the phone.
func TestABegunAnswerIsNotLost(t *testing.T) {
	inMemory := func(r *rig) bool {
		for _, e := range must1(r.memory.List(t.Context(), shelfReport)) {
			if strings.Contains(string(e.Data), "Rechts neben") {
				return true
			}
		}
		return false
	}
	r, _ := asked(t)
	r.Tap("question.q1", fieldReply)
	r.types("Rechts neben")
	r.Wait("the words in the memory", func() bool { return inMemory(r) })
	r.types(" der Tür.")
	r.a.Back() // the keyboard
	r.a.Back()
	r.Tap("question.q1")
	if !r.Sees("Rechts neben der Tür.") {
		t.Errorf("after going back:\n%s", r.Said())
	}
	r.calm()
	answer := r.a.reports[0].Answer
	r.start()
	rep := r.a.reports[0]
	rep.Answer = answer
	r.a.online = false
	r.a.openDetail(rep)
	r.Tap("question.q1")
	if !r.Sees("Rechts neben der Tür.") {
		t.Errorf("after a kill:\n%s", r.Said())
	}
	r.Tap("send")
	r.WaitScreen("detail")
	r.calm()
	if said := r.opened()[1]; said.Reply == nil || said.Reply.Text != "Rechts neben der Tür." {
		t.Errorf("%+v", said)
	}
	if inMemory(r) {
		t.Error("the answer's words stay on the phone")
	}
}
