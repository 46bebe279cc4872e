package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// previewPage is one page of a draft's form, as the counter would show it, or the summary behind the last one.
type previewPage struct {
	draftHead
	Mistakes                      []mistakeLine // why there is nothing to see
	Broken                        []string      // rules without a value
	Form                          bool          // something is asked
	Lead, Law, Heading, PageLead  string
	Number, Total                 int
	Page, Lang, LangTag           string // where somebody is
	End                           bool   // the summary
	Fields                        []field
	Steps                         []pageLink
	Reasons                       []reason
	Needs, CardNeeds              []string
	Fee                           *feeLines
	Asked                         []asked
	Examples, Langs               []choice
	Example, Back, Next, NextWord string
	Papers                        []pageLink
	Listed                        bool // papers want an example first
}

// preview is what somebody wants to see of a draft.
type preview struct {
	draft   services.Draft
	example string
	lang    string
	view    form.View
}

func (p preview) url(page string, end bool) string {
	last := ""
	if end {
		page, last = "", "1"
	}
	return draftURL(p.draft.State.Service, "/vorschau", "beispiel", p.example, "sprache", p.lang, "seite", page, "ende", last)
}

// showPreview draws the form of a draft. Nothing on the page can be sent.
func (s *site) showPreview(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, 0)
	if !ok {
		return
	}
	p := previewPage{draftHead: s.draftHead(r, d)}
	if d.Checked.Service == nil {
		p.Mistakes = mistakeLines(d, "")
		s.drawPreview(w, r, p)
		return
	}
	svc, q := d.Checked.Service, r.URL.Query()
	at := preview{draft: d, lang: "de"}
	p.Langs = languagesOf(d, q.Get("sprache"))
	for _, l := range p.Langs {
		if l.Selected {
			at.lang = l.Value
		}
	}
	day, answers := s.Now().In(s.Zone), form.Answers{}
	for _, e := range d.Examples() {
		chosen := e.Name == q.Get("beispiel")
		p.Examples = append(p.Examples, choice{Value: e.Name, Label: e.Name, Selected: chosen})
		if chosen {
			at.example, day, answers = e.Name, e.On(), e.Answers
		}
	}
	card := svc.CardFor(at.lang, day, service.AtCounter)
	p.Lead, p.Law, p.Lang, p.LangTag, p.Example, p.Form = card.Lead, card.Law, at.lang, strings.TrimSuffix(at.lang, "-simple"), at.example, svc.Online()
	for _, n := range card.Needs {
		p.CardNeeds = append(p.CardNeeds, n.Text)
	}
	if p.Form {
		at.view = svc.View(answers, at.lang, day)
		s.fillPreview(&p, at, q.Get("seite"), q.Get("ende") != "")
	}
	s.drawPreview(w, r, p)
}

func (s *site) drawPreview(w http.ResponseWriter, r *http.Request, p previewPage) {
	s.draw(w, r, http.StatusOK, "preview", shell{Title: p.Title + ", Vorschau", Nav: "leistungen"}, p)
}

// fillPreview fills in one page of the form, or the summary.
func (s *site) fillPreview(p *previewPage, at preview, id string, end bool) {
	v := at.view
	for _, b := range v.Broken {
		p.Broken = append(p.Broken, fmt.Sprintf("%s Zeile %d: %s", b.File, b.Line, b.Key))
	}
	n := slices.IndexFunc(v.Pages, func(x form.Page) bool { return x.ID == id })
	n = max(0, n)
	p.End = end || len(v.Pages) == 0
	p.Total, p.Number = len(v.Pages)+1, n+1
	for i, x := range v.Pages {
		l := pageLink{Label: x.Title, URL: at.url(x.ID, false), Current: i == n && !p.End}
		if at.example != "" && !x.Done {
			l.Badge = badge{"fehlt etwas", "alert-triangle", "warn", false}
		}
		p.Steps = append(p.Steps, l)
	}
	p.Steps = append(p.Steps, pageLink{Label: lastStep(at.draft.Checked.Service), URL: at.url("", true), Current: p.End})
	if v.Eligible != nil {
		for _, x := range v.Eligible.Reasons {
			y := reason{Text: x.Text}
			if x.Page != "" {
				y.URL = at.url(x.Page, false)
			}
			p.Reasons = append(p.Reasons, y)
		}
	}
	for _, x := range v.Needs {
		p.Needs = append(p.Needs, x.Text)
	}
	if p.Fee = fee(v.Fee); v.Fee != nil && v.Fee.Amount == 0 && len(v.Fee.Steps) == 0 {
		p.Fee = nil
	}
	if p.End {
		p.Number, p.Heading = p.Total, "Stimmt alles?"
		p.Asked = readOnly(v, nil)
		if len(v.Pages) > 0 {
			p.Back = at.url(v.Pages[len(v.Pages)-1].ID, false)
		}
		s.listPapers(p, at)
		return
	}
	x := v.Pages[n]
	p.Page, p.Heading, p.PageLead, p.Next, p.NextWord = x.ID, x.Title, x.Lead, at.url("", true), "Weiter zur Prüfung"
	if n > 0 {
		p.Back = at.url(v.Pages[n-1].ID, false)
	}
	if n+1 < len(v.Pages) {
		p.Next, p.NextWord = at.url(v.Pages[n+1].ID, false), "Weiter"
	}
	for _, f := range x.Fields {
		p.Fields = append(p.Fields, previewField(*f, at.example != ""))
	}
}

// previewField draws a field. The files of an example are no files: only how many there are can be said.
func previewField(f form.Field, say bool) field {
	x := draw(f, say)
	if n := len(x.Photos); n > 0 {
		x.Note, x.Photos = "Im Beispiel: "+count(n, "Datei", "Dateien"), nil
	}
	return x
}

// listPapers lists what is printed for an example.
func (s *site) listPapers(p *previewPage, at preview) {
	for _, name := range s.Library.Papers(at.draft) {
		p.Listed = true
		if at.example != "" {
			p.Papers = append(p.Papers, pageLink{Label: paperWord(name), URL: draftURL(p.ID, "/papier/"+name, "beispiel", at.example, "sprache", at.lang)})
		}
	}
}

func paperWord(name string) string {
	switch name {
	case "slip":
		return "Beleg"
	case "permit":
		return "Ausweis"
	case "summary":
		return "Zusammenfassung"
	}
	return name
}

// showDraftPaper sends a paper of a draft as it is for an example.
func (s *site) showDraftPaper(w http.ResponseWriter, r *http.Request) {
	d, ok := s.serviceDraft(w, r, 0)
	if !ok {
		return
	}
	name, q := r.PathValue("papier"), r.URL.Query()
	lang := "de"
	if slices.ContainsFunc(languagesOf(d, ""), func(c choice) bool { return c.Value == q.Get("sprache") }) {
		lang = q.Get("sprache")
	}
	file, err := s.Library.Paper(d, name, q.Get("beispiel"), lang)
	switch {
	case errors.Is(err, services.ErrPaper):
		s.say(w, r, http.StatusNotFound, message{Icon: "file-off", Title: "Dieses Papier lässt sich nicht zeigen", Text: "Es gibt keines mit diesem Namen, oder dem Beispiel fehlt etwas, was darauf stehen soll.", Link: draftURL(d.State.Service, "/vorschau"), LinkText: "Zur Vorschau"})
	case err != nil:
		s.fail(w, r, fmt.Errorf("web: paper of a draft: %w", err))
	default:
		sendPDF(w, d.State.Service+"-"+name, file)
	}
}
