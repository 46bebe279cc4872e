package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/jobs"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Jobs lists vacancies; see jobs.Store.
func (s *Store) Jobs(ctx context.Context) ([]jobs.Offer, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT data FROM jobs ORDER BY number DESC`)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list jobs: %w", err)
	}
	defer rows.Close()
	var all []jobs.Offer
	for rows.Next() {
		var data string
		var o jobs.Offer
		if err := rows.Scan(&data); err != nil {
			return nil, fmt.Errorf("sqlite: list jobs: %w", err)
		}
		if err := json.Unmarshal([]byte(data), &o); err != nil {
			return nil, fmt.Errorf("sqlite: list jobs: %w", err)
		}
		all = append(all, o)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// SaveJob stores a vacancy and publishes it; see jobs.Store.
func (s *Store) SaveJob(ctx context.Context, o jobs.Offer, e jobs.Event, r wire.Record, scopes ...string) error {
	data, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("sqlite: save job: %w", err)
	}
	return s.write(ctx, "save job", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO jobs (id, data) VALUES (?,?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`, o.ID, string(data)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO job_events (job, clerk, what, at) VALUES (?,?,?,?)`, e.Job, e.Clerk, e.What, millis(e.At)); err != nil {
			return err
		}
		for _, scope := range scopes {
			if _, err := put(ctx, tx, scope, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// JobEvents lists what was done with a vacancy; see jobs.Store.
func (s *Store) JobEvents(ctx context.Context, id string) ([]jobs.Event, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT clerk, what, at FROM job_events WHERE job = ? ORDER BY number`, id)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list job events: %w", err)
	}
	defer rows.Close()
	var all []jobs.Event
	for rows.Next() {
		e := jobs.Event{Job: id}
		var at int64
		if err := rows.Scan(&e.Clerk, &e.What, &at); err != nil {
			return nil, fmt.Errorf("sqlite: list job events: %w", err)
		}
		e.At = time.UnixMilli(at).In(s.now().Location())
		all = append(all, e)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}
