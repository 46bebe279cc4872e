package fim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
)

// limits reads a praezisierung: attributes in 3.0, JSON with texts for values in 2.0 ({"minLength":"1","maxLength":"120"}).
func (d *document) limits(n *node) (l Limits) {
	var rest []string
	set := func(name, value string) {
		switch name {
		case "minLength":
			l.MinLength = value
		case "maxLength":
			l.MaxLength = value
		case "minValue":
			l.MinValue = value
		case "maxValue":
			l.MaxValue = value
		case "pattern":
			l.Pattern = value
		default:
			if value != "" {
				rest = append(rest, short(name, 60)+" "+short(value, 200))
			}
		}
	}
	for _, a := range n.attr {
		if a.Name.Space == "" && a.Name != (xml.Name{Local: "xmlns"}) {
			set(a.Name.Local, strings.TrimSpace(a.Value))
		}
	}
	for _, k := range n.kids {
		d.stranger(k)
	}
	said := map[string]any{}
	switch words := strings.TrimSpace(n.text); {
	case words == "":
	case d.space == space2 && json.Unmarshal([]byte(words), &said) == nil:
		for _, name := range slices.Sorted(maps.Keys(said)) {
			if value, simple := plain(said[name]); simple {
				set(name, value)
			} else {
				rest = append(rest, short(name, 60))
			}
		}
	default:
		rest = append(rest, "in words: "+short(line(words), 300))
	}
	l.Rest = strings.Join(rest, ", ")
	return l
}

// plain writes a text, a number, yes or no, nothing.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return strings.TrimSpace(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// length reads a number of characters.
func length(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= 1_000_000
}

var decimal = regexp.MustCompile(`^(-?)([0-9]{1,15})(?:[.,]([0-9]{1,9}))?$`)

// number reads a value with at most places digits behind the point, which may be a comma, and gives it as JSON writes it, multiplied by
// ten for every place when whole is set: an amount in euros becomes cents.
func number(s string, places int, whole bool) (string, bool) {
	m := decimal.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	behind := strings.TrimRight(m[3], "0")
	if len(behind) > places {
		return "", false
	}
	digits := m[2]
	if whole {
		digits += behind + strings.Repeat("0", places-len(behind))
		behind = ""
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		digits = "0"
	}
	if behind != "" {
		digits += "." + behind
	}
	if digits == "0" {
		return digits, true
	}
	return m[1] + digits, true
}

// day reads "2026-11-29".
func day(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil && t.Year() > 0
}

// What a pattern may cost: it is compiled at every start of a terminal and runs at every touch.
const (
	maxPattern = 500   // characters
	maxCost    = 4_000 // instructions, roughly
)

// pattern turns a pattern of a praezisierung into one that JSON Schema has here: Go's (RE2), anchored, as XML Schema's patterns always
// are. It says why where that is not possible: what Go does not read, or reads as something else.
func pattern(p string) (anchored string, err error) {
	if len(p) > maxPattern {
		return "", fmt.Errorf("it has more than %d characters", maxPattern)
	}
	if subtracts(p) {
		return "", fmt.Errorf("it takes one class of characters out of another")
	}
	tree, err := syntax.Parse(p, syntax.Perl)
	if err != nil {
		if known, ok := err.(*syntax.Error); ok { // its own words repeat the pattern
			return "", fmt.Errorf("%s", known.Code)
		}
		return "", err
	}
	if cost(tree) > maxCost {
		return "", fmt.Errorf("it is too large when it is written out")
	}
	anchored = "^(?:" + p + ")$"
	if _, err := regexp.Compile(anchored); err != nil {
		return "", fmt.Errorf("it cannot be anchored")
	}
	return anchored, nil
}

// subtracts finds [a-z-[aeiou]], which Go reads as something else.
func subtracts(p string) bool {
	class := false
	for i := 0; i < len(p); i++ {
		switch {
		case p[i] == '\\':
			i++
		case class && strings.HasPrefix(p[i:], "-["):
			return true
		case p[i] == '[':
			class = true
		case p[i] == ']':
			class = false
		}
	}
	return false
}

// cost is about how many instructions a pattern becomes.
func cost(re *syntax.Regexp) int {
	sum := 1
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		sum = 1 + len(re.Rune)
	}
	for _, sub := range re.Sub {
		sum = min(sum+cost(sub), 2*maxCost)
	}
	if re.Op == syntax.OpRepeat {
		sum *= max(re.Min, re.Max, 1)
	}
	return min(sum, 2*maxCost)
}
