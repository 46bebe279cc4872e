package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk"
)

// The words of an error that a card terminal's driver gave stood in the log, whatever they quote.
func TestTheEventLogIsOneLineAnEventWithoutTheWordsOfErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(file, []byte("from yesterday\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := openEvents(file)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { e.Add("recover", "open", 1, "err", errors.New("no\nanswer"), "left over") })
	}
	wg.Wait()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
		t.Error("others may read the log:", i.Mode(), err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		var l struct {
			At    time.Time
			Event string
			Open  int
			Err   string
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil || l.Event != "recover" || l.Open != 1 || l.Err != "failed" || strings.Contains(lines.Text(), "answer") || l.At.IsZero() {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
	}
	if n != 20 {
		t.Errorf("%d lines", n)
	}
	none, err := openEvents("")
	if err != nil {
		t.Fatal(err)
	}
	none.Add("wipe")
	if err := none.Close(); err != nil {
		t.Error(err)
	}
	if _, err := openEvents(filepath.Join(file, "x")); err == nil {
		t.Error("a log that cannot be written is opened")
	}
}

// empty is a memory with room that keeps nothing.
type empty struct{}

func (empty) Room(context.Context) error                                   { return nil }
func (empty) Hold(context.Context, seal.Envelope, pay.Payment) error       { return visit.ErrFull }
func (empty) Release(context.Context, seal.Envelope, pay.Way, int64) error { return visit.ErrFull }
func (empty) Record(context.Context, string, pay.Event) (pay.Payment, pay.Effect, error) {
	return pay.Payment{}, pay.Nothing, visit.ErrFull
}
func (empty) Unsettled(context.Context) ([]pay.Payment, error) { return nil, nil }

type noSeal struct{}

func (noSeal) Seal(context.Context, string, []byte) (seal.Envelope, error) {
	return seal.Envelope{}, visit.ErrNoKey
}
func (noSeal) Ready(context.Context) error { return nil }

func TestTheEventLogHoldsNothingThatSomebodyTyped(t *testing.T) {
	c, err := content.Begin("stadt")()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "events.jsonl")
	log, err := openEvents(file)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	ui := make(chan func(), 100) // what comes from elsewhere happens in the test's own goroutine
	a := test.NewTempApp(t)
	style := look.Style{Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}
	a.Settings().SetTheme(look.Theme(style))
	w := test.NewTempWindow(t, nil)
	size := fyne.NewSize(1080, 1920)
	w.Resize(size)
	k := kiosk.New(a, kiosk.Options{Window: w, Catalogue: c.Catalogue, Texts: c.Texts, Style: style, Event: log.Add,
		Post: func(f func()) { ui <- f }, Desk: visit.Desk{Journal: empty{}, Sealer: noSeal{}}})
	w.Resize(size)
	t.Cleanup(k.Wipe)

	tap := func(wanted ...string) {
		t.Helper()
		for _, n := range tree.Of(w.Canvas()) {
			for _, name := range wanted {
				if n.Touchable() && (n.ID == name || n.Name == name) {
					x, y := n.Bounds.Center()
					test.TapCanvas(w.Canvas(), fyne.NewPos(float32(x), float32(y)))
					return
				}
			}
		}
		t.Fatalf("nothing to touch is called %v on screen %q", wanted, k.Screen())
	}
	tap("start")
	tap("Auto und Parken")
	tap("Bewohnerparkausweis")
	(<-ui)() // there is no printer, it says; one may begin all the same
	tap("begin")
	const mark = "Zwxqvy"
	for _, c := range mark {
		tap("key."+string(c), "key."+strings.ToLower(string(c)), "key."+strings.ToUpper(string(c)))
	}
	there := false
	for _, n := range tree.Of(w.Canvas()) {
		there = there || strings.EqualFold(n.Value, mark)
	}
	if !there {
		t.Fatal("the control failed: what was typed is not even on the screen")
	}
	tap("key.done")
	tap("next") // says what is missing
	k.Wipe()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"begin"`) || !strings.Contains(string(b), `"wipe"`) {
		t.Fatalf("the walk is not in the log:\n%s", b)
	}
	if strings.Contains(strings.ToLower(string(b)), strings.ToLower(mark)) {
		t.Errorf("the log holds what was typed:\n%s", b)
	}
}

// Only demo terminals have an event log. A terminal in service kept quiet about a payment that kept every card away.
func TestAnUnclearPaymentIsInEveryTerminalsLog(t *testing.T) {
	var out strings.Builder
	none, err := openEvents("")
	if err != nil {
		t.Fatal(err)
	}
	m := &Main{log: slog.New(slog.NewTextHandler(&out, nil))}
	say := m.event(none)
	say("begin", "service", "parkausweis-bewohner")
	say("recover", "open", 1, "err", visit.ErrUnreachable)
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "open=1") || !strings.Contains(got, visit.ErrUnreachable.Error()) {
		t.Errorf("%s", got)
	}
}
