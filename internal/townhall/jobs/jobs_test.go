package jobs_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/jobs"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
)

func offer() jobs.Offer {
	return jobs.Offer{Title: publish.Words{De: "Gärtner (m/w/d)", En: "Gardener"}, Department: "Bauhof", Salary: "TVöD E 5", Text: publish.Words{De: "Sie pflegen den Kurpark."}, Until: "2026-12-31"}
}

func TestAnOfferIsSeenByDevicesUntilItIsClosedAndCountsForWhoWasInTime(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "town.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var rows [][]byte
	nudged := map[string]int{}
	board := jobs.New(jobs.Options{Store: store, Scopes: []string{"stadt", publish.Public}, Now: func() time.Time { return now }, Random: rand.Reader,
		Changed: func(r [][]byte) { rows = r }, Nudge: func(scope string) { nudged[scope]++ }})
	made, err := board.Add(t.Context(), "kowalski", offer())
	if err != nil {
		t.Fatal(err)
	}
	published := func(scope string) (j publish.Job) {
		t.Helper()
		all, err := store.After(t.Context(), scope, 0, 10)
		if err != nil || len(all) != 1 || all[0].Collection != publish.CollectionJobs || json.Unmarshal(all[0].Data, &j) != nil || all[0].Check() != nil {
			t.Fatalf("%s knows %v, %v", scope, all, err)
		}
		return j
	}
	counts := func() (j publish.Job) {
		t.Helper()
		if len(rows) != 1 || json.Unmarshal(rows[0], &j) != nil {
			t.Fatalf("%d rows", len(rows))
		}
		return j
	}
	for _, scope := range []string{"stadt", publish.Public} {
		if j := published(scope); j.From != "2026-11-23" || j.Until != "2026-12-31" || j.Line.De != "Bauhof, TVöD E 5, bis 31.12.2026" || j.Line.En != "Bauhof, TVöD E 5, until 31 December 2026" || j.ID != made.ID {
			t.Errorf("%+v", j)
		}
	}
	now = now.Add(48 * time.Hour)
	if err := board.Close(t.Context(), "meier", made.ID); err != nil {
		t.Fatal(err)
	}
	if j := published(publish.Public); j.Until != "2026-11-24" {
		t.Errorf("devices still offer it until %s", j.Until)
	}
	if j := counts(); j.Until != "2026-11-25" {
		t.Errorf("who applied that morning was in time until %s", j.Until)
	}
	if err := board.Close(t.Context(), "meier", made.ID); !errors.Is(err, jobs.ErrClosed) {
		t.Error(err)
	}
	if err := board.Close(t.Context(), "meier", "nothing"); !errors.Is(err, jobs.ErrNotFound) {
		t.Error(err)
	}
	events, err := store.JobEvents(t.Context(), made.ID)
	if err != nil || len(events) != 2 || events[0].Clerk != "kowalski" || events[0].What != "offered" || events[1].Clerk != "meier" || events[1].What != "closed" || !events[1].At.Equal(now) {
		t.Errorf("%+v, %v", events, err)
	}
	rows = nil
	if err := board.Tell(t.Context()); err != nil || counts().Until != "2026-11-25" { // after a restart
		t.Error(err)
	}
	if nudged["stadt"] != 2 || nudged[publish.Public] != 2 {
		t.Errorf("%v", nudged)
	}
}

func TestAnOfferThatIsNotWholeIsNotMade(t *testing.T) {
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for want, change := range map[string]func(*jobs.Offer){
		"":           func(*jobs.Offer) {},
		"title":      func(o *jobs.Offer) { o.Title.De = " a " },
		"department": func(o *jobs.Offer) { o.Department = "" },
		"salary":     func(o *jobs.Offer) { o.Salary = strings.Repeat("x", 81) },
		"text":       func(o *jobs.Offer) { o.Text.De = strings.Repeat("x", 2001) },
		"until":      func(o *jobs.Offer) { o.Until = "2026-11-22" },
	} {
		o := offer()
		change(&o)
		if got := o.Check(day); got != want {
			t.Errorf("%q is wrong, not %q", got, want)
		}
	}
	for until, fine := range map[string]bool{"2026-11-23": true, "2027-11-23": true, "2028-01-01": false, "": false, "morgen": false} {
		o := offer()
		o.Until = until
		if got := o.Check(day) == ""; got != fine {
			t.Errorf("until %q: %t", until, got)
		}
	}
}
