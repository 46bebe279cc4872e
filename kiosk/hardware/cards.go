package hardware

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Cards hears of cards in a PC/SC reader. It is a visit.Cards.
type Cards struct{ dev *card.Dev }

// NewCards makes it of a driver, which it owns from now on.
func NewCards(dev *card.Dev) *Cards { return &Cards{dev} }

// Card waits for the next card; see visit.Cards. Contactless tags without an application are not the card reader's business.
func (c *Cards) Card(ctx context.Context) (visit.Card, error) {
	for {
		e, err := c.dev.Next(ctx)
		if err != nil {
			return visit.NoCard, fmt.Errorf("hardware: card reader: %w", err)
		}
		switch {
		case e.What == card.Removed:
			return visit.NoCard, nil
		case e.What != card.Inserted:
			continue
		}
		switch e.Card.Kind {
		case card.IdentityCard:
			return visit.IdentityCard, nil
		case card.HealthCard:
			return visit.HealthCard, nil
		case card.Girocard:
			return visit.Girocard, nil
		case card.PaymentCard:
			return visit.PaymentCard, nil
		case card.Unreadable:
			return visit.Unreadable, nil
		case card.Unknown:
			return visit.OtherCard, nil
		case card.Tag, card.InUse: // the one is the tag reader's, the other another program's
		}
	}
}

// Look tells whether the service and a reader are there; see watch. It can be asked while Card waits.
func (c *Cards) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	if _, err := c.dev.Look(ctx); err != nil {
		return nil, fmt.Errorf("hardware: card reader: %w: %w", visit.ErrUnreachable, err)
	}
	return nil, nil
}

// Close ends every wait.
func (c *Cards) Close() error {
	if err := c.dev.Close(); err != nil && !errors.Is(err, card.ErrClosed) {
		return fmt.Errorf("hardware: card reader: %w", err)
	}
	return nil
}
