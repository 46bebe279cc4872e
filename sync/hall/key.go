package hall

import (
	"encoding/json"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// KeyData makes the data of a record in wire.CollectionKeys: the town hall's signed word that k is the authority's key of the tenant. Devices
// seal to the one with the newest issued. signer is the key of Options.
func KeyData(signer proof.Key, tenant string, k seal.Public, issued time.Time) (json.RawMessage, error) {
	jwk, err := json.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("hall: key data: %w", err)
	}
	token, err := proof.Sign(signer, proof.Keys, wire.Key{Tenant: tenant, Issued: issued.UTC(), Key: jwk})
	if err != nil {
		return nil, fmt.Errorf("hall: key data: %w", err)
	}
	return json.Marshal(token)
}
