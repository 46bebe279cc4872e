package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/justinas/nosurf"
)

// pages holds the parsed templates and what they need to write times.
type pages struct {
	all  map[string]*template.Template
	zone *time.Location
	now  func() time.Time
}

// shell is what surrounds every page.
type shell struct {
	Title    string
	Tenant   string
	TenantID string
	User     User
	Initials string
	Nav      string // which entry of the menu is open
	Open     int
	Refunds  int
	Defects  bool   // reports of defects are worked here
	Reports  int    // open ones
	Jobs     bool   // vacancies are kept here
	Library  bool   // who reads it may decide which services are offered
	Queues   bool   // there are offices at which people wait
	Surveys  bool   // answers to surveys are counted here
	Query    string // in the search box of the head
	Flash    *flash // what was just done; nil: nothing
	CSRF     string
}

// two hands two words to a part of a page.
type two struct{ First, Second string }

// loadPages parses each page together with the parts: a page is a file that defines "page".
func loadPages(s static, zone *time.Location, now func() time.Time) (pages, error) {
	funcs := template.FuncMap{
		"asset":    s.url,
		"iconhref": func(name string) string { return s.url("icons.svg") + "#i-" + name },
		"icon": func(name string) template.HTML {
			return template.HTML(`<svg class="i" aria-hidden="true" focusable="false"><use href="` + s.url("icons.svg") + `#i-` + template.HTMLEscapeString(name) + `"/></svg>`)
		},
		"two": func(first, second string) two { return two{first, second} },
		"problemcount": func(list []field) string {
			if len(list) == 1 {
				return "Eine Angabe passt noch nicht"
			}
			return fmt.Sprintf("%d Angaben passen noch nicht", len(list))
		},
	}
	base, err := template.New("base").Funcs(funcs).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/act-parts.html", "templates/fields.html", "templates/report-parts.html", "templates/draft-parts.html", "templates/survey-parts.html")
	if err != nil {
		return pages{}, err
	}
	list, err := templateFiles.ReadDir("templates")
	if err != nil {
		return pages{}, err
	}
	p := pages{all: map[string]*template.Template{}, zone: zone, now: now}
	for _, f := range list {
		text, err := templateFiles.ReadFile(path.Join("templates", f.Name()))
		if err != nil {
			return pages{}, err
		}
		if !bytes.Contains(text, []byte(`{{define "page"}}`)) {
			continue
		}
		t, err := base.Clone()
		if err != nil {
			return pages{}, err
		}
		if _, err := t.Parse(string(text)); err != nil {
			return pages{}, fmt.Errorf("%s: %w", f.Name(), err)
		}
		p.all[strings.TrimSuffix(f.Name(), ".html")] = t
	}
	return p, nil
}

// draw writes a page. It is made whole before anything is sent, so that a fault never leaves half a page.
func (s *site) draw(w http.ResponseWriter, r *http.Request, status int, name string, sh shell, page any) {
	s.dress(r, &sh)
	var b bytes.Buffer
	t := s.pages.all[name]
	if t == nil {
		s.broken(w, r, fmt.Errorf("web: draw %s: no such page", name))
		return
	}
	if err := t.ExecuteTemplate(&b, "page", struct {
		Shell shell
		Page  any
	}{sh, page}); err != nil {
		s.broken(w, r, fmt.Errorf("web: draw %s: %w", name, err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// dress fills in what every page shows.
func (s *site) dress(r *http.Request, sh *shell) {
	t := s.Catalogue.Tenant()
	sh.Tenant, sh.TenantID = t.Name, t.ID
	sh.CSRF = nosurf.Token(r)
	sh.User = user(r)
	if sh.User.Login == "" {
		return
	}
	sh.Initials = initials(sh.User.Name)
	sh.Jobs, sh.Surveys = s.Jobs != nil, s.Surveys != nil
	sh.Flash = flashOf(s.sessions.PopString(r.Context(), keyFlash))
	sh.Library = s.Library != nil && sh.User.Publishes
	counts, err := s.Book.Counts(r.Context(), sh.User.Login)
	if err != nil { // the page itself may still be of use
		s.Log.Error("counts for the menu", "err", err)
		return
	}
	sh.Open, sh.Refunds, sh.Defects, sh.Reports = counts.Open, counts.Refunds, s.Reports != nil, counts.Reports
	sh.Queues = s.Queues != nil && len(s.offices()) > 0
}

// initials are the first letters of the first and the last name.
func initials(name string) string {
	words := strings.Fields(name)
	var out []rune
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			out = append(out, []rune(w)[0])
		}
	}
	return strings.ToUpper(string(out))
}

// message is a page that says one thing and offers one step.
type message struct {
	Icon, Title, Text, Link, LinkText string
	Kept                              string // what the clerk had written, so that it is not lost
}

func (s *site) say(w http.ResponseWriter, r *http.Request, status int, m message) {
	if m.Icon == "" {
		m.Icon = "info-circle"
	}
	if m.Link == "" {
		m.Link, m.LinkText = "/arbeitsliste", "Zur Arbeitsliste"
		if user(r).Login == "" {
			m.Link, m.LinkText = "/anmelden", "Zur Anmeldung"
		}
	}
	s.draw(w, r, status, "message", shell{Title: m.Title}, m)
}

func (s *site) notFound(w http.ResponseWriter, r *http.Request) {
	s.say(w, r, http.StatusNotFound, message{Icon: "zoom-question", Title: "Diese Seite gibt es nicht", Text: "Vielleicht ist die Adresse unvollständig. Über die Arbeitsliste und die Suche finden Sie jeden Vorgang."})
}

func (s *site) forbidden(w http.ResponseWriter, r *http.Request) {
	s.Log.Warn("refused", "page", r.Pattern, "why", nosurf.Reason(r))
	s.say(w, r, http.StatusForbidden, message{Icon: "shield-lock", Title: "Das ging nicht von hier aus", Text: "Die Seite war zu lange offen, oder der Auftrag kam nicht von ihr. Es wurde nichts geändert. Öffnen Sie die Seite neu und versuchen Sie es noch einmal."})
}

// fail is for what nobody expected: the clerk gets a calm page, the log the cause.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil { // the reader went away
		return
	}
	s.Log.Error("page failed", "page", r.Pattern, "err", err)
	s.say(w, r, http.StatusInternalServerError, message{Icon: "alert-triangle", Title: "Hier hakt es gerade bei uns", Text: "Ihr letzter Schritt wurde vielleicht nicht gespeichert. Sehen Sie am Vorgang nach, ehe Sie ihn wiederholen. Die Technik findet die Ursache im Protokoll."})
}

// broken is fail for when not even a page can be drawn.
func (s *site) broken(w http.ResponseWriter, r *http.Request, err error) {
	s.Log.Error("page failed", "page", r.Pattern, "err", err)
	http.Error(w, "Hier hakt es gerade bei uns. Bitte versuchen Sie es gleich noch einmal.", http.StatusInternalServerError)
}
