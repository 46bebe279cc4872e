package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func day(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The holidays of two years as the state publishes them.
func TestTheHolidaysAreThoseOfTheState(t *testing.T) {
	for year, want := range map[int]string{
		2026: "2026-01-01 2026-04-03 2026-04-05 2026-04-06 2026-05-01 2026-05-14 2026-05-24 2026-05-25 2026-06-04 2026-10-03 2026-11-01 2026-12-25 2026-12-26",
		2027: "2027-01-01 2027-03-26 2027-03-28 2027-03-29 2027-05-01 2027-05-06 2027-05-16 2027-05-17 2027-05-27 2027-10-03 2027-11-01 2027-12-25 2027-12-26",
		2038: "2038-01-01 2038-04-23 2038-04-25 2038-04-26 2038-05-01 2038-06-03 2038-06-13 2038-06-14 2038-06-24 2038-10-03 2038-11-01 2038-12-25 2038-12-26", // the latest Easter there is
	} {
		var got []string
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if Holiday(d) {
				got = append(got, d.Format(time.DateOnly))
			}
		}
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%d: %v", year, got)
		}
	}
}

func hours(t testing.TB) Hours {
	t.Helper()
	h, err := Read(map[string]any{"mon": "08:00-12:00", "tue": "08:00-12:00", "wed": "08:00-12:00", "thu": "08:00-12:00, 14:00-18:00", "fri": "08:00-12:00"},
		map[string]any{"2026-12-24": "", "2026-12-28": "09:00-10:00"})
	if err != nil || !h.Known() {
		t.Fatal(err)
	}
	return h
}

func TestAnOfficeSaysWhetherItIsOpenAndWhenItIsNext(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		now, until, next, why string
	}{
		{"2026-11-23 07:59", "", "2026-11-23 08:00", "a minute too early on a Monday"},
		{"2026-11-23 08:00", "2026-11-23 12:00", "", "the first minute"},
		{"2026-11-23 11:59", "2026-11-23 12:00", "", "the last minute"},
		{"2026-11-23 12:00", "", "2026-11-24 08:00", "closed on the stroke of twelve"},
		{"2026-11-26 12:30", "", "2026-11-26 14:00", "the break on a Thursday"},
		{"2026-11-26 17:00", "2026-11-26 18:00", "", "Thursday afternoon"},
		{"2026-11-27 15:00", "", "2026-11-30 08:00", "the weekend begins"},
		{"2026-12-23 13:00", "", "2026-12-28 09:00", "Christmas Eve is excepted, Christmas a holiday, then a weekend, then other hours"},
		{"2026-12-28 10:00", "", "2026-12-29 08:00", "the other hours are over"},
		{"2027-03-25 19:00", "", "2027-03-30 08:00", "Easter, with the change to summer time in between"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, berlin)
		if err != nil {
			t.Fatal(err)
		}
		text := func(x time.Time) string {
			if x.IsZero() {
				return ""
			}
			return x.Format("2006-01-02 15:04")
		}
		s := hours(t).At(now)
		if s.Open != (c.until != "") || text(s.Until) != c.until || text(s.Next) != c.next {
			t.Errorf("%s (%s): %+v", c.now, c.why, s)
		}
		if s.Open != hours(t).OpenAt(now, now.Format("15:04")) {
			t.Errorf("%s: two answers to one question", c.now)
		}
	}
	if s := (Hours{}).At(day(t, "2026-11-23")); s.Open || !s.Next.IsZero() || (Hours{}).Known() {
		t.Error("an office without hours opens")
	}
	if hours(t).OpenAt(day(t, "2026-11-23"), "early") || hours(t).OpenAt(day(t, "2026-12-25"), "09:00") {
		t.Error("open at no time, or at Christmas")
	}
}

func TestHoursThatNobodyCanReadAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ week, except any }{
		"no list":            {"08:00-12:00", nil},
		"no such day":        {map[string]any{"montag": "08:00-12:00"}, nil},
		"no time":            {map[string]any{"mon": "8 bis 12"}, nil},
		"a number":           {map[string]any{"mon": 8}, nil},
		"ends early":         {map[string]any{"mon": "12:00-08:00"}, nil},
		"over each other":    {map[string]any{"mon": "08:00-12:00, 11:00-13:00"}, nil},
		"no list of days":    {nil, "2026-12-24"},
		"an exception when?": {nil, map[string]any{"Heiligabend": ""}},
		"an exception what?": {nil, map[string]any{"2026-12-24": "kurz"}},
	} {
		if _, err := Read(c.week, c.except); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzSpans(f *testing.F) {
	f.Add("08:00-12:00, 14:00-18:00")
	f.Add("00:00-24:00")
	f.Add(",,-,")
	f.Fuzz(func(t *testing.T, s string) {
		spans, err := readSpans(s)
		last := 0
		for _, x := range spans {
			if err == nil && (x.From < last || x.Until <= x.From || x.Until > 24*60) {
				t.Errorf("%q: %v", s, spans)
			}
			last = x.Until
		}
	})
}
