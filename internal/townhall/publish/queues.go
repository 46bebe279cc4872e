package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// ErrQueue says that a count of waiting people cannot be right.
var ErrQueue = errors.New("publish: no such number of people waiting")

// Queue publishes how many people wait at an office. Devices show it for a quarter of an hour after its time.
func (p *Publisher) Queue(ctx context.Context, q service.Queue) error {
	if q.Office == "" || !q.Fresh(q.At) {
		return ErrQueue
	}
	q.At = q.At.UTC()
	return p.put(ctx, service.CollectionQueues, q.Office, q)
}

// QueueGone takes back how many people wait at an office.
func (p *Publisher) QueueGone(ctx context.Context, office string) error {
	changed, err := p.o.Store.Put(ctx, p.o.Scope, wire.Record{Collection: service.CollectionQueues, ID: office, Deleted: true})
	if err != nil {
		return fmt.Errorf("publish: %s: %w", service.CollectionQueues, err)
	}
	if changed && p.o.Nudge != nil {
		p.o.Nudge()
	}
	return nil
}

// Queues gives what is published, by office, however old.
func (p *Publisher) Queues(ctx context.Context) (map[string]service.Queue, error) {
	queues, seq := map[string]service.Queue{}, int64(0)
	for {
		records, err := p.o.Store.After(ctx, p.o.Scope, seq, wire.MaxRecords)
		if err != nil {
			return nil, fmt.Errorf("publish: %s: %w", service.CollectionQueues, err)
		}
		for _, r := range records {
			seq = r.Seq
			if r.Collection != service.CollectionQueues || r.Deleted {
				continue
			}
			var q service.Queue
			if err := json.Unmarshal(r.Data, &q); err != nil {
				return nil, fmt.Errorf("publish: %s: %w", service.CollectionQueues, err)
			}
			queues[q.Office] = q
		}
		if len(records) < wire.MaxRecords {
			return queues, nil
		}
	}
}
