package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// begin begins a draft out of what is offered, or goes on with the one there is.
func (s *site) begin(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("leistung")
	switch err := s.Library.Begin(r.Context(), id, user(r).Login); {
	case errors.Is(err, services.ErrUnknown):
		s.say(w, r, http.StatusNotFound, message{Icon: "file-off", Title: "Diese Leistung wird nicht angeboten", Text: "Bearbeiten lässt sich, was gerade gilt. Bieten Sie zuerst eine Fassung wieder an.", Link: "/leistungen", LinkText: "Zu den Leistungen"})
	case err != nil:
		s.fail(w, r, fmt.Errorf("web: begin draft of a service: %w", err))
	default:
		http.Redirect(w, r, draftURL(id, ""), http.StatusSeeOther)
	}
}

// inventPage begins a new service.
type inventPage struct {
	ID, Title, From, Office, Situation                          string
	IDWrong, TitleWrong, FromWrong, OfficeWrong, SituationWrong string
	Services, Offices, Situations                               []choice
}

func (s *site) askInvent(w http.ResponseWriter, r *http.Request) {
	s.drawInvent(w, r, http.StatusOK, inventPage{From: r.URL.Query().Get("von")})
}

func (s *site) drawInvent(w http.ResponseWriter, r *http.Request, status int, p inventPage) {
	for _, x := range s.Catalogue.Services() {
		p.Services = append(p.Services, choice{Value: x.ID, Label: x.Title("de"), Selected: x.ID == p.From})
	}
	for _, o := range s.Catalogue.Tenant().Offices("de", s.Now()) {
		p.Offices = append(p.Offices, choice{Value: o.ID, Label: o.Name, Selected: o.ID == p.Office})
	}
	for _, x := range s.Catalogue.Situations("de") {
		p.Situations = append(p.Situations, choice{Value: x.ID, Label: x.Title, Selected: x.ID == p.Situation})
	}
	title := "Neue Leistung"
	if status != http.StatusOK {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "editor-new", shell{Title: title, Nav: "leistungen"}, p)
}

// idOf makes a service's id out of its name: "Fähre über die Weser" is "faehre-ueber-die-weser". Long names lose their last words.
func idOf(title string) string {
	id := ""
	for _, word := range strings.FieldsFunc(spelling.Fold(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if len(id)+1+len(word) > longestID && id != "" {
			break
		}
		id = strings.TrimPrefix(id+"-"+word, "-")
	}
	return id[:min(len(id), longestID)]
}

// longestID is how long an id that is made out of a name may be: it stands in addresses.
const longestID = 40

func (s *site) invent(w http.ResponseWriter, r *http.Request) {
	p := inventPage{ID: strings.TrimSpace(r.PostFormValue("id")), Title: strings.TrimSpace(r.PostFormValue("titel")), From: r.PostFormValue("von"), Office: r.PostFormValue("amt"), Situation: r.PostFormValue("anlass")}
	if p.ID == "" {
		p.ID = idOf(p.Title)
	}
	err := s.Library.Invent(r.Context(), services.Beginning{ID: p.ID, Title: p.Title, From: p.From, Office: p.Office, Situation: p.Situation, Who: user(r).Login})
	switch {
	case err == nil:
		http.Redirect(w, r, draftURL(p.ID, ""), http.StatusSeeOther)
		return
	case errors.Is(err, services.ErrTaken):
		p.IDWrong = "Diese Kennung gibt es schon. Bitte wählen Sie eine andere."
	case errors.Is(err, bundle.ErrBundle):
		p.IDWrong = "Die Kennung besteht aus kleinen Buchstaben, Ziffern und Bindestrichen und beginnt mit einem Buchstaben, zum Beispiel laternenumzug-anmelden."
	case errors.Is(err, services.ErrOffice) || errors.Is(err, services.ErrSituation):
		if errors.Is(err, services.ErrOffice) {
			p.OfficeWrong = "Bitte wählen Sie das Amt, das die Anträge bearbeitet."
		}
		if errors.Is(err, services.ErrSituation) {
			p.SituationWrong = "Bitte wählen Sie, wo die Leistung zu finden ist."
		}
	case errors.Is(err, services.ErrText):
		p.FromWrong = "Diese Leistung ist so geschrieben, dass sie sich nicht kopieren lässt. Bitte wählen Sie eine andere."
	case errors.Is(err, services.ErrTitle):
		p.TitleWrong = "Bitte schreiben Sie einen Namen mit höchstens 120 Zeichen, ohne doppelte geschweifte Klammern."
	case errors.Is(err, services.ErrUnknown):
		p.From, p.FromWrong = "", "Diese Leistung wird nicht mehr angeboten. Bitte wählen Sie eine andere."
	default:
		s.fail(w, r, fmt.Errorf("web: new service: %w", err))
		return
	}
	s.drawInvent(w, r, http.StatusUnprocessableEntity, p)
}
