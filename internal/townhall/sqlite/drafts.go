package sqlite

import (
	"bytes"
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
)

// How many drafts are kept at the same time, and how many bytes of them.
const (
	draftsEach  = 500 // of one terminal
	draftsAll   = 20_000
	draftsBytes = 1 << 30
)

// KeepDraft stores a draft; see hall.Drafts.
func (s *Store) KeepDraft(ctx context.Context, d seal.Draft, who string, until time.Time) error {
	return s.write(ctx, "keep draft", func(tx *sql.Tx) error {
		var grip string
		var data []byte
		err := tx.QueryRowContext(ctx, `SELECT grip, data FROM drafts WHERE address = ?`, d.Address).Scan(&grip, &data)
		switch {
		case err == nil && grip != d.Grip:
			return hall.ErrTaken
		case err == nil && len(data) == 0:
			return hall.ErrGone
		case err == nil && bytes.Equal(data, d.Data):
			return nil
		case err == nil: // a draft is put away once, and never changed
			return hall.ErrTaken
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		var each, all, size int64
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE who = ? AND who <> ''), COUNT(*), COALESCE(SUM(LENGTH(data)), 0)
			FROM drafts WHERE LENGTH(data) > 0`, who).Scan(&each, &all, &size); err != nil {
			return err
		}
		if each >= draftsEach || all >= draftsAll || size+int64(len(d.Data)) > draftsBytes {
			return hall.ErrQuota
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO drafts (address, grip, who, data, until) VALUES (?,?,?,?,?)`, d.Address, d.Grip, who, d.Data, millis(until))
		return err
	})
}

// Draft gives what lies at an address; see hall.Drafts.
func (s *Store) Draft(ctx context.Context, address string, now time.Time) ([]byte, bool, error) {
	var data []byte
	err := s.db.QueryRowContext(ctx, `SELECT data FROM drafts WHERE address = ? AND until > ? AND LENGTH(data) > 0`, address, millis(now)).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("sqlite: read draft: %w", err)
	}
	return data, true, nil
}

// DropDraft throws a draft away; see hall.Drafts.
func (s *Store) DropDraft(ctx context.Context, address, token string) error {
	return s.write(ctx, "drop draft", func(tx *sql.Tx) error {
		var grip string
		err := tx.QueryRowContext(ctx, `SELECT grip FROM drafts WHERE address = ?`, address).Scan(&grip)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(grip), []byte(seal.DraftGrip(token))) != 1 {
			return hall.ErrTaken
		}
		_, err = tx.ExecContext(ctx, `UPDATE drafts SET data = x'', who = '' WHERE address = ?`, address)
		return err
	})
}

// ExpireDrafts takes away drafts that have ended, with what is remembered of those that were thrown away, and tells how many it was.
func (s *Store) ExpireDrafts(ctx context.Context, now time.Time) (int, error) {
	r, err := s.db.ExecContext(ctx, `DELETE FROM drafts WHERE until <= ?`, millis(now))
	if err != nil {
		return 0, fmt.Errorf("sqlite: expire drafts: %w", err)
	}
	n, err := r.RowsAffected()
	return int(n), err
}
