package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// pageSize is how many cases one page of the worklist shows.
const pageSize = 20

// query is what the address of the worklist says.
type query struct {
	View, State, Service, Office, Channel, Due string
	Key                                        string // stands for Text in the address; see searches
	Text                                       string // what to look for; no address ever has it
	Newest                                     bool
	Page                                       int
}

func readQuery(v url.Values) query {
	q := query{View: v.Get("sicht"), Key: v.Get("suche"), State: v.Get("stand"), Service: v.Get("leistung"), Office: v.Get("amt"), Channel: v.Get("weg"), Due: v.Get("frist"), Newest: v.Get("sortiert") == "neu"}
	if n, err := strconv.Atoi(v.Get("seite")); err == nil && n > 0 && n < 100_000 {
		q.Page = n
	}
	if q.View == "" {
		q.View = "meine"
	}
	return q
}

func (q query) url() string {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.View != "meine" {
		set("sicht", q.View)
	}
	set("suche", q.Key)
	set("stand", q.State)
	set("leistung", q.Service)
	set("amt", q.Office)
	set("weg", q.Channel)
	set("frist", q.Due)
	if q.Newest {
		set("sortiert", "neu")
	}
	if q.Page > 1 {
		set("seite", strconv.Itoa(q.Page))
	}
	if len(v) == 0 {
		return "/arbeitsliste"
	}
	return "/arbeitsliste?" + v.Encode()
}

// filter is what the book understands.
func (q query) filter(clerk string, now time.Time, zone *time.Location) cases.Filter {
	f := cases.Filter{Text: q.Text, State: service.State(q.State), Service: q.Service, Office: q.Office, Channel: q.Channel, Newest: q.Newest, Page: q.Page, Size: pageSize, Open: true}
	switch q.View {
	case "frei":
		f.Unassigned = true
	case "wartet":
		if f.State == "" {
			f.State = service.StateAsked
		}
	case "pruefen":
		f.Warned = true
	case "zahlung":
		f.Unpaid = true
	case "offen":
	case "alle":
		f.Open = false
	default:
		f.Clerk, f.Unassigned = clerk, true
	}
	y, m, d := now.In(zone).Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, zone)
	switch q.Due {
	case "vorbei":
		f.DueBefore = midnight
	case "heute":
		f.DueBefore = midnight.AddDate(0, 0, 1)
	case "woche":
		f.DueBefore = midnight.AddDate(0, 0, 7)
	}
	return f
}

type worklistPage struct {
	Greeting, Sentence, Sealed                 string
	Lost                                       bool // the address names a search that is not remembered any more
	Counters                                   []counter
	Views                                      []view
	Q                                          query
	Services, Offices, States, Channels, Dues  []choice
	Chips                                      []link
	Clear, Range, Caption                      string
	Rows                                       []row
	Pages, Size                                int
	Pager                                      []link
	EmptyTitle, EmptyText, EmptyURL, EmptyLink string
}

type counter struct {
	URL, Tone, Label, Small string
	N                       int
}

type view struct {
	URL, Label string
	Current    bool
	Counted    bool
	N          int
}

type link struct {
	URL, Label, Aria string
	Current          bool
}

type row struct {
	Number, Title, DueDay, Received, Channel, Fee, Paid, Clerk, Office string
	Due, State                                                         badge
	Extra                                                              []badge
}

func (s *site) worklist(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r.URL.Query())
	if q.Key != "" {
		q.Text, _ = s.searches.find(user(r).Login, q.Key)
	}
	s.drawWorklist(w, r, q)
}

// drawWorklist draws the list that q asks for.
func (s *site) drawWorklist(w http.ResponseWriter, r *http.Request, q query) {
	u, now := user(r), s.Now()
	lost := q.Key != "" && q.Text == ""
	if lost {
		q.Key = ""
	}
	counts, err := s.Book.Counts(r.Context(), u.Login)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: worklist: %w", err))
		return
	}
	list, err := s.Book.List(r.Context(), q.filter(u.Login, now, s.Zone))
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: worklist: %w", err))
		return
	}
	p := worklistPage{Q: q, Lost: lost, Greeting: greeting(u, now, s.Zone), Sentence: today(now, s.Zone) + ". " + hurry(counts), Pages: list.Pages, Size: pageSize}
	if counts.Sealed > 0 {
		p.Sealed = count(counts.Sealed, "Umschlag lässt", "Umschläge lassen") + " sich noch nicht öffnen"
	}
	p.Counters = []counter{
		{URL: query{View: "offen", Due: "vorbei"}.url(), Tone: "bad", N: counts.Overdue, Label: "Überfällig", Small: "Frist ist vorbei"},
		{URL: query{View: "offen", Due: "heute"}.url(), Tone: "warn", N: counts.DueToday, Label: "Heute fällig", Small: "Frist endet heute"},
		{URL: query{View: "offen", Due: "woche"}.url(), N: counts.DueWeek, Label: "Diese Woche", Small: "in sieben Tagen"},
		{URL: query{View: "wartet"}.url(), N: counts.Asked, Label: "Warten auf Antwort", Small: "der Bürgerin, des Bürgers"},
		{URL: query{View: "frei"}.url(), Tone: "info", N: counts.Unassigned, Label: "Noch frei", Small: "niemand zuständig"},
	}
	if counts.Overdue == 0 {
		p.Counters[0].Tone = ""
	}
	if counts.DueToday == 0 {
		p.Counters[1].Tone = ""
	}
	for _, v := range []view{
		{URL: "meine", Label: "Meine und freie", Counted: true, N: counts.Mine + counts.Unassigned},
		{URL: "frei", Label: "Noch frei", Counted: true, N: counts.Unassigned},
		{URL: "wartet", Label: "Wartet auf Antwort", Counted: true, N: counts.Asked},
		{URL: "pruefen", Label: "Bitte prüfen", Counted: true, N: counts.Warned},
		{URL: "zahlung", Label: "Zahlung offen", Counted: true, N: counts.Unpaid},
		{URL: "offen", Label: "Alle offenen", Counted: true, N: counts.Open},
		{URL: "alle", Label: "Alle, auch fertige"},
	} {
		v.Current = v.URL == q.View
		v.URL = query{View: v.URL}.url()
		p.Views = append(p.Views, v)
	}
	s.choices(&p)
	s.chips(&p)
	name := s.names(r)
	for _, c := range list.Cases {
		p.Rows = append(p.Rows, s.row(c, name, now))
	}
	p.Caption = "Vorgänge, nach Frist sortiert"
	if q.Newest {
		p.Caption = "Vorgänge, neue zuerst"
	}
	p.Range = "Kein Vorgang"
	if len(list.Cases) > 0 {
		first := (list.Page-1)*list.Size + 1
		order := "Frist"
		if q.Newest {
			order = "Eingang"
		}
		p.Range = fmt.Sprintf("Sortiert nach %s, %d bis %d von %s", order, first, first+len(list.Cases)-1, count(list.Total, "Vorgang", "Vorgängen"))
	}
	p.Pager = pager(q, list)
	s.empty(&p)
	s.draw(w, r, http.StatusOK, "worklist", shell{Title: "Arbeitsliste", Nav: "arbeitsliste", Query: q.Text}, p)
}

// hurry says in one sentence what is urgent.
func hurry(c cases.Counts) string {
	switch {
	case c.Overdue > 0 && c.DueToday > 0:
		return count(c.Overdue, "Vorgang ist", "Vorgänge sind") + " überfällig, " + count(c.DueToday, "läuft", "laufen") + " heute ab."
	case c.Overdue > 0:
		return count(c.Overdue, "Vorgang ist", "Vorgänge sind") + " überfällig."
	case c.DueToday > 0:
		return count(c.DueToday, "Vorgang läuft", "Vorgänge laufen") + " heute ab."
	case c.Open == 0:
		return "Nichts ist offen."
	}
	return "Alles liegt in der Frist."
}

func (s *site) choices(p *worklistPage) {
	for _, svc := range s.Catalogue.Services() {
		if !svc.Online() {
			continue
		}
		p.Services = append(p.Services, choice{Value: svc.ID, Label: svc.Title("de"), Selected: svc.ID == p.Q.Service})
	}
	for _, o := range s.Catalogue.Tenant().Offices("de", s.Now().In(s.Zone)) {
		p.Offices = append(p.Offices, choice{Value: o.ID, Label: o.Name, Selected: o.ID == p.Q.Office})
	}
	for _, st := range states() {
		p.States = append(p.States, choice{Value: string(st), Label: stateBadge(st).Text, Selected: string(st) == p.Q.State})
	}
	for _, c := range channels() {
		p.Channels = append(p.Channels, choice{Value: c, Label: channelWord(c), Selected: c == p.Q.Channel})
	}
	for _, d := range []choice{{Value: "vorbei", Label: "überfällig"}, {Value: "heute", Label: "bis heute"}, {Value: "woche", Label: "bis in sieben Tagen"}} {
		d.Selected = d.Value == p.Q.Due
		p.Dues = append(p.Dues, d)
	}
}

// chips are the filters that are set; each is a link to the list without it.
func (s *site) chips(p *worklistPage) {
	selected := func(list []choice) string {
		for _, c := range list {
			if c.Selected {
				return c.Label
			}
		}
		return "unbekannt"
	}
	base := p.Q
	base.Page = 0
	add := func(set bool, label string, without func(*query)) {
		if !set {
			return
		}
		q := base
		without(&q)
		p.Chips = append(p.Chips, link{URL: q.url(), Label: label})
	}
	add(base.Text != "", "Suche: "+base.Text, func(q *query) { q.Text, q.Key = "", "" })
	add(base.Service != "", "Leistung: "+selected(p.Services), func(q *query) { q.Service = "" })
	add(base.Office != "", "Amt: "+selected(p.Offices), func(q *query) { q.Office = "" })
	add(base.State != "", "Stand: "+selected(p.States), func(q *query) { q.State = "" })
	add(base.Channel != "", "Weg: "+selected(p.Channels), func(q *query) { q.Channel = "" })
	add(base.Due != "", "Frist: "+selected(p.Dues), func(q *query) { q.Due = "" })
	p.Clear = query{View: base.View, Newest: base.Newest}.url()
}

func (s *site) row(c cases.Case, name func(login string) string, now time.Time) row {
	x := row{
		Number: c.Number, Title: c.Title, Due: dueBadge(c, now, s.Zone), State: caseBadge(c), Received: shortDay(c.Received, s.Zone),
		Channel: channelWord(c.Channel), Clerk: name(c.Clerk), Office: s.officeName(c),
	}
	if c.Open() && !c.Due.IsZero() {
		x.DueDay = shortDay(c.Due, s.Zone)
	}
	if len(c.Warnings) > 0 && c.Open() {
		x.Extra = append(x.Extra, badge{"Bitte prüfen", "alert-triangle", "warn", false})
	}
	x.Fee, x.Paid = "kostenlos", ""
	if c.Fee > 0 {
		x.Fee, x.Paid = c.Fee.String(), payWord(c)
	}
	return x
}

// officeName is the office that a case belongs to, as people call it; "" where that is not known.
func (s *site) officeName(c cases.Case) string {
	for _, o := range s.Catalogue.Tenant().Offices("de", s.Now().In(s.Zone)) {
		if o.ID == c.Office {
			return o.Name
		}
	}
	return ""
}

// payWord says in a word or two whether the fee came in.
func payWord(c cases.Case) string {
	switch {
	case c.Fee <= 0:
		return ""
	case c.Paid:
		return "bezahlt, " + wayWord(c.Way)
	case c.Way == pay.Invoice:
		return "Rechnung offen"
	}
	return "noch nicht bezahlt"
}

// pager links the pages around the current one.
func pager(q query, list cases.Page) []link {
	at := func(n int, label, aria string) link {
		p := q
		p.Page = n
		return link{URL: p.url(), Label: label, Aria: aria, Current: n == list.Page && label == strconv.Itoa(n)}
	}
	var out []link
	if list.Page > 1 {
		out = append(out, at(list.Page-1, "Zurück", "Zurück zur vorigen Seite"))
	}
	for n := 1; n <= list.Pages; n++ {
		if n == 1 || n == list.Pages || (n >= list.Page-2 && n <= list.Page+2) {
			out = append(out, at(n, strconv.Itoa(n), "Seite "+strconv.Itoa(n)))
		}
	}
	if list.Page < list.Pages {
		out = append(out, at(list.Page+1, "Weiter", "Weiter zur nächsten Seite"))
	}
	return out
}

func (s *site) empty(p *worklistPage) {
	p.EmptyURL, p.EmptyLink = query{View: "offen"}.url(), "Alle offenen zeigen"
	switch {
	case len(p.Chips) > 0:
		p.EmptyTitle, p.EmptyText = "Dazu gibt es keinen Vorgang", "Nehmen Sie einen Filter weg oder suchen Sie in allen Vorgängen."
		p.EmptyURL, p.EmptyLink = query{View: "alle", Key: p.Q.Key}.url(), "In allen Vorgängen suchen"
		if p.Q.View == "alle" && len(p.Chips) == 1 && p.Q.Text != "" {
			p.EmptyText, p.EmptyURL, p.EmptyLink = "Prüfen Sie die Schreibweise oder nehmen Sie ein anderes Wort.", query{}.url(), "Zur Arbeitsliste"
		}
	case p.Q.View == "alle" || p.Q.View == "offen":
		p.EmptyTitle, p.EmptyText = "Hier ist noch nichts", "Sobald jemand einen Antrag stellt, steht er hier."
		p.EmptyURL, p.EmptyLink = "/erfassen", "Antrag erfassen"
	default:
		p.EmptyTitle, p.EmptyText = "Hier ist alles erledigt", "In dieser Sicht liegt gerade nichts."
	}
}
