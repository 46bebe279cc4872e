package visit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
)

// dearer is the shipped town with another tariff for resident parking from the day on.
func dearer(t *testing.T, day string) *service.Catalogue {
	t.Helper()
	town := fstest.MapFS{}
	err := fs.WalkDir(assets.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(assets.FS, name)
		town[name] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f := town["tenants/stadt/tables/parking.yaml"]
	_, now, found := bytes.Cut(f.Data, []byte("\nversions:\n"))
	if !found || !bytes.Contains(now, []byte("3070")) {
		t.Fatal("the tariff looks different than this test believes")
	}
	next := bytes.Replace(bytes.Replace(now, []byte("2020-01-01"), []byte(day), 1), []byte("3070"), []byte("6000"), 1)
	f.Data = append(append([]byte("versions:\n"), now...), append([]byte("\n"), next...)...)
	c, err := service.LoadCatalogue(town, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Somebody read the summary just before midnight, and paid the next day's tariff just after it.
func TestWhoAgreesBeforeMidnightPaysWhatTheSummarySaid(t *testing.T) {
	s := atTheCounter(t, pay.Grant, pay.Complete)
	permit, ok := dearer(t, "2026-11-24").Find("parkausweis-bewohner", "")
	if !ok {
		t.Fatal("there is no parking permit")
	}
	now := time.Date(2026, 11, 23, 23, 59, 50, 0, time.Local)
	o := s.opts
	o.Now = func() time.Time { return now }
	s.Visit = Begin(permit, s.desk, o)
	for path, v := range goodAnswers(t) {
		s.Answer(path, v)
	}
	agreed := s.Summary().Fee
	if agreed == nil || agreed.Amount != 3070 {
		t.Fatalf("the summary says %+v", agreed)
	}
	now = now.Add(20 * time.Second)
	if shown := s.View().Fee; shown.Amount != agreed.Amount {
		t.Errorf("after midnight the screen shows %v", shown.Amount)
	}
	r, err := s.Submit(context.Background(), pay.Card, nil)
	if err != nil {
		t.Fatal(err)
	}
	app := s.opened(t)
	if r.Amount != agreed.Amount || app.Fee != agreed.Amount || app.Day != "2026-11-23" || !app.At.Equal(now) {
		t.Errorf("agreed %v, paid %v, the town hall is told %v as of %s, sent %v", agreed.Amount, r.Amount, app.Fee, app.Day, app.At)
	}
	day, err := time.ParseInLocation(time.DateOnly, app.Day, time.Local)
	if err != nil || permit.View(app.Answers, "de", day).Fee.Amount != app.Fee {
		t.Error("the town hall comes to another fee with the day that the application names")
	}
	// Who changes an answer afterwards sees the new day's tariff, and agrees to that one.
	next := Begin(permit, s.desk, o)
	for path, v := range goodAnswers(t) {
		next.Answer(path, v)
	}
	if fee := next.Summary().Fee; fee.Amount != 6000 {
		t.Errorf("answered after midnight: %v", fee.Amount)
	}
}

// keeper is a card terminal that never gives money back.
type keeper struct{ *till }

func (keeper) Reverse(context.Context, pay.Payment) (pay.Event, error) {
	return pay.Event{}, errors.Join(ErrKept, errors.New("it is another day"))
}

// noRoom is a journal on a full disk.
type noRoom struct{ *visittest.Journal }

func (noRoom) Release(context.Context, seal.Envelope, pay.Way, int64) error { return ErrFull }

// Money turned up for a payment that had ended, and the card terminal could not give it back any more: nobody ever learned of it, and the
// terminal took no card again.
func TestMoneyThatTheTerminalKeepsBecomesATaskOfTheTownHall(t *testing.T) {
	s := atTheCounter(t)
	s.desk.Payer = keeper{s.till}
	kept := &pay.Evidence{Amount: 3070, TerminalID: "65000028", Trace: 8, Receipt: 12, Date: "1123", Time: "235955", Customer: []string{"Karte ****1234"}}
	s.book.Put(pay.Payment{ID: "p", Envelope: "e", Amount: 3070, State: pay.Stray, Evidence: kept})
	s.desk.Journal = noRoom{s.book}
	if open, err := Recover(context.Background(), s.desk, s.opts.Now, nil); open != 1 || err == nil || s.book.State("p") != pay.Stray {
		t.Fatalf("nothing could be written down, yet %d are open: %v", open, err)
	}
	s.desk.Journal = s.book
	if open, err := Recover(context.Background(), s.desk, s.opts.Now, nil); open != 0 || err != nil || s.book.State("p") != pay.Owed {
		t.Fatalf("%d are open, the payment is %s: %v", open, s.book.State("p"), err)
	}
	app := s.opened(t)
	if app.Kind != service.KindStray || app.Stray == nil || app.Stray.Payment != "p" || app.Stray.Amount != 3070 || app.Stray.Evidence.Receipt != 12 {
		t.Errorf("the town hall reads %+v", app)
	}
	if b, err := json.Marshal(app); err != nil || bytes.Contains(b, []byte("1234")) || app.ID != s.book.Sent()[0].ID {
		t.Errorf("it names a card, or another envelope: %v", err)
	}
	if _, err := Recover(context.Background(), s.desk, s.opts.Now, nil); err != nil || len(s.book.Sent()) != 1 {
		t.Errorf("it was told %d times: %v", len(s.book.Sent()), err)
	}
}

// A terminal that was not ready is not told as if the citizen had cancelled.
func TestATerminalThatIsNotReadyIsNoCancellation(t *testing.T) {
	s := atTheCounter(t)
	s.desk.Payer = unready{s.till}
	if _, err := s.Submit(context.Background(), pay.Card, nil); !errors.Is(err, ErrUnreachable) || errors.Is(err, ErrCancelled) {
		t.Errorf("got %v", err)
	}
	if s.book.Held()+len(s.book.Sent()) != 0 {
		t.Error("something was kept")
	}
}

// unready is a card terminal that became busy after it was asked whether it is ready.
type unready struct{ *till }

func (unready) Pay(_ context.Context, _ pay.Payment, on func(pay.Event) error, _ func(byte, string)) error {
	if err := on(pay.Event{Kind: pay.Lose}); err != nil {
		return err
	}
	return ErrUnreachable
}
