package web

import (
	"bytes"
	"fmt"
	"html"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/place"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

var (
	loadShipped = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(assets.FS, "stadt") })
	loadSmall   = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(os.DirFS("testdata/town"), "stadt") })
)

// shipped is the town's whole catalogue; what is published into it is the test's own.
func shipped(t testing.TB) *service.Catalogue {
	t.Helper()
	c, err := loadShipped()
	if err != nil {
		t.Fatal(err)
	}
	return c.Beside()
}

// send posts a form with files, as the page at from would.
func (h *house) send(from, to string, v url.Values, files map[string][]byte) reply {
	h.t.Helper()
	m := tokenField.FindStringSubmatch(h.get(from).body)
	if m == nil {
		h.t.Fatalf("the page %s has no form", from)
	}
	v.Set("csrf_token", html.UnescapeString(m[1]))
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range v {
		for _, value := range values {
			if err := w.WriteField(name, value); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) { // in the order in which somebody chose them
		data := files[name]
		field, name, other := strings.Cut(name, "|")
		if !other {
			field, name = "/photos", field
		}
		part, err := w.CreateFormFile("a:"+field, name)
		if err != nil {
			h.t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		h.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, h.url+to, &body)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", h.url)
	return h.do(req)
}

func snapshot(edge int) []byte {
	lat, lon := 52.2, 8.8
	return phototest.Camera(edge, edge, phototest.Notes{Lat: phototest.North(lat), Lon: phototest.East(lon)})
}

// what a clerk says on the first page of a defect report
func pothole() url.Values {
	return url.Values{"seite": {"foto"}, "gefragt": {"/category", "/what", "/photos"}, "a:/category": {`"strasse"`}, "a:/what": {`"schlagloch"`}}
}

func TestAReportIsEnteredAtTheCounterWithPhotosAndAPlace(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	h.signIn()
	draft := h.post("/erfassen/maengelmeldung", "/erfassen/maengelmeldung", url.Values{"weg": {"counter"}, "sprache": {"de"}}).Header.Get("Location")
	h.get(draft).want(t, 200, `enctype="multipart/form-data"`, `type="file"`)

	again := pothole()
	again.Set("nur", "ansehen") // a script sends the photos at once, and the page shows them
	res := h.send(draft, draft, again, map[string][]byte{"a.jpg": snapshot(640), "b.jpg": snapshot(480)})
	res.want(t, 200, "Foto 1 entfernen", "Foto 2 entfernen")
	shown := regexp.MustCompile(`src="(`+regexp.QuoteMeta(draft)+`/foto/([0-9a-f]{64}))"`).FindAllStringSubmatch(res.body, -1)
	if len(shown) != 2 {
		t.Fatalf("%d photos are shown", len(shown))
	}
	seen := h.get(shown[0][1])
	if seen.Header.Get("Content-Type") != "image/jpeg" || seen.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(seen.body, "\xff\xd8") || strings.Contains(seen.body, "Exif") {
		t.Error("the photo is not a plain JPEG that nobody keeps")
	}
	h.get(draft+"/foto/"+strings.Repeat("0", 64)).want(t, 404)

	v := pothole()
	v.Set("weg:/photos", shown[1][2])
	h.send(draft, draft, v, nil).wantGo(t, draft+"?seite=ort")
	ort := draft + "?seite=ort"
	asked := url.Values{"seite": {"ort"}, "gefragt": {"/place/street", "/place/number", "/place/words"}, "a:/place/number": {"14"}}
	h.post(ort, draft, asked).want(t, 422, "Straße: Bitte nennen Sie auch die Straße.", `href="#f-place-street"`, "Wo genau?")
	asked.Set("a:/place/street", "Klosterstraße")
	h.post(ort, draft, asked).wantGo(t, draft+"?seite=fragen")
	h.post(draft+"?seite=fragen", draft, url.Values{"seite": {"fragen"}, "gefragt": {"/size", "/danger"}, "a:/size": {`"teller"`}, "a:/danger": {"true"}}).wantGo(t, draft+"?seite=worte")
	h.post(draft+"?seite=worte", draft, url.Values{"seite": {"worte"}, "gefragt": {"/words"}, "a:/words": {"Neben dem Zebrastreifen."}}).wantGo(t, draft+"/pruefen")
	h.get(draft+"/pruefen").want(t, 200, "1 Foto", "Klosterstraße 14", "Schlagloch", "Es kostet nichts.")
	h.post(draft+"/pruefen", draft+"/pruefen", url.Values{}).want(t, 200, "Der Antrag ist gestellt")

	h.book.mu.Lock()
	defer h.book.mu.Unlock()
	found := false
	for _, c := range h.book.m {
		if c.Service != "maengelmeldung" {
			continue
		}
		found = true
		answer, _ := c.Application.Answers.Get("/photos")
		if d := form.Digests(answer); len(d) != 1 || d[0] != shown[0][2] || len(c.Photos) != 1 || c.Photos[0].Digest != d[0] || c.Photos[0].Width != 640 || string(c.Photos[0].Data) != seen.body {
			t.Errorf("%v, %d photos", d, len(c.Photos))
		}
		if a := c.Application.Attachments; len(a) != 1 || a[0].Digest != shown[0][2] || a[0].Field != "/photos" {
			t.Errorf("%+v", a)
		}
		place, _ := c.Application.Answers.Get("/place")
		if s, ok := form.SpotOf(place); !ok || s.Address() != "Klosterstraße 14" || s.How != form.ByStreet {
			t.Errorf("%+v", s)
		}
	}
	if !found {
		t.Error("there is no case")
	}
}

func TestAFileThatIsNoPhotoIsRefusedAndTheOthersAreKept(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	h.signIn()
	draft := h.post("/erfassen/maengelmeldung", "/erfassen/maengelmeldung", url.Values{"weg": {"paper"}, "sprache": {"de"}}).Header.Get("Location")
	heic, err := os.ReadFile(filepath.Join("..", "..", "core", "photo", "testdata", "photo.heic"))
	if err != nil {
		t.Fatal(err)
	}
	good := snapshot(320)
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"brief.pdf": {[]byte("%PDF-1.7 geheim"), "Das ist kein Foto"}, "iphone.heic": {heic, "JPEG oder PNG"}, "leer.jpg": {nil, "In der Datei ist nichts."}, "halb.jpg": {good[:len(good)/2], "beschädigt"},
	} {
		res := h.send(draft, draft, pothole(), map[string][]byte{name: c.data})
		res.want(t, 422, c.says, `href="#f-photos"`)
		if strings.Contains(h.log.String(), name) || strings.Contains(res.body, name) {
			t.Error("a file's name is repeated")
		}
	}
	six := map[string][]byte{}
	for i := range 6 {
		six[fmt.Sprint(i)] = snapshot(100 + i)
	}
	h.send(draft, draft, pothole(), six).want(t, 422, "Mehr als 5 Fotos passen hier nicht hinein.", "Foto 5 entfernen")
	if strings.Contains(h.get(draft).body, "Foto 6") || strings.Contains(h.get(draft).body, `type="file"`) {
		t.Error("a sixth photo is there, or asked for")
	}
	h.send(draft, draft, pothole(), map[string][]byte{"riesig.jpg": make([]byte, maxUpload+1)}).want(t, 413, "Das war zu viel auf einmal")
}

func TestWhoIsNotSignedInSendsNoPhotos(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	res := h.send("/anmelden", "/erfassen/maengelmeldung/x", pothole(), map[string][]byte{"a.jpg": make([]byte, maxBody+1)})
	if res.StatusCode < 400 && res.Header.Get("Location") == "" {
		t.Errorf("answer %d", res.StatusCode)
	}
}

func TestPhotosAndPlaceAreEnteredInABrowser(t *testing.T) {
	h := newHouseWith(t, false, shipped(t))
	ctx := browse(t)
	at := filepath.Join(t.TempDir(), "loch.jpg")
	if err := os.WriteFile(at, snapshot(800), 0o600); err != nil {
		t.Fatal(err)
	}
	choose := func(label string) move {
		return chromedp.Click(fmt.Sprintf(`//label[contains(@class,"choice")][contains(.,%q)]`, label))
	}
	do(t, ctx, "start", signInWith(h), chromedp.Navigate(h.url+"/erfassen/maengelmeldung"), choose("am Schalter"), chromedp.Click(".card form .btn.primary"), chromedp.WaitVisible("#f-photos"))
	do(t, ctx, "category", choose("Straße"), chromedp.WaitVisible("#f-what"), choose("Schlagloch"), chromedp.WaitVisible("#f-what-0:checked"))
	do(t, ctx, "photo", chromedp.SetUploadFiles("#f-photos", []string{at}), chromedp.WaitVisible(".photos img"))
	shoot(t, ctx, "melden-foto-1440")
	accessible(t, ctx, "photo page")
	do(t, ctx, "place", chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-place-street"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#fehler"))
	accessible(t, ctx, "place page with a mistake")
	shoot(t, ctx, "melden-ort-1440")
	do(t, ctx, "street", chromedp.SendKeys("#f-place-street", "Klosterstraße"), chromedp.SendKeys("#f-place-number", "14"), chromedp.Click("[name=weiter]"), chromedp.WaitVisible("#f-size"))
	shoot(t, ctx, "melden-fragen-1440")
	accessible(t, ctx, "questions")
}

func TestTheBrowserCompletesTheNamesOfStreets(t *testing.T) {
	s := &site{Options: Options{Town: &place.Town{Streets: []place.Street{{Name: "Klosterstraße"}, {Name: "Ostkorso"}}}}}
	x := draw(form.Field{Path: "/place", Kind: form.Place, Parts: []form.Field{{Path: "/place/street", Kind: form.Text}, {Path: "/place/number", Kind: form.Text}}}, false)
	s.offerStreets(x.Parts)
	if street, number := x.Parts[0], x.Parts[1]; !slices.Equal(street.List, []string{"Klosterstraße", "Ostkorso"}) || number.List != nil || number.Width != "short" {
		t.Errorf("%+v", x.Parts)
	}
}
