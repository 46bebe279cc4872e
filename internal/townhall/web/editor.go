package web

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// Drafting is writing services here.
type Drafting interface {
	Drafted(ctx context.Context) ([]services.State, error)
	Draft(ctx context.Context, id string, revision int64) (services.Draft, error)
	DraftStates(ctx context.Context, id string) ([]services.State, error)
	Begin(ctx context.Context, id, who string) error
	Invent(ctx context.Context, id, title, from, who string) error
	SaveFile(ctx context.Context, e services.Edit, file, text string) error
	AddFile(ctx context.Context, e services.Edit, file string) error
	RenameFile(ctx context.Context, e services.Edit, file, to string) error
	SaveSentences(ctx context.Context, e services.Edit, changes map[string]map[string]string) error
	RemoveFile(ctx context.Context, e services.Edit, file string) error
	Restore(ctx context.Context, e services.Edit, revision int64) error
	Raise(ctx context.Context, e services.Edit) error
	Next(ctx context.Context, id string) (string, error)
	Discard(ctx context.Context, e services.Edit) error
	Papers(d services.Draft) []string
	Paper(d services.Draft, name, example, lang string) ([]byte, error)
}

// editorRoutes lists the addresses where services are written.
func (s *site) editorRoutes(page func(pattern string, h http.HandlerFunc)) {
	page("GET /leistungen/neu", s.askInvent)
	page("POST /leistungen/neu", s.invent)
	page("POST /leistung/{leistung}/bearbeiten", s.begin)
	page("GET /leistung/{leistung}/entwurf", s.showDraft)
	page("POST /leistung/{leistung}/entwurf", s.saveFile)
	page("POST /leistung/{leistung}/entwurf/texte", s.saveSentences)
	page("POST /leistung/{leistung}/entwurf/datei", s.changeFile)
	page("POST /leistung/{leistung}/entwurf/stand", s.restoreDraft)
	page("GET /leistung/{leistung}/entwurf/ordner.zip", s.sendDraft)
	page("GET /leistung/{leistung}/entwurf/vorschau", s.showPreview)
	page("GET /leistung/{leistung}/entwurf/papier/{papier}", s.showDraftPaper)
	page("GET /leistung/{leistung}/entwurf/aenderungen", s.showDraftChanges)
	page("POST /leistung/{leistung}/entwurf/nummer", s.raiseDraft)
	page("POST /leistung/{leistung}/entwurf/veroeffentlichen", s.readyDraft)
	page("GET /leistung/{leistung}/entwurf/verwerfen", s.askDiscardDraft)
	page("POST /leistung/{leistung}/entwurf/verwerfen", s.discardDraft)
}

// draftURL is the address of a draft, or of something of it.
func draftURL(id, what string, query ...string) string {
	u := "/leistung/" + url.PathEscape(id) + "/entwurf" + what
	v := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			v.Set(query[i], query[i+1])
		}
	}
	if len(v) > 0 {
		u += "?" + v.Encode()
	}
	return u
}

// number writes a revision or a line into an address; 0 is not written.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// numbered reads a revision or a line; 0 when it is none.
func numbered(typed string) int64 {
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// draftHead is what every page about a draft begins with.
type draftHead struct {
	ID, Title, Base, Saved, Root string
	State                        badge
	Revision                     int64
}

func (s *site) draftHead(r *http.Request, d services.Draft) draftHead {
	return draftHead{ID: d.State.Service, Title: d.Title, Base: d.Base, Root: draftURL(d.State.Service, ""), State: draftBadge(len(d.Mistakes)), Revision: d.Revision,
		Saved: moment(d.At, s.Now(), s.Zone) + ", " + s.names(r)(d.Who)}
}

func draftBadge(wrong int) badge {
	if wrong == 0 {
		return badge{"In Ordnung", "circle-check", "good", false}
	}
	return badge{count(wrong, "Fehler", "Fehler"), "alert-triangle", "warn", false}
}

// serviceDraft finds the draft of the address, or answers that there is none.
func (s *site) serviceDraft(w http.ResponseWriter, r *http.Request, revision int64) (services.Draft, bool) {
	d, err := s.Library.Draft(r.Context(), r.PathValue("leistung"), revision)
	switch {
	case errors.Is(err, services.ErrDraft):
		s.noDraft(w, r)
	case err != nil:
		s.fail(w, r, fmt.Errorf("web: draft of a service: %w", err))
	default:
		return d, true
	}
	return services.Draft{}, false
}

func (s *site) noDraft(w http.ResponseWriter, r *http.Request) {
	s.say(w, r, http.StatusNotFound, message{Icon: "file-off", Title: "Diesen Entwurf gibt es nicht", Text: "Er wurde veröffentlicht oder verworfen, oder niemand hat ihn begonnen.", Link: "/leistungen", LinkText: "Zu den Leistungen"})
}

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

// editorPage is one file of a draft, among the others.
type editorPage struct {
	draftHead
	File, Text, Label string
	Plain             bool // it is text, and can be written
	Mine              bool // the text was written and not saved
	Groups            []fileGroup
	Mistakes          []mistakeLine
	More              int // mistakes beside those
	Line              int64
	LineText          string
	Marked            string // lines with mistakes, with blanks between
	States            []stateLine
	Old               *stateLine // an earlier state, to look at
	Newer             *newer     // somebody saved meanwhile
	Problem           string     // why the last step was not done
	Reason            string     // the same in the check's words
	NewName           string
}

type fileGroup struct {
	Title string
	Files []fileLine
}

type fileLine struct {
	Name, Label, URL, Wrong string
	Current                 bool
}

type mistakeLine struct{ Where, Wrong, Detail, URL string }

type stateLine struct {
	Revision        int64
	When, Who, What string
	URL             string
	Current         bool
}

// newer says that somebody saved a draft while somebody else was writing.
type newer struct {
	Who, When string
	Kept      bool   // the page has a text that was not saved
	Same      bool   // this file was not changed by that
	Gone      bool   // the file is not there any more
	Other     string // what the file says now
}

// showDraft shows a file of a draft, with everything that leads to the others.
func (s *site) showDraft(w http.ResponseWriter, r *http.Request) {
	revision := numbered(r.URL.Query().Get("stand"))
	d, ok := s.serviceDraft(w, r, revision)
	if !ok {
		return
	}
	if r.URL.Query().Get("ansicht") == "texte" && revision == 0 {
		s.showSentences(w, r, d)
		return
	}
	p := editorPage{File: r.URL.Query().Get("datei"), Line: numbered(r.URL.Query().Get("zeile"))}
	if p.File != "" && !hasFile(d, p.File) {
		p.Problem, p.File = "Die Datei "+p.File+" gibt es in diesem Entwurf nicht.", ""
	}
	if revision != 0 {
		p.Old = &stateLine{}
	}
	s.drawDraft(w, r, http.StatusOK, d, p)
}

func hasFile(d services.Draft, name string) bool {
	_, ok := d.Checked.Files.File(name)
	return ok
}

// drawDraft draws the editor. What the page says already stays: the text that somebody wrote among it.
func (s *site) drawDraft(w http.ResponseWriter, r *http.Request, status int, d services.Draft, p editorPage) {
	p.draftHead = s.draftHead(r, d)
	if p.File == "" {
		p.File = "service.yaml"
		if !hasFile(d, p.File) {
			p.File = d.Checked.Files.Names()[0]
		}
	}
	p.Label = path.Base(p.File)
	data, _ := d.Checked.Files.File(p.File)
	p.Plain = utf8.Valid(data) && !bytes.ContainsRune(data, 0)
	if p.Plain && !p.Mine {
		p.Text = string(data)
	}
	states, err := s.Library.DraftStates(r.Context(), p.ID)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: states of a draft: %w", err))
		return
	}
	p.States = s.stateLines(r, states, p.File)
	old := ""
	if p.Old != nil {
		old = number(d.Revision)
		for _, x := range p.States {
			if x.Revision == d.Revision {
				p.Old = &x
			}
		}
		if d.Revision == states[0].Revision { // it is no earlier one
			p.Old, old = nil, ""
		}
	}
	p.Groups, p.Mistakes = fileGroups(d, p.File, old), mistakeLines(d, old)
	if most := 40; len(p.Mistakes) > most {
		p.Mistakes, p.More = p.Mistakes[:most], len(p.Mistakes)-most
	}
	var marked []string
	for _, m := range d.Mistakes {
		if m.File == p.File && m.Line > 0 {
			marked = append(marked, strconv.Itoa(m.Line))
		}
	}
	if !p.Mine { // otherwise they are about another text
		p.Marked = strings.Join(marked, " ")
	}
	if lines := strings.Split(p.Text, "\n"); p.Line > 0 && p.Line <= int64(len(lines)) {
		p.LineText = lines[p.Line-1]
	} else {
		p.Line = 0
	}
	title := p.Title + " bearbeiten, " + p.File
	if status != http.StatusOK {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "editor", shell{Title: title, Nav: "leistungen"}, p)
}

// fileGroups lists the files by what they are for.
func fileGroups(d services.Draft, current, old string) []fileGroup {
	wrong := map[string]int{}
	for _, m := range d.Mistakes {
		wrong[m.File]++
	}
	var groups []fileGroup
	for _, g := range []struct {
		title string
		has   func(name string) bool
	}{
		{"Angaben", func(n string) bool { return n == "service.yaml" }},
		{"Fragen", func(n string) bool { return n == "form.yaml" || n == "schema.json" }},
		{"Texte", func(n string) bool { return strings.HasPrefix(n, "texts/") }},
		{"Papiere", func(n string) bool { return strings.HasPrefix(n, "documents/") }},
		{"Beispiele", func(n string) bool { return strings.HasPrefix(n, "examples/") }},
		{"Anderes", func(n string) bool {
			dir, _, deep := strings.Cut(n, "/")
			return !slices.Contains([]string{"service.yaml", "form.yaml", "schema.json"}, n) && !(deep && slices.Contains([]string{"texts", "documents", "examples"}, dir))
		}},
	} {
		group := fileGroup{Title: g.title}
		for _, name := range d.Checked.Files.Names() {
			if !g.has(name) {
				continue
			}
			f := fileLine{Name: name, Label: path.Base(name), URL: draftURL(d.State.Service, "", "datei", name, "stand", old), Current: name == current}
			if strings.Count(name, "/") > 1 || g.title == "Anderes" {
				f.Label = name
			}
			if n := wrong[name]; n > 0 {
				f.Wrong = count(n, "Fehler", "Fehler")
			}
			group.Files = append(group.Files, f)
		}
		if len(group.Files) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// mistakeLines says where the mistakes are, with the addresses of the places.
func mistakeLines(d services.Draft, old string) (list []mistakeLine) {
	for _, m := range d.Mistakes {
		x := mistakeLine{Where: "Der ganze Ordner", Wrong: m.Wrong, Detail: m.Detail}
		if m.File != "" {
			x.Where, x.URL = m.File, draftURL(d.State.Service, "", "datei", m.File, "zeile", number(int64(m.Line)), "stand", old)
		}
		if m.Line > 0 {
			x.Where += ", Zeile " + strconv.Itoa(m.Line)
		}
		list = append(list, x)
	}
	return list
}

// stateLines says in words what was done to a draft.
func (s *site) stateLines(r *http.Request, states []services.State, file string) (list []stateLine) {
	names := s.names(r)
	for i, x := range states {
		what := map[string]string{services.DraftBegun: "begonnen", services.DraftSaved: "gespeichert", services.DraftAdded: "angelegt", services.DraftRenamed: "umbenannt", services.DraftRemoved: "gelöscht",
			services.DraftRestored: "früheren Stand zurückgeholt", services.DraftRaised: "Nummer erhöht", services.DraftWorded: "Texte geändert"}[x.What]
		if x.File != "" && x.What != services.DraftRaised {
			what = x.File + " " + what
		}
		list = append(list, stateLine{Revision: x.Revision, When: moment(x.At, s.Now(), s.Zone), Who: names(x.Who), What: what, URL: draftURL(x.Service, "", "datei", file, "stand", number(x.Revision)), Current: i == 0})
	}
	return list
}

// sentEdit says which draft a form is about, and which state of it the page showed.
func sentEdit(r *http.Request) services.Edit {
	return services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostForm.Get("stand")), Who: user(r).Login}
}

// saveFile stores the text of a file, whatever is wrong with it.
func (s *site) saveFile(w http.ResponseWriter, r *http.Request) {
	if err := sentForm(r); err != nil {
		s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal", Text: "Der Text ist zu lang. Es wurde nichts geändert, der Entwurf ist, wie er war.", Link: draftURL(r.PathValue("leistung"), ""), LinkText: "Zum Entwurf"})
		return
	}
	e, file := sentEdit(r), r.PostForm.Get("datei")
	text := strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n")
	err := s.Library.SaveFile(r.Context(), e, file, text)
	if err != nil {
		s.notSaved(w, r, err, editorPage{File: file, Text: text, Mine: true})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "entwurf-gespeichert")
	to := draftURL(e.Service, "", "datei", file)
	if then := local(r.PostForm.Get("dann")); strings.HasPrefix(then, draftURL(e.Service, "")) { // somebody went on without saving first
		to = then
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// notSaved says why a draft was not changed, on the page with what somebody wrote.
func (s *site) notSaved(w http.ResponseWriter, r *http.Request, why error, p editorPage) {
	d, err := s.Library.Draft(r.Context(), r.PathValue("leistung"), 0)
	if errors.Is(why, services.ErrDraft) || errors.Is(err, services.ErrDraft) {
		s.say(w, r, http.StatusNotFound, message{Icon: "file-off", Title: "Diesen Entwurf gibt es nicht mehr", Text: "Er wurde inzwischen veröffentlicht oder verworfen.", Link: "/leistungen", LinkText: "Zu den Leistungen", Kept: p.Text})
		return
	}
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: draft of a service: %w", err))
		return
	}
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(why, services.ErrNewer), errors.Is(why, services.ErrNoFile):
		status = http.StatusConflict
		p.Newer = s.newer(r, d, p)
		if p.Newer.Gone {
			p.File = ""
		}
	case errors.Is(why, services.ErrTaken):
		p.Problem = "Eine Datei mit diesem Namen gibt es schon."
	case p.Problem != "": // said already
	case errors.Is(why, services.ErrText):
		p.Problem = "Das ist kein Text, den eine Datei aufnehmen kann. Es wurde nichts gespeichert."
	case errors.Is(why, bundle.ErrBundle) && p.NewName != "":
		p.Problem = "So kann eine Datei hier nicht heißen. Erlaubt sind Buchstaben ohne Umlaute, Ziffern, Punkt, Bindestrich und Unterstrich, in einem Ordner wie texts, documents oder examples. Es wurde nichts geändert."
	case errors.Is(why, bundle.ErrBundle):
		p.Problem = "So passt es nicht mehr in eine Leistung. Es wurde nichts gespeichert."
	default:
		s.fail(w, r, fmt.Errorf("web: change draft of a service: %w", why))
		return
	}
	if errors.Is(why, bundle.ErrBundle) {
		p.Reason = reasonOf(why)
	}
	s.drawDraft(w, r, status, d, p)
}

// reasonOf is what the check of a folder says, without its name.
func reasonOf(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(line, bundle.ErrBundle.Error()+": ")
}

func (s *site) newer(r *http.Request, d services.Draft, p editorPage) *newer {
	n := &newer{Who: s.names(r)(d.Who), When: lower(moment(d.At, s.Now(), s.Zone)), Kept: p.Mine}
	data, ok := d.Checked.Files.File(p.File)
	n.Gone, n.Other = !ok && p.File != "", string(data)
	if old, err := s.Library.Draft(r.Context(), d.State.Service, numbered(r.PostForm.Get("stand"))); err == nil {
		before, _ := old.Checked.Files.File(p.File)
		n.Same = ok && bytes.Equal(before, data)
	}
	if n.Who == "Sie" {
		n.Who = "haben Sie selbst"
	} else {
		n.Who = "hat " + n.Who
	}
	return n
}

// lower begins a word with a small letter, for the middle of a sentence.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// changeFile adds, renames or removes a file.
func (s *site) changeFile(w http.ResponseWriter, r *http.Request) {
	if err := sentForm(r); err != nil {
		s.notFound(w, r)
		return
	}
	e, file, name := sentEdit(r), r.PostForm.Get("datei"), strings.TrimSpace(r.PostForm.Get("name"))
	var err error
	flash, to := "", file
	switch r.PostForm.Get("tat") {
	case "anlegen":
		err, flash, to = s.Library.AddFile(r.Context(), e, name), "datei-angelegt", name
	case "umbenennen":
		err, flash, to = s.Library.RenameFile(r.Context(), e, file, name), "datei-umbenannt", name
	case "loeschen":
		err, flash, to = s.Library.RemoveFile(r.Context(), e, file), "datei-geloescht", ""
	default:
		s.notFound(w, r)
		return
	}
	if err != nil {
		if name == "" && errors.Is(err, bundle.ErrBundle) {
			name = " "
		}
		s.notSaved(w, r, err, editorPage{File: file, NewName: name})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, flash)
	http.Redirect(w, r, draftURL(e.Service, "", "datei", to), http.StatusSeeOther)
}

// restoreDraft brings an earlier state back.
func (s *site) restoreDraft(w http.ResponseWriter, r *http.Request) {
	e, file := services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostFormValue("stand")), Who: user(r).Login}, r.PostFormValue("datei")
	if err := s.Library.Restore(r.Context(), e, numbered(r.PostFormValue("auf"))); err != nil {
		s.notSaved(w, r, err, editorPage{File: file})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "stand-zurueck")
	http.Redirect(w, r, draftURL(e.Service, "", "datei", file), http.StatusSeeOther)
}

// sendDraft sends the folder as a file that can be handed in again.
func (s *site) sendDraft(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, numbered(r.URL.Query().Get("stand")))
	if !ok {
		return
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := errors.Join(z.AddFS(d.Checked.Files.FS()), z.Close()); err != nil {
		s.fail(w, r, fmt.Errorf("web: pack draft of a service: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+d.State.Service+`-entwurf.zip"`)
	_, _ = w.Write(b.Bytes()) // who hung up does not want it any more
}

// draftChangesPage is what a draft changes, and the way to publish it.
type draftChangesPage struct {
	draftHead
	Version, Was, Next string
	Taken              bool
	Moved              bool // another version is offered than the one it began with
	Changes            []reasonLine
	Mistakes           []mistakeLine
}

func (s *site) showDraftChanges(w http.ResponseWriter, r *http.Request) {
	if d, ok := s.serviceDraft(w, r, 0); ok {
		s.drawDraftChanges(w, r, http.StatusOK, d)
	}
}

func (s *site) drawDraftChanges(w http.ResponseWriter, r *http.Request, status int, d services.Draft) {
	next, err := s.Library.Next(r.Context(), d.State.Service)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: next version: %w", err))
		return
	}
	p := draftChangesPage{draftHead: s.draftHead(r, d), Next: next, Taken: d.Checked.Taken, Mistakes: mistakeLines(d, "")}
	if d.Checked.Service != nil {
		p.Version = d.Checked.Service.Version
	}
	if d.Checked.Now != nil {
		p.Was = d.Checked.Now.Version
		p.Moved = p.Was != d.Base
	}
	for _, c := range d.Checked.Changes {
		p.Changes = append(p.Changes, reasonLine{c.Where, c.What})
	}
	s.draw(w, r, status, "editor-changes", shell{Title: p.Title + ", was sich ändert", Nav: "leistungen"}, p)
}

// raiseDraft gives the draft a number that is free.
func (s *site) raiseDraft(w http.ResponseWriter, r *http.Request) {
	e := services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostFormValue("stand")), Who: user(r).Login}
	switch err := s.Library.Raise(r.Context(), e); {
	case errors.Is(err, services.ErrText):
		s.notSaved(w, r, err, editorPage{File: "service.yaml", Problem: "In service.yaml steht keine Zeile, die mit version beginnt."})
		return
	case err != nil:
		s.notSaved(w, r, err, editorPage{})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "nummer-erhoeht")
	http.Redirect(w, r, draftURL(e.Service, "/aenderungen"), http.StatusSeeOther)
}

// readyDraft lays a draft without mistakes ready, to be confirmed as what was handed in is.
func (s *site) readyDraft(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, 0)
	if !ok {
		return
	}
	if d.Revision != numbered(r.PostFormValue("stand")) {
		s.notSaved(w, r, services.ErrNewer, editorPage{})
		return
	}
	if len(d.Mistakes) > 0 || d.Checked.Taken {
		s.drawDraftChanges(w, r, http.StatusUnprocessableEntity, d)
		return
	}
	f, err := s.Library.CheckFolder(r.Context(), d.Checked.Files)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: check draft of a service: %w", err))
		return
	}
	if refused(f, nil) != nil { // it was whole a moment ago: the tenant's tables have changed
		s.drawDraftChanges(w, r, http.StatusUnprocessableEntity, d)
		return
	}
	http.Redirect(w, r, "/leistungen/pruefen/"+s.sheets.put(user(r).Login, f), http.StatusSeeOther)
}

type discardDraftPage struct {
	draftHead
	States int
}

func (s *site) askDiscardDraft(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, 0)
	if !ok {
		return
	}
	states, err := s.Library.DraftStates(r.Context(), d.State.Service)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: states of a draft: %w", err))
		return
	}
	s.draw(w, r, http.StatusOK, "editor-discard", shell{Title: d.Title + ", Entwurf verwerfen", Nav: "leistungen"}, discardDraftPage{s.draftHead(r, d), len(states)})
}

func (s *site) discardDraft(w http.ResponseWriter, r *http.Request) {
	e := services.Edit{Service: r.PathValue("leistung"), Revision: numbered(r.PostFormValue("stand")), Who: user(r).Login}
	if err := s.Library.Discard(r.Context(), e); err != nil {
		s.notSaved(w, r, err, editorPage{})
		return
	}
	s.sessions.Put(r.Context(), keyFlash, "entwurf-verworfen")
	http.Redirect(w, r, "/leistungen", http.StatusSeeOther)
}

// inventPage begins a new service.
type inventPage struct {
	ID, Title, From     string
	IDWrong, TitleWrong string
	Services            []choice
}

func (s *site) askInvent(w http.ResponseWriter, r *http.Request) {
	s.drawInvent(w, r, http.StatusOK, inventPage{From: r.URL.Query().Get("von")})
}

func (s *site) drawInvent(w http.ResponseWriter, r *http.Request, status int, p inventPage) {
	for _, x := range s.Catalogue.Services() {
		p.Services = append(p.Services, choice{Value: x.ID, Label: x.Title("de"), Selected: x.ID == p.From})
	}
	title := "Neue Leistung"
	if status != http.StatusOK {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "editor-new", shell{Title: title, Nav: "leistungen"}, p)
}

func (s *site) invent(w http.ResponseWriter, r *http.Request) {
	p := inventPage{ID: strings.TrimSpace(r.PostFormValue("id")), Title: strings.TrimSpace(r.PostFormValue("titel")), From: r.PostFormValue("von")}
	err := s.Library.Invent(r.Context(), p.ID, p.Title, p.From, user(r).Login)
	switch {
	case err == nil:
		http.Redirect(w, r, draftURL(p.ID, ""), http.StatusSeeOther)
		return
	case errors.Is(err, services.ErrTaken):
		p.IDWrong = "Diese Kennung gibt es schon. Bitte wählen Sie eine andere."
	case errors.Is(err, bundle.ErrBundle):
		p.IDWrong = "Die Kennung besteht aus kleinen Buchstaben, Ziffern und Bindestrichen und beginnt mit einem Buchstaben, zum Beispiel laternenumzug-anmelden."
	case errors.Is(err, services.ErrText):
		p.TitleWrong = "Bitte schreiben Sie einen Namen mit höchstens 120 Zeichen, ohne doppelte geschweifte Klammern."
	case errors.Is(err, services.ErrUnknown):
		p.From = ""
		p.IDWrong = "Die Leistung, die kopiert werden soll, wird nicht mehr angeboten."
	default:
		s.fail(w, r, fmt.Errorf("web: new service: %w", err))
		return
	}
	s.drawInvent(w, r, http.StatusUnprocessableEntity, p)
}
