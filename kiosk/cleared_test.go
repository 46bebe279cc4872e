package kiosk

import (
	"context"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// atUnclear brings a citizen to the screen that cannot tell how the payment ended, slip in hand.
func atUnclear(t *testing.T) *rig {
	r := newRig(t, portrait)
	r.card.end = pay.Lose
	r.atPaying()
	r.Tap("way-card")
	r.WaitFor("Die Zahlung ist noch nicht klar")
	r.Wait("the slip", func() bool { return r.Has("end") })
	return r
}

// asked lets the terminal be asked once more how its payments ended, as Run does from time to time.
func (r *rig) asked(says pay.Kind) {
	r.T.Helper()
	r.card.says = says
	if open, err := visit.Recover(context.Background(), r.k.o.Desk, r.k.o.Now, func(p pay.Payment) { r.k.gently(func() { r.k.ended(p) }) }); open != 0 || err != nil {
		r.T.Fatalf("%d are open: %v", open, err)
	}
}

func TestWhoStillStandsThereIsToldThatThePaymentIsPaid(t *testing.T) {
	r := atUnclear(t)
	if r.k.Screen() != "done" || !r.Sees("Wird geklärt") {
		t.Fatal(r.Said())
	}
	r.asked(pay.Found)
	r.WaitFor("Ihre Zahlung ist jetzt geklärt: bezahlt")
	if r.Sees("Wird geklärt") || r.Sees("noch nicht klar") || r.Has("again") {
		t.Errorf("it still says that nobody knows:\n%s", r.Said())
	}
	r.Tap("reprint") // nothing comes out by itself: the slip opens the case, and nobody may stand there any more
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	if n := len(r.printer.printed); n != 2 {
		t.Fatalf("%d slips came out", n)
	}
	if first, second := r.printer.printed[0].Parts(), r.printer.printed[1].Parts(); len(second) < len(first) || len(second) == 0 {
		t.Errorf("the second slip has %d parts, the first %d", len(second), len(first))
	}
	if len(r.memory.Sent()) != 1 || !r.Has("else") || !r.Has("end") {
		t.Errorf("%d went out:\n%s", len(r.memory.Sent()), r.Said())
	}
}

func TestWhoStillStandsThereIsToldThatNothingWasPaidAndMayPayAgain(t *testing.T) {
	r := atUnclear(t)
	r.clock = r.clock.Add(time.Hour) // the idle warning is up
	r.k.Tick()
	r.asked(pay.Absent)
	r.WaitFor("Ihre Zahlung ist jetzt geklärt: nicht bezahlt")
	if r.memory.Held() != 0 || len(r.memory.Sent()) != 0 || r.Has("code") {
		t.Errorf("something was kept of an unpaid application:\n%s", r.Said())
	}
	r.card.end = pay.Complete
	r.Tap("again")
	r.WaitFor("Mit Karte")
	r.Tap("way-card")
	r.WaitFor("Bitte nehmen Sie Ihren Beleg mit.")
	if len(r.memory.Sent()) != 1 || r.Sees("jetzt geklärt") {
		t.Errorf("the second try: %d went out:\n%s", len(r.memory.Sent()), r.Said())
	}
}

func TestTheNextCitizenHearsNothingOfAnEarlierPayment(t *testing.T) {
	r := atUnclear(t)
	r.Tap("else")
	r.asked(pay.Found)
	r.Wait("the payment's end", func() bool { return len(r.k.s.ends) == 1 })
	if r.k.Screen() != "home" || r.Sees("geklärt") {
		t.Errorf("the screen %q says\n%s", r.k.Screen(), r.Said())
	}
}

func TestAPaymentThatIsClearBeforeItsScreenIsThereIsToldToo(t *testing.T) {
	r := newRig(t, portrait)
	r.card.end = pay.Lose
	r.atPaying()
	r.Tap("way-card")
	r.Wait("the payment", func() bool { return r.memory.Held() == 1 })
	p, err := r.memory.Unsettled(context.Background())
	if err != nil || len(p) != 1 {
		t.Fatal(p, err)
	}
	p[0].State = pay.Approved
	r.k.ended(p[0])
	r.WaitFor("Ihre Zahlung ist jetzt geklärt: bezahlt")
}
