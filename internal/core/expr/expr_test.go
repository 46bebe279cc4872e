package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func rule(t *testing.T, source string) *Rule {
	t.Helper()
	env, err := New("answers", "tables", "day")
	if err != nil {
		t.Fatal(err)
	}
	r, err := env.Compile(Place{"parken", "form.yaml", 12, "fee.amount"}, source)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func vars() Vars {
	return Vars{
		"answers": map[string]any{"months": int64(12), "zone": "A", "street": "herforder str.", "owner": nil, "born": "1980-11-24"},
		"tables":  map[string]any{"prices": map[string]any{"12": int64(3070)}, "zones": []any{map[string]any{"id": "A", "streets": []any{"Herforder Straße"}}}},
		"day":     "2026-11-23",
	}
}

func TestRulesGiveWhatTheStatuteSays(t *testing.T) {
	for source, want := range map[string]any{
		`tables.prices[string(answers.months)]`: int64(3070),
		`answers.owner == "other"`:              false,
		`answers.owner == null`:                 true,
		`tables.zones.exists(z, z.id == answers.zone && z.streets.exists(s, sameStreet(s, answers.street)))`: true,
		`age(answers.born, day)`:             int64(45),
		`age(answers.born, addDays(day, 1))`: int64(46),
		`until(day, 12)`:                     "2027-11-22",
		`until("2026-08-31", 6)`:             "2027-02-28",
		`until("2026-01-01", 12)`:            "2026-12-31",
		`addMonths("2026-08-31", 6)`:         "2027-02-28",
		`addMonths("2026-01-15", -2)`:        "2025-11-15",
		`day <= addMonths(day, 3)`:           true,
		`sameStreet("", "")`:                 false,
	} {
		got, err := rule(t, source).Any(vars())
		if err != nil || got != want {
			t.Errorf("%s = %v (%v), not %v", source, got, err, want)
		}
	}
}

func TestARuleKnowsWhichAnswersItReads(t *testing.T) {
	for source, want := range map[string]string{
		`answers.vehicle.owner == "me"`:                "[/vehicle/owner]",
		`tables.prices[string(answers.months)] + 1`:    "[/months]",
		`answers["zone"] == "A" && has(answers.a.b)`:   "[/zone /a/b]",
		`tables.zones.exists(z, z.id == answers.zone)`: "[/zone]",
		`tables[answers.key].x`:                        "[/key]",
		`answers.list[answers.n].x`:                    "[/list /n]",
		`answers.list[0].x + answers["a/b"]`:           "[/list/0/x /a~1b]",
		`size(answers) > 1`:                            "[]",
		`[answers.a, {"k": answers.b}].size() == 2`:    "[/a /b]",
		`answers.months.startsWith(answers.zone)`:      "[/months /zone]",
		`day > "2026-01-01"`:                           "[]",
	} {
		if got := fmt.Sprint(rule(t, source).Reads("answers")); got != want {
			t.Errorf("%s reads %s, not %s", source, got, want)
		}
	}
}

func TestABrokenRuleNamesItsPlace(t *testing.T) {
	env, _ := New("answers")
	for _, source := range []string{"answers.months *", "nobody.knows", "unknownFunction(answers)", ""} {
		_, err := env.Compile(Place{"parken", "form.yaml", 12, "fee.amount"}, source)
		if err == nil || !strings.Contains(err.Error(), "parken/form.yaml:12: fee.amount") {
			t.Errorf("%q: %v", source, err)
		}
	}
}

func TestWhatSomebodyTypedIsInNoError(t *testing.T) {
	v := vars()
	v["answers"] = map[string]any{"zone": "GEHEIM"}
	_, err := rule(t, `tables.prices[answers.zone]`).Int(v)
	if !errors.Is(err, ErrEval) || strings.Contains(err.Error(), "GEHEIM") {
		t.Error(err)
	}
}

func TestWrongKindsHaveNoValue(t *testing.T) {
	if _, err := rule(t, `"x"`).Bool(vars()); !errors.Is(err, ErrEval) {
		t.Error(err)
	}
	if _, err := rule(t, `1.5`).Int(vars()); !errors.Is(err, ErrEval) {
		t.Error(err)
	}
	if _, err := rule(t, `age("gestern", day)`).Int(vars()); !errors.Is(err, ErrEval) {
		t.Error(err)
	}
	if _, err := rule(t, `answers.owner * 2`).Any(vars()); !errors.Is(err, ErrEval) {
		t.Error(err)
	}
}

func TestAGreedyRuleIsStopped(t *testing.T) {
	big := make([]any, 1000)
	for i := range big {
		big[i] = int64(i)
	}
	v := vars()
	v["tables"] = map[string]any{"l": big}
	if _, err := rule(t, `tables.l.all(a, tables.l.all(b, tables.l.all(c, a+b+c >= 0)))`).Bool(v); !errors.Is(err, ErrEval) {
		t.Error("a rule that runs through a thousand million rows was not stopped:", err)
	}
}

func TestNumbersAreTheSameFromEveryDecoder(t *testing.T) {
	for _, v := range []any{12, uint64(12), float64(12), json.Number("12"), int32(12), float32(12)} {
		if got := Normal(v); got != int64(12) {
			t.Errorf("%T became %T %v", v, got, got)
		}
	}
	if got := Normal(json.Number("1.5")); got != 1.5 {
		t.Error(got)
	}
	if got := Normal(map[string]any{"a": []any{1}}).(map[string]any)["a"].([]any)[0]; got != int64(1) {
		t.Error(got)
	}
}
