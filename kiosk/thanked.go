package kiosk

import (
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// thanked is the last page of a survey: nothing is printed, and nothing leads back to who answered.
type thanked struct {
	online bool
}

func (*thanked) name() string { return "thanked" }

func (t *thanked) draw(k *Kiosk) page {
	p := page{noEnd: true, title: k.say("thanked.title")}
	what := k.say("thanked.text")
	if !t.online {
		what = k.say("thanked.later")
	}
	p.hero, p.hall = k.doneHero(p.title, what), k.doneHall(p.title, what)
	if p.hero == nil && p.hall == nil {
		p.body = append(p.body, look.Text(k.s.style, look.Lead, what, look.TextOpts{}))
	}
	p.body = append(p.body, k.path(
		step{"lock", k.say("thanked.sealed"), k.say("thanked.sealed.text"), past},
		step{"list-check", k.say("thanked.counted"), k.say("thanked.counted.text"), open},
	))
	p.body = append(p.body, k.iconLine("shield-check", k.say("thanked.noname")))
	p.actions = []action{
		{label: k.say("kiosk.else"), icon: "home", id: "else", tap: k.home},
		{label: k.say("kiosk.end"), icon: "logout", primary: true, id: "end", tap: k.Wipe},
	}
	return p
}
