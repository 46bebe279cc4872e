package kiosk

import (
	"context"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// session is everything that belongs to the one citizen at the terminal.
type session struct {
	ctx   context.Context
	end   context.CancelFunc
	style look.Style
	stack []screen
	visit *visit.Visit
	goal  form.Goal // what somebody wants to know without applying; "": nothing, he applies
	kase  *visit.Case
	ends  []pay.Payment // payments whose end became known meanwhile, whoever made them

	moving  int       // money or paper moves: nothing is wiped by idleness meanwhile
	touched time.Time // last sign of life
	patient bool      // asked for more time: Idle.More counts instead of Idle.Warn
	warned  time.Time // since when the idle warning is shown; zero: it is not

	wrong    visit.Card         // put into the card reader, where it has no business
	keysShut bool               // the keyboard was put away by its own key
	silence  context.CancelFunc // ends reading aloud; nil: nobody reads
	brim     uipage.Brim        // the fields in which a letter found no room
}

// screen is one step of the walk. It holds what is only of this screen (which field has the focus), never an answer.
type screen interface {
	name() string
	draw(k *Kiosk) page
}

// Wipe ends the visit: answers, receipt, case, language and text size are forgotten, and the attract screen is shown.
func (k *Kiosk) Wipe() {
	if s := k.s; s != nil {
		s.end()
		if s.visit != nil {
			s.visit.Wipe()
		}
		if s.kase != nil {
			s.kase.Wipe()
		}
		*s = session{ctx: s.ctx, end: s.end} // whoever still holds the old session finds nothing in it
		k.o.Event("wipe")
	}
	ctx, end := context.WithCancel(context.Background())
	k.s = &session{ctx: ctx, end: end, style: k.o.Style, touched: k.o.Now(), stack: []screen{attract{}}}
	k.renew()
	k.stir()
	k.show()
}

// renew offers what the town hall published lately. It is called between two visits only: who is in the middle of one finds everything as it was.
func (k *Kiosk) renew() bool {
	if k.o.Renew == nil || !k.o.Renew() {
		return false
	}
	k.o.Event("renewed")
	return true
}

func (k *Kiosk) top() screen { return k.s.stack[len(k.s.stack)-1] }

// push goes on to a screen.
func (k *Kiosk) push(s screen) {
	k.s.stack = append(k.s.stack, s)
	k.arrive()
}

// pop goes one screen back; the answers stay.
func (k *Kiosk) pop() {
	if n := len(k.s.stack); n > 1 {
		k.s.stack[n-1] = nil
		k.s.stack = k.s.stack[:n-1]
	}
	k.arrive()
}

// replace shows a screen in place of the one on top: there is no way back to that one.
func (k *Kiosk) replace(s screen) {
	k.s.stack[len(k.s.stack)-1] = s
	k.arrive()
}

// home goes back to the start with the same language and text size, the visit before it wiped.
func (k *Kiosk) home() {
	if k.s.visit != nil {
		k.s.visit.Wipe()
	}
	if k.s.kase != nil {
		k.s.kase.Wipe()
	}
	style := k.s.style
	k.s.end()
	*k.s = session{ctx: k.s.ctx, end: k.s.end}
	ctx, end := context.WithCancel(context.Background())
	k.s = &session{ctx: ctx, end: end, style: style, touched: k.o.Now(), stack: []screen{attract{}, &home{}}}
	k.renew()
	k.arrive()
}

// until goes back to the nearest screen for which found says yes.
func (k *Kiosk) until(found func(screen) bool) bool {
	for i := len(k.s.stack) - 1; i >= 0; i-- {
		if found(k.s.stack[i]) {
			clear(k.s.stack[i+1:])
			k.s.stack = k.s.stack[:i+1]
			k.arrive()
			return true
		}
	}
	return false
}

func (k *Kiosk) arrive() {
	k.hush()
	k.s.keysShut = false
	k.o.Event("screen", "name", k.top().name(), "lang", k.s.style.Lang)
	k.fresh = true
	k.stir()
	k.show()
}

// begin starts a visit for a service.
func (k *Kiosk) begin(s *service.Service) {
	if k.s.visit != nil && k.s.visit.Service() != s {
		k.s.visit.Wipe()
		k.s.visit = nil
	}
	k.s.goal = ""
	if k.s.visit == nil {
		k.s.visit = visit.Begin(s, k.o.Desk, k.visitOptions())
		k.o.Event("begin", "service", s.ID, "version", s.Version)
	}
}

// beside runs work on a goroutine of its own; the function it returns runs on the UI goroutine, unless the citizen is gone by then. This
// is the one way by which anything comes back to the screen.
func (k *Kiosk) beside(work func(ctx context.Context, ui func(func())) func()) {
	s := k.s
	ctx := s.ctx
	ui := func(f func()) {
		k.gently(func() {
			if k.s == s && f != nil {
				f()
			}
		})
	}
	go func() { ui(work(ctx, ui)) }()
}

func (k *Kiosk) setLang(lang string) {
	k.s.style.Lang = lang
	if k.s.visit != nil {
		k.s.visit.SetLang(lang)
	}
	k.o.Event("lang", "lang", lang)
	k.show()
}
