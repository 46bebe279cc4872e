package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
)

// Surveys is what the pages need of surveys; *surveys.Office is one.
type Surveys interface {
	Totals(ctx context.Context) ([]surveys.Total, error)
	Result(ctx context.Context, survey, version string) (surveys.Result, error)
	Events(ctx context.Context, survey string) ([]surveys.Event, error)
	// Service gives a version of a survey, for its sentences.
	Service(id, version string) (*service.Service, bool)
	// Enter counts what a clerk typed in; surveys.ErrAnswers.
	Enter(ctx context.Context, s *service.Service, a form.Answers, channel string, day time.Time) error
	// Strike takes a text out; surveys.ErrNotFound.
	Strike(ctx context.Context, clerk, survey, key string) error
	// Empty forgets all counts and texts of a survey.
	Empty(ctx context.Context, clerk, survey string) error
}

// surveyRoutes lists the addresses that are there only where surveys are counted.
func (s *site) surveyRoutes(page func(pattern string, h http.HandlerFunc)) {
	page("GET /umfragen", s.surveyList)
	page("GET /umfrage/{id}", s.surveyShow)
	page("GET /umfrage/{id}/ergebnis.csv", s.surveyCounts)
	page("GET /umfrage/{id}/texte.csv", s.surveyTexts)
	page("GET /umfrage/{id}/streichen/{text}", s.mayStrike(s.askStrike))
	page("POST /umfrage/{id}/streichen/{text}", s.mayStrike(s.strike))
	page("GET /umfrage/{id}/leeren", s.mayStrike(s.askEmpty))
	page("POST /umfrage/{id}/leeren", s.mayStrike(s.emptySurvey))
}

// mayStrike lets only those in who decide what is offered.
func (s *site) mayStrike(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !user(r).Publishes {
			s.say(w, r, http.StatusForbidden, message{Icon: "shield-lock", Title: "Das dürfen nur wenige", Link: "/umfragen", LinkText: "Zu den Umfragen",
				Text: "Texte streichen und Umfragen leeren dürfen die, die auch über Leistungen entscheiden. Wenn Sie dazugehören sollen, richtet die Technik das ein."})
			return
		}
		h(w, r)
	}
}

type surveysPage struct{ Rows []surveyRow }

type surveyRow struct{ ID, Title, Answers, Since, Last string }

func (s *site) surveyList(w http.ResponseWriter, r *http.Request) {
	all, err := s.Surveys.Totals(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: surveys: %w", err))
		return
	}
	byID := map[string]surveys.Total{}
	for _, svc := range s.Catalogue.Services() {
		if svc.Counted() {
			byID[svc.ID] = surveys.Total{Survey: svc.ID}
		}
	}
	for _, t := range all {
		byID[t.Survey] = joined(byID[t.Survey], t)
	}
	var p surveysPage
	for id, t := range byID {
		row := surveyRow{ID: id, Title: s.surveyTitle(id, ""), Answers: strconv.Itoa(t.Answers), Since: "noch keine Antwort"}
		if t.Answers > 0 {
			row.Since, row.Last = dayWord(t.First), dayWord(t.Last)
		}
		p.Rows = append(p.Rows, row)
	}
	slices.SortFunc(p.Rows, func(a, b surveyRow) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.ID, b.ID))
	})
	s.draw(w, r, http.StatusOK, "surveys", shell{Title: "Umfragen", Nav: "umfragen"}, p)
}

// joined is the total of two versions of a survey.
func joined(a, b surveys.Total) surveys.Total {
	t := surveys.Total{Survey: b.Survey, Answers: a.Answers + b.Answers, Refused: a.Refused + b.Refused, First: cmp.Or(a.First, b.First), Last: max(a.Last, b.Last)}
	if b.First != "" {
		t.First = min(t.First, b.First)
	}
	return t
}

// surveyTitle is a survey's name; its id where this version is not known here any more.
func (s *site) surveyTitle(id, version string) string {
	for _, v := range []string{version, ""} {
		if svc, ok := s.Surveys.Service(id, v); ok {
			return svc.Title("de")
		}
	}
	return id
}

// surveyOf finds the version of a survey that the address names, else the one that was answered last, among all that were answered. It answers itself
// when there is none.
func (s *site) surveyOf(w http.ResponseWriter, r *http.Request) (now surveys.Total, all []surveys.Total, ok bool) {
	id, version := r.PathValue("id"), r.FormValue("fassung")
	totals, err := s.Surveys.Totals(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: survey: %w", err))
		return now, nil, false
	}
	for _, t := range totals {
		if t.Survey == id {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b surveys.Total) int {
		if service.Later(a.Version, b.Version) {
			return -1
		}
		return 1
	})
	for _, t := range all {
		if t.Version == version || version == "" && (now.Survey == "" || t.Last > now.Last) {
			now = t
		}
	}
	if svc, offered := s.Surveys.Service(id, ""); now.Survey == "" && version == "" && offered && svc.Counted() {
		now = surveys.Total{Survey: id, Version: svc.Version}
	}
	if now.Survey == "" {
		s.say(w, r, http.StatusNotFound, message{Icon: "zoom-question", Title: "Diese Umfrage gibt es hier nicht", Text: "Vielleicht ist die Adresse unvollständig, oder die Umfrage wurde geleert.", Link: "/umfragen", LinkText: "Zu den Umfragen"})
		return now, nil, false
	}
	return now, all, true
}

type surveyPage struct {
	ID, Title, Version, Sentence, Refused, Few, Query string
	Versions                                          []versionTab
	Mine                                              bool // who reads may strike and empty
	Filled                                            bool // there is something to empty
	Channels                                          bars
	ChannelRows                                       []tableRow
	Time                                              columns
	TimeUnit                                          string
	TimeRows                                          []tableRow
	Questions                                         []questionCard
	Events                                            []serviceEvent
	Texts                                             bool // some question is answered in own words
	Offered                                           bool // more can be entered
}

type versionTab struct {
	Version, URL, Answers string
	Current               bool
}

func (s *site) surveyShow(w http.ResponseWriter, r *http.Request) {
	t, all, ok := s.surveyOf(w, r)
	if !ok {
		return
	}
	p := surveyPage{ID: t.Survey, Title: s.surveyTitle(t.Survey, t.Version), Version: t.Version, Query: "?fassung=" + url.QueryEscape(t.Version), Mine: user(r).Publishes, Filled: len(all) > 0}
	if svc, ok := s.Surveys.Service(t.Survey, ""); ok {
		p.Offered = svc.Counted() && s.entered(svc)
	}
	p.Sentence = "Noch keine Antwort."
	if t.Answers > 0 {
		p.Sentence = fmt.Sprintf("%s seit dem %s, zuletzt am %s.", count(t.Answers, "Antwort", "Antworten"), dayWord(t.First), dayWord(t.Last))
	}
	if t.Refused > 0 {
		p.Refused = count(t.Refused, "Bogen passte", "Bögen passten") + " nicht zur Umfrage und " + map[bool]string{true: "ist", false: "sind"}[t.Refused == 1] + " nicht mitgezählt."
	}
	if len(all) > 1 {
		for _, v := range all {
			p.Versions = append(p.Versions, versionTab{v.Version, "/umfrage/" + v.Survey + "?fassung=" + url.QueryEscape(v.Version), strconv.Itoa(v.Answers), v.Version == t.Version})
		}
	}
	events, err := s.Surveys.Events(r.Context(), t.Survey)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: survey: %w", err))
		return
	}
	p.Events = s.surveyHistory(r, events)
	if p.Few = few(t); p.Few == "" {
		result, err := s.Surveys.Result(r.Context(), t.Survey, t.Version)
		if err != nil {
			s.fail(w, r, fmt.Errorf("web: survey: %w", err))
			return
		}
		s.fill(&p, result, r.URL.Query().Get("texte") == "alle")
	}
	s.draw(w, r, http.StatusOK, "survey", shell{Title: p.Title, Nav: "umfragen"}, p)
}

// few says why nobody sees results yet; "" when they may be seen.
func few(t surveys.Total) string {
	if t.Answers >= surveys.Least {
		return ""
	}
	return fmt.Sprintf("Ergebnisse stehen hier ab %d Antworten, damit niemand zu erkennen ist. Bis jetzt %s.", surveys.Least,
		map[bool]string{true: "ist es 1", false: "sind es " + strconv.Itoa(t.Answers)}[t.Answers == 1])
}

func (s *site) surveyHistory(r *http.Request, events []surveys.Event) (list []serviceEvent) {
	names := s.names(r)
	for _, e := range events {
		what := map[string]string{surveys.EventStruck: "Einen Text gestrichen", surveys.EventEmptied: "Geleert und neu begonnen"}[e.What]
		list = append(list, serviceEvent{moment(e.At, s.Now(), s.Zone), names(e.Clerk), what})
	}
	return list
}

// askPage asks before something is gone for good.
type askPage struct {
	ID, Title, Heading, Lead, Quote, Action, Version, Back, Button string
	Files                                                          []pageLink // what can be kept of it
}

// text finds a text that may be seen; it answers itself when there is none.
func (s *site) text(w http.ResponseWriter, r *http.Request) (t surveys.Total, text string, ok bool) {
	if t, _, ok = s.surveyOf(w, r); !ok {
		return t, "", false
	}
	result, err := s.Surveys.Result(r.Context(), t.Survey, t.Version)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: survey: %w", err))
		return t, "", false
	}
	for _, q := range result.Questions {
		for _, x := range q.Texts {
			if x.Key == r.PathValue("text") && few(t) == "" {
				return t, x.Text, true
			}
		}
	}
	s.textGone(w, r)
	return t, "", false
}

func (s *site) textGone(w http.ResponseWriter, r *http.Request) {
	s.say(w, r, http.StatusNotFound, message{Icon: "eraser", Title: "Dieser Text ist nicht da", Text: "Vielleicht ist er schon gestrichen.", Link: "/umfrage/" + url.PathEscape(r.PathValue("id")), LinkText: "Zur Umfrage"})
}

func (s *site) askStrike(w http.ResponseWriter, r *http.Request) {
	t, text, ok := s.text(w, r)
	if !ok {
		return
	}
	s.draw(w, r, http.StatusOK, "survey-ask", shell{Title: "Text streichen", Nav: "umfragen"}, askPage{
		ID: t.Survey, Title: s.surveyTitle(t.Survey, t.Version), Heading: "Diesen Text streichen?", Quote: text, Version: t.Version, Button: "Streichen",
		Lead:   "Er ist dann für immer weg. Gezählt bleibt die Antwort. Dass Sie gestrichen haben, wird notiert, was dort stand, nicht.",
		Action: "/umfrage/" + t.Survey + "/streichen/" + r.PathValue("text"), Back: "/umfrage/" + t.Survey + "?fassung=" + url.QueryEscape(t.Version),
	})
}

func (s *site) strike(w http.ResponseWriter, r *http.Request) {
	t, _, ok := s.text(w, r)
	if !ok {
		return
	}
	err := s.Surveys.Strike(r.Context(), user(r).Login, t.Survey, r.PathValue("text"))
	switch {
	case errors.Is(err, surveys.ErrNotFound): // somebody else was faster
		s.textGone(w, r)
		return
	case err != nil:
		s.fail(w, r, fmt.Errorf("web: survey: %w", err))
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "gestrichen")
	http.Redirect(w, r, "/umfrage/"+t.Survey+"?fassung="+url.QueryEscape(t.Version), http.StatusSeeOther)
}

func (s *site) askEmpty(w http.ResponseWriter, r *http.Request) {
	t, all, ok := s.surveyOf(w, r)
	if !ok {
		return
	}
	sum := surveys.Total{}
	var keep []pageLink
	for _, v := range all {
		sum = joined(sum, v)
		if few(v) == "" {
			query := "?fassung=" + url.QueryEscape(v.Version)
			keep = append(keep, pageLink{Label: "Zahlen von Fassung " + v.Version, URL: "/umfrage/" + v.Survey + "/ergebnis.csv" + query},
				pageLink{Label: "Texte von Fassung " + v.Version, URL: "/umfrage/" + v.Survey + "/texte.csv" + query})
		}
	}
	s.draw(w, r, http.StatusOK, "survey-ask", shell{Title: "Umfrage leeren", Nav: "umfragen"}, askPage{
		ID: t.Survey, Title: s.surveyTitle(t.Survey, ""), Heading: "Umfrage leeren und neu beginnen?", Button: "Alles löschen",
		Lead: count(sum.Answers, "Antwort wird", "Antworten werden") + " gelöscht, in allen Fassungen, auch alle Texte. Das lässt sich nicht zurückholen. Was Sie behalten wollen, laden Sie vorher herunter" + map[bool]string{true: ". ", false: "; von Fassungen mit weniger als " + strconv.Itoa(surveys.Least) + " Antworten gibt es keine Datei. "}[len(keep) == 2*len(all)] +
			"Die Umfrage selbst wird weiter angeboten.",
		Action: "/umfrage/" + t.Survey + "/leeren", Back: "/umfrage/" + t.Survey, Files: keep,
	})
}

func (s *site) emptySurvey(w http.ResponseWriter, r *http.Request) {
	t, _, ok := s.surveyOf(w, r)
	if !ok {
		return
	}
	if err := s.Surveys.Empty(r.Context(), user(r).Login, t.Survey); err != nil {
		s.fail(w, r, fmt.Errorf("web: survey: %w", err))
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "geleert")
	http.Redirect(w, r, "/umfragen", http.StatusSeeOther)
}

// entered tells whether clerks can enter it here.
func (s *site) entered(svc *service.Service) bool {
	return svc.Online() && (!svc.Counted() || s.Surveys != nil)
}

// addUp counts what was entered of a survey, and offers the next one: paper is typed in one after another.
func (s *site) addUp(w http.ResponseWriter, r *http.Request, d draft) {
	err := s.Surveys.Enter(r.Context(), d.Service, d.Answers, d.Channel, d.Day)
	switch {
	case errors.Is(err, surveys.ErrAnswers):
		s.drafts.back(d)
		s.say(w, r, http.StatusUnprocessableEntity, message{Icon: "alert-triangle", Title: "So kann der Bogen nicht gezählt werden", Text: "Die Antworten passen nicht zur Umfrage. Es wurde nichts gezählt.", Link: d.url("") + "/pruefen", LinkText: "Zurück zum Bogen"})
		return
	case err != nil:
		s.drafts.back(d)
		s.fail(w, r, fmt.Errorf("web: enter: %w", err))
		return
	}
	s.drafts.became(d.ID, counted)
	s.sessions.Put(r.Context(), keyFlash, "gezaehlt")
	http.Redirect(w, r, "/erfassen/"+d.Service.ID+"?weg="+url.QueryEscape(d.Channel), http.StatusSeeOther)
}
