package web

import (
	"bytes"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
)

// house is the pages on a real server with a book in memory, and a clerk's browser without scripts.
type house struct {
	t     testing.TB
	url   string
	book  *memBook
	users *memUsers
	log   *safeBuffer
	c     *http.Client
	mu    sync.Mutex
	now   time.Time

	queues memQueues
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func newHouse(t testing.TB, secure bool) *house {
	t.Helper()
	return newHouseWith(t, secure, nil)
}

// newHouseWith offers another catalogue than the small one of these tests.
func newHouseWith(t testing.TB, secure bool, other *service.Catalogue, change ...func(*Options)) *house {
	t.Helper()
	catalogue, book := town(t)
	if other != nil {
		catalogue, book.catalogue = other, other
	}
	h := &house{t: t, book: book, users: &memUsers{closed: map[string]bool{}}, log: &safeBuffer{}, now: monday}
	o := Options{Book: book, Users: h.users, Catalogue: catalogue, Queues: &h.queues, Now: h.clock, Secure: secure}
	for _, f := range change {
		f(&o)
	}
	h.serve(o)
	return h
}

// serve opens the house's pages.
func (h *house) serve(o Options) {
	h.t.Helper()
	o.Log = slog.New(slog.NewTextHandler(h.log, nil))
	handler, err := New(o)
	if err != nil {
		h.t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(handler)
	if o.Secure {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	h.t.Cleanup(srv.Close)
	h.url, h.c = srv.URL, h.browser(srv)
}

func (h *house) browser(srv *httptest.Server) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c := *srv.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

type reply struct {
	*http.Response
	body string
}

func (h *house) do(req *http.Request) reply {
	h.t.Helper()
	res, err := h.c.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply{res, string(b)}
}

func (h *house) get(path string) reply {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodGet, h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.do(req)
}

var tokenField = regexp.MustCompile(`name="csrf_token" value="([^"]*)"`)

// post sends a form as the page from would: with the token that stands on it.
func (h *house) post(from, to string, v url.Values) reply {
	h.t.Helper()
	page := h.get(from)
	m := tokenField.FindStringSubmatch(page.body)
	if m == nil {
		h.t.Fatalf("the page %s has no form (%d)", from, page.StatusCode)
	}
	v.Set("csrf_token", html.UnescapeString(m[1]))
	req, err := http.NewRequest(http.MethodPost, h.url+to, strings.NewReader(v.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", h.url)
	return h.do(req)
}

func (h *house) signIn() {
	h.t.Helper()
	res := h.post("/anmelden", "/anmelden", url.Values{"anmeldename": {"b.kowalski"}, "passwort": {password}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/arbeitsliste" {
		h.t.Fatalf("a clerk with the right password does not get in: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
}

func (r reply) want(t testing.TB, status int, words ...string) {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s: answer %d instead of %d", r.Request.URL.Path, r.StatusCode, status)
	}
	seen := html.UnescapeString(r.body)
	for _, w := range words {
		if !strings.Contains(seen, w) {
			t.Errorf("%s does not say %q", r.Request.URL.Path, w)
		}
	}
}

func (r reply) wantGo(t testing.TB, to string) {
	t.Helper()
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != to {
		t.Fatalf("%s leads to %q (%d) instead of %q", r.Request.URL.Path, r.Header.Get("Location"), r.StatusCode, to)
	}
}

const opened = "BO-26-AAAA-AAA-A"

// every is an address of each kind of page.
var every = [...]string{"/arbeitsliste", "/arbeitsliste?sicht=alle&suche=NICHTS", "/vorgang/" + opened, "/vorgang/" + opened + "/bewilligen", "/vorgang/" + opened + "/rueckfrage",
	"/vorgang/" + opened + "/ablehnen", "/vorgang/" + opened + "/ersatzbeleg", "/vorgang/" + opened + "/brief", "/erstattungen", "/erfassen", "/erfassen/parkausweis"}

func TestNobodySeesAPageWithoutSigningIn(t *testing.T) {
	h := newHouse(t, false)
	for _, path := range every {
		res := h.get(path)
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/anmelden?weiter=") {
			t.Errorf("%s answers %d to a stranger", path, res.StatusCode)
		}
	}
	req, _ := http.NewRequest(http.MethodGet, h.url+"/arbeitsliste", nil)
	req.Header.Set("HX-Request", "true")
	if res := h.do(req); res.StatusCode != http.StatusUnauthorized || res.Header.Get("HX-Redirect") != "/anmelden" {
		t.Errorf("htmx is not sent to sign in: %d", res.StatusCode)
	}
}

func TestSigningInLeadsBackToThePageAndNeverToAnotherSite(t *testing.T) {
	for to, want := range map[string]string{"/vorgang/" + opened: "/vorgang/" + opened, "https://boese.example": "/arbeitsliste", "//boese.example": "/arbeitsliste", `/\boese.example`: "/arbeitsliste", "javascript:alert(1)": "/arbeitsliste", "": "/arbeitsliste"} {
		h := newHouse(t, false)
		h.post("/anmelden", "/anmelden", url.Values{"anmeldename": {"b.kowalski"}, "passwort": {password}, "weiter": {to}}).wantGo(t, want)
	}
}

func TestAWrongPasswordSaysNothingAboutTheLogin(t *testing.T) {
	h := newHouse(t, false)
	for _, login := range []string{"b.kowalski", "niemand"} {
		h.post("/anmelden", "/anmelden", url.Values{"anmeldename": {login}, "passwort": {"falsch"}}).want(t, http.StatusUnauthorized, "Anmeldename oder Passwort stimmt nicht.")
	}
	h.post("/anmelden", "/anmelden", url.Values{"anmeldename": {""}, "passwort": {""}}).want(t, http.StatusUnprocessableEntity, "Es fehlt noch etwas")
	if strings.Contains(h.log.String(), "niemand") || strings.Contains(h.log.String(), "falsch") {
		t.Error("the log repeats what somebody typed")
	}
}

func TestTheSessionEnds(t *testing.T) {
	t.Run("by signing out", func(t *testing.T) {
		h := newHouse(t, false)
		h.signIn()
		old := h.c.Jar.Cookies(mustURL(t, h.url))
		h.post("/arbeitsliste", "/abmelden", url.Values{}).wantGo(t, "/anmelden?abgemeldet")
		h.c.Jar.SetCookies(mustURL(t, h.url), old) // somebody kept the cookie
		if res := h.get("/arbeitsliste"); res.StatusCode != http.StatusSeeOther {
			t.Error("an old cookie still opens the worklist")
		}
	})
	t.Run("when the account is closed", func(t *testing.T) {
		h := newHouse(t, false)
		h.signIn()
		h.users.mu.Lock()
		h.users.closed["b.kowalski"] = true
		h.users.mu.Unlock()
		if res := h.get("/vorgang/" + opened); res.StatusCode != http.StatusSeeOther {
			t.Error("a closed account still reads cases")
		}
	})
	t.Run("when the password is a new one", func(t *testing.T) {
		h := newHouse(t, false)
		h.signIn()
		if res := h.get("/vorgang/" + opened); res.StatusCode != http.StatusOK {
			t.Fatal(res.Status)
		}
		h.users.mu.Lock()
		h.users.since = "later"
		h.users.mu.Unlock()
		if res := h.get("/vorgang/" + opened); res.StatusCode != http.StatusSeeOther {
			t.Error("who stole a session keeps it after the password was changed")
		}
		h.signIn()
	})
	t.Run("with a new token after signing in", func(t *testing.T) {
		h := newHouse(t, false)
		h.c.Jar.SetCookies(mustURL(t, h.url), []*http.Cookie{{Name: "sitzung", Value: "untergeschoben"}})
		h.signIn()
		for _, c := range h.c.Jar.Cookies(mustURL(t, h.url)) {
			if c.Name == "sitzung" && c.Value == "untergeschoben" {
				t.Error("a planted session became a clerk's")
			}
		}
	})
}

func mustURL(t testing.TB, s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestCookiesAndHeadersAreStrict(t *testing.T) {
	h := newHouse(t, true)
	res := h.post("/anmelden", "/anmelden", url.Values{"anmeldename": {"b.kowalski"}, "passwort": {password}})
	found := false
	for _, c := range append(res.Cookies(), h.get("/anmelden").Cookies()...) {
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s is loose", c.Name)
		}
		found = found || c.Name == "sitzung"
	}
	if !found {
		t.Error("there is no session")
	}
	for _, path := range every {
		res := h.get(path)
		for k, v := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000"} {
			if res.Header.Get(k) != v {
				t.Errorf("%s: %s is %q", path, k, res.Header.Get(k))
			}
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Error("the policy allows something unsafe")
	}
}

func TestNoPageHasInlineScriptOrStyle(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?: defer)?>|hx-on`)
	for _, path := range append(every[:], "/gibt-es-nicht") {
		if m := inline.FindString(h.get(path).body); m != "" {
			t.Errorf("%s has %q", path, m)
		}
	}
}

func TestAForgedFormIsRefused(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	token := html.UnescapeString(tokenField.FindStringSubmatch(h.get("/vorgang/" + opened).body)[1])
	send := func(v url.Values, origin string) reply {
		req, _ := http.NewRequest(http.MethodPost, h.url+"/vorgang/"+opened+"/ablehnen", strings.NewReader(v.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", origin)
		return h.do(req)
	}
	send(url.Values{"text": {"nein"}, "fassung": {"1"}}, h.url).want(t, http.StatusForbidden, "Das ging nicht von hier aus")
	send(url.Values{"text": {"nein"}, "fassung": {"1"}, "csrf_token": {token}}, "https://boese.example").want(t, http.StatusForbidden)
	if c, _ := h.book.Get(t.Context(), opened); c.State != service.StateInWork {
		t.Error("a forged form rejected a case")
	}
}

func TestWhatACitizenWroteIsNeverMarkup(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	evil := `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}` + "\u202e"
	h.book.mu.Lock()
	c := h.book.m[opened]
	c.Application.Answers = answers().With("/person/name", evil).With("/person/street", evil)
	c.Questions[0].Answer, c.Warnings, c.Device, c.Lang, c.Title = evil, []string{evil}, evil, evil, evil
	c.History = append(c.History, cases.Event{At: monday, Who: evil, Kind: cases.EventMessage, Text: evil})
	h.book.mu.Unlock()
	for _, path := range []string{"/vorgang/" + opened, "/arbeitsliste?suche=" + url.QueryEscape(evil), h.search(url.Values{"sicht": {"alle"}, "wort": {evil}}), "/arbeitsliste", "/vorgang/" + opened + "/rueckfrage", "/erfassen?leistung=" + url.QueryEscape(evil), "/vorgang/" + url.PathEscape(evil), "/anmelden?weiter=" + url.QueryEscape(evil)} {
		if res := h.get(path); strings.Contains(res.body, "<script>alert") || strings.Contains(res.body, "<img src=x") {
			t.Errorf("%s runs what a citizen wrote", path)
		}
	}
	if !strings.Contains(html.UnescapeString(h.get("/vorgang/"+opened).body), `<script>alert(1)</script>`) {
		t.Error("the clerk cannot read what was written")
	}
	if strings.Contains(h.log.String(), "alert(1)") {
		t.Error("the log repeats what a citizen wrote")
	}
}
