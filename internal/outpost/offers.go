package outpost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// ErrOlder says that the town hall said something newer about a service before.
var ErrOlder = errors.New("outpost: an older word of the town hall came again")

// Offers keeps a catalogue in step with what the town hall published. What is new is checked and read before anybody is offered it; what does
// not check is told to the town hall, and what was there before stays. Everything is in the device's memory, so that a start needs no line.
type Offers struct {
	post      *Outpost
	catalogue *service.Catalogue
	log       *slog.Logger

	mu      sync.Mutex                                  // one look at a time
	read    map[string]func() (*service.Service, error) // by the digest of the word for it
	refused map[string]bool                             // words that were refused in this run
	next    atomic.Pointer[service.Edition]             // read, and waiting for Renew
}

// Offers offers in the catalogue what the device took earlier, each read when it is first needed, and follows the town hall from then on when
// Look is called.
func (o *Outpost) Offers(ctx context.Context, c *service.Catalogue) (*Offers, error) {
	f := &Offers{post: o, catalogue: c, log: o.log, read: map[string]func() (*service.Service, error){}, refused: map[string]bool{}}
	e, err := f.edition(ctx)
	if err != nil {
		return nil, err
	}
	c.Use(e)
	return f, nil
}

// Run looks whenever the town hall published something, until ctx ends.
func (f *Offers) Run(ctx context.Context) {
	for {
		if err := f.Look(ctx); err != nil && ctx.Err() == nil {
			f.log.Error("outpost: published services", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-f.post.published:
		}
	}
}

// Renew offers what was taken since it was called last, and tells whether that is anything. Shells call it when nobody is in the middle of
// something: it takes no time.
func (f *Offers) Renew() bool {
	e := f.next.Swap(nil)
	if e != nil {
		f.catalogue.Use(e)
	}
	return e != nil
}

// Look takes what the town hall published since the last look. It needs no line: what the sync brought is in the memory.
func (f *Offers) Look(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	offers, refused, err := f.post.Client.Offers(ctx)
	if err != nil {
		return err
	}
	had, err := f.post.Store.Services(ctx)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, r := range refused {
		named[r.Service] = true
		err = errors.Join(err, f.refuse(ctx, r.Service, r.Version, r.Service+" "+r.Err.Error(), r.Err))
	}
	changed := false
	for _, o := range offers {
		named[o.Service] = true
		took, fault := f.take(ctx, o, newest(had, o.Service))
		changed, err = changed || took, errors.Join(err, fault)
	}
	for _, s := range had {
		if s.Current && !named[s.ID] {
			changed, err = true, errors.Join(err, f.post.Store.WithdrawService(ctx, s.ID))
		}
	}
	if !changed {
		return err
	}
	e, fault := f.edition(ctx)
	if fault != nil {
		return errors.Join(err, fault)
	}
	if wrong := e.Ready(); wrong != nil {
		f.log.Warn("outpost: not every service can be offered", "err", wrong)
	}
	f.next.Store(e)
	return err
}

// newest is the last word that was taken about a service.
func newest(had []store.Service, id string) store.Service {
	for _, s := range had { // the newest first
		if s.ID == id {
			return s
		}
	}
	return store.Service{}
}

// take takes a service if it is new and good.
func (f *Offers) take(ctx context.Context, o device.Offer, had store.Service) (took bool, err error) {
	switch {
	case o.Serial == had.Serial && o.Token == had.Token && had.Current || f.refused[o.Token]:
		return false, nil
	case o.Serial < had.Serial || o.Serial == had.Serial && o.Token != had.Token:
		return false, f.refuse(ctx, o.Service, o.Version, o.Token, ErrOlder)
	}
	s := store.Service{ID: o.Service, Version: o.Version, Serial: o.Serial, Token: o.Token, Packed: o.Packed, Current: true}
	loaded, wrong := f.load(o.Service, o.Version, o.Packed)
	if wrong != nil {
		return false, f.refuse(ctx, o.Service, o.Version, o.Token, wrong)
	}
	if err := f.post.Store.TakeService(ctx, s); err != nil {
		return false, err
	}
	f.read[o.Token] = func() (*service.Service, error) { return loaded, nil }
	f.log.Info("outpost: a service came", "service", o.Service, "version", o.Version)
	return true, nil
}

// refuse notes for the town hall why a service is not offered, once.
func (f *Offers) refuse(ctx context.Context, id, version, what string, why error) error {
	if f.refused[what] {
		return nil
	}
	f.refused[what] = true
	f.log.Warn("outpost: a published service is refused", "service", id, "version", version, "why", why)
	if err := f.post.Store.NoteFault(ctx, refusedFault(id, version, why)); err != nil {
		return fmt.Errorf("outpost: note fault: %w", err)
	}
	return nil
}

// load reads a service. A folder that makes this program fail is one that does not check.
func (f *Offers) load(id, version string, packed []byte) (s *service.Service, err error) {
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, errors.New("outpost: the program fails on it")
		}
	}()
	folder, err := bundle.Read(packed)
	if err != nil {
		return nil, err
	}
	if s, err = service.Load(folder.FS(), id, f.catalogue.Tenant()); err != nil {
		return nil, err
	}
	if s.Version != version {
		return nil, fmt.Errorf("outpost: it is version %s", strings.TrimSpace(s.Version))
	}
	return s, nil
}

// edition is what is in the memory. What is read already stays the same service.
func (f *Offers) edition(ctx context.Context) (*service.Edition, error) {
	had, err := f.post.Store.Services(ctx)
	if err != nil {
		return nil, err
	}
	var list []service.Version
	for _, s := range had {
		if f.read[s.Token] == nil {
			f.read[s.Token] = sync.OnceValues(func() (*service.Service, error) {
				o, err := f.post.Client.Vouched(context.Background(), s.Token, s.Packed) // the file may have been changed while the device was off
				if err != nil {
					return nil, err
				}
				return f.load(o.Service, o.Version, s.Packed)
			})
		}
		list = append(list, service.Version{ID: s.ID, Version: s.Version, Offered: s.Current, Read: f.read[s.Token]})
	}
	return f.catalogue.Edition(list), nil
}
