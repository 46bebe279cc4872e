package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
)

// surveyCounts is the counts as a file for spreadsheets: question, option, how often.
func (s *site) surveyCounts(w http.ResponseWriter, r *http.Request) {
	result, ok := s.surveyFile(w, r)
	if !ok {
		return
	}
	lines := [][]string{{"Frage", "Antwort", "Anzahl"}, {"Fassung", "", result.Version}, {"Alle Antworten", "", strconv.Itoa(result.Answers)}, {"Nicht mitgezählt", "", strconv.Itoa(result.Refused)}}
	for _, c := range surveys.Channels() {
		if n := result.Channels[c]; n > 0 {
			lines = append(lines, []string{"Weg", surveyChannel(c), strconv.Itoa(n)})
		}
	}
	for _, q := range s.questions(result) {
		c := result.Questions[q.Path]
		add := func(answer, number string) { lines = append(lines, []string{q.Label, answer, number}) }
		for _, o := range optionCounts(q, c) {
			add(o.label, strconv.Itoa(o.n))
		}
		if q.Kind == form.Number && len(c.Values) == 0 && c.Answered > 0 {
			add("Summe", form.Written(form.Number, "de", c.Sum))
			add("Kleinste Zahl", form.Written(form.Number, "de", c.Small))
			add("Größte Zahl", form.Written(form.Number, "de", c.High))
		}
		add("Mit Antwort", strconv.Itoa(c.Answered))
		add("Ohne Antwort", strconv.Itoa(c.Left))
	}
	s.sendCSV(w, r, result.Survey+"-"+result.Version+"-ergebnis.csv", lines)
}

// surveyTexts is what was written in own words, as a file for spreadsheets.
func (s *site) surveyTexts(w http.ResponseWriter, r *http.Request) {
	result, ok := s.surveyFile(w, r)
	if !ok {
		return
	}
	lines := [][]string{{"Frage", "Text"}}
	for _, q := range s.questions(result) {
		for _, t := range result.Questions[q.Path].Texts {
			lines = append(lines, []string{q.Label, t.Text})
		}
	}
	s.sendCSV(w, r, result.Survey+"-"+result.Version+"-texte.csv", lines)
}

// surveyFile gives the results for a file; it answers itself as long as nobody may see them.
func (s *site) surveyFile(w http.ResponseWriter, r *http.Request) (result surveys.Result, ok bool) {
	t, _, ok := s.surveyOf(w, r)
	if !ok {
		return result, false
	}
	if why := few(t); why != "" {
		s.say(w, r, http.StatusForbidden, message{Icon: "users-group", Title: "Noch zu wenige Antworten", Text: why, Link: "/umfrage/" + t.Survey, LinkText: "Zur Umfrage"})
		return result, false
	}
	result, err := s.Surveys.Result(r.Context(), t.Survey, t.Version)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: survey: %w", err))
		return result, false
	}
	return result, true
}

// sendCSV sends a file as German spreadsheets open it: with semicolons, and a mark that it is UTF-8.
func (s *site) sendCSV(w http.ResponseWriter, r *http.Request, name string, lines [][]string) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.Comma, out.UseCRLF = ';', true
	for _, line := range lines {
		for i, cell := range line {
			line[i] = plainCell(cell)
		}
		if err := out.Write(line); err != nil {
			s.fail(w, r, fmt.Errorf("web: survey file: %w", err))
			return
		}
	}
	out.Flush()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = w.Write(b.Bytes())
}

// plainCell keeps a spreadsheet from taking what somebody wrote for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
