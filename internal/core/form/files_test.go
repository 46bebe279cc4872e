package form_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// asked loads a form of a file field and a signature.
func asked(t *testing.T, layout, schema string) (*form.Form, error) {
	t.Helper()
	words, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte("page.a.title: Anlagen\nfield.plan.label: Lageplan\nfield.sign.label: Unterschrift\n")}})
	if err != nil {
		t.Fatal(err)
	}
	return form.Load(form.Folder{Service: "test", Texts: words, FS: fstest.MapFS{
		"form.yaml":   {Data: []byte("pages:\n- id: a\n  fields:\n" + layout)},
		"schema.json": {Data: []byte(`{"type":"object","properties":{` + schema + `}}`)},
	}})
}

const (
	planLayout = "  - {path: /plan, kind: files, accept: [pdf, png], most: 2, size: 3, later: true}\n"
	planSchema = `"plan":{"type":"array","items":{"type":"string"},"maxItems":2}`
	signLayout = "  - {path: /sign, kind: signature}\n"
	signSchema = `"sign":{"type":"string"}`
)

func TestWhatSchemaAndLayoutSayOfFilesAndSignaturesHasToFit(t *testing.T) {
	if _, err := asked(t, planLayout+signLayout, planSchema+","+signSchema); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, layout, schema, says string }{
		{"a string", planLayout, `"plan":{"type":"string"}`, "list of strings"},
		{"a list of numbers", planLayout, `"plan":{"type":"array","items":{"type":"number"},"maxItems":2}`, "list of strings"},
		{"room for one only", planLayout, `"plan":{"type":"array","items":{"type":"string"},"maxItems":1}`, "maxItems"},
		{"no number", strings.Replace(planLayout, "most: 2, ", "", 1), planSchema, "most"},
		{"larger than the door", strings.Replace(planLayout, "size: 3", "size: 50", 1), planSchema, "size"},
		{"nothing is taken", strings.Replace(planLayout, "accept: [pdf, png], ", "", 1), planSchema, "accept"},
		{"what nobody reads", strings.Replace(planLayout, "png", "docx", 1), planSchema, "accept"},
		{"a signature that is a list", signLayout, `"sign":{"type":"array","items":{"type":"string"}}`, "signature"},
		{"a signature without room", signLayout, `"sign":{"type":"string","maxLength":100}`, "maxLength"},
		{"a text to be handed in later", "  - {path: /sign, kind: text, later: true}\n", signSchema, "of files"},
	} {
		if _, err := asked(t, c.layout, c.schema); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestAnAnswerOfFilesIsDigestsOrLater(t *testing.T) {
	f, err := asked(t, planLayout, planSchema)
	if err != nil {
		t.Fatal(err)
	}
	strict, err := asked(t, strings.Replace(planLayout, ", later: true", "", 1), planSchema)
	if err != nil {
		t.Fatal(err)
	}
	one, two, three := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		answer any
		text   string
		done   bool
		strict bool
	}{
		{nil, "", false, false},
		{[]any{}, "", false, false},
		{[]any{one}, "1 Datei", true, true},
		{[]any{one, two}, "2 Dateien", true, true},
		{[]any{one, two, three}, "", false, false},
		{[]any{one, one}, "", false, false},
		{form.LaterAnswer(), "Wird nachgereicht", true, false},
		{[]any{"later", "later"}, "", false, false},
		{[]any{one, "later"}, "", false, false},
		{"later", "later", false, false},
		{[]any{"later.pdf"}, "", false, false},
		{[]any{map[string]any{}}, "", false, false},
	} {
		in := form.Input{Answers: form.Answers{}.With("/plan", c.answer), Day: day}
		v := f.View(in)
		if got := v.Pages[0].Fields[0]; got.Text != c.text && c.done || v.Complete != c.done || got.Max != 2 || !got.Later || got.Size != 3<<20 {
			t.Errorf("%v: %q, complete %t: %q", c.answer, got.Text, v.Complete, got.Problem)
		}
		if done := strict.View(in).Complete; done != c.strict {
			t.Errorf("%v where nothing can be handed in later: complete %t", c.answer, done)
		}
		if problems := f.Check(in); (len(problems) == 0) != c.done {
			t.Errorf("%v: the town hall says %v", c.answer, problems)
		}
	}
	if got := fmt.Sprint(f.Files()); got != "[{/plan true true 2 3145728}]" {
		t.Error(got)
	}
}

func TestSomebodySignsByFingerByNameOrOnPaper(t *testing.T) {
	f, err := asked(t, signLayout, signSchema)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		answer, text, problem string
		parts                 int
	}{
		{"0,150 900,0", "Unterschrieben", "", 0},
		{"5,5", "", "Das ist noch sehr kurz. Bitte unterschreiben Sie noch einmal.", 0},
		{"5;5", "", "Das konnten wir nicht verstehen. Bitte schreiben Sie es anders.", 0},
		{strings.Repeat("1,", signature.MaxBytes), "", "Das ist zu viel auf einmal. Bitte unterschreiben Sie noch einmal.", 0},
		{"name:", "", "Bitte unterschreiben Sie.", 1},
		{"name:Renate", "", "Bitte schreiben Sie Vor- und Nachnamen.", 1},
		{"name:Renate Vogt ", "Mit Namen bestätigt: Renate Vogt", "", 1},
		{"name:Renate \U0001F600 Vogt", "", "Bitte nur Buchstaben, Ziffern und übliche Satzzeichen. Bildzeichen gehen hier nicht.", 1},
		{"paper", "Liegt auf Papier vor", "", 0},
	} {
		in := form.Input{Answers: form.Answers{"sign": c.answer}}
		v := f.View(in)
		got := v.Pages[0].Fields[0]
		if got.Text != c.text || got.Problem != c.problem || len(got.Parts) != c.parts || v.Complete != (c.problem == "") {
			t.Errorf("%.30q: %q, %q, %d parts, complete %t", c.answer, got.Text, got.Problem, len(got.Parts), v.Complete)
		}
		if c.problem == "" {
			if again := f.View(form.Input{Answers: f.Clean(in)}); again.Pages[0].Fields[0].Text != c.text {
				t.Errorf("%.30q: cleaned it says %q", c.answer, again.Pages[0].Fields[0].Text)
			}
		}
	}
	// Typing a name letter by letter, and taking it back to the last letter, stays typing.
	answers := form.Answers{}
	for _, typed := range []string{"R", "Re", "Renate Vogt", ""} {
		answers = answers.With("/sign", f.Parse("/sign", typed))
		part := f.View(form.Input{Answers: answers}).Pages[0].Inputs()[0]
		if part.Path != "/sign" || part.Text != typed || part.Keys != form.KeysText {
			t.Errorf("typed %q: %+v", typed, part)
		}
	}
}
