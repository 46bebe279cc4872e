package form

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
)

// How a place became known.
const (
	ByPhoto  = "photo"  // from the photo's own notes
	ByStreet = "street" // street and number were typed
	ByMap    = "map"    // a pin was put on the map, or the device's position was taken over
	ByWords  = "words"  // only described
)

// Spot is an answer of kind Place: a street, a point, a description, or several of them. Its JSON object has only the members that are known.
type Spot struct {
	Street, Number string
	Lat, Lon       float64 // degrees, WGS 84, north and east positive; they count only when Located
	Located        bool
	How            string // ByPhoto, ByStreet, ByMap, ByWords; empty: whatever is known first of street, point and words
	Words          string // where exactly: "hinter der Bushaltestelle"
}

// Longest parts of a place, in characters.
const (
	longestStreet = 80
	longestNumber = 12
	longestWhere  = 300
)

var houseNumber = regexp.MustCompile(`^[1-9][0-9]{0,3}( ?[a-zA-Z])?( ?[-/+] ?[1-9][0-9]{0,3}( ?[a-zA-Z])?)?$`)

// Value is the Spot as an answer; nil when nothing is known. Points are rounded to a tenth of a metre.
func (s Spot) Value() any {
	m := map[string]any{}
	for name, v := range map[string]string{"street": s.Street, "number": s.Number, "words": s.Words} {
		if v != "" {
			m[name] = v
		}
	}
	if s.Located {
		m["lat"], m["lon"] = degrees(s.Lat), degrees(s.Lon)
	}
	if len(m) == 0 {
		return nil
	}
	m["how"] = s.how()
	return m
}

// how is by what the place is known: what it was found by, unless that is gone again.
func (s Spot) how() string {
	switch {
	case s.Located && (s.How == ByPhoto || s.How == ByMap), s.Street != "" && s.How == ByStreet, s.Words != "" && s.How == ByWords:
		return s.How
	case s.Street != "":
		return ByStreet
	case s.Located:
		return ByMap
	case s.Words != "":
		return ByWords
	}
	return ""
}

func degrees(d float64) float64 { return math.Round(d*1e6) / 1e6 }

// SpotOf reads an answer of kind Place; false when it is none, or says nothing that the town hall could look for.
func SpotOf(answer any) (Spot, bool) {
	s, t := spot(answer)
	return s, t == nil && s != Spot{}
}

// Address is street and number as people write them: "Klosterstraße 14"; empty without a street.
func (s Spot) Address() string {
	if s.Street == "" {
		return ""
	}
	return strings.TrimSpace(s.Street + " " + s.Number)
}

// ParseSpot takes a house number off the end of what somebody typed: "Klosterstr. 14 a" is a street and a number.
func ParseSpot(typed string) Spot {
	words := strings.Fields(typed)
	for from := max(1, len(words)-3); from < len(words); from++ {
		if n := strings.Join(words[from:], " "); houseNumber.MatchString(n) {
			return Spot{Street: strings.Join(words[:from], " "), Number: n}
		}
	}
	return Spot{Street: strings.Join(words, " ")}
}

// spot reads a place, or says what is wrong with which part of it. A place that says nothing is the zero Spot.
func spot(raw any) (Spot, *trouble) {
	if typed, ok := raw.(string); ok && len(typed) < 8*longestStreet {
		raw = ParseSpot(typed).Value()
		if raw == nil {
			return Spot{}, nil
		}
	}
	m, ok := object(raw)
	if !ok {
		return Spot{}, &trouble{keyword: "type"}
	}
	var s Spot
	for name, v := range m {
		if !slices.Contains([]string{"street", "number", "lat", "lon", "how", "words"}, name) {
			return Spot{}, &trouble{keyword: "type"}
		}
		if _, isText := v.(string); v != nil && isText == (name == "lat" || name == "lon") {
			return Spot{}, &trouble{keyword: "type"}
		}
	}
	parts := []struct {
		name string
		most int
		into *string
	}{{"street", longestStreet, &s.Street}, {"number", longestNumber, &s.Number}, {"words", longestWhere, &s.Words}}
	for _, p := range parts {
		typed, _ := m[p.name].(string)
		line := field{max: p.most}
		if t := line.tooLong(typed); t != nil {
			t.part = p.name
			return Spot{}, t
		}
		*p.into = visible(typed, false)
		if !writable(*p.into) {
			return Spot{}, &trouble{keyword: "characters", part: p.name}
		}
	}
	lat, north := coordinate(m["lat"], 90)
	lon, east := coordinate(m["lon"], 180)
	if s.Located = m["lat"] != nil && m["lon"] != nil; s.Located {
		s.Lat, s.Lon = lat, lon
	}
	if s.Number == "" { // people type both into one field
		typed := ParseSpot(s.Street)
		s.Street, s.Number = typed.Street, typed.Number
	}
	s.How, _ = m["how"].(string)
	switch {
	case (m["lat"] != nil) != (m["lon"] != nil), !north, !east:
		return Spot{}, &trouble{keyword: "point"}
	case s.How != "" && !slices.Contains([]string{ByPhoto, ByStreet, ByMap, ByWords}, s.How):
		return Spot{}, &trouble{keyword: "type"}
	case s.Number != "" && !houseNumber.MatchString(s.Number):
		return Spot{}, &trouble{keyword: "number", part: "number"}
	case s.Number != "" && s.Street == "":
		return Spot{}, &trouble{keyword: "street", part: "street"}
	case s.Street == "" && s.Words == "" && !s.Located:
		return Spot{}, nil
	}
	s.How = s.how()
	return s, nil
}

// coordinate reads degrees; nothing is read as 0.
func coordinate(v any, most float64) (float64, bool) {
	switch n := expr.Normal(v).(type) {
	case nil:
		return 0, v == nil
	case int64:
		return float64(n), math.Abs(float64(n)) <= most
	case float64:
		return degrees(n), math.Abs(n) <= most // NaN is not
	}
	return 0, false
}

// forRules is a place as expressions see it: members that are not known are null instead of an error.
func forRules(k Kind, v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	all := map[string]any{}
	if k == Place {
		all = map[string]any{"street": nil, "number": nil, "lat": nil, "lon": nil, "how": nil, "words": nil}
	} else if c := k.composite(); c != nil {
		for _, p := range c.all {
			all[p.name] = nil
		}
	}
	for name, x := range m {
		all[name] = x
	}
	return all
}

// spotText writes a place: its address, else where it comes from; then the words.
func (s *state) spotText(v any) string {
	at, ok := SpotOf(v)
	if !ok {
		return ""
	}
	said := at.Address()
	if said == "" && at.Located {
		said = s.say("form.place." + map[bool]string{true: "photo", false: "map"}[at.How == ByPhoto])
	}
	if said != "" && at.Words != "" {
		return said + ", " + at.Words
	}
	return said + at.Words
}

// parts are the fields that a place is typed into: street, number and words. What is wrong with the place stands at the part that can mend it.
func (s *state) parts(fd *field, d Field) []Field {
	raw, _ := s.in.Answers.Get(fd.Path)
	if typed, ok := raw.(string); ok {
		raw = ParseSpot(typed).Value()
	}
	m, _ := object(raw)
	t := s.at[fd.number].wrong
	if t.part == "" {
		t.part = "street"
	}
	var parts []Field
	for _, p := range []struct {
		name string
		keys Keys
		max  int
	}{{"street", KeysText, longestStreet}, {"number", KeysText, longestNumber}, {"words", KeysProse, longestWhere}} {
		said := func(what string) string {
			if own := s.optional(fmt.Sprintf("field.%s.%s.%s", fd.name, p.name, what)); own != "" {
				return own
			}
			return s.optional(fmt.Sprintf("form.place.%s.%s", p.name, what))
		}
		x := Field{
			Path: fd.Path + "/" + p.name, Kind: Text, Label: said("label"), Hint: said("hint"), Example: said("example"), Keys: p.keys, Max: p.max,
			ReadOnly: d.ReadOnly,
		}
		if typed, ok := m[p.name].(string); ok && typed != "" {
			x.Text, x.Value = typed, typed
		}
		x.Required = d.Required && p.name == "street" && (x.Text != "" || s.at[fd.number].value == nil) // a point or words do as well
		if t.part == p.name {
			x.Missing, x.Problem = d.Missing, d.Problem
		}
		parts = append(parts, x)
	}
	return parts
}

// Inputs are a page's fields with the parts of a place instead of the place itself: what somebody without a map fills in, one after another.
func (p Page) Inputs() []Field {
	var all []Field
	for _, f := range p.Fields {
		if len(f.Parts) > 0 {
			all = append(all, f.Parts...)
		} else {
			all = append(all, *f)
		}
	}
	return all
}
