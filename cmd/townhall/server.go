package main

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
	"os"
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
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/web"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
)

// Main is the town hall's server: Run starts it, Close ends it. Tests start it the same way.
type Main struct {
	Config Config
	Now    func() time.Time // nil: the machine's clock in the town's time zone
	Log    *slog.Logger     // nil: nothing is logged

	// Set by Run.
	Store  *sqlite.Store
	Book   *cases.Book
	Intake *intake.Intake
	CA     *hall.CA

	keys    atomic.Pointer[Keyring]
	handler *hall.Handler
	publish *publish.Publisher
	ledger  *ledger.Ledger
	servers []*http.Server
	lines   map[string]net.Listener
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// townZone is where the town's days begin.
const townZone = "Europe/Berlin"

// clock is the machine's clock in the town's time zone.
func clock() (func() time.Time, error) {
	zone, err := time.LoadLocation(townZone)
	if err != nil {
		return nil, err
	}
	return func() time.Time { return time.Now().In(zone) }, nil
}

// Run opens everything and listens. It returns when devices and staff can come; what goes wrong later is logged.
func (m *Main) Run(ctx context.Context) error {
	if err := m.run(ctx); err != nil {
		return errors.Join(err, m.Close())
	}
	return nil
}

func (m *Main) run(ctx context.Context) error {
	if m.Log == nil {
		m.Log = slog.New(slog.DiscardHandler)
	}
	if m.Now == nil {
		var err error
		if m.Now, err = clock(); err != nil {
			return err
		}
	}
	keys, err := loadKeyring(m.Config.Data)
	if err != nil {
		return err
	}
	m.keys.Store(keys)
	if m.CA, err = hall.LoadCA(m.Config.Data); err != nil {
		return err
	}
	if m.Store, err = sqlite.Open(ctx, m.Config.database(), m.Now); err != nil {
		return err
	}
	data := m.Config.files()
	catalogue, err := service.LoadCatalogue(data, m.Config.Tenant)
	if err != nil {
		return err
	}
	if err := m.open(data, catalogue); err != nil {
		return err
	}
	if err := m.publishKeys(ctx); err != nil {
		return err
	}
	if err := m.Intake.Retry(ctx); err != nil {
		return err
	}
	if err := m.listen(catalogue); err != nil {
		return err
	}
	m.background()
	return nil
}

// files is where services, tenants and fonts come from.
func (c Config) files() fs.FS {
	if c.Assets != "" {
		return os.DirFS(c.Assets)
	}
	return assets.FS
}

// open puts the rooms together.
func (m *Main) open(data fs.FS, catalogue *service.Catalogue) error {
	fonts, err := loadFonts(data)
	if err != nil {
		return err
	}
	m.Book, err = cases.New(cases.Options{
		Store: m.Store,
		Services: func(tenant, id, version string) (*service.Service, bool) {
			if tenant != m.Config.Tenant {
				return nil, false
			}
			return catalogue.Find(id, version)
		},
		Render: func(d document.Document) ([]byte, error) { return pdf.Render(d, fonts) },
		Attest: func(_ context.Context, claims map[string]any) (string, error) {
			return proof.Sign(m.keys.Load().Permit[0].Key, proof.Permit, claims)
		},
		Secret: m.keys.Load().Secret, Random: rand.Reader, Now: m.Now,
		Tenant: m.Config.Tenant, Prefix: catalogue.Tenant().Prefix, Term: time.Duration(m.Config.Days) * 24 * time.Hour,
	})
	if err != nil {
		return err
	}
	m.ledger = ledger.New(m.Store)
	m.Intake = intake.New(intake.Options{
		Store: m.Store, Book: m.Book, Now: m.Now, Log: m.Log,
		Ring: func() seal.Ring { return m.keys.Load().ring() },
	})
	m.handler = hall.New(hall.House{Intake: m.Intake, Records: m.Store, Answers: m.Store, Devices: m.Store, State: m.Store},
		hall.Options{CA: m.CA, Key: m.keys.Load().Hall, Now: m.Now, Log: m.Log, Demo: m.Config.Demo})
	m.publish = publish.New(publish.Options{
		Store: m.Store, Scope: m.Config.Tenant, Nudge: func() { m.handler.Nudge(m.Config.Tenant) },
		Sign: func(kind string, payload any) (string, error) { return proof.Sign(m.keys.Load().Hall, kind, payload) },
	})
	return nil
}

func loadFonts(data fs.FS) (pdf.Fonts, error) {
	read := func(name string) ([]byte, error) {
		b, err := fs.ReadFile(data, "fonts/"+name)
		if errors.Is(err, fs.ErrNotExist) { // a folder of services and tenants only
			return fs.ReadFile(assets.FS, "fonts/"+name)
		}
		return b, err
	}
	regular, err := read("AtkinsonHyperlegibleNext-Regular.ttf")
	if err != nil {
		return pdf.Fonts{}, err
	}
	bold, err := read("AtkinsonHyperlegibleNext-Bold.ttf")
	return pdf.Fonts{Regular: regular, Bold: bold}, err
}

// publishKeys tells devices every key of the authority.
func (m *Main) publishKeys(ctx context.Context) error {
	for _, k := range m.keys.Load().Authority {
		if err := m.publish.Key(ctx, m.Config.Tenant, k.Key.Public(), k.Issued); err != nil {
			return err
		}
	}
	return nil
}

// users lets the staff's pages ask the store.
type users struct{ store *sqlite.Store }

func (u users) Check(ctx context.Context, login, password string) (web.User, error) {
	found, err := u.store.SignIn(ctx, login, password)
	if errors.Is(err, sqlite.ErrSignIn) {
		return web.User{}, web.ErrSignIn
	}
	return web.User{Login: found.Login, Name: found.Name, Since: found.Since}, err
}

func (u users) Find(ctx context.Context, login string) (web.User, bool, error) {
	found, ok, err := u.store.FindUser(ctx, login)
	return web.User{Login: found.Login, Name: found.Name, Since: found.Since}, ok, err
}

// listen opens the three doors.
func (m *Main) listen(catalogue *service.Catalogue) error {
	deviceTLS, err := m.CA.TLS(m.Config.Device.Names, m.Now)
	if err != nil {
		return err
	}
	deviceTLS.NextProtos = []string{"http/1.1"} // the websocket needs it
	pages, err := web.New(web.Options{
		Book: m.Book, Users: users{m.Store}, Catalogue: catalogue, Now: m.Now, Zone: m.Now().Location(),
		Secure: m.Config.Staff.Cert != "" || m.Config.Staff.Proxy, Proxy: m.Config.Staff.Proxy, Log: m.Log,
	})
	if err != nil {
		return err
	}
	var staffTLS *tls.Config
	if m.Config.Staff.Cert != "" {
		cert, err := tls.LoadX509KeyPair(m.Config.Staff.Cert, m.Config.Staff.Key)
		if err != nil {
			return fmt.Errorf("read the staff's certificate: %w", err)
		}
		staffTLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}
	}
	m.lines = map[string]net.Listener{}
	for _, door := range []struct {
		name, address string
		tls           *tls.Config
		handler       http.Handler
	}{
		{"device", m.Config.Device.Listen, deviceTLS, m.handler},
		{"staff", m.Config.Staff.Listen, staffTLS, pages},
		{"ops", m.Config.Ops.Listen, nil, m.ops()},
	} {
		if err := m.serve(door.name, door.address, door.tls, door.handler); err != nil {
			return err
		}
	}
	return nil
}

func (m *Main) serve(name, address string, config *tls.Config, handler http.Handler) error {
	line, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("open the %s address: %w", name, err)
	}
	m.lines[name] = line
	s := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(m.Log.Handler(), slog.LevelDebug),
	}
	m.servers = append(m.servers, s)
	if config != nil {
		line = tls.NewListener(line, config)
	}
	m.done.Go(func() {
		if err := s.Serve(line); !errors.Is(err, http.ErrServerClosed) {
			m.Log.Error("an address is closed", "name", name, "error", err)
		}
	})
	m.Log.Info("listening", "name", name, "address", m.Address(name))
	return nil
}

// Address is where "device", "staff" or "ops" listens, host and port.
func (m *Main) Address(name string) string {
	if l := m.lines[name]; l != nil {
		return l.Addr().String()
	}
	return ""
}

// background opens what arrives and follows changes of the keys.
func (m *Main) background() {
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	m.done.Go(func() { m.Intake.Run(ctx) })
	m.done.Go(func() {
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := m.Reload(ctx); err != nil && ctx.Err() == nil {
					m.Log.Error("keys not reloaded", "error", err)
				}
			}
		}
	})
}

// Reload reads the keys again; new ones are published, and what waited for them is opened. The receipt key and the authority of
// certificates stay until the next start.
func (m *Main) Reload(ctx context.Context) error {
	next, err := loadKeyring(m.Config.Data)
	if err != nil {
		return err
	}
	had := m.keys.Load()
	if same(had, next) {
		return nil
	}
	next.Hall, next.Secret = had.Hall, had.Secret
	m.keys.Store(next)
	if err := m.publishKeys(ctx); err != nil {
		return err
	}
	return m.Intake.Retry(ctx)
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

// Close ends the server: open requests get ten seconds.
func (m *Main) Close() error {
	var errs []error
	if m.handler != nil {
		errs = append(errs, m.handler.Close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, s := range m.servers {
		errs = append(errs, s.Shutdown(ctx))
	}
	if m.stop != nil {
		m.stop()
	}
	m.done.Wait()
	if m.Store != nil {
		errs = append(errs, m.Store.Close())
	}
	return errors.Join(errs...)
}
