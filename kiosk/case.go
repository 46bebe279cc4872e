package kiosk

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// scan waits for the code on a slip and fetches what the town hall answered.
type scan struct {
	begun, fetching bool
	said            string // key of the note shown: "wrong", "dead", "offline", "empty", "failed"
	stop            context.CancelFunc
}

func (*scan) name() string { return "scan" }

func (s *scan) begin(k *Kiosk) {
	s.begun, s.fetching = true, false
	if k.o.Desk.Scanner == nil {
		return
	}
	scanner, desk, opts := k.o.Desk.Scanner, k.o.Desk, k.visitOptions()
	ctx, stop := context.WithCancel(k.s.ctx)
	s.stop = stop
	k.beside(func(_ context.Context, ui func(func())) func() {
		defer stop()
		for {
			code, err := scanner.Scan(ctx)
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return func() { s.ended(k, "dead") }
			}
			if visit.IsDraft(code) {
				ui(func() { k.touch(); s.said, s.fetching = "", true; k.refresh(s) })
				fetch, done := context.WithTimeout(ctx, 3*patience)
				saved, err := visit.Fetch(fetch, desk, code, opts)
				done()
				return func() { s.draft(k, saved, err) }
			}
			secret, ok := visit.Secret(code)
			if !ok {
				ui(func() { k.touch(); s.said = "wrong"; k.refresh(s) })
				continue
			}
			ui(func() { k.touch(); s.said, s.fetching = "", true; k.refresh(s) })
			fetch, done := context.WithTimeout(ctx, 3*patience)
			c, err := visit.Follow(fetch, desk, secret, opts)
			done()
			return func() { s.found(k, c, err) }
		}
	})
}

func (s *scan) ended(k *Kiosk, said string) {
	s.said, s.fetching = said, false
	k.refresh(s)
}

func (s *scan) found(k *Kiosk, c *visit.Case, err error) {
	switch {
	case err == nil && k.top() != screen(s):
		c.Wipe() // gone on to something else meanwhile
	case err == nil:
		k.o.Event("case", "state", string(c.Answer().State))
		k.s.kase = c
		k.replace(&caseState{})
	case errors.Is(err, visit.ErrNothing):
		s.ended(k, "empty")
	case errors.Is(err, visit.ErrOffline), errors.Is(err, context.DeadlineExceeded):
		s.ended(k, "offline")
	default:
		s.ended(k, "failed")
	}
}

// draft goes on with a visit that was put away.
func (s *scan) draft(k *Kiosk, saved visit.Saved, err error) {
	if k.top() != screen(s) { // gone on to something else meanwhile
		saved.Wipe()
		return
	}
	if problem := k.resume(saved, err); problem != "" {
		s.ended(k, problem)
	}
}

// leave stops waiting for a code.
func (s *scan) leave() {
	if s.stop != nil {
		s.stop()
	}
}

func (s *scan) draw(k *Kiosk) page {
	if !s.begun {
		s.begin(k)
	}
	p := page{title: k.say("scan.title"), actions: []action{{label: k.say("kiosk.back"), icon: "arrow-left", id: "back", tap: func() { s.leave(); k.pop() }}}}
	if k.o.Desk.Scanner == nil {
		p.body = append(p.body, k.note(look.Info, "info-circle", "", k.say("scan.none")))
		if k.o.Desk.Drafts != nil {
			p.actions = append(p.actions, action{label: k.say("resume.type"), icon: "pencil", id: "type", tap: func() { k.replace(&typeCode{}) }})
		}
		return p
	}
	switch {
	case s.fetching:
		p.body = append(p.body, k.live(k.say("scan.fetching")))
		return p
	case s.said == "dead":
		p.body = append(p.body, k.note(look.Warn, "scan", "", k.say("scan.dead")))
	case s.said != "":
		kind := look.Warn
		if s.said == "empty" {
			kind = look.Info
		}
		p.body = append(p.body, k.note(kind, "info-circle", k.say("scan."+s.said), k.say("scan."+s.said+".text")))
	}
	if s.said == "" || s.said == "wrong" {
		p.body = append(p.body, look.Text(k.s.style, look.Lead, k.say("scan.text"), look.TextOpts{}))
		if !k.landscape() {
			p.body = append(p.body, k.scanPicture())
		}
		p.body = append(p.body, k.live(k.say("scan.waiting")))
		if k.o.Desk.Drafts != nil {
			p.actions = append(p.actions, action{label: k.say("resume.type"), icon: "pencil", id: "type", tap: func() { s.leave(); k.replace(&typeCode{}) }})
		}
		return p
	}
	p.actions = append(p.actions, action{label: k.say("kiosk.retry"), icon: "refresh", primary: true, id: "retry", tap: func() { s.said = ""; s.begin(k); k.show() }})
	return p
}

// caseState shows where a case stands, and what its holder can do.
type caseState struct {
	said  string // "sent" (an answer), "withdrawn", "failed" after a reply
	paper string // "printing", "done", "failed", "none" of a page
}

func (*caseState) name() string { return "case" }

func caseIcon(s service.State) string {
	switch s {
	case service.StateReceived:
		return "mail"
	case service.StateInWork:
		return "building-bank"
	case service.StateAsked:
		return "message-circle"
	case service.StateApproved:
		return "circle-check"
	case service.StateRejected:
		return "x"
	case service.StateWithdrawn:
		return "arrow-left"
	}
	return "info-circle"
}

func caseKind(s service.State) look.Kind {
	switch s {
	case service.StateApproved:
		return look.OK
	case service.StateAsked:
		return look.Warn
	case service.StateRejected:
		return look.Error
	}
	return look.Info
}

func (s *caseState) draw(k *Kiosk) page {
	lang, c := k.s.style.Lang, k.s.kase
	a := c.Answer()
	p := page{title: a.Title}
	if s.replied() { // what the town hall said last is out of date
		p.body = append(p.body, k.note(look.OK, "send", k.word("case."+s.said+".title"), k.word("case."+s.said+".text")))
	} else {
		p.body = append(p.body, k.note(caseKind(a.State), caseIcon(a.State), k.word("case."+string(a.State)), a.Text))
	}
	p.body = append(p.body, k.iconLine("ticket", k.say("case.number")+" "+a.Case))
	if s.said == "failed" {
		p.body = append(p.body, k.note(look.Error, "alert-circle", k.say("case.failed"), k.say("case.failed.text")))
	}
	switch s.paper {
	case "printing":
		p.body = append(p.body, k.live(k.say("paper.printing")), k.muted(k.say("paper.printing.text")))
	case "done":
		p.body = append(p.body, k.note(look.OK, "printer", "", k.say("paper.done")))
	case "failed":
		p.body = append(p.body, k.note(look.Warn, "printer", k.say("paper.failed"), k.say("paper.failed.text")))
	}
	if !s.replied() && c.Open() {
		for _, q := range a.Questions {
			if q.Answered {
				p.body = append(p.body, k.note(look.Info, "message-circle", q.Text, k.say("case.answered")))
				continue
			}
			p.body = append(p.body, k.note(look.Info, "message-circle", k.say("case.question"), q.Text),
				k.button(action{label: k.say("case.answer"), icon: "pencil", primary: true, id: "answer", tap: func() { k.push(&question{id: q.ID, text: q.Text}) }}))
		}
	}
	if s.paper != "printing" {
		for i, paper := range a.Papers {
			if k.o.Desk.Sheets == nil {
				p.body = append(p.body, k.note(look.Info, "printer", paper.Title, k.say("paper.none")))
				continue
			}
			p.body = append(p.body, k.button(action{label: k.say("case.paper", "title", paper.Title), icon: "printer", primary: true, id: "paper", tap: func() { s.print(k, i) }}))
		}
	}
	if len(a.Steps) > 0 {
		p.body = append(p.body, k.heading(look.TitleS, k.say("case.steps")), k.path(s.history(k, lang, a.Steps)...))
	}
	if c.Open() && !s.replied() {
		p.actions = append(p.actions, action{label: k.word("case.withdraw"), icon: "x", id: "withdraw", tap: func() { k.push(&withdraw{}) }})
	}
	if s.paper != "printing" {
		p.actions = append(p.actions, action{label: k.say("kiosk.home"), icon: "home", primary: true, id: "home", tap: k.home})
	}
	return p
}

// replied tells whether something is on its way to the town hall.
func (s *caseState) replied() bool { return s.said == "sent" || s.said == "withdrawn" }

// history is what happened to a case. A step that brought it into another state is headed by that state; any other by what happened.
func (s *caseState) history(k *Kiosk, lang string, entries []service.Entry) []step {
	var steps []step
	for i, e := range entries {
		one := step{icon: caseIcon(e.State), title: k.word("case." + string(e.State)), text: text.Date(lang, e.At)}
		same := i > 0 && entries[i-1].State == e.State
		switch {
		case e.Text == "":
		case same, e.State == service.StateReceived, e.State == service.StateInWork:
			one.title = strings.TrimSuffix(e.Text, ".")
		default:
			one.text += "\n" + e.Text
		}
		if same {
			one.icon = "check"
		}
		steps = append(steps, one)
	}
	if s.replied() {
		steps = append(steps, step{icon: "send", title: k.word("case." + s.said + ".step"), text: k.say("case.sent")})
	}
	steps[len(steps)-1].when = now
	return steps
}

func (s *caseState) print(k *Kiosk, i int) {
	s.paper = "printing"
	k.s.moving++
	c, ses := k.s.kase, k.s
	k.fresh = true
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ctx, stop := context.WithTimeout(ctx, printTime)
		defer stop()
		err := c.PrintPaper(ctx, i)
		return func() {
			ses.moving--
			s.paper = "done"
			if err != nil {
				s.paper = "failed"
			}
			k.o.Event("paper", "ok", err == nil)
			k.touch()
			k.refresh(s)
		}
	})
	k.show()
}

// reply sends something to the town hall and shows on the case's page how that went; said is "sent" or "withdrawn".
func (k *Kiosk) reply(said string, send func(ctx context.Context) error) {
	k.s.moving++
	s := k.s
	k.until(func(x screen) bool { _, yes := x.(*caseState); return yes })
	state, ok := k.top().(*caseState)
	if !ok {
		s.moving--
		return
	}
	k.beside(func(ctx context.Context, _ func(func())) func() {
		err := send(ctx)
		return func() {
			s.moving--
			state.said = said
			if err != nil {
				state.said = "failed"
			}
			k.o.Event("reply", "ok", err == nil)
			k.refresh(state)
		}
	})
}

// question lets the holder of a slip answer what the town hall asked.
type question struct {
	id, text string
	answer   string
	empty    bool
}

func (*question) name() string { return "question" }

// longestAnswer is how long an answer to a question may be, in characters.
const longestAnswer = 500

func (q *question) draw(k *Kiosk) page {
	p := page{title: k.say("question.title"), typing: &typing{path: "question", keys: form.KeysProse, max: longestAnswer,
		get: func() string { return q.answer }, set: func(s string) { q.answer = s; q.empty = false }}}
	p.typing.enter = func() { k.s.keysShut = true; k.show() }
	problem := ""
	if q.empty {
		problem = k.say("question.empty")
	}
	p.body = append(p.body, look.Text(k.s.style, look.Lead, q.text, look.TextOpts{}),
		look.Field(k.s.style, look.FieldOpts{Label: k.say("question.label"), Problem: problem, Text: q.answer, Focused: !k.s.keysShut, Lines: 3, ID: "question", Max: longestAnswer,
			Full: k.overfull("question", q.answer, longestAnswer), Tap: k.tap(func() { k.s.keysShut = false; k.show() }),
			Typed: func(s string, over bool) { k.touch(); k.s.brim.Note("question", over); q.answer = s; k.show() }}))
	p.actions = []action{k.goBack(), {label: k.say("question.send"), icon: "send", primary: true, id: "send", tap: func() {
		if q.answer == "" {
			q.empty = true
			k.show()
			return
		}
		c, id, answer := k.s.kase, q.id, q.answer
		k.reply("sent", func(ctx context.Context) error { return c.Reply(ctx, id, answer) })
	}}}
	return p
}

// withdraw asks once more before an application is taken back.
type withdraw struct{}

func (*withdraw) name() string { return "withdraw" }

func (*withdraw) draw(k *Kiosk) page {
	return page{
		title: k.say("case.withdraw.title"),
		body:  []fyne.CanvasObject{k.note(look.Warn, "alert-triangle", "", k.word("case.withdraw.text"))},
		actions: []action{
			{label: k.say("case.withdraw.no"), icon: "arrow-left", id: "back", tap: k.pop},
			{label: k.say("case.withdraw.yes"), icon: "x", primary: true, id: "withdraw", tap: func() {
				c := k.s.kase
				k.reply("withdrawn", c.Withdraw)
			}},
		},
	}
}
