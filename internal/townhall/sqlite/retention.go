package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// DecidedOf lists versions of services of which decided cases are kept; see cases.Retention.
func (s *Store) DecidedOf(ctx context.Context) ([]cases.Version, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT DISTINCT service, service_version FROM cases WHERE erased = 0 AND open = 0 ORDER BY 1, 2`)
	return each(rows, err, "list decided services", func(r *sql.Rows, v *cases.Version) error { return r.Scan(&v.Service, &v.Version) })
}

// Expired lists cases that were decided before; see cases.Retention.
func (s *Store) Expired(ctx context.Context, v cases.Version, before time.Time) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT number FROM cases WHERE erased = 0 AND open = 0 AND service = ? AND service_version = ?
			AND decided > 0 AND decided < ? AND main = '' AND refund_open = 0 AND (fee = 0 OR paid = 1 OR state <> 'approved')
		ORDER BY decided, id LIMIT 100`, v.Service, v.Version, millis(before))
	return each(rows, err, "list expired cases", func(r *sql.Rows, number *string) error { return r.Scan(number) })
}

// Revived lists cases that came back after they were erased for good; see cases.Retention.
func (s *Store) Revived(ctx context.Context) ([]string, error) {
	d, err := readDecided(s.path + ShutOut)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list revived cases: %w", err)
	}
	var all []string
	for _, number := range d.cases {
		var back int
		if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM cases WHERE number = ? AND erased = 0`, number).Scan(&back); err != nil {
			return nil, fmt.Errorf("sqlite: list revived cases: %w", err)
		}
		if back > 0 {
			all = append(all, number)
		}
	}
	return all, nil
}

// erase takes everything away that was said in a case, but what c says of it. Of the envelopes their digest stays, so that they are known when they come
// again, and what proves a payment.
func erase(ctx context.Context, tx *sql.Tx, c cases.Case) error {
	application, err := json.Marshal(c.Application)
	if err != nil {
		return err
	}
	const brought = `(SELECT envelope FROM causes WHERE case_id = ?)`
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE cases SET application = ?, erased = ? WHERE id = ?`, []any{string(application), millis(c.Erased), c.ID}},
		{`UPDATE cases_text SET words = ? WHERE rowid = ?`, []any{searchable(c), c.ID}},
		{`DELETE FROM photos WHERE case_id = ?`, []any{c.ID}},
		{`DELETE FROM papers WHERE case_id = ?`, []any{c.ID}},
		{`UPDATE events SET text = '' WHERE case_id = ? AND kind NOT IN ('received', 'refund', 'refunded')`, []any{c.ID}}, // those are ours
		{`DELETE FROM parts WHERE envelope IN ` + brought, []any{c.ID}},
		{`UPDATE envelopes SET body = '' WHERE id IN ` + brought, []any{c.ID}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
}
