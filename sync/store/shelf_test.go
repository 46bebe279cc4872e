package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// phone is the memory of a person's own device.
func phone(t testing.TB, path string) *Store {
	t.Helper()
	o := options()
	var err error
	if o.Locker, err = OpenLocker(filepath.Join(filepath.Dir(path), "locker.key")); err != nil {
		t.Fatal(err)
	}
	return open(t, path, o)
}

// with gives an envelope sealed files.
func with(e seal.Envelope, files ...string) seal.Envelope {
	for _, f := range files {
		data := []byte("aa.bb.cc." + f + ".dd")
		e.Parts = append(e.Parts, seal.Part{ID: wire.Digest(data), Data: data})
	}
	return e
}

func names(list []Entry) string {
	var all []string
	for _, e := range list {
		all = append(all, e.ID)
	}
	return strings.Join(all, " ")
}

func TestWhatAPersonsDeviceRemembersComesBackAndNobodyElseReadsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "phone.db")
	s := phone(t, path)
	secret := []byte("Schlagloch vor Klosterstraße 14")
	for n, id := range []string{"a", "b", "c"} {
		if err := s.Put(ctx, Entry{Shelf: "draft", ID: id, Data: append([]byte{byte('0' + n)}, secret...)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put(ctx, Entry{Shelf: "draft", ID: "a", Data: secret, At: noon.Add(time.Hour)}, Entry{Shelf: "photo", ID: "a"}); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(ctx, "draft")
	if err != nil || names(list) != "a b c" || !list[0].At.Equal(noon.Add(time.Hour)) || !list[1].At.Equal(noon) || !bytes.Equal(list[0].Data, secret) {
		t.Fatal(names(list), err)
	}
	if e, ok, err := s.Get(ctx, "photo", "a"); err != nil || !ok || len(e.Data) != 0 {
		t.Fatal(e, ok, err)
	}
	if _, ok, err := s.Get(ctx, "photo", "b"); err != nil || ok {
		t.Fatal(ok, err)
	}
	if err := s.Remove(ctx, "draft", "b", "never there"); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.List(ctx, "draft"); names(list) != "a c" {
		t.Fatal(names(list))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(f)
		if err == nil && bytes.Contains(b, secret[:10]) {
			t.Error("who finds the device reads in", filepath.Base(f))
		}
	}
	s = phone(t, path)
	if e, ok, err := s.Get(ctx, "draft", "a"); err != nil || !ok || !bytes.Equal(e.Data, secret) {
		t.Fatal("it is gone after a restart", ok, err)
	}
}

func TestAnEntryIsNotPassedOffAsAnotherOne(t *testing.T) {
	s := phone(t, filepath.Join(t.TempDir(), "phone.db"))
	if err := s.Put(ctx, Entry{Shelf: "draft", ID: "a", Data: []byte("a")}, Entry{Shelf: "draft", ID: "b", Data: []byte("b")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(`UPDATE entries SET data = (SELECT data FROM entries WHERE id = 'a') WHERE id = 'b'`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(ctx, "draft", "b"); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	if list, err := s.List(ctx, "draft"); !errors.Is(err, ErrLocked) || names(list) != "a" {
		t.Fatal("one that is damaged hides the others:", names(list), err)
	}
	if bytes.Equal((Entry{Shelf: "a", ID: "bc"}).place(), (Entry{Shelf: "ab", ID: "c"}).place()) {
		t.Fatal("two places are one")
	}
	for _, e := range []Entry{{Shelf: "", ID: "a"}, {Shelf: "draft"}, {Shelf: strings.Repeat("s", 65), ID: "a"}} {
		if err := s.Put(ctx, e); err == nil {
			t.Errorf("%+v has a place", e)
		}
	}
}

func TestWithoutItsKeyTheLockerStaysShut(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "phone.db")
	s := phone(t, path)
	if err := s.Put(ctx, Entry{Shelf: "draft", ID: "a", Data: []byte("a")}); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "locker.key")
	if i, err := os.Stat(key); err != nil || i.Mode().Perm() != 0o600 || i.Size() != LockerSize {
		t.Fatal(i, err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, _, err := phone(t, path).Get(ctx, "draft", "a"); !errors.Is(err, ErrLocked) {
		t.Fatal("another key opens it:", err)
	}
	terminal := open(t, path, options())
	if err := terminal.Put(ctx, Entry{Shelf: "draft", ID: "b"}); !errors.Is(err, ErrLocked) {
		t.Fatal("a terminal remembers a person:", err)
	}
	if err := os.WriteFile(key, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLocker(key); !errors.Is(err, ErrLocked) {
		t.Fatal("a damaged key was replaced:", err)
	}
}

func TestAReportIsKeptWithWhatThePhoneRemembersOrNotAtAll(t *testing.T) {
	s := phone(t, filepath.Join(t.TempDir(), "phone.db"))
	draft := []Entry{{Shelf: "draft", ID: "d", Data: []byte("draft")}, {Shelf: "photo", ID: "p", Data: []byte("jpeg")}}
	if err := s.Put(ctx, draft...); err != nil {
		t.Fatal(err)
	}
	e := with(envelope(1), "photo1", "photo2")
	mine := []Entry{{Shelf: "report", ID: e.ID, Data: []byte("secret")}}
	gone := []Ref{{"draft", "d"}, {"photo", "p"}}
	keep := func() error { return s.Keep(ctx, e, pay.Free, 0, mine, gone) }

	// Another application has the id: nothing is put, nothing is removed.
	release(t, s, 2)
	other := e
	other.ID = envelope(2).ID
	if err := s.Keep(ctx, other, pay.Free, 0, mine, gone); !errors.Is(err, ErrConflict) {
		t.Fatal(err)
	}
	if list, _ := s.List(ctx, "draft"); names(list) != "d" {
		t.Fatal("the draft is gone, and nothing was sent")
	}
	if list, _ := s.List(ctx, "report"); len(list) != 0 {
		t.Fatal("it is remembered, and nothing was sent")
	}

	if err := keep(); err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		for shelf, want := range map[string]string{"draft": "", "photo": "", "report": e.ID} {
			if list, err := s.List(ctx, shelf); err != nil || names(list) != want {
				t.Fatal(shelf, names(list), err)
			}
		}
		if st, err := s.Standing(ctx, e.ID); err != nil || st.State != Ready {
			t.Fatal(st, err)
		}
	}
	look()
	// The program died before it heard: it keeps again. Meanwhile a new draft has begun, which stays.
	if err := s.Put(ctx, Entry{Shelf: "draft", ID: "d", Data: []byte("new")}); err != nil {
		t.Fatal(err)
	}
	mine[0].Data = []byte("changed")
	if err := keep(); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.List(ctx, "draft"); names(list) != "d" {
		t.Fatal("a repetition removes something")
	}
	if r, _, _ := s.Get(ctx, "report", e.ID); string(r.Data) != "secret" {
		t.Fatal("a repetition changes something")
	}
}

func TestFilesTravelWithTheirEnvelopeAndGoWithIt(t *testing.T) {
	s := fresh1(t)
	first, second := with(envelope(1), "one", "two"), with(envelope(2), "three")
	for _, e := range []seal.Envelope{first, second} {
		if err := s.Release(ctx, e, pay.Free, 0); err != nil {
			t.Fatal(err)
		}
	}
	release(t, s, 3)
	items := ready(t, s)
	if len(items) != 3 || len(items[0].Blobs) != 2 || len(items[1].Blobs) != 1 || len(items[2].Blobs) != 0 {
		t.Fatalf("%+v", items)
	}
	for n, p := range first.Parts {
		if b := items[0].Blobs[n]; b.SHA256 != p.ID || b.Size != int64(len(p.Data)) {
			t.Fatal("the files come in another order:", b)
		}
		if data, ok, err := s.Part(ctx, p.ID); err != nil || !ok || !bytes.Equal(data, p.Data) {
			t.Fatal(ok, err)
		}
	}
	if o := count(t, s); o.Bytes != int64(3*len(first.Data)+2*len("aa.bb.cc.one.dd")+len("aa.bb.cc.three.dd")) {
		t.Fatal("files are not counted:", o.Bytes)
	}
	deliver(t, s, 1, "e1", noon)
	if _, ok, _ := s.Part(ctx, first.Parts[0].ID); !ok {
		t.Fatal("a town hall that is restored from a backup would lack the file")
	}
	if err := s.Town(ctx, "e1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	deliver(t, s, 1, "e1", noon)
	if err := s.Town(ctx, "e1", noon.Add(time.Hour)); err != nil { // a backup has it
		t.Fatal(err)
	}
	for _, p := range first.Parts {
		if _, ok, err := s.Part(ctx, p.ID); ok || err != nil {
			t.Fatal("the file outlives its envelope", err)
		}
	}
	if _, ok, _ := s.Part(ctx, second.Parts[0].ID); !ok {
		t.Fatal("the file of another one is gone")
	}
	if st, err := s.Standing(ctx, first.ID); err != nil || st.State != Sent || !st.At.Equal(noon) {
		t.Fatal("the phone does not know any more that it arrived:", st, err)
	}
}

func TestWhatCannotTravelIsRefusedBeforeItIsConfirmed(t *testing.T) {
	s := fresh1(t)
	many := envelope(1)
	for n := range wire.MaxBlobs + 1 {
		many = with(many, fmt.Sprint("f", n))
	}
	spoiled := with(envelope(2), "x")
	spoiled.Parts[0].Data = append([]byte{}, "aa.bb.cc.y.dd"...)
	twice := with(envelope(3), "x", "x")
	for name, e := range map[string]seal.Envelope{"too many": many, "not what it is called": spoiled, "one twice": twice} {
		if err := s.Release(ctx, e, pay.Free, 0); err == nil {
			t.Error(name)
		}
		if st, err := s.Standing(ctx, e.ID); err != nil || st.State != None {
			t.Error(name, st, err)
		}
	}
}

func TestStandingTellsWhatBecameOfAnEnvelope(t *testing.T) {
	s := fresh1(t)
	is := func(n int, want State, reason string) {
		t.Helper()
		if st, err := s.Standing(ctx, envelope(n).ID); err != nil || st.State != want || st.Reason != reason {
			t.Fatal(st, err)
		}
	}
	is(1, None, "")
	hold(t, s, 1)
	is(1, Held, "")
	release(t, s, 2)
	is(2, Ready, "")
	if err := s.Postpone(ctx, envelope(2).ID, "not now"); err != nil {
		t.Fatal(err)
	}
	is(2, Ready, "not now")
	if err := s.Quarantine(ctx, envelope(2).ID, "never"); err != nil {
		t.Fatal(err)
	}
	is(2, Quarantined, "never")
	release(t, s, 3)
	deliver(t, s, 3, "e1", noon)
	is(3, Sent, "")
}

// The memory of a device that is at work has no files yet.
func TestAnOlderMemoryLearnsFilesAndShelves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "device.db")
	s := open(t, path, options())
	release(t, s, 1)
	for _, q := range []string{`DROP TRIGGER envelopes_parts`, `DROP TABLE parts`, `DROP TABLE entries`, `DROP TABLE services`, `DROP TABLE faults`, `DELETE FROM goose_db_version WHERE version_id >= 2`} {
		if _, err := s.db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = phone(t, path)
	if items := ready(t, s); len(items) != 1 || items[0].ID != envelope(1).ID {
		t.Fatal(items)
	}
	if err := s.Put(ctx, Entry{Shelf: "draft", ID: "a"}); err != nil {
		t.Fatal(err)
	}
	var n sql.NullInt64
	if err := s.db.QueryRow(`SELECT COUNT(*) FROM parts`).Scan(&n); err != nil {
		t.Fatal(err)
	}
}
