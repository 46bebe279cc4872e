package town_test

import (
	"errors"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

func (r *rig) cases(t *testing.T) []cases.Case {
	t.Helper()
	return must[[]cases.Case](t)(r.Hall.Cases(t.Context()))
}

func (r *rig) status(t *testing.T) device.Status {
	t.Helper()
	return must[device.Status](t)(r.Status(t.Context()))
}

func TestWithoutALineItIsLaterAndNotDifferent(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	r.Cut()
	if err := r.Sync(ctx); !errors.Is(err, device.ErrOffline) {
		t.Fatal("the line is cut, and the exchange says", err)
	}
	receipt := r.apply(t, pay.Card)
	if receipt.Online {
		t.Error("the citizen is told that the town hall has it")
	}
	_, err := visit.Follow(ctx, r.Desk(), receipt.Secret, r.VisitOptions())
	if !errors.Is(err, visit.ErrOffline) {
		t.Error("coming back without a line says", err)
	}
	if s := r.status(t); s.Online || s.Queued != 1 || len(r.cases(t)) != 0 {
		t.Fatalf("%+v", s)
	}
	r.check(t)
	ok(t, r.Join())
	for range 2 {
		r.sync(t)
		if s := r.status(t); !s.Online || s.Queued != 0 || len(r.cases(t)) != 1 {
			t.Fatalf("%+v, %d cases", s, len(r.cases(t)))
		}
	}
	r.drain(t)
}

func TestALostAnswerDoesNotMakeASecondCase(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	r.apply(t, pay.Card)
	r.apply(t, pay.Invoice)
	for range 2 {
		r.Hall.LoseAnswers(1)
		if err := r.Sync(ctx); !errors.Is(err, device.ErrOffline) {
			t.Fatal("the answer got lost, and the exchange says", err)
		}
		if s := r.status(t); s.Queued != 2 || len(r.cases(t)) != 2 {
			t.Fatalf("%d wait, %d cases", s.Queued, len(r.cases(t)))
		}
		r.check(t)
		ok(t, r.RestartTerminal())
	}
	r.drain(t)
	if len(r.cases(t)) != 2 {
		t.Fatalf("%d cases", len(r.cases(t)))
	}
}

// sealedTo lists the keys that the opened envelopes were sealed to, in the order of their arrival.
func (r *rig) sealedTo(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, e := range must[[]intake.Envelope](t)(r.Hall.Store.In(t.Context(), intake.Done, 0, 100)) {
		keys = append(keys, e.Item.Key)
	}
	return keys
}

func TestANewKeyShutsNobodyOut(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	keys := must[[2]seal.Private](t)(authority())
	r.Cut()
	r.apply(t, pay.Card)
	ok(t, r.Hall.Rotate(ctx, keys[1]))
	r.apply(t, pay.Invoice)
	ok(t, r.RestartTerminal())
	ok(t, r.Join())
	r.sync(t)
	r.apply(t, pay.Card)
	r.drain(t)
	got := r.sealedTo(t)
	if len(got) != 3 || got[0] != keys[0].ID() || got[1] != keys[0].ID() || got[2] != keys[1].ID() {
		t.Fatalf("sealed to %v; the old key is %s, the new one %s", got, keys[0].ID(), keys[1].ID())
	}
}

func TestARevokedTerminalSaysSoAndLosesNothing(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	ok(t, r.Hall.Store.Revoke(ctx, town.Device))
	r.apply(t, pay.Card)
	if err := r.Sync(ctx); err == nil {
		t.Fatal("a revoked terminal was let in")
	}
	s := r.status(t)
	if !strings.Contains(s.Problem, "not welcome") || s.Queued != 1 || s.Quarantined != 0 || len(r.cases(t)) != 0 {
		t.Fatalf("%+v, %d cases", s, len(r.cases(t)))
	}
	r.check(t)
	ok(t, r.Enroll(ctx))
	ok(t, r.RestartTerminal())
	r.drain(t)
	if s := r.status(t); s.Problem != "" || len(r.cases(t)) != 1 {
		t.Fatalf("%+v", s)
	}
}

func TestAFullDiskIsSaidBeforeAnybodyPays(t *testing.T) {
	o := options(t)
	o.Store = store.Options{Reserve: -1, MinFree: 1 << 60}
	ctx, r := t.Context(), open(t, o)
	if err := visit.Ready(ctx, r.Desk()); !errors.Is(err, visit.ErrFull) {
		t.Error("before the citizen begins, the terminal says", err)
	}
	for _, way := range []pay.Way{pay.Card, pay.Invoice} {
		if _, err := r.submit(ctx, t, r.fill(t), way); !errors.Is(err, visit.ErrFull) {
			t.Errorf("%s: %v", way, err)
		}
	}
	if journal := r.Counter.Card.Journal(); len(journal) != 0 {
		t.Errorf("the card terminal was asked: %+v", journal)
	}
	if s := r.status(t); s.Queued != 0 {
		t.Errorf("%d wait for the line", s.Queued)
	}
	r.drain(t)
}

func TestAFullMemoryStillDrains(t *testing.T) {
	o := options(t)
	o.Store.MaxBytes = 1
	ctx, r := t.Context(), open(t, o)
	r.Cut()
	r.apply(t, pay.Card)
	if _, err := r.submit(ctx, t, r.fill(t), pay.Card); !errors.Is(err, visit.ErrFull) {
		t.Fatal(err)
	}
	if taken := r.Counter.Card.Taken(); taken != 3070 {
		t.Fatalf("%d cents were taken", taken)
	}
	r.drain(t)
}
