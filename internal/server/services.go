package server

import (
	"context"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// openLibrary opens what was published. It comes before the doors: nobody hears an older word first.
func (s *Server) openLibrary(ctx context.Context) (err error) {
	o := libraryOptions(s.Store, s.o.Catalogue, s.o.Now, func() proof.Key { return s.Keys().Hall })
	o.Log = s.o.Log
	o.Render = func(d document.Document) ([]byte, error) { return pdf.Render(d, s.fonts) }
	o.Nudge = func() {
		for _, scope := range o.Scopes {
			s.Devices.Nudge(scope)
		}
	}
	s.Library, err = services.Open(ctx, o)
	return err
}

// OpenLibrary opens what was published for a command beside the server, which follows within ten seconds. dir has the keys, catalogue is what
// ships.
func OpenLibrary(ctx context.Context, dir string, store *sqlite.Store, catalogue *service.Catalogue, now func() time.Time) (*services.Library, error) {
	keys, err := LoadKeyring(dir)
	if err != nil {
		return nil, err
	}
	return services.Open(ctx, libraryOptions(store, catalogue, now, func() proof.Key { return keys.Hall }))
}

func libraryOptions(store *sqlite.Store, catalogue *service.Catalogue, now func() time.Time, key func() proof.Key) services.Options {
	return services.Options{
		Store: store, Catalogue: catalogue, Now: now, Scopes: []string{catalogue.Tenant().ID, wire.ScopePublic},
		Sign: func(kind string, payload any) (string, error) { return proof.Sign(key(), kind, payload) },
	}
}
