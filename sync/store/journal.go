package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Hold stores the sealed application as held, together with the payment's intent, in one transaction. The same call again changes nothing.
// ErrFull, ErrConflict, ErrUnsigned.
func (s *Store) Hold(ctx context.Context, e seal.Envelope, p pay.Payment) error {
	if err := s.takes(ctx, e); err != nil {
		return fmt.Errorf("store: hold: %w", err)
	}
	if p.ID == "" || p.Envelope != e.ID || p.State != pay.Intended || p.Amount <= 0 || p.Amount > money.Max {
		return errors.New("store: hold: not the intent of this envelope's payment")
	}
	body, err := json.Marshal(kept(p))
	if err != nil {
		return fmt.Errorf("store: hold: %w", err)
	}
	return s.write(ctx, fresh, "hold", func(tx *sql.Tx) error {
		var was string
		err := tx.QueryRow(`SELECT p.body FROM payments p JOIN envelopes e ON e.id = p.envelope
			WHERE p.id = ? AND e.id = ? AND e.digest = ? AND e.state = 'held'`, p.ID, e.ID, wire.Digest(e.Data)).Scan(&was)
		if err == nil && was == string(body) {
			return nil
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := s.insert(tx, e, "held", ""); err != nil {
			return err
		}
		r, err := tx.Exec(`INSERT INTO payments (id, envelope, state, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			p.ID, p.Envelope, p.State, string(body))
		return one(r, err, ErrConflict)
	})
}

// Release stores a sealed application that needs no payment at this device, ready to travel with its signed outcome. amount is in cents.
// The same call again changes nothing. ErrFull, ErrConflict, ErrUnsigned.
func (s *Store) Release(ctx context.Context, e seal.Envelope, way pay.Way, amount int64) error {
	return s.release(ctx, e, pay.Outcome{Way: way, Amount: money.Cents(amount)}, func(*sql.Tx) error { return nil })
}

// release is Release, with also in the same transaction.
func (s *Store) release(ctx context.Context, e seal.Envelope, o pay.Outcome, also func(*sql.Tx) error) error {
	if err := s.takes(ctx, e); err != nil {
		return fmt.Errorf("store: release: %w", err)
	}
	if o.Way == pay.Card {
		return errors.New("store: release: a card payment has to be held first")
	}
	o.Envelope, o.Digest, o.At = e.ID, wire.Digest(e.Data), s.o.Now().UTC()
	token, err := s.sign(o)
	if err != nil {
		return fmt.Errorf("store: release: %w", err)
	}
	err = s.write(ctx, fresh, "release", func(tx *sql.Tx) error {
		var digest, state string
		err := tx.QueryRow(`SELECT digest, state FROM envelopes WHERE id = ?`, e.ID).Scan(&digest, &state)
		if err == nil && digest == o.Digest && state != "held" {
			return nil
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := s.insert(tx, e, "ready", token); err != nil {
			return err
		}
		return also(tx)
	})
	if err == nil {
		s.signal()
	}
	return err
}

// takes refuses what could be confirmed but not travel.
func (s *Store) takes(ctx context.Context, e seal.Envelope) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.o.Sign == nil {
		return ErrUnsigned
	}
	if err := wire.CheckEnvelope(e.ID, e.Key, string(e.Data)); err != nil {
		return err
	}
	if len(e.Parts) > wire.MaxBlobs {
		return fmt.Errorf("%d files, %d can travel", len(e.Parts), wire.MaxBlobs)
	}
	for _, p := range e.Parts {
		if err := wire.CheckPart(p.ID, p.Data); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insert(tx *sql.Tx, e seal.Envelope, state, outcome string) error {
	r, err := tx.Exec(`INSERT INTO envelopes (id, key, data, digest, state, outcome, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		e.ID, e.Key, e.Data, wire.Digest(e.Data), state, outcome, s.o.Now().UnixNano())
	if err := one(r, err, ErrConflict); err != nil {
		return err
	}
	for _, p := range e.Parts {
		r, err := tx.Exec(`INSERT INTO parts (id, envelope, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, p.ID, e.ID, p.Data)
		if err := one(r, err, ErrConflict); err != nil {
			return err
		}
	}
	return nil
}

// one turns a statement that changed nothing into otherwise.
func one(r sql.Result, err, otherwise error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n != 1 {
		return otherwise
	}
	return err
}

// sign signs an outcome.
func (s *Store) sign(o pay.Outcome) (string, error) {
	if s.o.Sign == nil {
		return "", ErrUnsigned
	}
	return s.o.Sign(o)
}

// kept is what is stored of a payment, and travels: without what the card terminal printed for the customer, which may name a card or an
// account. That is on the slip and nowhere else.
func kept(p pay.Payment) pay.Payment {
	p.Before, p.Evidence = p.Before.WithoutReceipt(), p.Evidence.WithoutReceipt()
	return p
}

// Record applies the event with pay.Step and stores the result, and what its effect means for the envelope, in one transaction: Release
// signs the outcome and frees the envelope to travel, Discard deletes it. What is returned still has what the terminal printed for the customer, if the event
// brought it; what is stored does not. It is done even when ctx was cancelled: the event has happened.
// ErrUnknown when there is no such payment.
func (s *Store) Record(ctx context.Context, payment string, e pay.Event) (pay.Payment, pay.Effect, error) {
	var p pay.Payment
	var effect pay.Effect
	err := s.write(ctx, drain, "record", func(tx *sql.Tx) error {
		var body string
		err := tx.QueryRow(`SELECT body FROM payments WHERE id = ?`, payment).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		var old pay.Payment
		if err := json.Unmarshal([]byte(body), &old); err != nil {
			return err
		}
		p, effect = pay.Step(old, e)
		next, err := json.Marshal(kept(p))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE payments SET state = ?, body = ? WHERE id = ?`, p.State, string(next), payment); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO events (payment, kind, state, effect, code, at) VALUES (?, ?, ?, ?, ?, ?)`,
			payment, e.Kind, p.State, effect, e.Code, e.At.UnixNano()); err != nil {
			return err
		}
		return s.apply(tx, kept(p), effect)
	})
	if err != nil {
		return pay.Payment{}, pay.Nothing, err
	}
	switch effect {
	case pay.Release:
		s.signal()
	case pay.Discard:
		s.discarded(ctx)
	}
	return p, effect, nil
}

func (s *Store) apply(tx *sql.Tx, p pay.Payment, effect pay.Effect) error {
	switch effect {
	case pay.Release:
		var digest string
		err := tx.QueryRow(`SELECT digest FROM envelopes WHERE id = ? AND state = 'held'`, p.Envelope).Scan(&digest)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		token, err := s.sign(pay.Outcome{Payment: p.ID, Envelope: p.Envelope, Digest: digest, Way: pay.Card, Amount: p.Amount,
			Evidence: p.Evidence, At: p.At.UTC()})
		if err != nil {
			return err
		}
		r, err := tx.Exec(`UPDATE envelopes SET state = 'ready', outcome = ? WHERE id = ? AND state = 'held'`, token, p.Envelope)
		return one(r, err, ErrUnknown)
	case pay.Discard:
		_, err := tx.Exec(`DELETE FROM envelopes WHERE id = ? AND state = 'held'`, p.Envelope)
		return err
	}
	return nil
}

// forget folds the write-ahead log into the main file and empties it, so that what was deleted is gone there too. That it fails at times (a reader elsewhere) does no harm: the log is
// overwritten soon, and what it holds is sealed.
func (s *Store) forget(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	_, _ = s.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
}

// discarded is forget after something that somebody did not want to send after all, and begins the log anew: its first entry is brought to the disk twice,
// for the log's head and for itself, and the next one who sends would wait for both. (What is the same as before is not written: so it is the time.)
func (s *Store) discarded(ctx context.Context) {
	s.forget(ctx)
	_ = s.try(context.WithoutCancel(ctx), func(tx *sql.Tx) error { return setMeta(tx, "log", strconv.FormatInt(s.o.Now().UnixNano(), 10)) })
}

// Unsettled lists the payments that are not final, oldest first. A state that is not known here, of a later program, is not final.
func (s *Store) Unsettled(ctx context.Context) ([]pay.Payment, error) {
	open, args := between(finals())
	return s.payments(ctx, `SELECT body FROM payments WHERE `+open+` ORDER BY +n`, args...)
}

// between is a condition for all states but these, as ranges between them: so the index finds the few, and those that are settled, years of them, are not
// looked at: NOT IN would read them all, and so would an order by n instead of +n.
func between(not []any) (where string, args []any) {
	slices.SortFunc(not, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	where = "state < ?"
	for i, state := range not {
		args = append(args, state, state)
		if i+1 < len(not) {
			where += " OR state > ? AND state < ?"
		}
	}
	return where + " OR state > ?", args
}

// finals lists the final states as arguments of a query.
func finals() []any {
	var list []any
	for _, state := range pay.States() {
		if state.Final() {
			list = append(list, string(state))
		}
	}
	return list
}

// Payments lists the newest payments, newest first, for people who have to understand one.
func (s *Store) Payments(ctx context.Context, limit int) ([]pay.Payment, error) {
	return s.payments(ctx, `SELECT body FROM payments ORDER BY n DESC LIMIT ?`, limit)
}

func (s *Store) payments(ctx context.Context, query string, args ...any) ([]pay.Payment, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: payments: %w", err)
	}
	defer rows.Close()
	var list []pay.Payment
	for rows.Next() {
		var body string
		var p pay.Payment
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("store: payments: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			return nil, fmt.Errorf("store: payments: %w", err)
		}
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: payments: %w", err)
	}
	return list, nil
}

// Happened is one event of a payment, as the journal keeps it.
type Happened struct {
	Kind   pay.Kind
	State  pay.State // reached by it
	Effect pay.Effect
	Code   string
	At     time.Time
}

// History lists what happened to a payment, oldest first.
func (s *Store) History(ctx context.Context, payment string) ([]Happened, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT kind, state, effect, code, at FROM events WHERE payment = ? ORDER BY n`, payment)
	if err != nil {
		return nil, fmt.Errorf("store: history: %w", err)
	}
	defer rows.Close()
	var list []Happened
	for rows.Next() {
		var h Happened
		var at int64
		if err := rows.Scan(&h.Kind, &h.State, &h.Effect, &h.Code, &at); err != nil {
			return nil, fmt.Errorf("store: history: %w", err)
		}
		h.At = time.Unix(0, at)
		list = append(list, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: history: %w", err)
	}
	return list, nil
}
