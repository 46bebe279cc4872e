package device_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestWhatACitizenSubmittedArrivesOnceWithReceipt(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	a, b := k.submit(), k.submit()
	k.sync()
	k.sync()
	if got := sorted(p.house.has()...); got != sorted(a, b) || len(p.house.takes) != 2 {
		t.Fatal(got, p.house.takes)
	}
	if o := k.outbox(); o.Sent != 2 || o.Ready != 0 {
		t.Fatal(o)
	}
	token, ok, err := k.store.Receipt(ctx, a)
	if err != nil || !ok {
		t.Fatal(err)
	}
	var r wire.Receipt
	if _, err := proof.Verify(k.id.Hall(), proof.Receipt, token, &r); err != nil || r.ID != a || r.SHA256 != wire.Digest([]byte(p.house.stored[a].Body)) {
		t.Fatal(r, err)
	}
	plain, err := seal.Ring{keys()[0]}.Open(seal.Envelope{ID: a, Key: p.house.stored[a].Key, Data: []byte(p.house.stored[a].Body)})
	if err != nil || !strings.Contains(string(plain), a) {
		t.Fatal("the authority cannot read it", err)
	}
	if s, err := k.client.Status(ctx); err != nil || !s.Online || s.Queued != 0 || s.Contact.IsZero() || s.Problem != "" {
		t.Fatal(s, err)
	}
}

func TestALostResponseDoesNotDouble(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	a := k.submit()
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		if r.URL.Path == wire.PathPush {
			h.ServeHTTP(httptest.NewRecorder(), r) // the town hall stored it
			panic(http.ErrAbortHandler)            // and the line broke
		}
		h.ServeHTTP(w, r)
	})
	if err := k.client.Sync(ctx); !errors.Is(err, device.ErrOffline) || k.client.Online() {
		t.Fatal(err)
	}
	if o := k.outbox(); o.Ready != 1 {
		t.Fatal("without a receipt it counts as delivered:", o)
	}
	p.spoil(nil)
	k.sync()
	if len(p.house.stored) != 1 || len(p.house.takes) != 2 || p.house.takes[1] != a || k.outbox().Sent != 1 {
		t.Fatal(p.house.takes, k.outbox())
	}
}

func TestAThousandApplicationsGoInBatches(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	var pushes atomic.Int32
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		if r.URL.Path == wire.PathPush {
			pushes.Add(1)
		}
		h.ServeHTTP(w, r)
	})
	for range 230 {
		k.submit()
	}
	k.sync()
	if len(p.house.stored) != 230 || pushes.Load() != 3 {
		t.Fatal(len(p.house.stored), pushes.Load())
	}
}

func TestPoisonGoesAsideAndDoesNotBlockOthers(t *testing.T) {
	for name, poison := range map[string]func(p *place, id string){
		"the town hall rejects it": func(p *place, id string) {
			p.house.verdict = func(i wire.Item) hall.Taken {
				if i.ID == id {
					return hall.Taken{Status: wire.Rejected, Reason: "no"}
				}
				return hall.Taken{}
			}
		},
		"the whole message is refused because of it": func(p *place, id string) {
			p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
				if r.URL.Path == wire.PathPush && strings.Contains(body(r), id) {
					http.Error(w, "cannot read this", http.StatusBadRequest)
					return
				}
				h.ServeHTTP(w, r)
			})
		},
		"another one is stored under its id": func(p *place, id string) {
			p.house.stored[id] = wire.Item{ID: id, Body: "another"}
		},
		"its body was damaged on the way": func(p *place, id string) {
			p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
				if r.URL.Path == wire.PathPush {
					var m wire.Push
					if err := json.Unmarshal([]byte(body(r)), &m); err != nil {
						t.Error(err)
					}
					for n := range m.Items {
						if m.Items[n].ID == id {
							m.Items[n].Body = "x" + m.Items[n].Body
						}
					}
					b, _ := json.Marshal(m)
					r.Body, r.ContentLength = io.NopCloser(strings.NewReader(string(b))), int64(len(b))
				}
				h.ServeHTTP(w, r)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := build(t)
			k := p.kiosk(device.Options{})
			var ids []string
			for range 9 {
				ids = append(ids, k.submit())
			}
			poison(p, ids[4])
			k.sync()
			if o := k.outbox(); o.Sent != 8 || o.Quarantine != 1 || o.Ready != 0 {
				t.Fatal(o)
			}
			list, err := k.store.Quarantined(ctx)
			if err != nil || len(list) != 1 || list[0].ID != ids[4] || list[0].Reason == "" {
				t.Fatal(list, err)
			}
			if s, err := k.client.Status(ctx); err != nil || s.Quarantined != 1 {
				t.Fatal("nobody sees it:", s, err)
			}
		})
	}
}

func TestLaterMeansLater(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	slow, b := k.submit(), k.submit()
	p.house.verdict = func(i wire.Item) hall.Taken {
		if i.ID == slow {
			return hall.Taken{Status: wire.Retry, Reason: "no room"}
		}
		return hall.Taken{}
	}
	if err := k.client.Sync(ctx); err == nil || !k.client.Online() {
		t.Fatal(err)
	}
	if o := k.outbox(); o.Sent != 1 || o.Ready != 1 || sorted(p.house.has()...) != b {
		t.Fatal(o)
	}
	p.house.verdict = nil
	k.sync()
	if o := k.outbox(); o.Sent != 2 {
		t.Fatal(o)
	}
}

func TestAReceiptOfAStrangerDoesNotCount(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	k.submit()
	stranger, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	other := hall.New(hall.House{Intake: p.house, Records: p.house, Answers: p.house, Devices: p.house, State: p.house},
		hall.Options{CA: p.ca, Key: stranger})
	p.spoil(func(w http.ResponseWriter, r *http.Request, _ http.Handler) { other.ServeHTTP(w, r) })
	if err := k.client.Sync(ctx); !errors.Is(err, proof.ErrKey) {
		t.Fatal(err)
	}
	if o := k.outbox(); o.Ready != 1 || o.Sent != 0 {
		t.Fatal("it counts as delivered:", o)
	}
}

func TestATownHallRestoredFromBackupGetsEverythingAgain(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	a := k.submit()
	k.sync()
	backup := map[string]wire.Item{a: p.house.stored[a]}
	began := time.Now()
	b := k.submit()
	k.sync()
	p.house.mu.Lock()
	p.house.watermark = began
	p.house.mu.Unlock()
	k.sync()
	if o := k.outbox(); o.Sent != 1 {
		t.Fatal("what the backup has need not be kept, the rest must:", o)
	}
	p.house.restore("e2", backup)
	k.sync()
	if got := sorted(p.house.has()...); got != sorted(a, b) {
		t.Fatal("the town hall has", got)
	}
	if o := k.outbox(); o.Sent != 1 || o.Ready != 0 {
		t.Fatal(o)
	}
}

func TestANewEpochIsNoticedWhileFactsCannotBePulled(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	a := k.submit()
	k.sync()
	p.house.restore("e2", map[string]wire.Item{})
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		if r.URL.Path == wire.PathPull {
			http.Error(w, "try again later", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	})
	b := k.submit()
	for range 2 { // the first tells of the new epoch, the second brings what it has to be told again
		if err := k.client.Sync(ctx); !errors.Is(err, device.ErrOffline) {
			t.Fatal(err)
		}
	}
	if got := sorted(p.house.has()...); got != sorted(a, b) {
		t.Fatal("the town hall has", got)
	}
}

func TestADeviceOfAnotherScopeForgetsWhatItMayNotKnow(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	p.house.publish("slots", "s1", json.RawMessage(`1`))
	k.sync()
	for f, d := range p.house.devices {
		d.Scope = "phone"
		p.house.devices[f] = d
	}
	k.sync()
	if list, err := k.store.Records(ctx, "slots"); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
}

func TestFactsComeDownInOrderAndGoAgain(t *testing.T) {
	p := build(t)
	var changed []string
	k := p.kiosk(device.Options{Changed: func(c map[string]bool) { changed = append(changed, fmt.Sprint(c)) }})
	for n := range 1203 {
		p.house.publish("slots", fmt.Sprint("s", n), json.RawMessage(`{"free":true}`))
	}
	k.sync()
	if list, err := k.store.Records(ctx, "slots"); err != nil || len(list) != 1203 || list[1202].ID != "s1202" || len(changed) != 3 {
		t.Fatal(len(list), len(changed), err)
	}
	p.house.publish("slots", "s7", nil)
	k.sync()
	if list, _ := k.store.Records(ctx, "slots"); len(list) != 1202 || len(changed) != 4 {
		t.Fatal(len(list), len(changed))
	}
	// Restored from a backup that knows less: what it does not name is gone here too, even with lower numbers.
	p.house.mu.Lock()
	p.house.epoch, p.house.records = "e2", p.house.records[:3]
	p.house.mu.Unlock()
	k.sync()
	if list, _ := k.store.Records(ctx, "slots"); len(list) != 3 {
		t.Fatal(len(list))
	}
}

// breaking is a store whose disk fails at the nth page.
type breaking struct {
	*store.Store
	left int
}

func (b *breaking) Apply(ctx context.Context, p wire.Pulled) error {
	if b.left--; b.left < 0 {
		return errors.New("disk")
	}
	return b.Store.Apply(ctx, p)
}

func TestTheCursorIsNeverAheadOfItsRows(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	for n := range 1100 {
		p.house.publish("slots", fmt.Sprint("s", n), json.RawMessage(`1`))
	}
	sent := k.submit()
	bad := &breaking{k.store, 1}
	if err := device.New(k.id, bad, device.Options{}).Sync(ctx); err == nil {
		t.Fatal("the disk did not fail")
	}
	if list, err := k.store.Records(ctx, "slots"); err != nil || len(list) != wire.MaxRecords {
		t.Fatal(len(list), err)
	}
	if sorted(p.house.has()...) != sent {
		t.Fatal("a disk that takes no facts keeps applications back")
	}
	k.sync()
	if list, _ := k.store.Records(ctx, "slots"); len(list) != 1100 {
		t.Fatal("rows are missing:", len(list))
	}
}

func TestANudgeWakesTheDevice(t *testing.T) {
	p := build(t)
	pulls, changed := make(chan bool, 100), make(chan map[string]bool, 10)
	k := p.kiosk(device.Options{Every: time.Hour, Changed: func(c map[string]bool) { changed <- c }})
	p.spoil(func(w http.ResponseWriter, r *http.Request, h http.Handler) {
		h.ServeHTTP(w, r)
		if r.URL.Path == wire.PathPull {
			pulls <- true
		}
	})
	run, stop := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- k.client.Run(run) }()
	wait(t, pulls) // at the start
	wait(t, pulls) // when the line of nudges stands
	p.house.publish("slots", "s1", json.RawMessage(`1`))
	p.handler.Nudge("terminal")
	if c := wait(t, changed); !c["slots"] {
		t.Fatal(c)
	}
	// What a citizen submits leaves at once.
	id := k.submit()
	if got := wait(t, p.house.arrived); got != id {
		t.Fatal(got)
	}
	stop()
	if err := wait(t, done); err != nil {
		t.Fatal(err)
	}
}

func wait[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("it did not happen")
		panic("unreachable")
	}
}

func TestAnswersAreFetchedForWhoHoldsTheSlip(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	secret, to, err := seal.NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal.SealTo(to, []byte("approved"))
	if err != nil {
		t.Fatal(err)
	}
	p.house.answers[seal.Address(to)] = [][]byte{sealed}
	got, err := k.client.Answers(ctx, seal.Address(to))
	if err != nil || len(got) != 1 || !k.client.Online() {
		t.Fatal(got, err)
	}
	if plain, err := seal.OpenWith(secret, got[0]); err != nil || string(plain) != "approved" {
		t.Fatal(err)
	}
	if got, err := k.client.Answers(ctx, strings.Repeat("0", 64)); err != nil || len(got) != 0 {
		t.Fatal("an address without answers:", got, err)
	}
	p.spoil(func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })
	if _, err := k.client.Answers(ctx, seal.Address(to)); !errors.Is(err, device.ErrOffline) || k.client.Online() {
		t.Fatal(err)
	}
	if _, err := k.client.Answers(ctx, "../enroll"); err == nil || errors.Is(err, device.ErrOffline) {
		t.Fatal(err)
	}
}

func TestOnlyKeysTheTownHallVouchesForAreSealedTo(t *testing.T) {
	p := build(t)
	k := p.kiosk(device.Options{})
	k.sync()
	if _, err := k.client.NewestKey(ctx); !errors.Is(err, device.ErrNoKey) {
		t.Fatal(err)
	}
	stranger, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	give := func(id string, signer proof.Key, tenant string, key seal.Private, at time.Time) {
		t.Helper()
		data, err := hall.KeyData(signer, tenant, key.Public(), at)
		if err != nil {
			t.Fatal(err)
		}
		p.house.publish(wire.CollectionKeys, id, data)
	}
	give("new", p.key, "bad-oeynhausen", keys()[1], noon)
	give("old", p.key, "bad-oeynhausen", keys()[0], noon.Add(-time.Hour))
	give("forged", stranger, "bad-oeynhausen", keys()[0], noon.Add(time.Hour))
	give("neighbour", p.key, "loehne", keys()[0], noon.Add(time.Hour))
	p.house.publish(wire.CollectionKeys, "nonsense", json.RawMessage(`{"kty":"RSA"}`))
	k.sync()
	list, err := k.client.Keys(ctx)
	if err != nil || len(list) != 2 {
		t.Fatal(len(list), err)
	}
	p.spoil(func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })
	e, err := k.client.Seal(ctx, "x", []byte("{}"))
	if err != nil || e.Key != keys()[1].ID() {
		t.Fatal("without a line it is not sealed to the newest key:", err)
	}
}
