package intake_test

import (
	"context"
	"errors"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// stubborn is a book that cannot take some applications, for whatever reason that never goes away.
type stubborn struct {
	*cases.Book
	never map[string]bool
}

func (b stubborn) Receive(ctx context.Context, a cases.Arrival) (cases.Case, error) {
	if b.never[a.Envelope] {
		return cases.Case{}, errors.New("never")
	}
	return b.Book.Receive(ctx, a)
}

// Five envelopes in a row on which the town hall failed kept it from opening any that came after them.
func TestWhatCanNeverBeFinishedHoldsNothingUp(t *testing.T) {
	w := newTown(t)
	b := stubborn{w.book, map[string]bool{}}
	w.in = intake.New(intake.Options{Store: w.store, Book: b, Surveys: w.surveys, Ring: func() seal.Ring { return w.ring }, Now: w.clock})
	var items []wire.Item
	for range 7 {
		app := w.application(w.slip())
		b.never[app.ID] = true
		items = append(items, w.item(w.keys[0], app, nil))
	}
	good := w.application(w.slip())
	check[[]hall.Taken](t)(w.in.Take(t.Context(), w.device, append(items, w.item(w.keys[0], good, nil))))
	for range 2 {
		if _, err := w.in.Work(t.Context()); err == nil {
			t.Error("nobody is told")
		}
	}
	w.find(good.Case)
	clear(b.never) // the cause was mended
	for range 2 {
		if _, err := w.in.Work(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if p := check[cases.Page](t)(w.book.List(t.Context(), cases.Filter{})); p.Total != 8 {
		t.Errorf("%d cases, want 8", p.Total)
	}
}
