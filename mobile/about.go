package mobile

import (
	"context"
	"net/url"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/about"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// aboutWords says what both shells say about services.
func (a *App) aboutWords() about.Words { return about.Words{Texts: a.o.Texts, Lang: a.style.Lang} }

// office is where a service is done, as it is now; a phone whose clock cannot be right does not say whether it is open.
func (a *App) office(s *service.Service) (service.Office, bool) {
	o, ok := a.o.Catalogue.Tenant().Office(s.Office, a.style.Lang, a.today())
	o.Known = o.Known && a.plausible(a.now())
	return o, ok
}

// townTime is what time it is by the town hall's clock, and whether that was heard.
func (a *App) townTime() (time.Time, bool) {
	if a.o.Clock == nil {
		return a.o.Now(), true
	}
	_, heard := a.o.Clock()
	return a.now(), heard
}

// count asks, once for a card, how many wait at the offices.
func (s *card) count(a *App) {
	if s.counted || a.o.Records == nil {
		return
	}
	s.counted = true
	a.beside(func(ctx context.Context) func() {
		records, err := a.o.Records.Published(ctx, service.CollectionQueues)
		if err != nil { // nothing is said then
			return nil
		}
		return func() {
			if s.queues = service.ReadQueues(records); len(s.queues) > 0 {
				a.show()
			}
		}
	})
}

// queue says how many wait for a service; "" when nobody knows.
func (s *card) queue(a *App) string {
	now, heard := a.townTime()
	if !heard {
		return ""
	}
	return a.aboutWords().Queue(s.queues[s.service.Office], now)
}

// where is who is in charge of a service and whether somebody is there; a tap leads to all about it.
func (s *card) where(a *App) fyne.CanvasObject {
	o, ok := a.office(s.service)
	if !ok {
		return nil
	}
	s.count(a)
	hint := a.aboutWords().Open(o, a.now())
	if q := s.queue(a); q != "" && o.Open.Open {
		hint += "\n" + q
	}
	return look.Entry(a.style, look.EntryOpts{Icon: "building-bank", Title: o.Name, Hint: hint, ID: "about", Tap: func() { a.push(&allAbout{card: s}) }})
}

func (a *App) lines(all []about.Line) []fyne.CanvasObject {
	var objs []fyne.CanvasObject
	for _, l := range all {
		objs = append(objs, led(a.px(28), a.px(28), a.px(12), look.Icon(a.style, l.Icon, a.px(28), a.style.Colors().Accent), look.Text(a.style, look.Body, l.Text, look.TextOpts{})))
	}
	return objs
}

// allAbout is everything about a service besides what it is: where and when, by which ways, for whom, by what right.
type allAbout struct{ card *card }

func (*allAbout) name() string { return "about" }

func (x *allAbout) draw(a *App) page {
	s, w := x.card.service, a.aboutWords()
	c := s.CardFor(a.style.Lang, a.today(), service.ByPhone)
	p := page{title: c.Title, gap: 20}
	chapter := func(title string, objs ...fyne.CanvasObject) {
		if len(objs) > 0 {
			p.body = append(p.body, look.Column(a.px(10), append([]fyne.CanvasObject{a.heading(look.TitleS, title)}, objs...)...))
		}
	}
	if o, ok := a.office(s); ok {
		var objs []fyne.CanvasObject
		if open := w.Open(o, a.now()); open != "" {
			kind := look.Info
			if o.Open.Open {
				kind = look.OK
			}
			objs = append(objs, a.note(kind, "clock", open, x.card.queue(a)))
		}
		chapter(o.Name, append(objs, a.lines(w.Where(o))...)...)
	}
	if ways := w.Channels(s); len(ways) > 0 {
		chapter(w.Texts.Say(w.Lang, "about.ways"), append(a.lines(ways), a.lines(w.Conditions(s))...)...)
	}
	if who := w.For(a.o.Catalogue, s); who != "" {
		chapter(w.Texts.Say(w.Lang, "about.for"), a.lines([]about.Line{{Icon: "users-group", Text: who}})...)
	}
	chapter(w.Texts.Say(w.Lang, "about.legal"), x.legal(a, c.Law)...)
	return p
}

// legal is by what right the service is there; a rule that can be read on the web is a way there.
func (x *allAbout) legal(a *App, law string) []fyne.CanvasObject {
	var objs []fyne.CanvasObject
	if law != "" {
		objs = a.lines([]about.Line{{Icon: "info-circle", Text: law}})
	}
	for i, l := range x.card.service.Legal {
		address, err := url.Parse(l.Link)
		if l.Link == "" || err != nil {
			objs = append(objs, a.lines([]about.Line{{Icon: "certificate", Text: l.Cite}})...)
			continue
		}
		objs = append(objs, look.Link(a.style, look.LinkOpts{Label: l.Cite, Icon: "certificate", ID: "legal." + string(rune('1'+i)), Tap: func() { a.open(address) }}))
	}
	if key := x.card.service.Key; key != "" {
		objs = append(objs, a.small(a.o.Texts.Say(a.style.Lang, "about.key", "key", key)))
	}
	return objs
}

// open shows a page of the web in the phone's own browser. A phone without one has nothing to show.
func (a *App) open(address *url.URL) {
	if err := a.app.OpenURL(address); err != nil {
		a.o.Event("web", "shown", false)
	}
}

// audience is a way to services by whom they are for: pills under the situations of life.
func (s *services) audience(a *App) []fyne.CanvasObject {
	var pills []fyne.CanvasObject
	for _, g := range a.o.Catalogue.Groups(a.style.Lang) {
		pills = append(pills, look.Button(a.style, look.ButtonOpts{Label: g.Title, Icon: g.Icon, Pill: true, ID: "group." + g.ID, Tap: func() { s.group = g.ID; a.fresh = true; a.show() }}))
	}
	if len(pills) == 0 {
		return nil
	}
	return []fyne.CanvasObject{a.heading(look.TitleS, a.o.Texts.Say(a.style.Lang, "about.for")), flow(a.px(8), pills...)}
}

// forGroup are the services for the chosen group, by topic.
func (s *services) forGroup(a *App) []fyne.CanvasObject {
	var objs []fyne.CanvasObject
	for _, g := range a.o.Catalogue.Groups(a.style.Lang) {
		if g.ID == s.group {
			objs = append(objs, a.heading(look.TitleM, g.Title))
		}
	}
	for _, c := range a.o.Catalogue.Chapters(a.style.Lang, a.o.Catalogue.For(s.group)) {
		if c.Title != "" {
			objs = append(objs, a.heading(look.Lead, c.Title))
		}
		objs = append(objs, a.rows(c.Services))
	}
	return objs
}
