package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// ErrInUse says that a file cannot be replaced because somebody works with it.
var ErrInUse = errors.New("sqlite: the database is in use")

// Backup copies the whole file while others work, to a new file that must not exist. When the copy is on disk and whole, the watermark
// moves to when it began: devices may then forget what was durable before. Sealed files whose opened ones are in the copy go away.
func (s *Store) Backup(ctx context.Context, to string) error {
	began := s.now()
	opened, err := s.opened(ctx)
	if err != nil {
		return fmt.Errorf("sqlite: back up: %w", err)
	}
	if err := s.copy(ctx, to); err != nil {
		return fmt.Errorf("sqlite: back up: %w", err)
	}
	if _, err := s.db.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ('watermark', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
		began.UTC().Format(time.RFC3339Nano)); err != nil {
		return fmt.Errorf("sqlite: back up: %w", err)
	}
	if err := s.dropParts(ctx, opened); err != nil {
		return fmt.Errorf("sqlite: back up: %w", err)
	}
	return nil
}

func (s *Store) copy(ctx context.Context, to string) error {
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := s.transfer(ctx, to); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

func (s *Store) transfer(ctx context.Context, to string) error {
	src, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer src.Close()
	db, err := sql.Open("sqlite3", plain(to))
	if err != nil {
		return err
	}
	defer db.Close()
	dst, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer dst.Close()
	err = dst.Raw(func(d any) error {
		return src.Raw(func(c any) error {
			b, err := d.(*sqlite3.SQLiteConn).Backup("main", c.(*sqlite3.SQLiteConn), "main")
			if err != nil {
				return err
			}
			_, err = b.Step(-1)
			return errors.Join(err, b.Finish())
		})
	})
	if err != nil {
		return err
	}
	if err := whole(ctx, dst); err != nil {
		return err
	}
	return sync(to)
}

func plain(path string) string { return "file:" + path + "?_journal_mode=DELETE&_busy_timeout=10000" }

// whole checks that a file is a town hall's and not damaged.
func whole(ctx context.Context, c *sql.Conn) error {
	var word string
	if err := c.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&word); err != nil {
		return err
	}
	if word != "ok" {
		return errors.New("the copy is damaged")
	}
	var n int
	return c.QueryRowContext(ctx, `SELECT count(*) FROM cases`).Scan(&n)
}

// sync brings a file and its name to disk.
func sync(path string) error {
	for _, p := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Restore puts a backup in the place of the file at path and begins a new epoch: devices then push again what the backup does not have. The
// file that was there is kept beside it, named by the moment. Who was shut out since the backup was made stays out: see ShutOut. ErrInUse when
// somebody works with it.
func Restore(ctx context.Context, from, path string, now time.Time) (Restored, error) {
	r, err := restore(ctx, from, path, now)
	if err != nil {
		return Restored{}, fmt.Errorf("sqlite: restore: %w", err)
	}
	return r, nil
}

func restore(ctx context.Context, from, path string, now time.Time) (Restored, error) {
	fresh := path + ".restore"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Restored{}, err
	}
	out, err := readDecided(path + ShutOut)
	if err != nil {
		return Restored{}, err
	}
	if err := duplicate(from, fresh); err != nil {
		return Restored{}, err
	}
	r, err := renew(ctx, fresh, out, now)
	if err == nil {
		err = setAside(ctx, path, now)
	}
	if err != nil {
		return Restored{}, errors.Join(err, os.Remove(fresh))
	}
	if err := os.Rename(fresh, path); err != nil {
		return Restored{}, err
	}
	return r, sync(path)
}

func duplicate(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// renew checks the file, gives it a new epoch without a watermark, and shuts out who was shut out since.
func renew(ctx context.Context, path string, out decided, now time.Time) (Restored, error) {
	db, err := sql.Open("sqlite3", plain(path))
	if err != nil {
		return Restored{}, err
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return Restored{}, fmt.Errorf("this is no backup of a town hall: %w", err)
	}
	defer c.Close()
	if err := whole(ctx, c); err != nil {
		return Restored{}, fmt.Errorf("this is no backup of a town hall: %w", err)
	}
	if _, err := c.ExecContext(ctx, `UPDATE meta SET value = ? WHERE key = 'epoch'; DELETE FROM meta WHERE key = 'watermark'`, rand.Text()); err != nil {
		return Restored{}, err
	}
	return carry(ctx, c, out, now)
}

// setAside moves the present file away, with everything that was written to it.
func setAside(ctx context.Context, path string, now time.Time) error {
	aside := path + ".before-" + now.UTC().Format("20060102T150405Z")
	known, err := isDatabase(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case known:
		err = settle(ctx, path)
	}
	var damaged sqlite3.Error
	switch {
	case !known, errors.As(err, &damaged) && (damaged.Code == sqlite3.ErrCorrupt || damaged.Code == sqlite3.ErrNotADB):
		// This is what a backup is for. What was not folded into the file stays beside it.
		for _, end := range []string{"-wal", "-shm"} {
			if err := os.Rename(path+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	case err != nil:
		return errors.Join(ErrInUse, err)
	}
	return os.Rename(path, aside)
}

// isDatabase looks at the file's first bytes: SQLite itself would throw away the log of a file that it does not know.
func isDatabase(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	b := make([]byte, len(magic))
	n, err := io.ReadFull(f, b)
	if err != nil && n > 0 && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return n == 0 || string(b) == magic, nil // an empty file is an empty database
}

// settle leaves everything in one file. It needs the file for itself: it fails while a server runs.
func settle(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=500")
	if err != nil {
		return err
	}
	var mode string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	if err = errors.Join(err, db.Close()); err == nil && mode != "delete" {
		err = ErrInUse
	}
	return err
}
