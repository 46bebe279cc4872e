package town_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

func second(t testing.TB, r *rig) *town.Second {
	t.Helper()
	s := must[*town.Second](t)(r.Second(t.Context(), "zweites"))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// continued goes on with a draft at a desk.
func (r *rig) continued(t *testing.T, d visit.Desk, channel, code string) *visit.Visit {
	t.Helper()
	o := r.VisitOptions()
	o.Channel = channel
	saved := must[visit.Saved](t)(visit.Fetch(t.Context(), d, code, o))
	v, changed, err := visit.Continue(must[*service.Catalogue](t)(catalogue()).Find, d, o, saved)
	if err != nil || changed {
		t.Fatal(changed, err)
	}
	return v
}

func TestWhatWasPutAwayWithoutALineIsContinuedElsewhereAndSentOnce(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	b := second(t, r)
	r.Cut()
	if err := r.Sync(ctx); !errors.Is(err, device.ErrOffline) {
		t.Fatal(err)
	}
	v := r.fill(t)
	v.Type("/plate", "MI-RA 77")
	ticket := must[visit.Ticket](t)(v.Pause(ctx, "vehicle"))
	v.Wipe()
	if !ticket.Away {
		t.Error("nobody says that the draft is at this terminal only")
	}
	if _, err := visit.Fetch(ctx, b.Desk(), ticket.Code, r.VisitOptions()); !errors.Is(err, visit.ErrOffline) {
		t.Fatal("elsewhere, without a line:", err)
	}
	here := r.continued(t, r.Desk(), "terminal", ticket.Code) // the terminal has it
	here.Wipe()
	ok(t, r.RestartTerminal())
	ok(t, r.Join())
	if _, err := visit.Fetch(ctx, b.Desk(), ticket.Code, r.VisitOptions()); !errors.Is(err, visit.ErrGone) {
		t.Fatal("before it has travelled:", err)
	}
	r.sync(t)
	// On the phone somebody looks at it and does not send it; at the other terminal it is sent.
	p := phone(t, r, "phone")
	ok(t, p.Sync(ctx))
	onPhone := r.continued(t, p.Post.Desk(), "phone", ticket.Code)
	if plate, _ := onPhone.Draft().Answers.Get("/plate"); plate != "MI-RA 77" {
		t.Fatal("what was said is not there")
	}
	again := r.continued(t, b.Desk(), "terminal", ticket.Text)
	receipt := must[visit.Receipt](t)(again.Submit(ctx, pay.Invoice, nil))
	ok(t, b.Sync(ctx))
	for name, d := range map[string]visit.Desk{"the first terminal": r.Desk(), "the second": b.Desk(), "the phone": p.Post.Desk()} {
		if _, err := visit.Fetch(ctx, d, ticket.Code, r.VisitOptions()); !errors.Is(err, visit.ErrGone) {
			t.Errorf("%s still has what was sent: %v", name, err)
		}
	}
	r.sync(t)
	if list := r.cases(t); len(list) != 1 || list[0].Number != receipt.Case {
		t.Fatalf("%d cases", len(list))
	}
}

func TestADraftThatTheTownHallHasIsNotAtTheTerminalAnyMore(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	ticket := must[visit.Ticket](t)(r.fill(t).Pause(ctx, ""))
	r.sync(t)
	r.Cut()
	if _, err := visit.Fetch(ctx, r.Desk(), ticket.Code, r.VisitOptions()); !errors.Is(err, visit.ErrOffline) {
		t.Fatal(err)
	}
	ok(t, r.Join())
	v := r.continued(t, r.Desk(), "terminal", ticket.Code)
	r.Cut()
	ok(t, v.Discard(ctx)) // thrown away without a line
	if _, err := visit.Fetch(ctx, r.Desk(), ticket.Code, r.VisitOptions()); !errors.Is(err, visit.ErrGone) {
		t.Fatal("thrown away, and given out:", err)
	}
	ok(t, r.Join())
	r.sync(t)
	if _, found, err := r.Hall.Store.Draft(ctx, keyOf(t, ticket).Address(), r.VisitOptions().Now()); found || err != nil {
		t.Fatal("the town hall still has it", err)
	}
}

func keyOf(t *testing.T, ticket visit.Ticket) seal.DraftKey {
	t.Helper()
	return must[seal.DraftKey](t)(seal.ParseDraft(ticket.Code))
}

func TestATerminalThatIsStoppedAfterTheSlipStillHasTheDraft(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	r.Cut()
	ticket := must[visit.Ticket](t)(r.fill(t).Pause(ctx, "zone"))
	ok(t, r.RestartTerminal()) // killed: nothing is closed, only what is on disk counts
	if v := r.continued(t, r.Desk(), "terminal", ticket.Code); !v.View().Complete {
		t.Fatal("something is missing")
	}
	ok(t, r.Join())
	r.sync(t)
	r.sync(t)
	if _, found, _ := r.Hall.Store.Draft(ctx, keyOf(t, ticket).Address(), r.VisitOptions().Now()); !found {
		t.Fatal("it never arrived")
	}
}

func TestADraftEndsEverywhereAfterThirtyDays(t *testing.T) {
	o := options(t)
	day := time.Date(2026, 11, 23, 10, 0, 0, 0, time.Local)
	o.Now = func() time.Time { return day }
	ctx, r := t.Context(), open(t, o)
	r.Cut()
	waits := must[visit.Ticket](t)(r.fill(t).Pause(ctx, ""))
	ok(t, r.Join())
	travels := must[visit.Ticket](t)(r.fill(t).Pause(ctx, ""))
	r.sync(t)
	r.Cut()
	late := must[visit.Ticket](t)(r.fill(t).Pause(ctx, ""))
	day = day.Add(20 * 24 * time.Hour)
	ok(t, r.Join())
	r.sync(t)
	r.continued(t, r.Desk(), "terminal", late.Code)
	day = day.Add(10 * 24 * time.Hour)
	for name, ticket := range map[string]visit.Ticket{"one that waited": waits, "one that travelled": travels, "one that travelled late": late} {
		if _, err := visit.Fetch(ctx, r.Desk(), ticket.Code, r.VisitOptions()); !errors.Is(err, visit.ErrGone) {
			t.Error(name, err)
		}
	}
	if n, err := r.Hall.Store.ExpireDrafts(ctx, day); err != nil || n != 3 {
		t.Fatal(n, err)
	}
}

func TestATownHallThatChangesADraftIsNoticed(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	k := seal.DraftKey{9}
	d := must[seal.Draft](t)(k.Draft([]byte("{}")))
	d.Data[100] ^= 1
	ok(t, r.Hall.Store.KeepDraft(ctx, d, "", r.VisitOptions().Now().Add(time.Hour)))
	if _, err := visit.Fetch(ctx, r.Desk(), k.Code(), r.VisitOptions()); !errors.Is(err, visit.ErrNewer) {
		t.Fatal(err)
	}
}

func TestNothingOfADraftCanBeReadAtTheTerminal(t *testing.T) {
	o := options(t)
	ctx, r := t.Context(), open(t, o)
	m := newMarks(r)
	words := m.words()
	searchFinds(t, r.dir, words)
	r.Cut()
	v := m.say(t, r)
	ticket := must[visit.Ticket](t)(v.Pause(ctx, "address"))
	v.Wipe()
	key := keyOf(t, ticket)
	words = append(words, ticket.Text, ticket.Code, key.Token(), string(key[:]))
	r.clean(t, "put away", words)
	data := must[[]byte](t)(os.ReadFile(filepath.Join(r.dir, town.TerminalDir, "memory.db-wal")))
	if !bytes.Contains(data, []byte(key.Address())) {
		t.Fatal("the search does not see where the draft lies")
	}
	back := r.continued(t, r.Desk(), "terminal", ticket.Code)
	back.Wipe()
	r.clean(t, "continued and left", words)
	ok(t, r.Join())
	r.sync(t)
	r.clean(t, "delivered", words)
	ok(t, r.KillTerminal())
	r.clean(t, "switched off", words)
	if err := r.Sync(ctx); !errors.Is(err, town.ErrKilled) && !errors.Is(err, device.ErrOffline) {
		t.Fatal(err)
	}
	found, _ := search(t, filepath.Join(r.dir, town.HallDir), words)
	for where := range found {
		t.Error("the town hall can read it:", where)
	}
	ok(t, r.RestartTerminal())
}
