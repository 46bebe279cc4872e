package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Decide stores a decision; see services.Store.
func (s *Store) Decide(ctx context.Context, d services.Decision) error {
	return s.write(ctx, "decide about service", func(tx *sql.Tx) error {
		if err := putVersion(ctx, tx, d.Version); err != nil {
			return err
		}
		e := d.Event
		var serial int64
		err := tx.QueryRowContext(ctx, `SELECT serial FROM service_offers WHERE service = ?`, e.Service).Scan(&serial)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if serial != d.Before {
			return services.ErrChanged
		}
		if o := d.Offer; o != nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO service_offers (service, version, since, serial, epoch) VALUES (?,?,?,?,?) ON CONFLICT (service)
				DO UPDATE SET version = excluded.version, since = excluded.since, serial = excluded.serial, epoch = excluded.epoch`,
				o.Service, o.Version, millis(o.Since), o.Serial, o.Epoch)
		} else {
			_, err = tx.ExecContext(ctx, `UPDATE service_offers SET version = '', since = ? WHERE service = ?`, millis(e.At), e.Service)
		}
		if err != nil {
			return err
		}
		for _, scope := range d.Scopes {
			for _, r := range d.Records {
				if _, err := put(ctx, tx, scope, r); err != nil {
					return err
				}
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO service_events (at, who, kind, service, version) VALUES (?,?,?,?,?)`, millis(e.At), e.Who, e.Kind, e.Service, e.Version)
		return err
	})
}

// putVersion stores a version once.
func putVersion(ctx context.Context, tx *sql.Tx, v *services.Version) error {
	if v == nil {
		return nil
	}
	var had string
	err := tx.QueryRowContext(ctx, `SELECT digest FROM services WHERE service = ? AND version = ?`, v.Service, v.Version).Scan(&had)
	switch {
	case err == nil && had != v.Digest:
		return services.ErrVersion
	case err == nil:
		return nil
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO services (service, version, title, digest, packed, at, who, signer) VALUES (?,?,?,?,?,?,?,?)`,
		v.Service, v.Version, v.Title, v.Digest, v.Packed, millis(v.At), v.Who, v.Signer)
	return err
}

// each reads rows into a list.
func each[T any](rows *sql.Rows, err error, op string, scan func(*sql.Rows, *T) error) ([]T, error) {
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", op, err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var x T
		if err := scan(rows, &x); err != nil {
			return nil, fmt.Errorf("sqlite: %s: %w", op, err)
		}
		list = append(list, x)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", op, err)
	}
	return list, nil
}

// Versions lists what was published; see services.Store.
func (s *Store) Versions(ctx context.Context) ([]services.Version, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT service, version, title, digest, at, who, signer FROM services ORDER BY id DESC`)
	return each(rows, err, "list services", func(r *sql.Rows, v *services.Version) error {
		var at int64
		err := r.Scan(&v.Service, &v.Version, &v.Title, &v.Digest, &at, &v.Who, &v.Signer)
		v.At = s.moment(at)
		return err
	})
}

// Packed gives a version's folder; see services.Store.
func (s *Store) Packed(ctx context.Context, service, version string) (packed []byte, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT packed FROM services WHERE service = ? AND version = ?`, service, version).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, services.ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: read service: %w", err)
	}
	return packed, nil
}

// Offers lists what is offered; see services.Store.
func (s *Store) Offers(ctx context.Context) ([]services.Offer, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT service, version, since, serial, epoch FROM service_offers WHERE version <> '' ORDER BY service`)
	return each(rows, err, "list offers", func(r *sql.Rows, o *services.Offer) error {
		var since int64
		err := r.Scan(&o.Service, &o.Version, &since, &o.Serial, &o.Epoch)
		o.Since = s.moment(since)
		return err
	})
}

// Serial is the last word about a service; see services.Store.
func (s *Store) Serial(ctx context.Context, service string) (serial int64, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT serial FROM service_offers WHERE service = ?`, service).Scan(&serial)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("sqlite: read offer: %w", err)
	}
	return serial, nil
}

// Decided counts decisions; see services.Store.
func (s *Store) Decided(ctx context.Context) (n int64, err error) {
	if err := s.db.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM service_events`).Scan(&n); err != nil {
		return 0, fmt.Errorf("sqlite: count decisions: %w", err)
	}
	return n, nil
}

// History lists decisions; see services.Store.
func (s *Store) History(ctx context.Context, limit int) ([]services.Event, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT at, who, kind, service, version FROM service_events ORDER BY id DESC LIMIT ?`, limit)
	return each(rows, err, "list decisions", func(r *sql.Rows, e *services.Event) error {
		var at int64
		err := r.Scan(&at, &e.Who, &e.Kind, &e.Service, &e.Version)
		e.At = s.moment(at)
		return err
	})
}

// messageLife is how long a message about faults is known again; a device tries for some days at most.
const messageLife = 90 * 24 * time.Hour

// maxFaultRows is how many different faults are kept; those that nobody heard of for long go first.
const maxFaultRows = 5000

// CountFaults adds faults once; see services.Store.
func (s *Store) CountFaults(ctx context.Context, id, device string, faults []wire.Fault) error {
	now := s.now()
	return s.write(ctx, "count faults", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO fault_messages (id, at) VALUES (?,?) ON CONFLICT DO NOTHING`, id, millis(now))
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, f := range faults {
			if _, err := tx.ExecContext(ctx, `INSERT INTO service_faults (kind, service, version, file, line, key, reason, device, count, last) VALUES (?,?,?,?,?,?,?,?,?,?)
				ON CONFLICT DO UPDATE SET count = count + excluded.count, last = excluded.last`,
				f.Kind, f.Service, f.Version, f.File, f.Line, f.Key, f.Reason, device, f.Count, millis(now)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM service_faults WHERE id IN (SELECT id FROM service_faults ORDER BY last DESC, id DESC LIMIT -1 OFFSET ?)`, maxFaultRows); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM fault_messages WHERE at < ?`, millis(now.Add(-messageLife)))
		return err
	})
}

// ServiceFaults lists faults; see services.Store.
func (s *Store) ServiceFaults(ctx context.Context, limit int) ([]services.Fault, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT kind, service, version, file, line, key, reason, device, count, last FROM service_faults ORDER BY last DESC, id DESC LIMIT ?`, limit)
	return each(rows, err, "list faults", func(r *sql.Rows, f *services.Fault) error {
		var last int64
		err := r.Scan(&f.Kind, &f.Service, &f.Version, &f.File, &f.Line, &f.Key, &f.Reason, &f.Device, &f.Count, &last)
		f.Last = s.moment(last)
		return err
	})
}

// Publishers lists whose signature counts; see services.Store.
func (s *Store) Publishers(ctx context.Context) ([]services.Publisher, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT name, key, added FROM publishers ORDER BY name`)
	return each(rows, err, "list publishers", func(r *sql.Rows, p *services.Publisher) error {
		var jwk string
		var added int64
		if err := r.Scan(&p.Name, &jwk, &added); err != nil {
			return err
		}
		p.Added = s.moment(added)
		return json.Unmarshal([]byte(jwk), &p.Key)
	})
}

// AddPublisher adds one; see services.Store.
func (s *Store) AddPublisher(ctx context.Context, p services.Publisher) error {
	jwk, err := json.Marshal(p.Key)
	if err != nil {
		return fmt.Errorf("sqlite: add publisher: %w", err)
	}
	r, err := s.db.ExecContext(ctx, `INSERT INTO publishers (name, kid, key, added) VALUES (?,?,?,?) ON CONFLICT DO NOTHING`, p.Name, p.Key.ID(), string(jwk), millis(p.Added))
	return changedOne(r, err, "add publisher", services.ErrPublisher)
}

// RemovePublisher takes one away; see services.Store.
func (s *Store) RemovePublisher(ctx context.Context, name string) error {
	r, err := s.db.ExecContext(ctx, `DELETE FROM publishers WHERE name = ?`, name)
	return changedOne(r, err, "remove publisher", services.ErrPublisher)
}

// LetPublish says whether somebody may decide what is offered. ErrUser when there is none of this login.
func (s *Store) LetPublish(ctx context.Context, login string, may bool) error {
	return s.changeUser(ctx, `UPDATE users SET publishes = ? WHERE login = ?`, may, login)
}

func changedOne(r sql.Result, err error, op string, none error) error {
	if err != nil {
		return fmt.Errorf("sqlite: %s: %w", op, err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, none)
	}
	return nil
}
