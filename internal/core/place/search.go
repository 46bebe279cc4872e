package place

import (
	"cmp"
	"slices"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
)

// Match is a street or a landmark that fits what was typed.
type Match struct {
	Street   string  // its official name; empty for a landmark without an address
	Number   string  // the house number that was typed, or the landmark's
	District string  // may be empty
	Landmark string  // set when a landmark was found: "Rathaus"
	At       Point   // the house, or the middle of the street
	Score    float64 // 1 for the very name, less for less
}

// Text is how the match is written: "Klosterstraße 14a", "Rathaus, Ostkorso 8".
func (m Match) Text() string {
	address := Address(m.Street, m.Number)
	switch {
	case m.Landmark == "":
		return address
	case address == "":
		return m.Landmark
	}
	return m.Landmark + ", " + address
}

// name is one name that can be found.
type name struct {
	spelling.Name
	street   int // in Town.Streets; -1 for a landmark
	landmark int
}

func searched(t *Town) []name {
	var out []name
	for i, s := range t.Streets {
		out = append(out, name{spelling.Of(s.Name), i, -1})
	}
	for i, l := range t.Landmarks {
		out = append(out, name{spelling.Of(l.Name), -1, i})
	}
	return out
}

// Search lists streets and landmarks that fit what somebody typed so far, best first, at most `most`. It forgives slips of the finger,
// another spelling of umlauts and ß, "Str.", and takes the house number apart. Nothing fits nothing.
func (t *Town) Search(typed string, most int) []Match {
	text, number := Split(typed)
	q := spelling.Of(text)
	if q.Empty() || most <= 0 {
		return nil
	}
	var found []Match
	for _, n := range t.names {
		score := n.Likeness(q)
		if score == 0 {
			continue
		}
		found = append(found, t.match(n, number, score))
	}
	slices.SortStableFunc(found, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	if len(found) > 0 { // far behind a good one nobody looks for it
		best := found[0].Score
		found = slices.DeleteFunc(found, func(m Match) bool { return m.Score < best-spelling.Behind })
	}
	return found[:min(len(found), most)]
}

func (t *Town) match(n name, number string, score float64) Match {
	if n.street < 0 {
		l := t.Landmarks[n.landmark]
		return Match{Landmark: l.Name, Street: l.Street, Number: l.Number, At: l.At, Score: score}
	}
	s := t.Streets[n.street]
	m := Match{Street: s.Name, Number: number, District: s.District, Score: score}
	m.At, _ = t.Locate(s.Name, number)
	return m
}

// Find is the one street or landmark of exactly this name, however its umlauts and "Str." are written: what need not be asked again.
func (t *Town) Find(typed string) (Match, bool) {
	if m := t.Search(typed, 1); len(m) == 1 && m[0].Score == 1 {
		return m[0], true
	}
	return Match{}, false
}

// Suggest gives what Search finds as it is written into a field: "Klosterstraße 14a". Landmarks without an address are left out, those
// with one come as their address.
func (t *Town) Suggest(typed string, most int) []string {
	var out []string
	for _, m := range t.Search(typed, 2*most) {
		text := Address(m.Street, m.Number)
		if m.Street != "" && !slices.Contains(out, text) && len(out) < most {
			out = append(out, text)
		}
	}
	return out
}
