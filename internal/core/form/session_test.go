package form

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// loadAs loads the example with something other in its layout and its schema.
func loadAs(t testing.TB, layout, schema string) *Form {
	t.Helper()
	f, err := Load(Folder{Service: "test", Texts: texts(t), Tables: tables,
		FS: fstest.MapFS{"schema.json": {Data: []byte(schema)}, "form.yaml": {Data: []byte(layout)}}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// judged are schemas in which one answer's being right depends on others.
func judged() map[string]string {
	with := func(more string) string { return strings.TrimSuffix(testSchema, "}") + "," + more + "}" }
	return map[string]string{
		"plain":                 testSchema,
		"if and then":           with(`"if":{"properties":{"kind":{"const":"bike"}}},"then":{"properties":{"limit":{"maximum":100}}},"else":{"properties":{"name":{"maxLength":12}}}`),
		"all of":                with(`"allOf":[{"properties":{"name":{"maxLength":5}}},{"properties":{"limit":{"minimum":7}}}]`),
		"dependent schemas":     with(`"dependentSchemas":{"mail":{"properties":{"name":{"minLength":9}}}}`),
		"any of, no":            with(`"anyOf":[{"properties":{"ask":{"const":true}}},{"properties":{"limit":{"const":3}}}],"not":{"required":["story"]}`),
		"patterns of names":     with(`"patternProperties":{"^s":{"maxLength":3},"^n":{"minLength":4}}`),
		"required with another": with(`"dependentRequired":{"mail":["when"]},"minProperties":9`),
		"within an object": strings.Replace(testSchema, `"vehicle":{"type":"object",`,
			`"vehicle":{"type":"object","if":{"properties":{"age":{"minimum":50}}},"then":{"properties":{"plate":{"pattern":"H$"}}},`, 1),
		"dynamic": with(`"$dynamicAnchor":"x","allOf":[{"properties":{"name":{"maxLength":5}}}],"$defs":{"a":{"$dynamicRef":"#x"}}`),
		"by reference": strings.Replace(with(`"$defs":{"car":{"type":"object","properties":{"plate":{"type":"string","maxLength":9},"age":{"maximum":9}}}}`),
			`"vehicle":{"type":"object","additionalProperties":false,"properties":{"plate":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":99}}}`,
			`"vehicle":{"$ref":"#/$defs/car"}`, 1),
	}
}

func randomAnswer(r *rand.Rand) any {
	return []any{nil, nil, "", "x", "Renate", "Renate Vogt", "car", "bike", "MI-RA 1848", "MI-RA 12H", "2026-12-01", "1.1.2020", true, false, int64(3), int64(60), int64(500), -1.5,
		[]any{"mo"}, []any{"mo", "di"}, []any{}, map[string]any{"a": 1}, map[string]any{"name": "Kim", "born": "2020-01-01"}, []any{map[string]any{"name": "x"}, 7, map[string]any{}},
		json.Number("7"), strings.Repeat("y", 700), "renate@example.org"}[r.IntN(27)]
}

// What the schema says of an answer is the same whether it is asked about that answer or about all of them together.
func TestAnAnswerIsJudgedAsWithinTheWholeDocument(t *testing.T) {
	for name, schema := range judged() {
		f := loadAs(t, testLayout, schema)
		r := rand.New(rand.NewPCG(1, 2))
		differs := 0
		for range 400 {
			a := good()
			for range r.IntN(6) {
				paths := f.Paths()
				a = a.With(paths[r.IntN(len(paths))], randomAnswer(r))
			}
			s := f.evaluate(input(a))
			doc := map[string]any{}
			s.inOrder(func(fd *field) {
				if v := s.at[fd.number].value; v != nil {
					put(doc, fd.Path, v)
				}
			})
			whole := &state{f: f, at: s.at, unfit: map[string]trouble{}, judged: make([]judgement, 1), due: allDue(len(f.graph.tasks))}
			all := &unit{schema: f.schema, fields: f.graph.fields}
			whole.validate(all)
			if len(s.unfit) > 0 {
				differs++
			}
			for _, fd := range f.graph.fields {
				if (s.unfit[fd.Path].keyword == "") != (whole.unfit[fd.Path].keyword == "") {
					t.Fatalf("%s: %s: %+v alone, %+v within everything", name, fd.Path, s.unfit[fd.Path], whole.unfit[fd.Path])
				}
			}
		}
		if differs == 0 {
			t.Errorf("%s: nothing was ever wrong", name)
		}
	}
}

func TestASessionShowsTheSameWhateverTheSchemaSays(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	forms := map[string]*Form{"family": family(t)}
	for name, schema := range judged() {
		forms[name] = loadAs(t, testLayout, schema)
	}
	for name, f := range forms {
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 3))
			session, in := f.Begin(), input(good())
			for step := range 60 {
				paths := append(f.Paths(), "/children", "/children/0", "/children/1", "/children/2", "/vehicle", "/days/0")
				in.Answers = in.Answers.With(paths[r.IntN(len(paths))], randomAnswer(r))
				if r.IntN(20) == 0 {
					in.Lang = []string{"de", "en"}[r.IntN(2)]
				}
				if v, whole := session.View(in), f.View(in); !reflect.DeepEqual(v, whole) {
					a, _ := json.MarshalIndent(v, "", " ")
					b, _ := json.MarshalIndent(whole, "", " ")
					t.Fatalf("%s, seed %d, step %d: %s\n\n%s", name, seed, step, a, b)
				}
			}
		}
	}
}

// What is sent is what is shown: the last look before sending agrees with the view, with what is cleaned, and with what the town hall says of it.
func TestTheLastLookAgreesWithViewAndTownHall(t *testing.T) {
	forms := map[string]*Form{"family": family(t)}
	for name, schema := range judged() {
		forms[name] = loadAs(t, testLayout, schema)
	}
	complete, open := 0, 0
	for name, f := range forms {
		r := rand.New(rand.NewPCG(5, 6))
		for range 200 {
			in := input(good())
			in.Lang = text.German
			paths := append(f.Paths(), "/children", "/children/0", "/children/1", "/vehicle", "/days/0")
			for range r.IntN(4) {
				in.Answers = in.Answers.With(paths[r.IntN(len(paths))], randomAnswer(r))
			}
			final, clean := f.Final(in), f.Clean(in)
			if !reflect.DeepEqual(final.Answers, clean) {
				t.Fatalf("%s: %v is cleaned, %v would be sent", name, clean, final.Answers)
			}
			sent := in
			sent.Answers = clean
			for _, v := range []View{f.View(in), f.View(sent)} {
				if v.Complete != final.Complete || v.Complete && v.Fee.Amount != final.Fee {
					t.Fatalf("%s: the view says complete %v, %+v; the last look %v, %v", name, v.Complete, v.Fee, final.Complete, final.Fee)
				}
			}
			if problems := f.Check(sent); final.Complete && len(problems) > 0 {
				t.Fatalf("%s: it would be sent, and the town hall says %v", name, problems)
			}
			if final.Complete {
				complete++
			} else {
				open++
			}
		}
	}
	if complete == 0 || open == 0 {
		t.Errorf("%d forms were complete, %d not: both have to be among them", complete, open)
	}
}

func TestAKeystrokeEvaluatesOnlyWhatDependsOnIt(t *testing.T) {
	f := example(t)
	session := f.Begin()
	session.View(input(good()))
	did := 0
	for i, do := range f.graph.tasks {
		f.graph.tasks[i] = func(s *state) { did++; do(s) }
	}
	session.View(input(good()))
	if did != 0 {
		t.Errorf("nothing changed, and %d pieces were evaluated", did)
	}
	session.View(input(good().With("/story", "Es war einmal")))
	if did == 0 || did > 6 {
		t.Errorf("a word that nothing depends on evaluated %d of %d pieces", did, len(f.graph.tasks))
	}
	did = 0
	session.View(input(good().With("/kind", "bike")))
	if did < 10 {
		t.Errorf("an answer that much depends on evaluated %d pieces", did)
	}
}

func TestASessionKeepsNothingOfItsCaller(t *testing.T) {
	f := example(t)
	session := f.Begin()
	days := []any{"mo"}
	a := good()
	a["days"] = days
	first := session.View(input(a))
	days[0] = "di" // somebody wrote into the answers: that is not how it is done, but the form must not show old ones for it
	if v := session.View(input(a)); !reflect.DeepEqual(v, f.View(input(a))) {
		t.Errorf("%+v", find(t, v, "/days"))
	}
	if got := find(t, first, "/days").Text; got != "Montag" {
		t.Error("the first view changed:", got)
	}
}

func TestASessionForgets(t *testing.T) {
	f := example(t)
	session := f.Begin()
	session.View(input(good().With("/story", "GEHEIM")))
	state := session.state
	if !strings.Contains(fmt.Sprint(state.at, state.asked, session.raw), "GEHEIM") {
		t.Fatal("it remembers nothing anyway")
	}
	session.Forget()
	if said := fmt.Sprintf("%+v %+v", session, *state); strings.Contains(said, "GEHEIM") || strings.Contains(said, "MI-RA") || session.state != nil {
		t.Error("it still knows")
	}
	if slices.ContainsFunc(state.recall, func(r recall) bool { return r.drawn != nil || r.raw != nil }) {
		t.Error("it still knows how a field looked")
	}
	if v := session.View(input(good())); !reflect.DeepEqual(v, f.View(input(good()))) || session.state != nil {
		t.Error("who asks it again makes it remember")
	}
	var none *Session
	if v := none.View(input(good())); len(v.Pages) > 0 {
		t.Error(v)
	}
	none.Forget()
}

// A rule that divides by what somebody answered with nothing: the citizen reads a calm sentence, and whoever keeps the service can be told where the
// rule stands, without a word of what was answered.
func TestARuleThatCannotBeEvaluatedIsNamedWithoutTheAnswer(t *testing.T) {
	layout := strings.Replace(testLayout, "rules:\n", "rules:\n  - {name: share, path: /limit, holds: '1000 / answers.limit > 2'}\n", 1)
	layout = strings.Replace(layout, "value: answers.limit * 2}", "value: 1000 / answers.limit}", 1)
	said, err := text.Load(fstest.MapFS{"de.yaml": {Data: []byte(strings.Replace(testTexts, "rule: {", "rule: {share: Zu viel., ", 1))}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Load(Folder{Service: "test", Texts: said, Tables: tables, FS: fstest.MapFS{"schema.json": {Data: []byte(testSchema)}, "form.yaml": {Data: []byte(layout)}}})
	if err != nil {
		t.Fatal(err)
	}
	session := f.Begin()
	for _, c := range []struct {
		limit  any
		broken []string
	}{
		{int64(100), nil},
		{int64(0), []string{"share", "double.value"}},
		{int64(90), nil},
		{"0 ", []string{"share", "double.value"}},
	} {
		in := input(good().With("/limit", c.limit))
		v := session.View(in)
		if !reflect.DeepEqual(v, f.View(in)) {
			t.Error("the session shows something else")
		}
		var keys []string
		for _, p := range v.Broken {
			if p.Service != "test" || p.File != "form.yaml" || p.Line == 0 {
				t.Errorf("%+v", p)
			}
			keys = append(keys, strings.TrimPrefix(p.Key, "rule."))
		}
		if !reflect.DeepEqual(keys, c.broken) || v.Complete != (c.broken == nil) {
			t.Errorf("%v: broken %v, complete %v", c.limit, keys, v.Complete)
		}
		if problems := f.Check(in); (len(problems) > 0) != (c.broken != nil) || strings.Contains(fmt.Sprint(problems), "divi") {
			t.Errorf("%v: the town hall reads %v", c.limit, problems)
		}
	}
}

// What nobody answered yet is no mistake of a rule.
func TestAnEmptyFormHasNoBrokenRules(t *testing.T) {
	for _, f := range []*Form{example(t), family(t)} {
		if v := f.View(input(nil)); len(v.Broken) > 0 {
			t.Error(v.Broken)
		}
	}
}

func TestOnlyTheDateOfADayCounts(t *testing.T) {
	f := family(t)
	in := input(Answers{"name": "Vogt", "children": []any{map[string]any{"name": "Kim", "born": "23.11.26"}}})
	want := f.View(in)
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("east", 14*3600), time.FixedZone("west", -11*3600)} {
		for _, hour := range []int{0, 1, 12, 23} {
			in.Day = time.Date(2026, 11, 23, hour, 30, 0, 0, zone)
			if got := f.View(in); !reflect.DeepEqual(got, want) {
				t.Errorf("at %v somebody born today is shown as %q", in.Day, find(t, got, "/children/0/born").Text)
			}
		}
	}
}
