// Package spelling finds a name among many the way people type it: half, misspelled, with or without umlauts, with "Str." for Straße. Streets of a town and
// the options of a long list are found alike.
package spelling

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longest is what is read of a name or of what was typed, in bytes: no name is longer.
const longest = 400

// Name is a name that can be found, without blanks and signs: "ä" as "ae" (folded) and as "a" (bare).
type Name struct{ folded, bare letters }

// Of prepares a name, or what somebody typed.
func Of(text string) Name {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	return Name{spell(text, false), spell(text, true)}
}

// Empty tells whether no letter and no digit is left.
func (n Name) Empty() bool { return len(n.folded.key) == 0 }

// Likeness says how well what was typed fits a name: 0 not at all, 1 the same. What begins the name counts more than what begins one of its later words,
// and that more than slips of the finger.
func (n Name) Likeness(typed Name) float64 {
	if typed.Empty() {
		return 0
	}
	return max(likeness(typed.folded.key, n.folded), likeness(typed.bare.key, n.bare), likeness(typed.folded.key, n.bare))
}

// Same tells whether two names differ in nothing but their spelling.
func Same(a, b string) bool {
	return strings.ReplaceAll(Fold(a), " ", "") == strings.ReplaceAll(Fold(b), " ", "")
}

// Fold makes spellings of one name alike, for sorting and comparing: "Königstr." is "koenigstrasse".
func Fold(text string) string { return fold(text, false) }

// Behind is how far behind the best one a find may be: nobody looks for what is farther.
const Behind = 0.45

// Search gives the places in all of the names that fit what somebody typed so far, best first, at most `most`. Nothing fits nothing.
func Search(all []string, typed string, most int) []int {
	q := Of(typed)
	if q.Empty() || most <= 0 {
		return nil
	}
	type hit struct {
		at    int
		score float64
	}
	var found []hit
	for i, text := range all {
		if score := Of(text).Likeness(q); score > 0 {
			found = append(found, hit{i, score})
		}
	}
	slices.SortStableFunc(found, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	var places []int
	for _, h := range found[:min(len(found), most)] {
		if h.score >= found[0].score-Behind { // far behind a good one nobody looks for it
			places = append(places, h.at)
		}
	}
	return places
}

type letters struct {
	key   []rune
	words []int // where words begin in key
}

func spell(text string, bare bool) letters {
	var s letters
	for w := range strings.FieldsSeq(fold(text, bare)) {
		s.words = append(s.words, len(s.key))
		s.key = append(s.key, []rune(w)...)
	}
	return s
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

// likeness says how well what was typed fits a name: 0 not at all, 1 the same.
func likeness(q []rune, n letters) float64 {
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
