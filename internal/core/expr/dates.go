package expr

import (
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// functions are what rules may call besides CEL's own. A day that is none makes the expression have no value.
func functions() []cel.EnvOption {
	day := func(name, id string, f func(d time.Time, n int64) time.Time) cel.EnvOption {
		return cel.Function(name, cel.Overload(id, []*cel.Type{cel.StringType, cel.IntType}, cel.StringType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				d, err := time.Parse(time.DateOnly, string(a.(types.String)))
				n := int64(b.(types.Int))
				if err != nil || n < -12000 || n > 12000 {
					return types.NewErr("%s: not a day", name)
				}
				return types.String(f(d, n).Format(time.DateOnly))
			})))
	}
	return []cel.EnvOption{
		openAt(),
		// addMonths("2026-08-31", 6) is "2027-02-28": a month too short for the day ends on its last day.
		day("addMonths", "add_months", addMonths),
		day("addDays", "add_days", func(d time.Time, n int64) time.Time { return d.AddDate(0, 0, int(n)) }),
		// until("2026-11-23", 12) is "2027-11-22": the last day of a term that begins with the morning of its first (§ 187 (2), § 188 BGB).
		day("until", "until_day", func(d time.Time, n int64) time.Time {
			end := addMonths(d, n)
			if end.Day() == d.Day() {
				end = end.AddDate(0, 0, -1)
			}
			return end
		}),
		// age("1980-04-03", day) counts full years on that day.
		cel.Function("age", cel.Overload("age_on", []*cel.Type{cel.StringType, cel.StringType}, cel.IntType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				born, err := time.Parse(time.DateOnly, string(a.(types.String)))
				on, err2 := time.Parse(time.DateOnly, string(b.(types.String)))
				if err != nil || err2 != nil {
					return types.NewErr("age: not a day")
				}
				years := on.Year() - born.Year()
				if on.Month() < born.Month() || (on.Month() == born.Month() && on.Day() < born.Day()) {
					years--
				}
				return types.Int(years)
			}))),
		// sameStreet("herforder str.", "Herforder Straße") is true.
		cel.Function("sameStreet", cel.Overload("same_street", []*cel.Type{cel.StringType, cel.StringType}, cel.BoolType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				x, y := street(string(a.(types.String))), street(string(b.(types.String)))
				return types.Bool(x != "" && x == y)
			}))),
	}
}

func addMonths(d time.Time, n int64) time.Time {
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(d.Day(), last.Day())-1)
}

// street brings the many ways to write a street's name to one: case, "Str." for "Straße", ss for ß, blanks and hyphens.
func street(s string) string {
	if len(s) > 400 {
		return ""
	}
	s = strings.ToLower(s)
	s = strings.NewReplacer("ß", "ss", "ä", "ae", "ö", "oe", "ü", "ue", " ", "", "-", "", ".", "").Replace(s)
	if rest, ok := strings.CutSuffix(s, "str"); ok {
		s = rest + "strasse"
	}
	return s
}
