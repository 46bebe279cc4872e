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

// Keep stores what a device brought; see intake.Store. The zero key is a phone's: nothing is stored by which one could be told from another.
func (s *Store) Keep(ctx context.Context, device string, key proof.PublicKey, items []wire.Item, at time.Time) ([]wire.Status, error) {
	jwk := []byte{}
	if key.ID() != "" {
		var err error
		if jwk, err = json.Marshal(key); err != nil {
			return nil, fmt.Errorf("sqlite: keep envelopes: %w", err)
		}
	}
	kept := make([]wire.Status, len(items))
	var used []string // of the dock
	err := s.write(ctx, "keep envelopes", func(tx *sql.Tx) (err error) {
		used = nil
		for i, item := range items {
			if kept[i], err = s.keep(ctx, tx, device, string(jwk), item, at); err != nil {
				return err
			}
			if kept[i].Settled() {
				for _, b := range item.Blobs {
					used = append(used, b.SHA256)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	_ = s.dock.Drop(used...) // what stays there is taken away when it is old
	return kept, nil
}

// keep stores one item, unless there is one of its id.
func (s *Store) keep(ctx context.Context, tx *sql.Tx, device, jwk string, item wire.Item, at time.Time) (wire.Status, error) {
	sum := wire.Digest([]byte(item.Body))
	var had string
	err := tx.QueryRowContext(ctx, `SELECT sha256 FROM envelopes WHERE id = ?`, item.ID).Scan(&had)
	switch {
	case err == nil && had == sum:
		return wire.Dup, nil
	case err == nil:
		return wire.Conflict, nil
	case !errors.Is(err, sql.ErrNoRows):
		return "", err
	}
	files, all, err := s.fetch(item)
	if err != nil {
		return "", err
	}
	if !all {
		return wire.NeedBlobs, nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO envelopes (id, device, device_key, key, body, sha256, outcome, state, at)
		VALUES (?,?,?,?,?,?,?,'new',?)`, item.ID, device, jwk, item.Key, item.Body, sum, item.Outcome, millis(at)); err != nil {
		return "", err
	}
	return wire.Stored, insertParts(ctx, tx, item, files)
}

// In lists envelopes in a state; see intake.Store.
func (s *Store) In(ctx context.Context, state intake.State, after int64, limit int) ([]intake.Envelope, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT seq, id, device, device_key, key, body, outcome, state, reason, at,
		(SELECT json_group_array(json_object('sha256', sha256, 'size', size)) FROM
			(SELECT p.sha256, LENGTH(p.data) AS size FROM parts p WHERE p.envelope = e.id ORDER BY p.number))
		FROM envelopes e WHERE state = ? AND seq > ? ORDER BY seq LIMIT ?`, string(state), after, limit)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list envelopes: %w", err)
	}
	defer rows.Close()
	var all []intake.Envelope
	for rows.Next() {
		e := intake.Envelope{Item: wire.Item{Kind: wire.KindEnvelope}}
		var jwk, blobs string
		var at int64
		if err := rows.Scan(&e.Seq, &e.Item.ID, &e.Device, &jwk, &e.Item.Key, &e.Item.Body, &e.Item.Outcome, &e.State, &e.Reason, &at, &blobs); err != nil {
			return nil, fmt.Errorf("sqlite: list envelopes: %w", err)
		}
		if err := json.Unmarshal([]byte(blobs), &e.Item.Blobs); err != nil {
			return nil, fmt.Errorf("sqlite: list envelopes: %w", err)
		}
		if jwk != "" { // otherwise a phone brought it
			if err := json.Unmarshal([]byte(jwk), &e.DeviceKey); err != nil {
				return nil, fmt.Errorf("sqlite: list envelopes: device key: %w", err)
			}
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
	if _, err := s.db.ExecContext(ctx, `UPDATE envelopes SET state = ?, reason = ? WHERE id = ? AND counted = 0`, string(state), reason, id); err != nil {
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
	err := s.write(ctx, "publish", func(tx *sql.Tx) (err error) {
		changed, err = put(ctx, tx, scope, r)
		return err
	})
	return changed, err
}

func put(ctx context.Context, tx *sql.Tx, scope string, r wire.Record) (changed bool, err error) {
	var deleted bool
	var data string
	err = tx.QueryRowContext(ctx, `SELECT deleted, data FROM records WHERE scope = ? AND collection = ? AND id = ?`,
		scope, r.Collection, r.ID).Scan(&deleted, &data)
	switch {
	case err == nil && deleted == r.Deleted && data == string(r.Data):
		return false, nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM records WHERE scope = ? AND collection = ? AND id = ?`, scope, r.Collection, r.ID); err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO records (scope, collection, id, deleted, data) VALUES (?,?,?,?,?)`,
		scope, r.Collection, r.ID, r.Deleted, string(r.Data))
	return err == nil, err
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
