package mobile

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/enclosure"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
)

const sitePlan = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n4 0 obj<</Type/Page/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// builds is the application of somebody who builds, with everything said and every plan promised for later.
func (r *rig) builds() *draft {
	r.T.Helper()
	s, ok := r.a.o.Catalogue.Find("bauantrag", "")
	if !ok {
		r.T.Fatal("nobody can build in this town")
	}
	d := r.a.beginFor(s, nil)
	answerAll(r.T, d, "all-later")
	for name, text := range map[string]string{
		"Lageplan Renate Vogt.pdf": sitePlan,
		"passwort.pdf":             strings.Replace(sitePlan, "trailer<<", "trailer<</Encrypt 9 0 R", 1),
		"halb.pdf":                 sitePlan[:80],
		"riesig.pdf":               sitePlan + strings.Repeat(" ", enclosure.MaxFile),
		"brief.docx":               "PK\x03\x04",
		"nichts.pdf":               "",
	} {
		r.album[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return d
}

// gives chooses a file for a field of the page that is shown.
func (r *rig) gives(button, file string) {
	r.T.Helper()
	q := r.a.top().(*question)
	path, _, _ := cutLast(button)
	r.Tap(button)
	r.Wait("the files", func() bool { s, is := r.a.top().(*album); return is && s.next == len(s.names) })
	r.Tap("file." + file)
	r.Wait("the file", func() bool { return r.a.top() == screen(q) && q.papersOf(path).stage == 0 })
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	return s[:i], s[i+1:], true
}

// A plan as a file and a photo of a paper go along with the application; the town hall reads both as they were, and what they are called.
func TestPlansAreGivenAndTravelWithTheApplication(t *testing.T) {
	r := newRig(t, phone)
	d := r.builds()
	r.a.push(r.a.question(d, "plans", false))
	r.Tap("/plans/site")
	if v, _ := d.visit.Draft().Answers.Get("/plans/site"); v != nil {
		t.Fatalf("still later: %v", v)
	}
	r.gives("/plans/site/file", "Lageplan Renate Vogt.pdf")
	if !r.Sees("Dokument 1, PDF") || !r.Sees("2 Seiten") || r.Sees("Renate Vogt.pdf") {
		t.Errorf("the list says %s", r.Said())
	}
	r.gives("/plans/site/photo", "schlagloch.jpg")
	if !r.Sees("Bild 2") || !r.Sees("Mehr als 2 Dateien") {
		t.Errorf("the list says %s", r.Said())
	}
	if r.Has("/plans/site") {
		t.Error("what is there is offered to be handed in later")
	}
	r.a.Close()
	r.calm()
	r.start() // a phone that died goes on with both
	d = r.a.drafts[0]
	all := d.visit.Enclosed("/plans/site")
	if len(all) != 2 || all[0].Pages != 2 || all[0].Name != "Lageplan Renate Vogt.pdf" || all[1].Type != enclosure.JPEG {
		t.Fatalf("after a restart there are %+v", all)
	}
	r.a.push(&summary{draft: d})
	r.Tap("agree", "send")
	r.WaitScreen("sent")
	apps := r.opened()
	if len(apps) != 1 || len(apps[0].Attachments) != 2 {
		t.Fatalf("%d sent", len(apps))
	}
	a := apps[0].Attachments[0]
	if a.Field != "/plans/site" || a.Type != enclosure.PDF || a.Pages != 2 || a.Size != len(sitePlan) || a.Name != "Lageplan Renate Vogt.pdf" {
		t.Errorf("%+v", a)
	}
	part := r.memory.sent[0].Parts[0]
	kid, _ := seal.KeyOf(part.Data)
	if plain, err := r.office.Open(seal.Envelope{Key: kid, Data: part.Data}); err != nil || string(plain) != sitePlan {
		t.Errorf("the town hall reads %d bytes: %v", len(plain), err)
	}
	if bytes.Contains(r.memory.sent[0].Data, []byte("Lageplan")) {
		t.Error("the file's name can be read on the way")
	}
	if r.memory.count(shelfPhoto) != 0 {
		t.Error("the files are still on the phone")
	}
	for _, e := range r.events {
		if strings.Contains(e, "Lageplan") {
			t.Error("the file's name is in the event log")
		}
	}
}

func TestWhatIsNoPlanIsRefusedInASentence(t *testing.T) {
	r := newRig(t, phone)
	d := r.builds()
	d.visit.Answer("/plans/site", nil)
	r.a.push(r.a.question(d, "plans", false))
	for file, said := range map[string]string{
		"passwort.pdf": "hat ein Passwort", "halb.pdf": "ist beschädigt", "riesig.pdf": "ist zu groß", "brief.docx": "nehmen wir hier nicht an", "nichts.pdf": "ist beschädigt",
		"kaputt.jpg": "beschädigt", "rechnung.jpg": "beschädigt", // half of a PDF, whatever it is called
	} {
		r.gives("/plans/site/file", file)
		if !r.Sees(said) {
			t.Errorf("%s: nobody says %q:\n%s", file, said, r.Said())
		}
		if n := len(d.visit.Enclosed("")); n != 0 {
			t.Errorf("%s: %d files are there", file, n)
		}
	}
	r.gives("/plans/site/file", "Lageplan Renate Vogt.pdf")
	if r.Sees("beschädigt") {
		t.Error("the sentence stays when all is well")
	}
	r.Tap("/plans/site/remove.1")
	if n := len(d.visit.Enclosed("")); n != 0 || !r.Has("/plans/site") {
		t.Errorf("taken out, %d are left", n)
	}
	r.Tap("/plans/site") // then later after all
	if v, _ := d.visit.Draft().Answers.Get("/plans/site"); !form.Later(v) {
		t.Errorf("%v", v)
	}
}

// Drawings are PDF only: a photo is not offered there, and not taken.
func TestAFieldTakesOnlyWhatItNames(t *testing.T) {
	r := newRig(t, phone)
	d := r.builds()
	d.visit.Answer("/plans/drawings", nil)
	r.a.push(r.a.question(d, "plans", false))
	if r.Has("/plans/drawings/photo") || !r.Has("/plans/drawings/file") {
		t.Error("a photo is offered where drawings are wanted")
	}
	r.gives("/plans/drawings/file", "schlagloch.jpg")
	if len(d.visit.Enclosed("")) != 0 || !r.Sees("nehmen wir hier nicht an") {
		t.Error(r.Said())
	}
}

func TestWhoBuildsSignsOnThePhone(t *testing.T) {
	r := newRig(t, phone)
	d := r.builds()
	d.visit.Answer("/sign", nil)
	r.a.push(r.a.question(d, "sign", false))
	r.Tap("next")
	if r.a.Screen() != "form" || !r.Sees("Bitte unterschreiben Sie.") {
		t.Error("nobody has to sign")
	}
	r.Tap("/sign/name")
	r.types("Renate Vogt")
	if v, _ := d.visit.Draft().Answers.Get("/sign"); v != signature.OfName("Renate Vogt") {
		t.Errorf("%v", v)
	}
	r.Tap("next")
	r.WaitScreen("summary")
	if !r.Sees("Mit Namen bestätigt: Renate Vogt") {
		t.Error(r.Said())
	}
}
