// Package outpost is a device's half of the house, put together without what stands on its counter: the memory that only the town hall can
// read, in the words of a visit. A terminal adds its devices to the desk, a phone adds none.
package outpost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// Files inside a device's data directory.
const (
	File       = "memory.db"  // the memory
	LockerFile = "locker.key" // closes what a person's own device remembers
)

// Options of an Outpost; zero values mean the defaults.
type Options struct {
	Now   func() time.Time // time.Now
	Log   *slog.Logger     // of the exchange with the town hall; silent
	Store store.Options    // of the memory; Sign and Now are filled in
	// Locker opens the shelves of the memory, for what a person's own device remembers. A terminal has none.
	Locker bool
}

// Outpost is open until Close.
type Outpost struct {
	Store  *store.Store   // the memory
	Client *device.Client // keeps it in step with the town hall; Run or Sync begins that

	till      sync.Mutex
	log       *slog.Logger
	published chan struct{} // signalled when the sync brought a service
}

// Open opens the memory in the data directory of an enrolled device or a phone, and makes it if there is none. It needs no line. Errors are
// those of store.Open.
func Open(dir string, id *device.Identity, o Options) (*Outpost, error) {
	o.Store.Sign, o.Store.Now = id.Sign, o.Now
	if o.Locker {
		var err error
		if o.Store.Locker, err = store.OpenLocker(filepath.Join(dir, LockerFile)); err != nil {
			return nil, err
		}
	}
	s, err := store.Open(filepath.Join(dir, File), o.Store)
	if err != nil {
		return nil, err
	}
	post := &Outpost{Store: s, log: o.Log, published: make(chan struct{}, 1)}
	if post.log == nil {
		post.log = slog.New(slog.DiscardHandler)
	}
	post.Client = device.New(id, s, device.Options{Now: o.Now, Log: o.Log, Changed: post.changed})
	return post, nil
}

// changed hears that the sync brought something. Which collections it was does not say which facts are gone since the town hall began anew.
func (o *Outpost) changed(map[string]bool) {
	select {
	case o.published <- struct{}{}:
	default:
	}
}

// Desk is a desk that can take applications and follow them. All desks of an outpost share one till.
func (o *Outpost) Desk() visit.Desk {
	to := line{o.Client}
	return visit.Desk{Journal: journal{o.Store}, Sealer: to, Town: to, Till: &o.till}
}

// Close closes the memory. Nothing may use the outpost any more.
func (o *Outpost) Close() error { return o.Store.Close() }

// journal is the device's store in the visit's words.
type journal struct{ *store.Store }

func (j journal) Room(ctx context.Context) error { return inWords(j.Store.Room(ctx)) }

func (j journal) Hold(ctx context.Context, e seal.Envelope, p pay.Payment) error {
	return inWords(j.Store.Hold(ctx, e, p))
}

func (j journal) Release(ctx context.Context, e seal.Envelope, way pay.Way, amount int64) error {
	return inWords(j.Store.Release(ctx, e, way, amount))
}

// Remember turns what a visit says of an application that it sends into what the device keeps of it from now on, and what it need not keep any
// more: a draft, its photos.
type Remember func(e seal.Envelope, k visit.Kept) (put []store.Entry, remove []store.Ref, err error)

// Keeper is the memory of a person's own device for the Keeper of a Desk. It needs Options.Locker.
func (o *Outpost) Keeper(r Remember) visit.Keeper { return keeper{o.Store, r} }

type keeper struct {
	store    *store.Store
	remember Remember
}

func (k keeper) Keep(ctx context.Context, e seal.Envelope, way pay.Way, amount int64, kept visit.Kept) error {
	put, remove, err := k.remember(e, kept)
	if err != nil {
		return fmt.Errorf("outpost: keep: %w", err)
	}
	return inWords(k.store.Keep(ctx, e, way, amount, put, remove))
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
