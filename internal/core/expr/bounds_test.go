package expr

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestAnExpressionThatIsABombDoesNotGoOff(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it takes long, in one goroutine")
	}
	long := `"` + strings.Repeat("x", 2000) + `"`
	v := vars()
	many := make([]any, 2000)
	for i := range many {
		many[i] = int64(i)
	}
	v["tables"] = map[string]any{"l": many, "s": strings.Repeat("y", 50_000)}
	for name, source := range map[string]string{
		"letters between letters":  long + `.replace("", ` + `"` + strings.Repeat("y", 1000) + `")`,
		"and again":                `["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]` + strings.Repeat(`.map(a, a.replace("", a))`, 6),
		"doubling":                 `["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]` + strings.Repeat(`.map(a, a + a)`, 40),
		"a text as often as a row": `tables.l.map(x, tables.s).join("")`,
		"between rows":             `tables.l.map(x, "").join(tables.s)`,
		"written out":              `"` + strings.Repeat("%s", 900) + `".format(tables.l.map(x, tables.s))`,
		"many digits":              `"%.999999999f".format([1.5])`,
		"lists of lists":           `[1].map(x, tables.l).map(x, x.map(y, tables.l)).map(x, x.map(y, y.map(z, tables.l)))`,
		"rows by rows by rows":     `tables.l.map(a, tables.l.map(b, tables.l.map(c, 1)))`,
		"sorted by everything":     `tables.l.filter(a, tables.l.filter(b, tables.l.exists(c, c == a + b + 1000000)).size() > 0)`,
		"a large pattern":          `tables.s.matches("(((((y{30}){30})*)*)*)*$")`,
	} {
		env, err := New("answers", "tables", "day")
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		r, err := env.Compile(Place{"parken", "form.yaml", 12, "fee.amount"}, source)
		if err == nil {
			if _, err = r.Any(v); err == nil && name != "a large pattern" { // Go's patterns take their time in proportion
				t.Errorf("%s has a value", name)
			}
		}
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

func TestTextsAreReplacedJoinedAndFormattedAsEverywhere(t *testing.T) {
	for source, want := range map[string]any{
		`"banana".replace("a", "o")`:            "bonono",
		`"banana".replace("a", "o", 2)`:         "bonona",
		`"banana".replace("a", "o", -1)`:        "bonono",
		`"banana".replace("a", "o", 0)`:         "banana",
		`"ab".replace("", "-")`:                 "-a-b-",
		`["a", "b"].join()`:                     "ab",
		`["a", "b"].join(", ")`:                 "a, b",
		`[].join(", ")`:                         "",
		`"%s: %d".format([answers.zone, 3])`:    "A: 3",
		`"a-b".split("-").join("+")`:            "a+b",
		`" x ".trim() + "abc".substring(1)`:     "xbc",
		`answers.street.upperAscii().charAt(0)`: "H",
	} {
		if got, err := rule(t, source).Any(vars()); err != nil || got != want {
			t.Errorf("%s = %v (%v), not %v", source, got, err, want)
		}
	}
	for _, source := range []string{`[1].join()`, `answers.months.replace("a", "b")`, `answers.owner.join()`} {
		if got, err := rule(t, source).Any(vars()); err == nil {
			t.Errorf("%s = %v", source, got)
		}
	}
	if got := rule(t, `[answers.zone].join(answers.street)`).Reads("answers"); len(got) != 2 {
		t.Errorf("it reads %v", got)
	}
}

// FuzzEvaluate compiles and evaluates any text as a rule.
func FuzzEvaluate(f *testing.F) {
	for _, s := range []string{`answers.owner == "other"`, `tables.zones.exists(z, z.id == answers.zone)`, `until(day, 12)`, `"%s".format([answers])`, `[1,2].map(x, x * 2).join("")`,
		`answers.street.replace("", day)`, `age(answers.born, day) / 0`, `{"a": [answers]}`, `answers[tables.prices]`, `tables.l.map(a, tables.l)`} {
		f.Add(s)
	}
	env, err := New("answers", "tables", "day")
	if err != nil {
		f.Fatal(err)
	}
	v := vars()
	v["answers"].(map[string]any)["secret"] = "GEHEIM"
	f.Fuzz(func(t *testing.T, source string) {
		defer time.AfterFunc(10*time.Second, func() { panic("it does not end: " + source) }).Stop()
		began := time.Now()
		r, err := env.Compile(Place{"parken", "form.yaml", 12, "fee.amount"}, source)
		if err != nil {
			return
		}
		if _, err := r.Any(v); err != nil && strings.Contains(err.Error(), "GEHEIM") {
			t.Fatal("an answer is in the error")
		}
		_, _ = r.Bool(v)
		if d := time.Since(began); d > 5*time.Second {
			t.Fatalf("took %v: %q", d, source)
		}
	})
}

func TestOnlyWhatCannotCostMuchIsNotCounted(t *testing.T) {
	env, err := New("answers", "tables", "day")
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]bool{
		`answers.months * 120 + (answers.second ? 500 : 0)`:                         true,
		`has(answers.plate) && answers.plate in ["a", "b"]`:                         true,
		`age(answers.birth, day) >= 18`:                                             true,
		`tables.prices[answers.zone] > 0`:                                           true,
		`size(answers.children) > 2`:                                                true,
		`answers.a` + strings.Repeat(` + answers.a`, mostJoints):                    true,
		`answers.a` + strings.Repeat(` + answers.a`, mostJoints+1):                  false,
		`answers.a in answers.l` + strings.Repeat(` || answers.a in answers.l`, 40): false,
		`answers.l.exists(x, x > 2)`:                                                false,
		`answers.a.replace("a", "bb") == ""`:                                        false,
		`"%s".format([answers.a]) == ""`:                                            false,
		`answers.a.matches("x*")`:                                                   false,
		`answers.a == [answers.b, answers.a.lowerAscii()]`:                          false,
		`{"a": answers.a}["a"] == 1`:                                                false,
		`answers.l.join(",") in ["a"]`:                                              false,
	} {
		if got := cheapIn(t, env, source); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}

func cheapIn(t *testing.T, env *Env, source string) bool {
	t.Helper()
	checked, issues := env.env.Compile(source)
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}
	return cheap(checked.NativeRep().Expr())
}

// What is not counted makes little of much, whatever somebody typed.
func TestACheapExpressionOverHugeAnswersTakesLittleMemory(t *testing.T) {
	env, err := New("answers", "tables", "day")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("y", 400_000) // many times what a form takes
	many := make([]any, 100_000)
	for i := range many {
		many[i] = long
	}
	v := Vars{"answers": map[string]any{"a": long, "b": long + "x", "l": many, "m": many}, "tables": map[string]any{}, "day": "2026-11-30"}
	for _, source := range []string{`answers.a` + strings.Repeat(` + answers.a`, mostJoints) + ` == answers.b`, `answers.a == answers.b || answers.b in answers.l`, `size(answers.l) * size(answers.a) > 3`, `answers.l == answers.m`} {
		r, err := env.Compile(Place{}, source)
		if err != nil {
			t.Fatal(err)
		}
		if !cheapIn(t, env, source) {
			t.Errorf("%s is counted: this test has become too easy", source)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = r.Bool(v)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 80<<20 {
			t.Errorf("%s: %d bytes were used", source, used)
		}
	}
}
