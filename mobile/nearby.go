package mobile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// nearby shows what somebody else reported: is it the same?
type nearby struct {
	draft   *draft
	hit     hit
	busy    bool
	problem string // key
}

func (*nearby) name() string { return "nearby" }

func (s *nearby) draw(a *App) page {
	h := s.hit
	p := page{title: a.say("nearby.title"), problem: s.problem}
	if len(h.Thumb) > 0 {
		p.body = append(p.body, a.photoView(digestOf(h.Thumb), h.Thumb, min(a.px(260), a.size.Height*0.34), a.say("nearby.photo")))
	}
	kind, sign, word := a.stateWord(h.State)
	p.body = append(p.body, look.Column(a.px(8), a.heading(look.TitleM, h.headline(a)), look.Badge(a.style, kind, sign, word)))
	if h.Street != "" {
		p.body = append(p.body, a.signed("map-pin", h.Street, a.since(h.Day)))
	} else if since := a.since(h.Day); since != "" {
		p.body = append(p.body, a.small(since))
	}
	if h.Text != "" {
		p.body = append(p.body, look.Text(a.style, look.Body, h.Text, look.TextOpts{}))
	}
	if h.Supports > 0 {
		p.body = append(p.body, look.Remark(a.style, "users-group", a.say("nearby.supports", "n", h.Supports)))
	}
	p.body = append(p.body, look.Remark(a.style, "info-circle", a.say("nearby.what")))
	if s.problem != "" {
		p.body = append(p.body, a.note(look.Error, "", a.say(s.problem), a.say(s.problem+".text")))
	}
	if s.busy {
		p.body = append(p.body, a.note(look.Info, "send", "", a.say("ask.busy")))
		return p
	}
	p.foot = []look.ButtonOpts{
		{Label: a.say("nearby.yes"), Icon: "check", Primary: true, ID: "yes", Tap: func() { s.support(a) }},
		{Label: a.say("nearby.no"), ID: "no", Tap: func() { a.Back() }},
	}
	return p
}

// support says "that is mine too" instead of reporting once more.
func (s *nearby) support(a *App) {
	s.busy, s.problem = true, ""
	a.show()
	h, d := s.hit, s.draft
	k := &keeper{out: a.o.Outbox}
	k.prepare(reportData{Title: h.Title, Category: h.Category, What: h.What, Place: h.Street, Thumb: h.Thumb, Support: true}, a.leftovers(d))
	desk, opts := a.o.Desk, a.options()
	desk.Keeper = k
	d.dropped.Store(true)
	a.shelf.do(func(ctx context.Context) {
		_, err := visit.Support(ctx, desk, opts, h.ID, h.Title)
		a.gently(func() {
			s.busy = false
			kept := k.last()
			if kept == nil {
				d.dropped.Store(false)
				s.problem = sendProblem(err)
				a.refresh(s)
				return
			}
			a.o.Event("sent", "kind", "support")
			a.sent(d, *kept)
		})
	})
}

// leftovers are what a draft has in the memory: it goes when the report is sent.
func (a *App) leftovers(d *draft) []Ref {
	refs := []Ref{{shelfDraft, d.id}}
	for _, f := range d.visit.Files() {
		used := false
		for _, other := range a.drafts {
			for _, g := range other.visit.Files() {
				used = used || other != d && g.Digest == f.Digest
			}
		}
		if !used {
			refs = append(refs, Ref{shelfPhoto, f.Digest})
		}
	}
	return refs
}

// sendProblem is the key of the sentence that says why nothing was sent.
func sendProblem(err error) string {
	switch {
	case errors.Is(err, visit.ErrFull):
		return "ask.full"
	case errors.Is(err, visit.ErrNoKey):
		return "ask.nokey"
	}
	return "ask.failed"
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
