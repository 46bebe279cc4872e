package outpost

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost/outposttest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

func TestWhatTheSyncSaysIsSaidInTheVisitsWords(t *testing.T) {
	other := errors.New("something else")
	for theirs, ours := range map[error]error{store.ErrFull: visit.ErrFull, device.ErrOffline: visit.ErrOffline, device.ErrNoKey: visit.ErrNoKey} {
		err := inWords(fmt.Errorf("store: hold: %w", theirs))
		if !errors.Is(err, ours) || !errors.Is(err, theirs) {
			t.Errorf("%v became %v", theirs, err)
		}
	}
	if err := inWords(other); err != other || inWords(nil) != nil {
		t.Errorf("%v", err)
	}
}

// opened is the outpost of a device that was just enrolled. Its town hall hears nothing more after stop.
func opened(t *testing.T, o store.Options) (post *Outpost, stop func()) {
	t.Helper()
	dir := t.TempDir()
	ticket, stop := outposttest.Hall(t, false)
	id, err := device.Enroll(t.Context(), dir, ticket)
	if err != nil {
		t.Fatal(err)
	}
	post, err = Open(dir, id, Options{Store: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { post.Close() })
	return post, stop
}

func TestAFullDeviceSaysSoBeforeAnybodyPays(t *testing.T) {
	post, _ := opened(t, store.Options{Reserve: -1, MinFree: 1 << 60})
	j := post.Desk().Journal
	if err := j.Room(t.Context()); !errors.Is(err, visit.ErrFull) {
		t.Error(err)
	}
	if err := j.Release(t.Context(), seal.Envelope{}, pay.Free, 0); err == nil || errors.Is(err, visit.ErrFull) {
		t.Errorf("an envelope that is none: %v", err)
	}
	if err := j.Hold(t.Context(), seal.Envelope{}, pay.Payment{}); err == nil {
		t.Error("nothing was held, and nobody says so")
	}
}

func TestADeviceWithoutKeyOrLineSaysSo(t *testing.T) {
	post, stop := opened(t, store.Options{})
	d := post.Desk()
	if err := d.Sealer.Ready(t.Context()); !errors.Is(err, visit.ErrNoKey) {
		t.Error(err)
	}
	if _, err := d.Sealer.Seal(t.Context(), "x", []byte("{}")); !errors.Is(err, visit.ErrNoKey) {
		t.Error(err)
	}
	address := seal.Address("age1")
	if list, err := d.Town.Answers(t.Context(), address); err != nil || len(list) != 0 || !d.Town.Online() {
		t.Error(list, err)
	}
	st := post.Status(nil)
	st.look(t.Context(), true)
	if !st.Online() || st.Queued() != 0 || st.PrinterLow() {
		t.Error("the shell is told something else")
	}
	stop()
	if _, err := d.Town.Answers(t.Context(), address); !errors.Is(err, visit.ErrOffline) || st.Online() {
		t.Error(err)
	}
}

func TestWhatWaitsForTheLineIsShown(t *testing.T) {
	post, _ := opened(t, store.Options{Reserve: -1, MinFree: -1})
	e := seal.Envelope{ID: "019ab000-0000-7000-8000-000000000001", Key: "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", Data: []byte("aa.bb.cc.dd.ee")}
	if err := post.Desk().Journal.Release(t.Context(), e, pay.Invoice, 3070); err != nil {
		t.Fatal(err)
	}
	st := post.Status(nil)
	st.look(t.Context(), false)
	if st.Queued() != 1 {
		t.Errorf("%d wait, the shell is told %d", 1, st.Queued())
	}
}

func TestOnlyOnePaymentRunsHoweverManyDesksThereAre(t *testing.T) {
	post, _ := opened(t, store.Options{})
	first, second := post.Desk(), post.Desk()
	if first.Till == nil || first.Till != second.Till {
		t.Error("two desks have two tills")
	}
}

func TestAMemoryThatCannotBeOpenedIsSaid(t *testing.T) {
	ticket, _ := outposttest.Hall(t, false)
	id, err := device.Enroll(t.Context(), t.TempDir(), ticket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "nowhere"), id, Options{}); err == nil {
		t.Error("a memory was opened where no folder is")
	}
}

func TestAPersonsOwnDeviceRemembersAndATerminalDoesNot(t *testing.T) {
	post, _ := opened(t, store.Options{Reserve: -1, MinFree: -1})
	e := seal.Envelope{ID: "019ab000-0000-7000-8000-000000000001", Key: "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", Data: []byte("aa.bb.cc.dd.ee")}
	remember := func(e seal.Envelope, k visit.Kept) ([]store.Entry, []store.Ref, error) {
		return []store.Entry{{Shelf: "report", ID: e.ID, Data: []byte(k.Secret)}}, []store.Ref{{Shelf: "draft", ID: "d"}}, nil
	}
	if err := post.Keeper(remember).Keep(t.Context(), e, pay.Free, 0, visit.Kept{Secret: "s"}); !errors.Is(err, store.ErrLocked) {
		t.Fatal("a terminal remembers a person:", err)
	}
	dir := t.TempDir()
	ticket, _ := outposttest.Hall(t, false)
	id, err := device.Enroll(t.Context(), dir, ticket)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := Open(dir, id, Options{Store: store.Options{Reserve: -1, MinFree: -1}, Locker: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mine.Close() })
	if err := mine.Store.Put(t.Context(), store.Entry{Shelf: "draft", ID: "d"}); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	fails := mine.Keeper(func(seal.Envelope, visit.Kept) ([]store.Entry, []store.Ref, error) { return nil, nil, broken })
	if err := fails.Keep(t.Context(), e, pay.Free, 0, visit.Kept{}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if err := mine.Keeper(remember).Keep(t.Context(), e, pay.Free, 0, visit.Kept{Secret: "s"}); err != nil {
		t.Fatal(err)
	}
	if r, ok, err := mine.Store.Get(t.Context(), "report", e.ID); err != nil || !ok || string(r.Data) != "s" {
		t.Fatal(ok, err)
	}
	if _, ok, err := mine.Store.Get(t.Context(), "draft", "d"); err != nil || ok {
		t.Fatal("the draft is still there", err)
	}
}
