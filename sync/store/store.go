// Package store is a device's durable memory in SQLite: sealed applications with their files, payments, receipts and the town hall's published
// facts, and on a person's own device what it remembers.
//
// Nothing in it is to be read by who finds it: applications are sealed before they come here, payments name nobody, and what a person's own
// device remembers is closed with the locker's key. What a method confirmed survives the loss
// of power (WAL with synchronous=FULL); what is deleted is overwritten (secure_delete).
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/durable"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/migrate"
)

var (
	// ErrFull says that there is no room for new work. What is here already still gets through.
	ErrFull = errors.New("store: no room for new work")
	// ErrConflict says that another application or payment is stored under the same id.
	ErrConflict = errors.New("store: another one has this id")
	// ErrUnknown says that there is no payment or envelope with this id in a fitting state.
	ErrUnknown = errors.New("store: no such id")
	// ErrUnsigned says that the device has no key to sign outcomes with: it was not enrolled.
	ErrUnsigned = errors.New("store: this device cannot sign outcomes")
)

// Options of a Store. Zero values mean the defaults.
type Options struct {
	Sign     func(pay.Outcome) (string, error) // signs outcomes with the device's key; without it no new work is taken
	Now      func() time.Time                  // time.Now
	Reserve  int64                             // bytes of the reserve file, 8 MiB; it has to exceed the largest pull; negative: none
	MinFree  int64                             // bytes that must be free on the file system for new work, 64 MiB; negative: none
	MaxBytes int64                             // bytes of sealed applications kept at most, 1 GiB
	// Keep is how long an envelope stays after the newest backup has it, so that an older backup can be restored too: 14 days; negative: no longer.
	Keep time.Duration
	// Locker closes the entries on the shelves: LockerSize bytes, see OpenLocker. Without it there are no shelves.
	Locker []byte
}

// Store is open until Close. Its methods may be called from several goroutines.
type Store struct {
	db   *sql.DB
	dir  string
	o    Options
	free func(dir string) (int64, error)
	wake chan struct{}

	reserve sync.Mutex // guards the reserve file
}

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the database file at path, makes it if there is none, and brings it to the newest schema. The reserve file lies beside it.
func Open(path string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Reserve = or(o.Reserve, 8<<20)
	o.MinFree = or(o.MinFree, 64<<20)
	o.MaxBytes = or(o.MaxBytes, 1<<30)
	if o.Keep = time.Duration(or(int64(o.Keep), int64(14*24*time.Hour))); o.Keep < 0 {
		o.Keep = 0
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	// SQLite gives its companions (-wal, -shm) the rights of the main file.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	dsn := (&url.URL{Scheme: "file", Path: path, RawQuery: "_journal_mode=WAL&_synchronous=FULL&_secure_delete=on&_auto_vacuum=incremental" +
		"&_busy_timeout=5000&_txlock=immediate"}).String()
	db := sql.OpenDB(connector{dsn})
	// One connection: writers queue in Go instead of meeting SQLITE_BUSY, and a device has little to read at once.
	db.SetMaxOpenConns(1)
	s := &Store{db: db, dir: filepath.Dir(path), o: o, free: freeBytes, wake: make(chan struct{}, 1)}
	if err := s.begin(path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// connector opens connections whose write-ahead log stays small: on a full disk the reserve has to be larger than what the log still has to
// bring into the main file.
type connector struct{ dsn string }

func (c connector) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		_, err := conn.Exec(`PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576`, nil) // pages of 4 KiB; bytes
		return err
	}}
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }

func or(v, def int64) int64 {
	switch {
	case v == 0:
		return def
	case v < 0:
		return 0
	}
	return v
}

func (s *Store) begin(path string) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	err = migrate.Up(context.Background(), s.db, sub)
	if full(err) && s.spend() {
		err = migrate.Up(context.Background(), s.db, sub)
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := durable.Names(s.dir); err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	// A device that starts on a full disk still has to drain; Room says what is missing.
	_ = s.refill()
	return nil
}

// Close closes the database.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Wake is signalled when an envelope became ready to travel.
func (s *Store) Wake() <-chan struct{} { return s.wake }

func (s *Store) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Who may use the reserve when the disk is full.
const (
	fresh = false // new work: refused with ErrFull
	drain = true  // what settles work that is here already, or removes it
)

// write runs do in one transaction that is on disk when write returns nil. A caller that gave up does not stop it in the middle: whether it
// was stored would be unknown then.
func (s *Store) write(ctx context.Context, urgent bool, verb string, do func(*sql.Tx) error) error {
	ctx = context.WithoutCancel(ctx)
	err := s.try(ctx, do)
	if urgent && full(err) {
		// The write-ahead log is often what fills the disk: folded into the main file it leaves room. If it does not, the reserve goes.
		s.forget(ctx)
		err = s.try(ctx, do)
	}
	if urgent && full(err) && s.spend() {
		s.forget(ctx)
		err = s.try(ctx, do)
	}
	switch {
	case err == nil:
		return nil
	case full(err):
		return fmt.Errorf("store: %s: %w: %w", verb, ErrFull, err)
	}
	return fmt.Errorf("store: %s: %w", verb, err)
}

func (s *Store) try(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// full tells whether err is the lack of room on the disk.
func full(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == sqlite3.ErrFull || (e.Code == sqlite3.ErrIoErr && e.SystemErrno == syscall.ENOSPC)
}

func meta(tx *sql.Tx, key string) (string, error) {
	var v string
	err := tx.QueryRow(`SELECT value FROM meta WHERE key = ?`, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

func setMeta(tx *sql.Tx, key, value string) error {
	_, err := tx.Exec(`INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
