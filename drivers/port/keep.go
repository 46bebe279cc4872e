package port

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Keeper owns an address. It opens the line, lends it, and opens it anew whenever it ended, with growing waits, until its context ends.
type Keeper struct {
	u *url.URL
	o KeeperOpts

	mu    sync.Mutex
	state State
}

// KeeperOpts says how a Keeper waits. The zero value is good for a device on a counter.
type KeeperOpts struct {
	First  time.Duration                                 // wait after the first failure, 0 for 250 ms; every further one is about twice as long
	Most   time.Duration                                 // longest wait, 0 for 15 s
	Steady time.Duration                                 // a line that stood as long is a good one: the next wait is First again; 0 for 10 s
	Tell   func(State)                                   // called at every change, one call at a time; it must not wait. nil: nobody wants to know
	Open   func(context.Context, *url.URL) (Port, error) // nil for the package's Open
}

// State is how a kept line is.
type State struct {
	Up    bool      // the line stands
	Since time.Time // when that began
	Tries int       // failures in a row: openings that failed, and lines that did not stand for KeeperOpts.Steady
	Err   error     // why the line is not there, or why it was not before; nil if nothing ever failed
}

// NewKeeper makes a keeper of an address. Nothing is opened yet.
func NewKeeper(u *url.URL, o KeeperOpts) *Keeper {
	if o.First <= 0 {
		o.First = 250 * time.Millisecond
	}
	if o.Most <= 0 {
		o.Most = 15 * time.Second
	}
	if o.Steady <= 0 {
		o.Steady = 10 * time.Second
	}
	if o.Open == nil {
		o.Open = Open
	}
	return &Keeper{u: u, o: o, state: State{Since: time.Now()}}
}

// State gives how the line is at this moment.
func (k *Keeper) State() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

// ErrReturned is a State's error when the user of a line that stood came back without an error.
var ErrReturned = errors.New("port: line was given back")

// Keep opens the line and calls use with it; when use returns, whatever it returns, the line is closed and opened anew after a wait. The context
// that use gets ends with ctx and as soon as the line is gone; the line is closed when ctx ends, so that a Read that waits comes back.
//
// Keep returns when ctx ends, with its cause, or with an error that wraps ErrAddress: an address that makes no sense does not get better. It may be
// called again, by one caller at a time.
func (k *Keeper) Keep(ctx context.Context, use func(context.Context, Port) error) error {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.Multiplier = k.o.First, k.o.Most, 2
	waits.Reset()
	tries := 0
	for {
		begin := time.Now()
		err := k.once(ctx, tries, use)
		switch {
		case ctx.Err() != nil:
			k.tell(State{Tries: tries, Err: context.Cause(ctx)})
			return fmt.Errorf("port: keep: %w", context.Cause(ctx))
		case errors.Is(err, ErrAddress):
			k.tell(State{Tries: tries + 1, Err: err})
			return err
		}
		if time.Since(begin) >= k.o.Steady && k.State().Up {
			waits.Reset()
			tries = 0
		}
		tries++
		k.tell(State{Tries: tries, Err: err})
		t := time.NewTimer(waits.NextBackOff())
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
}

// once opens the line and lends it out once.
func (k *Keeper) once(ctx context.Context, tries int, use func(context.Context, Port) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := k.o.Open(ctx, k.u)
	if err != nil {
		return err
	}
	defer p.Close()
	k.tell(State{Up: true, Tries: tries, Err: k.State().Err})
	lent, end := context.WithCancelCause(ctx)
	defer end(nil)
	var watch sync.WaitGroup
	defer watch.Wait()
	watch.Go(func() {
		select {
		case <-Gone(p):
			end(ErrGone)
		case <-ctx.Done():
			_ = p.Close()
		case <-lent.Done():
		}
	})
	err = use(lent, p)
	end(nil)
	if err == nil {
		err = ErrReturned
	}
	return err
}

// ErrGone is the cause with which a Keeper ends the context of who uses a line that is gone.
var ErrGone = errors.New("port: line is gone")

func (k *Keeper) tell(s State) {
	k.mu.Lock()
	s.Since = k.state.Since
	if s.Up != k.state.Up {
		s.Since = time.Now()
	}
	k.state = s
	k.mu.Unlock()
	if k.o.Tell != nil {
		k.o.Tell(s)
	}
}
