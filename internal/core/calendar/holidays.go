// Package calendar knows the public holidays of North Rhine-Westphalia, and says of hours written down as data when an office is open. It is pure:
// the day and the time come from whoever asks.
package calendar

import "time"

// Holiday tells whether a day is a public holiday in North Rhine-Westphalia (§ 2 Feiertagsgesetz NW). Of the day only the date counts.
func Holiday(day time.Time) bool {
	switch d := (monthDay{day.Month(), day.Day()}); d {
	case monthDay{time.January, 1}, monthDay{time.May, 1}, monthDay{time.October, 3}, monthDay{time.November, 1}, monthDay{time.December, 25}, monthDay{time.December, 26}:
		return true
	}
	date := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	switch int(date.Sub(easter(day.Year())) / (24 * time.Hour)) {
	case -2, 0, 1, 39, 49, 50, 60: // Good Friday, Easter, Ascension Day, Whitsun, Corpus Christi
		return true
	}
	return false
}

type monthDay struct {
	month time.Month
	day   int
}

// easter is Easter Sunday of a year of the Gregorian calendar (Meeus, Jones, Butcher).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}
