// Package pcsc is the way from drivers/card to the PC/SC service of the machine, by the library github.com/ebfe/scard. It is the only room that knows
// it.
package pcsc

import (
	"errors"
	"fmt"
	"time"

	"github.com/ebfe/scard"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
)

// Service is the PC/SC service of the machine; a card.Service. Where its socket is, libpcsclite knows; PCSCLITE_CSOCK_NAME in the environment names
// another one, before the first call. One card.Dev in a process may use it: the library keeps the names of readers for one wait at a time.
type Service struct{}

// Establish connects to the service.
func (Service) Establish() (card.Context, error) {
	c, err := scard.EstablishContext()
	if err != nil {
		return nil, plain("establish", err)
	}
	return &connection{c}, nil
}

type connection struct{ c *scard.Context }

func (c *connection) Readers() ([]string, error) {
	names, err := c.c.ListReaders()
	for range 3 { // a reader came between the question how many there are and the list
		if !errors.Is(err, scard.ErrInsufficientBuffer) {
			break
		}
		names, err = c.c.ListReaders()
	}
	if errors.Is(err, scard.ErrNoReadersAvailable) {
		return nil, nil
	}
	return names, plain("list", err)
}

func (c *connection) Wait(readers []card.Reader, most time.Duration) error {
	states := make([]scard.ReaderState, len(readers))
	for i, r := range readers {
		states[i] = scard.ReaderState{Reader: r.Name, CurrentState: scard.StateFlag(r.Known)}
	}
	if err := c.c.GetStatusChange(states, max(most, time.Millisecond)); err != nil {
		return plain("wait", err)
	}
	for i, s := range states {
		readers[i].Now, readers[i].ATR = card.State(s.EventState), s.Atr
	}
	return nil
}

func (c *connection) Cancel() error  { return plain("cancel", c.c.Cancel()) }
func (c *connection) Release() error { return plain("release", c.c.Release()) }

// Connect takes the card for itself for the few commands that follow, so that they do not fall between those of another program.
func (c *connection) Connect(reader string) (card.Link, error) {
	l, err := c.c.Connect(reader, scard.ShareShared, scard.ProtocolAny)
	if err != nil {
		return nil, plain("connect", err)
	}
	if p := l.ActiveProtocol(); p != scard.ProtocolT0 && p != scard.ProtocolT1 { // the library panics at every other one
		_ = l.Disconnect(scard.LeaveCard)
		return nil, fmt.Errorf("pcsc: connect: %w: protocol %d", card.ErrMute, p)
	}
	err = l.BeginTransaction()
	if err == nil {
		return &link{l}, nil
	}
	_ = l.Disconnect(scard.LeaveCard)
	if errors.Is(err, scard.ErrResetCard) { // another program was quicker
		return nil, fmt.Errorf("pcsc: connect: %w: %w", card.ErrBusy, err)
	}
	return nil, plain("connect", err)
}

type link struct{ c *scard.Card }

func (l *link) Transmit(command []byte) ([]byte, error) {
	answer, err := l.c.Transmit(command)
	return answer, plain("transmit", err)
}

func (l *link) Disconnect() error {
	_ = l.c.EndTransaction(scard.LeaveCard) // Disconnect ends it, too
	return plain("disconnect", l.c.Disconnect(scard.LeaveCard))
}

// plain turns PC/SC's errors into those that drivers/card tells apart. The text of an error is libpcsclite's and has nothing of a card.
func plain(verb string, err error) error {
	var e scard.Error
	if !errors.As(err, &e) {
		if err == nil {
			return nil
		}
		return fmt.Errorf("pcsc: %s: %w", verb, err)
	}
	is := map[scard.Error]error{
		scard.ErrTimeout:           card.ErrTimeout,
		scard.ErrCancelled:         card.ErrCancelled,
		scard.ErrUnknownReader:     card.ErrNoReader,
		scard.ErrReaderUnavailable: card.ErrNoReader,
		scard.ErrNoSmartcard:       card.ErrRemoved,
		scard.ErrRemovedCard:       card.ErrRemoved,
		scard.ErrSharingViolation:  card.ErrBusy,
		scard.ErrResetCard:         card.ErrMute,
		scard.ErrUnpoweredCard:     card.ErrMute,
		scard.ErrUnresponsiveCard:  card.ErrMute,
		scard.ErrUnsupportedCard:   card.ErrMute,
		scard.ErrProtoMismatch:     card.ErrMute,
		scard.ErrNotTransacted:     card.ErrMute,
		scard.ErrInvalidAtr:        card.ErrMute,
		scard.ErrNoService:         card.ErrNoService,
		scard.ErrServiceStopped:    card.ErrNoService,
		scard.ErrInvalidHandle:     card.ErrNoService,
	}[e]
	if is == nil {
		return fmt.Errorf("pcsc: %s: %w", verb, err)
	}
	return fmt.Errorf("pcsc: %s: %w: %w", verb, is, err)
}
