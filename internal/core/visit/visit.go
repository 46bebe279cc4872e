// Package visit is one citizen at one device, from the first tap to the wipe: it knows the order in which an application is asked for,
// sealed, held, paid, released and printed, and declares what a Desk must offer for that. It does no I/O of its own.
package visit

import (
	"io"
	"maps"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Options is what a visit needs to know of the device it happens at.
type Options struct {
	Lang       string           // BCP 47, "de"
	Now        func() time.Time // the device's clock: for people to read, nothing is decided by it
	Random     io.Reader        // crypto/rand.Reader, or a seeded source in tests
	Tenant     string           // id of the tenant the service belongs to
	Channel    string           // "terminal", "phone"
	CasePrefix string           // first letters of case numbers: "BO"
	Year       func() int       // the year in case numbers; nil: that of Now. May be called on any goroutine
	// Patience is how long Submit itself asks the terminal about an unclear payment before it gives the question to Recover; 0 means 45 s.
	Patience time.Duration
	// Broken is told, once a visit, of rules of this version of the service that have no value although all they read is there; nil: nobody is.
	Broken func(version string, rules []expr.Place)
}

// Visit is one citizen's way through one service on one device. It lives in memory and forgets on Wipe. Its methods may be called from
// several goroutines; Submit, which waits for people and devices, holds no lock while it waits.
type Visit struct {
	service *service.Service
	desk    Desk
	opts    Options
	session *form.Session // the form as it was shown last; it has a lock of its own

	mu      sync.Mutex
	answers form.Answers
	files   map[string]File // by digest
	day     time.Time       // of the last answer: from then on every figure is shown, agreed and paid as of this day
	lang    string
	receipt *Receipt
	printed int                    // finished parts of the slip
	unclear *service.Data          // what the slip is set from once more when its payment is clear; nil: it was clear
	sent    *service.Data          // what Copy is made of; nil: nothing was sent
	draft   *seal.DraftKey         // the visit lies somewhere as a draft with this key; nil: it does not
	from    map[string]form.Origin // by path: answers that nobody typed here
	wiped   bool
	gone    gone                // the entry that was taken out of a list last
	broken  map[expr.Place]bool // rules that the device was told of
}

// gone is an entry of a list that was taken out, and can be put back.
type gone struct {
	path  string
	entry any
}

// Receipt is what the citizen takes along: nothing of it is stored at the device.
type Receipt struct {
	Case     string
	Title    string
	Amount   money.Cents
	Way      pay.Way
	Payment  string    // id of the card payment; empty when nothing was paid here
	State    pay.State // Approved; Unknown when the payment is not clear yet; empty when nothing was paid here
	Evidence *pay.Evidence
	Secret   string // opens the town hall's answers; only here, on the slip, and nowhere else
	Slip     document.Document
	Online   bool // the town hall could be reached just before; false: it will be delivered later
	Counted  bool // a survey: there is no case, no secret and no slip, nothing leads back to who answered
}

// Begin starts a visit for a service.
func Begin(s *service.Service, d Desk, o Options) *Visit {
	return &Visit{service: s, desk: d, opts: o, session: s.Begin(), lang: o.Lang, answers: form.Answers{}, files: map[string]File{}, day: o.Now(), broken: map[expr.Place]bool{}}
}

// Service is what the visit is about.
func (v *Visit) Service() *service.Service { return v.service }

// Lang is the language the citizen reads.
func (v *Visit) Lang() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.lang
}

// SetLang changes the language; the answers stay.
func (v *Visit) SetLang(lang string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lang = lang
}

// View is how the form looks for the answers given so far.
//
// Fee and rules are those of the day of the last answer. Who reads the summary while the day, and with it perhaps a tariff, changes, pays what
// it says: View, Summary and Submit all count from that day, and the application names it, so that the town hall does too.
func (v *Visit) View() form.View {
	a, s := v.said()
	return v.sourced(v.tell(v.session.View(form.Input{Answers: a, Lang: s.lang, Day: s.day})), s)
}

// Advise tells what the form says about a goal for the answers given so far: nothing is applied for by it.
func (v *Visit) Advise(g form.Goal) form.Advice {
	a, s := v.said()
	return v.service.Advise(g, a, s.lang, s.day)
}

// Fits tells which of the days could be the answer of the date at path: what a calendar shows as free.
func (v *Visit) Fits(path string, days []time.Time) []bool {
	a, s := v.said()
	return v.service.Fits(a, path, days, s.day)
}

// saying is what a visit knows besides the answers.
type saying struct {
	lang  string
	day   time.Time
	wiped bool
	from  map[string]form.Origin
}

// said gives a copy of the answers: Wipe empties the visit's own while another goroutine may still read.
func (v *Visit) said() (form.Answers, saying) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.answers), saying{v.lang, v.day, v.wiped, maps.Clone(v.from)}
}

// Summary is the View of what would be sent: without answers that became hidden, and as the town hall will read them. The fee that it says is
// the fee that Submit asks for.
func (v *Visit) Summary() form.View {
	a, s := v.said()
	return v.tell(v.service.View(v.service.Clean(a, s.day), s.lang, s.day))
}

// Answer sets the answer at path, a JSON pointer; nil takes it back.
func (v *Visit) Answer(path string, value any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wiped {
		return
	}
	if _, _, entry := form.EntryOf(path); entry && value == nil {
		if old, ok := v.answers.Get(path); ok && old != nil {
			v.gone = gone{path, old}
		}
	}
	v.typed(path, value)
	v.answers, v.day = v.answers.With(path, value), v.opts.Now()
}

// Gone is the path of the list that an entry was taken out of last; "" when none can be put back.
func (v *Visit) Gone() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	list, _, _ := form.EntryOf(v.gone.path)
	return list
}

// Undo puts the entry back that was taken out of a list last.
func (v *Visit) Undo() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wiped || v.gone.path == "" {
		return
	}
	v.answers, v.day, v.gone = v.answers.Restore(v.gone.path, v.gone.entry), v.opts.Now(), gone{}
}

// Type sets the answer at path to what somebody typed; what cannot be read stays as typed, and the View says what is wrong with it.
func (v *Visit) Type(path, typed string) {
	v.Answer(path, v.service.Parse(path, typed))
}

// Receipt gives what the last Submit brought, if it brought anything.
func (v *Visit) Receipt() (Receipt, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.receipt == nil {
		return Receipt{}, false
	}
	return *v.receipt, true
}

// Wipe forgets everything the citizen said and got. Afterwards the visit answers nothing and takes nothing.
func (v *Visit) Wipe() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.session.Forget()
	clear(v.answers)
	for _, f := range v.files {
		clear(f.Data)
	}
	clear(v.files)
	if v.unclear != nil {
		clear(v.unclear.Application.Answers)
	}
	if v.sent != nil {
		clear(v.sent.Application.Answers)
	}
	v.answers, v.receipt, v.printed, v.unclear, v.sent, v.gone, v.wiped = form.Answers{}, nil, 0, nil, nil, gone{}, true
	if v.draft != nil {
		clear(v.draft[:])
	}
	clear(v.from)
	v.draft, v.from = nil, nil
}
