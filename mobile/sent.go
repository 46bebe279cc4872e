package mobile

import (
	"image/color"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// sent says what happens with the report from now on.
type sent struct {
	report *report
	again  map[string]any // what the next report may begin with
}

func (*sent) name() string { return "sent" }

func (s *sent) draw(a *App) page {
	r := s.report
	p := page{gap: 18}
	if r.standing == Arrived {
		p.hero = a.thanks(r)
		p.body = append(p.body, a.number(r), a.heading(look.TitleS, a.say("sent.then")))
	} else {
		head := []fyne.CanvasObject{a.heading(look.TitleL, a.say("sent.saved"))}
		if a.style.Factor() < 2 {
			c := a.style.Colors()
			head = append([]fyne.CanvasObject{a.niche("cloud-off", a.px(96), a.px(112), c.WarnSoft, c.Warn)}, head...)
		}
		key := "sent.offline"
		if a.online {
			key = "sent.online"
		}
		p.body = append(p.body, look.Column(a.px(14), append(head, a.lead(a.word(r, key)), look.Text(a.style, look.Lead, a.say("sent.nothing"), look.TextOpts{Bold: true}))...))
	}
	p.body = append(p.body, a.way(r))
	p.body = append(p.body, a.clockNote()...)
	if r.standing != Arrived {
		kind, sign, word := a.stateOf(r)
		p.body = append(p.body, look.Entry(a.style, look.EntryOpts{Icon: a.icon(r), Title: r.Title, Hint: r.Place, Kind: kind, Sign: sign, State: word, ID: "report",
			Tap: func() { a.openDetail(r) }}))
	}
	p.foot = []look.ButtonOpts{{Label: a.say("sent.home"), Icon: "home", Primary: true, ID: "home", Tap: func() { a.room(&start{}) }}}
	if !r.Support && r.Service == "" {
		p.foot = append(p.foot, look.ButtonOpts{Label: a.say("sent.again"), Icon: "plus", ID: "again", Tap: func() {
			d := a.begin(s.again)
			clear(a.stack)
			a.stack = []screen{&start{}}
			a.push(&foto{draft: d})
		}})
	}
	return p
}

// word is a sentence about something that was sent: for an application in its own words, where it has some.
func (a *App) word(r *report, key string) string {
	if r.Service != "" && a.o.Texts.Knows(a.style.Lang, "m."+key+".application") {
		key += ".application"
	}
	return a.say(key)
}

// thanks is the large ground that says that the report has arrived.
func (a *App) thanks(r *report) fyne.CanvasObject {
	return a.thanksFor(a.say("sent.thanks"), a.word(r, "sent.there"))
}

// thanksFor is the large ground that says that something is done.
func (a *App) thanksFor(title, text string) fyne.CanvasObject {
	st := a.style
	c := st.Colors()
	words := fyne.CanvasObject(look.Column(a.px(4), look.Text(st, look.TitleL, title, look.TextOpts{Bold: true, Color: c.OnHero}), look.Text(st, look.Lead, text, look.TextOpts{Color: c.OnHero2})))
	if st.Factor() <= 1 { // the spring stands at the right
		words = look.Inset(words, 0, 0, a.px(150), 0)
	}
	d := a.px(64)
	sign := look.NewScene(d, look.Fixed(d), func(s fyne.Size) []fyne.CanvasObject {
		ground, ink := c.OnHero, c.OK
		if st.Contrast != look.Normal {
			ink = c.Ground
		}
		return []fyne.CanvasObject{look.At(canvas.NewCircle(ground), 0, 0, d, d), look.At(look.Icon(st, "check", d*0.6, ink), d*0.2, d*0.2, d*0.6, d*0.6)}
	})
	return a.hall(look.Column(a.px(16), sign, words), 200)
}

// hall is the accent's ground with the spring at the right and the arcade below.
func (a *App) hall(words fyne.CanvasObject, spring float32) fyne.CanvasObject {
	st := a.style
	frieze := look.Frieze(st)
	side := st.Margin()
	fh := frieze.MinSize().Height
	height := func(w float32) float32 { return a.px(20) + look.HeightFor(words, w-2*side) + a.px(22) + fh }
	ground := look.Panel(st, st.Colors().Hero, nil, 0)
	bars := look.Sprudel(st, 170, spring*0.8, look.SprudelOpts{Bars: 9, OnAccent: true})
	return look.NewScene(side*2+words.MinSize().Width, height, func(s fyne.Size) []fyne.CanvasObject {
		objs := []fyne.CanvasObject{look.At(ground, 0, 0, s.Width, s.Height-fh), look.At(frieze, 0, s.Height-fh, s.Width, fh)}
		room := s.Width - 2*side
		wh := look.HeightFor(words, room)
		if st.Factor() <= 1 && s.Width >= a.px(360) { // the words have their own room at the left
			bw, bh := a.px(170), min(a.px(spring*0.8), s.Height-fh-a.px(50))
			objs = append(objs, look.At(bars, s.Width-bw-a.px(14), s.Height-fh-bh, bw, bh))
		}
		return append(objs, look.At(words, side, a.px(20), room, wh))
	})
}

// niche is a pictogram in a round-topped niche.
func (a *App) niche(icon string, w, h float32, fill, ink color.NRGBA) fyne.CanvasObject {
	return look.NewScene(w, look.Fixed(h), func(s fyne.Size) []fyne.CanvasObject {
		r := canvas.NewRectangle(fill)
		r.TopLeftCornerRadius, r.TopRightCornerRadius = w/2, w/2
		r.BottomLeftCornerRadius, r.BottomRightCornerRadius = a.px(8), a.px(8)
		if a.style.Contrast != look.Normal {
			r.StrokeColor, r.StrokeWidth = a.style.Colors().Ink, a.px(3)
		}
		i := w * 0.56
		return []fyne.CanvasObject{look.At(r, 0, 0, w, h), look.At(look.Icon(a.style, icon, i, ink), (w-i)/2, (h-i)/2+h*0.04, i, i)}
	})
}

// number is the case's number, to copy.
func (a *App) number(r *report) fyne.CanvasObject {
	if r.Case == "" {
		return look.Space(0)
	}
	words := look.Column(0, a.small(a.say("sent.number")), look.Text(a.style, look.TitleS, r.Case, look.TextOpts{Bold: true}))
	copied := look.Link(a.style, look.LinkOpts{Label: a.say("sent.copy"), Icon: "copy", ID: "copy", Tap: func() { a.app.Clipboard().SetContent(r.Case) }})
	return look.Card(a.style, look.Beside(a.style.Gap(), words, copied))
}

// way is how far a report is.
func (a *App) way(r *report) fyne.CanvasObject {
	done := func(yes bool) look.Reached {
		if yes {
			return look.Done
		}
		return look.Open
	}
	arrived := r.standing == Arrived
	stages := []look.Stage{{Icon: "check", Title: a.say("way.saved"), Text: a.moment(r.At), At: look.Done}}
	words := [3]string{a.say("way.is.done"), a.say("way.is.now"), a.say("way.is.open")}
	if r.stage() == "stuck" { // nothing more comes by itself
		_, sign := signOf("stuck")
		return look.Way(a.style, append(stages, look.Stage{Icon: sign, Title: a.say("state.stuck"), Text: a.say("way.stuck.text"), At: look.Now}), words)
	}
	if !arrived {
		wait := look.Stage{Icon: "refresh", Title: a.say("way.waiting"), Text: a.say("way.waiting.text"), At: look.Now}
		if a.online {
			wait.Title = a.say("way.sending")
		}
		stages = append(stages, wait)
	}
	there := look.Stage{Icon: "building-bank", Title: a.say("way.there"), Text: a.say("way.there.text"), At: done(arrived)}
	if arrived {
		there.Title, there.Text = a.say("way.arrived"), a.moment(r.Arrived)
	}
	stages = append(stages, there)
	if arrived {
		state := r.state()
		worked := state != "" && state != "received"
		over := worked && !r.open()
		look1 := look.Stage{Icon: "eye", Title: a.word(r, "way.work"), Text: a.word(r, "way.work.text"), At: done(over)}
		if worked && !over {
			look1.At = look.Now
		}
		end := look.Stage{Icon: "tool", Title: a.word(r, "way.done"), Text: a.say("way.done.text"), At: done(over)}
		if r.Service != "" {
			end.Icon = "mail"
		}
		if over {
			end.Text = a.moment(r.Answer.At)
		}
		if over && state != service.StateApproved { // answered or taken back: nothing was repaired
			_, end.Icon = signOf(r.stage())
			end.Title = a.say("state." + r.stage())
		}
		stages = append(stages, look1, end)
	}
	return look.Way(a.style, stages, words)
}

// moment is a day and a time as people say them; nothing where a clock was wrong: no date is better than a false one.
func (a *App) moment(t time.Time) string {
	if !a.plausible(t) {
		return ""
	}
	now := a.now()
	t = t.In(now.Location())
	clock := t.Format("15:04")
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return a.say("today", "time", clock)
	}
	return a.day(t)
}

// day is a date as people say it: without the year while it is this one.
func (a *App) day(t time.Time) string {
	now := a.now()
	t = t.In(now.Location())
	date := text.Date(a.style.Lang, t)
	if t.Year() == now.Year() {
		return strings.TrimSuffix(date, " "+strconv.Itoa(t.Year()))
	}
	return date
}

// since says for how long others have known: "Seit gestern."; nothing where it cannot be known.
func (a *App) since(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	now := a.now()
	if err != nil || !a.plausible(t) || !a.plausible(now) {
		return ""
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	switch n := int(today.Sub(t).Hours() / 24); {
	case n < 0:
		return ""
	case n == 0:
		return a.say("since.today")
	case n == 1:
		return a.say("since.yesterday")
	default:
		return a.say("since.days", "n", n)
	}
}
