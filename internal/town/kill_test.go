package town_test

import (
	"errors"
	"slices"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
)

// expected tells whether a citizen may be told this when the card terminal does what it likes.
func expected(err error) bool {
	if err == nil {
		return true
	}
	for _, may := range []error{visit.ErrDeclined, visit.ErrCancelled, visit.ErrUnclear, visit.ErrBusy, visit.ErrUnreachable, town.ErrKilled} {
		if errors.Is(err, may) {
			return true
		}
	}
	return false
}

// pays is one citizen's try to pay.
func (r *rig) pays(t tb) {
	t.Helper()
	if _, err := r.submit(t.Context(), t, r.fill(t), pay.Card); !expected(err) {
		t.Fatalf("the citizen is told: %v", err)
	}
}

// on switches the terminal on again if it went off.
func (r *rig) on(t tb) {
	t.Helper()
	select {
	case <-r.Off():
		if err := r.RestartTerminal(); err != nil {
			t.Fatal(err)
		}
	default:
	}
}

// moments lists the moments of a payment with a fault, by letting it happen.
func (r *rig) moments(t tb, f zvtemu.Fault) []string {
	t.Helper()
	var seen []string
	r.breakCard(f)
	r.stopAt(func(m string) bool {
		seen = append(seen, m)
		return false
	})
	r.pays(t)
	r.check(t)
	r.drain(t)
	return seen
}

// killedAt lets a citizen pay, stops the terminal at the n-th moment, and once more at a moment of what it clears up after its start.
func (r *rig) killedAt(t tb, f zvtemu.Fault, n int) (killed bool) {
	t.Helper()
	at := func(n int) func(string) bool {
		return func(string) bool { n--; return n == -1 }
	}
	r.breakCard(f)
	r.stopAt(at(n))
	r.pays(t)
	select {
	case <-r.Off():
		killed = true
	default:
	}
	r.breakCard(zvtemu.None)
	r.on(t)
	r.stopAt(at(n % 4)) // at most two events are recorded there
	_, _ = r.Recover(t.Context())
	r.stopAt(nil)
	r.on(t)
	r.check(t)
	r.drain(t)
	return killed
}

func faults() []zvtemu.Fault { return append([]zvtemu.Fault{zvtemu.None}, zvtemu.Faults()...) }

func TestAStoppedTerminalNeitherLosesMoneyNorAnApplication(t *testing.T) {
	for _, f := range faults() {
		t.Run(string("card terminal "+f), func(t *testing.T) {
			t.Parallel()
			o := options(t)
			o.Serial = slices.Contains([]zvtemu.Fault{zvtemu.Deaf, zvtemu.Noise}, f)
			r := open(t, o)
			seen := r.moments(t, f)
			for n := range seen {
				if !r.killedAt(t, f, n) {
					t.Errorf("the terminal was not stopped %s", seen[n])
				}
			}
			t.Logf("stopped at %d moments", len(seen))
		})
	}
}

func TestTheVeryFirstPaymentOfACardTerminalCanBeStoppedAnywhere(t *testing.T) {
	seen := open(t, options(t)).moments(t, zvtemu.None)
	for n, m := range seen {
		t.Run(m, func(t *testing.T) {
			t.Parallel()
			open(t, options(t)).killedAt(t, zvtemu.None, n)
		})
	}
}

// unclear is a payment whose completion is lost, at a card terminal that then says nothing for a while.
func (r *rig) unclear(t tb, v *visit.Visit) (visit.Receipt, error) {
	t.Helper()
	r.breakCard(zvtemu.GoneAfterGrant)
	receipt, err := r.submit(t.Context(), t, v, pay.Card)
	r.breakCard(zvtemu.None)
	return receipt, err
}

func TestAnUnclearPaymentIsSaidAndClearedUpLater(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	receipt, err := r.unclear(t, r.fill(t))
	if !errors.Is(err, visit.ErrUnclear) || receipt.Case == "" || receipt.Secret == "" {
		t.Fatalf("%v, case %q", err, receipt.Case)
	}
	r.check(t)
	r.sync(t)
	if len(r.cases(t)) != 0 {
		t.Fatal("an application went out before its payment was clear")
	}
	if _, err := r.submit(ctx, t, r.fill(t), pay.Card); !errors.Is(err, visit.ErrBusy) {
		t.Fatal("the next card payment is told:", err)
	}
	r.apply(t, pay.Invoice)
	r.drain(t)
	if c := r.find(t, receipt.Case); !c.Paid {
		t.Fatal("the money is there, and the case is not paid")
	}
}
