package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Keep stores what a device brought; see intake.Store.
func (s *Store) Keep(ctx context.Context, device string, key proof.PublicKey, items []wire.Item, at time.Time) ([]wire.Status, error) {
	jwk, err := json.Marshal(key)
	if err != nil {
		return nil, fmt.Errorf("sqlite: keep envelopes: %w", err)
	}
	kept := make([]wire.Status, len(items))
	err = s.write(ctx, "keep envelopes", func(tx *sql.Tx) error {
		for i, item := range items {
			sum := wire.Digest([]byte(item.Body))
			r, err := tx.ExecContext(ctx, `INSERT INTO envelopes (id, device, device_key, key, body, sha256, outcome, state, at)
				VALUES (?,?,?,?,?,?,?,'new',?) ON CONFLICT (id) DO NOTHING`,
				item.ID, device, string(jwk), item.Key, item.Body, sum, item.Outcome, millis(at))
			if err != nil {
				return err
			}
			n, err := r.RowsAffected()
			if err != nil {
				return err
			}
			kept[i] = wire.Stored
			if n == 1 {
				continue
			}
			var had string
			if err := tx.QueryRowContext(ctx, `SELECT sha256 FROM envelopes WHERE id = ?`, item.ID).Scan(&had); err != nil {
				return err
			}
			kept[i] = wire.Conflict
			if had == sum {
				kept[i] = wire.Dup
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// In lists envelopes in a state; see intake.Store.
func (s *Store) In(ctx context.Context, state intake.State, after int64, limit int) ([]intake.Envelope, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT seq, id, device, device_key, key, body, outcome, state, reason, at FROM envelopes
		WHERE state = ? AND seq > ? ORDER BY seq LIMIT ?`, string(state), after, limit)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list envelopes: %w", err)
	}
	defer rows.Close()
	var all []intake.Envelope
	for rows.Next() {
		e := intake.Envelope{Item: wire.Item{Kind: wire.KindEnvelope}}
		var jwk string
		var at int64
		if err := rows.Scan(&e.Seq, &e.Item.ID, &e.Device, &jwk, &e.Item.Key, &e.Item.Body, &e.Item.Outcome, &e.State, &e.Reason, &at); err != nil {
			return nil, fmt.Errorf("sqlite: list envelopes: %w", err)
		}
		if err := json.Unmarshal([]byte(jwk), &e.DeviceKey); err != nil {
			return nil, fmt.Errorf("sqlite: list envelopes: device key: %w", err)
		}
		e.At = s.moment(at)
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: list envelopes: %w", err)
	}
	return all, nil
}

// Mark moves an envelope to a state; see intake.Store.
func (s *Store) Mark(ctx context.Context, id string, state intake.State, reason string) error {
	if _, err := s.db.ExecContext(ctx, `UPDATE envelopes SET state = ?, reason = ? WHERE id = ?`, string(state), reason, id); err != nil {
		return fmt.Errorf("sqlite: mark envelope: %w", err)
	}
	return nil
}

// Again gives quarantined envelopes another try; see intake.Store.
func (s *Store) Again(ctx context.Context, reasons ...string) (int, error) {
	if len(reasons) == 0 {
		return 0, nil
	}
	args := make([]any, len(reasons))
	for i, r := range reasons {
		args[i] = r
	}
	r, err := s.db.ExecContext(ctx, `UPDATE envelopes SET state = 'new', reason = '' WHERE state = 'quarantine' AND reason IN (?`+
		strings.Repeat(",?", len(reasons)-1)+`)`, args...)
	if err != nil {
		return 0, fmt.Errorf("sqlite: try envelopes again: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("sqlite: try envelopes again: %w", err)
	}
	return int(n), nil
}

// AgainOne gives one quarantined envelope another try; see intake.Store.
func (s *Store) AgainOne(ctx context.Context, id string) error {
	r, err := s.db.ExecContext(ctx, `UPDATE envelopes SET state = 'new', reason = '' WHERE id = ? AND state = 'quarantine'`, id)
	if err != nil {
		return fmt.Errorf("sqlite: try envelope again: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, intake.ErrUnknown)
	}
	return nil
}

// Put publishes a fact; see publish.Store.
func (s *Store) Put(ctx context.Context, scope string, r wire.Record) (bool, error) {
	changed := false
	err := s.write(ctx, "publish", func(tx *sql.Tx) error {
		var deleted bool
		var data string
		err := tx.QueryRowContext(ctx, `SELECT deleted, data FROM records WHERE scope = ? AND collection = ? AND id = ?`,
			scope, r.Collection, r.ID).Scan(&deleted, &data)
		switch {
		case err == nil && deleted == r.Deleted && data == string(r.Data):
			return nil
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM records WHERE scope = ? AND collection = ? AND id = ?`, scope, r.Collection, r.ID); err != nil {
			return err
		}
		changed = true
		_, err = tx.ExecContext(ctx, `INSERT INTO records (scope, collection, id, deleted, data) VALUES (?,?,?,?,?)`,
			scope, r.Collection, r.ID, r.Deleted, string(r.Data))
		return err
	})
	return changed, err
}

// After lists records; see hall.Records.
func (s *Store) After(ctx context.Context, scope string, seq int64, limit int) ([]wire.Record, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT collection, id, seq, deleted, data FROM records WHERE scope = ? AND seq > ? ORDER BY seq LIMIT ?`,
		scope, seq, limit)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list records: %w", err)
	}
	defer rows.Close()
	var all []wire.Record
	for rows.Next() {
		var r wire.Record
		var data string
		if err := rows.Scan(&r.Collection, &r.ID, &r.Seq, &r.Deleted, &data); err != nil {
			return nil, fmt.Errorf("sqlite: list records: %w", err)
		}
		if data != "" {
			r.Data = json.RawMessage(data)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: list records: %w", err)
	}
	return all, nil
}
