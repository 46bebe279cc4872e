package kiosk

import (
	"context"
	"errors"
	"slices"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// draftProblem is the key of the note that says why a draft cannot be continued.
func draftProblem(err error) string {
	switch {
	case errors.Is(err, visit.ErrGone):
		return "draft.gone"
	case errors.Is(err, visit.ErrOffline), errors.Is(err, context.DeadlineExceeded):
		return "draft.offline"
	case errors.Is(err, visit.ErrForeign):
		return "draft.foreign"
	case errors.Is(err, visit.ErrNoDrafts):
		return "draft.none"
	case errors.Is(err, seal.ErrKey):
		return "draft.code"
	}
	return "draft.damaged"
}

// resume goes on with a visit that was put away; it gives the key of a note when that does not work.
func (k *Kiosk) resume(saved visit.Saved, err error) (problem string) {
	defer saved.Wipe()
	opts := k.visitOptions()
	var v *visit.Visit
	changed := false
	if err == nil {
		v, changed, err = visit.Continue(k.o.Catalogue.Find, k.o.Desk, opts, saved)
	}
	if err != nil {
		problem = draftProblem(err)
		k.o.Event("resume.failed", "reason", problem)
		return problem
	}
	if k.s.visit != nil {
		k.s.visit.Wipe()
	}
	if lang := v.Lang(); slices.Contains(k.o.Texts.Languages(), lang) {
		k.s.style.Lang = lang
	} else {
		v.SetLang(k.s.style.Lang)
	}
	k.s.visit = v
	k.o.Event("resume", "service", v.Service().ID, "changed", changed)
	k.replace(&resumed{page: saved.Page, changed: changed})
	return ""
}

// resumed says that everything is there again, before anything of it is shown.
type resumed struct {
	page    string
	changed bool // the service is another version now
}

func (*resumed) name() string { return "resumed" }

func (s *resumed) draw(k *Kiosk) page {
	p := page{title: k.say("resume.title")}
	p.body = append(p.body, k.note(look.OK, k.s.visit.Service().Icon, k.s.visit.Service().Title(k.s.style.Lang), k.say("resume.text")))
	if s.changed {
		p.body = append(p.body, k.note(look.Warn, "info-circle", k.say("resume.changed"), k.say("resume.changed.text")))
	}
	p.body = append(p.body, k.iconLine("coin-euro", k.say("resume.today")), k.iconLine("qrcode", k.say("resume.code")))
	p.actions = []action{
		{label: k.say("kiosk.end"), icon: "logout", id: "leave", tap: k.finish},
		{label: k.say("resume.go"), right: "arrow-right", primary: true, id: "next", tap: func() { s.open(k) }},
	}
	return p
}

// open shows the page where the form was left, with those before it on the way back. Where a page is not asked any more, it is the first one on
// which something is missing; where nothing is, the summary.
func (s *resumed) open(k *Kiosk) {
	v := k.s.visit.View()
	at := slices.IndexFunc(v.Pages, func(p form.Page) bool { return p.ID == s.page })
	if at < 0 {
		at = slices.IndexFunc(v.Pages, func(p form.Page) bool { return !p.Done })
	}
	last := at
	if at < 0 {
		last = len(v.Pages) - 1
	}
	for _, pg := range v.Pages[:last+1] {
		k.s.stack = append(k.s.stack, newFormPage(k, pg.ID, false))
	}
	if at < 0 {
		k.s.stack = append(k.s.stack, &summary{})
	}
	k.arrive()
}

// typeCode takes a draft's code that is typed: where no scanner is, or the paper is creased.
type typeCode struct {
	typed    string
	fetching bool
	said     string // key of the note shown
}

func (*typeCode) name() string { return "code" }

// maxTyped is how many signs are taken: a code with more blanks than anybody types.
const maxTyped = 60

func (s *typeCode) draw(k *Kiosk) page {
	p := page{title: k.say("resume.type"), actions: []action{k.goBack()}}
	if s.fetching {
		p.actions = nil
		p.body = append(p.body, k.live(k.say("scan.fetching")))
		return p
	}
	problem := ""
	if s.said == "draft.code" {
		problem = k.say("scan.draft.code")
	}
	p.body = append(p.body, look.Field(k.s.style, look.FieldOpts{Label: k.say("resume.type.label"), Hint: k.say("resume.type.hint"), Problem: problem,
		Text: s.typed, Focused: !k.s.keysShut, ID: "code", Max: maxTyped, Full: k.overfull("code", s.typed, maxTyped),
		Tap:   k.tap(func() { k.s.keysShut = false; k.show() }),
		Typed: func(t string, over bool) { k.touch(); k.s.brim.Note("code", over); s.typed, s.said = t, ""; k.show() }, Enter: func() { s.fetch(k) }}))
	if s.said != "" && problem == "" {
		p.body = append(p.body, k.note(look.Warn, "info-circle", k.say("scan."+s.said), k.say("scan."+s.said+".text")))
	}
	p.typing = &typing{path: "code", keys: form.KeysPlate, max: maxTyped, get: func() string { return s.typed },
		set: func(t string) { s.typed, s.said = t, "" }, enter: func() { s.fetch(k) }}
	p.actions = append(p.actions, action{label: k.say("kiosk.next"), right: "arrow-right", primary: true, id: "next", tap: func() { s.fetch(k) }})
	return p
}

func (s *typeCode) fetch(k *Kiosk) {
	if s.fetching {
		return
	}
	if !visit.IsDraft(s.typed) {
		s.said = "draft.code"
		k.show()
		return
	}
	s.fetching, s.said = true, ""
	code, desk, opts := s.typed, k.o.Desk, k.visitOptions()
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ctx, done := context.WithTimeout(ctx, 3*patience)
		saved, err := visit.Fetch(ctx, desk, code, opts)
		done()
		return func() {
			s.fetching = false
			if k.top() != screen(s) {
				saved.Wipe()
				return
			}
			if s.said = k.resume(saved, err); s.said != "" {
				k.show()
			}
		}
	})
	k.show()
}
