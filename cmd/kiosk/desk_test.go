package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// closed is a door at which nothing is taken.
type closed struct{}

func (closed) Take(context.Context, hall.Device, []wire.Item) ([]hall.Taken, error) {
	return nil, errors.New("nobody is there")
}

// enrolled makes a terminal of a town hall in dir. The town hall hears nothing more after stop.
func enrolled(t *testing.T, dir string, demo bool) (stop func()) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "town.db"), time.Now)
	must(err)
	t.Cleanup(func() { s.Close() })
	ca, err := hall.NewCA("Stadt", time.Now())
	must(err)
	key, err := proof.Generate()
	must(err)
	h := hall.New(hall.House{Intake: closed{}, Records: s, Answers: s, Devices: s, State: s}, hall.Options{CA: ca, Key: key, Demo: demo})
	conf, err := ca.TLS([]string{"127.0.0.1"}, time.Now)
	must(err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	srv := &http.Server{Handler: h, TLSConfig: conf}
	go func() { _ = srv.ServeTLS(ln, "", "") }()
	stop = func() { _ = srv.Close() }
	t.Cleanup(stop)
	code, err := s.AddCode(t.Context(), "Foyer", "stadt", "stadt", time.Now().Add(time.Hour))
	must(err)
	_, err = device.Enroll(t.Context(), dir, device.Entry{URL: "https://" + ln.Addr().String(), Fingerprint: ca.Fingerprint(), Code: code}, time.Now)
	must(err)
	return stop
}

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

func TestAFullTerminalSaysSoBeforeAnybodyPays(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), "memory.db"), store.Options{Sign: func(pay.Outcome) (string, error) { return "a.b.c", nil }, Reserve: -1, MinFree: 1 << 60})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := (journal{s}).Room(t.Context()); !errors.Is(err, visit.ErrFull) {
		t.Error(err)
	}
	if err := (journal{s}).Release(t.Context(), seal.Envelope{}, pay.Free, 0); err == nil || errors.Is(err, visit.ErrFull) {
		t.Errorf("an envelope that is none: %v", err)
	}
	if err := (journal{s}).Hold(t.Context(), seal.Envelope{}, pay.Payment{}); err == nil {
		t.Error("nothing was held, and nobody says so")
	}
}

func TestATerminalWithoutKeyOrLineSaysSo(t *testing.T) {
	dir := t.TempDir()
	stop := enrolled(t, dir, false)
	m := &Main{config: Config{Data: dir}}
	id, err := m.config.identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.openMemory(id, nil); err != nil {
		t.Fatal(err)
	}
	defer m.store.Close()
	town := line{m.client}
	if err := town.Ready(t.Context()); !errors.Is(err, visit.ErrNoKey) {
		t.Error(err)
	}
	if _, err := town.Seal(t.Context(), "x", []byte("{}")); !errors.Is(err, visit.ErrNoKey) {
		t.Error(err)
	}
	address := seal.Address("age1")
	if list, err := town.Answers(t.Context(), address); err != nil || len(list) != 0 || !town.Online() {
		t.Error(list, err)
	}
	st := &status{client: m.client}
	if !st.Online() || st.Queued() != 0 || st.PrinterLow() {
		t.Error("the shell is told something else")
	}
	stop()
	if _, err := town.Answers(t.Context(), address); !errors.Is(err, visit.ErrOffline) || st.Online() {
		t.Error(err)
	}
}

func TestATerminalInServiceHasNoDemo(t *testing.T) {
	for _, demo := range []bool{false, true} {
		dir := t.TempDir()
		if _, err := (Config{Data: dir}).identity(); !errors.Is(err, device.ErrNotEnrolled) {
			t.Errorf("before it is enrolled: %v", err)
		}
		enrolled(t, dir, demo)
		for _, c := range []Config{{Demo: Demo{Tree: "tree.sock"}}, {Demo: Demo{Events: "events.jsonl"}}} {
			c.Data = dir
			if _, err := c.identity(); errors.Is(err, errNotDemo) == demo {
				t.Errorf("demo %v, %+v: %v", demo, c.Demo, err)
			}
		}
		id, err := Config{Data: dir, Town: Town{URL: "https://rathaus.example:8443"}}.identity()
		if err != nil || id.URL() != "https://rathaus.example:8443" || id.Demo() != demo {
			t.Error(id, err)
		}
	}
}
