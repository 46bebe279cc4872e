package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// ShutOut is the end of the name of the list of who was shut out, and of what was erased for good, beside the database's file.
//
// A backup remembers devices that were revoked and people who were shut out after it was made as if nothing had happened: whoever stole a
// terminal would be let in again by the restore. So every such decision is written to this list, too, before it counts. It is a file of its
// own, with lines only added, because a database is restored when it is damaged, which is when nothing can be read from it any more. The
// list needs no signature: who can change it can change the database. A new password is on it by a fingerprint that tells nothing about it, so
// that the old one, which somebody may have had reason to change, does not open the door again.
const ShutOut = ".shut-out"

// decision is a line of the list. The last one about somebody counts.
type decision struct {
	At       time.Time `json:"at"`
	Device   string    `json:"device,omitempty"`   // id: revoked, for ever
	Name     string    `json:"name,omitempty"`     // the device's, for people
	User     string    `json:"user,omitempty"`     // login
	Disabled bool      `json:"disabled,omitempty"` // the user is shut out
	Since    string    `json:"since,omitempty"`    // or may come in with the password of this fingerprint
	Case     string    `json:"case,omitempty"`     // number: what was said in it was erased because somebody has a right to it
}

// decide adds a line, durably. It begins with a line's end, so that a line that was cut off by a crash spoils none after it.
func (s *Store) decide(all ...decision) error {
	var b bytes.Buffer
	for _, d := range all {
		d.At = s.now().UTC()
		line, err := json.Marshal(d)
		if err != nil {
			return err
		}
		b.WriteByte('\n')
		b.Write(line)
		b.WriteByte('\n')
	}
	f, err := os.OpenFile(s.path+ShutOut, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return sync(s.path + ShutOut)
}

// begin makes the list where there is none, from what the database knows.
func (s *Store) begin(ctx context.Context) error {
	if _, err := os.Stat(s.path + ShutOut); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var known []decision
	devices, err := s.devices(ctx, `revoked <> 0`)
	if err != nil {
		return err
	}
	for _, d := range devices {
		known = append(known, decision{Device: d.ID, Name: d.Name})
	}
	rows, err := s.db.QueryContext(ctx, `SELECT login, password, disabled FROM users ORDER BY login`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var d decision
		var hash string
		if err := rows.Scan(&d.User, &hash, &d.Disabled); err != nil {
			return err
		}
		if !d.Disabled {
			d.Since = since(hash)
		}
		known = append(known, d)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.decide(known...)
}

// decided is what a list says: about each device and each user the last word.
type decided struct {
	whole   bool // the list is there, and every line of it can be read
	devices map[string]decision
	users   map[string]decision
	cases   []string // numbers
}

func readDecided(path string) (decided, error) {
	d := decided{whole: true, devices: map[string]decision{}, users: map[string]decision{}}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		d.whole = false
		return d, nil
	}
	if err != nil {
		return d, err
	}
	for line := range bytes.Lines(raw) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var one decision
		switch err := json.Unmarshal(line, &one); {
		case err != nil:
			d.whole = false
		case one.Device != "":
			d.devices[one.Device] = one
		case one.User != "":
			d.users[one.User] = one
		case one.Case != "":
			d.cases = append(d.cases, one.Case)
		}
	}
	return d, nil
}

// Restored says what a restore did besides putting the cases back: all that somebody has to know or look at.
type Restored struct {
	Devices []string // names of devices that the backup would have let in again, and that stay revoked
	Users   []string // logins that stay shut out, or are until they get a new password: the backup knows the one before
	// Look is set when the list of who was shut out is missing or damaged. Then nobody but people knows who may not come in any more.
	Look        bool
	LookDevices []string // names of the devices that may work now
	LookUsers   []string // logins of the people who may
}

// carry brings what was decided into a restored file. Codes to enrol with count no more: one that was used after the backup would again.
func carry(ctx context.Context, c *sql.Conn, d decided, now time.Time) (Restored, error) {
	out := Restored{Look: !d.whole}
	if _, err := c.ExecContext(ctx, `UPDATE codes SET used = ? WHERE used = 0`, millis(now)); err != nil {
		return out, err
	}
	type entry struct{ id, name, hash string }
	list := func(query string) (all []entry, err error) {
		rows, err := c.QueryContext(ctx, query)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var e entry
			if err := rows.Scan(&e.id, &e.name, &e.hash); err != nil {
				return nil, err
			}
			all = append(all, e)
		}
		return all, rows.Err()
	}
	devices, err := list(`SELECT id, name, '' FROM devices WHERE revoked = 0 ORDER BY name, id`)
	if err != nil {
		return out, err
	}
	for _, e := range devices {
		r, gone := d.devices[e.id]
		if !gone {
			out.LookDevices = append(out.LookDevices, e.name)
			continue
		}
		if _, err := c.ExecContext(ctx, `UPDATE devices SET revoked = ? WHERE id = ?`, max(1, millis(r.At)), e.id); err != nil {
			return out, err
		}
		out.Devices = append(out.Devices, e.name)
	}
	users, err := list(`SELECT login, name, password FROM users WHERE disabled = 0 ORDER BY login`)
	if err != nil {
		return out, err
	}
	for _, e := range users {
		last, known := d.users[e.id]
		if !known || !last.Disabled && last.Since == since(e.hash) {
			out.LookUsers = append(out.LookUsers, e.id)
			continue
		}
		if _, err := c.ExecContext(ctx, `UPDATE users SET disabled = 1 WHERE login = ?`, e.id); err != nil {
			return out, err
		}
		out.Users = append(out.Users, e.id)
	}
	if !out.Look {
		out.LookDevices, out.LookUsers = nil, nil
	}
	return out, nil
}

// shutOut writes a decision down, and then carries it out.
func (s *Store) shutOut(ctx context.Context, op string, d decision, query string, args ...any) error {
	if err := s.decide(d); err != nil {
		return fmt.Errorf("sqlite: %s: %w", op, err)
	}
	return s.changeUser(ctx, query, args...)
}
