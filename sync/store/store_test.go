package store

import (
	"bytes"
	"context"
	"encoding/json"
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

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

// sign is enough of a signature for a store, which does not look into it.
func sign(o pay.Outcome) (string, error) {
	b, err := json.Marshal(o)
	return fmt.Sprintf("%x.%x.00", "head", b), err
}

func options() Options {
	return Options{Sign: sign, Now: func() time.Time { return noon }, Reserve: 64 << 10, MinFree: -1, Keep: -1}
}

func open(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func fresh1(t testing.TB) *Store {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "device.db"), options())
}

// envelope has the form of a sealed application; n makes it another one.
func envelope(n int) seal.Envelope {
	return seal.Envelope{
		ID:   fmt.Sprintf("01931e5c-0000-7000-8000-%012x", n),
		Key:  strings.Repeat("k", 43),
		Data: fmt.Appendf(nil, "aa.bb.cc.sealed%d.dd", n),
	}
}

func intent(n int) pay.Payment {
	return pay.Payment{ID: fmt.Sprintf("p%d", n), Envelope: envelope(n).ID, Amount: 3070, State: pay.Intended, At: noon}
}

func hold(t testing.TB, s *Store, n int) {
	t.Helper()
	if err := s.Hold(ctx, envelope(n), intent(n)); err != nil {
		t.Fatal(err)
	}
}

func release(t testing.TB, s *Store, n int) {
	t.Helper()
	if err := s.Release(ctx, envelope(n), pay.Free, 0); err != nil {
		t.Fatal(err)
	}
}

func record(t testing.TB, s *Store, n int, kinds ...pay.Kind) (p pay.Payment, e pay.Effect) {
	t.Helper()
	var err error
	for _, k := range kinds {
		if p, e, err = s.Record(ctx, intent(n).ID, pay.Event{Kind: k, At: noon}); err != nil {
			t.Fatal(k, err)
		}
	}
	return p, e
}

func ready(t testing.TB, s *Store) []wire.Item {
	t.Helper()
	items, err := s.Ready(ctx, wire.MaxItems, wire.MaxPush)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func count(t testing.TB, s *Store) Outbox {
	t.Helper()
	o, err := s.Outbox(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func deliver(t testing.TB, s *Store, n int, epoch string, at time.Time) {
	t.Helper()
	e := envelope(n)
	if err := s.Delivered(ctx, wire.Receipt{ID: e.ID, SHA256: wire.Digest(e.Data), Epoch: epoch, At: at}, "a.b.c"); err != nil {
		t.Fatal(err)
	}
}

func TestAPaidApplicationTravelsWithItsOutcome(t *testing.T) {
	s := fresh1(t)
	hold(t, s, 1)
	if o := count(t, s); o.Held != 1 || len(ready(t, s)) != 0 {
		t.Fatal("it travels before it was paid:", o)
	}
	ev := &pay.Evidence{Amount: 3070, TerminalID: "12345678", Trace: 7, Receipt: 9}
	record(t, s, 1, pay.Ask)
	if _, _, err := s.Record(ctx, "p1", pay.Event{Kind: pay.Grant, At: noon, Evidence: ev}); err != nil {
		t.Fatal(err)
	}
	p, effect := record(t, s, 1, pay.Complete)
	if p.State != pay.Approved || effect != pay.Release {
		t.Fatal(p, effect)
	}
	select {
	case <-s.Wake():
	default:
		t.Fatal("nobody was woken to send it")
	}
	items := ready(t, s)
	if len(items) != 1 || items[0].ID != envelope(1).ID || items[0].Body != string(envelope(1).Data) {
		t.Fatal(items)
	}
	var o pay.Outcome
	var hex []byte
	if _, err := fmt.Sscanf(strings.Split(items[0].Outcome, ".")[1], "%x", &hex); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(hex, &o); err != nil {
		t.Fatal(err)
	}
	if o.Payment != "p1" || o.Digest != wire.Digest(envelope(1).Data) || o.Amount != 3070 || o.Way != pay.Card || o.Evidence.Trace != 7 {
		t.Fatal(o)
	}
	if list, err := s.Unsettled(ctx); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	if h, err := s.History(ctx, "p1"); err != nil || len(h) != 3 || h[2].Effect != pay.Release {
		t.Fatal(h, err)
	}
	// The terminal says it twice: nothing is sent twice.
	if _, effect := record(t, s, 1, pay.Complete); effect != pay.Nothing || len(ready(t, s)) != 1 {
		t.Fatal(effect)
	}
}

func TestADeclinedApplicationIsGoneFromTheDisk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "device.db"), options())
	e := envelope(1)
	e.Data = append(bytes.Repeat([]byte("A"), 20), ".bb.cc.VERYRECOGNISABLE.dd"...)
	p := intent(1)
	if err := s.Hold(ctx, e, p); err != nil {
		t.Fatal(err)
	}
	if got, effect := record(t, s, 1, pay.Ask, pay.Refuse); got.State != pay.Declined || effect != pay.Discard {
		t.Fatal(got, effect)
	}
	if o := count(t, s); o != (Outbox{}) {
		t.Fatal(o)
	}
	for _, name := range []string{"device.db", "device.db-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("VERYRECOGNISABLE")) {
			t.Fatal("deleted bytes are still in", name)
		}
		if name == "device.db-wal" && len(b) <= 32 { // SQLite, Database File Format, 4.1
			t.Errorf("the log has %d bytes: the next one who sends waits until its head is on the disk, too", len(b))
		}
	}
	// The citizen tries again with the same application.
	p.ID = "p2"
	if err := s.Hold(ctx, e, p); err != nil {
		t.Fatal(err)
	}
}

func TestUnclearPaymentsAreListedOldestFirst(t *testing.T) {
	s := fresh1(t)
	for n := 1; n <= 3; n++ {
		hold(t, s, n)
	}
	record(t, s, 1, pay.Ask, pay.Lose)
	record(t, s, 2, pay.Cancel)
	record(t, s, 3, pay.Ask)
	list, err := s.Unsettled(ctx)
	if err != nil || len(list) != 2 || list[0].ID != "p1" || list[0].State != pay.Unknown || list[1].ID != "p3" {
		t.Fatal(list, err)
	}
}

// Every application asks for what is unclear: it must not take longer with every payment that was ever made.
func TestWhatIsUnclearIsFoundWithoutReadingWhatIsSettled(t *testing.T) {
	s := fresh1(t)
	want := map[string]bool{}
	for i, state := range append(pay.States(), "", "aaa", "later", "zzz") {
		p := intent(i)
		p.State = state
		body, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.db.Exec(`INSERT INTO payments (id, envelope, state, body) VALUES (?, ?, ?, ?)`, p.ID, p.Envelope, string(state), string(body)); err != nil {
			t.Fatal(err)
		}
		if !state.Final() {
			want[p.ID] = true
		}
	}
	list, err := s.Unsettled(ctx)
	if err != nil || len(list) != len(want) {
		t.Fatal(list, err)
	}
	for i, p := range list {
		if !want[p.ID] || i > 0 && len(list[i-1].ID) == len(p.ID) && list[i-1].ID >= p.ID {
			t.Errorf("%d. is %s, %s", i, p.ID, p.State)
		}
	}
	where, args := between(finals())
	rows, err := s.db.Query(`EXPLAIN QUERY PLAN SELECT body FROM payments WHERE `+where+` ORDER BY +n`, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	searches := 0
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(step, "SCAN") {
			t.Errorf("all payments are read: %s", step)
		}
		if strings.HasPrefix(step, "SEARCH payments USING INDEX payments_state") {
			searches++
		}
	}
	if err := rows.Err(); err != nil || searches != len(finals())+1 {
		t.Errorf("%d searches in the index, %v", searches, err)
	}
}

func TestTheSameCallAgainChangesNothing(t *testing.T) {
	s := fresh1(t)
	hold(t, s, 1)
	hold(t, s, 1)
	release(t, s, 2)
	release(t, s, 2)
	if o := count(t, s); o.Held != 1 || o.Ready != 1 {
		t.Fatal(o)
	}
	for name, err := range map[string]error{
		"held, other bytes":      s.Hold(ctx, seal.Envelope{ID: envelope(1).ID, Key: envelope(1).Key, Data: envelope(9).Data}, intent(1)),
		"released, other bytes":  s.Release(ctx, seal.Envelope{ID: envelope(2).ID, Key: envelope(2).Key, Data: envelope(9).Data}, pay.Free, 0),
		"held, then released":    s.Release(ctx, envelope(1), pay.Free, 0),
		"a second payment for 1": s.Hold(ctx, envelope(1), pay.Payment{ID: "x", Envelope: envelope(1).ID, Amount: 3070, State: pay.Intended}),
		"the payment of 1 for 3": s.Hold(ctx, envelope(3), pay.Payment{ID: "p1", Envelope: envelope(3).ID, Amount: 3070, State: pay.Intended}),
	} {
		if !errors.Is(err, ErrConflict) {
			t.Error(name, err)
		}
	}
	if o := count(t, s); o.Held != 1 || o.Ready != 1 {
		t.Fatal("something was changed:", o)
	}
}

func TestWhatCouldNotTravelIsRefusedBeforeAnybodyPays(t *testing.T) {
	s := fresh1(t)
	big := envelope(1)
	big.Data = append(bytes.Repeat([]byte("A"), wire.MaxBody), ".bb.cc.dd.ee"...)
	noForm := envelope(1)
	noForm.Data = []byte("hello")
	for name, err := range map[string]error{
		"too large":    s.Hold(ctx, big, intent(1)),
		"not sealed":   s.Release(ctx, noForm, pay.Free, 0),
		"another's":    s.Hold(ctx, envelope(2), intent(1)),
		"card payment": s.Release(ctx, envelope(1), pay.Card, 3070),
	} {
		if err == nil {
			t.Error(name, "was taken")
		}
	}
	o := options()
	o.Sign = nil
	if err := open(t, filepath.Join(t.TempDir(), "x.db"), o).Hold(ctx, envelope(1), intent(1)); !errors.Is(err, ErrUnsigned) {
		t.Error(err)
	}
	if _, _, err := s.Record(ctx, "nobody", pay.Event{Kind: pay.Ask}); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestAnEventIsStoredThoughTheCitizenGaveUp(t *testing.T) {
	s := fresh1(t)
	hold(t, s, 1)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if p, _, err := s.Record(gone, "p1", pay.Event{Kind: pay.Ask, At: noon}); err != nil || p.State != pay.Asked {
		t.Fatal(p, err)
	}
	if err := s.Release(gone, envelope(2), pay.Free, 0); !errors.Is(err, context.Canceled) {
		t.Fatal("new work for somebody who left:", err)
	}
}

func TestWhatTheCardTerminalPrintedIsNeitherStoredNorSent(t *testing.T) {
	s := fresh1(t)
	hold(t, s, 1)
	record(t, s, 1, pay.Ask)
	record(t, s, 1, pay.Grant)
	p, _, err := s.Record(ctx, "p1", pay.Event{Kind: pay.Complete, At: noon, Evidence: &pay.Evidence{Amount: 3070, Trace: 7, Customer: []string{"IBAN DE02 1203"}}})
	if err != nil || p.Evidence == nil || len(p.Evidence.Customer) != 1 {
		t.Fatal("the slip has to have it:", p, err)
	}
	for _, where := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(s.dir, "device.db"+where))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("DE02")) {
			t.Errorf("device.db%s has it", where)
		}
	}
	list, err := s.Payments(ctx, 10)
	if err != nil || len(list) != 1 || list[0].Evidence == nil || list[0].Evidence.Trace != 7 || list[0].Evidence.Customer != nil {
		t.Fatal("stored is", list, err)
	}
}

func TestAnOlderBackupCanBeRestoredForAFortnight(t *testing.T) {
	o := options()
	o.Keep = 0 // the default
	s := open(t, filepath.Join(t.TempDir(), "device.db"), o)
	if err := s.Town(ctx, "e1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	release(t, s, 1)
	deliver(t, s, 1, "e1", noon)
	for _, days := range []int{1, 13} {
		if err := s.Town(ctx, "e1", noon.AddDate(0, 0, days)); err != nil {
			t.Fatal(err)
		}
		if o := count(t, s); o.Sent != 1 {
			t.Errorf("after %d days %d envelopes are kept, want 1", days, o.Sent)
		}
	}
	if err := s.Town(ctx, "e1", noon.AddDate(0, 0, 15)); err != nil {
		t.Fatal(err)
	}
	if o := count(t, s); o.Sent != 0 {
		t.Error("it is kept for ever")
	}
}

func TestSentEnvelopesAreKeptUntilABackupHasThem(t *testing.T) {
	s := fresh1(t)
	if err := s.Town(ctx, "e1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		release(t, s, n)
	}
	deliver(t, s, 1, "e1", noon)
	deliver(t, s, 2, "e1", noon.Add(time.Hour))
	if o := count(t, s); o.Sent != 2 || o.Ready != 1 {
		t.Fatal(o)
	}
	if err := s.Town(ctx, "e1", noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if o := count(t, s); o.Sent != 1 || o.Ready != 1 {
		t.Fatal("the backup of 12:01 has the first one only:", o)
	}
	if token, ok, err := s.Receipt(ctx, envelope(1).ID); err != nil || !ok || token != "a.b.c" {
		t.Fatal("the receipt is gone", err)
	}
	// The town hall lost the afternoon.
	if err := s.Town(ctx, "e2", noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if o := count(t, s); o.Ready != 2 || o.Sent != 0 {
		t.Fatal("what the backup lacks is not sent again:", o)
	}
	// A receipt from before the restore says nothing about the backup of today.
	deliver(t, s, 2, "e1", noon)
	if err := s.Town(ctx, "e2", noon.Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if o := count(t, s); o.Sent != 1 {
		t.Fatal("it was deleted on the word of another epoch:", o)
	}
	// A receipt counts only for the bytes it names.
	err := s.Delivered(ctx, wire.Receipt{ID: envelope(3).ID, SHA256: wire.Digest([]byte("x")), Epoch: "e2"}, "a.b.c")
	if !errors.Is(err, ErrUnknown) {
		t.Fatal(err)
	}
}

func TestPoisonStandsAsideAndIsNotDeleted(t *testing.T) {
	s := fresh1(t)
	for n := 1; n <= 3; n++ {
		release(t, s, n)
	}
	if err := s.Quarantine(ctx, envelope(1).ID, "rejected"); err != nil {
		t.Fatal(err)
	}
	if err := s.Postpone(ctx, envelope(2).ID, "retry"); err != nil {
		t.Fatal(err)
	}
	if items := ready(t, s); len(items) != 2 || items[0].ID != envelope(3).ID {
		t.Fatal("the one that did not get through stands in the way")
	}
	if list, err := s.Quarantined(ctx); err != nil || len(list) != 1 || list[0].Reason != "rejected" {
		t.Fatal(list, err)
	}
	if err := s.Requeue(ctx, envelope(1).ID); err != nil || len(ready(t, s)) != 3 {
		t.Fatal(err)
	}
	if items, err := s.Ready(ctx, 100, 1); err != nil || len(items) != 1 {
		t.Fatal("one always fits:", items, err)
	}
}

func pulled(reset, more bool, cursor string, records ...wire.Record) wire.Pulled {
	return wire.Pulled{V: 1, Epoch: "e1", Reset: reset, More: more, Cursor: cursor, Records: records}
}

func fact(seq int64, id, data string) wire.Record {
	return wire.Record{Collection: "slots", ID: id, Seq: seq, Deleted: data == "", Data: json.RawMessage(data)}
}

func ids(t *testing.T, s *Store) string {
	t.Helper()
	list, err := s.Records(ctx, "slots")
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, r := range list {
		out += r.ID + string(r.Data) + " "
	}
	return out
}

func TestFactsFollowTheTownHall(t *testing.T) {
	s := fresh1(t)
	for _, step := range []struct {
		p    wire.Pulled
		want string
	}{
		{pulled(true, true, "c1", fact(1, "a", "1"), fact(2, "b", "1")), "a1 b1 "},
		{pulled(false, false, "c2", fact(3, "c", "1")), "a1 b1 c1 "},
		{pulled(false, false, "c3", fact(4, "a", "2"), fact(5, "b", "")), "c1 a2 "},
		// Another beginning: until it is complete nothing is missing, then what was not named is gone.
		{pulled(true, true, "c4", fact(1, "d", "1")), "d1 c1 a2 "},
		{pulled(true, true, "c5", fact(1, "e", "1")), "e1 d1 c1 a2 "},
		{pulled(false, false, "c6", fact(2, "a", "3")), "e1 a3 "},
	} {
		if err := s.Apply(ctx, step.p); err != nil {
			t.Fatal(err)
		}
		got := strings.Fields(ids(t, s))
		want := strings.Fields(step.want)
		if !same(got, want) {
			t.Fatalf("after %s: %v, want %v", step.p.Cursor, got, want)
		}
		if c, err := s.Cursor(ctx); err != nil || c != step.p.Cursor {
			t.Fatal(c, err)
		}
	}
}

func same(a, b []string) bool {
	m := map[string]int{}
	for _, x := range a {
		m[x]++
	}
	for _, x := range b {
		m[x]--
	}
	for _, n := range m {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestTheFilesAreTheOwnersOnly(t *testing.T) {
	s := fresh1(t)
	release(t, s, 1)
	files, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		i, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if i.Mode().Perm()&0o077 != 0 {
			t.Error(filepath.Base(f), i.Mode())
		}
	}
}
