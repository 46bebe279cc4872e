package visit

import (
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

func TestABrokenRuleIsToldOnceAVisitHoweverOftenTheFormIsLookedAt(t *testing.T) {
	told := make(chan []expr.Place, 10)
	o := Options{Now: time.Now, Broken: func(version string, rules []expr.Place) {
		if version != "7" {
			t.Errorf("version %q", version)
		}
		told <- rules
	}}
	s := &service.Service{ID: "parken", Version: "7"}
	v := Begin(s, Desk{}, o)
	fee, note := expr.Place{Service: "parken", File: "form.yaml", Line: 12, Key: "fee.amount"}, expr.Place{Service: "parken", File: "form.yaml", Line: 20, Key: "note.when"}
	v.tell(form.View{})
	for range 3 {
		v.tell(form.View{Broken: []expr.Place{fee}})
	}
	v.tell(form.View{Broken: []expr.Place{fee, note}})
	next := Begin(s, Desk{}, o)
	next.tell(form.View{Broken: []expr.Place{fee}})
	count := map[expr.Place]int{}
	for range 3 {
		for _, p := range <-told {
			count[p]++
		}
	}
	if len(told) > 0 || count[fee] != 2 || count[note] != 1 {
		t.Errorf("%v, and %d more", count, len(told))
	}
	Begin(s, Desk{}, Options{Now: time.Now}).tell(form.View{Broken: []expr.Place{fee}}) // nobody wants to know
}
