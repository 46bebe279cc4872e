// Package hardware makes a visit.Desk's devices out of the drivers. Every device is connected when it is first needed and anew after a fault,
// so that a desk can start before its devices and survive their cables.
package hardware

import (
	"context"
	"fmt"
	"io"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// link keeps the connection to one device and lets one caller at a time use it.
type link[D io.Closer] struct {
	connect func(ctx context.Context) (D, error)
	turn    chan struct{} // holds a token while somebody uses the device
	dev     D
	up      bool
}

func newLink[D io.Closer](connect func(ctx context.Context) (D, error)) *link[D] {
	return &link[D]{connect: connect, turn: make(chan struct{}, 1)}
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
	if l.up {
		return l.dev, false, nil
	}
	if l.dev, err = l.connect(ctx); err != nil {
		return dev, false, fmt.Errorf("%w: connect: %w", visit.ErrUnreachable, err)
	}
	l.up = true
	return l.dev, true, nil
}

// drop ends the connection after a fault; the next caller makes a new one.
func (l *link[D]) drop() {
	if l.up {
		_ = l.dev.Close() // it is broken already
		l.up = false
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

// Close ends the connection once the device is free.
func (l *link[D]) Close() error {
	l.turn <- struct{}{}
	defer l.give()
	l.drop()
	return nil
}
