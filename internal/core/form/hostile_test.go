package form

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
)

// within fails when f takes longer than anybody would wait, by far.
func within(t *testing.T, name string, f func()) {
	t.Helper()
	began := time.Now()
	f()
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("%s took %v", name, d)
	}
}

func nested(depth int, list bool) any {
	var v any = "x"
	for range depth {
		if list {
			v = []any{v}
		} else {
			v = map[string]any{"name": v}
		}
	}
	return v
}

func TestAnyAnswersAreTakenCalmly(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	children := make([]any, 5000)
	for i := range children {
		children[i] = map[string]any{"name": "Kim", "born": "2020-01-01", "x": i}
	}
	wide := map[string]any{}
	for i := range 100_000 {
		wide[fmt.Sprint("k", i)] = i
	}
	answers := map[string]any{
		"deep objects": nested(9000, false), "deep lists": nested(9000, true), "a megabyte": strings.Repeat("ä", 500_000), "huge": 1e308, "five thousand children": children,
		"wide": wide, "a million blanks": strings.Repeat(" ", 1_000_000), "accents": "a" + strings.Repeat("\u0301", 200_000), "no text": "\xff\xfe\x00",
		"a list of much": []any{strings.Repeat("x", 1_000_000), wide, children},
	}
	for _, f := range []*Form{example(t), family(t)} {
		for name, v := range answers {
			for _, path := range append(f.Paths(), "/children", "/vehicle", "/nobody") {
				within(t, name+" at "+path, func() {
					a := good().With(path, v)
					session := f.Begin()
					session.View(input(nil))
					view := session.View(input(a))
					problems := f.Check(input(a))
					if len(problems) == 0 {
						t.Errorf("%s at %s is accepted", name, path)
					}
					for _, p := range problems {
						if len(p.Text) > 400 || len(p.Path) > 100 {
							t.Errorf("%s at %s: a sentence of %d letters", name, path, len(p.Text))
						}
					}
					f.Clean(input(a))
					if view.Complete && slices.Contains(f.Paths(), path) {
						t.Errorf("%s at %s is complete", name, path)
					}
				})
			}
		}
	}
}

func TestASchemaThatIsABombIsRefused(t *testing.T) {
	with := func(old, new string) string {
		s := strings.Replace(testSchema, old, new, 1)
		if s == testSchema {
			t.Fatal(old)
		}
		return s
	}
	var doubling strings.Builder
	for i := range 14 {
		fmt.Fprintf(&doubling, `"d%d":{"properties":{"a":{"$ref":"#/$defs/d%d"},"b":{"$ref":"#/$defs/d%d"},"c":{"$ref":"#/$defs/d%d"}}},`, i, i+1, i+1, i+1)
	}
	tail := func(defs, more string) string {
		return strings.TrimSuffix(with(`"ask":{"type":"boolean"}`, `"ask":`+more), "}") + `,"$defs":{` + defs + `}}`
	}
	for name, schema := range map[string]string{
		"a cycle":                 tail(`"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}`, `{"$ref":"#/$defs/a"}`),
		"itself":                  with(`"ask":{"type":"boolean"}`, `"ask":{"$ref":"#"}`),
		"an object in itself":     tail(`"a":{"type":"object","properties":{"x":{"$ref":"#/$defs/a"},"y":{"$ref":"#/$defs/a"}}}`, `{"$ref":"#/$defs/a"}`),
		"answers and answers":     tail(doubling.String()+`"d14":{"type":"string"}`, `{"$ref":"#/$defs/d0"}`),
		"somewhere else":          with(`{"enum":["car","bike"]}`, `{"$ref":"https://example.org/kind.json"}`),
		"a file":                  with(`{"enum":["car","bike"]}`, `{"$ref":"file:///etc/passwd"}`),
		"another meta-schema":     with(`https://json-schema.org/draft/2020-12/schema`, `https://example.org/draft`),
		"a million letters":       with(`^[\\p{L} .-]+$`, strings.Repeat("a", 1_000_000)),
		"a pattern too long":      with(`^[\\p{L} .-]+$`, strings.Repeat("a", longestPattern+1)),
		"repeats of repeats":      with(`^[\\p{L} .-]+$`, `((a{30}){30}b{90}){3}`),
		"letters of all scripts":  with(`^[\\p{L} .-]+$`, strings.Repeat(`[\\p{L}]{999}`, 60)),
		"a pattern of brackets":   with(`^[\\p{L} .-]+$`, strings.Repeat("(", 900)+strings.Repeat(")", 900)),
		"deep":                    strings.Repeat(`{"allOf":[`, 5000) + "true" + strings.Repeat(`]}`, 5000),
		"deeper":                  strings.Repeat(`[`, 200_000),
		"no JSON":                 "{",
		"two":                     "{}{}",
		"a list":                  "[]",
		"large":                   `{"description":"` + strings.Repeat("x", largestSchema) + `"}`,
		"a number without end":    with(`"maximum":99`, `"maximum":1e999999999`),
		"digits without end":      with(`"maximum":99`, `"maximum":`+strings.Repeat("9", 10)+`e99999999`),
		"a property with a digit": with(`"ask":{"type":"boolean"}`, `"7":{"type":"boolean"}`),
	} {
		within(t, name, func() {
			_, err := Load(Folder{Service: "test", Texts: texts(t), Tables: tables, FS: fstest.MapFS{"schema.json": {Data: []byte(schema)}, "form.yaml": {Data: []byte(testLayout)}}})
			if err == nil && !strings.HasSuffix(name, "without end") { // a limit beyond all numbers limits nothing
				t.Errorf("%s is accepted", name)
			}
			if said := fmt.Sprint(err); len(said) > 5000 {
				t.Errorf("%s: the error has %d letters", name, len(said))
			}
		})
	}
}

func TestALayoutThatIsABombIsRefused(t *testing.T) {
	laughs := "a: &a [x,x]\nb: &b [*a,*a]\n"
	for name, layout := range map[string]string{
		"laughs":     laughs + testLayout,
		"brackets":   "pages: " + strings.Repeat("[", 5000),
		"large":      testLayout + "# " + strings.Repeat("x", limit.LargestYAML),
		"dashes":     "pages:\n  " + strings.Repeat("- ", 5000),
		"a rule":     strings.Replace(testLayout, "answers.limit * 2", strings.Repeat("(", 5000)+"1"+strings.Repeat(")", 5000), 1),
		"much rule":  strings.Replace(testLayout, "answers.limit * 2", "1"+strings.Repeat(" + 1", 5000), 1),
		"deep rules": strings.Replace(testLayout, "answers.limit * 2", strings.Repeat("[1].map(x, ", 60)+"1"+strings.Repeat(")", 60), 1),
	} {
		within(t, name, func() {
			_, err := Load(Folder{Service: "test", Texts: texts(t), Tables: tables, FS: fstest.MapFS{"schema.json": {Data: []byte(testSchema)}, "form.yaml": {Data: []byte(layout)}}})
			if err == nil {
				t.Errorf("%s is accepted", name)
			}
		})
	}
	big := endlessFolder{fstest.MapFS{"form.yaml": {Data: []byte(testLayout)}, "schema.json": {Data: bytes.Repeat([]byte(" "), limit.LargestFile+1)}}}
	if _, err := Load(Folder{Service: "test", Texts: texts(t), Tables: tables, FS: big}); !errors.Is(err, limit.ErrLimit) {
		t.Error(err)
	}
}

type endlessFolder struct{ fstest.MapFS }

// FuzzLoad reads a form of any bytes; one that can be loaded can be asked.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(testLayout), []byte(testSchema))
	f.Add([]byte(familyLayout), []byte(familySchema))
	for _, schema := range judged() {
		f.Add([]byte(testLayout), []byte(schema))
	}
	f.Add([]byte("pages: [{id: one, fields: [{path: /a, kind: text}]}]"), []byte(`{"properties":{"a":{"type":"string"}}}`))
	said := texts(f)
	f.Fuzz(func(t *testing.T, layout, schema []byte) {
		defer time.AfterFunc(15*time.Second, func() { panic(fmt.Sprintf("it does not end: %q %q", layout, schema)) }).Stop()
		began := time.Now()
		form, err := Load(Folder{Service: "test", Texts: said, Tables: tables, FS: fstest.MapFS{"schema.json": {Data: schema}, "form.yaml": {Data: layout}}})
		if err == nil {
			session, in := form.Begin(), input(good())
			session.View(in)
			form.Check(in)
			form.Clean(in)
		}
		if d := time.Since(began); d > 10*time.Second {
			t.Fatalf("took %v", d)
		}
	})
}
