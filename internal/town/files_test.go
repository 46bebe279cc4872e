package town_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/visit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/cases"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/jobs"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// drawings is a document of a size.
func drawings(size int) visit.File {
	head, end := "%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n", "\n%%EOF\n"
	data := []byte(head + strings.Repeat("%0123456789abcde\n", (size-len(head)-len(end))/17) + end)
	sum := sha256.Sum256(data)
	return visit.File{Digest: hex.EncodeToString(sum[:]), Type: enclosure.PDF, Data: data, Pages: 1, Name: "Grundriss Vogt.pdf"}
}

// Whoever builds sends plans of several MB by phone, through a line that breaks; the clerk opens them as they were.
func TestPlansOfSeveralMegabytesArriveWhole(t *testing.T) {
	r := open(t, options(t))
	p := phone(t, r, "phone")
	v := p.Visit("bauantrag")
	for path, value := range map[string]any{
		"/kind": "demolition", "/place": map[string]any{"street": "Klosterstraße", "number": "14", "how": "street"}, "/district": "werste", "/flur": "7", "/parcel": "123/4",
		"/attached": false, "/words": "Die alte Scheune hinter dem Haus.", "/owner/name": "Renate Vogt", "/owner/street": "Werrestraße", "/owner/house": "12", "/owner/zip": "32545",
		"/owner/town": "Bad Oeynhausen", "/owner/phone": "05731 140", "/plans/description": form.LaterAnswer(), "/sign": "100,150 300,-60 200,80",
	} {
		v.Answer(path, value)
	}
	one, two := drawings(5<<20-100), drawings(2<<20)
	for _, f := range []visit.File{one, two} {
		if err := v.Attach("/plans/site", f); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Attach("/plans/site", drawings(1000)); err != visit.ErrTooMany {
		t.Errorf("a third one where two fit: %v", err)
	}
	receipt := must[visit.Receipt](t)(v.Submit(t.Context(), pay.Free, nil))
	for range 20 {
		if err := p.Sync(t.Context()); err == nil {
			break
		}
	}
	c := must[cases.Case](t)(r.Hall.Book.Get(t.Context(), receipt.Case))
	if len(c.Photos) != 2 || len(c.Warnings) != 0 || c.Channel != "phone" {
		t.Fatalf("%d files, %v", len(c.Photos), c.Warnings)
	}
	for i, f := range []visit.File{one, two} {
		data := must[[]byte](t)(r.Hall.Book.Photo(t.Context(), receipt.Case, f.Digest))
		if got := c.Photos[i]; !bytes.Equal(data, f.Data) || got.Type != enclosure.PDF || got.Pages != 1 || got.Name != "Grundriss Vogt.pdf" || got.Field != "/plans/site" {
			t.Errorf("%+v, %d bytes", got, len(data))
		}
	}
	if a, _ := c.Application.Answers.Get("/plans/description"); !form.Later(a) {
		t.Error("nobody knows that the description comes later")
	}
}

// What a device may bring fits through the town hall's door.
func TestWhatADeviceMayBringFitsThroughTheDoor(t *testing.T) {
	if sealed := enclosure.MaxFile*4/3 + 4096; sealed > wire.MaxBlob {
		t.Errorf("a document of %d bytes is %d sealed, the door takes %d", enclosure.MaxFile, sealed, wire.MaxBlob)
	}
	if enclosure.MaxFiles > wire.MaxBlobs {
		t.Errorf("%d files, the door takes %d", enclosure.MaxFiles, wire.MaxBlobs)
	}
	if sealed := enclosure.MaxAll*4/3 + enclosure.MaxFiles*4096; sealed > 32<<20 {
		t.Errorf("everything together is %d bytes sealed, the dock takes 32 MiB", sealed)
	}
}

// The town hall offers a job; a phone learns of it with its next contact, applies without a line, and was in time though the offer is closed before its
// application arrives.
func TestAJobIsOfferedAppliedForWithoutALineAndClosedMeanwhile(t *testing.T) {
	r := open(t, options(t))
	p := phone(t, r, "phone")
	today := r.VisitOptions().Now()
	made := must[jobs.Offer](t)(r.Hall.Jobs.Add(t.Context(), "kowalski", jobs.Offer{Title: publish.Words{De: "Koch (m/w/d)"}, Department: "Kita Werste", Text: publish.Words{De: "Sie kochen für die Kinder."}, Until: today.AddDate(0, 1, 0).Format("2006-01-02")}))
	if err := p.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	known := func() (until string) {
		t.Helper()
		for _, rec := range must[[]wire.Record](t)(p.Post.Store.Records(t.Context(), publish.CollectionJobs)) {
			var j publish.Job
			if json.Unmarshal(rec.Data, &j) == nil && j.ID == made.ID {
				return j.Until
			}
		}
		t.Fatal("the phone does not know the job")
		return ""
	}
	if known() != made.Until {
		t.Error(known())
	}
	r.Cut()
	v := p.Visit("bewerbung")
	for path, value := range map[string]any{"/job": made.ID, "/name": "Renate Vogt", "/street": "Werrestraße", "/house": "12", "/zip": "32545", "/town": "Bad Oeynhausen", "/email": "renate@beispiel.de",
		"/cv": form.LaterAnswer(), "/privacy": true} {
		v.Answer(path, value)
	}
	if err := v.Attach("/letters", drawings(5000)); err != nil {
		t.Fatal(err)
	}
	receipt := must[visit.Receipt](t)(v.Submit(t.Context(), pay.Free, nil))
	if err := r.Hall.Jobs.Close(t.Context(), "kowalski", made.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.Join(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if p.Sync(t.Context()) == nil {
			break
		}
	}
	c := must[cases.Case](t)(r.Hall.Book.Get(t.Context(), receipt.Case))
	if len(c.Warnings) != 0 || len(c.Photos) != 1 {
		t.Errorf("%v, %d files", c.Warnings, len(c.Photos))
	}
	if known() >= today.Format("2006-01-02") {
		t.Errorf("the phone still offers it until %s", known())
	}
}
