// Package publish says what devices may know: records in collections, with sequence numbers in the order of commits.
//
// A collection is one file here and one reader beside its consumer.
package publish

import (
	"context"
	"encoding/json"
	"fmt"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Store keeps records.
type Store interface {
	// Put publishes a fact under a new sequence number, in place of what had the same scope, collection and id. It does nothing when
	// exactly this is published already, and tells so with false.
	Put(ctx context.Context, scope string, r wire.Record) (bool, error)
	// After lists records; see hall.Records.
	After(ctx context.Context, scope string, seq int64, limit int) ([]wire.Record, error)
}

// Options is what a Publisher works with.
type Options struct {
	Store Store
	Scope string // who may read: a tenant's id
	// Sign signs a payload as the town hall, with the given kind of proof. The same payload always gives the same token.
	Sign  func(kind string, payload any) (string, error)
	Nudge func() // tells connected devices that there is something to pull; nil: they will find out by themselves
}

// Publisher publishes facts.
type Publisher struct {
	o Options
}

// New makes a Publisher.
func New(o Options) *Publisher { return &Publisher{o: o} }

// put publishes data under an id.
func (p *Publisher) put(ctx context.Context, collection, id string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("publish: %s: %w", collection, err)
	}
	changed, err := p.o.Store.Put(ctx, p.o.Scope, wire.Record{Collection: collection, ID: id, Data: raw})
	if err != nil {
		return fmt.Errorf("publish: %s: %w", collection, err)
	}
	if changed && p.o.Nudge != nil {
		p.o.Nudge()
	}
	return nil
}
