package web

import (
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
)

// polled is a house that counts surveys, on a disk.
type polled struct {
	*house
	office *surveys.Office
	store  *sqlite.Store
	survey *service.Service
	path   string
}

// newPolled offers what ships; may lets its clerks decide about services.
func newPolled(t testing.TB, may bool, catalogue *service.Catalogue) *polled {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if catalogue == nil {
		catalogue = shipped(t)
	}
	p := &polled{path: filepath.Join(t.TempDir(), "town.db")}
	p.house = newHouseWith(t, false, catalogue, func(o *Options) {
		store, err := sqlite.Open(t.Context(), p.path, o.Now)
		must(err)
		t.Cleanup(func() { store.Close() })
		p.store = store
		p.office = surveys.New(surveys.Options{Store: store, Tenant: "stadt", Find: catalogue.Find, Now: o.Now})
		o.Surveys = p.office
		if may {
			o.Users = publishers{o.Users}
		}
	})
	p.survey, _ = catalogue.Find("umfrage", "")
	return p
}

// answer counts an answer as a clerk types it in.
func (p *polled) answer(channel string, a form.Answers) {
	p.t.Helper()
	if err := p.office.Enter(p.t.Context(), p.survey, a, channel, p.clock()); err != nil {
		p.t.Fatal(err)
	}
}

// ratings are six answers: enough to be seen.
func (p *polled) ratings() {
	p.t.Helper()
	for i, ease := range []int{1, 1, 2, 2, 2, 5} {
		a := form.Answers{"ease": ease, "done": "yes", "again": "perhaps"}
		if i < 3 {
			a = a.With("/helps", []any{"aloud"})
		}
		if i == 0 {
			a = a.With("/helps", []any{"larger", "aloud"})
		}
		if i > 3 {
			a = a.With("/words", []string{"<b>Mehr Licht", "=1+1 ist zwei"}[i-4])
		}
		p.answer([]string{"paper", "counter"}[i%2], a)
	}
}

func TestThePageSaysWhereSurveysComeFrom(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	h.get("/umfragen").want(t, 404) // where none are counted
	small, _ := town(t)
	p := newPolled(t, false, small)
	p.get("/umfragen").wantGo(t, "/anmelden?weiter=%2Fumfragen")
	p.signIn()
	p.get("/umfragen").want(t, 200, "Noch keine Umfrage", "veröffentlicht sie unter „Leistungen“", `href="/umfragen" aria-current="page"`)
	p.get("/umfrage/umfrage").want(t, 404, "Diese Umfrage gibt es hier nicht")
}

func TestAListTellsHowMuchWasAnswered(t *testing.T) {
	p := newPolled(t, false, nil)
	p.signIn()
	p.get("/umfragen").want(t, 200, "Umfrage zu diesem Gerät", "noch keine Antwort")
	p.ratings()
	p.get("/umfragen").want(t, 200, `href="/umfrage/umfrage"`, ">6<", "23.11.2026")
}

func TestResultsAreShownFromFiveAnswersOn(t *testing.T) {
	p := newPolled(t, true, nil)
	p.signIn()
	p.get("/umfrage/umfrage").want(t, 200, "Noch keine Antwort.", "Ergebnisse stehen hier ab 5 Antworten, damit niemand zu erkennen ist. Bis jetzt sind es 0.")
	good := form.Answers{"ease": 4, "done": "no", "again": "no", "words": "Eine Stimme."}
	for n := range surveys.Least - 1 {
		p.answer("paper", good)
		page := p.get("/umfrage/umfrage")
		page.want(t, 200, "Noch zu wenige Antworten", "Bis jetzt "+[]string{"ist es 1.", "sind es 2.", "sind es 3.", "sind es 4."}[n])
		for _, path := range []string{"ergebnis.csv", "texte.csv"} {
			p.get("/umfrage/umfrage/"+path).want(t, 403, "Noch zu wenige Antworten")
		}
		if strings.Contains(page.body, "<svg class=\"chart") || strings.Contains(page.body, "Eine Stimme") || strings.Contains(page.body, "csv") {
			t.Error("results are seen too early")
		}
	}
	result, err := p.office.Result(t.Context(), "umfrage", "1")
	if err != nil {
		t.Fatal(err)
	}
	p.get("/umfrage/umfrage/streichen/"+result.Questions["/words"].Texts[0].Key).want(t, 404)
	p.answer("paper", good)
	p.get("/umfrage/umfrage").want(t, 200, "5 Antworten seit dem 23.11.2026", "Schwer", "5 (100\u00a0%)", "Eine Stimme.")
}

func TestResultsStandInTheFormsOrderWithPercentMedianAndTexts(t *testing.T) {
	p := newPolled(t, false, nil)
	p.signIn()
	p.ratings()
	page := p.get("/umfrage/umfrage")
	page.want(t, 200, "6 Antworten seit dem 23.11.2026, zuletzt am 23.11.2026.", "Antworten je Tag", "Wie die Antworten kamen", "Auf Papier", "Am Schalter", "3 (50\u00a0%)",
		"Wie leicht war dieses Gerät für Sie?", "In der Mitte liegt 2, „Leicht“ (Median).", "2 (33\u00a0%)", "3 (50\u00a0%)", "1 (17\u00a0%)",
		"3 haben geantwortet, 3 nicht. Mehreres war möglich.", "3 von 3", "1 von 3", "0 von 3", "Ohne Antwort", "2 haben geantwortet, 4 nicht.", "<b>Mehr Licht", "Zahlen als Tabelle")
	if strings.Contains(page.body, "<b>Mehr") {
		t.Error("what somebody wrote becomes part of the page")
	}
	seen := html.UnescapeString(page.body)
	last := -1
	for _, label := range []string{"Sehr leicht", "Leicht", "Mittel", "Schwer", "Sehr schwer", "Ja, alles", "Zum Teil"} {
		at := strings.Index(seen, ">"+label+"</text>")
		if at <= last {
			t.Errorf("%q stands at %d, behind what follows it", label, at)
		}
		last = at
	}
	if strings.Contains(seen, "Streichen") || strings.Contains(seen, "leeren") {
		t.Error("somebody is offered what he may not do")
	}
	if inline := regexp.MustCompile(`<svg[^>]* style=| style="|<style`).FindString(page.body); inline != "" {
		t.Error("a style stands in the page:", inline)
	}
}

func TestResultsAreFilesForSpreadsheets(t *testing.T) {
	p := newPolled(t, false, nil)
	p.signIn()
	p.ratings()
	res := p.get("/umfrage/umfrage/ergebnis.csv")
	res.want(t, 200, "\ufeffFrage;Antwort;Anzahl\r\n", "Fassung;;1\r\n", "Alle Antworten;;6\r\n", "Weg;Auf Papier;3\r\n", "Wie leicht war dieses Gerät für Sie?;Leicht;3\r\n", "Was haben Sie benutzt?;Vorlesen;3\r\n", "Was haben Sie benutzt?;Ohne Antwort;3\r\n")
	if res.Header.Get("Content-Type") != "text/csv; charset=utf-8" || res.Header.Get("Content-Disposition") != "attachment; filename=umfrage-1-ergebnis.csv" {
		t.Error(res.Header)
	}
	if strings.Contains(res.body, "Licht") {
		t.Error("texts stand among the numbers")
	}
	p.get("/umfrage/umfrage/texte.csv").want(t, 200, "Frage;Text\r\n", "Was sollen wir besser machen?;<b>Mehr Licht\r\n", "Was sollen wir besser machen?;'=1+1 ist zwei\r\n")
	for cell, want := range map[string]string{"=1": "'=1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\ta": "'\ta", "a=": "a=", "": ""} {
		if got := plainCell(cell); got != want {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}

func TestATextIsStruckAndASurveyEmptiedByThoseWhoMay(t *testing.T) {
	p := newPolled(t, false, nil)
	p.ratings()
	p.signIn()
	at := "/umfrage/umfrage/"
	for _, path := range []string{at + "leeren", at + "streichen/x"} {
		p.get(path).want(t, 403, "Das dürfen nur wenige")
		p.post("/umfrage/umfrage", path, url.Values{}).want(t, 403)
	}
	p = newPolled(t, true, nil)
	p.ratings()
	p.signIn()
	strike := regexp.MustCompile(`/umfrage/umfrage/streichen/[A-Z0-9]+\?fassung=1`).FindString(p.get("/umfrage/umfrage").body)
	ask := p.get(strike)
	ask.want(t, 200, "Diesen Text streichen?", "Er ist dann für immer weg.", "Abbrechen")
	words := html.UnescapeString(regexp.MustCompile(`<blockquote[^>]*>([^<]*)<`).FindStringSubmatch(ask.body)[1])
	p.post(strike, strings.TrimSuffix(strike, "?fassung=1"), url.Values{"fassung": {"1"}}).wantGo(t, "/umfrage/umfrage?fassung=1")
	after := p.get("/umfrage/umfrage?fassung=1")
	after.want(t, 200, "Der Text ist gestrichen.", "Einen Text gestrichen", "Birgit Kowalski", "2 haben geantwortet, 4 nicht; 1 Text ist gestrichen.")
	if strings.Contains(html.UnescapeString(after.body), words) || strings.Contains(p.log.String(), words) {
		t.Error("what was struck is still told")
	}
	p.get(strike).want(t, 404, "Dieser Text ist nicht da")
	p.get(at+"leeren").want(t, 200, "Umfrage leeren und neu beginnen?", "6 Antworten werden gelöscht", "Zahlen von Fassung 1", "Texte von Fassung 1", "Das lässt sich nicht zurückholen.")
	p.post(at+"leeren", at+"leeren", url.Values{}).wantGo(t, "/umfragen")
	p.get("/umfragen").want(t, 200, "Die Umfrage ist leer und beginnt von vorn.", "noch keine Antwort")
	p.get("/umfrage/umfrage").want(t, 200, "Noch keine Antwort.", "Geleert und neu begonnen")
}

func TestPaperIsTypedInOneAfterAnother(t *testing.T) {
	p := newPolled(t, false, nil)
	p.signIn()
	start := p.get("/erfassen/umfrage")
	start.want(t, 200, "Wie kommen die Antworten zu Ihnen?", "Gezählt wird ohne Namen. Es entsteht kein Vorgang und kein Beleg.", `value="paper" checked`, "Bogen eingeben")
	if strings.Contains(start.body, "sprache") {
		t.Error("somebody is asked for the language of a slip that there is not")
	}
	for n := range 2 {
		began := p.post("/erfassen/umfrage", "/erfassen/umfrage", url.Values{"weg": {"paper"}})
		at := began.Header.Get("Location")
		if at == "" {
			t.Fatal("nothing begins")
		}
		pages := []url.Values{{"seite": {"ease"}, "/ease": {token(2)}}, {"seite": {"done"}, "/done": {token("yes")}}, {"seite": {"helps"}}, {"seite": {"again"}, "/again": {token("no")}}, {"seite": {"words"}, "/words": {"Nummer " + fmt.Sprint(n)}}}
		for _, v := range pages {
			p.fillIn(at, v)
		}
		check := p.get(at + "/pruefen")
		check.want(t, 200, "Stimmt alles?", "Gezählt wird ohne Namen: Es entsteht kein Vorgang, und es gibt keinen Beleg.", "Bogen zählen")
		if strings.Contains(check.body, "Beleg zeigen") || strings.Contains(check.body, "Antrag stellen") {
			t.Error("a slip is promised")
		}
		p.post(at+"/pruefen", at+"/pruefen", url.Values{}).wantGo(t, "/erfassen/umfrage?weg=paper")
		p.get("/erfassen/umfrage?weg=paper").want(t, 200, "Gezählt. Vielen Dank.", "Noch einen Bogen eingeben", `value="paper" checked`)
		p.post("/erfassen/umfrage", at+"/pruefen", url.Values{}).want(t, 410, "Dieser Bogen ist schon gezählt") // the browser's back button
	}
	r, err := p.office.Result(t.Context(), "umfrage", "1")
	if err != nil || r.Answers != 2 || r.Channels["paper"] != 2 || r.Questions["/ease"].Values["2"] != 2 || r.Questions["/helps"].Left != 2 || len(r.Questions["/words"].Texts) != 2 {
		t.Errorf("%+v %v", r, err)
	}
	if strings.Contains(p.log.String(), "Nummer") {
		t.Error("the log repeats what somebody wrote")
	}
	p.book.mu.Lock()
	defer p.book.mu.Unlock()
	for _, c := range p.book.m {
		if c.Service == "umfrage" {
			t.Error("a survey became a case")
		}
	}
}

// fillIn answers a page of the form by the names that its fields have there.
func (p *polled) fillIn(at string, v url.Values) {
	p.t.Helper()
	page := p.get(at + "?seite=" + v.Get("seite"))
	named := url.Values{"seite": v["seite"], "weiter": {"1"}}
	for _, m := range regexp.MustCompile(`name="gefragt" value="([^"]*)"`).FindAllStringSubmatch(page.body, -1) {
		named.Add("gefragt", m[1])
	}
	for name, value := range v {
		if strings.HasPrefix(name, "/") && !strings.Contains(page.body, `name="a:`+name+`"`) {
			p.t.Fatalf("the page does not ask for %s", name)
		}
		if strings.HasPrefix(name, "/") {
			named["a:"+name] = value
		}
	}
	if res := p.post(at+"?seite="+v.Get("seite"), at, named); res.StatusCode != 303 {
		p.t.Fatalf("the page %s is not good: %d", v.Get("seite"), res.StatusCode)
	}
}

// Each version stands for itself, with its own sentences.
func TestEveryVersionOfASurveyHasItsOwnResults(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, assets.FS); err != nil {
		t.Fatal(err)
	}
	old, now := filepath.Join(dir, "services/umfrage@1"), filepath.Join(dir, "services/umfrage")
	if err := os.CopyFS(old, os.DirFS(now)); err != nil {
		t.Fatal(err)
	}
	for file, change := range map[string][2]string{"service.yaml": {`version: "1"`, `version: "2"`}, "texts/de.yaml": {"Sehr leicht", "Kinderleicht"}} {
		b, err := os.ReadFile(filepath.Join(now, file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(now, file), []byte(strings.Replace(string(b), change[0], change[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	catalogue, err := service.LoadCatalogue(os.DirFS(dir), "stadt")
	if err != nil {
		t.Fatal(err)
	}
	p := newPolled(t, false, catalogue)
	p.ratings() // of version 2
	first, ok := catalogue.Find("umfrage", "1")
	if !ok {
		t.Fatal("the old version is gone")
	}
	p.survey = first
	p.ratings()
	p.answer("paper", form.Answers{"ease": 1, "done": "no", "again": "no"})
	p.signIn()
	p.get("/umfragen").want(t, 200, ">13<")
	two := p.get("/umfrage/umfrage?fassung=2")
	two.want(t, 200, "6 Antworten", "Kinderleicht", "Fassung 1", `href="/umfrage/umfrage?fassung=2" aria-current="page"`, "ergebnis.csv?fassung=2")
	one := p.get("/umfrage/umfrage?fassung=1")
	one.want(t, 200, "7 Antworten", "Sehr leicht")
	if strings.Contains(one.body, "Kinderleicht") || strings.Contains(two.body, "Sehr leicht") {
		t.Error("a version speaks with another one's words")
	}
	p.get("/umfrage/umfrage/ergebnis.csv?fassung=2").want(t, 200, ";Kinderleicht;2")
	p.get("/umfrage/umfrage?fassung=3").want(t, 404)
}

// A version that no program ships any more still tells its numbers.
func TestCountsOutliveTheirVersion(t *testing.T) {
	p := newPolled(t, false, nil)
	n := 2.5
	for range surveys.Least {
		tally := surveys.Tally{Survey: "umfrage", Version: "0", Day: "2025-01-07", Channel: "other", Questions: []surveys.Asked{
			{Path: "/shape", Values: []string{"round"}}, {Path: "/size", Number: &n}, {Path: "/said", Text: "Früher war es anders."}}}
		if err := p.store.CountSurvey(t.Context(), "", tally); err != nil {
			t.Fatal(err)
		}
	}
	p.signIn()
	p.get("/umfrage/umfrage?fassung=0").want(t, 200, "5 Antworten seit dem 7.1.2025", "Umfrage zu diesem Gerät", "Anders", "shape", "round", "5 (100\u00a0%)", "Früher war es anders.")
	p.get("/umfrage/umfrage/ergebnis.csv?fassung=0").want(t, 200, "shape;round;5")
}

// What came over months is summed up by week or month, and no day is missing.
func TestDaysAreSummedUp(t *testing.T) {
	for _, q := range []struct{ first, last, unit string }{{"2026-11-01", "2026-11-23", "Tag"}, {"2026-09-01", "2026-11-23", "Woche"}, {"2024-12-31", "2026-11-23", "Monat"}} {
		list, unit := spansOf(map[string]int{q.first: 2, "2026-11-10": 3, q.last: 4}, q.first, q.last)
		sum := 0
		for _, s := range list {
			sum += s.N
		}
		if unit != q.unit || sum != 9 || list[0].N < 2 || len(list) > 60 {
			t.Errorf("%s to %s: %d in %d %s", q.first, q.last, sum, len(list), unit)
		}
	}
}

func TestNumbersHaveAMedianAndAreSummedUpWhereThereAreMany(t *testing.T) {
	c := surveys.Counted{Answered: 4, Values: map[string]int{"1": 1, "2": 1, "5": 2}}
	if got := middle(service.SurveyQuestion{Kind: form.Number}, c); got != "3,5" {
		t.Errorf("median %q", got)
	}
	c.Values["-3"], c.Values["0"], c.Answered = 2, 1, 7
	if got := middle(service.SurveyQuestion{Kind: form.Number}, c); got != "1" {
		t.Errorf("median %q", got)
	}
	for n := range 101 {
		c.Values[fmt.Sprint(n)] = 1
	}
	sum := 0
	for _, b := range binned(c) {
		sum += b.n
	}
	if bins := binned(c); len(bins) > 12 || sum != 103 || bins[0].label != "-3 bis 7" {
		t.Errorf("%d in %+v", sum, binned(c))
	}
	free := newCard("f1", service.SurveyQuestion{Kind: form.Number, Label: "Wie weit?"}, surveys.Counted{Answered: 4, Sum: 10, Small: 1.5, High: 4})
	if free.Chart != nil || free.Facts[0].Number != "2,5" || free.Facts[1].Number != "1,5" || free.Facts[2].Number != "4" {
		t.Errorf("%+v", free.Facts)
	}
}
