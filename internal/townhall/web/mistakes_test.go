package web

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestWhatOftenGoesWrongIsSaidInGerman(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	file := func(name string) string { return surveyDraft + "?datei=" + url.QueryEscape(name) }
	whole := map[string]string{}
	for _, name := range []string{"texts/de.yaml", "form.yaml", "schema.json"} {
		whole[name] = written(t, s.get(file(name)))
	}
	for _, x := range []struct{ file, old, new, says string }{
		{"texts/de.yaml", "lead:", "lead: [", "Hier fehlt eine eckige Klammer"},
		{"texts/de.yaml", "lead:", "\tlead:", "Ist es ein Tabulator?"},
		{"texts/de.yaml", "title: ", "title: \"", "fehlt darüber ein Anführungszeichen?"},
		{"texts/de.yaml", "title: ", "title: Hinweis: ", "Gehört er zu einem Satz?"},
		{"texts/de.yaml", "lead:", "leed:", "Der Text „lead“ fehlt"},
		{"form.yaml", "optional: true", "optionel: true", "„optionel“ gibt es hier nicht"},
		{"form.yaml", "kind: choice", "kind: choise", "gibt es die Art „choise“ nicht"},
		{"schema.json", "}", "", "Die Datei hört mittendrin auf|Vor dieser Stelle fehlt ein Komma|Hier ist ein Komma zu viel"},
	} {
		if !strings.Contains(whole[x.file], x.old) {
			t.Fatalf("%s has no %q", x.file, x.old)
		}
		text := strings.Replace(whole[x.file], x.old, x.new, 1)
		if x.new == "" { // the last one
			i := strings.LastIndex(whole[x.file], x.old)
			text = whole[x.file][:i]
		}
		s.save(x.file, text, "").wantGo(t, file(x.file))
		page := s.get(file(x.file))
		found := false
		for says := range strings.SplitSeq(x.says, "|") {
			found = found || strings.Contains(html.UnescapeString(page.body), says)
		}
		if !found || page.StatusCode != http.StatusOK {
			at := strings.Index(page.body, "Das passt noch nicht")
			t.Errorf("%s with %q: %.700s", x.file, x.new, page.body[max(0, at):])
		}
		s.save(x.file, whole[x.file], "").wantGo(t, file(x.file))
	}
	s.get(surveyDraft).want(t, http.StatusOK, "In Ordnung")
}

func TestAQuestionWithoutWordsHasPlacesForThem(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	file := surveyDraft + "?datei=texts%2Fde.yaml"
	text := written(t, s.get(file))
	s.save("texts/de.yaml", strings.Replace(text, "lead:", "# lead:", 1), "").wantGo(t, file)
	page := s.get(surveyDraft + "?ansicht=texte")
	page.want(t, http.StatusOK, `name="t:de:lead"`, "fehlt")
	if strings.Contains(page.body, "Jeder Text ist da") {
		t.Error("every text is said to be there")
	}
	s.save("texts/de.yaml", "title: [\n", "").wantGo(t, file)
	page = s.get(surveyDraft + "?ansicht=texte")
	page.want(t, http.StatusOK, "Nur als Datei zu bearbeiten", "Hier fehlt eine eckige Klammer")
	if strings.Contains(page.body, "Jeder Text ist da") {
		t.Error("every text is said to be there")
	}
}
