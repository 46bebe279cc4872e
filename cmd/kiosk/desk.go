package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// journal is the device's store in the visit's words.
type journal struct{ *store.Store }

func (j journal) Room(ctx context.Context) error { return inWords(j.Store.Room(ctx)) }

func (j journal) Hold(ctx context.Context, e seal.Envelope, p pay.Payment) error {
	return inWords(j.Store.Hold(ctx, e, p))
}

func (j journal) Release(ctx context.Context, e seal.Envelope, way pay.Way, amount int64) error {
	return inWords(j.Store.Release(ctx, e, way, amount))
}

// line is the sync client in the visit's words.
type line struct{ *device.Client }

func (l line) Ready(ctx context.Context) error {
	_, err := l.NewestKey(ctx)
	return inWords(err)
}

func (l line) Seal(ctx context.Context, id string, plain []byte) (seal.Envelope, error) {
	e, err := l.Client.Seal(ctx, id, plain)
	return e, inWords(err)
}

func (l line) Answers(ctx context.Context, address string) ([][]byte, error) {
	a, err := l.Client.Answers(ctx, address)
	return a, inWords(err)
}

// inWords adds the visit's sentinel to an error of the sync.
func inWords(err error) error {
	for _, pair := range []struct{ theirs, ours error }{
		{store.ErrFull, visit.ErrFull}, {device.ErrOffline, visit.ErrOffline}, {device.ErrNoKey, visit.ErrNoKey},
	} {
		if errors.Is(err, pair.theirs) {
			return fmt.Errorf("%w: %w", pair.ours, err)
		}
	}
	return err
}

// status is what the shell wants to know, looked up in the background so that drawing never waits.
type status struct {
	client  *device.Client
	printer visit.Printer

	mu     sync.Mutex
	queued int
	low    bool
}

func (s *status) Online() bool { return s.client.Online() }

func (s *status) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queued
}

func (s *status) PrinterLow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.low
}

// watch looks every few seconds until ctx ends.
func (s *status) watch(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		st, err := s.client.Status(ctx)
		low := false
		if s.printer != nil && n%6 == 0 {
			low, _ = s.printer.Ready(ctx) // a printer that fails is told of by the screens that need it
		}
		s.mu.Lock()
		if err == nil {
			s.queued = st.Queued
		}
		if n%6 == 0 {
			s.low = low
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
