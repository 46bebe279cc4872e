package town_test

import (
	"errors"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// A clerk counts the people in the corridor: the terminal and a resident's phone show it, and forget it when it is old or taken back.
func TestHowManyWaitIsKnownAtTheTerminalAndOnAPhoneWhileItIsFresh(t *testing.T) {
	ctx, o := t.Context(), options(t)
	now := time.Date(2026, 11, 26, 10, 12, 0, 0, time.UTC)
	o.Now = func() time.Time { return now }
	r := open(t, o)
	p := phone(t, r, "phone")
	seen := func() (at []service.Queue) {
		t.Helper()
		r.sync(t)
		ok(t, p.Sync(ctx))
		for _, read := range []func() ([][]byte, error){
			func() ([][]byte, error) { return r.Published(ctx, service.CollectionQueues) },
			func() ([][]byte, error) { return p.Post.Published(ctx, service.CollectionQueues) },
		} {
			at = append(at, service.ReadQueues(must[[][]byte](t)(read()))["buergerbuero"])
		}
		return at
	}
	ok(t, r.Hall.Count(ctx, "buergerbuero", 4))
	for i, q := range seen() {
		if q.Waiting != 4 || !q.At.Equal(now) || !q.Fresh(now.Add(14*time.Minute)) || q.Fresh(now.Add(15*time.Minute)) {
			t.Errorf("device %d: %+v", i, q)
		}
	}
	now = now.Add(5 * time.Minute)
	ok(t, r.Hall.Count(ctx, "buergerbuero", 4)) // as many as before, but later
	for i, q := range seen() {
		if !q.At.Equal(now) {
			t.Errorf("device %d still has the count of %v", i, q.At)
		}
	}
	if all := must[map[string]service.Queue](t)(r.Hall.Queues(ctx)); len(all) != 1 || all["buergerbuero"].Waiting != 4 {
		t.Errorf("the clerk reads %v", all)
	}
	ok(t, r.Hall.Uncount(ctx, "buergerbuero"))
	for i, q := range seen() {
		if q.Fresh(now) {
			t.Errorf("device %d goes on saying it: %+v", i, q)
		}
	}
	if err := r.Hall.Count(ctx, "raumfahrt", 1); !errors.Is(err, server.ErrOffice) {
		t.Error("people wait at an office that is not there:", err)
	}
	for _, n := range []int{-1, 1000} {
		if err := r.Hall.Count(ctx, "buergerbuero", n); !errors.Is(err, publish.ErrQueue) {
			t.Errorf("%d people wait: %v", n, err)
		}
	}
}
