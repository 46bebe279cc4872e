package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/justinas/nosurf"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

type letterPage struct {
	Number, Title, CSRF, To, Subject, Salutation, Text string
	AddressProblem, TextProblem                        string
	Lines                                              int
}

// askLetter shows what the letter will say, for the clerk to change.
func (s *site) askLetter(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findKept(w, r)
	if !ok {
		return
	}
	l := s.Book.Draft(c)
	s.drawLetter(w, r, http.StatusOK, letterPage{Number: c.Number, Title: c.Title, To: strings.Join(l.To, "\n"), Subject: l.Subject, Salutation: l.Salutation, Text: l.Text})
}

func (s *site) drawLetter(w http.ResponseWriter, r *http.Request, status int, p letterPage) {
	p.CSRF, p.Lines = nosurf.Token(r), document.LetterLines
	s.draw(w, r, status, "letter", shell{Title: "Brief " + p.Number, Nav: "arbeitsliste"}, p)
}

// letter sends the letter as a file.
func (s *site) letter(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findKept(w, r)
	if !ok {
		return
	}
	typed := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	p := letterPage{Number: c.Number, Title: c.Title, To: typed("anschrift"), Subject: typed("betreff"), Salutation: typed("anrede"), Text: typed("text")}
	l := service.Letter{Subject: p.Subject, Salutation: p.Salutation, Text: p.Text, Clerk: user(r).Name}
	for _, line := range strings.Split(p.To, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			l.To = append(l.To, line)
		}
	}
	if len(l.Subject) > 300 || len(l.Salutation) > 300 { // the page lets nobody type that much
		s.refused(w, r, c.Number, p.Text, cases.ErrEmpty)
		return
	}
	file, err := s.Book.Letter(r.Context(), c.Number, user(r).Login, l)
	switch {
	case errors.Is(err, cases.ErrAddress):
		p.AddressProblem = "Schreiben Sie Name, Straße und Ort, jedes in eine Zeile: zwei bis sechs Zeilen mit höchstens 80 Zeichen."
		s.drawLetter(w, r, http.StatusUnprocessableEntity, p)
	case errors.Is(err, cases.ErrEmpty):
		p.TextProblem = "Schreiben Sie hier einen Text. Ohne ihn geht es nicht weiter."
		s.drawLetter(w, r, http.StatusUnprocessableEntity, p)
	case err != nil:
		s.refused(w, r, c.Number, p.Text, err)
	default:
		sendPDF(w, c.Number+"-brief", file)
	}
}

// summary sends the whole application as a file.
func (s *site) summary(w http.ResponseWriter, r *http.Request) {
	c, ok := s.findKept(w, r)
	if !ok {
		return
	}
	file, err := s.Book.Summary(r.Context(), c.Number, s.Home)
	switch {
	case errors.Is(err, cases.ErrNotFound), errors.Is(err, cases.ErrPaper):
		s.say(w, r, http.StatusNotFound, message{Icon: "file-off", Title: "Dazu gibt es keine Zusammenfassung", Text: "Diese Fassung der Leistung ist hier nicht bekannt. Die Angaben stehen am Vorgang.", Link: "/vorgang/" + c.Number, LinkText: "Zum Vorgang"})
	case err != nil:
		s.refused(w, r, c.Number, "", err)
	default:
		sendPDF(w, c.Number+"-zusammenfassung", file)
	}
}

func sendPDF(w http.ResponseWriter, name string, file []byte) {
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.pdf"`)
	_, _ = w.Write(file) // who hung up does not want it any more
}
