package kiosk

import (
	"slices"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

func TestWhatTheTownHallPublishesIsOfferedBetweenTwoVisitsOnly(t *testing.T) {
	catalogue, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	mine := catalogue.Beside()
	waits, asked := false, 0
	r := newRig(t, portrait, func(o *Options) {
		o.Catalogue = mine
		o.Renew = func() bool {
			asked++
			was := waits
			waits = false
			return was
		}
	})
	s := mine.Services()[0]
	r.Tap("start")
	r.k.push(&card{service: s})
	r.k.begin(s)
	before := asked
	waits = true
	for range 5 {
		r.k.Tick()
	}
	if asked != before || r.k.s.visit.Service() != s {
		t.Fatal("services change under somebody's hands")
	}
	r.k.Wipe()
	if waits || !slices.Contains(r.events, "renewed") {
		t.Error("the next one finds what there was before")
	}
	waits = true
	r.k.Tick()
	if waits {
		t.Error("a terminal that nobody uses goes on offering what there was before")
	}
	r.Tap("start")
	waits = true
	r.k.home()
	if waits {
		t.Error("who begins anew finds what there was before")
	}
	mine.Use(mine.Edition([]service.Version{{ID: s.ID, Version: "9", Offered: true, Read: func() (*service.Service, error) { return nil, service.ErrInform }}}))
	if again, found := mine.Find(s.ID, ""); !found || again != s {
		t.Error("a version that cannot be read leaves nothing")
	}
}
