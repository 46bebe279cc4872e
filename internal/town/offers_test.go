package town_test

import (
	"database/sql"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/town"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/store"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

const ideas = "ideenwettbewerb"

// version is a folder that ships, as another version, or under another id, with another title.
func version(t testing.TB, id, as, number, title string) fstest.MapFS {
	t.Helper()
	from := must[fs.FS](t)(fs.Sub(assets.FS, "services/"+id))
	files := fstest.MapFS{}
	okay(t, fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	}))
	edit(files, "service.yaml", "id: "+id, "id: "+as)
	edit(files, "service.yaml", `version: "1"`, `version: "`+number+`"`)
	lines := strings.Split(string(files["texts/de.yaml"].Data), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "title:") {
			lines[i] = "title: " + title
		}
	}
	files["texts/de.yaml"].Data = []byte(strings.Join(lines, "\n"))
	return files
}

func okay(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func edit(files fstest.MapFS, name, from, to string) {
	files[name].Data = []byte(strings.Replace(string(files[name].Data), from, to, 1))
}

func packed(t testing.TB, files fs.FS) *bundle.Folder {
	t.Helper()
	return must[*bundle.Folder](t)(bundle.Pack(files))
}

// publish is a clerk who publishes a folder.
func (r *rig) publish(t testing.TB, files fs.FS) {
	t.Helper()
	f := must[services.Folder](t)(r.Hall.Library.CheckFolder(t.Context(), packed(t, files)))
	okay(t, r.Hall.Library.Publish(t.Context(), f, "kowalski"))
}

// arrive is the terminal and the phones that hear of it between two visits.
func (r *rig) arrive(t testing.TB, phones ...*town.Phone) {
	t.Helper()
	okay(t, r.Sync(t.Context()))
	r.Renew()
	for _, p := range phones {
		okay(t, p.Sync(t.Context()))
		p.Renew()
	}
}

// shows tells what a device offers.
func shows(t testing.TB, c *service.Catalogue, id, number, title string) {
	t.Helper()
	s, found := c.Find(id, "")
	switch {
	case number == "" && found:
		t.Fatalf("%s %s is still offered", id, s.Version)
	case number == "":
		return
	case !found || s.Version != number || s.Title("de") != title:
		t.Fatalf("%s is not offered as %s %q", id, number, title)
	}
	if hits := c.Search("de", title); len(hits) == 0 || hits[0].Service != s {
		t.Errorf("%q is not found by searching", title)
	}
}

const ideasTitle = "Ideenwettbewerb"

// says fills an idea in and sends it.
func says(t testing.TB, v *visit.Visit, topic string) visit.Receipt {
	t.Helper()
	ctx := t.Context()
	for path, value := range map[string]any{"/topic": topic, "/title": "Bänke am Weserufer", "/words": "Am Weserufer fehlen Bänke für Pausen.", "/publish": true} {
		v.Answer(path, value)
	}
	if view := v.View(); !view.Complete {
		t.Fatalf("the idea is not complete: %+v", view)
	}
	return must[visit.Receipt](t)(v.Submit(ctx, pay.Free, nil))
}

func TestAServiceThatWasSignedAndPublishedIsAppliedForAtOnceWithoutAnUpdate(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	p := phone(t, r, "phone")
	r.arrive(t, p)
	publisher := must[proof.Key](t)(proof.Generate())
	ok(t, r.Hall.Store.AddPublisher(ctx, services.Publisher{Name: "Amt", Key: publisher.Public(), Added: r.VisitOptions().Now()}))
	file := must[[]byte](t)(bundle.Sign(publisher, "laternenumzug", "3", packed(t, version(t, ideas, "laternenumzug", "3", "Laternenumzug melden"))))
	f := must[services.Folder](t)(r.Hall.Library.Check(ctx, file))
	if f.Signer != "Amt" || len(f.Flaws) > 0 {
		t.Fatalf("%q %+v", f.Signer, f.Flaws)
	}
	ok(t, r.Hall.Library.Publish(ctx, f, "kowalski"))
	shows(t, r.Shows(), "laternenumzug", "", "")
	r.arrive(t, p)
	for name, c := range map[string]*service.Catalogue{"terminal": r.Shows(), "phone": p.Shows()} {
		t.Log(name)
		shows(t, c, "laternenumzug", "3", "Laternenumzug melden")
	}
	numbers := []string{says(t, r.Visit("laternenumzug"), "green").Case, says(t, p.Visit("laternenumzug"), "green").Case}
	r.sync(t)
	ok(t, p.Sync(ctx))
	for _, number := range numbers {
		if c := r.find(t, number); c.Service != "laternenumzug" || c.ServiceVersion != "3" || c.Title != "Laternenumzug melden" || len(c.Warnings) > 0 {
			t.Errorf("the clerk sees %s %s %q, warnings %q", c.Service, c.ServiceVersion, c.Title, c.Warnings)
		}
	}
	ok(t, r.Hall.Library.Withdraw(ctx, "laternenumzug", "kowalski"))
	r.arrive(t, p)
	shows(t, r.Shows(), "laternenumzug", "", "")
	shows(t, p.Shows(), "laternenumzug", "", "")
}

func TestWhoIsInTheMiddleEndsWithTheVersionHeBeganWith(t *testing.T) {
	r := open(t, options(t))
	r.publish(t, version(t, ideas, ideas, "2", "Was denken Sie?"))
	r.arrive(t)
	v := r.Visit(ideas)
	v.Answer("/title", "Bänke")
	stricter := version(t, ideas, ideas, "3", "Ihre Meinung")
	edit(stricter, "schema.json", `"enum": ["green", `, `"enum": [`)
	for _, name := range must[[]string](t)(fs.Glob(stricter, "examples/*")) {
		edit(stricter, name, "topic: green", "topic: together")
	}
	edit(stricter, "form.yaml", "          - {value: green, mark: \"icon:plant-2\"}\n", "")
	r.publish(t, stricter)
	ok(t, r.Sync(t.Context()))
	if old := v.Service(); old.Version != "2" || old.Title("de") != "Was denken Sie?" {
		t.Fatalf("the visit became one of version %s", old.Version)
	}
	shows(t, r.Shows(), ideas, "2", "Was denken Sie?") // nobody said yet that the visit is over
	receipt := says(t, v, "green")
	r.Renew()
	shows(t, r.Shows(), ideas, "3", "Ihre Meinung")
	next := says(t, r.Visit(ideas), "together")
	r.sync(t)
	for number, want := range map[string]string{receipt.Case: "2", next.Case: "3"} {
		if c := r.find(t, number); c.ServiceVersion != want || len(c.Warnings) > 0 {
			t.Errorf("%s is checked by version %s, warnings %q", number, c.ServiceVersion, c.Warnings)
		}
	}
}

func TestAnApplicationIsCheckedByItsVersionAlsoWhenItIsLongWithdrawn(t *testing.T) {
	r := open(t, options(t))
	r.publish(t, version(t, ideas, ideas, "2", "Was denken Sie?"))
	r.arrive(t)
	receipt := says(t, r.Visit(ideas), "green")
	ok(t, r.Hall.Library.Withdraw(t.Context(), ideas, "kowalski"))
	r.sync(t)
	if c := r.find(t, receipt.Case); c.ServiceVersion != "2" || c.Title != "Was denken Sie?" || len(c.Warnings) > 0 {
		t.Errorf("version %s, %q, warnings %q", c.ServiceVersion, c.Title, c.Warnings)
	}
}

// forge puts a record where devices look for published services, as somebody could who sits between them and the town hall.
func (r *rig) forge(t testing.TB, id, token string, folder []byte) {
	t.Helper()
	data := must[[]byte](t)(json.Marshal(wire.Published{Token: token, Packed: folder}))
	must[bool](t)(r.Hall.Store.Put(t.Context(), "stadt", wire.Record{Collection: wire.CollectionServices, ID: id, Data: data}))
}

// word is the town hall's signature, or somebody else's, under what is told.
func word(t testing.TB, k proof.Key, kind, id, number string, serial int64, folder []byte) string {
	t.Helper()
	return must[string](t)(proof.Sign(k, kind, wire.Offer{Tenant: "stadt", Service: id, Version: number, SHA256: wire.Digest(folder), Serial: serial}))
}

func TestWhatTheTownHallDidNotSayIsNotOfferedAndTold(t *testing.T) {
	ctx, r := t.Context(), open(t, options(t))
	r.publish(t, version(t, ideas, ideas, "2", "Was denken Sie?"))
	first := must[[]wire.Record](t)(r.Hall.Store.After(ctx, "stadt", 0, 100))
	r.publish(t, version(t, ideas, ideas, "3", "Ihre Meinung"))
	r.arrive(t)
	shows(t, r.Shows(), ideas, "3", "Ihre Meinung")
	hall, stranger := r.Hall.Keys().Hall, must[proof.Key](t)(proof.Generate())
	good := packed(t, version(t, ideas, ideas, "4", "Untergeschoben")).Packed()
	other := packed(t, version(t, ideas, ideas, "4", "Etwas anderes")).Packed()
	const late = int64(9_000_000_000_000)
	abroad := must[string](t)(proof.Sign(hall, proof.Offer, wire.Offer{Tenant: "staatsbad", Service: ideas, Version: "4", SHA256: wire.Digest(good), Serial: late}))
	for name, try := range map[string]func(){
		"changed bytes":           func() { r.forge(t, ideas, word(t, hall, proof.Offer, ideas, "4", late, good), other) },
		"another key":             func() { r.forge(t, ideas, word(t, stranger, proof.Offer, ideas, "4", late, good), good) },
		"another kind of word":    func() { r.forge(t, ideas, word(t, hall, proof.Service, ideas, "4", late, good), good) },
		"another id":              func() { r.forge(t, ideas, word(t, hall, proof.Offer, "hundesteuer", "4", late, good), good) },
		"another tenant":          func() { r.forge(t, ideas, abroad, good) },
		"a service that says so":  func() { r.forge(t, ideas, word(t, hall, proof.Offer, ideas, "5", late, good), good) },
		"something else entirely": func() { r.forge(t, ideas, "a.b.c", []byte("hello")) },
		"an older word": func() {
			for _, rec := range first {
				if rec.Collection == wire.CollectionServices {
					must[bool](t)(r.Hall.Store.Put(ctx, "stadt", rec))
				}
			}
		},
	} {
		try()
		r.arrive(t)
		if s, _ := r.Shows().Find(ideas, ""); s.Version != "3" || s.Title("de") != "Ihre Meinung" {
			t.Errorf("%s: %s %q is offered", name, s.Version, s.Title("de"))
		}
		r.sync(t)
	}
	if n := len(r.faults(t, ideas)); n < 6 {
		t.Errorf("the town hall hears of %d of them", n)
	}
	ok(t, r.RestartTerminal())
	shows(t, r.Shows(), ideas, "3", "Ihre Meinung")
}

// faults are what the town hall knows of a service.
func (r *rig) faults(t testing.TB, id string) []services.Fault {
	t.Helper()
	list, _, err := r.Hall.Library.List(t.Context())
	okay(t, err)
	for _, e := range list {
		if e.ID == id {
			return e.Faults
		}
	}
	return nil
}

// newer is what ships with a later program: there is one situation of life more.
type newer struct{ fs.FS }

func (n newer) Open(name string) (fs.File, error) {
	f, err := n.FS.Open(name)
	if err != nil || name != "tenants/stadt/tenant.yaml" {
		return f, err
	}
	defer f.Close()
	data, err := fs.ReadFile(n.FS, name)
	text := strings.Replace(string(data), "situations:", "situations:\n  - {id: zukunft, icon: star}", 1)
	if err != nil {
		return nil, err
	}
	return fstest.MapFS{name: {Data: []byte(text)}}.Open(name)
}

func TestAFolderThatAnOlderProgramCannotReadIsRefusedAndTheOldOneStays(t *testing.T) {
	o := options(t)
	o.Shipped = o.Catalogue
	o.Catalogue = must[*service.Catalogue](t)(service.LoadCatalogue(newer{assets.FS}, "stadt"))
	r := open(t, o)
	p := phone(t, r, "phone")
	r.publish(t, version(t, ideas, ideas, "2", "Was denken Sie?"))
	r.arrive(t, p)
	later := version(t, ideas, ideas, "3", "Ihre Meinung")
	edit(later, "service.yaml", "[schaden-melden]", "[zukunft]")
	r.publish(t, later)
	for range 3 {
		r.arrive(t, p)
	}
	shows(t, r.Shows(), ideas, "2", "Was denken Sie?")
	shows(t, p.Shows(), ideas, "2", "Was denken Sie?")
	ok(t, r.RestartTerminal()) // it is tried again, and told once
	for range 3 {
		r.arrive(t, p)
	}
	shows(t, r.Shows(), ideas, "2", "Was denken Sie?")
	found := map[string]services.Fault{}
	for _, f := range r.faults(t, ideas) {
		found[f.Device] = f
	}
	if f := found[town.Device]; len(found) != 2 || f.Kind != wire.FaultRefused || f.Version != "3" || f.Count != 1 || !strings.Contains(f.Reason, "zukunft") {
		t.Errorf("the town hall hears %+v", found)
	}
	if f := found["phone"]; f.Kind != wire.FaultRefused || f.Version != "3" || f.Reason != "" {
		t.Errorf("of phones the town hall hears %+v", f)
	}
	if told := must[[]store.Fault](t)(r.Faults(t.Context())); len(told) != 1 || told[0].Version != "3" {
		t.Errorf("the terminal's own list says %+v", told)
	}
	mended := version(t, ideas, ideas, "4", "Jetzt aber")
	r.publish(t, mended)
	r.arrive(t, p)
	shows(t, r.Shows(), ideas, "4", "Jetzt aber")
	if told := must[[]store.Fault](t)(r.Faults(t.Context())); len(told) != 0 {
		t.Errorf("what is mended is still told: %+v", told)
	}
}

func TestPublishedServicesAreThereAfterAStartWithoutALine(t *testing.T) {
	r := open(t, options(t))
	p := phone(t, r, "phone")
	r.publish(t, version(t, ideas, ideas, "2", "Was denken Sie?"))
	r.publish(t, version(t, ideas, ideas, "3", "Ihre Meinung"))
	r.arrive(t, p)
	r.Cut()
	ok(t, r.RestartTerminal())
	ok(t, p.Close())
	again := phone(t, r, "phone")
	shows(t, r.Shows(), ideas, "3", "Ihre Meinung")
	shows(t, again.Shows(), ideas, "3", "Ihre Meinung")
	receipt := says(t, r.Visit(ideas), "green")
	ok(t, r.Join())
	r.sync(t)
	if c := r.find(t, receipt.Case); c.ServiceVersion != "3" || len(c.Warnings) > 0 {
		t.Errorf("version %s, warnings %q", c.ServiceVersion, c.Warnings)
	}
}

func TestAMemoryThatWasChangedWhileTheDeviceWasOffIsNotBelieved(t *testing.T) {
	r := open(t, options(t))
	r.publish(t, version(t, ideas, ideas, "2", "Was denken Sie?"))
	r.arrive(t)
	ok(t, r.KillTerminal())
	swap(t, filepath.Join(r.dir, town.TerminalDir), ideas, packed(t, version(t, ideas, ideas, "2", "Untergeschoben")).Packed())
	ok(t, r.RestartTerminal())
	shows(t, r.Shows(), ideas, "1", ideasTitle)
}

func TestBrokenRulesReachTheTownHallWithoutAnswers(t *testing.T) {
	r := open(t, options(t))
	p := phone(t, r, "phone")
	at := expr.Place{Service: ideas, File: "form.yaml", Line: 12, Key: "fee.amount"}
	for range 3 {
		r.VisitOptions().Broken("1", []expr.Place{at})
	}
	p.Post.Broken("1", []expr.Place{at})
	for range 2 {
		r.arrive(t, p)
	}
	got := map[string]int64{}
	for _, f := range r.faults(t, ideas) {
		if f.Kind != wire.FaultRule || f.File != "form.yaml" || f.Line != 12 || f.Key != "fee.amount" || f.Version != "1" || f.Reason != "" {
			t.Errorf("%+v", f)
		}
		got[f.Device] += f.Count
	}
	if len(got) != 2 || got[town.Device] != 3 || got["phone"] != 1 {
		t.Errorf("%v", got)
	}
	r.VisitOptions().Broken("1", []expr.Place{at})
	r.Hall.Watch(nil)
	r.arrive(t)
	if f := r.faults(t, ideas); f[0].Count != 4 {
		t.Errorf("%+v", f)
	}
}

// swap puts another folder under the word that a device has for a service.
func swap(t testing.TB, dir, id string, folder []byte) {
	t.Helper()
	db := must[*sql.DB](t)(sql.Open("sqlite3", filepath.Join(dir, outpost.File)))
	defer db.Close()
	r := must[sql.Result](t)(db.Exec(`UPDATE services SET packed = ? WHERE id = ?`, folder, id))
	if n := must[int64](t)(r.RowsAffected()); n != 1 {
		t.Fatalf("%d services were swapped", n)
	}
}
