package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// fromPhone is an item with sealed files, as it comes from the door.
func fromPhone(id string, files ...string) wire.Item {
	item := wire.Item{ID: id, Kind: wire.KindEnvelope, Key: "k", Body: "sealed " + id}
	for _, f := range files {
		item.Blobs = append(item.Blobs, wire.BlobRef{SHA256: wire.Digest([]byte(f)), Size: int64(len(f))})
	}
	return item
}

func dock(t *testing.T, s *Store, files ...string) {
	t.Helper()
	for _, f := range files {
		p := wire.Piece{Ref: wire.BlobRef{SHA256: wire.Digest([]byte(f)), Size: int64(len(f))}}
		if _, err := s.Dock().Append(t.Context(), "phone-1", p, []byte(f)); err != nil {
			t.Fatal(err)
		}
	}
}

func keep(t *testing.T, s *Store, items ...wire.Item) []wire.Status {
	t.Helper()
	got, err := s.Keep(t.Context(), "phone", proof.PublicKey{}, items, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAnEnvelopeWaitsForItsFilesAndThenHasThemInEveryBackup(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	path := filepath.Join(dir, "town.db")
	s, err := Open(ctx, path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	report, plain := fromPhone("e1", "photo one", "photo two"), fromPhone("e2")
	dock(t, s, "photo one")
	if got := keep(t, s, report, plain); got[0] != wire.NeedBlobs || got[1] != wire.Stored {
		t.Fatal(got)
	}
	if all, err := s.In(ctx, intake.Fresh, 0, 10); err != nil || len(all) != 1 {
		t.Fatal("it is opened without its photos", len(all), err)
	}
	dock(t, s, "photo two")
	if got := keep(t, s, report); got[0] != wire.Stored {
		t.Fatal(got)
	}
	if got := keep(t, s, report); got[0] != wire.Dup { // the receipt got lost; the files are not wanted again
		t.Fatal(got)
	}
	if left, _ := os.ReadDir(path + DockEnd); len(left) != 0 {
		t.Error("the files are there twice:", left)
	}
	look := func(s *Store) {
		t.Helper()
		all, err := s.In(ctx, intake.Fresh, 0, 10)
		if err != nil || len(all) != 2 || len(all[0].Item.Blobs) != 0 || len(all[1].Item.Blobs) != 2 {
			t.Fatal(all, err)
		}
		for n, want := range []string{"photo one", "photo two"} {
			b := all[1].Item.Blobs[n]
			if data, err := s.Part(ctx, b.SHA256); err != nil || string(data) != want || b != report.Blobs[n] {
				t.Fatal(string(data), err)
			}
		}
	}
	look(s)
	backup := filepath.Join(dir, "backup.db")
	if err := s.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	if _, err := Restore(ctx, backup, other, time.Now()); err != nil {
		t.Fatal(err)
	}
	back, err := Open(ctx, other, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { back.Close() })
	look(back)
	if _, err := s.Part(ctx, wire.Digest(nil)); !errors.Is(err, intake.ErrPart) {
		t.Error(err)
	}
}

func TestThePhoneIsNowhereInTheTownHallsFiles(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(context.Background(), filepath.Join(dir, "town.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	dock(t, s, "photo")
	if got := keep(t, s, fromPhone("e1", "photo")); got[0] != wire.Stored {
		t.Fatal(got)
	}
	all, err := s.In(t.Context(), intake.Fresh, 0, 10)
	if err != nil || len(all) != 1 || all[0].Device != "phone" || all[0].DeviceKey.ID() != "" || all[0].Item.Outcome != "" {
		t.Fatal(all, err)
	}
	dock(t, s, "half of another")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("phone-1")) || strings.Contains(path, "phone-1") {
			t.Error(path, "names the phone")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A sealed file is needed until the opened one is in a backup, and no day longer; what could not be opened stays.
func TestSealedFilesGoWhenABackupHasTheOpenedOnes(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s, err := Open(ctx, filepath.Join(dir, "town.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	dock(t, s, "one", "two", "three", "four")
	keep(t, s, fromPhone("whole", "one"), fromPhone("half", "two", "three"), fromPhone("later", "four"))
	there := func() string {
		var left []string
		for _, f := range []string{"one", "two", "three", "four"} {
			if _, err := s.Part(ctx, wire.Digest([]byte(f))); err == nil {
				left = append(left, f)
			}
		}
		return strings.Join(left, " ")
	}
	opened := func(envelope string) {
		t.Helper()
		c := cases.Case{Number: envelope, Envelope: envelope, State: service.StateReceived, Received: time.Now(), Due: time.Now(), Address: envelope,
			Photos: []cases.Photo{{Field: "/photos", Digest: strings.Repeat("a", 64), Width: 1, Height: 1, Size: 1, Data: []byte("x")}}}
		if err := s.Insert(ctx, &c, cases.Change{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Mark(ctx, envelope, intake.Done, ""); err != nil {
			t.Fatal(err)
		}
	}
	opened("whole")
	opened("half")
	if there() != "one two three four" {
		t.Fatal("gone before a backup:", there())
	}
	backup := func(name string) {
		t.Helper()
		if err := s.Backup(ctx, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	backup("1.db")
	if there() != "two three four" {
		t.Fatal("after the first backup:", there())
	}
	if got := keep(t, s, fromPhone("whole", "one")); got[0] != wire.Dup { // the device never got its receipt
		t.Fatal(got)
	}
	opened("later")
	backup("2.db")
	if there() != "two three" {
		t.Fatal("after the second backup:", there())
	}
	other := filepath.Join(dir, "other.db")
	if _, err := Restore(ctx, filepath.Join(dir, "1.db"), other, time.Now()); err != nil {
		t.Fatal(err)
	}
	back, err := Open(ctx, other, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { back.Close() })
	if data, err := back.Part(ctx, wire.Digest([]byte("four"))); err != nil || string(data) != "four" {
		t.Error("the first backup cannot open what was opened later:", err)
	}
}
