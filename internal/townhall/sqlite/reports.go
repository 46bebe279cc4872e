package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// Photos are rows of the database and no files beside it. They come with their case in one transaction; a backup that is whole has them, and
// the watermark, after which devices forget what they sent, holds for them without another word. At 400 KiB a photo and a few thousand reports
// a year the file stays one that a town can copy every night.

// digest is what answers call a photo.
var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// kept is what is stored of a report without columns of its own.
type kept struct {
	What  string    `json:"what"`
	Words string    `json:"words"`
	Place form.Spot `json:"place"`
}

func insertPhotos(ctx context.Context, tx *sql.Tx, id int64, photos []cases.Photo) error {
	for _, p := range photos {
		if _, err := tx.ExecContext(ctx, `INSERT INTO photos (case_id, field, digest, width, height, size, data, type, pages, name) VALUES (?,?,?,?,?,?,?,?,?,?)
			ON CONFLICT (case_id, digest) DO NOTHING`, id, p.Field, p.Digest, p.Width, p.Height, p.Size, p.Data, cmp.Or(p.Type, enclosure.JPEG), p.Pages, p.Name); err != nil {
			return err
		}
	}
	return nil
}

// applyReport stores what a change says of a report.
func applyReport(ctx context.Context, tx *sql.Tx, c cases.Case, with cases.Change) error {
	exec := func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	if err := saveReport(ctx, tx, c); err != nil {
		return err
	}
	for _, number := range with.Adopt {
		if err := exec(`UPDATE OR IGNORE supports SET case_id = ? WHERE case_id = (SELECT id FROM cases WHERE number = ?)`, c.ID, number); err != nil {
			return err
		}
		if err := exec(`DELETE FROM supports WHERE case_id = (SELECT id FROM cases WHERE number = ?)`, number); err != nil { // who supported both
			return err
		}
	}
	for _, s := range with.Supporters {
		if err := exec(`INSERT INTO supports (case_id, recipient, address, lang, number, at) VALUES (?,?,?,?,?,?) ON CONFLICT (case_id, recipient) DO NOTHING`,
			c.ID, s.Recipient, s.Address, s.Lang, s.Number, millis(s.At)); err != nil {
			return err
		}
	}
	for _, o := range with.Others { // under a new number: newest last
		if err := exec(`DELETE FROM answers WHERE case_id = ? AND address = ?`, c.ID, o.Address); err != nil {
			return err
		}
		if err := exec(`INSERT INTO answers (case_id, address, data) VALUES (?,?,?)`, c.ID, o.Address, o.Data); err != nil {
			return err
		}
	}
	for _, a := range with.Also {
		if err := update(ctx, tx, a.Case, a.From, a.With); err != nil {
			return err
		}
	}
	for _, r := range with.Public {
		if _, err := put(ctx, tx, publish.Public, r); err != nil {
			return err
		}
	}
	return nil
}

func saveReport(ctx context.Context, tx *sql.Tx, c cases.Case) error {
	r := c.Report
	if r == nil {
		return nil
	}
	data, err := json.Marshal(kept{r.What, r.Words, r.Place})
	if err != nil {
		return err
	}
	var id any // NULL is not compared
	shown, publication := false, ""
	if r.Public != nil {
		raw, err := json.Marshal(r.Public)
		if err != nil {
			return err
		}
		id, shown, publication = r.Public.ID, r.Public.Shown, string(raw)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO reports (case_id, category, urgent, shown, public_id, data, publication) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (case_id) DO UPDATE SET category = excluded.category, urgent = excluded.urgent, shown = excluded.shown,
		public_id = excluded.public_id, data = excluded.data, publication = excluded.publication`,
		c.ID, r.Category, r.Urgent, shown, id, string(data), publication)
	return err
}

// fillReport adds what a report has more, and photos.
func (s *Store) fillReport(ctx context.Context, c *cases.Case) error {
	if err := s.lookAtReport(ctx, c); err != nil || c.Report == nil {
		return err
	}
	rows, err := s.db.QueryContext(ctx, `SELECT number FROM cases WHERE main = ? ORDER BY id`, c.Number)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var number string
		if err := rows.Scan(&number); err != nil {
			return err
		}
		c.Report.Merged = append(c.Report.Merged, number)
	}
	return rows.Err()
}

// lookAtReport adds photos and the report, without the reports that were merged into it.
func (s *Store) lookAtReport(ctx context.Context, c *cases.Case) error {
	photos, err := s.db.QueryContext(ctx, `SELECT field, digest, width, height, size, type, pages, name FROM photos WHERE case_id = ? ORDER BY id`, c.ID)
	if err != nil {
		return err
	}
	defer photos.Close()
	for photos.Next() {
		var p cases.Photo
		if err := photos.Scan(&p.Field, &p.Digest, &p.Width, &p.Height, &p.Size, &p.Type, &p.Pages, &p.Name); err != nil {
			return err
		}
		c.Photos = append(c.Photos, p)
	}
	if err := errors.Join(photos.Err(), photos.Close()); err != nil {
		return err
	}
	var r cases.Report
	var data, publication string
	err = s.db.QueryRowContext(ctx, `SELECT category, urgent, data, publication,
			(SELECT count(*) FROM supports WHERE case_id = ?) + (SELECT count(*) FROM cases WHERE main = ?)
		FROM reports WHERE case_id = ?`, c.ID, c.Number, c.ID).Scan(&r.Category, &r.Urgent, &data, &publication, &r.Supports)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	var k kept
	if json.Unmarshal([]byte(data), &k) != nil {
		return errors.New("a stored report cannot be read") // the cause could repeat content
	}
	r.What, r.Words, r.Place = k.What, k.Words, k.Place
	if publication != "" {
		r.Public = &cases.Publication{}
		if json.Unmarshal([]byte(publication), r.Public) != nil {
			return errors.New("a stored publication cannot be read")
		}
		r.Public.At = r.Public.At.In(s.now().Location())
	}
	c.Report = &r
	return nil
}

// Reports gives a page of reports; see cases.ReportStore.
func (s *Store) Reports(ctx context.Context, f cases.ReportFilter) (cases.Page, error) {
	if f.Size <= 0 {
		f.Size = 50
	}
	f.Size = min(f.Size, 500)
	where, args := []string{"main = ''", "id IN (SELECT case_id FROM reports)"}, []any{}
	add := func(on bool, sql string, a ...any) {
		if on {
			where, args = append(where, sql), append(args, a...)
		}
	}
	add(f.Open, "open = 1")
	add(f.Done, "open = 0")
	add(f.State != "", "state = ?", string(f.State))
	add(f.Category != "", "id IN (SELECT case_id FROM reports WHERE category = ?)", f.Category)
	add(f.Urgent, "id IN (SELECT case_id FROM reports WHERE urgent = 1)")
	add(f.Public, "id IN (SELECT case_id FROM reports WHERE shown = 1)")
	add(!f.Since.IsZero(), "received >= ?", millis(f.Since))
	conditions := strings.Join(where, " AND ")
	p := cases.Page{Size: f.Size}
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM cases WHERE `+conditions, args...).Scan(&p.Total); err != nil {
		return cases.Page{}, fmt.Errorf("sqlite: count reports: %w", err)
	}
	p.Pages = max(1, (p.Total+f.Size-1)/f.Size)
	p.Page = min(max(1, f.Page), p.Pages)
	rows, err := s.db.QueryContext(ctx, `SELECT `+columns+` FROM cases WHERE `+conditions+`
		ORDER BY open DESC, open * (SELECT urgent FROM reports WHERE case_id = cases.id) DESC, CASE open WHEN 1 THEN due ELSE -decided END, id LIMIT ? OFFSET ?`,
		append(args, f.Size, (p.Page-1)*f.Size)...)
	if err != nil {
		return cases.Page{}, fmt.Errorf("sqlite: list reports: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		c, err := s.decode(rows)
		if err != nil {
			return cases.Page{}, fmt.Errorf("sqlite: list reports: %w", err)
		}
		p.Cases = append(p.Cases, c)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return cases.Page{}, fmt.Errorf("sqlite: list reports: %w", err)
	}
	for i := range p.Cases {
		if err := s.lookAtReport(ctx, &p.Cases[i]); err != nil {
			return cases.Page{}, fmt.Errorf("sqlite: list reports: %w", err)
		}
	}
	return p, nil
}

// ReportCounts gives the figures above the list; see cases.ReportStore.
func (s *Store) ReportCounts(ctx context.Context) (n cases.ReportCounts, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE open = 1), count(*) FILTER (WHERE open = 1 AND state = ?),
			count(*) FILTER (WHERE open = 1 AND state <> ?), count(*) FILTER (WHERE open = 1 AND urgent = 1), count(*) FILTER (WHERE open = 1 AND shown = 1),
			count(*) FILTER (WHERE open = 0)
		FROM cases JOIN reports ON case_id = cases.id WHERE main = ''`, string(service.StateReceived), string(service.StateReceived)).
		Scan(&n.Open, &n.New, &n.InWork, &n.Urgent, &n.Public, &n.Done)
	if err != nil {
		return n, fmt.Errorf("sqlite: count reports: %w", err)
	}
	return n, nil
}

// Merged gives the cases that were merged into one; see cases.ReportStore.
func (s *Store) Merged(ctx context.Context, number string) ([]cases.Case, error) {
	if number == "" {
		return nil, nil
	}
	found, err := s.whole(ctx, `main = ?`, number)
	if err != nil {
		return nil, fmt.Errorf("sqlite: get merged reports: %w", err)
	}
	return found, nil
}

// ByPublic finds a published report; see cases.ReportStore.
func (s *Store) ByPublic(ctx context.Context, id string) (number string, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT number FROM cases JOIN reports ON case_id = cases.id WHERE public_id = ?`, id).Scan(&number)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", cases.ErrNotFound
	case err != nil:
		return "", fmt.Errorf("sqlite: find published report: %w", err)
	}
	return number, nil
}

// Supporters lists who supports a report; see cases.ReportStore.
func (s *Store) Supporters(ctx context.Context, number string) ([]cases.Supporter, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT supports.recipient, supports.address, supports.lang, supports.number, supports.at
		FROM supports JOIN cases ON case_id = cases.id WHERE cases.number = ? ORDER BY supports.id`, number)
	if err != nil {
		return nil, fmt.Errorf("sqlite: list supporters: %w", err)
	}
	defer rows.Close()
	var all []cases.Supporter
	for rows.Next() {
		var x cases.Supporter
		var at int64
		if err := rows.Scan(&x.Recipient, &x.Address, &x.Lang, &x.Number, &at); err != nil {
			return nil, fmt.Errorf("sqlite: list supporters: %w", err)
		}
		x.At = s.moment(at)
		all = append(all, x)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlite: list supporters: %w", err)
	}
	return all, nil
}

// Photo gives the bytes of a photo; see cases.ReportStore.
func (s *Store) Photo(ctx context.Context, number, sum string) (data []byte, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT photos.data FROM photos JOIN cases ON case_id = cases.id WHERE number = ? AND digest = ?`, number, sum).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, cases.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("sqlite: get photo: %w", err)
	}
	return data, nil
}
