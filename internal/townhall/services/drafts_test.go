package services_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/services"
)

// draft gives the newest state of a draft.
func (d *desk) draft(t testing.TB, id string) services.Draft {
	t.Helper()
	return must(d.Draft(t.Context(), id, 0))(t)
}

// edit is what somebody does who looks at the newest state.
func (d *desk) edit(t testing.TB, id, who string) services.Edit {
	t.Helper()
	return services.Edit{Service: id, Revision: d.draft(t, id).Revision, Who: who}
}

func text(t testing.TB, f services.Draft, name string) string {
	t.Helper()
	data, ok := f.Checked.Files.File(name)
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return string(data)
}

func TestADraftBeginsAsWhatIsOfferedAndIsPublishedAsTheNextVersion(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Begin(ctx, survey, "kowalski"))
	first := d.draft(t, survey)
	if len(first.Mistakes) > 0 || !first.Checked.Taken || first.Base != "1" || first.Who != "kowalski" || first.Title != "Umfrage zu diesem Gerät" {
		t.Fatalf("%+v %+v", first.State, first.Mistakes)
	}
	ok(t, d.SaveFile(ctx, d.edit(t, survey, "vogt"), "texts/de.yaml", strings.Replace(text(t, first, "texts/de.yaml"), "Umfrage zu diesem Gerät", "Was denken Sie?", 1)))
	ok(t, d.Begin(ctx, survey, "other"))
	if x := d.draft(t, survey); x.Title != "Was denken Sie?" || x.Who != "vogt" || len(x.Checked.Changes) != 1 {
		t.Fatalf("a second beginner does not go on with it: %+v %+v", x.State, x.Checked.Changes)
	}
	ok(t, d.Raise(ctx, d.edit(t, survey, "vogt")))
	x := d.draft(t, survey)
	if x.Checked.Taken || x.Checked.Service.Version != "2" || !strings.Contains(text(t, x, "service.yaml"), "# Five questions") {
		t.Fatalf("%s", text(t, x, "service.yaml"))
	}
	ok(t, d.Publish(ctx, must(d.CheckFolder(ctx, x.Checked.Files))(t), "vogt"))
	d.offered(t, survey, "2", "Was denken Sie?")
	if _, err := d.Draft(ctx, survey, 0); !errors.Is(err, services.ErrDraft) {
		t.Error("a published draft is still there:", err)
	}
	ok(t, d.Begin(ctx, survey, "kowalski"))
	if again := d.draft(t, survey); again.Base != "2" || again.Checked.Files.Digest() != x.Checked.Files.Digest() || again.Revision <= x.Revision {
		t.Errorf("the next one begins otherwise: %+v", again.State)
	}
	if err := d.Begin(ctx, "gibtesnicht", "x"); !errors.Is(err, services.ErrUnknown) {
		t.Error(err)
	}
}

func TestWhatSomebodyWroteSinceIsNotThrownAwayWithAPublishedDraft(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Begin(ctx, survey, "kowalski"))
	ok(t, d.Raise(ctx, d.edit(t, survey, "kowalski")))
	seen := d.draft(t, survey)
	ok(t, d.SaveFile(ctx, d.edit(t, survey, "vogt"), "texts/de.yaml", text(t, seen, "texts/de.yaml")+"# mehr\n"))
	ok(t, d.Publish(ctx, must(d.CheckFolder(ctx, seen.Checked.Files))(t), "kowalski"))
	if x := d.draft(t, survey); !strings.Contains(text(t, x, "texts/de.yaml"), "# mehr") {
		t.Error("it is gone")
	}
}

// small is a new service of the citizens' office.
func small(id, title, from, who string) services.Beginning {
	return services.Beginning{ID: id, Title: title, From: from, Office: "buergerbuero", Situation: "schaden-melden", Who: who}
}

func TestANewServiceIsWholeFromTheBeginning(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Invent(ctx, small("laternenumzug", `Laternen & "Umzüge": anmelden`, "", "kowalski")))
	ok(t, d.Invent(ctx, small("noch-eine", "Noch eine Umfrage", survey, "kowalski")))
	began := d.draft(t, "laternenumzug")
	if len(began.Mistakes) != 3 || began.Mistakes[0].File != "texts/de.yaml" || began.Mistakes[0].Line != 2 {
		t.Errorf("what nobody has written yet can be published: %+v", began.Mistakes)
	}
	if s := began.Checked.Service; s.Office != "buergerbuero" || !slices.Contains(s.Situations, "schaden-melden") {
		t.Errorf("it belongs to %s and %v", s.Office, s.Situations)
	}
	ok(t, d.SaveSentences(ctx, d.edit(t, "laternenumzug", "kowalski"), map[string]map[string]string{"de": {"lead": "Für Umzüge mit Laternen."}, "en": {"lead": "For lantern parades."}, "de-simple": {"lead": "Für Umzüge."}}))
	for id, title := range map[string]string{"laternenumzug": `Laternen & "Umzüge": anmelden`, "noch-eine": "Noch eine Umfrage"} {
		x := d.draft(t, id)
		if len(x.Mistakes) > 0 || x.Checked.Taken || x.Title != title || x.Checked.Service.Version != "1" || x.Checked.Now != nil {
			t.Errorf("%s: %+v %+v", id, x.State, x.Mistakes)
			continue
		}
		ok(t, d.Publish(ctx, must(d.CheckFolder(ctx, x.Checked.Files))(t), "kowalski"))
		d.offered(t, id, "1", title)
	}
	for id, want := range map[string]error{survey: services.ErrTaken, "laternenumzug": services.ErrTaken, "Ümzug": bundle.ErrBundle, "../x": bundle.ErrBundle, "": bundle.ErrBundle, "a b": bundle.ErrBundle} {
		if err := d.Invent(ctx, small(id, "Titel", "", "x")); !errors.Is(err, want) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, title := range []string{"", "  ", "{{.x}}", "a\nb", strings.Repeat("x", 121)} {
		if err := d.Invent(ctx, small("umzug", title, "", "x")); !errors.Is(err, services.ErrTitle) {
			t.Errorf("%q: %v", title, err)
		}
	}
	if err := d.Invent(ctx, small("umzug", "Umzug", "gibtesnicht", "x")); !errors.Is(err, services.ErrUnknown) {
		t.Error(err)
	}
	nowhere := small("umzug", "Umzug", "", "x")
	nowhere.Office, nowhere.Situation = "gibtesnicht", ""
	if err := d.Invent(ctx, nowhere); !errors.Is(err, services.ErrOffice) || !errors.Is(err, services.ErrSituation) {
		t.Error(err)
	}
	braces := folder(t, "in-klammern", "1", "In Klammern")
	braces["service.yaml"].Data = []byte(`{id: in-klammern, version: "1", kind: survey, tenants: [stadt], icon: message-2, situations: [schaden-melden], channels: [terminal], ways: [free], trust: none, office: buergerbuero}`)
	d.publish(t, braces)
	if err := d.Invent(ctx, small("umzug", "Umzug", "in-klammern", "x")); !errors.Is(err, services.ErrText) {
		t.Error("what cannot be copied is copied:", err)
	}
	ok(t, d.Invent(ctx, small("umzug", "Umzug", "", "x")))
	if err := d.Invent(ctx, small("umzug", "Umzug", "", "y")); !errors.Is(err, services.ErrTaken) {
		t.Error("somebody else's draft is no draft:", err)
	}
}

func TestMistakesAreNamedWithFileAndLine(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Begin(ctx, survey, "kowalski"))
	ok(t, d.AddFile(ctx, d.edit(t, survey, "kowalski"), "documents/sheet.yaml"))
	ok(t, d.SaveFile(ctx, d.edit(t, survey, "kowalski"), "documents/sheet.yaml", "blocks:\n  - {kind: heading, level: 1, text: title}\n"))
	whole := d.draft(t, survey)
	for name, c := range map[string]struct {
		file, old, new string
		line           int
		wrong          string
	}{
		"YAML":                                {"form.yaml", "pages:", "pages: [", -1, "']'"},
		"an unknown key":                      {"form.yaml", "pages:", "pagess:", -1, `unknown field "pagess"`},
		"the first file":                      {"service.yaml", "kind: survey", "kindd: report", 4, "unknown field"},
		"no such situation":                   {"service.yaml", "[schaden-melden]", "[zukunft]", 0, `no situation "zukunft"`},
		"another id":                          {"service.yaml", "id: umfrage", "id: umfragen", 0, "id has to stay umfrage"},
		"a sentence's YAML":                   {"texts/en.yaml", "title:", "title: [", -1, "must be specified"},
		"a sentence that is not":              {"texts/en.yaml", "lead:", "leadd:", 0, "lead is missing"},
		"JSON":                                {"schema.json", "{", "{{", 1, "invalid character"},
		"a paper":                             {"documents/sheet.yaml", "kind: heading", "kind: heeading", 0, "no such kind of block"},
		"an expression":                       {"documents/sheet.yaml", "blocks:", "blocks:\n  - {kind: row, when: '1 +', label: title, value: app.day}", -1, "Syntax error"},
		"a table that is not there":           {"documents/sheet.yaml", "blocks:", "blocks:\n  - {kind: row, label: title, value: tables.nothing.x}", -1, "reads tables.nothing"},
		"an example":                          {"examples/content.yaml", "day:", "dayy:", -1, "unknown field"},
		"an example that comes out otherwise": {"examples/cross.yaml", "expect:", "expect:\n  needs: [nothing]", 0, "not [nothing]"},
	} {
		before := text(t, whole, c.file)
		if !strings.Contains(before, c.old) {
			t.Fatalf("%s: %s has no %q", name, c.file, c.old)
		}
		ok(t, d.SaveFile(ctx, d.edit(t, survey, "vogt"), c.file, strings.Replace(before, c.old, c.new, 1)))
		x := d.draft(t, survey)
		found := false
		for _, m := range x.Mistakes {
			found = found || m.File == c.file && (m.Line == c.line || c.line < 0 && m.Line > 0) && strings.Contains(m.Wrong, c.wrong)
		}
		if !found || x.Wrong != len(x.Mistakes) {
			t.Errorf("%s: %+v", name, x.Mistakes)
		}
		if err := d.Publish(ctx, must(d.CheckFolder(ctx, x.Checked.Files))(t), "x"); name != "another id" && !errors.Is(err, service.ErrFlaws) {
			t.Errorf("%s is published: %v", name, err)
		}
		ok(t, d.SaveFile(ctx, d.edit(t, survey, "vogt"), c.file, before))
	}
	if x := d.draft(t, survey); x.Wrong != 0 || x.Digest != whole.Digest {
		t.Errorf("mended it is %+v", x.Mistakes)
	}
}

func TestTwoWhoWriteAtTheSameDraftDoNotOverwriteEachOther(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Begin(ctx, survey, "kowalski"))
	mine, theirs := d.edit(t, survey, "kowalski"), d.edit(t, survey, "vogt")
	ok(t, d.SaveFile(ctx, theirs, "form.yaml", "theirs\n"))
	for name, err := range map[string]error{
		"save": d.SaveFile(ctx, mine, "form.yaml", "mine\n"), "add": d.AddFile(ctx, mine, "texts/tr.yaml"), "rename": d.RenameFile(ctx, mine, "form.yaml", "x.yaml"), "remove": d.RemoveFile(ctx, mine, "form.yaml"),
		"raise": d.Raise(ctx, mine), "restore": d.Restore(ctx, mine, mine.Revision), "discard": d.Discard(ctx, mine),
	} {
		if !errors.Is(err, services.ErrNewer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if x := d.draft(t, survey); text(t, x, "form.yaml") != "theirs\n" || x.Who != "vogt" {
		t.Error("it was overwritten")
	}
	ok(t, d.Restore(ctx, d.edit(t, survey, "kowalski"), mine.Revision))
	if x := d.draft(t, survey); x.Wrong != 0 || x.What != services.DraftRestored {
		t.Errorf("an earlier state does not come back: %+v", x.State)
	}
}

func TestFilesAreAddedRenamedAndRemovedWithinLimits(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Begin(ctx, survey, "kowalski"))
	edit := func() services.Edit { return d.edit(t, survey, "kowalski") }
	ok(t, d.AddFile(ctx, edit(), "texts/tr.yaml"))
	ok(t, d.SaveFile(ctx, edit(), "texts/tr.yaml", "title: Anket\n"))
	ok(t, d.RenameFile(ctx, edit(), "texts/tr.yaml", "texts/uk.yaml"))
	if got := text(t, d.draft(t, survey), "texts/uk.yaml"); got != "title: Anket\n" {
		t.Errorf("%q", got)
	}
	ok(t, d.RemoveFile(ctx, edit(), "texts/uk.yaml"))
	states := must(d.DraftStates(ctx, survey))(t)
	if len(states) != 5 || states[0].What != services.DraftRemoved || states[0].File != "texts/uk.yaml" || states[1].What != services.DraftRenamed {
		t.Errorf("%+v", states)
	}
	for _, name := range []string{"../x.yaml", "/etc/passwd", "a/b/c/d.yaml", "größe.yaml", ".hidden", `texts\de.yaml`, "texts/DE.yaml", "texts", "form.yaml/x", "", strings.Repeat("a", 200), "a\x00b"} {
		if err := d.AddFile(ctx, edit(), name); !errors.Is(err, bundle.ErrBundle) {
			t.Errorf("%q is a file: %v", name, err)
		}
		if err := d.RenameFile(ctx, edit(), "form.yaml", name); !errors.Is(err, bundle.ErrBundle) {
			t.Errorf("%q is a name: %v", name, err)
		}
	}
	for name, err := range map[string]error{"add": d.AddFile(ctx, edit(), "form.yaml"), "rename": d.RenameFile(ctx, edit(), "form.yaml", "schema.json")} {
		if !errors.Is(err, services.ErrTaken) {
			t.Errorf("%s over another file: %v", name, err)
		}
	}
	for name, err := range map[string]error{"save": d.SaveFile(ctx, edit(), "x.yaml", "x"), "rename": d.RenameFile(ctx, edit(), "x.yaml", "y.yaml"), "remove": d.RemoveFile(ctx, edit(), "x.yaml")} {
		if !errors.Is(err, services.ErrNoFile) {
			t.Errorf("%s without a file: %v", name, err)
		}
	}
	if err := d.SaveFile(ctx, edit(), "form.yaml", strings.Repeat("x", bundle.MaxFile+1)); !errors.Is(err, bundle.ErrBundle) {
		t.Errorf("too much is kept: %v", err)
	}
	for _, text := range []string{"a\x00b", "\xff"} {
		if err := d.SaveFile(ctx, edit(), "form.yaml", text); !errors.Is(err, services.ErrText) {
			t.Errorf("%q is kept: %v", text, err)
		}
	}
	if x := d.draft(t, survey); x.Wrong != 0 {
		t.Errorf("%+v", x.Mistakes)
	}
}

func TestTheLastFiftyStatesOfADraftAreKept(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Begin(ctx, survey, "kowalski"))
	for i := range 55 {
		ok(t, d.SaveFile(ctx, d.edit(t, survey, "kowalski"), "form.yaml", fmt.Sprint(i)))
	}
	states := must(d.DraftStates(ctx, survey))(t)
	ok(t, d.SaveFile(ctx, d.edit(t, survey, "kowalski"), "form.yaml", "54"))
	if again := must(d.DraftStates(ctx, survey))(t); len(states) != 50 || len(again) != 50 || again[0].Revision != states[0].Revision {
		t.Errorf("%d states, then %d", len(states), len(again))
	}
	ok(t, d.Restore(ctx, d.edit(t, survey, "kowalski"), states[49].Revision))
	if got := text(t, d.draft(t, survey), "form.yaml"); got != "5" {
		t.Errorf("the oldest is %q", got)
	}
}

func TestSentencesAreChangedBesideEachOther(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	ok(t, d.Begin(ctx, survey, "kowalski"))
	s := d.draft(t, survey).Sentences()
	if strings.Join(s.Langs, " ") != "de en de-simple" || len(s.Closed) > 0 || s.Rows[0].Key != "title" || s.Rows[0].Said["de"] != "Umfrage zu diesem Gerät" {
		t.Fatalf("%v %v %+v", s.Langs, s.Closed, s.Rows[0])
	}
	edit := d.edit(t, survey, "vogt")
	ok(t, d.SaveSentences(ctx, edit, map[string]map[string]string{"de": {"title": "Was denken Sie?"}, "de-simple": {"law": "Freiwillig: ohne Namen"}, "en": {"title": ""}}))
	x := d.draft(t, survey)
	if x.What != services.DraftWorded || x.Title != "Was denken Sie?" || !strings.Contains(text(t, x, "texts/de-simple.yaml"), `law: "Freiwillig: ohne Namen"`) || !strings.Contains(text(t, x, "texts/de-simple.yaml"), "# ") {
		t.Errorf("%+v\n%s", x.State, text(t, x, "texts/de-simple.yaml"))
	}
	if len(x.Mistakes) != 1 || x.Mistakes[0].File != "texts/en.yaml" || !strings.Contains(x.Mistakes[0].Wrong, "title is missing") {
		t.Errorf("a sentence that is missing is no mistake: %+v", x.Mistakes)
	}
	if err := d.SaveSentences(ctx, edit, map[string]map[string]string{"de": {"title": "Mein Titel"}}); !errors.Is(err, services.ErrNewer) {
		t.Error(err)
	}
	if err := d.SaveSentences(ctx, d.edit(t, survey, "vogt"), map[string]map[string]string{"../x": {"title": "Y"}}); !errors.Is(err, services.ErrNoFile) {
		t.Error(err)
	}
	keys := func() (keys []string) {
		for _, r := range d.draft(t, survey).Sentences().Rows {
			keys = append(keys, r.Key)
		}
		return keys
	}
	before := keys()
	ok(t, d.SaveSentences(ctx, d.edit(t, survey, "vogt"), map[string]map[string]string{"de": {"title": "", "field.done.label": ""}, "en": {"title": "Poll"}}))
	if got := keys(); !slices.Equal(got, before) {
		t.Errorf("a sentence that is taken out moves the others: %q, before %q", got, before)
	}
	ok(t, d.SaveSentences(ctx, d.edit(t, survey, "vogt"), map[string]map[string]string{"en": {"field.done.label": ""}, "de-simple": {"field.done.label": ""}}))
	if got := keys(); len(got) != len(before) || !slices.Contains(got, "field.done.label") {
		t.Errorf("a sentence that no language says and a question needs has no row: %q", got)
	}
	ok(t, d.SaveFile(ctx, d.edit(t, survey, "vogt"), "texts/en.yaml", "title: [\n"))
	if s := d.draft(t, survey).Sentences(); strings.Join(s.Langs, " ") != "de de-simple" || strings.Join(s.Closed, " ") != "en" {
		t.Errorf("%v %v", s.Langs, s.Closed)
	}
	if err := d.SaveSentences(ctx, d.edit(t, survey, "vogt"), map[string]map[string]string{"en": {"title": "Y"}}); !errors.Is(err, services.ErrText) {
		t.Error(err)
	}
}
