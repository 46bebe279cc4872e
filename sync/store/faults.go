package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// maxFaultRows is how many different faults are counted: with more, what is told already says enough.
const maxFaultRows = 500

// metaFaults is the message that was made and that the town hall has not answered yet.
const metaFaults = "faults"

// Fault is something that is wrong with a service here.
type Fault struct {
	wire.Fault
	At time.Time // when it was found last
}

// NoteFault counts what was found. The same thing refused again is one fault: it is tried at every start.
func (s *Store) NoteFault(ctx context.Context, f wire.Fault) error {
	if err := f.Check(); err != nil {
		return err
	}
	news := false
	err := s.write(ctx, fresh, "note fault", func(tx *sql.Tx) error {
		r, err := tx.Exec(`UPDATE faults SET count = MIN(count + ?, ?), at = ? WHERE kind = ? AND service = ? AND version = ? AND file = ? AND line = ? AND key = ? AND reason = ?`,
			again(f), int64(wire.MaxTimes), s.o.Now().UnixMilli(), f.Kind, f.Service, f.Version, f.File, f.Line, f.Key, f.Reason)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			news = again(f) > 0
			return err
		}
		news = true
		_, err = tx.Exec(`INSERT INTO faults (kind, service, version, file, line, key, reason, count, at)
			SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT COUNT(*) FROM faults) < ?`,
			f.Kind, f.Service, f.Version, f.File, f.Line, f.Key, f.Reason, f.Count, s.o.Now().UnixMilli(), maxFaultRows)
		return err
	})
	if err == nil && news {
		s.signal()
	}
	return err
}

// again is how much a fault counts that was noted before.
func again(f wire.Fault) int64 {
	if f.Kind == wire.FaultRefused {
		return 0
	}
	return f.Count
}

// Faults lists what is wrong with services, the newest first.
func (s *Store) Faults(ctx context.Context) ([]Fault, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT kind, service, version, file, line, key, reason, count, at FROM faults ORDER BY at DESC, n DESC`)
	if err != nil {
		return nil, fmt.Errorf("store: faults: %w", err)
	}
	defer rows.Close()
	var list []Fault
	for rows.Next() {
		var f Fault
		var at int64
		if err := rows.Scan(&f.Kind, &f.Service, &f.Version, &f.File, &f.Line, &f.Key, &f.Reason, &f.Count, &at); err != nil {
			return nil, fmt.Errorf("store: faults: %w", err)
		}
		f.At = time.UnixMilli(at)
		list = append(list, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: faults: %w", err)
	}
	return list, nil
}

// Untold gives the message about faults that the town hall should hear next; false when there is nothing to tell. It gives the same message until
// Told, also after a crash, so that nothing is counted twice.
func (s *Store) Untold(ctx context.Context) (m wire.Faults, ok bool, err error) {
	err = s.write(ctx, fresh, "untold faults", func(tx *sql.Tx) error {
		text, err := meta(tx, metaFaults)
		if err != nil {
			return err
		}
		if text != "" && json.Unmarshal([]byte(text), &m) == nil && m.Check() == nil {
			ok = true
			return nil
		}
		m = wire.Faults{V: wire.Version, ID: uuid.NewString()}
		if m.Faults, err = untold(tx); err != nil || len(m.Faults) == 0 {
			return err
		}
		raw, err := json.Marshal(m)
		if err != nil {
			return err
		}
		ok = true
		return setMeta(tx, metaFaults, string(raw))
	})
	return m, ok && err == nil, err
}

func untold(tx *sql.Tx) (list []wire.Fault, err error) {
	rows, err := tx.Query(`SELECT kind, service, version, file, line, key, reason, count - told FROM faults WHERE count > told ORDER BY n LIMIT ?`, wire.MaxFaults)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f wire.Fault
		if err := rows.Scan(&f.Kind, &f.Service, &f.Version, &f.File, &f.Line, &f.Key, &f.Reason, &f.Count); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// Told notes that the town hall has counted a message.
func (s *Store) Told(ctx context.Context, m wire.Faults) error {
	return s.write(ctx, drain, "told faults", func(tx *sql.Tx) error {
		text, err := meta(tx, metaFaults)
		if err != nil || text == "" {
			return err
		}
		var at wire.Faults
		if json.Unmarshal([]byte(text), &at) != nil || at.ID != m.ID {
			return nil // another one was made meanwhile
		}
		for _, f := range at.Faults {
			if _, err := tx.Exec(`UPDATE faults SET told = MIN(told + ?, count) WHERE kind = ? AND service = ? AND version = ? AND file = ? AND line = ? AND key = ? AND reason = ?`,
				f.Count, f.Kind, f.Service, f.Version, f.File, f.Line, f.Key, f.Reason); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`DELETE FROM meta WHERE key = ?`, metaFaults)
		return err
	})
}
