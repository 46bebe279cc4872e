package web

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// sitePlan is a page that a reader can show.
const sitePlan = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R>>endobj\n4 0 obj<</Length 40>>stream\n1 0 0 rg 40 40 200 100 re f              \nendstream endobj\n" +
	"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n"

// building begins a building application at the counter and gives the address of its plans.
func building(h *house) (draft string) {
	h.t.Helper()
	draft = h.post("/erfassen/bauantrag", "/erfassen/bauantrag", url.Values{"weg": {"counter"}, "sprache": {"de"}}).Header.Get("Location")
	page := func(id, next string, v url.Values) {
		h.t.Helper()
		v.Set("seite", id)
		for k := range v {
			if path, ok := strings.CutPrefix(k, "a:"); ok {
				v.Add("gefragt", path)
			}
		}
		res := h.send(draft+"?seite="+id, draft, v, nil)
		if got := res.Header.Get("Location"); !strings.HasSuffix(got, next) {
			h.t.Fatalf("%s leads to %q (%d): %s", id, got, res.StatusCode, regexp.MustCompile(`(?s)<div id="fehler".*?</ul>`).FindString(res.body))
		}
	}
	page("kind", "place", url.Values{"a:/kind": {`"demolition"`}})
	page("place", "attached", url.Values{"a:/place/street": {"Klosterstraße"}, "a:/place/number": {"14"}, "a:/place/words": {""}, "a:/district": {`"werste"`}, "a:/flur": {"7"}, "a:/parcel": {"123/4"}})
	page("attached", "words", url.Values{"a:/attached": {"false"}})
	page("words", "owner", url.Values{"a:/words": {"Die alte Scheune hinter dem Haus."}})
	page("owner", "plans", url.Values{"a:/owner/name": {"Renate Vogt"}, "a:/owner/street": {"Werrestraße"}, "a:/owner/house": {"12"}, "a:/owner/zip": {"32545"}, "a:/owner/town": {"Bad Oeynhausen"}, "a:/owner/phone": {"05731 140"}})
	return draft
}

func plans(more ...string) url.Values {
	v := url.Values{"seite": {"plans"}, "gefragt": {"/plans/site", "/plans/description"}}
	for _, m := range more {
		v.Set(m, "1")
	}
	return v
}

func TestPlansAreTakenAtTheCounterAndShownOnTheCase(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	h.signIn()
	draft := building(h)
	h.get(draft+"?seite=plans").want(t, 200, `accept="application/pdf,image/jpeg,image/png"`, "Wird nachgereicht")
	h.send(draft+"?seite=plans", draft, plans("spaeter:/plans/description"), map[string][]byte{"/plans/site|Plan Vogt.pdf": []byte(sitePlan), "/plans/site|foto.png": snapshot(400)}).wantGo(t, draft+"?seite=sign")
	back := h.get(draft + "?seite=plans")
	back.want(t, 200, "Dokument 1, PDF, 1 Seite", "Bild 2", `name="spaeter:/plans/description" value="1" checked`)
	link := regexp.MustCompile(`href="(` + regexp.QuoteMeta(draft) + `/foto/[0-9a-f]{64})"`).FindStringSubmatch(back.body)
	if link == nil {
		t.Fatal("the clerk cannot look at the document")
	}
	if res := h.get(link[1]); res.body != sitePlan || res.Header.Get("Content-Type") != enclosure.PDF || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", res.Header)
	}
	h.send(draft+"?seite=sign", draft, url.Values{"seite": {"sign"}, "gefragt": {"/sign"}}, nil).want(t, 422, "Bitte unterschreiben Sie.", "Liegt auf Papier vor")
	h.send(draft+"?seite=sign", draft, url.Values{"seite": {"sign"}, "gefragt": {"/sign"}, "a:/sign": {"paper"}}, nil).wantGo(t, draft+"/pruefen")
	h.get(draft+"/pruefen").want(t, 200, "Liegt auf Papier vor", "2 Dateien", "Wird nachgereicht")
	h.post(draft+"/pruefen", draft+"/pruefen", url.Values{}).want(t, 200, "Der Antrag ist gestellt", "Das reichen Sie nach", "Baubeschreibung")

	number := ""
	for n, c := range h.book.m {
		if c.Service == "bauantrag" {
			number = n
			if len(c.Photos) != 2 || c.Photos[0].Name != "Plan Vogt.pdf" || c.Application.Attachments[0].Type != enclosure.PDF {
				t.Errorf("%+v", c.Application.Attachments)
			}
			if a, _ := c.Application.Answers.Get("/plans/description"); !form.Later(a) {
				t.Error(a)
			}
		}
	}
	page := h.get("/vorgang/" + number)
	page.want(t, 200, "Anlagen", "Wird nachgereicht", "<li>Baubeschreibung</li>", "Lageplan", "PDF, 1 Seite", "Plan Vogt.pdf", `src="/vorgang/`+number+`/anlage/2"`, `sandbox`, "Liegt auf Papier vor")
	if got := page.Header.Get("Content-Security-Policy"); got != policy+"; frame-src 'self'" {
		t.Error(got)
	}
	for at, want := range map[string]map[string]string{
		"/anlage/1":         {"Content-Type": "application/pdf", "Content-Disposition": `inline; filename="` + number + `-anlage-1.pdf"`, "X-Frame-Options": "SAMEORIGIN", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'; sandbox"},
		"/anlage/1?laden=1": {"Content-Type": "application/pdf", "Content-Disposition": `attachment; filename="` + number + `-anlage-1.pdf"`},
		"/anlage/2":         {"Content-Type": "image/jpeg", "Content-Disposition": `inline; filename="` + number + `-anlage-2.jpg"`, "X-Frame-Options": "DENY"},
		"/anlage/2?laden=1": {"Content-Type": "image/jpeg", "Content-Disposition": `attachment; filename="` + number + `-anlage-2.jpg"`},
	} {
		res := h.get("/vorgang/" + number + at)
		for k, v := range want {
			if res.Header.Get(k) != v {
				t.Errorf("%s: %s is %q", at, k, res.Header.Get(k))
			}
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v", at, res.Header)
		}
		if pdf := want["Content-Type"] == "application/pdf"; pdf != (res.body == sitePlan) {
			t.Errorf("%s: %d bytes", at, len(res.body))
		}
	}
	at := "/vorgang/" + number
	later := func() url.Values {
		return url.Values{"feld": {"/plans/description"}, "fassung": {strconv.FormatInt(h.book.m[number].Version, 10)}}
	}
	h.send(at, at+"/nachgereicht", later(), nil).want(t, 422, "Es wurde keine Datei gewählt")
	h.send(at, at+"/nachgereicht", later(), map[string][]byte{"/plans/description|brief.docx": []byte("PK\x03\x04")}).want(t, 422, "Diese Art von Datei geht hier nicht")
	h.send(at, at+"/nachgereicht", url.Values{"feld": {"/plans/site"}, "fassung": {"0"}}, map[string][]byte{"/plans/site|x.pdf": []byte(sitePlan)}).want(t, 404)
	h.send(at, at+"/nachgereicht", later(), map[string][]byte{"/plans/description|Beschreibung.pdf": []byte(sitePlan)}).wantGo(t, at)
	done := h.get(at)
	done.want(t, 200, "Die Unterlage ist jetzt beim Vorgang.", "Beschreibung.pdf", "Nachgereicht")
	if strings.Contains(done.body, "Wird nachgereicht</h3>") || len(h.book.m[number].Photos) != 3 || h.book.m[number].Photos[2].Field != "/plans/description" {
		t.Error("it is still waited for")
	}
	h.send(at, at+"/nachgereicht", later(), map[string][]byte{"/plans/description|noch.pdf": []byte(strings.Replace(sitePlan, "Plan", "Plon", 1))})
	for _, at := range []string{"/anlage/0", "/anlage/9", "/anlage/x", "/anlage/-1"} {
		h.get("/vorgang/"+number+at).want(t, 404)
	}
	if strings.Contains(h.log.String(), "Vogt") {
		t.Error("a file's name is in the log")
	}
}

func TestAFileThatIsNoPlanIsRefusedAtItsField(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	h.signIn()
	draft := building(h)
	for name, c := range map[string]struct{ data, says string }{
		"geheim.pdf": {strings.Replace(sitePlan, "trailer<<", "trailer<</Encrypt 9 0 R", 1), "mit einem Passwort verschlossen"},
		"halb.pdf":   {sitePlan[:100], "beschädigt"},
		"brief.docx": {"PK\x03\x04", "Diese Art von Datei geht hier nicht"},
		"leer.pdf":   {"", "In der Datei ist nichts"},
		"riesig.pdf": {sitePlan + strings.Repeat(" ", enclosure.MaxFile), "zu groß"},
	} {
		res := h.send(draft+"?seite=plans", draft, plans("spaeter:/plans/site"), map[string][]byte{"/plans/description|" + name: []byte(c.data)})
		res.want(t, 422, c.says, `href="#f-plans-description"`)
		if strings.Contains(res.body, `href="#f-plans-site"`) || strings.Contains(res.body, name) || strings.Contains(h.log.String(), name) {
			t.Errorf("%s: it is told at another field, or its name is repeated", name)
		}
	}
}

// What was drawn stands on the case as it was drawn, and nothing but numbers gets into the page.
func TestASignatureIsDrawnOnTheCase(t *testing.T) {
	if got := drawing("0,150 900,0;10,10 0,40"); got != "M0 150L900 150M10 10L10 50" {
		t.Error(got)
	}
	for _, bad := range []any{`"><script>`, "name:Renate Vogt", "paper", 7, nil, "5,5"} {
		if drawing(bad) != "" {
			t.Errorf("%v is drawn", bad)
		}
	}
	a := answer(form.Field{Kind: form.Signature, Label: "Unterschrift", Text: "Unterschrieben", Value: "0,150 900,0"})
	if a.Drawing == "" || a.Text != "Unterschrieben" {
		t.Errorf("%+v", a)
	}
}

func TestPlansAreEnteredInABrowser(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	ctx := browse(t)
	plan := filepath.Join(t.TempDir(), "Lageplan.pdf")
	if err := os.WriteFile(plan, []byte(sitePlan), 0o600); err != nil {
		t.Fatal(err)
	}
	choose := func(label string) move {
		return chromedp.Click(`//label[contains(@class,"choice")][contains(.,"` + label + `")]`)
	}
	do(t, ctx, "start", signInWith(h), chromedp.Navigate(h.url+"/erfassen/bauantrag"), choose("am Schalter"), chromedp.Click(".card form .btn.primary"), chromedp.WaitVisible("#f-kind"))
	do(t, ctx, "kind", choose("Abreißen"), chromedp.WaitVisible("#f-kind-3:checked"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-place-street"))
	do(t, ctx, "place", chromedp.SendKeys("#f-place-street", "Klosterstraße"), chromedp.SendKeys("#f-place-number", "14"), chromedp.SendKeys("#f-flur", "7"), chromedp.SendKeys("#f-parcel", "123/4"),
		choose("Werste"), chromedp.WaitVisible("#f-district-6:checked"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-attached"))
	do(t, ctx, "attached", choose("Nein"), chromedp.WaitVisible("#f-attached-1:checked"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-words"))
	do(t, ctx, "words", chromedp.SendKeys("#f-words", "Die alte Scheune hinter dem Haus."), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-owner-name"))
	do(t, ctx, "owner", chromedp.SendKeys("#f-owner-name", "Renate Vogt"), chromedp.SendKeys("#f-owner-street", "Werrestraße"), chromedp.SendKeys("#f-owner-house", "12"), chromedp.SendKeys("#f-owner-zip", "32545"),
		chromedp.SendKeys("#f-owner-town", "Bad Oeynhausen"), chromedp.SendKeys("#f-owner-phone", "05731 140"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-plans-site"))
	do(t, ctx, "plans", chromedp.SetUploadFiles("#f-plans-site", []string{plan}), chromedp.WaitVisible(".photos .btn"), choose("Wird nachgereicht"), chromedp.WaitVisible(`[name="spaeter:/plans/description"]:checked`))
	shoot(t, ctx, "anlagen-1440")
	accessible(t, ctx, "plans")
	do(t, ctx, "sign", chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-sign"))
	accessible(t, ctx, "signature")
	shoot(t, ctx, "unterschrift-1440")
	do(t, ctx, "end", choose("auf Papier"), chromedp.WaitVisible("#f-sign:checked"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible(".decide"), chromedp.Click(".decide .btn.primary"), chromedp.WaitVisible(".qr svg"))
	number := ""
	h.book.mu.Lock()
	for n, c := range h.book.m {
		if c.Service == "bauantrag" {
			number = n
			c.Application.Answers = c.Application.Answers.With("/sign", "100,150 40,-90 40,120 40,-110 60,100 60,-60 80,40 200,-30")
		}
	}
	h.book.mu.Unlock()
	do(t, ctx, "case", chromedp.Navigate(h.url+"/vorgang/"+number), chromedp.WaitVisible("#anl"))
	accessible(t, ctx, "case with enclosures")
	shoot(t, ctx, "vorgang-anlagen-1440")
}
