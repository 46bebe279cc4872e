// Package sqlite is the town hall's memory in one SQLite file.
//
// The file holds what citizens wrote, in clear: the town hall may read it, nobody else. It is made with mode 0600. Every change is on disk
// (WAL, synchronous=FULL) when its method returns. Times are kept as milliseconds since 1970.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store keeps cases, envelopes, published facts, devices and users. It may be used by many at once, also by several processes.
type Store struct {
	db   *sql.DB
	path string // of the file
	now  func() time.Time
	dock *hall.Dock
}

// Open opens the file, makes it if there is none, and brings it to the newest form.
func Open(ctx context.Context, path string, now func() time.Time) (*Store, error) {
	s, err := open(ctx, path, now)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open: %w", err)
	}
	return s, nil
}

func open(ctx context.Context, path string, now func() time.Time) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite3", dsn(path))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(8)
	s := &Store{db: db, path: path, now: now, dock: hall.NewDock(path+DockEnd, hall.DockOptions{})}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// dsn makes every transaction take the writer's place at its beginning: it then never fails in the middle because somebody else wrote.
func dsn(path string) string {
	q := url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_busy_timeout": {"10000"}, "_foreign_keys": {"on"}, "_txlock": {"immediate"},
		"_secure_delete": {"on"}, // an answer that was taken back is gone from the file
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

func (s *Store) prepare(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	if err := migrate.Up(ctx, s.db, dir); err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING`, rand.Text())
	if err != nil {
		return err
	}
	return s.begin(ctx)
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// Ping tells whether the file can be read.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.Epoch(ctx)
	return err
}

// write runs do in one transaction.
func (s *Store) write(ctx context.Context, op string, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlite: %s: %w", op, err)
	}
	if err := do(tx); err != nil {
		return errors.Join(fmt.Errorf("sqlite: %s: %w", op, err), ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlite: %s: %w", op, err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) { // the context ended: the driver rolled back by itself
		return nil
	}
	return err
}

// Epoch changes with every restore from a backup.
func (s *Store) Epoch(ctx context.Context) (string, error) { return s.meta(ctx, "epoch") }

// Watermark is when the newest good backup of this epoch began; zero when there is none.
func (s *Store) Watermark(ctx context.Context) (time.Time, error) {
	v, err := s.meta(ctx, "watermark")
	if err != nil || v == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, v)
	if err != nil {
		return time.Time{}, fmt.Errorf("sqlite: read watermark: %w", err)
	}
	if t.After(s.now()) {
		// The clock was ahead when the backup was made. Receipts signed since it was set right would count as saved, and are not.
		return time.Time{}, nil
	}
	return t, nil
}

func (s *Store) meta(ctx context.Context, key string) (string, error) {
	var v string
	err := s.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = ?`, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("sqlite: read %s: %w", key, err)
	}
	return v, nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (s *Store) moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).In(s.now().Location())
}
