package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
)

// night is a town hall with two terminals and three clerks, a backup of it, and what happened afterwards: a terminal was stolen, a clerk left,
// another one changed a password that somebody had seen.
type night struct {
	dir, path, backup string
	code              string // made before the backup, used after it
}

func newNight(t *testing.T) night {
	t.Helper()
	dir := t.TempDir()
	n := night{dir: dir, path: filepath.Join(dir, "town.db"), backup: filepath.Join(dir, "backup.db")}
	s := open(t, n.path, storetest.Day)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	enrol := func(code, name string) {
		t.Helper()
		key, err := proof.Generate()
		ok(err)
		_, err = s.Enroll(t.Context(), code, hall.Device{ID: "id-" + name, Fingerprint: "print-" + name, Key: key.Public()})
		ok(err)
	}
	code := func(name string) string {
		t.Helper()
		c, err := s.AddCode(t.Context(), name, "stadt", "stadt", storetest.Day().Add(24*time.Hour))
		ok(err)
		return c
	}
	enrol(code("Foyer"), "Foyer")
	enrol(code("Bahnhof"), "Bahnhof")
	for _, login := range []string{"anna", "bert", "carla"} {
		ok(s.AddUser(t.Context(), login, login, "ein altes Kennwort"))
	}
	n.code = code("Bücherei")
	ok(s.Backup(t.Context(), n.backup))
	ok(s.Revoke(t.Context(), "Bahnhof"))
	ok(s.DisableUser(t.Context(), "bert"))
	ok(s.SetPassword(t.Context(), "carla", "ein neues Kennwort"))
	enrol(n.code, "Bücherei")
	ok(s.Close())
	return n
}

// outside checks who may come in after a restore.
func (n night) outside(t *testing.T) {
	t.Helper()
	s := open(t, n.path, storetest.Day)
	if _, err := s.ByFingerprint(t.Context(), "print-Bahnhof"); !errors.Is(err, hall.ErrDevice) {
		t.Errorf("the stolen terminal is let in again: %v", err)
	}
	if _, err := s.ByFingerprint(t.Context(), "print-Foyer"); err != nil {
		t.Errorf("the other terminal is shut out: %v", err)
	}
	for login, in := range map[string]bool{"anna": true, "bert": false, "carla": false} {
		if _, err := s.SignIn(t.Context(), login, "ein altes Kennwort"); (err == nil) != in {
			t.Errorf("%s with the password of the backup: %v", login, err)
		}
	}
	key, err := proof.Generate()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enroll(t.Context(), n.code, hall.Device{ID: "x", Fingerprint: "x", Key: key.Public()}); !errors.Is(err, hall.ErrCode) {
		t.Errorf("a used code counts again: %v", err)
	}
	if err := s.SetPassword(t.Context(), "carla", "ein drittes Kennwort"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(t.Context(), "carla", "ein drittes Kennwort"); err != nil {
		t.Errorf("with a new password: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A restore let a stolen terminal in again.
func TestARestoreLetsNobodyInAgain(t *testing.T) {
	n := newNight(t)
	r, err := sqlite.Restore(t.Context(), n.backup, n.path, storetest.Day())
	if err != nil || r.Look || !slices.Equal(r.Devices, []string{"Bahnhof"}) || !slices.Equal(r.Users, []string{"bert", "carla"}) {
		t.Errorf("%+v, %v", r, err)
	}
	n.outside(t) // where carla got a third password
	// And the same backup once more: what was decided is not forgotten by restoring it.
	if r, err = sqlite.Restore(t.Context(), n.backup, n.path, storetest.Day().Add(time.Hour)); err != nil || r.Look || len(r.Devices) != 1 {
		t.Errorf("the second time: %+v, %v", r, err)
	}
	n.outside(t)
}

func TestADamagedDatabaseStillTellsWhoIsShutOut(t *testing.T) {
	n := newNight(t)
	if err := os.WriteFile(n.path, []byte("what a dying disk leaves of a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := sqlite.Restore(t.Context(), n.backup, n.path, storetest.Day()); err != nil || r.Look {
		t.Errorf("%+v, %v", r, err)
	}
	n.outside(t)
}

func TestWithoutTheListSomebodyHasToLook(t *testing.T) {
	for name, spoil := range map[string]func(list string) error{
		"it is gone": os.Remove,
		"a line of it is damaged": func(list string) error {
			raw, err := os.ReadFile(list)
			if err != nil {
				return err
			}
			return os.WriteFile(list, append([]byte("{\"device\":\"id-"), raw...), 0o600)
		},
	} {
		n := newNight(t)
		if err := spoil(n.path + sqlite.ShutOut); err != nil {
			t.Fatal(err)
		}
		r, err := sqlite.Restore(t.Context(), n.backup, n.path, storetest.Day())
		if err != nil || !r.Look || !slices.Contains(r.LookDevices, "Foyer") || !slices.Contains(r.LookUsers, "anna") {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if name == "a line of it is damaged" { // the rest of it counts all the same
			n.outside(t)
		}
	}
	// A town hall from before the list writes down what it knows when it is opened.
	n := newNight(t)
	if err := os.Remove(n.path + sqlite.ShutOut); err != nil {
		t.Fatal(err)
	}
	if err := open(t, n.path, storetest.Day).Close(); err != nil {
		t.Fatal(err)
	}
	if r, err := sqlite.Restore(t.Context(), n.backup, n.path, storetest.Day()); err != nil || r.Look {
		t.Errorf("%+v, %v", r, err)
	}
	n.outside(t)
	if info, err := os.Stat(n.path + sqlite.ShutOut); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others may read who is shut out")
	}
}
