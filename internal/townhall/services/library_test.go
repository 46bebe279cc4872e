package services_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/sqlite"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// survey is a service that ships.
const survey = "umfrage"

var shipped = sync.OnceValues(func() (*service.Catalogue, error) { return service.LoadCatalogue(assets.FS, "stadt") })

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// desk is a library on a disk.
type desk struct {
	*services.Library
	store     *sqlite.Store
	catalogue *service.Catalogue
	key       proof.Key
	path      string
	now       time.Time
	nudges    int
}

func open(t testing.TB) *desk {
	t.Helper()
	d := &desk{key: must(proof.Generate())(t), path: filepath.Join(t.TempDir(), "town.db"), now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	d.store = must(sqlite.Open(t.Context(), d.path, d.clock))(t)
	t.Cleanup(func() { d.store.Close() })
	d.Library, d.catalogue = d.beside(t)
	return d
}

func (d *desk) clock() time.Time { d.now = d.now.Add(time.Second); return d.now }

// beside is another process's library on the same disk.
func (d *desk) beside(t testing.TB) (*services.Library, *service.Catalogue) {
	t.Helper()
	c := must(shipped())(t).Beside()
	return must(services.Open(t.Context(), services.Options{
		Store: d.store, Catalogue: c, Scopes: []string{"stadt", wire.ScopePublic}, Now: d.clock, Nudge: func() { d.nudges++ },
		Sign: func(kind string, payload any) (string, error) { return proof.Sign(d.key, kind, payload) },
	}))(t), c
}

// folder is the service that ships, under another id or as another version, with another title.
func folder(t testing.TB, id, version, title string) fstest.MapFS {
	t.Helper()
	from := must(fs.Sub(assets.FS, "services/"+survey))(t)
	files := fstest.MapFS{}
	ok(t, fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		text := strings.ReplaceAll(string(data), "id: "+survey, "id: "+id)
		text = strings.Replace(text, `version: "1"`, `version: "`+version+`"`, 1)
		if name == "texts/de.yaml" {
			lines := strings.Split(text, "\n")
			for i, l := range lines {
				if strings.HasPrefix(l, "title:") {
					lines[i] = "title: " + title
				}
			}
			text = strings.Join(lines, "\n")
		}
		files[name] = &fstest.MapFile{Data: []byte(text)}
		return err
	}))
	return files
}

func (d *desk) check(t testing.TB, files fs.FS) services.Folder {
	t.Helper()
	return must(d.CheckFolder(t.Context(), must(bundle.Pack(files))(t)))(t)
}

func (d *desk) publish(t testing.TB, files fs.FS) {
	t.Helper()
	ok(t, d.Publish(t.Context(), d.check(t, files), "kowalski"))
}

func (d *desk) offered(t testing.TB, id, version, title string) {
	t.Helper()
	s, found := d.catalogue.Find(id, "")
	if version == "" {
		if found {
			t.Fatalf("%s is still offered: %s", id, s.Version)
		}
		return
	}
	if !found || s.Version != version || s.Title("de") != title {
		t.Fatalf("%s: %t, %s %q", id, found, s.Version, s.Title("de"))
	}
	if hits := d.catalogue.Search("de", title); len(hits) == 0 || hits[0].Service != s {
		t.Errorf("the search does not find %q", title)
	}
}

func (d *desk) records(t testing.TB) map[string]wire.Record {
	t.Helper()
	all := map[string]wire.Record{}
	for _, scope := range []string{"stadt", wire.ScopePublic} {
		for _, r := range must(d.store.After(t.Context(), scope, 0, 100))(t) {
			ok(t, r.Check())
			all[scope+" "+r.ID] = r
		}
	}
	return all
}

func TestAPublishedVersionIsOfferedAndTheOlderOnesStay(t *testing.T) {
	d := open(t)
	d.offered(t, survey, "1", "Umfrage zu diesem Gerät")
	f := d.check(t, folder(t, survey, "2", "Was denken Sie?"))
	if len(f.Flaws) > 0 || f.Now == nil || f.Now.Version != "1" || len(f.Changes) != 1 || !strings.Contains(f.Changes[0].What, "Was denken Sie?") {
		t.Fatalf("%+v %+v", f.Flaws, f.Changes)
	}
	ok(t, d.Publish(t.Context(), f, "kowalski"))
	d.publish(t, folder(t, survey, "3", "Ihre Meinung"))
	d.offered(t, survey, "3", "Ihre Meinung")
	for _, version := range []string{"1", "2", "3"} {
		if s, found := d.Find(survey, version); !found || s.Version != version {
			t.Errorf("version %s is gone", version)
		}
	}
	if d.nudges != 2 {
		t.Errorf("%d nudges", d.nudges)
	}
	for scope, r := range d.records(t) {
		p := must(wire.ReadPublished(r))(t)
		var o wire.Offer
		must(proof.Verify([]proof.PublicKey{d.key.Public()}, proof.Offer, p.Token, &o))(t)
		if ok(t, o.Check()); o.Version != "3" || o.SHA256 != wire.Digest(p.Packed) || o.Tenant != "stadt" {
			t.Errorf("%s: %+v", scope, o)
		}
	}
	list, history, err := d.List(t.Context())
	ok(t, err)
	if len(history) != 2 || history[0].Version != "3" || history[0].Who != "kowalski" || history[0].Kind != services.EventPublished {
		t.Errorf("%+v", history)
	}
	for _, e := range list {
		if e.ID == survey && (e.Shipped != "1" || e.Offered != "3" || !e.Published() || len(e.Versions) != 2) {
			t.Errorf("%+v", e)
		}
		if e.ID != survey && (e.Published() || e.Offered != e.Shipped) {
			t.Errorf("%+v", e)
		}
	}
}

func TestANumberIsNeverUsedForSomethingElse(t *testing.T) {
	d := open(t)
	d.publish(t, folder(t, survey, "2", "Was denken Sie?"))
	for version, title := range map[string]string{"1": "Anders als ausgeliefert", "2": "Anders als veröffentlicht"} {
		f := d.check(t, folder(t, survey, version, title))
		if len(f.Flaws) != 1 || !strings.Contains(f.Flaws[0].Wrong, "version "+version+" is taken") {
			t.Errorf("%s: %+v", version, f.Flaws)
		}
		f.Flaws = nil // somebody who does not look
		if err := d.Publish(t.Context(), f, "kowalski"); !errors.Is(err, services.ErrVersion) {
			t.Errorf("%s: %v", version, err)
		}
	}
	d.publish(t, folder(t, survey, "2", "Was denken Sie?")) // the same once more is no harm
	d.offered(t, survey, "2", "Was denken Sie?")
}

func TestWhatDoesNotCheckIsRefusedWithEveryReason(t *testing.T) {
	d := open(t)
	files := folder(t, survey, "2", "Was denken Sie?")
	files["texts/en.yaml"] = &fstest.MapFile{Data: []byte("title: Survey\n")}
	var examples int
	for name := range files {
		if strings.HasPrefix(name, "examples/") {
			if examples++; examples > 2 {
				delete(files, name)
			}
		}
	}
	f := d.check(t, files)
	wheres := map[string]int{}
	for _, x := range f.Flaws {
		wheres[x.Where]++
	}
	if wheres["texts/en.yaml"] < 5 || wheres["examples"] != 1 {
		t.Fatalf("%+v", f.Flaws)
	}
	err := d.Publish(t.Context(), f, "kowalski")
	for _, x := range f.Flaws {
		if !errors.Is(err, service.ErrFlaws) || !strings.Contains(err.Error(), x.Wrong) {
			t.Errorf("%s is not said: %v", x.Wrong, err)
		}
	}
	broken := folder(t, survey, "2", "Was denken Sie?")
	broken["form.yaml"].Data = append(broken["form.yaml"].Data, "\nfee: { amount: { cel: \"1 +\" } }\n"...)
	if f := d.check(t, broken); f.Service != nil || len(f.Flaws) == 0 || !errors.Is(d.Publish(t.Context(), f, "x"), service.ErrFlaws) {
		t.Errorf("%+v", f)
	}
	elsewhere := folder(t, survey, "2", "Was denken Sie?")
	elsewhere["service.yaml"].Data = []byte(strings.Replace(string(elsewhere["service.yaml"].Data), "[stadt]", "[staatsbad]", 1))
	if f := d.check(t, elsewhere); len(f.Flaws) == 0 {
		t.Error("another tenant's service is taken")
	}
	if len(d.records(t)) != 0 {
		t.Error("devices hear of it")
	}
	d.offered(t, survey, "1", "Umfrage zu diesem Gerät")
}

func TestOnlyPublishersSignaturesCount(t *testing.T) {
	d := open(t)
	ours, foreign := must(proof.Generate())(t), must(proof.Generate())(t)
	ok(t, d.store.AddPublisher(t.Context(), services.Publisher{Name: "Fachverfahren", Key: ours.Public(), Added: d.clock()}))
	if err := d.store.AddPublisher(t.Context(), services.Publisher{Name: "Noch einer", Key: ours.Public()}); !errors.Is(err, services.ErrPublisher) {
		t.Error(err)
	}
	files := must(bundle.Pack(folder(t, survey, "2", "Was denken Sie?")))(t)
	good := must(bundle.Sign(ours, survey, "2", files))(t)
	f := must(d.Check(t.Context(), good))(t)
	if f.Signer != "Fachverfahren" || len(f.Flaws) > 0 {
		t.Errorf("%q %+v", f.Signer, f.Flaws)
	}
	damaged := bytes.Clone(good)
	damaged[20] ^= 1
	for name, file := range map[string][]byte{"somebody else": must(bundle.Sign(foreign, survey, "2", files))(t), "changed": damaged} {
		if _, err := d.Check(t.Context(), file); !errors.Is(err, services.ErrSigner) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string][]byte{"another id": must(bundle.Sign(ours, "hundesteuer", "2", files))(t), "another version": must(bundle.Sign(ours, survey, "7", files))(t)} {
		if f := must(d.Check(t.Context(), file))(t); len(f.Flaws) == 0 {
			t.Errorf("signed as %s it is taken", name)
		}
	}
	ok(t, d.Publish(t.Context(), f, "kowalski"))
	ok(t, d.store.RemovePublisher(t.Context(), "Fachverfahren"))
	if _, err := d.Check(t.Context(), good); !errors.Is(err, services.ErrSigner) {
		t.Error("who was taken away still publishes:", err)
	}
	d.offered(t, survey, "2", "Was denken Sie?")
}

func TestAZippedFolderIsTakenAndANoFolderIsNot(t *testing.T) {
	d := open(t)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	ok(t, z.AddFS(folder(t, survey, "2", "Was denken Sie?")))
	ok(t, z.Close())
	if f := must(d.Check(t.Context(), b.Bytes()))(t); len(f.Flaws) > 0 || f.Signer != "" {
		t.Errorf("%+v", f.Flaws)
	}
	for _, file := range []string{"", "hello", "PK\x03\x04", "a.b.c\n"} {
		if _, err := d.Check(t.Context(), []byte(file)); !errors.Is(err, bundle.ErrBundle) && !errors.Is(err, services.ErrSigner) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestWithdrawnItFallsBackToWhatShipsOrDisappears(t *testing.T) {
	d := open(t)
	d.publish(t, folder(t, survey, "2", "Was denken Sie?"))
	d.publish(t, folder(t, "laternenumzug", "1", "Laternenumzug anmelden"))
	d.offered(t, "laternenumzug", "1", "Laternenumzug anmelden")
	ok(t, d.Withdraw(t.Context(), survey, "kowalski"))
	ok(t, d.Withdraw(t.Context(), "laternenumzug", "kowalski"))
	d.offered(t, survey, "1", "Umfrage zu diesem Gerät")
	d.offered(t, "laternenumzug", "", "")
	if s, found := d.Find("laternenumzug", "1"); !found || s.Title("de") != "Laternenumzug anmelden" {
		t.Error("an application on its way cannot be checked any more")
	}
	for what, r := range d.records(t) {
		if !r.Deleted {
			t.Errorf("%s is still published", what)
		}
	}
	if err := d.Withdraw(t.Context(), survey, "kowalski"); !errors.Is(err, services.ErrUnknown) {
		t.Error(err)
	}
	if err := d.Return(t.Context(), survey, "9", "kowalski"); !errors.Is(err, services.ErrUnknown) {
		t.Error(err)
	}
	ok(t, d.Return(t.Context(), survey, "2", "vogt"))
	d.offered(t, survey, "2", "Was denken Sie?")
	_, history, err := d.List(t.Context())
	ok(t, err)
	if history[0].Kind != services.EventReturned || history[0].Who != "vogt" || history[1].Kind != services.EventWithdrawn {
		t.Errorf("%+v", history)
	}
}

func TestWhatAnotherProcessDecidedIsFollowed(t *testing.T) {
	d := open(t)
	command, _ := d.beside(t)
	f := must(command.CheckFolder(t.Context(), must(bundle.Pack(folder(t, survey, "2", "Was denken Sie?")))(t)))(t)
	mine := d.check(t, folder(t, survey, "3", "Ihre Meinung"))
	ok(t, command.Publish(t.Context(), f, services.Keeper))
	if s, found := d.Find(survey, "2"); !found || s.Version != "2" {
		t.Error("an application with the new version cannot be checked at once")
	}
	d.offered(t, survey, "2", "Was denken Sie?")
	if err := d.Publish(t.Context(), mine, "kowalski"); !errors.Is(err, services.ErrChanged) {
		t.Error("what was confirmed was about something else:", err)
	}
}

func TestAfterARestoreDevicesBelieveTheRestoredWord(t *testing.T) {
	d := open(t)
	d.publish(t, folder(t, survey, "2", "Was denken Sie?"))
	copied := filepath.Join(t.TempDir(), "backup.db")
	ok(t, d.store.Backup(t.Context(), copied))
	d.publish(t, folder(t, survey, "3", "Ihre Meinung"))
	lost := must(d.store.Serial(t.Context(), survey))(t)
	ok(t, d.store.Close())
	must(sqlite.Restore(t.Context(), copied, d.path, d.clock()))(t)
	d.store = must(sqlite.Open(t.Context(), d.path, d.clock))(t)
	t.Cleanup(func() { d.store.Close() })
	d.Library, d.catalogue = d.beside(t)
	d.offered(t, survey, "2", "Was denken Sie?")
	if again := must(d.store.Serial(t.Context(), survey))(t); again <= lost {
		t.Error("devices that heard of version 3 go on offering it, and the town hall does not know it")
	}
	before := must(d.store.Serial(t.Context(), survey))(t)
	d.beside(t)
	if must(d.store.Serial(t.Context(), survey))(t) != before {
		t.Error("every start says everything again")
	}
}

func TestWhatDevicesFindWrongIsCountedOnce(t *testing.T) {
	d := open(t)
	rule := wire.Fault{Kind: wire.FaultRule, Service: survey, Version: "1", File: "form.yaml", Line: 12, Key: "fee.amount", Count: 3}
	m := wire.Faults{V: 1, ID: "01931e5c-0000-7000-8000-000000000001", Faults: []wire.Fault{rule, {Kind: wire.FaultRefused, Service: survey, Version: "1", Reason: "no", Count: 1}}}
	terminal := hall.Device{Name: "Terminal Bürgerbüro"}
	for range 3 {
		ok(t, d.Note(t.Context(), terminal, m))
	}
	m.ID = "01931e5c-0000-7000-8000-000000000002"
	ok(t, d.Note(t.Context(), terminal, m))
	m.ID = "01931e5c-0000-7000-8000-000000000003"
	m.Faults = append(m.Faults, wire.Fault{Kind: wire.FaultRule, Service: "erfunden", Version: "1", File: "a", Line: 1, Key: "k", Count: 1},
		wire.Fault{Kind: wire.FaultRule, Service: survey, Version: "77", File: "a", Line: 1, Key: "k", Count: 1})
	ok(t, d.Note(t.Context(), hall.Device{Name: hall.NamePhone, Phone: true}, m))
	list, _, err := d.List(t.Context())
	ok(t, err)
	counts := map[string]int64{}
	for _, e := range list {
		for _, f := range e.Faults {
			counts[f.Device+" "+f.Kind+" "+f.Reason] += f.Count
		}
	}
	want := map[string]int64{"Terminal Bürgerbüro rule ": 6, "Terminal Bürgerbüro refused no": 2, "phone rule ": 3, "phone refused ": 1}
	if len(counts) != len(want) {
		t.Errorf("%v", counts)
	}
	for k, n := range want {
		if counts[k] != n {
			t.Errorf("%s: %d", k, counts[k])
		}
	}
}

func TestEveryServiceThatShipsCanBePublishedAsANewVersion(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	tenants := map[string]*service.Tenant{}
	for _, id := range []string{"stadt", "staatsbad"} {
		tenants[id] = must(service.LoadTenant(assets.FS, id))(t)
	}
	dirs := must(fs.ReadDir(assets.FS, "services"))(t)
	for _, dir := range dirs {
		if !dir.IsDir() {
			continue
		}
		files := must(bundle.Pack(must(fs.Sub(assets.FS, "services/"+dir.Name()))(t)))(t)
		again := must(bundle.Read(files.Packed()))(t)
		var flaws []service.Flaw
		for _, tenant := range tenants {
			var s *service.Service
			if s, flaws = service.Inspect(again.FS(), tenant); s != nil {
				break
			}
		}
		if len(flaws) > 0 {
			t.Errorf("%s: %+v", dir.Name(), flaws)
		}
		if n := len(files.Packed()); n > bundle.MaxBytes/4 {
			t.Errorf("%s has %d bytes", dir.Name(), n)
		}
	}
}
