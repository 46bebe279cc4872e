// Package mobile is the phone's shell: a resident reports what is broken, dark or dirty, with or without network, and follows what becomes of
// it.
//
// A screen is a function of what the phone knows and the style. What was begun is in the memory a moment after every change, so that a phone
// that switches off loses nothing; what was sent travels by itself.
package mobile

import (
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/content"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/gentle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/townmap"
)

// Report is the service that a report is an application of.
const Report = "maengelmeldung"

// Options is what a phone's shell is built from.
type Options struct {
	Window    fyne.Window
	Catalogue *service.Catalogue
	Texts     *text.Texts // texts/mobile and texts/page
	Desk      visit.Desk  // without devices; its Keeper is the shell's own
	Memory    Memory
	Outbox    Outbox
	Records   Records   // nil: nothing is known of other people's reports
	Pictures  Pictures  // nil where Album is
	Documents Documents // nil where Album is
	Album     fs.FS     // stands for the system's picker in a demo; nil otherwise
	Papers    Papers    // nil: papers of the town hall can only be named
	Style     look.Style

	// Keyboard draws a keyboard of our own: for a demo, whose taps cannot reach the system's.
	Keyboard bool
	// Event gets one line for a demo's event log: a name and pairs of key and value. Never anything a citizen typed. nil: no log.
	Event func(name string, fields ...any)
	Now   func() time.Time // this phone's clock; nil: time.Now
	// Clock tells how far this phone's clock is ahead of the town hall's, 0 while it is right, and whether the town hall's was heard. It may be
	// called on any goroutine; nil: it never is.
	Clock func() (ahead time.Duration, heard bool)
	// Renew offers what the town hall published lately, and tells whether that is anything. It is called when nobody is in the middle of
	// something, takes no time, and may be nil.
	Renew func() bool
	// Broken is told of rules of a service that are broken; see visit.Options. nil: nobody wants to know.
	Broken func(version string, rules []expr.Place)
	Built  int       // the year in which the program was made; 0: not known
	Random io.Reader // nil: crypto/rand
	// Again is how often the shell looks how its reports stand; 0 means every twenty seconds.
	Again time.Duration
}

// App is the shell of one phone. Its methods are called on Fyne's goroutine, unless they say otherwise.
type App struct {
	o       Options
	app     fyne.App
	root    *fyne.Container
	ear     *ear
	ctx     context.Context // ends when the shell does
	style   look.Style
	theme   look.Style
	stack   []screen
	post    func(func())
	queue   *gentle.Queue
	size    fyne.Size
	page    page
	sheet   *scroll.Scroll
	kept    float32 // how far the sheet was scrolled before this drawing
	fresh   bool    // the next drawing begins at the top
	reveal  string  // or where the thing with this id can be seen
	lift    string  // or where the thing with this id is on top
	shelf   shelf
	gallery gallery

	town    *place.Town // map and streets
	atlas   *townmap.Atlas
	drafts  []*draft  // what was begun, newest first
	reports []*report // what was sent, newest first
	near    []published
	loaded  bool
	online  bool
	full    bool        // the memory took nothing more at the last try
	shut    bool        // our own keyboard was put away
	brim    uipage.Brim // the fields in which a letter found no room
}

// New builds the shell and sets it as the window's content. What the memory holds is read in the background; Run keeps looking how the reports
// stand.
func New(a fyne.App, o Options) (*App, error) { return build(a, o, fyne.Do) }

// build is New with another way to the UI goroutine.
func build(a fyne.App, o Options, post func(func())) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Event == nil {
		o.Event = func(string, ...any) {}
	}
	if o.Again == 0 {
		o.Again = 20 * time.Second
	}
	o.Style.Shell = look.Phone
	if o.Style.Scale == 0 {
		o.Style.Scale = 1
	}
	if o.Style.Text == 0 {
		o.Style.Text = 1
	}
	if o.Style.Lang == "" {
		o.Style.Lang = "de"
	}
	t, err := content.Map()
	if err != nil {
		return nil, err
	}
	atlas, err := townmap.NewAtlas(t)
	if err != nil {
		return nil, err
	}
	p := &App{o: o, app: a, ctx: context.Background(), style: o.Style, post: post, town: t, atlas: atlas, online: o.Desk.Town != nil && o.Desk.Town.Online()}
	p.ear = newEar(p)
	p.shelf.memory = o.Memory
	p.root = container.New(whole{p})
	p.queue = gentle.New(p.root, post)
	p.size = o.Window.Canvas().Size()
	p.stack = []screen{&start{}}
	p.listen(o.Window.Canvas())
	o.Window.SetPadded(false)
	o.Window.SetContent(p.root)
	p.show()
	opts := p.options() // as it is before anybody changes the setting
	p.beside(func(ctx context.Context) func() { return p.remember(ctx, opts) })
	return p, nil
}

// Run looks how the reports stand until ctx ends. It may be called on any goroutine.
func (a *App) Run(ctx context.Context) {
	tick := time.NewTicker(a.o.Again)
	defer tick.Stop()
	for {
		a.gently(a.look)
		a.gently(a.renew)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Close waits until everything that was said is in the memory. The shell goes on afterwards, if it is asked to.
func (a *App) Close() {
	for _, d := range a.drafts {
		if d.timer != nil && d.timer.Stop() {
			a.keep(d, true)
		}
	}
	if s, is := a.top().(*reply); is && s.due {
		s.keep(a, true)
	}
	a.shelf.flush()
}

// Screen names the screen shown: "start", "foto", "place" ...
func (a *App) Screen() string { return a.top().name() }

func (a *App) say(key string, args ...any) string {
	return a.o.Texts.Say(a.style.Lang, "m."+key, args...)
}

func (a *App) px(v float32) float32 { return a.style.U(v) }

func (a *App) options() visit.Options {
	t := a.o.Catalogue.Tenant()
	return visit.Options{Lang: a.style.Lang, Now: a.now, Random: a.o.Random, Tenant: t.ID, Channel: "phone", CasePrefix: t.Prefix, Year: a.year, Broken: a.o.Broken}
}

// renew offers what the town hall published lately, unless somebody is in the middle of something.
func (a *App) renew() {
	switch a.top().(type) {
	case *start, *mine:
	default:
		return
	}
	if a.o.Renew != nil && a.o.Renew() {
		a.o.Event("renewed")
		a.show()
	}
}

// service is what a report is an application of.
func (a *App) service() *service.Service {
	s, _ := a.o.Catalogue.Find(Report, "")
	return s
}
