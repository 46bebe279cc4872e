package town_test

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/server"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
)

// clerk is somebody at the staff's pages, with a browser without scripts.
type clerk struct {
	t   *testing.T
	url string
	c   *http.Client
}

// clerk opens the staff's door and signs in.
func (r *rig) clerk(t *testing.T, login, password string) *clerk {
	t.Helper()
	ok(t, r.Hall.Store.AddUser(t.Context(), login, "Birgit Kowalski", password))
	door := must[server.Door](t)(r.Hall.StaffDoor("", nil, false))
	pages := httptest.NewServer(door.Handler)
	t.Cleanup(pages.Close)
	jar := must[http.CookieJar](t)(cookiejar.New(nil))
	k := &clerk{t, pages.URL, &http.Client{Jar: jar}}
	if status, page := k.post("/anmelden", "/anmelden", url.Values{"anmeldename": {login}, "passwort": {password}}); status != http.StatusOK || !strings.Contains(page, "Abmelden") {
		t.Fatalf("the clerk does not get in: %d", status)
	}
	return k
}

func (k *clerk) do(req *http.Request) (status int, page string) {
	k.t.Helper()
	res, err := k.c.Do(req)
	ok(k.t, err)
	defer res.Body.Close()
	return res.StatusCode, string(must[[]byte](k.t)(io.ReadAll(res.Body)))
}

func (k *clerk) get(path string) (status int, page string) {
	k.t.Helper()
	return k.do(must[*http.Request](k.t)(http.NewRequestWithContext(k.t.Context(), http.MethodGet, k.url+path, nil)))
}

// post sends a form as the page from would: with the token that stands on it.
func (k *clerk) post(from, to string, v url.Values) (status int, page string) {
	k.t.Helper()
	_, page = k.get(from)
	token := regexp.MustCompile(`name="csrf_token" value="([^"]*)"`).FindStringSubmatch(page)
	if token == nil {
		k.t.Fatalf("the page %s has no form", from)
	}
	v.Set("csrf_token", html.UnescapeString(token[1]))
	req := must[*http.Request](k.t)(http.NewRequestWithContext(k.t.Context(), http.MethodPost, k.url+to, strings.NewReader(v.Encode())))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", k.url)
	return k.do(req)
}

// act does something with a case, and wants it answered as said.
func (k *clerk) act(r *rig, number, what, text string, want int) {
	k.t.Helper()
	at := "/vorgang/" + number
	if status, _ := k.post(at, at+"/"+what, url.Values{"text": {text}, "fassung": {strconv.FormatInt(r.find(k.t, number).Version, 10)}}); status != want {
		k.t.Fatalf("%s: %d", what, status)
	}
}

// bring sends what the terminal would never have made, sealed as everything is, and gives the envelope's id.
func (r *rig) bring(t *testing.T, write func(id string) []byte) string {
	t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	e := must[seal.Envelope](t)(r.Desk().Sealer.Seal(t.Context(), id, write(id)))
	ok(t, r.Desk().Journal.Release(t.Context(), e, pay.Invoice, 3070))
	return id
}

// The log is read by technicians, and kept where nobody may keep answers. It tells that something happened, to which case or envelope, never what
// somebody said: not even where the town hall cannot make sense of it.
func TestTheTownHallsLogNeverRepeatsWhatACitizenSaid(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	m := newMarks(r)
	words := m.words()
	file := filepath.Join(r.dir, town.HallDir, town.HallLog)
	clean := func(when string) string {
		t.Helper()
		log := must[[]byte](t)(os.ReadFile(file))
		for shape, b := range allShapes(words) {
			if bytes.Contains(log, b) {
				t.Errorf("%s: the log says %s", when, shape)
			}
		}
		return string(log)
	}
	before := clean("before anybody came")
	ok(t, os.WriteFile(file, append([]byte(before), inEveryShape(words)...), 0o600))
	log := must[[]byte](t)(os.ReadFile(file))
	for shape, b := range allShapes(words) {
		if !bytes.Contains(log, b) {
			t.Fatalf("the search does not find %s", shape)
		}
	}
	ok(t, os.WriteFile(file, []byte(before), 0o600))

	k := r.clerk(t, "kowalski", "Kurpark im Regen")
	if status, _ := (&clerk{t, k.url, &http.Client{Jar: must[http.CookieJar](t)(cookiejar.New(nil))}}).post("/anmelden", "/anmelden", url.Values{"anmeldename": {m.name}, "passwort": {m.reply}}); status != http.StatusUnauthorized {
		t.Fatal("somebody signs in with a citizen's name")
	}
	v := m.say(t, r)
	receipt, err := r.submit(ctx, t, v, pay.Card)
	ok(t, err)
	v.Wipe()
	r.sync(t)
	if status, page := k.post("/arbeitsliste", "/arbeitsliste", url.Values{"sicht": {"alle"}, "wort": {strings.Fields(m.name)[1]}}); status != http.StatusOK || !strings.Contains(page, receipt.Case) {
		t.Fatalf("the clerk does not find the case by its name: %d", status)
	}
	for _, page := range []string{"", "/ablehnen", "/brief", "/zusammenfassung", "/ersatzbeleg"} {
		if status, _ := k.get("/vorgang/" + receipt.Case + page); status != http.StatusOK {
			t.Fatalf("%s: %d", page, status)
		}
	}
	k.act(r, receipt.Case, "uebernehmen", "", http.StatusOK)
	k.act(r, receipt.Case, "rueckfrage", "Wie heißen Sie jetzt, "+m.name+"?", http.StatusOK)
	back := r.comeBack(t, receipt.Secret)
	ok(t, back.Reply(ctx, "1", m.reply))
	back.Wipe()
	r.sync(t)
	if got := r.find(t, receipt.Case).Questions[0].Answer; got != m.reply {
		t.Fatalf("the reply did not arrive: %q", got)
	}
	clean("asked and answered")
	k.act(r, receipt.Case, "notiz", m.name+" rief an.", http.StatusOK)
	k.act(r, receipt.Case, "ablehnen", m.name+" wohnt nicht in "+m.street+".", http.StatusOK)
	k.act(r, receipt.Case, "ablehnen", m.reply, http.StatusConflict)
	back = r.comeBack(t, receipt.Secret)
	if !strings.Contains(back.Answer().Text, m.street) {
		t.Fatal("the citizen does not read why it was rejected")
	}
	back.Wipe()
	clean("rejected")

	// What fails the town hall's own check: answers of the wrong kind, in the wrong place, and too many of them.
	_, recipient, err := seal.NewSlip()
	ok(t, err)
	wrong := service.Application{Kind: service.KindApplication, Case: must[string](t)(service.NewCase(strings.NewReader(strings.Repeat("Rathaus", 50)), "BO", 2026)), Service: parking, Version: r.find(t, receipt.Case).ServiceVersion,
		Tenant: "stadt", Lang: "de", Day: m.from, Fee: 3070, Way: pay.Invoice, Recipient: recipient, Channel: "terminal", Answers: map[string]any{"name": m.born, "birthdate": m.name, "street": []any{m.street}, "house": map[string]any{m.house: m.plate},
			"plate": m.reply, "zone": m.street, "months": m.name, "start": m.reply, "from": m.plate, m.name: m.reply, "owner": m.name, "registered": m.plate, "permit": m.house}}
	r.bring(t, func(id string) []byte {
		wrong.ID = id
		return must[[]byte](t)(json.Marshal(wrong))
	})
	nonsense := r.bring(t, func(string) []byte { return []byte(m.name + ", " + m.street) })
	stranger := r.bring(t, func(string) []byte {
		return must[[]byte](t)(json.Marshal(service.Application{Kind: service.Kind(m.name), ID: m.reply, Service: m.street}))
	})
	r.sync(t)
	if c := r.find(t, wrong.Case); len(c.Warnings) < 5 {
		t.Fatalf("the town hall found only %q", c.Warnings)
	}
	if aside := must[[]string](t)(r.aside(t)); len(aside) != 2 {
		t.Fatalf("%d envelopes are in quarantine", len(aside))
	}
	for _, page := range []string{"", "/bewilligen", "/brief", "/zusammenfassung", "/ersatzbeleg"} {
		if status, _ := k.get("/vorgang/" + wrong.Case + page); status != http.StatusOK {
			t.Errorf("%s: %d", page, status)
		}
	}
	// A slip cannot be set with such answers, and no permit made: technicians have to learn where that failed.
	lost := "/vorgang/" + wrong.Case + "/ersatzbeleg"
	_, page := k.get(lost)
	ticket := regexp.MustCompile(`name="schein" value="([^"]+)"`).FindStringSubmatch(page)
	if ticket == nil {
		t.Fatal("the page for a new slip has no form")
	}
	if status, _ := k.post(lost, lost, url.Values{"schein": ticket[1:], "ausweis": {"anders"}, "andere": {m.name}}); status != http.StatusInternalServerError {
		t.Errorf("a slip was set of answers that fit nowhere: %d", status)
	}
	status, _ := k.post("/vorgang/"+wrong.Case, "/vorgang/"+wrong.Case+"/bewilligen", url.Values{"text": {m.reply}, "fassung": {"1"}})
	if status == http.StatusOK {
		t.Error("a permit was made of answers that fit nowhere")
	}
	k.act(r, wrong.Case, "ablehnen", m.reply, http.StatusOK)
	said := clean("what fits nowhere")
	for _, told := range []string{nonsense, stranger, "POST /vorgang/{nummer}/ersatzbeleg", "parkausweis-bewohner/slip"} { // it is the log that is searched, and it is of use
		if !strings.Contains(said, told) {
			t.Errorf("the log says nothing of %s:\n%s", told, said)
		}
	}
	for n, word := range words {
		if strings.Contains(strings.Join(r.told, "\n"), word) {
			t.Errorf("word %d is in an error", n)
		}
	}
}

// aside gives the envelopes that somebody at the town hall has to look at.
func (r *rig) aside(t *testing.T) (ids []string, err error) {
	t.Helper()
	all, err := r.Hall.Intake.Quarantined(t.Context())
	for _, e := range all {
		ids = append(ids, e.Item.ID)
	}
	return ids, err
}
