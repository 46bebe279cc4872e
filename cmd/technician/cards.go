package main

import (
	"context"
	"errors"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/pcsc"
)

// cardsCmd tells what happens at the card readers. Nothing is read from a card; what sort it is, is found out as the terminal does.
type cardsCmd struct {
	For time.Duration `default:"0s" help:"How long to listen; 0: until you press Ctrl+C."`
}

// cardEvent is what cards prints when something happens.
type cardEvent struct {
	What    card.What `json:"what"` // service-here, service-gone, reader-here, reader-gone, inserted, removed
	Reader  string    `json:"reader,omitempty"`
	Kind    card.Kind `json:"kind,omitempty"`    // of a card
	Refused bool      `json:"refused,omitempty"` // the terminal has no business with it
}

// Run prints an object whenever a reader or a card comes or goes.
func (c cardsCmd) Run(h *hands) error {
	return c.listen(h, pcsc.Service{})
}

func (c cardsCmd) listen(h *hands, s card.Service) (err error) {
	ctx := h.ctx
	if c.For > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, c.For)
		defer stop()
	}
	dev := card.New(s, card.Opts{})
	defer func() { err = errors.Join(err, dev.Close()) }()
	for {
		e, err := dev.Next(ctx)
		if err != nil {
			return ended(ctx, err)
		}
		out := cardEvent{What: e.What, Reader: e.Reader}
		if e.What == card.Inserted {
			out.Kind, out.Refused = e.Card.Kind, e.Card.Kind.Refused()
		}
		if err := h.print(out); err != nil {
			return err
		}
	}
}
