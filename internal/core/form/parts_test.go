package form

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

const partsSchema = `{"type":"object","additionalProperties":false,"required":["home","who"],"properties":{
 "home":{"type":"object","additionalProperties":false,"required":["street","number","postcode","town"],"properties":{
  "street":{"type":"string"},"number":{"type":"string"},"addition":{"type":"string"},"postcode":{"type":"string"},"town":{"type":"string","maxLength":40},"country":{"type":"string"}}},
 "site":{"type":"object","additionalProperties":false,"required":["street","town"],"properties":{"street":{"type":"string"},"number":{"type":"string"},"postcode":{"type":"string"},"town":{"type":"string"}}},
 "who":{"type":"object","additionalProperties":false,"required":["given","family","birth"],"properties":{
  "given":{"type":"string"},"family":{"type":"string"},"birthname":{"type":"string"},"birth":{"type":"string","format":"date"},"birthplace":{"type":"string"}}},
 "firm":{"type":"object","additionalProperties":false,"required":["name"],"properties":{
  "name":{"type":"string"},"form":{"type":"string"},"register":{"type":"string"},"vat":{"type":"string"},"contact":{"type":"string"}}},
 "children":{"type":"array","maxItems":3,"items":{"type":"object","required":["child"],"additionalProperties":false,"properties":{
  "child":{"type":"object","additionalProperties":false,"required":["given","birth"],"properties":{"given":{"type":"string"},"birth":{"type":"string","format":"date"}}}}}}
}}`

const partsLayout = `pages:
  - id: one
    fields:
      - {path: /home, kind: address, parts: [street, number, "addition", postcode, town, country], streets: streets}
      - {path: /site, kind: address, within: true, streets: streets, parts: [street, "number?"], optional: true}
      - {path: /who, kind: person, parts: [given, family, birthname, birth, "birthplace?"]}
      - {path: /firm, kind: organisation, parts: [name, "form?", "register?", "vat?", "contact?"], optional: true}
      - path: /children
        kind: repeat
        most: 3
        fields:
          - {path: /child, kind: person, parts: [given, birth]}
        rules:
          - {name: minor, path: /child, holds: 'age(item.child.birth, day) < 18'}
rules:
  - {name: adult, path: /who, holds: 'age(answers.who.birth, day) >= 18'}
`

const partsTexts = `page: {one: {title: Eins}}
field:
  home: {label: Wo wohnen Sie?}
  site: {label: Wo ist es?}
  who: {label: Wer sind Sie?, family: {hint: Wie im Ausweis}}
  firm: {label: Ihre Firma}
  children: {entry: "Kind {{.n}}", more: Noch ein Kind}
  children.child: {label: Das Kind}
rule: {adult: Das geht erst ab 18 Jahren., minor: Das Kind ist schon erwachsen.}
`

func townTables(time.Time) map[string]any {
	return map[string]any{"streets": map[string]any{"town": "Bad Oeynhausen", "postcodes": []any{"32545", "32547", "32549"}, "streets": []any{
		map[string]any{"name": "Herforder Straße", "postcode": "32545", "hint": "Innenstadt"},
		map[string]any{"name": "Königstraße", "postcode": "32547"},
		map[string]any{"name": "Alter Rehmer Weg"},
	}}}
}

func made(t testing.TB) *Form {
	t.Helper()
	words, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte(partsTexts)}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Load(Folder{Service: "test", Texts: words, Tables: townTables,
		FS: fstest.MapFS{"schema.json": {Data: []byte(partsSchema)}, "form.yaml": {Data: []byte(partsLayout)}}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

type obj = map[string]any

func whole() Answers {
	return Answers{
		"home": obj{"street": "Herforder Straße", "number": "12", "postcode": "32545", "town": "Bad Oeynhausen"},
		"who":  obj{"given": "Renate", "family": "Vogt", "birth": "1980-04-03"},
	}
}

func TestAnAnswerOfPartsIsWrittenAsPeopleDo(t *testing.T) {
	f := made(t)
	for _, c := range []struct {
		path  string
		value any
		de    string
		clean any
	}{
		{"/home", obj{"street": "Herforder Straße", "number": "12", "postcode": "32545", "town": "Bad Oeynhausen"}, "Herforder Straße 12, 32545 Bad Oeynhausen", nil},
		{"/home", obj{"street": " herforder str. ", "number": "12a", "postcode": "D-32545", "town": "bad oeynhausen"}, "Herforder Straße 12a, 32545 Bad Oeynhausen",
			obj{"street": "Herforder Straße", "number": "12a", "postcode": "32545", "town": "Bad Oeynhausen"}},
		{"/home", obj{"street": "Koenigstr. 3", "postcode": "32547", "town": "Bad Oeynhausen"}, "Königstraße 3, 32547 Bad Oeynhausen",
			obj{"street": "Königstraße", "number": "3", "postcode": "32547", "town": "Bad Oeynhausen"}},
		{"/home", obj{"street": "Herforder Str.", "number": "5", "postcode": "32257", "town": "Bünde"}, "Herforder Str. 5, 32257 Bünde", nil},
		{"/home", obj{"street": "Rue de la Paix", "number": "3 bis", "postcode": "75002", "town": "Paris", "country": "Frankreich"}, "Rue de la Paix 3 bis, 75002 Paris, Frankreich", nil},
		{"/home", obj{"street": "Downing Street", "number": "10", "postcode": "SW1A 2AA", "town": "London", "country": "Großbritannien"}, "Downing Street 10, SW1A 2AA London, Großbritannien", nil},
		{"/home", obj{"street": "Ostkorso", "number": "8", "addition": "Hinterhaus", "postcode": "32545", "town": "Bad Oeynhausen"}, "Ostkorso 8, Hinterhaus, 32545 Bad Oeynhausen", nil},
		{"/home", "Herforder Str. 12a 32545", "Herforder Straße 12a, 32545 Bad Oeynhausen", obj{"street": "Herforder Straße", "number": "12a", "postcode": "32545", "town": "Bad Oeynhausen"}},
		{"/home", "herforder str 7", "Herforder Straße 7, 32545 Bad Oeynhausen", nil},
		{"/site", obj{"street": "herforder strasse", "number": "12"}, "Herforder Straße 12, 32545 Bad Oeynhausen", obj{"street": "Herforder Straße", "number": "12", "postcode": "32545", "town": "Bad Oeynhausen"}},
		{"/site", obj{"street": "Alter Rehmer Weg"}, "Alter Rehmer Weg, Bad Oeynhausen", obj{"street": "Alter Rehmer Weg", "town": "Bad Oeynhausen"}},
		{"/who", obj{"given": "Renate", "family": "Vogt", "birth": "3.4.80"}, "Renate Vogt, geboren am 3. April 1980", obj{"given": "Renate", "family": "Vogt", "birth": "1980-04-03"}},
		{"/who", obj{"given": "Ö", "family": "Ng", "birthname": "O’Brien-al-Said", "birth": "1980-04-03", "birthplace": "Herford"}, "Ö Ng, geb. O’Brien-al-Said, geboren am 3. April 1980 in Herford", nil},
		{"/who", obj{"given": "महात्मा", "family": "李", "birth": "1980-04-03"}, "महात्मा 李, geboren am 3. April 1980", nil},
		{"/who", "Ludwig van Beethoven 17.12.1970", "Ludwig van Beethoven, geboren am 17. Dezember 1970", obj{"given": "Ludwig", "family": "van Beethoven", "birth": "1970-12-17"}},
		{"/firm", obj{"name": "Gerüstbau Vogt", "form": "GmbH", "register": "HRB 12345", "vat": "de 136 695 976"}, "Gerüstbau Vogt GmbH, HRB 12345, DE136695976",
			obj{"name": "Gerüstbau Vogt", "form": "GmbH", "register": "HRB 12345", "vat": "DE136695976"}},
		{"/firm", obj{"name": "Chor Rehme e.V.", "form": "e. V.", "register": "VR 77 Bad Oeynhausen"}, "Chor Rehme e.V., VR 77 Bad Oeynhausen", nil},
		{"/firm", "Gerüstbau Vogt GmbH, HRB 12345 B", "Gerüstbau Vogt GmbH, HRB 12345 B", obj{"name": "Gerüstbau Vogt GmbH", "register": "HRB 12345 B"}},
	} {
		a := whole().With(c.path, c.value)
		v := f.View(input(a))
		d := find(t, v, c.path)
		if d.Text != c.de || d.Problem != "" || d.Missing || !v.Complete {
			t.Errorf("%v: %q, %q", c.value, d.Text, d.Problem)
		}
		clean := f.Clean(input(a))
		if got, _ := clean.Get(c.path); c.clean != nil && !reflect.DeepEqual(got, c.clean) {
			t.Errorf("%v became %v", c.value, got)
		}
		data, err := json.Marshal(clean)
		if err != nil {
			t.Fatal(err)
		}
		var back Answers
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if problems := f.Check(input(back)); len(problems) > 0 {
			t.Errorf("%v: after the journey %v", c.value, problems)
		}
		if again := f.Clean(input(back)); !reflect.DeepEqual(again, back) {
			t.Errorf("cleaned twice %v became %v", back, again)
		}
	}
}

func TestWhatIsWrongWithAPartIsSaidThere(t *testing.T) {
	f := made(t)
	home, who := whole()["home"], whole()["who"]
	change := func(of any, name string, v any) obj {
		m := obj{}
		for k, x := range of.(obj) {
			m[k] = x
		}
		m[name] = v
		return m
	}
	for _, c := range []struct {
		path, part string
		value      any
		says       string
	}{
		{"/home", "postcode", change(home, "postcode", "3254"), "Die Postleitzahl hat fünf Ziffern."},
		{"/home", "postcode", change(home, "postcode", "325456"), "Die Postleitzahl hat fünf Ziffern."},
		{"/home", "postcode", change(home, "postcode", "o2545"), "Die Postleitzahl hat fünf Ziffern."},
		{"/home", "postcode", change(home, "postcode", nil), "Bitte nennen Sie die Postleitzahl."},
		{"/home", "number", change(home, "number", "zwölf"), "Bitte nur die Hausnummer"},
		{"/home", "number", change(home, "number", ""), "Bitte nennen Sie die Hausnummer."},
		{"/home", "town", change(home, "town", " \u200b "), "Bitte nennen Sie den Ort."},
		{"/home", "town", change(home, "town", strings.Repeat("x", 41)), "Das ist zu lang. Hier passen höchstens 40 Zeichen hinein."},
		{"/home", "street", change(home, "street", strings.Repeat("x", 81)), "Das ist zu lang. Hier passen höchstens 80 Zeichen hinein."},
		{"/home", "street", change(home, "street", "hier 🚗"), "Bildzeichen"},
		{"/home", "street", change(home, "phone", "05731 1"), "Das konnten wir nicht verstehen."},
		{"/home", "street", change(home, "street", []any{"x"}), "Das konnten wir nicht verstehen."},
		{"/home", "street", []any{"Ostkorso"}, "Das konnten wir nicht verstehen."},
		{"/home", "street", strings.Repeat("Ostkorso ", 100), "zu lang"},
		{"/site", "street", obj{"street": "Ostkorso", "town": "Bünde"}, "Diese Adresse liegt nicht in Bad Oeynhausen."},
		{"/site", "street", obj{"street": "Ostkorso", "postcode": "32257"}, "Diese Adresse liegt nicht in Bad Oeynhausen."},
		{"/site", "street", "Hauptstr. 1, 32257 Bünde", "Diese Adresse liegt nicht in Bad Oeynhausen."},
		{"/who", "birth", change(who, "birth", "30.2.1980"), "Diesen Tag gibt es nicht."},
		{"/who", "birth", change(who, "birth", "3.4."), "Bitte schreiben Sie Tag, Monat und Jahr"},
		{"/who", "birth", change(who, "birth", "2027-01-01"), "Dieser Tag liegt noch vor uns."},
		{"/who", "birth", change(who, "birth", "1880-01-01"), "mehr als 125 Jahre"},
		{"/who", "family", change(who, "family", ""), "Bitte nennen Sie den Nachnamen."},
		{"/who", "given", change(who, "birth", "2020-01-01"), "Das geht erst ab 18 Jahren."},
		{"/firm", "vat", obj{"name": "V", "vat": "DE136695975"}, "vertauscht"},
		{"/firm", "vat", obj{"name": "V", "vat": "DE13669597"}, "neun Ziffern"},
		{"/firm", "register", obj{"name": "V", "register": "HRB"}, "Hier fehlt noch die Nummer"},
		{"/firm", "name", obj{"vat": "DE136695976"}, "Bitte nennen Sie den Namen."},
	} {
		v := f.View(input(whole().With(c.path, c.value)))
		d := find(t, v, c.path)
		found := false
		for _, p := range d.Parts {
			if p.Path == c.path+"/"+c.part {
				found = strings.Contains(p.Problem, c.says)
			} else if p.Problem != "" {
				t.Errorf("%v: %s says %q too", c.value, p.Path, p.Problem)
			}
		}
		if !found || v.Complete {
			t.Errorf("%v: %+v", c.value, d.Parts)
		}
		problems := f.Check(input(whole().With(c.path, c.value)))
		if len(problems) != 1 || problems[0].Path != c.path {
			t.Errorf("%v: the town hall says %v", c.value, problems)
		}
		if said := fmt.Sprint(problems); strings.Contains(said, "Ostkorso") || strings.Contains(said, "zwölf") || strings.Contains(said, "1366") {
			t.Errorf("%s repeats what was typed", said)
		}
	}
}

func TestSeveralPartsAreToldAtOnce(t *testing.T) {
	f := made(t)
	d := find(t, f.View(input(Answers{"home": obj{"street": "Ostkorso", "postcode": "1"}})), "/home")
	told := map[string]string{}
	for _, p := range d.Parts {
		told[p.Path] = p.Problem
	}
	want := map[string]string{"/home/street": "", "/home/number": "Bitte nennen Sie die Hausnummer.", "/home/addition": "", "/home/country": "",
		"/home/postcode": "Die Postleitzahl hat fünf Ziffern.", "/home/town": "Bitte nennen Sie den Ort."}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("%v", told)
	}
	if d := find(t, f.View(input(Answers{})), "/who"); !d.Missing || !d.Parts[0].Missing || d.Parts[2].Missing || d.Parts[2].Required || !d.Parts[3].Missing || d.Parts[4].Missing {
		t.Errorf("of nothing the wrong parts are missing: %+v", d.Parts)
	}
	if d := find(t, f.View(input(whole())), "/firm"); d.Missing || d.Parts[0].Missing || d.Parts[0].Required {
		t.Errorf("what is free is missing: %+v", d)
	}
	if d := find(t, f.View(input(whole().With("/firm/register", "HRB 1"))), "/firm"); !d.Parts[0].Missing || !d.Parts[0].Required {
		t.Errorf("half of what is free is enough: %+v", d.Parts)
	}
	if half, _ := f.Clean(input(whole().With("/firm/register", "HRB 1"))).Get("/firm"); half == nil {
		t.Error("half of an answer is lost")
	}
}

func TestAStreetThatTheTownDoesNotHaveIsNotedAndTaken(t *testing.T) {
	f := made(t)
	for street, noted := range map[string]bool{"Herforder Straße": false, "Neue Straße": true} {
		v := f.View(input(whole().With("/home/street", street)))
		if d := find(t, v, "/home"); (d.Note != "") != noted || !v.Complete {
			t.Errorf("%s: note %q", street, d.Note)
		}
	}
	elsewhere := whole().With("/home/street", "Neue Straße").With("/home/town", "Bünde").With("/home/postcode", "32257")
	if d := find(t, f.View(input(elsewhere)), "/home"); d.Note != "" {
		t.Error("a street of another town is noted:", d.Note)
	}
}

func TestOneTouchFillsStreetPostcodeAndTown(t *testing.T) {
	f := made(t)
	tap := func(a Answers, n int) Answers {
		d := find(t, f.View(input(a)), "/home")
		path, v := d.Accept("street", d.Parts[0].Offers[n])
		return a.With(path, v)
	}
	if got := tap(Answers{}.With("/home/street", "herfo").With("/home/number", "7"), 0)["home"]; !reflect.DeepEqual(got, obj{"street": "Herforder Straße", "number": "7", "postcode": "32545", "town": "Bad Oeynhausen"}) {
		t.Error(got)
	}
	a := tap(tap(Answers{}, 0), 1)
	if got := a["home"]; !reflect.DeepEqual(got, obj{"street": "Königstraße", "postcode": "32547", "town": "Bad Oeynhausen"}) {
		t.Error("another street of the town keeps the former's postcode:", got)
	}
	if got := tap(Answers{}.With("/home/town", "Bünde"), 0)["home"]; !reflect.DeepEqual(got, obj{"street": "Herforder Straße", "town": "Bünde"}) {
		t.Error("another town is overwritten:", got)
	}
	d := find(t, f.View(input(Answers{}.With("/home/street", "Herforder Straße").With("/home/number", "7"))), "/home")
	if _, v, ok := d.Settle(); !ok || !reflect.DeepEqual(v, obj{"street": "Herforder Straße", "number": "7", "postcode": "32545", "town": "Bad Oeynhausen"}) {
		t.Error(v, ok)
	}
	if _, _, ok := find(t, f.View(input(whole())), "/home").Settle(); ok {
		t.Error("what is whole is completed")
	}
	site := find(t, f.View(input(Answers{}.With("/site/street", "x"))), "/site")
	if _, v := site.Accept("street", site.Parts[0].Offers[0]); !reflect.DeepEqual(v, obj{"street": "Herforder Straße"}) {
		t.Error("what nobody is asked is filled in:", v)
	}
}

func TestRulesAndDocumentsReadParts(t *testing.T) {
	f := made(t)
	answers, said := f.Said(input(whole().With("/children/0/child", obj{"given": "Mia", "birth": "1.2.2020"})))
	if said["home"] != "Herforder Straße 12, 32545 Bad Oeynhausen" || said["who.birth"] != "3. April 1980" || said["who.birthname"] != "" || said["children.0.child.birth"] != "1. Februar 2020" {
		t.Errorf("%v", said)
	}
	if addition, there := answers["home"].(obj)["addition"]; !there || addition != nil {
		t.Error("a part that nobody named is no null for rules")
	}
	if problems := f.Check(input(whole().With("/children/0/child", obj{"given": "Mia", "birth": "1990-02-01"}))); len(problems) != 1 || problems[0].Rule != "minor" {
		t.Errorf("%v", problems)
	}
	if problems := f.Check(input(whole().With("/children/0/child", obj{"given": "Mia"}))); len(problems) != 1 || problems[0].Rule != "schema" {
		t.Errorf("%v", problems)
	}
	for _, x := range f.Outline().Fields {
		if x.Path == "/who" && strings.Join(x.Parts, " ") != "given family birthname? birth birthplace?" {
			t.Errorf("%v", x.Parts)
		}
	}
	if tables := f.Tables(); len(tables) != 1 || tables[0] != "streets" {
		t.Errorf("%v", tables)
	}
}

func TestAFormOfPartsThatCannotWorkIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ schema, field, says string }{
		"no object":         {`{"type":"string"}`, "{path: /x, kind: address}", "as an object with the properties street, number, postcode, town"},
		"too few":           {`{"type":"object","properties":{"street":{},"town":{}}}`, "{path: /x, kind: address}", "lacks number, postcode"},
		"too many":          {`{"type":"object","properties":{"given":{},"family":{},"shoe":{}}}`, "{path: /x, kind: person}", "nobody asks for it"},
		"no such part":      {`{"type":"object","properties":{"shoe":{}}}`, "{path: /x, kind: person, parts: [shoe]}", `"shoe" is no part of kind person`},
		"twice":             {`{"type":"object","properties":{"given":{}}}`, `{path: /x, kind: person, parts: [given, "given?"]}`, "stands there twice"},
		"free and needed":   {`{"type":"object","required":["birth"],"properties":{"birth":{}}}`, `{path: /x, kind: person, parts: ["birth?"]}`, "required by schema.json"},
		"within what":       {`{"type":"object","properties":{"street":{},"number":{},"postcode":{},"town":{}}}`, "{path: /x, kind: address, within: true}", "within needs streets"},
		"parts of a text":   {`{"type":"string"}`, "{path: /x, kind: text, parts: [given]}", "have parts"},
		"streets of a name": {`{"type":"object","properties":{"given":{},"family":{}}}`, "{path: /x, kind: person, streets: streets}", "only an address"},
	} {
		words, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte("page: {one: {title: Eins}}\nfield: {x: {label: X}}")}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Load(Folder{Service: "test", Texts: words, FS: fstest.MapFS{"schema.json": {Data: []byte(`{"type":"object","properties":{"x":` + c.schema + `}}`)},
			"form.yaml": {Data: []byte("pages: [{id: one, fields: [" + c.field + "]}]")}}})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAddressIsTakenApart(t *testing.T) {
	for typed, want := range map[string]map[string]string{
		"Herforder Str. 12a 32545":                           {"street": "Herforder Str.", "number": "12a", "postcode": "32545"},
		"Herforder Straße 12, 32545 Bad Oeynhausen":          {"street": "Herforder Straße", "number": "12", "postcode": "32545", "town": "Bad Oeynhausen"},
		"32545 Bad Oeynhausen, Herforder Straße 12":          {"street": "Herforder Straße", "number": "12", "postcode": "32545", "town": "Bad Oeynhausen"},
		"Ostkorso 8\nHinterhaus\nD-32545 Bad Oeynhausen":     {"street": "Ostkorso", "number": "8", "addition": "Hinterhaus", "postcode": "32545", "town": "Bad Oeynhausen"},
		"Ostkorso 8, Bad Oeynhausen":                         {"street": "Ostkorso", "number": "8", "town": "Bad Oeynhausen"},
		"Ostkorso, 8":                                        {"street": "Ostkorso", "number": "8"},
		"Straße des 17. Juni 135, 10623 Berlin, Deutschland": {"street": "Straße des 17. Juni", "number": "135", "postcode": "10623", "town": "Berlin"},
		" , ; \n": {},
		"":        {},
	} {
		if got := ParseAddress(typed); !reflect.DeepEqual(got, want) {
			t.Errorf("%q became %v", typed, got)
		}
	}
}

func TestANameIsTakenApart(t *testing.T) {
	for typed, want := range map[string]map[string]string{
		"Renate Vogt":              {"given": "Renate", "family": "Vogt"},
		"Vogt, Renate":             {"given": "Renate", "family": "Vogt"},
		"Vogt, Renate, 3.4.1980":   {"given": "Renate", "family": "Vogt", "birth": "3.4.1980"},
		"Anna Maria von der Heide": {"given": "Anna Maria", "family": "von der Heide"},
		"Cher":                     {"family": "Cher"},
		"3.4.1980":                 {"family": "3.4.1980"},
		"":                         {},
	} {
		if got := ParsePerson(typed); !reflect.DeepEqual(got, want) {
			t.Errorf("%q became %v", typed, got)
		}
	}
}

func TestAVATNumberIsChecked(t *testing.T) {
	for typed, want := range map[string]string{
		"DE136695976": "", "de 136 695 976": "", "DE 136.695-976": "", "ATU12345678": "", "NL123456789B01": "",
		"DE136695977": "vat-check", "DE136696975": "vat-check", "DE13669597": "vat", "136695976": "vat", "US123456789": "vat", "DE1366959761": "vat", strings.Repeat("D", 100): "vat",
	} {
		if _, got := ParseVATID(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func FuzzPartsOfAnAnswer(f *testing.F) {
	for _, s := range []string{"Herforder Str. 12a, 32545 Bad Oeynhausen", "Vogt, Renate, 3.4.1980", "X GmbH, HRB 1 B", ",;\n", "\xff\xfe", "DE136695976", "12345 12345 ,,", "\u200b"} {
		f.Add(s)
	}
	form := made(f)
	f.Fuzz(func(t *testing.T, typed string) {
		for _, parts := range []map[string]string{ParseAddress(typed), ParsePerson(typed), ParseOrganisation(typed)} {
			for name, v := range parts {
				if v == "" || len(v) > len(typed)+8 {
					t.Errorf("%s is %q", name, v)
				}
			}
		}
		if id, keyword := ParseVATID(typed); (id == "") == (keyword == "") {
			t.Errorf("%q, %q", id, keyword)
		}
		for _, path := range []string{"/home", "/site", "/who", "/firm"} {
			in := input(whole().With(path, form.Parse(path, typed)))
			clean := form.Clean(in)
			if problems := form.Check(input(clean)); len(problems) == 0 {
				if again := form.Clean(input(clean)); !reflect.DeepEqual(again, clean) {
					t.Errorf("%v became %v", clean, again)
				}
			}
			if said := find(t, form.View(in), path).Text; !utf8.ValidString(said) && utf8.ValidString(typed) {
				t.Errorf("%q", said)
			}
		}
	})
}

func TestACalendarGreysOutWhatARuleRefuses(t *testing.T) {
	f := example(t)
	day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
	fits := f.Fits(input(Answers{}), "/when", []time.Time{day(-1), day(0), day(1)})
	if !reflect.DeepEqual(fits, []bool{false, true, true}) {
		t.Error(fits)
	}
	if fits := f.Fits(input(Answers{"when": "nonsense"}), "/when", []time.Time{day(-1), day(1)}); !reflect.DeepEqual(fits, []bool{false, true}) {
		t.Error("what was typed before counts:", fits)
	}
	if fits := f.Fits(input(Answers{}), "/name", []time.Time{day(0)}); fits[0] {
		t.Error("a name is a day")
	}
	if d := find(t, f.View(input(Answers{})), "/when"); d.Pick != PickNear {
		t.Error(d.Pick)
	}
}

func TestADayOfAPartIsHeldAgainstItsRules(t *testing.T) {
	f := made(t)
	days := []time.Time{monday.AddDate(-126, 0, 0), monday.AddDate(-40, 0, 0), monday.AddDate(-2, 0, 0), monday.AddDate(0, 0, 1)}
	for _, c := range []struct {
		a    Answers
		path string
		want []bool
	}{
		{Answers{}, "/who/birth", []bool{false, true, true, false}},
		{Answers{"who": obj{"given": "Renate", "family": "Vogt"}}, "/who/birth", []bool{false, true, false, false}}, // adults only
		{Answers{"who": "Renate Vogt"}, "/who/birth", []bool{false, true, true, false}},
		{Answers{"children": []any{obj{"child": obj{"given": "Mia"}}}}, "/children/0/child/birth", []bool{false, false, true, false}},
		{Answers{}, "/who/family", []bool{false, false, false, false}},
		{Answers{}, "/who/nothing", []bool{false, false, false, false}},
		{Answers{}, "", []bool{false, false, false, false}},
	} {
		if fits := f.Fits(input(c.a), c.path, days); !reflect.DeepEqual(fits, c.want) {
			t.Errorf("%v at %s: %v", c.a, c.path, fits)
		}
	}
}

func TestALongListIsSearched(t *testing.T) {
	rows := make([]any, 400)
	for i := range rows {
		rows[i] = obj{"id": fmt.Sprint(i), "name": fmt.Sprintf("Straße Nummer %d", i)}
	}
	words, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte("page: {one: {title: Eins}}\nfield: {x: {label: X}, few: {label: Y, option: {a: A}}}")}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Load(Folder{Service: "test", Texts: words, Tables: func(time.Time) map[string]any { return obj{"rows": rows} }, FS: fstest.MapFS{
		"schema.json": {Data: []byte(`{"type":"object","properties":{"x":{"type":"string"},"few":{"type":"string"}}}`)},
		"form.yaml":   {Data: []byte("pages: [{id: one, fields: [{path: /x, kind: choice, from: {rows: tables.rows, value: id, label: name}}, {path: /few, kind: choice, options: [{value: a}]}]}]")}}})
	if err != nil {
		t.Fatal(err)
	}
	v := f.View(input(Answers{"x": "399"}))
	if x := find(t, v, "/x"); !x.Search || len(x.Options) != 400 || !x.Options[399].Selected || x.Text != "Straße Nummer 399" {
		t.Errorf("%v %d %q", x.Search, len(x.Options), x.Text)
	}
	if find(t, v, "/few").Search {
		t.Error("one option is searched")
	}
}

func BenchmarkALongList(b *testing.B) {
	rows := make([]any, 400)
	for i := range rows {
		rows[i] = obj{"id": fmt.Sprint(i), "name": fmt.Sprintf("Straße Nummer %d", i)}
	}
	words, _ := text.Load(fstest.MapFS{"de.yaml": {Data: []byte("page: {one: {title: Eins}}\nfield: {x: {label: X}}")}})
	f, err := Load(Folder{Service: "test", Texts: words, Tables: func(time.Time) map[string]any { return obj{"rows": rows} }, FS: fstest.MapFS{
		"schema.json": {Data: []byte(`{"type":"object","properties":{"x":{"type":"string"}}}`)},
		"form.yaml":   {Data: []byte("pages: [{id: one, fields: [{path: /x, kind: choice, from: {rows: tables.rows, value: id, label: name}}]}]")}}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f.View(input(Answers{"x": "399"}))
	}
}
