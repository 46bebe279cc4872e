package town_test

import (
	"flag"
	"os"
	"testing"

	"pgregory.net/rapid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
)

// few keeps a test that starts whole towns short unless somebody asks for more on the command line.
func few(t *testing.T, name, value string) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if !given {
		ok(t, flag.Set(name, value))
	}
}

// Whatever people, devices and lines do, in whatever order: money and applications fit together after every step, and in the end everything
// that was confirmed is a case, once.
func TestWhateverHappensMoneyAndApplicationsFitTogether(t *testing.T) {
	few(t, "rapid.checks", "20")
	few(t, "rapid.steps", "12")
	few(t, "rapid.shrinktime", "20s")
	o := options(t)
	// Without those that only wait: they are tried one by one elsewhere, and need their time.
	common := []zvtemu.Fault{
		zvtemu.None, zvtemu.Decline, zvtemu.CancelKey, zvtemu.BreakBeforeStatus, zvtemu.BreakAfterStatus, zvtemu.BreakInPrint,
		zvtemu.BreakAfterGrant, zvtemu.Busy, zvtemu.Hold, zvtemu.NoStatus, zvtemu.BadStatus,
	}
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		founded, err := town.Open(dir, o)
		if err != nil {
			rt.Fatal(err)
		}
		r := &rig{Town: founded, dir: dir}
		defer func() { _ = r.Close() }()
		ctx := rt.Context()
		pays := func(rt *rapid.T) {
			r.breakCard(rapid.SampledFrom(common).Draw(rt, "fault"))
			r.pays(rt)
			r.breakCard(zvtemu.None)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"":     func(rt *rapid.T) { r.check(rt) },
			"pays": pays,
			"pays and the power fails": func(rt *rapid.T) {
				n := rapid.IntRange(0, 15).Draw(rt, "moment")
				r.stopAt(func(string) bool { n--; return n == -1 })
				pays(rt)
				r.stopAt(nil)
				r.on(rt)
			},
			"wants an invoice": func(rt *rapid.T) { r.apply(rt, pay.Invoice) },
			"line is cut":      func(*rapid.T) { r.Cut() },
			"line is mended": func(rt *rapid.T) {
				if err := r.Join(); err != nil {
					rt.Fatal(err)
				}
			},
			"restart": func(rt *rapid.T) {
				if err := r.RestartTerminal(); err != nil {
					rt.Fatal(err)
				}
			},
			"exchange": func(rt *rapid.T) {
				r.Hall.LoseAnswers(rapid.IntRange(0, 1).Draw(rt, "lost answers"))
				_ = r.Sync(ctx) // there may be no line
			},
			"clears up": func(rt *rapid.T) {
				if unclear, err := r.Recover(ctx); err != nil || unclear > 0 {
					rt.Fatalf("%d payments stay unclear though the card terminal answers: %v\n%s", unclear, err, r.story())
				}
			},
			"clerk decides":   func(rt *rapid.T) { r.decide(rt) },
			"citizen returns": func(rt *rapid.T) { r.returns(rt) },
		})
		r.drain(rt)
	})
}

// decide lets a clerk decide about one open case, if there is any.
func (r *rig) decide(rt *rapid.T) {
	all, err := r.Hall.Cases(rt.Context())
	if err != nil {
		rt.Fatal(err)
	}
	for _, c := range all {
		if !c.Open() {
			continue
		}
		if rapid.Bool().Draw(rt, "yes") {
			err = r.Hall.Book.Approve(rt.Context(), c.Number, "kowalski", "", c.Version)
		} else {
			err = r.Hall.Book.Reject(rt.Context(), c.Number, "kowalski", "Leider nein.", c.Version)
		}
		if err != nil {
			rt.Fatal(err)
		}
		return
	}
}

// returns lets the citizen with the newest slip take the application back, if there is a line and something to take back.
func (r *rig) returns(rt *rapid.T) {
	if len(r.secrets) == 0 {
		return
	}
	c, err := visit.Follow(rt.Context(), r.Desk(), r.secrets[len(r.secrets)-1], r.VisitOptions())
	if err != nil || !c.Open() {
		return
	}
	if err := c.Withdraw(rt.Context()); err != nil {
		rt.Fatal(err)
	}
}
