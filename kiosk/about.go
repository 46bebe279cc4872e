package kiosk

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/about"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// Records is what the town hall has published, as far as this terminal knows it.
type Records interface {
	// Published gives the data of a collection's records.
	Published(ctx context.Context, collection string) ([][]byte, error)
}

// aboutWords says what both shells say about services.
func (k *Kiosk) aboutWords() about.Words { return about.Words{Texts: k.o.Texts, Lang: k.s.style.Lang} }

// office is where a service is done, as it is now.
func (k *Kiosk) office(s *service.Service) (service.Office, bool) {
	return k.o.Catalogue.Tenant().Office(s.Office, k.s.style.Lang, k.o.Now())
}

// townTime is what time it is by the town hall's clock, and whether that was heard. Without Options.Clock this terminal's clock is the town hall's.
func (k *Kiosk) townTime() (time.Time, bool) {
	now := k.o.Now()
	if k.o.Clock == nil {
		return now, true
	}
	ahead, heard := k.o.Clock()
	return now.Add(-ahead), heard
}

// count asks, once for a page, how many wait at the offices.
func (c *card) count(k *Kiosk) {
	if c.counted || k.o.Records == nil {
		return
	}
	c.counted = true
	k.beside(func(ctx context.Context, _ func(func())) func() {
		ctx, stop := context.WithTimeout(ctx, patience)
		defer stop()
		records, err := k.o.Records.Published(ctx, service.CollectionQueues)
		if err != nil { // nothing is said then
			return nil
		}
		return func() {
			if c.queues = service.ReadQueues(records); len(c.queues) > 0 {
				k.show()
			}
		}
	})
}

// queue says how many wait for a service; "" when nobody knows.
func (c *card) queue(k *Kiosk) string {
	now, heard := k.townTime()
	if !heard {
		return ""
	}
	return k.aboutWords().Queue(c.queues[c.service.Office], now)
}

// where is who is in charge of a service, and whether somebody is there: one row that leads to all about it. What cannot be applied for here has its
// address and hours at once.
func (c *card) where(k *Kiosk) []fyne.CanvasObject {
	s := c.service.CardFor(k.s.style.Lang, k.o.Now(), service.AtTerminal)
	o, ok := k.office(c.service)
	if !ok {
		var lines []fyne.CanvasObject
		for _, l := range []about.Line{{Icon: "building-bank", Text: s.Office}, {Icon: "info-circle", Text: s.Law}} {
			if l.Text != "" {
				lines = append(lines, k.iconLine(l.Icon, l.Text))
			}
		}
		if len(lines) == 0 {
			return nil
		}
		return []fyne.CanvasObject{look.Column(k.px(10), lines...)}
	}
	c.count(k)
	hint := k.aboutWords().Open(o, k.o.Now())
	if q := c.queue(k); q != "" && o.Open.Open {
		hint += "\n" + q
	}
	row := look.Row(k.s.style, look.RowOpts{Icon: "building-bank", Title: o.Name, Hint: hint, ID: "about", Tap: k.tap(func() { k.push(&allAbout{card: c}) })})
	if k.canApply(c.service) {
		return []fyne.CanvasObject{row}
	}
	return []fyne.CanvasObject{look.Column(k.px(14), append([]fyne.CanvasObject{row}, k.lines(k.aboutWords().Where(o))...)...)}
}

func (k *Kiosk) lines(all []about.Line) []fyne.CanvasObject {
	var objs []fyne.CanvasObject
	for _, l := range all {
		objs = append(objs, k.iconLine(l.Icon, l.Text))
	}
	return objs
}

// allAbout is everything about a service besides what it is: where and when, by which ways, for whom, by what right.
type allAbout struct{ card *card }

func (*allAbout) name() string { return "about" }

func (a *allAbout) draw(k *Kiosk) page {
	st, s, w := k.s.style, a.card.service, k.aboutWords()
	c := s.CardFor(st.Lang, k.o.Now(), service.AtTerminal)
	p := page{head: k.serviceHead(s.Icon, w.Texts.Say(st.Lang, "about.title"), c.Title), title: c.Title, gap: 26, actions: []action{k.goBack()}}
	chapter := func(title string, objs ...fyne.CanvasObject) {
		if len(objs) > 0 {
			p.body = append(p.body, look.Column(k.px(14), append([]fyne.CanvasObject{k.heading(look.TitleS, title)}, objs...)...))
		}
	}
	if o, ok := k.office(s); ok {
		var objs []fyne.CanvasObject
		if open := w.Open(o, k.o.Now()); open != "" {
			kind := look.Info
			if o.Open.Open {
				kind = look.OK
			}
			objs = append(objs, k.note(kind, "clock", open, a.card.queue(k)))
		}
		chapter(o.Name, append(objs, k.lines(w.Where(o))...)...)
	}
	if ways := w.Channels(s); len(ways) > 0 {
		chapter(k.say("about.ways"), append([]fyne.CanvasObject{look.Grid(k.px(20), 2, k.lines(ways)...)}, k.lines(w.Conditions(s))...)...)
	}
	if who := w.For(k.o.Catalogue, s); who != "" {
		chapter(k.say("about.for"), k.iconLine("users-group", who))
	}
	var legal []about.Line
	if c.Law != "" {
		legal = append(legal, about.Line{Icon: "info-circle", Text: c.Law})
	}
	for _, l := range s.Legal {
		legal = append(legal, about.Line{Icon: "certificate", Text: l.Cite})
	}
	if s.Key != "" {
		legal = append(legal, about.Line{Icon: "list-check", Text: k.say("about.key", "key", s.Key)})
	}
	chapter(k.say("about.legal"), k.lines(legal)...)
	return p
}
