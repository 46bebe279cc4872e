package place

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
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

// name is one name that can be found, without blanks and signs: "ä" as "ae" (folded) and as "a" (bare).
type name struct {
	folded, bare spelling
	street       int // in Town.Streets; -1 for a landmark
	landmark     int
}

type spelling struct {
	key   []rune
	words []int // where words begin in key
}

func spell(text string, bare bool) spelling {
	var s spelling
	for w := range strings.FieldsSeq(fold(text, bare)) {
		s.words = append(s.words, len(s.key))
		s.key = append(s.key, []rune(w)...)
	}
	return s
}

func names(t *Town) []name {
	var out []name
	for i, s := range t.Streets {
		out = append(out, name{spell(s.Name, false), spell(s.Name, true), i, -1})
	}
	for i, l := range t.Landmarks {
		out = append(out, name{spell(l.Name, false), spell(l.Name, true), -1, i})
	}
	return out
}

// fold makes spellings of one name alike: lower case, ß as ss, "Str." as Straße, ä as ae (or as a, when bare), other marks left out, signs
// as blanks.
func fold(text string, bare bool) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToLower(text)) {
		if vowel := strings.IndexRune("äöü", r); vowel >= 0 {
			b.WriteByte("aou"[vowel/len("ä")])
			if !bare {
				b.WriteByte('e')
			}
			continue
		}
		switch r {
		case 'ß', 'ẞ':
			b.WriteString("ss")
		case 'ł':
			b.WriteByte('l')
		case 'ø':
			b.WriteByte('o')
		default:
			if r < 128 {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					b.WriteRune(r)
				} else if r != '\'' {
					b.WriteByte(' ')
				}
				continue
			}
			for _, d := range norm.NFD.String(string(r)) {
				if unicode.IsLetter(d) || unicode.IsDigit(d) {
					b.WriteRune(d)
				} else if !unicode.Is(unicode.Mn, d) {
					b.WriteByte(' ')
				}
			}
		}
	}
	words := strings.Fields(b.String())
	for i, w := range words {
		if strings.HasSuffix(w, "str") {
			words[i] = w + "asse"
		}
	}
	return strings.Join(words, " ")
}

// Search lists streets and landmarks that fit what somebody typed so far, best first, at most `most`. It forgives slips of the finger,
// another spelling of umlauts and ß, "Str.", and takes the house number apart. Nothing fits nothing.
func (t *Town) Search(typed string, most int) []Match {
	text, number := Split(typed)
	folded, bare := spell(text, false), spell(text, true)
	if len(folded.key) == 0 || most <= 0 {
		return nil
	}
	var found []Match
	for _, n := range t.names {
		score := max(likeness(folded.key, n.folded), likeness(bare.key, n.bare), likeness(folded.key, n.bare))
		if score == 0 {
			continue
		}
		found = append(found, t.match(n, number, score))
	}
	slices.SortStableFunc(found, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	if len(found) > 0 { // far behind a good one nobody looks for it
		best := found[0].Score
		found = slices.DeleteFunc(found, func(m Match) bool { return m.Score < best-0.45 })
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

// likeness says how well what was typed fits a name: 0 not at all, 1 the same.
func likeness(q []rune, n spelling) float64 {
	slips := forgiven(q)
	switch {
	case slices.Equal(q, n.key):
		return 1
	case len(q) < len(n.key) && slices.Equal(q, n.key[:len(q)]):
		return 0.95 - 0.002*float64(min(len(n.key)-len(q), 25))
	}
	for _, at := range n.words {
		if at > 0 && at+len(q) <= len(n.key) && slices.Equal(q, n.key[at:at+len(q)]) {
			return 0.8
		}
	}
	if slips > 0 {
		whole, begin := distance(q, n.key)
		if whole <= slips {
			return 0.8 - 0.08*float64(whole)
		}
		if begin <= slips {
			return 0.7 - 0.08*float64(begin)
		}
		for _, at := range n.words {
			if at == 0 {
				continue
			}
			if _, begin := distance(q, n.key[at:]); begin <= slips {
				return 0.55 - 0.08*float64(begin)
			}
		}
	}
	if len(q) >= 4 && strings.Contains(string(n.key), string(q)) {
		return 0.45
	}
	return 0
}

// forgiven is how many slips are forgiven: none in three letters, three in twelve. The word Straße does not count as letters.
func forgiven(q []rune) int {
	n := len(q)
	for _, common := range []string{"strasse", "platz", "allee", "weg"} {
		if rest, is := strings.CutSuffix(string(q), common); is {
			n = len([]rune(rest))
			break
		}
	}
	switch {
	case n >= 12:
		return 3
	case n >= 7:
		return 2
	case n >= 4:
		return 1
	}
	return 0
}

// distance counts the slips between a and b (Damerau-Levenshtein, optimal string alignment: a letter wrong, missing, too many, or two
// swapped), and between a and the beginning of b that fits best.
func distance(a, b []rune) (whole, begin int) {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)], slices.Min(last)
}
