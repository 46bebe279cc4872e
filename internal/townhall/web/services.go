package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Library is what the pages need of the services that are published; *services.Library is one.
type Library interface {
	List(ctx context.Context) ([]services.Entry, []services.Event, error)
	Check(ctx context.Context, file []byte) (services.Folder, error)
	Publish(ctx context.Context, f services.Folder, who string) error
	Return(ctx context.Context, id, version, who string) error
	Withdraw(ctx context.Context, id, who string) error
	CheckFolder(ctx context.Context, files *bundle.Folder) (services.Folder, error)
	Drafting
}

// serviceRoutes lists the addresses of what is offered, for those who may decide about it.
func (s *site) serviceRoutes(page func(pattern string, h http.HandlerFunc)) {
	may := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !user(r).Publishes {
				s.say(w, r, http.StatusForbidden, message{Icon: "shield-lock", Title: "Das dürfen nur wenige",
					Text: "Welche Leistungen es gibt, entscheiden bestimmte Kolleginnen und Kollegen. Wenn Sie dazugehören sollen, richtet die Technik das ein."})
				return
			}
			h(w, r)
		}
	}
	s.editorRoutes(func(pattern string, h http.HandlerFunc) { page(pattern, may(h)) })
	page("GET /leistungen", may(s.serviceList))
	page("POST /leistungen", may(s.serviceUpload))
	page("GET /leistungen/pruefen/{blatt}", may(s.serviceCheck))
	page("POST /leistungen/pruefen/{blatt}", may(s.servicePublish))
	page("GET /leistung/{leistung}", may(s.serviceShow))
	page("POST /leistung/{leistung}/fassung", may(s.serviceReturn))
	page("GET /leistung/{leistung}/zurueckziehen", may(s.askWithdraw))
	page("POST /leistung/{leistung}/zurueckziehen", may(s.serviceWithdraw))
}

// servicesPage is the list of all services.
type servicesPage struct {
	Sentence string
	Rows     []serviceRow
	Drafts   []draftRow
	History  []serviceEvent
	Refusal  *refusal
}

type serviceRow struct {
	ID, Title, Version, Since, Faults string
	State                             badge
}

// draftRow is a service that somebody writes.
type draftRow struct {
	Title, URL, Saved, Who string
	State                  badge
}

type serviceEvent struct{ When, Who, What string }

// refusal says why a file is not taken.
type refusal struct {
	Title, Text string
	Reasons     []reasonLine
}

type reasonLine struct{ Where, Wrong string }

func (s *site) serviceList(w http.ResponseWriter, r *http.Request) {
	s.drawServices(w, r, http.StatusOK, nil)
}

func (s *site) drawServices(w http.ResponseWriter, r *http.Request, status int, no *refusal) {
	list, history, err := s.Library.List(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: services: %w", err))
		return
	}
	p := servicesPage{Refusal: no}
	published := 0
	for _, e := range list {
		row := serviceRow{ID: e.ID, Title: e.Title, Version: e.Offered, State: offerBadge(e), Since: "mit dem Programm"}
		if e.Published() {
			published++
			row.Since = moment(e.Since, s.Now(), s.Zone)
		}
		if e.Offered == "" {
			row.Since = ""
		}
		if n := len(e.Faults); n > 0 {
			row.Faults = count(n, "Auffälligkeit", "Auffälligkeiten")
		}
		p.Rows = append(p.Rows, row)
	}
	drafted, err := s.Library.Drafted(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: drafts of services: %w", err))
		return
	}
	names := s.names(r)
	for _, d := range drafted {
		p.Drafts = append(p.Drafts, draftRow{Title: d.Title, URL: draftURL(d.Service, ""), Saved: moment(d.At, s.Now(), s.Zone), Who: names(d.Who), State: draftBadge(d.Wrong)})
	}
	p.Sentence = count(len(list), "Leistung", "Leistungen") + ", davon " + strconv.Itoa(published) + " hier veröffentlicht."
	titles := map[string]string{}
	for _, e := range list {
		titles[e.ID] = e.Title + ": "
	}
	p.History = s.serviceHistory(r, history, titles)
	s.draw(w, r, status, "services", shell{Title: "Leistungen", Nav: "leistungen"}, p)
}

func offerBadge(e services.Entry) badge {
	switch {
	case e.Offered == "":
		return badge{"Nicht angeboten", "ban", "", false}
	case e.Published():
		return badge{"Veröffentlicht", "eye-check", "good", false}
	}
	return badge{"Ausgeliefert", "device-desktop", "", false}
}

// serviceHistory says in words what was decided about the services that have a title here.
func (s *site) serviceHistory(r *http.Request, events []services.Event, titles map[string]string) (list []serviceEvent) {
	names := s.names(r)
	for _, e := range events {
		title, about := titles[e.Service]
		if !about {
			continue
		}
		what := map[string]string{
			services.EventPublished: "veröffentlicht", services.EventReturned: "wieder angeboten", services.EventWithdrawn: "zurückgezogen",
			services.EventReissued: "nach dem Zurückspielen einer Sicherung noch einmal mitgeteilt",
		}[e.Kind]
		who := names(e.Who)
		if e.Who == services.Keeper {
			who = "Technik, am Server"
		}
		list = append(list, serviceEvent{moment(e.At, s.Now(), s.Zone), who, title + "Fassung " + e.Version + " " + what})
	}
	return list
}

// serviceUpload takes a file, and shows what it changes or why it is refused.
func (s *site) serviceUpload(w http.ResponseWriter, r *http.Request) {
	data, err := sentFile(r)
	if err != nil {
		s.drawServices(w, r, http.StatusUnprocessableEntity, &refusal{Title: "Es kam keine Datei an", Text: "Wählen Sie die Datei mit der Leistung und versuchen Sie es noch einmal."})
		return
	}
	f, err := s.Library.Check(r.Context(), data)
	if no := refused(f, err); no != nil {
		s.Log.Info("service refused", "who", user(r).Login, "reasons", len(no.Reasons))
		s.drawServices(w, r, http.StatusUnprocessableEntity, no)
		return
	}
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: check service: %w", err))
		return
	}
	http.Redirect(w, r, "/leistungen/pruefen/"+s.sheets.put(user(r).Login, f), http.StatusSeeOther)
}

var errNoFile = errors.New("web: no file")

// sentFile reads the file of a form, as far as a service may go.
func sentFile(r *http.Request) ([]byte, error) {
	if err := sentForm(r); err != nil {
		return nil, err
	}
	if r.MultipartForm == nil || len(r.MultipartForm.File["datei"]) == 0 {
		return nil, errNoFile
	}
	in, err := r.MultipartForm.File["datei"][0].Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, bundle.MaxTotal+1)) // Check refuses what is longer
	if err == nil && len(data) == 0 {
		err = errNoFile
	}
	return data, err
}

// refused says why a folder is not taken, with every reason; nil: it is, or something else went wrong.
func refused(f services.Folder, err error) *refusal {
	no := &refusal{Title: "Diese Leistung kann so nicht angeboten werden"}
	switch {
	case errors.Is(err, services.ErrSigner):
		no.Title, no.Text = "Die Unterschrift gilt hier nicht", "Die Datei wurde verändert, oder wer sie unterschrieben hat, darf hier nichts veröffentlichen. Welche Unterschriften gelten, richtet die Technik ein."
		return no
	case errors.Is(err, bundle.ErrBundle):
		no.Text = "Die Datei ist kein Ordner einer Leistung, oder etwas darin hat dort nichts zu suchen."
		for line := range strings.SplitSeq(err.Error(), "\n") {
			no.Reasons = append(no.Reasons, reasonLine{"", strings.TrimPrefix(line, bundle.ErrBundle.Error()+": ")})
		}
		return no
	case err != nil || len(f.Flaws) == 0 && f.Service != nil:
		return nil
	}
	no.Text = "Nichts wurde geändert. Diese Gründe sind für die geschrieben, die den Ordner gebaut haben; geben Sie sie weiter."
	for _, x := range f.Flaws {
		no.Reasons = append(no.Reasons, reasonLine{x.Where, x.Wrong})
	}
	return no
}

// checkServicePage is what somebody confirms.
type checkServicePage struct {
	ID, Title, Version, Was, Signer string
	Older                           bool // its number is below the one that is offered
	Changes                         []reasonLine
	Files                           int
	Sheet                           string
	Draft                           string // the address of the draft that this is, if it is one
	Office                          string // who works the cases; "" where there are none
	Anew                            bool   // a survey whose count begins anew
}

func (s *site) serviceCheck(w http.ResponseWriter, r *http.Request) {
	f, ok := s.sheet(w, r)
	if !ok {
		return
	}
	p := checkServicePage{ID: f.Service.ID, Title: f.Service.Title("de"), Version: f.Service.Version, Signer: f.Signer, Files: len(f.Files.Names()), Sheet: r.PathValue("blatt")}
	if f.Now != nil {
		p.Was = f.Now.Version
		p.Older = olderThan(f.Service.Version, p.Was)
	}
	for _, c := range f.Changes {
		p.Changes = append(p.Changes, reasonLine{c.Where, c.What})
	}
	if d, err := s.Library.Draft(r.Context(), p.ID, 0); err == nil && d.Checked.Files.Digest() == f.Files.Digest() {
		p.Draft = draftURL(p.ID, "/aenderungen")
	}
	if o, ok := s.Catalogue.Tenant().Office(f.Service.Office, "de", s.Now()); ok && f.Service.Online() && !f.Service.Counted() {
		p.Office = o.Name
	}
	p.Anew = p.Was != "" && f.Service.Counted()
	s.draw(w, r, http.StatusOK, "services-check", shell{Title: "Leistung prüfen", Nav: "leistungen"}, p)
}

// sheet finds what somebody handed in a moment ago.
func (s *site) sheet(w http.ResponseWriter, r *http.Request) (services.Folder, bool) {
	f, ok := s.sheets.get(user(r).Login, r.PathValue("blatt"))
	if !ok {
		s.say(w, r, http.StatusGone, message{Icon: "file-off", Title: "Diese Datei liegt nicht mehr bereit", Text: "Sie wurde schon veröffentlicht oder lag zu lange. Wählen Sie sie noch einmal.", Link: "/leistungen", LinkText: "Zu den Leistungen"})
	}
	return f, ok
}

func (s *site) servicePublish(w http.ResponseWriter, r *http.Request) {
	f, ok := s.sheet(w, r)
	if !ok {
		return
	}
	if err := s.Library.Publish(r.Context(), f, user(r).Login); err != nil {
		s.notDecided(w, r, err)
		return
	}
	s.sheets.drop(user(r).Login, r.PathValue("blatt"))
	s.decided(w, r, f.Service.ID, "angeboten")
}

// decided leads to the service that was decided about.
func (s *site) decided(w http.ResponseWriter, r *http.Request, id, flash string) {
	s.sessions.Put(r.Context(), keyFlash, flash)
	http.Redirect(w, r, "/leistung/"+id, http.StatusSeeOther)
}

// notDecided says why nothing changed.
func (s *site) notDecided(w http.ResponseWriter, r *http.Request, err error) {
	m := message{Icon: "alert-triangle", Link: "/leistungen", LinkText: "Zu den Leistungen"}
	switch {
	case errors.Is(err, services.ErrVersion):
		m.Title, m.Text = "Diese Nummer ist vergeben", "Unter dieser Nummer gibt es schon eine andere Fassung. Es wurde nichts geändert. Geben Sie der neuen eine eigene Nummer."
	case errors.Is(err, services.ErrChanged):
		m.Title, m.Text = "Inzwischen hat sich etwas geändert", "Über diese Leistung wurde gerade von anderen entschieden. Es wurde nichts geändert. Sehen Sie sich an, was jetzt gilt."
	case errors.Is(err, services.ErrUnknown):
		m.Title, m.Text = "Diese Fassung gibt es nicht", "Sie wurde hier nie veröffentlicht, oder es gibt nichts zurückzuziehen. Es wurde nichts geändert."
	default:
		s.fail(w, r, fmt.Errorf("web: decide about service: %w", err))
		return
	}
	s.say(w, r, http.StatusConflict, m)
}

// servicePage is one service.
type servicePage struct {
	ID, Title, Offered, Since, Shipped string
	State                              badge
	Published                          bool
	Draft                              *draftRow // nil: nobody writes at it
	Versions                           []versionRow
	Faults                             []faultRow
	History                            []serviceEvent
}

type versionRow struct {
	Version, When, Who, Signer string
	Current                    bool
}

type faultRow struct {
	What, Where, Reason string
	When                string
}

func (s *site) serviceShow(w http.ResponseWriter, r *http.Request) {
	list, history, err := s.Library.List(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: service: %w", err))
		return
	}
	for _, e := range list {
		if e.ID == r.PathValue("leistung") {
			p := s.servicePage(r, e, history)
			d, err := s.Library.Draft(r.Context(), e.ID, 0)
			if err != nil && !errors.Is(err, services.ErrDraft) {
				s.fail(w, r, fmt.Errorf("web: draft of a service: %w", err))
				return
			}
			if err == nil {
				p.Draft = &draftRow{URL: draftURL(e.ID, ""), Saved: moment(d.At, s.Now(), s.Zone), Who: s.names(r)(d.Who), State: draftBadge(len(d.Mistakes))}
			}
			s.draw(w, r, http.StatusOK, "service", shell{Title: p.Title, Nav: "leistungen"}, p)
			return
		}
	}
	s.notFound(w, r)
}

func (s *site) servicePage(r *http.Request, e services.Entry, history []services.Event) servicePage {
	names := s.names(r)
	p := servicePage{ID: e.ID, Title: e.Title, Offered: e.Offered, Shipped: e.Shipped, State: offerBadge(e), Published: e.Published(), History: s.serviceHistory(r, history, map[string]string{e.ID: ""})}
	if e.Published() {
		p.Since = moment(e.Since, s.Now(), s.Zone)
	}
	for _, v := range e.Versions {
		row := versionRow{Version: v.Version, When: moment(v.At, s.Now(), s.Zone), Who: names(v.Who), Signer: v.Signer, Current: e.Published() && v.Version == e.Offered}
		if v.Who == services.Keeper {
			row.Who = "Technik, am Server"
		}
		p.Versions = append(p.Versions, row)
	}
	for _, f := range e.Faults {
		p.Faults = append(p.Faults, s.faultRow(f))
	}
	return p
}

// faultRow says in words what a device found.
func (s *site) faultRow(f services.Fault) faultRow {
	who := f.Device
	if who == hall.NamePhone {
		who = "Telefone"
	}
	when := moment(f.Last, s.Now(), s.Zone)
	row := faultRow{When: fmt.Sprintf("%s, zuletzt gemeldet %s%s", who, strings.ToLower(when[:1]), when[1:]), Reason: f.Reason}
	if f.Kind == wire.FaultRule {
		row.What = "Eine Regel schlug fehl, " + strconv.FormatInt(f.Count, 10) + "-mal"
		row.Where = fmt.Sprintf("Fassung %s, %s Zeile %d: %s", f.Version, f.File, f.Line, f.Key)
		return row
	}
	row.What, row.Where = "Ein Gerät bietet die Fassung nicht an", "Fassung "+f.Version
	if f.Version == "" {
		row.Where = ""
	}
	return row
}

func (s *site) serviceReturn(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("leistung")
	if err := s.Library.Return(r.Context(), id, r.PostFormValue("fassung"), user(r).Login); err != nil {
		s.notDecided(w, r, err)
		return
	}
	s.decided(w, r, id, "angeboten")
}

// withdrawPage asks before a service changes for everybody.
type withdrawPage struct {
	ID, Title, Version string
	Shipped            string // the version that is offered instead; "": none
}

func (s *site) askWithdraw(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("leistung")
	list, _, err := s.Library.List(r.Context())
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: services: %w", err))
		return
	}
	i := slices.IndexFunc(list, func(e services.Entry) bool { return e.ID == id })
	if i < 0 || !list[i].Published() { // nothing that was published here
		http.Redirect(w, r, "/leistung/"+url.PathEscape(id), http.StatusSeeOther)
		return
	}
	p := withdrawPage{ID: id, Title: list[i].Title, Version: list[i].Offered, Shipped: list[i].Shipped}
	s.draw(w, r, http.StatusOK, "service-withdraw", shell{Title: p.Title + ", zurückziehen", Nav: "leistungen"}, p)
}

func (s *site) serviceWithdraw(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("leistung")
	if err := s.Library.Withdraw(r.Context(), id, user(r).Login); err != nil {
		s.notDecided(w, r, err)
		return
	}
	s.decided(w, r, id, "zurueckgezogen")
}
