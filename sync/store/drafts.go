package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// mostDrafts is how many drafts wait here for the line at most.
const mostDrafts = 500

// KeepDraft stores a sealed draft until the town hall has it, or it is dropped, or it is too old. The same call again changes nothing. ErrFull,
// ErrConflict.
func (s *Store) KeepDraft(ctx context.Context, d seal.Draft) error {
	if err := (wire.Draft{V: wire.Version, Body: d.Data, Grip: d.Grip}).CheckUp(); err != nil {
		return fmt.Errorf("store: keep draft: %w", err)
	}
	if err := wire.CheckAddress(d.Address); err != nil {
		return fmt.Errorf("store: keep draft: %w", err)
	}
	if err := s.Room(ctx); err != nil {
		return fmt.Errorf("store: keep draft: %w", err)
	}
	err := s.write(ctx, fresh, "keep draft", func(tx *sql.Tx) error {
		var grip string
		err := tx.QueryRow(`SELECT grip FROM drafts WHERE address = ? AND state = 'waits'`, d.Address).Scan(&grip)
		if err == nil && grip == d.Grip {
			return nil
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var n int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM drafts`).Scan(&n); err != nil {
			return err
		}
		if n >= mostDrafts {
			return fmt.Errorf("%w: %d drafts wait for the line", ErrFull, n)
		}
		r, err := tx.Exec(`INSERT INTO drafts (address, grip, token, data, state, at) VALUES (?, ?, '', ?, 'waits', ?) ON CONFLICT DO NOTHING`,
			d.Address, d.Grip, d.Data, s.o.Now().UnixNano())
		return one(r, err, ErrConflict)
	})
	if err == nil {
		s.signal()
	}
	return err
}

// Draft gives a draft that waits here; false when there is none, or it is too old.
func (s *Store) Draft(ctx context.Context, address string) ([]byte, bool, error) {
	var data []byte
	err := s.db.QueryRowContext(ctx, `SELECT data FROM drafts WHERE address = ? AND state = 'waits' AND at > ?`, address, s.draftsFrom()).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("store: draft: %w", err)
	}
	return data, true, nil
}

// draftsFrom is the moment since which drafts count.
func (s *Store) draftsFrom() int64 { return s.o.Now().Add(-wire.DraftTerm).UnixNano() }

// DraftDropped tells whether a draft was dropped here, and the town hall has not heard of it yet.
func (s *Store) DraftDropped(ctx context.Context, address string) (bool, error) {
	var n int
	if err := s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM drafts WHERE address = ? AND state = 'drop'`, address).Scan(&n); err != nil {
		return false, fmt.Errorf("store: draft: %w", err)
	}
	return n > 0, nil
}

// DropDraft forgets a draft here, and remembers that the town hall has to be told, with the token that proves it: whether it has the draft is not
// always known here.
func (s *Store) DropDraft(ctx context.Context, address, token string) error {
	if err := errors.Join(wire.CheckAddress(address), wire.CheckToken(token)); err != nil {
		return fmt.Errorf("store: drop draft: %w", err)
	}
	err := s.write(ctx, drain, "drop draft", func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO drafts (address, grip, token, data, state, at) VALUES (?, '', ?, x'', 'drop', ?)
			ON CONFLICT (address) DO UPDATE SET token = excluded.token, data = x'', grip = '', state = 'drop', tries = 0`,
			address, token, s.o.Now().UnixNano())
		return err
	})
	if err == nil {
		s.forget(ctx)
		s.signal()
	}
	return err
}

// DraftTask is something that the town hall has to hear about a draft.
type DraftTask struct {
	Address string
	Token   string     // to drop it; empty: to bring it
	Draft   wire.Draft // what is brought
}

// DraftTasks gives what the town hall has to hear, at most so many, the ones tried least first.
func (s *Store) DraftTasks(ctx context.Context, most int) ([]DraftTask, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT address, grip, token, data, at FROM drafts ORDER BY tries, at LIMIT ?`, most)
	if err != nil {
		return nil, fmt.Errorf("store: drafts: %w", err)
	}
	defer rows.Close()
	var tasks []DraftTask
	for rows.Next() {
		t := DraftTask{Draft: wire.Draft{V: wire.Version}}
		var at int64
		if err := rows.Scan(&t.Address, &t.Draft.Grip, &t.Token, &t.Draft.Body, &at); err != nil {
			return nil, fmt.Errorf("store: drafts: %w", err)
		}
		t.Draft.Age = max(int64(s.o.Now().Sub(time.Unix(0, at))/time.Second), 0)
		tasks = append(tasks, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: drafts: %w", err)
	}
	return tasks, nil
}

// DraftDone forgets a task that the town hall has heard, or does not want to hear. token is the task's: what became another task meanwhile stays.
func (s *Store) DraftDone(ctx context.Context, address, token string) error {
	err := s.write(ctx, drain, "draft done", func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM drafts WHERE address = ? AND token = ?`, address, token)
		return err
	})
	if err == nil {
		s.forget(ctx)
	}
	return err
}

// DraftPostponed notes that a task did not get through.
func (s *Store) DraftPostponed(ctx context.Context, address string) error {
	return s.write(ctx, drain, "postpone draft", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE drafts SET tries = tries + 1 WHERE address = ?`, address)
		return err
	})
}

// ExpireDrafts forgets what is too old to be continued anywhere.
func (s *Store) ExpireDrafts(ctx context.Context) error {
	n := int64(0)
	err := s.write(ctx, drain, "expire drafts", func(tx *sql.Tx) error {
		r, err := tx.Exec(`DELETE FROM drafts WHERE at <= ?`, s.draftsFrom())
		if err != nil {
			return err
		}
		n, err = r.RowsAffected()
		return err
	})
	if err == nil && n > 0 {
		s.forget(ctx)
	}
	return err
}
