package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	sqlite3 "github.com/mattn/go-sqlite3"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
)

// Insert adds a case; see cases.Store.
func (s *Store) Insert(ctx context.Context, c *cases.Case, with cases.Change) error {
	row, err := encode(*c)
	if err != nil {
		return fmt.Errorf("sqlite: insert case: %w", err)
	}
	application, err := json.Marshal(c.Application)
	if err != nil {
		return fmt.Errorf("sqlite: insert case: %w", err)
	}
	return s.write(ctx, "insert case", func(tx *sql.Tx) error {
		if err := taken(ctx, tx, `SELECT 1 FROM cases WHERE envelope = ?`, c.Envelope, cases.ErrExists); err != nil {
			return err
		}
		if err := taken(ctx, tx, `SELECT 1 FROM cases WHERE number = ?`, c.Number, cases.ErrNumber); err != nil {
			return err
		}
		if err := fresh(ctx, tx, c.Payment); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, `INSERT INTO cases (number, envelope, service, service_version, title, tenant, channel, device, lang,
			fee, received, application, state, open, way, paid, payment, due, decided, clerk, recipient, address, token, warnings, questions,
			refund, refund_open, refund_at, main, version, office)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
			append([]any{c.Number, c.Envelope, c.Service, c.ServiceVersion, c.Title, c.Tenant, c.Channel, c.Device, c.Lang,
				int64(c.Fee), millis(c.Received), string(application)}, append(row, c.Version, c.Office)...)...)
		if err != nil {
			return err
		}
		if c.ID, err = r.LastInsertId(); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO cases_text (rowid, words) VALUES (?, ?)`, c.ID, searchable(*c)); err != nil {
			return err
		}
		if err := insertPhotos(ctx, tx, c.ID, c.Photos); err != nil {
			return err
		}
		return apply(ctx, tx, *c, with)
	})
}

// fresh fails with ErrPayment when a terminal's transaction counts for a case already, under whatever id the device gave the payment. What a
// terminal did not date is not compared: its trace numbers begin anew.
func fresh(ctx context.Context, tx *sql.Tx, o *pay.Outcome) error {
	if o == nil || o.Evidence == nil || o.Evidence.Date == "" || o.Evidence.Time == "" {
		return nil
	}
	e, n := o.Evidence, 0
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM cases WHERE payment <> '' AND payment ->> '$.evidence.terminal_id' = ?
		AND payment ->> '$.evidence.trace' = ? AND payment ->> '$.evidence.receipt' = ? AND payment ->> '$.evidence.date' = ?
		AND payment ->> '$.evidence.time' = ?`, e.TerminalID, e.Trace, e.Receipt, e.Date, e.Time).Scan(&n)
	if err == nil && n > 0 {
		return cases.ErrPayment
	}
	return err
}

// taken fails with the sentinel when the query finds something.
func taken(ctx context.Context, tx *sql.Tx, query, arg string, sentinel error) error {
	var one int
	err := tx.QueryRowContext(ctx, query, arg).Scan(&one)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return sentinel
}

// Update stores a changed case; see cases.Store.
func (s *Store) Update(ctx context.Context, c cases.Case, from int64, with cases.Change) error {
	err := s.write(ctx, "update case", func(tx *sql.Tx) error { return update(ctx, tx, c, from, with) })
	if err != nil || !with.Erase {
		return err
	}
	if with.Lasting {
		if err := s.decide(decision{Case: c.Number}); err != nil {
			return fmt.Errorf("sqlite: update case: %w", err)
		}
	}
	return s.forget(ctx)
}

func update(ctx context.Context, tx *sql.Tx, c cases.Case, from int64, with cases.Change) error {
	row, err := encode(c)
	if err != nil {
		return err
	}
	r, err := tx.ExecContext(ctx, `UPDATE cases SET state = ?, open = ?, way = ?, paid = ?, payment = ?, due = ?, decided = ?, clerk = ?,
		recipient = ?, address = ?, token = ?, warnings = ?, questions = ?, refund = ?, refund_open = ?, refund_at = ?, main = ?,
		version = version + 1 WHERE id = ? AND version = ?`, append(row, c.ID, from)...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, cases.ErrChanged)
	}
	return apply(ctx, tx, c, with)
}

// apply stores what comes with a change.
func apply(ctx context.Context, tx *sql.Tx, c cases.Case, with cases.Change) error {
	exec := func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	if with.Cause != "" {
		if err := taken(ctx, tx, `SELECT 1 FROM causes WHERE envelope = ?`, with.Cause, cases.ErrExists); err != nil {
			return err
		}
		if err := exec(`INSERT INTO causes (envelope, case_id) VALUES (?, ?)`, with.Cause, c.ID); err != nil {
			return err
		}
	}
	if with.Erase {
		if err := erase(ctx, tx, c); err != nil {
			return err
		}
	}
	for _, e := range with.Events {
		if err := exec(`INSERT INTO events (case_id, at, who, kind, state, text) VALUES (?,?,?,?,?,?)`,
			c.ID, millis(e.At), e.Who, string(e.Kind), string(e.State), e.Text); err != nil {
			return err
		}
	}
	if err := insertPhotos(ctx, tx, c.ID, with.Photos); err != nil {
		return err
	}
	for _, p := range with.Papers {
		if err := exec(`INSERT INTO papers (case_id, name, title, type, data) VALUES (?,?,?,?,?)`, c.ID, p.Name, p.Title, p.Type, p.Data); err != nil {
			return err
		}
	}
	for _, m := range with.Money {
		if err := exec(`INSERT INTO ledger (case_number, kind, way, amount, payment, who, at) VALUES (?,?,?,?,?,?,?)`,
			m.Case, string(m.Kind), string(m.Way), int64(m.Amount), m.Payment, m.Who, millis(m.At)); err != nil {
			var e sqlite3.Error
			if m.Payment != "" && errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintUnique {
				return cases.ErrPayment
			}
			return err
		}
	}
	if with.Forget {
		if err := exec(`DELETE FROM answers WHERE case_id = ?`, c.ID); err != nil {
			return err
		}
	}
	if with.Answer != nil { // not those of supporters
		if err := exec(`DELETE FROM answers WHERE case_id = ? AND address NOT IN (SELECT address FROM supports WHERE case_id = ?)`, c.ID, c.ID); err != nil {
			return err
		}
	}
	if with.Answer != nil {
		if err := exec(`INSERT INTO answers (case_id, address, data) VALUES (?,?,?)`, c.ID, c.Address, with.Answer); err != nil {
			return err
		}
	}
	return applyReport(ctx, tx, c, with)
}

// encode gives the columns that may change, in their order.
func encode(c cases.Case) ([]any, error) {
	var texts [4]string
	for i, v := range []any{c.Payment, c.Warnings, c.Questions, c.Refund} {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if string(b) != "null" {
			texts[i] = string(b)
		}
	}
	refundOpen, refundAt := false, int64(0)
	if r := c.Refund; r != nil {
		refundOpen, refundAt = !r.Done, millis(r.Since)
		if r.Done {
			refundAt = millis(r.DoneAt)
		}
	}
	return []any{string(c.State), c.Open(), string(c.Way), c.Paid, texts[0], millis(c.Due), millis(c.Decided), c.Clerk, c.Recipient, c.Address,
		c.Token, texts[1], texts[2], texts[3], refundOpen, refundAt, c.Main}, nil
}

const columns = `id, number, envelope, service, service_version, title, tenant, channel, device, lang, state, fee, way, paid, payment,
	received, due, decided, clerk, recipient, address, token, warnings, questions, refund, main, version, office, erased`

type scanner interface{ Scan(...any) error }

func (s *Store) decode(row scanner, more ...any) (cases.Case, error) {
	var (
		c                                    cases.Case
		payment, warnings, questions, refund string
		received, due, decided, erased       int64
	)
	err := row.Scan(append([]any{&c.ID, &c.Number, &c.Envelope, &c.Service, &c.ServiceVersion, &c.Title, &c.Tenant, &c.Channel, &c.Device, &c.Lang,
		&c.State, &c.Fee, &c.Way, &c.Paid, &payment, &received, &due, &decided, &c.Clerk, &c.Recipient, &c.Address, &c.Token,
		&warnings, &questions, &refund, &c.Main, &c.Version, &c.Office, &erased}, more...)...)
	if err != nil {
		return cases.Case{}, err
	}
	for _, p := range []struct {
		from string
		to   any
	}{{payment, &c.Payment}, {warnings, &c.Warnings}, {questions, &c.Questions}, {refund, &c.Refund}} {
		if p.from == "" {
			continue
		}
		if err := json.Unmarshal([]byte(p.from), p.to); err != nil {
			return cases.Case{}, errors.New("a stored case cannot be read") // the cause could repeat content
		}
	}
	c.Received, c.Due, c.Decided, c.Erased = s.moment(received), s.moment(due), s.moment(decided), s.moment(erased)
	return c, nil
}

// Get gives a whole case; see cases.Store.
func (s *Store) Get(ctx context.Context, number string) (cases.Case, error) {
	cs, err := s.whole(ctx, `number = ?`, number)
	if err != nil {
		return cases.Case{}, fmt.Errorf("sqlite: get case: %w", err)
	}
	if len(cs) == 0 {
		return cases.Case{}, cases.ErrNotFound
	}
	return cs[0], nil
}

// At gives the whole cases at an address; see cases.Store.
func (s *Store) At(ctx context.Context, address string) ([]cases.Case, error) {
	if address == "" {
		return nil, nil
	}
	cs, err := s.whole(ctx, `address = ?`, address)
	if err != nil {
		return nil, fmt.Errorf("sqlite: get cases at an address: %w", err)
	}
	return cs, nil
}

func (s *Store) whole(ctx context.Context, where, arg string) ([]cases.Case, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+columns+`, application FROM cases WHERE `+where+` ORDER BY id`, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []cases.Case
	for rows.Next() {
		var application string
		c, err := s.decode(rows, &application)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(application), &c.Application); err != nil {
			return nil, errors.New("a stored application cannot be read")
		}
		found = append(found, c)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for i := range found {
		if err := s.fill(ctx, &found[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// fill adds history and papers.
func (s *Store) fill(ctx context.Context, c *cases.Case) error {
	rows, err := s.db.QueryContext(ctx, `SELECT at, who, kind, state, text FROM events WHERE case_id = ? ORDER BY id`, c.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e cases.Event
		var at int64
		if err := rows.Scan(&at, &e.Who, &e.Kind, &e.State, &e.Text); err != nil {
			return err
		}
		e.At = s.moment(at)
		c.History = append(c.History, e)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	papers, err := s.db.QueryContext(ctx, `SELECT name, title, type, data FROM papers WHERE case_id = ? ORDER BY id`, c.ID)
	if err != nil {
		return err
	}
	defer papers.Close()
	for papers.Next() {
		var p service.Paper
		if err := papers.Scan(&p.Name, &p.Title, &p.Type, &p.Data); err != nil {
			return err
		}
		c.Papers = append(c.Papers, p)
	}
	if err := errors.Join(papers.Err(), papers.Close()); err != nil {
		return err
	}
	return s.fillReport(ctx, c)
}

// Caused tells whether an envelope had its effect.
func (s *Store) Caused(ctx context.Context, envelope string) (bool, error) {
	var n int
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM causes WHERE envelope = ?`, envelope).Scan(&n); err != nil {
		return false, fmt.Errorf("sqlite: look for an effect: %w", err)
	}
	return n > 0, nil
}

// For gives what was sealed for an address, newest last.
func (s *Store) For(ctx context.Context, address string) ([][]byte, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT data FROM answers WHERE address = ? ORDER BY seq`, address)
	if err != nil {
		return nil, fmt.Errorf("sqlite: read answers: %w", err)
	}
	defer rows.Close()
	var all [][]byte
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, fmt.Errorf("sqlite: read answers: %w", err)
		}
		all = append(all, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: read answers: %w", err)
	}
	return all, nil
}

// Entries lists lines of the ledger; see ledger.Store.
func (s *Store) Entries(ctx context.Context, from, to time.Time) ([]ledger.Entry, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT case_number, kind, way, amount, payment, who, at FROM ledger WHERE at >= ? AND at < ? ORDER BY id`,
		from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("sqlite: read ledger: %w", err)
	}
	defer rows.Close()
	var all []ledger.Entry
	for rows.Next() {
		var e ledger.Entry
		var at int64
		if err := rows.Scan(&e.Case, &e.Kind, &e.Way, &e.Amount, &e.Payment, &e.Who, &at); err != nil {
			return nil, fmt.Errorf("sqlite: read ledger: %w", err)
		}
		e.At = s.moment(at)
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: read ledger: %w", err)
	}
	return all, nil
}

// Owed lists what is open; see ledger.Store.
func (s *Store) Owed(ctx context.Context, refunds bool) ([]ledger.Open, error) {
	plus, minus := `'due'`, `'received','waived'`
	if refunds {
		plus, minus = `'refund_due'`, `'refunded'`
	}
	rows, err := s.db.QueryContext(ctx, `SELECT case_number, max(way),
			sum(CASE WHEN kind IN (`+plus+`) THEN amount WHEN kind IN (`+minus+`) THEN -amount ELSE 0 END) AS open,
			min(CASE WHEN kind IN (`+plus+`) THEN at END) AS since
		FROM ledger GROUP BY case_number HAVING open > 0 ORDER BY since, case_number`)
	if err != nil {
		return nil, fmt.Errorf("sqlite: read ledger: %w", err)
	}
	defer rows.Close()
	var all []ledger.Open
	for rows.Next() {
		var o ledger.Open
		var since int64
		if err := rows.Scan(&o.Case, &o.Way, &o.Amount, &since); err != nil {
			return nil, fmt.Errorf("sqlite: read ledger: %w", err)
		}
		o.Since = s.moment(since)
		all = append(all, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: read ledger: %w", err)
	}
	return all, nil
}

// searchable gives every word of a case that a search should find.
func searchable(c cases.Case) string {
	var b strings.Builder
	b.WriteString(c.Number + " " + c.Application.Case + " " + c.Title)
	collect(&b, map[string]any(c.Application.Answers))
	text := b.String()
	return text + " " + spelled(text)
}

// drawing tells whether an answer is a signature drawn by hand.
func drawing(answer string) bool {
	_, err := signature.Parse(answer)
	return err == nil
}

func collect(b *strings.Builder, v any) {
	switch v := v.(type) {
	case string:
		if !digest.MatchString(v) && !drawing(v) { // nobody searches for a photo's
			b.WriteString(" " + v)
		}
	case []any:
		for _, e := range v {
			collect(b, e)
		}
	case map[string]any:
		for _, e := range v {
			collect(b, e)
		}
	}
}

// spelled writes umlauts the other way, so that "Mueller" finds Müller.
func spelled(s string) string {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss").Replace(s)
}

// query makes an FTS5 query of what somebody typed: every word has to begin a word of the case.
func query(typed string) string {
	words := strings.FieldsFunc(typed, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	for i, w := range words {
		words[i] = `"` + w + `"*`
	}
	return strings.Join(words, " ")
}
