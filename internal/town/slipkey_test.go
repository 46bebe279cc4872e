package town_test

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
)

// keyHead stands before the 52 letters of a slip's key and the six that check them.
const keyHead = "AGE-SECRET-KEY-1"

// rawKey gives the 32 bytes that age writes in letters (Bech32, BIP 173).
func rawKey(t *testing.T, text, head string) []byte {
	t.Helper()
	letters, is := strings.CutPrefix(strings.ToLower(text), strings.ToLower(head))
	if !is || len(letters) != 58 {
		t.Fatalf("%d letters behind %s are no key", len(letters), head)
	}
	var raw []byte
	bits, n := 0, 0
	for _, letter := range letters[:52] {
		bits, n = bits<<5|strings.IndexRune("qpzry9x8gf2tvdw0s3jn54khce6mua7l", letter), n+5
		if n >= 8 {
			n -= 8
			raw = append(raw, byte(bits>>n))
			bits &= 1<<n - 1
		}
	}
	return raw
}

// keyShapes are the bytes in which slips' keys could lie on a disk: their letters and their 32 bytes, in whatever encoding. Each is looked for by its
// halves, because a page of a database may end in the middle of it.
func keyShapes(t *testing.T, keys map[string]string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for whose, secret := range keys {
		raw := rawKey(t, secret, keyHead)
		private, err := ecdh.X25519().NewPrivateKey(raw)
		ok(t, err)
		if recipient := must[string](t)(seal.Recipient(secret)); !bytes.Equal(private.PublicKey().Bytes(), rawKey(t, recipient, "age1")) {
			t.Fatal("these are not the bytes of the key")
		}
		whole := map[string][]byte{"bytes": raw, "bytes in HEX": []byte(strings.ToUpper(hex.EncodeToString(raw)))}
		for code, b := range coded(raw) {
			whole["bytes in "+code] = b
		}
		for code, b := range shapes(strings.TrimPrefix(secret, keyHead)) {
			whole["letters in "+code] = b
		}
		for shape, b := range whole {
			all[whose+": first half of its "+shape], all[whose+": second half of its "+shape] = b[:len(b)/2], b[len(b)/2:]
		}
	}
	return all
}

// keysFound makes sure that the search finds a key in every shape, wherever in the folder.
func keysFound(t *testing.T, dir string) {
	t.Helper()
	secret, _, err := seal.NewSlip()
	ok(t, err)
	keys := map[string]string{"planted": secret}
	raw := rawKey(t, secret, keyHead)
	planted := inEveryShape([]string{secret, secret[len(keyHead):]})
	for before := range 3 {
		text := append([]byte("{,:"[:before]), append(raw, ",}"...)...)
		planted = append(planted, base64.StdEncoding.EncodeToString(text)+" "+base64.RawURLEncoding.EncodeToString(text)+" "...)
	}
	planted = append(append(planted, hex.EncodeToString(raw)+" "+strings.ToUpper(hex.EncodeToString(raw))...), raw...)
	control := filepath.Join(dir, "control")
	ok(t, os.WriteFile(control, planted, 0o600))
	found, _ := look(t, dir, keyShapes(t, keys))
	for shape := range keyShapes(t, keys) {
		if !found[shape+" in control"] {
			t.Fatalf("the search does not find %s", shape)
		}
	}
	ok(t, os.Remove(control))
}

// keyOn gives the key that a slip's private part holds.
func keyOn(t *testing.T, slip document.Document) string {
	t.Helper()
	for _, b := range slip.Parts()[0].Blocks {
		if b.Kind == document.QR && strings.HasPrefix(b.Data, keyHead) {
			return b.Data
		}
	}
	t.Fatal("the slip has no key")
	return ""
}

// The key on the slip is the account, and exists nowhere else: whoever takes the town hall's disk, its backups and its log opens no answer with them, and
// nobody finds it at the terminal.
func TestASlipsKeyExistsNowhereButOnTheSlip(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	hall, terminal := filepath.Join(r.dir, town.HallDir), filepath.Join(r.dir, town.TerminalDir)
	keysFound(t, hall)
	keysFound(t, terminal)

	keys := map[string]string{}
	nowhere := func(when string) {
		t.Helper()
		for where, dir := range map[string]string{"town hall": hall, "terminal": terminal} {
			found, files := look(t, dir, keyShapes(t, keys))
			if files < 5 {
				t.Fatalf("%s: only %d files of the %s were searched", when, files, where)
			}
			for what := range found {
				t.Errorf("%s, at the %s: the key %s", when, where, what)
			}
		}
	}
	v := r.fill(t)
	receipt, err := r.submit(ctx, t, v, pay.Card)
	ok(t, err)
	keys["of the terminal's slip"] = receipt.Secret
	nowhere("paid, and not printed")
	ok(t, v.Print(ctx))
	v.Wipe()
	r.sync(t)

	ok(t, r.Hall.Book.Ask(ctx, receipt.Case, "kowalski", "Welche Farbe hat das Auto?", r.find(t, receipt.Case).Version))
	back := r.comeBack(t, receipt.Secret)
	ok(t, back.Reply(ctx, "1", "Es ist blau."))
	back.Wipe()
	r.sync(t)
	nowhere("asked and answered")

	said := form.Answers{}
	for path, value := range answers() {
		said = said.With(path, value)
	}
	entered, slip, err := r.Hall.Book.Enter(ctx, "kowalski", service.Application{Service: parking, Lang: "de", Answers: said, Way: pay.Counter, Channel: "counter"})
	ok(t, err)
	keys["of the slip from the counter"] = keyOn(t, slip)
	nowhere("entered by a clerk")
	back = r.comeBack(t, keys["of the slip from the counter"])
	ok(t, back.Withdraw(ctx))
	back.Wipe()
	r.sync(t)
	if c := r.find(t, entered.Number); c.State != service.StateWithdrawn {
		t.Fatalf("the slip from the counter opens nothing: the case is %s", c.State)
	}

	slip, err = r.Hall.Book.Replace(ctx, receipt.Case, "kowalski", "Personalausweis")
	ok(t, err)
	keys["of the slip in place of a lost one"] = keyOn(t, slip)
	nowhere("replaced")
	ok(t, r.Hall.Book.Approve(ctx, receipt.Case, "kowalski", "", r.find(t, receipt.Case).Version))
	back = r.comeBack(t, keys["of the slip in place of a lost one"])
	ok(t, back.PrintPaper(ctx, 0))
	back.Wipe()
	r.sync(t)
	if wal, err := os.Stat(filepath.Join(hall, "townhall.db-wal")); err != nil || wal.Size() == 0 {
		t.Fatal("the town hall has no write-ahead log that could be searched")
	}
	if log, err := os.Stat(filepath.Join(hall, town.HallLog)); err != nil || log.Size() == 0 {
		t.Fatal("the town hall has no log that could be searched")
	}
	nowhere("approved and fetched")
	ok(t, r.Hall.Store.Backup(ctx, filepath.Join(hall, "backup.db")))
	nowhere("backed up")

	// The search sees into the database: a key that a clerk copies into a note is found there, and in the next backup.
	copied, _, err := seal.NewSlip()
	ok(t, err)
	ok(t, r.Hall.Book.Note(ctx, receipt.Case, "kowalski", copied, r.find(t, receipt.Case).Version))
	ok(t, r.Hall.Store.Backup(ctx, filepath.Join(hall, "later.db")))
	found, _ := look(t, hall, keyShapes(t, map[string]string{"copied": copied}))
	for _, file := range []string{"townhall.db-wal", "later.db"} {
		if !found["copied: first half of its letters in plain in "+file] || !found["copied: second half of its letters in plain in "+file] {
			t.Errorf("what stands in %s is not found", file)
		}
	}
	nowhere("at the end")
}
