package hardware

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Tags reads contactless tags. It is a visit.Tags.
type Tags struct {
	*link[*rfid.Dev]
	asks bool // a reader that answers questions
}

// NewTags makes a tag reader whose line open opens.
func NewTags(open func(context.Context) (port.Port, error), o rfid.Opts) *Tags {
	return &Tags{newLink(open, func(_ context.Context, line port.Port) (*rfid.Dev, error) { return rfid.New(line, o), nil }), o.Model == rfid.TWN4}
}

// ErrFleeting says that a tag has another number each time it is asked.
var ErrFleeting = errors.New("hardware: this tag's number changes and names nobody")

// Tag gives the next tag's number; see visit.Tags.
func (t *Tags) Tag(ctx context.Context) (string, error) {
	if err := t.take(ctx); err != nil {
		return "", fmt.Errorf("hardware: tag reader: %w", err)
	}
	defer t.give()
	var tag rfid.Tag
	_, err := t.try(ctx, lostTags, func(d *rfid.Dev) (err error) {
		tag, err = d.Read(ctx)
		return err
	})
	switch {
	case err == nil && tag.Fleeting():
		return "", ErrFleeting
	case err == nil:
		return tag.Hex(), nil
	case lostTags(err):
		return "", fmt.Errorf("hardware: tag reader: %w: %w", visit.ErrUnreachable, err)
	}
	return "", fmt.Errorf("hardware: tag reader: %w", err)
}

func lostTags(err error) bool { return errors.Is(err, rfid.ErrLost) }

// Look tells whether the reader is there, if nobody uses it; see watch. One that is not asked anything says nothing of itself: its line has to
// stand.
func (t *Tags) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	gone, err = t.look(ctx, func(error) bool { return true }, func(d *rfid.Dev) error {
		if !t.asks {
			return nil
		}
		_, err := d.Version(ctx)
		return err
	})
	if err != nil && !errors.Is(err, errInUse) {
		err = fmt.Errorf("hardware: tag reader: %w: %w", visit.ErrUnreachable, err)
	}
	return gone, err
}
