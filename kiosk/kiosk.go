// Package kiosk is the terminal's shell: the attract screen, the screens of a visit, the keyboard, the idle warning and the wipe.
//
// A screen is a function of the session and the style. What one citizen brings along (answers, language, text size, the screens walked
// through) is one session value; a wipe throws it away as a whole and begins a new one.
package kiosk

import (
	"context"
	"crypto/rand"
	"io"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/gentle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/keys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
)

// Options is what a terminal's shell is built from.
type Options struct {
	Window    fyne.Window        // drawn into; its size decides between portrait and landscape
	Catalogue *service.Catalogue // of this terminal's tenant
	Texts     *text.Texts        // texts/kiosk and texts/page
	Desk      visit.Desk
	Style     look.Style // as a new citizen finds it: tenant's accent, scale, no enlargement
	Idle      Idle
	Status    Status // nil: always online
	// Faults gives the devices of the desk that do not work just now. nil: nobody looks after them, and each is found out when it is needed.
	Faults func() []visit.Fault
	// Records is what the town hall has published. nil: nothing is known of it.
	Records Records
	// Clock tells how far this terminal's clock is ahead of the town hall's, and whether the town hall's was heard. It may be called on any
	// goroutine. nil: both are the same.
	Clock func() (ahead time.Duration, heard bool)

	// Speak reads a text aloud and returns when it is done or ctx ended. nil: "Vorlesen" is not drawn.
	Speak func(ctx context.Context, lang, text string) error
	// Event gets one line for the event log: a name and pairs of key and value. Never anything a citizen typed, never a case's number; an error
	// only for a log that keeps its words back. nil: no log.
	Event func(name string, fields ...any)
	// Streets gives what somebody could mean who types the name of a street, best first. nil: nothing is offered.
	Streets func(typed string) []string
	// Board gives what the attract screen tells in turn. nil: nothing.
	Board func(lang string) []Notice

	// Wake wakes the program from the sleep that Rest allows, because there is something to be done on Fyne's goroutine. It may be called from
	// any goroutine. nil: it never sleeps.
	Wake func()
	// Quiet is told twice when nothing happens: after a few seconds, and after half a minute, when nothing moves any more. nil: nobody wants to
	// know. It must not take long.
	Quiet func()
	// Repaint draws the window once more, as it is, so that Fyne forgets what it drew for former pages. What is drawn from then on is kept for so
	// long after it was shown last, until Stir. It is called when nothing happens; nil: nothing is forgotten then.
	Repaint func(keep time.Duration)
	// Stir is told that somebody touches the screen again, after Quiet or Repaint and at first: what is past may go soon. nil: nobody wants to know.
	Stir func()

	// Renew offers what the town hall published lately, and tells whether that is anything. It is called when nobody is in the middle of
	// something, takes no time, and may be nil.
	Renew func() bool
	// Broken is told of rules of a service that are broken; see visit.Options. nil: nobody wants to know.
	Broken func(version string, rules []expr.Place)

	Post     func(func())     // runs a function on the UI goroutine, from any other; nil: fyne.Do
	Place    string           // where this terminal stands, for the help page
	Now      func() time.Time // nil: time.Now
	Random   io.Reader        // nil: crypto/rand
	Patience time.Duration    // see visit.Options
	Again    time.Duration    // how often payments whose end is not known are asked about; default one minute
}

// Idle says how long nobody has to touch anything before something happens. Zero values take the defaults.
type Idle struct {
	Warn time.Duration // until the warning; default 60 s
	Wipe time.Duration // from the warning to the wipe; default 30 s
	More time.Duration // what "I need more time" gives; default 5 min
}

// Status is what the shell wants to know of the device beneath it.
type Status interface {
	Online() bool // the last exchange with the town hall went well
}

// Notice is one line of the attract screen's board.
type Notice struct{ Icon, Text string }

// Kiosk is the shell of one terminal. Its methods are called on Fyne's goroutine.
type Kiosk struct {
	o      Options
	app    fyne.App
	root   *fyne.Container
	back   *ground
	s      *session
	post   func(func()) // runs a function on the UI goroutine
	queue  *gentle.Queue
	size   fyne.Size
	online bool
	faults []visit.Fault // as last told
	beat   int           // seconds counted by Tick, turns the board's pages
	theme  look.Style
	page   page           // as drawn
	sheet  *scroll.Scroll // what scrolls on it
	kept   float32        // how far it was scrolled before this drawing
	seen   float32        // how far when last looked: a finger that scrolls is a sign of life
	board  *board
	faces  keys.Faces // what keyboards look like at rest
	still  time.Time  // since when nothing happens: nobody touched anything, and no other screen came
	quiet  int        // how many steps of calm were done since then
	rested time.Time  // when what is shown was last drawn to be kept
	awake  bool       // Stir was told, and nothing of calm done since

	fresh  bool   // the next drawing begins at the top
	toEnd  bool   // or at the end
	reveal string // or where the thing with this id can be seen
	lift   string // or where the thing with this id is on top, because what is below it matters
}

// New builds the shell and sets it as the window's content. Run keeps its clock going.
func New(a fyne.App, o Options) *Kiosk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Event == nil {
		o.Event = func(string, ...any) {}
	}
	if o.Idle.Warn == 0 {
		o.Idle.Warn = time.Minute
	}
	if o.Idle.Wipe == 0 {
		o.Idle.Wipe = 30 * time.Second
	}
	if o.Idle.More == 0 {
		o.Idle.More = 5 * time.Minute
	}
	if o.Again == 0 {
		o.Again = time.Minute
	}
	if o.Style.Scale == 0 {
		o.Style.Scale = 1
	}
	if o.Style.Text == 0 {
		o.Style.Text = 1
	}
	if o.Style.Lang == "" {
		o.Style.Lang = "de"
	}
	if o.Post == nil {
		o.Post = fyne.Do
	}
	k := &Kiosk{o: o, app: a, post: o.Post, online: true}
	if o.Wake != nil {
		k.post = func(f func()) { o.Post(f); o.Wake() }
	}
	k.back = newGround(func() { k.touch() })
	k.root = container.New(whole{k})
	k.queue = gentle.New(k.root, func(f func()) { k.post(f) })
	k.size = o.Window.Canvas().Size()
	k.listen(o.Window.Canvas())
	o.Window.SetPadded(false)
	o.Window.SetContent(k.root)
	k.Wipe()
	return k
}

// Run keeps the shell's clock until ctx ends: idle warning, board, state of the line. Once a minute (Options.Again) it clears up payments whose end was
// not known, as long as there are any.
func (k *Kiosk) Run(ctx context.Context) {
	var ears sync.WaitGroup
	defer ears.Wait()
	if k.o.Desk.Cards != nil {
		ears.Go(func() { k.hearCards(ctx) })
	}
	if k.o.Desk.Sensor != nil {
		ears.Go(func() { k.hearSensor(ctx) })
	}
	every := max(int(k.o.Again/time.Second), 1)
	recovering := make(chan struct{}, 1)
	for n := 0; ; n++ {
		if n%every == 0 {
			select {
			case recovering <- struct{}{}:
				go func() {
					defer func() { <-recovering }()
					if open, err := visit.Recover(ctx, k.o.Desk, k.o.Now, func(p pay.Payment) { k.gently(func() { k.ended(p) }) }); err != nil || open > 0 {
						k.o.Event("recover", "open", open, "err", err)
					}
				}()
			default:
			}
		}
		second := time.NewTimer(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // when the devices are looked at, too: one waking for all
		select {
		case <-ctx.Done():
			second.Stop()
			return
		case <-second.C:
			k.gently(k.Tick)
		}
	}
}

// Lang is the language on the screen.
func (k *Kiosk) Lang() string { return k.s.style.Lang }

// DrawLean draws everything lean from now on; see look.Style. It is called on Fyne's goroutine.
func (k *Kiosk) DrawLean() {
	k.o.Style.Lean, k.s.style.Lean = true, true
	k.show()
}

// Screen names the screen shown: "attract", "home", "form" ...
func (k *Kiosk) Screen() string { return k.top().name() }

func (k *Kiosk) say(key string, args ...any) string {
	return k.o.Texts.Say(k.s.style.Lang, key, args...)
}

// subject is the service that the page is about: the visit's, or the case's that was read from a slip; nil: none, or one that is not offered
// here.
func (k *Kiosk) subject() *service.Service {
	switch {
	case k.s.visit != nil:
		return k.s.visit.Service()
	case k.s.kase != nil:
		s, _ := k.o.Catalogue.Find(k.s.kase.Answer().Service, "")
		return s
	}
	return nil
}

// word is what say says, in words that fit the page's service: its own (screen.KEY among its texts), or those of its kind (KEY.KIND).
func (k *Kiosk) word(key string, args ...any) string {
	if s := k.subject(); s != nil {
		lang := k.s.style.Lang
		switch kind := key + "." + s.Kind; {
		case s.Knows(lang, "screen."+key):
			return s.Say(lang, "screen."+key, args...)
		case k.o.Texts.Knows(lang, kind):
			return k.say(kind, args...)
		}
	}
	return k.say(key, args...)
}

func (k *Kiosk) px(v float32) float32 { return v * k.s.style.Scale }

func (k *Kiosk) landscape() bool { return k.size.Width > k.size.Height }

func (k *Kiosk) visitOptions() visit.Options {
	return visit.Options{
		Lang: k.s.style.Lang, Now: k.o.Now, Random: k.o.Random,
		Tenant: k.o.Catalogue.Tenant().ID, Channel: "terminal", CasePrefix: k.o.Catalogue.Tenant().Prefix, Patience: k.o.Patience, Broken: k.o.Broken,
	}
}
