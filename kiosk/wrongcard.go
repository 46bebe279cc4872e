package kiosk

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// later is how long a device that answers only with errors is left alone.
const later = 2 * time.Second

// hearCards tells the screen of every card that is put into the card reader or taken out, until ctx ends.
func (k *Kiosk) hearCards(ctx context.Context) {
	for ctx.Err() == nil {
		c, err := k.o.Desk.Cards.Card(ctx)
		if err != nil {
			pause(ctx, later)
			continue
		}
		k.gently(func() { k.carded(c) })
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// carded hears of a card. One that has no business in the card reader is politely sent away; nothing was read from it.
func (k *Kiosk) carded(c visit.Card) {
	k.o.Event("card", "kind", string(c))
	before := k.s.wrong
	switch c {
	case visit.HealthCard, visit.Girocard, visit.PaymentCard, visit.Unreadable:
		k.s.wrong = c
	default:
		k.s.wrong = visit.NoCard
	}
	k.touch()
	if k.s.wrong != before {
		k.show()
	}
}

// sendsAway tells whether the page that asks to take a card back stands before the others. It does not while money or paper moves: there,
// the page tells what happens.
func (k *Kiosk) sendsAway() bool { return k.s.wrong != visit.NoCard && k.s.moving == 0 }

// wrongCard is the page for a card that belongs elsewhere. It goes when the card is taken, or when its button is touched.
func (k *Kiosk) wrongCard() page {
	key := "card.wrong." + string(k.s.wrong)
	end := action{label: k.say("card.wrong.ok"), icon: "check", primary: true, id: "card-ok", tap: func() {
		k.s.wrong = visit.NoCard
		k.show()
	}}
	st := k.s.style
	body := []fyne.CanvasObject{
		look.Text(st, look.Lead, k.say(key+".text"), look.TextOpts{}),
		k.note(look.Info, "info-circle", "", k.say("card.wrong.unread")),
	}
	if belongs := k.s.wrong == visit.Girocard || k.s.wrong == visit.PaymentCard; belongs && st.Text <= 1 && !st.Reach && !k.landscape() {
		body = append(body, k.cardPicture("")) // where it belongs
	}
	return page{noEnd: true, title: k.say(key), body: body, actions: []action{end}}
}
