package card

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// What happened.
type What string

// What can happen.
const (
	ServiceHere What = "service-here" // the PC/SC service is there: at the beginning, or again
	ServiceGone What = "service-gone" // it is not, and with it no reader: at the beginning, or since now
	ReaderHere  What = "reader-here"  // a reader is there: at the beginning, plugged in, or plugged in again
	ReaderGone  What = "reader-gone"  // it was unplugged
	Inserted    What = "inserted"     // a card was put there, or lies there at the beginning
	Removed     What = "removed"      // it was taken away; follows each Inserted, also when the reader or the service goes
)

// Event is something that happened. Printed, it tells nothing of a card but its kind.
type Event struct {
	What   What
	Reader string // empty for the service's
	Card   Card   // with Inserted
}

// Card is a card on a reader.
type Card struct {
	Kind Kind
	ATR  Private // as the service gives it; empty if Unreadable
	UID  Private // of a Tag
}

// Fleeting tells whether the UID is a new one each time, so that it names nobody: ISO 14443-3 has UIDs of four bytes that begin with 08 for that.
func (c Card) Fleeting() bool { return len(c.UID) == 4 && c.UID[0] == 0x08 }

// Opts says how long to wait. The zero value is good for every reader.
type Opts struct {
	Every time.Duration // how often the list of readers is compared though nothing is heard, 0 for 4 s
	Again time.Duration // pause before the service is looked for again, 0 for 1 s
	Busy  time.Duration // how long a card that another program has for itself is waited for before it is InUse, 0 for 1.5 s
}

// Dev hears of cards. One Next runs at a time, the others wait; Look and Close do not.
type Dev struct {
	o    Opts
	s    Service
	turn chan struct{} // holds a token while somebody uses what follows
	end  chan struct{} // closed by Close
	once sync.Once

	state   service
	readers []*reader
	queue   []Event // happened and not told

	mu      sync.Mutex
	c       Context       // nil while there is none; written with turn and mu
	looking chan struct{} // closed when the Look that is going on has ended; nil if there is none
}

type service byte

const (
	unseen service = iota
	here
	gone
)

// reader is what is known of a reader.
type reader struct {
	name string
	s    State
	card bool // Inserted was told, or will be, and Removed not
}

// New makes a Dev. Nothing is connected to yet.
func New(s Service, o Opts) *Dev {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	set(&o.Every, 4*time.Second)
	set(&o.Again, time.Second)
	set(&o.Busy, 1500*time.Millisecond)
	return &Dev{o: o, s: s, turn: make(chan struct{}, 1), end: make(chan struct{})}
}

// patience is how long a call into the service that was told to end is waited for. A service that hangs is not waited for.
const patience = 300 * time.Millisecond

// Next waits for the next event, until ctx ends or the driver is closed (ErrClosed). Nothing else is an error: a service that is not there is an
// event, and is looked for until it is. No event is lost between two calls, but a card that came and went between them may be told of only if its
// reader counts.
func (d *Dev) Next(ctx context.Context) (Event, error) {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return Event{}, fmt.Errorf("card: in use: %w", ctx.Err())
	case <-d.end:
		return Event{}, ErrClosed
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.run(running)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	case <-d.end:
	}
	stop()
	if !d.nudge(done) {
		go func() { <-done; d.give() }()
		return Event{}, d.why(ctx)
	}
	defer d.give()
	if len(d.queue) == 0 || d.closed() {
		return Event{}, d.why(ctx)
	}
	e := d.queue[0]
	d.queue = d.queue[1:]
	return e, nil
}

// give gives the turn back; after Close the last one who had it ends the connection.
func (d *Dev) give() {
	if d.closed() {
		d.release()
	}
	<-d.turn
}

func (d *Dev) closed() bool {
	select {
	case <-d.end:
		return true
	default:
		return false
	}
}

func (d *Dev) why(ctx context.Context) error {
	if d.closed() {
		return ErrClosed
	}
	return fmt.Errorf("card: wait: %w", ctx.Err())
}

// nudge cancels the wait that may be going on until done, and tells whether that came. A Cancel before the wait has begun does nothing; therefore
// it is repeated. The service may hang, and Cancel with it.
func (d *Dev) nudge(done <-chan struct{}) bool {
	late := time.NewTimer(patience)
	defer late.Stop()
	pause := time.NewTicker(10 * time.Millisecond)
	defer pause.Stop()
	var cancelled chan struct{}
	for {
		if cancelled == nil {
			if c := d.context(); c != nil {
				cancelled = make(chan struct{})
				go func(over chan<- struct{}) {
					defer close(over)
					_ = c.Cancel() // who waits finds out what is wrong
				}(cancelled)
			}
		}
		select {
		case <-done:
			return true
		case <-late.C:
			return false
		case <-pause.C:
		}
		select {
		case <-cancelled:
			cancelled = nil
		default:
		}
	}
}

func (d *Dev) context() Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.c
}

func (d *Dev) connected(c Context) {
	d.mu.Lock()
	d.c = c
	d.mu.Unlock()
}

// release ends the connection. It may be broken already, or the service may hang.
func (d *Dev) release() {
	c := d.context()
	if c == nil {
		return
	}
	d.connected(nil)
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = c.Release()
	}()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-over:
	case <-late.C:
	}
}

// Close ends every call that waits, and the connection. It does not wait for a service that hangs.
func (d *Dev) Close() error {
	d.once.Do(func() { close(d.end) })
	late := time.NewTimer(2 * patience)
	defer late.Stop()
	select {
	case d.turn <- struct{}{}:
		d.give()
	case <-late.C: // who has the turn ends the connection
	}
	return nil
}

// run works until something happened or ctx ends.
func (d *Dev) run(ctx context.Context) {
	for len(d.queue) == 0 && ctx.Err() == nil {
		if d.context() == nil && !d.establish() {
			rest(ctx, d.o.Again)
			continue
		}
		if err := d.watch(ctx); err != nil { // the connection is broken
			d.release()
			d.lose()
			if len(d.queue) == 0 {
				rest(ctx, d.o.Again)
			}
		}
	}
}

func rest(ctx context.Context, long time.Duration) {
	t := time.NewTimer(long)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (d *Dev) establish() bool {
	c, err := d.s.Establish()
	if err != nil {
		d.lose()
		return false
	}
	d.connected(c)
	return true
}

func (d *Dev) tell(w What, reader string, c Card) { d.queue = append(d.queue, Event{w, reader, c}) }

// lose tells that the service is gone, and everything with it.
func (d *Dev) lose() {
	for _, r := range d.readers {
		d.forget(r)
	}
	d.readers = nil
	if d.state != gone {
		d.state = gone
		d.tell(ServiceGone, "", Card{})
	}
}

// forget tells that a reader is gone, and its card with it.
func (d *Dev) forget(r *reader) {
	d.away(r)
	d.tell(ReaderGone, r.name, Card{})
}

func (d *Dev) away(r *reader) {
	if r.card {
		r.card = false
		d.tell(Removed, r.name, Card{})
	}
}

// watch compares the list of readers and waits once for a change. An error says that the connection is broken.
func (d *Dev) watch(ctx context.Context) error {
	c := d.context()
	names, err := c.Readers()
	if err != nil {
		return err
	}
	if d.state != here {
		d.state = here
		d.tell(ServiceHere, "", Card{})
	}
	d.compare(names)
	if len(d.queue) > 0 || ctx.Err() != nil {
		return nil
	}
	states := make([]Reader, 0, len(d.readers)+1)
	for _, r := range d.readers { // who else uses a card is not our business, and nothing to wake up for
		states = append(states, Reader{Name: r.name, Known: r.s &^ (Changed | Exclusive | Shared)})
	}
	states = append(states, Reader{Name: Notification})
	switch err := c.Wait(states, d.o.Every); {
	case errors.Is(err, ErrTimeout), errors.Is(err, ErrCancelled):
		return nil
	case errors.Is(err, ErrNoReader): // unplugged since the list was made; the next list knows
		rest(ctx, 20*time.Millisecond)
		return nil
	case err != nil:
		return err
	}
	for i, r := range d.readers {
		if states[i].Now&Changed != 0 {
			if err := d.changed(ctx, c, r, states[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare tells which readers came and went.
func (d *Dev) compare(names []string) {
	d.readers = slices.DeleteFunc(d.readers, func(r *reader) bool {
		left := !slices.Contains(names, r.name) || r.s&Missing != 0
		if left {
			d.forget(r)
		}
		return left
	})
	for _, name := range names {
		if !slices.ContainsFunc(d.readers, func(r *reader) bool { return r.name == name }) {
			d.readers = append(d.readers, &reader{name: name})
			d.tell(ReaderHere, name, Card{})
		}
	}
}

// changed tells what happened on a reader. An error says that the connection is broken.
func (d *Dev) changed(ctx context.Context, c Context, r *reader, s Reader) error {
	another := r.s.count() != s.Now.count()
	r.s = s.Now
	there := s.Now&Present != 0
	if !there || another {
		d.away(r)
	}
	if !there || r.card {
		return nil
	}
	r.card = true
	seen, err := d.recognise(ctx, c, r.name, s)
	if errors.Is(err, errLater) {
		r.card, r.s = false, 0 // the next wait finds it again
		return nil
	}
	d.tell(Inserted, r.name, seen)
	return err
}
