package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// sentencesPage is what a draft says, in all its languages beside each other.
type sentencesPage struct {
	draftHead
	Groups          []sentenceGroup
	Closed          []fileLine // files that can only be changed as a whole
	Missing         int
	First           string // the first field that is missing
	Newer           *newer
	Problem, Reason string
}

// sentenceGroup is the sentences whose keys begin in the same way.
type sentenceGroup struct {
	Title string
	Rows  []sentenceLine
}

type sentenceLine struct {
	Key   string
	Cells []sentenceCell
}

type sentenceCell struct {
	Name, ID, Key, Text, Lang, Label string
	Missing                          bool // it has to be said, and is not
	German                           bool // it is said in German
	Begun                            bool // it is the sentence with which every new service begins
}

// showSentences shows the sentences of a draft beside each other.
func (s *site) showSentences(w http.ResponseWriter, r *http.Request, d services.Draft) {
	s.drawSentences(w, r, http.StatusOK, d, sentencesPage{}, nil)
}

// drawSentences draws the table. typed are sentences that somebody wrote and that are not saved, by language and key.
func (s *site) drawSentences(w http.ResponseWriter, r *http.Request, status int, d services.Draft, p sentencesPage, typed map[string]map[string]string) {
	all := d.Sentences()
	p.draftHead = s.draftHead(r, d)
	for _, lang := range all.Closed {
		p.Closed = append(p.Closed, closedFile(d, lang))
	}
	for i, row := range all.Rows {
		line := sentenceLine{Key: row.Key}
		for _, lang := range all.Langs {
			said, there := row.Said[lang]
			if mine, wrote := typed[lang][row.Key]; wrote {
				said, there = mine, mine != ""
			}
			c := sentenceCell{Name: sentenceName(lang, row.Key), ID: fmt.Sprintf("s%d-%s", i, lang), Text: said, Lang: strings.TrimSuffix(lang, "-simple"), Key: row.Key, Label: langWord(lang)}
			c.German = !there && strings.HasPrefix(lang, text.German+"-")
			c.Begun = there && row.Begun[lang] && said == row.Said[lang]
			if c.Missing = !there && !c.German; c.Missing || c.Begun {
				p.Missing++
				p.First = cmp.Or(p.First, c.ID)
			}
			line.Cells = append(line.Cells, c)
		}
		group, _, _ := strings.Cut(row.Key, ".")
		if group == row.Key {
			group = ""
		}
		group = cmp.Or(sentenceGroups[group], group)
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Title != group {
			p.Groups = append(p.Groups, sentenceGroup{Title: group})
		}
		p.Groups[len(p.Groups)-1].Rows = append(p.Groups[len(p.Groups)-1].Rows, line)
	}
	title := p.Title + ", Texte nebeneinander"
	if status != http.StatusOK {
		title = "Fehler: " + title
	}
	s.draw(w, r, status, "editor-texts", shell{Title: title, Nav: "leistungen"}, p)
}

// closedFile is a file that cannot be changed sentence by sentence, and where its mistake is if it has one.
func closedFile(d services.Draft, lang string) fileLine {
	name, line := "texts/"+lang+".yaml", fileLine{Name: langWord(lang)}
	line.URL = draftURL(d.State.Service, "", "datei", name)
	for _, m := range mistakeLines(d, "") {
		if strings.HasPrefix(m.Where, name) {
			line.URL, line.Wrong = m.URL, cmp.Or(m.German, m.Wrong)
			break
		}
	}
	return line
}

// sentenceGroups are what sentences are for, by the first part of their keys; "" is for those of one part. Others keep their key.
var sentenceGroups = map[string]string{
	"": "Die Leistung", "card": "Was man vorher liest", "page": "Seiten", "field": "Fragen", "rule": "Hinweise bei Fehlern", "eligible": "Voraussetzungen", "fee": "Gebühr", "needs": "Mitzubringen", "met": "Wenn alles passt", "note": "Hilfreiches",
	"slip": "Beleg", "permit": "Ausweis", "letter": "Brief", "screen": "Auf dem Bildschirm", "case": "Vorgang",
}

// sentenceName is the name of a sentence's field.
func sentenceName(lang, key string) string { return "t:" + lang + ":" + key }

// saveSentences stores the sentences that somebody changed.
func (s *site) saveSentences(w http.ResponseWriter, r *http.Request) {
	if err := sentForm(r); err != nil {
		s.say(w, r, http.StatusRequestEntityTooLarge, message{Title: "Das war zu viel auf einmal", Text: "Die Texte sind zu lang. Es wurde nichts geändert, der Entwurf ist, wie er war.", Link: draftURL(r.PathValue("leistung"), ""), LinkText: "Zum Entwurf"})
		return
	}
	e := sentEdit(r)
	seen, err := s.Library.Draft(r.Context(), e.Service, e.Revision)
	if errors.Is(err, services.ErrDraft) { // so old that it is not kept any more: then everything counts as changed
		seen, err = s.Library.Draft(r.Context(), e.Service, 0)
	}
	if errors.Is(err, services.ErrDraft) {
		s.noDraft(w, r)
		return
	}
	if err != nil {
		s.fail(w, r, fmt.Errorf("web: draft of a service: %w", err))
		return
	}
	changes := changedSentences(seen, r.PostForm)
	if err := s.Library.SaveSentences(r.Context(), e, changes); err != nil {
		s.notWorded(w, r, err, changes)
		return
	}
	s.tellSaved(r, e.Service)
	to := draftURL(e.Service, "", "ansicht", "texte")
	if then := local(r.PostForm.Get("dann")); strings.HasPrefix(then, draftURL(e.Service, "")) {
		to = then
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// changedSentences are the sentences that were sent and are not what the draft says.
func changedSentences(d services.Draft, sent url.Values) map[string]map[string]string {
	changes := map[string]map[string]string{}
	all := d.Sentences()
	for _, row := range all.Rows {
		for _, lang := range all.Langs {
			name := sentenceName(lang, row.Key)
			typed := strings.TrimSpace(strings.ReplaceAll(sent.Get(name), "\r\n", "\n"))
			if !sent.Has(name) || typed == strings.TrimSpace(row.Said[lang]) {
				continue
			}
			if changes[lang] == nil {
				changes[lang] = map[string]string{}
			}
			changes[lang][row.Key] = typed
		}
	}
	return changes
}

// notWorded says why no sentence was changed, on the page with what somebody wrote.
func (s *site) notWorded(w http.ResponseWriter, r *http.Request, why error, typed map[string]map[string]string) {
	d, ok := s.serviceDraft(w, r, 0)
	if !ok {
		return
	}
	p, status := sentencesPage{}, http.StatusUnprocessableEntity
	switch {
	case errors.Is(why, services.ErrNewer):
		status, p.Newer = http.StatusConflict, s.newer(r, d, editorPage{})
	case errors.Is(why, bundle.ErrBundle):
		p.Problem, p.Reason = "So passt es nicht mehr in eine Leistung. Es wurde nichts gespeichert.", reasonOf(why)
	case errors.Is(why, services.ErrText), errors.Is(why, services.ErrNoFile):
		p.Problem = "Das ließ sich so nicht in die Datei schreiben. Es wurde nichts gespeichert. Ändern Sie es in der Datei selbst."
	default:
		s.fail(w, r, fmt.Errorf("web: change sentences: %w", why))
		return
	}
	s.drawSentences(w, r, status, d, p, typed)
}

// languagesOf lists the languages that a draft speaks, German first.
func languagesOf(d services.Draft, chosen string) (list []choice) {
	for _, lang := range services.Languages(d.Checked.Files) {
		list = append(list, choice{Value: lang, Label: langWord(lang), Selected: lang == chosen})
	}
	if len(list) > 0 && !slices.ContainsFunc(list, func(c choice) bool { return c.Selected }) {
		list[0].Selected = true
	}
	return list
}
