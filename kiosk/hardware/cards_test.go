package hardware_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/hardware"
)

func TestTheCounterHearsWhichCardComesAndThatItGoes(t *testing.T) {
	const reader = "Reader"
	room := cardemu.NewRoom(reader)
	cards := hardware.NewCards(card.New(room, card.Opts{Every: 50 * time.Millisecond, Again: 10 * time.Millisecond}))
	defer cards.Close()
	next := func(want visit.Card) {
		t.Helper()
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		if got, err := cards.Card(ctx); err != nil || got != want {
			t.Fatalf("%q, %v; want %q", got, err, want)
		}
	}
	for kind, want := range map[card.Kind]visit.Card{
		card.IdentityCard: visit.IdentityCard, card.HealthCard: visit.HealthCard, card.Girocard: visit.Girocard, card.PaymentCard: visit.PaymentCard,
	} {
		room.Insert(reader, cardemu.Of(kind, nil))
		next(want)
		room.Remove(reader)
		next(visit.NoCard)
	}
	room.Insert(reader, cardemu.Of(card.Girocard, func() cardemu.Fault { return cardemu.Mute }))
	next(visit.Unreadable)
	room.Stop() // and with the service its cards
	next(visit.NoCard)
	if _, err := cards.Look(t.Context()); !errors.Is(err, visit.ErrUnreachable) {
		t.Errorf("a service that is gone: %v", err)
	}
	room.Start()
	next(visit.Unreadable)
	if _, err := cards.Look(t.Context()); err != nil {
		t.Errorf("a service that came back: %v", err)
	}
	room.Unplug(reader)
	next(visit.NoCard)
	if _, err := cards.Look(t.Context()); !errors.Is(err, visit.ErrUnreachable) {
		t.Errorf("a reader that is gone: %v", err)
	}
}
