package town

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// ShelfReports is where a phone of the town remembers what it sent: the visit's Kept as JSON, under the envelope's id.
const ShelfReports = "report"

// Phone is a resident's own device, open until Close. It goes through the same line as the terminal.
type Phone struct {
	Post *outpost.Outpost

	town   *Town
	shows  *service.Catalogue
	offers *outpost.Offers
	dir    string
	id     *device.Identity
}

// ID is who the phone is: nobody but its line should know.
func (p *Phone) ID() *device.Identity { return p.id }

// Phone switches a phone on that keeps its data in the town's folder of this name. The first time it is a new one; with the same name again it
// is the same one, as after a death. What goes along with its program is the town's authority and its keys.
func (t *Town) Phone(name string) (*Phone, error) {
	p := &Phone{town: t, dir: filepath.Join(t.dir, name)}
	if err := p.open(); err != nil {
		return nil, fmt.Errorf("town: phone: %w", err)
	}
	return p, nil
}

func (p *Phone) open() error {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return err
	}
	m, err := p.town.Hall.Keys().Installed(tenant, "first", false)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	ca, keys := filepath.Join(p.dir, "ca.crt"), filepath.Join(p.dir, "town.keys.json")
	err = errors.Join(os.WriteFile(keys, raw, 0o600),
		os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.town.Hall.CA.Certificate()}), 0o600))
	if err != nil {
		return err
	}
	p.id, err = device.Install(context.Background(), p.dir, "https://"+p.town.line.Addr(), ca, keys)
	if err != nil {
		return err
	}
	if p.Post, err = outpost.Open(p.dir, p.id, outpost.Options{Now: p.town.o.Now, Store: p.town.o.Store, Locker: true}); err != nil {
		return err
	}
	p.shows = p.town.o.Shipped.Beside()
	p.offers, err = p.Post.Offers(context.Background(), p.shows)
	return err
}

// Shows is what the phone offers.
func (p *Phone) Shows() *service.Catalogue { return p.shows }

// Renew offers what the last exchanges brought, as a shell does between two visits.
func (p *Phone) Renew() bool { return p.offers.Renew() }

// Close switches the phone off.
func (p *Phone) Close() error { return p.Post.Close() }

// Visit begins a visit for a service on the phone; nil when there is no such service.
func (p *Phone) Visit(id string) *visit.Visit {
	s, ok := p.shows.Find(id, "")
	if !ok {
		return nil
	}
	d := p.Post.Desk()
	d.Keeper = p.Post.Keeper(func(e seal.Envelope, k visit.Kept) ([]store.Entry, []store.Ref, error) {
		raw, err := json.Marshal(k)
		return []store.Entry{{Shelf: ShelfReports, ID: e.ID, Data: raw}}, nil, err
	})
	return visit.Begin(s, d, visit.Options{
		Lang: "de", Now: p.town.o.Now, Random: rand.Reader, Tenant: tenant, Channel: "phone", CasePrefix: p.town.o.Catalogue.Tenant().Prefix,
		Broken: p.Post.Broken,
	})
}

// Sync does one exchange of the phone with the town hall; then the town hall opens what arrived, also when the exchange failed.
func (p *Phone) Sync(ctx context.Context) error {
	err := p.Post.Client.Sync(ctx)
	if look := p.offers.Look(ctx); err == nil {
		err = look
	}
	_, work := p.town.Hall.Work(ctx)
	return errors.Join(err, work)
}
