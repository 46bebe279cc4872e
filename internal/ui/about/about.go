// Package about says what there is to know about a service besides its form, in the words and with the icons that both shells show: where it is
// done and whether it is open, by which ways, with what proof, by what right, and how many wait.
package about

import (
	"fmt"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Line is a sentence with its icon.
type Line struct{ Icon, Text string }

// Words says sentences in one language.
type Words struct {
	Texts *text.Texts // texts/about
	Lang  string
}

func (w Words) say(key string, args ...any) string { return w.Texts.Say(w.Lang, "about."+key, args...) }

// Open says whether an office is open, and until or from when; "" when that is not known. now is of the day and place of the office.
func (w Words) Open(o service.Office, now time.Time) string {
	switch {
	case !o.Known:
		return ""
	case o.Open.Open:
		return w.say("open", "time", w.Clock(o.Open.Until))
	case o.Open.Next.IsZero():
		return w.say("closed")
	}
	next := o.Open.Next
	at := w.Clock(next)
	switch days(now, next) {
	case 0:
		return w.say("opens.today", "time", at)
	case 1:
		return w.say("opens.tomorrow", "time", at)
	case 2, 3, 4, 5, 6:
		return w.say("opens.day", "day", w.say("weekday."+strings.ToLower(next.Weekday().String())), "time", at)
	}
	return w.say("opens.date", "date", text.Date(w.Lang, next), "time", at)
}

// days is how many midnights lie between two moments.
func days(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

// Clock writes a time of day: "8 Uhr", "8.30 Uhr", in English "8:00".
func (w Words) Clock(t time.Time) string {
	if t.Minute() == 0 {
		return w.say("clock", "h", t.Hour())
	}
	return w.say("clock.minutes", "h", t.Hour(), "m", fmt.Sprintf("%02d", t.Minute()))
}

// Where is everything about an office: where it is, when it is open.
func (w Words) Where(o service.Office) []Line {
	var lines []Line
	for _, l := range []Line{{"map-pin", o.Address}, {"clock", o.Hours}, {"phone", o.Phone}} {
		if l.Text != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

var channelIcons = map[string]string{service.AtTerminal: "hand-finger", service.ByPhone: "device-mobile", service.OnTheWeb: "wifi", service.AtCounter: "building-bank", service.ByPost: "mail"}

// Channels are the ways in which a service can be done.
func (w Words) Channels(s *service.Service) []Line {
	var lines []Line
	for _, c := range s.Channels {
		lines = append(lines, Line{channelIcons[c], w.say("channel." + c)})
	}
	return lines
}

// Trust says in plain words what proof of identity a service asks for.
func (w Words) Trust(s *service.Service) Line {
	icon := "id"
	if s.Trust == "none" {
		icon = "shield-check"
	}
	return Line{icon, w.say("trust." + s.Trust)}
}

// Conditions are what somebody should know before: what proof of identity is asked for, and when what was said is erased.
func (w Words) Conditions(s *service.Service) []Line {
	lines := []Line{w.Trust(s)}
	if s.Retention > 0 {
		lines = append(lines, Line{"eraser", w.say("retention", "n", s.Retention)})
	}
	return lines
}

// For names the target groups of a service in one line; "" when there are none.
func (w Words) For(c *service.Catalogue, s *service.Service) string {
	var names []string
	for _, g := range c.GroupsOf(w.Lang, []*service.Service{s}) {
		names = append(names, g.Title)
	}
	return strings.Join(names, ", ")
}

// Queue says how many wait at an office; "" when nobody has counted lately. now is the town hall's time.
func (w Words) Queue(q service.Queue, now time.Time) string {
	switch {
	case !q.Fresh(now):
		return ""
	case q.Waiting == 0:
		return w.say("queue.none", "time", w.Clock(q.At.In(now.Location())))
	}
	return w.say("queue.some", "n", q.Waiting, "time", w.Clock(q.At.In(now.Location())))
}
