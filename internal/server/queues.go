package server

import (
	"context"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// ErrOffice says that the tenant has no such office.
var ErrOffice = errors.New("server: no such office")

// Count publishes to devices and phones how many people wait at an office now: a row of the tenant's table "offices". ErrOffice, publish.ErrQueue.
func (s *Server) Count(ctx context.Context, office string, waiting int) error {
	now := s.o.Now()
	if _, ok := s.o.Catalogue.Tenant().Office(office, "de", now); !ok {
		return ErrOffice
	}
	return s.everybody(func(p *publish.Publisher) error {
		return p.Queue(ctx, service.Queue{Office: office, Waiting: waiting, At: now})
	})
}

// Uncount takes back what Count published.
func (s *Server) Uncount(ctx context.Context, office string) error {
	return s.everybody(func(p *publish.Publisher) error { return p.QueueGone(ctx, office) })
}

// Queues is what Count published, by office, however old.
func (s *Server) Queues(ctx context.Context) (map[string]service.Queue, error) {
	q, err := s.Public.Queues(ctx)
	if err != nil {
		return nil, fmt.Errorf("server: queues: %w", err)
	}
	return q, nil
}

// everybody publishes to enrolled devices and to phones.
func (s *Server) everybody(tell func(p *publish.Publisher) error) error {
	return errors.Join(tell(s.publish), tell(s.Public))
}
