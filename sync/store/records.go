package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Cursor is where the next pull continues; empty before the first.
func (s *Store) Cursor(ctx context.Context) (string, error) {
	var v string
	err := s.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'cursor'`).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: cursor: %w", err)
	}
	return v, nil
}

// Apply stores the pulled records, the cursor after them, and what the town hall said about its memory, in one transaction: the cursor is
// never ahead of the rows.
func (s *Store) Apply(ctx context.Context, p wire.Pulled) error {
	again := false
	err := s.write(ctx, fresh, "apply", func(tx *sql.Tx) (err error) {
		if again, err = town(tx, p.Epoch, p.Watermark, s.o.Keep); err != nil {
			return err
		}
		text, err := meta(tx, "generation")
		if err != nil {
			return err
		}
		generation, _ := strconv.ParseInt(text, 10, 64) // empty at first: 0
		if p.Reset {
			generation++
			if err := setMeta(tx, "generation", strconv.FormatInt(generation, 10)); err != nil {
				return err
			}
		}
		for _, r := range p.Records {
			if err := applyOne(tx, r, generation); err != nil {
				return err
			}
		}
		if !p.More { // what the town hall did not name since it began anew is gone there
			if _, err := tx.Exec(`DELETE FROM records WHERE generation < ?`, generation); err != nil {
				return err
			}
		}
		return setMeta(tx, "cursor", p.Cursor)
	})
	if err == nil && again {
		s.signal()
	}
	return err
}

func applyOne(tx *sql.Tx, r wire.Record, generation int64) error {
	if r.Deleted {
		_, err := tx.Exec(`DELETE FROM records WHERE collection = ? AND id = ?`, r.Collection, r.ID)
		return err
	}
	_, err := tx.Exec(`INSERT INTO records (collection, id, seq, data, generation) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (collection, id) DO UPDATE SET seq = excluded.seq, data = excluded.data, generation = excluded.generation`,
		r.Collection, r.ID, r.Seq, []byte(r.Data), generation)
	return err
}

// Records gives the facts of a collection, in the order of their sequence numbers.
func (s *Store) Records(ctx context.Context, collection string) ([]wire.Record, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, seq, data FROM records WHERE collection = ? ORDER BY seq`, collection)
	if err != nil {
		return nil, fmt.Errorf("store: records: %w", err)
	}
	defer rows.Close()
	var list []wire.Record
	for rows.Next() {
		r := wire.Record{Collection: collection}
		var data []byte
		if err := rows.Scan(&r.ID, &r.Seq, &data); err != nil {
			return nil, fmt.Errorf("store: records: %w", err)
		}
		r.Data = data
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: records: %w", err)
	}
	return list, nil
}
