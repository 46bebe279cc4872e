package web

import (
	"archive/zip"
	"bytes"
	"context"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

const surveyDraft = "/leistung/umfrage/entwurf"

// beginDraft begins a draft of the survey as a clerk does.
func (s *shelf) beginDraft() {
	s.t.Helper()
	s.post("/leistung/umfrage", "/leistung/umfrage/bearbeiten", url.Values{}).wantGo(s.t, surveyDraft)
}

var standField = regexp.MustCompile(`name="stand" value="(\d+)"`)

// stand is the revision that a page shows.
func stand(t testing.TB, r reply) string {
	t.Helper()
	m := standField.FindStringSubmatch(r.body)
	if m == nil {
		t.Fatalf("the page does not say which state it shows (%d)", r.StatusCode)
	}
	return m[1]
}

var textField = regexp.MustCompile(`(?s)<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>`)

// written is the text in the page's editor.
func written(t testing.TB, r reply) string {
	t.Helper()
	m := textField.FindStringSubmatch(r.body)
	if m == nil {
		t.Fatalf("there is nothing to write in (%d)", r.StatusCode)
	}
	return html.UnescapeString(m[1])
}

// save stores the text of a file as the editor's form does, as somebody who saw this state; "" is the newest.
func (s *shelf) save(file, text, seen string) reply {
	s.t.Helper()
	page := s.get(surveyDraft + "?datei=" + url.QueryEscape(file))
	if seen == "" {
		seen = stand(s.t, page)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range map[string]string{"csrf_token": html.UnescapeString(tokenField.FindStringSubmatch(page.body)[1]), "stand": seen, "datei": file, "dann": "", "text": strings.ReplaceAll(text, "\n", "\r\n")} {
		if err := w.WriteField(name, value); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.url+surveyDraft, &b)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", s.url)
	return s.do(req)
}

// change presses a button of a draft's page, as somebody who sees the newest state.
func (s *shelf) change(to string, v url.Values) reply {
	s.t.Helper()
	if !v.Has("stand") {
		v.Set("stand", stand(s.t, s.get(surveyDraft)))
	}
	return s.post(surveyDraft, surveyDraft+to, v)
}

// by lets a colleague do something at the newest state.
func (s *shelf) by(who string, do func(context.Context, services.Edit) error) {
	s.t.Helper()
	d, err := s.library.Draft(s.t.Context(), "umfrage", 0)
	if err == nil {
		err = do(s.t.Context(), services.Edit{Service: "umfrage", Revision: d.Revision, Who: who})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAClerkWritesANewVersionAndPublishesIt(t *testing.T) {
	s := newShelf(t, true)
	s.get("/leistung/umfrage").want(t, http.StatusOK, "Bearbeiten")
	s.beginDraft()
	s.get("/leistung/umfrage").want(t, http.StatusOK, "Am Entwurf weiterschreiben")
	s.get("/leistungen").want(t, http.StatusOK, "Entwürfe", "Umfrage zu diesem Gerät", "In Ordnung", "Heute, ", "Sie")
	s.get(surveyDraft).want(t, http.StatusOK, "begonnen mit Fassung 1", "Angaben", "Fragen", "Texte", "Beispiele", "service.yaml", "id: umfrage")
	text := written(t, s.get(surveyDraft+"?datei=texts/de.yaml"))
	s.save("texts/de.yaml", strings.Replace(text, "Umfrage zu diesem Gerät", "Was denken Sie?", 1), "").wantGo(t, surveyDraft+"?datei=texts%2Fde.yaml")
	s.get(surveyDraft+"?datei=texts/de.yaml").want(t, http.StatusOK, "Gespeichert und geprüft", "title: Was denken Sie?")
	changes := s.get(surveyDraft + "/aenderungen")
	changes.want(t, http.StatusOK, "Statt „Umfrage zu diesem Gerät“ heißt es jetzt „Was denken Sie?“", "Die Nummer 1 gehört schon einer anderen Fassung", "Auf Fassung 2 erhöhen")
	s.change("/veroeffentlichen", url.Values{}).want(t, http.StatusUnprocessableEntity, "Die Nummer 1 gehört schon")
	s.change("/nummer", url.Values{}).wantGo(t, surveyDraft+"/aenderungen")
	s.get(surveyDraft+"/aenderungen").want(t, http.StatusOK, "Fassung 2, jetzt gilt 1", "Weiter zum Veröffentlichen")
	s.get(surveyDraft).want(t, http.StatusOK, `version: "2"`, "# Five questions")
	to := s.change("/veroeffentlichen", url.Values{}).Header.Get("Location")
	s.get(to).want(t, http.StatusOK, "Fassung 2, jetzt gilt 1")
	s.post(to, to, url.Values{}).wantGo(t, "/leistung/umfrage")
	s.get("/leistung/umfrage").want(t, http.StatusOK, "Fassung 2 veröffentlicht", "Bearbeiten")
	s.get("/erfassen").want(t, http.StatusOK, "Was denken Sie?")
	s.get(surveyDraft).want(t, http.StatusNotFound, "Diesen Entwurf gibt es nicht")
	if page := s.get("/leistungen"); strings.Contains(page.body, "Entwürfe") {
		t.Error("a published draft is still listed")
	}
	s.beginDraft()
	s.get(surveyDraft).want(t, http.StatusOK, "begonnen mit Fassung 2", `version: "2"`)
}

func TestADraftWithMistakesIsSavedAndEachLeadsToItsLine(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	text := written(t, s.get(surveyDraft+"?datei=form.yaml"))
	lines := strings.Split(text, "\n")
	lines[0] += "\nunknown: true"
	s.save("form.yaml", strings.Join(lines, "\n"), "").wantGo(t, surveyDraft+"?datei=form.yaml")
	page := s.get(surveyDraft)
	page.want(t, http.StatusOK, "1 Fehler", "Das passt noch nicht", "form.yaml, Zeile 2", `unknown field "unknown"`, `href="/leistung/umfrage/entwurf?datei=form.yaml&zeile=2"`)
	s.get("/leistungen").want(t, http.StatusOK, "1 Fehler")
	s.get(surveyDraft+"?datei=form.yaml&zeile=2").want(t, http.StatusOK, "Zeile 2: <code>unknown: true</code>", `data-line="2"`, `data-marked="2"`)
	s.get(surveyDraft+"/aenderungen").want(t, http.StatusOK, "Veröffentlicht wird erst, was ohne Fehler ist", "form.yaml, Zeile 2")
	s.change("/veroeffentlichen", url.Values{}).want(t, http.StatusUnprocessableEntity, "was ohne Fehler ist")
	s.save("form.yaml", text, "").wantGo(t, surveyDraft+"?datei=form.yaml")
	s.get(surveyDraft).want(t, http.StatusOK, "In Ordnung")
	s.get(surveyDraft+"?datei=form.yaml&zeile=99999").want(t, http.StatusOK, "In Ordnung")
	s.get(surveyDraft+"?datei=gibtesnicht.yaml").want(t, http.StatusOK, "Die Datei gibtesnicht.yaml gibt es in diesem Entwurf nicht", "id: umfrage")
	if strings.Contains(s.log.String(), "unknown") {
		t.Error("the log says what was in the file")
	}
}

func TestADraftOfAnOlderVersionSaysThatAnotherOneIsOfferedByNow(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	s.publish(zipped(t, newVersion(t, "2")))
	s.get(surveyDraft+"/aenderungen").want(t, http.StatusOK, "Inzwischen gilt Fassung 2", "mit Fassung 1 begonnen", "Statt „Was denken Sie, zum 2. Mal?“ heißt es jetzt „Umfrage zu diesem Gerät“")
	s.change("/nummer", url.Values{}).wantGo(t, surveyDraft+"/aenderungen")
	s.get(surveyDraft+"/aenderungen").want(t, http.StatusOK, "Fassung 3, jetzt gilt 2")
	text := written(t, s.get(surveyDraft))
	s.save("service.yaml", strings.Replace(text, "version:", "  version:", 1), "")
	s.change("/nummer", url.Values{}).want(t, http.StatusUnprocessableEntity, "keine Zeile, die mit version beginnt")
}

func TestWhoSavesOntoANewerStateKeepsTheirTextAndDecides(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	seen := stand(t, s.get(surveyDraft))
	s.by("a.meier", func(ctx context.Context, e services.Edit) error {
		return s.library.SaveFile(ctx, e, "form.yaml", "theirs: true\n")
	})
	page := s.save("form.yaml", "mine: true\n", seen)
	page.want(t, http.StatusConflict, "Inzwischen hat", "gespeichert", "heute, ", "Den anderen Text ansehen", "theirs: true", "Meinen Text speichern")
	if got := written(t, page); got != "mine: true\n" {
		t.Errorf("my own text became %q", got)
	}
	if got := written(t, s.get(surveyDraft+"?datei=form.yaml")); got != "theirs: true\n" {
		t.Errorf("it was overwritten: %q", got)
	}
	s.save("form.yaml", "mine: true\n", stand(t, page)).wantGo(t, surveyDraft+"?datei=form.yaml")
	if got := written(t, s.get(surveyDraft+"?datei=form.yaml")); got != "mine: true\n" {
		t.Errorf("mine is not taken: %q", got)
	}
	seen = stand(t, s.get(surveyDraft))
	s.by("a.meier", func(ctx context.Context, e services.Edit) error {
		return s.library.SaveFile(ctx, e, "service.yaml", "id: umfrage\n")
	})
	s.save("form.yaml", "more: true\n", seen).want(t, http.StatusConflict, "Diese Datei hat sich dabei nicht geändert")
	s.by("a.meier", func(ctx context.Context, e services.Edit) error { return s.library.RemoveFile(ctx, e, "form.yaml") })
	gone := s.post(surveyDraft, surveyDraft, url.Values{"stand": {seen}, "datei": {"form.yaml"}, "text": {"mine: true"}})
	gone.want(t, http.StatusConflict, "Die Datei gibt es dort nicht mehr", "mine: true")
	for to, v := range map[string]url.Values{"/datei": {"tat": {"loeschen"}, "datei": {"service.yaml"}}, "/nummer": {}, "/stand": {"auf": {seen}}, "/verwerfen": {}, "/veroeffentlichen": {}} {
		v.Set("stand", seen)
		s.change(to, v).want(t, http.StatusConflict, "Inzwischen hat", "Es wurde nichts geändert")
	}
}

func TestEarlierStatesAreShownAndComeBack(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	first := stand(t, s.get(surveyDraft))
	s.change("/datei", url.Values{"tat": {"loeschen"}, "datei": {"form.yaml"}}).wantGo(t, surveyDraft)
	page := s.get(surveyDraft)
	page.want(t, http.StatusOK, "Die Datei ist gelöscht", "Frühere Stände", "form.yaml gelöscht", "begonnen")
	old := s.get(surveyDraft + "?stand=" + first + "&datei=form.yaml")
	old.want(t, http.StatusOK, "Sie sehen einen früheren Stand", "pages:", "Diesen Stand zurückholen")
	if textField.MatchString(old.body) {
		t.Error("an earlier state can be written into")
	}
	s.change("/stand", url.Values{"auf": {first}, "datei": {"form.yaml"}}).wantGo(t, surveyDraft+"?datei=form.yaml")
	s.get(surveyDraft+"?datei=form.yaml").want(t, http.StatusOK, "früheren Stand zurückgeholt", "pages:", "In Ordnung")
	s.get(surveyDraft+"?stand=999999").want(t, http.StatusNotFound)
}

func TestFilesOfADraftAreAddedRenamedAndDeleted(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	s.change("/datei", url.Values{"tat": {"anlegen"}, "name": {" texts/tr.yaml "}}).wantGo(t, surveyDraft+"?datei=texts%2Ftr.yaml")
	s.save("texts/tr.yaml", "title: Anket\n", "").wantGo(t, surveyDraft+"?datei=texts%2Ftr.yaml")
	s.change("/datei", url.Values{"tat": {"umbenennen"}, "datei": {"texts/tr.yaml"}, "name": {"texts/uk.yaml"}}).wantGo(t, surveyDraft+"?datei=texts%2Fuk.yaml")
	s.get(surveyDraft+"?datei=texts/uk.yaml").want(t, http.StatusOK, "title: Anket", "In Ordnung")
	for _, name := range []string{"../../etc/passwd", "größe.yaml", "a/b/c/d.yaml", ".htaccess", "<b>.yaml", "", "texts/DE.yaml"} {
		page := s.change("/datei", url.Values{"tat": {"anlegen"}, "name": {name}})
		page.want(t, http.StatusUnprocessableEntity, "So kann eine Datei hier nicht heißen", "Es wurde nichts geändert")
		if strings.Contains(page.body, "<b>.yaml") {
			t.Error("a name is part of the page")
		}
	}
	s.change("/datei", url.Values{"tat": {"anlegen"}, "name": {"form.yaml"}}).want(t, http.StatusUnprocessableEntity, "gibt es schon")
	s.change("/datei", url.Values{"tat": {"sprengen"}}).want(t, http.StatusNotFound)
}

func TestWhatIsTooMuchIsRefusedAndNothingIsLost(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	before := written(t, s.get(surveyDraft+"?datei=form.yaml"))
	long := strings.Repeat("a\n", bundle.MaxFile)
	page := s.save("form.yaml", long, "")
	page.want(t, http.StatusUnprocessableEntity, "So passt es nicht mehr in eine Leistung", "more than")
	if written(t, page) != long {
		t.Error("the text is lost")
	}
	s.save("form.yaml", strings.Repeat("a", maxUpload+1), "").want(t, http.StatusRequestEntityTooLarge, "So viel passt nicht in eine Leistung")
	s.save("form.yaml", "a\x00b", "").want(t, http.StatusUnprocessableEntity, "Das ist kein Text")
	if written(t, s.get(surveyDraft+"?datei=form.yaml")) != before {
		t.Error("the draft has changed")
	}
	s.get(surveyDraft).want(t, http.StatusOK, "In Ordnung")
}

func TestADraftIsDownloadedAndDiscarded(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	file := s.get(surveyDraft + "/ordner.zip")
	z, err := zip.NewReader(strings.NewReader(file.body), int64(len(file.body)))
	if err != nil || file.Header.Get("Content-Disposition") != `attachment; filename="umfrage-entwurf.zip"` {
		t.Fatal(err)
	}
	in, err := z.Open("service.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(in); err != nil || !strings.Contains(string(data), "id: umfrage") {
		t.Errorf("%q %v", data, err)
	}
	s.get(surveyDraft+"/verwerfen").want(t, http.StatusOK, "Den Entwurf verwerfen?", "Was angeboten wird, ändert sich nicht")
	s.get(surveyDraft).want(t, http.StatusOK)
	s.change("/verwerfen", url.Values{}).wantGo(t, "/leistungen")
	s.get("/leistungen").want(t, http.StatusOK, "Der Entwurf ist verworfen", "Umfrage zu diesem Gerät")
	s.get(surveyDraft).want(t, http.StatusNotFound)
	s.save("form.yaml", "my words", "1").want(t, http.StatusNotFound, "Diesen Entwurf gibt es nicht mehr", "my words")
}

func TestANewServiceIsBegunSmallOrAsACopy(t *testing.T) {
	s := newShelf(t, true)
	s.get("/leistungen").want(t, http.StatusOK, "Neue Leistung")
	begin := func(id, title, from string) reply {
		return s.post("/leistungen/neu", "/leistungen/neu", url.Values{"id": {id}, "titel": {title}, "von": {from}, "amt": {"buergerbuero"}, "anlass": {"schaden-melden"}})
	}
	begin("laternenumzug", "Laternenumzug anmelden", "").wantGo(t, "/leistung/laternenumzug/entwurf")
	begin("noch-eine", "Noch eine Umfrage", "umfrage").wantGo(t, "/leistung/noch-eine/entwurf")
	s.get("/leistung/laternenumzug/entwurf").want(t, http.StatusOK, "eine neue Leistung", "3 Fehler", "id: laternenumzug", "office: buergerbuero", "Hier steht noch der Satz, mit dem jede neue Leistung beginnt")
	s.get("/leistung/noch-eine/entwurf").want(t, http.StatusOK, "eine neue Leistung", "In Ordnung", "id: noch-eine")
	s.post("/leistungen/neu", "/leistungen/neu", url.Values{"id": {"umzug"}, "titel": {"Umzug"}}).want(t, http.StatusUnprocessableEntity, "Bitte wählen Sie das Amt", "Bitte wählen Sie, wo die Leistung zu finden ist")
	for id, words := range map[string]string{"umfrage": "Diese Kennung gibt es schon", "noch-eine": "Diese Kennung gibt es schon", "Größe": "Die Kennung besteht aus kleinen Buchstaben", "../x": "Die Kennung besteht"} {
		begin(id, "Titel", "").want(t, http.StatusUnprocessableEntity, words, "Fehler: Neue Leistung", `value="Titel"`)
	}
	begin("", "Fähre über die Weser (für alle, die zu Fuß oder mit dem Rad kommen)", "").wantGo(t, "/leistung/faehre-ueber-die-weser-fuer-alle-die-zu/entwurf")
	begin("", "¿?", "").want(t, http.StatusUnprocessableEntity, "Die Kennung besteht")
	begin("umzug", "", "").want(t, http.StatusUnprocessableEntity, "Bitte schreiben Sie einen Namen", `value="umzug"`)
	begin("umzug", "Umzug", "gibtesnicht").want(t, http.StatusUnprocessableEntity, "wird nicht mehr angeboten")
	s.get("/leistung/umzug/entwurf").want(t, http.StatusNotFound)
	texts := "/leistung/laternenumzug/entwurf?ansicht=texte"
	s.get(texts).want(t, http.StatusOK, "3 Texte fehlen", "noch der Satz vom Anfang")
	s.post(texts, "/leistung/laternenumzug/entwurf/texte", url.Values{"stand": {stand(t, s.get(texts))}, "t:de:lead": {"Für Umzüge."}, "t:en:lead": {"For parades."}, "t:de-simple:lead": {"Für Umzüge."}}).wantGo(t, texts)
	s.get(texts).want(t, http.StatusOK, "Jeder Text ist da", "Gespeichert und geprüft", "#i-circle-check")
	s.get("/leistung/laternenumzug/entwurf/aenderungen").want(t, http.StatusOK, "Diese Leistung gibt es bisher nicht", "Fassung 1, die erste")
	to := s.post("/leistung/laternenumzug/entwurf/aenderungen", "/leistung/laternenumzug/entwurf/veroeffentlichen", url.Values{"stand": {stand(t, s.get("/leistung/laternenumzug/entwurf"))}}).Header.Get("Location")
	s.get(to).want(t, http.StatusOK, "Anträge gehen an: ", "Zurück zum Entwurf")
	s.post(to, to, url.Values{}).wantGo(t, "/leistung/laternenumzug")
	s.get("/erfassen/laternenumzug").want(t, http.StatusOK, "Laternenumzug anmelden")
}

func TestOnlyWhoMayWritesServices(t *testing.T) {
	s := newShelf(t, false)
	if err := s.library.Begin(t.Context(), "umfrage", "a.meier"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{surveyDraft, surveyDraft + "/ordner.zip", surveyDraft + "/aenderungen", surveyDraft + "/verwerfen", surveyDraft + "/vorschau", surveyDraft + "/papier/slip", "/leistungen/neu"} {
		s.get(path).want(t, http.StatusForbidden, "Das dürfen nur wenige")
	}
	for _, path := range []string{surveyDraft, surveyDraft + "/datei", surveyDraft + "/stand", surveyDraft + "/nummer", surveyDraft + "/veroeffentlichen", surveyDraft + "/verwerfen", "/leistungen/neu", "/leistung/umfrage/bearbeiten"} {
		s.post("/arbeitsliste", path, url.Values{}).want(t, http.StatusForbidden, "Das dürfen nur wenige")
	}
}

func TestThePreviewIsTheFormAsTheCounterHasItAndSendsNothing(t *testing.T) {
	s := newShelf(t, true)
	s.post("/leistung/parkausweis-bewohner", "/leistung/parkausweis-bewohner/bearbeiten", url.Values{}).wantGo(t, "/leistung/parkausweis-bewohner/entwurf")
	at := "/leistung/parkausweis-bewohner/entwurf/vorschau"
	empty := s.get(at)
	empty.want(t, http.StatusOK, "Hier lässt sich nichts absenden", "Noch nichts beantwortet", "Schritt 1 von", "<fieldset disabled", "Prüfen und absenden", "Was man vorher liest")
	if main := empty.body[strings.Index(empty.body, "<main"):]; strings.Contains(main, `method="post"`) {
		t.Error("the preview can be sent")
	}
	filled := s.get(at + "?beispiel=company-car")
	if !strings.Contains(filled.body, "selected>company-car") {
		t.Fatalf("there is no such example: %s", strings.Join(regexp.MustCompile(`<option value="[^"]*"`).FindAllString(filled.body, -1), " "))
	}
	filled.want(t, http.StatusOK, "Gebühr", "€", "Mitzubringen")
	end := s.get(at + "?beispiel=company-car&ende=1")
	end.want(t, http.StatusOK, "Stimmt alles?", "Beleg (PDF)", "Ausweis (PDF)", "Zusammenfassung (PDF)")
	s.get(at+"?beispiel=company-car&sprache=en").want(t, http.StatusOK, `lang="en"`, "Who are you?")
	for _, paper := range []string{"slip", "permit", "summary"} {
		file := s.get("/leistung/parkausweis-bewohner/entwurf/papier/" + paper + "?beispiel=company-car")
		if file.StatusCode != http.StatusOK || file.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(file.body, "%PDF") {
			t.Errorf("%s is no paper: %d", paper, file.StatusCode)
		}
	}
	for _, path := range []string{"slip", "gibtesnicht?beispiel=company-car", "slip?beispiel=gibtesnicht"} {
		s.get("/leistung/parkausweis-bewohner/entwurf/papier/"+path).want(t, http.StatusNotFound, "Dieses Papier lässt sich nicht zeigen")
	}
}

func TestThePreviewShowsWhatWasWrittenOrWhyItCannot(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	text := written(t, s.get(surveyDraft+"?datei=texts/de.yaml"))
	s.save("texts/de.yaml", strings.Replace(text, "title: Umfrage zu diesem Gerät", "title: Was denken Sie?", 1), "").wantGo(t, surveyDraft+"?datei=texts%2Fde.yaml")
	s.get(surveyDraft+"/vorschau").want(t, http.StatusOK, "Was denken Sie?")
	s.save("texts/de.yaml", "title: [", "").wantGo(t, surveyDraft+"?datei=texts%2Fde.yaml")
	s.get(surveyDraft+"/vorschau").want(t, http.StatusOK, "So lässt sich noch nichts zeigen", "texts/de.yaml, Zeile 1")
	s.post("/leistung/wohngeld", "/leistung/wohngeld/bearbeiten", url.Values{}).wantGo(t, "/leistung/wohngeld/entwurf")
	s.get("/leistung/wohngeld/entwurf/vorschau").want(t, http.StatusOK, "Ein Formular hat sie nicht")
}

// words changes sentences as the table's form does, as somebody who saw this state; "" is the newest.
func (s *shelf) words(seen string, changes ...string) reply {
	s.t.Helper()
	page := s.get(surveyDraft + "?ansicht=texte")
	if seen == "" {
		seen = stand(s.t, page)
	}
	v := url.Values{"stand": {seen}, "dann": {""}}
	for _, m := range regexp.MustCompile(`(?s)name="(t:[^"]*)"[^>]*>\n(.*?)</textarea>`).FindAllStringSubmatch(page.body, -1) {
		v.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return s.post(surveyDraft, surveyDraft+"/texte", v)
}

func TestTextsOfAllLanguagesAreWrittenBesideEachOther(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	s.get(surveyDraft+"?ansicht=texte").want(t, http.StatusOK, "Deutsch", "Englisch", "Leichte Sprache", "Umfrage zu diesem Gerät", "Jeder Text ist da")
	before := written(t, s.get(surveyDraft+"?datei=texts/de-simple.yaml"))
	s.words("", "t:de:title", "Was denken Sie?", "t:en:page.done.title", "", "t:de-simple:lead", "Sagen Sie uns: Wie ist es?").wantGo(t, surveyDraft+"?ansicht=texte")
	s.get(surveyDraft+"?ansicht=texte").want(t, http.StatusOK, "Gespeichert. Was noch nicht passt", "Was denken Sie?", "1 Text fehlt", "fehlt", "1 Fehler")
	s.get(surveyDraft+"?datei=texts/de.yaml").want(t, http.StatusOK, "title: Was denken Sie?")
	after := written(t, s.get(surveyDraft+"?datei=texts/de-simple.yaml"))
	lines := strings.Split(before, "\n")
	lines[2] = `lead: "Sagen Sie uns: Wie ist es?"`
	if after != strings.Join(lines, "\n") {
		t.Errorf("other lines have changed:\n%s", after)
	}
	s.words("", "t:en:page.done.title", "Did it work?").wantGo(t, surveyDraft+"?ansicht=texte")
	s.get(surveyDraft+"?ansicht=texte").want(t, http.StatusOK, "Jeder Text ist da", "In Ordnung")
	s.save("texts/en.yaml", "title: [\n", "").wantGo(t, surveyDraft+"?datei=texts%2Fen.yaml")
	s.get(surveyDraft+"?ansicht=texte").want(t, http.StatusOK, "Nur als Datei zu bearbeiten", "Englisch", "Leichte Sprache")
}

func TestWordsThatSomebodyElseChangedMeanwhileAreNotOverwritten(t *testing.T) {
	s := newShelf(t, true)
	s.beginDraft()
	seen := stand(t, s.get(surveyDraft))
	s.by("a.meier", func(ctx context.Context, e services.Edit) error {
		return s.library.SaveSentences(ctx, e, map[string]map[string]string{"de": {"lead": "Ihr Satz"}})
	})
	page := s.words(seen, "t:de:title", "Mein Titel", "t:de:lead", "Fünf Fragen, zwei Minuten, kein Name. Sagen Sie uns, was gut ist und was besser werden soll.")
	page.want(t, http.StatusConflict, "Inzwischen hat", "Mein Titel", "Ihr Satz", "Meine Texte speichern")
	s.get(surveyDraft+"?datei=texts/de.yaml").want(t, http.StatusOK, `lead: "Ihr Satz"`, "title: Umfrage")
	s.words("", "t:de:title", "Mein Titel").wantGo(t, surveyDraft+"?ansicht=texte")
	s.get(surveyDraft+"?datei=texts/de.yaml").want(t, http.StatusOK, `lead: "Ihr Satz"`, "title: Mein Titel")
}

func TestEveryServiceThatShipsCanBeWrittenAndSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	s := newShelf(t, true)
	list, _, err := s.library.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if err := s.library.Begin(t.Context(), e.ID, "b.kowalski"); err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		at := "/leistung/" + e.ID + "/entwurf"
		s.get(at).want(t, http.StatusOK, "In Ordnung")
		if page := s.get(at + "?ansicht=texte"); page.StatusCode != http.StatusOK || strings.Contains(page.body, "Nur als Datei") || strings.Contains(page.body, "Leichte Sprache fehlt") {
			t.Errorf("%s: its texts are not all there", e.ID)
		}
		d, err := s.library.Draft(t.Context(), e.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		s.get(at+"/vorschau").want(t, http.StatusOK, "Hier lässt sich nichts absenden")
		for _, x := range d.Examples() {
			with := "?beispiel=" + x.Name
			s.get(at+"/vorschau"+with).want(t, http.StatusOK, "selected>"+x.Name)
			s.get(at+"/vorschau"+with+"&ende=1").want(t, http.StatusOK, "Stimmt alles?")
			if len(x.Expect.Problems) > 0 {
				continue
			}
			for _, paper := range s.library.Papers(d) {
				if file := s.get(at + "/papier/" + paper + with); !strings.HasPrefix(file.body, "%PDF") {
					t.Errorf("%s: there is no %s for %s", e.ID, paper, x.Name)
				}
			}
			break // one that is good is enough for its papers
		}
	}
}
