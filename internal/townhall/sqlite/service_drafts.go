package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

const stateColumns = `revision, service, title, base, at, who, what, file, wrong, digest`

// newestState is the revision of a draft's newest state; 0: there is no draft.
const newestState = `SELECT COALESCE(MAX(revision), 0) FROM service_drafts WHERE service = ?`

func (s *Store) scanState(scan func(...any) error, x *services.State, more ...any) error {
	var at int64
	err := scan(append([]any{&x.Revision, &x.Service, &x.Title, &x.Base, &at, &x.Who, &x.What, &x.File, &x.Wrong, &x.Digest}, more...)...)
	x.At = s.moment(at)
	return err
}

// SaveDraftState adds a state to a draft; see services.Drafts.
func (s *Store) SaveDraftState(ctx context.Context, x services.State, before int64, keep int) (revision int64, err error) {
	err = s.write(ctx, "save draft of a service", func(tx *sql.Tx) error {
		var newest int64
		if err := tx.QueryRowContext(ctx, newestState, x.Service).Scan(&newest); err != nil {
			return err
		}
		if newest != before {
			return services.ErrNewer
		}
		r, err := tx.ExecContext(ctx, `INSERT INTO service_drafts (service, title, base, at, who, what, file, wrong, digest, packed) VALUES (?,?,?,?,?,?,?,?,?,?)`,
			x.Service, x.Title, x.Base, millis(x.At), x.Who, x.What, x.File, x.Wrong, x.Digest, x.Packed)
		if err != nil {
			return err
		}
		if revision, err = r.LastInsertId(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM service_drafts WHERE service = ? AND revision NOT IN (SELECT revision FROM service_drafts WHERE service = ? ORDER BY revision DESC LIMIT ?)`,
			x.Service, x.Service, keep)
		return err
	})
	return revision, err
}

// DraftState gives a state of a draft; see services.Drafts.
func (s *Store) DraftState(ctx context.Context, service string, revision int64) (x services.State, err error) {
	row := s.db.QueryRowContext(ctx, `SELECT `+stateColumns+`, packed FROM service_drafts WHERE service = ? AND (revision = ? OR ? = 0) ORDER BY revision DESC LIMIT 1`, service, revision, revision)
	err = s.scanState(row.Scan, &x, &x.Packed)
	if errors.Is(err, sql.ErrNoRows) {
		return services.State{}, services.ErrDraft
	}
	if err != nil {
		return services.State{}, fmt.Errorf("sqlite: read draft of a service: %w", err)
	}
	return x, nil
}

// DraftStates lists the states of a draft; see services.Drafts.
func (s *Store) DraftStates(ctx context.Context, service string) ([]services.State, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+stateColumns+` FROM service_drafts WHERE service = ? ORDER BY revision DESC`, service)
	return each(rows, err, "list states of a draft", func(r *sql.Rows, x *services.State) error { return s.scanState(r.Scan, x) })
}

// DraftedServices lists all drafts; see services.Drafts.
func (s *Store) DraftedServices(ctx context.Context) ([]services.State, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+stateColumns+` FROM service_drafts WHERE revision IN (SELECT MAX(revision) FROM service_drafts GROUP BY service) ORDER BY revision DESC`)
	return each(rows, err, "list drafts of services", func(r *sql.Rows, x *services.State) error { return s.scanState(r.Scan, x) })
}

// DropDraftStates throws a draft away; see services.Drafts.
func (s *Store) DropDraftStates(ctx context.Context, service string, before int64) error {
	return s.write(ctx, "drop draft of a service", func(tx *sql.Tx) error {
		var newest int64
		if err := tx.QueryRowContext(ctx, newestState, service).Scan(&newest); err != nil {
			return err
		}
		switch newest {
		case 0:
			return services.ErrDraft
		case before:
			_, err := tx.ExecContext(ctx, `DELETE FROM service_drafts WHERE service = ?`, service)
			return err
		}
		return services.ErrNewer
	})
}
