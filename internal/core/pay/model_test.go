package pay

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

// terminal is a card terminal reduced to what matters: which payments it stored for good, and one that waits for the till's answer.
type terminal struct {
	trace  int
	stored []Evidence // taken and not given back
	last   *Evidence  // what repeat receipt tells
	open   *Evidence  // the bank said yes; the till has not answered
}

func (t *terminal) grant(amount money.Cents) Evidence {
	t.trace++
	e := Evidence{Amount: amount, TerminalID: "65000028", Trace: t.trace, Receipt: t.trace, Date: "1123", Time: fmt.Sprintf("%06d", t.trace)}
	t.open = &e
	return e
}

func (t *terminal) confirm() { t.stored, t.last, t.open = append(t.stored, *t.open), t.open, nil }

func (t *terminal) holds(e *Evidence) bool {
	for _, s := range t.stored {
		if e != nil && s.key() == e.key() {
			return true
		}
	}
	return false
}

func (t *terminal) giveBack(e *Evidence) {
	for i, s := range t.stored {
		if s.key() == e.key() {
			t.stored = append(t.stored[:i:i], t.stored[i+1:]...)
			return
		}
	}
}

// world is a device with one payment at a time, and the terminal. The device's memory is p alone: it survives a crash at any moment.
type world struct {
	t        terminal
	p        Payment
	released int
	deleted  int
}

func (w *world) step(rt *rapid.T, e Event) Effect {
	next, effect := Step(w.p, e)
	if effect == Impossible {
		rt.Fatalf("%s in %s cannot happen, and it did", e.Kind, w.p.State)
	}
	w.p = next
	switch effect {
	case Release:
		w.released++
	case Discard:
		w.deleted++
	}
	return effect
}

// pay plays one payment: how far it gets is drawn.
func (w *world) pay(rt *rapid.T, end string) {
	w.step(rt, Event{Kind: Ask, Evidence: w.before()})
	switch end {
	case "declined":
		w.step(rt, Event{Kind: Refuse, Code: "05"})
	case "cancelled":
		w.step(rt, Event{Kind: Cancel, Code: "6C"})
	case "line lost before the bank":
		w.step(rt, Event{Kind: Lose})
	case "line lost before the status":
		w.t.grant(w.p.Amount)
		w.t.open = nil // reverses by itself
		w.step(rt, Event{Kind: Lose})
	case "crash before the grant was stored":
		w.t.grant(w.p.Amount)
		w.t.open = nil
	case "answer to the status lost":
		e := w.t.grant(w.p.Amount)
		w.step(rt, Event{Kind: Grant, Evidence: &e})
		w.t.open = nil
		w.step(rt, Event{Kind: Lose})
	case "taken back and said so":
		e := w.t.grant(w.p.Amount)
		w.step(rt, Event{Kind: Grant, Evidence: &e})
		w.t.open = nil
		w.step(rt, Event{Kind: Refuse, Code: "6C"})
	case "crash before the completion":
		e := w.t.grant(w.p.Amount)
		w.step(rt, Event{Kind: Grant, Evidence: &e})
		w.t.confirm()
	case "completion lost":
		e := w.t.grant(w.p.Amount)
		w.step(rt, Event{Kind: Grant, Evidence: &e})
		w.t.confirm()
		w.step(rt, Event{Kind: Lose})
	case "good, status repeated":
		e := w.t.grant(w.p.Amount)
		w.step(rt, Event{Kind: Grant, Evidence: &e})
		w.step(rt, Event{Kind: Grant, Evidence: &e})
		w.t.confirm()
		w.step(rt, Event{Kind: Complete})
	case "good":
		e := w.t.grant(w.p.Amount)
		w.step(rt, Event{Kind: Grant, Evidence: &e})
		w.t.confirm()
		w.step(rt, Event{Kind: Complete})
		w.step(rt, Event{Kind: Lose}) // the line breaks afterwards
	}
}

// before is what the terminal tells of its last payment before this one; an empty one if it never made any.
func (w *world) before() *Evidence {
	if w.t.last == nil {
		return &Evidence{}
	}
	e := *w.t.last
	return &e
}

// settle asks the terminal as the device does after a break or a restart.
func (w *world) settle(rt *rapid.T) {
	if w.p.State.Final() {
		return
	}
	if w.p.State == Asked || w.p.State == Granted { // a restart found it like this
		w.step(rt, Event{Kind: Lose})
	}
	verdict := Theirs
	if w.t.last != nil {
		verdict = Compare(w.p, *w.t.last)
	}
	switch verdict {
	case Ours:
		w.step(rt, Event{Kind: Found, Evidence: w.before()})
	case Theirs:
		w.step(rt, Event{Kind: Absent})
	default:
		rt.Fatal("unclear, though the payment before was known")
	}
}

// TestMoneyAndApplicationsStayTogether lets payments of few amounts follow each other with every kind of end: an application goes out
// exactly when its money was taken, exactly once, and no money stays without one.
func TestMoneyAndApplicationsStayTogether(t *testing.T) {
	ends := []string{
		"declined", "cancelled", "line lost before the bank", "line lost before the status", "crash before the grant was stored",
		"answer to the status lost", "taken back and said so", "crash before the completion", "completion lost", "good, status repeated", "good",
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{}
		for i := range rapid.IntRange(1, 12).Draw(rt, "payments") {
			had := len(w.t.stored)
			w.p = Payment{ID: fmt.Sprint(i), State: Intended, Amount: money.Cents(rapid.SampledFrom([]int{1000, 3070}).Draw(rt, "amount"))}
			w.released, w.deleted = 0, 0
			end := rapid.SampledFrom(ends).Draw(rt, "end")
			w.pay(rt, end)
			w.settle(rt)
			if !w.p.State.Final() {
				rt.Fatalf("%s: still %s", end, w.p.State)
			}
			taken := len(w.t.stored) - had
			if w.released != taken || w.released > 1 {
				rt.Fatalf("%s: money taken %d times, application sent %d times", end, taken, w.released)
			}
			if w.released+w.deleted != 1 {
				rt.Fatalf("%s: sent %d times, deleted %d times", end, w.released, w.deleted)
			}
			if (w.p.State == Approved) != (taken == 1) {
				rt.Fatalf("%s: %s, taken %d", end, w.p.State, taken)
			}
		}
	})
}

// TestStrayMoneyIsGivenBack lets the terminal claim a payment after the device had ended it.
func TestStrayMoneyIsGivenBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{p: Payment{State: Intended, Amount: 3070}}
		w.pay(rt, rapid.SampledFrom([]string{"declined", "cancelled"}).Draw(rt, "end"))
		e := w.t.grant(w.p.Amount)
		w.t.confirm()
		if effect := w.step(rt, Event{Kind: rapid.SampledFrom([]Kind{Grant, Found}).Draw(rt, "how"), Evidence: &e}); effect != GiveBack {
			rt.Fatalf("%q", effect)
		}
		for range rapid.IntRange(0, 3).Draw(rt, "failed tries") {
			if effect := w.step(rt, Event{Kind: rapid.SampledFrom([]Kind{Lose, Refuse}).Draw(rt, "why")}); effect != GiveBack {
				rt.Fatalf("given up: %q", effect)
			}
		}
		w.t.giveBack(w.p.Evidence)
		w.step(rt, Event{Kind: Reverse})
		if w.p.State != Reversed || w.t.holds(&e) || w.released != 0 {
			rt.Fatalf("%s, still held %v", w.p.State, w.t.holds(&e))
		}
	})
}

// TestNoOrderOfEventsReleasesTwice throws events in any order at a payment.
func TestNoOrderOfEventsReleasesTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := Payment{State: Intended, Amount: 3070}
		released, discarded := 0, 0
		for range rapid.IntRange(1, 20).Draw(rt, "events") {
			var effect Effect
			p, effect = Step(p, Event{Kind: rapid.SampledFrom(Kinds()).Draw(rt, "kind")})
			switch effect {
			case Release:
				released++
			case Discard:
				discarded++
			}
		}
		if released > 1 || discarded > 1 || released+discarded > 1 {
			rt.Fatalf("released %d times, discarded %d times", released, discarded)
		}
	})
}
