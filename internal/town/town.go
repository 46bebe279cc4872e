// Package town is the whole town in one process and without a display: a real town hall, a real terminal with emulated devices on its
// counter, and between the two a line that can be cut. It is for tests and simulations.
//
// Nothing happens by itself: the terminal exchanges with the town hall when Sync is called, and clears up payments when Recover is. What
// goes wrong can therefore be placed exactly.
package town

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/clock"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town/line"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// Folders of a town's directory.
const (
	HallDir     = "hall"     // the town hall's memory: it may read what citizens wrote
	TerminalDir = "terminal" // the terminal's memory and log: nothing here may say what a citizen said
	CardDir     = "card"     // the card terminal's own journal
	PaperDir    = "paper"    // what the receipt printer printed, as pictures and bytes
	SheetsDir   = "sheets"   // what the A4 printer printed
)

// HallLog is the town hall's log in its folder, as detailed as it gets: nothing in it may say what a citizen said.
const HallLog = "townhall.log"

// tenant is whose services the town has.
const tenant = "stadt"

// Options of a Town; zero values mean the defaults.
type Options struct {
	Now       func() time.Time   // everybody's clock; time.Now in the town's time zone
	Authority []seal.Private     // the town hall's keys, newest first; one is made if there is none, which takes a second
	Catalogue *service.Catalogue // the city's services that ship
	Shipped   *service.Catalogue // what devices ship with, when that is older; the same as Catalogue
	Store     store.Options      // of the terminal's memory; Sign and Now are filled in
	Serial    bool               // the card terminal is on a serial line instead of TCP
	Patience  time.Duration      // how long a visit itself asks about an unclear payment; 1 s
}

// Town is open until Close. Its methods may be called from several goroutines.
type Town struct {
	Hall    *Hall
	Counter *Counter

	o    Options
	dir  string
	line *line.Line
	log  *slog.Logger
	file *os.File // of the log

	mu     sync.Mutex
	moment func(Moment) bool
	power  sync.Mutex // switching the terminal on and off
	term   *terminal  // nil before the first start
}

// Open founds a town in an empty directory: keys are made, the terminal is enrolled and has learned the town hall's key. The town hall's keys
// live as long as the Town.
func Open(dir string, o Options) (*Town, error) {
	if o.Now == nil {
		var err error
		if o.Now, err = clock.Town(); err != nil {
			return nil, fmt.Errorf("town: open: %w", err)
		}
	}
	if o.Patience == 0 {
		o.Patience = time.Second
	}
	t := &Town{o: o, dir: dir}
	if err := t.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("town: open: %w", err), t.Close())
	}
	return t, nil
}

func (t *Town) open() (err error) {
	if found, err := os.ReadDir(t.dir); err != nil || len(found) > 0 {
		return errors.Join(err, errors.New("the directory has to be empty"))
	}
	for _, sub := range []string{HallDir, TerminalDir, CardDir, PaperDir, SheetsDir} {
		if err := os.Mkdir(filepath.Join(t.dir, sub), 0o700); err != nil {
			return err
		}
	}
	if t.file, err = os.OpenFile(filepath.Join(t.dir, TerminalDir, "terminal.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	t.log = slog.New(slog.NewTextHandler(t.file, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if t.o.Catalogue == nil {
		if t.o.Catalogue, err = service.LoadCatalogue(assets.FS, tenant); err != nil {
			return err
		}
	}
	if t.o.Shipped == nil {
		t.o.Shipped = t.o.Catalogue
	}
	if t.Hall, err = openHall(filepath.Join(t.dir, HallDir), t.o); err != nil {
		return err
	}
	if t.line, err = line.New(t.Hall.Address("device")); err != nil {
		return err
	}
	if t.Counter, err = openCounter(t.dir, t.o); err != nil {
		return err
	}
	ctx := context.Background()
	if err := t.Enroll(ctx); err != nil {
		return err
	}
	if err := t.RestartTerminal(); err != nil {
		return err
	}
	return t.Sync(ctx)
}

// Enroll makes the terminal one of the town hall's, with a new code. It counts from the next start of the terminal.
func (t *Town) Enroll(ctx context.Context) error {
	code, err := t.Hall.Store.AddCode(ctx, Device, tenant, tenant, t.o.Now().Add(time.Hour))
	if err != nil {
		return fmt.Errorf("town: enrol: %w", err)
	}
	_, err = device.Enroll(ctx, filepath.Join(t.dir, TerminalDir),
		device.Entry{URL: "https://" + t.line.Addr(), Fingerprint: t.Hall.CA.Fingerprint(), Code: code})
	if err != nil {
		return fmt.Errorf("town: enrol: %w", err)
	}
	return nil
}

// Device is what the staff call the terminal.
const Device = "Terminal Bürgerbüro"

// Close ends the town.
func (t *Town) Close() error {
	var errs []error
	errs = append(errs, t.KillTerminal())
	if t.line != nil {
		t.line.Cut()
	}
	if t.Counter != nil {
		errs = append(errs, t.Counter.close())
	}
	if t.Hall != nil {
		errs = append(errs, t.Hall.Close())
	}
	if t.file != nil {
		errs = append(errs, t.file.Close())
	}
	return errors.Join(errs...)
}

// Visit begins a citizen's visit for a service at the terminal; nil when there is no such service. It dies with the terminal.
func (t *Town) Visit(id string) *visit.Visit {
	s, ok := t.Shows().Find(id, "")
	if !ok {
		return nil
	}
	t.log.Info("visit begins", "service", id)
	return visit.Begin(s, t.Desk(), t.VisitOptions())
}

// VisitOptions are what a visit at the terminal knows of it.
func (t *Town) VisitOptions() visit.Options {
	return visit.Options{
		Lang: "de", Now: t.o.Now, Random: rand.Reader, Tenant: tenant, Channel: "terminal",
		CasePrefix: t.o.Catalogue.Tenant().Prefix, Patience: t.o.Patience, Broken: t.broken,
	}
}

// Cut cuts the line between terminal and town hall.
func (t *Town) Cut() { t.line.Cut() }

// Join mends the line.
func (t *Town) Join() error { return t.line.Join() }

// Sync does one exchange of the terminal with the town hall; then the town hall opens what arrived, also when the exchange failed.
func (t *Town) Sync(ctx context.Context) error {
	err := t.exchange(ctx)
	if err != nil {
		t.log.Warn("sync", "error", err)
	}
	_, work := t.Hall.Work(ctx)
	return errors.Join(err, work)
}

func (t *Town) exchange(ctx context.Context) error {
	term := t.terminal()
	if term == nil {
		return ErrKilled
	}
	term.syncing.Lock()
	defer term.syncing.Unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(term.ctx, stop)()
	if term.ctx.Err() != nil {
		return ErrKilled
	}
	err := term.post.Client.Sync(ctx)
	if look := term.offers.Look(ctx); err == nil {
		err = look
	}
	return err
}

// Recover clears up payments whose end is not known, as the terminal does at its start and from time to time.
func (t *Town) Recover(ctx context.Context) (open int, err error) {
	open, err = visit.Recover(ctx, t.Desk(), t.o.Now, nil)
	if err != nil {
		t.log.Warn("recover", "open", open, "error", err)
	}
	return open, err
}

// Status is how the terminal stands with the town hall.
func (t *Town) Status(ctx context.Context) (device.Status, error) {
	term := t.terminal()
	if term == nil {
		return device.Status{}, ErrKilled
	}
	return term.post.Client.Status(ctx)
}
