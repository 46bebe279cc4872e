package mobile

import (
	"errors"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// detail is one report: how far it is, and what the town hall says.
type detail struct {
	report *report
	busy   bool
	said   string // key of a sentence about what went wrong last
	saved  string // title of the paper that was saved last
}

func (*detail) name() string { return "detail" }

// openDetail shows a report; what the town hall said counts as read.
func (a *App) openDetail(r *report) {
	s := &detail{report: r}
	if r.Answer != nil && r.unread() {
		r.Read = r.Answer.At
		a.store(r)
	}
	a.push(s)
	if a.online && r.standing == Arrived {
		s.fetch(a)
	}
}

func (s *detail) fetch(a *App) {
	s.busy, s.said = true, ""
	a.show()
	a.fetch(s.report, func(err error) {
		s.busy = false
		r := s.report
		switch {
		case err == nil:
			if a.top() == screen(s) && r.unread() {
				r.Read = r.Answer.At
				a.store(r)
			}
		case errors.Is(err, visit.ErrNothing):
		default:
			s.said = "detail.offline"
		}
	})
}

func (s *detail) draw(a *App) page {
	r := s.report
	st := a.style
	p := page{title: r.Title, gap: 18}
	kind, sign, word := a.stateOf(r)
	if len(r.Thumb) > 0 {
		name := a.say("detail.photo")
		if r.Support {
			name = a.say("nearby.photo")
		}
		p.body = append(p.body, a.photoView(digestOf(r.Thumb), r.Thumb, min(a.px(180), a.size.Height*0.25), name))
	}
	if r.Place != "" {
		p.body = append(p.body, a.signed("map-pin", r.Place, ""))
	}
	p.body = append(p.body, look.Badge(st, kind, sign, word))
	if r.stage() == "stuck" {
		p.body = append(p.body, a.note(look.Error, "", a.word(r, "detail.stuck"), a.say("detail.stuck.text")))
	}
	p.body = append(p.body, s.answer(a)...)
	if r.Case != "" {
		p.body = append(p.body, a.number(r))
	}
	p.body = append(p.body, a.way(r))
	p.body = append(p.body, a.clockNote()...)
	if r.Support {
		p.body = append(p.body, look.Remark(st, "users-group", a.say("detail.support")))
	}
	switch {
	case s.busy:
		p.body = append(p.body, look.Remark(st, "refresh", a.say("detail.busy")))
	case s.said == "paper.failed":
		p.body = append(p.body, a.note(look.Error, "", a.say(s.said), a.say(s.said+".text")))
	case s.said != "":
		p.body = append(p.body, a.note(look.Info, "cloud-off", "", a.say(s.said)))
	case s.saved != "":
		p.body = append(p.body, a.note(look.OK, "check", "", a.say("paper.saved", "title", s.saved)))
	}
	if r.standing == Arrived && !s.busy {
		p.foot = []look.ButtonOpts{{Label: a.say("detail.ask"), Icon: "refresh", ID: "ask", Tap: func() { s.fetch(a) }}}
	}
	return p
}

// paper is a paper that came with the answer: a permit, a notice.
func (s *detail) paper(a *App, p service.Paper) fyne.CanvasObject {
	if a.o.Papers == nil {
		return look.Remark(a.style, "receipt", p.Title)
	}
	return look.Entry(a.style, look.EntryOpts{Icon: "receipt", Title: p.Title, Hint: a.say("paper.hint"), Action: a.say("paper.save"), Name: a.say("paper.save.name", "title", p.Title), ID: "paper." + p.Name,
		Tap: func() {
			a.o.Papers.Save(p.Name, p.Data, func(saved bool, err error) {
				a.gently(func() {
					switch {
					case err != nil:
						s.said, s.saved = "paper.failed", ""
					case saved:
						s.said, s.saved = "", p.Title
					}
					a.o.Event("paper", "saved", saved)
					a.refresh(s)
				})
			})
		}})
}

// answer is the town hall's last word: its sentence, its questions, its pictures.
func (s *detail) answer(a *App) []fyne.CanvasObject {
	r := s.report
	if r.Answer == nil {
		return nil
	}
	var objs []fyne.CanvasObject
	var words []fyne.CanvasObject
	if r.Answer.Text != "" {
		words = append(words, look.Text(a.style, look.Body, r.Answer.Text, look.TextOpts{}))
	}
	if day := a.moment(r.Answer.At); day != "" {
		words = append(words, a.small(day))
	}
	if r.Answer.Text != "" {
		objs = append(objs, look.Card(a.style, look.Column(a.px(6), append([]fyne.CanvasObject{a.heading(look.Lead, a.say("detail.says"))}, words...)...)))
	}
	for _, paper := range r.Answer.Papers {
		if paper.Type == "image/jpeg" {
			objs = append(objs, look.Column(a.px(6), a.photoView(digestOf(paper.Data), paper.Data, min(a.px(260), a.size.Height*0.34), a.say("detail.paper")), a.small(paper.Title)))
			continue
		}
		objs = append(objs, s.paper(a, paper))
	}
	for _, q := range r.Answer.Questions {
		if q.Answered {
			continue
		}
		if said := r.replied(q.ID); said != nil && said.standing != Refused {
			objs = append(objs, a.answered(q, said))
			continue
		} else if said != nil {
			objs = append(objs, a.note(look.Error, "", a.say("reply.refused"), a.say("reply.refused.text")))
		}
		objs = append(objs, look.Entry(a.style, look.EntryOpts{Icon: "message-2", Title: q.Text, Action: a.say("detail.reply"), Name: a.say("detail.reply.name", "question", q.Text), ID: "question." + q.ID,
			Tap: func() { a.openReply(s, q) }}))
	}
	return objs
}
