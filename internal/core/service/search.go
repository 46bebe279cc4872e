package service

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/german"
)

// Listing is what an Index knows of one service in one language.
type Listing struct {
	Title string
	Words string // other words people use for it, separated by commas or blanks
	Lead  string
}

// Match is an entry found, by its place in the list given to NewIndex.
type Match struct {
	Entry int
	Score float64
}

// Index finds entries by words as people type them. It lives in memory and is safe for use by several goroutines.
type Index struct {
	stem    func(*snowballstem.Env) bool
	entries [][]word
	rare    map[string]float64 // weight of a stem: high when few entries have it
}

// word is one word of an entry, in the forms it can be found by.
type word struct {
	folded string // lower case, ä as ae
	bare   string // ä as a
	stem   string
	grams  []string
	weight float64 // 3 title, 2.5 other words, 0.5 lead
}

// NewIndex makes an index. lang chooses the stemmer: German or English.
func NewIndex(lang string, entries []Listing) *Index {
	x := &Index{stem: german.Stem, rare: map[string]float64{}}
	if lang == "en" {
		x.stem = english.Stem
	}
	seen := map[string]int{}
	for _, e := range entries {
		var words []word
		for _, part := range []struct {
			text   string
			weight float64
		}{{e.Title, 3}, {e.Words, 2.5}, {e.Lead, 0.5}} {
			for _, w := range x.words(part.text) {
				w.weight = part.weight
				words = append(words, w)
			}
		}
		stems := map[string]bool{}
		for _, w := range words {
			stems[w.stem] = true
		}
		for s := range stems {
			seen[s]++
		}
		x.entries = append(x.entries, words)
	}
	for s, n := range seen {
		x.rare[s] = 1 / (1 + float64(n)/20)
	}
	return x
}

// longestQuery is what is read of a query, in letters: more is no search.
const longestQuery = 120

// Search lists what fits, best first; at most 20. Nothing fits an empty query.
func (x *Index) Search(query string) []Match {
	if r := []rune(query); len(r) > longestQuery {
		query = string(r[:longestQuery])
	}
	asked := x.words(query)
	var matches []Match
	best := 0.0
	for i, words := range x.entries {
		sum, found := 0.0, 0
		for _, q := range asked {
			top := 0.0
			for _, w := range words {
				top = max(top, likeness(q, w)*w.weight*x.weightOf(w))
			}
			if top > 0 {
				found++
			}
			sum += top
		}
		if found == 0 {
			continue
		}
		score := sum / float64(len(asked)) * float64(found) / float64(len(asked))
		score *= 1 - 0.01*float64(min(len(words), 30)) // of two that fit, the shorter name is the more likely one
		matches = append(matches, Match{i, score})
		best = max(best, score)
	}
	matches = slices.DeleteFunc(matches, func(m Match) bool { return m.Score < best*0.25 })
	sort.SliceStable(matches, func(i, j int) bool { return matches[i].Score > matches[j].Score })
	return matches[:min(len(matches), 20)]
}

func (x *Index) weightOf(w word) float64 {
	if r, ok := x.rare[w.stem]; ok {
		return 0.5 + 0.5*r
	}
	return 1
}

// likeness says how well a word of the query fits a word of an entry, 0 to 1.
func likeness(q, w word) float64 {
	n := len(q.folded)
	switch {
	case q.folded == w.folded || q.bare == w.bare || q.folded == w.bare:
		return 1
	case q.stem == w.stem:
		return 0.9
	case n >= 2 && strings.HasPrefix(w.folded, q.folded), n >= 2 && strings.HasPrefix(w.bare, q.folded):
		return 0.75
	case n >= 4 && (strings.HasSuffix(w.folded, q.folded) || strings.HasSuffix(w.folded, q.stem)): // Heiratsurkunde by Urkunde
		return 0.65
	case n >= 4 && (strings.Contains(w.folded, q.folded) || strings.Contains(w.bare, q.folded)):
		return 0.6
	case len(q.stem) >= 4 && strings.HasPrefix(w.folded, q.stem):
		return 0.55
	case len(w.stem) >= 5 && strings.Contains(q.folded, w.stem): // Parkausweisantrag by Parkausweis
		return 0.45
	}
	return max(typo(q, w), dice(q.grams, w.grams))
}

// typo forgives one slip in words of four to six letters, two in longer ones, also within a compound.
func typo(q, w word) float64 {
	n := len([]rune(q.folded))
	allowed := 0
	switch {
	case n >= 7:
		allowed = 2
	case n >= 4:
		allowed = 1
	}
	if allowed == 0 {
		return 0
	}
	a, b := []rune(q.folded), []rune(w.folded)
	if d := distance(a, b, allowed); d <= allowed {
		return 0.6 - 0.1*float64(d)
	}
	if len(b) > n && n >= 6 {
		if d := within(a, b); d <= allowed {
			return 0.5 - 0.1*float64(d)
		}
	}
	return 0
}

// within is the number of slips between a and the part of the longer word b that is most like it.
func within(a, b []rune) int {
	last, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
		}
		last, row = row, last
	}
	return slices.Min(last)
}

// dice is the share of common trigrams, as far as it means something.
func dice(a, b []string) float64 {
	if len(a) < 3 || len(b) < 3 {
		return 0
	}
	common := 0
	for _, g := range a {
		if slices.Contains(b, g) {
			common++
		}
	}
	share := 2 * float64(common) / float64(len(a)+len(b))
	if share < 0.5 {
		return 0
	}
	return share * 0.4
}

// words splits a text; little words that say nothing are left out as long as others remain.
func (x *Index) words(s string) []word {
	var words, little []word
	for _, part := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) }) {
		w := word{folded: fold(part, "ae", "oe", "ue"), bare: fold(part, "a", "o", "u")}
		env := snowballstem.NewEnv(part)
		x.stem(env)
		w.stem = fold(env.Current(), "a", "o", "u")
		for r := []rune(w.folded); len(r) >= 3; r = r[1:] {
			w.grams = append(w.grams, string(r[:3]))
		}
		if slices.Contains(strings.Fields(nothing), w.folded) {
			little = append(little, w)
		} else {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return little
	}
	return words
}

// nothing lists words that say nothing about what is wanted.
const nothing = "der die das den dem des ein eine einen einem einer eines und oder für fuer von vom zu zum zur im in am an auf mit bei ich mein meine " +
	"meinen wie wo was kann muss möchte moechte will brauche bitte ist sie ihr ihre the a an of for to my i how where do need want and or is your"

func fold(s, ae, oe, ue string) string {
	return strings.NewReplacer("ä", ae, "ö", oe, "ü", ue, "ß", "ss", "ae", ae, "oe", oe, "ue", ue, "é", "e", "è", "e", "ç", "c", "ş", "s", "ı", "i", "ğ", "g").Replace(s)
}

// distance is the number of slips (one letter more, less, other, or two swapped) between two words; more than limit is limit+1.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, make([]int, len(b)+1)
	}
	return last[len(b)]
}
