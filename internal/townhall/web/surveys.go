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

type tableRow struct{ Label, Number, Share string }

type questionCard struct {
	ID, Label, Sentence string
	Chart               *bars
	Rows                []tableRow
	Facts               []tableRow
	Words               bool // it is answered in own words
	Texts               []surveyText
	More                int // texts that are not shown
}

type surveyText struct{ Text, URL string }

// fewTexts is how many texts of a question are shown at first.
const fewTexts = 50

func (s *site) surveyShow(w http.ResponseWriter, r *http.Request) {
	t, all, ok := s.surveyOf(w, r)
	if !ok {
		return
	}
	p := surveyPage{ID: t.Survey, Title: s.surveyTitle(t.Survey, t.Version), Version: t.Version, Query: "?fassung=" + url.QueryEscape(t.Version), Mine: user(r).Publishes}
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

// fill puts the results on the page.
func (s *site) fill(p *surveyPage, r surveys.Result, allTexts bool) {
	var parts []part
	for _, c := range surveys.Channels() {
		if n := r.Channels[c]; n > 0 {
			parts = append(parts, part{surveyChannel(c), n, share(n, r.Answers)})
			p.ChannelRows = append(p.ChannelRows, tableRow{surveyChannel(c), strconv.Itoa(n), percent(n, r.Answers)})
		}
	}
	p.Channels = newBars("wege", "Antworten nach Weg", parts, r.Answers)
	spans, unit := spansOf(r.Days, r.First, r.Last)
	p.TimeUnit = unit
	p.Time = newColumns("zeit", "Antworten je "+unit, spans)
	for _, x := range spans {
		p.TimeRows = append(p.TimeRows, tableRow{x.Label, strconv.Itoa(x.N), percent(x.N, r.Answers)})
	}
	for i, q := range s.questions(r) {
		card := newCard("f"+strconv.Itoa(i+1), q, r.Questions[q.Path])
		if card.Words {
			p.Texts = true
			card.quote(p.ID, p.Query, r.Questions[q.Path].Texts, allTexts)
		}
		p.Questions = append(p.Questions, card)
	}
}

// surveyChannel says how answers came, at the beginning of a line.
func surveyChannel(c string) string {
	if c == surveys.ChannelOther {
		return "Anders"
	}
	return upper(channelWord(c))
}

// questions are what this version asks. Where it is not known any more, what was counted stands without its sentences.
func (s *site) questions(r surveys.Result) []service.SurveyQuestion {
	var list []service.SurveyQuestion
	if svc, ok := s.Surveys.Service(r.Survey, r.Version); ok {
		list = svc.Questions("de", s.Now().In(s.Zone))
	}
	known := map[string]bool{}
	for i, q := range list {
		known[q.Path] = true
		list[i].Options = withOthers(q, r.Questions[q.Path])
	}
	var others []service.SurveyQuestion
	for path, c := range r.Questions {
		if !known[path] {
			q := service.SurveyQuestion{Path: path, Label: strings.TrimPrefix(path, "/")}
			if len(c.Texts) > 0 {
				q.Kind = form.LongText
			}
			q.Options = withOthers(q, c)
			others = append(others, q)
		}
	}
	slices.SortFunc(others, func(a, b service.SurveyQuestion) int { return strings.Compare(a.Path, b.Path) })
	return append(list, others...)
}

// withOthers are the options of a question, and those that were chosen and are not offered any more.
func withOthers(q service.SurveyQuestion, c surveys.Counted) []service.SurveyOption {
	list := slices.Clone(q.Options)
	if q.Kind == form.Number {
		return nil
	}
	var others []string
	for value := range c.Values {
		if !slices.ContainsFunc(list, func(o service.SurveyOption) bool { return o.Value == value }) {
			others = append(others, value)
		}
	}
	slices.Sort(others)
	for _, value := range others {
		list = append(list, service.SurveyOption{Value: value, Label: value})
	}
	return list
}

// newCard draws one question.
func newCard(id string, q service.SurveyQuestion, c surveys.Counted) questionCard {
	card := questionCard{ID: id, Label: q.Label, Words: q.Kind == form.Text || q.Kind == form.LongText}
	card.Sentence = count(c.Answered, "hat", "haben") + " geantwortet"
	if c.Left > 0 {
		card.Sentence += ", " + strconv.Itoa(c.Left) + " nicht"
	}
	card.Sentence += "."
	if q.Kind == form.Choices {
		card.Sentence += " Mehreres war möglich."
	}
	if m := middle(q, c); m != "" {
		card.Sentence += " In der Mitte liegt " + m + " (Median)."
	}
	if c.Answered == 0 || card.Words {
		return card
	}
	if q.Kind == form.Number && len(c.Values) == 0 {
		number := func(n float64) string { return form.Written(form.Number, "de", n) }
		card.Facts = []tableRow{{Label: "Durchschnitt", Number: strconv.FormatFloat(c.Sum/float64(c.Answered), 'f', 1, 64)}, {Label: "Kleinste Zahl", Number: number(c.Small)}, {Label: "Größte Zahl", Number: number(c.High)}}
		card.Facts[0].Number = strings.Replace(card.Facts[0].Number, ".", ",", 1)
		return card
	}
	rows := optionCounts(q, c)
	drawn := rows
	if q.Kind == form.Number {
		drawn = binned(c)
	}
	var parts []part
	most := 1
	for _, o := range drawn {
		number := share(o.n, c.Answered)
		if q.Kind == form.Choices {
			number = fmt.Sprintf("%d von %d", o.n, c.Answered)
		}
		parts, most = append(parts, part{o.label, o.n, number}), max(most, o.n)
	}
	chart := newBars(id+"-bild", q.Label, parts, max(most, c.Answered))
	card.Chart = &chart
	for _, o := range rows {
		card.Rows = append(card.Rows, tableRow{o.label, strconv.Itoa(o.n), percent(o.n, c.Answered)})
	}
	if c.Left > 0 {
		card.Rows = append(card.Rows, tableRow{"Ohne Antwort", strconv.Itoa(c.Left), ""})
	}
	return card
}

type optionCount struct {
	label string
	n     int
}

// optionCounts lists how often each option was chosen, in the form's order; numbers in theirs.
func optionCounts(q service.SurveyQuestion, c surveys.Counted) (list []optionCount) {
	if q.Kind == form.Number {
		for _, n := range numbers(c) {
			list = append(list, optionCount{form.Written(form.Number, "de", n), c.Values[service.OptionValue(n)]})
		}
		return list
	}
	for _, o := range q.Options {
		list = append(list, optionCount{o.Label, c.Values[o.Value]})
	}
	return list
}

// numbers are the numbers that were answered, in order.
func numbers(c surveys.Counted) (list []float64) {
	for value := range c.Values {
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list
}

// binned sums numbers up where there are too many for a bar each.
func binned(c surveys.Counted) (list []optionCount) {
	const most = 12
	all := numbers(c)
	if len(all) <= most {
		return optionCounts(service.SurveyQuestion{Kind: form.Number}, c)
	}
	low, high := int(all[0]), int(all[len(all)-1])
	wide := (high-low)/10 + 1
	for from := low; from <= high; from += wide {
		bin := optionCount{label: fmt.Sprintf("%d bis %d", from, min(from+wide-1, high))}
		if wide == 1 || from == high {
			bin.label = strconv.Itoa(from)
		}
		for _, n := range all {
			if int(n) >= from && int(n) < from+wide {
				bin.n += c.Values[service.OptionValue(n)]
			}
		}
		list = append(list, bin)
	}
	return list
}

// middle is the median of numbers, and of ratings whose options are numbers; "" of everything else.
func middle(q service.SurveyQuestion, c surveys.Counted) string {
	if q.Kind != form.Number && q.Kind != form.Choice {
		return ""
	}
	all := numbers(c)
	n := 0
	for _, v := range all {
		n += c.Values[service.OptionValue(v)]
	}
	for _, o := range q.Options { // "1" is a number, "yes" is none
		if _, err := strconv.ParseFloat(o.Value, 64); err != nil {
			return ""
		}
	}
	if n == 0 {
		return ""
	}
	at := func(place int) float64 {
		for _, v := range all {
			if place -= c.Values[service.OptionValue(v)]; place < 0 {
				return v
			}
		}
		return 0
	}
	median := (at((n-1)/2) + at(n/2)) / 2
	written := form.Written(form.Number, "de", median)
	for _, o := range q.Options {
		if o.Value == service.OptionValue(median) && o.Label != o.Value {
			return written + ", „" + o.Label + "“"
		}
	}
	return written
}

// quote puts texts on the card.
func (c *questionCard) quote(survey, query string, texts []surveys.Text, all bool) {
	shown := texts
	if !all && len(shown) > fewTexts {
		shown, c.More = shown[:fewTexts], len(shown)-fewTexts
	}
	for _, t := range shown {
		c.Texts = append(c.Texts, surveyText{t.Text, "/umfrage/" + survey + "/streichen/" + t.Key + query})
	}
}

// share writes a number with its part of the whole: "12, 30 %".
func share(n, whole int) string {
	if p := percent(n, whole); p != "" && n > 0 {
		return strconv.Itoa(n) + ", " + p
	}
	return strconv.Itoa(n)
}

// percent rounds to whole percents.
func percent(n, whole int) string {
	if whole == 0 {
		return ""
	}
	return strconv.Itoa((n*200+whole)/(whole*2)) + "\u00a0%"
}

// askPage asks before something is gone for good.
type askPage struct {
	ID, Title, Heading, Lead, Quote, Action, Version, Back, Button string
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
	for _, v := range all {
		sum = joined(sum, v)
	}
	s.draw(w, r, http.StatusOK, "survey-ask", shell{Title: "Umfrage leeren", Nav: "umfragen"}, askPage{
		ID: t.Survey, Title: s.surveyTitle(t.Survey, ""), Heading: "Umfrage leeren und neu beginnen?", Button: "Alles löschen",
		Lead: count(sum.Answers, "Antwort wird", "Antworten werden") + " gelöscht, in allen Fassungen, auch alle Texte. Das lässt sich nicht zurückholen. Was Sie behalten wollen, laden Sie vorher als Datei herunter. " +
			"Die Umfrage selbst wird weiter angeboten.",
		Action: "/umfrage/" + t.Survey + "/leeren", Back: "/umfrage/" + t.Survey,
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
