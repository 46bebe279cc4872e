package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Key publishes a key of the authority, signed. Devices seal to the one that was issued last. The record's id is the key's.
func (p *Publisher) Key(ctx context.Context, tenant string, k seal.Public, issued time.Time) error {
	jwk, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("publish: keys: %w", err)
	}
	token, err := p.o.Sign(proof.Keys, wire.Key{Tenant: tenant, Issued: issued.UTC(), Key: jwk})
	if err != nil {
		return fmt.Errorf("publish: keys: %w", err)
	}
	return p.put(ctx, wire.CollectionKeys, k.ID(), token)
}
