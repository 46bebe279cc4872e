// Package hardware makes a visit.Desk's devices out of the drivers. Every device is connected when it is first needed and anew after a fault,
// so that a desk can start before its devices and survive their cables.
package hardware

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// opener opens a device's line.
type opener func(context.Context) (port.Port, error)

// link keeps the connection to one device and lets one caller at a time use it.
type link[D io.Closer] struct {
	open   opener
	attach func(context.Context, port.Port) (D, error) // makes the device on its line; closes the line if it fails
	turn   chan struct{}                               // holds a token while somebody uses the device
	dev    D
	up     bool
	gone   <-chan struct{} // closed when the line of dev ended
}

func newLink[D io.Closer](open opener, attach func(context.Context, port.Port) (D, error)) *link[D] {
	return &link[D]{open: open, attach: attach, turn: make(chan struct{}, 1)}
}

// take waits for the device to be free. Whoever took it gives it back with give.
func (l *link[D]) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: in use: %w", visit.ErrUnreachable, ctx.Err())
	}
}

func (l *link[D]) give() { <-l.turn }

// device gives the connected device; fresh tells that the connection was made just now. The caller has taken the link.
func (l *link[D]) device(ctx context.Context) (dev D, fresh bool, err error) {
	select {
	case <-l.gone:
		l.drop()
	default:
	}
	if l.up {
		return l.dev, false, nil
	}
	line, err := l.open(ctx)
	if err == nil {
		l.dev, err = l.attach(ctx, line)
	}
	if err != nil {
		return dev, false, fmt.Errorf("%w: connect: %w", visit.ErrUnreachable, err)
	}
	l.up, l.gone = true, port.Gone(line)
	return l.dev, true, nil
}

// drop ends the connection after a fault; the next caller makes a new one.
func (l *link[D]) drop() {
	if l.up {
		_ = l.dev.Close() // it is broken already
		l.up, l.gone = false, nil
	}
}

// try runs an exchange that changes nothing. A connection from before may have died unnoticed, as when a device was switched off over night:
// then the exchange is tried once more on a new one. broken tells which errors end a connection.
func (l *link[D]) try(ctx context.Context, broken func(error) bool, exchange func(D) error) (D, error) {
	for {
		dev, fresh, err := l.device(ctx)
		if err != nil {
			return dev, err
		}
		err = exchange(dev)
		if err == nil || !broken(err) {
			return dev, err
		}
		l.drop()
		if fresh || ctx.Err() != nil {
			return dev, err
		}
	}
}

// errInUse says that a device was not looked at because somebody uses it; who uses it sees for himself.
var errInUse = errors.New("hardware: in use")

// look connects the device if it is not, and asks it what ask says, unless somebody uses it: then it gives errInUse at once. gone is closed when
// the connection ends. broken tells which of ask's errors end the connection.
func (l *link[D]) look(ctx context.Context, broken func(error) bool, ask func(D) error) (gone <-chan struct{}, err error) {
	select {
	case l.turn <- struct{}{}:
	default:
		return nil, errInUse
	}
	defer l.give()
	_, err = l.try(ctx, broken, ask)
	return l.gone, err
}

// Close ends the connection once the device is free.
func (l *link[D]) Close() error {
	l.turn <- struct{}{}
	defer l.give()
	l.drop()
	return nil
}
