package mobile

import (
	"context"
	"errors"
	"slices"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// fieldCode is where a code is typed.
const fieldCode = "/code"

// longestCode is how many signs are taken: a code with more blanks than anybody types.
const longestCode = 60

// fetchTime is how long the town hall may take to give a draft.
const fetchTime = 30 * time.Second

// pickup takes the code of what was begun at a terminal: photographed, or typed.
type pickup struct {
	typed   string
	focused bool
	busy    bool
	problem string // key of the note shown
}

func (*pickup) name() string { return "pickup" }

func (s *pickup) draw(a *App) page {
	p := page{title: a.say("pickup.title")}
	if s.busy {
		p.body = append(p.body, a.note(look.Info, "refresh", a.say("pickup.busy"), ""))
		return p
	}
	if s.problem != "" && s.problem != "pickup.code" {
		p.body = append(p.body, a.note(look.Warn, "", a.say(s.problem), a.say(s.problem+".text")))
	}
	p.body = append(p.body, a.lead(a.say("pickup.text")),
		look.Button(a.style, look.ButtonOpts{Label: a.say("pickup.photo"), Icon: "camera", Primary: s.typed == "", ID: "photo", Tap: func() { s.photograph(a) }}))
	problem := ""
	if s.problem == "pickup.code" {
		problem = a.say(s.problem)
	}
	p.body = append(p.body, look.Field(a.style, look.FieldOpts{Label: a.say("pickup.label"), Hint: a.say("pickup.hint.code"), Problem: problem, Text: s.typed, Focused: s.focused, ID: fieldCode, Max: longestCode, Full: a.overfull(fieldCode, s.typed, longestCode),
		Tap:   func() { s.focused = true; a.show() },
		Typed: func(t string, over bool) { a.brim.Note(fieldCode, over); s.typed, s.problem = t, ""; a.show() },
		Enter: func() { s.focused = false; s.fetch(a, s.typed) }}))
	if s.focused {
		p.typing = &typing{path: fieldCode, keys: form.KeysPlate, max: longestCode, get: func() string { return s.typed }, set: func(t string) { s.typed, s.problem = t, "" },
			enter: func() { s.focused = false; s.fetch(a, s.typed) }}
	}
	if s.typed != "" {
		p.foot = []look.ButtonOpts{{Label: a.say("pickup.go"), IconRight: look.Arrow(a.style, true), Primary: true, ID: "go", Tap: func() { s.fetch(a, s.typed) }}}
	}
	return p
}

func (s *pickup) rest() { s.focused = false }

func (s *pickup) back(a *App) bool {
	if s.focused {
		s.focused = false
		a.show()
		return true
	}
	return s.busy
}

// photograph lets somebody take or choose a photo of the code.
func (s *pickup) photograph(a *App) {
	s.focused = false
	a.o.Event("pick")
	if a.o.Album != nil {
		a.push(&album{pick: func(_ string, data []byte, err error) { s.photographed(a, data, err) }})
		return
	}
	if a.o.Pictures == nil {
		return
	}
	a.o.Pictures.Pick(func(data []byte, err error) {
		a.gently(func() {
			if data != nil || err != nil {
				s.photographed(a, data, err)
			}
		})
	})
}

// photographed looks for the code in a photo, which is its own from now on: it is cleared.
func (s *pickup) photographed(a *App, data []byte, err error) {
	if err != nil {
		s.problem = "pickup.unread"
		a.show()
		return
	}
	s.busy, s.problem = true, ""
	a.show()
	a.beside(func(context.Context) func() {
		text := readCode(data)
		clear(data)
		return func() {
			s.busy = false
			if text == "" {
				s.problem = "pickup.unread"
				a.o.Event("code", "found", false)
				a.refresh(s)
				return
			}
			s.fetch(a, text)
		}
	})
}

// fetch opens the draft whose code this is.
func (s *pickup) fetch(a *App, code string) {
	if s.busy {
		return
	}
	if !visit.IsDraft(code) {
		s.problem = "pickup.code"
		if _, slip := visit.Secret(code); slip {
			s.problem = "pickup.slip"
		} else if s.typed == "" { // it was a photo of some other code
			s.problem = "pickup.unread"
		}
		a.show()
		return
	}
	if i := slices.IndexFunc(a.drafts, func(d *draft) bool { return d.visit.LiesAt(code) }); i >= 0 { // it is here already
		a.replace(&begun{draft: a.drafts[i]})
		return
	}
	s.busy, s.problem = true, ""
	opts := a.options()
	a.beside(func(ctx context.Context) func() {
		ctx, stop := context.WithTimeout(ctx, fetchTime)
		defer stop()
		saved, err := visit.Fetch(ctx, a.o.Desk, code, opts)
		return func() {
			s.busy = false
			if err == nil && a.top() == screen(s) {
				err = s.picked(a, saved)
			}
			saved.Wipe()
			if err != nil {
				s.problem = pickupProblem(err)
				a.o.Event("pickup.failed", "why", s.problem)
				a.refresh(s)
			}
		}
	})
	a.show()
}

// picked makes a draft of this phone of what was fetched, and shows it.
func (s *pickup) picked(a *App, saved visit.Saved) error {
	d := &draft{id: a.newID(), begun: a.now(), page: saved.Page, stored: map[string]bool{}, keeper: &keeper{out: a.o.Outbox}}
	v, changed, err := visit.Continue(a.o.Catalogue.Find, a.deskOf(d), a.options(), saved)
	if err != nil {
		return err
	}
	v.SetLang(a.style.Lang)
	d.visit, d.changed = v, changed
	a.drafts = slices.Insert(a.drafts, 0, d)
	a.keep(d, true)
	a.o.Event("pickup", "service", v.Service().ID, "changed", changed)
	a.stack = a.stack[:len(a.stack)-1]
	a.goOn(d)
	return nil
}

func pickupProblem(err error) string {
	switch {
	case errors.Is(err, visit.ErrGone):
		return "pickup.gone"
	case errors.Is(err, visit.ErrOffline), errors.Is(err, context.DeadlineExceeded), errors.Is(err, visit.ErrNoDrafts):
		return "pickup.offline"
	case errors.Is(err, visit.ErrForeign):
		return "pickup.foreign"
	case errors.Is(err, seal.ErrKey):
		return "pickup.code"
	}
	return "pickup.damaged"
}
