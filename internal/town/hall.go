package town

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Hall is the town hall, put together as its server does.
type Hall struct {
	Book   *cases.Book
	Store  *sqlite.Store
	Intake *intake.Intake
	Ledger *ledger.Ledger
	CA     *hall.CA

	now     func() time.Time
	sign    proof.Key // receipts, cursors, the authority's keys
	permit  proof.Key
	ring    atomic.Pointer[seal.Ring]
	publish *publish.Publisher
	handler *hall.Handler
	door    *door
	server  *http.Server
	listen  net.Listener
	served  sync.WaitGroup
	work    sync.Mutex // opening what arrived: one at a time
}

func openHall(dir string, o Options) (h *Hall, err error) {
	h = &Hall{now: o.Now}
	defer func() {
		if err != nil {
			err, h = errors.Join(err, h.close()), nil
		}
	}()
	ring := seal.Ring(o.Authority)
	if len(ring) == 0 {
		k, err := seal.Generate()
		if err != nil {
			return h, err
		}
		ring = seal.Ring{k}
	}
	if h.sign, err = proof.Generate(); err != nil {
		return h, err
	}
	if h.permit, err = proof.Generate(); err != nil {
		return h, err
	}
	if h.CA, err = hall.OpenCA(dir, "Stadt", o.Now()); err != nil {
		return h, err
	}
	if h.Store, err = sqlite.Open(context.Background(), filepath.Join(dir, "townhall.db"), o.Now); err != nil {
		return h, err
	}
	if err := h.furnish(o); err != nil {
		return h, err
	}
	// The oldest first: what is issued last is what devices seal to.
	for i := len(ring) - 1; i >= 0; i-- {
		if err := h.Rotate(context.Background(), ring[i]); err != nil {
			return h, err
		}
	}
	return h, h.serve()
}

// furnish puts the rooms together.
func (h *Hall) furnish(o Options) error {
	fonts, err := fonts()
	if err != nil {
		return err
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	h.Book, err = cases.New(cases.Options{
		Store: h.Store,
		Services: func(of, id, version string) (*service.Service, bool) {
			if of != tenant {
				return nil, false
			}
			return o.Catalogue.Find(id, version)
		},
		Render: func(d document.Document) ([]byte, error) { return pdf.Render(d, fonts) },
		Attest: func(_ context.Context, claims map[string]any) (string, error) {
			return proof.Sign(h.permit, proof.Permit, claims)
		},
		Secret: secret, Random: rand.Reader, Now: o.Now, Tenant: tenant, Prefix: o.Catalogue.Tenant().Prefix,
	})
	if err != nil {
		return err
	}
	h.Ledger = ledger.New(h.Store)
	h.ring.Store(&seal.Ring{})
	h.Intake = intake.New(intake.Options{Store: h.Store, Book: h.Book, Now: o.Now, Ring: func() seal.Ring { return *h.ring.Load() }})
	h.handler = hall.New(hall.House{Intake: h.Intake, Records: h.Store, Answers: h.Store, Devices: h.Store, State: h.Store},
		hall.Options{CA: h.CA, Key: h.sign, Now: o.Now})
	h.door = &door{next: h.handler}
	h.publish = publish.New(publish.Options{
		Store: h.Store, Scope: tenant, Nudge: func() { h.handler.Nudge(tenant) },
		Sign: func(kind string, payload any) (string, error) { return proof.Sign(h.sign, kind, payload) },
	})
	return nil
}

func fonts() (f pdf.Fonts, err error) {
	if f.Regular, err = fs.ReadFile(assets.FS, "fonts/AtkinsonHyperlegibleNext-Regular.ttf"); err != nil {
		return f, err
	}
	f.Bold, err = fs.ReadFile(assets.FS, "fonts/AtkinsonHyperlegibleNext-Bold.ttf")
	return f, err
}

// Rotate puts a new authority key first and publishes it. The old ones still open what is on its way.
func (h *Hall) Rotate(ctx context.Context, k seal.Private) error {
	old := *h.ring.Load()
	next := append(seal.Ring{k}, old...)
	h.ring.Store(&next)
	issued := h.now().Add(time.Duration(len(old)) * time.Second) // two keys of one moment would have no order
	if err := h.publish.Key(ctx, tenant, k.Public(), issued); err != nil {
		return fmt.Errorf("town: rotate: %w", err)
	}
	return nil
}

// PermitKeys are the keys by which a warden checks permits.
func (h *Hall) PermitKeys() []proof.PublicKey { return []proof.PublicKey{h.permit.Public()} }

// LoseAnswers lets the answers to the next n deliveries get lost: what was brought is stored, and the terminal never hears of it.
func (h *Hall) LoseAnswers(n int) { h.door.lose.Store(int32(n)) }

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

func (h *Hall) serve() error {
	config, err := h.CA.TLS([]string{"127.0.0.1"}, h.now)
	if err != nil {
		return err
	}
	config.NextProtos = []string{"http/1.1"} // the websocket needs it
	if h.listen, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	h.server = &http.Server{Handler: h.door, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	h.served.Go(func() { _ = h.server.Serve(tls.NewListener(h.listen, config)) }) // ends with close
	return nil
}

func (h *Hall) address() string { return h.listen.Addr().String() }

func (h *Hall) close() error {
	var errs []error
	if h.handler != nil {
		errs = append(errs, h.handler.Close())
	}
	if h.server != nil {
		errs = append(errs, h.server.Close())
	}
	h.served.Wait()
	if h.Store != nil {
		errs = append(errs, h.Store.Close())
	}
	return errors.Join(errs...)
}

// door stands before the town hall and can mislay answers.
type door struct {
	next http.Handler
	lose atomic.Int32
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
