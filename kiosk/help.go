package kiosk

import (
	"context"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// help explains the terminal, and leads to what the law wants to be found.
type help struct{}

func (*help) name() string { return "help" }

func (*help) draw(k *Kiosk) page {
	p := page{title: k.say("help.title"), actions: []action{{label: k.say("kiosk.back"), icon: "arrow-left", primary: true, id: "back", tap: k.pop}}}
	read := k.say("help.bar.text")
	if k.o.Speak != nil {
		read += " " + k.say("help.read.text")
	}
	for _, x := range []struct{ icon, title, text string }{
		{"hand-finger", k.say("help.touch"), k.say("help.touch.text")},
		{"text-size", k.say("help.bar"), read},
		{"lock", k.say("help.data"), k.say("help.data.text")},
	} {
		p.body = append(p.body, k.note(look.Info, x.icon, x.title, x.text))
	}
	for _, x := range []struct{ icon, key string }{{"shield-check", "privacy"}, {"info-circle", "imprint"}, {"users-group", "accessibility"}} {
		p.body = append(p.body, look.Row(k.s.style, look.RowOpts{Icon: x.icon, Title: k.say("help." + x.key), ID: x.key, Tap: k.tap(func() { k.push(&legal{key: x.key}) })}))
	}
	if k.o.Place != "" {
		p.body = append(p.body, k.iconLine("map-pin", k.say("help.place", "place", k.o.Place)))
	}
	return p
}

// legal shows a text of the tenant: privacy notice, imprint, accessibility statement.
type legal struct{ key string }

func (l *legal) name() string { return l.key }

func (l *legal) draw(k *Kiosk) page {
	p := page{title: k.say("help." + l.key), actions: []action{{label: k.say("kiosk.back"), icon: "arrow-left", primary: true, id: "back", tap: k.pop}}}
	for _, para := range strings.Split(k.o.Catalogue.Tenant().Say(k.s.style.Lang, l.key), "\n") {
		if para = strings.TrimSpace(para); para != "" {
			p.body = append(p.body, look.Text(k.s.style, look.Body, para, look.TextOpts{}))
		}
	}
	return p
}

// leaving asks before answers are thrown away. What was put away before stays, unless somebody wants it gone.
type leaving struct {
	busy   bool // the draft is being thrown away
	failed bool
}

func (*leaving) name() string { return "leaving" }

func (s *leaving) draw(k *Kiosk) page {
	p := page{title: k.say("end.title"), noEnd: true, actions: []action{
		{label: k.say("end.no"), icon: "arrow-left", id: "back", tap: k.pop},
		{label: k.say("end.yes"), icon: "logout", primary: true, id: "finish", tap: k.Wipe},
	}}
	if k.s.visit == nil || !k.s.visit.Paused() {
		p.body = append(p.body, k.note(look.Info, "trash", "", k.say("end.text")))
	} else {
		p.actions[1].label = k.say("kiosk.end")
		p.body = append(p.body, k.note(look.Info, "device-floppy", k.say("end.draft"), k.say("end.draft.text")))
		if s.failed {
			p.body = append(p.body, k.note(look.Warn, "alert-circle", "", k.say("end.draft.failed")))
		}
		if s.busy {
			p.body = append(p.body, k.live(k.say("kiosk.wait")))
			return p
		}
		p.body = append(p.body, k.leftmost(k.button(action{label: k.say("end.draft.drop"), icon: "trash", small: true, id: "drop", tap: func() { s.drop(k) }})))
	}
	if k.canPause() {
		p.body = append(p.body, k.pauseLink())
	}
	return p
}

// drop throws the draft away too, and ends.
func (s *leaving) drop(k *Kiosk) {
	v := k.s.visit
	s.busy, s.failed = true, false
	k.show()
	k.beside(func(ctx context.Context, _ func(func())) func() {
		err := v.Discard(ctx)
		return func() {
			s.busy = false
			k.o.Event("draft.dropped", "ok", err == nil)
			if s.failed = err != nil; s.failed {
				k.refresh(s)
				return
			}
			k.Wipe()
		}
	})
}

// finish is the button "Beenden".
func (k *Kiosk) finish() {
	switch s := k.top().(type) {
	case *scan:
		s.leave()
	case *prefill:
		s.leave()
	}
	if k.s.visit == nil {
		k.Wipe()
		return
	}
	k.push(&leaving{})
}
