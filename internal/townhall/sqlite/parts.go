package sqlite

import (
	"context"
	"database/sql"
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
