package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Queues are how many people wait at which office, for devices to show.
type Queues interface {
	// Count publishes how many wait at an office now.
	Count(ctx context.Context, office string, waiting int) error
	// Uncount takes that back.
	Uncount(ctx context.Context, office string) error
	// Queues is what is published, by office, however old.
	Queues(ctx context.Context) (map[string]service.Queue, error)
}

// mostWaiting is what a clerk may enter: more is a slip of the finger.
const mostWaiting = 999

type queuesPage struct{ Offices []queueLine }

type queueLine struct {
	ID, Name, Waiting, Since string
	Fresh                    bool // devices still show it
	Problem                  bool // what was entered is no number
}

// offices are those that a queue can be counted at.
func (s *site) offices() []service.Office { return s.Catalogue.Tenant().Offices("de", s.Now()) }

func (s *site) queueList(w http.ResponseWriter, r *http.Request) {
	s.showQueues(w, r, http.StatusOK, "")
}

// showQueues draws the list; wrong is the office whose number could not be read.
func (s *site) showQueues(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	known, err := s.Queues.Queues(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: queues: %w", err))
		return
	}
	var p queuesPage
	for _, o := range s.offices() {
		l := queueLine{ID: o.ID, Name: o.Name, Problem: o.ID == wrong}
		if q, ok := known[o.ID]; ok {
			l.Waiting, l.Fresh = strconv.Itoa(q.Waiting), q.Fresh(s.Now())
			l.Since = q.At.In(s.Zone).Format("15.04") + " Uhr"
			if s.Now().Sub(q.At) > 12*time.Hour {
				l.Since = shortDay(q.At, s.Zone)
			}
		}
		p.Offices = append(p.Offices, l)
	}
	s.draw(w, r, status, "queues", shell{Title: "Wartende", Nav: "wartende"}, p)
}

// count takes a number for an office, or hides it.
func (s *site) count(w http.ResponseWriter, r *http.Request) {
	office := r.PathValue("amt")
	known := false
	for _, o := range s.offices() {
		known = known || o.ID == office
	}
	if !known {
		s.notFound(w, r)
		return
	}
	if r.PostFormValue("aus") != "" {
		if err := s.Queues.Uncount(r.Context(), office); err != nil {
			s.fail(w, r, fmt.Errorf("web: queues: %w", err))
			return
		}
		s.sessions.Put(r.Context(), keyFlash, "wartende-aus")
		http.Redirect(w, r, "/wartende", http.StatusSeeOther)
		return
	}
	n, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("zahl")))
	if err != nil || n < 0 || n > mostWaiting {
		s.showQueues(w, r, http.StatusUnprocessableEntity, office)
		return
	}
	if err := s.Queues.Count(r.Context(), office, n); err != nil {
		s.fail(w, r, fmt.Errorf("web: queues: %w", err))
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "wartende")
	http.Redirect(w, r, "/wartende", http.StatusSeeOther)
}
