package cardemu

import (
	"slices"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
)

// Room is a PC/SC service in memory, with readers and cards that come and go; a card.Service. It counts and tells as pcsc-lite 1.9.9 does.
type Room struct {
	mu       sync.Mutex
	down     bool
	run      int // how often the service was started
	hangs    bool
	deaf     bool // changes of the list of readers are not told
	readers  []*slot
	changed  chan struct{} // closed and replaced at every change
	waits    int
	contexts int
}

// slot is a reader.
type slot struct {
	name  string
	card  *Card
	count card.State
	alone bool // another program has the card for itself
}

// NewRoom makes a room with readers of these names.
func NewRoom(readers ...string) *Room {
	r := &Room{changed: make(chan struct{})}
	for _, name := range readers {
		r.Plug(name)
	}
	return r
}

func (r *Room) change(f func()) {
	r.mu.Lock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
}

func (r *Room) find(name string) *slot {
	for _, s := range r.readers {
		if s.name == name {
			return s
		}
	}
	return nil
}

// Plug plugs a reader in.
func (r *Room) Plug(name string) {
	r.change(func() { r.readers = append(r.readers, &slot{name: name}) })
}

// Unplug pulls a reader out, with the card on it.
func (r *Room) Unplug(name string) {
	r.change(func() { r.readers = slices.DeleteFunc(r.readers, func(s *slot) bool { return s.name == name }) })
}

// Insert puts a card on a reader, in place of the one that is there.
func (r *Room) Insert(name string, c *Card) {
	r.change(func() {
		if s := r.find(name); s != nil {
			if s.card != nil {
				s.count++
			}
			s.card = c
			s.count++
		}
	})
}

// Remove takes the card of a reader away.
func (r *Room) Remove(name string) {
	r.change(func() {
		if s := r.find(name); s != nil && s.card != nil {
			s.card = nil
			s.count++
		}
	})
}

// Alone says whether another program has the card on a reader for itself.
func (r *Room) Alone(name string, alone bool) {
	r.change(func() {
		if s := r.find(name); s != nil {
			s.alone = alone
		}
	})
}

// Stop stops the service, and Start starts it again.
func (r *Room) Stop() { r.change(func() { r.down = true }) }

// Start starts the service again; its cards are counted anew.
func (r *Room) Start() {
	r.change(func() {
		r.down = false
		r.run++
		for _, s := range r.readers {
			s.count = 0
		}
	})
}

// Hang makes the service take calls and not answer them, or answer again.
func (r *Room) Hang(hangs bool) { r.change(func() { r.hangs = hangs }) }

// Deaf makes the service say nothing of readers that come and go.
func (r *Room) Deaf(deaf bool) { r.change(func() { r.deaf = deaf }) }

// Calls tells how often somebody waited for a change, and how many connections stand.
func (r *Room) Calls() (waits, contexts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waits, r.contexts
}

// answer waits while the service hangs, and tells whether the one that was started in that run is there. It comes back with the lock held.
func (r *Room) answer(run int) error {
	r.mu.Lock()
	for r.hangs {
		changed := r.changed
		r.mu.Unlock()
		<-changed
		r.mu.Lock()
	}
	if r.down || run >= 0 && run != r.run {
		return card.ErrNoService
	}
	return nil
}

// Establish is card.Service's.
func (r *Room) Establish() (card.Context, error) {
	err := r.answer(-1)
	defer r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	r.contexts++
	return &visitor{r: r, run: r.run}, nil
}

// visitor is a connection to the service.
type visitor struct {
	r         *Room
	run       int
	waiting   bool
	cancelled bool
}

func (v *visitor) Readers() ([]string, error) {
	err := v.r.answer(v.run)
	defer v.r.mu.Unlock()
	var names []string
	for _, s := range v.r.readers {
		names = append(names, s.name)
	}
	return names, err
}

func (v *visitor) Wait(readers []card.Reader, most time.Duration) error {
	err := v.r.answer(v.run)
	defer v.r.mu.Unlock()
	if err != nil {
		return err
	}
	v.r.waits++
	count := len(v.r.readers)
	for _, w := range readers {
		if w.Name != card.Notification && v.r.find(w.Name) == nil {
			return card.ErrNoReader
		}
	}
	late := time.NewTimer(most)
	defer late.Stop()
	v.waiting, v.cancelled = true, false
	defer func() { v.waiting = false }()
	for {
		happened := false
		for i := range readers {
			happened = v.look(&readers[i], count) || happened
		}
		if happened {
			return nil
		}
		changed := v.r.changed
		v.r.mu.Unlock()
		select {
		case <-changed:
			err = v.r.answer(v.run)
		case <-late.C:
			if err = v.r.answer(v.run); err == nil {
				err = card.ErrTimeout
			}
		}
		if err == nil && v.cancelled {
			err = card.ErrCancelled
		}
		if err != nil {
			return err
		}
	}
}

// look fills in how a reader is, and tells whether that is another thing than is known. The lock is held.
func (v *visitor) look(w *card.Reader, count int) bool {
	if w.Name == card.Notification {
		w.Now = 0
		if len(v.r.readers) != count && !v.r.deaf {
			w.Now = card.Changed
		}
		return w.Now != 0
	}
	s := v.r.find(w.Name)
	if s == nil {
		w.Now = card.Missing | card.Unavailable | card.Changed
		return !v.r.deaf
	}
	w.Now = card.Empty
	if s.card != nil {
		w.Now = card.Present
		if w.ATR = s.card.ATR(); len(w.ATR) == 0 {
			w.Now |= card.Mute
		}
		if s.alone {
			w.Now |= card.Exclusive
		}
	}
	w.Now |= s.count << 16
	const told = card.Empty | card.Present | card.Mute
	known := w.Known
	if known == 0 || known&told != w.Now&told || known>>16 != 0 && known>>16 != s.count {
		w.Now |= card.Changed
	}
	return w.Now&card.Changed != 0
}

func (v *visitor) Cancel() error {
	err := v.r.answer(v.run)
	v.r.mu.Unlock()
	v.r.change(func() { v.cancelled = v.waiting })
	return err
}

func (v *visitor) Release() error {
	err := v.r.answer(v.run)
	v.r.contexts--
	v.r.mu.Unlock()
	return err
}

func (v *visitor) Connect(reader string) (card.Link, error) {
	err := v.r.answer(v.run)
	defer v.r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	s := v.r.find(reader)
	switch {
	case s == nil:
		return nil, card.ErrNoReader
	case s.card == nil:
		return nil, card.ErrRemoved
	case s.alone:
		return nil, card.ErrBusy
	case len(s.card.ATR()) == 0:
		return nil, card.ErrMute
	}
	return &touch{v, s, s.count}, nil
}

// touch is a connection to a card.
type touch struct {
	v     *visitor
	s     *slot
	count card.State
}

func (t *touch) Transmit(command []byte) ([]byte, error) {
	err := t.v.r.answer(t.v.run)
	c, here := t.s.card, t.s.count == t.count && t.v.r.find(t.s.name) == t.s
	t.v.r.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case !here || c == nil:
		return nil, card.ErrRemoved
	}
	answer, torn := c.Answer(command)
	switch {
	case torn:
		t.v.r.Remove(t.s.name)
		return nil, card.ErrRemoved
	case answer == nil:
		return nil, card.ErrMute
	}
	return answer, nil
}

func (t *touch) Disconnect() error { return nil }
