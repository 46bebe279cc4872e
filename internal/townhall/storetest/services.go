package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// decide is the n-th decision about a service: it is offered in version n.
func decide(n int, before int64) services.Decision {
	version := fmt.Sprint(n)
	return services.Decision{
		Version: &services.Version{Service: "parken", Version: version, Title: "Parken", Digest: "d" + version, Packed: []byte(version), At: Day(), Who: "kowalski", Signer: "Amt"},
		Before:  before, Offer: &services.Offer{Service: "parken", Version: version, Since: Day(), Serial: int64(n), Epoch: "e"},
		Event:  services.Event{At: Day(), Who: "kowalski", Kind: services.EventPublished, Service: "parken", Version: version},
		Scopes: []string{"stadt", "public"}, Records: []wire.Record{{Collection: wire.CollectionServices, ID: "parken", Data: []byte(`"` + version + `"`)}},
	}
}

func decisions(t *testing.T, s Store) {
	ctx := t.Context()
	if n := must(s.Serial(ctx, "parken"))(t); n != 0 {
		t.Fatal("somebody decided already")
	}
	ok(t, s.Decide(ctx, decide(1, 0)))
	is(t, s.Decide(ctx, decide(2, 0)), services.ErrChanged)
	offers, all, events := must(s.Offers(ctx))(t), must(s.Versions(ctx))(t), must(s.History(ctx, 10))(t)
	if len(offers) != 1 || len(all) != 1 || len(events) != 1 {
		t.Fatalf("half of a refused decision was stored: %+v %+v %+v", offers, all, events)
	}
	want := *decide(1, 0).Offer
	if o := offers[0]; !o.Since.Equal(want.Since) || o.Version != "1" || o.Serial != 1 || o.Epoch != "e" {
		t.Errorf("%+v", o)
	}
	if v := all[0]; v.Packed != nil || v.Signer != "Amt" || v.Who != "kowalski" || v.Title != "Parken" || v.Digest != "d1" || !v.At.Equal(Day()) {
		t.Errorf("%+v", v)
	}
	if e := events[0]; e.Who != "kowalski" || e.Kind != services.EventPublished || e.Service != "parken" || e.Version != "1" || !e.At.Equal(Day()) {
		t.Errorf("%+v", e)
	}
	decided := must(s.Decided(ctx))(t)
	gone := decide(1, 1)
	gone.Version, gone.Offer, gone.Event.Kind = nil, nil, services.EventWithdrawn
	gone.Records[0] = wire.Record{Collection: wire.CollectionServices, ID: "parken", Deleted: true}
	ok(t, s.Decide(ctx, gone))
	if len(must(s.Offers(ctx))(t)) != 0 || must(s.Serial(ctx, "parken"))(t) != 1 || must(s.Decided(ctx))(t) == decided {
		t.Error("it is not withdrawn, or the last word is forgotten")
	}
	for _, scope := range []string{"stadt", "public"} {
		if r := must(s.After(ctx, scope, 0, 10))(t); len(r) != 1 || !r[0].Deleted {
			t.Errorf("devices hear %+v", r)
		}
	}
	ok(t, s.Decide(ctx, decide(2, 1)))
	var wins sync.Map
	var all2 sync.WaitGroup
	for n := 3; n < 9; n++ {
		all2.Go(func() {
			if s.Decide(ctx, decide(n, 2)) == nil {
				wins.Store(n, true)
			}
		})
	}
	all2.Wait()
	won := 0
	wins.Range(func(any, any) bool { won++; return true })
	if won != 1 {
		t.Errorf("of six who decided at once, %d did", won)
	}
}

func versions(t *testing.T, s Store) {
	ctx := t.Context()
	ok(t, s.Decide(ctx, decide(1, 0)))
	ok(t, s.Decide(ctx, decide(2, 1)))
	again := decide(1, 2)
	again.Offer.Serial = 3
	ok(t, s.Decide(ctx, again))
	other := decide(1, 3)
	other.Version.Digest = "else"
	is(t, s.Decide(ctx, other), services.ErrVersion)
	if p := must(s.Packed(ctx, "parken", "1"))(t); string(p) != "1" {
		t.Errorf("%q", p)
	}
	_, err := s.Packed(ctx, "parken", "9")
	is(t, err, services.ErrUnknown)
	var names []string
	for _, v := range must(s.Versions(ctx))(t) {
		names = append(names, v.Version)
	}
	if !slices.Equal(names, []string{"2", "1"}) {
		t.Errorf("%v", names)
	}
}

func faults(t *testing.T, s Store) {
	ctx := t.Context()
	rule := wire.Fault{Kind: wire.FaultRule, Service: "parken", Version: "1", File: "form.yaml", Line: 3, Key: "fee.amount", Count: 2}
	for range 2 {
		ok(t, s.CountFaults(ctx, "a", "Foyer", []wire.Fault{rule}))
	}
	ok(t, s.CountFaults(ctx, "b", "Foyer", []wire.Fault{rule, {Kind: wire.FaultRefused, Service: "parken", Version: "2", Reason: "no", Count: 1}}))
	ok(t, s.CountFaults(ctx, "c", "phone", nil))
	list := must(s.ServiceFaults(ctx, 10))(t)
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	for _, f := range list {
		if f.Device != "Foyer" || !f.Last.Equal(Day()) || f.Kind == wire.FaultRule && (f.Count != 4 || f.Key != "fee.amount" || f.Line != 3) || f.Kind == wire.FaultRefused && f.Reason != "no" {
			t.Errorf("%+v", f)
		}
	}
	if len(must(s.ServiceFaults(ctx, 1))(t)) != 1 {
		t.Error("there is no end")
	}
}

func publishers(t *testing.T, s Store) {
	ctx := t.Context()
	a, b := services.Publisher{Name: "Amt", Key: deviceKey(t), Added: Day()}, services.Publisher{Name: "Büro", Key: deviceKey(t), Added: Day()}
	ok(t, s.AddPublisher(ctx, b))
	ok(t, s.AddPublisher(ctx, a))
	is(t, s.AddPublisher(ctx, services.Publisher{Name: "Amt", Key: deviceKey(t)}), services.ErrPublisher)
	is(t, s.AddPublisher(ctx, services.Publisher{Name: "Chef", Key: a.Key}), services.ErrPublisher)
	list := must(s.Publishers(ctx))(t)
	if len(list) != 2 || list[0].Name != "Amt" || list[0].Key.ID() != a.Key.ID() || !list[0].Added.Equal(Day()) {
		t.Errorf("%+v", list)
	}
	ok(t, s.RemovePublisher(ctx, "Amt"))
	is(t, s.RemovePublisher(ctx, "Amt"), services.ErrPublisher)
}
