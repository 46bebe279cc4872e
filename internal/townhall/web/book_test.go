package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// monday is the day on which every test happens, in the town's winter time.
var monday = time.Date(2026, 11, 23, 8, 12, 0, 0, time.FixedZone("CET", 3600))

// memBook is a Book in memory that keeps the same promises: versions, states, refunds, one slip each.
type memBook struct {
	mu        sync.Mutex
	catalogue *service.Catalogue
	now       func() time.Time
	m         map[string]*cases.Case
	secrets   int
	down      error // what every call answers while the store is gone
}

func (b *memBook) List(_ context.Context, f cases.Filter) (cases.Page, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return cases.Page{}, b.down
	}
	var found []cases.Case
	for _, c := range b.m {
		if (f.Open && !c.Open()) || (f.State != "" && c.State != f.State) || (f.Service != "" && c.Service != f.Service) || (f.Channel != "" && c.Channel != f.Channel) ||
			(f.Warned && len(c.Warnings) == 0) || (f.Unpaid && (c.Fee == 0 || c.Paid)) || (!f.DueBefore.IsZero() && !c.Due.Before(f.DueBefore)) ||
			!strings.Contains(strings.ToLower(c.Number+c.Title+fmt.Sprint(c.Application.Answers)), strings.ToLower(f.Text)) {
			continue
		}
		if (f.Clerk != "" || f.Unassigned) && !(f.Clerk != "" && c.Clerk == f.Clerk) && !(f.Unassigned && c.Clerk == "") {
			continue
		}
		found = append(found, *c)
	}
	slices.SortFunc(found, func(a, b cases.Case) int {
		if f.Newest {
			return cmp.Or(b.Received.Compare(a.Received), strings.Compare(a.Number, b.Number))
		}
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Number, b.Number))
	})
	size := cmp.Or(f.Size, 20)
	p := cases.Page{Total: len(found), Size: size, Pages: max(1, (len(found)+size-1)/size)}
	p.Page = min(max(1, f.Page), p.Pages)
	p.Cases = found[(p.Page-1)*size : min(len(found), p.Page*size)]
	return p, nil
}

func (b *memBook) Counts(_ context.Context, clerk string) (cases.Counts, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var n cases.Counts
	if b.down != nil {
		return n, b.down
	}
	add := func(to *int, yes bool) {
		if yes {
			*to++
		}
	}
	for _, c := range b.m {
		add(&n.Refunds, c.Refund != nil && !c.Refund.Done)
		if !c.Open() {
			continue
		}
		days := daysBetween(b.now(), c.Due, monday.Location())
		n.Open++
		add(&n.New, c.State == service.StateReceived)
		add(&n.Mine, c.Clerk == clerk)
		add(&n.Unassigned, c.Clerk == "")
		add(&n.Overdue, days < 0)
		add(&n.DueToday, days == 0)
		add(&n.DueWeek, days >= 0 && days < 7)
		add(&n.Asked, c.State == service.StateAsked)
		add(&n.Warned, len(c.Warnings) > 0)
		add(&n.Unpaid, c.Fee > 0 && !c.Paid)
	}
	return n, nil
}

func (b *memBook) Get(_ context.Context, number string) (cases.Case, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.m[number]
	if b.down != nil || !ok {
		return cases.Case{}, cmp.Or(b.down, error(cases.ErrNotFound))
	}
	x := *c
	x.History, x.Questions, x.Papers = slices.Clone(c.History), slices.Clone(c.Questions), slices.Clone(c.Papers)
	return x, nil
}

func (b *memBook) Photo(_ context.Context, number, digest string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, ok := b.m[number]; ok {
		for _, p := range c.Photos {
			if p.Digest == digest {
				return p.Data, nil
			}
		}
	}
	return nil, cases.ErrNotFound
}

func (b *memBook) Refunds(context.Context) ([]cases.Refund, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []cases.Refund
	for _, c := range b.m {
		if c.Refund != nil {
			out = append(out, *c.Refund)
		}
	}
	slices.SortFunc(out, func(a, b cases.Refund) int { return strings.Compare(a.Number, b.Number) })
	return out, b.down
}

func (b *memBook) change(number, who string, kind cases.EventKind, text string, version int64, do func(*cases.Case) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.m[number]
	switch {
	case b.down != nil:
		return b.down
	case !ok:
		return cases.ErrNotFound
	case version >= 0 && c.Version != version:
		return cases.ErrChanged
	}
	if err := do(c); err != nil {
		return err
	}
	c.Version++
	c.History = append(c.History, cases.Event{At: b.now(), Who: who, Kind: kind, State: c.State, Text: text})
	return nil
}

func open(c *cases.Case) error {
	if !c.Open() {
		return cases.ErrState
	}
	return nil
}

func (b *memBook) Take(_ context.Context, number, clerk string, version int64) error {
	return b.change(number, clerk, cases.EventTaken, "", version, func(c *cases.Case) error {
		if err := open(c); err != nil {
			return err
		}
		c.Clerk, c.State = clerk, service.StateInWork
		return nil
	})
}

func (b *memBook) Ask(_ context.Context, number, clerk, text string, version int64) error {
	return b.change(number, clerk, cases.EventAsked, text, version, func(c *cases.Case) error {
		if err := open(c); err != nil {
			return err
		}
		c.State = service.StateAsked
		c.Questions = append(c.Questions, cases.Question{ID: "1", Text: text, Clerk: clerk, Asked: b.now()})
		return nil
	})
}

func (b *memBook) Approve(_ context.Context, number, clerk, text string, version int64) error {
	return b.change(number, clerk, cases.EventApproved, text, version, func(c *cases.Case) error {
		if err := open(c); err != nil {
			return err
		}
		if c.Way == pay.Card && !c.Paid {
			return cases.ErrUnpaid
		}
		c.State, c.Decided = service.StateApproved, b.now()
		c.Papers = []service.Paper{{Name: "ausweis.pdf", Title: "Bewohnerparkausweis", Type: "application/pdf", Data: []byte("%PDF-1.7 probe")}}
		return nil
	})
}

func (b *memBook) Reject(_ context.Context, number, clerk, text string, version int64) error {
	return b.change(number, clerk, cases.EventRejected, text, version, func(c *cases.Case) error {
		if err := open(c); err != nil {
			return err
		}
		c.State, c.Decided = service.StateRejected, b.now()
		if c.Paid {
			c.Refund = &cases.Refund{Number: c.Number, Title: c.Title, Amount: c.Fee, Way: c.Way, Payment: c.Payment, Reason: "rejected", Since: b.now()}
		}
		return nil
	})
}

func (b *memBook) Paid(_ context.Context, number, clerk, how string, version int64) error {
	return b.change(number, clerk, cases.EventPaid, how, version, func(c *cases.Case) error {
		if c.Paid {
			return cases.ErrState
		}
		c.Paid = true
		return nil
	})
}

func (b *memBook) Note(_ context.Context, number, clerk, text string, version int64) error {
	if text == "" {
		return cases.ErrEmpty
	}
	return b.change(number, clerk, cases.EventNote, text, version, func(*cases.Case) error { return nil })
}

func (b *memBook) Enclose(_ context.Context, number, clerk, what string, files []cases.Photo, version int64) error {
	if len(files) == 0 {
		return cases.ErrEmpty
	}
	return b.change(number, clerk, cases.EventEnclosed, what, version, func(c *cases.Case) error {
		c.Photos = append(c.Photos, files...)
		return open(c)
	})
}

func (b *memBook) RefundDone(_ context.Context, number, clerk string) error {
	return b.change(number, clerk, cases.EventRefunded, "", -1, func(c *cases.Case) error {
		if c.Refund == nil || c.Refund.Done {
			return cases.ErrState
		}
		r := *c.Refund
		r.Done, r.DoneAt, r.By = true, b.now(), clerk
		c.Refund = &r
		return nil
	})
}

func (b *memBook) Erase(_ context.Context, number, clerk, why string, version int64) error {
	return b.change(number, clerk, cases.EventErased, why, version, func(c *cases.Case) error {
		if !c.Erasable() {
			return cases.ErrState
		}
		c.Erased, c.Application.Answers, c.Questions, c.Papers, c.History = b.now(), nil, nil, nil, nil
		return nil
	})
}

func (b *memBook) Enter(_ context.Context, clerk string, app service.Application, photos ...cases.Photo) (cases.Case, document.Document, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return cases.Case{}, document.Document{}, b.down
	}
	s, ok := b.catalogue.Find(app.Service, app.Version)
	if !ok {
		return cases.Case{}, document.Document{}, cases.ErrNotFound
	}
	var err error
	if app.Case, err = service.NewCase(rand.Reader, "BO", 2026); err != nil {
		return cases.Case{}, document.Document{}, err
	}
	if v := s.View(app.Answers, "de", b.now()); v.Fee != nil {
		app.Fee = v.Fee.Amount
	}
	c := cases.Case{Number: app.Case, Service: app.Service, ServiceVersion: app.Version, Title: s.Title("de"), Channel: app.Channel, Lang: app.Lang, State: service.StateReceived,
		Fee: app.Fee, Way: app.Way, Paid: app.Way == pay.Counter && app.Channel == "counter", Received: b.now(), Due: b.now().AddDate(0, 0, 14), Version: 1, Application: app, Photos: photos,
		History: []cases.Event{{At: b.now(), Who: clerk, Kind: cases.EventReceived, State: service.StateReceived}}}
	for _, p := range s.Check(app.Answers, b.now()) {
		c.Warnings = append(c.Warnings, p.Text)
	}
	b.m[c.Number] = &c
	d, err := s.Document("slip", service.Data{Application: app, Secret: b.secret(), Today: b.now(), Settled: true})
	return c, d, err
}

func (b *memBook) Summary(ctx context.Context, number, home string) ([]byte, error) {
	c, err := b.Get(ctx, number)
	if err != nil {
		return nil, err
	}
	if _, ok := b.catalogue.Find(c.Service, c.ServiceVersion); !ok {
		return nil, cases.ErrNotFound
	}
	return []byte("%PDF-1.7 " + number + " " + home), nil
}

func (b *memBook) Draft(c cases.Case) service.Letter {
	return service.Letter{To: []string{"Marlies Tiemann", "Weserstraße 4", "32545 Bad Oeynhausen"}, Subject: c.Title, Salutation: "Guten Tag Marlies Tiemann,", Text: "Ihr Antrag ist bei uns angekommen."}
}

func (b *memBook) Letter(_ context.Context, number, clerk string, l service.Letter) ([]byte, error) {
	switch {
	case l.Text == "":
		return nil, cases.ErrEmpty
	case len(l.To) < 2:
		return nil, cases.ErrAddress
	}
	b.mu.Lock()
	c, ok := b.m[number]
	b.mu.Unlock()
	if !ok {
		return nil, cases.ErrNotFound
	}
	err := b.change(number, clerk, cases.EventNote, "Als Brief ausgegeben.", c.Version, func(*cases.Case) error { return nil })
	return []byte("%PDF-1.7 " + strings.Join(append(l.To, l.Subject, l.Salutation, l.Text, l.Clerk), "|")), err
}

func (b *memBook) secret() string {
	b.secrets++
	return fmt.Sprintf("AGE-SECRET-KEY-1PROBE%d", b.secrets)
}

func (b *memBook) Replace(_ context.Context, number, clerk, identified string) (document.Document, error) {
	var d document.Document
	err := b.change(number, clerk, cases.EventReplaced, identified, -1, func(c *cases.Case) error {
		s, ok := b.catalogue.Find(c.Service, c.ServiceVersion)
		if !ok {
			return cases.ErrNotFound
		}
		app := c.Application
		app.Case = c.Number
		var err error
		d, err = s.Document("slip", service.Data{Application: app, Secret: b.secret(), Today: b.now(), Settled: true})
		return err
	})
	return d, err
}

// memUsers has two clerks with the same password.
type memUsers struct {
	mu     sync.Mutex
	closed map[string]bool
	asked  int
	since  string
}

const password = "Kurpark im Regen"

func (m *memUsers) Check(_ context.Context, login, typed string) (User, error) {
	m.mu.Lock()
	m.asked++
	m.mu.Unlock()
	u, ok, _ := m.Find(context.Background(), login)
	if !ok || typed != password {
		return User{}, ErrSignIn
	}
	return u, nil
}

func (m *memUsers) Find(_ context.Context, login string) (User, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed[login]:
		return User{}, false, nil
	case login == "b.kowalski":
		return User{Login: login, Name: "Birgit Kowalski", Since: m.since}, true, nil
	case login == "t.lindemann":
		return User{Login: login, Name: "Timo Lindemann"}, true, nil
	}
	return User{}, false, nil
}

// answers are a whole application.
func answers() form.Answers {
	return form.Answers{
		"person":  map[string]any{"name": "Marlies Tiemann", "birth": "1958-04-03", "street": "weser", "pin": "Sprudel17"},
		"vehicle": map[string]any{"plate": "MI-MT 418", "mine": true},
		"permit":  map[string]any{"zone": "B", "months": int64(12)},
	}
}

// town is a catalogue and a book with cases in every state.
func town(t testing.TB) (*service.Catalogue, *memBook) {
	t.Helper()
	c, err := loadSmall()
	if err != nil {
		t.Fatal(err)
	}
	c = c.Beside()
	b := &memBook{catalogue: c, now: func() time.Time { return monday }, m: map[string]*cases.Case{}}
	at := func(days int) time.Time { return monday.AddDate(0, 0, days) }
	add := func(x cases.Case) {
		x.Service, x.ServiceVersion, x.Title, x.Lang, x.Version = "parkausweis", "3", "Bewohnerparkausweis", "de", 1
		if x.Application.Answers == nil {
			x.Application.Answers = answers()
		}
		x.Application.Day = x.Received.Format("2006-01-02")
		x.History = append([]cases.Event{{At: x.Received, Who: "citizen", Kind: cases.EventReceived}}, x.History...)
		b.m[x.Number] = &x
	}
	paid := &pay.Outcome{Payment: "p1", Way: pay.Card, Amount: 3072, At: at(-17), Evidence: &pay.Evidence{Amount: 3072, TerminalID: "29001234", Trace: 4711, Receipt: 817, Date: "1106", Time: "103112", Card: "girocard"}}
	add(cases.Case{Number: "BO-26-AAAA-AAA-A", Channel: "terminal", Device: "Bürgerbüro", State: service.StateInWork, Fee: 3072, Way: pay.Card, Paid: true, Payment: paid, Received: at(-17), Due: at(-3), Clerk: "b.kowalski",
		Warnings:  []string{"Das Fahrzeug ist auf jemand anderen zugelassen."},
		Questions: []cases.Question{{ID: "1", Text: "Wem gehört das Auto?", Clerk: "b.kowalski", Asked: at(-14), Answered: true, Answer: "Meinem Arbeitgeber.\nIch darf es behalten.", AnsweredAt: at(-4)}},
		History: []cases.Event{{At: at(-17), Who: "system", Kind: cases.EventPaid, Text: "30,72 €"}, {At: at(-14), Who: "b.kowalski", Kind: cases.EventAsked, Text: "Wem gehört das Auto?"}, {At: at(-4), Who: "citizen", Kind: cases.EventAnswered, Text: "Meinem Arbeitgeber."},
			{At: at(-3), Who: "t.lindemann", Kind: cases.EventNote, Text: "Überlassung liegt bei."}}})
	add(cases.Case{Number: "BO-26-BBBB-BBB-B", Channel: "terminal", State: service.StateReceived, Fee: 3072, Way: pay.Invoice, Received: at(-14), Due: at(0)})
	add(cases.Case{Number: "BO-26-CCCC-CCC-C", Channel: "phone", State: service.StateAsked, Fee: 1536, Way: pay.Card, Received: at(-6), Due: at(1), Clerk: "t.lindemann"})
	add(cases.Case{Number: "BO-26-DDDD-DDD-D", Channel: "counter", State: service.StateApproved, Fee: 3072, Way: pay.Counter, Paid: true, Received: at(-20), Due: at(-6), Decided: at(-8), Clerk: "b.kowalski"})
	add(cases.Case{Number: "BO-26-EEEE-EEE-E", Channel: "paper", State: service.StateRejected, Fee: 3072, Way: pay.Card, Paid: true, Payment: paid, Received: at(-20), Due: at(-6), Decided: at(-7), Clerk: "b.kowalski",
		Refund: &cases.Refund{Number: "BO-26-EEEE-EEE-E", Title: "Bewohnerparkausweis", Amount: 3072, Way: pay.Card, Payment: paid, Reason: "rejected", Since: at(-7)}})
	add(cases.Case{Number: "BO-26-FFFF-FFF-F", Channel: "web", State: service.StateWithdrawn, Fee: 1536, Way: pay.Invoice, Received: at(-9), Due: at(5), Decided: at(-2),
		Refund: &cases.Refund{Number: "BO-26-FFFF-FFF-F", Title: "Bewohnerparkausweis", Amount: 1536, Way: pay.Counter, Reason: "withdrawn", Since: at(-5), Done: true, DoneAt: at(-2), By: "t.lindemann"}})
	for i := range 24 {
		add(cases.Case{Number: fmt.Sprintf("BO-26-M%02dM-MMM-M", i), Channel: "terminal", State: service.StateReceived, Fee: 3072, Way: pay.Card, Paid: true, Payment: paid, Received: at(-1), Due: at(2 + i/3)})
	}
	return c, b
}
