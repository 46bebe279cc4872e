package mobile

import "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"

// thanked is the last page of a survey. The phone remembers nothing of it.
type thanked struct{}

func (*thanked) name() string { return "thanked" }

func (*thanked) draw(a *App) page {
	key := "thanked.later"
	if a.online {
		key = "thanked.text"
	}
	p := page{title: a.say("thanked.title"), hero: a.thanksFor(a.say("thanked.title"), a.say(key))}
	p.body = append(p.body, look.Remark(a.style, "list-check", a.say("thanked.counted")), look.Remark(a.style, "shield-check", a.say("thanked.noname")))
	p.foot = []look.ButtonOpts{{Label: a.say("sent.home"), Icon: "home", Primary: true, ID: "home", Tap: func() { a.room(&start{}) }}}
	return p
}

// thank forgets what was answered and says thank you.
func (a *App) thank(d *draft) {
	a.forget(d)
	d.visit.Wipe()
	clear(a.stack)
	a.stack = []screen{&start{}}
	a.push(&thanked{})
	a.look()
}
