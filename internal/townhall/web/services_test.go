package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"html"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/pdf"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/surveys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// publishers lets every user decide what is offered.
type publishers struct{ Users }

func (p publishers) Check(ctx context.Context, login, password string) (User, error) {
	u, err := p.Users.Check(ctx, login, password)
	u.Publishes = true
	return u, err
}

func (p publishers) Find(ctx context.Context, login string) (User, bool, error) {
	u, ok, err := p.Users.Find(ctx, login)
	u.Publishes = true
	return u, ok, err
}

// shelf is a house with a library on a disk, and the services that ship.
type shelf struct {
	*house
	library *services.Library
	signer  proof.Key
}

func newShelf(t testing.TB, may bool) *shelf {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c := shipped(t)
	s := &shelf{house: newHouseWith(t, false, c)}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "town.db"), s.clock)
	must(err)
	t.Cleanup(func() { store.Close() })
	key, err := proof.Generate()
	must(err)
	s.signer, err = proof.Generate()
	must(err)
	must(store.AddPublisher(t.Context(), services.Publisher{Name: "Amt für Digitales", Key: s.signer.Public(), Added: monday}))
	s.library, err = services.Open(t.Context(), services.Options{Store: store, Catalogue: c, Scopes: []string{"stadt"}, Now: s.clock, Render: rendered(t),
		Sign: func(kind string, payload any) (string, error) { return proof.Sign(key, kind, payload) }})
	must(err)
	var users Users = s.users
	if may {
		users = publishers{s.users}
	}
	s.serve(Options{Book: s.book, Users: users, Catalogue: c, Library: s.library, Now: s.clock,
		Surveys: surveys.New(surveys.Options{Store: store, Tenant: "stadt", Find: s.library.Find, Now: s.clock})})
	s.signIn()
	return s
}

// rendered makes papers with the fonts that ship.
func rendered(t testing.TB) func(document.Document) ([]byte, error) {
	t.Helper()
	var fonts pdf.Fonts
	for name, into := range map[string]*[]byte{"Regular": &fonts.Regular, "Bold": &fonts.Bold} {
		data, err := assets.FS.ReadFile("fonts/AtkinsonHyperlegibleNext-" + name + ".ttf")
		if err != nil {
			t.Fatal(err)
		}
		*into = data
	}
	return func(d document.Document) ([]byte, error) { return pdf.Render(d, fonts) }
}

// newVersion is the survey as another version.
func newVersion(t testing.TB, version string) fstest.MapFS {
	t.Helper()
	from, err := fs.Sub(assets.FS, "services/umfrage")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	err = fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		text := strings.Replace(string(data), `version: "1"`, `version: "`+version+`"`, 1)
		files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, "Umfrage zu diesem Gerät", "Was denken Sie, zum "+version+". Mal?"))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func zipped(t testing.TB, files fs.FS) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(files); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hand hands a file in, as the page's form does.
func (s *shelf) hand(data []byte) reply {
	s.t.Helper()
	page := s.get("/leistungen")
	m := tokenField.FindStringSubmatch(page.body)
	if m == nil {
		s.t.Fatalf("there is no form (%d)", page.StatusCode)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("csrf_token", html.UnescapeString(m[1]))
	f, err := w.CreateFormFile("datei", "x.zip")
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = f.Write(data)
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.url+"/leistungen", &b)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", s.url)
	return s.do(req)
}

// publish hands a file in and confirms.
func (s *shelf) publish(data []byte) {
	s.t.Helper()
	to := s.hand(data).Header.Get("Location")
	if !strings.HasPrefix(to, "/leistungen/pruefen/") {
		s.t.Fatalf("the file is not taken: %q", to)
	}
	s.post(to, to, url.Values{}).wantGo(s.t, "/leistung/umfrage")
}

func TestAClerkPublishesAServiceAndSeesBeforeWhatChanges(t *testing.T) {
	s := newShelf(t, true)
	s.get("/leistungen").want(t, http.StatusOK, "Leistungen", "Umfrage zu diesem Gerät", "Ausgeliefert", "davon 0 hier veröffentlicht", "aria-current")
	files, err := bundle.Pack(newVersion(t, "2"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := bundle.Sign(s.signer, "umfrage", "2", files)
	if err != nil {
		t.Fatal(err)
	}
	to := s.hand(signed).Header.Get("Location")
	s.get(to).want(t, http.StatusOK, "Fassung 2, jetzt gilt 1", "Statt „Umfrage zu diesem Gerät“ heißt es jetzt „Was denken Sie, zum 2. Mal?“", "Unterschrieben von Amt für Digitales")
	s.get("/leistung/umfrage").want(t, http.StatusOK, "Noch nichts veröffentlicht")
	s.post(to, to, url.Values{}).wantGo(t, "/leistung/umfrage")
	s.get("/leistung/umfrage").want(t, http.StatusOK, "Terminals und Apps bekommen die Fassung", "gilt jetzt", "unterschrieben von Amt für Digitales", "Fassung 2 veröffentlicht")
	if now, ok := s.library.Find("umfrage", "2"); !ok || !strings.Contains(string(now.Schema()), "ease") {
		t.Error("what was published cannot be found with its schema")
	}
	s.get("/erfassen").want(t, http.StatusOK, "Was denken Sie, zum 2. Mal?")
	s.get(to).want(t, http.StatusGone, "liegt nicht mehr bereit")
	s.publish(zipped(t, newVersion(t, "3")))
	s.post("/leistung/umfrage", "/leistung/umfrage/fassung", url.Values{"fassung": {"2"}}).wantGo(t, "/leistung/umfrage")
	s.get("/leistungen").want(t, http.StatusOK, "Was denken Sie, zum 2. Mal?", "Fassung 2 wieder angeboten", "davon 1 hier veröffentlicht")
	s.get("/leistung/umfrage/zurueckziehen").want(t, http.StatusOK, "Fassung 2 zurückziehen?", "Terminals und Apps zeigen dann wieder Fassung 1", "später wieder anbieten")
	s.post("/leistung/umfrage/zurueckziehen", "/leistung/umfrage/zurueckziehen", url.Values{}).wantGo(t, "/leistung/umfrage")
	s.get("/leistung/umfrage").want(t, http.StatusOK, "Umfrage zu diesem Gerät", "Fassung 2 zurückgezogen", "Wieder anbieten", "Terminals und Apps erfahren es")
	s.get("/leistung/umfrage/zurueckziehen").wantGo(t, "/leistung/umfrage")
	s.post("/leistung/umfrage", "/leistung/umfrage/zurueckziehen", url.Values{}).want(t, http.StatusConflict, "nichts zurückzuziehen")
	if was, ok := s.library.Find("umfrage", "3"); !ok || !strings.Contains(string(was.Schema()), "ease") {
		t.Error("what was withdrawn cannot be found any more")
	}
	s.get("/leistung/gibtesnicht").want(t, http.StatusNotFound)
}

func TestAFolderThatDoesNotCheckIsRefusedOnThePageWithEveryReason(t *testing.T) {
	s := newShelf(t, true)
	bad := newVersion(t, "2")
	bad["texts/en.yaml"] = &fstest.MapFile{Data: []byte("title: Survey\n")}
	delete(bad, "examples/cross.yaml")
	s.hand(zipped(t, bad)).want(t, http.StatusUnprocessableEntity, "kann so nicht angeboten werden", "texts/en.yaml", "lead is missing", "law is missing", "page.ease.title is missing")
	s.hand(zipped(t, newVersion(t, "1"))).want(t, http.StatusUnprocessableEntity, "version 1 is taken")
	s.hand([]byte("<script>alert(1)</script>\n")).want(t, http.StatusUnprocessableEntity, "Die Unterschrift gilt hier nicht")
	s.hand(zipped(t, fstest.MapFS{"<b>.yaml": {Data: []byte("x")}})).want(t, http.StatusUnprocessableEntity, "kein Ordner einer Leistung", "<b>.yaml")
	s.hand(nil).want(t, http.StatusUnprocessableEntity, "Es kam keine Datei an")
	if r := s.hand(zipped(t, fstest.MapFS{"<b>.yaml": {Data: []byte("x")}})); strings.Contains(r.body, "<b>.yaml") {
		t.Error("what somebody wrote is part of the page")
	}
	s.get("/leistungen").want(t, http.StatusOK, "davon 0 hier veröffentlicht")
	if strings.Contains(s.log.String(), "Survey") {
		t.Error("the log says what was in the file")
	}
}

func TestOnlyWhoMayDecidesWhatIsOffered(t *testing.T) {
	s := newShelf(t, false)
	if page := s.get("/arbeitsliste"); strings.Contains(page.body, "/leistungen") {
		t.Error("the menu leads to a page that is not for this clerk")
	}
	for _, path := range []string{"/leistungen", "/leistung/umfrage", "/leistung/umfrage/zurueckziehen", "/leistungen/pruefen/x"} {
		s.get(path).want(t, http.StatusForbidden, "Das dürfen nur wenige")
	}
	for _, path := range []string{"/leistungen", "/leistung/umfrage/fassung", "/leistung/umfrage/zurueckziehen", "/leistungen/pruefen/x"} {
		s.post("/arbeitsliste", path, url.Values{}).want(t, http.StatusForbidden, "Das dürfen nur wenige")
	}
}

func TestWhatSomebodyElseHandedInIsNotConfirmed(t *testing.T) {
	s := newShelf(t, true)
	sheets := newSheets(s.clock)
	id := sheets.put("b.kowalski", services.Folder{Signer: "mine"})
	if _, found := sheets.get("a.other", id); found {
		t.Error("another clerk finds it")
	}
	for range maxSheets {
		sheets.put("b.kowalski", services.Folder{})
	}
	if _, found := sheets.get("b.kowalski", id); found {
		t.Error("there is no end to what lies ready")
	}
	id = sheets.put("b.kowalski", services.Folder{})
	s.wait(sheetLife)
	if _, found := sheets.get("b.kowalski", id); found {
		t.Error("it lies ready for ever")
	}
}

func TestBrokenRulesStandOnThePage(t *testing.T) {
	s := newShelf(t, true)
	m := wire.Faults{V: 1, ID: "01931e5c-0000-7000-8000-000000000001", Faults: []wire.Fault{
		{Kind: wire.FaultRule, Service: "umfrage", Version: "1", File: "form.yaml", Line: 12, Key: "fee.amount", Count: 3},
		{Kind: wire.FaultRefused, Service: "umfrage", Version: "1", Reason: "no situation <zukunft>", Count: 1},
	}}
	if err := s.library.Note(t.Context(), hall.Device{Name: "Terminal Bürgerbüro"}, m); err != nil {
		t.Fatal(err)
	}
	s.get("/leistungen").want(t, http.StatusOK, "2 Auffälligkeiten")
	s.get("/leistung/umfrage").want(t, http.StatusOK, "Eine Regel schlug fehl, 3-mal", "Fassung 1, form.yaml Zeile 12: fee.amount", "Terminal Bürgerbüro, zuletzt gemeldet", "no situation <zukunft>")
}

func TestThePagesOfServicesAreAccessible(t *testing.T) {
	s := newShelf(t, true)
	ctx := browse(t)
	s.publish(zipped(t, newVersion(t, "2")))
	s.publish(zipped(t, newVersion(t, "3")))
	if err := s.library.Note(t.Context(), hall.Device{Name: "Terminal Bürgerbüro"}, wire.Faults{V: 1, ID: "01931e5c-0000-7000-8000-000000000001", Faults: []wire.Fault{
		{Kind: wire.FaultRule, Service: "umfrage", Version: "2", File: "form.yaml", Line: 12, Key: "fee.amount", Count: 3}}}); err != nil {
		t.Fatal(err)
	}
	to := s.hand(zipped(t, newVersion(t, "2.5"))).Header.Get("Location")
	bad := newVersion(t, "4")
	bad["texts/en.yaml"] = &fstest.MapFile{Data: []byte("title: Survey\n")}
	refusedFile := filepath.Join(t.TempDir(), "umfrage-4.zip")
	if err := os.WriteFile(refusedFile, zipped(t, bad), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, "sign in", signInWith(s.house))
	look := func(name string) {
		for _, width := range []int64{1440, 390} {
			do(t, ctx, name, chromedp.EmulateViewport(width, 900))
			accessible(t, ctx, name)
			shoot(t, ctx, fmt.Sprintf("%s-%d", name, width))
		}
		do(t, ctx, name, chromedp.EmulateViewport(1280, 900))
		if out := ask[string](t, ctx, stickingOut); out != "" {
			t.Errorf("%s: buttons stick out of their card: %s", name, out)
		}
	}
	for path, name := range map[string]string{"/leistungen": "leistungen", "/leistung/umfrage": "leistung", "/leistung/wohngeld": "leistung-ausgeliefert", "/leistung/umfrage/zurueckziehen": "leistung-zurueckziehen", to: "leistung-pruefen"} {
		do(t, ctx, path, chromedp.Navigate(s.url+path), chromedp.WaitVisible("#inhalt"))
		look(name)
	}
	do(t, ctx, "hand in", chromedp.Navigate(s.url+"/leistungen"), chromedp.WaitVisible("#datei"), chromedp.SetUploadFiles("#datei", []string{refusedFile}), chromedp.Click(".decide button"), chromedp.WaitVisible("#fehler"))
	look("leistungen-abgelehnt")
}
