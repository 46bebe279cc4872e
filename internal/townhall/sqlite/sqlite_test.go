package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
)

func open(t *testing.T, path string, now func() time.Time) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestTheStoreKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Store {
		return open(t, filepath.Join(t.TempDir(), "town.db"), now)
	})
}

func TestOnlyTheOwnerMayReadTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "town.db")
	open(t, path, storetest.Day)
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatal("database or its log is missing", err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(filepath.Base(f), info.Mode(), err)
		}
	}
}

func TestTheWrongPasswordAndTheUnknownClerkLookTheSame(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "town.db"), storetest.Day)
	if err := s.AddUser(t.Context(), "anna", "Anna Ahrens", "ein langes Kennwort"); err != nil {
		t.Fatal(err)
	}
	if u, err := s.SignIn(t.Context(), "anna", "ein langes Kennwort"); err != nil || u.Name != "Anna Ahrens" {
		t.Fatal("the right password does not open", err)
	}
	for login, password := range map[string]string{"anna": "falsch", "bert": "ein langes Kennwort", "": ""} {
		if _, err := s.SignIn(t.Context(), login, password); !errors.Is(err, sqlite.ErrSignIn) {
			t.Errorf("%q: %v", login, err)
		}
	}
	if err := s.AddUser(t.Context(), "anna", "Andere", "ein anderes Kennwort"); !errors.Is(err, sqlite.ErrUser) {
		t.Error("a login is given twice", err)
	}
	if err := s.DisableUser(t.Context(), "anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(t.Context(), "anna", "ein langes Kennwort"); !errors.Is(err, sqlite.ErrSignIn) {
		t.Error("who was shut out can sign in", err)
	}
	if _, active, err := s.FindUser(t.Context(), "anna"); active || err != nil {
		t.Error("who was shut out goes on working", err)
	}
	if err := s.SetPassword(t.Context(), "anna", "noch ein Kennwort"); err != nil {
		t.Fatal(err)
	}
	u, active, _ := s.FindUser(t.Context(), "anna")
	if !active || u.Name != "Anna Ahrens" {
		t.Error("a new password does not let in again")
	}
	in, err := s.SignIn(t.Context(), "anna", "noch ein Kennwort")
	if err != nil || in.Since == "" || in.Since != u.Since {
		t.Error("who signed in is somebody else on the next page", err)
	}
	if err := s.SetPassword(t.Context(), "anna", "noch ein Kennwort"); err != nil {
		t.Fatal(err)
	}
	if u, _, _ := s.FindUser(t.Context(), "anna"); u.Since == in.Since {
		t.Error("a new password leaves old sessions open")
	}
}

// A town hall that came back from a backup without saying so once made devices forget what it did not have.
func TestARestoreBeginsANewEpochWithoutAWatermark(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "town.db"), filepath.Join(dir, "backup.db")
	s := open(t, path, storetest.Day)
	insert := func(n, envelope string) {
		c := cases.Case{Number: n, Envelope: envelope, State: "received", Received: storetest.Day()}
		if err := s.Insert(t.Context(), &c, cases.Change{}); err != nil {
			t.Fatal(err)
		}
	}
	insert("1", "e1")
	epoch, err := s.Epoch(t.Context())
	if err != nil || epoch == "" {
		t.Fatal(err)
	}
	if w, err := s.Watermark(t.Context()); err != nil || !w.IsZero() {
		t.Fatal("a watermark without backup", err)
	}
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), backup); err == nil {
		t.Error("a backup replaces another")
	}
	if w, err := s.Watermark(t.Context()); err != nil || !w.Equal(storetest.Day()) {
		t.Fatal("the watermark did not move", w, err)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others may read the backup")
	}
	insert("2", "e2")

	later := storetest.Day().Add(time.Hour)
	if _, err := sqlite.Restore(t.Context(), backup, path, later); !errors.Is(err, sqlite.ErrInUse) {
		t.Fatal("a running town hall lost its database:", err)
	}
	if _, err := s.Get(t.Context(), "2"); err != nil {
		t.Fatal("after a refused restore:", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Restore(t.Context(), backup, path, later); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, storetest.Day)
	if now, err := s.Epoch(t.Context()); err != nil || now == epoch || now == "" {
		t.Error("the epoch is the old one", err)
	}
	if w, err := s.Watermark(t.Context()); err != nil || !w.IsZero() {
		t.Error("the watermark outlived the restore", err)
	}
	if _, err := s.Get(t.Context(), "1"); err != nil {
		t.Error("what was in the backup is gone", err)
	}
	if _, err := s.Get(t.Context(), "2"); !errors.Is(err, cases.ErrNotFound) {
		t.Error("what was not in the backup is there", err)
	}
	if kept, _ := filepath.Glob(path + ".before-*"); len(kept) != 1 {
		t.Error("the former database was not kept")
	}
	if _, err := sqlite.Restore(t.Context(), "sqlite_test.go", filepath.Join(dir, "other.db"), later); err == nil {
		t.Error("any file is taken for a backup")
	}
}

// Somebody whose database was damaged, the very reason for a restore, was told to stop a server that did not run.
func TestADamagedDatabaseGivesWayToItsBackup(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "town.db"), filepath.Join(dir, "backup.db")
	s := open(t, path, storetest.Day)
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	damage := []byte("nothing that SQLite would know again, and longer than its header of a hundred bytes: ...................................")
	for name, content := range map[string][]byte{path: damage, path + "-wal": damage} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sqlite.Restore(t.Context(), backup, path, storetest.Day()); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path, storetest.Day).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	kept, err := filepath.Glob(path + ".before-*")
	if err != nil || len(kept) != 2 {
		t.Error("what was left of the damaged database is gone:", kept, err)
	}
}

// A backup made while the clock was a day ahead let devices forget what came in afterwards and was in no backup.
func TestABackupOfTomorrowIsNoneToday(t *testing.T) {
	dir, clock := t.TempDir(), storetest.Day().AddDate(0, 0, 1)
	s := open(t, filepath.Join(dir, "town.db"), func() time.Time { return clock })
	if err := s.Backup(t.Context(), filepath.Join(dir, "backup.db")); err != nil {
		t.Fatal(err)
	}
	clock = storetest.Day()
	if w, err := s.Watermark(t.Context()); err != nil || !w.IsZero() {
		t.Error(w, err)
	}
}
