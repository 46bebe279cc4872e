package main

import (
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
)

// The key that signs receipts could not be changed: every terminal in the town would have had to be enrolled again by hand.
func TestTerminalsLearnANewReceiptKeyFromTheFormerOne(t *testing.T) {
	h := newHouse(t)
	h.must("", "keys", "init")
	m := h.serve()
	d := h.terminal(m)
	d.sync()
	at := m.Address("device")
	h.write(strings.Replace(read(t, h.conf), `device: {listen: "127.0.0.1:0"`, `device: {listen: "`+at+`"`, 1))
	ids := []string{"019ab000-0000-7000-8000-00000000000a", "019ab000-0000-7000-8000-00000000000b"}
	// Twice, while the terminal was switched off: it knows neither the last key nor the one before.
	for range 2 {
		if out := h.must("", "keys", "rotate", "--receipts"); !strings.Contains(out, "started anew") {
			t.Error(out)
		}
	}
	_, recipient, err := seal.NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	first := d.apply(ids[0], number(t), recipient)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	m = h.serve()
	newcomer := h.terminal(m)
	d.sync()
	arrived(t, m, first.Case)
	if s, err := d.client.Status(t.Context()); err != nil || s.Queued != 0 || s.Problem != "" {
		t.Errorf("the receipt is not believed: %+v, %v", s, err)
	}
	if k, err := d.client.Keys(t.Context()); err != nil || len(k) != 3 {
		t.Errorf("of three keys to seal to the terminal knows %d: %v", len(k), err)
	}
	newcomer.sync()
	if s, err := newcomer.client.Signers(t.Context()); err != nil || len(s) != 1 {
		t.Errorf("a new terminal trusts %d keys: only the newest is any of its business: %v", len(s), err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}
