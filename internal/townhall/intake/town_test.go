package intake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Two authority keys for all tests: making one takes a second.
var authority = sync.OnceValues(func() ([2]seal.Private, error) {
	a, err := seal.Generate()
	b, err2 := seal.Generate()
	return [2]seal.Private{a, b}, errors.Join(err, err2)
})

// town is a town hall with one terminal, all keys real.
type town struct {
	t      *testing.T
	path   string
	store  *sqlite.Store
	book   *cases.Book
	in     *intake.Intake
	keys   [2]seal.Private
	ring   seal.Ring // the town hall has the first key only
	device hall.Device
	sign   proof.Key // the terminal's
	permit proof.Key
	now    time.Time
	offers *service.Catalogue // nil: the small one

	surveys *surveys.Office
}

func check[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newTown(t *testing.T) *town { return newTownWith(t, nil) }

var loadShipped = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(assets.FS, "stadt") })

// shipped is the town's whole catalogue; what is published into it is the test's own.
func shipped(t *testing.T) *service.Catalogue {
	t.Helper()
	return check[*service.Catalogue](t)(loadShipped()).Beside()
}

// newTownWith is a town hall that offers this; nil: a few services for tests.
func newTownWith(t *testing.T, offers *service.Catalogue) *town {
	t.Helper()
	w := &town{t: t, now: storetest.Day(), path: filepath.Join(t.TempDir(), "town.db"), offers: offers}
	w.keys = check[[2]seal.Private](t)(authority())
	w.ring = seal.Ring{w.keys[0]}
	w.sign, w.permit = check[proof.Key](t)(proof.Generate()), check[proof.Key](t)(proof.Generate())
	w.device = hall.Device{ID: "d", Name: "Terminal Bürgerbüro", Tenant: "stadt", Scope: "stadt", Key: w.sign.Public()}
	w.open()
	return w
}

func (w *town) open() {
	w.t.Helper()
	w.store = check[*sqlite.Store](w.t)(sqlite.Open(w.t.Context(), w.path, w.clock))
	w.t.Cleanup(func() { w.store.Close() })
	catalogue := w.offers
	if catalogue == nil {
		catalogue = storetest.Catalogue(w.t)
	}
	fonts := pdf.Fonts{
		Regular: check[[]byte](w.t)(os.ReadFile("../../../assets/fonts/AtkinsonHyperlegibleNext-Regular.ttf")),
		Bold:    check[[]byte](w.t)(os.ReadFile("../../../assets/fonts/AtkinsonHyperlegibleNext-Bold.ttf")),
	}
	w.book = check[*cases.Book](w.t)(cases.New(cases.Options{
		Store: w.store, Services: func(_, id, version string) (*service.Service, bool) { return catalogue.Find(id, version) },
		Render: func(d document.Document) ([]byte, error) { return pdf.Render(d, fonts) },
		Attest: func(_ context.Context, claims map[string]any) (string, error) {
			return proof.Sign(w.permit, proof.Permit, claims)
		},
		Secret: bytes.Repeat([]byte("s"), 32), Random: rand.Reader, Now: w.clock, Tenant: "stadt", Prefix: "MH",
	}))
	w.surveys = surveys.New(surveys.Options{Store: w.store, Tenant: "stadt", Find: func(id, version string) (*service.Service, bool) { return catalogue.Find(id, version) }, Now: w.clock})
	w.in = intake.New(intake.Options{Store: w.store, Book: w.book, Surveys: w.surveys, Parts: w.store, Ring: func() seal.Ring { return w.ring }, Now: w.clock})
}

func (w *town) clock() time.Time { return w.now }

// slip is what a citizen takes home.
type slip struct{ secret, recipient string }

func (w *town) slip() slip {
	w.t.Helper()
	secret, recipient, err := seal.NewSlip()
	if err != nil {
		w.t.Fatal(err)
	}
	return slip{secret, recipient}
}

// application is a good one, by card.
func (w *town) application(s slip) service.Application {
	w.t.Helper()
	number := check[string](w.t)(service.NewCase(rand.Reader, "MH", 2026))
	return storetest.Application(w.t, uuid.Must(uuid.NewV7()).String(), number, s.recipient)
}

// item seals an application and signs its outcome like a terminal does; change may spoil the outcome before.
func (w *town) item(to seal.Private, app service.Application, change func(*pay.Outcome)) wire.Item {
	w.t.Helper()
	e := check[seal.Envelope](w.t)(seal.Seal(to.Public(), app.ID, check[[]byte](w.t)(json.Marshal(app))))
	o := pay.Outcome{Payment: "p-" + app.ID, Envelope: app.ID, Digest: wire.Digest(e.Data), Way: app.Way, Amount: app.Fee, At: w.now,
		Evidence: &pay.Evidence{Amount: app.Fee, TerminalID: "12345678", Trace: 17, Receipt: 4}}
	if app.Way != pay.Card {
		o.Payment, o.Evidence = "", nil
	}
	if change != nil {
		change(&o)
	}
	return wire.Item{ID: app.ID, Kind: wire.KindEnvelope, Key: e.Key, Body: string(e.Data), Outcome: check[string](w.t)(proof.Sign(w.sign, proof.Outcome, o))}
}

// bring pushes items and opens what arrived.
func (w *town) bring(items ...wire.Item) []hall.Taken {
	w.t.Helper()
	taken := check[[]hall.Taken](w.t)(w.in.Take(w.t.Context(), w.device, items))
	check[int](w.t)(w.in.Work(w.t.Context()))
	return taken
}

func (w *town) find(number string) cases.Case {
	w.t.Helper()
	return check[cases.Case](w.t)(w.book.Get(w.t.Context(), number))
}

// read opens the newest answer with a slip, as a terminal does.
func (w *town) read(s slip) service.Answer {
	w.t.Helper()
	all := check[[][]byte](w.t)(w.store.For(w.t.Context(), seal.Address(s.recipient)))
	if len(all) == 0 {
		w.t.Fatal("there is no answer for the slip")
	}
	var a service.Answer
	if err := json.Unmarshal(check[[]byte](w.t)(seal.OpenWith(s.secret, all[len(all)-1])), &a); err != nil {
		w.t.Fatal(err)
	}
	return a
}

// reply sends something with a slip.
func (w *town) reply(s slip, number string, r service.Reply) service.Application {
	app := service.Application{Kind: service.KindReply, ID: uuid.Must(uuid.NewV7()).String(), Case: number, Tenant: "stadt", Lang: "de",
		Recipient: s.recipient, Channel: "terminal", Follows: seal.Address(s.recipient), Reply: &r, At: w.now, Way: pay.Free}
	w.bring(w.item(w.keys[0], app, nil))
	return app
}

func (w *town) quarantine() []intake.Envelope {
	w.t.Helper()
	return check[[]intake.Envelope](w.t)(w.in.Quarantined(w.t.Context()))
}

func (w *town) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) has(c cases.Case, warning string) {
	w.t.Helper()
	if warning == "" && len(c.Warnings) > 0 || warning != "" && !strings.Contains(strings.Join(c.Warnings, "\n"), warning) {
		w.t.Fatalf("warnings: %q", c.Warnings)
	}
}

// secretOn reads the slip's code.
func secretOn(t *testing.T, d document.Document) slip {
	t.Helper()
	for _, b := range d.Blocks {
		if b.Kind == document.QR {
			return slip{b.Data, check[string](t)(seal.Recipient(b.Data))}
		}
	}
	t.Fatal("the slip has no code")
	return slip{}
}
