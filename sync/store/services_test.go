package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func published(id string, n int) Service {
	return Service{ID: id, Version: fmt.Sprint(n), Serial: int64(n), Token: fmt.Sprintf("token-%d", n), Packed: []byte(fmt.Sprintf("%s %d", id, n)), Current: true}
}

func list(t testing.TB, s *Store) []Service {
	t.Helper()
	all, err := s.Services(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func take(t testing.TB, s *Store, x Service) {
	t.Helper()
	if err := s.TakeService(ctx, x); err != nil {
		t.Fatal(err)
	}
}

func TestOneVersionIsOfferedAndSomeFormerOnesStay(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "device.db"), options())
	for n := 1; n <= 9; n++ {
		take(t, s, published("parken", n))
	}
	take(t, s, published("hund", 1))
	take(t, s, published("parken", 4)) // an older word changes nothing
	all := list(t, s)
	if len(all) != 1+1+formerServices || all[0].ID != "hund" || all[1].Version != "9" || !all[1].Current || string(all[1].Packed) != "parken 9" {
		t.Fatalf("%+v", all)
	}
	for _, x := range all[2:] {
		if x.Current {
			t.Errorf("%s is offered too", x.Version)
		}
	}
	back := published("parken", 7)
	back.Serial, back.Token = 10, "token-10"
	take(t, s, back)
	if all = list(t, s); all[1].Version != "7" || !all[1].Current || all[1].Token != "token-10" || all[2].Current {
		t.Errorf("%+v", all)
	}
	if err := s.WithdrawService(ctx, "parken"); err != nil {
		t.Fatal(err)
	}
	for _, x := range list(t, s) {
		if x.Current != (x.ID == "hund") {
			t.Errorf("%+v", x)
		}
	}
}

func TestFaultsAreToldOnceWhateverHappens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "device.db")
	s := open(t, path, options())
	rule := wire.Fault{Kind: wire.FaultRule, Service: "parken", Version: "1", File: "form.yaml", Line: 3, Key: "fee.amount", Count: 1}
	no := wire.Fault{Kind: wire.FaultRefused, Service: "parken", Version: "2", Reason: "no", Count: 1}
	if _, more, err := s.Untold(ctx); more || err != nil {
		t.Fatal("there is something to tell", err)
	}
	note := func(faults ...wire.Fault) {
		t.Helper()
		for _, f := range faults {
			if err := s.NoteFault(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	note(rule, no, rule, no, rule)
	first, more, err := s.Untold(ctx)
	if err != nil || !more || first.Check() != nil || len(first.Faults) != 2 || first.Faults[0].Count != 3 || first.Faults[1].Count != 1 {
		t.Fatalf("%+v %t %v", first, more, err)
	}
	note(rule, no)
	if err := s.Close(); err != nil { // the answer got lost, and the device died
		t.Fatal(err)
	}
	s = open(t, path, options())
	if again, more, err := s.Untold(ctx); err != nil || !more || again.ID != first.ID || again.Faults[0].Count != 3 {
		t.Fatalf("another message: %+v %v", again, err)
	}
	if err := s.Told(ctx, wire.Faults{ID: "another"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Told(ctx, first); err != nil {
			t.Fatal(err)
		}
	}
	rest, more, err := s.Untold(ctx)
	if err != nil || !more || rest.ID == first.ID || len(rest.Faults) != 1 || rest.Faults[0].Count != 1 || rest.Faults[0].Kind != wire.FaultRule {
		t.Fatalf("%+v %v", rest, err)
	}
	if err := s.Told(ctx, rest); err != nil {
		t.Fatal(err)
	}
	if _, more, err := s.Untold(ctx); more || err != nil {
		t.Error("it is told again", err)
	}
	take(t, s, published("parken", 3))
	left, err := s.Faults(ctx)
	if err != nil || len(left) != 1 || left[0].Kind != wire.FaultRule || left[0].Count != 4 {
		t.Errorf("what is mended is still a fault: %+v %v", left, err)
	}
	if err := s.NoteFault(ctx, wire.Fault{Kind: "secret", Service: "parken", Version: "1", Count: 1}); err == nil {
		t.Error("anything is noted")
	}
}

func TestFaultsHaveAnEnd(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "device.db"), options())
	for n := range maxFaultRows + 20 {
		if err := s.NoteFault(ctx, wire.Fault{Kind: wire.FaultRule, Service: "parken", Version: "1", File: "form.yaml", Line: n, Key: "k", Count: 1}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Faults(ctx)
	if err != nil || len(all) != maxFaultRows {
		t.Error(len(all), err)
	}
}
