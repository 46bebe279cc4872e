package sqlite

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
)

// Device is an enrolled device as the staff see it.
type Device struct {
	hall.Device
	Enrolled time.Time
	Revoked  time.Time // zero while it may work
}

// ErrDevice says that there is no such device at work.
var ErrDevice = errors.New("sqlite: no such device")

// AddCode writes down a device that may enrol once, until expires, and gives the code for it: twelve letters and digits without look-alikes,
// grouped by hyphens. Only its hash is kept.
func (s *Store) AddCode(ctx context.Context, name, tenant, scope string, expires time.Time) (string, error) {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // 32: every byte's low five bits name one
	var raw [12]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("sqlite: add device: %w", err)
	}
	for i, b := range raw {
		raw[i] = letters[b&31]
	}
	code := string(raw[:4]) + "-" + string(raw[4:8]) + "-" + string(raw[8:])
	_, err := s.db.ExecContext(ctx, `INSERT INTO codes (hash, name, tenant, scope, expires) VALUES (?,?,?,?,?)`,
		hashCode(code), name, tenant, scope, millis(expires))
	if err != nil {
		return "", fmt.Errorf("sqlite: add device: %w", err)
	}
	return code, nil
}

// hashCode needs no salt: a code has 60 random bits and lives for a day.
func hashCode(code string) string {
	sum := sha256.Sum256([]byte(strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))))
	return hex.EncodeToString(sum[:])
}

// Enroll uses a code up and stores the device; see hall.Devices.
func (s *Store) Enroll(ctx context.Context, code string, d hall.Device) (hall.Device, error) {
	jwk, err := json.Marshal(d.Key)
	if err != nil {
		return hall.Device{}, fmt.Errorf("sqlite: enrol device: %w", err)
	}
	err = s.write(ctx, "enrol device", func(tx *sql.Tx) error {
		now := millis(s.now())
		err := tx.QueryRowContext(ctx, `UPDATE codes SET used = ? WHERE hash = ? AND used = 0 AND expires > ? RETURNING name, tenant, scope`,
			now, hashCode(code), now).Scan(&d.Name, &d.Tenant, &d.Scope)
		if errors.Is(err, sql.ErrNoRows) {
			return hall.ErrCode
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO devices (id, name, tenant, scope, fingerprint, key, enrolled) VALUES (?,?,?,?,?,?,?)`,
			d.ID, d.Name, d.Tenant, d.Scope, d.Fingerprint, string(jwk), now)
		return err
	})
	if err != nil {
		return hall.Device{}, err
	}
	return d, nil
}

// ByFingerprint finds a device that may work; see hall.Devices.
func (s *Store) ByFingerprint(ctx context.Context, fingerprint string) (hall.Device, error) {
	found, err := s.devices(ctx, `fingerprint = ? AND revoked = 0`, fingerprint)
	if err != nil {
		return hall.Device{}, err
	}
	if len(found) == 0 {
		return hall.Device{}, hall.ErrDevice
	}
	return found[0].Device, nil
}

// Devices lists all devices by name.
func (s *Store) Devices(ctx context.Context) ([]Device, error) { return s.devices(ctx, `1`) }

// Revoke shuts a device out, by name or id, and every other one of that name. What it brought before stays. ErrDevice when there is none.
func (s *Store) Revoke(ctx context.Context, device string) error {
	found, err := s.devices(ctx, `(name = ? OR id = ?) AND revoked = 0`, device, device)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return ErrDevice
	}
	var all []decision
	for _, d := range found {
		all = append(all, decision{Device: d.ID, Name: d.Name})
	}
	if err := s.decide(all...); err != nil {
		return fmt.Errorf("sqlite: revoke device: %w", err)
	}
	return s.write(ctx, "revoke device", func(tx *sql.Tx) error {
		for _, d := range found {
			if _, err := tx.ExecContext(ctx, `UPDATE devices SET revoked = ? WHERE id = ? AND revoked = 0`, millis(s.now()), d.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) devices(ctx context.Context, where string, args ...any) ([]Device, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, name, tenant, scope, fingerprint, key, enrolled, revoked FROM devices WHERE `+where+` ORDER BY name, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list devices: %w", err)
	}
	defer rows.Close()
	var all []Device
	for rows.Next() {
		var d Device
		var jwk string
		var enrolled, revoked int64
		if err := rows.Scan(&d.ID, &d.Name, &d.Tenant, &d.Scope, &d.Fingerprint, &jwk, &enrolled, &revoked); err != nil {
			return nil, fmt.Errorf("sqlite: list devices: %w", err)
		}
		if err := json.Unmarshal([]byte(jwk), &d.Key); err != nil {
			return nil, fmt.Errorf("sqlite: list devices: key: %w", err)
		}
		d.Enrolled, d.Revoked = s.moment(enrolled), s.moment(revoked)
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: list devices: %w", err)
	}
	return all, nil
}
