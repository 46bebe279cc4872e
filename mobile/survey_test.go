package mobile

import "testing"

// The phone remembers nothing of a survey, not even that somebody answered one.
func TestThePhoneRemembersNothingOfASurvey(t *testing.T) {
	r := newRig(t, phone)
	s, ok := r.a.o.Catalogue.Find("umfrage", "")
	if !ok || !s.Counted() {
		t.Fatal("the survey is gone")
	}
	r.a.apply(s)
	answerAll(t, r.a.drafts[0], "with-helps")
	r.a.show()
	r.through()
	r.Tap("agree", "send")
	r.WaitScreen("thanked")
	if !r.Sees("Niemand erfährt, wer geantwortet hat") || r.Sees("BO-26") {
		t.Error(r.Said())
	}
	r.Shot("30-thanked")
	apps := r.opened()
	if len(apps) != 1 || apps[0].Service != "umfrage" || apps[0].Case != "" || apps[0].Recipient != "" || apps[0].Channel != "phone" {
		t.Fatalf("%+v", apps)
	}
	r.Tap("home")
	r.settled()
	if n := len(r.memory.entries); n != 0 || len(r.a.reports) != 0 || len(r.a.drafts) != 0 {
		t.Errorf("%d entries, %d reports and %d drafts are left", n, len(r.a.reports), len(r.a.drafts))
	}
}
