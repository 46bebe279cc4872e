package device

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// ErrNoKey says that the device has not learned a key of the authority yet.
var ErrNoKey = errors.New("device: no key of the authority is known")

// receipt verifies the town hall's receipt for an item: only with it the item counts as delivered.
func (c *Client) receipt(ctx context.Context, item wire.Item, token, epoch string) (wire.Receipt, error) {
	var r wire.Receipt
	signers, err := c.Signers(ctx)
	if err != nil {
		return r, err
	}
	if _, err := proof.Verify(signers, proof.Receipt, token, &r); err != nil {
		return r, fmt.Errorf("device: receipt: %w", err)
	}
	if r.ID != item.ID || r.SHA256 != wire.Digest([]byte(item.Body)) || r.Epoch != epoch {
		return r, fmt.Errorf("device: receipt: for something else: %w", proof.ErrProof)
	}
	return r, nil
}

// Keys lists the authority's keys that the town hall vouched for, newest first. What it did not sign, or signed for another tenant, does not
// count.
func (c *Client) Keys(ctx context.Context) ([]seal.Public, error) {
	records, err := c.store.Records(ctx, wire.CollectionKeys)
	if err != nil {
		return nil, err
	}
	signers, err := c.Signers(ctx)
	if err != nil {
		return nil, err
	}
	type issued struct {
		key seal.Public
		at  time.Time
	}
	tokens := c.id.sealing()
	for _, r := range records {
		var token string
		if json.Unmarshal(r.Data, &token) == nil {
			tokens = append(tokens, token)
		}
	}
	var list []issued
	seen := map[string]bool{}
	for _, token := range tokens {
		var k wire.Key
		var key seal.Public
		if _, err := proof.Verify(signers, proof.Keys, token, &k); err != nil || k.Tenant != c.id.Tenant() {
			c.o.Log.Warn("sync: a key is not vouched for")
			continue
		}
		if json.Unmarshal(k.Key, &key) != nil || seen[key.ID()] {
			continue
		}
		seen[key.ID()] = true
		list = append(list, issued{key, k.Issued})
	}
	sort.SliceStable(list, func(a, b int) bool { return list[a].at.After(list[b].at) })
	keys := make([]seal.Public, len(list))
	for n := range list {
		keys[n] = list[n].key
	}
	return keys, nil
}

// NewestKey is the authority's key to seal to; ErrNoKey if none was learned yet. It needs no line.
func (c *Client) NewestKey(ctx context.Context) (seal.Public, error) {
	keys, err := c.Keys(ctx)
	if err != nil {
		return seal.Public{}, err
	}
	if len(keys) == 0 {
		return seal.Public{}, ErrNoKey
	}
	return keys[0], nil
}

// Seal seals plain to the newest key. ErrNoKey.
func (c *Client) Seal(ctx context.Context, id string, plain []byte) (seal.Envelope, error) {
	k, err := c.NewestKey(ctx)
	if err != nil {
		return seal.Envelope{}, err
	}
	return seal.Seal(k, id, plain)
}
