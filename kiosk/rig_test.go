package kiosk

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
)

// The two shapes a terminal has.
var (
	portrait  = fyne.NewSize(1080, 1920)
	landscape = fyne.NewSize(1280, 800)
)

// rig is a terminal with a counter whose devices do what a test wants.
type rig struct {
	*screentest.Screen
	k       *Kiosk
	clock   time.Time
	memory  *visittest.Journal
	card    *cardTerminal
	printer *printer
	scanner *scanner
	sheets  *sheetPrinter
	town    *visittest.Office
	mu      sync.Mutex
	events  []string          // names alone
	log     []screentest.Line // with all they tell
}

func (r *rig) Online() bool { return r.town.Online() }

// shared is what all tests read and none changes.
var shared = sync.OnceValues(func() (*service.Catalogue, error) {
	return service.LoadCatalogue(os.DirFS("testdata"), "stadt")
})

var words = sync.OnceValues(content.Texts)

func newRig(t testing.TB, size fyne.Size, change ...func(*Options)) *rig {
	t.Helper()
	catalogue, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	texts, err := words()
	if err != nil {
		t.Fatal(err)
	}
	key, err := oneKey()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: time.Date(2026, 11, 23, 10, 15, 0, 0, time.UTC), memory: visittest.NewJournal(),
		card: &cardTerminal{end: pay.Complete}, printer: &printer{}, scanner: &scanner{codes: make(chan string)}, sheets: &sheetPrinter{},
		town: visittest.NewOffice(key)}
	r.Screen = &screentest.Screen{T: t, UI: make(chan func(), 100), Name: func() string { return r.k.Screen() }, Sheet: func() *scroll.Scroll { return r.k.sheet }}
	a := test.NewTempApp(t)
	st := look.Style{Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}
	a.Settings().SetTheme(look.Theme(st))
	r.W = test.NewTempWindow(t, nil)
	r.W.SetPadded(false)
	r.W.Resize(size)
	o := Options{Window: r.W, Catalogue: catalogue, Texts: texts, Style: st, Status: r, Place: "Bürgerbüro, Eingang",
		Desk:  visit.Desk{Payer: r.card, Printer: r.printer, Sheets: r.sheets, Scanner: r.scanner, Journal: r.memory, Sealer: r.town, Town: r.town, Till: &sync.Mutex{}},
		Speak: func(context.Context, string, string) error { return nil },
		Event: func(name string, fields ...any) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events, r.log = append(r.events, name), append(r.log, screentest.Line{Name: name, Fields: fields})
		},
		Now: func() time.Time { return r.clock }, Random: rand.Reader, Patience: time.Millisecond}
	for _, c := range change {
		c(&o)
	}
	r.k = New(a, o)
	mayTell.Watch(t, func() *service.Catalogue { return r.k.o.Catalogue }, r.lines)
	r.k.post = func(f func()) { r.UI <- f }
	r.W.Resize(size)
	return r
}

// types writes by the keyboard on the screen.
func (r *rig) types(s string) {
	r.T.Helper()
	for _, c := range s {
		key := "key." + string(c)
		if c == ' ' {
			key = "key.space"
		}
		if !r.Has(key) && r.Has("key."+strings.ToLower(string(c))) {
			r.Tap("key.shift")
		} else if !r.Has(key) && r.Has("key."+strings.ToUpper(string(c))) {
			key = "key." + strings.ToUpper(string(c))
		}
		r.Tap(key)
	}
}
