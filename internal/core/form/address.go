package form

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
)

// address is where somebody lives or has its seat: {street, number, postcode, town, addition?, country?}.
func address() *composite {
	return &composite{
		all: []part{
			{name: "street", kind: Text, keys: KeysText, most: longestStreet},
			{name: "number", kind: Text, keys: KeysText, most: longestNumber, parse: parseHouse},
			{name: "addition", kind: Text, keys: KeysText, most: 80, free: true},
			{name: "postcode", kind: Text, keys: KeysDigits, most: longestNumber, parse: parsePostcode},
			{name: "town", kind: Text, keys: KeysText, most: 80},
			{name: "country", kind: Text, keys: KeysText, most: 60, free: true},
		},
		usual: []string{"street", "number", "postcode", "town"},
		read:  func(typed string) map[string]any { return anyOf(ParseAddress(typed)) },
		write: func(_ *state, said map[string]string) string { return WriteAddress(said) },
		whole: (*state).inTown,
		offer: (*state).streets,
	}
}

var (
	postcode = regexp.MustCompile(`^(?i:D-?)?([0-9]{5})$`)
	outland  = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} -]*$`)
)

// abroad tells whether an address lies in another country, whose numbers look different.
func abroad(all map[string]string) bool {
	c := spelling.Fold(all["country"])
	return c != "" && c != "deutschland" && c != "germany" && c != "d" && c != "de"
}

func parseHouse(typed string, all map[string]string, _ time.Time) (value, keyword string) {
	if abroad(all) || houseNumber.MatchString(typed) {
		return typed, ""
	}
	return "", "number"
}

func parsePostcode(typed string, all map[string]string, _ time.Time) (value, keyword string) {
	if abroad(all) {
		if outland.MatchString(typed) {
			return typed, ""
		}
		return "", "postcode"
	}
	if m := postcode.FindStringSubmatch(strings.ReplaceAll(typed, " ", "")); m != nil {
		return m[1], ""
	}
	return "", "postcode"
}

// ParseAddress takes apart an address that is typed as one line or copied from an envelope: "Herforder Str. 12a, 32545 Bad Oeynhausen". It gives the parts
// it finds, by their names; nothing is checked.
func ParseAddress(typed string) map[string]string {
	said := map[string]string{}
	coded := slices.ContainsFunc(strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }), postcode.MatchString)
	for _, line := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		words := strings.Fields(line)
		if at := slices.IndexFunc(words, postcode.MatchString); at >= 0 && said["postcode"] == "" {
			said["postcode"] = postcode.FindStringSubmatch(words[at])[1]
			if town := strings.Join(words[at+1:], " "); town != "" {
				said["town"] = town
			}
			words = words[:at]
		}
		text := strings.Join(words, " ")
		switch {
		case text == "" || strings.EqualFold(text, "Deutschland") || strings.EqualFold(text, "Germany"):
		case said["street"] == "":
			s := ParseSpot(text)
			said["street"] = s.Street
			if s.Number != "" {
				said["number"] = s.Number
			}
		case said["number"] == "" && houseNumber.MatchString(text):
			said["number"] = text
		case !coded && said["town"] == "": // "Ostkorso 8, Bad Oeynhausen"
			said["town"] = text
		case said["addition"] == "":
			said["addition"] = text
		default:
			said["addition"] += " " + text
		}
	}
	return said
}

// WriteAddress writes the parts of an address as people do: "Herforder Straße 12, 32545 Bad Oeynhausen". Parts that are not there are left out.
func WriteAddress(said map[string]string) string {
	var lines []string
	for _, words := range [][]string{{said["street"], said["number"]}, {said["addition"]}, {said["postcode"], said["town"]}, {said["country"]}} {
		if line := strings.TrimSpace(strings.Join(words, " ")); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, ", ")
}

func anyOf(said map[string]string) map[string]any {
	m := map[string]any{}
	for name, v := range said {
		if v != "" {
			m[name] = v
		}
	}
	return m
}

// directory is a tenant's table of the town's streets.
type directory struct {
	town      string
	postcodes []string
	streets   []entry
}

type entry struct{ name, postcode, hint string }

// directoryOf reads the table; false when it does not hold (yet).
func (s *state) directoryOf(fd *field) (directory, bool) {
	tables, _ := s.vars["tables"].(map[string]any)
	table, ok := tables[fd.Streets].(map[string]any)
	if fd.Streets == "" || !ok {
		return directory{}, false
	}
	var d directory
	d.town, _ = table["town"].(string)
	for _, v := range listOf(table["postcodes"]) {
		if p, ok := v.(string); ok {
			d.postcodes = append(d.postcodes, p)
		}
	}
	rows := listOf(table["streets"])
	d.streets = make([]entry, 0, len(rows))
	for _, v := range rows {
		row, _ := v.(map[string]any)
		var e entry
		e.name, _ = row["name"].(string)
		e.postcode, _ = row["postcode"].(string)
		e.hint, _ = row["hint"].(string)
		if e.name != "" {
			d.streets = append(d.streets, e)
		}
	}
	return d, d.town != ""
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

// find gives the town's street of this name, however its umlauts and "Str." are written.
func (d directory) find(street string) (entry, bool) {
	for _, e := range d.streets {
		if e.name == street {
			return e, true
		}
	}
	key := strings.ReplaceAll(spelling.Fold(street), " ", "")
	if key == "" {
		return entry{}, false
	}
	for _, e := range d.streets {
		if strings.ReplaceAll(spelling.Fold(e.name), " ", "") == key {
			return e, true
		}
	}
	return entry{}, false
}

// inTown holds an address against the town's streets: they get their official names, and what the town says by itself need not be typed. Outside of the
// town everything stays as it is, unless it has to lie within.
func (s *state) inTown(fd *field, m piece) (piece, *trouble) {
	if m.said["number"] == "" { // people type both into one field
		if at := ParseSpot(m.said["street"]); at.Number != "" {
			m.said["street"], m.said["number"] = at.Street, at.Number
		}
	}
	d, ok := s.directoryOf(fd)
	if !ok {
		return m, nil
	}
	own := m.said["town"] != "" && spelling.Same(m.said["town"], d.town)
	ownCode := m.said["postcode"] != "" && slices.Contains(d.postcodes, m.said["postcode"])
	e, known := d.find(m.said["street"])
	switch {
	case fd.Within:
		if m.said["town"] != "" && !own || m.said["postcode"] != "" && len(d.postcodes) > 0 && !ownCode {
			return m, &trouble{keyword: "outside", args: []any{"town", d.town}}
		}
		own = true
	case m.line && m.said["town"] == "" && (ownCode || known && m.said["postcode"] == ""): // whoever types one line at the town hall means the town
		own = true
	}
	if !own || abroad(m.said) {
		return m, nil
	}
	m.said["town"] = d.town
	if known {
		m.said["street"] = e.name
	}
	if m.said["postcode"] == "" && (fd.Within || m.line) {
		code := e.postcode
		if code == "" && len(d.postcodes) == 1 {
			code = d.postcodes[0]
		}
		if code != "" {
			m.said["postcode"] = code
		}
	}
	return m, nil
}

// unknownStreet is what is noted about an address in the town whose street is not in its table. It may be new: nobody is stopped by it.
func (s *state) unknownStreet(fd *field) string {
	m, ok := s.at[fd.number].value.(map[string]any)
	if fd.Kind != Address || !ok {
		return ""
	}
	d, ok := s.directoryOf(fd)
	street, _ := m["street"].(string)
	if town, _ := m["town"].(string); !ok || street == "" || !spelling.Same(town, d.town) {
		return ""
	}
	if _, known := d.find(street); known {
		return ""
	}
	return s.say("form.address.unknown", "town", d.town)
}

// streets are the town's streets, with the postcode and the town they lie in.
func (s *state) streets(fd *field, name string) []Offer {
	if name != "street" {
		return nil
	}
	d, ok := s.directoryOf(fd)
	if !ok {
		return nil
	}
	with := map[string]map[string]string{}
	offers := make([]Offer, 0, len(d.streets))
	for _, e := range d.streets {
		code := e.postcode
		if code == "" && len(d.postcodes) == 1 {
			code = d.postcodes[0]
		}
		if with[code] == nil {
			with[code] = map[string]string{"town": d.town}
			if code != "" {
				with[code]["postcode"] = code
			}
		}
		offers = append(offers, Offer{Text: e.name, Hint: e.hint, With: with[code]})
	}
	return offers
}
