package visit

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
)

// town is everything a visit needs, once for all tests: a 4096-bit key is dear.
var town = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(assets.FS, "stadt") })

var key = sync.OnceValues(seal.Generate)

type setting struct {
	*Visit
	book   *visittest.Journal
	till   *till
	office *visittest.Office
	press  *press
}

// atTheCounter begins a visit for a parking permit with good answers.
func atTheCounter(t *testing.T, script ...pay.Kind) setting {
	t.Helper()
	catalogue, err := town()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := catalogue.Find("parkausweis-bewohner", "")
	if !ok {
		t.Fatal("there is no parking permit")
	}
	private, err := key()
	if err != nil {
		t.Fatal(err)
	}
	b := visittest.NewJournal()
	set := setting{book: b, till: &till{book: b, script: script}, office: visittest.NewOffice(private), press: &press{left: 9}}
	d := Desk{Payer: set.till, Printer: set.press, Journal: b, Sealer: set.office, Town: set.office, Till: new(sync.Mutex)}
	set.Visit = Begin(s, d, Options{Lang: "de", Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.Local) }, Random: rand.Reader,
		Tenant: "stadt", Channel: "terminal", CasePrefix: "BO", Patience: 100 * time.Millisecond})
	for path, v := range goodAnswers(t) {
		set.Answer(path, v)
	}
	if view := set.View(); !view.Complete {
		t.Fatalf("the good answers are not complete: %s", faults(view))
	}
	return set
}

func faults(v form.View) string {
	var b strings.Builder
	for _, p := range v.Pages {
		for _, f := range p.Fields {
			if f.Problem != "" {
				fmt.Fprintf(&b, "%s: %s; ", f.Path, f.Problem)
			}
		}
	}
	if v.Eligible != nil {
		for _, r := range v.Eligible.Reasons {
			fmt.Fprintf(&b, "%s; ", r.Text)
		}
	}
	return b.String()
}

func (s setting) opened(t *testing.T) service.Application {
	t.Helper()
	if len(s.book.Sent()) != 1 {
		t.Fatalf("%d applications are on their way, want 1", len(s.book.Sent()))
	}
	plain, err := s.office.Open(s.book.Sent()[0])
	if err != nil {
		t.Fatal(err)
	}
	var app service.Application
	if err := json.Unmarshal(plain, &app); err != nil {
		t.Fatal(err)
	}
	return app
}

func TestAPaidApplicationGoesOutOnceAndInOrder(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Complete)
	var stages []Stage
	r, err := s.Submit(context.Background(), pay.Card, func(p Progress) {
		if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"hold", "ask", "grant", "complete"}; !slices.Equal(s.book.Order(), want) {
		t.Errorf("the journal saw %v, want %v", s.book.Order(), want)
	}
	if want := []Stage{Sealing, Paying, Stored}; !slices.Equal(stages, want) {
		t.Errorf("the screen saw %v, want %v", stages, want)
	}
	if s.till.unstored {
		t.Error("the terminal's word was acknowledged before it was stored")
	}
	app := s.opened(t)
	if app.Case != r.Case || !service.ValidCase(r.Case) || app.Fee != r.Amount || app.Way != pay.Card || app.Kind != service.KindApplication {
		t.Errorf("the town hall reads %+v, the slip says %s, %v", app, r.Case, r.Amount)
	}
	if recipient, err := seal.Recipient(r.Secret); err != nil || recipient != app.Recipient {
		t.Errorf("the slip's key does not belong to the application: %v", err)
	}
	if s.book.Held() != 0 {
		t.Error("something is still held")
	}
}

func TestTheSlipHasTheKeyOnItsPrivatePartOnly(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Complete)
	r, err := s.Submit(context.Background(), pay.Card, nil)
	if err != nil {
		t.Fatal(err)
	}
	parts := r.Slip.Parts()
	if len(parts) != 2 {
		t.Fatalf("the slip has %d parts, want 2", len(parts))
	}
	private, display := fmt.Sprint(parts[0]), fmt.Sprint(parts[1])
	if !strings.Contains(private, r.Secret) || !strings.Contains(private, r.Case) {
		t.Error("the private part lacks key or case number")
	}
	if strings.Contains(display, r.Secret) || strings.Contains(display, "Vogt") {
		t.Error("the part to display carries key or name")
	}
}

func TestARefusedOrCancelledPaymentKeepsTheAnswersAndNothingElse(t *testing.T) {
	for want, script := range map[error][]pay.Kind{
		ErrDeclined:  {pay.Refuse},
		ErrCancelled: {pay.Cancel},
	} {
		s := atTheCounter(t, script...)
		if _, err := s.Submit(context.Background(), pay.Card, nil); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if s.book.Held()+len(s.book.Sent()) != 0 {
			t.Errorf("%v: something was kept", want)
		}
		if !s.View().Complete {
			t.Errorf("%v: answers are lost", want)
		}
		s.till.script = []pay.Kind{pay.Grant, pay.Complete}
		if _, err := s.Submit(context.Background(), pay.Card, nil); err != nil {
			t.Errorf("%v: the second try failed: %v", want, err)
		}
		s.opened(t)
	}
}

func TestABrokenLineIsAskedAboutAndTheMoneyCounts(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Lose)
	s.Visit.opts.Patience = 10 * time.Second
	if _, err := s.Submit(context.Background(), pay.Card, nil); err != nil {
		t.Fatal(err)
	}
	s.opened(t)
}

func TestABrokenLineBeforeTheMoneyTakesNothing(t *testing.T) {
	s := atTheCounter(t, pay.Lose)
	if _, err := s.Submit(context.Background(), pay.Card, nil); !errors.Is(err, ErrCancelled) {
		t.Errorf("got %v, want %v", err, ErrCancelled)
	}
	if s.book.Held()+len(s.book.Sent()) != 0 {
		t.Error("something was kept")
	}
}

func TestAnUnclearPaymentBlocksOtherPaymentsAndIsClearedUpLater(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Lose)
	s.till.silent = -1
	r, err := s.Submit(context.Background(), pay.Card, nil)
	if !errors.Is(err, ErrUnclear) || r.Case == "" || r.Secret == "" {
		t.Fatalf("got %v with case %q", err, r.Case)
	}
	if len(s.book.Sent()) != 0 || s.book.Held() != 1 {
		t.Error("the application is not held")
	}
	if _, err := s.Submit(context.Background(), pay.Card, nil); !errors.Is(err, ErrBusy) {
		t.Errorf("a second payment: %v, want %v", err, ErrBusy)
	}
	if ways := s.Ways(context.Background()); len(ways) == 0 || !errors.Is(ways[0].Err, ErrBusy) {
		t.Errorf("the ways to pay are %v, want the card to be busy", ways)
	}
	now := func() time.Time { return time.Now() }
	if open, err := Recover(context.Background(), s.desk, now, nil); open != 1 || !errors.Is(err, ErrUnreachable) {
		t.Errorf("the terminal is silent, yet %d are open, %v", open, err)
	}
	s.till.silent = 0
	if open, err := Recover(context.Background(), s.desk, now, nil); open != 0 || err != nil {
		t.Errorf("%d payments are still open, %v", open, err)
	}
	s.opened(t)
}

func TestAStopInTheMiddleIsClearedUpAtTheNextStart(t *testing.T) {
	for state, found := range map[pay.State]bool{pay.Intended: false, pay.Asked: true, pay.Granted: true} {
		s := atTheCounter(t)
		e, err := s.office.Seal(context.Background(), "0192f000-0000-7000-8000-000000000001", []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		ev := pay.Evidence{Amount: 3070, TerminalID: "1", Trace: 2, Receipt: 3, Date: "1123", Time: "101500"}
		p := pay.Payment{ID: "p", Envelope: e.ID, Amount: 3070, State: state, Before: &pay.Evidence{Amount: 3070, TerminalID: "1", Trace: 1, Receipt: 2}}
		if found {
			s.till.took = &ev
		}
		if state == pay.Granted {
			p.Evidence = &ev
		}
		if err := s.book.Hold(context.Background(), e, p); err != nil {
			t.Fatal(err)
		}
		if open, err := Recover(context.Background(), s.desk, time.Now, nil); open != 0 || err != nil {
			t.Errorf("%s: %d open, %v", state, open, err)
		}
		if got := len(s.book.Sent()) == 1; got != found || s.book.Held() != 0 {
			t.Errorf("%s: sent %v, want %v; %d held", state, got, found, s.book.Held())
		}
	}
}

func TestRecoverKeepsOffAPaymentThatIsRunning(t *testing.T) {
	s := atTheCounter(t)
	s.book.Put(pay.Payment{ID: "p", State: pay.Asked})
	s.desk.Till.Lock()
	defer s.desk.Till.Unlock()
	if open, err := Recover(context.Background(), s.desk, time.Now, nil); open != 1 || err != nil {
		t.Errorf("%d open, %v", open, err)
	}
	if got := s.book.State("p"); got != pay.Asked {
		t.Errorf("the running payment became %s", got)
	}
}

func TestNothingIsTakenWhenThereIsNoRoom(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Complete)
	s.book.Fill(ErrFull)
	if _, err := s.Submit(context.Background(), pay.Card, nil); !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want %v", err, ErrFull)
	}
	if s.till.took != nil || len(s.book.Order()) != 0 {
		t.Error("the terminal or the journal was bothered all the same")
	}
}

func TestAnUnreachableTerminalIsSaidBeforeAnythingIsHeld(t *testing.T) {
	s := atTheCounter(t)
	s.till.gone = true
	if ways := s.Ways(context.Background()); len(ways) == 0 || !errors.Is(ways[0].Err, ErrUnreachable) {
		t.Errorf("the ways to pay are %v", ways)
	}
	if _, err := s.Submit(context.Background(), pay.Card, nil); !errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v", err)
	}
	if s.book.Held() != 0 {
		t.Error("something was held")
	}
	if _, err := s.Submit(context.Background(), pay.Invoice, nil); err != nil {
		t.Errorf("an invoice does not work either: %v", err)
	}
	s.opened(t)
}

func TestASlipIsPrintedOnceEvenIfThePaperEndsInTheMiddle(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Complete)
	s.press.left = 1
	if _, err := s.Submit(context.Background(), pay.Card, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Print(context.Background()); !errors.Is(err, ErrNoPaper) {
		t.Fatalf("got %v, want %v", err, ErrNoPaper)
	}
	s.press.left = 5
	if err := s.Print(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := s.Print(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(s.press.printed) < 2 || fmt.Sprint(s.press.printed[0]) == fmt.Sprint(s.press.printed[1]) {
		t.Errorf("printed %d parts", len(s.press.printed))
	}
}

func TestAfterTheWipeNothingIsLeft(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Complete)
	r, err := s.Submit(context.Background(), pay.Card, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Wipe()
	left := fmt.Sprintf("%+v %+v", s.Visit.answers, s.Visit.receipt)
	if strings.Contains(left, "Vogt") || strings.Contains(left, r.Secret) {
		t.Error("the visit still knows something")
	}
	if _, ok := s.Receipt(); ok {
		t.Error("the receipt is still there")
	}
	s.Answer("/name", "Vogt")
	if strings.Contains(fmt.Sprint(s.Visit.answers), "Vogt") {
		t.Error("a wiped visit takes answers")
	}
	if _, err := s.Submit(context.Background(), pay.Card, nil); !errors.Is(err, ErrWiped) {
		t.Errorf("a wiped visit submits: %v", err)
	}
}

func TestSomebodyComesBackWithTheSlip(t *testing.T) {
	ctx := context.Background()
	s := atTheCounter(t, pay.Grant, pay.Complete)
	r, err := s.Submit(ctx, pay.Card, nil)
	if err != nil {
		t.Fatal(err)
	}
	app := s.opened(t)
	a4 := &sheets{}
	d := s.desk
	d.Sheets = a4
	if _, err := Follow(ctx, d, r.Secret, s.opts); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing was answered yet, got %v", err)
	}
	say := func(a service.Answer) {
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := seal.SealTo(app.Recipient, text)
		if err != nil {
			t.Fatal(err)
		}
		s.office.Tell(seal.Address(app.Recipient), sealed)
	}
	say(service.Answer{Case: app.Case, State: service.StateReceived, Token: "one"})
	say(service.Answer{Case: app.Case, State: service.StateAsked, Token: "two", Questions: []service.Question{{ID: "1", Text: "Wem gehört das Auto?"}}})
	secret, ok := Secret(" " + strings.ToLower(r.Secret) + "\r")
	if !ok {
		t.Fatal("the slip's code is not recognised")
	}
	c, err := Follow(ctx, d, secret, s.opts)
	if err != nil {
		t.Fatal(err)
	}
	if c.Answer().State != service.StateAsked || len(c.Answer().Questions) != 1 {
		t.Errorf("the newest answer is %+v", c.Answer())
	}
	if err := c.Reply(ctx, "1", "Mir"); err != nil {
		t.Fatal(err)
	}
	plain, err := s.office.Open(s.book.Sent()[1])
	if err != nil {
		t.Fatal(err)
	}
	var reply service.Application
	if err := json.Unmarshal(plain, &reply); err != nil {
		t.Fatal(err)
	}
	if reply.Kind != service.KindReply || reply.Reply == nil || reply.Reply.Token != "two" || reply.Follows != seal.Address(app.Recipient) {
		t.Errorf("the reply is %+v", reply)
	}
	say(service.Answer{Case: app.Case, State: service.StateApproved, Papers: []service.Paper{{Name: "x.pdf", Data: []byte("%PDF")}}})
	if c, err = Follow(ctx, d, secret, s.opts); err != nil {
		t.Fatal(err)
	}
	if err := c.PrintPaper(ctx, 0); err != nil || string(a4.pdf) != "%PDF" {
		t.Errorf("the permit is not printed: %v", err)
	}
	if err := c.Withdraw(ctx); !errors.Is(err, ErrOver) {
		t.Errorf("an approved application is withdrawn: %v", err)
	}
	c.Wipe()
	if c.Answer().Case != "" {
		t.Error("the case is still there after the wipe")
	}
	s.office.Cut(ErrOffline)
	if _, err := Follow(ctx, d, secret, s.opts); !errors.Is(err, ErrOffline) {
		t.Errorf("without a line: %v", err)
	}
}

func TestOtherCodesAreNoSlips(t *testing.T) {
	for _, code := range []string{"", "4006381333931", "BCD\n002\n1\nSCT", "AGE-SECRET-KEY-1QQQ", "https://example.org"} {
		if _, ok := Secret(code); ok {
			t.Errorf("%q counts as a slip", code)
		}
	}
}

// goodAnswers are the service's own example of a resident with her own car.
func goodAnswers(t *testing.T) map[string]any {
	t.Helper()
	text, err := assets.FS.ReadFile("services/parkausweis-bewohner/examples/own-car.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var example struct {
		Day     string         `yaml:"day"`
		Answers map[string]any `yaml:"answers"`
		Expect  map[string]any `yaml:"expect"`
	}
	if err := yaml.Unmarshal(text, &example); err != nil {
		t.Fatal(err)
	}
	good := map[string]any{}
	for k, v := range example.Answers {
		good["/"+k] = v
	}
	return good
}

// Who walked away while the screen was being drawn, or while Submit began, could bring the whole terminal down: two goroutines in one map.
func TestWalkingAwayInTheMiddleOfDrawingIsSafe(t *testing.T) {
	set := atTheCounter(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				set.View()
				set.Summary()
			}
		})
	}
	wg.Go(func() { _, _ = set.Submit(t.Context(), pay.Invoice, nil) })
	set.Wipe()
	wg.Wait()
	if v := set.View(); v.Complete {
		t.Error("after the wipe the answers are still there")
	}
}
