package card

import (
	"context"
	"errors"
	"time"
)

var errLater = errors.New("card: later")

// recognise finds out what a card is. An error says that the connection is broken.
func (d *Dev) recognise(ctx context.Context, c Context, name string, s Reader) (Card, error) {
	seen := Card{Kind: Unreadable, ATR: s.ATR}
	if s.Now&Mute != 0 {
		return seen, nil
	}
	link, err := c.Connect(name)
	for until := time.Now().Add(d.o.Busy); errors.Is(err, ErrBusy); link, err = c.Connect(name) {
		switch rest(ctx, 50*time.Millisecond); {
		case ctx.Err() != nil:
			return Card{}, errLater
		case time.Now().After(until):
			seen.Kind = InUse
			return seen, nil
		}
	}
	if err != nil {
		return seen, broken(err)
	}
	defer func() { _ = link.Disconnect() }() // the card may be away
	kind, uid, err := ask(link, s.ATR)
	if err != nil {
		return seen, broken(err)
	}
	seen.Kind, seen.UID = kind, uid
	return seen, nil
}

// broken gives the error if it is one of the connection and not of the card.
func broken(err error) error {
	for _, e := range []error{ErrNoReader, ErrRemoved, ErrMute, ErrBusy, ErrAnswer, ErrTimeout} {
		if errors.Is(err, e) {
			return nil
		}
	}
	return err
}

// ask asks a card for the applications that are known, and for its UID if it has none of them and no contacts.
func ask(link Link, raw Private) (Kind, Private, error) {
	atr, err := ParseATR(raw)
	contactless := err == nil && atr.Contactless()
	if err != nil || !atr.Memory() {
		for _, a := range applications() {
			got, err := transmit(link, a.selects())
			if err == nil && got.SW == 0x6700 {
				got, err = transmit(link, append(a.selects(), 0))
			}
			if err != nil {
				return Unreadable, nil, err
			}
			if got.found() {
				return a.kind, nil, nil
			}
		}
	}
	if !contactless {
		return Unknown, nil, nil
	}
	got, err := transmit(link, getUID())
	if err != nil {
		return Unreadable, nil, err
	}
	if uid := got.uid(); uid != nil {
		return Tag, uid, nil
	}
	return Unknown, nil, nil
}

func transmit(link Link, command []byte) (Answer, error) {
	b, err := link.Transmit(command)
	if err != nil {
		return Answer{}, err
	}
	return ParseAnswer(b)
}
