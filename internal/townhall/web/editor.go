package web

import (
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

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// Drafting is writing services here.
type Drafting interface {
	Drafted(ctx context.Context) ([]services.State, error)
	Draft(ctx context.Context, id string, revision int64) (services.Draft, error)
	DraftStates(ctx context.Context, id string) ([]services.State, error)
	Begin(ctx context.Context, id, who string) error
	Invent(ctx context.Context, b services.Beginning) error
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

// mistakeLine is a place and what is wrong there: in German where there are words for it, and as the check says it.
type mistakeLine struct{ Where, German, Wrong, Detail, URL string }

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
	p.readFile(d)
	states, err := s.Library.DraftStates(r.Context(), p.ID)
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: states of a draft: %w", err))
		return
	}
	p.States = s.stateLines(r, states, p.File)
	old := ""
	for i, x := range p.States {
		switch {
		case p.Old == nil || x.Revision != d.Revision:
		case i == 0: // it is no earlier one
			p.Old = nil
		default:
			p.Old, old = &x, number(x.Revision)
		}
	}
	p.Groups, p.Mistakes = fileGroups(d, p.File, old), mistakeLines(d, old)
	if len(p.Mistakes) > maxMistakes {
		p.Mistakes, p.More = p.Mistakes[:maxMistakes], len(p.Mistakes)-maxMistakes
	}
	title := p.Title + " bearbeiten, " + p.File
	if status != http.StatusOK {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "editor", shell{Title: title, Nav: "leistungen"}, p)
}

// maxMistakes is how many mistakes the editor tells at once.
const maxMistakes = 40

// readFile fills in the file that the page is about, service.yaml if it is about none yet.
func (p *editorPage) readFile(d services.Draft) {
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
		p.Marked = marked(d, p.File)
	}
	if lines := strings.Split(p.Text, "\n"); p.Line > 0 && p.Line <= int64(len(lines)) {
		p.LineText = lines[p.Line-1]
	} else {
		p.Line = 0
	}
}

// marked are the lines of a file with mistakes.
func marked(d services.Draft, file string) string {
	var lines []string
	for _, m := range d.Mistakes {
		if m.File == file && m.Line > 0 {
			lines = append(lines, strconv.Itoa(m.Line))
		}
	}
	return strings.Join(lines, " ")
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
		x := mistakeLine{Where: "Der ganze Ordner", German: inGerman(m.Wrong), Wrong: m.Wrong, Detail: m.Detail}
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
