package mobile

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
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
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit/visittest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
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
	wrote    func()    // told after every change
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
	defer m.wrote()
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

// deliver lets everything that waits arrive; at is when, zero: nobody knows.
func (m *memory) deliver(at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.arrived = at
	for id := range m.standing {
		m.standing[id] = Arrived
	}
}

// refuse lets nothing arrive that waits.
func (m *memory) refuse() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.standing {
		m.standing[id] = Refused
	}
}

// fill says whether there is no room.
func (m *memory) fill(full bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.full = full
}

// sends tells how many envelopes were sent.
func (m *memory) sends() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sent)
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
	*screentest.Screen
	a      *App
	clock  time.Time
	memory *memory
	office *visittest.Office
	key    seal.Private
	board  *board
	album  fstest.MapFS
	drafts visit.Drafts    // nil: nothing can be continued
	made   map[string]made // photos of the album, prepared once
	style  look.Style
	keys   bool
	saved  savings
	mu     sync.Mutex
	events []string          // names alone
	log    []screentest.Line // with all they tell
	fyne   fyne.App
}

var words = sync.OnceValues(content.Texts)

var shared = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(assets.FS, "stadt") })

var oneKey = sync.OnceValues(seal.Generate)

func newRig(t testing.TB, size fyne.Size) *rig {
	t.Helper()
	key, err := oneKey()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: time.Date(2026, 11, 24, 10, 24, 0, 0, time.UTC), memory: &memory{standing: map[string]Standing{}}, office: visittest.NewOffice(key), key: key,
		board: &board{}, album: pictures(), made: map[string]made{}, style: look.Style{Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}}
	r.Screen = &screentest.Screen{T: t, Name: func() string { return r.a.Screen() }, Sheet: func() *scroll.Scroll { return r.a.sheet }}
	r.fyne = test.NewTempApp(t)
	r.fyne.Settings().SetTheme(look.Theme(r.style))
	r.W = test.NewTempWindow(t, nil)
	r.W.SetPadded(false)
	r.W.Resize(size)
	r.start()
	mayTell.Watch(t, func() *service.Catalogue { return r.a.o.Catalogue }, r.lines)
	return r
}

// lines is the event log so far, over all starts.
func (r *rig) lines() []screentest.Line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
}

// start begins the program, as after a kill: only the memory is as it was.
func (r *rig) start() {
	r.T.Helper()
	catalogue, err := shared()
	if err != nil {
		r.T.Fatal(err)
	}
	texts, err := words()
	if err != nil {
		r.T.Fatal(err)
	}
	ui := make(chan func(), 1000)
	r.UI = ui
	r.memory.wrote = func() { ui <- func() {} }
	a, err := build(r.fyne, Options{Window: r.W, Catalogue: catalogue, Texts: texts, Style: r.style, Memory: r.memory, Outbox: r.memory, Records: r.board, Album: r.album, Papers: &r.saved, Keyboard: r.keys,
		Desk: visit.Desk{Journal: visittest.NewJournal(), Sealer: r.office, Town: r.office, Drafts: r.drafts},
		Event: func(name string, fields ...any) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events, r.log = append(r.events, name), append(r.log, screentest.Line{Name: name, Fields: fields})
		},
		Now: func() time.Time { return r.clock }, Random: rand.Reader}, func(f func()) { ui <- f })
	if err != nil {
		r.T.Fatal(err)
	}
	r.a = a
	r.Wait("the memory", func() bool { return r.a.loaded })
}

// calm waits until nothing is written any more and nothing wants to be drawn.
func (r *rig) calm() {
	r.T.Helper()
	r.a.shelf.flush()
	for {
		select {
		case f := <-r.UI:
			f()
		default:
			return
		}
	}
}

// savings is a place to save papers at.
type savings struct {
	files map[string][]byte
	err   error
}

func (s *savings) Save(name string, data []byte, done func(bool, error)) {
	if s.err == nil {
		s.files = map[string][]byte{name: bytes.Clone(data)}
	}
	done(s.err == nil, s.err)
}

// types writes by a hardware keyboard, or by the phone's own: both come to what has the focus.
func (r *rig) types(s string) {
	r.T.Helper()
	f := r.W.Canvas().Focused()
	if f == nil {
		r.T.Fatalf("nothing takes what is typed on screen %q", r.a.Screen())
	}
	for _, c := range s {
		f.TypedRune(c)
	}
}

// photo chooses a picture, as on the start page or later.
func (r *rig) photo(button, file string) {
	r.T.Helper()
	r.Tap(button, "file."+file)
	r.WaitScreen("foto")
	r.Wait("the photo", func() bool {
		f, ok := r.a.top().(*foto)
		return ok && f.busy == 0 && (f.problem != "" || len(f.draft.visit.Files()) > 0)
	})
}

// opened is what the town hall reads of what was sent.
func (r *rig) opened() []service.Application {
	r.T.Helper()
	var all []service.Application
	for _, e := range r.memory.sent {
		plain, err := r.office.Open(e)
		if err != nil {
			r.T.Fatal(err)
		}
		var app service.Application
		if err := json.Unmarshal(plain, &app); err != nil {
			r.T.Fatal(err)
		}
		all = append(all, app)
	}
	return all
}

// tell is what the town hall answers to a report.
func (r *rig) tell(recipient string, a service.Answer) {
	r.T.Helper()
	plain, err := json.Marshal(a)
	if err != nil {
		r.T.Fatal(err)
	}
	sealed, err := seal.SealTo(recipient, plain)
	if err != nil {
		r.T.Fatal(err)
	}
	r.office.Tell(seal.Address(recipient), sealed)
}

// publish puts a report of somebody else on the board.
func (r *rig) publish(p published) {
	r.T.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		r.T.Fatal(err)
	}
	r.board.data = append(r.board.data, data)
}
