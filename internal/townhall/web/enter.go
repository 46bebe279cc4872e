package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

type choosePage struct {
	Query    string
	Drafts   []draftLine
	Services []serviceLine
}

type draftLine struct{ URL, Title, Since string }

type serviceLine struct{ ID, Title, Lead string }

// choose lists what can be applied for.
func (s *site) choose(w http.ResponseWriter, r *http.Request) {
	p := choosePage{Query: strings.TrimSpace(r.URL.Query().Get("leistung"))}
	if len(p.Query) > 200 {
		p.Query = strings.ToValidUTF8(p.Query[:200], "")
	}
	list := s.Catalogue.Services()
	if p.Query != "" {
		list = nil
		for _, hit := range s.Catalogue.Search("de", p.Query) {
			list = append(list, hit.Service)
		}
	}
	for _, svc := range list {
		if s.entered(svc) {
			p.Services = append(p.Services, serviceLine{ID: svc.ID, Title: svc.Title("de"), Lead: svc.Card("de").Lead})
		}
	}
	for _, d := range s.drafts.list(user(r).Login) {
		p.Drafts = append(p.Drafts, draftLine{URL: d.url(""), Title: d.Service.Title("de"), Since: moment(d.Since, s.Now(), s.Zone)})
	}
	s.draw(w, r, http.StatusOK, "choose", shell{Title: "Antrag erfassen", Nav: "erfassen"}, p)
}

type startPage struct {
	ID, Title, Lead, Law, Problem string
	Channels, Langs               []choice
	Needs                         []string
	Counted, Again                bool // it is a survey, and one was just counted
}

// service gives the service of the address.
func (s *site) service(w http.ResponseWriter, r *http.Request) (*service.Service, bool) {
	svc, ok := s.Catalogue.Find(r.PathValue("service"), "")
	if !ok || !s.entered(svc) {
		s.say(w, r, http.StatusNotFound, message{Icon: "zoom-question", Title: "Diese Leistung gibt es hier nicht", Text: "Dafür kann hier kein Antrag erfasst werden.", Link: "/erfassen", LinkText: "Leistung wählen"})
		return nil, false
	}
	return svc, true
}

// clerkChannels are the ways by which applications come to a clerk.
func clerkChannels() []string { return []string{"counter", "telephone", "paper"} }

// slipLanguages are the languages of slips.
func slipLanguages() []string { return []string{"de", "en"} }

func (s *site) start(w http.ResponseWriter, r *http.Request) {
	svc, ok := s.service(w, r)
	if !ok {
		return
	}
	channel, lang := r.FormValue("weg"), r.PostFormValue("sprache")
	if svc.Counted() { // there is no slip
		lang = "de"
	}
	if r.Method == http.MethodPost && slices.Contains(clerkChannels(), channel) && slices.Contains(slipLanguages(), lang) {
		d := draft{Clerk: user(r).Login, Service: svc, Channel: channel, Lang: lang, Answers: form.Answers{}, Day: s.Now().In(s.Zone)}
		d.ID = s.drafts.start(d)
		http.Redirect(w, r, d.url(""), http.StatusSeeOther)
		return
	}
	card := svc.Card("de")
	p := startPage{ID: svc.ID, Title: svc.Title("de"), Lead: card.Lead, Law: card.Law, Counted: svc.Counted(), Again: svc.Counted() && r.Method == http.MethodGet && channel != ""}
	for _, n := range card.Needs {
		p.Needs = append(p.Needs, n.Text)
	}
	usual := "counter"
	if p.Counted {
		usual = "paper"
	}
	for _, c := range clerkChannels() {
		label := map[string]string{"counter": "Die Person ist am Schalter", "telephone": "Am Telefon", "paper": "Auf Papier"}[c]
		p.Channels = append(p.Channels, choice{Value: c, Label: label, Selected: c == channel || (channel == "" && c == usual)})
	}
	for _, l := range slipLanguages() {
		p.Langs = append(p.Langs, choice{Value: l, Label: langWord(l), Selected: l == lang || (lang == "" && l == "de")})
	}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		status, p.Problem = http.StatusUnprocessableEntity, "Wählen Sie den Weg und die Sprache."
	}
	s.draw(w, r, status, "start", shell{Title: p.Title + " erfassen", Nav: "erfassen"}, p)
}

func (d draft) url(page string) string {
	u := "/erfassen/" + d.Service.ID + "/" + d.ID
	if page != "" {
		u += "?seite=" + url.QueryEscape(page)
	}
	return u
}

func (d draft) view() form.View { return d.Service.View(d.Answers, "de", d.Day) }

// draftOf gives the draft of the address, or answers with why there is none.
func (s *site) draftOf(w http.ResponseWriter, r *http.Request) (draft, bool) {
	id, login := r.PathValue("entwurf"), user(r).Login
	d, ok := s.drafts.get(id, login)
	if ok && d.Service.ID == r.PathValue("service") {
		return d, true
	}
	s.gone(w, r, id)
	return draft{}, false
}

// gone says that a draft became a case, was counted, or is not there.
func (s *site) gone(w http.ResponseWriter, r *http.Request, id string) {
	number, ok := s.drafts.ended(id, user(r).Login)
	switch {
	case ok && number == counted:
		s.say(w, r, http.StatusGone, message{Icon: "circle-check", Title: "Dieser Bogen ist schon gezählt", Text: "Jeder wird einmal gezählt.", Link: "/erfassen/" + url.PathEscape(r.PathValue("service")), LinkText: "Noch einen Bogen eingeben"})
	case ok && number != "":
		s.say(w, r, http.StatusGone, message{Icon: "circle-check", Title: "Der Antrag ist schon gestellt", Text: "Der Beleg wurde einmal gezeigt und ist nicht noch einmal abrufbar. Ging beim Drucken etwas schief, stellen Sie am Vorgang einen neuen aus.", Link: "/vorgang/" + number, LinkText: "Zum Vorgang " + number})
	case ok:
		s.say(w, r, http.StatusConflict, message{Icon: "progress", Title: "Der Antrag wird gerade gestellt", Text: "Gleich steht er in der Arbeitsliste."})
	default:
		s.say(w, r, http.StatusNotFound, message{Icon: "notes", Title: "Dieser Entwurf ist nicht mehr da", Text: "Entwürfe werden nur bis zum Abmelden behalten, höchstens einen Arbeitstag.", Link: "/erfassen", LinkText: "Antrag erfassen"})
	}
}

type formPage struct {
	Service, Title, Heading, Lead, PageID, Action, Back, NextLabel, Discard string
	Number, Total                                                           int
	Files                                                                   bool // there is a field for files
	Fields, Problems                                                        []field
	Steps                                                                   []pageLink
	Reasons                                                                 []reason
	Fee                                                                     *feeLines
}

type pageLink struct {
	Label, URL string
	Current    bool
	Badge      badge
}

type reason struct{ Text, URL string }

// showForm draws one page of the form.
func (s *site) showForm(w http.ResponseWriter, r *http.Request) {
	d, ok := s.draftOf(w, r)
	if !ok {
		return
	}
	s.drawForm(w, r, http.StatusOK, d, r.URL.Query().Get("seite"))
}

// at finds a page; the first one when there is none of that name.
func at(v form.View, id string) int {
	return max(0, slices.IndexFunc(v.Pages, func(p form.Page) bool { return p.ID == id }))
}

func (s *site) drawForm(w http.ResponseWriter, r *http.Request, status int, d draft, id string) {
	v := d.view()
	if len(v.Pages) == 0 {
		s.notFound(w, r)
		return
	}
	n := at(v, id)
	page := v.Pages[n]
	say := d.Pressed[page.ID]
	p := formPage{
		Service: d.Service.ID, Title: d.Service.Title("de"), Heading: page.Title, Lead: page.Lead, PageID: page.ID, Action: d.url(page.ID), Discard: d.url("") + "/verwerfen",
		Number: n + 1, Total: len(v.Pages) + 1, NextLabel: "Weiter", Reasons: reasons(d, v), Fee: fee(v.Fee), Back: "/erfassen/" + d.Service.ID,
	}
	if n > 0 {
		p.Back = d.url(v.Pages[n-1].ID)
	}
	if v.Fee != nil && v.Fee.Amount == 0 && len(v.Fee.Steps) == 0 { // nothing to tell about a service that is free
		p.Fee = nil
	}
	if n == len(v.Pages)-1 {
		p.NextLabel = "Weiter zur Prüfung"
	}
	for _, f := range page.Fields {
		x := draw(*f, say)
		if x.Shape == "photos" || x.Shape == "files" {
			p.Files, x.Base = true, d.url("")+"/foto/"
			d.name(&x)
			if why := d.refused[f.Path]; why != "" {
				x.say(why)
			}
		}
		if x.Shape == "group" {
			s.offerStreets(x.Parts)
		}
		p.Fields = append(p.Fields, x)
		for _, y := range append(x.Parts, x) {
			if y.Problem != "" {
				p.Problems = append(p.Problems, y)
			}
		}
	}
	for i, other := range v.Pages {
		l := pageLink{Label: other.Title, URL: d.url(other.ID), Current: i == n}
		switch {
		case other.Done && d.Pressed[other.ID]:
			l.Badge = badge{"fertig", "check", "good", false}
		case d.Pressed[other.ID]:
			l.Badge = badge{"fehlt etwas", "alert-triangle", "warn", false}
		}
		if i == n {
			l.URL = ""
		}
		p.Steps = append(p.Steps, l)
	}
	p.Steps = append(p.Steps, pageLink{Label: lastStep(d.Service), URL: d.url("") + "/pruefen"})
	title := fmt.Sprintf("%s, Schritt %d von %d", p.Title, p.Number, p.Total)
	if len(p.Problems) > 0 {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "form", shell{Title: title, Nav: "erfassen"}, p)
}

// offerStreets lets the browser complete the names of streets.
func (s *site) offerStreets(parts []field) {
	if s.Town == nil {
		return
	}
	for i := range parts {
		if strings.HasSuffix(parts[i].Path, "/street") && parts[i].List == nil {
			for _, street := range s.Town.Streets {
				parts[i].List = append(parts[i].List, street.Name)
			}
		}
	}
}

func reasons(d draft, v form.View) []reason {
	if v.Eligible == nil {
		return nil
	}
	var out []reason
	for _, x := range v.Eligible.Reasons {
		y := reason{Text: x.Text}
		if x.Page != "" {
			y.URL = d.url(x.Page)
		}
		out = append(out, y)
	}
	return out
}

// answerForm takes a page's answers and goes on, or stays and says what is wrong.
func (s *site) answerForm(w http.ResponseWriter, r *http.Request) {
	d, ok := s.draftOf(w, r)
	if !ok {
		return
	}
	if err := sentForm(r); err != nil {
		s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal", Text: "Der Text ist zu lang. Es wurde nichts übernommen.", Link: d.url(""), LinkText: "Zurück zum Antrag"})
		return
	}
	id := r.PostForm.Get("seite")
	fields := func(a form.Answers) []form.Field {
		for _, p := range d.Service.View(a, "de", d.Day).Pages {
			if p.ID == id {
				return inputs(p)
			}
		}
		return nil
	}
	d.Answers = apply(d.Service, d.Answers, r.PostForm, fields)
	var refused map[string]string
	if r.MultipartForm != nil {
		refused = s.takeFiles(&d, fields(d.Answers), r.PostForm, r.MultipartForm.File)
	}
	settle(&d, id)
	listed := s.changeList(&d, fields(d.Answers), r.PostForm)
	if r.PostForm.Get("nur") == "ansehen" || listed { // only to see what an answer changes
		s.drafts.put(d)
		d.refused = refused
		s.drawForm(w, r, http.StatusOK, d, id)
		return
	}
	d.Pressed[id] = true
	s.drafts.put(d)
	d.refused = refused
	v := d.view()
	n := at(v, id)
	switch {
	case len(v.Pages) > 0 && v.Pages[n].ID == id && (!v.Pages[n].Done || len(refused) > 0):
		s.drawForm(w, r, http.StatusUnprocessableEntity, d, id)
	case n+1 < len(v.Pages):
		http.Redirect(w, r, d.url(v.Pages[n+1].ID), http.StatusSeeOther)
	default:
		http.Redirect(w, r, d.url("")+"/pruefen", http.StatusSeeOther)
	}
}

// settle fills in what goes along with what was chosen from a browser's list: the postcode of a street.
func settle(d *draft, id string) {
	for _, p := range d.view().Pages {
		if p.ID != id {
			continue
		}
		for _, f := range p.Fields {
			if path, v, ok := f.Settle(); ok {
				d.Answers = d.Answers.With(path, v)
			}
		}
	}
}

// changeList begins another entry of a list, or takes one out, when a button of the list was pressed.
func (s *site) changeList(d *draft, fields []form.Field, sent url.Values) bool {
	more, less := sent.Get("mehr"), sent.Get("weniger")
	for _, f := range fields {
		switch {
		case more != "" && f.Kind == form.Repeat && f.Add == more:
			d.Answers = d.Answers.With(more, map[string]any{})
			return true
		case less != "" && f.Kind == form.Entry && f.Remove && f.Path == less:
			d.Answers = d.Answers.With(less, nil)
			return true
		}
	}
	return more != "" || less != "" // a button of before: the page shows how the list is now
}

func (s *site) discard(w http.ResponseWriter, r *http.Request) {
	s.drafts.drop(r.PathValue("entwurf"), user(r).Login)
	s.sessions.Put(r.Context(), keyFlash, "verworfen")
	http.Redirect(w, r, "/erfassen", http.StatusSeeOther)
}

type checkPage struct {
	Service, Title, Channel, Action, Back, WayProblem string
	Total                                             int
	Problem                                           *problem
	Asked                                             []asked
	Reasons                                           []reason
	Fee                                               *feeLines
	Ways                                              []choice
	Ready, Counted                                    bool
	Last                                              string // what the last step is called
}

// ready tells whether every page is done. Whether somebody is entitled is not a clerk's entry to refuse: an application may be made
// all the same, and is then decided.
func ready(v form.View) bool {
	return len(v.Pages) > 0 && !slices.ContainsFunc(v.Pages, func(p form.Page) bool { return !p.Done })
}

// showCheck draws the summary with the last step.
func (s *site) showCheck(w http.ResponseWriter, r *http.Request) {
	if d, ok := s.draftOf(w, r); ok {
		s.drawCheck(w, r, http.StatusOK, d, "")
	}
}

func (s *site) drawCheck(w http.ResponseWriter, r *http.Request, status int, d draft, wayProblem string) {
	v := d.view()
	for _, page := range v.Pages { // from now on every page says what it misses
		d.Pressed[page.ID] = true
	}
	s.drafts.put(d)
	if !ready(v) {
		for _, page := range v.Pages {
			if !page.Done {
				http.Redirect(w, r, d.url(page.ID), http.StatusSeeOther)
				return
			}
		}
		s.notFound(w, r)
		return
	}
	v = d.Service.View(d.Service.Clean(d.Answers, d.Day), "de", d.Day) // as it will be sent: "3.4.80" is read out as "3. April 1980"
	p := checkPage{
		Service: d.Service.ID, Title: d.Service.Title("de"), Channel: upper(channelWord(d.Channel)), Action: d.url("") + "/pruefen", Back: d.url(v.Pages[len(v.Pages)-1].ID),
		Total: len(v.Pages) + 1, Asked: readOnly(v, d.url), Reasons: reasons(d, v), Fee: fee(v.Fee), Ready: true, WayProblem: wayProblem, Counted: d.Service.Counted(), Last: lastStep(d.Service),
	}
	if v.Fee != nil && v.Fee.Amount > 0 {
		p.Ways = ways(d, r.PostFormValue("zahlung"))
	}
	title := p.Title + ", " + lower(p.Last)
	if wayProblem != "" {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "check", shell{Title: title, Nav: "erfassen"}, p)
}

// ways are the ways to pay that a clerk can offer. A card payment at a terminal counts from the terminal's own word only.
func ways(d draft, chosen string) []choice {
	counter := choice{Value: string(pay.Counter), Label: "Am Schalter bezahlt", Hint: "Bar oder Karte, das Geld ist schon da."}
	if d.Channel != "counter" {
		counter.Label, counter.Hint = "Wird am Schalter bezahlt", "Bar oder Karte, vor der Ausgabe."
	}
	out := []choice{counter}
	if slices.Contains(d.Service.Ways, pay.Invoice) {
		out = append(out, choice{Value: string(pay.Invoice), Label: "Auf Rechnung", Hint: "Die Rechnung kommt mit der Post."})
	}
	for i := range out {
		out[i].Selected = out[i].Value == chosen
	}
	return out
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lastStep is what the last step of a form is called.
func lastStep(s *service.Service) string {
	if s.Counted() {
		return "Prüfen und zählen"
	}
	return "Prüfen und absenden"
}

// finish makes the case and answers with the slip.
func (s *site) finish(w http.ResponseWriter, r *http.Request) {
	d, ok := s.draftOf(w, r)
	if !ok {
		return
	}
	v := d.view()
	if !ready(v) {
		s.drawCheck(w, r, http.StatusOK, d, "") // leads to the page that misses something
		return
	}
	way := pay.Free
	if v.Fee != nil && v.Fee.Amount > 0 {
		way = pay.Way(r.PostFormValue("zahlung"))
		if !slices.ContainsFunc(ways(d, ""), func(c choice) bool { return c.Value == string(way) }) {
			s.drawCheck(w, r, http.StatusUnprocessableEntity, d, "Wählen Sie, wie bezahlt wird.")
			return
		}
	}
	d, ok = s.drafts.take(d.ID, d.Clerk)
	if !ok { // another request was faster
		s.gone(w, r, r.PathValue("entwurf"))
		return
	}
	if d.Service.Counted() {
		s.addUp(w, r, d)
		return
	}
	answers := d.Service.Clean(d.Answers, d.Day)
	photos, attachments := d.photos(answers)
	app := service.Application{
		Kind: service.KindApplication, Service: d.Service.ID, Version: d.Service.Version, Tenant: s.Catalogue.Tenant().ID, Lang: d.Lang,
		Day: d.Day.Format("2006-01-02"), Answers: answers, Way: way, Channel: d.Channel, Attachments: attachments, At: s.Now(),
	}
	c, slip, err := s.Book.Enter(r.Context(), d.Clerk, app, photos...)
	switch {
	case err != nil && c.Number != "": // the case is there, only its slip is not
		s.drafts.became(d.ID, c.Number)
		s.Log.Error("slip failed", "err", err)
		s.say(w, r, http.StatusInternalServerError, message{Icon: "alert-triangle", Title: "Der Antrag ist gestellt, der Beleg fehlt", Text: "Stellen Sie am Vorgang einen neuen Beleg aus.", Link: "/vorgang/" + c.Number + "/ersatzbeleg", LinkText: "Beleg ausstellen"})
		return
	case err != nil:
		s.drafts.back(d)
		s.fail(w, r, fmt.Errorf("web: enter: %w", err))
		return
	}
	s.drafts.became(d.ID, c.Number)
	s.showSlip(w, r, c.Number, "Der Antrag ist gestellt", "Vorgang "+c.Number+". Jetzt den Beleg drucken und mitgeben.", slip)
}
