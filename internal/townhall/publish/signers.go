package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Signer publishes that k follows the town hall's former key, signed with that one: devices that know the former key trust k from then on. The
// record's id is the new key's.
func (p *Publisher) Signer(ctx context.Context, former proof.Key, k proof.PublicKey, issued time.Time) error {
	jwk, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("publish: signers: %w", err)
	}
	token, err := proof.Sign(former, proof.Signer, wire.Signer{Issued: issued.UTC(), Key: jwk})
	if err != nil {
		return fmt.Errorf("publish: signers: %w", err)
	}
	return p.put(ctx, wire.CollectionSigners, k.ID(), token)
}
