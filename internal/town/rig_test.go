package town_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
)

const parking = "parkausweis-bewohner"

// Two authority keys and one catalogue for all tests: making them takes seconds.
var (
	authority = sync.OnceValues(func() ([2]seal.Private, error) {
		a, err := seal.Generate()
		b, err2 := seal.Generate()
		return [2]seal.Private{a, b}, errors.Join(err, err2)
	})
	catalogue = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(assets.FS, "stadt") })
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// rig is a town with what its citizens were promised.
type rig struct {
	*town.Town
	dir       string
	confirmed []string // case numbers that a citizen saw as confirmed
	secrets   []string // of their slips
	told      []string // errors as a log would have them
	fault     zvtemu.Fault
	watch     func(moment string) (kill bool) // asked at every moment of a payment; nil: nobody is
}

// stopAt asks at every moment of what follows, those of the card terminal's words among them, whether the terminal is stopped there.
func (r *rig) stopAt(watch func(moment string) bool) {
	r.watch = watch
	if watch == nil {
		r.KillAt(nil)
		return
	}
	r.KillAt(func(m town.Moment) bool { return watch(m.String()) })
}

// breakCard gives the card terminal a fault.
func (r *rig) breakCard(f zvtemu.Fault) {
	r.fault = f
	r.Counter.Break(f)
}

// tb is what a rig needs of a test, also of a random one.
type tb interface {
	Helper()
	Context() context.Context
	Fatal(...any)
	Fatalf(string, ...any)
}

func options(t testing.TB) town.Options {
	t.Helper()
	keys := must[[2]seal.Private](t)(authority())
	return town.Options{
		Authority: keys[:1], Catalogue: must[*service.Catalogue](t)(catalogue()), Patience: 200 * time.Millisecond,
		Store: store.Options{Reserve: -1, MinFree: -1},
	}
}

func open(t testing.TB, o town.Options) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{Town: must[*town.Town](t)(town.Open(dir, o)), dir: dir}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// answers are a good application's.
func answers() map[string]any {
	return map[string]any{
		"/name": "Renate Vogt", "/birthdate": "1980-04-03", "/street": "Herforder Straße", "/house": "12", "/registered": true,
		"/plate": "MI-RA 1848", "/owner": "me", "/permit": false, "/zone": "A", "/months": 12, "/start": "today",
	}
}

func (r *rig) fill(t tb) *visit.Visit {
	t.Helper()
	v := r.Visit(parking)
	if v == nil {
		t.Fatal("the town has no parking permits")
	}
	for path, value := range answers() {
		v.Answer(path, value)
	}
	if view := v.View(); !view.Complete {
		t.Fatalf("the form is not complete: %+v", view)
	}
	return v
}

// submit is a citizen who applies and waits for the end, or until the terminal goes off. Who is asked for a card that nobody has presses
// the stop key.
func (r *rig) submit(ctx context.Context, t tb, v *visit.Visit, way pay.Way) (visit.Receipt, error) {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	fault, watch := r.fault, r.watch
	type end struct {
		receipt visit.Receipt
		err     error
	}
	ended, off := make(chan end, 1), r.Off()
	go func() {
		receipt, err := v.Submit(ctx, way, func(p visit.Progress) {
			if p.Code != 0 && (fault == zvtemu.Hold || fault == zvtemu.Stubborn) {
				stop()
			}
			if p.Code != 0 && watch != nil && watch(fmt.Sprintf("while the card terminal says %02X", p.Code)) {
				_ = r.KillTerminal()
			}
		})
		ended <- end{receipt, err}
	}()
	select {
	case e := <-ended:
		if e.err != nil {
			r.told = append(r.told, e.err.Error())
		} else {
			r.confirmed, r.secrets = append(r.confirmed, e.receipt.Case), append(r.secrets, e.receipt.Secret)
		}
		return e.receipt, e.err
	case <-off:
		return visit.Receipt{}, town.ErrKilled
	}
}

// apply is the usual walk up to the confirmation.
func (r *rig) apply(t tb, way pay.Way) visit.Receipt {
	t.Helper()
	receipt, err := r.submit(t.Context(), t, r.fill(t), way)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// check is the promise that holds at every moment.
func (r *rig) check(t tb) {
	t.Helper()
	if err := r.Check(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, r.story())
	}
}

// drain mends everything and then wants it all to have come through: nothing that was confirmed is lost, nothing is there twice.
func (r *rig) drain(t tb) {
	t.Helper()
	ctx := t.Context()
	r.stopAt(nil)
	r.breakCard(zvtemu.None)
	r.Hall.LoseAnswers(0)
	if err := r.Join(); err != nil {
		t.Fatal(err)
	}
	if unclear, err := r.Recover(ctx); err != nil || unclear > 0 {
		t.Fatalf("%d payments cannot be cleared up: %v\n%s", unclear, err, r.story())
	}
	if err := r.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.CheckDone(ctx); err != nil {
		t.Fatalf("%v\n%s", err, r.story())
	}
	for _, number := range r.confirmed {
		if _, err := r.Hall.Book.Get(ctx, number); err != nil {
			t.Fatalf("%s was confirmed to a citizen, and the town hall does not have it: %v\n%s", number, err, r.story())
		}
	}
}

// story is what the card terminal noted, for who reads a failure.
func (r *rig) story() string {
	var b strings.Builder
	for _, e := range r.Counter.Card.Journal() {
		fmt.Fprintf(&b, "card terminal: %s %d trace %d receipt %d of %d\n", e.Kind, e.Amount, e.Trace, e.Receipt, e.Of)
	}
	return b.String()
}
