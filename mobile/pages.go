package mobile

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
)

// reports tells whether a draft is a report, which has screens of its own.
func (d *draft) reports() bool { return d.visit.Service().ID == Report }

// open goes on with a draft: a report with its photos, everything else page by page, where it was left.
func (a *App) open(d *draft) {
	if d.reports() {
		a.push(&foto{draft: d})
		return
	}
	v := d.visit.View()
	at := slices.IndexFunc(v.Pages, func(p form.Page) bool { return p.ID == d.page })
	if at < 0 {
		at = slices.IndexFunc(v.Pages, func(p form.Page) bool { return !p.Done })
	}
	if at < 0 {
		a.push(&review{draft: d})
		return
	}
	for _, p := range v.Pages[:at] { // the way back leads through what was said
		a.stack = append(a.stack, &pages{draft: d, id: p.ID})
	}
	a.push(&pages{draft: d, id: v.Pages[at].ID})
}

// pages asks one page of a form that was begun at a terminal.
type pages struct {
	draft *draft
	id    string
	focus string
	shown map[string]bool // fields whose problem may be told
	amend bool            // came from the review and goes back to it
}

func (*pages) name() string { return "pages" }

func (s *pages) find() (form.View, int) {
	v := s.draft.visit.View()
	return v, slices.IndexFunc(v.Pages, func(p form.Page) bool { return p.ID == s.id })
}

func (s *pages) draw(a *App) page {
	v, i := s.find()
	p := page{title: s.draft.visit.Service().Title(a.style.Lang), gap: 20}
	if i < 0 { // another answer made this page needless
		p.body = append(p.body, a.note(look.Info, "info-circle", a.say("apply.open"), ""))
		return p
	}
	p.step = &step{i + 1, len(v.Pages) + 1, v.Pages[i].Title}
	if s.draft.changed {
		p.body = append(p.body, a.note(look.Warn, "info-circle", "", a.say("pickup.changed")))
	}
	p.body = append(p.body, a.heading(look.TitleM, v.Pages[i].Title), uipage.Draw(a.style, a.o.Texts, v, i, s.events(a), s.shown, s.focus))
	for _, f := range v.Pages[i].Inputs() {
		if f.Path == s.focus && f.Keys != form.KeysNone {
			p.typing = s.typing(a, f)
		}
	}
	p.foot = []look.ButtonOpts{{Label: a.say("apply.next"), IconRight: look.Arrow(a.style, true), Primary: true, ID: "next", Tap: func() { s.next(a) }}}
	return p
}

func (s *pages) events(a *App) uipage.Events {
	d := s.draft
	return uipage.Events{
		Own: func(f form.Field) fyne.CanvasObject {
			if f.Kind == form.Photos { // they did not travel, and here is no page for them
				return look.Space(0)
			}
			return nil
		},
		Answer: func(path string, v any) {
			s.leave(path)
			d.visit.Answer(path, v)
			a.keep(d, true)
			a.show()
		},
		Typed: func(path, text string) {
			d.visit.Type(path, text)
			a.keep(d, false)
			a.show()
		},
		Focus: func(path string) {
			s.leave(path)
			s.focus = path
			a.show()
		},
	}
}

func (s *pages) typing(a *App, f form.Field) *typing {
	t := &typing{path: f.Path, keys: f.Keys, max: f.Max,
		get: func() string {
			if v, i := s.find(); i >= 0 {
				for _, x := range v.Pages[i].Inputs() {
					if x.Path == f.Path {
						return x.Text
					}
				}
			}
			return ""
		},
		set: func(text string) { s.draft.visit.Type(f.Path, text); a.keep(s.draft, false) }}
	if f.Kind != form.LongText {
		t.enter = func() { s.rest(); a.show() }
	}
	return t
}

// leave lets the problem of the field that was left be told.
func (s *pages) leave(to string) {
	if s.focus != "" && s.focus != to {
		s.tell(s.focus)
		s.focus = ""
	}
}

func (s *pages) tell(path string) {
	if s.shown == nil {
		s.shown = map[string]bool{}
	}
	s.shown[path] = true
}

func (s *pages) rest() { s.leave("") }

func (s *pages) back(a *App) bool {
	typed := s.focus != ""
	s.leave("")
	a.keep(s.draft, true)
	if typed {
		a.show()
	}
	return typed
}

func (s *pages) next(a *App) {
	s.leave("")
	v, i := s.find()
	if i < 0 {
		a.Back()
		return
	}
	for _, f := range v.Pages[i].Inputs() {
		if !f.Missing && f.Problem == "" {
			continue
		}
		s.tell(f.Path)
		if a.reveal == "" {
			if a.reveal = f.Path; len(f.Options) > 0 {
				a.reveal += "=0"
			}
		}
	}
	if a.reveal != "" {
		a.show()
		return
	}
	s.draft.changed = false
	if s.amend && a.until(func(x screen) bool { r, is := x.(*review); return is && r.draft == s.draft }) {
		return
	}
	if i+1 < len(v.Pages) {
		s.draft.page = v.Pages[i+1].ID
		a.keep(s.draft, true)
		a.push(&pages{draft: s.draft, id: s.draft.page})
		return
	}
	s.draft.page = ""
	a.keep(s.draft, true)
	a.push(&review{draft: s.draft})
}

// review shows everything before it is sent. What costs something is paid at a terminal: there it goes on with a code.
type review struct {
	draft   *draft
	busy    bool
	problem string // key: why nothing was sent
}

func (*review) name() string { return "review" }

func (s *review) draw(a *App) page {
	d := s.draft
	p := page{title: a.say("apply.summary"), problem: s.problem, gap: 18}
	if s.busy {
		p.body = append(p.body, a.note(look.Info, "send", a.say("apply.busy"), ""))
		return p
	}
	v, sent := d.visit.View(), d.visit.Summary()
	if s.problem != "" {
		p.body = append(p.body, a.note(look.Error, "", a.say(s.problem), a.say(s.problem+".text")))
	}
	p.body = append(p.body, a.heading(look.TitleS, d.visit.Service().Title(a.style.Lang)))
	p.body = append(p.body, uipage.Summary(a.style, a.o.Texts, sent, func(i int) {
		if i >= 0 && i < len(sent.Pages) {
			a.push(&pages{draft: d, id: sent.Pages[i].ID, amend: true})
		}
	}))
	costs := v.Fee != nil && v.Fee.Amount > 0
	switch {
	case v.Eligible != nil && !v.Eligible.OK:
		for _, r := range v.Eligible.Reasons {
			p.body = append(p.body, a.note(look.Warn, "info-circle", a.say("apply.not"), r.Text))
		}
		return p
	case !v.Complete:
		p.body = append(p.body, a.note(look.Warn, "alert-circle", "", a.say("apply.open")))
		if i := slices.IndexFunc(v.Pages, func(p form.Page) bool { return !p.Done }); i >= 0 {
			p.foot = []look.ButtonOpts{{Label: a.say("apply.next"), IconRight: look.Arrow(a.style, true), Primary: true, ID: "next", Tap: func() { a.push(&pages{draft: d, id: v.Pages[i].ID, amend: true}) }}}
		}
		return p
	case costs:
		p.body = append(p.body, a.note(look.Info, "coin-euro", a.say("apply.pay")+": "+v.Fee.Amount.Format(a.style.Lang), a.say("apply.pay.text")))
	default:
		p.body = append(p.body, look.Remark(a.style, "check", a.say("apply.free")))
	}
	code := look.ButtonOpts{Label: a.say("apply.code"), Icon: "qrcode", Primary: costs, ID: "handover", Tap: func() { a.push(&handover{draft: d}) }}
	if !costs {
		p.foot = append(p.foot, look.ButtonOpts{Label: a.say("apply.send"), Icon: "send", Primary: true, ID: "send", Tap: func() { s.send(a) }})
	}
	if a.o.Desk.Drafts != nil {
		p.foot = append(p.foot, code)
	}
	return p
}

// send seals the application and puts it on its way, as a report.
func (s *review) send(a *App) {
	d := s.draft
	s.busy, s.problem = true, ""
	a.show()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.dropped.Store(true) // what is sent must not be written as a draft once more
	note := reportData{Title: d.visit.Service().Title(a.style.Lang), Service: d.visit.Service().ID}
	refs := a.leftovers(d)
	a.shelf.do(func(ctx context.Context) {
		d.keeper.prepare(note, refs)
		_, err := d.visit.Submit(ctx, pay.Free, nil)
		kept := d.keeper.last()
		a.gently(func() {
			s.busy = false
			if kept == nil {
				d.dropped.Store(false)
				s.problem = sendProblem(err)
				a.o.Event("refused", "why", s.problem)
				a.keep(d, true)
				a.refresh(s)
				return
			}
			a.o.Event("sent", "kind", "application")
			a.sent(d, *kept)
		})
	})
}

// back keeps what was said.
func (s *review) back(a *App) bool {
	a.keep(s.draft, true)
	return s.busy
}

// handover shows the code by which a draft is continued at a terminal.
type handover struct {
	draft   *draft
	begun   bool
	ticket  visit.Ticket
	problem bool
}

func (*handover) name() string { return "handover" }

func (s *handover) begin(a *App) {
	s.begun, s.problem = true, false
	d := s.draft
	a.shelf.do(func(ctx context.Context) {
		ticket, err := d.visit.Pause(ctx, d.page)
		a.gently(func() {
			s.ticket, s.problem = ticket, err != nil
			a.o.Event("handover", "ok", err == nil)
			a.keep(d, true)
			a.refresh(s)
		})
	})
}

func (s *handover) draw(a *App) page {
	if !s.begun {
		s.begin(a)
	}
	p := page{title: a.say("handover.title"), gap: 18}
	switch {
	case s.problem:
		p.body = append(p.body, a.note(look.Error, "", a.say("handover.failed"), a.say("handover.failed.text")))
		p.foot = []look.ButtonOpts{{Label: a.say("handover.title"), Icon: "refresh", Primary: true, ID: "again", Tap: func() { s.begin(a); a.show() }}}
		return p
	case s.ticket.Code == "":
		p.body = append(p.body, a.note(look.Info, "lock", a.say("pickup.busy"), ""))
		return p
	}
	p.body = append(p.body, a.lead(a.say("handover.text")), s.code(a), look.Text(a.style, look.Body, strings.ReplaceAll(s.ticket.Text, "-", " "), look.TextOpts{Bold: true, Center: true}))
	if s.ticket.Away {
		p.body = append(p.body, a.note(look.Warn, "cloud-off", "", a.say("handover.away")))
	}
	p.body = append(p.body, look.Remark(a.style, "calendar-event", a.say("handover.until", "day", text.Date(a.style.Lang, s.ticket.Until))), look.Remark(a.style, "lock", a.say("handover.safe")))
	return p
}

// code is the QR code, as large as the screen is wide.
func (s *handover) code(a *App) fyne.CanvasObject {
	modules, err := qr.Matrix(s.ticket.Code, qr.Medium)
	if err != nil {
		return a.small(a.say("handover.code"))
	}
	side := min(a.size.Width-2*a.style.Margin(), a.size.Height*0.5)
	code := look.QR(a.style, modules, side/a.px(1), a.say("handover.code"))
	return look.NewScene(side, look.Fixed(side), func(room fyne.Size) []fyne.CanvasObject {
		return []fyne.CanvasObject{look.At(code, (room.Width-side)/2, 0, side, side)}
	})
}

// goOn opens the draft in place of the page that tells of it.
func (s *begun) goOn(a *App) {
	a.stack = a.stack[:len(a.stack)-1]
	a.open(s.draft)
}
