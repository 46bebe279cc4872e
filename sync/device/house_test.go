package device_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

var ctx = context.Background()

// keys of the authority take seconds to make: two for all tests.
var keys = sync.OnceValue(func() [2]seal.Private {
	var k [2]seal.Private
	var wg sync.WaitGroup
	for n := range k {
		wg.Go(func() {
			var err error
			if k[n], err = seal.Generate(); err != nil {
				panic(err)
			}
		})
	}
	wg.Wait()
	return k
})

// house is a town hall that keeps everything in memory.
type house struct {
	mu        sync.Mutex
	dock      *hall.Dock
	files     map[string][][]byte // of an item, in its order
	brought   []hall.Device       // who brought what was offered
	stored    map[string]wire.Item
	takes     []string // ids in the order in which they were offered
	verdict   func(wire.Item) hall.Taken
	records   []wire.Record
	answers   map[string][][]byte
	devices   map[string]hall.Device
	codes     map[string]bool
	epoch     string
	watermark time.Time
	arrived   chan string
}

func (h *house) Take(_ context.Context, d hall.Device, items []wire.Item) ([]hall.Taken, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []hall.Taken
	for _, i := range items {
		h.takes, h.brought = append(h.takes, i.ID), append(h.brought, d)
		var o pay.Outcome
		if d.Phone {
		} else if _, err := proof.Verify([]proof.PublicKey{d.Key}, proof.Outcome, i.Outcome, &o); err != nil || o.Digest != wire.Digest([]byte(i.Body)) {
			out = append(out, hall.Taken{Status: wire.Rejected, Reason: "outcome"})
			continue
		}
		if h.verdict != nil {
			if t := h.verdict(i); t.Status != "" {
				out = append(out, t)
				continue
			}
		}
		was, ok := h.stored[i.ID]
		switch {
		case !ok:
			var files [][]byte
			for _, b := range i.Blobs {
				data, here, err := h.dock.Read(b)
				if err != nil {
					return nil, err
				}
				if here {
					files = append(files, data)
				}
			}
			if len(files) < len(i.Blobs) {
				out = append(out, hall.Taken{Status: wire.NeedBlobs})
				continue
			}
			h.stored[i.ID], h.files[i.ID] = i, files
			out = append(out, hall.Taken{Status: wire.Stored})
			select {
			case h.arrived <- i.ID:
			default:
			}
		case was.Body == i.Body:
			out = append(out, hall.Taken{Status: wire.Dup})
		default:
			out = append(out, hall.Taken{Status: wire.Conflict, Reason: "another body"})
		}
	}
	return out, nil
}

func (h *house) After(_ context.Context, scope string, seq int64, limit int) ([]wire.Record, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []wire.Record
	for _, r := range h.records {
		if scope == "phone" && r.Collection != wire.CollectionKeys { // phones see less here
			continue
		}
		if r.Seq > seq && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

func (h *house) For(_ context.Context, address string) ([][]byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.answers[address], nil
}

func (h *house) ByFingerprint(_ context.Context, f string) (hall.Device, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d, ok := h.devices[f]
	if !ok {
		return d, hall.ErrDevice
	}
	return d, nil
}

func (h *house) Enroll(_ context.Context, code string, d hall.Device) (hall.Device, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.codes[code] {
		return d, hall.ErrCode
	}
	delete(h.codes, code)
	d.Name, d.Tenant, d.Scope = "Foyer", "bad-oeynhausen", "terminal"
	h.devices[d.Fingerprint] = d
	return d, nil
}

func (h *house) Epoch(context.Context) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.epoch, nil
}

func (h *house) Watermark(context.Context) (time.Time, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.watermark, nil
}

func (h *house) publish(collection, id string, data json.RawMessage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.records = append(h.records, wire.Record{Collection: collection, ID: id, Seq: int64(len(h.records) + 1), Data: data, Deleted: data == nil})
}

// restore brings back what an earlier backup had.
func (h *house) restore(epoch string, stored map[string]wire.Item) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.epoch, h.stored, h.watermark = epoch, stored, time.Time{}
}

func (h *house) has() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ids []string
	for id := range h.stored {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// place is a town hall that answers on a line of its own, and the devices that know it.
type place struct {
	t       *testing.T
	house   *house
	ca      *hall.CA
	key     proof.Key
	handler *hall.Handler
	phones  *hall.Phones
	dir     string // of the dock
	url     string

	mu  sync.Mutex
	bad func(http.ResponseWriter, *http.Request, http.Handler) // stands between line and handler; nil: nothing
}

func build(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, house: &house{
		stored: map[string]wire.Item{}, files: map[string][][]byte{}, answers: map[string][][]byte{}, devices: map[string]hall.Device{}, codes: map[string]bool{},
		epoch: "e1", arrived: make(chan string, 100),
	}}
	var err error
	if p.ca, err = hall.NewCA("Stadt Bad Oeynhausen", time.Now()); err != nil {
		t.Fatal(err)
	}
	if p.key, err = proof.Generate(); err != nil {
		t.Fatal(err)
	}
	p.dir = filepath.Join(t.TempDir(), "dock")
	p.phones = &hall.Phones{Tenant: "bad-oeynhausen", Installed: p.installed}
	p.open()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conf, err := p.ca.TLS([]string{"127.0.0.1", "localhost"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{TLSConfig: conf, Handler: http.HandlerFunc(p.serve), ErrorLog: nil}
	srv.ErrorLog = quiet()
	go func() { _ = srv.ServeTLS(ln, "", "") }()
	t.Cleanup(func() {
		_ = p.door().Close()
		_ = srv.Close()
	})
	p.url = "https://" + ln.Addr().String()
	return p
}

// open opens the town hall's door, also a second time, as after a restart: what it knew in memory is gone.
func (p *place) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.house.mu.Lock()
	defer p.house.mu.Unlock()
	p.house.dock = hall.NewDock(p.dir, hall.DockOptions{})
	p.handler = hall.New(hall.House{Intake: p.house, Records: p.house, Answers: p.house, Devices: p.house, State: p.house, Blobs: p.house.dock},
		hall.Options{CA: p.ca, Key: p.key, Phones: p.phones})
}

func (p *place) door() *hall.Handler {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.handler
}

// installed is what phones are told.
func (p *place) installed(context.Context) (m wire.Installed, err error) {
	m = wire.Installed{V: wire.Version, Tenant: "bad-oeynhausen", Scope: wire.ScopePublic, Epoch: "e1"}
	signer, err := json.Marshal(p.key.Public())
	if err != nil {
		return m, err
	}
	data, err := hall.KeyData(p.key, m.Tenant, keys()[0].Public(), time.Unix(0, 0))
	if err != nil {
		return m, err
	}
	var token string
	if err := json.Unmarshal(data, &token); err != nil {
		return m, err
	}
	m.Keys, m.Sealing = []json.RawMessage{signer}, []string{token}
	return m, nil
}

func (p *place) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	bad, handler := p.bad, p.handler
	p.mu.Unlock()
	if bad != nil {
		bad(w, r, handler)
		return
	}
	handler.ServeHTTP(w, r)
}

func (p *place) spoil(bad func(http.ResponseWriter, *http.Request, http.Handler)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bad = bad
}

func (p *place) code(code string) string {
	p.house.mu.Lock()
	defer p.house.mu.Unlock()
	p.house.codes[code] = true
	return code
}

func (p *place) enroll() *device.Identity {
	p.t.Helper()
	id, err := device.Enroll(ctx, p.t.TempDir(), device.Entry{URL: p.url, Fingerprint: p.ca.Fingerprint(), Code: p.code("FOYER12345")})
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// kiosk is an enrolled device.
type kiosk struct {
	t      *testing.T
	id     *device.Identity
	store  *store.Store
	client *device.Client
}

func (p *place) kiosk(o device.Options) *kiosk {
	p.t.Helper()
	id := p.enroll()
	s, err := store.Open(filepath.Join(p.t.TempDir(), "device.db"), store.Options{Sign: id.Sign, Reserve: -1, MinFree: -1, Keep: -1})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = s.Close() })
	return &kiosk{p.t, id, s, device.New(id, s, o)}
}

// submit releases a sealed application and returns its id.
func (k *kiosk) submit() string {
	k.t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	e, err := seal.Seal(keys()[0].Public(), id, []byte(fmt.Sprintf(`{"id":%q}`, id)))
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.store.Release(ctx, e, pay.Free, 0); err != nil {
		k.t.Fatal(err)
	}
	return id
}

func (k *kiosk) sync() {
	k.t.Helper()
	if err := k.client.Sync(ctx); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kiosk) outbox() store.Outbox {
	k.t.Helper()
	o, err := k.store.Outbox(ctx)
	if err != nil {
		k.t.Fatal(err)
	}
	return o
}

// body reads a request's body and puts it back.
func body(r *http.Request) string {
	b, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(b))
	return string(b)
}

func sorted(ids ...string) string {
	slices.Sort(ids)
	return strings.Join(ids, " ")
}
