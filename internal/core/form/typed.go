package form

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Longest answers when the schema sets no limit, in characters: enough for a letter, too little to trouble anybody.
const (
	longestLine = 500
	longestText = 5000
)

// Parse turns what somebody typed into the value for Answers.With. Numbers, amounts, days and plates that are complete become their JSON
// value; what cannot be read (yet) stays the typed text, and View says what is wrong with it. Nothing is cut while somebody still types.
func (f *Form) Parse(path, typed string) any {
	fd := f.fields[path]
	if fd != nil && fd.Kind == Signature && len(typed) <= 4*longestText {
		return typedSignature(typed)
	}
	if typed == "" {
		return nil
	}
	if fd == nil || len(typed) > 4*longestText {
		return typed
	}
	switch fd.Kind {
	case Number:
		// "12," and "12,0" are on their way to 12,05: they stay as they are until somebody leaves the field
		if n, ok := parseNumber(typed); ok && !(strings.Contains(typed, ",") && strings.HasSuffix(strings.TrimRight(typed, " 0"), ",")) {
			return n
		}
	case Money:
		if c, err := money.Parse(typed); err == nil {
			return int64(c)
		}
	case Date:
		if d, shortYear, t := parseDate(typed, false, time.Time{}); t == nil && !shortYear {
			return d
		}
	case Plate:
		if p, t := ParsePlate(typed, fd.Prefer); t == "" {
			return p
		}
	case IBAN: // the others of its sort may be complete and still go on: 9 is on its way to 9:30
		if v, keyword := ParseIBAN(typed); keyword == "" {
			return v
		}
	case Place:
		if v := ParseSpot(typed).Value(); v != nil {
			return v
		}
	case Address, Person, Organisation:
		if m := fd.whole.read(typed); len(m) > 0 {
			return m
		}
	case Bool, Consent:
		if b, err := strconv.ParseBool(typed); err == nil {
			return b
		}
	case Choice:
		for _, o := range fd.options { // a browser sends the value as text
			if strings.TrimSpace(typed) == strings.TrimSpace(textOf(o.Value)) {
				return o.Value
			}
		}
	}
	return typed
}

func textOf(v any) string {
	s, ok := v.(string)
	if ok {
		return s
	}
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// interpret gives the value that counts for a raw answer, or what is wrong with it.
func (f *field) interpret(raw any, options []Option, day time.Time) (any, *trouble) {
	switch f.Kind {
	case Choice, Bool:
		for _, o := range options {
			if Same(o.Value, raw) {
				return o.Value, nil
			}
		}
		if typed, ok := raw.(string); ok && f.From != nil { // a browser sends the value as text; which of them a table has is known only now
			for _, o := range options {
				if typed == textOf(o.Value) {
					return o.Value, nil
				}
			}
		}
		return nil, &trouble{keyword: "choice"}
	case Choices:
		return chosen(raw, options)
	case Consent:
		if b, ok := raw.(bool); ok {
			return b, nil
		}
		return nil, &trouble{keyword: "choice"}
	case Photos:
		return photos(raw)
	case Files:
		return f.files(raw)
	case Signature:
		return signed(raw)
	case Place:
		s, t := spot(raw)
		if t != nil {
			return nil, t
		}
		return s.Value(), nil
	case Number, Money:
		if n, ok := expr.Normal(raw).(int64); ok {
			return n, nil
		}
		if n, ok := expr.Normal(raw).(float64); ok && f.Kind == Number && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return n, nil
		}
	}
	s, ok := raw.(string)
	if !ok {
		return nil, &trouble{keyword: "type"}
	}
	if t := f.tooLong(s); t != nil {
		return nil, t
	}
	s = visible(s, f.Kind == LongText)
	switch f.Kind {
	case Number:
		if n, ok := parseNumber(s); ok {
			return n, nil
		}
		return nil, &trouble{keyword: "number"}
	case Money:
		if c, err := money.Parse(s); err == nil {
			return int64(c), nil
		}
		return nil, &trouble{keyword: "money"}
	case Date:
		d, _, t := parseDate(s, f.Past, day)
		if t != nil {
			return nil, t
		}
		return d, nil
	case Plate:
		p, keyword := ParsePlate(s, f.Prefer)
		if keyword != "" {
			return nil, &trouble{keyword: keyword}
		}
		return p, nil
	}
	if parse := f.Kind.known(); parse != nil {
		v, keyword := parse(s)
		if keyword != "" {
			return nil, &trouble{keyword: keyword}
		}
		return v, nil
	}
	if !writable(s) {
		return nil, &trouble{keyword: "characters"}
	}
	return s, nil
}

// room is how much the field takes, as Field.Max says it: a line has an end also where the schema sets none.
func (f *field) room() int {
	if f.max == 0 && (f.Kind == Text || f.Kind.known() != nil) {
		return longestLine
	}
	return f.max
}

func (f *field) tooLong(s string) *trouble {
	most := f.max
	switch {
	case most > 0:
	case f.Kind == LongText:
		most = longestText
	default:
		most = longestLine
	}
	// blanks and invisible signs may come on top, but not without end
	if len(s) > 8*utf8.UTFMax*(most+64) || utf8.RuneCountInString(visible(s, true)) > most {
		return &trouble{keyword: "maxLength", args: []any{"n", most}}
	}
	return nil
}

func chosen(raw any, options []Option) (any, *trouble) {
	list, ok := raw.([]any)
	if !ok {
		return nil, &trouble{keyword: "choice"}
	}
	picked := []any{}
	for _, o := range options { // in the order of the options, each once
		for _, v := range list[:min(len(list), 1000)] {
			if Same(o.Value, v) {
				picked = append(picked, o.Value)
				break
			}
		}
	}
	if len(picked) != len(list) {
		return nil, &trouble{keyword: "choice"}
	}
	return picked, nil
}

// visible removes what nobody sees: control characters, marks of writing direction, zero-width signs, blanks at the ends. Sentences
// about things that cannot be seen would help nobody.
func visible(s string, lines bool) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200d': // joins the parts of an emoji; what remains is refused as such
			return r
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(norm.NFC.String(s))
}

// writable tells whether a text is made of what letters, registers and printers can hold: no emoji, no replacement characters. A pile
// of accents on one letter is refused too.
func writable(s string) bool {
	marks := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.M, r):
			if marks++; marks > 3 || (r >= 0xFE00 && r <= 0xFE0F) {
				return false
			}
			continue
		case r == '\n' || r == ' ':
		case r == '\uFFFD' || r == '\u200d' || unicode.Is(unicode.So, r) && r != '°' && r != '©' && r != '®':
			return false
		case r >= 0x1F000 && r <= 0x1FAFF, !unicode.IsGraphic(r):
			return false
		}
		marks = 0
	}
	return true
}

var thousands = regexp.MustCompile(`^-?\d{1,3}(\.\d{3})+$`)

// parseNumber reads "12", "1.234,5" and "-3".
func parseNumber(s string) (any, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 24 {
		return nil, false
	}
	s = strings.ReplaceAll(s, " ", "")
	if strings.Contains(s, ",") || thousands.MatchString(s) {
		s = strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	}
	if strings.Trim(s, "0123456789.-") != "" {
		return nil, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// parseDate reads a day as people write it: 3.4.1980, 03.04.80, 3/4/1980, 3 4 1980, 03041980, 1980-04-03, 3. April 1980. shortYear says
// that the century was guessed: for days of the past the latest one that is not after day, otherwise the nearest.
func parseDate(s string, past bool, day time.Time) (iso string, shortYear bool, t *trouble) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, lang := range []string{"de", "en"} {
		for i, name := range text.Months(lang) {
			s = strings.ReplaceAll(s, strings.ToLower(name), "."+strconv.Itoa(i+1)+".")
		}
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("./-, ", r) })
	if len(parts) == 1 && (len(s) == 8 || len(s) == 6) && strings.Trim(s, "0123456789") == "" {
		parts = []string{s[:2], s[2:4], s[4:]}
	}
	if len(parts) != 3 {
		return "", false, &trouble{keyword: "date"}
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	d, err := strconv.Atoi(parts[0])
	m, err2 := strconv.Atoi(parts[1])
	y, err3 := strconv.Atoi(parts[2])
	if err != nil || err2 != nil || err3 != nil || d < 0 || m < 0 || y < 0 || len(parts[0]) > 2 || len(parts[1]) > 2 || (len(parts[2]) != 4 && len(parts[2]) != 2) {
		return "", false, &trouble{keyword: "date"}
	}
	if len(parts[2]) == 2 {
		shortYear = true
		y = century(d, m, y, past, day)
	}
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if at.Day() != d || int(at.Month()) != m || y < 1800 || y > 2200 {
		return "", shortYear, &trouble{keyword: "no-such-day"}
	}
	return at.Format(time.DateOnly), shortYear, nil
}

func century(d, m, y int, past bool, day time.Time) int {
	full := day.Year()/100*100 + y
	if past {
		if time.Date(full, time.Month(m), d, 0, 0, 0, 0, time.UTC).After(day) {
			full -= 100
		}
		return full
	}
	switch {
	case full-day.Year() > 50:
		return full - 100
	case day.Year()-full >= 50:
		return full + 100
	}
	return full
}
