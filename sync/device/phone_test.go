package device_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// authority writes the town's authority into a file, as it is shipped.
func (p *place) authority() string {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "ca.crt")
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.ca.Certificate()})
	if err := os.WriteFile(file, b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return file
}

// shipped writes what a phone has to know into a file.
func (p *place) shipped() string {
	p.t.Helper()
	m, err := p.installed(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	b, err := json.Marshal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(p.t.TempDir(), "town.keys.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return file
}

// phone is a person's own device. Its folder outlives it.
type phone struct {
	kiosk
	dir string
}

func (p *place) phone(dir, keysFile string, o device.Options) *phone {
	p.t.Helper()
	id, err := device.Install(ctx, dir, p.url, p.authority(), keysFile)
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := store.Open(filepath.Join(dir, "memory.db"), store.Options{Sign: id.Sign, Reserve: -1, MinFree: -1, Keep: -1})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = s.Close() })
	return &phone{kiosk{p.t, id, s, device.New(id, s, o)}, dir}
}

// photo has no less than the given number of bytes, none of them like another photo's.
func photo(size int) []byte {
	b := make([]byte, size)
	rnd := rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), byte(size >> 16)})
	_, _ = rnd.Read(b)
	return b
}

// report seals photos into a report that waits for the line, and returns its id.
func (k *kiosk) report(photos ...[]byte) string {
	k.t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	e, err := seal.Seal(keys()[0].Public(), id, []byte(fmt.Sprintf(`{"id":%q}`, id)))
	if err != nil {
		k.t.Fatal(err)
	}
	for _, b := range photos {
		f, err := seal.Seal(keys()[0].Public(), "", b)
		if err != nil {
			k.t.Fatal(err)
		}
		e.Parts = append(e.Parts, f.Part())
	}
	if err := k.store.Release(ctx, e, pay.Free, 0); err != nil {
		k.t.Fatal(err)
	}
	return id
}

// arrived wants a report to be there once, with its photos bit by bit.
func (p *place) arrived(id string, photos ...[]byte) {
	p.t.Helper()
	p.house.mu.Lock()
	defer p.house.mu.Unlock()
	item, ok := p.house.stored[id]
	if !ok {
		p.t.Fatal("the report did not arrive")
	}
	files := p.house.files[id]
	if len(files) != len(photos) {
		p.t.Fatalf("%d of %d photos arrived", len(files), len(photos))
	}
	for n, sealed := range files {
		plain, err := (seal.Ring{keys()[0]}).OpenPart(seal.Part{ID: item.Blobs[n].SHA256, Data: sealed})
		if err != nil || !bytes.Equal(plain, photos[n]) {
			p.t.Fatal("a photo is not what was taken:", err)
		}
	}
}

func TestAPhoneReportsWithoutAskingAnybody(t *testing.T) {
	p := build(t)
	dir := t.TempDir()
	k := p.phone(dir, "", device.Options{})
	if !k.id.Phone() || k.id.Tenant() != "" || !strings.HasPrefix(k.id.ID(), "phone-") || len(k.id.ID()) != 38 {
		t.Fatal(k.id.ID(), k.id.Tenant())
	}
	if _, err := k.client.Seal(ctx, "x", []byte("{}")); !errors.Is(err, device.ErrNoKey) {
		t.Fatal("sealed to whom?", err)
	}
	k.sync() // the first contact
	if e, err := k.client.Seal(ctx, "x", []byte("{}")); err != nil || e.Key != keys()[0].ID() || k.id.Tenant() != "bad-oeynhausen" {
		t.Fatal(err)
	}
	one, two := photo(3000), photo(200_000)
	id := k.report(one, two)
	k.sync()
	p.arrived(id, one, two)
	if o := k.outbox(); o.Sent != 1 || o.Ready != 0 {
		t.Fatal(o)
	}
	for _, f := range []string{"device.key", "install.json", "memory.db"} {
		if i, err := os.Stat(filepath.Join(dir, f)); err != nil || i.Mode().Perm() != 0o600 {
			t.Error(f, i, err)
		}
	}
	// The same phone after a restart is the same, and knows the town without a line.
	again, err := device.Install(ctx, dir, p.url, p.authority(), "")
	if err != nil || again.ID() != k.id.ID() || again.Tenant() != "bad-oeynhausen" || len(again.Hall()) != 1 {
		t.Fatal(err)
	}
	if _, err := device.Load(dir); !errors.Is(err, device.ErrNotEnrolled) {
		t.Fatal("a phone passes for a terminal:", err)
	}
}

func TestNobodyBehindTheDoorLearnsWhichPhoneItWas(t *testing.T) {
	p := build(t)
	k := p.phone(t.TempDir(), p.shipped(), device.Options{})
	id := k.report(photo(10))
	k.sync()
	p.arrived(id, photo(10))
	for _, d := range p.house.brought {
		if want := (hall.Device{Name: "phone", Tenant: "bad-oeynhausen", Scope: "public", Phone: true}); !reflect.DeepEqual(d, want) {
			t.Fatalf("%+v", d)
		}
	}
	if o := p.house.stored[id].Outcome; o != "" {
		t.Fatal("the signature names the phone")
	}
	files, err := filepath.Glob(filepath.Join(p.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(f, strings.TrimPrefix(k.id.ID(), "phone-")) {
			t.Error(f)
		}
	}
}

func TestAPhoneThatNeverHadALineSealsWithWhatWasShipped(t *testing.T) {
	p := build(t)
	k := p.phone(t.TempDir(), p.shipped(), device.Options{})
	if e, err := k.client.Seal(ctx, "x", []byte("{}")); err != nil || e.Key != keys()[0].ID() || k.id.Tenant() != "bad-oeynhausen" {
		t.Fatal(err)
	}
	p.house.mu.Lock()
	asked := len(p.house.takes)
	p.house.mu.Unlock()
	if asked != 0 {
		t.Fatal("it asked somebody")
	}
	bad := filepath.Join(t.TempDir(), "town.keys.json")
	if err := os.WriteFile(bad, []byte(`{"v":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{bad, bad + "x"} {
		if _, err := device.Install(ctx, t.TempDir(), p.url, p.authority(), f); err == nil {
			t.Error("a phone starts with keys that are none")
		}
	}
}

func TestAPhoneBelievesOnlyTheTownsOwnAuthority(t *testing.T) {
	p, other := build(t), build(t)
	dir := t.TempDir()
	id, err := device.Install(ctx, dir, other.url, p.authority(), p.shipped())
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(filepath.Join(dir, "memory.db"), store.Options{Sign: id.Sign, Reserve: -1, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := device.New(id, s, device.Options{}).Sync(ctx); !errors.Is(err, device.ErrOffline) {
		t.Fatal(err)
	}
}

func TestAPhoneCannotSayThatItWasPaid(t *testing.T) {
	p := build(t)
	k := p.phone(t.TempDir(), p.shipped(), device.Options{})
	id := uuid.Must(uuid.NewV7()).String()
	e, err := seal.Seal(keys()[0].Public(), id, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	paid := pay.Payment{ID: "p1", Envelope: id, Amount: 3070, State: pay.Intended, At: time.Now()}
	if err := k.store.Hold(ctx, e, paid); err != nil {
		t.Fatal(err)
	}
	evidence := &pay.Evidence{Amount: 3070, Trace: 7, Receipt: 8, TerminalID: "52500041"}
	for _, kind := range []pay.Kind{pay.Ask, pay.Grant, pay.Complete} {
		if _, _, err := k.store.Record(ctx, paid.ID, pay.Event{Kind: kind, At: time.Now(), Evidence: evidence}); err != nil {
			t.Fatal(err)
		}
	}
	k.sync()
	if st, err := k.store.Standing(ctx, id); err != nil || st.State != store.Quarantined || !strings.Contains(st.Reason, "takes no payments") {
		t.Fatal(st, err)
	}
	if len(p.house.takes) != 0 {
		t.Fatal("the town hall took it")
	}
}

// An application whose fee is paid by invoice or at the counter claims no money: it may come from anybody.
func TestAPhoneBringsWhatIsPaidLater(t *testing.T) {
	p := build(t)
	k := p.phone(t.TempDir(), p.shipped(), device.Options{})
	for n, way := range []pay.Way{pay.Invoice, pay.Counter} {
		id := uuid.Must(uuid.NewV7()).String()
		e, err := seal.Seal(keys()[0].Public(), id, []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := k.store.Release(ctx, e, way, 3070); err != nil {
			t.Fatal(err)
		}
		k.sync()
		if st, err := k.store.Standing(ctx, id); err != nil || st.State != store.Sent || len(p.house.takes) != n+1 {
			t.Fatal(st, err)
		}
	}
}

func TestTwoPhonesWithTheSamePhoto(t *testing.T) {
	p := build(t)
	same := photo(100_000)
	a, b := p.phone(t.TempDir(), p.shipped(), device.Options{}), p.phone(t.TempDir(), p.shipped(), device.Options{})
	first, second := a.report(same), b.report(same)
	a.sync()
	b.sync()
	p.arrived(first, same)
	p.arrived(second, same)
	if p.house.stored[first].Blobs[0] == p.house.stored[second].Blobs[0] {
		t.Error("on the way it can be seen that they are the same")
	}
}

// The line breaks at every piece, in three ways, and both sides are started anew each time.
func TestALineThatBreaksAtEveryPieceBringsEachPhotoOnce(t *testing.T) {
	for name, breaks := range map[string]func(w http.ResponseWriter, r *http.Request, h http.Handler){
		"before it arrives": func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) },
		"in the middle": func(_ http.ResponseWriter, r *http.Request, h http.Handler) {
			r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, 20_000), broken{}))
			h.ServeHTTP(nowhere{http.Header{}}, r)
			panic(http.ErrAbortHandler)
		},
		"before the answer": func(_ http.ResponseWriter, r *http.Request, h http.Handler) {
			h.ServeHTTP(nowhere{http.Header{}}, r)
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := build(t)
			dir, shipped := t.TempDir(), p.shipped()
			one, two := photo(150_000), photo(70_000)
			k := p.phone(dir, shipped, device.Options{})
			id := k.report(one, two)
			var bytes atomic.Int64
			tries := 0
			for ; tries < 60; tries++ {
				var requests atomic.Int64
				p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
					if r.Method == http.MethodPatch || r.URL.Path == wire.PathPush {
						if requests.Add(1) == 3 { // each run gets one step further, and hardly more
							breaks(w, r, h)
							return
						}
						bytes.Add(max(0, r.ContentLength))
					}
					h.ServeHTTP(w, r)
				})
				err := k.client.Sync(ctx)
				if o := k.outbox(); o.Sent == 1 {
					break
				}
				if err == nil {
					t.Fatal("it did not arrive, and nobody says so")
				}
				if err := k.store.Close(); err != nil {
					t.Fatal(err)
				}
				k = p.phone(dir, shipped, device.Options{})
				p.open()
			}
			p.spoil(nil)
			k.sync()
			p.arrived(id, one, two)
			if len(p.house.stored) != 1 || tries < 3 {
				t.Fatal(len(p.house.stored), tries)
			}
			t.Logf("%d runs, %d bytes", tries+1, bytes.Load())
		})
	}
}

// broken is a line that dies.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// nowhere is where lost answers go.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

func TestAPhotoThatWasSpoiledOnTheWayIsSentAnew(t *testing.T) {
	p := build(t)
	k := p.phone(t.TempDir(), p.shipped(), device.Options{})
	b := photo(100_000)
	id := k.report(b)
	var patches atomic.Int64
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		if r.Method == http.MethodPatch {
			if patches.Add(1) == 1 {
				r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", int(r.ContentLength))))
			}
		}
		h.ServeHTTP(w, r)
	})
	k.sync()
	p.arrived(id, b)
	if n := patches.Load(); n != 6 { // three pieces, twice
		t.Error(n)
	}
}

func TestAPhotoThatIsDamagedOnThePhoneIsSaid(t *testing.T) {
	p := build(t)
	k := p.phone(t.TempDir(), p.shipped(), device.Options{})
	id := k.report(photo(1000))
	client := device.New(k.id, spoiled{k.store}, device.Options{})
	if err := client.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	if st, err := k.store.Standing(ctx, id); err != nil || st.State != store.Quarantined || !strings.Contains(st.Reason, "damaged") {
		t.Fatal(st, err)
	}
}

// spoiled is a memory whose files rotted.
type spoiled struct{ *store.Store }

func (s spoiled) Part(ctx context.Context, id string) ([]byte, bool, error) {
	b, ok, err := s.Store.Part(ctx, id)
	if ok {
		b[len(b)/2] ^= 1
	}
	return b, ok, err
}

func TestATownHallThatWantsAFileForEverIsNotAskedForEver(t *testing.T) {
	p := build(t)
	k := p.phone(t.TempDir(), p.shipped(), device.Options{})
	b := photo(1000)
	id := k.report(b)
	other := k.report()
	p.house.verdict = func(i wire.Item) (v hall.Taken) {
		if i.ID == id {
			v = hall.Taken{Status: wire.NeedBlobs, Need: []string{i.Blobs[0].SHA256}}
		}
		return v
	}
	if err := k.client.Sync(ctx); err == nil || errors.Is(err, device.ErrOffline) {
		t.Fatal(err)
	}
	p.arrived(other)
	p.house.verdict = nil
	k.sync()
	p.arrived(id, b)
}

// A town hall that is asked too much says when to come again, and the phone keeps still until then.
func TestAPhoneThatAsksTooMuchComesAgainLater(t *testing.T) {
	p := build(t)
	p.phones.Limits = hall.Limits{Phone: hall.Rate{Burst: 12, Second: 20}, Address: hall.Rate{Burst: 1000, Second: 1000}}
	p.open()
	o := device.Options{Every: time.Hour, Backoff: func() backoff.BackOff { return backoff.NewConstantBackOff(time.Millisecond) }}
	k := p.phone(t.TempDir(), p.shipped(), o)
	var refusals atomic.Int64
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		if r.URL.Path == wire.PathNudge { // it needs the line itself
			h.ServeHTTP(w, r)
			return
		}
		c := &coded{ResponseWriter: w}
		h.ServeHTTP(c, r)
		if c.code == http.StatusTooManyRequests {
			refusals.Add(1)
			if w.Header().Get("Retry-After") == "" {
				t.Error("nobody says when")
			}
		}
	})
	first := k.report()
	k.client.Sync(ctx) //nolint:errcheck // how far it gets is of no interest
	second := k.report()
	done := make(chan error, 1)
	run, stop := context.WithCancel(ctx)
	go func() { done <- k.client.Run(run) }()
	deadline := time.After(20 * time.Second)
	for got := map[string]bool{}; len(got) < 2; {
		select {
		case id := <-p.house.arrived:
			got[id] = true
		case <-deadline:
			t.Fatal("it never came again:", got)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	p.arrived(first)
	p.arrived(second)
	if n := refusals.Load(); n == 0 || n > 10 {
		t.Errorf("%d refusals", n)
	}
}

type coded struct {
	http.ResponseWriter
	code int
}

func (c *coded) WriteHeader(code int) {
	c.code = code
	c.ResponseWriter.WriteHeader(code)
}

func TestAPhoneLearnsTheTownHallsNextKeyByTheFormerOne(t *testing.T) {
	p := build(t)
	dir := t.TempDir()
	k := p.phone(dir, p.shipped(), device.Options{})
	k.sync()
	// What was learned cannot be read any more: it is learned again, and what was shipped still counts.
	if err := os.WriteFile(filepath.Join(dir, "install.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := k.store.Close(); err != nil {
		t.Fatal(err)
	}
	k = p.phone(dir, "", device.Options{})
	if len(k.id.Hall()) != 0 {
		t.Fatal("it knows more than it can")
	}
	id := k.report()
	k.sync()
	p.arrived(id)
}
