package service

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// guide is docs/services.md; its sections by their headings.
func guide(t *testing.T) (whole string, sections map[string]string) {
	t.Helper()
	data, err := os.ReadFile("../../../docs/services.md")
	if err != nil {
		t.Fatal(err)
	}
	whole, sections = string(data), map[string]string{}
	for _, part := range strings.Split(whole, "\n## ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		sections[name] = text
	}
	return whole, sections
}

// keysOf collects the YAML keys of a layout and of what lies in it.
func keysOf(into map[string]bool, seen map[reflect.Type]bool, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		keysOf(into, seen, t.Elem())
		return
	case reflect.Struct:
	default:
		return
	}
	if seen[t] || t == reflect.TypeFor[form.Source]() || t == reflect.TypeFor[form.Saying]() || t == reflect.TypeFor[form.Value]() {
		return
	}
	seen[t] = true
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name == "-" {
			continue
		}
		if name != "" {
			into[name] = true
		}
		keysOf(into, seen, t.Field(i).Type)
	}
}

func TestTheGuideNamesEveryKeyOfAService(t *testing.T) {
	_, sections := guide(t)
	for section, layout := range map[string]any{"service.yaml": description{}, "documents/NAME.yaml": templateLayout{}, "examples/NAME.yaml": Example{}} {
		keys := map[string]bool{}
		keysOf(keys, map[reflect.Type]bool{}, reflect.TypeOf(layout))
		if len(keys) < 5 {
			t.Fatalf("%s has only the keys %v", section, keys)
		}
		for key := range keys {
			if !strings.Contains(sections[section], "`"+key+"`") {
				t.Errorf("docs/services.md does not name %s of %s", key, section)
			}
		}
	}
	for _, name := range append(blockKinds(), documentVariables()...) {
		if !strings.Contains(sections["documents/NAME.yaml"], "`"+name+"`") {
			t.Errorf("docs/services.md does not name %s of documents", name)
		}
	}
}

// The service that the guide shows is one: nothing is wrong with it but that it has too few examples.
func TestTheServiceOfTheGuideCanBeOffered(t *testing.T) {
	whole, _ := guide(t)
	folder := fstest.MapFS{}
	for _, m := range regexp.MustCompile("(?s)```(?:yaml|json) (\\S+)\n(.*?)```").FindAllStringSubmatch(whole, -1) {
		folder[m[1]] = &fstest.MapFile{Data: []byte(m[2])}
	}
	tenant, err := LoadTenant(shipped, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	s, flaws := Inspect(folder, tenant)
	if s == nil || len(flaws) != 1 || flaws[0].Where != "examples" {
		t.Fatalf("of %d files: %+v", len(folder), flaws)
	}
	if got, want := s.texts.Keys("en"), s.texts.Keys("de"); !reflect.DeepEqual(got, want) {
		t.Errorf("texts differ: %v, %v", got, want)
	}
	for _, icon := range s.Icons() {
		if _, err := os.Stat("../../../assets/icons/" + icon + ".svg"); err != nil {
			t.Error(err)
		}
	}
}

// What people mistype is told with its place and with what there is instead.
func TestAFlawNamesItsPlace(t *testing.T) {
	whole, _ := guide(t)
	tenant, err := LoadTenant(shipped, "stadt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, old, with, says string }{
		{"a table that is not there", "form.yaml", `"cellar" ? 4500`, `"cellar" ? tables.nothing.cellar`, "form.yaml:27: fee.amount reads tables.nothing, but stadt has no tables/nothing.yaml"},
		{"a table in a paper", "documents/slip.yaml", "{date: answers.day}", "{date: tables.nothing.day}", "documents/slip.yaml:6: date reads tables.nothing"},
		{"a table of streets", "form.yaml", "streets: streets", "streets: strets", "/home: streets reads tables.strets"},
		{"no row in a table", "form.yaml", `"cellar" ? 4500`, `"cellar" ? tables.parking.cellar`, "form.yaml:27: fee.amount has no value"},
		{"a part in a paper", "documents/slip.yaml", `said["home"]`, "answers.home.strete", "documents/slip.yaml:5: text reads answers.home.strete, but of /home there are only street, number, postcode, town"},
		{"a name in said", "documents/slip.yaml", `said["home"]`, `said["hom"]`, `documents/slip.yaml:5: text reads said["hom"]`},
		{"a paper that cannot be made", "documents/slip.yaml", `said["home"]`, `outcome.card`, "documents/slip.yaml, paid by invoice, cannot be made in de: service: document: sperrmuell-anmelden/slip: block 3 (line 5)"},
		{"a part in a letter", "service.yaml", "answers.home.number", "answers.home.numer", "service.yaml:13: letter.to reads answers.home.numer"},
		{"an office", "service.yaml", "office: bauhof", "office: bauhoff", `no office "bauhoff"; there are bauaufsicht, bauhof,`},
		{"no trust", "service.yaml", "trust: none\n", "", "none, basis, substantial, high"},
		{"a block", "documents/slip.yaml", "kind: qr", "kind: qrcode", "there are heading, paragraph"},
		{"a sentence", "documents/slip.yaml", "label: slip.fee", "label: slip.fees", "texts/de.yaml does not say slip.fees, which documents/slip.yaml needs"},
		{"a text without end", "schema.json", `"minLength": 2, "maxLength": 60`, `"minLength": 2`, "schema.json: /things/0/what is a text without maxLength"},
		{"an example", "examples/cellar.yaml", "given: Renate, ", "", "the town hall says [/person], not [] | /person: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := fstest.MapFS{}
			for _, m := range regexp.MustCompile("(?s)```(?:yaml|json) (\\S+)\n(.*?)```").FindAllStringSubmatch(whole, -1) {
				text := m[2]
				if m[1] == c.file {
					if text = strings.Replace(text, c.old, c.with, 1); text == m[2] {
						t.Fatalf("%s does not have %q", c.file, c.old)
					}
				}
				folder[m[1]] = &fstest.MapFile{Data: []byte(text)}
			}
			_, flaws := Inspect(folder, tenant)
			if err := Flawed(flaws); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}
