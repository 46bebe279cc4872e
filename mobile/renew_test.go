package mobile

import "testing"

func TestWhatTheTownHallPublishesDoesNotChangeAReportThatIsBeingWritten(t *testing.T) {
	r := newRig(t, phone)
	waits := true
	r.a.o.Renew = func() bool {
		was := waits
		waits = false
		return was
	}
	d := r.filled()
	r.a.push(&ask{filling: filling{draft: d}})
	r.a.renew()
	if !waits {
		t.Fatal("services change under somebody's hands")
	}
	r.a.room(&start{})
	r.a.renew()
	if waits {
		t.Error("nothing new ever comes to this phone")
	}
	if d.visit.Service() != r.a.service() {
		t.Error("the report became one of another version")
	}
}
