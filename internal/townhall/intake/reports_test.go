package intake_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/intake"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/storetest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/hall"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// newReportTown offers what the town really offers, so that reports are checked with the form that ships.
func newReportTown(t *testing.T) *town {
	t.Helper()
	return newTownWith(t, shipped(t))
}

// picture is a drawing of fine stripes, prepared as a device prepares a photo.
func picture(t testing.TB, width, height int, seed uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(i/4%2)*200 + seed
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return check[photo.Prepared](t)(photo.Prepare(b.Bytes(), photo.Options{})).JPEG
}

// report is a resident's report with files; change may spoil what it says of them.
func (w *town) report(s slip, files [][]byte, change func(*service.Application)) (service.Application, []seal.Part) {
	w.t.Helper()
	svc, ok := w.offers.Find(cases.ReportService, "")
	if !ok {
		w.t.Fatal("nobody can report a defect")
	}
	var list []any
	var parts []seal.Part
	app := service.Application{Kind: service.KindApplication, ID: uuid.Must(uuid.NewV7()).String(), Case: check[string](w.t)(service.NewCase(rand.Reader, "BO", 2026)),
		Service: svc.ID, Version: svc.Version, Digest: svc.Digest(), Tenant: "stadt", Lang: "de", Day: "2026-11-23", Way: pay.Free, Recipient: s.recipient, Channel: "phone", At: w.now}
	for _, f := range files {
		part := check[seal.Envelope](w.t)(seal.Seal(w.keys[0].Public(), "", f)).Part()
		parts = append(parts, part)
		a := service.Attachment{Field: "/photos", Digest: wire.Digest(f), Blob: part.ID, Type: "image/jpeg", Size: len(f)}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(f)); err == nil {
			a.Width, a.Height = c.Width, c.Height
		}
		app.Attachments = append(app.Attachments, a)
		list = append(list, a.Digest)
	}
	app.Answers = form.Answers{"category": "strasse", "what": "schlagloch", "place": form.Spot{Street: "Klosterstraße", Number: "14", Lat: 52.2031, Lon: 8.8012, Located: true, How: form.ByMap}.Value(),
		"size": "teller", "danger": true, "words": "Neben dem Zebrastreifen, sagt Frau Meier aus Nr. 3."}
	if len(list) > 0 {
		app.Answers["photos"] = list
	}
	if change != nil {
		change(&app)
	}
	return app, parts
}

// phone brings an application as a phone does: without a name, a key and an outcome.
func (w *town) phone(app service.Application, parts ...seal.Part) []hall.Taken {
	w.t.Helper()
	e := check[seal.Envelope](w.t)(seal.Seal(w.keys[0].Public(), app.ID, check[[]byte](w.t)(json.Marshal(app))))
	item := wire.Item{ID: app.ID, Kind: wire.KindEnvelope, Key: e.Key, Body: string(e.Data)}
	for _, p := range parts {
		ref := wire.BlobRef{SHA256: p.ID, Size: int64(len(p.Data))}
		item.Blobs = append(item.Blobs, ref)
		check[int64](w.t)(w.store.Dock().Append(w.t.Context(), "", wire.Piece{Ref: ref}, p.Data))
	}
	taken := check[[]hall.Taken](w.t)(w.in.Take(w.t.Context(), hall.Device{Name: hall.NamePhone, Tenant: "stadt", Scope: wire.ScopePublic, Phone: true}, []wire.Item{item}))
	check[int](w.t)(w.in.Work(w.t.Context()))
	return taken
}

// seen are the published reports, as a phone knows them after a pull.
func (w *town) seen() map[string]publish.Report {
	w.t.Helper()
	all := map[string]publish.Report{}
	for _, r := range check[[]wire.Record](w.t)(w.store.After(w.t.Context(), publish.Public, 0, 100)) {
		if r.Collection != publish.CollectionReports || r.Deleted {
			continue
		}
		var p publish.Report
		w.ok(json.Unmarshal(r.Data, &p))
		all[r.ID] = p
	}
	return all
}

func TestAReportArrivesWithItsPhotosBitForBitAndWithoutItsPhone(t *testing.T) {
	w := newReportTown(t)
	files := [][]byte{picture(t, 900, 600, 1), picture(t, 400, 700, 9)}
	s := w.slip()
	app, parts := w.report(s, files, nil)
	if taken := w.phone(app, parts...); taken[0].Status != wire.Stored {
		t.Fatal(taken)
	}
	c := w.find(app.Case)
	w.has(c, "")
	if c.Report == nil || c.Title != "Schlagloch" || c.Report.Category != "strasse" || !c.Report.Urgent || c.Report.Place.Address() != "Klosterstraße 14" || c.Channel != "phone" || c.Device != "" || c.Office != "bauhof" {
		t.Fatalf("%q from %q: %+v", c.Title, c.Device, c.Report)
	}
	for i, f := range files {
		if p := c.Photos[i]; p.Digest != wire.Digest(f) || p.Width != app.Attachments[i].Width || !bytes.Equal(check[[]byte](t)(w.book.Photo(t.Context(), app.Case, p.Digest)), f) {
			t.Errorf("photo %d came changed", i+1)
		}
	}
	if a := w.read(s); a.State != service.StateReceived || !strings.Contains(a.Text, "Danke") || len(a.Papers) != 0 {
		t.Errorf("the phone reads %q", a.Text)
	}
}

func TestAPhotoThatIsNotWhatItSaysIsANoteAndTheReportCounts(t *testing.T) {
	good := picture(t, 900, 600, 1)
	spliced := func(marker byte, body string) []byte {
		n := len(body) + 2
		return slices.Concat(good[:2], []byte{0xff, marker, byte(n >> 8), byte(n)}, []byte(body), good[2:])
	}
	var big, drawing bytes.Buffer
	if err := errors.Join(jpeg.Encode(&big, image.NewGray(image.Rect(0, 0, 3000, 10)), nil), png.Encode(&drawing, image.NewGray(image.Rect(0, 0, 9, 9)))); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		file   []byte
		change func(*service.Application)
		says   string
	}{
		"with the place where it was taken": {spliced(0xe1, "Exif\x00\x00MM\x00*"), nil, "Foto 2 enthält mehr als das Bild"},
		"with a comment":                    {spliced(0xfe, "Kamera von Frau Meier"), nil, "Foto 2 enthält mehr als das Bild"},
		"with another file behind":          {append(bytes.Clone(good), good...), nil, "Foto 2 enthält mehr als das Bild"},
		"cut off":                           {good[:len(good)/2], nil, "Foto 2 ist beschädigt"},
		"broken inside":                     {slices.Concat(good[:2], []byte{0xff, 0xda, 0, 2, 0xff, 0xd9}), nil, "Foto 2 ist beschädigt"},
		"too wide":                          {big.Bytes(), nil, "Foto 2 hat mehr Bildpunkte"},
		"too long":                          {append(bytes.Clone(good), make([]byte, 400<<10)...), nil, "Foto 2 ist größer"},
		"a drawing":                         {drawing.Bytes(), nil, "Foto 2 ist kein JPEG"},
		"nothing":                           {nil, nil, "Foto 2 ist kein JPEG"},
		"of another kind":                   {picture(t, 9, 9, 3), func(a *service.Application) { a.Attachments[1].Type = "text/html" }, "Foto 2 ist kein JPEG"},
		"another one":                       {picture(t, 9, 9, 3), func(a *service.Application) { a.Attachments[1].Digest = wire.Digest([]byte("x")) }, "Foto 2 ist nicht das Foto"},
		"never sent":                        {picture(t, 9, 9, 3), func(a *service.Application) { a.Attachments[1].Blob = wire.Digest([]byte("x")) }, "Foto 2 ist nicht angekommen"},
		"not even named":                    {picture(t, 9, 9, 3), func(a *service.Application) { a.Attachments = a.Attachments[:1] }, "nennt Fotos, die nicht dabei sind"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newReportTown(t)
			app, parts := w.report(w.slip(), [][]byte{good, try.file}, try.change)
			w.phone(app, parts...)
			c := w.find(app.Case)
			w.has(c, try.says)
			if len(c.Photos) != 1 || c.Photos[0].Digest != wire.Digest(good) {
				t.Errorf("%d photos", len(c.Photos))
			}
		})
	}
}

func TestAPartThatNobodyCanOpenIsANote(t *testing.T) {
	w := newReportTown(t)
	app, parts := w.report(w.slip(), [][]byte{picture(t, 9, 9, 3)}, nil)
	foreign := check[seal.Envelope](t)(seal.Seal(w.keys[1].Public(), "", picture(t, 9, 9, 3))).Part() // the town hall has no such key
	app.Attachments[0].Blob, parts[0] = foreign.ID, foreign
	w.phone(app, parts...)
	w.has(w.find(app.Case), "Foto 1 lässt sich nicht öffnen")
}

// publish shows a report and gives its id.
func (w *town) publish(number, text, digest string, areas ...image.Rectangle) string {
	w.t.Helper()
	w.ok(w.book.Publish(w.t.Context(), number, "anna", text, digest, areas, w.find(number).Version))
	return w.find(number).Report.Public.ID
}

// support says "that is mine too".
func (w *town) support(s slip, id string) {
	w.t.Helper()
	w.phone(service.Application{Kind: service.KindSupport, ID: uuid.Must(uuid.NewV7()).String(), Tenant: "stadt", Lang: "en", Recipient: s.recipient, Channel: "phone", Way: pay.Free, Follows: id, At: w.now})
}

func TestEverybodySeesWhatAClerkChoseAndNothingElse(t *testing.T) {
	w := newReportTown(t)
	file := picture(t, 1200, 800, 20)
	app, parts := w.report(w.slip(), [][]byte{file}, nil)
	w.phone(app, parts...)
	if len(w.seen()) != 0 {
		t.Fatal("a report is public before a clerk looked at it")
	}
	is := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("got %v want %v", err, want)
		}
	}
	is(w.book.Publish(t.Context(), app.Case, "anna", "Loch", wire.Digest(file), []image.Rectangle{image.Rect(5000, 0, 5100, 90)}, 0), cases.ErrPhoto)
	is(w.book.Publish(t.Context(), app.Case, "anna", "Loch", wire.Digest([]byte("x")), nil, 0), cases.ErrPhoto)
	is(w.book.Publish(t.Context(), app.Case, "anna", strings.Repeat("x", 3000), "", nil, 0), cases.ErrEmpty)
	id := w.publish(app.Case, "Loch neben dem Zebrastreifen", wire.Digest(file), image.Rect(0, 0, 600, 800))
	p, ok := w.seen()[id]
	if !ok || p.Title != "Schlagloch" || p.Street != "Klosterstraße" || p.Lat == nil || *p.Lat != 52.2031 || p.Day != "2026-11-23" || p.State != publish.ReportReceived || p.Text != "Loch neben dem Zebrastreifen" || p.Supports != 0 {
		t.Fatalf("%+v", p)
	}
	if len(p.Thumb) == 0 || len(p.Thumb) > 9<<10 {
		t.Fatalf("the picture has %d bytes", len(p.Thumb))
	}
	m := check[image.Image](t)(jpeg.Decode(bytes.NewReader(p.Thumb)))
	for y := m.Bounds().Min.Y + 4; y < m.Bounds().Max.Y-4; y += 7 { // the left half is blocks of one colour each
		for x := 4; x < m.Bounds().Dx()/2-12; x += 3 {
			a, _, _, _ := m.At(x, y).RGBA()
			b, _, _, _ := m.At(x+1, y).RGBA()
			if max(a, b)-min(a, b) > 0x1800 {
				t.Fatalf("what was covered shows through at %d %d", x, y)
			}
		}
	}
	for _, r := range check[[]wire.Record](t)(w.store.After(t.Context(), publish.Public, 0, 10)) {
		for _, secret := range []string{"Meier", app.Case, app.Recipient, seal.Address(app.Recipient), app.ID} {
			if strings.Contains(string(r.Data), secret) || strings.Contains(r.ID, secret) {
				t.Errorf("everybody can read %q", secret)
			}
		}
	}
	w.ok(w.book.Take(t.Context(), app.Case, "anna", w.find(app.Case).Version))
	if w.seen()[id].State != publish.ReportInWork {
		t.Error("the published state stays behind")
	}
	w.ok(w.book.Unpublish(t.Context(), app.Case, "anna", w.find(app.Case).Version))
	if len(w.seen()) != 0 || len(w.find(app.Case).Report.Public.Thumb) != 0 {
		t.Error("what was taken back can still be seen")
	}
	if again := w.publish(app.Case, "", ""); again != id || w.seen()[id].Text != "" || len(w.seen()[id].Thumb) != 0 {
		t.Error("published again it is another one, or shows what was taken back")
	}
	w.ok(w.book.Move(t.Context(), app.Case, "anna", cases.Progress{State: service.StateRejected, Text: "Das ist eine Landesstraße."}, w.find(app.Case).Version))
	if len(w.seen()) != 0 {
		t.Error("what the town cannot mend is still shown as a defect")
	}
}

func TestWhoSupportsAReportHearsWhatTheReporterHears(t *testing.T) {
	w := newReportTown(t)
	reporter, one, two := w.slip(), w.slip(), w.slip()
	app, parts := w.report(reporter, nil, nil)
	w.phone(app, parts...)
	id := w.publish(app.Case, "Loch", "")
	w.support(one, id)
	w.support(one, id)
	w.support(two, id)
	w.support(reporter, id)
	if c := w.find(app.Case); c.Report.Supports != 2 || w.seen()[id].Supports != 2 {
		t.Fatalf("%d support it, everybody reads %d", c.Report.Supports, w.seen()[id].Supports)
	}
	if a := w.read(one); a.State != service.StateReceived || a.Text != "Your report has reached us. Thank you for telling us." {
		t.Errorf("a supporter reads %q", a.Text)
	}
	w.support(w.slip(), "unknown")
	if q := w.quarantine(); len(q) != 1 || q[0].Reason != intake.ReasonReport {
		t.Errorf("support of nothing: %+v", q)
	}
	w.ok(w.book.Ask(t.Context(), app.Case, "anna", "Vor welchem Haus?", w.find(app.Case).Version))
	if a := w.read(one); a.State == service.StateAsked || len(a.Questions) != 0 || a.Token != "" {
		t.Error("a supporter is asked what was asked of the reporter")
	}
	shot := picture(t, 300, 200, 4)
	w.ok(w.book.Move(t.Context(), app.Case, "anna", cases.Progress{State: service.StateApproved, Text: "Heute zugemacht.", Photo: &service.Paper{Name: "foto-1.jpg", Type: "image/jpeg", Data: shot}}, w.find(app.Case).Version))
	for who, s := range map[string]slip{"the reporter": reporter, "one": one, "two": two} {
		a := w.read(s)
		if a.State != service.StateApproved || a.Text != "Heute zugemacht." || len(a.Papers) != 1 || !bytes.Equal(a.Papers[0].Data, shot) {
			t.Errorf("%s reads %s %q with %d papers", who, a.State, a.Text, len(a.Papers))
		}
		if who != "the reporter" {
			if raw := string(check[[]byte](t)(json.Marshal(a))); strings.Contains(raw, app.Case) || strings.Contains(raw, "Vor welchem") || strings.Contains(raw, w.find(app.Case).Token) {
				t.Errorf("%s reads what is the reporter's", who)
			}
		}
	}
	w.ok(w.book.Move(t.Context(), app.Case, "anna", cases.Progress{State: service.StateInWork}, w.find(app.Case).Version))
	if a := w.read(two); a.State != service.StateInWork || a.Text != "We are taking care of it." || w.seen()[id].State != publish.ReportInWork {
		t.Errorf("the hole is back, a supporter reads %q", a.Text)
	}
	// A lost slip is replaced: the supporters keep theirs.
	check[document.Document](t)(w.book.Replace(t.Context(), app.Case, "anna", "Personalausweis"))
	if a := w.read(one); a.State != service.StateInWork {
		t.Error("a supporter's answer is gone")
	}
}

func TestMergedReportsGoOnTogether(t *testing.T) {
	w := newReportTown(t)
	a, b, fan := w.slip(), w.slip(), w.slip()
	first, _ := w.report(a, nil, nil)
	w.phone(first)
	second, _ := w.report(b, nil, func(app *service.Application) { app.Answers["place"] = form.Spot{Street: "Klosterstr."}.Value() })
	w.phone(second)
	near := check[[]cases.Case](t)(w.book.Near(t.Context(), w.find(second.Case)))
	if len(near) != 1 || near[0].Number != first.Case {
		t.Fatalf("%d reports look like the same", len(near))
	}
	old := w.publish(second.Case, "Loch", "")
	w.support(fan, old)
	id := w.publish(first.Case, "Loch", "")
	w.ok(w.book.Merge(t.Context(), second.Case, first.Case, "anna", w.find(second.Case).Version))
	c := w.find(second.Case)
	if c.Open() || c.Main != first.Case || w.find(first.Case).Report.Supports != 2 || w.seen()[id].Supports != 2 {
		t.Fatalf("open %v, follows %q, %+v", c.Open(), c.Main, w.seen())
	}
	if _, shown := w.seen()[old]; shown {
		t.Error("the merged report is still shown beside the other")
	}
	later := w.slip()
	w.support(later, old) // a phone that did not pull yet
	if w.seen()[id].Supports != 3 {
		t.Error("who supports the merged report supports nothing")
	}
	for s, number := range map[slip]string{a: first.Case, b: second.Case} { // the hole is there for the others
		w.reply(s, number, service.Reply{Token: w.read(s).Token, Withdraw: true})
		if c := w.find(number); c.State != service.StateReceived || !strings.Contains(c.History[len(c.History)-1].Text, "Andere melden dasselbe") {
			t.Errorf("one reporter takes back what others report: %s", c.State)
		}
	}
	w.ok(w.book.Take(t.Context(), first.Case, "anna", w.find(first.Case).Version))
	w.ok(w.book.Move(t.Context(), first.Case, "anna", cases.Progress{State: service.StateApproved, Text: "Fertig."}, w.find(first.Case).Version))
	for who, s := range map[string]slip{"first": a, "second": b, "fan": fan, "later": later} {
		if ans := w.read(s); ans.State != service.StateApproved || ans.Text != "Fertig." {
			t.Errorf("%s reads %s %q", who, ans.State, ans.Text)
		}
	}
	if ans := w.read(b); ans.Case != second.Case {
		t.Error("the second reporter reads another's case number")
	}
	for name, err := range map[string]error{
		"with itself": w.book.Merge(t.Context(), first.Case, first.Case, "anna", w.find(first.Case).Version),
		"twice":       w.book.Merge(t.Context(), second.Case, first.Case, "anna", w.find(second.Case).Version),
		"in a circle": w.book.Merge(t.Context(), first.Case, second.Case, "anna", w.find(first.Case).Version),
		"moved alone": w.book.Move(t.Context(), second.Case, "anna", cases.Progress{State: service.StateInWork}, w.find(second.Case).Version),
		"published":   w.book.Publish(t.Context(), second.Case, "anna", "", "", nil, w.find(second.Case).Version),
	} {
		if !errors.Is(err, cases.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.book.Merge(t.Context(), second.Case, first.Case, "anna", 0); !errors.Is(err, cases.ErrChanged) {
		t.Error("a clerk merges what somebody changed:", err)
	}
	w.ok(w.book.Split(t.Context(), second.Case, "anna", w.find(second.Case).Version))
	if c := w.find(second.Case); c.Main != "" || w.find(first.Case).Report.Supports != 2 {
		t.Error("they are still together")
	}
}

func TestAReportThatWasTakenBackIsSeenNoMore(t *testing.T) {
	w := newReportTown(t)
	s := w.slip()
	app, _ := w.report(s, nil, nil)
	w.phone(app)
	w.publish(app.Case, "Loch", "")
	w.reply(s, app.Case, service.Reply{Token: w.read(s).Token, Withdraw: true})
	if len(w.seen()) != 0 || w.find(app.Case).State != service.StateWithdrawn {
		t.Error("everybody still sees it")
	}
}

func TestReportsAreInEveryBackup(t *testing.T) {
	w := newReportTown(t)
	file := picture(t, 200, 100, 7)
	app, parts := w.report(w.slip(), [][]byte{file}, nil)
	w.phone(app, parts...)
	backup := w.path + ".backup"
	w.ok(w.store.Backup(t.Context(), backup))
	w.path = backup
	w.open()
	if got := check[[]byte](t)(w.book.Photo(t.Context(), app.Case, wire.Digest(file))); !bytes.Equal(got, file) || !w.find(app.Case).Received.Equal(storetest.Day()) {
		t.Error("the backup has another photo")
	}
}

// FuzzPhoto brings bytes as a photo: whatever they are, the report counts, and what is kept as a photo is exactly them.
func FuzzPhoto(f *testing.F) {
	f.Add(picture(f, 40, 30, 1))
	f.Add([]byte{0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9})
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x04ab\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, fault := intake.Opened(data, service.Attachment{Digest: wire.Digest(data), Type: "image/jpeg"})
		switch {
		case fault == "" && (!bytes.Equal(p.Data, data) || p.Width < 1 || p.Width > 2048 || p.Height > 2048 || bytes.Contains(data[:min(len(data), 64)], []byte("Exif\x00"))):
			t.Fatal("a photo is not what came")
		case fault != "" && p.Data != nil:
			t.Fatal("a bad photo is kept")
		}
	})
}

// FuzzDocument brings bytes as a document: what is kept is exactly them, begins and ends as a PDF, and opens without a password.
func FuzzDocument(f *testing.F) {
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n%%EOF"))
	f.Add([]byte("%PDF-1.4\ntrailer<</Encrypt 1 0 R>>\n%%EOF"))
	f.Add([]byte("%PDF-"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, fault := intake.Opened(data, service.Attachment{Digest: wire.Digest(data), Type: "application/pdf", Name: "../" + string(data[:min(len(data), 50)])})
		switch {
		case fault == "" && (!bytes.Equal(p.Data, data) || !bytes.HasPrefix(data, []byte("%PDF-")) || !bytes.Contains(data, []byte("%%EOF")) || strings.ContainsAny(p.Name, "/\"\r\n")):
			t.Fatal("a document is not what came")
		case fault != "" && p.Data != nil:
			t.Fatal("a bad document is kept")
		}
	})
}
