package intake_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// asking is a town that offers what ships, the survey among it.
func asking(t *testing.T) *town {
	t.Helper()
	return newTownWith(t, shipped(t))
}

// opinion is what a terminal seals: no case, nobody to answer.
func (w *town) opinion(words string) service.Application {
	w.t.Helper()
	s, ok := w.offers.Find("umfrage", "")
	if !ok || !s.Counted() {
		w.t.Fatal("there is no survey")
	}
	a := form.Answers{"ease": 2, "done": "yes", "again": "perhaps", "helps": []any{"larger", "aloud"}}
	if words != "" {
		a = a.With("/words", words)
	}
	return service.Application{Kind: service.KindApplication, ID: uuid.Must(uuid.NewV7()).String(), Service: s.ID, Version: s.Version, Digest: s.Digest(), Tenant: "stadt",
		Lang: "de", Day: "2026-11-22", Answers: a, Way: pay.Free, Channel: "terminal", At: w.now}
}

func (w *town) sealed(app service.Application) wire.Item {
	w.t.Helper()
	return w.item(w.keys[0], app, nil)
}

func (w *town) result() surveys.Result {
	w.t.Helper()
	return check[surveys.Result](w.t)(w.surveys.Result(w.t.Context(), "umfrage", "1"))
}

// nothingElse fails when an answer left more behind than counts.
func (w *town) nothingElse() {
	w.t.Helper()
	if p := check[cases.Page](w.t)(w.book.List(w.t.Context(), cases.Filter{})); p.Total != 0 {
		w.t.Errorf("%d cases were made of a survey", p.Total)
	}
	if n := check[cases.Counts](w.t)(w.book.Counts(w.t.Context(), "")); n != (cases.Counts{}) {
		w.t.Errorf("the worklist shows it: %+v", n)
	}
}

func TestAnAnswerToASurveyIsCountedOnceAndMakesNoCase(t *testing.T) {
	w := asking(t)
	item := w.sealed(w.opinion("Größere Tasten."))
	if got := w.bring(item); got[0].Status != wire.Stored {
		t.Fatal(got)
	}
	if got := w.bring(item); got[0].Status != wire.Dup { // the receipt got lost
		t.Fatal(got)
	}
	other := item
	other.Body = item.Body[:len(item.Body)-4] + "AAAA"
	if got := w.bring(other); got[0].Status != wire.Conflict {
		t.Fatal(got)
	}
	late := w.opinion("")
	late.Answers, late.Channel, late.Day = late.Answers.With("/helps", nil), "my own phone 0171", "1970-01-01"
	late.Case, late.Recipient = "BO-26-4T7K-2M9-X", w.slip().recipient // an older program of a device
	w.bring(w.sealed(late))
	r := w.result()
	if r.Answers != 2 || r.Refused != 0 || !maps.Equal(r.Days, map[string]int{"2026-11-22": 1, "2026-11-23": 1}) || !maps.Equal(r.Channels, map[string]int{"terminal": 1, "other": 1}) {
		t.Errorf("%+v", r)
	}
	for path, want := range map[string]map[string]int{"/ease": {"2": 2}, "/done": {"yes": 2}, "/again": {"perhaps": 2}, "/helps": {"larger": 1, "aloud": 1}} {
		if got := r.Questions[path].Values; !maps.Equal(got, want) {
			t.Errorf("%s: %v", path, got)
		}
	}
	if h, words := r.Questions["/helps"], r.Questions["/words"]; h.Answered != 1 || h.Left != 1 || words.Left != 1 || len(words.Texts) != 1 || words.Texts[0].Text != "Größere Tasten." {
		t.Errorf("%+v %d texts", h, len(words.Texts))
	}
	w.nothingElse()
	if answers := check[[][]byte](t)(w.store.For(t.Context(), seal.Address(late.Recipient))); len(answers) != 0 {
		t.Error("somebody is answered who did not ask")
	}
}

func TestAnswersThatDoNotFitAreANumberAndNothingElse(t *testing.T) {
	for name, spoil := range map[string]func(*service.Application){
		"an answer that nobody offered": func(a *service.Application) { a.Answers = a.Answers.With("/done", "sprengmeister") },
		"a question that nobody asked":  func(a *service.Application) { a.Answers = a.Answers.With("/sprengmeister", "yes") },
		"one twice":                     func(a *service.Application) { a.Answers = a.Answers.With("/helps", []any{"aloud", "aloud"}) },
		"one missing":                   func(a *service.Application) { a.Answers = a.Answers.With("/ease", nil) },
		"too long": func(a *service.Application) {
			a.Answers = a.Answers.With("/words", strings.Repeat("sprengmeister ", 100))
		},
		"for another town": func(a *service.Application) { a.Tenant = "bad" },
	} {
		t.Run(name, func(t *testing.T) {
			w := asking(t)
			app := w.opinion("")
			spoil(&app)
			item := w.sealed(app)
			w.bring(item)
			w.bring(item)
			if r := w.result(); r.Answers != 0 || r.Refused != 1 || len(r.Questions) != 0 || len(w.quarantine()) != 0 {
				t.Errorf("%+v", r)
			}
			w.nothingElse()
			w.ok(w.store.Close())
			w.nowhere("sprengmeister")
		})
	}
}

// nowhere looks for words in everything that the town hall has on disk.
func (w *town) nowhere(words ...string) {
	w.t.Helper()
	for _, word := range words {
		if n := w.often(word); n != 0 {
			w.t.Errorf("%q stands %d times on the disk", word, n)
		}
	}
}

// often counts a word in everything that the town hall has on disk.
func (w *town) often(word string) (n int) {
	w.t.Helper()
	w.ok(filepath.WalkDir(filepath.Dir(w.path), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		n += bytes.Count(b, []byte(word))
		return err
	}))
	return n
}

func TestOwnWordsStandAloneAndGoForGoodWhenTheyAreStruck(t *testing.T) {
	w := asking(t)
	var log bytes.Buffer
	w.in = intake.New(intake.Options{Store: w.store, Book: w.book, Surveys: w.surveys, Parts: w.store, Ring: func() seal.Ring { return w.ring }, Now: w.clock,
		Log: slog.New(slog.NewTextHandler(&log, nil))})
	const word = "Zwetschgenkuchen"
	item := w.sealed(w.opinion(word))
	w.bring(item)
	w.bring(w.sealed(w.opinion("Anderes.")))
	w.ok(w.store.Close()) // folds the log into the file
	if n := w.often(word); n != 1 {
		t.Errorf("it stands %d times on the disk, want once: in the table of texts", n)
	}
	w.open()
	if strings.Contains(log.String(), word) {
		t.Error("it is in the log")
	}
	if done := check[[]intake.Envelope](t)(w.store.In(t.Context(), intake.Done, 0, 10)); len(done) != 2 || done[0].Item.Body != "" {
		t.Error("the sealed answer is still there")
	}
	for _, text := range w.result().Questions["/words"].Texts {
		if text.Text == word {
			w.ok(w.surveys.Strike(t.Context(), "kowalski", "umfrage", text.Key))
		}
	}
	if n := w.often(word); n != 0 {
		t.Errorf("struck, it still stands %d times on the disk", n)
	}
	w.ok(w.store.Close())
	w.nowhere(word, item.Body[len(item.Body)-40:])
}

// dying is a counter whose program ends at the worst moment: everything is on disk, and nobody hears of it.
type dying struct {
	*surveys.Office
	dies bool
}

var errPower = errors.New("no power")

func (d *dying) Receive(ctx context.Context, envelope string, app service.Application, at time.Time) error {
	err := d.Office.Receive(ctx, envelope, app, at)
	if d.dies {
		return errPower
	}
	return err
}

// forgetful is a store that cannot note that an envelope is done.
type forgetful struct{ *sqlite.Store }

func (forgetful) Mark(context.Context, string, intake.State, string) error { return errPower }

func TestAnAnswerOnWhichTheProgramDiedIsCountedOnce(t *testing.T) {
	for name, dies := range map[string]func(w *town) *intake.Intake{
		"before it was opened": func(w *town) *intake.Intake { return nil },
		"when it was counted": func(w *town) *intake.Intake {
			return intake.New(intake.Options{Store: w.store, Book: w.book, Surveys: &dying{w.surveys, true}, Ring: func() seal.Ring { return w.ring }, Now: w.clock})
		},
		"before that was noted": func(w *town) *intake.Intake {
			return intake.New(intake.Options{Store: forgetful{w.store}, Book: w.book, Surveys: w.surveys, Ring: func() seal.Ring { return w.ring }, Now: w.clock})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := asking(t)
			item := w.sealed(w.opinion("Gut."))
			check[[]hall.Taken](t)(w.in.Take(t.Context(), w.device, []wire.Item{item}))
			if in := dies(w); in != nil {
				if _, err := in.Work(t.Context()); !errors.Is(err, errPower) {
					t.Fatal(err)
				}
			}
			w.ok(w.store.Close())
			w.open()
			w.bring(item)
			if r := w.result(); r.Answers != 1 || len(r.Questions["/words"].Texts) != 1 {
				t.Errorf("counted %d times", r.Answers)
			}
			w.nothingElse()
		})
	}
}

// A version that is published later, or again after a backup was restored: until then nobody can read what was answered, and nothing is lost.
func TestAnAnswerToAVersionThatIsNotHereYetWaits(t *testing.T) {
	w := asking(t)
	app := w.opinion("Gut.")
	app.Version = "7"
	w.bring(w.sealed(app))
	if q := w.quarantine(); len(q) != 1 || q[0].Reason != intake.ReasonVersion || q[0].Item.Body == "" {
		t.Fatalf("%d in quarantine", len(q))
	}
	w.ok(w.in.Retry(t.Context()))
	check[int](t)(w.in.Work(t.Context()))
	if len(w.quarantine()) != 1 {
		t.Fatal("it does not wait")
	}
	w.offers = check[*service.Catalogue](t)(service.LoadCatalogue(withSurvey(t, "7"), "stadt"))
	w.ok(w.store.Close())
	w.open()
	w.ok(w.in.Retry(t.Context()))
	check[int](t)(w.in.Work(t.Context()))
	if r := check[surveys.Result](t)(w.surveys.Result(t.Context(), "umfrage", "7")); r.Answers != 1 || len(w.quarantine()) != 0 {
		t.Errorf("%d answers, %d in quarantine", r.Answers, len(w.quarantine()))
	}
	w.nothingElse()
}

// withSurvey is what ships, with another version of the survey.
func withSurvey(t *testing.T, version string) fs.FS {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"services", "tenants"} {
		w := check[fs.FS](t)(fs.Sub(assets.FS, part))
		if err := os.CopyFS(filepath.Join(dir, part), w); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "services/umfrage/service.yaml")
	b := check[[]byte](t)(os.ReadFile(file))
	if err := os.WriteFile(file, bytes.Replace(b, []byte(`version: "1"`), []byte(`version: "`+version+`"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

// Where a terminal says that it took money for a survey, somebody has to give it back: that is more than a number.
func TestMoneyThatCameWithASurveyIsACase(t *testing.T) {
	w := asking(t)
	app := w.opinion("")
	app.Way, app.Fee = pay.Card, 100
	w.bring(w.sealed(app))
	p := check[cases.Page](t)(w.book.List(t.Context(), cases.Filter{}))
	if p.Total != 1 || p.Cases[0].Payment == nil || w.result().Answers != 0 {
		t.Fatalf("%d cases", p.Total)
	}
}

// After an older backup came back, counts and ids are those of then: what devices bring again and is known was counted, what is not known was not.
func TestAfterARestoreEveryAnswerIsCountedOnce(t *testing.T) {
	w := asking(t)
	before, waiting, after := w.sealed(w.opinion("Vorher.")), w.sealed(w.opinion("Dazwischen.")), w.sealed(w.opinion("Nachher."))
	w.bring(before)
	check[[]hall.Taken](t)(w.in.Take(t.Context(), w.device, []wire.Item{waiting})) // in the backup, not opened yet
	backup := filepath.Join(t.TempDir(), "backup.db")
	w.ok(w.store.Backup(t.Context(), backup))
	w.bring(after)
	if r := w.result(); r.Answers != 3 {
		t.Fatalf("%d answers", r.Answers)
	}
	w.ok(w.store.Close())
	check[sqlite.Restored](t)(sqlite.Restore(t.Context(), backup, w.path, w.now))
	w.open()
	if r := w.result(); r.Answers != 1 {
		t.Fatalf("%d answers in the backup", r.Answers)
	}
	got := w.bring(before, waiting, after)
	if got[0].Status != wire.Dup || got[1].Status != wire.Dup || got[2].Status != wire.Stored {
		t.Error(got)
	}
	w.bring(before, waiting, after)
	if r := w.result(); r.Answers != 3 || r.Questions["/ease"].Values["2"] != 3 || len(r.Questions["/words"].Texts) != 3 {
		t.Errorf("%d answers, %d texts", r.Answers, len(r.Questions["/words"].Texts))
	}
	w.nothingElse()
}

// A survey that was begun anew stays so: what a device brings once more was counted before.
func TestAnEmptiedSurveyIsNotFilledByWhatComesTwice(t *testing.T) {
	w := asking(t)
	item := w.sealed(w.opinion("Gut."))
	w.bring(item)
	w.ok(w.surveys.Empty(t.Context(), "kowalski", "umfrage"))
	w.bring(item)
	if r := w.result(); r.Answers != 0 {
		t.Errorf("%d answers", r.Answers)
	}
}
