package mobile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// replyData is what a phone remembers of an answer to a question: that it was sealed, not what it says.
type replyData struct {
	Question string    `json:"question"`
	Envelope string    `json:"envelope"`
	Arrived  time.Time `json:"arrived"` // when the town hall had it, by its clock; zero: not yet

	standing Standing
}

// replied is the last answer to a question; nil: there is none.
func (r *report) replied(question string) *replyData {
	for i := len(r.Replies) - 1; i >= 0; i-- {
		if r.Replies[i].Question == question {
			return &r.Replies[i]
		}
	}
	return nil
}

// waits tells whether the town hall's questions are answered, and whether one of the answers is still on this phone.
func (r *report) waits() (answered, waiting bool) {
	answered = true
	for _, q := range r.Answer.Questions {
		if q.Answered {
			continue
		}
		said := r.replied(q.ID)
		if said == nil || said.standing == Refused {
			answered = false
			continue
		}
		waiting = waiting || said.Arrived.IsZero()
	}
	return answered && len(r.Answer.Questions) > 0, waiting
}

// repliesOf finds out how far the answers to a report's questions have come.
func (a *App) repliesOf(r *report) {
	for _, said := range r.Replies {
		if !said.Arrived.IsZero() || said.standing == Refused {
			continue
		}
		a.beside(func(ctx context.Context) func() {
			s, at, err := a.o.Outbox.Standing(ctx, said.Envelope)
			if err != nil || s == said.standing {
				return nil
			}
			return func() {
				for i := range r.Replies {
					if r.Replies[i].Envelope != said.Envelope {
						continue
					}
					if r.Replies[i].standing = s; s == Arrived {
						r.Replies[i].Arrived = at
						a.o.Event("reply.arrived")
						a.store(r)
					}
				}
				a.show()
			}
		})
	}
}

// answered is a question that was answered, and how far the answer has come.
func (a *App) answered(q service.Question, said *replyData) fyne.CanvasObject {
	stage := "wait"
	if !said.Arrived.IsZero() {
		stage = "arrived"
	}
	kind, sign := signOf(stage)
	word := a.say("state." + stage)
	if stage == "wait" && a.online {
		kind, sign, word = look.Info, "device-floppy", a.say("state.saved")
	}
	return look.Card(a.style, look.Column(a.px(6), look.Text(a.style, look.Body, q.Text, look.TextOpts{}), a.small(a.say("reply.said."+stage)), look.Badge(a.style, kind, sign, word)))
}

// reply answers a question of the town hall.
type reply struct {
	of       *detail
	question service.Question
	text     string
	due      bool // what was typed last is about to be written down
	focused  bool
	busy     bool
	problem  string
}

func (*reply) name() string { return "reply" }

const fieldReply = "/reply"

func (s *reply) draw(a *App) page {
	p := page{title: a.say("detail.reply")}
	p.body = append(p.body, look.Field(a.style, look.FieldOpts{Label: s.question.Text, Text: s.text, Focused: s.focused, Lines: 4, ID: fieldReply, Full: a.overfull(fieldReply, s.text, 0), Tap: func() { s.focused = true; a.show() }}))
	if s.focused {
		p.typing = &typing{path: fieldReply, keys: form.KeysProse, get: func() string { return s.text }, set: func(t string) { s.text = t; s.keep(a, false) }}
	}
	if s.problem != "" {
		p.body = append(p.body, look.Problem(a.style, a.say(s.problem)))
	}
	if s.busy {
		p.body = append(p.body, look.Remark(a.style, "send", a.say("ask.busy")))
		return p
	}
	if !a.online {
		p.body = append(p.body, look.Remark(a.style, "cloud-off", a.say("reply.offline")))
	}
	p.foot = []look.ButtonOpts{{Label: a.say("detail.send"), Icon: "send", Primary: true, ID: "send", Tap: func() { s.send(a) }}}
	return p
}

func (s *reply) rest() { s.focused = false }

// openReply opens the page with what was begun.
func (a *App) openReply(of *detail, q service.Question) {
	a.push(&reply{of: of, question: q, text: of.report.Begun[q.ID]})
}

// keep remembers with the report what was typed, a moment later while somebody types: like a draft it survives a phone that switches off.
func (s *reply) keep(a *App, atOnce bool) {
	r := s.of.report
	begun := maps.Clone(r.Begun) // what is being written down keeps the one it has
	if begun == nil {
		begun = map[string]string{}
	}
	if begun[s.question.ID] = s.text; s.text == "" {
		delete(begun, s.question.ID)
	}
	r.Begun = begun
	if atOnce {
		s.due = false
		a.store(r)
		return
	}
	if s.due {
		return
	}
	s.due = true
	time.AfterFunc(keepAfter, func() {
		a.gently(func() {
			if s.due {
				s.due = false
				a.store(r)
			}
		})
	})
}

func (s *reply) back(a *App) bool {
	if s.due {
		s.keep(a, true)
	}
	if s.focused {
		s.focused = false
		a.show()
		return true
	}
	return false
}

// replyKeeper remembers with a report that a question was answered, in the transaction that puts the answer on its way.
type replyKeeper struct {
	out      Outbox
	report   reportData
	question string
	kept     *replyData // after Keep
}

// Keep implements visit.Keeper.
func (k *replyKeeper) Keep(ctx context.Context, e seal.Envelope, way pay.Way, amount int64, _ visit.Kept) error {
	said := replyData{Question: k.question, Envelope: e.ID, standing: Waiting}
	r := k.report
	r.Begun = maps.Clone(r.Begun)
	delete(r.Begun, k.question)
	r.Replies = append(r.Replies[:len(r.Replies):len(r.Replies)], said)
	text, err := json.Marshal(r)
	if err != nil {
		return errors.New("mobile: keep reply: marshal") // the cause could quote an answer
	}
	if err := k.out.Keep(ctx, e, way, amount, []Entry{{Shelf: shelfReport, ID: r.Envelope, Data: text, At: r.At}}, nil); err != nil {
		return fmt.Errorf("mobile: keep reply: %w", err)
	}
	k.kept = &said
	return nil
}

// send seals the answer and puts it on its way, with or without a line.
func (s *reply) send(a *App) {
	s.focused, s.problem = false, ""
	if strings.TrimSpace(s.text) == "" {
		s.problem = "reply.empty"
		a.show()
		return
	}
	r := s.of.report
	s.busy, s.due = true, false
	a.show()
	k := &replyKeeper{out: a.o.Outbox, report: r.reportData, question: s.question.ID}
	desk, last, text, opts := a.o.Desk, *r.Answer, s.text, a.options()
	desk.Keeper = k
	a.shelf.do(func(ctx context.Context) {
		c, err := visit.Reopen(desk, r.Secret, last, opts)
		if err == nil {
			err = c.Reply(ctx, k.question, text)
		}
		a.gently(func() {
			s.busy = false
			if k.kept == nil {
				s.problem = replyProblem(err)
				a.refresh(s)
				return
			}
			r.Replies = append(r.Replies, *k.kept)
			s.text = ""
			s.keep(a, true) // what came meanwhile may have been written without it
			a.o.Event("replied")
			if a.top() == screen(s) {
				a.Back()
			}
		})
	})
}

// replyProblem is the key of the sentence that says why an answer was not put on its way.
func replyProblem(err error) string {
	if errors.Is(err, visit.ErrOver) {
		return "reply.over"
	}
	return sendProblem(err)
}

var _ visit.Keeper = (*replyKeeper)(nil)
