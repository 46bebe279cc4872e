package web

import (
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

type casePage struct {
	Case                                         cases.Case
	Came, SeenTitle, SeenHow, NoView             string
	DecideTitle, DecideText, ChannelIcon, Refund string
	State, Due, PaidBadge                        badge
	Steps                                        []step
	Questions                                    []asking
	Asked                                        []asked
	Raw                                          []pair
	Reasons                                      []string
	History                                      []event
	Fee                                          *feeLines
	Payment                                      []pair
	Papers                                       []paper
	CanTake, CanDecide, CanPay, Mine, Stray      bool
	Acts                                         []act
	Report                                       *reportPart
	Enclosed                                     []enclosed
	Later                                        []promised // what was promised to be handed in later, and has not come yet
	Documents                                    bool       // there is a document among them
	Kept                                         string     // how long what was said is kept
	Erased, CanErase                             bool
}

type step struct {
	Label, Text   string
	Done, Current bool
}

type pair struct{ Label, Text string }

type asking struct {
	Text, Asked, Answer, AnsweredAt string
	Answered                        bool
}

type event struct {
	Title, Text, When, ISO, Icon, Tone string
	Internal                           bool
}

type paper struct{ URL, Title, Size string }

// find gets the case of the address, or answers with a page that says why not.
func (s *site) find(w http.ResponseWriter, r *http.Request) (cases.Case, bool) {
	c, err := s.Book.Get(r.Context(), r.PathValue("nummer"))
	switch {
	case errors.Is(err, cases.ErrNotFound):
		s.say(w, r, http.StatusNotFound, message{Icon: "zoom-question", Title: "Diesen Vorgang gibt es nicht", Text: "Vielleicht fehlt ein Zeichen in der Nummer. Die Suche in der Arbeitsliste hilft weiter."})
		return c, false
	case err != nil:
		s.fail(w, r, fmt.Errorf("web: case: %w", err))
		return c, false
	}
	return c, true
}

// findKept is find for what needs what was said in a case.
func (s *site) findKept(w http.ResponseWriter, r *http.Request) (cases.Case, bool) {
	c, ok := s.find(w, r)
	if ok && !c.Erased.IsZero() {
		s.say(w, r, http.StatusGone, message{Icon: "trash", Title: "Die Angaben sind gelöscht", Text: "Zu diesem Vorgang gibt es nichts mehr zu lesen, zu schreiben oder abzuholen.", Link: "/vorgang/" + c.Number, LinkText: "Zum Vorgang"})
		return c, false
	}
	return c, ok
}

func (s *site) showCase(w http.ResponseWriter, r *http.Request) {
	c, ok := s.find(w, r)
	if !ok {
		return
	}
	u, now := user(r), s.Now()
	p := casePage{
		Case: c, State: caseBadge(c), Due: dueBadge(c, now, s.Zone), Mine: c.Clerk == u.Login, CanDecide: c.Open(), CanTake: c.Open() && c.Clerk != u.Login,
		Came:        "eingegangen am " + shortDay(c.Received, s.Zone) + " " + channelWord(c.Channel),
		SeenTitle:   "Antrag, wie er gestellt wurde",
		ChannelIcon: channelIcon(c.Channel),
	}
	name := s.names(r)
	p.Steps = s.steps(c, name)
	if p.Stray = stray(c); p.Stray {
		p.State = badge{"Nur Erstattung", "coin-euro", "", false}
		back := step{Label: "Erstattung", Text: "steht aus", Current: true}
		if c.Refund.Done {
			back = step{Label: "Erstattung", Text: "erledigt, " + shortDay(c.Refund.DoneAt, s.Zone), Done: true}
		}
		p.Steps = append(p.Steps[:1], back)
	}
	if office := s.officeName(c); office != "" {
		p.Came = office + ", " + p.Came
	}
	if c.Device != "" {
		p.Came += " (" + c.Device + ")"
	}
	s.seen(&p)
	if s.enclosures(&p); p.Documents { // its frame
		w.Header().Set("Content-Security-Policy", policy+"; frame-src 'self'")
	}
	s.decision(&p, name)
	s.payment(&p, name)
	s.retention(&p)
	for _, q := range c.Questions {
		p.Questions = append(p.Questions, asking{Text: q.Text, Asked: "Gefragt: " + moment(q.Asked, now, s.Zone) + ", " + name(q.Clerk), Answer: q.Answer, Answered: q.Answered, AnsweredAt: "Antwort: " + moment(q.AnsweredAt, now, s.Zone)})
	}
	for i := len(c.History) - 1; i >= 0; i-- {
		p.History = append(p.History, s.event(c.History[i], name, now))
	}
	for i, d := range c.Papers {
		p.Papers = append(p.Papers, paper{URL: "/vorgang/" + c.Number + "/dokument/" + strconv.Itoa(i+1), Title: d.Title, Size: size(len(d.Data))})
	}
	acts := []string{"bewilligen", "rueckfrage", "ablehnen"}
	if c.Report != nil && s.Reports != nil {
		if err := s.report(r, &p, name); err != nil {
			s.fail(w, r, fmt.Errorf("web: report: %w", err))
			return
		}
		acts = []string{"rueckfrage"}
	}
	if p.CanDecide {
		for _, name := range acts {
			p.Acts = append(p.Acts, s.act(r, name, c))
		}
	}
	if p.CanErase {
		p.Acts = append(p.Acts, s.act(r, "loeschen", c))
	}
	if p.CanPay {
		p.Acts = append(p.Acts, s.act(r, "bezahlt", c))
	}
	s.draw(w, r, http.StatusOK, "case", shell{Title: c.Number + " " + c.Title, Nav: "arbeitsliste"}, p)
}

// seen draws the application with the version of the service that it was made with.
func (s *site) seen(p *casePage) {
	c := p.Case
	how := []string{"Sprache: " + langWord(c.Lang)}
	if c.ServiceVersion != "" {
		how = append(how, "Fassung "+c.ServiceVersion)
	}
	p.SeenHow = strings.Join(how, ", ")
	if !c.Erased.IsZero() {
		p.SeenTitle, p.SeenHow, p.NoView = "Antrag", "", "Die Angaben wurden am "+shortDay(c.Erased, s.Zone)+" gelöscht."
		return
	}
	if stray(c) {
		p.SeenTitle, p.SeenHow, p.NoView = "Nur eine Zahlung", "", "Zu dieser Zahlung gibt es keinen Antrag."
		return
	}
	svc, ok := s.Catalogue.Find(c.Service, c.ServiceVersion)
	if !ok {
		p.NoView = "Diese Fassung der Leistung ist hier nicht bekannt. Die Angaben stehen deshalb so da, wie sie gesendet wurden."
		p.Raw = flat("", map[string]any(c.Application.Answers))
		return
	}
	v := svc.View(c.Application.Answers, "de", s.dayOf(c))
	p.Asked = readOnly(v, nil)
	if len(p.Asked) == 0 {
		p.NoView = "Zu diesem Antrag gehören keine Angaben."
	}
	if v.Fee != nil && v.Fee.Amount == c.Fee {
		p.Fee = fee(v.Fee)
	}
	if v.Eligible != nil {
		for _, reason := range v.Eligible.Reasons {
			p.Reasons = append(p.Reasons, reason.Text)
		}
	}
}

// retention says how long what was said is kept, and who may erase it.
func (s *site) retention(p *casePage) {
	c := p.Case
	p.Erased, p.CanErase = !c.Erased.IsZero(), c.Erasable() && !stray(c)
	switch svc, ok := s.Catalogue.Find(c.Service, c.ServiceVersion); {
	case p.Erased:
		p.Kept = "Gelöscht am " + shortDay(c.Erased, s.Zone) + ". Nummer, Entscheidung und Zahlung bleiben."
	case c.Open() || c.Report != nil || stray(c):
	case ok && svc.Retention > 0 && !c.Decided.IsZero():
		p.Kept = "Die Angaben werden nach dem " + shortDay(cases.KeptUntil(c.Decided, svc.Retention), s.Zone) + " von selbst gelöscht, " + count(svc.Retention, "Monat", "Monate") + " nach der Entscheidung, wie bei der Leistung versprochen."
		if !p.CanErase {
			p.Kept = "Die Angaben werden von selbst gelöscht, sobald die Zahlung geklärt ist, frühestens nach dem " + shortDay(cases.KeptUntil(c.Decided, svc.Retention), s.Zone) + "."
		}
	case p.CanErase:
		p.Kept = "Für diese Leistung ist keine Löschfrist eingetragen. Verlangt jemand die Löschung und steht kein Gesetz dagegen, löschen Sie hier."
	}
}

// stray tells whether the case is nothing but money that a terminal took without an application.
func stray(c cases.Case) bool { return c.Refund != nil && c.Refund.Reason == cases.ReasonStray }

// dayOf is the day that the application's rules count from.
func (s *site) dayOf(c cases.Case) time.Time {
	if day, err := time.ParseInLocation("2006-01-02", c.Application.Day, s.Zone); err == nil {
		return day
	}
	return c.Received
}

// flat lists answers without their form, by path.
func flat(path string, v any) []pair {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		var out []pair
		for _, k := range keys {
			out = append(out, flat(strings.TrimPrefix(path+" / "+k, " / "), v[k])...)
		}
		return out
	case []any:
		var out []pair
		for i, e := range v {
			out = append(out, flat(path+" "+strconv.Itoa(i+1), e)...)
		}
		return out
	case nil:
		return nil
	case bool:
		if v {
			return []pair{{path, "ja"}}
		}
		return []pair{{path, "nein"}}
	}
	return []pair{{path, fmt.Sprint(v)}}
}

// steps is the way of the case from left to right.
func (s *site) steps(c cases.Case, name func(string) string) []step {
	out := []step{{Label: "Eingang", Text: shortDay(c.Received, s.Zone), Done: true}}
	if c.Fee > 0 {
		out = append(out, step{Label: "Gebühr", Text: c.Fee.String() + ", " + payWord(c), Done: c.Paid})
	}
	check := step{Label: "Prüfung", Text: "noch niemand", Current: c.Open()}
	switch {
	case c.State == service.StateAsked:
		check.Text = "wartet auf Antwort"
	case !c.Open():
		check.Text, check.Done = "erledigt", true
	case c.Clerk != "":
		check.Text = "bei " + name(c.Clerk)
		if name(c.Clerk) == "Sie" {
			check.Text = "jetzt, bei Ihnen"
		}
	}
	end := step{Label: "Entscheidung", Text: "steht aus"}
	if !c.Open() {
		end = step{Label: "Entscheidung", Text: stateBadge(c.State).Text + ", " + shortDay(c.Decided, s.Zone), Done: true}
		if c.Decided.IsZero() {
			end.Text = stateBadge(c.State).Text
		}
	} else if !c.Due.IsZero() {
		end.Text = "bis " + shortDay(c.Due, s.Zone)
	}
	return append(out, check, end)
}

func (s *site) decision(p *casePage, name func(string) string) {
	c := p.Case
	p.DecideTitle = "Entscheidung"
	switch {
	case stray(c):
		p.DecideTitle, p.DecideText = "Geld ohne Antrag", "Zu entscheiden ist nichts. Sehen Sie im Journal des Terminals nach, ob das Geld noch da ist, und erstatten Sie es dann."
	case !c.Open():
		p.DecideText = stateBadge(c.State).Text + "."
		if !c.Decided.IsZero() {
			p.DecideText = stateBadge(c.State).Text + " am " + shortDay(c.Decided, s.Zone) + ". Daran ist nichts mehr zu tun."
		}
	case c.State == service.StateAsked:
		p.DecideText = "Wir warten auf eine Antwort. Sie können trotzdem entscheiden."
	case c.Clerk == "":
		p.DecideText = "Noch niemand kümmert sich um diesen Vorgang."
	case p.Mine:
		p.DecideText = "Der Vorgang liegt bei Ihnen."
	default:
		p.DecideText = "Der Vorgang liegt bei " + name(c.Clerk) + "."
	}
}

func (s *site) payment(p *casePage, name func(string) string) {
	c := p.Case
	add := func(label, text string) { p.Payment = append(p.Payment, pair{label, text}) }
	if c.Fee <= 0 && !stray(c) {
		p.PaidBadge = badge{Text: "Kostenlos"}
		return
	}
	if p.Fee == nil && !stray(c) {
		add("Gebühr", c.Fee.String())
	}
	add("Weg", wayWord(c.Way))
	switch {
	case stray(c):
		p.PaidBadge = badge{"Ohne Antrag", "alert-triangle", "warn", false}
	case c.Paid:
		p.PaidBadge = badge{"Bezahlt", "circle-check", "good", false}
	case c.Open():
		p.PaidBadge = badge{"Offen", "cash-off", "warn", false}
		p.CanPay = true
	case c.State == service.StateApproved:
		p.PaidBadge = badge{"Offen", "cash-off", "warn", false}
		p.CanPay = true
	default:
		p.PaidBadge = badge{"Nicht bezahlt", "cash-off", "", false}
	}
	if o := c.Payment; o != nil {
		if o.Amount != c.Fee {
			add("Eingezogen", o.Amount.String())
		}
		if e := o.Evidence; e != nil {
			add("Terminal", e.TerminalID)
			add("Beleg", fmt.Sprintf("%04d", e.Receipt))
			add("Spur", fmt.Sprintf("%06d", e.Trace))
			if len(e.Date) == 4 && len(e.Time) == 6 {
				add("Zeit am Terminal", e.Date[2:]+"."+e.Date[:2]+". "+e.Time[:2]+":"+e.Time[2:4])
			}
			if e.Card != "" {
				add("Karte", e.Card)
			}
		}
	}
	if c.Way == pay.Card && !c.Paid && !stray(c) {
		add("Nachweis", "fehlt")
	}
	if ref := c.Refund; ref != nil {
		p.Refund = ref.Amount.String() + " sind zu erstatten."
		if ref.Done {
			p.Refund = ref.Amount.String() + " sind erstattet, " + shortDay(ref.DoneAt, s.Zone) + ", " + name(ref.By) + "."
		}
	}
}

func (s *site) event(e cases.Event, name func(string) string, now time.Time) event {
	title, icon, tone := eventWords(e.Kind)
	return event{Title: title, Text: e.Text, Icon: icon, Tone: tone, ISO: e.At.UTC().Format(time.RFC3339), When: moment(e.At, now, s.Zone) + ", " + name(e.Who), Internal: !e.Kind.Public()}
}

func size(n int) string {
	if n < 1024 {
		return strconv.Itoa(n) + " Byte"
	}
	if n >= 1<<20 {
		return strings.Replace(strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64), ".", ",", 1) + " MB"
	}
	return strconv.Itoa((n+1023)/1024) + " KB"
}

// showPaper sends a finished document.
func (s *site) showPaper(w http.ResponseWriter, r *http.Request) {
	c, ok := s.find(w, r)
	if !ok {
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(c.Papers) {
		s.notFound(w, r)
		return
	}
	d := c.Papers[n-1]
	kind := d.Type
	if kind == "image/jpeg" {
		sendPicture(w, c.Number+"-"+strconv.Itoa(n), d.Data)
		return
	}
	if kind != "application/pdf" { // anything else is only kept, never run
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+c.Number+"-"+strconv.Itoa(n)+`.pdf"`)
	_, _ = w.Write(d.Data)
}

// act is what a clerk can do to a case with a text: the same form as a dialog on the case and as a page of its own.
type act struct {
	Name, Number, CSRF, Title, Lead, Warn, Label, Hint, Text, Problem, Button, Tone string
	Version                                                                         int64
	Required                                                                        bool
}

type actPage struct {
	Act              act
	Crumb, CaseTitle string
}
