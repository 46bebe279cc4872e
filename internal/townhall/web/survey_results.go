package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
)

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
	if gone := c.Answered - len(c.Texts); card.Words && gone > 0 {
		card.Sentence += "; " + count(gone, "Text ist", "Texte sind") + " gestrichen"
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

// share writes a number with its part of the whole: "12 (30 %)".
func share(n, whole int) string {
	if p := percent(n, whole); p != "" && n > 0 {
		return strconv.Itoa(n) + " (" + p + ")"
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
