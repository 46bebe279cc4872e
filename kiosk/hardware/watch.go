package hardware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
)

// How often Watch looks at a device that nobody uses, and how long it waits for an answer. Together they are what a fault can stay unnoticed
// where no line's end tells of it.
const (
	lookEvery = 2 * time.Second
	lookFor   = 2 * time.Second
)

// returnsIn is how long a device may take to be back before its line's end is a fault: some hang up when nobody talks to them.
const returnsIn = 500 * time.Millisecond

// looker is a device that can be looked after while nobody uses it. gone, if it is not nil, is closed when there is reason to look again at once.
type looker interface {
	Look(ctx context.Context) (gone <-chan struct{}, err error)
}

// watch knows which devices do not work just now.
type watch struct {
	now   func() time.Time
	parts []watched

	mu     sync.Mutex
	faults map[visit.Part]visit.Fault
	diary  *diary // nil: nobody asks what once was wrong
}

// Note keeps the last fault of every device in the file, for LastFaults. It is called before Watch. An error says that what the file held is lost.
func (w *watch) Note(file string) (err error) {
	w.diary, err = openDiary(file)
	return err
}

type watched struct {
	part visit.Part
	dev  looker
}

// Watch looks after all devices until ctx ends: a device that vanishes is noticed within five seconds, and one that returns is connected again.
// It never takes a device from who uses it.
func (w *watch) Watch(ctx context.Context) {
	var all sync.WaitGroup
	for _, p := range w.parts {
		all.Go(func() { w.follow(ctx, p) })
	}
	all.Wait()
}

// errEnded is the fault of a device whose line ended and that is not back yet.
var errEnded = fmt.Errorf("%w: its line ended", visit.ErrUnreachable)

func (w *watch) follow(ctx context.Context, p watched) {
	ended := false
	for ctx.Err() == nil {
		gone, err := w.look(ctx, p, ended)
		if ctx.Err() == nil && !errors.Is(err, errInUse) {
			w.tell(p.part, err)
		}
		ended = false
		// All look at the same moments, those of the wall clock: waking up is most of what looking costs.
		pause := time.NewTimer(time.Until(time.Now().Truncate(lookEvery).Add(lookEvery)))
		select {
		case <-ctx.Done():
		case <-gone:
			ended = true
		case <-pause.C:
		}
		pause.Stop()
	}
}

// look looks at a device once. While the look takes long, it tells that the device's line has ended if it has.
func (w *watch) look(ctx context.Context, p watched, ended bool) (gone <-chan struct{}, err error) {
	within, stop := context.WithTimeout(ctx, lookFor)
	defer stop()
	if !ended {
		return p.dev.Look(within)
	}
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		gone, err = p.dev.Look(within)
	}()
	late := time.NewTimer(returnsIn)
	defer late.Stop()
	select {
	case <-looked:
	case <-late.C:
		w.tell(p.part, errEnded)
		<-looked
	}
	return gone, err
}

func (w *watch) tell(part visit.Part, err error) {
	if w.diary != nil {
		w.diary.note(part, err, w.now())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	was, known := w.faults[part]
	switch {
	case err == nil:
		delete(w.faults, part)
	case known:
		w.faults[part] = visit.Fault{Part: part, Err: err, Since: was.Since}
	default:
		w.faults[part] = visit.Fault{Part: part, Err: err, Since: w.now()}
	}
}

// Faults gives the devices that did not work when Watch last looked, ordered by their names. It never waits for a device.
func (w *watch) Faults() []visit.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []visit.Fault
	for _, f := range w.faults {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b visit.Fault) int { return cmp.Compare(a.Part, b.Part) })
	return out
}
