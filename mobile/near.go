package mobile

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
)

// published is one report that the town hall has published.
type published struct {
	ID       string  `json:"id"`
	Category string  `json:"category"`
	What     string  `json:"what"`
	Title    string  `json:"title"`
	Street   string  `json:"street"`
	Lat      float64 `json:"lat"`
	Lon      float64 `json:"lon"`
	Day      string  `json:"day"`
	State    string  `json:"state"` // "received", "in_work", "done"
	Text     string  `json:"text"`
	Thumb    []byte  `json:"thumb"` // a small JPEG
	Supports int     `json:"supports"`
}

// What counts as the same thing reported before.
const (
	nearBy   = 100.0 // metres
	nearDays = 60
	nearMost = 3
)

// hit is a published report near a place.
type hit struct {
	published
	away float64 // metres; negative: only the street is the same
}

// readNear reads what was published. A record that cannot be read is left out.
func (a *App) readNear(ctx context.Context) []published {
	if a.o.Records == nil {
		return nil
	}
	all, err := a.o.Records.Published(ctx, "reports")
	if err != nil {
		return nil
	}
	var near []published
	for _, data := range all {
		var p published
		if json.Unmarshal(data, &p) == nil && p.ID != "" {
			near = append(near, p)
		}
	}
	return near
}

// same lists open reports of the same kind at the same place, the nearest first. What this phone has reported itself, or said "that is it" to,
// is among them: it is told in the list of one's own reports.
func same(all []published, category string, at form.Spot, today time.Time) []hit {
	var hits []hit
	for _, p := range all {
		day, err := time.Parse(time.DateOnly, p.Day)
		if p.Category != category || p.State == "done" || err != nil || today.Sub(day) > nearDays*24*time.Hour {
			continue
		}
		h := hit{published: p, away: -1}
		if at.Located && (p.Lat != 0 || p.Lon != 0) {
			h.away = place.Point{Lat: at.Lat, Lon: at.Lon}.Distance(place.Point{Lat: p.Lat, Lon: p.Lon})
		}
		if h.away >= 0 && h.away <= nearBy || h.away < 0 && at.Street != "" && p.Street == at.Street {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(x, y hit) int { return cmp.Compare(x.sorted(), y.sorted()) })
	return hits[:min(len(hits), nearMost)]
}

// newest is the day of the newest report: today, as far as a phone whose clock is wrong can tell.
func newest(all []published) time.Time {
	var last time.Time
	for _, p := range all {
		if day, err := time.Parse(time.DateOnly, p.Day); err == nil && day.After(last) {
			last = day
		}
	}
	return last
}

// sorted puts a known distance before an unknown one.
func (h hit) sorted() float64 {
	if h.away < 0 {
		return nearBy + 1
	}
	return h.away
}
