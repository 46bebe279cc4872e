package intake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

func TestAPaidApplicationBecomesOneCaseAndTheSlipReadsThatItArrived(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	item := w.item(w.keys[0], app, nil)
	if got := w.bring(item); got[0].Status != wire.Stored {
		t.Fatal(got)
	}
	c := w.find(app.Case)
	w.has(c, "")
	if !c.Paid || c.Payment.Evidence.Receipt != 4 || c.State != service.StateReceived || c.Device != w.device.Name || c.Fee != 3070 {
		t.Fatalf("paid %v, state %s", c.Paid, c.State)
	}
	if a := w.read(s); a.State != service.StateReceived || a.Case != app.Case || a.Token == "" || a.Title != "Bewohnerparkausweis" || len(a.Steps) != 2 || a.Text == "" {
		t.Fatalf("%d steps, state %s", len(a.Steps), a.State)
	}

	// The receipt got lost: the terminal pushes again.
	if got := w.bring(item); got[0].Status != wire.Dup {
		t.Fatal(got)
	}
	other := item
	other.Body = item.Body[:len(item.Body)-4] + "AAAA"
	if got := w.bring(other); got[0].Status != wire.Conflict {
		t.Fatal(got)
	}
	if p := check[cases.Page](t)(w.book.List(t.Context(), cases.Filter{})); p.Total != 1 {
		t.Fatalf("%d cases", p.Total)
	}
	l := ledger.New(w.store)
	if day := check[ledger.Day](t)(l.Day(t.Context(), w.now)); day.Payments != 1 || day.Received[pay.Card] != 3070 {
		t.Fatalf("%+v", day)
	}
}

func TestAnApplicationThatTheProgramDiedOnIsOpenedAtTheNextStart(t *testing.T) {
	w := newTown(t)
	app := w.application(w.slip())
	check[[]hall.Taken](t)(w.in.Take(t.Context(), w.device, []wire.Item{w.item(w.keys[0], app, nil)}))
	w.ok(w.store.Close())
	w.open()
	if n := check[int](t)(w.in.Work(t.Context())); n != 1 {
		t.Fatalf("%d opened", n)
	}
	w.find(app.Case)
	// It died after the case was there, before that was noted.
	w.ok(w.store.Mark(t.Context(), app.ID, intake.Fresh, ""))
	if n := check[int](t)(w.in.Work(t.Context())); n != 1 {
		t.Fatalf("%d opened", n)
	}
	if p := check[cases.Page](t)(w.book.List(t.Context(), cases.Filter{})); p.Total != 1 {
		t.Fatalf("%d cases", p.Total)
	}
}

func TestACheckThatFailsAfterPaymentIsAClerksCaseAndNeverARefusal(t *testing.T) {
	for name, q := range map[string]struct {
		spoil func(*service.Application)
		want  string
	}{
		"a wrong answer":     {func(a *service.Application) { a.Answers = a.Answers.With("/zone", "Z") }, "/zone"},
		"a missing answer":   {func(a *service.Application) { a.Answers = a.Answers.With("/name", nil) }, "/name"},
		"another fee":        {func(a *service.Application) { a.Fee = 100 }, "Die Gebühr weicht ab"},
		"an unknown version": {func(a *service.Application) { a.Version = "99" }, "Fassung der Leistung"},
		"an unknown service": {func(a *service.Application) { a.Service = "raumfahrt" }, "nicht bekannt"},
		"other tables":       {func(a *service.Application) { a.Digest = "0" }, "anderen Tabellen"},
		"another tenant":     {func(a *service.Application) { a.Tenant = "bad" }, "Mandanten"},
		"an unreadable day":  {func(a *service.Application) { a.Day = "gestern" }, "Tag des Antrags"},
		"an unreadable slip": {func(a *service.Application) { a.Recipient = "age1nothing" }, "Abholscheins"},
		"an unreadable case": {func(a *service.Application) { a.Case = "12" }, "Vorgangsnummer"},
		"a way not on offer": {func(a *service.Application) { a.Way = pay.Counter }, "Zahlungsart"},
		"nothing but its kind": {func(a *service.Application) {
			*a = service.Application{Kind: a.Kind, ID: a.ID}
		}, "nicht bekannt"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			app := w.application(w.slip())
			q.spoil(&app)
			if got := w.bring(w.item(w.keys[0], app, nil)); got[0].Status != wire.Stored {
				t.Fatal(got)
			}
			p := check[cases.Page](t)(w.book.List(t.Context(), cases.Filter{Warned: true}))
			if p.Total != 1 || len(w.quarantine()) != 0 {
				t.Fatalf("%d cases", p.Total)
			}
			w.has(p.Cases[0], q.want)
			if strings.Contains(strings.Join(p.Cases[0].Warnings, " "), "MI-RA") {
				t.Error("a warning repeats an answer")
			}
		})
	}
}

func TestPaidCountsOnlyFromTheTerminalsSignatureUnderThisEnvelope(t *testing.T) {
	for name, q := range map[string]struct {
		change func(*pay.Outcome)
		forge  bool
		want   string
	}{
		"signed by somebody else": {nil, true, "Unterschrift"},
		"of other bytes":          {func(o *pay.Outcome) { o.Digest = wire.Digest(nil) }, false, "anderen Antrag"},
		"of another envelope":     {func(o *pay.Outcome) { o.Envelope = "x" }, false, "anderen Antrag"},
		"not by card":             {func(o *pay.Outcome) { o.Way = pay.Invoice }, false, "bestätigt aber keine"},
		"of nothing":              {func(o *pay.Outcome) { o.Amount = 0 }, false, "bestätigt aber keine"},
		"of too little":           {func(o *pay.Outcome) { o.Amount = 70 }, false, "Bezahlt sind 0,70"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			app := w.application(w.slip())
			item := w.item(w.keys[0], app, q.change)
			if q.forge {
				stranger := check[proof.Key](t)(proof.Generate())
				item.Outcome = check[string](t)(proof.Sign(stranger, proof.Outcome, pay.Outcome{Payment: "p", Envelope: app.ID,
					Digest: wire.Digest([]byte(item.Body)), Way: pay.Card, Amount: app.Fee}))
			}
			w.bring(item)
			c := w.find(app.Case)
			w.has(c, q.want)
			if c.Paid {
				t.Fatal("it counts as paid")
			}
			if err := w.book.Approve(t.Context(), c.Number, "anna", "", c.Version); !errors.Is(err, cases.ErrUnpaid) {
				t.Fatal("approved without payment", err)
			}
			// The clerk found the money on the bank statement.
			w.ok(w.book.Paid(t.Context(), c.Number, "anna", "Kontoauszug", c.Version))
			w.ok(w.book.Approve(t.Context(), c.Number, "anna", "", c.Version+1))
			if open := check[[]ledger.Open](t)(ledger.New(w.store).Receivables(t.Context())); len(open) != 0 {
				t.Errorf("still owed: %+v", open)
			}
		})
	}
}

func TestOneCardPaymentDoesNotPayForTwo(t *testing.T) {
	w := newTown(t)
	a, b := w.application(w.slip()), w.application(w.slip())
	same := func(o *pay.Outcome) { o.Payment = "p" }
	w.bring(w.item(w.keys[0], a, same), w.item(w.keys[0], b, same))
	w.has(w.find(a.Case), "")
	c := w.find(b.Case)
	w.has(c, "Dieselbe Kartenzahlung")
	if c.Paid || c.Payment != nil || len(c.History) != 2 {
		t.Fatalf("paid %v, %d lines", c.Paid, len(c.History))
	}
}

func TestTwoDevicesThatDrewOneNumberMakeTwoCases(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	a, b := w.application(w.slip()), w.application(s)
	b.Case = a.Case
	w.bring(w.item(w.keys[0], a, nil), w.item(w.keys[0], b, nil))
	answer := w.read(s)
	if answer.Case == a.Case || !service.ValidCase(answer.Case) {
		t.Fatal("the second one has no number of its own")
	}
	c := w.find(answer.Case)
	w.has(c, a.Case)
	if !c.Paid || len(c.History) != 3 {
		t.Fatalf("paid %v, %d lines", c.Paid, len(c.History))
	}
}

func TestAnEnvelopeWithoutKeyWaitsInSightAndBlocksNobody(t *testing.T) {
	w := newTown(t)
	late, good := w.application(w.slip()), w.application(w.slip())
	w.bring(w.item(w.keys[1], late, nil), w.item(w.keys[0], good, nil))
	w.find(good.Case)
	waiting := w.quarantine()
	if len(waiting) != 1 || waiting[0].Item.ID != late.ID || waiting[0].Reason != intake.ReasonKey {
		t.Fatalf("%d wait", len(waiting))
	}
	if n := check[cases.Counts](t)(w.book.Counts(t.Context(), "anna")); n.Sealed != 1 {
		t.Fatal("the staff do not see it")
	}
	w.ring = append(w.ring, w.keys[1])
	w.ok(w.in.Retry(t.Context()))
	check[int](t)(w.in.Work(t.Context()))
	if c := w.find(late.Case); !c.Paid || len(w.quarantine()) != 0 {
		t.Fatal("it was not opened when the key came")
	}
}

func TestWhatCannotBeReadStaysInSight(t *testing.T) {
	w := newTown(t)
	stolen := w.item(w.keys[0], w.application(w.slip()), nil)
	stolen.ID = uuid.Must(uuid.NewV7()).String()
	odd := w.application(w.slip())
	odd.Kind = "poem"
	garbage := w.item(w.keys[0], w.application(w.slip()), nil)
	e := check[seal.Envelope](t)(seal.Seal(w.keys[0].Public(), garbage.ID, []byte("nothing")))
	garbage.Body = string(e.Data)
	broken := w.item(w.keys[0], w.application(w.slip()), nil)
	broken.Body = broken.Body[:len(broken.Body)-8] + "AAAAAAAA"
	w.bring(stolen, w.item(w.keys[0], odd, nil), garbage, broken)
	var reasons []string
	for _, e := range w.quarantine() {
		reasons = append(reasons, e.Reason)
	}
	if got := strings.Join(reasons, " "); got != "identity content content sealed" {
		t.Fatal(got)
	}
}

func TestTheCitizenAnswersAndOnlyTheSlipsHolderCan(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	w.bring(w.item(w.keys[0], app, nil))
	w.ok(w.book.Take(t.Context(), app.Case, "anna", 0))
	w.ok(w.book.Ask(t.Context(), app.Case, "anna", "Welche Farbe hat das Auto?", 1))
	a := w.read(s)
	if a.State != service.StateAsked || len(a.Questions) != 1 || a.Questions[0].Answered {
		t.Fatalf("state %s", a.State)
	}

	// A stranger knows the address, even an old number, but never read an answer.
	bad := w.reply(s, app.Case, service.Reply{Token: "guessed", Withdraw: true})
	if c := w.find(app.Case); c.State != service.StateAsked {
		t.Fatal("a stranger withdrew")
	}
	if q := w.quarantine(); len(q) != 1 || q[0].Item.ID != bad.ID || q[0].Reason != intake.ReasonProof {
		t.Fatal("the stranger's reply is not in sight")
	}

	good := w.reply(s, app.Case, service.Reply{Token: a.Token, Question: a.Questions[0].ID, Text: "Blau"})
	c := w.find(app.Case)
	if c.State != service.StateInWork || !c.Questions[0].Answered || c.Questions[0].Answer != "Blau" {
		t.Fatalf("state %s", c.State)
	}
	lines := len(c.History)
	w.ok(w.store.Mark(t.Context(), good.ID, intake.Fresh, "")) // done twice: the program died before it was noted
	check[int](t)(w.in.Work(t.Context()))
	if c := w.find(app.Case); len(c.History) != lines {
		t.Fatal("the answer counts twice")
	}
	if a := w.read(s); !a.Questions[0].Answered || a.State != service.StateInWork {
		t.Fatal("the citizen does not see that the answer arrived")
	}
}

func TestWhoWithdrawsAfterPayingGetsTheMoneyBack(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	w.bring(w.item(w.keys[0], app, nil))
	w.reply(s, app.Case, service.Reply{Token: w.read(s).Token, Withdraw: true})
	c := w.find(app.Case)
	if c.State != service.StateWithdrawn || c.Refund == nil || c.Refund.Amount != 3070 || c.Refund.Payment.Evidence.TerminalID != "12345678" {
		t.Fatalf("state %s", c.State)
	}
	if err := w.book.Approve(t.Context(), c.Number, "anna", "", c.Version); !errors.Is(err, cases.ErrState) {
		t.Fatal("approved what was withdrawn", err)
	}
	if open := check[[]ledger.Open](t)(ledger.New(w.store).Refunds(t.Context())); len(open) != 1 || open[0].Amount != 3070 {
		t.Fatalf("%+v", open)
	}
	w.ok(w.book.RefundDone(t.Context(), c.Number, "anna"))
	if err := w.book.RefundDone(t.Context(), c.Number, "bert"); !errors.Is(err, cases.ErrState) {
		t.Fatal("given back twice", err)
	}
	if r := check[[]cases.Refund](t)(w.book.Refunds(t.Context())); len(r) != 1 || !r[0].Done || r[0].By != "anna" {
		t.Fatalf("%d refunds", len(r))
	}
	if open := check[[]ledger.Open](t)(ledger.New(w.store).Refunds(t.Context())); len(open) != 0 {
		t.Fatalf("%+v", open)
	}
}

func TestApprovalSealsAPermitThatOnlyTheSlipOpens(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	app.Lang = "en"
	w.bring(w.item(w.keys[0], app, nil))
	w.ok(w.book.Approve(t.Context(), app.Case, "anna", "", 0))
	a := w.read(s)
	if a.State != service.StateApproved || len(a.Papers) != 1 || a.Papers[0].Type != "application/pdf" || !bytes.HasPrefix(a.Papers[0].Data, []byte("%PDF-")) {
		t.Fatalf("state %s, %d papers", a.State, len(a.Papers))
	}
	if a.Papers[0].Name != "parken.pdf" || a.Title != "Resident parking permit" || !strings.Contains(a.Text, "approved") {
		t.Errorf("%s, %s, %s", a.Papers[0].Name, a.Title, a.Text)
	}
	all := check[[][]byte](t)(w.store.For(t.Context(), seal.Address(s.recipient)))
	if _, err := seal.OpenWith(w.slip().secret, all[0]); err == nil {
		t.Error("any slip opens it")
	}
	if err := w.book.Reject(t.Context(), app.Case, "bert", "doch nicht", 1); !errors.Is(err, cases.ErrState) {
		t.Error("decided twice", err)
	}
}

func TestThePermitsCodeSaysPlateAndNumberAndNoName(t *testing.T) {
	w := newTown(t)
	app := w.application(w.slip())
	var said string
	catalogue := storetest.Catalogue(t)
	book := check[*cases.Book](t)(cases.New(cases.Options{
		Store: w.store, Services: func(_, id, version string) (*service.Service, bool) { return catalogue.Find(id, version) },
		Render: func(d document.Document) ([]byte, error) {
			for _, b := range d.Blocks {
				said += b.Data
			}
			return []byte("%PDF-"), nil
		},
		Attest: func(_ context.Context, claims map[string]any) (string, error) {
			return proof.Sign(w.permit, proof.Permit, claims)
		},
		Secret: bytes.Repeat([]byte("s"), 32), Random: rand.Reader, Now: w.clock, Tenant: "stadt", Prefix: "MH",
	}))
	w.bring(w.item(w.keys[0], app, nil))
	w.ok(book.Approve(t.Context(), app.Case, "anna", "", 0))
	var claims map[string]any
	check[string](t)(proof.Verify([]proof.PublicKey{w.permit.Public()}, proof.Permit, said, &claims))
	if claims["number"] != app.Case || claims["plate"] != "MI-RA 1848" || claims["until"] != "2027-11-22" {
		t.Errorf("%v", claims)
	}
	for _, v := range claims {
		if s, _ := v.(string); strings.Contains(s, "Müller") {
			t.Error("a name is in the code")
		}
	}
}

func TestARejectedCitizenReadsWhyAndGetsTheMoneyBack(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	w.bring(w.item(w.keys[0], app, nil))
	if err := w.book.Reject(t.Context(), app.Case, "anna", "  ", 0); !errors.Is(err, cases.ErrEmpty) {
		t.Fatal("rejected without a reason", err)
	}
	if err := w.book.Reject(t.Context(), app.Case, "anna", "Das Fahrzeug ist abgemeldet.", 7); !errors.Is(err, cases.ErrChanged) {
		t.Fatal("rejected what the clerk did not see", err)
	}
	w.ok(w.book.Reject(t.Context(), app.Case, "anna", "Das Fahrzeug ist abgemeldet.", 0))
	w.ok(w.book.RefundDone(t.Context(), app.Case, "anna"))
	a := w.read(s)
	if a.State != service.StateRejected || a.Text != "Das Fahrzeug ist abgemeldet." || len(a.Papers) != 0 || len(a.Steps) != 5 {
		t.Fatalf("state %s, %q, %d steps", a.State, a.Text, len(a.Steps))
	}
}

func TestNotesStayInTheTownHall(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	w.bring(w.item(w.keys[0], app, nil))
	w.ok(w.book.Note(t.Context(), app.Case, "anna", "bitte beeilen", 0))
	w.ok(w.book.Take(t.Context(), app.Case, "anna", 1))
	for _, step := range w.read(s).Steps {
		if strings.Contains(step.Text, "beeilen") {
			t.Error("the citizen reads a note")
		}
	}
}

func TestALostSlipReadsAndProvesNothingAnyMore(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	w.bring(w.item(w.keys[0], app, nil))
	w.ok(w.book.Approve(t.Context(), app.Case, "anna", "", 0))
	old := w.read(s)
	if _, err := w.book.Replace(t.Context(), app.Case, "anna", " "); !errors.Is(err, cases.ErrEmpty) {
		t.Fatal("replaced without identification", err)
	}
	doc := check[document.Document](t)(w.book.Replace(t.Context(), app.Case, "anna", "Personalausweis"))
	found := secretOn(t, doc)
	a := w.read(found)
	if a.State != service.StateApproved || len(a.Papers) != 1 || a.Token == old.Token {
		t.Fatalf("state %s, %d papers", a.State, len(a.Papers))
	}
	if all := check[[][]byte](t)(w.store.For(t.Context(), seal.Address(s.recipient))); len(all) != 0 {
		t.Fatal("the lost slip still reads")
	}
	w.reply(s, app.Case, service.Reply{Token: old.Token, Text: "ich bin es"})
	if q := w.quarantine(); len(q) != 1 || q[0].Reason != intake.ReasonProof {
		t.Fatal("the lost slip still proves")
	}
	// It was tried every hour for ever: after a fortnight the answer is no.
	w.ok(w.in.Retry(t.Context()))
	check[int](t)(w.in.Work(t.Context()))
	if q := w.quarantine(); len(q) != 1 || q[0].Reason != intake.ReasonProof {
		t.Fatal("its case may still come back from a backup")
	}
	w.now = w.now.Add(15 * 24 * time.Hour)
	w.ok(w.in.Retry(t.Context()))
	check[int](t)(w.in.Work(t.Context()))
	w.ok(w.in.Retry(t.Context()))
	if n := check[int](t)(w.in.Work(t.Context())); n != 0 || w.quarantine()[0].Reason != intake.ReasonRefused {
		t.Fatalf("%d tried again, %s", n, w.quarantine()[0].Reason)
	}
	if h := w.find(app.Case).History; !strings.Contains(h[len(h)-1].Text, "Personalausweis") {
		t.Error("how the person was identified is not in the log")
	}
}

func TestAPaperApplicationIsACaseLikeAnyOther(t *testing.T) {
	w := newTown(t)
	answers := w.application(slip{}).Answers
	c, doc, err := w.book.Enter(t.Context(), "anna", service.Application{Service: "parken", Answers: answers, Way: pay.Counter, Channel: "counter"})
	w.ok(err)
	w.has(c, "")
	if !c.Paid || c.Payment != nil || c.History[0].Who != "anna" || !service.ValidCase(c.Number) {
		t.Fatalf("paid %v", c.Paid)
	}
	s := secretOn(t, doc)
	if a := w.read(s); a.State != service.StateReceived || a.Case != c.Number {
		t.Fatal("the slip does not read")
	}
	w.ok(w.book.Reject(t.Context(), c.Number, "anna", "Grund", 0))
	if c := w.find(c.Number); c.Refund == nil || c.Refund.Amount != 3070 || c.Refund.Way != pay.Counter {
		t.Fatal("money taken at the counter is not given back")
	}

	c, _, err = w.book.Enter(t.Context(), "anna", service.Application{Service: "parken", Answers: answers, Way: pay.Invoice, Channel: "paper"})
	w.ok(err)
	if open := check[[]ledger.Open](t)(ledger.New(w.store).Receivables(t.Context())); c.Paid || len(open) != 1 || open[0].Case != c.Number {
		t.Fatalf("%+v", open)
	}
	w.ok(w.book.Approve(t.Context(), c.Number, "anna", "", 0)) // an invoice is paid later
	for _, app := range []service.Application{
		{Service: "parken", Answers: answers, Way: pay.Card, Channel: "counter"},
		{Service: "parken", Answers: answers, Way: pay.Invoice, Channel: "terminal"},
	} {
		if _, _, err := w.book.Enter(t.Context(), "anna", app); !errors.Is(err, cases.ErrState) {
			t.Error("a clerk vouches for a terminal", err)
		}
	}
}

// After a restore the terminals push again what they kept. What citizens hold has to fit what is made anew.
func TestAfterARestoreTheSlipStillReadsAndAnswers(t *testing.T) {
	w := newTown(t)
	backup := filepath.Join(t.TempDir(), "backup.db")
	w.ok(w.store.Backup(t.Context(), backup))
	s := w.slip()
	app := w.application(s)
	item := w.item(w.keys[0], app, nil)
	w.bring(item)
	token := w.read(s).Token

	w.ok(w.store.Close())
	check[sqlite.Restored](t)(sqlite.Restore(t.Context(), backup, w.path, w.now))
	w.open()
	w.reply(s, app.Case, service.Reply{Token: token, Text: "Neue Telefonnummer"}) // it came before its case
	if len(w.quarantine()) != 1 {
		t.Fatal("a reply without case is not in sight")
	}
	if got := w.bring(item); got[0].Status != wire.Stored {
		t.Fatal(got)
	}
	w.ok(w.in.Retry(t.Context()))
	check[int](t)(w.in.Work(t.Context()))
	c := w.find(app.Case)
	if last := c.History[len(c.History)-1]; last.Kind != cases.EventMessage || last.Text != "Neue Telefonnummer" || len(w.quarantine()) != 0 {
		t.Fatal("the reply did not find its case")
	}
	if w.read(s).Token != token {
		t.Fatal("the token changed")
	}
}

func TestRunOpensWhatArrives(t *testing.T) {
	w := newTown(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.in.Run(ctx); close(done) }()
	app := w.application(w.slip())
	check[[]hall.Taken](t)(w.in.Take(t.Context(), w.device, []wire.Item{w.item(w.keys[0], app, nil)}))
	for deadline := time.Now().Add(10 * time.Second); ; {
		if _, err := w.book.Get(t.Context(), app.Case); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody opened it")
		}
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	<-done
}
