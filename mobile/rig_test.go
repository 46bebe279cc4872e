package mobile

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// phone is the size of a usual one.
var phone = fyne.NewSize(390, 844)

// memory is a phone's memory without a disk, with the real one's rules. It outlives the shell, as a disk outlives a killed program.
type memory struct {
	mu       sync.Mutex
	entries  []Entry
	sent     []seal.Envelope
	standing map[string]Standing
	full     bool
	arrived  time.Time // by the town hall's clock
}

func (m *memory) put(e Entry) {
	e.Data = bytes.Clone(e.Data)
	for i, x := range m.entries {
		if x.Shelf == e.Shelf && x.ID == e.ID {
			m.entries[i] = e
			return
		}
	}
	m.entries = append(m.entries, e)
}

func (m *memory) remove(shelf, id string) {
	m.entries = slices.DeleteFunc(m.entries, func(e Entry) bool { return e.Shelf == shelf && e.ID == id })
}

func (m *memory) Put(_ context.Context, entries ...Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full {
		return visit.ErrFull
	}
	for _, e := range entries {
		m.put(e)
	}
	return nil
}

func (m *memory) Get(_ context.Context, shelf, id string) (Entry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.entries {
		if e.Shelf == shelf && e.ID == id {
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}

func (m *memory) List(_ context.Context, shelf string) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []Entry
	for _, e := range m.entries {
		if e.Shelf == shelf {
			list = append(list, e)
		}
	}
	return list, nil
}

func (m *memory) Remove(_ context.Context, shelf string, ids ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		m.remove(shelf, id)
	}
	return nil
}

func (m *memory) Keep(_ context.Context, e seal.Envelope, _ pay.Way, _ int64, put []Entry, remove []Ref) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full {
		return visit.ErrFull
	}
	if _, there := m.standing[e.ID]; !there {
		m.sent = append(m.sent, e)
		m.standing[e.ID] = Waiting
	}
	for _, e := range put {
		m.put(e)
	}
	for _, r := range remove {
		m.remove(r.Shelf, r.ID)
	}
	return nil
}

func (m *memory) Standing(_ context.Context, envelope string) (Standing, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.standing[envelope], m.arrived, nil
}

// deliver lets everything that waits arrive.
func (m *memory) deliver() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.standing {
		m.standing[id] = Arrived
	}
}

func (m *memory) count(shelf string) int {
	list, _ := m.List(context.Background(), shelf)
	return len(list)
}

// board is what the town hall has published.
type board struct{ data [][]byte }

func (b *board) Published(_ context.Context, collection string) ([][]byte, error) {
	if collection != "reports" {
		return nil, nil
	}
	return b.data, nil
}

// rig is a phone whose world does what a test wants.
type rig struct {
	t      testing.TB
	a      *App
	w      fyne.Window
	ui     chan func()
	clock  time.Time
	memory *memory
	office *visittest.Office
	key    seal.Private
	board  *board
	album  fstest.MapFS
	style  look.Style
	keys   bool
	mu     sync.Mutex
	events []string
	fyne   fyne.App
}

var words = sync.OnceValues(func() (*text.Texts, error) {
	sub, err := fs.Sub(assets.FS, "texts")
	if err != nil {
		return nil, err
	}
	return text.Load(sub)
})

var shared = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(assets.FS, "stadt") })

var oneKey = sync.OnceValues(seal.Generate)

func newRig(t testing.TB, size fyne.Size) *rig {
	t.Helper()
	key, err := oneKey()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, clock: time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC), memory: &memory{standing: map[string]Standing{}}, office: visittest.NewOffice(key), key: key,
		board: &board{}, album: pictures(), style: look.Style{Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}}
	r.fyne = test.NewTempApp(t)
	r.fyne.Settings().SetTheme(look.Theme(r.style))
	r.w = test.NewTempWindow(t, nil)
	r.w.SetPadded(false)
	r.w.Resize(size)
	r.start()
	return r
}

// start begins the program, as after a kill: only the memory is as it was.
func (r *rig) start() {
	r.t.Helper()
	catalogue, err := shared()
	if err != nil {
		r.t.Fatal(err)
	}
	texts, err := words()
	if err != nil {
		r.t.Fatal(err)
	}
	ui := make(chan func(), 1000)
	r.ui = ui
	a, err := build(r.fyne, Options{Window: r.w, Catalogue: catalogue, Texts: texts, Style: r.style, Memory: r.memory, Outbox: r.memory, Records: r.board, Album: r.album, Keyboard: r.keys,
		Desk: visit.Desk{Journal: visittest.NewJournal(), Sealer: r.office, Town: r.office},
		Event: func(name string, _ ...any) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events = append(r.events, name)
		},
		Now: func() time.Time { return r.clock }, Random: rand.Reader}, func(f func()) { ui <- f })
	if err != nil {
		r.t.Fatal(err)
	}
	r.a = a
	r.wait("the memory", func() bool { return r.a.loaded })
}

func (r *rig) wait(what string, so func() bool) {
	r.t.Helper()
	late := time.After(20 * time.Second)
	for !so() {
		select {
		case f := <-r.ui:
			f()
		case <-late:
			r.t.Fatalf("waited in vain for %s on screen %q:\n%s", what, r.a.Screen(), r.said())
		}
	}
}

// calm waits until nothing is written any more and nothing wants to be drawn.
func (r *rig) calm() {
	r.t.Helper()
	r.a.shelf.flush()
	for {
		select {
		case f := <-r.ui:
			f()
		default:
			return
		}
	}
}

func (r *rig) waitFor(words string) {
	r.t.Helper()
	r.wait("“"+words+"”", func() bool { return r.sees(words) })
}

func (r *rig) waitScreen(name string) {
	r.t.Helper()
	r.wait("the screen "+name, func() bool { return r.a.Screen() == name })
}

func (r *rig) nodes() []tree.Node { return tree.Of(r.w.Canvas()) }

func (r *rig) said() string {
	var b strings.Builder
	for _, n := range r.nodes() {
		b.WriteString(string(n.Role) + " " + n.Name + " | " + n.Value + " " + n.State + " #" + n.ID + "\n")
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

func (r *rig) find(what string) (tree.Node, bool) {
	for _, n := range r.nodes() {
		if n.Touchable() && (n.Name == what || n.ID == what) {
			return n, true
		}
	}
	return tree.Node{}, false
}

// tap touches what has this name or id, scrolling to it if it is out of sight.
func (r *rig) tap(what string) {
	r.t.Helper()
	n, ok := r.find(what)
	if ok && r.a.sheet != nil && n.Role != tree.Key {
		if n.ID != "" {
			r.a.sheet.Reveal(n.ID)
		}
		n, ok = r.find(what)
	}
	if !ok {
		r.t.Fatalf("nothing to touch is called %q on screen %q:\n%s", what, r.a.Screen(), r.said())
	}
	x, y := n.Bounds.Center()
	test.TapCanvas(r.w.Canvas(), fyne.NewPos(float32(x), float32(y)))
}

// types writes by a hardware keyboard, or by the phone's own: both come to what has the focus.
func (r *rig) types(s string) {
	r.t.Helper()
	f := r.w.Canvas().Focused()
	if f == nil {
		r.t.Fatalf("nothing takes what is typed on screen %q", r.a.Screen())
	}
	for _, c := range s {
		f.TypedRune(c)
	}
}

// photo chooses a picture, as on the start page or later.
func (r *rig) photo(button, file string) {
	r.t.Helper()
	r.tap(button)
	r.tap("file." + file)
	r.waitScreen("foto")
	r.wait("the photo", func() bool {
		f, ok := r.a.top().(*foto)
		return ok && f.busy == 0 && (f.problem != "" || len(f.draft.visit.Files()) > 0)
	})
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

// opened is what the town hall reads of what was sent.
func (r *rig) opened() []service.Application {
	r.t.Helper()
	var all []service.Application
	for _, e := range r.memory.sent {
		plain, err := r.office.Open(e)
		if err != nil {
			r.t.Fatal(err)
		}
		var app service.Application
		if err := json.Unmarshal(plain, &app); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, app)
	}
	return all
}

// tell is what the town hall answers to a report.
func (r *rig) tell(recipient string, a service.Answer) {
	r.t.Helper()
	plain, err := json.Marshal(a)
	if err != nil {
		r.t.Fatal(err)
	}
	sealed, err := seal.SealTo(recipient, plain)
	if err != nil {
		r.t.Fatal(err)
	}
	r.office.Tell(seal.Address(recipient), sealed)
}

// publish puts a report of somebody else on the board.
func (r *rig) publish(p published) {
	r.t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		r.t.Fatal(err)
	}
	r.board.data = append(r.board.data, data)
}

// walkAll visits an object and everything in it.
func walkAll(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	visit(o)
	for _, child := range tree.Inside(o) {
		walkAll(child, visit)
	}
}
