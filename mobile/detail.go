package mobile

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// detail is one report: how far it is, and what the town hall says.
type detail struct {
	report *report
	busy   bool
	said   string // key of a sentence about the last try to ask the town hall
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
		p.body = append(p.body, a.photoView(digestOf(r.Thumb), r.Thumb, min(a.px(180), a.size.Height*0.25), a.say("detail.photo")))
	}
	if r.Place != "" {
		p.body = append(p.body, a.signed("map-pin", r.Place, ""))
	}
	p.body = append(p.body, look.Badge(st, kind, sign, word))
	if r.stage() == "stuck" {
		p.body = append(p.body, a.note(look.Error, "", a.say("detail.stuck"), a.say("detail.stuck.text")))
	}
	p.body = append(p.body, s.answer(a)...)
	if r.Case != "" {
		p.body = append(p.body, a.number(r))
	}
	p.body = append(p.body, a.way(r))
	if r.Support {
		p.body = append(p.body, look.Remark(st, "users-group", a.say("detail.support")))
	}
	switch {
	case s.busy:
		p.body = append(p.body, look.Remark(st, "refresh", a.say("detail.busy")))
	case s.said != "":
		p.body = append(p.body, a.note(look.Info, "cloud-off", "", a.say(s.said)))
	}
	if r.standing == Arrived && !s.busy {
		p.foot = []look.ButtonOpts{{Label: a.say("detail.ask"), Icon: "refresh", ID: "ask", Tap: func() { s.fetch(a) }}}
	}
	return p
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
		objs = append(objs, look.Remark(a.style, "receipt", paper.Title))
	}
	for _, q := range r.Answer.Questions {
		if q.Answered {
			continue
		}
		objs = append(objs, look.Entry(a.style, look.EntryOpts{Icon: "message-2", Title: q.Text, Action: a.say("detail.reply"), Name: a.say("detail.reply.name", "question", q.Text), ID: "question." + q.ID,
			Tap: func() { a.push(&reply{of: s, question: q}) }}))
	}
	return objs
}

// reply answers a question of the town hall.
type reply struct {
	of       *detail
	question service.Question
	text     string
	focused  bool
	busy     bool
	problem  string
}

func (*reply) name() string { return "reply" }

const fieldReply = "/reply"

func (s *reply) draw(a *App) page {
	p := page{title: a.say("detail.reply")}
	p.body = append(p.body, look.Field(a.style, look.FieldOpts{Label: s.question.Text, Text: s.text, Focused: s.focused, Lines: 4, ID: fieldReply, Tap: func() { s.focused = true; a.show() }}))
	if s.focused {
		p.typing = &typing{path: fieldReply, keys: form.KeysProse, get: func() string { return s.text }, set: func(t string) { s.text = t }}
	}
	if s.problem != "" {
		p.body = append(p.body, look.Problem(a.style, a.say(s.problem)))
	}
	if s.busy {
		p.body = append(p.body, look.Remark(a.style, "send", a.say("ask.busy")))
		return p
	}
	p.foot = []look.ButtonOpts{{Label: a.say("detail.send"), Icon: "send", Primary: true, ID: "send", Tap: func() { s.send(a) }}}
	return p
}

func (s *reply) rest() { s.focused = false }

func (s *reply) back(a *App) bool {
	if s.focused {
		s.focused = false
		a.show()
		return true
	}
	return false
}

// send seals the answer and puts it on its way. It needs a line once, because only the town hall's newest word says that the question is open.
func (s *reply) send(a *App) {
	s.focused, s.problem = false, ""
	if strings.TrimSpace(s.text) == "" {
		s.problem = "reply.empty"
		a.show()
		return
	}
	s.busy = true
	a.show()
	secret, text, opts, id := s.of.report.Secret, s.text, a.options(), s.question.ID
	a.beside(func(ctx context.Context) func() {
		ctx, stop := context.WithTimeout(ctx, 20*time.Second)
		defer stop()
		c, err := visit.Follow(ctx, a.o.Desk, secret, opts)
		if err == nil {
			err = c.Reply(ctx, id, text)
			c.Wipe()
		}
		return func() {
			s.busy = false
			if err != nil {
				s.problem = "reply.offline"
				a.refresh(s)
				return
			}
			if r := s.of.report; r.Answer != nil {
				for i := range r.Answer.Questions {
					if r.Answer.Questions[i].ID == id {
						r.Answer.Questions[i].Answered = true
					}
				}
				a.store(r)
			}
			a.o.Event("replied")
			if a.top() == screen(s) {
				a.Back()
			}
		}
	})
}
