package server

import (
	"context"
	"encoding/json"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Installed is what a phone has to know of the town hall that has these keys: the server tells it, and it goes along with the program.
func (k *Keyring) Installed(tenant, epoch string, demo bool) (m wire.Installed, err error) {
	defer in("tell the keys", &err)
	m = wire.Installed{V: wire.Version, Tenant: tenant, Scope: wire.ScopePublic, Epoch: epoch, Demo: demo}
	signer, err := json.Marshal(k.Hall.Public())
	if err != nil {
		return m, err
	}
	m.Keys = []json.RawMessage{signer}
	for _, a := range k.Authority {
		data, err := hall.KeyData(k.Hall, tenant, a.Key.Public(), a.Issued)
		if err != nil {
			return m, err
		}
		var token string
		if err := json.Unmarshal(data, &token); err != nil {
			return m, err
		}
		m.Sealing = append(m.Sealing, token)
	}
	return m, nil
}

func (s *Server) installed(ctx context.Context) (wire.Installed, error) {
	epoch, err := s.Store.Epoch(ctx)
	if err != nil {
		return wire.Installed{}, err
	}
	return s.Keys().Installed(s.o.Tenant, epoch, s.o.Demo)
}

// tidy takes away sealed files whose envelope never came, drafts that nobody continued, and what services promised to keep no longer, until ctx ends.
func (s *Server) tidy(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if n, err := s.Store.Dock().Expire(s.o.Now()); err != nil {
			s.o.Log.Error("files without an envelope not taken away", "error", err)
		} else if n > 0 {
			s.o.Log.Info("files without an envelope taken away", "number", n)
		}
		if n, err := s.Store.ExpireDrafts(ctx, s.o.Now()); err != nil && ctx.Err() == nil {
			s.o.Log.Error("old drafts not taken away", "error", err)
		} else if n > 0 {
			s.o.Log.Info("old drafts taken away", "number", n)
		}
		if n, err := s.Book.EraseDue(ctx); err != nil && ctx.Err() == nil {
			s.o.Log.Error("what is kept no longer not erased", "error", err)
		} else if n > 0 {
			s.o.Log.Info("what is kept no longer erased", "cases", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
