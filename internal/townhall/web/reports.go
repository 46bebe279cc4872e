package web

import (
	"context"
	"fmt"
	"image"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// Reports is what the pages need to work with reports of defects; *cases.Book is one.
type Reports interface {
	ReportReader
	ReportWorker
}

// ReportReader looks at reports.
type ReportReader interface {
	Reports(ctx context.Context, f cases.ReportFilter) (cases.Page, error)
	ReportCounts(ctx context.Context) (cases.ReportCounts, error)
	// Near lists open reports that may be about the same thing.
	Near(ctx context.Context, c cases.Case) ([]cases.Case, error)
	// Photo gives the bytes of a photo; cases.ErrNotFound.
	Photo(ctx context.Context, number, digest string) ([]byte, error)
}

// ReportWorker moves reports. Each call names the version the clerk saw, as a Decider's do.
type ReportWorker interface {
	Move(ctx context.Context, number, clerk string, p cases.Progress, version int64) error
	Publish(ctx context.Context, number, clerk, text, digest string, areas []image.Rectangle, version int64) error
	Unpublish(ctx context.Context, number, clerk string, version int64) error
	Merge(ctx context.Context, number, into, clerk string, version int64) error
	Split(ctx context.Context, number, clerk string, version int64) error
}

// reportsSize is how many reports a page of the list shows: more numbers on a map nobody reads.
const reportsSize = 25

// Size of the map beside the list, in its own units.
const mapWidth, mapHeight = 600, 600

// reportQuery is what the address of the list says. Nothing in it is personal.
type reportQuery struct {
	View, Category string
	Around         string // number of the report in the middle of the map
	Zoom, Page     int
	NoMap          bool
}

func readReportQuery(v url.Values) reportQuery {
	q := reportQuery{View: v.Get("sicht"), Category: v.Get("art"), Around: v.Get("um"), NoMap: v.Get("ansicht") == "liste"}
	if n, err := strconv.Atoi(v.Get("zoom")); err == nil {
		q.Zoom = max(-2, min(4, n))
	}
	if n, err := strconv.Atoi(v.Get("seite")); err == nil && n > 0 && n < 100_000 {
		q.Page = n
	}
	return q
}

func (q reportQuery) url() string {
	v := url.Values{}
	set := func(key, value string, yes bool) {
		if yes {
			v.Set(key, value)
		}
	}
	set("sicht", q.View, q.View != "" && q.View != "offen")
	set("art", q.Category, q.Category != "")
	set("um", q.Around, q.Around != "")
	set("zoom", strconv.Itoa(q.Zoom), q.Zoom != 0)
	set("seite", strconv.Itoa(q.Page), q.Page > 1)
	set("ansicht", "liste", q.NoMap)
	if len(v) == 0 {
		return "/maengel"
	}
	return "/maengel?" + v.Encode()
}

func (q reportQuery) filter() cases.ReportFilter {
	f := cases.ReportFilter{Category: q.Category, Page: q.Page, Size: reportsSize}
	switch q.View {
	case "dringend":
		f.Open, f.Urgent = true, true
	case "neu":
		f.Open, f.State = true, service.StateReceived
	case "arbeit":
		f.Open, f.State = true, service.StateInWork
	case "oeffentlich":
		f.Public = true
	case "erledigt":
		f.Done = true
	case "alle":
	default:
		f.Open = true
	}
	return f
}

type reportsPage struct {
	Q                     reportQuery
	Sentence, Range       string
	Views                 []view
	Categories            []choice
	Map                   *plan
	Rows                  []reportRow
	Pager                 []link
	MapURL, ListURL       string
	CSRF                  string
	EmptyTitle, EmptyText string
}

type reportRow struct {
	N                                     int
	Number, Title, Where, When, More, Pin string
	Urgency, State                        badge
	Public                                bool
	ShowURL                               string // the map around it; empty: it is not on the map
	Version                               int64
	Doubles                               []double
}

// double is a report that may be about the same thing.
type double struct {
	Number, Title, Where, When string
	Version                    int64
}

func (s *site) reportList(w http.ResponseWriter, r *http.Request) {
	q := readReportQuery(r.URL.Query())
	list, err := s.Reports.Reports(r.Context(), q.filter())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: reports: %w", err))
		return
	}
	n, err := s.Reports.ReportCounts(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: reports: %w", err))
		return
	}
	open, err := s.Reports.Reports(r.Context(), cases.ReportFilter{Open: true, Size: 500})
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: reports: %w", err))
		return
	}
	p := reportsPage{Q: q, Sentence: count(n.Open, "Meldung ist", "Meldungen sind") + " offen"}
	if n.Open == 0 {
		p.Sentence = "Nichts ist offen"
	}
	if n.Urgent > 0 {
		p.Sentence += ", davon " + strconv.Itoa(n.Urgent) + " dringend"
	}
	p.Sentence += "."
	for _, v := range []view{
		{URL: "offen", Label: "Offen", Counted: true, N: n.Open}, {URL: "dringend", Label: "Dringend", Counted: true, N: n.Urgent},
		{URL: "neu", Label: "Neu", Counted: true, N: n.New}, {URL: "arbeit", Label: "In Arbeit"},
		{URL: "oeffentlich", Label: "Öffentlich"}, {URL: "erledigt", Label: "Fertig", Counted: true, N: n.Done}, {URL: "alle", Label: "Alle"},
	} {
		v.Current = v.URL == q.View || v.URL == "offen" && q.View == ""
		v.URL = reportQuery{View: v.URL, Category: q.Category, NoMap: q.NoMap}.url()
		p.Views = append(p.Views, v)
	}
	for _, o := range s.categories() {
		value, _ := o.Value.(string)
		p.Categories = append(p.Categories, choice{Value: value, Label: o.Label, Selected: value == q.Category})
	}
	other := q
	other.NoMap = false
	p.MapURL = other.url()
	other.NoMap = true
	p.ListURL = other.url()
	var pins []pin
	for i, c := range list.Cases {
		row := s.reportRow(c, i+1)
		if at, ok := s.point(c.Report.Place); ok {
			pins = append(pins, pin{Tone: row.Urgency.Tone, Label: strconv.Itoa(i + 1), URL: "#m-" + c.Number, at: at, Chosen: c.Number == q.Around,
				Name: fmt.Sprintf("Nummer %d: %s, %s, %s", i+1, row.Title, row.Where, row.Urgency.Text)})
			near := q
			near.Around, near.Zoom, near.NoMap = c.Number, 2, false
			row.ShowURL = near.url() + "#karte"
		}
		if c.Open() {
			row.Doubles = s.doubles(c, open.Cases)
		}
		p.Rows = append(p.Rows, row)
	}
	if !q.NoMap {
		p.Map = s.listMap(q, pins)
	}
	p.Range = "Keine Meldung"
	if len(list.Cases) > 0 {
		first := (list.Page-1)*list.Size + 1
		p.Range = fmt.Sprintf("%d bis %d von %s", first, first+len(list.Cases)-1, count(list.Total, "Meldung", "Meldungen"))
	}
	if list.Pages > 1 {
		for i := 1; i <= list.Pages; i++ {
			at := q
			at.Page, at.Around, at.Zoom = i, "", 0
			p.Pager = append(p.Pager, link{URL: at.url(), Label: strconv.Itoa(i), Aria: "Seite " + strconv.Itoa(i), Current: i == list.Page})
		}
	}
	p.EmptyTitle, p.EmptyText = "Hier ist nichts", "In dieser Sicht liegt gerade keine Meldung."
	s.draw(w, r, http.StatusOK, "reports", shell{Title: "Mängel im Stadtgebiet", Nav: "maengel"}, p)
}

// listMap is the map beside the list.
func (s *site) listMap(q reportQuery, pins []pin) *plan {
	p := &plan{Pins: pins, Title: "Karte mit " + count(len(pins), "Meldung", "Meldungen") + ". Alle Angaben stehen auch in der Liste."}
	f := around(s.Town, pins, mapWidth, mapHeight, q.Zoom)
	for _, x := range pins {
		if x.Chosen {
			f = around(s.Town, []pin{x}, mapWidth, mapHeight, q.Zoom-1)
		}
	}
	f.draw(s.Town, p)
	f.pins(p)
	step := func(by int, icon, name string) {
		to := q
		to.Zoom += by
		if by == 0 {
			to.Zoom, to.Around = 0, ""
		}
		if to.Zoom >= -2 && to.Zoom <= 4 {
			p.Controls = append(p.Controls, control{to.url(), icon, name})
		}
	}
	step(1, "plus", "Vergrößern")
	step(-1, "minus", "Verkleinern")
	step(0, "focus-2", "Alle Meldungen zeigen")
	return p
}

// categories are the first choice of the report's form.
func (s *site) categories() []form.Option {
	svc, ok := s.Catalogue.Find(cases.ReportService, "")
	if !ok {
		return nil
	}
	for _, page := range svc.View(nil, "de", s.Now()).Pages {
		for _, f := range page.Fields {
			if f.Path == "/category" {
				return f.Options
			}
		}
	}
	return nil
}

// point is where a report is on the map: its point if it lies in the town, or its house, or the middle of its street.
func (s *site) point(at form.Spot) (place.Point, bool) {
	if at.Located {
		p := place.Point{Lat: at.Lat, Lon: at.Lon}
		if s.Town == nil && place.Plausible(p) == nil || s.Town != nil && s.Town.Check(p) == nil {
			return p, true
		}
	}
	if s.Town == nil || at.Street == "" {
		return place.Point{}, false
	}
	if p, ok := s.Town.Locate(at.Street, at.Number); ok {
		return p, true
	}
	if m, ok := s.Town.Find(at.Address()); ok {
		return m.At, true
	}
	return place.Point{}, false
}

// where says in a line where a report is.
func (s *site) where(at form.Spot) string {
	var parts []string
	if a := at.Address(); a != "" {
		parts = append(parts, a)
	} else if at.Located {
		p := place.Point{Lat: at.Lat, Lon: at.Lon}
		switch {
		case s.Town == nil:
			parts = append(parts, fmt.Sprintf("%.5f, %.5f", at.Lat, at.Lon))
		case s.Town.Check(p) != nil:
			parts = append(parts, "Punkt außerhalb der Stadt")
		default:
			near := s.Town.Nearest(p)
			parts = append(parts, "nahe "+place.Address(near.Street, near.Number))
		}
	}
	if at.Words != "" {
		parts = append(parts, at.Words)
	}
	if len(parts) == 0 {
		return "ohne Ort"
	}
	return strings.Join(parts, ", ")
}

func (s *site) reportRow(c cases.Case, n int) reportRow {
	row := reportRow{N: n, Number: c.Number, Title: c.Title, Where: s.where(c.Report.Place), State: reportBadge(c.State), Urgency: s.urgency(c), Version: c.Version}
	when := moment(c.Received, s.Now(), s.Zone)
	row.When = "gemeldet " + strings.ToLower(when[:1]) + when[1:] + " " + channelWord(c.Channel)
	if n := len(c.Photos); n > 0 {
		row.When += ", " + count(n, "Foto", "Fotos")
	}
	if n := c.Report.Supports; n > 0 {
		row.More = count(n, "anderer meldet", "andere melden") + " dasselbe"
	}
	row.Public = c.Report.Public != nil && c.Report.Public.Shown
	row.Pin = row.Urgency.Tone
	return row
}

// doubles are other open reports that may be about the same thing and came earlier: the newer one is offered to be put to the older one.
func (s *site) doubles(c cases.Case, open []cases.Case) (out []double) {
	for _, o := range open {
		if o.Number != c.Number && o.ID < c.ID && c.Report.Same(o.Report) {
			out = append(out, s.double(o))
		}
	}
	return out[:min(len(out), 3)]
}

func (s *site) double(o cases.Case) double {
	return double{Number: o.Number, Title: o.Title, Where: s.where(o.Report.Place), When: shortDay(o.Received, s.Zone), Version: o.Version}
}

// urgency is how soon somebody has to go there: as a word, a shape and a colour.
func (s *site) urgency(c cases.Case) badge {
	switch {
	case !c.Open():
		return badge{reportBadge(c.State).Text, "circle-check", "good", false}
	case c.Report.Urgent:
		return badge{"Dringend", "alert-octagon", "bad", false}
	case !c.Due.IsZero() && daysBetween(s.Now(), c.Due, s.Zone) <= 2:
		return badge{"Bald", "alert-triangle", "warn", false}
	}
	return badge{"Normal", "info-circle", "info", false}
}

// reportBadge is stateBadge for reports: a defect is mended, not approved.
func reportBadge(st service.State) badge {
	switch st {
	case service.StateInWork:
		return badge{"In Arbeit", "progress", "", false}
	case service.StateApproved:
		return badge{"Erledigt", "circle-check", "good", false}
	case service.StateRejected:
		return badge{"Nicht möglich", "ban", "", false}
	}
	return stateBadge(st)
}

// caseBadge is the state of any case.
func caseBadge(c cases.Case) badge {
	switch {
	case c.Main != "":
		return badge{"Zusammengelegt", "arrows-join", "", false}
	case c.Service == cases.ReportService:
		return reportBadge(c.State)
	}
	return stateBadge(c.State)
}

// dated writes when something was published.
func (s *site) dated(t time.Time) string { return moment(t, s.Now(), s.Zone) }
