package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost/outposttest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

// enrolled makes a terminal with the tool, and gives its folder.
func enrolled(t *testing.T) string {
	t.Helper()
	ticket, _ := outposttest.Hall(t, false)
	dir := t.TempDir()
	if err := run(t.Context(), []string{"enroll", "--town", ticket.URL, "--code", ticket.Code, "--ca", ticket.Fingerprint, "--data", dir},
		strings.NewReader(""), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A card terminal broke in the middle of a payment and was replaced: nobody can be asked any more, and no card was taken until somebody could say
// what the journal says.
func TestATechnicianSaysHowAnUnclearPaymentEnded(t *testing.T) {
	dir := enrolled(t)
	id, err := device.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	open := func() *store.Store {
		t.Helper()
		s, err := store.Open(filepath.Join(dir, outpost.File), store.Options{Sign: id.Sign})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	try := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"payments", "--data", dir}, args...), strings.NewReader(""), &out, io.Discard)
		return out.String(), err
	}
	for n, c := range []struct {
		end, state string
	}{{"taken", "approved"}, {"not-taken", "cancelled"}} {
		s := open()
		envelope := seal.Envelope{ID: "019ab000-0000-7000-8000-00000000000" + string(rune('1'+n)), Key: strings.Repeat("k", 43), Data: []byte("aa.bb.cc.dd.ee")}
		p := pay.Payment{ID: "p" + c.end, Envelope: envelope.ID, Amount: 3070, State: pay.Intended, At: time.Now()}
		if err := s.Hold(t.Context(), envelope, p); err != nil {
			t.Fatal(err)
		}
		record := func(k pay.Kind, e *pay.Evidence) {
			t.Helper()
			if _, _, err := s.Record(t.Context(), p.ID, pay.Event{Kind: k, Evidence: e, At: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		record(pay.Ask, nil)
		s.Close()
		if _, err := try("settle", p.ID, "--end", c.end); err == nil || !strings.Contains(err.Error(), "start it") {
			t.Errorf("the card terminal was not asked yet: %v", err)
		}
		s = open()
		record(pay.Grant, &pay.Evidence{Amount: 3070, TerminalID: "65000028", Trace: 17, Receipt: 4, Date: "1123", Time: "101500"})
		record(pay.Lose, nil)
		s.Close()
		if out, err := try("unclear"); err != nil || !strings.Contains(out, p.ID) || !strings.Contains(out, "trace 000017") || !strings.Contains(out, "30,70") {
			t.Errorf("%s, %v", out, err)
		}
		if _, err := try("settle", p.ID, "--end", "given-back"); err == nil {
			t.Error("money that nobody took was given back")
		}
		if _, err := try("settle", "nobody", "--end", c.end); err == nil {
			t.Error("a payment that does not exist has ended")
		}
		if out, err := try("settle", p.ID, "--end", c.end); err != nil || !strings.Contains(out, c.state) {
			t.Errorf("%s, %v", out, err)
		}
		s = open()
		o, err := s.Outbox(t.Context())
		items, _ := s.Ready(t.Context(), 10, 1<<20)
		s.Close()
		if err != nil || o.Held != 0 || o.Ready != 1 || len(items) != 1 {
			t.Fatalf("%+v, %v", o, err)
		}
		var outcome pay.Outcome
		if _, err := proof.Verify([]proof.PublicKey{id.Key()}, proof.Outcome, items[0].Outcome, &outcome); err != nil || outcome.Amount != 3070 || outcome.Evidence == nil {
			t.Errorf("%+v, %v", outcome, err)
		}
		if out, err := try("unclear"); err != nil || !strings.Contains(out, "clear") || strings.Contains(out, p.ID) {
			t.Errorf("%s, %v", out, err)
		}
	}
}
