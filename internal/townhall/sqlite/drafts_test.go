package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func TestDraftsLieAtTheTownHallUntilTheyEnd(t *testing.T) {
	ctx, now := t.Context(), time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	s, err := Open(ctx, filepath.Join(t.TempDir(), "townhall.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k := seal.DraftKey{1}
	d, err := k.Draft([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	until := now.Add(wire.DraftTerm)
	for range 2 { // a device may repeat itself
		if err := s.KeepDraft(ctx, d, "kiosk-1", until); err != nil {
			t.Fatal(err)
		}
	}
	if got, ok, err := s.Draft(ctx, d.Address, until.Add(-time.Second)); err != nil || !ok || !bytes.Equal(got, d.Data) {
		t.Fatal(ok, err)
	}
	if _, ok, _ := s.Draft(ctx, d.Address, until); ok {
		t.Fatal("it is given out after its end")
	}
	foreign := d
	foreign.Grip = seal.DraftKey{2}.Grip()
	changed := d
	changed.Data = []byte("other")
	for name, x := range map[string]seal.Draft{"somebody else's": foreign, "another one": changed} {
		if err := s.KeepDraft(ctx, x, "kiosk-2", until); !errors.Is(err, hall.ErrTaken) {
			t.Error(name, err)
		}
	}
	if err := s.DropDraft(ctx, d.Address, seal.DraftKey{2}.Token()); !errors.Is(err, hall.ErrTaken) {
		t.Fatal("who knows only the address throws it away:", err)
	}
	for range 2 {
		if err := s.DropDraft(ctx, d.Address, k.Token()); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, _ := s.Draft(ctx, d.Address, now); ok {
		t.Fatal("it is still there")
	}
	if err := s.KeepDraft(ctx, d, "kiosk-1", until); !errors.Is(err, hall.ErrGone) {
		t.Fatal("a device that was late brought it back:", err)
	}
	if n, err := s.ExpireDrafts(ctx, until); err != nil || n != 1 {
		t.Fatal(n, err)
	}
}

func TestOneTerminalCannotFillTheTownHallWithDrafts(t *testing.T) {
	ctx, now := t.Context(), time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	s, err := Open(ctx, filepath.Join(t.TempDir(), "townhall.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	keep := func(n int, who string) error {
		id := wire.Digest(fmt.Append(nil, n))
		return s.KeepDraft(ctx, seal.Draft{Address: id, Grip: id, Data: []byte("sealed")}, who, now.Add(time.Hour))
	}
	for n := range draftsEach {
		if err := keep(n, "kiosk-1"); err != nil {
			t.Fatal(n, err)
		}
	}
	if err := keep(draftsEach, "kiosk-1"); !errors.Is(err, hall.ErrQuota) {
		t.Fatal(err)
	}
	if err := keep(draftsEach, "kiosk-2"); err != nil {
		t.Fatal("another terminal:", err)
	}
	if err := keep(draftsEach+1, ""); err != nil {
		t.Fatal("a phone:", err)
	}
}
