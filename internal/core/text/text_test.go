package text

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

func load(t *testing.T, files map[string]string) *Texts {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	texts, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func sample(t *testing.T) *Texts {
	return load(t, map[string]string{
		"page/de.yaml":  "page:\n  next: Weiter\n  step: \"Schritt {{.i}} von {{.n}}\"\nminutes:\n  one: \"{{.n}} Minute\"\n  other: \"{{.n}} Minuten\"\nonly: Nur hier\n",
		"page/en.yaml":  "page.next: Next\npage.step: \"Step {{.i}} of {{.n}}\"\nminutes: {one: \"{{.n}} minute\", other: \"{{.n}} minutes\"}\n",
		"kiosk/de.yaml": "kiosk.end: Beenden\n",
	})
}

func TestSentencesComeInTheReadersLanguage(t *testing.T) {
	texts := sample(t)
	for _, c := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"de", "page.next", nil, "Weiter"},
		{"en", "page.next", nil, "Next"},
		{"en-GB", "page.next", nil, "Next"},
		{"tr", "page.next", nil, "Weiter"},
		{"en", "only", nil, "Nur hier"},
		{"en", "kiosk.end", nil, "Beenden"},
		{"de", "page.step", []any{"i", 2, "n", 5}, "Schritt 2 von 5"},
		{"de", "minutes", []any{"n", 1}, "1 Minute"},
		{"de", "minutes", []any{"n", 5}, "5 Minuten"},
		{"en", "minutes", []any{"n", 1}, "1 minute"},
		{"en", "minutes", []any{"n", "viele"}, "viele minutes"},
		{"de", "nobody.knows", nil, "nobody.knows"},
		{"", "page.next", nil, "Weiter"},
	} {
		if got := texts.Say(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("%s in %q: the reader sees %q, not %q", c.key, c.lang, got, c.want)
		}
	}
}

func TestLanguagesAreListedGermanFirst(t *testing.T) {
	texts := load(t, map[string]string{"ar.yaml": "a: b", "de.yaml": "a: b", "en.yaml": "a: b"})
	if got := strings.Join(texts.Languages(), " "); got != "de ar en" {
		t.Errorf("languages: %s", got)
	}
	if texts.Has("en", "b") || !texts.Has("en", "a") {
		t.Error("Has does not say what the language itself says")
	}
	if got := sample(t).Keys("de"); strings.Join(got, " ") != "kiosk.end minutes only page.next page.step" {
		t.Errorf("keys: %v", got)
	}
}

func TestAServicesOwnWordsComeBeforeTheGeneralOnes(t *testing.T) {
	own := load(t, map[string]string{"de.yaml": "missing: Bitte nennen Sie Ihr Kennzeichen."})
	general := load(t, map[string]string{"de.yaml": "missing: Bitte ausfüllen.\nlong: Zu lang.", "en.yaml": "missing: Please fill in."})
	joined := Join(own, nil, general)
	if got := joined.Say("de", "missing"); got != "Bitte nennen Sie Ihr Kennzeichen." {
		t.Error(got)
	}
	if got := joined.Say("de", "long"); got != "Zu lang." {
		t.Error(got)
	}
}

func TestBrokenFilesAreRefusedByName(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"a key said twice":  {"a/de.yaml": "x: y", "b/de.yaml": "x: z"},
		"a broken template": {"a/de.yaml": "x: \"{{.n\""},
		"no YAML":           {"a/de.yaml": "x: [y"},
		"not a language":    {"a/ü!.yaml": "x: y"},
		"not a sentence":    {"a/de.yaml": "x: 12"},
		"a comma in a map":  {"a/de.yaml": "x: {y: So, und so}"},
		"nested and flat":   {"a/de.yaml": "x.y: a\nx:\n  y: b"},
	} {
		fsys := fstest.MapFS{}
		for f, data := range files {
			fsys[f] = &fstest.MapFile{Data: []byte(data)}
		}
		if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), ".yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyReadersAtOnce(t *testing.T) {
	texts := sample(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 50 {
				texts.Say("de", "minutes", "n", i)
			}
		})
	}
	wg.Wait()
}

func TestDatesAsPeopleWriteThem(t *testing.T) {
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	if got := Date("de", day); got != "5. März 2026" {
		t.Error(got)
	}
	if got := Date("en", day); got != "5 March 2026" {
		t.Error(got)
	}
	if got := Date("tr", day); got != "5. März 2026" {
		t.Error(got)
	}
}

func TestASimpleFormOfALanguageIsALanguageOfItsOwn(t *testing.T) {
	texts, err := Load(fstest.MapFS{
		"de.yaml":        {Data: []byte("price: \"Der Preis beträgt {{.price}}.\"\ndays:\n  one: \"{{.n}} Tag\"\n  other: \"{{.n}} Tage\"\nonly: \"Nur auf {{.what}}.\"")},
		"de-simple.yaml": {Data: []byte("price: \"Das kostet {{.price}}.\"\ndays:\n  one: \"Das dauert {{.n}} Tag.\"\n  other: \"Das dauert {{.n}} Tage.\"")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang, key, want string
		args            []any
	}{
		{"de-simple", "price", "Das kostet 5 €.", []any{"price", "5 €"}}, {"de", "price", "Der Preis beträgt 5 €.", []any{"price", "5 €"}},
		{"de-simple", "days", "Das dauert 1 Tag.", []any{"n", 1}}, {"de-simple", "days", "Das dauert 3 Tage.", []any{"n", 3}}, {"de", "days", "3 Tage", []any{"n", 3}},
		{"de-simple", "only", "Nur auf Deutsch.", []any{"what", "Deutsch"}},
	} {
		if got := texts.Say(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("%s %s: %q", c.lang, c.key, got)
		}
	}
}

func TestWhatIsSaidInAnotherLanguageIsKnownAllTheSame(t *testing.T) {
	texts, err := Load(fstest.MapFS{"de.yaml": {Data: []byte("a: A\nb: B")}, "en.yaml": {Data: []byte("a: A")}, "de-simple.yaml": {Data: []byte("a: A")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"de", "en", "de-simple", "fr"} {
		if !texts.Knows(lang, "b") || texts.Knows(lang, "c") || texts.Say(lang, "b") != "B" {
			t.Errorf("%s: b %v, c %v", lang, texts.Knows(lang, "b"), texts.Knows(lang, "c"))
		}
	}
	if texts.Has("de-simple", "b") {
		t.Error("what is fallen back to is taken for the language's own")
	}
}

func TestABranchSaysItsSentencesByWhatFollowsIt(t *testing.T) {
	texts := load(t, map[string]string{
		"law/de.yaml": "law:\n  dogs:\n    title: Hundesteuer\n    late: \"Vorgesehen sind {{.days}} Tage.\"\n    eligible: {owner: Nur wer einen Hund hat.}\n  cats: {title: Katzen}\n",
		"law/en.yaml": "law.dogs.title: Dog tax\n",
	})
	own := load(t, map[string]string{"de.yaml": "title: Hund\nlead: Melden Sie ihn an.\n", "en.yaml": "title: Dog\nlead: Tell us.\n"})
	dogs := Join(texts.Under("law").Under("dogs"), own)
	for _, c := range []struct{ lang, key, want string }{
		{"de", "title", "Hundesteuer"}, // before its own
		{"en", "title", "Dog tax"},
		{"de", "eligible.owner", "Nur wer einen Hund hat."},
		{"en", "eligible.owner", "Nur wer einen Hund hat."},
		{"en", "lead", "Tell us."},
		{"de", "cats.title", "cats.title"},
	} {
		if got := dogs.Say(c.lang, c.key); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.lang, c.key, got, c.want)
		}
	}
	if got := dogs.Say("de", "late", "days", 14); got != "Vorgesehen sind 14 Tage." {
		t.Error("filled in:", got)
	}
	if b := dogs.Blanks("de", "late"); len(b) != 1 || b[0] != "days" {
		t.Error("blanks:", b)
	}
	if dogs.Has("en", "eligible.owner") || !dogs.Knows("en", "eligible.owner") || !dogs.Has("en", "title") {
		t.Error("what a language says itself")
	}
	if got := strings.Join(texts.Under("law.dogs").Keys("de"), " "); got != "eligible.owner late title" {
		t.Error("keys:", got)
	}
}
