package town

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Hall is the town hall: the real server, with its device door open and nobody at work until Work is called.
type Hall struct {
	*server.Server

	o    Options
	dir  string
	log  *os.File
	door *door
	work sync.Mutex // opening what arrived: one at a time
}

func openHall(dir string, o Options) (*Hall, error) {
	ctx := context.Background()
	ring := o.Authority
	if len(ring) == 0 {
		k, err := seal.Generate()
		if err != nil {
			return nil, err
		}
		ring = []seal.Private{k}
	}
	// The oldest first: what is issued last is what devices seal to.
	oldest := len(ring) - 1
	if _, err := server.Found(dir, "Stadt", ring[oldest], o.Now()); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, HallLog), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	s, err := server.Open(ctx, server.Options{Dir: dir, Tenant: tenant, Catalogue: o.Catalogue.Beside(), Now: o.Now,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	h := &Hall{Server: s, o: o, dir: dir, log: log, door: &door{next: s.Devices}}
	for i := oldest - 1; i >= 0; i-- {
		if err := h.Rotate(ctx, ring[i]); err != nil {
			return h, err
		}
	}
	d, err := s.DeviceDoor("127.0.0.1:0", []string{"127.0.0.1"})
	if err != nil {
		return h, err
	}
	d.Handler = h.door
	return h, s.Listen(d)
}

// Close ends the town hall.
func (h *Hall) Close() error { return errors.Join(h.Server.Close(), h.log.Close()) }

// Rotate puts a new authority key first and publishes it, as the keeper of the town hall does. The old ones still open what is on its way.
func (h *Hall) Rotate(ctx context.Context, k seal.Private) error {
	keys, err := server.LoadKeyring(h.dir)
	if err != nil {
		return fmt.Errorf("town: rotate: %w", err)
	}
	if err := keys.Put(k, h.o.Now()); err != nil {
		return fmt.Errorf("town: rotate: %w", err)
	}
	if err := keys.Save(h.dir); err != nil {
		return fmt.Errorf("town: rotate: %w", err)
	}
	if err := h.Reload(ctx); err != nil {
		return fmt.Errorf("town: rotate: %w", err)
	}
	return nil
}

// PermitKeys are the keys by which a warden checks permits.
func (h *Hall) PermitKeys() []proof.PublicKey {
	var keys []proof.PublicKey
	for _, k := range h.Keys().Permit {
		keys = append(keys, k.Key.Public())
	}
	return keys
}

// LoseAnswers lets the answers to the next n deliveries get lost: what was brought is stored, and the terminal never hears of it.
func (h *Hall) LoseAnswers(n int) { h.door.lose.Store(int32(n)) }

// Watch is told of every request at the device door, before and after the town hall worked on it; what it does then happens in the middle. nil:
// nobody watches.
func (h *Hall) Watch(watch func(r *http.Request, after bool)) {
	if watch == nil {
		watch = func(*http.Request, bool) {}
	}
	h.door.watch.Store(&watch)
}

// Work opens what arrived.
func (h *Hall) Work(ctx context.Context) (int, error) {
	h.work.Lock()
	defer h.work.Unlock()
	return h.Intake.Work(ctx)
}

// Cases are all cases with everything in them.
func (h *Hall) Cases(ctx context.Context) ([]cases.Case, error) {
	var all []cases.Case
	for page := 1; ; page++ {
		p, err := h.Book.List(ctx, cases.Filter{Page: page, Size: 100})
		if err != nil {
			return nil, err
		}
		for _, c := range p.Cases {
			whole, err := h.Book.Get(ctx, c.Number)
			if err != nil {
				return nil, err
			}
			all = append(all, whole)
		}
		if page >= p.Pages {
			return all, nil
		}
	}
}

// door stands before the town hall and can mislay answers.
type door struct {
	next  http.Handler
	lose  atomic.Int32
	watch atomic.Pointer[func(*http.Request, bool)]
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if watch := d.watch.Load(); watch != nil {
		(*watch)(r, false)
		defer (*watch)(r, true)
	}
	if r.URL.Path != wire.PathPush || d.lose.Load() <= 0 {
		d.next.ServeHTTP(w, r)
		return
	}
	d.lose.Add(-1)
	d.next.ServeHTTP(nowhere{http.Header{}}, r)
	panic(http.ErrAbortHandler) // hangs up
}

// nowhere is where lost answers go.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}
