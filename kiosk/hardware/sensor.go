package hardware

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// Sensor knows whether somebody stands before the terminal. It is a visit.Sensor.
type Sensor struct {
	*link[*presence.Dev]
	mu   sync.Mutex
	last error // what Next ended with, while somebody listens all the time
}

// NewSensor makes a sensor whose line open opens.
func NewSensor(open func(context.Context) (port.Port, error), o presence.Opts) *Sensor {
	return &Sensor{link: newLink(open, func(_ context.Context, line port.Port) (*presence.Dev, error) { return presence.New(line, o), nil })}
}

// ErrBlind says that a sensor is there and cannot tell.
var ErrBlind = errors.New("hardware: presence sensor cannot tell")

// Next waits for the next change; see visit.Sensor.
func (s *Sensor) Next(ctx context.Context) (somebody bool, err error) {
	if err := s.take(ctx); err != nil {
		return false, fmt.Errorf("hardware: presence sensor: %w", err)
	}
	defer s.give()
	var state presence.State
	_, err = s.try(ctx, func(error) bool { return true }, func(d *presence.Dev) error {
		s.note(nil) // it is connected, and what comes is awaited
		var err error
		state, err = d.Next(ctx)
		return err
	})
	switch {
	case err != nil && ctx.Err() == nil:
		err = fmt.Errorf("hardware: presence sensor: %w: %w", visit.ErrUnreachable, err)
	case err != nil:
		return false, fmt.Errorf("hardware: presence sensor: %w", err)
	case state == presence.Unknown:
		err = fmt.Errorf("%w: %w", visit.ErrUnreachable, ErrBlind)
	}
	s.note(err)
	return state == presence.Somebody, err
}

func (s *Sensor) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = err
}

// Look tells whether the sensor is well; see watch. While somebody waits for its news, it is what these said last.
func (s *Sensor) Look(ctx context.Context) (gone <-chan struct{}, err error) {
	gone, err = s.look(ctx, func(error) bool { return true }, func(d *presence.Dev) error {
		_, err := d.Identify(ctx)
		if errors.Is(err, presence.ErrSilent) { // it cannot hear, and is as good a sensor
			return nil
		}
		return err
	})
	if errors.Is(err, errInUse) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return nil, s.last
	}
	if err != nil {
		err = fmt.Errorf("hardware: presence sensor: %w: %w", visit.ErrUnreachable, err)
	}
	return gone, err
}
