package town

import (
	"context"
	"sync"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// journal is the terminal's real one until the terminal is killed: from then on nothing gets through.
type journal struct {
	real visit.Journal
	town *Town
	of   *terminal

	mu   sync.RWMutex // held for reading while the real one is at work
	dead bool
}

func (j *journal) die() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.dead = true
}

// do lets the real journal work unless the terminal is dead.
func (j *journal) do(work func() error) error {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.dead {
		return ErrKilled
	}
	return work()
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
	return j.do(func() error { return j.real.Room(ctx) })
}

func (j *journal) Hold(ctx context.Context, e seal.Envelope, p pay.Payment) error {
	return j.at("hold", func() error { return j.real.Hold(ctx, e, p) })
}

func (j *journal) Release(ctx context.Context, e seal.Envelope, way pay.Way, amount int64) error {
	return j.at("release", func() error { return j.real.Release(ctx, e, way, amount) })
}

func (j *journal) Record(ctx context.Context, payment string, e pay.Event) (p pay.Payment, effect pay.Effect, err error) {
	err = j.at(string(e.Kind), func() (err error) {
		p, effect, err = j.real.Record(ctx, payment, e)
		return err
	})
	if err != nil {
		return pay.Payment{}, pay.Nothing, err
	}
	return p, effect, nil
}

func (j *journal) Unsettled(ctx context.Context) (list []pay.Payment, err error) {
	err = j.do(func() (err error) {
		list, err = j.real.Unsettled(ctx)
		return err
	})
	return list, err
}
