package form

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

const testSchema = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"required":["name","kind"],
"properties":{
 "name":{"type":"string","minLength":2,"maxLength":40,"pattern":"^[\\p{L} .-]+$"},
 "mail":{"type":"string","format":"email"},
 "kind":{"enum":["car","bike"]},
 "vehicle":{"type":"object","additionalProperties":false,"properties":{"plate":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":99}}},
 "when":{"type":"string","format":"date"},
 "limit":{"type":"integer"},
 "days":{"type":"array","items":{"enum":["mo","di"]},"uniqueItems":true,"maxItems":2},
 "story":{"type":"string"},
 "agree":{"const":true},
 "ask":{"type":"boolean"}
}}`

const testLayout = `pages:
  - id: one
    fields:
      - {path: /name, kind: text}
      - {path: /mail, kind: text, optional: true, keys: email}
      - path: /kind
        kind: choice
        options:
          - value: car
          - value: bike
      - {path: /help, kind: info, visible: 'answers.kind == "car"'}
  - id: car
    visible: 'answers.kind == "car"'
    fields:
      - {path: /vehicle/plate, kind: plate}
      - {path: /vehicle/age, kind: number, optional: true}
  - id: rest
    fields:
      - {path: /when, kind: date, optional: true}
      - {path: /limit, kind: money, optional: true, required: 'answers.kind == "bike"'}
      - path: /days
        kind: choices
        optional: true
        from: {rows: tables.days, value: id, label: name}
        notes: [{when: 'answers.limit > 100', say: {text: note.high, args: {sum: {cents: answers.limit}}}}]
      - {path: /story, kind: longtext, optional: true}
      - {path: /ask, kind: bool, optional: true, default: 'false'}
      - {path: /agree, kind: consent}
      - {path: /double, kind: computed, as: cents, value: answers.limit * 2}
rules:
  - {name: early, path: /when, holds: answers.when == null || answers.when >= day}
eligible:
  - {name: young, page: car, holds: answers.vehicle.age == null || answers.vehicle.age < 30}
fee:
  amount: 'answers.kind == "car" ? tables.fee : 0'
  steps: [{label: fee.base, value: {cents: tables.fee}}]
`

const testTexts = `page: {one: {title: Eins}, car: {title: Auto}, rest: {title: Rest}}
field:
  name: {label: Name, problem: {pattern: Nur Buchstaben.}}
  mail: {label: Mail}
  kind: {label: Art, option: {car: Auto, bike: Rad}}
  help: {label: Hilfe, text: So geht es.}
  vehicle: {plate: {label: Kennzeichen}, age: {label: Alter}}
  when: {label: Wann}
  limit: {label: Grenze}
  days: {label: Tage}
  story: {label: Text}
  ask: {label: Frage}
  agree: {label: Ja bitte}
  double: {label: Doppelt}
note: {high: "{{.sum}} ist viel."}
rule: {early: Das ist vorbei.}
eligible: {young: Das Auto ist zu alt.}
fee: {base: Grundgebühr}
`

func texts(t testing.TB) *text.Texts {
	t.Helper()
	x, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte(testTexts)}})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func tables(time.Time) map[string]any {
	return map[string]any{"fee": 500, "days": []any{map[string]any{"id": "mo", "name": map[string]any{"de": "Montag", "en": "Monday"}}, map[string]any{"id": "di", "name": "Dienstag"}}}
}

func example(t testing.TB) *Form {
	t.Helper()
	f, err := Load(Folder{Service: "test", Texts: texts(t), Tables: tables,
		FS: fstest.MapFS{"schema.json": {Data: []byte(testSchema)}, "form.yaml": {Data: []byte(testLayout)}}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func input(a Answers) Input { return Input{Answers: a, Lang: "de", Day: monday} }

func find(t testing.TB, v View, path string) Field {
	t.Helper()
	for _, p := range v.Pages {
		for _, f := range p.Fields {
			if f.Path == path {
				return *f
			}
		}
	}
	t.Fatalf("%s is not on screen", path)
	return Field{}
}

func good() Answers {
	return Answers{"name": "Renate Vogt", "kind": "car", "vehicle": map[string]any{"plate": "MI-RA 1848"}, "agree": true}
}

func TestGoodAnswersAreComplete(t *testing.T) {
	f := example(t)
	v := f.View(input(good()))
	if !v.Complete || v.Fee == nil || v.Fee.Amount != 500 || v.Fee.Steps[0] != (Step{"Grundgebühr", "5,00\u00a0€"}) || v.Eligible == nil || !v.Eligible.OK {
		t.Errorf("%+v", v)
	}
	if p := f.Check(input(f.Clean(input(good())))); len(p) > 0 {
		t.Error(p)
	}
}

func TestAnEmptyFormSaysWhatIsMissing(t *testing.T) {
	v := example(t).View(input(nil))
	if v.Complete || len(v.Pages) != 2 || v.Pages[0].Done {
		t.Fatalf("%+v", v)
	}
	for path, want := range map[string]string{"/name": "Bitte füllen Sie dieses Feld aus.", "/kind": "Bitte wählen Sie etwas aus.", "/agree": "Bitte bestätigen Sie das mit einem Häkchen."} {
		if fd := find(t, v, path); !fd.Missing || !fd.Required || fd.Problem != want {
			t.Errorf("%s: %+v", path, fd)
		}
	}
	if fd := find(t, v, "/mail"); fd.Missing || fd.Problem != "" || fd.Keys != KeysEmail {
		t.Errorf("%+v", fd)
	}
	if v.Eligible != nil && !v.Eligible.OK {
		t.Error("not entitled before anything was said")
	}
}

func TestEveryWrongAnswerGetsACalmSentence(t *testing.T) {
	f := example(t)
	for _, c := range []struct {
		path  string
		value any
		want  string
	}{
		{"/name", strings.Repeat("x", 10000), "Das ist zu lang. Hier passen höchstens 40 Zeichen hinein."},
		{"/name", "X", "Das ist zu kurz. Hier braucht es mindestens 2 Zeichen."},
		{"/name", "R2D2", "Nur Buchstaben."},
		{"/name", "Renate 🚗", "Bitte nur Buchstaben, Ziffern und übliche Satzzeichen. Bildzeichen gehen hier nicht."},
		{"/name", "\u202e\u200f", "Bitte füllen Sie dieses Feld aus."},
		{"/name", "   ", "Bitte füllen Sie dieses Feld aus."},
		{"/name", map[string]any{"a": 1}, "Das konnten wir nicht verstehen. Bitte schreiben Sie es anders."},
		{"/name", 12, "Das konnten wir nicht verstehen. Bitte schreiben Sie es anders."},
		{"/mail", "renate", "Da fehlt noch etwas. Eine E-Mail-Adresse sieht so aus, name@beispiel.de."},
		{"/kind", "boat", "Bitte wählen Sie eine der Möglichkeiten."},
		{"/kind", []any{"car"}, "Bitte wählen Sie eine der Möglichkeiten."},
		{"/vehicle/plate", "MI-RA", "Hier fehlt noch die Zahl am Ende."},
		{"/vehicle/plate", "MI-RA 🚗", "Das sieht noch nicht wie ein Kennzeichen aus. Ein Beispiel ist MI-AB 123."},
		{"/vehicle/age", "alt", "Bitte schreiben Sie eine Zahl, zum Beispiel 12."},
		{"/vehicle/age", 100, "Das ist zu viel. Es dürfen höchstens 99 sein."},
		{"/vehicle/age", -1, "Das ist zu wenig. Es müssen mindestens 0 sein."},
		{"/vehicle/age", 1.5, "Das konnten wir nicht verstehen. Bitte schreiben Sie es anders."},
		{"/when", "31.2.2027", "Diesen Tag gibt es nicht. Bitte sehen Sie noch einmal nach."},
		{"/when", "morgen", "Bitte schreiben Sie Tag, Monat und Jahr, zum Beispiel 3.4.1980."},
		{"/when", "1.1.2020", "Das ist vorbei."},
		{"/limit", "viel", "Bitte schreiben Sie einen Betrag, zum Beispiel 12,50."},
		{"/days", []any{"mo", "so"}, "Bitte wählen Sie aus den Möglichkeiten."},
		{"/days", "mo", "Bitte wählen Sie aus den Möglichkeiten."},
		{"/agree", false, "Bitte bestätigen Sie das mit einem Häkchen."},
		{"/ask", "vielleicht", "Bitte wählen Sie Ja oder Nein."},
		{"/story", strings.Repeat("viel Text ", 1000), "Das ist zu lang. Hier passen höchstens 5000 Zeichen hinein."},
	} {
		a := good().With(c.path, c.value)
		v := f.View(input(a))
		if got := find(t, v, c.path).Problem; got != c.want {
			t.Errorf("%s: the citizen reads %q, not %q", c.path, got, c.want)
		}
		if v.Complete {
			t.Errorf("%s: complete with a wrong answer", c.path)
		}
		problems := f.Check(input(a))
		if (len(problems) != 1 && c.path != "/kind") || problems[0].Path != c.path || problems[0].Text != c.want {
			t.Errorf("%s: the town hall reads %v", c.path, problems)
		}
	}
}

func TestHiddenAnswersDoNotCount(t *testing.T) {
	f := example(t)
	a := good().With("/kind", "bike").With("/limit", 5000)
	a = a.With("/vehicle/age", 80) // from before the citizen changed his mind
	v := f.View(input(a))
	if len(v.Pages) != 2 || !v.Complete || !v.Eligible.OK || v.Fee.Amount != 0 {
		t.Errorf("%+v", v)
	}
	if clean := f.Clean(input(a)); clean["vehicle"] != nil {
		t.Error("hidden answers travel:", clean)
	}
	problems := f.Check(input(a))
	if len(problems) != 2 || problems[0].Rule != "hidden" || problems[0].Path != "/vehicle/plate" {
		t.Error(problems)
	}
}

func TestWhatNobodyAskedForIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, path := range []string{"/geheim", "/vehicle/geheim", "/name/geheim"} {
		problems := example(t).Check(input(good().With(path, "x")))
		if len(problems) != 1 || strings.Contains(fmt.Sprint(problems), "geheim") {
			t.Errorf("%s: %v", path, problems)
		}
	}
}

func TestAnswersAreShownAsPeopleWriteThem(t *testing.T) {
	f := example(t)
	a := good().With("/when", "2027-03-05").With("/limit", 123456).With("/days", []any{"di", "mo"}).With("/vehicle/age", 7).With("/name", " Renate ")
	v := f.View(input(a))
	for path, want := range map[string]string{"/when": "5. März 2027", "/limit": "1.234,56\u00a0€", "/days": "Montag; Dienstag", "/vehicle/age": "7", "/kind": "Auto",
		"/vehicle/plate": "MI-RA 1848", "/ask": "Nein", "/agree": "Ja", "/double": "2.469,12\u00a0€", "/help": "So geht es.", "/name": " Renate "} {
		if got := find(t, v, path).Text; got != want {
			t.Errorf("%s shows %q, not %q", path, got, want)
		}
	}
	if got := find(t, v, "/days"); got.Note != "1.234,56\u00a0€ ist viel." || !got.Options[0].Selected {
		t.Errorf("%+v", got)
	}
	in := input(a)
	in.Lang = "en"
	if got := find(t, f.View(in), "/days").Options[0].Label; got != "Monday" {
		t.Error(got)
	}
}

func TestTypingAndLeavingAField(t *testing.T) {
	f := example(t)
	for _, c := range []struct {
		path, typed string
		want        any
	}{
		{"/vehicle/plate", "mi ra1848", "MI-RA 1848"}, {"/vehicle/plate", "mi ra", "mi ra"}, {"/when", "1.12.2026", "2026-12-01"}, {"/when", "1.12.2", "1.12.2"},
		{"/when", "1.12.26", "1.12.26"}, {"/limit", "12,50", int64(1250)}, {"/limit", "12,", "12,"}, {"/vehicle/age", "7", int64(7)}, {"/vehicle/age", "7,0", "7,0"},
		{"/name", "Renate ", "Renate "}, {"/name", "", nil}, {"/kind", "car", "car"}, {"/ask", "true", true}, {"/nowhere", "x", "x"},
	} {
		if got := f.Parse(c.path, c.typed); got != c.want {
			t.Errorf("%s: %q became %v", c.path, c.typed, got)
		}
	}
	clean := f.Clean(input(good().With("/when", "1.12.26").With("/name", " Renate\u200b  ").With("/mail", "\u200f")))
	if clean["when"] != "2026-12-01" || clean["name"] != "Renate" || clean["ask"] != false || clean["mail"] != nil {
		t.Error(clean)
	}
}

func TestTheSameInputGivesTheSameView(t *testing.T) {
	f := example(t)
	a := good().With("/days", []any{"mo"}).With("/vehicle/age", 40)
	before, _ := json.Marshal(a)
	first := f.View(input(a))
	for range 20 {
		if again := f.View(input(a)); !reflect.DeepEqual(first, again) {
			t.Fatal("the view changed by itself")
		}
	}
	if after, _ := json.Marshal(a); string(before) != string(after) {
		t.Error("looking changed the answers")
	}
	if first.Eligible.OK || first.Eligible.Reasons[0] != (Reason{"young", "Das Auto ist zu alt.", "car"}) || first.Complete {
		t.Errorf("%+v", first.Eligible)
	}
}

func TestMistakesInAFormAreFoundWhenItIsLoaded(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"an unknown key":           {"kind: text}", "kind: text, colour: red}", "form.yaml"},
		"an unknown kind":          {"kind: plate", "kind: plates", "no such kind"},
		"a rule with a typo":       {"answers.kind == \"car\"'}", "answers.knid == \"car\"'}", "answers.knid, which nobody asks"},
		"a rule that reads ahead":  {"{path: /name, kind: text}", "{path: /name, kind: text, optional: true, required: answers.agree}", "nobody asks before"},
		"a broken rule":            {"answers.limit * 2", "answers.limit *", "test/form.yaml:29"},
		"a field the schema lacks": {"/story", "/tale", "does not have it"},
		"a missing sentence":       {"rules:\n  - {name: early", "rules:\n  - {name: late", "rule.late"},
		"hidden but required":      {"{path: /name, kind: text}", "{path: /name, kind: text, optional: true}", "required by schema.json"},
		"a path asked twice":       {"{path: /mail,", "{path: /name,", "twice"},
		"a part of no parts":       {"answers.limit * 2", "answers.limit.net * 2", "test/form.yaml:29: double.value reads answers.limit.net, but /limit is one answer without parts"},
		"a list's part":            {"answers.limit > 100", "answers.days.mo", "/days is a list"},
		"what is computed":         {"answers.limit > 100", "answers.double > 100", `said["double"]`},
		"a line of a field":        {"{path: /story, kind: longtext", "{path: /story, kind: longtexts", "test/form.yaml:26: /story: no such kind"},
		"another type":             {"{path: /story, kind: longtext", "{path: /story, kind: number", "kind number is of type number or integer in schema.json, not string"},
		"an option not allowed":    {"          - value: bike", "          - value: boat", "enum of schema.json does not have the option boat"},
		"no such keys":             {"keys: email", "keys: mail", `no such keys "mail"; there are text, prose`},
		"computed as what":         {"as: cents", "as: euro", "text, cents or date"},
		"a sentence nowhere":       {"{name: early, path: /when", "{name: early, path: /then", "rule.early says its sentence at /then"},
		"no path":                  {"{path: /mail, kind", "{kind", "it has to begin with a slash"},
		"nothing fills it in":      {"{text: note.high, args: {sum: {cents: answers.limit}}}", "note.high", "note.high has {{.sum}}"},
	} {
		layout := strings.Replace(testLayout, c.old, c.new, 1)
		if layout == testLayout {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := Load(Folder{Service: "test", Texts: texts(t), Tables: tables,
			FS: fstest.MapFS{"schema.json": {Data: []byte(testSchema)}, "form.yaml": {Data: []byte(layout)}}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	remote := strings.Replace(testSchema, `{"enum":["car","bike"]}`, `{"$ref":"https://example.org/kind.json"}`, 1)
	if _, err := Load(Folder{Service: "test", Texts: texts(t), Tables: tables,
		FS: fstest.MapFS{"schema.json": {Data: []byte(remote)}, "form.yaml": {Data: []byte(testLayout)}}}); err == nil {
		t.Error("a schema that has to be fetched was accepted")
	}
}

func TestAnswersChangeByCopy(t *testing.T) {
	a := Answers{}.With("/vehicle/plate", "MI-RA 1").With("/vehicle/age", 3)
	b := a.With("/vehicle/age", nil)
	if v, _ := a.Get("/vehicle/age"); v != 3 {
		t.Error("the first one changed")
	}
	if _, ok := b.Get("/vehicle/age"); ok {
		t.Error("it is still there")
	}
	if c := b.With("/vehicle/plate", nil); len(c) != 0 {
		t.Error("an empty object is left over:", c)
	}
	if v, ok := a.With("/a~1b/~0", 1).Get("/a~1b/~0"); !ok || v != 1 {
		t.Error("names with slashes are lost")
	}
	for _, c := range []struct {
		a, b any
		same bool
	}{{1, 1.0, true}, {json.Number("12"), 12, true}, {"1", 1, false}, {true, true, true}, {nil, nil, true}, {nil, "", false}, {[]any{1}, []any{1}, false}, {1, true, false}} {
		if Same(c.a, c.b) != c.same {
			t.Errorf("%v and %v", c.a, c.b)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	form := example(f)
	for _, s := range []string{`{}`, `{"name":"Renate","kind":"car","vehicle":{"plate":"x"}}`, `{"vehicle":[1,2],"days":{"a":[]},"limit":1e400}`, `{"name":{"a":{"b":[null]}},"when":"1.1.1"}`,
		`{"kind":["car"],"agree":"true","ask":0,"limit":99999999999999999999}`, `{"":{"":""},"a/b":1,"~":2}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var a Answers
		if json.Unmarshal([]byte(s), &a) != nil {
			return
		}
		start := time.Now()
		v := form.View(input(a))
		problems := form.Check(input(a))
		clean := form.Clean(input(a))
		if v.Complete && len(form.Check(input(clean))) > 0 {
			t.Fatalf("complete at the terminal, refused at the town hall: %v", form.Check(input(clean)))
		}
		if len(problems) == 0 && !v.Complete {
			t.Fatal("accepted at the town hall, incomplete at the terminal")
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Fatalf("took %v", d)
		}
	})
}

func BenchmarkView(b *testing.B) {
	f := example(b)
	for b.Loop() {
		f.View(input(good()))
	}
}

func TestTheSentenceOfARuleNamesTheLimitOfTheTable(t *testing.T) {
	layout := strings.Replace(testLayout, "{name: early, path: /when, holds: answers.when == null || answers.when >= day}",
		"{name: early, path: /limit, holds: 'answers.limit == null || answers.limit <= tables.fee', args: {most: {cents: tables.fee}}}", 1)
	said := strings.Replace(testTexts, "Das ist vorbei.", "'Höchstens {{.most}}.'", 1)
	x, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte(said)}})
	if err != nil {
		t.Fatal(err)
	}
	load := func(tables Tables) *Form {
		t.Helper()
		f, err := Load(Folder{Service: "test", Texts: x, Tables: tables, FS: fstest.MapFS{"schema.json": {Data: []byte(testSchema)}, "form.yaml": {Data: []byte(layout)}}})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	much := good().With("/limit", 501)
	if got := find(t, load(tables).View(input(much)), "/limit").Problem; got != "Höchstens 5,00\u00a0€." {
		t.Errorf("%q", got)
	}
	if p := load(tables).Check(input(much)); len(p) != 1 || p[0].Rule != "early" || p[0].Text != "Höchstens 5,00\u00a0€." {
		t.Errorf("%+v", p)
	}
	if !load(tables).View(input(good().With("/limit", 500))).Complete {
		t.Error("the limit itself is refused")
	}
}

func TestABrowserChoosesYesAndNumbersAsItChoosesWords(t *testing.T) {
	f := example(t)
	f.fields["/kind"].options = []option{{optionLayout: optionLayout{Value: true}}, {optionLayout: optionLayout{Value: int64(6)}}, {optionLayout: optionLayout{Value: 2.5}}}
	for typed, want := range map[string]any{"true": true, "6": int64(6), "2.5": 2.5, "no": "no"} {
		if got := f.Parse("/kind", typed); got != want {
			t.Errorf("%q is %v", typed, got)
		}
	}
}
