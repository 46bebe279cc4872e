package pay

import (
	"reflect"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 23, 14, 35, 9, 0, time.UTC)

func evidence(trace int) *Evidence {
	return &Evidence{Amount: 3070, TerminalID: "65000028", Trace: trace, Receipt: trace, Date: "1123", Time: "143509"}
}

// TestStepIsTotal holds the whole table to the four rules of Step.
func TestStepIsTotal(t *testing.T) {
	for _, s := range States() {
		for _, k := range Kinds() {
			t.Run(string(s)+" "+string(k), func(t *testing.T) {
				p := Payment{ID: "p", Envelope: "e", Amount: 3070, State: s}
				next, effect := Step(p, Event{Kind: k, At: day, Code: "05"})
				known := false
				for _, known2 := range States() {
					known = known || next.State == known2
				}
				if !known {
					t.Fatalf("ends in %q", next.State)
				}
				if next.ID != p.ID || next.Envelope != p.Envelope || next.Amount != p.Amount {
					t.Error("a payment became another one")
				}
				if effect == Impossible && !reflect.DeepEqual(next, p) {
					t.Error("what cannot happen changed the payment")
				}
				// Rule 1: the application goes out only after the completion of a granted payment or the terminal's later word.
				if effect == Release {
					if next.State != Approved || (k != Found && !(s == Granted && k == Complete)) {
						t.Errorf("released in %s by %s", s, k)
					}
				}
				// Rule 2: it is deleted only on the terminal's definite word that nothing was taken, or if it was never asked.
				if effect == Discard {
					if !next.State.Final() || next.State == Approved {
						t.Errorf("discarded and then %s", next.State)
					}
					if s != Intended && k != Refuse && k != Cancel && k != Absent && k != Reverse {
						t.Errorf("discarded in %s by %s", s, k)
					}
				}
				// Rule 3: what is not clear is asked.
				if next.State == Unknown && effect != Reconcile && effect != Impossible {
					t.Errorf("unclear, and nobody asks: %q", effect)
				}
				if k == Lose && s != Intended && !s.Final() && s != Stray && (next.State != Unknown || effect != Reconcile) {
					t.Errorf("a lost line ends in %s, %q", next.State, effect)
				}
				// Rule 4: money for a payment that had ended is given back.
				if (k == Grant || k == Found) && (s == Declined || s == Cancelled || s == Stray || s == Reversed) && (next.State != Stray || effect != GiveBack) {
					t.Errorf("money turned up and ends in %s, %q", next.State, effect)
				}
				if next.State == Stray && s != Stray && effect != GiveBack {
					t.Error("stray money stays")
				}
				// What went out stays out, and what was deleted is never released.
				if s == Approved && next.State != Approved {
					t.Errorf("an approved payment became %s", next.State)
				}
				if (s == Declined || s == Cancelled || s == Reversed || s == Stray) && effect == Release {
					t.Error("released after it was deleted")
				}
				// Saying it twice changes nothing more.
				if again, twice := Step(next, Event{Kind: k, At: day, Code: "05"}); effect == Release && (again.State != Approved || twice != Nothing) {
					t.Errorf("said twice: %s, %q", again.State, twice)
				}
			})
		}
	}
}

func TestAStateAndAnEventThatDoNotExistAreImpossible(t *testing.T) {
	for _, p := range []Payment{{State: "paid"}, {}} {
		if next, effect := Step(p, Event{Kind: Grant}); effect != Impossible || next.State != p.State {
			t.Errorf("%q: %s, %q", p.State, next.State, effect)
		}
	}
	if next, effect := Step(Payment{State: Asked}, Event{Kind: "thanks"}); effect != Impossible || next.State != Asked {
		t.Errorf("%s, %q", next.State, effect)
	}
}

func TestWhatThePaymentRemembers(t *testing.T) {
	p := Payment{State: Intended, Amount: 3070}
	p, _ = Step(p, Event{Kind: Ask, At: day, Evidence: evidence(7)})
	if p.Before == nil || p.Before.Trace != 7 || p.Evidence != nil || !p.At.Equal(day) {
		t.Fatalf("after Ask: %+v", p)
	}
	p, _ = Step(p, Event{Kind: Grant, At: day.Add(time.Second), Evidence: evidence(8)})
	p, _ = Step(p, Event{Kind: Complete, At: day.Add(2 * time.Second)})
	if p.Evidence == nil || p.Evidence.Trace != 8 || p.Before.Trace != 7 || !p.At.Equal(day.Add(2*time.Second)) {
		t.Fatalf("after Complete: %+v", p)
	}
	d, _ := Step(Payment{State: Asked}, Event{Kind: Refuse, Code: "05"})
	if d.Code != "05" {
		t.Errorf("code %q", d.Code)
	}
}

// TestCompare is the table of the reconciliation rule.
func TestCompare(t *testing.T) {
	with := func(e *Evidence, change func(*Evidence)) Evidence {
		c := *e
		change(&c)
		return c
	}
	none := func(*Evidence) {}
	for _, c := range []struct {
		name             string
		before, evidence *Evidence
		last             Evidence
		want             Verdict
	}{
		{"another amount is another payment", nil, nil, with(evidence(1), func(e *Evidence) { e.Amount = 1 }), Theirs},
		{"another amount, though all else is the same", nil, evidence(8), with(evidence(8), func(e *Evidence) { e.Amount = 1 }), Theirs},
		{"nothing is known from before", nil, nil, *evidence(8), Unclear},
		{"the terminal repeats the payment before, of the same amount", evidence(7), nil, *evidence(7), Theirs},
		{"a new payment of the amount", evidence(7), nil, *evidence(8), Ours},
		{"the payment that was granted", evidence(7), evidence(8), *evidence(8), Ours},
		{"the payment that was granted, nothing known from before", nil, evidence(8), *evidence(8), Ours},
		{"granted, taken back, and the payment before is repeated", evidence(7), evidence(8), *evidence(7), Theirs},
		{"granted, and then another one", evidence(7), evidence(8), *evidence(9), Theirs},
		{"the same trace and receipt on another day", evidence(7), nil, with(evidence(7), func(e *Evidence) { e.Date = "1122" }), Ours},
		{"the same trace and receipt at another time", evidence(7), evidence(8), with(evidence(8), func(e *Evidence) { e.Time = "143510" }), Theirs},
		{"another terminal", evidence(7), evidence(8), with(evidence(8), func(e *Evidence) { e.TerminalID = "65000029" }), Unclear},
		{"another terminal, which was only asked before", evidence(7), nil, with(evidence(8), func(e *Evidence) { e.TerminalID = "65000029" }), Unclear},
		{"another terminal and another amount", evidence(7), nil, with(evidence(8), func(e *Evidence) { e.TerminalID, e.Amount = "65000029", 1 }), Unclear},
		{"a fresh terminal that told who it is", &Evidence{TerminalID: "65000028"}, nil, *evidence(1), Ours},
		{"another receipt number", evidence(7), evidence(8), with(evidence(8), func(e *Evidence) { e.Receipt++ }), Theirs},
		{"card name and receipt text do not count", evidence(7), evidence(8), with(evidence(8), func(e *Evidence) { e.Card, e.Customer = "Visa", []string{"x"} }), Ours},
		{"no payment was ever made before", &Evidence{}, nil, with(evidence(1), none), Ours},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Payment{State: Unknown, Amount: 3070, Before: c.before, Evidence: c.evidence}
			if got := Compare(p, c.last); got != c.want {
				t.Errorf("verdict %d, want %d", got, c.want)
			}
		})
	}
}

func TestMoneyThatTheTerminalKeepsIsHandedOverOnce(t *testing.T) {
	p, effect := Step(Payment{State: Stray, Amount: 3070, Evidence: evidence(8)}, Event{Kind: HandOver, At: day})
	if p.State != Owed || effect != Nothing || !p.State.Final() || p.Evidence.Trace != 8 {
		t.Fatalf("%s, %q", p.State, effect)
	}
	for _, k := range Kinds() { // two ways of giving back would be one too many
		if next, effect := Step(p, Event{Kind: k}); next.State != Owed || effect != Nothing && effect != Impossible {
			t.Errorf("%s: %s, %q", k, next.State, effect)
		}
	}
	for _, s := range States() {
		if next, effect := Step(Payment{State: s}, Event{Kind: HandOver}); s != Stray && s != Owed && (next.State != s || effect != Impossible) {
			t.Errorf("%s became %s", s, next.State)
		}
	}
}
