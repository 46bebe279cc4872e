package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// DockEnd is the end of the name of the folder, beside the database's file, in which sealed files wait for the envelope that names them. It
// needs no backup: what is there was not confirmed to anybody.
const DockEnd = ".dock"

// Dock is where devices bring sealed files. Keep takes them from there.
func (s *Store) Dock() *hall.Dock { return s.dock }

// fetch reads an envelope's sealed files from the dock; false when one is missing.
func (s *Store) fetch(item wire.Item) ([][]byte, bool, error) {
	files := make([][]byte, len(item.Blobs))
	for n, ref := range item.Blobs {
		data, ok, err := s.dock.Read(ref)
		if err != nil || !ok {
			return nil, false, err
		}
		files[n] = data
	}
	return files, true, nil
}

func insertParts(ctx context.Context, tx *sql.Tx, item wire.Item, files [][]byte) error {
	for n, data := range files {
		if _, err := tx.ExecContext(ctx, `INSERT INTO parts (envelope, number, sha256, data) VALUES (?,?,?,?)`,
			item.ID, n, item.Blobs[n].SHA256, data); err != nil {
			return err
		}
	}
	return nil
}

// Part gives a sealed file that came with an envelope; see intake.Parts.
func (s *Store) Part(ctx context.Context, sha256 string) ([]byte, error) {
	var data []byte
	err := s.db.QueryRowContext(ctx, `SELECT data FROM parts WHERE sha256 = ? LIMIT 1`, sha256).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, intake.ErrPart
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: part: %w", err)
	}
	return data, nil
}

// opened lists the envelopes that became a case whose photos are as many as their sealed files: nobody needs those any more. Where one could not be
// opened, or came twice, all stay.
func (s *Store) opened(ctx context.Context) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT e.id FROM envelopes e JOIN cases c ON c.envelope = e.id WHERE e.state = ?
		AND EXISTS (SELECT 1 FROM parts p WHERE p.envelope = e.id)
		AND (SELECT COUNT(*) FROM parts p WHERE p.envelope = e.id) <= (SELECT COUNT(*) FROM photos f WHERE f.case_id = c.id)`, string(intake.Done))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// dropParts takes away the sealed files of envelopes.
func (s *Store) dropParts(ctx context.Context, envelopes []string) error {
	if len(envelopes) == 0 {
		return nil
	}
	ids, err := json.Marshal(envelopes)
	if err != nil {
		return err
	}
	return s.write(ctx, "drop sealed files", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM parts WHERE envelope IN (SELECT value FROM json_each(?))`, string(ids))
		return err
	})
}
