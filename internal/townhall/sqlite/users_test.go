package sqlite_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
)

const rain = "Kurpark im Regen"

// Hashes of rain with the salt "SalzSalzSalzSalz", made by the program of Argon2's authors (argon2 of Debian 12).
const (
	theirs    = "$argon2id$v=19$m=65536,t=3,p=1$U2FselNhbHpTYWx6U2Fseg$k25H6CscYWpEWzbW03cqwNA66yIHCBGTDoNTq4Xfhos"
	tooCheap  = "$argon2id$v=19$m=1024,t=2,p=1$U2FselNhbHpTYWx6U2Fseg$novfMiySaU7uTF0gfi8HoER8eFletvWsN0/iBHTeXtM"
	otherKind = "$argon2i$v=19$m=65536,t=3,p=1$U2FselNhbHpTYWx6U2Fseg$LxsrnUw/glfRa4x1mIYO9JI4UmYty16tpAVn6qvXvRs"
	tooShort  = "$argon2id$v=19$m=65536,t=3,p=1$U2FselNhbHpTYWx6U2Fseg$1yddcqiZZn5yz0L7eqm/4w"
)

// stored gives what the file has as somebody's password.
func stored(t *testing.T, file *sql.DB, login string) (hash string) {
	t.Helper()
	if err := file.QueryRowContext(t.Context(), `SELECT password FROM users WHERE login = ?`, login).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

// withFile opens a store, and its file as somebody would who took it along.
func withFile(t *testing.T) (s *sqlite.Store, file *sql.DB, dir string) {
	t.Helper()
	dir = t.TempDir()
	s = open(t, filepath.Join(dir, "town.db"), storetest.Day)
	file, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "town.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return s, file, dir
}

func TestWhoTakesTheFileHasToGuessEveryPasswordForItself(t *testing.T) {
	s, file, dir := withFile(t)
	for _, login := range []string{"anna", "bert"} {
		if err := s.AddUser(t.Context(), login, "Name", rain); err != nil {
			t.Fatal(err)
		}
	}
	first := stored(t, file, "anna")
	if err := s.SetPassword(t.Context(), "anna", rain); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for whose, hash := range map[string]string{"anna's": stored(t, file, "anna"), "bert's": stored(t, file, "bert"), "anna's former one": first} {
		parts := regexp.MustCompile(`^\$argon2id\$v=19\$m=65536,t=3,p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$`).FindStringSubmatch(hash)
		if parts == nil {
			t.Fatalf("%s is kept as %q", whose, hash)
		}
		salt, err := base64.RawStdEncoding.DecodeString(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		if want := base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(rain), salt, 3, 64*1024, 1, 32)); parts[2] != want {
			t.Errorf("%s does not cost what it says: %s instead of %s", whose, parts[2], want)
		}
		for _, part := range parts[1:] {
			if other := seen[part]; other != "" {
				t.Errorf("who guesses %s has guessed %s as well", whose, other)
			}
			seen[part] = whose
		}
	}

	if err := s.Backup(t.Context(), filepath.Join(dir, "backup.db")); err != nil {
		t.Fatal(err)
	}
	control := filepath.Join(dir, "control")
	for shape, b := range quick(rain) {
		if err := os.WriteFile(control, append([]byte("x"), b...), 0o600); err != nil {
			t.Fatal(err)
		}
		if found, _ := lies(t, dir, shape, b); found != "control" {
			t.Fatalf("the search does not find the password as %s: %q", shape, found)
		}
		if err := os.Remove(control); err != nil {
			t.Fatal(err)
		}
		if found, files := lies(t, dir, shape, b); found != "" || files < 4 { // database, its log, backup, who was shut out
			t.Errorf("the password as %s lies in %q; %d files were searched", shape, found, files)
		}
	}
}

// quick are a password's shapes that cost nothing to undo or to guess.
func quick(password string) map[string][]byte {
	sum := sha256.Sum256([]byte(password))
	return map[string][]byte{
		"text": []byte(password), "small letters": []byte(strings.ToLower(password)), "hex": []byte(hex.EncodeToString([]byte(password))),
		"base64": []byte(base64.RawStdEncoding.EncodeToString([]byte(password))), "SHA-256": sum[:], "SHA-256 in hex": []byte(hex.EncodeToString(sum[:])),
		"SHA-256 in base64": []byte(base64.RawStdEncoding.EncodeToString(sum[:])),
	}
}

// lies tells in which files below dir the bytes are, and how many were looked at.
func lies(t *testing.T, dir, what string, b []byte) (found string, files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if bytes.Contains(data, b) {
			found += d.Name()
		}
		return err
	})
	if err != nil {
		t.Fatal(what, ": ", err)
	}
	return found, files
}

// A hash that costs less to guess than ours, or is of another kind, opens nothing even with the right password: who can write it into the file
// must not thereby choose how well it is kept.
func TestOnlyAHashThatCostsWhatOursCostLetsSomebodyIn(t *testing.T) {
	s, file, _ := withFile(t)
	if err := s.AddUser(t.Context(), "anna", "Anna Ahrens", "ein langes Kennwort"); err != nil {
		t.Fatal(err)
	}
	put := func(hash string) {
		t.Helper()
		if _, err := file.ExecContext(t.Context(), `UPDATE users SET password = ?`, hash); err != nil {
			t.Fatal(err)
		}
	}
	put(theirs)
	if _, err := s.SignIn(t.Context(), "anna", rain); err != nil {
		t.Error("a hash of Argon2's authors, with our parameters, does not let in: ", err)
	}
	for _, wrong := range []string{"", rain + " ", strings.ToLower(rain), theirs} {
		if _, err := s.SignIn(t.Context(), "anna", wrong); !errors.Is(err, sqlite.ErrSignIn) {
			t.Errorf("%q lets in: %v", wrong, err)
		}
	}
	for what, hash := range map[string]string{
		"a cheaper one": tooCheap, "one of another kind": otherKind, "a short one": tooShort, "one without a sum": theirs[:strings.LastIndex(theirs, "$")+1],
		"one that is cut off": theirs[:len(theirs)-4], "none": "", "the password itself": rain,
	} {
		put(hash)
		if _, err := s.SignIn(t.Context(), "anna", rain); !errors.Is(err, sqlite.ErrSignIn) {
			t.Errorf("%s lets in: %v", what, err)
		}
	}
}
