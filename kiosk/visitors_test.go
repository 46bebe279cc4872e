package kiosk

import (
	"context"
	"slices"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// cardReader is one whose cards a test puts in and takes out.
type cardReader struct{ cards chan visit.Card }

func (c cardReader) Card(ctx context.Context) (visit.Card, error) {
	select {
	case card := <-c.cards:
		return card, nil
	case <-ctx.Done():
		return visit.NoCard, ctx.Err()
	}
}

// sensor is one before which a test puts people.
type sensor struct{ news chan error } // nil: nobody is there any more

func (s sensor) Next(ctx context.Context) (bool, error) {
	select {
	case err := <-s.news:
		return false, err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// hearing runs what listens to card reader and sensor until the test ends.
func (r *rig) hearing(f func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); f(ctx) }()
	r.T.Cleanup(func() { stop(); <-ended })
}

func TestAGirocardInTheCardReaderIsPolitelySentAway(t *testing.T) {
	reader := cardReader{make(chan visit.Card)}
	r := newRig(t, portrait, func(o *Options) { o.Desk.Cards = reader })
	r.hearing(r.k.hearCards)
	r.filled()
	r.k.push(&summary{agreed: true})
	for card, words := range map[visit.Card]string{
		visit.Girocard: "Das ist eine Girocard.", visit.HealthCard: "Das ist eine Gesundheitskarte.", visit.PaymentCard: "Das ist eine Bezahlkarte.",
		visit.Unreadable: "Diese Karte antwortet nicht.",
	} {
		reader.cards <- card
		r.Wait("the card is named", func() bool { return r.Sees(words) })
		if card != visit.Unreadable && !r.Sees("Wir haben nichts von der Karte gelesen.") {
			t.Errorf("%s: nobody says that it was not read", card)
		}
		reader.cards <- visit.NoCard
		r.Wait("the summary is back", func() bool { return !r.Sees(words) && r.Has("send") })
	}
	reader.cards <- visit.Girocard
	r.Wait("the card is named", func() bool { return r.Has("card-ok") })
	r.Tap("card-ok") // it may stay where it is
	if r.Has("card-ok") {
		t.Error("the page does not go")
	}
	reader.cards <- visit.IdentityCard // that one has business here
	r.Wait("it was heard", func() bool { return slices.Contains(r.events, "card") })
	if r.Has("card-ok") {
		t.Error("an identity card is sent away")
	}
}

func TestACardChangesNothingWhileMoneyMoves(t *testing.T) {
	r := newRig(t, portrait)
	r.filled()
	r.k.push(&summary{agreed: true})
	r.k.s.moving++
	r.k.carded(visit.Girocard)
	if r.Sees("Das ist eine Girocard.") {
		t.Error("the payment's page was covered")
	}
	r.k.s.moving--
	r.k.show()
	if !r.Sees("Das ist eine Girocard.") {
		t.Error("afterwards nothing is said of the card")
	}
}

// Who walks away leaves a screen behind that tells their name to the next one: with a sensor it asks at once, and forgets after the countdown.
func TestWhoWalksAwayIsAskedAtOnce(t *testing.T) {
	s := sensor{make(chan error)}
	r := newRig(t, portrait, func(o *Options) { o.Desk.Sensor = s })
	r.hearing(r.k.hearSensor)
	r.filled()
	r.k.push(&summary{})
	s.news <- nil
	r.Wait("it is asked", func() bool { return r.Has("stay") })
	r.Tap("stay")
	if r.Has("stay") || r.k.s.visit == nil {
		t.Error("who came back found nothing")
	}
	s.news <- nil
	r.Wait("it is asked", func() bool { return r.Has("stay") })
	r.clock = r.clock.Add(31 * time.Second)
	r.k.Tick()
	if r.k.Screen() != "attract" || r.k.s.visit != nil {
		t.Errorf("after the countdown there is still %s", r.k.Screen())
	}
}

func TestASensorNeverEndsAPaymentAndABrokenOneNothing(t *testing.T) {
	s := sensor{make(chan error)}
	r := newRig(t, portrait, func(o *Options) { o.Desk.Sensor = s })
	r.hearing(r.k.hearSensor)
	r.filled()
	r.k.push(&summary{})
	s.news <- visit.ErrUnreachable
	r.k.s.moving++
	r.k.alone()
	if r.Has("stay") {
		t.Error("the sensor covered a page while money moves")
	}
	r.k.s.moving--
	r.k.enter("de") // the start page: nothing is lost by going back to the beginning
	r.k.home()
	r.k.alone()
	if r.k.Screen() != "attract" {
		t.Errorf("nobody is there, and the screen shows %s", r.k.Screen())
	}
}
