package fim

import (
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// in3 is a document of the 3.0 edition around what stands in its schema.
func in3(inner string) string {
	return `<x:xdatenfelder.stammdatenschema.0102 xmlns:x="` + space3 + `"><x:stammdatenschema><x:identifikation><x:id>S1</x:id></x:identifikation>` +
		`<x:name>Schema</x:name>` + inner + `</x:stammdatenschema></x:xdatenfelder.stammdatenschema.0102>`
}

func struktur(often, inner string) string {
	return `<x:struktur><x:anzahl>` + often + `</x:anzahl><x:enthaelt>` + inner + `</x:enthaelt></x:struktur>`
}

func group3(id, inner string) string {
	return `<x:datenfeldgruppe><x:identifikation><x:id>` + id + `</x:id></x:identifikation><x:name>Gruppe ` + id + `</x:name>` + inner + `</x:datenfeldgruppe>`
}

func field3(id, art, kind, inner string) string {
	return `<x:datenfeld><x:identifikation><x:id>` + id + `</x:id></x:identifikation><x:name>Feld ` + id + `</x:name><x:feldart><code>` + art + `</code></x:feldart><x:datentyp><code>` +
		kind + `</code></x:datentyp>` + inner + `</x:datenfeld>`
}

// nested are so many groups inside each other with one field in the last.
func nested(deep int, often string) string {
	s := field3("F1", "input", "text", "")
	for i := deep; i > 0; i-- {
		s = group3(fmt.Sprintf("G%d", i), struktur(often, s))
	}
	return in3(struktur("1:1", s))
}

func TestABrokenDocumentIsRefusedWithItsLineAndElement(t *testing.T) {
	for name, c := range map[string]struct{ document, says string }{
		"nothing":               {"", "it is empty"},
		"a comment":             {"<!-- -->", "it is empty"},
		"no XML":                {"{}", "it is empty"},
		"cut off":               {strings.TrimSuffix(in3(""), "</x:xdatenfelder.stammdatenschema.0102>"), "line 1"},
		"another namespace":     {strings.ReplaceAll(in3(""), space3, "urn:xoev-de:fim:standard:xdatenfelder_1"), "xdatenfelder_1"},
		"another message":       {strings.ReplaceAll(in3(""), "stammdatenschema.0102", "datenfeldgruppe.0103"), "datenfeldgruppe.0103"},
		"no schema":             {`<x:xdatenfelder.stammdatenschema.0102 xmlns:x="` + space2 + `"/>`, "no stammdatenschema"},
		"two documents":         {in3("") + in3(""), "something follows"},
		"two schemas":           {strings.Replace(in3(""), "</x:stammdatenschema>", "</x:stammdatenschema><x:stammdatenschema/>", 1), "second"},
		"entities":              {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + in3("<x:bezug>&b;</x:bezug>"), "document type"},
		"an entity of nobody":   {in3("<x:bezug>&nobody;</x:bezug>"), "line 1"},
		"other letters":         {`<?xml version="1.0" encoding="ISO-8859-1"?>` + in3(""), "only UTF-8"},
		"no UTF-8":              {in3("<x:bezug>\xff</x:bezug>"), "UTF-8"},
		"a group in itself":     {in3(struktur("1:1", group3("G1", struktur("1:1", group3("G2", struktur("0:1", "\n"+group3("G1", ""))))))), `group G1 "Gruppe G1" lies within itself`},
		"groups without end":    {nested(maxGroups+1, "1:1"), "G25"},
		"elements without end":  {in3(strings.Repeat("<x:a>", 200) + strings.Repeat("</x:a>", 200)), "inside each other"},
		"a group without id":    {in3(struktur("1:1", "<x:datenfeldgruppe><x:name>Ort</x:name></x:datenfeldgruppe>")), `datenfeldgruppe "Ort" has no id`},
		"a field without id":    {in3(struktur("1:1", "<x:datenfeld/>")), "datenfeld"},
		"a schema without id":   {strings.ReplaceAll(in3(""), "S1", " "), "stammdatenschema"},
		"no anzahl":             {in3(struktur("1:1", group3("G1", "<x:struktur><x:enthaelt/></x:struktur>"))), "in G1: a struktur without anzahl"},
		"an anzahl in words":    {in3(struktur("einmal", "")), `in S1: anzahl "einmal"`},
		"an anzahl upside down": {in3(struktur("2:1", "")), `anzahl "2:1"`},
		"a signed anzahl":       {in3(struktur("-1:1", "")), `anzahl "-1:1"`},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Read(strings.NewReader(c.document))
			if err == nil || s != nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "fim: read: ") {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
}

func TestADocumentWithoutEndIsNotReadToItsEnd(t *testing.T) {
	head := strings.TrimSuffix(in3(""), "</x:stammdatenschema></x:xdatenfelder.stammdatenschema.0102>")
	for name, piece := range map[string]string{"text": strings.Repeat("a", 1000), "comments": "a<!--b-->", "elements": "<x:a/>", "attributes": ` <x:a b="c" d="e" f="g" h="i"/>`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			endless := &repeated{head: head, piece: strings.Repeat(piece, 4000/len(piece)+1)}
			if s, err := Read(endless); err == nil || s != nil || !strings.Contains(err.Error(), "larger than 16 MiB") && !strings.Contains(err.Error(), "more than 500000 elements") {
				t.Errorf("got %v", err)
			}
			if endless.read > maxBytes+1<<16 {
				t.Errorf("%d bytes were read", endless.read)
			}
			if d := time.Since(begin); d > 30*time.Second {
				t.Errorf("it took %v", d)
			}
		})
	}
}

// repeated reads head once and then piece for ever.
type repeated struct {
	head, piece, rest string
	read              int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		r.rest, r.head = r.head+r.piece, ""
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	r.read += n
	return n, nil
}

func TestADocumentOfTheLargestSizeIsRead(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	document := in3(struktur("1:1", field3("F1", "input", "text", "")))
	document = strings.Replace(document, "<x:name>", "<!--"+strings.Repeat("x", maxBytes-len(document)-7)+"--><x:name>", 1)
	if len(document) != maxBytes {
		t.Fatal(len(document))
	}
	if _, err := Read(strings.NewReader(document)); err != nil {
		t.Error(err)
	}
	if _, err := Read(strings.NewReader(document + " ")); err == nil {
		t.Error("one byte more is read")
	}
}

func TestAReadersErrorIsTold(t *testing.T) {
	if _, err := Read(io.MultiReader(strings.NewReader("<x"), failing{})); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// folderOf makes a folder of a document that has to be read.
func folderOf(t testing.TB, document string) (map[string][]byte, Report) {
	t.Helper()
	s, err := Read(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	files, report, err := s.Folder(Options{ID: "probe"})
	if err != nil {
		t.Fatal(err)
	}
	return files, report
}

// formOf loads the form alone, which is faster than a whole town.
func formOf(files map[string][]byte) (*form.Form, error) {
	said, err := text.Load(fstest.MapFS{"de.yaml": {Data: files["texts/de.yaml"]}})
	if err != nil {
		return nil, err
	}
	return form.Load(form.Folder{Service: "probe", FS: fstest.MapFS{"form.yaml": {Data: files["form.yaml"]}, "schema.json": {Data: files["schema.json"]}}, Texts: said})
}

func TestDeepGroupsAreAskedOnOnePageAndTheTownHallTakesTheAnswers(t *testing.T) {
	for _, often := range []string{"1:1", "0:1"} {
		for _, deep := range []int{deepest - 1, deepest, deepest + 1, maxGroups} {
			files, report := folderOf(t, nested(deep, often))
			f, err := formOf(files)
			if err != nil {
				t.Fatal(err)
			}
			v := f.View(form.Input{Day: today})
			if len(v.Pages) != 1 || len(f.Paths()) != 1 {
				t.Fatalf("%d deep: pages %v", deep, v.Pages)
			}
			a := form.Answers{}.With(f.Paths()[0], "Antwort")
			if problems := f.Check(form.Input{Answers: a, Day: today}); len(problems) > 0 {
				t.Errorf("%d deep: %v", deep, problems)
			}
			told := slices.ContainsFunc(report, func(l Line) bool { return l.Kind == LossLevel })
			if told != (deep > deepest) {
				t.Errorf("%d deep: told %v", deep, told)
			}
		}
	}
}

func TestAPatternIsCheckedOnlyAsFarAsItMeansTheSameHere(t *testing.T) {
	for p, good := range map[string]bool{
		`[0-9]{5}`:                              true,
		`^[A-Z]{2}$`:                            true,
		`[A-Z]{1,3}-[A-Z]{1,2} [0-9]{1,4}`:      true, // a plate takes nothing out of anything
		`[\]-]-[0-9]`:                           true,
		`a|b`:                                   true,
		`\d{1,3}(,\d{2})?`:                      true,
		`[\p{L} -]+`:                            true,
		`(?=x)y`:                                false,
		`(a)\1`:                                 false,
		`[a-z-[aeiou]]`:                         false,
		`\p{IsBasicLatin}+`:                     false,
		`\i\c*`:                                 false,
		`(`:                                     false,
		`)|(`:                                   false,
		`a{2000}`:                               false,
		`(((a{30}){30}){30})`:                   false,
		`((a{999}b){9}c)`:                       false,
		`([\p{L}\p{N}]{1,100}){1,100}`:          false,
		strings.Repeat("(", 100):                false,
		strings.Repeat("(a|", 150) + "b":        false,
		strings.Repeat("a", maxPattern+1):       false,
		`(a+)+$`:                                true, // RE2 takes time in proportion to the text
		strings.Repeat(`(x+x+)+y`, 20):          true,
		`[0-9]{2}\.[0-9]{2}\.[0-9]{4}|heute`:    true,
		strings.Repeat("(?:", 200) + "a" + "))": false,
	} {
		begin := time.Now()
		anchored, err := pattern(p)
		if (err == nil) != good {
			t.Errorf("%s: %q, %v", p, anchored, err)
		}
		if time.Since(begin) > time.Second {
			t.Errorf("%s took %v", p, time.Since(begin))
		}
		files, report := folderOf(t, in3(struktur("0:1", field3("F1", "input", "text", `<x:praezisierung pattern="`+html.EscapeString(p)+`"/>`))))
		if _, err := formOf(files); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		if told := slices.ContainsFunc(report, func(l Line) bool { return l.Kind == LossPattern && l.ID == "F1" }); told == good {
			t.Errorf("%s: told %v", p, told)
		}
	}
}

func TestAlternativesAreAnchoredAsAWhole(t *testing.T) {
	files, _ := folderOf(t, in3(struktur("1:1", field3("F1", "input", "text", `<x:praezisierung pattern="ja|nein"/>`))))
	f, err := formOf(files)
	if err != nil {
		t.Fatal(err)
	}
	for said, good := range map[string]bool{"ja": true, "nein": true, "jahrelang": false, "keinnein": false} {
		if problems := f.Check(form.Input{Answers: form.Answers{}.With("/feld_f1", said), Day: today}); (len(problems) == 0) != good {
			t.Errorf("%s: %v", said, problems)
		}
	}
}

func TestOddLimitsAreToldAndNeverMakeAnAnswerImpossible(t *testing.T) {
	limits := func(s string) string { return "<x:praezisierung " + s + "/>" }
	for name, c := range map[string]struct {
		kind, inner string
		told        []Loss
		takes       any
	}{
		"upside down lengths":  {"text", limits(`minLength="9" maxLength="3"`), []Loss{LossLimits}, "hallo"},
		"a length of nothing":  {"text", limits(`maxLength="0"`), []Loss{LossLimits}, "hallo"},
		"a length in words":    {"text", limits(`maxLength="viele"`), []Loss{LossLimits}, "hallo"},
		"a length below zero":  {"text", limits(`minLength="-4"`), []Loss{LossLimits}, "hallo"},
		"longer than a form":   {"text", limits(`minLength="6000"`), []Loss{LossLimits}, "hallo"},
		"room for a book":      {"text", limits(`maxLength="1000000"`), []Loss{LossLimits}, "hallo"},
		"values of a text":     {"text", limits(`minValue="1"`), []Loss{LossLimits}, "hallo"},
		"words":                {"text", "<x:praezisierung>nur groß</x:praezisierung>", []Loss{LossLimits}, "hallo"},
		"another attribute":    {"text", limits(`fraction="2"`), []Loss{LossLimits}, "hallo"},
		"upside down values":   {"num_int", limits(`minValue="9" maxValue="3"`), []Loss{LossLimits}, int64(5)},
		"half a whole number":  {"num_int", limits(`minValue="0.5"`), []Loss{LossLimits}, int64(5)},
		"a number of a bomb":   {"num", limits(`maxValue="1e999999999"`), []Loss{LossLimits}, 5.5},
		"a number of no end":   {"num", limits(`maxValue="` + strings.Repeat("9", 5000) + `"`), []Loss{LossLimits}, 5.5},
		"a decimal comma":      {"num", limits(`minValue="0,5" maxValue="7,25"`), nil, 7.25},
		"below zero":           {"num", limits(`minValue="-10" maxValue="-0.5"`), nil, -0.5},
		"a third of a cent":    {"num_currency", limits(`minValue="0.001"`), []Loss{LossLimits}, int64(5)},
		"euros":                {"num_currency", limits(`minValue="1.5" maxValue="2,00"`), nil, int64(200)},
		"a day that is none":   {"date", limits(`minValue="31.12.2026"`), []Loss{LossLimits}, "2026-01-01"},
		"upside down days":     {"date", limits(`minValue="2026-12-31" maxValue="2026-01-01"`), []Loss{LossLimits}, "2026-06-01"},
		"a pattern of a day":   {"date", limits(`pattern="x"`), []Loss{LossLimits}, "2026-06-01"},
		"an unknown type":      {"geo", "", []Loss{LossType}, "hallo"},
		"a day with its time":  {"datetime", "", []Loss{LossType}, "1.12.2026, 9 Uhr"},
		"no type at all":       {"", "", []Loss{LossType}, "hallo"},
		"prefilled":            {"text", "<x:inhalt>x</x:inhalt><x:vorbefuellung><code>optional</code></x:vorbefuellung>", []Loss{LossContent}, "hallo"},
		"an element of nobody": {"text", "<x:zauber/>", []Loss{LossUnknown}, "hallo"},
		"a foreign element":    {"text", `<y xmlns="urn:y">z</y>`, []Loss{LossUnknown}, "hallo"},
		"a list to type":       {"text", "<x:codelisteReferenz><x:canonicalIdentification>urn:x</x:canonicalIdentification></x:codelisteReferenz>", []Loss{LossList}, "hallo"},
		"values of no code":    {"text", "<x:werte><x:wert><x:name>leer</x:name></x:wert></x:werte>", []Loss{LossList}, "hallo"},
		"values twice":         {"text", "<x:werte><x:wert><x:code>1</x:code></x:wert><x:wert><x:code>1</x:code></x:wert></x:werte>", []Loss{LossList}, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			files, report := folderOf(t, in3("<x:freigabestatus><code>6</code></x:freigabestatus><x:bezug>§ 1</x:bezug>"+struktur("1:1", field3("F1", "input", c.kind, c.inner))))
			f, err := formOf(files)
			if err != nil {
				t.Fatal(err)
			}
			var told []Loss
			for _, l := range report {
				if l.Kind != LossService && !slices.Contains(told, l.Kind) {
					told = append(told, l.Kind)
				}
			}
			if !slices.Equal(told, c.told) {
				t.Errorf("told %v\n%s", told, report)
			}
			if problems := f.Check(form.Input{Answers: form.Answers{}.With("/feld_f1", c.takes), Day: today}); len(problems) > 0 {
				t.Errorf("%v: %v\n%s", c.takes, problems, files["schema.json"])
			}
		})
	}
}

func TestWhatAnEditionWritesOtherwiseIsReadTheSame(t *testing.T) {
	two := strings.ReplaceAll(in3(struktur("1:1", field3("F1", "input", "text", `<x:praezisierung>{"minLength":"2","maxLength":3,"pattern":"[a-z]+","new":"y","deep":{"a":1}}</x:praezisierung>`))), space3, space2)
	s, err := Read(strings.NewReader(two))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Children[0].Field.Limits, (Limits{MinLength: "2", MaxLength: "3", Pattern: "[a-z]+", Rest: "deep, new y"}); got != want {
		t.Errorf("%+v", got)
	}
}

func TestIdsAndWordsOfADocumentStayWords(t *testing.T) {
	evil := []string{"../../x", "/etc/passwd", "a: b # c", "'\"\\", "- {path: /x}", "{{.secret}}", "&amp;lt;script&gt;", "yes", "null", "true", "in", "%s", "…", "-----", "1", "äöü ß",
		"a&#10;b: c", "other", "label", "&#8203;", "\u2028x", "]]&gt;", strings.Repeat("lang ", 100), "answers", "x", "__proto__", "title"}
	var all strings.Builder
	for _, e := range evil {
		value := "<x:werte><x:wert><x:code>" + e + "</x:code><x:name>" + e + "</x:name><x:hilfe>" + e + "</x:hilfe></x:wert><x:wert><x:code>one</x:code></x:wert></x:werte>"
		words := "<x:bezeichnungEingabe>" + e + "</x:bezeichnungEingabe><x:hilfetextEingabe>" + e + "</x:hilfetextEingabe><x:inhalt>" + e + "</x:inhalt>"
		named := func(s string) string {
			s = strings.ReplaceAll(s, "<x:id>@</x:id>", "<x:id>"+e+"</x:id>")
			if e == "&#8203;" { // nothing that can be seen
				s = strings.ReplaceAll(s, "<x:id>"+e, "<x:id>unsichtbar")
			}
			return strings.ReplaceAll(s, "<x:name>Feld @", "<x:name>"+e)
		}
		all.WriteString(struktur("0:1", named(group3("@", words[:strings.Index(words, "<x:inhalt>")]+struktur("1:1", named(field3("@", "select", "text", words+value)))+
			struktur("1:1", named(field3("@", "input", "text", words)))+struktur("1:1", named(field3("@", "label", "text", words)))))))
		all.WriteString(struktur("1:1", named(field3("@", "select", "text", words+value))))
	}
	files, report := folderOf(t, in3(all.String()))
	if _, err := load(t, "probe", files); err != nil {
		t.Fatalf("%v\n%s", err, files["texts/de.yaml"])
	}
	names := []string{"documents/slip.yaml", "form.yaml", "schema.json", "service.yaml", "texts/de.yaml"}
	for name := range files {
		if !slices.Contains(names, name) || !filepath.IsLocal(name) {
			t.Errorf("a file %q", name)
		}
	}
	if !slices.ContainsFunc(report, func(l Line) bool { return l.Kind == LossText }) {
		t.Error("nobody tells that braces became brackets")
	}
}

func TestASchemaThatAsksNothingIsNoService(t *testing.T) {
	for name, inner := range map[string]string{
		"empty":    "",
		"labels":   struktur("1:1", field3("F1", "label", "text", "<x:inhalt>Hallo</x:inhalt>")),
		"hidden":   struktur("1:1", group3("G1", struktur("1:1", field3("F1", "hidden", "text", "")))),
		"files":    struktur("1:1", group3("G1", struktur("1:1", field3("F1", "input", "file", "")))),
		"never":    struktur("0:0", field3("F1", "input", "text", "")),
		"no parts": struktur("1:1", group3("G1", "")),
	} {
		s, err := Read(strings.NewReader(in3(inner)))
		if err != nil {
			t.Fatal(err)
		}
		files, report, err := s.Folder(Options{ID: "probe"})
		if !errors.Is(err, ErrNothing) || files != nil {
			t.Errorf("%s: %v %v", name, files, err)
		}
		if inner != "" && !strings.Contains(report.String(), "1") {
			t.Errorf("%s: nothing is told", name)
		}
	}
}

func TestAGroupOfNothingLeavesNoPageAndNoHeading(t *testing.T) {
	files, report := folderOf(t, in3(struktur("1:1", field3("F0", "hidden", "text", ""))+struktur("1:1", group3("G1", struktur("1:1", group3("G2", struktur("1:1", field3("F1", "hidden", "text", ""))))))+
		struktur("1:1", group3("G3", struktur("1:1", field3("F2", "input", "text", ""))+struktur("1:1", group3("G4", struktur("1:1", field3("F3", "locked", "text", ""))))))))
	f, err := formOf(files)
	if err != nil {
		t.Fatal(err)
	}
	v := f.View(form.Input{Day: today})
	if len(v.Pages) != 1 || len(v.Pages[0].Fields) != 1 || strings.Contains(string(files["texts/de.yaml"]), "G4") || strings.Contains(string(files["texts/de.yaml"]), "angaben") {
		t.Errorf("%+v\n%s", v.Pages, files["texts/de.yaml"])
	}
	for _, id := range []string{"F0", "F1", "F3", "G1", "G2", "G4"} {
		if !slices.ContainsFunc(report, func(l Line) bool { return l.ID == id }) {
			t.Errorf("nobody tells %s", id)
		}
	}
}

func TestALargeSchemaStillLoads(t *testing.T) {
	var all strings.Builder
	for g := range 12 {
		var fields strings.Builder
		for i := range 30 + g*30 {
			fields.WriteString(struktur("1:1", field3(fmt.Sprintf("F%d", g*1000+i), "input", "text", "")))
		}
		all.WriteString(struktur("0:1", group3(fmt.Sprintf("G%d", g), fields.String())))
	}
	files, report := folderOf(t, in3(all.String()))
	f, err := formOf(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(f.View(form.Input{Day: today}).Pages); got != 12 {
		t.Errorf("%d pages", got)
	}
	if told := slices.ContainsFunc(report, func(l Line) bool { return l.Kind == LossLimits && l.ID == "G11" }); !told || strings.Contains(report.String(), "G0 ") {
		t.Errorf("the long rules, and no others, are told:\n%s", report)
	}
}
