package kiosk

import (
	"context"
	"crypto/rand"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"

	"io/fs"
)

// The two shapes a terminal has.
var (
	portrait  = fyne.NewSize(1080, 1920)
	landscape = fyne.NewSize(1280, 800)
)

// rig is a terminal with a counter whose devices do what a test wants.
type rig struct {
	t       testing.TB
	k       *Kiosk
	w       fyne.Window
	ui      chan func()
	clock   time.Time
	memory  *visittest.Journal
	card    *cardTerminal
	printer *printer
	scanner *scanner
	sheets  *sheetPrinter
	town    *visittest.Office
	events  []string
}

func (r *rig) Online() bool { return r.town.Online() }

// shared is what all tests read and none changes.
var shared = sync.OnceValues(func() (*service.Catalogue, error) {
	return service.LoadCatalogue(os.DirFS("testdata"), "stadt")
})

var words = sync.OnceValues(func() (*text.Texts, error) {
	sub, err := fs.Sub(assets.FS, "texts")
	if err != nil {
		return nil, err
	}
	return text.Load(sub)
})

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
	r := &rig{t: t, ui: make(chan func(), 100), clock: time.Date(2026, 11, 23, 10, 15, 0, 0, time.UTC), memory: visittest.NewJournal(),
		card: &cardTerminal{end: pay.Complete}, printer: &printer{}, scanner: &scanner{codes: make(chan string)}, sheets: &sheetPrinter{},
		town: visittest.NewOffice(key)}
	a := test.NewTempApp(t)
	st := look.Style{Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}
	a.Settings().SetTheme(look.Theme(st))
	r.w = test.NewTempWindow(t, nil)
	r.w.SetPadded(false)
	r.w.Resize(size)
	o := Options{Window: r.w, Catalogue: catalogue, Texts: texts, Style: st, Status: r, Place: "Bürgerbüro, Eingang",
		Desk:  visit.Desk{Payer: r.card, Printer: r.printer, Sheets: r.sheets, Scanner: r.scanner, Journal: r.memory, Sealer: r.town, Town: r.town, Till: &sync.Mutex{}},
		Speak: func(context.Context, string, string) error { return nil },
		Event: func(name string, _ ...any) { r.events = append(r.events, name) },
		Now:   func() time.Time { return r.clock }, Random: rand.Reader, Patience: time.Millisecond}
	for _, c := range change {
		c(&o)
	}
	r.k = New(a, o)
	r.k.post = func(f func()) { r.ui <- f }
	r.w.Resize(size)
	return r
}

// wait runs what comes back to the screen until something is so.
func (r *rig) wait(what string, so func() bool) {
	r.t.Helper()
	late := time.After(15 * time.Second)
	for !so() {
		select {
		case f := <-r.ui:
			f()
		case <-late:
			r.t.Fatalf("waited in vain for %s on screen %q:\n%s", what, r.k.Screen(), r.said())
		}
	}
}

func (r *rig) waitFor(words string) {
	r.t.Helper()
	r.wait("“"+words+"”", func() bool { return r.sees(words) })
}

func (r *rig) nodes() []tree.Node { return tree.Of(r.w.Canvas()) }

func (r *rig) said() string {
	var b strings.Builder
	for _, n := range r.nodes() {
		b.WriteString(string(n.Role) + " " + n.Name + " | " + n.Value + " " + n.State + "\n")
	}
	return b.String()
}

func (r *rig) sees(words string) bool {
	for _, n := range r.nodes() {
		if strings.Contains(n.Name, words) || strings.Contains(n.Value, words) {
			return true
		}
	}
	return false
}

// tap touches what has this name or id, scrolling to it if it is out of sight.
func (r *rig) tap(what string) {
	r.t.Helper()
	find := func() (tree.Node, bool) {
		for _, n := range r.nodes() {
			if n.Touchable() && (n.Name == what || n.ID == what) {
				return n, true
			}
		}
		return tree.Node{}, false
	}
	n, ok := find()
	if ok && r.k.sheet != nil && n.Role != tree.Key {
		if n.ID != "" {
			r.k.sheet.Reveal(n.ID)
		} else if n.Is("hidden") {
			r.k.sheet.ScrollTo(r.k.sheet.Offset() + float32(n.Bounds.Y) - r.w.Canvas().Size().Height/3)
		}
		n, ok = find()
	}
	if !ok {
		r.t.Fatalf("nothing to touch is called %q on screen %q:\n%s", what, r.k.Screen(), r.said())
	}
	x, y := n.Bounds.Center()
	test.TapCanvas(r.w.Canvas(), fyne.NewPos(float32(x), float32(y)))
}

// types writes by the keyboard on the screen.
func (r *rig) types(s string) {
	r.t.Helper()
	for _, c := range s {
		key := "key." + string(c)
		if c == ' ' {
			key = "key.space"
		}
		if !r.has(key) && r.has("key."+strings.ToLower(string(c))) {
			r.tap("key.shift")
		} else if !r.has(key) && r.has("key."+strings.ToUpper(string(c))) {
			key = "key." + strings.ToUpper(string(c))
		}
		r.tap(key)
	}
}

func (r *rig) has(id string) bool {
	for _, n := range r.nodes() {
		if n.ID == id {
			return true
		}
	}
	return false
}

// shot writes a picture of the screen into the folder RATHAUSNAH_SHOTS, if RATHAUSNAH_ONLY (a regular expression) allows its name.
func (r *rig) shot(name string) {
	r.t.Helper()
	dir := os.Getenv("RATHAUSNAH_SHOTS")
	if dir == "" || !regexp.MustCompile(os.Getenv("RATHAUSNAH_ONLY")).MatchString(name) {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		r.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, r.w.Canvas().Capture()); err != nil {
		r.t.Fatal(err)
	}
}
