// Package server is the town hall put together: its keys, its rooms and the doors that devices and staff come through. What starts it decides
// which doors are open: Open alone answers nobody.
package server

import (
	"context"
	"crypto/rand"
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
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/jobs"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Options of a Server. Dir, Tenant, Catalogue and Now are required.
type Options struct {
	Dir       string             // keys and database; Found makes the first keys in it
	Tenant    string             // whose cases these are
	Catalogue *service.Catalogue // the tenant's services; the server publishes into it
	Now       func() time.Time   // in the town's time zone: clock.Town
	Home      string             // under which everybody reaches the public door: "https://rathaus.example"; "" when nobody knows. See portal.Options
	Fonts     fs.FS              // folder with fonts/ for papers; nil, or without the fonts: those that are built in
	Term      time.Duration      // within which a case should be decided; 14 days
	Demo      bool               // a demo town: devices enrolled here may tell programs what is on their screen
	Phones    hall.Limits        // of what phones may ask for; zero values mean the defaults
	Log       *slog.Logger       // nil: nothing is logged
}

// Server is a town hall, open until Close.
type Server struct {
	Store   *sqlite.Store
	Book    *cases.Book
	Intake  *intake.Intake
	Ledger  *ledger.Ledger
	CA      *hall.CA
	Devices *hall.Handler      // what devices and phones talk to, behind the device door
	Public  *publish.Publisher // what everybody may know
	Jobs    *jobs.Board        // the town's vacancies
	Library *services.Library  // what is offered beside what ships
	Surveys *surveys.Office    // what was answered in surveys

	o       Options
	keys    atomic.Pointer[Keyring]
	publish *publish.Publisher
	town    *place.Town // its map
	fonts   pdf.Fonts
	servers []*http.Server
	lines   map[string]net.Listener
	stop    context.CancelFunc // of what Begin began
	done    sync.WaitGroup
}

// Database is the file of the database in a town hall's directory.
func Database(dir string) string { return filepath.Join(dir, "townhall.db") }

// in says to err what failed, if something did.
func in(verb string, err *error) {
	if *err != nil {
		*err = fmt.Errorf("server: %s: %w", verb, *err)
	}
}

// Open opens the memory, puts the rooms together and publishes the keys. Nothing happens by itself before Begin, and nobody can come before
// Listen.
func Open(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, lines: map[string]net.Listener{}}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	keys, err := LoadKeyring(s.o.Dir)
	if err != nil {
		return err
	}
	s.keys.Store(keys)
	if s.CA, err = hall.LoadCA(s.o.Dir); err != nil {
		return err
	}
	if s.Store, err = sqlite.Open(ctx, Database(s.o.Dir), s.o.Now); err != nil {
		return err
	}
	if s.fonts, err = loadFonts(s.o.Fonts); err != nil {
		return fmt.Errorf("server: open: %w", err)
	}
	if err := s.openLibrary(ctx); err != nil {
		return err
	}
	if err := s.furnish(); err != nil {
		return err
	}
	return s.useKeys(ctx)
}

// furnish puts the rooms together.
func (s *Server) furnish() error {
	o := s.o
	streets, err := assets.FS.ReadFile("map/bad-oeynhausen.geojson")
	if err != nil {
		return fmt.Errorf("server: open: %w", err)
	}
	if s.town, err = place.Read(streets); err != nil {
		return fmt.Errorf("server: open: %w", err)
	}
	s.Book, err = cases.New(cases.Options{
		Store: s.Store,
		Services: func(tenant, id, version string) (*service.Service, bool) {
			if tenant != o.Tenant {
				return nil, false
			}
			return s.Library.Find(id, version)
		},
		Render: func(d document.Document) ([]byte, error) { return pdf.Render(d, s.fonts) },
		Attest: func(_ context.Context, claims map[string]any) (string, error) {
			return proof.Sign(s.Keys().Permit[0].Key, proof.Permit, claims)
		},
		Secret: s.Keys().Secret, Random: rand.Reader, Now: o.Now,
		Tenant: o.Tenant, Prefix: o.Catalogue.Tenant().Prefix, Term: o.Term,
		Nudge: func() { s.Devices.Nudge(publish.Public) },
	})
	if err != nil {
		return err
	}
	s.Ledger = ledger.New(s.Store)
	s.Surveys = surveys.New(surveys.Options{Store: s.Store, Tenant: o.Tenant, Find: s.Library.Find, Now: o.Now, Log: o.Log})
	s.Intake = intake.New(intake.Options{
		Store: s.Store, Book: s.Book, Surveys: s.Surveys, Parts: s.Store, Now: o.Now, Log: o.Log,
		Ring: func() seal.Ring { return s.Keys().Ring() },
	})
	s.Devices = hall.New(
		hall.House{Intake: s.Intake, Records: s.Store, Answers: s.Store, Devices: s.Store, State: s.Store, Blobs: s.Store.Dock(), Faults: s.Library, Drafts: s.Store},
		hall.Options{CA: s.CA, Key: s.Keys().Hall, Now: o.Now, Log: o.Log, Demo: o.Demo,
			Phones: &hall.Phones{Tenant: o.Tenant, Installed: s.installed, Limits: o.Phones}})
	s.publish, s.Public = s.publisher(o.Tenant), s.publisher(wire.ScopePublic)
	s.Jobs = jobs.New(jobs.Options{
		Store: s.Store, Scopes: []string{o.Tenant, wire.ScopePublic}, Now: o.Now, Random: rand.Reader, Nudge: func(scope string) { s.Devices.Nudge(scope) },
		Changed: func(rows [][]byte) { o.Catalogue.Tenant().Publish(publish.CollectionJobs, rows) },
	})
	return s.Jobs.Tell(context.Background())
}

// publisher publishes as the town hall in a scope.
func (s *Server) publisher(scope string) *publish.Publisher {
	return publish.New(publish.Options{
		Store: s.Store, Scope: scope, Nudge: func() { s.Devices.Nudge(scope) },
		Sign: func(kind string, payload any) (string, error) { return proof.Sign(s.Keys().Hall, kind, payload) },
	})
}

func loadFonts(from fs.FS) (fonts pdf.Fonts, err error) {
	read := func(name string) ([]byte, error) {
		if from != nil {
			b, err := fs.ReadFile(from, "fonts/"+name)
			if !errors.Is(err, fs.ErrNotExist) { // otherwise it is a folder of services and tenants only
				return b, err
			}
		}
		return fs.ReadFile(assets.FS, "fonts/"+name)
	}
	if fonts.Regular, err = read("AtkinsonHyperlegibleNext-Regular.ttf"); err != nil {
		return fonts, err
	}
	fonts.Bold, err = read("AtkinsonHyperlegibleNext-Bold.ttf")
	return fonts, err
}

// Keys are the keys as they are now. They are not to be changed.
func (s *Server) Keys() *Keyring { return s.keys.Load() }

// useKeys tells devices and phones every key of the authority, and tries again what waited for one.
func (s *Server) useKeys(ctx context.Context) error {
	if err := s.publishSigners(ctx); err != nil {
		return err
	}
	for _, to := range []*publish.Publisher{s.publish, s.Public} {
		for _, k := range s.Keys().Authority {
			if err := to.Key(ctx, s.o.Tenant, k.Key.Public(), k.Issued); err != nil {
				return err
			}
		}
	}
	return s.Intake.Retry(ctx)
}

// Reload reads the keys again; new ones are published, and what waited for them is opened. The receipt key and the authority of
// certificates stay until the next start.
func (s *Server) Reload(ctx context.Context) error {
	next, err := LoadKeyring(s.o.Dir)
	if err != nil {
		return err
	}
	had := s.Keys()
	if same(had, next) {
		return nil
	}
	next.Hall, next.Former, next.Secret = had.Hall, had.Former, had.Secret
	s.keys.Store(next)
	return s.useKeys(ctx)
}

func same(a, b *Keyring) bool {
	if len(a.Authority) != len(b.Authority) || len(a.Permit) != len(b.Permit) {
		return false
	}
	for i := range a.Authority {
		if a.Authority[i].Key.ID() != b.Authority[i].Key.ID() {
			return false
		}
	}
	for i := range a.Permit {
		if a.Permit[i].Key.ID() != b.Permit[i].Key.ID() {
			return false
		}
	}
	return true
}

// Begin opens what arrives and follows changes of the keys and of what is published, until Close. It is called once at the most.
func (s *Server) Begin() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.done.Go(func() { s.Intake.Run(ctx) })
	s.done.Go(func() { s.tidy(ctx) })
	s.done.Go(func() {
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := s.Reload(ctx); err != nil && ctx.Err() == nil {
					s.o.Log.Error("keys not reloaded", "error", err)
				}
				if err := s.Library.Refresh(ctx); err != nil && ctx.Err() == nil {
					s.o.Log.Error("published services not looked up", "error", err)
				}
			}
		}
	})
}

// Close ends the server: open requests get ten seconds.
func (s *Server) Close() error {
	var errs []error
	if s.Devices != nil {
		errs = append(errs, s.Devices.Close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, h := range s.servers {
		errs = append(errs, h.Shutdown(ctx))
	}
	if s.stop != nil {
		s.stop()
	}
	s.done.Wait()
	if s.Store != nil {
		errs = append(errs, s.Store.Close())
	}
	return errors.Join(errs...)
}
