package text

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A catalogue wants a title out of a long file: it gets it before the file was read, and the same that it gets afterwards.
func TestAnOpenedFileSaysTheSameBeforeAndAfterItIsRead(t *testing.T) {
	files := fstest.MapFS{
		"de.yaml": {Data: []byte("# so\ntitle: Hunde\nlead: >\n  Ein\n\n  Satz\npage: {one: {title: Eins}}\nfield:\n  # Fragen\n  name: {label: 'Name: {{.n}}'}\ndogs: {one: Ein Hund, other: '{{.n}} Hunde'}\n")},
		"en.yaml": {Data: []byte("title: Dogs\n\"lead\": A sentence\n")},
		"fr.yaml": {Data: []byte("title: &a Chiens\nlead: *a\n")},
		"it.yaml": {Data: []byte("{title: Cani, lead: Frase}")},
	}
	opened, err := Open(files, Names{})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, lang := range []string{"de", "en", "fr", "it", "es", "de-simple"} {
			for _, key := range []string{"title", "lead", "page.one.title", "field.name.label", "dogs", "page", "nobody", "", "page.one", "Title"} {
				if got, want := opened.Say(lang, key, "n", 2), loaded.Say(lang, key, "n", 2); got != want {
					t.Errorf("%s %s is %q, not %q", lang, key, got, want)
				}
				if opened.Has(lang, key) != loaded.Has(lang, key) || opened.Knows(lang, key) != loaded.Knows(lang, key) {
					t.Errorf("%s %s is said or not", lang, key)
				}
			}
		}
		if err := opened.Read(); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(opened.Languages(), " "); got != "de en fr it" {
		t.Error(got)
	}
}

func TestWhatIsWrongWithAnOpenedFileIsToldWhenItIsRead(t *testing.T) {
	for name, said := range map[string]string{"twice": "title: a\ntitle: b\n", "no YAML": "title: a\nlead: [\n", "no sentence": "title: a\nlead: 7\n", "a template": "title: a\nlead: '{{'\n"} {
		opened, err := Open(fstest.MapFS{"de.yaml": {Data: []byte(said)}}, Names{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		opened.Say("de", "title")
		if err := opened.Read(); err == nil || !strings.Contains(err.Error(), "de.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
