package storetest

import (
	"slices"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// decided is the n-th case of a town, decided some days after it came.
func decided(t testing.TB, n int, state service.State, days int) cases.Case {
	c := sample(t, n)
	c.State, c.Decided, c.Paid = state, Day().AddDate(0, 0, days), true
	return c
}

func expired(t *testing.T, s Store) {
	if got := must(s.DecidedOf(t.Context()))(t); len(got) != 0 {
		t.Fatal(got)
	}
	open := sample(t, 1)
	unpaid := decided(t, 4, service.StateApproved, 1)
	unpaid.Paid = false
	refused := decided(t, 5, service.StateRejected, 3) // what was not paid is no longer owed
	refused.Paid = false
	owed := decided(t, 6, service.StateRejected, 1)
	owed.Refund = &cases.Refund{Number: owed.Number, Amount: owed.Fee, Way: pay.Card, Reason: "rejected", Since: Day()}
	other := decided(t, 7, service.StateApproved, 1)
	other.Service = "hundesteuer"
	for _, c := range []cases.Case{open, decided(t, 2, service.StateApproved, 9), decided(t, 3, service.StateWithdrawn, 2), unpaid, refused, owed, other} {
		insert(t, s, c, cases.Change{})
	}
	v := cases.Version{Service: open.Service, Version: open.ServiceVersion}
	if got, want := must(s.DecidedOf(t.Context()))(t), []cases.Version{{Service: "hundesteuer", Version: open.ServiceVersion}, v}; !slices.Equal(got, want) {
		t.Errorf("decided cases of %v, want %v", got, want)
	}
	if got, want := must(s.Expired(t.Context(), v, Day().AddDate(0, 0, 5)))(t), []string{"MH-26-0003", "MH-26-0005"}; !slices.Equal(got, want) {
		t.Errorf("expired are %v, want %v", got, want)
	}
	if got := must(s.Expired(t.Context(), v, Day()))(t); len(got) != 0 {
		t.Errorf("expired before they were decided: %v", got)
	}
}

func erased(t *testing.T, s Store) {
	ctx := t.Context()
	item := wire.Item{ID: "envelope-1", Kind: wire.KindEnvelope, Key: "k", Body: "sealed", Outcome: "signed"}
	must(s.Keep(ctx, "Terminal", proof.PublicKey{}, []wire.Item{item, {ID: "envelope-2", Kind: wire.KindEnvelope, Key: "k", Body: "of somebody else"}}, Day()))(t)
	written := cases.Change{
		Cause:  item.ID,
		Answer: []byte("answer"),
		Events: []cases.Event{{At: Day(), Who: "citizen", Kind: cases.EventReceived, Text: "Eingegangen"}, {At: Day(), Who: "renate", Kind: cases.EventNote, Text: "Herr Müller war hier"}},
		Papers: []service.Paper{{Name: "a.pdf", Title: "A", Type: "application/pdf", Data: []byte("pdf")}},
		Money:  []ledger.Entry{{Case: "MH-26-0001", Kind: ledger.Received, Way: pay.Counter, Amount: 3070, Who: "renate", At: Day()}},
	}
	c := decided(t, 1, service.StateApproved, 0)
	c.Photos = report(t, 1, "strasse").Photos
	c = insert(t, s, c, written)
	other := decided(t, 2, service.StateApproved, 0)
	written.Cause, written.Money = "envelope-2", nil
	other = insert(t, s, other, written)

	digest := c.Photos[0].Digest
	c.Erased, c.Application.Answers, c.Photos = Day().Add(time.Hour), nil, nil
	ok(t, s.Update(ctx, c, c.Version, cases.Change{Erase: true, Forget: true, Answer: []byte("gone"), Events: []cases.Event{{At: Day(), Who: "system", Kind: cases.EventErased, Text: "Gelöscht"}}}))

	got := must(s.Get(ctx, c.Number))(t)
	if len(got.Application.Answers) != 0 || len(got.Papers) != 0 || len(got.Photos) != 0 || !got.Erased.Equal(c.Erased) {
		t.Errorf("left: %d answers, %d papers, %d photos; erased %v", len(got.Application.Answers), len(got.Papers), len(got.Photos), got.Erased)
	}
	var texts []string
	for _, e := range got.History {
		texts = append(texts, string(e.Kind)+": "+e.Text)
	}
	if want := []string{"received: Eingegangen", "note: ", "erased: Gelöscht"}; !slices.Equal(texts, want) {
		t.Errorf("the log says %q, want %q", texts, want)
	}
	_, err := s.Photo(ctx, c.Number, digest)
	is(t, err, cases.ErrNotFound)
	if sealed := must(s.For(ctx, c.Address))(t); len(sealed) != 1 || string(sealed[0]) != "gone" {
		t.Errorf("for the slip there is %q", sealed)
	}
	if p := must(s.List(ctx, cases.Filter{Text: "Müller"}))(t); p.Total != 1 || p.Cases[0].Number != other.Number {
		t.Errorf("a search for the name finds %d cases", p.Total)
	}
	if p := must(s.List(ctx, cases.Filter{Text: c.Number}))(t); p.Total != 1 {
		t.Error("the number is not found any more")
	}
	for _, e := range must(s.In(ctx, intake.Fresh, 0, 10))(t) {
		if gone := e.Item.Body == ""; gone != (e.Item.ID == item.ID) {
			t.Errorf("of envelope %s there is %q", e.Item.ID, e.Item.Body)
		}
	}
	if again := must(s.Keep(ctx, "Terminal", proof.PublicKey{}, []wire.Item{item}, Day()))(t); again[0] != wire.Dup {
		t.Error("brought again it is taken for a new one:", again)
	}
	if all := must(s.Entries(ctx, Day(), Day().Add(time.Hour)))(t); len(all) != 1 {
		t.Error("the money is gone from the ledger:", all)
	}
	if whole := must(s.Get(ctx, other.Number))(t); len(whole.Application.Answers) == 0 || len(whole.Papers) != 1 || whole.History[1].Text == "" {
		t.Error("somebody else's case was erased, too")
	}
	if left := must(s.Expired(ctx, cases.Version{Service: c.Service, Version: c.ServiceVersion}, Day().AddDate(1, 0, 0)))(t); !slices.Equal(left, []string{other.Number}) {
		t.Errorf("to be erased is still %v", left)
	}
}
