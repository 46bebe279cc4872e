package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Span is a time in which somebody is there, in minutes since midnight: from From until Until, which is later.
type Span struct{ From, Until int }

// Hours are the opening hours of an office. The zero value is never open and says so of no day.
type Hours struct {
	week   [7][]Span // by time.Weekday
	except map[string][]Span
	known  bool
}

var weekdays = map[string]time.Weekday{"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday}

// Read reads hours as they stand in a table: week maps "mon" to "08:00-12:00, 14:00-18:00", except maps a day ("2026-12-24") to what holds instead
// of week and holidays, "" being closed. Days that week does not name are closed, and so are public holidays. Either may be nil.
func Read(week, except any) (Hours, error) {
	var h Hours
	days, ok := week.(map[string]any)
	if !ok && week != nil {
		return h, fmt.Errorf("opening hours: week is a list of days such as mon: 08:00-12:00")
	}
	for name, text := range days {
		day, ok := weekdays[name]
		if !ok {
			return h, fmt.Errorf("opening hours: no such day of the week: %q (mon, tue, wed, thu, fri, sat, sun)", name)
		}
		spans, err := readSpans(text)
		if err != nil {
			return h, fmt.Errorf("opening hours: %s: %w", name, err)
		}
		h.week[day] = spans
	}
	others, ok := except.(map[string]any)
	if !ok && except != nil {
		return h, fmt.Errorf("opening hours: except is a list of days such as \"2026-12-24\": \"\"")
	}
	h.except = map[string][]Span{}
	for day, text := range others {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return h, fmt.Errorf("opening hours: except: %q is no day such as 2026-12-24", day)
		}
		spans, err := readSpans(text)
		if err != nil {
			return h, fmt.Errorf("opening hours: %s: %w", day, err)
		}
		h.except[day] = spans
	}
	h.known = len(days) > 0
	return h, nil
}

func readSpans(text any) ([]Span, error) {
	s, ok := text.(string)
	if !ok {
		return nil, fmt.Errorf("%v is no time such as 08:00-12:00 (in quotes)", text)
	}
	var spans []Span
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		from, until, _ := strings.Cut(part, "-")
		a, err := readMinute(from)
		b, err2 := readMinute(until)
		if err != nil || err2 != nil || b <= a {
			return nil, fmt.Errorf("%q is no time such as 08:00-12:00", part)
		}
		if n := len(spans); n > 0 && spans[n-1].Until > a {
			return nil, fmt.Errorf("%q begins before the one before it ends", part)
		}
		spans = append(spans, Span{a, b})
	}
	return spans, nil
}

func readMinute(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err
}

// Known tells whether the hours of any day are written down.
func (h Hours) Known() bool { return h.known }

// On gives when the office is open on a day, in order; none when it is closed. Of the day only the date counts.
func (h Hours) On(day time.Time) []Span {
	if spans, ok := h.except[day.Format(time.DateOnly)]; ok {
		return slices.Clone(spans)
	}
	if Holiday(day) {
		return nil
	}
	return slices.Clone(h.week[day.Weekday()])
}

// State is how it stands with an office at a moment.
type State struct {
	Open  bool
	Until time.Time // while it is open: when it closes, also for a break
	Next  time.Time // while it is closed: when it opens; zero when it does not within the next two months
}

// lookahead is how many days At looks for the next one that is open: longer than any office is closed.
const lookahead = 62

// At tells how it stands at a moment. Its location is the office's.
func (h Hours) At(now time.Time) State {
	for n := range lookahead {
		day := now.AddDate(0, 0, n)
		for _, s := range h.On(day) {
			from, until := at(day, s.From), at(day, s.Until)
			switch {
			case !now.Before(until):
			case !now.Before(from):
				return State{Open: true, Until: until}
			default:
				return State{Next: from}
			}
		}
	}
	return State{}
}

// OpenAt tells whether the office is open at a time of a day, such as "09:30". A time that is none is closed.
func (h Hours) OpenAt(day time.Time, clock string) bool {
	minute, err := readMinute(clock)
	return err == nil && slices.ContainsFunc(h.On(day), func(s Span) bool { return s.From <= minute && minute < s.Until })
}

// at is a minute of a day. A minute that the change to summer time skips is the one after it.
func at(day time.Time, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, day.Location())
}
