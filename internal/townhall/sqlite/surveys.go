package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
)

// CountSurvey adds an answer to the counts; see surveys.Store.
func (s *Store) CountSurvey(ctx context.Context, envelope string, t surveys.Tally) error {
	return s.write(ctx, "count survey", func(tx *sql.Tx) error {
		if envelope != "" {
			if err := spend(ctx, tx, envelope); err != nil {
				return err
			}
		}
		if t.Refused {
			return add(ctx, tx, `INSERT INTO survey_refused (survey, version, n) VALUES (?,?,1) ON CONFLICT DO UPDATE SET n = n + 1`, t.Survey, t.Version)
		}
		if err := add(ctx, tx, `INSERT INTO survey_days (survey, version, day, n) VALUES (?,?,?,1) ON CONFLICT DO UPDATE SET n = n + 1`,
			t.Survey, t.Version, t.Day); err != nil {
			return err
		}
		if err := add(ctx, tx, `INSERT INTO survey_channels (survey, version, channel, n) VALUES (?,?,?,1) ON CONFLICT DO UPDATE SET n = n + 1`,
			t.Survey, t.Version, t.Channel); err != nil {
			return err
		}
		for _, a := range t.Questions {
			if err := addAsked(ctx, tx, t, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// spend notes that an envelope had its effect, and forgets what it held and who brought it. Its files go with it: a survey has none.
func spend(ctx context.Context, tx *sql.Tx, envelope string) error {
	if err := add(ctx, tx, `DELETE FROM parts WHERE envelope = ?`, envelope); err != nil {
		return err
	}
	r, err := tx.ExecContext(ctx, `UPDATE envelopes SET counted = 1, state = 'done', reason = '', body = '', key = '', outcome = '', device = '', device_key = '', at = 0
		WHERE id = ? AND counted = 0`, envelope)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, surveys.ErrCounted)
	}
	return nil
}

func add(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	_, err := tx.ExecContext(ctx, query, args...)
	return err
}

func addAsked(ctx context.Context, tx *sql.Tx, t surveys.Tally, a surveys.Asked) error {
	answered, left := 1, 0
	if a.Left {
		answered, left = 0, 1
	}
	sum, number := 0.0, sql.NullFloat64{}
	if a.Number != nil {
		sum, number = *a.Number, sql.NullFloat64{Float64: *a.Number, Valid: true}
	}
	if err := add(ctx, tx, `INSERT INTO survey_questions (survey, version, question, answered, omitted, sum, small, high) VALUES (?,?,?,?,?,?,?,?)
		ON CONFLICT DO UPDATE SET answered = answered + excluded.answered, omitted = omitted + excluded.omitted, sum = sum + excluded.sum,
		small = min(coalesce(small, excluded.small), coalesce(excluded.small, small)), high = max(coalesce(high, excluded.high), coalesce(excluded.high, high))`,
		t.Survey, t.Version, a.Path, answered, left, sum, number, number); err != nil {
		return err
	}
	for _, v := range a.Values {
		if err := add(ctx, tx, `INSERT INTO survey_values (survey, version, question, value, n) VALUES (?,?,?,?,1) ON CONFLICT DO UPDATE SET n = n + 1`,
			t.Survey, t.Version, a.Path, v); err != nil {
			return err
		}
	}
	if a.Text == "" {
		return nil
	}
	return add(ctx, tx, `INSERT INTO survey_texts (key, survey, version, question, text) VALUES (?,?,?,?,?)`, rand.Text(), t.Survey, t.Version, a.Path, a.Text)
}

// SurveyTotals lists how much there is; see surveys.Store.
func (s *Store) SurveyTotals(ctx context.Context) ([]surveys.Total, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT survey, version, sum(answers), sum(refused), coalesce(min(first), ''), coalesce(max(last), '') FROM (
			SELECT survey, version, sum(n) AS answers, 0 AS refused, min(day) AS first, max(day) AS last FROM survey_days GROUP BY survey, version
			UNION ALL SELECT survey, version, 0, n, NULL, NULL FROM survey_refused)
		GROUP BY survey, version ORDER BY survey, version`)
	return each(rows, err, "list surveys", func(r *sql.Rows, t *surveys.Total) error {
		return r.Scan(&t.Survey, &t.Version, &t.Answers, &t.Refused, &t.First, &t.Last)
	})
}

// SurveyResult gives everything of a version; see surveys.Store.
func (s *Store) SurveyResult(ctx context.Context, survey, version string) (surveys.Result, error) {
	r, err := s.surveyResult(ctx, survey, version)
	if err != nil {
		return surveys.Result{}, fmt.Errorf("sqlite: read survey: %w", err)
	}
	return r, nil
}

// surveyResult reads all in one transaction: while somebody counts, the numbers still fit each other.
func (s *Store) surveyResult(ctx context.Context, survey, version string) (surveys.Result, error) {
	r := surveys.Result{Total: surveys.Total{Survey: survey, Version: version}, Days: map[string]int{}, Channels: map[string]int{}, Questions: map[string]surveys.Counted{}}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return r, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	for _, part := range []struct {
		query string
		take  func(scanner) error
	}{
		{`SELECT day, n FROM survey_days WHERE survey = ? AND version = ?`, named(r.Days)},
		{`SELECT channel, n FROM survey_channels WHERE survey = ? AND version = ?`, named(r.Channels)},
		{`SELECT n FROM survey_refused WHERE survey = ? AND version = ?`, func(row scanner) error { return row.Scan(&r.Refused) }},
		{`SELECT question, answered, omitted, sum, coalesce(small, 0), coalesce(high, 0) FROM survey_questions WHERE survey = ? AND version = ?`, func(row scanner) error {
			var path string
			q := surveys.Counted{Values: map[string]int{}}
			err := row.Scan(&path, &q.Answered, &q.Left, &q.Sum, &q.Small, &q.High)
			r.Questions[path] = q
			return err
		}},
		{`SELECT question, value, n FROM survey_values WHERE survey = ? AND version = ?`, func(row scanner) error {
			var path, value string
			var n int
			err := row.Scan(&path, &value, &n)
			r.Questions[path].Values[value] = n
			return err
		}},
		{`SELECT question, key, text FROM survey_texts WHERE survey = ? AND version = ? ORDER BY key`, func(row scanner) error {
			var path string
			var t surveys.Text
			err := row.Scan(&path, &t.Key, &t.Text)
			q := r.Questions[path]
			q.Texts = append(q.Texts, t)
			r.Questions[path] = q
			return err
		}},
	} {
		if err := everyRow(ctx, tx, part.query, part.take, survey, version); err != nil {
			return r, err
		}
	}
	for day, n := range r.Days {
		r.Answers, r.Last = r.Answers+n, max(r.Last, day)
		if r.First == "" || day < r.First {
			r.First = day
		}
	}
	return r, nil
}

// named reads rows of a name and a number.
func named(into map[string]int) func(scanner) error {
	return func(row scanner) error {
		var name string
		var n int
		err := row.Scan(&name, &n)
		into[name] = n
		return err
	}
}

// everyRow gives every row of a query to take.
func everyRow(ctx context.Context, tx *sql.Tx, query string, take func(scanner) error, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// StrikeText takes a text out; see surveys.Store.
func (s *Store) StrikeText(ctx context.Context, key string, e surveys.Event) error {
	err := s.write(ctx, "strike text", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `DELETE FROM survey_texts WHERE key = ? AND survey = ?`, key, e.Survey)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, surveys.ErrNotFound)
		}
		return addSurveyEvent(ctx, tx, e)
	})
	if err != nil {
		return err
	}
	return s.forget(ctx)
}

// EmptySurvey forgets all counts and texts; see surveys.Store.
func (s *Store) EmptySurvey(ctx context.Context, e surveys.Event) error {
	err := s.write(ctx, "empty survey", func(tx *sql.Tx) error {
		for _, table := range []string{"survey_days", "survey_channels", "survey_refused", "survey_questions", "survey_values", "survey_texts"} {
			if err := add(ctx, tx, `DELETE FROM `+table+` WHERE survey = ?`, e.Survey); err != nil {
				return err
			}
		}
		return addSurveyEvent(ctx, tx, e)
	})
	if err != nil {
		return err
	}
	return s.forget(ctx)
}

func addSurveyEvent(ctx context.Context, tx *sql.Tx, e surveys.Event) error {
	return add(ctx, tx, `INSERT INTO survey_events (survey, clerk, what, at) VALUES (?,?,?,?)`, e.Survey, e.Clerk, e.What, millis(e.At))
}

// forget folds the log of the last changes into the file, so that what was deleted does not stand there either. Where somebody reads at this moment
// the log stays until it is folded in by itself.
func (s *Store) forget(ctx context.Context) error {
	var busy, log, done int
	if err := s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done); err != nil {
		return fmt.Errorf("sqlite: forget what was deleted: %w", err)
	}
	return nil
}

// SurveyEvents lists what was done with results; see surveys.Store.
func (s *Store) SurveyEvents(ctx context.Context, survey string) ([]surveys.Event, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT clerk, what, at FROM survey_events WHERE survey = ? ORDER BY id DESC`, survey)
	return each(rows, err, "list survey events", func(r *sql.Rows, e *surveys.Event) error {
		var at int64
		err := r.Scan(&e.Clerk, &e.What, &at)
		e.Survey, e.At = survey, s.moment(at)
		return err
	})
}
