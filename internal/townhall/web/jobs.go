package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/jobs"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// Jobs keeps the town's vacancies; *jobs.Board is one.
type Jobs interface {
	Offers(ctx context.Context) ([]jobs.Offer, error)
	Add(ctx context.Context, clerk string, o jobs.Offer) (jobs.Offer, error)
	Close(ctx context.Context, clerk, id string) error
}

type jobsPage struct {
	Open, Over []jobRow
	New        jobs.Offer // as it was typed, when it was not whole
	Problem    string     // the field that is wrong
	Sentence   string     // what is wrong with it
}

type jobRow struct{ ID, Title, Line, From, Until, Text string }

// jobRoutes lists the addresses that are there only where vacancies are kept.
func (s *site) jobRoutes(page func(pattern string, h http.HandlerFunc)) {
	page("GET /stellen", s.showJobs)
	page("POST /stellen", s.addJob)
	page("POST /stellen/{id}/schliessen", s.closeJob)
}

func (s *site) showJobs(w http.ResponseWriter, r *http.Request) {
	s.drawJobs(w, r, http.StatusOK, jobsPage{})
}

func (s *site) drawJobs(w http.ResponseWriter, r *http.Request, status int, p jobsPage) {
	all, err := s.Jobs.Offers(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: jobs: %w", err))
		return
	}
	today := s.Now().In(s.Zone).Format(time.DateOnly)
	for _, o := range all {
		row := jobRow{ID: o.ID, Title: o.Title.De, Line: strings.Trim(o.Department+", "+o.Salary, ", "), From: dayWord(o.From), Until: dayWord(o.Until), Text: o.Text.De}
		if o.Open(today) {
			p.Open = append(p.Open, row)
			continue
		}
		if o.Closed != "" {
			row.Until = dayWord(o.Closed) + " geschlossen"
		}
		p.Over = append(p.Over, row)
	}
	title := "Stellen"
	if p.Problem != "" {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "jobs", shell{Title: title, Nav: "stellen"}, p)
}

// dayWord writes a day as on paper.
func dayWord(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2.1.2006")
}

func (s *site) addJob(w http.ResponseWriter, r *http.Request) {
	field := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.PostFormValue(name), "\uFFFD"), "\r\n", "\n"))
	}
	o := jobs.Offer{Title: publish.Words{De: field("titel"), En: field("titel-en")}, Department: field("bereich"), Salary: field("entgelt"), Text: publish.Words{De: field("text"), En: field("text-en")}, Until: field("bis")}
	if day, err := time.Parse("2.1.2006", o.Until); err == nil { // typed as on paper
		o.Until = day.Format(time.DateOnly)
	}
	if wrong := o.Check(s.Now().In(s.Zone)); wrong != "" {
		s.drawJobs(w, r, http.StatusUnprocessableEntity, jobsPage{New: o, Problem: wrong, Sentence: map[string]string{
			"title": "Bitte nennen Sie die Stelle, mit 3 bis 100 Zeichen.", "department": "Bitte nennen Sie den Bereich, mit 2 bis 80 Zeichen.",
			"salary": "Das Entgelt ist zu lang.", "text": "Bitte beschreiben Sie die Stelle, mit 10 bis 2.000 Zeichen.",
			"until": "Bitte nennen Sie einen Tag zwischen heute und heute in einem Jahr.",
		}[wrong]})
		return
	}
	if _, err := s.Jobs.Add(r.Context(), user(r).Login, o); err != nil {
		s.fail(w, r, fmt.Errorf("web: add job: %w", err))
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "ausgeschrieben")
	http.Redirect(w, r, "/stellen", http.StatusSeeOther)
}

func (s *site) closeJob(w http.ResponseWriter, r *http.Request) {
	err := s.Jobs.Close(r.Context(), user(r).Login, r.PathValue("id"))
	switch {
	case errors.Is(err, jobs.ErrNotFound):
		s.notFound(w, r)
		return
	case err != nil && !errors.Is(err, jobs.ErrClosed): // closed by somebody else meanwhile: the page shows it
		s.fail(w, r, fmt.Errorf("web: close job: %w", err))
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "geschlossen")
	http.Redirect(w, r, "/stellen", http.StatusSeeOther)
}
