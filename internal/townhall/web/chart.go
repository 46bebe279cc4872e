package web

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// chartWide is the width of every chart in its own units.
const chartWide = 520

// bars is a chart of bars that lie below each other, each under its words.
type bars struct {
	ID, Title, Desc string
	Wide, High      int
	Rows            []bar
}

// bar is one bar with its words above and its number beside it.
type bar struct {
	Words        []chartWord
	Y, Long      int // of the bar
	NumberX, Sum int // Sum: the line on which the number stands
	Number       string
}

// chartWord is a line of words at its place.
type chartWord struct {
	X, Y int
	Text string
}

// part is what a bar stands for.
type part struct {
	Label  string
	N      int
	Number string // as it is written beside the bar
}

// Sizes of bars. In a narrow window letters are drawn with 21 units; what stands there has room for them.
const (
	barLine  = 26 // height of a line of words
	barThick = 22
	barGap   = 16
	barLong  = chartWide - 150 // of the longest one
	lineLong = 44              // letters that fit on a line
)

// newBars draws a bar for each part; whole is what the longest one could be.
func newBars(id, title string, parts []part, whole int) bars {
	c := bars{ID: id, Title: title, Wide: chartWide}
	var said []string
	for _, p := range parts {
		b := bar{Number: p.Number}
		for _, line := range wrap(p.Label, lineLong) {
			c.High += barLine
			b.Words = append(b.Words, chartWord{0, c.High - 8, line})
		}
		b.Y, b.Sum = c.High, c.High+barThick-5
		if p.N > 0 {
			b.Long = max(2, p.N*barLong/max(whole, 1))
		}
		b.NumberX = b.Long + 8
		if p.N == 0 {
			b.NumberX = 0
		}
		c.High += barThick + barGap
		c.Rows = append(c.Rows, b)
		said = append(said, p.Label+": "+p.Number)
	}
	c.Desc = strings.Join(said, "; ") + "."
	return c
}

// wrap divides words into lines of so many letters.
func wrap(s string, wide int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > wide {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// columns is a chart of bars that stand beside each other: how much came when.
type columns struct {
	ID, Title, Desc string
	Wide, High      int
	Bars            []column
	Lines           []gridLine
	Words           []chartWord
}

type column struct{ X, Y, Wide, High int }

type gridLine struct {
	Y    int
	Text string
	Axis bool
}

// span is the time that a column stands for.
type span struct {
	Label, Short string
	N            int
}

// newColumns draws a column for each span.
func newColumns(id, title string, spans []span) columns {
	const left, top, foot, high = 40, 16, 190, 226
	c := columns{ID: id, Title: title, Wide: chartWide, High: high}
	most := 1
	for _, s := range spans {
		most = max(most, s.N)
	}
	step := (most + 3) / 4
	for n := 0; n <= most; n += step {
		c.Lines = append(c.Lines, gridLine{foot - n*(foot-top)/most, strconv.Itoa(n), n == 0})
	}
	room := chartWide - left - 8
	every := (len(spans)*44 + room - 1) / room // each label needs 44 units
	var said []string
	for i, s := range spans {
		from, to := left+4+i*room/len(spans), left+4+(i+1)*room/len(spans)
		wide := min(to-from-min(4, (to-from)/4), 48)
		tall := s.N * (foot - top) / most
		c.Bars = append(c.Bars, column{from, foot - tall, wide, tall})
		if i%every == 0 {
			c.Words = append(c.Words, chartWord{from + wide/2, foot + 22, s.Short})
		}
		said = append(said, s.Label+": "+strconv.Itoa(s.N))
	}
	c.Desc = strings.Join(said, "; ") + "."
	return c
}

// spansOf sums days up: by day as long as there are few, then by week, then by month. unit names it: "Tag", "Woche", "Monat".
func spansOf(days map[string]int, first, last string) (list []span, unit string) {
	from, err1 := time.Parse(time.DateOnly, first)
	to, err2 := time.Parse(time.DateOnly, last)
	if err1 != nil || err2 != nil {
		return nil, ""
	}
	const day = 24 * time.Hour
	begin, next, name := from, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }, func(t time.Time) span {
		return span{Label: t.Format("2.1.2006"), Short: t.Format("2.1.")}
	}
	unit = "Tag"
	switch long := to.Sub(from); {
	case long > 53*7*day:
		unit, begin = "Monat", time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC)
		next = func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
		name = func(t time.Time) span {
			return span{Label: text.Months("de")[t.Month()-1] + t.Format(" 2006"), Short: t.Format("1/06")}
		}
	case long > 30*day:
		unit, begin = "Woche", from.AddDate(0, 0, -(int(from.Weekday())+6)%7)
		next = func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }
		name = func(t time.Time) span {
			return span{Label: "Woche ab " + t.Format("2.1.2006"), Short: t.Format("2.1.")}
		}
	}
	for t := begin; !t.After(to); t = next(t) {
		s := name(t)
		for d := t; d.Before(next(t)); d = d.AddDate(0, 0, 1) {
			s.N += days[d.Format(time.DateOnly)]
		}
		list = append(list, s)
	}
	return list, unit
}
