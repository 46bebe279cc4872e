package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Options is what a Library works with. Every field but Render, Nudge and Log is required.
type Options struct {
	Store Store
	// Catalogue is what ships. The library publishes into it: it belongs to nobody else's library.
	Catalogue *service.Catalogue
	// Sign signs as the town hall, with the given kind of proof.
	Sign   func(kind string, payload any) (string, error)
	Scopes []string // who is told: the tenant's devices, everybody
	Now    func() time.Time
	Render func(document.Document) ([]byte, error) // makes a PDF; nil: the papers of drafts are not shown
	Nudge  func()                                  // tells connected devices that there is something to pull; nil: they will find out
	Log    *slog.Logger                            // nil: nothing is logged
}

// Library is everything the town hall offers or offered. Its methods may be used by many at once, also by several processes.
type Library struct {
	o Options

	mu      sync.Mutex // guards what follows; held while the catalogue gets another edition
	decided int64
	read    map[string]func() (*service.Service, error) // by id@version

	looks looks
}

// Open offers in the catalogue what was published, and says again what devices have to hear anew after a backup was restored.
func Open(ctx context.Context, o Options) (*Library, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := &Library{o: o, decided: -1, read: map[string]func() (*service.Service, error){}}
	if err := l.reissue(ctx); err != nil {
		return nil, fmt.Errorf("services: open: %w", err)
	}
	if err := l.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("services: open: %w", err)
	}
	return l, nil
}

// reissue says again what is offered if it was said before a backup was restored: devices may have heard something newer since, and believe the
// newest word.
func (l *Library) reissue(ctx context.Context) error {
	epoch, err := l.o.Store.Epoch(ctx)
	if err != nil {
		return err
	}
	offers, err := l.o.Store.Offers(ctx)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.Epoch == epoch {
			continue
		}
		if err := l.offer(ctx, o.Service, o.Version, nil, "system", EventReissued); err != nil {
			return err
		}
	}
	return nil
}

// Refresh follows what was decided elsewhere: in another process. It costs nothing when that is nothing.
func (l *Library) Refresh(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.o.Store.Decided(ctx)
	if err != nil || n == l.decided {
		return err
	}
	versions, err := l.o.Store.Versions(ctx)
	if err != nil {
		return err
	}
	offers, err := l.o.Store.Offers(ctx)
	if err != nil {
		return err
	}
	offered := map[string]string{}
	for _, o := range offers {
		offered[o.Service] = o.Version
	}
	var list []service.Version
	for _, v := range versions {
		name := v.Service + "@" + v.Version
		if l.read[name] == nil {
			l.read[name] = sync.OnceValues(func() (*service.Service, error) { return l.load(v.Service, v.Version) })
		}
		list = append(list, service.Version{ID: v.Service, Version: v.Version, Offered: offered[v.Service] == v.Version, Read: l.read[name]})
	}
	e := l.o.Catalogue.Edition(list)
	if err := e.Ready(); err != nil { // what can be offered is offered all the same
		l.o.Log.Error("not every service can be offered", "error", err)
	}
	l.o.Catalogue.Use(e)
	if l.decided >= 0 && l.o.Nudge != nil {
		l.o.Nudge()
	}
	l.decided = n
	return nil
}

// load reads a version out of the store.
func (l *Library) load(id, version string) (*service.Service, error) {
	packed, err := l.o.Store.Packed(context.Background(), id, version)
	if err != nil {
		return nil, err
	}
	folder, err := bundle.Read(packed)
	if err != nil {
		return nil, err
	}
	return service.Load(folder.FS(), id, l.o.Catalogue.Tenant())
}

// Find gives a version of a service, also one that was published in another process a moment ago; "" is the one that is offered.
func (l *Library) Find(id, version string) (*service.Service, bool) {
	if s, ok := l.o.Catalogue.Find(id, version); ok {
		return s, true
	}
	if err := l.Refresh(context.Background()); err != nil {
		l.o.Log.Error("published services cannot be looked up", "error", err)
	}
	return l.o.Catalogue.Find(id, version)
}

// Folder is a folder that somebody wants to publish, and what the town hall found about it.
type Folder struct {
	Service *service.Service // nil: it cannot be read
	Files   *bundle.Folder
	Signer  string           // name of the publisher who signed it; "" when nobody did
	Flaws   []service.Flaw   // all that is wrong; it is not published before they are mended
	Now     *service.Service // what is offered now under this id; nil: nothing
	Changes []service.Change // from Now
	Taken   bool             // the version's number belongs to something else; it is a flaw, too
	Before  int64            // the serial that was looked at
}

// Check looks at what somebody handed in: a signed file, or a zip archive of a folder. An error says why it is no folder at all, or not one that may be
// published here: ErrSigner, bundle.ErrBundle; ErrVersion stands among the errors of Publish.
func (l *Library) Check(ctx context.Context, file []byte) (Folder, error) {
	if len(file) > 3 && string(file[:4]) == "PK\x03\x04" {
		files, err := bundle.Import(file)
		if err != nil {
			return Folder{}, err
		}
		return l.CheckFolder(ctx, files)
	}
	known, err := l.o.Store.Publishers(ctx)
	if err != nil {
		return Folder{}, err
	}
	var keys []proof.PublicKey
	for _, p := range known {
		keys = append(keys, p.Key)
	}
	signed, err := bundle.Open(keys, file)
	switch {
	case errors.Is(err, proof.ErrKey), errors.Is(err, proof.ErrProof):
		return Folder{}, fmt.Errorf("%w: %w", ErrSigner, err)
	case err != nil:
		return Folder{}, err
	}
	f, err := l.CheckFolder(ctx, signed.Folder)
	if err != nil {
		return Folder{}, err
	}
	for _, p := range known {
		if p.Key.ID() == signed.Signer {
			f.Signer = p.Name
		}
	}
	if s := f.Service; s != nil && (s.ID != signed.Service || s.Version != signed.Version) {
		f.Flaws = append(f.Flaws, service.Flaw{Where: "service.yaml", Wrong: fmt.Sprintf("it is %s %s, and %s %s was signed", s.ID, s.Version, signed.Service, signed.Version)})
	}
	return f, nil
}

// CheckFolder is Check for a folder that nobody signed.
func (l *Library) CheckFolder(ctx context.Context, files *bundle.Folder) (Folder, error) {
	return l.judge(ctx, files, service.Inspect)
}

// judge is CheckFolder with the given way to look into a folder.
func (l *Library) judge(ctx context.Context, files *bundle.Folder, inspect func(fs.FS, *service.Tenant) (*service.Service, []service.Flaw)) (f Folder, err error) {
	defer func() {
		if p := recover(); p != nil { // a folder must not end the program
			f, err = Folder{}, fmt.Errorf("%w: the program fails on it", bundle.ErrBundle)
		}
	}()
	f.Files = files
	f.Service, f.Flaws = inspect(files.FS(), l.o.Catalogue.Tenant())
	if f.Service == nil {
		return f, nil
	}
	id, version := f.Service.ID, f.Service.Version
	if err := bundle.CheckName(id, version); err != nil {
		f.Flaws = append(f.Flaws, service.Flaw{Where: "service.yaml", Wrong: err.Error()})
	}
	if err := l.free(ctx, id, version, files.Digest()); errors.Is(err, ErrVersion) {
		f.Taken, f.Flaws = true, append(f.Flaws, takenFlaw(version))
	} else if err != nil {
		return f, err
	}
	if f.Before, err = l.o.Store.Serial(ctx, id); err != nil {
		return f, err
	}
	if now, ok := l.Find(id, ""); ok {
		f.Now, f.Changes = now, service.Diff(now, f.Service)
	}
	return f, nil
}

func takenFlaw(version string) service.Flaw {
	return service.Flaw{Where: "service.yaml", Wrong: "version " + version + " is taken by something else: give it another number"}
}

// free tells whether a version's number may be used for this content.
func (l *Library) free(ctx context.Context, id, version, digest string) error {
	if _, ships := l.o.Catalogue.Shipped(id, version); ships {
		return ErrVersion
	}
	all, err := l.o.Store.Versions(ctx)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Service == id && v.Version == version && v.Digest != digest {
			return ErrVersion
		}
	}
	return nil
}

// Publish offers a checked folder from now on. Whatever was checked with flaws is refused; ErrVersion, ErrChanged.
func (l *Library) Publish(ctx context.Context, f Folder, who string) error {
	if f.Service == nil {
		return service.ErrFlaws
	}
	if err := service.Flawed(f.Flaws); err != nil {
		return err
	}
	s := f.Service
	if err := l.free(ctx, s.ID, s.Version, f.Files.Digest()); err != nil {
		return err
	}
	v := &Version{Service: s.ID, Version: s.Version, Title: s.Title("de"), Digest: f.Files.Digest(), Packed: f.Files.Packed(), At: l.o.Now(), Who: who, Signer: f.Signer}
	if err := l.offerFrom(ctx, s.ID, s.Version, v, who, EventPublished, f.Before); err != nil {
		return err
	}
	l.finishDraft(ctx, s.ID, v.Digest)
	return l.Refresh(ctx)
}

// Return offers a version again that was published before; ErrUnknown, ErrChanged.
func (l *Library) Return(ctx context.Context, id, version, who string) error {
	if err := l.offer(ctx, id, version, nil, who, EventReturned); err != nil {
		return err
	}
	return l.Refresh(ctx)
}

// Withdraw offers nothing published any more under this id: what ships is offered again, if there is something. ErrUnknown, ErrChanged.
func (l *Library) Withdraw(ctx context.Context, id, who string) error {
	offers, err := l.o.Store.Offers(ctx)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.Service != id {
			continue
		}
		d := Decision{Before: o.Serial, Event: Event{l.o.Now(), who, EventWithdrawn, id, o.Version}, Scopes: l.o.Scopes,
			Records: []wire.Record{{Collection: wire.CollectionServices, ID: id, Deleted: true}}}
		if err := l.o.Store.Decide(ctx, d); err != nil {
			return err
		}
		return l.Refresh(ctx)
	}
	return ErrUnknown
}

func (l *Library) offer(ctx context.Context, id, version string, v *Version, who, kind string) error {
	before, err := l.o.Store.Serial(ctx, id)
	if err != nil {
		return err
	}
	return l.offerFrom(ctx, id, version, v, who, kind, before)
}

// offerFrom stores the town hall's word for a version, and tells devices.
func (l *Library) offerFrom(ctx context.Context, id, version string, v *Version, who, kind string, before int64) (err error) {
	var packed []byte
	if v != nil {
		packed = v.Packed
	} else if packed, err = l.o.Store.Packed(ctx, id, version); err != nil {
		return err
	}
	epoch, err := l.o.Store.Epoch(ctx)
	if err != nil {
		return err
	}
	now := l.o.Now()
	serial := max(now.UnixMilli(), before+1) // a clock that was set back says nothing older
	token, err := l.o.Sign(proof.Offer, wire.Offer{Tenant: l.o.Catalogue.Tenant().ID, Service: id, Version: version, SHA256: wire.Digest(packed), Serial: serial})
	if err != nil {
		return err
	}
	data, err := json.Marshal(wire.Published{Token: token, Packed: packed})
	if err != nil {
		return err
	}
	return l.o.Store.Decide(ctx, Decision{
		Version: v, Before: before, Offer: &Offer{id, version, now, serial, epoch}, Event: Event{now, who, kind, id, version},
		Scopes: l.o.Scopes, Records: []wire.Record{{Collection: wire.CollectionServices, ID: id, Data: data}},
	})
}

// maxFaults is how many different faults are shown.
const maxFaults = 200

// Note implements hall.Faults. People's own devices could say anything: of what they tell, nothing is kept that is not about a version known here,
// and no words.
func (l *Library) Note(ctx context.Context, d hall.Device, m wire.Faults) error {
	faults := m.Faults
	if d.Phone {
		faults = nil
		for _, f := range m.Faults {
			f.Reason = ""
			if _, ok := l.Find(f.Service, f.Version); ok {
				faults = append(faults, f)
			}
		}
	}
	return l.o.Store.CountFaults(ctx, m.ID, d.Name, faults)
}

// Entry is one service with all that is known of it.
type Entry struct {
	ID       string
	Title    string
	Shipped  string    // version that ships; "" when none does
	Offered  string    // version that is offered; "" when none is
	Since    time.Time // since when the published one is offered; zero when it is the one that ships
	Versions []Version // that were published, the newest first
	Faults   []Fault
}

// Published tells whether what is offered was published.
func (e Entry) Published() bool { return !e.Since.IsZero() }

// List lists every service that is offered or was published, by title, with what was decided lately.
func (l *Library) List(ctx context.Context) ([]Entry, []Event, error) {
	if err := l.Refresh(ctx); err != nil {
		return nil, nil, err
	}
	versions, err := l.o.Store.Versions(ctx)
	if err != nil {
		return nil, nil, err
	}
	offers, err := l.o.Store.Offers(ctx)
	if err != nil {
		return nil, nil, err
	}
	faults, err := l.o.Store.ServiceFaults(ctx, maxFaults)
	if err != nil {
		return nil, nil, err
	}
	history, err := l.o.Store.History(ctx, 50)
	if err != nil {
		return nil, nil, err
	}
	return l.entries(versions, offers, faults), history, nil
}
