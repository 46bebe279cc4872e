package web

import (
	"bytes"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

func TestTheWorklistCountsSearchesFiltersAndTurnsPages(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	h.get("/arbeitsliste").want(t, 200, "Guten Morgen, Birgit Kowalski", "Montag, 23. November 2026. 1 Vorgang ist überfällig, 1 läuft heute ab.", "1 bis 20 von 26 Vorgängen", "Überfällig seit 3 Tagen", "Heute fällig", "noch niemand")
	h.get("/arbeitsliste?seite=2").want(t, 200, "21 bis 26 von 26 Vorgängen")
	h.get("/arbeitsliste?sicht=wartet").want(t, 200, "BO-26-CCCC-CCC-C", "1 bis 1 von 1 Vorgang")
	h.get("/arbeitsliste?sicht=alle&stand=approved").want(t, 200, "BO-26-DDDD-DDD-D", "Stand: Bewilligt")
	h.get("/arbeitsliste?sicht=offen&frist=vorbei").want(t, 200, opened, "1 bis 1 von 1 Vorgang", "Frist: überfällig")
	h.get(h.search(url.Values{"sicht": {"alle"}, "wort": {"quatsch"}})).want(t, 200, "Dazu gibt es keinen Vorgang", "Kein Vorgang", "Suche: quatsch")
	h.get("/arbeitsliste?sicht=zahlung&weg=phone").want(t, 200, "BO-26-CCCC-CCC-C", "noch nicht bezahlt")
	h.get("/arbeitsliste?seite=-3&stand=quatsch&weg=%00&frist=x&sicht=x").want(t, 200)
	number, err := service.NewCase(bytes.NewReader(bytes.Repeat([]byte{7, 3, 9, 21, 14, 2}, 20)), "BO", 2026)
	if err != nil {
		t.Fatal(err)
	}
	h.book.mu.Lock()
	c := *h.book.m[opened]
	c.Number = number
	h.book.m[number] = &c
	h.book.mu.Unlock()
	if to := h.search(url.Values{"wort": {strings.ToLower(number)}}); to != "/vorgang/"+number {
		t.Errorf("a whole case number leads to %s", to)
	}
}

func TestACaseShowsWhatTheCitizenSawAndWhatHappened(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	res := h.get("/vorgang/" + opened)
	res.want(t, 200, "Wer sind Sie?", "Marlies Tiemann", "3. April 1958", "Weserstraße", "MI-MT 418", "Zone B", "30,72", "girocard", "29001234", "0817",
		"Das Fahrzeug ist auf jemand anderen zugelassen.", "Wem gehört das Auto?", "Meinem Arbeitgeber.", "nur im Rathaus", "Überfällig seit 3 Tagen", "Fassung 3", "Bürgerin oder Bürger", "Bezahlt sind 30,72")
	h.get("/vorgang/BO-26-XXXX-XXX-X").want(t, 404, "Diesen Vorgang gibt es nicht")
	h.get("/gibt-es-nicht").want(t, 404, "Diese Seite gibt es nicht")
	h.book.mu.Lock()
	h.book.m[opened].ServiceVersion = "0"
	h.book.mu.Unlock()
	h.get("/vorgang/"+opened).want(t, 200, "Diese Fassung der Leistung ist hier nicht bekannt", "Marlies Tiemann")
}

func TestAClerkWorksACase(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	at := "/vorgang/BO-26-BBBB-BBB-B"
	h.post(at, at+"/uebernehmen", url.Values{"fassung": {"1"}}).wantGo(t, at)
	page := h.get(at)
	page.want(t, 200, "Der Vorgang gehört jetzt Ihnen.", "Der Vorgang liegt bei Ihnen.")
	if strings.Contains(h.get(at).body, "Der Vorgang gehört jetzt Ihnen.") {
		t.Error("what was done is told twice")
	}
	h.post(at, at+"/notiz", url.Values{"text": {"ruft Freitag an"}, "fassung": {"2"}}).wantGo(t, at)
	h.post(at, at+"/bezahlt", url.Values{"text": {"Überweisung"}, "fassung": {"3"}}).wantGo(t, at)
	h.post(at+"/rueckfrage", at+"/rueckfrage", url.Values{"text": {"  "}, "fassung": {"4"}}).want(t, 422, "Ohne ihn geht es nicht weiter")
	h.post(at+"/rueckfrage", at+"/rueckfrage", url.Values{"text": {"Bis wann?"}, "fassung": {"4"}}).wantGo(t, at)
	h.post(at+"/bewilligen", at+"/bewilligen", url.Values{"fassung": {"5"}}).wantGo(t, at)
	h.get(at).want(t, 200, "Bewilligt.", "Bewohnerparkausweis", "/dokument/1", "ruft Freitag an", "Daran ist nichts mehr zu tun")
	pdf := h.get(at + "/dokument/1")
	if pdf.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.Header.Get("Content-Disposition"), "attachment") || pdf.body != "%PDF-1.7 probe" {
		t.Error("the permit cannot be fetched")
	}
	h.get(at+"/dokument/2").want(t, 404)
	h.get(at+"/ablehnen").want(t, 409, "Das ist schon entschieden")
	h.post(at, at+"/ablehnen", url.Values{"text": {"doch nicht"}, "fassung": {"6"}}).want(t, 409, "Das ist schon entschieden", "doch nicht")
}

func TestARejectedPaidCaseBecomesARefund(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	at := "/vorgang/" + opened
	h.get(at+"/ablehnen").want(t, 200, "Mit der Ablehnung entsteht eine Aufgabe: Geld erstatten.")
	h.post(at+"/ablehnen", at+"/ablehnen", url.Values{"text": {"Kein Hauptwohnsitz."}, "fassung": {"1"}}).wantGo(t, at)
	h.get(at).want(t, 200, "die Erstattung steht auf der Liste", "sind zu erstatten")
	h.get("/erstattungen").want(t, 200, "2 Erstattungen sind offen, zusammen 61,44", "Terminal 29001234, Beleg 0817")
	done := "/erstattungen/" + opened + "/erstattet"
	h.post("/erstattungen", done, url.Values{}).wantGo(t, "/erstattungen")
	h.get("/erstattungen").want(t, 200, "Als erstattet eingetragen.", "1 Erstattung ist offen")
	h.post("/erstattungen", done, url.Values{}).want(t, 409, "Hier ist nichts zu erstatten")
}

func TestWhatWasSaidIsErasedByWhoHasTo(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	at := "/vorgang/BO-26-DDDD-DDD-D"
	h.get(at).want(t, 200, "Die Angaben werden nach dem 15.05.2027 von selbst gelöscht, 6 Monate nach der Entscheidung", "Angaben löschen", "Marlies Tiemann", "Beleg ersetzen", "Als Brief")
	h.get(at+"/loeschen").want(t, 200, "Alle Angaben löschen?", "Das lässt sich nicht zurücknehmen", "Art. 17 DSGVO")
	h.post(at+"/loeschen", at+"/loeschen", url.Values{"text": {" "}, "fassung": {"1"}}).want(t, 422, "Ohne ihn geht es nicht weiter")
	h.post(at+"/loeschen", at+"/loeschen", url.Values{"text": {"Auf Wunsch"}, "fassung": {"1"}}).wantGo(t, at)
	page := h.get(at)
	page.want(t, 200, "Die Angaben sind gelöscht.", "Gelöscht am 23.11.2026. Nummer, Entscheidung und Zahlung bleiben.", "Angaben gelöscht", "Auf Wunsch", "30,72")
	for _, gone := range []string{"Marlies", "Beleg ersetzen", "Als Brief", "Notiz speichern", `href="` + at + `/loeschen"`} {
		if strings.Contains(page.body, gone) {
			t.Errorf("the page still has %q", gone)
		}
	}
	for _, path := range []string{"/brief", "/zusammenfassung", "/ersatzbeleg"} {
		h.get(at+path).want(t, 410, "Die Angaben sind gelöscht")
	}
	h.get(at+"/loeschen").want(t, 409)

	// Where money is to be given back everything stays until that is done; of what is not decided nobody speaks.
	owed := h.get("/vorgang/BO-26-EEEE-EEE-E")
	owed.want(t, 200, "sobald die Zahlung geklärt ist, frühestens nach dem 16.05.2027")
	if strings.Contains(owed.body, "Angaben löschen</a>") {
		t.Error("what is needed for a refund can be erased")
	}
	h.get("/vorgang/BO-26-EEEE-EEE-E/loeschen").want(t, 409)
	if strings.Contains(h.get("/vorgang/"+opened).body, "Aufbewahrung") {
		t.Error("an open case speaks of its end")
	}
}

func TestTwoClerksAtOnceGetACalmPage(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	at := "/vorgang/BO-26-BBBB-BBB-B"
	if err := h.book.Take(t.Context(), "BO-26-BBBB-BBB-B", "t.lindemann", 1); err != nil {
		t.Fatal(err)
	}
	h.post(at, at+"/ablehnen", url.Values{"text": {"Meine lange Begründung"}, "fassung": {"1"}}).want(t, 409, "Der Vorgang hat sich geändert", "Meine lange Begründung", "Zum Vorgang")
	h.post(at, at+"/uebernehmen", url.Values{"fassung": {"quatsch"}}).want(t, 409, "Der Vorgang hat sich geändert")
	h.post("/vorgang/BO-26-CCCC-CCC-C", "/vorgang/BO-26-CCCC-CCC-C/bewilligen", url.Values{"fassung": {"1"}}).want(t, 409, "Die Gebühr ist noch nicht bezahlt")
}

func TestAFaultIsACalmPageAndALineInTheLog(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	h.book.mu.Lock()
	h.book.down = errors.New("disk is gone")
	h.book.mu.Unlock()
	for _, path := range []string{"/arbeitsliste", "/vorgang/" + opened, "/erstattungen"} {
		res := h.get(path)
		res.want(t, 500, "Hier hakt es gerade bei uns")
		if strings.Contains(res.body, "disk is gone") {
			t.Error("the page tells what is none of its readers' business")
		}
	}
	if !strings.Contains(h.log.String(), "disk is gone") {
		t.Error("the log does not say why")
	}
}

func TestTheTownsOwnProxySaysWhoAsks(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/anmelden", nil)
	r.Header.Set("X-Forwarded-For", "6.6.6.6, 192.0.2.7")
	if got := (&site{Options: Options{Proxy: true}}).address(r); got != "192.0.2.7" {
		t.Errorf("behind the proxy it is %s", got)
	}
	if got := (&site{}).address(r); got != "192.0.2.1" {
		t.Errorf("without a proxy anybody can say who he is: %s", got)
	}
}

func TestStaticFilesAreKeptForeverAndFoldersAreNotListed(t *testing.T) {
	h := newHouse(t, false)
	page := h.get("/anmelden").body
	css := regexp.MustCompile(`/s/web\.css\?v=[0-9a-f]+`).FindString(page)
	res := h.get(css)
	if !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || res.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%s: %v", css, res.Header)
	}
	h.get("/s/").want(t, 404)
	h.get("/s/fonts").want(t, 404)
	h.get("/s/../templates/case.html").want(t, 404)
	h.get("/s/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2").want(t, 200)
}

// fill goes through the form of a draft as a browser without scripts would.
func (h *house) fill(t testing.TB, channel string) (draft string) {
	t.Helper()
	res := h.post("/erfassen/parkausweis", "/erfassen/parkausweis", url.Values{"weg": {channel}, "sprache": {"de"}})
	draft = res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("no draft: %d", res.StatusCode)
	}
	page := func(id string, next string, v url.Values) {
		t.Helper()
		at := draft + "?seite=" + id
		for k := range v {
			v.Add("gefragt", strings.TrimPrefix(k, "a:"))
		}
		v.Set("seite", id)
		h.post(at, at, v).wantGo(t, draft+next)
	}
	page("person", "?seite=vehicle", url.Values{"a:/person/name": {"Jens Obermeier"}, "a:/person/birth": {"3.4.80"}, "a:/person/street": {`"weser"`}, "a:/person/email": {""}})
	page("vehicle", "?seite=permit", url.Values{"a:/vehicle/plate": {"mi-jo 12"}, "a:/vehicle/mine": {"true"}})
	page("permit", "/pruefen", url.Values{"a:/permit/zone": {`"B"`}, "a:/permit/months": {"12"}, "a:/permit/wishes": {`"post"`, `"email"`}})
	return draft
}

func TestAnApplicationIsEnteredAtTheCounterAndTheSlipIsShownOnce(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	h.get("/erfassen").want(t, 200, "Bewohnerparkausweis")
	if strings.Contains(h.get("/erfassen").body, "/erfassen/auskunft") {
		t.Error("a service that only informs can be chosen")
	}
	h.get("/erfassen/auskunft").want(t, 404)
	draft := h.fill(t, "counter")
	h.get("/erfassen").want(t, 200, "Angefangen")
	check := draft + "/pruefen"
	h.get(check).want(t, 200, "Stimmt alles?", "Jens Obermeier", "3. April 1980", "MI-JO 12", "mit der Post, mit einer E-Mail", "30,72", "Am Schalter bezahlt", "Auf Rechnung")
	h.post(check, check, url.Values{}).want(t, 422, "Wählen Sie, wie bezahlt wird.")
	slip := h.post(check, check, url.Values{"zahlung": {"counter"}})
	slip.want(t, 200, "Diesen Beleg sehen Sie nur jetzt", "Bitte gut aufheben", "Zum Auslegen im Auto", `aria-label="QR-Code"`)
	if strings.Contains(slip.body, "AGE-SECRET-KEY") {
		t.Error("the secret stands on the page as text")
	}
	if slip.Header.Get("Cache-Control") != "no-store" {
		t.Error("the slip may be kept by a browser")
	}
	again := h.get(check)
	again.want(t, http.StatusGone, "Der Antrag ist schon gestellt")
	number := regexp.MustCompile(`/vorgang/(BO-26-[^"]+)`).FindStringSubmatch(again.body)[1]
	h.post("/erfassen", check, url.Values{"zahlung": {"counter"}}).want(t, http.StatusGone)
	if h.book.secrets != 1 {
		t.Errorf("%d slips were made", h.book.secrets)
	}
	c, err := h.book.Get(t.Context(), number)
	if err != nil || !c.Paid || c.Fee != 3072 || c.Channel != "counter" || len(c.Warnings) > 0 {
		t.Errorf("the case is not as entered: %v %+v", err, c.Warnings)
	}
	if v, _ := c.Application.Answers.Get("/person/birth"); v != "1980-04-03" {
		t.Errorf("date of birth is %v", v)
	}
	h.get("/vorgang/"+number).want(t, 200, "Jens Obermeier", "bezahlt, Schalter")
	for _, path := range append(every[:], "/vorgang/"+number, draft, check) {
		if strings.Contains(h.get(path).body, "qr-ink") {
			t.Errorf("%s shows the slip again", path)
		}
	}
}

func TestWhatDoesNotFitIsSaidBesideTheField(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	draft := h.post("/erfassen/parkausweis", "/erfassen/parkausweis", url.Values{"weg": {"paper"}, "sprache": {"en"}}).Header.Get("Location")
	if strings.Contains(h.get(draft).body, `aria-invalid`) {
		t.Error("an untouched form complains")
	}
	res := h.post(draft, draft, url.Values{"seite": {"person"}, "gefragt": {"/person/name", "/person/birth", "/person/street"}, "a:/person/name": {"Jens <b>"}, "a:/person/birth": {"gestern"}})
	res.want(t, 422, "passen noch nicht", `aria-invalid="true"`, `aria-describedby="f-person-birth-h f-person-birth-e"`, `href="#f-person-birth"`, `value="gestern"`, "<title>Fehler: ")
	if !strings.Contains(res.body, "Jens &lt;b&gt;") {
		t.Error("what was typed is gone")
	}
	h.get(draft+"/pruefen").wantGo(t, draft+"?seite=person")
	h.get(draft+"?seite=permit").want(t, 200, "Wo und wie lange?")
	// What is pasted is not cut without a word, neither by the browser nor here.
	long := strings.Repeat("x", 10000)
	res = h.post(draft, draft, url.Values{"seite": {"person"}, "gefragt": {"/person/name"}, "a:/person/name": {long}})
	res.want(t, 422, long, "Das ist zu lang. Hier passen höchstens")
	if field := regexp.MustCompile(`<input[^>]*id="f-person-name"[^>]*>`).FindString(res.body); field == "" || strings.Contains(field, "maxlength") {
		t.Error("the browser would cut what is pasted")
	}
}

func TestAnAnswerBringsItsQuestionsWithIt(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	draft := h.post("/erfassen/parkausweis", "/erfassen/parkausweis", url.Values{"weg": {"telephone"}, "sprache": {"de"}}).Header.Get("Location")
	at := draft + "?seite=vehicle"
	if strings.Contains(h.get(at).body, "Warum nutzen Sie das Auto?") {
		t.Fatal("a question comes too early")
	}
	res := h.post(at, at, url.Values{"nur": {"ansehen"}, "seite": {"vehicle"}, "gefragt": {"/vehicle/plate", "/vehicle/mine"}, "a:/vehicle/mine": {"false"}})
	res.want(t, 200, "Warum nutzen Sie das Auto?", "Ich nutze das Auto dauerhaft.")
	if strings.Contains(res.body, `aria-invalid`) {
		t.Error("looking at a form already complains")
	}
	h.post(at, at, url.Values{"seite": {"vehicle"}, "gefragt": {"/vehicle/plate", "/vehicle/mine", "/vehicle/reason", "/vehicle/lasting"}, "a:/vehicle/plate": {"MI-X 1"}, "a:/vehicle/mine": {"false"}, "a:/vehicle/reason": {"Dienstwagen\r\nseit Mai"}, "a:/vehicle/lasting": {"true"}}).wantGo(t, draft+"?seite=permit")
	h.post(draft+"?seite=permit", draft+"?seite=permit", url.Values{"nur": {"ansehen"}, "seite": {"permit"}, "gefragt": {"/permit/zone"}, "a:/permit/zone": {`"C"`}}).want(t, 200, "keine freien Plätze")
	h.post(draft, draft+"/verwerfen", url.Values{}).wantGo(t, "/erfassen")
	h.get(draft).want(t, 404, "Dieser Entwurf ist nicht mehr da")
}

func TestADraftIsItsClerksAlone(t *testing.T) {
	d := newDrafts(func() time.Time { return monday })
	id := d.start(draft{Clerk: "a", Answers: form.Answers{"x": 1}})
	if _, ok := d.get(id, "b"); ok {
		t.Error("a colleague reads a draft")
	}
	if _, ok := d.take(id, "b"); ok {
		t.Error("a colleague sends a draft")
	}
	for range maxDrafts + 5 {
		d.start(draft{Clerk: "a"})
	}
	if n := len(d.list("a")); n != maxDrafts {
		t.Errorf("%d drafts are kept", n)
	}
	d.forget("a")
	if len(d.list("a")) != 0 {
		t.Error("signing out leaves drafts behind")
	}
}

func TestALostSlipIsReplacedOnceAndOnlyForSomebodyIdentified(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	at := "/vorgang/" + opened + "/ersatzbeleg"
	ticket := func() string {
		return regexp.MustCompile(`name="schein" value="([^"]+)"`).FindStringSubmatch(h.get(at).body)[1]
	}
	x := ticket()
	h.post(at, at, url.Values{"schein": {x}}).want(t, 422, "Wählen Sie, womit sich die Person ausgewiesen hat.")
	h.post(at, at, url.Values{"schein": {x}, "ausweis": {"anders"}}).want(t, 422, "Schreiben Sie kurz dazu")
	h.post(at, at, url.Values{"schein": {x}, "ausweis": {"personalausweis"}}).want(t, 200, "Der neue Beleg", `aria-label="QR-Code"`)
	h.post(at, at, url.Values{"schein": {x}, "ausweis": {"personalausweis"}}).want(t, http.StatusGone, "Dieser Beleg wurde schon gezeigt")
	h.post(at, at, url.Values{"schein": {"erfunden"}, "ausweis": {"personalausweis"}}).want(t, http.StatusGone)
	if h.book.secrets != 1 {
		t.Errorf("%d slips were made", h.book.secrets)
	}
	h.get("/vorgang/"+opened).want(t, 200, "Beleg ersetzt", "Personalausweis")
}

func TestEveryServiceOfTheTownCanBeEntered(t *testing.T) {
	catalogue := shipped(t)
	h := newPolled(t, false, catalogue)
	h.signIn()
	found := 0
	for _, s := range catalogue.Services() {
		if !s.Online() {
			continue
		}
		found++
		at := "/erfassen/" + s.ID
		draft := h.post(at, at, url.Values{"weg": {"counter"}, "sprache": {"de"}}).Header.Get("Location")
		for _, p := range s.View(nil, "de", monday).Pages {
			h.get(draft+"?seite="+p.ID).want(t, 200, p.Title)
			h.post(draft, draft, url.Values{"seite": {p.ID}})
		}
	}
	if found == 0 {
		t.Error("nothing can be applied for")
	}
}

func TestMoneyWithoutAnApplicationIsATaskThatSaysWhatToDo(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	h.book.mu.Lock()
	payment := &pay.Outcome{Payment: "p", Way: pay.Card, Amount: 3070, Evidence: &pay.Evidence{Amount: 3070, TerminalID: "65000028", Trace: 90, Receipt: 41, Date: "1123", Time: "235955"}}
	h.book.m["BO-26-SSSS-SSS-S"] = &cases.Case{Number: "BO-26-SSSS-SSS-S", Title: "Kartenzahlung ohne Antrag", Channel: "terminal", Device: "Foyer", Lang: "de", State: service.StateWithdrawn, Way: pay.Card,
		Payment: payment, Received: monday, Decided: monday, Application: service.Application{Kind: service.KindStray},
		Refund: &cases.Refund{Number: "BO-26-SSSS-SSS-S", Title: "Kartenzahlung ohne Antrag", Amount: 3070, Way: pay.Card, Payment: payment, Reason: cases.ReasonStray, Since: monday}}
	h.book.mu.Unlock()
	h.get("/erstattungen").want(t, 200, "Kartenzahlung ohne Antrag", "Terminal 65000028, Beleg 0041", "erst im Journal des Terminals nachsehen")
	page := h.get("/vorgang/BO-26-SSSS-SSS-S")
	page.want(t, 200, "Zu dieser Zahlung gibt es keinen Antrag.", "Zu entscheiden ist nichts.", "sind zu erstatten", "0041", "Ohne Antrag")
	if seen := html.UnescapeString(page.body); strings.Contains(seen, "nicht bekannt") || strings.Contains(seen, "Kostenlos") || strings.Contains(seen, "fehlt") || strings.Contains(seen, "Zurückgezogen") || strings.Contains(seen, "ersatzbeleg") {
		t.Error("the page speaks of an application that there is not")
	}
}
