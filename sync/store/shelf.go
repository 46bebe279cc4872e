package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/durable"
)

// ErrLocked says that an entry cannot be opened: there is no locker, or it was closed with another key, or its bytes were changed.
var ErrLocked = errors.New("store: the locker cannot be opened")

// LockerSize is the length of a locker's key in bytes (AES-256-GCM).
const LockerSize = 32

// OpenLocker reads the locker's key from a file, and makes one where there is none, for its owner only. Whoever deletes the file deletes what
// the device remembers.
func OpenLocker(path string) ([]byte, error) {
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, LockerSize)
		_, _ = rand.Read(key) // never fails
		err = durable.Write(path, key)
	}
	if err != nil {
		return nil, fmt.Errorf("store: locker: %w", err)
	}
	if len(key) != LockerSize {
		return nil, fmt.Errorf("store: locker: %s is damaged: %w", filepath.Base(path), ErrLocked)
	}
	return key, nil
}

// Ref names an entry.
type Ref struct{ Shelf, ID string }

// Entry is something that a person's own device remembers: a draft, a photo, what it sent. On disk it is closed with Options.Locker; shelf, ID
// and time are not.
type Entry struct {
	Shelf, ID string
	Data      []byte
	At        time.Time // when it was put; Put fills it in when it is zero
}

func (e Entry) check() error {
	if e.Shelf == "" || len(e.Shelf) > 64 || e.ID == "" || len(e.ID) > 256 {
		return errors.New("an entry needs a shelf and an id")
	}
	return nil
}

// Put puts entries on their shelves, all or none, in the place of those with the same ids. ErrFull, ErrLocked.
func (s *Store) Put(ctx context.Context, entries ...Entry) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: put: %w", err)
	}
	closed, err := s.lock(entries)
	if err != nil {
		return fmt.Errorf("store: put: %w", err)
	}
	return s.write(ctx, fresh, "put", func(tx *sql.Tx) error { return shelve(tx, closed, nil) })
}

// Remove takes entries from a shelf. What is not there is no error.
func (s *Store) Remove(ctx context.Context, shelf string, ids ...string) error {
	refs := make([]Ref, len(ids))
	for n, id := range ids {
		refs[n] = Ref{shelf, id}
	}
	err := s.write(ctx, drain, "remove", func(tx *sql.Tx) error { return shelve(tx, nil, refs) })
	if err == nil {
		s.forget(ctx)
	}
	return err
}

// Get gives an entry; false when there is none. ErrLocked.
func (s *Store) Get(ctx context.Context, shelf, id string) (Entry, bool, error) {
	e := Entry{Shelf: shelf, ID: id}
	var at int64
	err := s.db.QueryRowContext(ctx, `SELECT data, at FROM entries WHERE shelf = ? AND id = ?`, shelf, id).Scan(&e.Data, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, false, nil
	}
	if err == nil {
		e.At = time.Unix(0, at)
		e.Data, err = s.unlock(e)
	}
	if err != nil {
		return Entry{}, false, fmt.Errorf("store: get: %w", err)
	}
	return e, true, nil
}

// List gives what is on a shelf, what was put first first; putting it again does not move it. Entries that cannot be opened are left out, and
// ErrLocked tells of them: the others are there all the same.
func (s *Store) List(ctx context.Context, shelf string) ([]Entry, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, data, at FROM entries WHERE shelf = ? ORDER BY n`, shelf)
	if err != nil {
		return nil, fmt.Errorf("store: list: %w", err)
	}
	defer rows.Close()
	var list []Entry
	var locked error
	for rows.Next() {
		e := Entry{Shelf: shelf}
		var at int64
		if err := rows.Scan(&e.ID, &e.Data, &at); err != nil {
			return nil, fmt.Errorf("store: list: %w", err)
		}
		e.At = time.Unix(0, at)
		if e.Data, err = s.unlock(e); err != nil {
			locked = fmt.Errorf("store: list: %w", err)
			continue
		}
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: list: %w", err)
	}
	return list, locked
}

// Keep is Release together with what the device remembers of it, in one transaction: entries are put and others removed when the envelope is
// stored, or nothing happens. The same call again changes nothing. Errors are those of Release and Put.
func (s *Store) Keep(ctx context.Context, e seal.Envelope, way pay.Way, amount int64, put []Entry, remove []Ref) error {
	closed, err := s.lock(put)
	if err != nil {
		return fmt.Errorf("store: keep: %w", err)
	}
	err = s.release(ctx, e, pay.Outcome{Way: way, Amount: money.Cents(amount)}, func(tx *sql.Tx) error { return shelve(tx, closed, remove) })
	if err != nil {
		return fmt.Errorf("store: keep: %w", err)
	}
	if len(remove) > 0 {
		s.forget(ctx)
	}
	return nil
}

// State is where an envelope stands at this device.
type State string

// The states of an envelope.
const (
	None        State = ""           // not here, or so long ago that it is forgotten
	Held        State = "held"       // its payment is not clear
	Ready       State = "ready"      // waits for the line
	Sent        State = "sent"       // the town hall signed that it has it
	Quarantined State = "quarantine" // the town hall will not take it
)

// Standing is how an envelope stands.
type Standing struct {
	State  State
	At     time.Time // Sent: when the town hall had it, by its clock
	Reason string    // Quarantined, or Ready and tried without success: why, in English
}

// Standing tells how an envelope stands.
func (s *Store) Standing(ctx context.Context, envelope string) (Standing, error) {
	var st Standing
	var at sql.NullInt64
	err := s.db.QueryRowContext(ctx, `SELECT e.state, e.reason, r.at FROM envelopes e LEFT JOIN receipts r ON r.id = e.id WHERE e.id = ?`, envelope).
		Scan(&st.State, &st.Reason, &at)
	if errors.Is(err, sql.ErrNoRows) { // receipts are kept longer
		if err = s.db.QueryRowContext(ctx, `SELECT at FROM receipts WHERE id = ?`, envelope).Scan(&at); err == nil {
			st.State = Sent
		}
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Standing{}, nil
	case err != nil:
		return Standing{}, fmt.Errorf("store: standing: %w", err)
	}
	if st.State == Sent && at.Valid {
		st.At = time.Unix(0, at.Int64)
	}
	return st, nil
}

// shelve puts closed entries and removes others.
func shelve(tx *sql.Tx, put []Entry, remove []Ref) error {
	for _, e := range put {
		if _, err := tx.Exec(`INSERT INTO entries (shelf, id, data, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (shelf, id) DO UPDATE SET data = excluded.data, at = excluded.at`, e.Shelf, e.ID, e.Data, e.At.UnixNano()); err != nil {
			return err
		}
	}
	for _, r := range remove {
		if _, err := tx.Exec(`DELETE FROM entries WHERE shelf = ? AND id = ?`, r.Shelf, r.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) locker() (cipher.AEAD, error) {
	if len(s.o.Locker) != LockerSize {
		return nil, ErrLocked
	}
	block, err := aes.NewCipher(s.o.Locker)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// lock closes entries.
func (s *Store) lock(entries []Entry) ([]Entry, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	l, err := s.locker()
	if err != nil {
		return nil, err
	}
	closed := make([]Entry, len(entries))
	for n, e := range entries {
		if err := e.check(); err != nil {
			return nil, err
		}
		if e.At.IsZero() {
			e.At = s.o.Now()
		}
		e.Data = l.Seal(nil, nil, e.Data, e.place())
		closed[n] = e
	}
	return closed, nil
}

func (s *Store) unlock(e Entry) ([]byte, error) {
	l, err := s.locker()
	if err != nil {
		return nil, err
	}
	plain, err := l.Open(nil, nil, e.Data, e.place())
	if err != nil {
		return nil, ErrLocked
	}
	return plain, nil
}

// place is what keeps an entry from being passed off as another one.
func (e Entry) place() []byte {
	b := binary.AppendUvarint(nil, uint64(len(e.Shelf)))
	return append(append(b, e.Shelf...), e.ID...)
}
