package form

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

const familySchema = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"required":["name","children"],
"properties":{
 "name":{"type":"string"},
 "children":{"type":"array","minItems":1,"maxItems":4,"items":{"$ref":"#/$defs/child"}},
 "why":{"type":"string"}
},
"$defs":{"child":{"type":"object","additionalProperties":false,"required":["name","born"],"properties":{
 "name":{"type":"string","maxLength":20},"born":{"type":"string","format":"date"},"school":{"type":"boolean"},"which":{"type":"string"}}}}
}`

const familyLayout = `pages:
  - id: one
    fields:
      - {path: /name, kind: text}
      - path: /children
        kind: repeat
        least: 1
        most: 4
        fields:
          - {path: /name, kind: text}
          - {path: /born, kind: date, past: true}
          - {path: /school, kind: bool, optional: true, visible: 'item.born != null && age(item.born, day) >= 6'}
          - {path: /which, kind: text, visible: 'item.school == true', optional: true, required: 'item.school == true'}
          - {path: /age, kind: computed, value: 'age(item.born, day)'}
        rules:
          - {name: born, path: /born, holds: item.born <= day}
      - {path: /why, kind: text, visible: 'size(answers.children) > 2', optional: true}
rules:
  - {name: names, path: /name, holds: '!answers.children.exists(c, c.name == answers.name)'}
eligible:
  - {name: minor, holds: 'answers.children.exists(c, age(c.born, day) < 18)'}
fee:
  amount: '500 + 100 * (size(answers.children) - 1)'
`

const familyTexts = `page: {one: {title: Eins}}
field:
  name: {label: Name}
  children: {entry: "Kind {{.n}}", more: Noch ein Kind, name: {label: Name des Kindes}, born: {label: Geboren}, school: {label: Schule?}, which: {label: Welche?}, age: {label: Alter}}
  why: {label: Warum?}
rule: {born: Das kann nicht sein., names: Kind und Eltern heißen gleich?}
eligible: {minor: Kein Kind ist jünger als 18.}
`

func family(t testing.TB) *Form {
	t.Helper()
	f, err := loadFamily(familyLayout, familySchema)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func loadFamily(layout, schema string) (*Form, error) {
	x, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte(familyTexts)}})
	if err != nil {
		return nil, err
	}
	return Load(Folder{Service: "family", Texts: x, FS: fstest.MapFS{"schema.json": {Data: []byte(schema)}, "form.yaml": {Data: []byte(layout)}}})
}

func paths(v View) (all []string) {
	for _, p := range v.Pages {
		for _, f := range p.Fields {
			all = append(all, f.Path)
		}
	}
	return all
}

func TestEveryChildIsAskedTheSame(t *testing.T) {
	f := family(t)
	v := f.View(input(Answers{"name": "Vogt"}))
	if got, want := paths(v), []string{"/name", "/children/0", "/children/0/name", "/children/0/born", "/children/0/age", "/children"}; !reflect.DeepEqual(got, want) {
		t.Fatalf("at first: %v", got)
	}
	head, more := find(t, v, "/children/0"), find(t, v, "/children")
	if head.Kind != Entry || head.Label != "Kind 1" || head.Remove || more.Kind != Repeat || more.Label != "Noch ein Kind" || more.Add != "/children/1" {
		t.Errorf("%+v %+v", head, more)
	}
	a := Answers{"name": "Vogt"}.With("/children/0/name", "Lea").With("/children/0/born", "2015-03-01")
	a = a.With(find(t, f.View(input(a)), "/children").Add, map[string]any{})
	a = a.With("/children/1/name", "Kai").With("/children/1/born", "2024-03-01")
	v = f.View(input(a))
	if !v.Complete || v.Fee == nil || v.Fee.Amount != 600 || !find(t, v, "/children/1").Remove {
		t.Errorf("two children: %+v", v)
	}
	if _, seen := onScreen(v, "/children/1/school"); seen {
		t.Error("a small child is asked for its school")
	}
	if got := find(t, v, "/children/0/age").Text; got != "11" {
		t.Errorf("the first child is %s", got)
	}
	a = a.With("/children/0/school", true)
	if v = f.View(input(a)); v.Complete || !find(t, v, "/children/0/which").Missing {
		t.Error("the school's name is not missed")
	}
	a = a.With("/children/0/which", "Grundschule")
	want := `{"children":[{"born":"2015-03-01","name":"Lea","school":true,"which":"Grundschule"},{"born":"2024-03-01","name":"Kai"}],"name":"Vogt"}`
	if got, _ := json.Marshal(f.Clean(input(a))); string(got) != want {
		t.Errorf("sent: %s", got)
	}
	if p := f.Check(input(f.Clean(input(a)))); len(p) > 0 {
		t.Errorf("the town hall says %v", p)
	}
	_, said := f.Said(input(a))
	if said["children.1.name"] != "Kai" || said["children.0.age"] != "11" {
		t.Errorf("%v", said)
	}
	// The first child is taken out: the second moves up with all that was said of it.
	if v = f.View(input(a.With("/children/0", nil))); find(t, v, "/children/0/name").Text != "Kai" || v.Fee.Amount != 500 {
		t.Errorf("%v", paths(v))
	}
}

func TestRulesOfAnEntryAndOfTheWholeList(t *testing.T) {
	f := family(t)
	a := Answers{"name": "Vogt", "children": []any{map[string]any{"name": "Lea", "born": "2015-03-01"}, map[string]any{"name": "Kai", "born": "2030-01-01"}}}
	v := f.View(input(a))
	if find(t, v, "/children/0/born").Problem != "" || find(t, v, "/children/1/born").Problem != "Das kann nicht sein." {
		t.Error("the rule does not see the entry it stands in")
	}
	if v.Eligible != nil {
		t.Errorf("a verdict although a birthday is wrong: %+v", v.Eligible)
	}
	if v = f.View(input(Answers{"name": "Lea", "children": []any{map[string]any{"name": "Lea", "born": "1990-01-01"}}})); find(t, v, "/name").Problem != "Kind und Eltern heißen gleich?" || v.Eligible.OK {
		t.Errorf("%+v", v)
	}
	if v = f.View(input(Answers{"children": []any{map[string]any{"name": "Lea"}}})); v.Eligible != nil {
		t.Error("a verdict although a birthday is missing")
	}
	same := strings.Replace(familyLayout, "{name: names, path: /name,", "{name: names, path: /children,", 1)
	if g, err := loadFamily(same, familySchema); err != nil {
		t.Fatal(err)
	} else if p := g.Check(input(Answers{"name": "Lea", "children": []any{map[string]any{"name": "Lea", "born": "2015-03-01"}}})); len(p) != 1 || p[0].Path != "/children" || p[0].Rule != "names" {
		t.Errorf("a rule about the list is told as %+v", p)
	}
	three := []any{map[string]any{}, map[string]any{}, map[string]any{}}
	if _, seen := onScreen(f.View(input(Answers{"children": three})), "/why"); !seen {
		t.Error("a question that depends on the number of entries is not asked")
	}
}

func TestTooManyEntriesAndStrangeOnesAreRefused(t *testing.T) {
	f := family(t)
	child := map[string]any{"name": "Lea", "born": "2015-03-01"}
	full := []any{child, child, child, child}
	if v := f.View(input(Answers{"name": "V", "children": full})); find(t, v, "/children").Add != "" || !v.Complete {
		t.Error("a fifth child can be added to four")
	}
	many := make([]any, 5000)
	for i := range many {
		many[i] = child
	}
	v := f.View(input(Answers{"name": "V", "children": many}))
	if v.Complete || find(t, v, "/children").Problem == "" || len(v.Pages[0].Fields) > 40 {
		t.Errorf("5,000 children: %d fields, %+v", len(v.Pages[0].Fields), find(t, v, "/children"))
	}
	for name, children := range map[string]any{
		"a text": "Lea", "a number": 3, "texts in the list": []any{"Lea"}, "a stranger's answer": []any{map[string]any{"name": "Lea", "born": "2015-03-01", "pin": "x"}}, "too many": many,
		"a hidden answer": []any{map[string]any{"name": "Lea", "born": "2024-03-01", "school": true}}, "lists in lists": []any{[]any{child}}, "nothing": []any{},
	} {
		p := f.Check(input(Answers{"name": "V", "children": children}))
		if len(p) == 0 {
			t.Errorf("%s is accepted", name)
		}
		for _, x := range p {
			if strings.Contains(x.Text, "Lea") || strings.Contains(x.Text, "pin") {
				t.Errorf("%s: repeats what was typed: %s", name, x.Text)
			}
		}
		f.View(input(Answers{"name": "V", "children": children}))
		f.Clean(input(Answers{"name": "V", "children": children}))
	}
}

func TestAnswersOfListsChangeByCopy(t *testing.T) {
	a := Answers{"children": []any{map[string]any{"name": "Lea"}}}
	b := a.With("/children/0/name", "Kai").With("/children/2/name", "Mia")
	if got := fmt.Sprint(a); got != "map[children:[map[name:Lea]]]" {
		t.Error("the receiver changed:", got)
	}
	if got := fmt.Sprint(b); got != "map[children:[map[name:Kai] map[] map[name:Mia]]]" {
		t.Error(got)
	}
	if got := fmt.Sprint(b.With("/children/1", nil).With("/children/1/name", nil)); got != "map[children:[map[name:Kai] map[]]]" {
		t.Error(got)
	}
	if got := fmt.Sprint(a.With("/children/0", nil)); got != "map[]" {
		t.Error(got)
	}
	if v, ok := b.Get("/children/2/name"); !ok || v != "Mia" {
		t.Error(v, ok)
	}
	for _, path := range []string{"/children/3/name", "/children/x", "/children/-1", "/children/99999999999"} {
		if _, ok := b.Get(path); ok {
			t.Errorf("there is something at %s", path)
		}
	}
	if got := fmt.Sprint(b.With("/children/9999/name", "x")); len(got) > 300 {
		t.Error("a place far away makes a long list")
	}
}

func TestMistakesInARepeatAreFoundWhenItIsLoaded(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"too many":              {"most: 4", "most: 400", "up to 30"},
		"more than the schema":  {"most: 4", "most: 5", "maxItems"},
		"an entry's typo":       {"item.school == true', optional", "item.scool == true', optional", "item.scool, which nobody asks"},
		"no such part":          {"item.school == true', optional", "item.name.given == true', optional", "but /children/*/name is one answer without parts"},
		"reads ahead":           {"{path: /name, kind: text}\n          - {path: /born", "{path: /name, kind: text, optional: true, required: item.school}\n          - {path: /born", "nobody asks before"},
		"a list in a list":      {"{path: /which, kind: text,", "{path: /which, kind: photos,", "cannot be asked in a list"},
		"a rule without answer": {"path: /born, holds: item.born", "path: /birth, holds: item.born", "no /birth in an entry"},
		"an unknown answer":     {"{path: /which, kind: text,", "{path: /whom, kind: text,", "does not have it"},
		"can be empty":          {"least: 1", "least: 0", "required by schema.json"},
	} {
		layout := strings.Replace(familyLayout, c.old, c.new, 1)
		if layout == familyLayout {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := loadFamily(layout, familySchema); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := loadFamily(familyLayout, strings.Replace(familySchema, `"items":{"$ref":"#/$defs/child"}`, `"items":{"type":"string"}`, 1)); err == nil {
		t.Error("a list of texts is taken for one of children")
	}
}

func onScreen(v View, path string) (Field, bool) {
	for _, p := range v.Pages {
		for _, f := range p.Fields {
			if f.Path == path {
				return *f, true
			}
		}
	}
	return Field{}, false
}

func FuzzRepeat(f *testing.F) {
	form := family(f)
	for _, s := range []string{`{"children":[{"name":"Lea","born":"2015-03-01"}]}`, `{"children":[[]]}`, `{"children":{"0":1}}`, `{"children":[null,1,"x"]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var a Answers
		if json.Unmarshal([]byte(text), &a) != nil {
			return
		}
		clean := form.Clean(input(a))
		if again := form.Clean(input(clean)); fmt.Sprint(again) != fmt.Sprint(clean) {
			t.Fatalf("%v becomes %v", clean, again)
		}
		form.View(input(a))
		form.Check(input(a))
	})
}

// Who took out the wrong child gets it back where it was.
func TestAnEntryTakenOutCanBePutBack(t *testing.T) {
	a := Answers{"children": []any{map[string]any{"name": "Lea"}, map[string]any{"name": "Kai"}, map[string]any{"name": "Mia"}}}
	kai, _ := a.Get("/children/1")
	out := a.With("/children/1", nil)
	if back := out.Restore("/children/1", kai); !reflect.DeepEqual(back, a) {
		t.Error(back)
	}
	if back := (Answers{}).Restore("/children/1", kai); !reflect.DeepEqual(back, Answers{"children": []any{kai}}) {
		t.Error(back)
	}
	for _, path := range []string{"", "/", "/children", "/children/x", "/children/-1", "/1"} {
		if got := a.Restore(path, kai); !reflect.DeepEqual(got, a) {
			t.Errorf("%q: %v", path, got)
		}
	}
}
