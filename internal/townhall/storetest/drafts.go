package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// state is the n-th state of a service's draft.
func state(id string, n int) services.State {
	return services.State{Service: id, Title: "Parken", Base: "2", At: Day(), Who: "kowalski", What: services.DraftSaved, File: "form.yaml", Wrong: n, Digest: fmt.Sprint("d", n), Packed: []byte(fmt.Sprint(n))}
}

func draftStates(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.DraftState(ctx, "parken", 0)
	is(t, err, services.ErrDraft)
	var last int64
	for n := range 6 {
		revision := must(s.SaveDraftState(ctx, state("parken", n), last, 4))(t)
		if revision <= last {
			t.Fatalf("state %d comes after %d", revision, last)
		}
		last = revision
	}
	got := must(s.DraftState(ctx, "parken", 0))(t)
	want := state("parken", 5)
	want.Revision, want.At = last, got.At
	if fmt.Sprint(got) != fmt.Sprint(want) || !got.At.Equal(Day()) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	list := must(s.DraftStates(ctx, "parken"))(t)
	if len(list) != 4 || list[0].Revision != last || list[0].Packed != nil || list[3].Digest != "d2" {
		t.Errorf("of the last four states there are %+v", list)
	}
	if old := must(s.DraftState(ctx, "parken", list[3].Revision))(t); string(old.Packed) != "2" {
		t.Errorf("an earlier state is %q", old.Packed)
	}
	_, err = s.DraftState(ctx, "wohnen", list[3].Revision)
	is(t, err, services.ErrDraft)
	must(s.SaveDraftState(ctx, state("wohnen", 0), 0, 4))(t)
	if all := must(s.DraftedServices(ctx))(t); len(all) != 2 || all[0].Service != "wohnen" || all[1].Revision != last || all[1].Packed != nil {
		t.Errorf("the drafts are %+v", all)
	}
}

func draftsTogether(t *testing.T, s Store) {
	ctx := t.Context()
	first := must(s.SaveDraftState(ctx, state("parken", 0), 0, 50))(t)
	_, err := s.SaveDraftState(ctx, state("parken", 1), 0, 50)
	is(t, err, services.ErrNewer)
	var won atomic.Int32
	var all sync.WaitGroup
	for n := range 6 {
		all.Go(func() {
			if _, err := s.SaveDraftState(ctx, state("parken", n), first, 50); err == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if list := must(s.DraftStates(ctx, "parken"))(t); won.Load() != 1 || len(list) != 2 {
		t.Errorf("of six who saved at once, %d did; there are %d states", won.Load(), len(list))
	}
}

func draftsDropped(t *testing.T, s Store) {
	ctx := t.Context()
	first := must(s.SaveDraftState(ctx, state("parken", 0), 0, 50))(t)
	second := must(s.SaveDraftState(ctx, state("parken", 1), first, 50))(t)
	is(t, s.DropDraftStates(ctx, "parken", first), services.ErrNewer)
	ok(t, s.DropDraftStates(ctx, "parken", second))
	is(t, s.DropDraftStates(ctx, "parken", second), services.ErrDraft)
	if len(must(s.DraftStates(ctx, "parken"))(t)) != 0 || len(must(s.DraftedServices(ctx))(t)) != 0 {
		t.Error("it is still there")
	}
	next := must(s.SaveDraftState(ctx, state("parken", 0), 0, 50))(t)
	if next <= second {
		t.Errorf("number %d is given a second time", next)
	}
	_, err := s.SaveDraftState(ctx, state("parken", 1), second, 50)
	is(t, err, services.ErrNewer)
}
