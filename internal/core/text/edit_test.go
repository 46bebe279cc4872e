package text

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

const edited = `# Sentences of a service.
title: Hunde
lead: "Ein Satz: mit Doppelpunkt"

card:
  # what is needed
  need: {dog: Ein Hund, tag: "Eine Marke, rund"} # both
  long: >
    Ein Satz
    in Zeilen
field:
  name: {label: Name}
  name.option: {a: Rot, b: Blau}
dogs: {one: Ein Hund, other: "{{.n}} Hunde"}
`

func TestSentencesAreChangedAndEverythingElseStays(t *testing.T) {
	out, err := Edit([]byte(edited), map[string]string{"title": "Hund anmelden", "lead": `Noch "einer": so`, "card.need.tag": "Keine Marke", "card.long": "Kurz, jetzt", "field.name.option.a": "[rot]", "dogs.one": ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Sentences of a service.\ntitle: Hund anmelden\n", `lead: "Noch \"einer\": so"`, "  # what is needed\n", `need: {dog: Ein Hund, tag: "Keine Marke"} # both`, `long: "Kurz, jetzt"`,
		`name.option: {a: "[rot]", b: Blau}`, `dogs: {other: "{{.n}} Hunde"}`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestASentenceThatWasMissingIsAddedWhereItsKeyLeads(t *testing.T) {
	out, err := Edit([]byte(edited), map[string]string{"field.name.hint": "Wie im Pass", "field.name.option.c": "nein", "field.birth.label": "Tag: Geburt", "page.one.title": "Eins", "card.get": "Ja"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"name: {label: Name, hint: Wie im Pass}", "b: Blau, c: nein}", `  birth.label: "Tag: Geburt"`, "\npage.one.title: Eins\n", "  get: Ja\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	for _, empty := range []string{"", "# only a word\n", "\n"} {
		out, err := Edit([]byte(empty), map[string]string{"title": "Hunde", "page.one.title": "no"})
		if err != nil || !strings.Contains(string(out), "title: Hunde\n") || !strings.Contains(string(out), `page.one.title: "no"`) {
			t.Errorf("%q becomes %q, %v", empty, out, err)
		}
	}
	if out, err := Edit([]byte("page: {one: {title: Eins}}\n"), map[string]string{"page.one.title": ""}); err != nil || len(out) != 0 {
		t.Errorf("nothing is written as %q, %v", out, err)
	}
}

func TestWhateverSomebodyTypesIsSaidAgain(t *testing.T) {
	for _, said := range []string{"true", "Nein", "12", "- x", "# x", "a: b", "a #b", "'", `"`, `\`, "a\nb", "a\tb", "{{.n}}", "[", "&a", "*a", "!x", "%", "@", "`", " x ", "ä „ö“ – ß", "a  b", "\u00a0", "🐈", "|", ">", "?", ": ", "null", "~", "~x", "a, b"} {
		for _, key := range []string{"title", "card.need.dog", "new", "card.need.new", "field.new.label"} {
			out, err := Edit([]byte(edited), map[string]string{key: said})
			if err != nil {
				t.Errorf("%s: %q: %v", key, said, err)
				continue
			}
			found := false
			list, err := Sentences(out)
			for _, s := range list {
				found = found || s.Key == key && s.Text == said
			}
			if !found || err != nil {
				t.Errorf("%s: %q is lost: %v\n%s", key, said, err, out)
			}
		}
	}
}

func TestWhatIsWrittenOtherwiseIsLeftAlone(t *testing.T) {
	for _, data := range []string{"title: [", "- a\n- b\n", "title: &a Hunde\nlead: *a\n", "title: 7\n", "a: {b: [c]}\n", "title\n", "---\na: b\n---\nc: d\n", "<<: {a: b}\n", "? [a]\n: b\n", "a: b\na: c\n"} {
		if out, err := Edit([]byte(data), map[string]string{"title": "Katzen"}); !errors.Is(err, ErrForm) {
			t.Errorf("%q becomes %q, %v", data, out, err)
		}
	}
}

func TestEveryFileOfSentencesThatShipsCanBeChanged(t *testing.T) {
	files, err := fs.Glob(assets.FS, "services/*/texts/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(assets.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Sentences(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		out, err := Edit(data, map[string]string{list[len(list)-1].Key: "Neu", "field.new.label": "Neu"})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var gone []string
		for _, line := range strings.Split(string(data), "\n") {
			if !strings.Contains(string(out), line) {
				gone = append(gone, line)
			}
		}
		if len(gone) > 1 { // the one that was changed
			t.Errorf("%s: lines are written otherwise: %q", file, gone)
		}
	}
}

func FuzzEdit(f *testing.F) {
	f.Add([]byte(edited), "card.need.tag", "Eine: Marke")
	f.Fuzz(func(t *testing.T, data []byte, key, said string) {
		out, err := Edit(data, map[string]string{key: said})
		if err != nil {
			return
		}
		list, err := Sentences(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.Key == key && s.Text == said {
				return
			}
		}
		if said != "" {
			t.Fatalf("%q is lost in %q", said, out)
		}
	})
}
