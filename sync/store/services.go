package store

import (
	"context"
	"database/sql"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Service is a version of a service that the town hall published and this device took.
type Service struct {
	ID, Version string
	Serial      int64  // of the town hall's last word about it
	Token       string // that word: JWS of kind "offer"
	Packed      []byte
	Current     bool // it is offered; the others are kept for visits that began with them
}

// formerServices is how many versions of a service are kept besides the one that is offered.
const formerServices = 4

// Services lists what was taken, by id, the newest word first.
func (s *Store) Services(ctx context.Context) ([]Service, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, version, serial, token, packed, current FROM services ORDER BY id, serial DESC`)
	if err != nil {
		return nil, fmt.Errorf("store: services: %w", err)
	}
	defer rows.Close()
	var list []Service
	for rows.Next() {
		var x Service
		if err := rows.Scan(&x.ID, &x.Version, &x.Serial, &x.Token, &x.Packed, &x.Current); err != nil {
			return nil, fmt.Errorf("store: services: %w", err)
		}
		list = append(list, x)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: services: %w", err)
	}
	return list, nil
}

// TakeService offers a version from now on, in place of another one of the same service, and forgets what it was refused for before. It does
// nothing when there is a newer word about the service.
func (s *Store) TakeService(ctx context.Context, x Service) error {
	return s.write(ctx, fresh, "take service", func(tx *sql.Tx) error {
		var newest int64
		if err := tx.QueryRow(`SELECT COALESCE(MAX(serial), 0) FROM services WHERE id = ?`, x.ID).Scan(&newest); err != nil || newest > x.Serial {
			return err
		}
		if _, err := tx.Exec(`UPDATE services SET current = 0 WHERE id = ?`, x.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO services (id, version, serial, token, packed, current) VALUES (?, ?, ?, ?, ?, 1)
			ON CONFLICT (id, version) DO UPDATE SET serial = excluded.serial, token = excluded.token, packed = excluded.packed, current = 1`,
			x.ID, x.Version, x.Serial, x.Token, x.Packed); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM services WHERE id = ? AND current = 0 AND n NOT IN
			(SELECT n FROM services WHERE id = ? AND current = 0 ORDER BY serial DESC LIMIT ?)`, x.ID, x.ID, formerServices); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM faults WHERE kind = ? AND service = ?`, wire.FaultRefused, x.ID)
		return err
	})
}

// WithdrawService offers no published version of a service any more.
func (s *Store) WithdrawService(ctx context.Context, id string) error {
	return s.write(ctx, drain, "withdraw service", func(tx *sql.Tx) error {
		if _, err := tx.Exec(`UPDATE services SET current = 0 WHERE id = ?`, id); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM faults WHERE kind = ? AND service = ?`, wire.FaultRefused, id)
		return err
	})
}
