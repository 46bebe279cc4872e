package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"image"
	pictures "image/jpeg"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// reportHouse is the pages on a real book with a real store, the services and the map that ship, and some reports.
type reportHouse struct {
	*house
	store   *sqlite.Store
	real    *cases.Book
	numbers []string // of the reports, in the order in which they came
	slips   []string // their secrets
}

// told is a report as it comes in.
type told struct {
	category, what string
	place          form.Spot
	words          string
	danger         bool
	photos         int
	days           int // ago
}

var scenes sync.Map // JPEG by size: drawing one takes long

func scene(wide, high int) []byte {
	size := image.Pt(wide, high)
	data, ok := scenes.Load(size)
	if !ok {
		data, _ = scenes.LoadOrStore(size, phototest.JPEG(phototest.Scene(wide, high), 80))
	}
	return data.([]byte)
}

func newReportHouse(t testing.TB, reports ...told) *reportHouse {
	t.Helper()
	catalogue := shipped(t)
	streets, err := assets.FS.ReadFile("map/bad-oeynhausen.geojson")
	if err != nil {
		t.Fatal(err)
	}
	town, err := place.Read(streets)
	if err != nil {
		t.Fatal(err)
	}
	x := &reportHouse{house: &house{t: t, users: &memUsers{closed: map[string]bool{}}, log: &safeBuffer{}, now: monday}}
	if x.store, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "town.db"), x.clock); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.store.Close() })
	x.real, err = cases.New(cases.Options{
		Store: x.store, Services: func(_, id, version string) (*service.Service, bool) { return catalogue.Find(id, version) },
		Render: func(document.Document) ([]byte, error) { return []byte("%PDF"), nil }, Attest: func(context.Context, map[string]any) (string, error) { return "", nil },
		Secret: bytes.Repeat([]byte("s"), 32), Random: rand.Reader, Now: x.clock, Tenant: "stadt", Prefix: "BO",
	})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := New(Options{Book: x.real, Reports: x.real, Town: town, Users: x.users, Catalogue: catalogue, Now: x.clock, Log: slog.New(slog.NewTextHandler(x.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	x.url, x.c = srv.URL, x.browser(srv)
	svc, ok := catalogue.Find(cases.ReportService, "")
	if !ok {
		t.Fatal("nobody can report a defect")
	}
	for i, r := range reports {
		x.now = monday.Add(-time.Duration(r.days)*24*time.Hour - time.Duration(i)*time.Minute)
		secret, recipient, err := seal.NewSlip()
		if err != nil {
			t.Fatal(err)
		}
		number, err := service.NewCase(rand.Reader, "BO", 2026)
		if err != nil {
			t.Fatal(err)
		}
		a := cases.Arrival{Envelope: uuid.Must(uuid.NewV7()).String(), Application: service.Application{
			Kind: service.KindApplication, Case: number, Service: svc.ID, Version: svc.Version, Digest: svc.Digest(), Tenant: "stadt", Lang: "de", Day: x.now.Format(time.DateOnly),
			Way: pay.Free, Recipient: recipient, Channel: "phone", At: x.now,
			Answers: form.Answers{"category": r.category, "what": r.what, "place": r.place.Value(), "danger": r.danger},
		}}
		if r.words != "" {
			a.Application.Answers["words"] = r.words
		}
		for path, answer := range map[string]string{"schlagloch": "/size teller", "laterne-dunkel": "/since tage", "wild": "/amount kofferraum", "geraet": "/device schaukel"} {
			if path == r.what {
				field, value, _ := strings.Cut(answer, " ")
				a.Application.Answers = a.Application.Answers.With(field, value)
			}
		}
		if r.category == "muell" {
			a.Application.Answers["since"] = "wochen"
		}
		var digests []any
		for n := range r.photos {
			wide, high := 1200-400*n, 800+i
			data := scene(wide, high)
			a.Photos = append(a.Photos, cases.Photo{Field: cases.PathPhotos, Digest: wire.Digest(data), Width: wide, Height: high, Size: len(data), Data: data})
			digests = append(digests, wire.Digest(data))
		}
		if len(digests) > 0 {
			a.Application.Answers["photos"] = digests
		}
		if _, err := x.real.Receive(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		x.numbers, x.slips = append(x.numbers, number), append(x.slips, secret)
	}
	x.now = monday
	return x
}

func street(name, number string) form.Spot {
	return form.Spot{Street: name, Number: number, How: form.ByStreet}
}

// somePotholes is a week in the town.
func somePotholes() []told {
	return []told{
		{"strasse", "schlagloch", street("Klosterstraße", "14"), "Tiefes Loch neben dem Zebrastreifen. Anrufen bitte: 05731 12345", true, 2, 2},
		{"strasse", "schlagloch", street("Klosterstr.", "16"), "", false, 0, 1},
		{"licht", "laterne-dunkel", street("Herforder Straße", "88"), "Nummer 4417", false, 1, 12},
		{"muell", "wild", form.Spot{Lat: 52.2052, Lon: 8.8019, Located: true, How: form.ByMap, Words: "Parkplatz, hinter dem Container"}, "Zwei Säcke", false, 1, 3},
		{"gruen", "bank", form.Spot{Words: "Im Kurpark am Teich", How: form.ByWords}, "", false, 0, 4},
		{"spielplatz", "geraet", street("Weserstraße", "3"), "Schaukel hängt schief", true, 0, 0},
		{"strasse", "gully", form.Spot{Lat: 0.2, Lon: -20, Located: true, How: form.ByPhoto, Street: "Portastraße"}, "", false, 1, 5},
	}
}

func (x *reportHouse) find(i int) cases.Case {
	x.t.Helper()
	c, err := x.real.Get(context.Background(), x.numbers[i])
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// read opens the newest answer for a report, as its phone does.
func (x *reportHouse) read(i int) service.Answer {
	x.t.Helper()
	recipient, err := seal.Recipient(x.slips[i])
	if err != nil {
		x.t.Fatal(err)
	}
	all, err := x.store.For(context.Background(), seal.Address(recipient))
	if err != nil || len(all) == 0 {
		x.t.Fatal("no answer", err)
	}
	plain, err := seal.OpenWith(x.slips[i], all[len(all)-1])
	if err != nil {
		x.t.Fatal(err)
	}
	var a service.Answer
	if err := json.Unmarshal(plain, &a); err != nil {
		x.t.Fatal(err)
	}
	return a
}

func TestReportsStandInAListAndOnTheTownsOwnMap(t *testing.T) {
	x := newReportHouse(t, somePotholes()...)
	if res := x.get("/maengel"); res.StatusCode != http.StatusSeeOther {
		t.Fatal("a stranger reads the list")
	}
	x.signIn()
	page := x.get("/maengel")
	page.want(t, 200, "Mängel im Stadtgebiet", "7 Meldungen sind offen, davon 2 dringend.", "Schlagloch", "Klosterstraße 14", "Laterne dunkel", "Im Kurpark am Teich", "ohne Ort"[:0], "Vielleicht dieselbe Stelle", "1 bis 7 von 7 Meldungen", "Bald", "Dringend", "Werre")
	if n := strings.Count(page.body, `class="pin"`); n != 6 {
		t.Errorf("%d pins, one report has no place on the map", n)
	}
	if strings.Contains(page.body, "05731") {
		t.Error("the list shows what somebody wrote")
	}
	x.get("/maengel?art=licht").want(t, 200, "Laterne dunkel", "1 bis 1 von 1 Meldung")
	x.get("/maengel?sicht=dringend").want(t, 200, "1 bis 2 von 2 Meldungen")
	x.get("/maengel?sicht=erledigt").want(t, 200, "Hier ist nichts")
	if res := x.get("/maengel?ansicht=liste"); strings.Contains(res.body, "<svg class=\"map") {
		t.Error("the list alone has a map")
	}
	x.get("/maengel?sicht=%00&art=quatsch&um=x&zoom=999&seite=-1").want(t, 200)
	x.get("/arbeitsliste?sicht=alle").want(t, 200, "Schlagloch", "Mängel")
}

func TestPhotosAreShownToClerksOnlyAndAsNothingButAPicture(t *testing.T) {
	x := newReportHouse(t, somePotholes()...)
	at := "/vorgang/" + x.numbers[0] + "/foto/1"
	for _, path := range []string{at, at + "/bedeckt", "/vorgang/" + x.numbers[0] + "/oeffentlich.jpg"} {
		if res := x.get(path); res.StatusCode != http.StatusSeeOther {
			t.Errorf("a stranger sees %s: %d", path, res.StatusCode)
		}
	}
	x.signIn()
	c := x.find(0)
	want, err := x.real.Photo(t.Context(), c.Number, c.Photos[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	res := x.get(at)
	if res.StatusCode != 200 || res.body != string(want) {
		t.Fatal("the photo is another one")
	}
	for k, v := range map[string]string{"Content-Type": "image/jpeg", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"} {
		if res.Header.Get(k) != v {
			t.Errorf("%s is %q", k, res.Header.Get(k))
		}
	}
	for _, path := range []string{"/vorgang/" + c.Number + "/foto/0", "/vorgang/" + c.Number + "/foto/3", "/vorgang/" + c.Number + "/foto/x", at + "/bedeckt?flaeche=1,2,3", at + "/bedeckt?flaeche=9000,0,10,10", "/vorgang/" + c.Number + "/oeffentlich.jpg"} {
		x.get(path).want(t, 404)
	}
	covered := x.get(at + "/bedeckt?flaeche=0,0,600,800")
	if covered.StatusCode != 200 || covered.body == string(want) {
		t.Error("the preview covers nothing")
	}
	x.get("/vorgang/"+c.Number).want(t, 200, "Foto 1 von 2 zur Meldung", "Klosterstraße 14", "Ort und Fotos", "Stand mitteilen", "Ist dasselbe wie", "Nur im Rathaus", "Dringend", "Schlagloch")
}

// send posts a form with files.
func (x *reportHouse) send(from, to string, fields url.Values, file []byte) reply {
	x.t.Helper()
	m := tokenField.FindStringSubmatch(x.get(from).body)
	if m == nil {
		x.t.Fatalf("%s has no form", from)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	fields.Set("csrf_token", strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(m[1]))
	for k, v := range fields {
		_ = w.WriteField(k, v[0])
	}
	if file != nil {
		p, err := w.CreateFormFile("foto", "bild.jpg")
		if err != nil {
			x.t.Fatal(err)
		}
		_, _ = p.Write(file)
	}
	_ = w.Close()
	req, err := http.NewRequest(http.MethodPost, x.url+to, &b)
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", x.url)
	return x.do(req)
}

func TestTheReporterReadsHowFarItIsAndSeesAPhotoWithoutItsNotes(t *testing.T) {
	x := newReportHouse(t, somePotholes()...)
	x.signIn()
	at := "/vorgang/" + x.numbers[0]
	fassung := func() string { return fmt.Sprint(x.find(0).Version) }
	x.get(at+"/stand").want(t, 200, "Wie steht es?", "ohne Namen")
	x.send(at+"/stand", at+"/stand", url.Values{"stand": {"rejected"}, "fassung": {fassung()}}, nil).want(t, 422, "Schreiben Sie, warum hier nichts geht")
	x.send(at+"/stand", at+"/stand", url.Values{"stand": {"approved"}, "fassung": {fassung()}}, []byte("%PDF-1.7")).want(t, 422, "Das ist kein Foto")
	x.send(at+"/stand", at+"/stand", url.Values{"stand": {"quatsch"}, "fassung": {fassung()}}, nil).want(t, 409)
	x.send(at+"/stand", at+"/stand", url.Values{"stand": {"approved"}, "fassung": {"99"}}, nil).want(t, 409, "Der Vorgang hat sich geändert")
	shot := phototest.Camera(3000, 2000, phototest.Notes{Lat: phototest.North(52.2), Lon: phototest.East(8.8), Maker: []byte("Bauhof")})
	x.send(at+"/stand", at+"/stand", url.Values{"stand": {"approved"}, "text": {"Heute ausgebessert."}, "fassung": {fassung()}}, shot).wantGo(t, at)
	a := x.read(0)
	if a.State != service.StateApproved || a.Text != "Heute ausgebessert." || len(a.Papers) != 1 || a.Papers[0].Type != "image/jpeg" {
		t.Fatalf("the phone reads %s %q with %d papers", a.State, a.Text, len(a.Papers))
	}
	if p := a.Papers[0].Data; len(p) > 200<<10 || bytes.Contains(p, []byte("Exif")) || bytes.Contains(p, []byte("Bauhof")) {
		t.Errorf("the photo has %d bytes, or its notes", len(p))
	}
	if c, err := pictures.DecodeConfig(bytes.NewReader(a.Papers[0].Data)); err != nil || c.Width != 1280 {
		t.Error(c.Width, err)
	}
	page := x.get(at)
	page.want(t, 200, "Mitgeteilt.", "Erledigt", "Heute ausgebessert.", "Foto vom 23.11.2026")
	if strings.Contains(page.body, "Bewilligt") {
		t.Error("a pothole is approved")
	}
	if res := x.get(at + "/dokument/1"); res.Header.Get("Content-Type") != "image/jpeg" || res.body != string(a.Papers[0].Data) {
		t.Error("the clerk does not see the photo that was sent")
	}
}

func TestAClerkChoosesWhatEverybodySees(t *testing.T) {
	x := newReportHouse(t, somePotholes()...)
	x.signIn()
	at, c := "/vorgang/"+x.numbers[0], x.find(0)
	page := x.get(at + "/veroeffentlichen")
	page.want(t, 200, "Was alle sehen dürfen", "Anrufen bitte: 05731 12345", "Kein Foto", "1200 × 800")
	v := url.Values{"text": {"Tiefes Loch neben dem Zebrastreifen."}, "foto": {c.Photos[0].Digest}, "flaechen": {"100 100 200\r\n"}, "fassung": {"0"}}
	x.post(at+"/veroeffentlichen", at+"/veroeffentlichen", v).want(t, 422, "nicht vier Zahlen", "Tiefes Loch")
	v.Set("flaechen", "9000 0 10 10")
	x.post(at+"/veroeffentlichen", at+"/veroeffentlichen", v).want(t, 422, "neben dem Foto")
	v.Set("flaechen", "100 100 200 200\r\n500 300 40 40\r\n")
	v.Set("vorschau", "1")
	seen := x.post(at+"/veroeffentlichen", at+"/veroeffentlichen", v)
	seen.want(t, 200, "Vorschau", "/foto/1/bedeckt?flaeche=100%2C100%2C200%2C200&flaeche=500%2C300%2C40%2C40")
	if x.find(0).Report.Public != nil {
		t.Fatal("a preview is published")
	}
	v.Del("vorschau")
	x.post(at+"/veroeffentlichen", at+"/veroeffentlichen", v).wantGo(t, at)
	p := x.find(0).Report.Public
	if p == nil || !p.Shown || p.Clerk != "b.kowalski" || !slices.Equal(p.Areas, []image.Rectangle{image.Rect(100, 100, 300, 300), image.Rect(500, 300, 540, 340)}) {
		t.Fatalf("%+v", p)
	}
	all, err := x.store.After(t.Context(), publish.Public, 0, 10)
	if err != nil || len(all) != 1 || strings.Contains(string(all[0].Data), "05731") {
		t.Fatalf("everybody reads %d records %v", len(all), err)
	}
	x.get(at).want(t, 200, "Zu sehen", "Tiefes Loch neben dem Zebrastreifen.", "oeffentlich.jpg")
	if res := x.get(at + "/oeffentlich.jpg"); res.StatusCode != 200 || len(res.body) > 9<<10 {
		t.Errorf("%d, %d bytes", res.StatusCode, len(res.body))
	}
	x.post(at, at+"/zuruecknehmen", url.Values{"fassung": {fmt.Sprint(x.find(0).Version)}}).wantGo(t, at)
	if all, _ := x.store.After(t.Context(), publish.Public, 0, 10); len(all) != 1 || !all[0].Deleted {
		t.Error("it can still be seen")
	}
	x.post(at, at+"/zuruecknehmen", url.Values{"fassung": {fmt.Sprint(x.find(0).Version)}}).want(t, 409)
}

func TestTheSameHoleIsWorkedOnce(t *testing.T) {
	x := newReportHouse(t, somePotholes()...)
	x.signIn()
	at := "/vorgang/" + x.numbers[1]
	x.get(at).want(t, 200, "Ist dasselbe wie", "Klosterstraße 14")
	for _, other := range []string{"BO-26-XXXX-XXX-X", x.numbers[1], ""} {
		x.post(at, at+"/zusammenlegen", url.Values{"mit": {other}, "fassung": {"0"}}).want(t, 422, "Damit geht das nicht")
	}
	x.post("/maengel", at+"/zusammenlegen", url.Values{"mit": {strings.ToLower(x.numbers[0])}, "fassung": {"0"}, "zurueck": {"/maengel"}}).wantGo(t, "/maengel")
	list := x.get("/maengel")
	list.want(t, 200, "6 Meldungen sind offen", "1 anderer meldet dasselbe", "Zusammengelegt.")
	x.get(at).want(t, 200, "Das ist dasselbe wie", x.numbers[0], "Doch nicht dasselbe")
	x.get("/vorgang/"+x.numbers[0]).want(t, 200, "Dasselbe melden auch", x.numbers[1])
	x.get(at+"/stand").want(t, 409)
	x.post(at, at+"/trennen", url.Values{"fassung": {fmt.Sprint(x.find(1).Version)}}).wantGo(t, at)
	x.get("/maengel").want(t, 200, "7 Meldungen sind offen")
}

func TestWithoutReportsThereAreNoSuchPages(t *testing.T) {
	h := newHouse(t, false)
	h.signIn()
	h.get("/maengel").want(t, 404)
	if strings.Contains(h.get("/arbeitsliste").body, "Mängel") {
		t.Error("the menu leads to nothing")
	}
}

func TestAreasAreFourNumbersALine(t *testing.T) {
	for text, want := range map[string]string{"": "", "\n \r\n": "", "1 2 3 4": "1 2 3 4\n", "1,2,3,4\r\n5;6;7;8": "1 2 3 4\n5 6 7 8\n"} {
		if got, err := readAreas(text); err != nil || writeAreas(got) != want {
			t.Errorf("%q: %q %v", text, writeAreas(got), err)
		}
	}
	for _, text := range []string{"1 2 3", "a b c d", "-1 2 3 4", "1 2 0 4", "1 2 3 4 5", "1 2 3 99999999999", strings.Repeat("1 1 1 1\n", maxAreas+1)} {
		if got, err := readAreas(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestReportsAreWorkedInABrowser(t *testing.T) {
	x := newReportHouse(t, somePotholes()...)
	ctx := browse(t)
	do(t, ctx, "sign in", signInWith(x.house))
	do(t, ctx, "list", chromedp.Navigate(x.url+"/maengel"), chromedp.WaitVisible("#karte"))
	ask[int](t, ctx, "window.same=1")
	do(t, ctx, "choose", chromedp.SetValue("#art", "licht"))
	ask[bool](t, ctx, `document.getElementById('art').dispatchEvent(new Event('change',{bubbles:true}))`)
	do(t, ctx, "filter", chromedp.WaitVisible(`//p[contains(.,"1 bis 1 von 1 Meldung")]`))
	if same, at := ask[int](t, ctx, "window.same||0"), ask[string](t, ctx, "location.search"); same != 1 || !strings.Contains(at, "art=licht") {
		t.Errorf("the page was loaded anew (%d), or its address is wrong: %s", same, at)
	}
	do(t, ctx, "all", chromedp.Navigate(x.url+"/maengel"), chromedp.WaitVisible("#karte"), tabTo("#karte a[href^='#m-']"), chromedp.KeyEvent(kb.Enter))
	if at := ask[string](t, ctx, "location.hash"); !strings.HasPrefix(at, "#m-BO-") {
		t.Errorf("a pin leads to %q", at)
	}
	do(t, ctx, "zoom", tabTo(`.map-ctl a[aria-label="Vergrößern"]`), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`.map-ctl a[href*="zoom=2"]`))
	do(t, ctx, "cover", chromedp.EmulateViewport(1440, 1600), chromedp.Navigate(x.url+"/vorgang/"+x.numbers[0]+"/veroeffentlichen"), chromedp.WaitVisible(".cover svg"))
	type box struct{ X, Y, W, H float64 }
	b := ask[box](t, ctx, `(()=>{const c=document.querySelector('.cover');c.scrollIntoView({block:'center'});const r=c.getBoundingClientRect();return {X:r.left,Y:r.top,W:r.width,H:r.height}})()`)
	do(t, ctx, "drag", chromedp.DragAndDropXY(b.X+b.W*.25, b.Y+b.H*.25, b.X+b.W*.5, b.Y+b.H*.5))
	typed := ask[string](t, ctx, "document.getElementById('flaechen').value")
	areas, err := readAreas(typed)
	if err != nil || len(areas) != 1 || !areas[0].In(image.Rect(290, 190, 610, 410)) || areas[0].Dx() < 280 || areas[0].Dy() < 180 {
		t.Fatalf("dragging gives %q", typed)
	}
	if chosen := ask[string](t, ctx, "document.querySelector('[name=foto]:checked').value"); chosen != x.find(0).Photos[0].Digest {
		t.Error("covering a photo does not choose it")
	}
	shoot(t, ctx, "maengel-verdecken-1440")
	do(t, ctx, "preview", chromedp.Click("[name=vorschau]"), chromedp.WaitVisible("#vorschau img"))
	if ok := ask[bool](t, ctx, "(async()=>{const i=document.querySelector('#vorschau img');await i.decode();return i.naturalWidth>0})()"); !ok {
		t.Error("the preview shows nothing")
	}
	shoot(t, ctx, "maengel-vorschau-1440")
	do(t, ctx, "publish", chromedp.Click(".decide button.primary"), chromedp.WaitVisible(".thumb"))
	if p := x.find(0).Report.Public; p == nil || !p.Shown || len(p.Areas) != 1 || !p.Areas[0].Eq(areas[0]) {
		t.Errorf("%+v", p)
	}
}

func TestReportPagesAreAccessibleAndFitTheirWindow(t *testing.T) {
	x := newReportHouse(t, somePotholes()...)
	c := x.find(0)
	if err := x.real.Publish(t.Context(), c.Number, "t.lindemann", "Tiefes Loch neben dem Zebrastreifen.", c.Photos[0].Digest, []image.Rectangle{image.Rect(100, 100, 400, 300)}, 0); err != nil {
		t.Fatal(err)
	}
	if err := x.real.Move(t.Context(), x.numbers[3], "t.lindemann", cases.Progress{State: service.StateApproved, Text: "Abgeholt."}, 0); err != nil {
		t.Fatal(err)
	}
	ctx := browse(t)
	do(t, ctx, "sign in", signInWith(x.house))
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?: defer)?>|hx-on`)
	x.signIn()
	for name, path := range map[string]string{
		"maengel": "/maengel", "maengel-liste": "/maengel?ansicht=liste&sicht=alle", "maengel-leer": "/maengel?sicht=erledigt&art=licht", "maengel-nah": "/maengel?um=" + x.numbers[0] + "&zoom=2",
		"meldung": "/vorgang/" + x.numbers[0], "meldung-ohne": "/vorgang/" + x.numbers[4], "meldung-fertig": "/vorgang/" + x.numbers[3], "stand": "/vorgang/" + x.numbers[0] + "/stand", "veroeffentlichen": "/vorgang/" + x.numbers[0] + "/veroeffentlichen",
	} {
		if m := inline.FindString(x.get(path).body); m != "" {
			t.Errorf("%s has %q", path, m)
		}
		lookAt(t, ctx, x.house, path, name)
	}
}
