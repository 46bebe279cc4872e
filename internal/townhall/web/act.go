package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/justinas/nosurf"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// act writes the form for an action. The texts are the same in the dialog and on the page.
func (s *site) act(r *http.Request, name string, c cases.Case) act {
	a := act{Name: name, Number: c.Number, CSRF: nosurf.Token(r), Version: c.Version}
	switch name {
	case "bewilligen":
		a.Title, a.Button, a.Tone = "Bewilligen?", "Bewilligen", "primary"
		a.Lead = "Der Bescheid wird erstellt und verschlüsselt bereitgelegt. Das lässt sich nicht zurücknehmen."
		a.Label, a.Hint = "Satz dazu (freiwillig)", "Die Bürgerin oder der Bürger liest ihn mit dem Beleg. Leer: unser üblicher Satz."
		switch {
		case len(c.Warnings) > 0:
			a.Warn = "Beim Eingang ist etwas aufgefallen. Haben Sie es geprüft?"
		case c.Fee > 0 && !c.Paid:
			a.Warn = "Die Gebühr von " + c.Fee.String() + " ist noch nicht bezahlt."
		}
	case "rueckfrage":
		a.Title, a.Button, a.Tone, a.Required = "Was möchten Sie wissen?", "Rückfrage senden", "primary", true
		a.Lead = "Die Frage liegt für die Bürgerin oder den Bürger bereit und kann mit dem Beleg beantwortet werden."
		a.Label, a.Hint = "Ihre Frage", "Kurz und freundlich, eine Sache je Frage."
		switch c.Lang {
		case "de":
		case "de-simple":
			a.Hint += " Der Antrag wurde in Leichter Sprache gestellt: bitte kurze Sätze und einfache Wörter."
		default:
			a.Hint += " Der Antrag wurde auf " + langWord(c.Lang) + " gestellt."
		}
	case "ablehnen":
		a.Title, a.Button, a.Tone, a.Required = "Ablehnen?", "Ablehnen", "danger", true
		a.Lead = "Die Begründung wird gesendet. Das lässt sich nicht zurücknehmen."
		a.Label, a.Hint = "Begründung", "So, dass man sie versteht und weiß, was jetzt hilft."
		if sum := taken(c); sum > 0 {
			a.Warn = "Bezahlt sind " + sum.String() + ". Mit der Ablehnung entsteht eine Aufgabe: Geld erstatten."
		}
	case "bezahlt":
		a.Title, a.Button, a.Tone = "Gebühr ist da?", "Als bezahlt eintragen", "primary"
		a.Lead = "Tragen Sie das nur ein, wenn " + c.Fee.String() + " wirklich da sind."
		a.Label, a.Hint = "Wie bezahlt? (freiwillig)", "Zum Beispiel: bar, Quittung 118, oder Überweisung vom 20.11."
	case "loeschen":
		a.Title, a.Button, a.Tone, a.Required = "Alle Angaben löschen?", "Endgültig löschen", "danger", true
		a.Lead = "Antworten, Anlagen, Bescheid, Rückfragen und Notizen sind danach weg, auch für den Beleg. Nummer, Entscheidung und Zahlung bleiben. Das lässt sich nicht zurücknehmen."
		a.Label, a.Hint = "Warum?", "Ohne Namen. Zum Beispiel: auf Wunsch gelöscht, Art. 17 DSGVO."
	}
	return a
}

// taken is the money that came in for a case: the fee, or what a terminal vouches for.
func taken(c cases.Case) money.Cents {
	var sum money.Cents
	if c.Payment != nil {
		sum = c.Payment.Amount
	}
	if c.Paid {
		sum = max(sum, c.Fee)
	}
	return sum
}

// crumb names an action in the path above the page.
func crumb(name string) string {
	switch name {
	case "bewilligen":
		return "Bewilligen"
	case "rueckfrage":
		return "Rückfrage"
	case "ablehnen":
		return "Ablehnen"
	case "bezahlt":
		return "Zahlung eintragen"
	case "loeschen":
		return "Angaben löschen"
	}
	return "Notiz"
}

// showAct is the page for an action, for those whose browser has no dialogs or no script.
func (s *site) showAct(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, ok := s.find(w, r)
		if !ok {
			return
		}
		if late := !c.Open() && name != "bezahlt"; late && name != "loeschen" || name == "loeschen" && !c.Erasable() {
			s.tooLate(w, r, c.Number, "")
			return
		}
		s.drawAct(w, r, http.StatusOK, s.act(r, name, c), c)
	}
}

func (s *site) drawAct(w http.ResponseWriter, r *http.Request, status int, a act, c cases.Case) {
	s.draw(w, r, status, "act", shell{Title: crumb(a.Name) + " " + c.Number, Nav: "arbeitsliste"}, actPage{Act: a, Crumb: crumb(a.Name), CaseTitle: c.Title})
}

// doAct carries an action out. A text that is needed and missing brings the page back with the reason.
func (s *site) doAct(name, flash string, do func(ctx context.Context, number, clerk, text string, version int64) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, words := r.PathValue("nummer"), strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n"))
		version, err := strconv.ParseInt(r.PostFormValue("fassung"), 10, 64)
		if err != nil {
			version = 0 // no case has it: the clerk is told to look again
		}
		c, ok := s.find(w, r)
		if !ok {
			return
		}
		if a := s.act(r, name, c); a.Required && words == "" {
			a.Problem, a.Version = "Schreiben Sie hier einen Text. Ohne ihn geht es nicht weiter.", version
			s.drawAct(w, r, http.StatusUnprocessableEntity, a, c)
			return
		}
		if err := do(r.Context(), number, user(r).Login, words, version); err != nil {
			s.refused(w, r, number, words, err)
			return
		}
		if flash == "abgelehnt" && taken(c) > 0 {
			s.sessions.Put(r.Context(), keyFlash, "abgelehnt-geld")
		} else {
			s.sessions.Put(r.Context(), keyFlash, flash)
		}
		http.Redirect(w, r, "/vorgang/"+number, http.StatusSeeOther)
	}
}

// refused turns what the book said into a calm page. What the clerk wrote stays readable on it.
func (s *site) refused(w http.ResponseWriter, r *http.Request, number, kept string, err error) {
	m := message{Link: "/vorgang/" + number, LinkText: "Zum Vorgang", Kept: kept}
	switch {
	case errors.Is(err, cases.ErrChanged):
		m.Icon, m.Title, m.Text = "refresh", "Der Vorgang hat sich geändert", "Während Sie daran waren, hat jemand anderes etwas eingetragen, oder es kam eine Antwort. Ihr Schritt wurde nicht ausgeführt. Sehen Sie nach und entscheiden Sie dann noch einmal."
	case errors.Is(err, cases.ErrState):
		s.tooLate(w, r, number, kept)
		return
	case errors.Is(err, cases.ErrUnpaid):
		m.Icon, m.Title, m.Text = "cash-off", "Die Gebühr ist noch nicht bezahlt", "Für die Kartenzahlung fehlt der Nachweis des Terminals. Bewilligen geht erst, wenn er da ist oder Sie die Zahlung eintragen."
	case errors.Is(err, cases.ErrEmpty):
		m.Icon, m.Title, m.Text = "pencil", "Es fehlt ein Text", "Schreiben Sie einen Text, höchstens 4.000 Zeichen. Es wurde nichts geändert."
		s.say(w, r, http.StatusUnprocessableEntity, m)
		return
	case errors.Is(err, cases.ErrNotFound):
		s.notFound(w, r)
		return
	default:
		s.fail(w, r, fmt.Errorf("web: change case: %w", err))
		return
	}
	s.say(w, r, http.StatusConflict, m)
}

func (s *site) tooLate(w http.ResponseWriter, r *http.Request, number, kept string) {
	s.say(w, r, http.StatusConflict, message{Icon: "circle-check", Title: "Das ist schon entschieden", Text: "An diesem Vorgang lässt sich so nichts mehr ändern. Ihr Schritt wurde nicht ausgeführt.", Link: "/vorgang/" + number, LinkText: "Zum Vorgang", Kept: kept})
}

// take gives the case to who asks. It has no text, so it is no act.
func (s *site) take(w http.ResponseWriter, r *http.Request) {
	number := r.PathValue("nummer")
	version, err := strconv.ParseInt(r.PostFormValue("fassung"), 10, 64)
	if err != nil {
		version = 0
	}
	if err := s.Book.Take(r.Context(), number, user(r).Login, version); err != nil {
		s.refused(w, r, number, "", err)
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "uebernommen")
	http.Redirect(w, r, "/vorgang/"+number, http.StatusSeeOther)
}

// refundList shows the money that has to go back.
func (s *site) refundList(w http.ResponseWriter, r *http.Request) {
	list, err := s.Book.Refunds(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: refunds: %w", err))
		return
	}
	var p refundsPage
	name := s.names(r)
	var sum money.Cents
	for _, x := range list {
		l := refundLine{Number: x.Number, Title: x.Title, Amount: x.Amount.String(), How: wayWord(x.Way), Reason: refundReason(x.Reason), Since: shortDay(x.Since, s.Zone)}
		if x.Payment != nil && x.Payment.Evidence != nil {
			e := x.Payment.Evidence
			l.Trace = fmt.Sprintf("Terminal %s, Beleg %04d", e.TerminalID, e.Receipt)
		}
		if x.Done {
			l.DoneAt, l.By = shortDay(x.DoneAt, s.Zone), name(x.By)
			p.Done = append(p.Done, l)
			continue
		}
		p.Open = append(p.Open, l)
		sum += x.Amount
	}
	p.Sentence = "Nichts ist offen."
	if len(p.Open) > 0 {
		p.Sentence = count(len(p.Open), "Erstattung ist", "Erstattungen sind") + " offen, zusammen " + sum.String() + "."
	}
	s.draw(w, r, http.StatusOK, "refunds", shell{Title: "Erstattungen", Nav: "erstattungen"}, p)
}

type refundsPage struct {
	Sentence   string
	Open, Done []refundLine
}

type refundLine struct{ Number, Title, Amount, How, Trace, Reason, Since, DoneAt, By string }

func refundReason(r string) string {
	switch r {
	case string(service.StateRejected):
		return "abgelehnt"
	case string(service.StateWithdrawn):
		return "zurückgezogen"
	case cases.ReasonStray:
		return "Zahlung ohne Antrag; erst im Journal des Terminals nachsehen"
	}
	return r
}

func (s *site) refundDone(w http.ResponseWriter, r *http.Request) {
	number := r.PathValue("nummer")
	err := s.Book.RefundDone(r.Context(), number, user(r).Login)
	switch {
	case errors.Is(err, cases.ErrState):
		s.say(w, r, http.StatusConflict, message{Icon: "coin-euro", Title: "Hier ist nichts zu erstatten", Text: "Vielleicht hat es schon jemand eingetragen. Es wurde nichts geändert.", Link: "/erstattungen", LinkText: "Zu den Erstattungen"})
		return
	case err != nil:
		s.refused(w, r, number, "", err)
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "erstattet")
	http.Redirect(w, r, "/erstattungen", http.StatusSeeOther)
}
