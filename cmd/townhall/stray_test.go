package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

// keeper is a card terminal that cannot give a payment back any more.
type keeper struct{ visit.Payer }

func (keeper) Reverse(context.Context, pay.Payment) (pay.Event, error) {
	return pay.Event{}, visit.ErrKept
}

// sealer seals with what the device has learned.
type sealer struct{ *device.Client }

func (s sealer) Ready(ctx context.Context) error {
	_, err := s.NewestKey(ctx)
	return err
}

// The whole way of money that nobody applied with: from the terminal's memory to the list of refunds.
func TestMoneyThatATerminalKeepsReachesTheListOfRefunds(t *testing.T) {
	h := newHouse(t)
	h.must("", "keys", "init")
	m := h.serve()
	d := h.terminal(m)
	d.sync()
	ctx := t.Context()
	_, recipient, err := seal.NewSlip()
	if err != nil {
		t.Fatal(err)
	}
	const id = "019ab000-0000-7000-8000-00000000000c"
	app := storetest.Application(t, id, number(t), recipient)
	plain, err := json.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.client.Seal(ctx, id, plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.memory.Hold(ctx, e, pay.Payment{ID: "p", Envelope: id, Amount: app.Fee, State: pay.Intended, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	evidence := &pay.Evidence{Amount: app.Fee, TerminalID: "12345678", Trace: 9, Receipt: 4, Date: "1123", Time: "235958"}
	for _, ev := range []pay.Event{{Kind: pay.Ask}, {Kind: pay.Refuse, Code: "05"}, {Kind: pay.Grant, Evidence: evidence}} {
		ev.At = time.Now()
		if _, _, err := d.memory.Record(ctx, "p", ev); err != nil {
			t.Fatal(err)
		}
	}
	desk := visit.Desk{Payer: keeper{}, Journal: d.memory, Sealer: sealer{d.client}}
	if open, err := visit.Recover(ctx, desk, time.Now, nil); open != 0 || err != nil {
		t.Fatalf("%d are open: %v", open, err)
	}
	if open, err := d.memory.Unsettled(ctx); err != nil || len(open) != 0 {
		t.Fatalf("the terminal takes no card: %+v, %v", open, err)
	}
	d.sync()
	limit, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	var list []cases.Refund
	for ; len(list) == 0; time.Sleep(5 * time.Millisecond) {
		if list, err = m.Book.Refunds(limit); err != nil {
			t.Fatal(err)
		}
	}
	if r := list[0]; r.Amount != app.Fee || r.Reason != cases.ReasonStray || r.Payment.Payment != "p" || r.Payment.Evidence.Receipt != 4 {
		t.Errorf("%+v", r)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}
