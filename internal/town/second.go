package town

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// Second is another terminal of the town, without devices on its counter, open until Close. It goes through the same line as the first.
type Second struct {
	Post *outpost.Outpost

	town *Town
}

// Second enrols another terminal that keeps its data in the town's folder of this name.
func (t *Town) Second(ctx context.Context, name string) (*Second, error) {
	dir := filepath.Join(t.dir, name)
	code, err := t.Hall.Store.AddCode(ctx, name, tenant, tenant, t.o.Now().Add(time.Hour))
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("town: second terminal: %w", err)
	}
	id, err := device.Enroll(ctx, dir, device.Entry{URL: "https://" + t.line.Addr(), Fingerprint: t.Hall.CA.Fingerprint(), Code: code})
	if err != nil {
		return nil, fmt.Errorf("town: second terminal: %w", err)
	}
	post, err := outpost.Open(dir, id, outpost.Options{Now: t.o.Now, Store: t.o.Store})
	if err != nil {
		return nil, fmt.Errorf("town: second terminal: %w", err)
	}
	s := &Second{Post: post, town: t}
	return s, s.Sync(ctx)
}

// Desk is the terminal's desk.
func (s *Second) Desk() visit.Desk { return s.Post.Desk() }

// Sync does one exchange with the town hall; then the town hall opens what arrived, also when the exchange failed.
func (s *Second) Sync(ctx context.Context) error {
	err := s.Post.Client.Sync(ctx)
	_, work := s.town.Hall.Work(ctx)
	return errors.Join(err, work)
}

// Close switches the terminal off.
func (s *Second) Close() error { return s.Post.Close() }
