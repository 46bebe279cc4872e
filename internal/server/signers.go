package server

import (
	"context"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// FormerKey is a key with which the town hall signed until another one followed it.
type FormerKey struct {
	Until time.Time `json:"until"`
	Key   proof.Key `json:"key"`
}

// PutHall makes a new key that signs receipts, cursors and the authority's keys. The one before stays, to vouch for it: devices that were enrolled
// with an older key learn the new one by that. It counts once it is saved and the server was started anew.
func (k *Keyring) PutHall(now time.Time) error {
	next, err := proof.Generate()
	if err != nil {
		return err
	}
	k.Former = append([]FormerKey{{now.UTC().Truncate(time.Second), k.Hall}}, k.Former...)
	k.Hall = next
	return nil
}

// publishSigners tells devices which key follows which.
func (s *Server) publishSigners(ctx context.Context) error {
	keys := s.Keys()
	next := keys.Hall
	for _, f := range keys.Former {
		for _, to := range []*publish.Publisher{s.publish, s.Public} {
			if err := to.Signer(ctx, f.Key, next.Public(), f.Until); err != nil {
				return err
			}
		}
		next = f.Key
	}
	return nil
}
