package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Ready gives what should travel next: at most max items and bytes of message, the ones tried least first, so that one that does not get
// through does not stand in the way of others.
func (s *Store) Ready(ctx context.Context, max int, bytes int) ([]wire.Item, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, key, data, outcome, (SELECT json_group_array(json_object('sha256', id, 'size', size))
		FROM (SELECT p.id, LENGTH(p.data) AS size FROM parts p WHERE p.envelope = e.id ORDER BY p.n))
		FROM envelopes e WHERE state = 'ready' ORDER BY tries, n LIMIT ?`, max)
	if err != nil {
		return nil, fmt.Errorf("store: ready: %w", err)
	}
	defer rows.Close()
	var items []wire.Item
	size := 64 // the message around the items
	for rows.Next() {
		var body, blobs []byte
		i := wire.Item{Kind: wire.KindEnvelope}
		if err := rows.Scan(&i.ID, &i.Key, &body, &i.Outcome, &blobs); err != nil {
			return nil, fmt.Errorf("store: ready: %w", err)
		}
		if err := json.Unmarshal(blobs, &i.Blobs); err != nil {
			return nil, fmt.Errorf("store: ready: %w", err)
		}
		i.Body = string(body)
		size += len(i.Body) + len(i.Outcome) + 256 + 128*len(i.Blobs)
		if size > bytes && len(items) > 0 {
			break
		}
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: ready: %w", err)
	}
	return items, nil
}

// Part gives a sealed file by the SHA-256 of its bytes; false when it is not here.
func (s *Store) Part(ctx context.Context, id string) ([]byte, bool, error) {
	var data []byte
	err := s.db.QueryRowContext(ctx, `SELECT data FROM parts WHERE id = ?`, id).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("store: part: %w", err)
	}
	return data, true, nil
}

// Delivered stores the town hall's verified receipt. The envelope is kept until a backup has it (see Town). token is the receipt as signed.
// ErrUnknown when the envelope is not here with the receipt's digest.
func (s *Store) Delivered(ctx context.Context, r wire.Receipt, token string) error {
	return s.write(ctx, drain, "delivered", func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE envelopes SET state = 'sent', reason = '' WHERE id = ? AND digest = ? AND state IN ('ready', 'sent')`, r.ID, r.SHA256)
		if err := one(res, err, ErrUnknown); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO receipts (id, token, epoch, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET token = excluded.token, epoch = excluded.epoch, at = excluded.at`,
			r.ID, token, r.Epoch, r.At.UnixNano())
		return err
	})
}

// Postpone notes that the envelope did not get through this time; others go first next time.
func (s *Store) Postpone(ctx context.Context, id, reason string) error {
	return s.write(ctx, drain, "postpone", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE envelopes SET tries = tries + 1, reason = ? WHERE id = ? AND state = 'ready'`, reason, id)
		return err
	})
}

// Quarantine puts an envelope aside that the town hall will not take. It is never deleted; a technician sees it.
func (s *Store) Quarantine(ctx context.Context, id, reason string) error {
	return s.write(ctx, drain, "quarantine", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE envelopes SET state = 'quarantine', reason = ? WHERE id = ? AND state = 'ready'`, reason, id)
		return err
	})
}

// Requeue lets an envelope out of quarantine for another try. ErrUnknown when it is not there.
func (s *Store) Requeue(ctx context.Context, id string) error {
	err := s.write(ctx, drain, "requeue", func(tx *sql.Tx) error {
		r, err := tx.Exec(`UPDATE envelopes SET state = 'ready', tries = 0 WHERE id = ? AND state = 'quarantine'`, id)
		return one(r, err, ErrUnknown)
	})
	if err == nil {
		s.signal()
	}
	return err
}

// Aside is an envelope in quarantine.
type Aside struct {
	ID, Reason string
	At         time.Time // when it was made
}

// Quarantined lists what is in quarantine, oldest first.
func (s *Store) Quarantined(ctx context.Context) ([]Aside, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, reason, at FROM envelopes WHERE state = 'quarantine' ORDER BY n`)
	if err != nil {
		return nil, fmt.Errorf("store: quarantined: %w", err)
	}
	defer rows.Close()
	var list []Aside
	for rows.Next() {
		var a Aside
		var at int64
		if err := rows.Scan(&a.ID, &a.Reason, &at); err != nil {
			return nil, fmt.Errorf("store: quarantined: %w", err)
		}
		a.At = time.Unix(0, at)
		list = append(list, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: quarantined: %w", err)
	}
	return list, nil
}

// Outbox is what a technician sees of the queue.
type Outbox struct {
	Held, Ready, Sent, Quarantine int
	Oldest                        time.Time // of the ready ones; zero if there is none
	Bytes                         int64     // of all, with their files
}

// Outbox counts the queue.
func (s *Store) Outbox(ctx context.Context) (Outbox, error) {
	var o Outbox
	var oldest sql.NullInt64
	err := s.db.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE state = 'held'), COUNT(*) FILTER (WHERE state = 'ready'),
		COUNT(*) FILTER (WHERE state = 'sent'), COUNT(*) FILTER (WHERE state = 'quarantine'),
		MIN(at) FILTER (WHERE state = 'ready'), COALESCE(SUM(LENGTH(data)), 0) + (SELECT COALESCE(SUM(LENGTH(data)), 0) FROM parts) FROM envelopes`).
		Scan(&o.Held, &o.Ready, &o.Sent, &o.Quarantine, &oldest, &o.Bytes)
	if err != nil {
		return Outbox{}, fmt.Errorf("store: outbox: %w", err)
	}
	if oldest.Valid {
		o.Oldest = time.Unix(0, oldest.Int64)
	}
	return o, nil
}

// Waiting is Outbox in three words, for screens: how many envelopes wait for the line, since when, and how many are in quarantine.
func (s *Store) Waiting(ctx context.Context) (ready, quarantine int, oldest time.Time, err error) {
	o, err := s.Outbox(ctx)
	return o.Ready, o.Quarantine, o.Oldest, err
}

// Receipt gives the town hall's signed receipt for an envelope; false if there is none (yet, or any more).
func (s *Store) Receipt(ctx context.Context, id string) (token string, ok bool, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT token FROM receipts WHERE id = ?`, id).Scan(&token)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("store: receipt: %w", err)
	}
	return token, true, nil
}

// How much of what is done stays here for people to look up.
const (
	keepReceipts = 90 * 24 * time.Hour
	keepPayments = 10_000
)

// Town notes what the town hall said about its own memory. With a new epoch it was restored from a backup: every envelope that is still here
// is sent again. Envelopes whose receipt of this epoch is older than the watermark are in a backup; they go away once Options.Keep has passed too.
func (s *Store) Town(ctx context.Context, epoch string, watermark time.Time) error {
	again := false
	err := s.write(ctx, drain, "town", func(tx *sql.Tx) (err error) {
		again, err = town(tx, epoch, watermark, s.o.Keep)
		return err
	})
	if err == nil && again {
		s.signal()
	}
	return err
}

func town(tx *sql.Tx, epoch string, watermark time.Time, keep time.Duration) (again bool, err error) {
	was, err := meta(tx, "epoch")
	if err != nil {
		return false, err
	}
	if was != epoch {
		if err := setMeta(tx, "epoch", epoch); err != nil {
			return false, err
		}
		r, err := tx.Exec(`UPDATE envelopes SET state = 'ready', tries = 0 WHERE state IN ('sent', 'quarantine')`)
		if err != nil {
			return false, err
		}
		n, err := r.RowsAffected()
		if err != nil {
			return false, err
		}
		again = n > 0
	}
	if watermark.IsZero() {
		return again, nil
	}
	r, err := tx.Exec(`DELETE FROM envelopes WHERE state = 'sent' AND id IN (SELECT id FROM receipts WHERE epoch = ? AND at < ?)`,
		epoch, watermark.Add(-keep).UnixNano())
	if err != nil {
		return false, err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return again, err
	}
	final := finals()
	for _, clean := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM receipts WHERE at < ? AND id NOT IN (SELECT id FROM envelopes)`, []any{watermark.Add(-keepReceipts).UnixNano()}},
		{`DELETE FROM payments WHERE n <= (SELECT MAX(n) FROM payments) - ? AND state IN (?` + strings.Repeat(", ?", len(final)-1) + `)
			AND envelope NOT IN (SELECT id FROM envelopes)`, append([]any{keepPayments}, final...)},
		{`DELETE FROM events WHERE payment NOT IN (SELECT id FROM payments)`, nil},
	} {
		if _, err := tx.Exec(clean.query, clean.args...); err != nil {
			return false, err
		}
	}
	return again, shrink(tx)
}

// shrink gives pages that became free back to the file system. The pragma does one page a row, so the rows have to be read.
func shrink(tx *sql.Tx) error {
	rows, err := tx.Query(`PRAGMA incremental_vacuum`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}
