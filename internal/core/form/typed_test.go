package form

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestPlatesAreUnderstoodHoweverTheyAreTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"mi ra1848": "MI-RA 1848", "MI-RA 1848": "MI-RA 1848", "mi-ra-1848": "MI-RA 1848", "MIRA1848": "MI-RA 1848", " mi  ra  18 ": "MI-RA 18",
		"b a 1": "B-A 1", "BA1": "B-A 1", "mi ra 1848 e": "MI-RA 1848E", "mi-ra 77h": "MI-RA 77H", "lüw-a 5": "LÜW-A 5", "MI·RA·12": "MI-RA 12", "abcde12": "ABC-DE 12",
		"mi:ra 12": "MI-RA 12",
	} {
		if got, keyword := ParsePlate(typed, []string{"MI"}); got != want {
			t.Errorf("%q became %q (%s), not %q", typed, got, keyword, want)
		}
	}
}

func TestWrongPlatesGetTheSentenceThatHelps(t *testing.T) {
	for typed, want := range map[string]string{
		"MI-RA": "plate-number", "MI": "plate-number", "mi-": "plate-number", "MI-1848": "plate-letters", "MI 1848": "plate-letters", "mi1848": "plate-letters", "MI-RA 0123": "plate-zero", "HRA12": "plate-hyphen",
		"ABC-DE 1234": "plate-long", "12345": "plate", "🚗": "plate", "MI-RA 12345": "plate", "MI-RÄ 12": "plate", strings.Repeat("A", 10000): "plate",
	} {
		if got, keyword := ParsePlate(typed, []string{"MI"}); keyword != want || got != "" {
			t.Errorf("%.20q gets %q, not %q", typed, keyword, want)
		}
	}
}

func TestDaysAreUnderstoodHoweverTheyAreTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"3.4.1980": "1980-04-03", "03.04.80": "1980-04-03", "3/4/1980": "1980-04-03", "3 4 1980": "1980-04-03", "03041980": "1980-04-03", "030480": "1980-04-03",
		"1980-04-03": "1980-04-03", "3. April 1980": "1980-04-03", "3 April 1980": "1980-04-03", "3. März 2001": "2001-03-03", "29.2.2024": "2024-02-29",
		"1.1.26": "2026-01-01", "24.11.26": "1926-11-24",
	} {
		if got, _, tr := parseDate(typed, true, monday); tr != nil || got != want {
			t.Errorf("%q became %q, not %q", typed, got, want)
		}
	}
	for typed, want := range map[string]string{"29.2.2023": "no-such-day", "31.4.2020": "no-such-day", "gestern": "date", "3.4.": "date", "3.4.198": "date", "1.2.3.4": "date", "0.0.0000": "no-such-day"} {
		if got, _, tr := parseDate(typed, true, monday); tr == nil || tr.keyword != want {
			t.Errorf("%q became %q (%v), not %q", typed, got, tr, want)
		}
	}
	if got, _, _ := parseDate("1.12.27", false, monday); got != "2027-12-01" {
		t.Error("a day to come is not guessed into the past:", got)
	}
}

func TestNumbersTheGermanWay(t *testing.T) {
	for typed, want := range map[string]any{"12": int64(12), "1.234": int64(1234), "1.234,5": 1234.5, "12,5": 12.5, "-3": int64(-3), "1 000": int64(1000), "2.5": 2.5} {
		if got, ok := parseNumber(typed); !ok || got != want {
			t.Errorf("%q became %v", typed, got)
		}
	}
	for _, typed := range []string{"", "zwölf", "1e9", "NaN", "Inf", "0x10", "1-2", "--1", strings.Repeat("9", 400)} {
		if got, ok := parseNumber(typed); ok {
			t.Errorf("%.20q became %v", typed, got)
		}
	}
}

func TestInvisibleSignsGoAndEmojiAreRefused(t *testing.T) {
	for typed, want := range map[string]string{
		" Renate\u200f \u202eVogt\u202c ": "Renate Vogt", "Re\u0000na\u0007te": "Renate", "Jose\u0301": "José", "a\tb": "a b", "Zoë\ufeff": "Zoë",
	} {
		if got := visible(typed, false); got != want || !writable(got) {
			t.Errorf("%q became %q", typed, got)
		}
	}
	for _, typed := range []string{"🚗", "👨‍👩‍👧", "Renate ❤️", "a\u0301\u0301\u0301\u0301\u0301", "\xff\xfe", "☎"} {
		if writable(visible(typed, false)) {
			t.Errorf("%q passes", typed)
		}
	}
	for _, name := range []string{"Łukasz Żółć", "Nguyễn Thị", "محمد علي", "Ωmega", "O’Neil-Müller", "Ing. h. c."} {
		if !writable(visible(name, false)) {
			t.Errorf("%q is a name and was refused", name)
		}
	}
}

// Who types is stopped where the check would say that it is too long.
func TestALineHasAnEndAlsoWithoutOneInTheSchema(t *testing.T) {
	for kind, want := range map[Kind]int{Text: 500, Email: 500, LongText: 0, Choice: 0, Photos: 0} {
		if got := (&field{fieldLayout: fieldLayout{Kind: kind}}).room(); got != want {
			t.Errorf("%s takes %d letters, want %d", kind, got, want)
		}
		if got := (&field{fieldLayout: fieldLayout{Kind: kind}, max: 7}).room(); got != 7 {
			t.Errorf("%s takes %d letters, want 7", kind, got)
		}
	}
	line := &field{fieldLayout: fieldLayout{Kind: Text}}
	if line.tooLong(strings.Repeat("x", line.room())) != nil || line.tooLong(strings.Repeat("x", line.room()+1)) == nil {
		t.Error("the check has another end")
	}
}

func FuzzTyped(f *testing.F) {
	for _, s := range []string{"mi ra1848", "3.4.1980", "1.234,5", "🚗", "\xff", "3. April 1980", "MIRA1848E"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, keyword := ParsePlate(s, []string{"MI"}); keyword == "" {
			if again, _ := ParsePlate(p, nil); again != p {
				t.Fatalf("%q became %q and then %q", s, p, again)
			}
		}
		if d, _, tr := parseDate(s, true, monday); tr == nil {
			if again, _, _ := parseDate(d, true, monday); again != d {
				t.Fatalf("%q became %q and then %q", s, d, again)
			}
		}
		v := visible(s, false)
		if !utf8.ValidString(v) || visible(v, false) != v {
			t.Fatalf("%q became %q, which is not final", s, v)
		}
		parseNumber(s)
		writable(v)
	})
}
