package intake_test

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
)

// job is an application for work, in which a word stands wherever somebody can write.
func (w *town) job(s slip, number, word string) service.Application {
	w.t.Helper()
	offer, ok := w.offers.Find("bewerbung", "")
	if !ok || offer.Retention != 6 {
		w.t.Fatal("an application for work is not erased after six months")
	}
	a := form.Answers{"job": "gaertner", "name": "Renate " + word, "street": word + "weg", "house": "12", "zip": "32545", "town": "Bad Oeynhausen",
		"email": strings.ToLower(word) + "@beispiel.de", "cv": []any{"later"}, "privacy": true}
	return service.Application{Kind: service.KindApplication, ID: uuid.Must(uuid.NewV7()).String(), Case: number, Service: offer.ID, Version: offer.Version, Digest: offer.Digest(),
		Tenant: "stadt", Lang: "de", Day: "2026-11-23", Answers: a, Way: pay.Free, Recipient: s.recipient, Channel: "terminal", At: w.now}
}

func TestAnApplicationIsErasedWhenItWasPromised(t *testing.T) {
	w := newTownWith(t, shipped(t))
	const word, other = "Zwetschgenkuchen", "Pflaumenmus"
	mine, theirs := w.slip(), w.slip()
	first := w.job(mine, check[string](t)(service.NewCase(rand.Reader, "MH", 2026)), word)
	second := w.job(theirs, check[string](t)(service.NewCase(rand.Reader, "MH", 2026)), other)
	brought := w.item(w.keys[0], first, nil)
	w.bring(brought, w.item(w.keys[0], second, nil))
	w.ok(w.book.Ask(t.Context(), first.Case, "renate", "Frau "+word+", wann können Sie beginnen?", w.find(first.Case).Version))
	w.reply(mine, first.Case, service.Reply{Question: "1", Text: "Morgen. " + word, Token: w.read(mine).Token})
	w.ok(w.book.Note(t.Context(), first.Case, "renate", word+" rief an", w.find(first.Case).Version))
	w.ok(w.book.Reject(t.Context(), first.Case, "renate", "Liebe Frau "+word+", leider nein.", w.find(first.Case).Version))

	w.now = w.now.AddDate(0, 6, 0) // the last day
	if n := check[int](t)(w.book.EraseDue(t.Context())); n != 0 {
		t.Fatal("it is erased too early")
	}
	w.ok(w.store.Close())
	if w.often(word) == 0 || w.often(strings.ToLower(word)) == 0 {
		t.Fatal("the word is nowhere anyway: this test sees nothing")
	}
	w.open()
	w.now = w.now.AddDate(0, 0, 1)
	if n := check[int](t)(w.book.EraseDue(t.Context())); n != 1 {
		t.Fatalf("%d cases were erased, want one", n)
	}
	w.nowhere(word, strings.ToLower(word)) // while the town hall runs

	c := w.find(first.Case)
	if c.Erased.IsZero() || c.State != service.StateRejected || c.Decided.IsZero() || len(c.Questions) != 0 || len(c.Application.Answers) != 0 {
		t.Errorf("left is %+v", c)
	}
	if last := c.History[len(c.History)-1]; last.Kind != cases.EventErased || last.Text != "Nach 6 Monaten gelöscht, wie versprochen." {
		t.Errorf("the log says %q", last.Text)
	}
	a := w.read(mine)
	if a.State != service.StateRejected || a.Text != "Ihre Angaben sind gelöscht. Hier steht nur noch, wie entschieden wurde." || len(a.Steps)+len(a.Questions)+len(a.Papers) != 0 || a.Token != "" {
		t.Errorf("the slip tells %+v", a)
	}

	// Nothing comes back: not by the device, not by the slip, not by a clerk, not a second time.
	w.bring(brought)
	w.reply(mine, first.Case, service.Reply{Text: "Noch etwas", Token: w.read(mine).Token})
	if again := w.find(first.Case); again.Version != c.Version {
		t.Error("the erased case was changed")
	}
	is(t, w.book.Note(t.Context(), first.Case, "renate", "Noch etwas", c.Version), cases.ErrState)
	_, err := w.book.Replace(t.Context(), first.Case, "renate", "Personalausweis")
	is(t, err, cases.ErrState)
	_, err = w.book.Summary(t.Context(), first.Case, "")
	is(t, err, cases.ErrState)
	if n := check[int](t)(w.book.EraseDue(t.Context())); n != 0 {
		t.Error("it is erased twice")
	}

	// The other one is not decided, and stays whole for as long as that takes.
	w.now = w.now.AddDate(5, 0, 0)
	if n := check[int](t)(w.book.EraseDue(t.Context())); n != 0 {
		t.Error("an open application is erased")
	}
	if c := w.find(second.Case); c.Application.Answers["name"] != "Renate "+other {
		t.Error("somebody else's application is gone")
	}
}

func TestWhoHasARightToItIsErasedAtOnce(t *testing.T) {
	w := newTownWith(t, shipped(t))
	const word = "Zwetschgenkuchen"
	s := w.slip()
	app := w.job(s, check[string](t)(service.NewCase(rand.Reader, "MH", 2026)), word)
	w.bring(w.item(w.keys[0], app, nil))
	is(t, w.book.Erase(t.Context(), app.Case, "renate", "Auf Wunsch", w.find(app.Case).Version), cases.ErrState) // nobody decided yet
	w.reply(s, app.Case, service.Reply{Withdraw: true, Token: w.read(s).Token})
	c := w.find(app.Case)
	is(t, w.book.Erase(t.Context(), app.Case, "renate", " ", c.Version), cases.ErrEmpty)
	is(t, w.book.Erase(t.Context(), app.Case, "renate", "Auf Wunsch", c.Version-1), cases.ErrChanged)
	w.ok(w.book.Erase(t.Context(), app.Case, "renate", "Auf Wunsch", c.Version))
	w.nowhere(word)
	if last := w.find(app.Case).History; last[len(last)-1].Who != "renate" || last[len(last)-1].Text != "Auf Wunsch" {
		t.Errorf("the log says %+v", last)
	}
}

// A backup that is older than the erasure brings everything back; the list beside the database does not let it stay.
func TestAnOlderBackupBringsNothingBackForLong(t *testing.T) {
	w := newTownWith(t, shipped(t))
	const word = "Zwetschgenkuchen"
	s := w.slip()
	app := w.job(s, check[string](t)(service.NewCase(rand.Reader, "MH", 2026)), word)
	w.bring(w.item(w.keys[0], app, nil))
	w.reply(s, app.Case, service.Reply{Withdraw: true, Token: w.read(s).Token})
	backup := filepath.Join(t.TempDir(), "backup.db")
	w.ok(w.store.Backup(t.Context(), backup))
	w.ok(w.book.Erase(t.Context(), app.Case, "renate", "Auf Wunsch", w.find(app.Case).Version))
	w.ok(w.store.Close())
	check[sqlite.Restored](t)(sqlite.Restore(t.Context(), backup, w.path, w.now))
	w.open()
	if w.find(app.Case).Application.Answers["name"] != "Renate "+word {
		t.Fatal("the backup brought nothing back: this test sees nothing")
	}
	if n := check[int](t)(w.book.EraseDue(t.Context())); n != 1 {
		t.Errorf("%d cases were erased again", n)
	}
	c := w.find(app.Case)
	if last := c.History[len(c.History)-1]; c.Erased.IsZero() || last.Text != "Nach der Rückkehr aus einer älteren Sicherung wieder gelöscht." {
		t.Errorf("erased %v, the log says %q", c.Erased, last.Text)
	}
	if n := check[int](t)(w.book.EraseDue(t.Context())); n != 0 {
		t.Error("it is erased again and again")
	}
}

// Where money is owed the case is needed until it is settled.
func TestNothingIsErasedWhileMoneyIsOwed(t *testing.T) {
	w := newTown(t)
	s := w.slip()
	app := w.application(s)
	w.bring(w.item(w.keys[0], app, nil))
	w.ok(w.book.Reject(t.Context(), app.Case, "renate", "Leider nein.", w.find(app.Case).Version))
	is(t, w.book.Erase(t.Context(), app.Case, "renate", "Auf Wunsch", w.find(app.Case).Version), cases.ErrState)
	w.ok(w.book.RefundDone(t.Context(), app.Case, "renate"))
	w.ok(w.book.Erase(t.Context(), app.Case, "renate", "Auf Wunsch", w.find(app.Case).Version))
	if c := w.find(app.Case); c.Payment == nil || c.Refund == nil || !c.Refund.Done {
		t.Error("what proves the money is gone")
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
