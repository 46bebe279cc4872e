package town

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// journal is the terminal's store in the visit's words, as in cmd/kiosk, until the terminal is killed: from then on nothing gets through.
type journal struct {
	store *store.Store
	town  *Town
	of    *terminal

	mu   sync.RWMutex // held for reading while the store is at work
	dead bool
}

func (j *journal) die() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.dead = true
}

// do lets the store work unless the terminal is dead.
func (j *journal) do(work func() error) error {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.dead {
		return ErrKilled
	}
	return inWords(work())
}

// at is do for what changes something: before and after it the terminal may be killed.
func (j *journal) at(what string, work func() error) error {
	err := j.town.reach(j.of, Moment{What: what})
	if err == nil {
		err = j.do(work)
	}
	if err == nil {
		err = j.town.reach(j.of, Moment{What: what, After: true})
	}
	if err != nil {
		j.town.log.Warn("journal", "what", what, "error", err)
		return err
	}
	j.town.log.Info("journal", "what", what)
	return nil
}

func (j *journal) Room(ctx context.Context) error {
	return j.do(func() error { return j.store.Room(ctx) })
}

func (j *journal) Hold(ctx context.Context, e seal.Envelope, p pay.Payment) error {
	return j.at("hold", func() error { return j.store.Hold(ctx, e, p) })
}

func (j *journal) Release(ctx context.Context, e seal.Envelope, way pay.Way, amount int64) error {
	return j.at("release", func() error { return j.store.Release(ctx, e, way, amount) })
}

func (j *journal) Record(ctx context.Context, payment string, e pay.Event) (p pay.Payment, effect pay.Effect, err error) {
	err = j.at(string(e.Kind), func() (err error) {
		p, effect, err = j.store.Record(ctx, payment, e)
		return err
	})
	if err != nil {
		return pay.Payment{}, pay.Nothing, err
	}
	return p, effect, nil
}

func (j *journal) Unsettled(ctx context.Context) (list []pay.Payment, err error) {
	err = j.do(func() (err error) {
		list, err = j.store.Unsettled(ctx)
		return err
	})
	return list, err
}

// town is the sync client in the visit's words, as in cmd/kiosk.
type town struct{ *device.Client }

func (t town) Ready(ctx context.Context) error {
	_, err := t.NewestKey(ctx)
	return inWords(err)
}

func (t town) Seal(ctx context.Context, id string, plain []byte) (seal.Envelope, error) {
	e, err := t.Client.Seal(ctx, id, plain)
	return e, inWords(err)
}

func (t town) Answers(ctx context.Context, address string) ([][]byte, error) {
	a, err := t.Client.Answers(ctx, address)
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
