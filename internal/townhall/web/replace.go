package web

import (
	"net/http"
	"strings"
)

type replacePage struct {
	Number, Title, Ticket, Problem string
	Proofs                         []choice
}

// proofs are the ways in which somebody proves who asks for a new slip. They go into the case's history as they are read here.
func proofs() []choice {
	return []choice{{Value: "personalausweis", Label: "Personalausweis"}, {Value: "reisepass", Label: "Reisepass"}, {Value: "aufenthaltstitel", Label: "Aufenthaltstitel"}, {Value: "anders", Label: "anders"}}
}

func (s *site) askReplace(w http.ResponseWriter, r *http.Request) {
	if c, ok := s.findKept(w, r); ok {
		s.drawReplace(w, r, http.StatusOK, replacePage{Number: c.Number, Title: c.Title, Ticket: s.tickets.issue(c.Number, user(r).Login)}, "")
	}
}

func (s *site) drawReplace(w http.ResponseWriter, r *http.Request, status int, p replacePage, chosen string) {
	for _, x := range proofs() {
		x.Selected = x.Value == chosen
		p.Proofs = append(p.Proofs, x)
	}
	s.draw(w, r, status, "replace", shell{Title: "Beleg ersetzen " + p.Number, Nav: "arbeitsliste"}, p)
}

func (s *site) replace(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findKept(w, r)
	if !ok {
		return
	}
	login, chosen, other := user(r).Login, r.PostFormValue("ausweis"), strings.TrimSpace(r.PostFormValue("andere"))
	var how string
	for _, x := range proofs() {
		if x.Value == chosen {
			how = x.Label
		}
	}
	problem := ""
	switch {
	case how == "":
		problem = "Wählen Sie, womit sich die Person ausgewiesen hat."
	case chosen == "anders" && (other == "" || len(other) > 800):
		problem = "Schreiben Sie kurz dazu, wie genau."
	case chosen == "anders":
		how = other
	}
	if problem != "" {
		p := replacePage{Number: c.Number, Title: c.Title, Ticket: r.PostFormValue("schein"), Problem: problem}
		s.drawReplace(w, r, http.StatusUnprocessableEntity, p, chosen)
		return
	}
	if !s.tickets.use(r.PostFormValue("schein"), c.Number, login) {
		s.say(w, r, http.StatusGone, message{Icon: "receipt", Title: "Dieser Beleg wurde schon gezeigt", Text: "Jede Seite zum Ersetzen gilt einmal. Wird noch ein Beleg gebraucht, beginnen Sie am Vorgang neu.", Link: "/vorgang/" + c.Number, LinkText: "Zum Vorgang"})
		return
	}
	slip, err := s.Book.Replace(r.Context(), c.Number, login, how)
	if err != nil {
		s.refused(w, r, c.Number, "", err)
		return
	}
	s.showSlip(w, r, c.Number, "Der neue Beleg", "Zu Vorgang "+c.Number+". Der alte Beleg öffnet nichts mehr.", slip)
}
