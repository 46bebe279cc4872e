package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// conditions makes SQL of a filter.
func conditions(f cases.Filter) (where string, args []any) {
	all := []string{"1"}
	add := func(sql string, a ...any) {
		all = append(all, sql)
		args = append(args, a...)
	}
	if f.State != "" {
		add("state = ?", string(f.State))
	}
	if f.Open {
		add("open = 1")
	}
	switch {
	case f.Clerk != "" && f.Unassigned:
		add("(clerk = ? OR clerk = '')", f.Clerk)
	case f.Clerk != "":
		add("clerk = ?", f.Clerk)
	case f.Unassigned:
		add("clerk = ''")
	}
	if f.Service != "" {
		add("service = ?", f.Service)
	}
	if f.Office != "" {
		add("office = ?", f.Office)
	}
	if f.Channel != "" {
		add("channel = ?", f.Channel)
	}
	if f.Tenant != "" {
		add("tenant = ?", f.Tenant)
	}
	if f.Warned {
		add("warnings <> ''")
	}
	if f.Unpaid {
		add("fee > 0 AND paid = 0 AND state NOT IN ('rejected', 'withdrawn')")
	}
	if !f.DueBefore.IsZero() {
		add("due < ?", millis(f.DueBefore))
	}
	if strings.TrimSpace(f.Text) != "" {
		if q := query(f.Text); q != "" {
			add("id IN (SELECT rowid FROM cases_text WHERE cases_text MATCH ?)", q)
		} else { // only signs: nothing is called that
			add("0")
		}
	}
	return strings.Join(all, " AND "), args
}

// List gives a page of cases without their contents; see cases.Store.
func (s *Store) List(ctx context.Context, f cases.Filter) (cases.Page, error) {
	if f.Size <= 0 {
		f.Size = 20
	}
	f.Size = min(f.Size, 100)
	where, args := conditions(f)
	p := cases.Page{Size: f.Size}
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM cases WHERE `+where, args...).Scan(&p.Total); err != nil {
		return cases.Page{}, fmt.Errorf("sqlite: count cases: %w", err)
	}
	p.Pages = max(1, (p.Total+f.Size-1)/f.Size)
	p.Page = min(max(1, f.Page), p.Pages)
	order := "open DESC, due, id"
	if f.Newest {
		order = "received DESC, id DESC"
	}
	rows, err := s.db.QueryContext(ctx, `SELECT `+columns+` FROM cases WHERE `+where+` ORDER BY `+order+` LIMIT ? OFFSET ?`,
		append(args, f.Size, (p.Page-1)*f.Size)...)
	if err != nil {
		return cases.Page{}, fmt.Errorf("sqlite: list cases: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		c, err := s.decode(rows)
		if err != nil {
			return cases.Page{}, fmt.Errorf("sqlite: list cases: %w", err)
		}
		p.Cases = append(p.Cases, c)
	}
	if err := rows.Err(); err != nil {
		return cases.Page{}, fmt.Errorf("sqlite: list cases: %w", err)
	}
	return p, nil
}

// Counts gives the figures for a clerk's worklist; see cases.Store.
func (s *Store) Counts(ctx context.Context, clerk string, now time.Time) (cases.Counts, error) {
	y, m, d := now.Date()
	day := func(n int) int64 { return time.Date(y, m, d+n, 0, 0, 0, 0, now.Location()).UnixMilli() }
	var n cases.Counts
	err := s.db.QueryRowContext(ctx, `SELECT count(*),
			count(*) FILTER (WHERE state = ?), count(*) FILTER (WHERE clerk = ?), count(*) FILTER (WHERE clerk = ''),
			count(*) FILTER (WHERE due < ?), count(*) FILTER (WHERE due >= ? AND due < ?), count(*) FILTER (WHERE due >= ? AND due < ?),
			count(*) FILTER (WHERE state = ?), count(*) FILTER (WHERE warnings <> ''), count(*) FILTER (WHERE fee > 0 AND paid = 0),
			count(*) FILTER (WHERE id IN (SELECT case_id FROM reports))
		FROM cases WHERE open = 1`,
		string(service.StateReceived), clerk, now.UnixMilli(), now.UnixMilli(), day(1), now.UnixMilli(), day(7), string(service.StateAsked)).
		Scan(&n.Open, &n.New, &n.Mine, &n.Unassigned, &n.Overdue, &n.DueToday, &n.DueWeek, &n.Asked, &n.Warned, &n.Unpaid, &n.Reports)
	if err != nil {
		return cases.Counts{}, fmt.Errorf("sqlite: count cases: %w", err)
	}
	if clerk == "" {
		n.Mine = 0
	}
	err = s.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM cases WHERE refund <> '' AND refund_open = 1),
		(SELECT count(*) FROM envelopes WHERE state = 'quarantine')`).Scan(&n.Refunds, &n.Sealed)
	if err != nil {
		return cases.Counts{}, fmt.Errorf("sqlite: count refunds: %w", err)
	}
	return n, nil
}

// Refunds lists refunds; see cases.Store.
func (s *Store) Refunds(ctx context.Context) ([]cases.Refund, error) {
	var all []cases.Refund
	for _, q := range []string{
		`SELECT refund FROM cases WHERE refund <> '' AND refund_open = 1 ORDER BY refund_at, id`,
		`SELECT refund FROM cases WHERE refund <> '' AND refund_open = 0 ORDER BY refund_at DESC, id DESC LIMIT 100`,
	} {
		rows, err := s.db.QueryContext(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("sqlite: list refunds: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return nil, fmt.Errorf("sqlite: list refunds: %w", err)
			}
			var r cases.Refund
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				return nil, errors.New("sqlite: list refunds: a stored refund cannot be read")
			}
			all = append(all, r)
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("sqlite: list refunds: %w", err)
		}
	}
	return all, nil
}
