package mobile

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// mine lists what was begun and what was sent.
type mine struct {
	only string // "", "open" or "over"
	note string // key of a sentence above the list
}

func (*mine) name() string { return "mine" }

// stage is a report's state in one word.
func (r *report) stage() string {
	switch {
	case r.standing == Refused:
		return "stuck"
	case r.standing != Arrived && r.Arrived.IsZero():
		return "wait"
	}
	switch r.state() {
	case service.StateInWork:
		return "work"
	case service.StateAsked:
		switch answered, waiting := r.waits(); {
		case answered && waiting:
			return "wait"
		case answered:
			return "arrived"
		}
		return "asked"
	case service.StateApproved:
		return "done"
	case service.StateRejected:
		return "answered"
	case service.StateWithdrawn:
		return "withdrawn"
	}
	return "arrived"
}

// stateOf says how a report stands: how urgent that is, by a sign, in words.
func (a *App) stateOf(r *report) (kind look.Kind, sign, word string) {
	stage := r.stage()
	if stage == "wait" && a.online {
		return look.Info, "device-floppy", a.say("state.saved")
	}
	kind, sign = signOf(stage)
	return kind, sign, a.say("state." + stage)
}

// stateWord is stateOf for what the town hall has published.
func (a *App) stateWord(published string) (kind look.Kind, sign, word string) {
	stage := map[string]string{"received": "arrived", "in_work": "work", "done": "done"}[published]
	if stage == "" {
		stage = "arrived"
	}
	kind, sign = signOf(stage)
	return kind, sign, a.say("state." + stage)
}

func signOf(stage string) (look.Kind, string) {
	switch stage {
	case "wait":
		return look.Warn, "clock"
	case "work":
		return look.Info, "tool"
	case "asked":
		return look.Warn, "message-2"
	case "done":
		return look.OK, "check"
	case "stuck":
		return look.Error, "alert-circle"
	case "answered", "withdrawn":
		return look.Info, "message-circle"
	}
	return look.Info, "building-bank"
}

// icon is the pictogram of what a report is about.
func (a *App) icon(r *report) string {
	if r.Service != "" {
		if s, ok := a.o.Catalogue.Find(r.Service, ""); ok {
			return s.Icon
		}
		return "certificate"
	}
	for _, o := range a.firstField().Options {
		if o.Value == r.Category {
			return strings.TrimPrefix(o.Mark, "icon:")
		}
	}
	return "alert-triangle"
}

func (s *mine) draw(a *App) page {
	st := a.style
	p := page{room: a.say("tab.mine.long"), tabs: true, gap: 13}
	open, over := 0, 0
	for _, r := range a.reports {
		if r.open() {
			open++
		} else {
			over++
		}
	}
	open += len(a.drafts)
	if s.note != "" {
		p.body = append(p.body, a.note(look.OK, "", "", a.say(s.note)))
	}
	if open > 0 && over > 0 {
		pill := func(id string, n int) fyne.CanvasObject {
			return look.Button(st, look.ButtonOpts{Label: a.say("mine."+id, "n", n), Pill: true, Chosen: s.only == id || s.only == "" && id == "all", ID: "only." + id, Tap: func() {
				if s.only = id; id == "all" {
					s.only = ""
				}
				a.show()
			}})
		}
		p.body = append(p.body, flow(a.px(8), pill("all", open+over), pill("open", open), pill("over", over)))
	}
	if open+over == 0 {
		p.body = append(p.body, s.nothing(a)...)
	}
	if s.only != "over" {
		for _, d := range a.drafts {
			p.body = append(p.body, s.begun(a, d))
		}
	}
	for _, r := range a.reports {
		if s.only == "" || r.open() == (s.only == "open") {
			p.body = append(p.body, s.entry(a, r))
		}
	}
	p.foot = []look.ButtonOpts{{Label: a.say("mine.new"), Icon: "camera", Primary: true, ID: "photo", Tap: func() { a.take(nil) }}}
	return p
}

// nothing is what stands here before the first report: what will be here, and how little that takes.
func (s *mine) nothing(a *App) []fyne.CanvasObject {
	c := a.style.Colors()
	var objs []fyne.CanvasObject
	if a.style.Factor() < 2 {
		objs = append(objs, a.niche("list-check", a.px(96), a.px(112), c.AccentSoft, c.Accent))
	}
	objs = append(objs, a.heading(look.TitleS, a.say("mine.none")))
	var stages []look.Stage
	for i, icon := range []string{"camera", "building-bank", "tool"} {
		n := strconv.Itoa(i + 1)
		stages = append(stages, look.Stage{Icon: icon, Title: a.say("mine.none." + n), Text: a.say("mine.none." + n + ".text")})
	}
	return append(objs, look.Way(a.style, stages, [3]string{a.say("way.is.done"), a.say("way.is.now"), a.say("mine.none.step")}))
}

// begun is a draft in the list.
func (s *mine) begun(a *App, d *draft) fyne.CanvasObject {
	title, icon := a.subject(d)
	spot, ok := d.spot()
	hint := a.spotText(spot)
	switch {
	case !d.report():
		hint = a.moment(d.begun)
	case !ok:
		hint = a.say("mine.noplace")
	}
	return look.Entry(a.style, look.EntryOpts{Icon: icon, Title: title, Hint: hint, Kind: look.Warn, Sign: "pencil", State: a.say("state.draft"), ID: "draft." + d.id,
		Tap: func() { a.push(&begun{draft: d}) }})
}

func (s *mine) entry(a *App, r *report) fyne.CanvasObject {
	kind, sign, word := a.stateOf(r)
	if r.stage() == "done" && r.Answer != nil && a.plausible(r.Answer.At) {
		now := a.now()
		if at := r.Answer.At.In(now.Location()); at.Format(time.DateOnly) == now.Format(time.DateOnly) {
			word = a.say("state.done.today")
		} else {
			word = a.say("state.done.on", "day", a.day(at))
		}
	}
	hint := r.Place
	if r.Support {
		hint = strings.TrimPrefix(hint+", "+a.say("mine.support"), ", ")
	}
	name := ""
	if r.unread() {
		name = a.say("mine.unread", "title", r.Title)
		word += " · " + a.say("mine.fresh")
	}
	return look.Entry(a.style, look.EntryOpts{Icon: a.icon(r), Title: r.Title, Hint: hint, Kind: kind, Sign: sign, State: word, Name: name, ID: "report." + r.Envelope,
		Tap: func() { a.openDetail(r) }})
}

// begun is what can be done with a draft: go on, or throw it away.
type begun struct {
	draft *draft
	sure  bool // throwing away was touched once
}

func (*begun) name() string { return "begun" }

func (s *begun) draw(a *App) page {
	d := s.draft
	title, icon := a.subject(d)
	p := page{title: a.say("begun.title")}
	files := d.visit.Files()
	if len(files) > 0 && files[0].Type == "image/jpeg" {
		p.body = append(p.body, a.photoView(files[0].Digest, files[0].Data, min(a.px(240), a.size.Height*0.3), a.say("foto.name", "n", 1, "of", len(files))))
	}
	spot, ok := d.spot()
	where := a.spotText(spot)
	switch {
	case !d.report():
		where = ""
	case !ok:
		where = a.say("mine.noplace")
	}
	p.body = append(p.body, look.Card(a.style, a.signed(icon, title, where)))
	if day := a.moment(d.begun); day != "" {
		p.body = append(p.body, a.small(a.say("begun.day", "day", day)))
	}
	p.body = append(p.body, look.Remark(a.style, "lock", a.say("begun.where")))
	if s.sure {
		p.body = append(p.body, a.note(look.Warn, "trash", a.say("begun.sure"), ""))
		p.foot = []look.ButtonOpts{
			{Label: a.say("begun.keep"), Primary: true, ID: "keep", Tap: func() { s.sure = false; a.show() }},
			{Label: a.say("begun.drop.yes"), Icon: "trash", ID: "drop.yes", Tap: func() { a.drop(d); a.room(&mine{}) }},
		}
		return p
	}
	p.foot = []look.ButtonOpts{
		{Label: a.say("begun.go"), IconRight: look.Arrow(a.style, true), Primary: true, ID: "go", Tap: func() { a.stack = a.stack[:len(a.stack)-1]; a.goOn(d) }},
		{Label: a.say("begun.drop"), Icon: "trash", ID: "drop", Tap: func() { s.sure = true; a.show() }},
	}
	return p
}
