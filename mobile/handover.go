package mobile

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

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
	page := d.page
	a.shelf.do(func(ctx context.Context) {
		ticket, err := d.visit.Pause(ctx, page)
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
	p.body = append(p.body, a.lead(a.say("handover.text")), s.code(a), look.Text(a.style, look.Body, grouped(s.ticket.Text), look.TextOpts{Bold: true, Center: true}))
	if len(s.draft.visit.Files()) > 0 {
		p.body = append(p.body, a.note(look.Warn, "camera", "", a.say("handover.files")))
	}
	if s.ticket.Away {
		p.body = append(p.body, a.note(look.Warn, "cloud-off", "", a.say("handover.away")))
	}
	p.body = append(p.body, look.Remark(a.style, "calendar-event", a.say("handover.until", "day", text.Date(a.style.Lang, s.ticket.Until))), look.Remark(a.style, "lock", a.say("handover.safe")))
	return p
}

// grouped writes a code in two lines of about the same length, so that no group is left alone.
func grouped(code string) string {
	groups := strings.Split(code, "-")
	half := (len(groups) + 1) / 2
	return strings.Join(groups[:half], " ") + "\n" + strings.Join(groups[half:], " ")
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
