package device

import (
	"context"
	"encoding/json"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Signers lists the keys by which the town hall's receipts and its words about keys are checked: those of the enrolment, and every later one
// that one of them vouches for, in however many steps. It needs no line.
func (c *Client) Signers(ctx context.Context) ([]proof.PublicKey, error) {
	records, err := c.store.Records(ctx, wire.CollectionSigners)
	if err != nil {
		return nil, err
	}
	keys := append([]proof.PublicKey(nil), c.id.Hall()...)
	for more := true; more; { // the records are in no order that says which key came first
		more = false
		for _, r := range records {
			k, ok := follower(keys, r)
			if ok && !known(keys, k) {
				keys, more = append(keys, k), true
			}
		}
	}
	return keys, nil
}

// follower gives the key that a record names, if one of the keys signed it.
func follower(keys []proof.PublicKey, r wire.Record) (k proof.PublicKey, ok bool) {
	var token string
	var s wire.Signer
	if json.Unmarshal(r.Data, &token) != nil {
		return k, false
	}
	if _, err := proof.Verify(keys, proof.Signer, token, &s); err != nil {
		return k, false
	}
	return k, json.Unmarshal(s.Key, &k) == nil
}

func known(keys []proof.PublicKey, k proof.PublicKey) bool {
	for _, had := range keys {
		if had.ID() == k.ID() {
			return true
		}
	}
	return false
}
