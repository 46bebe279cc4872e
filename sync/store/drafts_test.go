package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// draftStore opens a store with a clock that a test moves.
func draftStore(t *testing.T) (*Store, *time.Time, string) {
	t.Helper()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	s, err := Open(filepath.Join(dir, "memory.db"), Options{Reserve: -1, MinFree: -1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, &now, dir
}

func sealedDraft(t *testing.T, n byte) (seal.DraftKey, seal.Draft) {
	t.Helper()
	k := seal.DraftKey{n}
	d, err := k.Draft([]byte(`{"name":"Renate Vogt"}`))
	if err != nil {
		t.Fatal(err)
	}
	return k, d
}

func tasks(t *testing.T, s *Store) []DraftTask {
	t.Helper()
	list, err := s.DraftTasks(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestADraftWaitsHereUntilTheTownHallHasIt(t *testing.T) {
	s, now, dir := draftStore(t)
	k, d := sealedDraft(t, 1)
	for range 2 {
		if err := s.KeepDraft(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	*now = now.Add(time.Hour)
	if got, ok, err := s.Draft(t.Context(), k.Address()); err != nil || !ok || !bytes.Equal(got, d.Data) {
		t.Fatal(ok, err)
	}
	list := tasks(t, s)
	if len(list) != 1 || list[0].Token != "" || list[0].Draft.Age != 3600 || list[0].Draft.Grip != d.Grip {
		t.Fatalf("%+v", list)
	}
	if err := s.DraftDone(t.Context(), k.Address(), ""); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := s.Draft(t.Context(), k.Address()); ok || len(tasks(t, s)) != 0 {
		t.Fatal("it is still here")
	}
	for _, name := range []string{"memory.db", "memory.db-wal"} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err == nil && bytes.Contains(data, d.Data[:64]) {
			t.Fatal("what is not needed here any more lies in", name)
		}
	}
}

func TestADroppedDraftIsGoneHereAndTheTownHallHearsOfIt(t *testing.T) {
	s, _, _ := draftStore(t)
	k, d := sealedDraft(t, 1)
	if err := s.KeepDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	before := tasks(t, s)[0]
	if err := s.DropDraft(t.Context(), k.Address(), k.Token()); err != nil {
		t.Fatal(err)
	}
	if err := s.DraftDone(t.Context(), before.Address, before.Token); err != nil { // the answer to what was brought just before
		t.Fatal(err)
	}
	list := tasks(t, s)
	if len(list) != 1 || list[0].Token != k.Token() || len(list[0].Draft.Body) != 0 {
		t.Fatalf("the town hall does not hear that it is over: %+v", list)
	}
	if dropped, err := s.DraftDropped(t.Context(), k.Address()); err != nil || !dropped {
		t.Fatal(err)
	}
	if err := s.KeepDraft(t.Context(), d); !errors.Is(err, ErrConflict) {
		t.Fatal("what was dropped comes back:", err)
	}
}

func TestADraftEndsAfterThirtyDays(t *testing.T) {
	s, now, _ := draftStore(t)
	k, d := sealedDraft(t, 1)
	if err := s.KeepDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(wire.DraftTerm - time.Minute)
	if _, ok, _ := s.Draft(t.Context(), k.Address()); !ok {
		t.Fatal("it ended too early")
	}
	*now = now.Add(time.Minute)
	if _, ok, _ := s.Draft(t.Context(), k.Address()); ok {
		t.Fatal("it is still given out")
	}
	if err := s.ExpireDrafts(t.Context()); err != nil || len(tasks(t, s)) != 0 {
		t.Fatal(err)
	}
}

func TestWhatIsNoDraftIsNotKept(t *testing.T) {
	s, _, _ := draftStore(t)
	_, good := sealedDraft(t, 1)
	for name, change := range map[string]func(*seal.Draft){
		"no address": func(d *seal.Draft) { d.Address = "../etc" }, "no grip": func(d *seal.Draft) { d.Grip = "" },
		"empty": func(d *seal.Draft) { d.Data = nil }, "too long": func(d *seal.Draft) { d.Data = make([]byte, seal.MaxSealedDraft+1) },
	} {
		d := good
		change(&d)
		if err := s.KeepDraft(t.Context(), d); !errors.Is(err, wire.ErrMessage) {
			t.Error(name, err)
		}
	}
	if err := s.DropDraft(t.Context(), good.Address, "x"); !errors.Is(err, wire.ErrMessage) {
		t.Error(err)
	}
}

func TestAFullDeviceTakesNoDraftAndStillForgets(t *testing.T) {
	s, _, _ := draftStore(t)
	k, d := sealedDraft(t, 1)
	if err := s.KeepDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	s.o.MinFree = 1 << 60
	_, other := sealedDraft(t, 2)
	if err := s.KeepDraft(t.Context(), other); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	if err := s.DropDraft(t.Context(), k.Address(), k.Token()); err != nil {
		t.Fatal(err)
	}
	s.o.MinFree = 0
	for n := range mostDrafts {
		_, d := sealedDraft(t, 0)
		d.Address = wire.Digest([]byte{byte(n), byte(n >> 8)})
		if err := s.KeepDraft(t.Context(), d); err != nil {
			if n != mostDrafts-1 || !errors.Is(err, ErrFull) {
				t.Fatal(n, err)
			}
			return
		}
	}
	t.Fatal("as many as one likes are kept")
}
