package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Store is everything that the town hall's rooms ask of a store.
type Store interface {
	cases.Store
	intake.Store
	publish.Store
	ledger.Store
	hall.Answers
	hall.Devices
	hall.State
	services.Store
	surveys.Store
	AddCode(ctx context.Context, name, tenant, scope string, expires time.Time) (string, error)
	Revoke(ctx context.Context, device string) error
}

// Run tries a store. fresh gives an empty one whose clock shows now().
func Run(t *testing.T, fresh func(t *testing.T, now func() time.Time) Store) {
	for _, promise := range []struct {
		name string
		try  func(*testing.T, Store)
	}{
		{"a case comes back whole", wholeCase},
		{"an envelope makes one case and a number names one", once},
		{"two clerks cannot overwrite each other", optimistic},
		{"of many clerks at once one wins", together},
		{"a cause works once and leaves nothing behind the second time", causes},
		{"only the newest answer is kept and a forgotten address is empty", answers},
		{"a card payment counts for one case", payments},
		{"lists are filtered, sorted and cut into pages", lists},
		{"words are found in spite of umlauts and case", words},
		{"the worklist's figures are right", counts},
		{"envelopes are stored once and told apart", envelopes},
		{"quarantine waits for its reason", quarantine},
		{"records follow the order of commits", records},
		{"a code enrols one device, in time", devices},
		{"what is owed and paid balances", owed},
		{"a report comes back whole, its photos bit for bit", wholeReport},
		{"reports are filtered, sorted and counted", reportLists},
		{"merged reports and supporters change together or not at all", mergedReports},
		{"what is published is stored with its case", published},
		{"a decision about a service is stored whole or not at all", decisions},
		{"a version's number is used once", versions},
		{"what devices find wrong is counted once", faults},
		{"a publisher has a name and a key of its own", publishers},
		{"a service's draft comes back whole, and its last states", draftStates},
		{"two who write at one draft cannot overwrite each other", draftsTogether},
		{"a draft that was thrown away is gone, and a page of before is no good for the next one", draftsDropped},
		{"answers to a survey are counted question by question", countedSurveys},
		{"an envelope is counted once, and only its digest is kept", countedOnce},
		{"what is kept no longer is found", expired},
		{"what was said in a case is erased, and nothing else", erased},
		{"a text is struck and a survey emptied without touching others", struckTexts},
	} {
		t.Run(promise.name, func(t *testing.T) { promise.try(t, fresh(t, Day)) })
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

// sample is the n-th case of a town.
func sample(t testing.TB, n int) cases.Case {
	number := fmt.Sprintf("MH-26-%04d", n)
	app := Application(t, fmt.Sprintf("envelope-%d", n), number, "")
	return cases.Case{
		Number: number, Envelope: app.ID, Service: app.Service, ServiceVersion: app.Version, Title: "Bewohnerparkausweis", Tenant: "stadt",
		Channel: "terminal", Device: "Bürgerbüro", Lang: "de", State: service.StateReceived, Fee: app.Fee, Way: app.Way,
		Received: Day(), Due: Day().Add(time.Duration(n) * 24 * time.Hour), Recipient: "age1", Address: fmt.Sprintf("address-%d", n), Token: "token",
		Application: app,
	}
}

func insert(t testing.TB, s Store, c cases.Case, with cases.Change) cases.Case {
	t.Helper()
	ok(t, s.Insert(t.Context(), &c, with))
	return c
}

func wholeCase(t *testing.T, s Store) {
	c := sample(t, 1)
	c.Warnings = []string{"Die Gebühr weicht ab."}
	c.Payment = &pay.Outcome{Payment: "p1", Envelope: c.Envelope, Way: pay.Card, Amount: 3070, Evidence: &pay.Evidence{Receipt: 17}, At: Day()}
	c.Paid = true
	event := cases.Event{At: Day(), Who: "citizen", Kind: cases.EventReceived, State: c.State, Text: "Eingegangen"}
	paper := service.Paper{Name: "a.pdf", Title: "A", Type: "application/pdf", Data: []byte("pdf")}
	c = insert(t, s, c, cases.Change{Events: []cases.Event{event}, Papers: []service.Paper{paper}})
	if c.ID == 0 {
		t.Fatal("the case has no id")
	}
	got := must(s.Get(t.Context(), c.Number))(t)
	if got.Application.Answers["name"] != "Jörg Müller" || len(got.Warnings) != 1 || !got.Paid || got.Payment.Evidence.Receipt != 17 {
		t.Fatal("the case came back changed")
	}
	if !got.Received.Equal(c.Received) || !got.Due.Equal(c.Due) || !got.Decided.IsZero() || got.Received.Location() != Day().Location() {
		t.Fatal("the days came back changed")
	}
	if len(got.History) != 1 || got.History[0].Text != event.Text || len(got.Papers) != 1 || string(got.Papers[0].Data) != "pdf" {
		t.Fatal("history or papers are missing")
	}
	at := must(s.At(t.Context(), c.Address))(t)
	if len(at) != 1 || at[0].Number != c.Number {
		t.Fatal("the case is not found by its address")
	}
	if none := must(s.At(t.Context(), ""))(t); len(none) != 0 {
		t.Fatal("no address is an address")
	}
	_, err := s.Get(t.Context(), "MH-26-none")
	is(t, err, cases.ErrNotFound)
}

func once(t *testing.T, s Store) {
	c := insert(t, s, sample(t, 1), cases.Change{})
	again := sample(t, 1)
	is(t, s.Insert(t.Context(), &again, cases.Change{}), cases.ErrExists)
	other := sample(t, 2)
	other.Number = c.Number
	is(t, s.Insert(t.Context(), &other, cases.Change{}), cases.ErrNumber)
}

func optimistic(t *testing.T, s Store) {
	c := insert(t, s, sample(t, 1), cases.Change{})
	a, b := c, c
	a.Clerk, b.Clerk = "anna", "bert"
	ok(t, s.Update(t.Context(), a, c.Version, cases.Change{}))
	is(t, s.Update(t.Context(), b, c.Version, cases.Change{Events: []cases.Event{{At: Day(), Who: "bert", Kind: cases.EventTaken}}}), cases.ErrChanged)
	got := must(s.Get(t.Context(), c.Number))(t)
	if got.Clerk != "anna" || got.Version != c.Version+1 || len(got.History) != 0 {
		t.Fatalf("clerk %s, version %d, %d lines", got.Clerk, got.Version, len(got.History))
	}
}

func together(t *testing.T, s Store) {
	c := insert(t, s, sample(t, 1), cases.Change{})
	const clerks = 8
	results := make(chan error, clerks)
	for n := range clerks {
		go func() {
			mine := c
			mine.Clerk = fmt.Sprint("clerk-", n)
			line := cases.Event{At: Day(), Who: mine.Clerk, Kind: cases.EventTaken}
			results <- s.Update(t.Context(), mine, c.Version, cases.Change{Events: []cases.Event{line}})
		}()
	}
	won := 0
	for range clerks {
		switch err := <-results; {
		case err == nil:
			won++
		case !errors.Is(err, cases.ErrChanged):
			t.Error(err)
		}
	}
	got := must(s.Get(t.Context(), c.Number))(t)
	if won != 1 || len(got.History) != 1 || got.History[0].Who != got.Clerk {
		t.Fatalf("%d won, %d lines", won, len(got.History))
	}
}

func causes(t *testing.T, s Store) {
	c := insert(t, s, sample(t, 1), cases.Change{Cause: "envelope-1"})
	line := cases.Change{Cause: "reply", Events: []cases.Event{{At: Day(), Who: "citizen", Kind: cases.EventMessage}}}
	if must(s.Caused(t.Context(), "reply"))(t) {
		t.Fatal("the reply had no effect yet")
	}
	ok(t, s.Update(t.Context(), c, c.Version, line))
	is(t, s.Update(t.Context(), c, c.Version+1, line), cases.ErrExists)
	got := must(s.Get(t.Context(), c.Number))(t)
	if len(got.History) != 1 || got.Version != c.Version+1 || !must(s.Caused(t.Context(), "reply"))(t) {
		t.Fatal("the second time left something behind")
	}
}

func answers(t *testing.T, s Store) {
	c := insert(t, s, sample(t, 1), cases.Change{Answer: []byte("one")})
	ok(t, s.Update(t.Context(), c, 0, cases.Change{Answer: []byte("two")}))
	if got := must(s.For(t.Context(), c.Address))(t); len(got) != 1 || string(got[0]) != "two" {
		t.Fatalf("%d answers", len(got))
	}
	ok(t, s.Update(t.Context(), c, 1, cases.Change{}))
	if got := must(s.For(t.Context(), c.Address))(t); len(got) != 1 {
		t.Fatal("a change without answer took the answer away")
	}
	old := c.Address
	c.Address = "new"
	ok(t, s.Update(t.Context(), c, 2, cases.Change{Forget: true, Answer: []byte("three")}))
	if got := must(s.For(t.Context(), old))(t); len(got) != 0 {
		t.Fatal("the old address still answers")
	}
	if got := must(s.For(t.Context(), "new"))(t); len(got) != 1 || string(got[0]) != "three" {
		t.Fatal("the new address does not answer")
	}
	second := sample(t, 2)
	second.Address = "new"
	insert(t, s, second, cases.Change{Answer: []byte("four")})
	if got := must(s.For(t.Context(), "new"))(t); len(got) != 2 || string(got[1]) != "four" {
		t.Fatal("two cases of one phone do not both answer, newest last")
	}
}

func payments(t *testing.T, s Store) {
	line := func(n int) cases.Change {
		return cases.Change{Money: []ledger.Entry{{Case: fmt.Sprint(n), Kind: ledger.Received, Way: pay.Card, Amount: 3070, Payment: "p1", Who: "system", At: Day()}}}
	}
	insert(t, s, sample(t, 1), line(1))
	second := sample(t, 2)
	is(t, s.Insert(t.Context(), &second, line(2)), cases.ErrPayment)
	_, err := s.Get(t.Context(), second.Number)
	is(t, err, cases.ErrNotFound)

	// The terminal's own numbers tell a transaction, whatever a device calls the payment.
	paid := func(n int, change func(*pay.Evidence)) cases.Case {
		c := sample(t, n)
		e := pay.Evidence{Amount: 3070, TerminalID: "65000028", Trace: 7, Receipt: 4, Date: "1123", Time: "101500"}
		change(&e)
		c.Payment = &pay.Outcome{Payment: fmt.Sprintf("p-%d", n), Envelope: c.Envelope, Way: pay.Card, Amount: 3070, Evidence: &e, At: Day()}
		return c
	}
	insert(t, s, paid(3, func(*pay.Evidence) {}), cases.Change{})
	again := paid(4, func(e *pay.Evidence) { e.Card = "girocard" })
	is(t, s.Insert(t.Context(), &again, cases.Change{}), cases.ErrPayment)
	insert(t, s, paid(5, func(e *pay.Evidence) { e.Trace, e.Receipt = 8, 5 }), cases.Change{})
	insert(t, s, paid(6, func(e *pay.Evidence) { e.TerminalID = "65000029" }), cases.Change{})
	insert(t, s, paid(7, func(e *pay.Evidence) { e.Time = "101501" }), cases.Change{})
	for n := range 2 { // what has no date says too little
		insert(t, s, paid(8+n, func(e *pay.Evidence) { e.Date = "" }), cases.Change{})
	}
}

func numbers(p cases.Page) (n []string) {
	for _, c := range p.Cases {
		n = append(n, c.Number)
	}
	return n
}

func lists(t *testing.T, s Store) {
	for n := range 5 {
		c := sample(t, 5-n)
		c.Received = Day().Add(-time.Duration(n) * time.Hour)
		switch n {
		case 0:
			c.State, c.Clerk = service.StateInWork, "anna"
		case 1:
			c.State, c.Paid = service.StateApproved, true
		case 2:
			c.Warnings, c.Channel, c.Office = []string{"x"}, "paper", "strassenverkehr"
		}
		insert(t, s, c, cases.Change{})
	}
	for _, q := range []struct {
		name string
		f    cases.Filter
		want []string
	}{
		{"all, open ones by due day first", cases.Filter{}, []string{"MH-26-0001", "MH-26-0002", "MH-26-0003", "MH-26-0005", "MH-26-0004"}},
		{"newest first", cases.Filter{Newest: true}, []string{"MH-26-0005", "MH-26-0004", "MH-26-0003", "MH-26-0002", "MH-26-0001"}},
		{"open", cases.Filter{Open: true}, []string{"MH-26-0001", "MH-26-0002", "MH-26-0003", "MH-26-0005"}},
		{"mine", cases.Filter{Clerk: "anna"}, []string{"MH-26-0005"}},
		{"mine and nobody's", cases.Filter{Clerk: "bert", Unassigned: true, Open: true}, []string{"MH-26-0001", "MH-26-0002", "MH-26-0003"}},
		{"a state", cases.Filter{State: service.StateApproved}, []string{"MH-26-0004"}},
		{"warned", cases.Filter{Warned: true}, []string{"MH-26-0003"}},
		{"paper", cases.Filter{Channel: "paper"}, []string{"MH-26-0003"}},
		{"an office's", cases.Filter{Office: "strassenverkehr"}, []string{"MH-26-0003"}},
		{"another service", cases.Filter{Service: "hund"}, nil},
		{"another tenant", cases.Filter{Tenant: "bad"}, nil},
		{"unpaid", cases.Filter{Unpaid: true}, []string{"MH-26-0001", "MH-26-0002", "MH-26-0003", "MH-26-0005"}},
		{"due", cases.Filter{DueBefore: Day().Add(50 * time.Hour)}, []string{"MH-26-0001", "MH-26-0002"}},
		{"second page", cases.Filter{Size: 2, Page: 2}, []string{"MH-26-0003", "MH-26-0005"}},
		{"past the end", cases.Filter{Size: 2, Page: 9}, []string{"MH-26-0004"}},
	} {
		p := must(s.List(t.Context(), q.f))(t)
		if !slices.Equal(numbers(p), q.want) {
			t.Errorf("%s: %v", q.name, numbers(p))
		}
	}
	if p := must(s.List(t.Context(), cases.Filter{Size: 2}))(t); p.Total != 5 || p.Pages != 3 || p.Page != 1 || p.Size != 2 {
		t.Errorf("pager: %d of %d, total %d", p.Page, p.Pages, p.Total)
	}
}

func words(t *testing.T, s Store) {
	insert(t, s, sample(t, 1), cases.Change{})
	for _, typed := range []string{"müller", "Mueller", "MULLER", "jör", "ra 1848", "MI-RA", "0001", "bewohner", "müller 1848"} {
		if p := must(s.List(t.Context(), cases.Filter{Text: typed}))(t); p.Total != 1 {
			t.Errorf("%q finds %d", typed, p.Total)
		}
	}
	for _, typed := range []string{"schmidt", "müller schmidt", `"`, "*", "NEAR(", "a OR b", "words:müller"} {
		if p := must(s.List(t.Context(), cases.Filter{Text: typed}))(t); p.Total != 0 {
			t.Errorf("%q finds %d", typed, p.Total)
		}
	}
}

func counts(t *testing.T, s Store) {
	add := func(n int, change func(*cases.Case)) {
		c := sample(t, n)
		change(&c)
		insert(t, s, c, cases.Change{})
	}
	add(1, func(c *cases.Case) { c.Due = Day().Add(-time.Hour); c.Clerk = "anna" })
	add(2, func(c *cases.Case) { c.Due = Day().Add(time.Hour); c.State = service.StateAsked; c.Paid = true })
	add(3, func(c *cases.Case) { c.Due = Day().Add(72 * time.Hour); c.Warnings = []string{"x"}; c.Fee = 0 })
	add(4, func(c *cases.Case) {
		c.State, c.Clerk, c.Decided = service.StateRejected, "anna", Day()
		c.Refund = &cases.Refund{Number: c.Number, Amount: 3070, Since: Day()}
	})
	add(5, func(c *cases.Case) {
		c.State = service.StateRejected
		c.Refund = &cases.Refund{Number: c.Number, Amount: 3070, Since: Day(), Done: true, DoneAt: Day()}
	})
	got := must(s.Counts(t.Context(), "anna", Day()))(t)
	want := cases.Counts{New: 2, Mine: 1, Unassigned: 2, Overdue: 1, DueToday: 1, DueWeek: 2, Asked: 1, Warned: 1, Unpaid: 1, Open: 3, Refunds: 1}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	refunds := must(s.Refunds(t.Context()))(t)
	if len(refunds) != 2 || refunds[0].Done || !refunds[1].Done {
		t.Errorf("refunds: %d", len(refunds))
	}
}

func item(id, body string) wire.Item {
	return wire.Item{ID: id, Kind: wire.KindEnvelope, Key: "key", Body: body, Outcome: "a.b.c"}
}

func deviceKey(t testing.TB) proof.PublicKey {
	t.Helper()
	return must(proof.Generate())(t).Public()
}

func envelopes(t *testing.T, s Store) {
	key := deviceKey(t)
	keep := func(items ...wire.Item) []wire.Status {
		return must(s.Keep(t.Context(), "Terminal", key, items, Day()))(t)
	}
	if got := keep(item("1", "one"), item("2", "two")); !slices.Equal(got, []wire.Status{wire.Stored, wire.Stored}) {
		t.Fatal(got)
	}
	if got := keep(item("1", "one"), item("2", "other"), item("3", "three")); !slices.Equal(got, []wire.Status{wire.Dup, wire.Conflict, wire.Stored}) {
		t.Fatal(got)
	}
	in := must(s.In(t.Context(), intake.Fresh, 0, 10))(t)
	if len(in) != 3 || in[1].Item.Body != "two" || in[0].Device != "Terminal" || in[0].DeviceKey.ID() != key.ID() || !in[0].At.Equal(Day()) {
		t.Fatal("what was stored came back changed")
	}
	if in := must(s.In(t.Context(), intake.Fresh, in[1].Seq, 10))(t); len(in) != 1 || in[0].Item.ID != "3" {
		t.Fatal("the list does not go on where it should")
	}
}

func quarantine(t *testing.T, s Store) {
	must(s.Keep(t.Context(), "Terminal", deviceKey(t), []wire.Item{item("1", "a"), item("2", "b")}, Day()))(t)
	ok(t, s.Mark(t.Context(), "1", intake.Quarantine, intake.ReasonKey))
	ok(t, s.Mark(t.Context(), "2", intake.Quarantine, intake.ReasonContent))
	if n := must(s.Counts(t.Context(), "", Day()))(t); n.Sealed != 2 {
		t.Fatalf("%d in quarantine", n.Sealed)
	}
	if n := must(s.Again(t.Context(), intake.ReasonKey, intake.ReasonProof))(t); n != 1 {
		t.Fatalf("%d tried again", n)
	}
	left := must(s.In(t.Context(), intake.Quarantine, 0, 10))(t)
	if len(left) != 1 || left[0].Reason != intake.ReasonContent {
		t.Fatal("the wrong one is tried again")
	}
	ok(t, s.AgainOne(t.Context(), "2"))
	is(t, s.AgainOne(t.Context(), "2"), intake.ErrUnknown)
	ok(t, s.Mark(t.Context(), "1", intake.Done, ""))
	is(t, s.AgainOne(t.Context(), "1"), intake.ErrUnknown) // what is a case already is not opened a second time
	is(t, s.AgainOne(t.Context(), "3"), intake.ErrUnknown)
	if fresh := must(s.In(t.Context(), intake.Fresh, 0, 10))(t); len(fresh) != 1 || fresh[0].Item.ID != "2" {
		t.Fatal("the one that was asked for is not tried again")
	}
}

func records(t *testing.T, s Store) {
	put := func(scope, id, data string) bool {
		return must(s.Put(t.Context(), scope, wire.Record{Collection: "keys", ID: id, Data: []byte(data)}))(t)
	}
	after := func(scope string, seq int64) []wire.Record { return must(s.After(t.Context(), scope, seq, 10))(t) }
	if !put("stadt", "a", `"1"`) || !put("stadt", "b", `"2"`) || !put("bad", "a", `"3"`) || put("stadt", "a", `"1"`) {
		t.Fatal("what is new is told wrong")
	}
	all := after("stadt", 0)
	if len(all) != 2 || all[0].ID != "a" || all[1].Seq <= all[0].Seq || len(after("bad", 0)) != 1 {
		t.Fatalf("%d records", len(all))
	}
	last := all[1].Seq
	put("stadt", "a", `"4"`)
	news := after("stadt", last)
	if len(news) != 1 || news[0].ID != "a" || string(news[0].Data) != `"4"` || len(after("stadt", 0)) != 2 {
		t.Fatal("a change is no new record")
	}
	if !must(s.Put(t.Context(), "stadt", wire.Record{Collection: "keys", ID: "b", Deleted: true}))(t) {
		t.Fatal("a deletion is no change")
	}
	gone := after("stadt", news[0].Seq)
	if len(gone) != 1 || !gone[0].Deleted || gone[0].Data != nil || gone[0].Check() != nil {
		t.Fatal("a deletion is not told")
	}
}

func devices(t *testing.T, s Store) {
	key := deviceKey(t)
	code := must(s.AddCode(t.Context(), "Terminal Bürgerbüro", "stadt", "stadt", Day().Add(time.Hour)))(t)
	old := must(s.AddCode(t.Context(), "Alt", "stadt", "stadt", Day().Add(-time.Hour)))(t)
	_, err := s.Enroll(t.Context(), old, hall.Device{ID: "d0", Fingerprint: "f0", Key: key})
	is(t, err, hall.ErrCode)
	_, err = s.Enroll(t.Context(), "AAAABBBBCCCC", hall.Device{ID: "d0", Fingerprint: "f0", Key: key})
	is(t, err, hall.ErrCode)
	d := must(s.Enroll(t.Context(), code, hall.Device{ID: "d1", Fingerprint: "f1", Key: key}))(t)
	if d.Name != "Terminal Bürgerbüro" || d.Tenant != "stadt" || d.Scope != "stadt" {
		t.Fatal("the device is not what the staff wrote down")
	}
	_, err = s.Enroll(t.Context(), code, hall.Device{ID: "d2", Fingerprint: "f2", Key: key})
	is(t, err, hall.ErrCode)
	if got := must(s.ByFingerprint(t.Context(), "f1"))(t); got.ID != "d1" || got.Key.ID() != key.ID() {
		t.Fatal("the device is not found")
	}
	ok(t, s.Revoke(t.Context(), "d1"))
	_, err = s.ByFingerprint(t.Context(), "f1")
	is(t, err, hall.ErrDevice)
}

func owed(t *testing.T, s Store) {
	line := func(n string, k ledger.Kind, amount money.Cents, payment string) ledger.Entry {
		return ledger.Entry{Case: n, Kind: k, Way: pay.Card, Amount: amount, Payment: payment, Who: "system", At: Day()}
	}
	insert(t, s, sample(t, 1), cases.Change{Money: []ledger.Entry{line("1", ledger.Due, 3070, ""), line("1", ledger.Received, 3070, "p1")}})
	insert(t, s, sample(t, 2), cases.Change{Money: []ledger.Entry{line("2", ledger.Due, 3070, ""), line("2", ledger.Received, 1000, "p2")}})
	insert(t, s, sample(t, 3), cases.Change{Money: []ledger.Entry{line("3", ledger.Due, 500, ""), line("3", ledger.Waived, 500, "")}})
	insert(t, s, sample(t, 4), cases.Change{Money: []ledger.Entry{line("4", ledger.RefundDue, 700, ""), line("1", ledger.RefundDue, 9, ""), line("1", ledger.Refunded, 9, "")}})
	l := ledger.New(s)
	if open := must(l.Receivables(t.Context()))(t); len(open) != 1 || open[0].Case != "2" || open[0].Amount != 2070 || !open[0].Since.Equal(Day()) {
		t.Errorf("receivables: %+v", open)
	}
	if open := must(l.Refunds(t.Context()))(t); len(open) != 1 || open[0].Case != "4" || open[0].Amount != 700 {
		t.Errorf("refunds: %+v", open)
	}
	day := must(l.Day(t.Context(), Day()))(t)
	if day.Received[pay.Card] != 4070 || day.Payments != 2 || day.Refunded != 9 {
		t.Errorf("day: %+v", day)
	}
	if empty := must(l.Day(t.Context(), Day().AddDate(0, 0, 1)))(t); empty.Payments != 0 {
		t.Error("a payment counts on two days")
	}
}
