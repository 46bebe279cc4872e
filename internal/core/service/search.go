package service

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Listing is what an Index knows of one service in one language.
type Listing struct {
	Title string
	Words string // other words people use for it, separated by commas or blanks
	Topic string // what it belongs to
	For   string // whom it is for
	Lead  string
}

// Match is an entry found, by its place in the list given to NewIndex. Score is above 0, and about 1 for the very words of a short title.
type Match struct {
	Entry int
	Score float64
}

// Index finds entries by words as people type them: with or without umlauts, misspelled, torn apart or grown together, in everyday words. It lives in
// memory and is safe for use by several goroutines. A search costs what the words asked for have in common with the words there are, not
// what the entries are many.
type Index struct {
	tongue  tongue
	terms   []term // every word there is, by its bare form
	byStem  map[string][]int32
	byGram  map[[3]byte][]int32
	byHead  map[[2]byte][]int32 // by first letter and length: where slips are looked for
	bySound map[string][]int32
	sayings []saying
	brevity []float32 // of the entries: of two that fit, the shorter name is the more likely one
	queries sync.Pool
}

// term is a word of an entry or of a saying.
type term struct {
	token
	posts   []post  // the entries that have it, in their order
	rare    float32 // 0.35 for a word that every entry has, to 1
	sayings []int32 // that it is a word of
}

// post is an entry with a weight.
type post struct {
	entry  int32
	weight float32
}

// saying is one phrase of a Synonym, with the entries that have what it means.
type saying struct {
	terms  []int32
	posts  []post
	means  string
	weight float32 // what it says beside the very word: a phrase of several words is surer of itself
}

const plainSaying, phraseMore = 0.9, 0.08

// How much a word counts by where it stands. The first words of a name say most.
const (
	inTitle, titleStep, inTitleLeast = 1, 0.03, 0.75
	inWords                          = 0.85
	inFor                            = 0.7
	inTopic                          = 0.3
	inLead                           = 0.2
)

// NewIndex makes an index of entries in one language, which chooses the stemmer (German or English).
func NewIndex(lang string, entries []Listing, synonyms []Synonym) *Index {
	x := &Index{tongue: newTongue(lang), byStem: map[string][]int32{}, byGram: map[[3]byte][]int32{}, byHead: map[[2]byte][]int32{}, bySound: map[string][]int32{}}
	x.tongue.known = map[string]token{} // while it is made: titles, topics and everyday words say the same again and again
	words := map[string]*term{}
	word := func(t token) *term {
		w := words[t.bare]
		if w == nil {
			w = &term{token: t}
			words[t.bare] = w
		}
		return w
	}
	for i, e := range entries {
		title := x.tongue.tokens(e.Title)
		x.brevity = append(x.brevity, 1/(1+0.02*float32(min(len(title), 20))))
		for n, t := range title {
			word(t).post(i, max(inTitle-titleStep*float32(n), inTitleLeast))
		}
		for _, part := range []struct {
			text   string
			weight float32
		}{{e.Words, inWords}, {e.For, inFor}, {e.Topic, inTopic}, {e.Lead, inLead}} {
			for _, t := range x.tongue.tokens(part.text) {
				word(t).post(i, part.weight)
			}
		}
	}
	x.order(words, len(entries))
	x.queries.New = func() any { return newQuery(len(entries)) }
	q := newQuery(len(entries))
	var phrases [][]token
	for _, s := range synonyms {
		posts := x.meaning(q, s.Means)
		if len(posts) == 0 {
			continue // none of these entries is meant: who says it is better served by what is like it
		}
		for _, say := range s.Say {
			if p := x.tongue.tokens(say); len(p) > 0 {
				phrases = append(phrases, p)
				x.sayings = append(x.sayings, saying{means: strings.Join(s.Means, ", "), posts: posts, weight: plainSaying + phraseMore*float32(min(len(p)-1, 2))})
			}
		}
	}
	for _, p := range phrases {
		for _, t := range p {
			word(t)
		}
	}
	x.tongue.known = nil
	x.order(words, len(entries))
	for i, p := range phrases {
		for _, t := range p {
			at, _ := x.at(t.bare)
			x.sayings[i].terms = append(x.sayings[i].terms, at)
			x.terms[at].sayings = append(x.terms[at].sayings, int32(i))
		}
	}
	return x
}

// post notes that an entry has the word; what counts most stays.
func (t *term) post(entry int, weight float32) {
	if n := len(t.posts); n > 0 && t.posts[n-1].entry == int32(entry) {
		t.posts[n-1].weight = max(t.posts[n-1].weight, weight)
		return
	}
	t.posts = append(t.posts, post{int32(entry), weight})
}

// order takes the words in. It may be repeated.
func (x *Index) order(words map[string]*term, entries int) {
	x.terms = x.terms[:0]
	for _, m := range []map[string][]int32{x.byStem, x.bySound} {
		clear(m)
	}
	clear(x.byGram)
	clear(x.byHead)
	for _, w := range words {
		x.terms = append(x.terms, *w)
	}
	slices.SortFunc(x.terms, func(a, b term) int { return cmp.Compare(a.bare, b.bare) })
	having := map[string]int{}
	for i, w := range x.terms {
		id := int32(i)
		x.byStem[w.stem] = append(x.byStem[w.stem], id)
		having[w.stem] += len(w.posts)
		head := [2]byte{w.bare[0], byte(min(len(w.bare), 255))}
		x.byHead[head] = append(x.byHead[head], id)
		if s := sound(w.bare); len(s) >= 3 {
			x.bySound[s] = append(x.bySound[s], id)
		}
		var known [][3]byte
		for j := 0; j+3 <= len(w.bare); j++ {
			g := [3]byte([]byte(w.bare[j : j+3]))
			if !slices.Contains(known, g) {
				known = append(known, g)
				x.byGram[g] = append(x.byGram[g], id)
			}
		}
	}
	for i := range x.terms {
		n := having[x.terms[i].stem]
		x.terms[i].rare = 0.35 + 0.65*float32(math.Log(1+float64(entries)/float64(max(n, 1)))/math.Log(1+float64(max(entries, 1))))
	}
}

// at finds a word by its bare form; without it, it is where it would stand.
func (x *Index) at(bare string) (int32, bool) {
	i, ok := slices.BinarySearchFunc(x.terms, bare, func(t term, b string) int { return cmp.Compare(t.bare, b) })
	return int32(i), ok
}

// meaning gives the entries that have one of the phrases, as far as they have it.
func (x *Index) meaning(q *query, phrases []string) []post {
	best := map[int32]float32{}
	for i, p := range phrases {
		words := x.tongue.tokens(p)
		first := max(1-0.04*float32(i), 0.84) // what is named first is meant most
		sum := map[int32]float32{}
		for _, t := range words {
			q.found = x.plain(t, q.found[:0])
			for _, f := range q.found {
				for _, at := range x.terms[f.term].posts {
					q.raise(at.entry, f.likeness*at.weight*x.terms[f.term].rare)
				}
			}
			q.each(func(entry int32, score float32) { sum[entry] += first * score / float32(len(words)) })
		}
		for entry, score := range sum {
			best[entry] = max(best[entry], score)
		}
	}
	most := float32(0)
	for _, score := range best {
		most = max(most, score)
	}
	var posts []post
	for entry, score := range best {
		if score >= 0.6*most {
			posts = append(posts, post{entry, score})
		}
	}
	slices.SortFunc(posts, func(a, b post) int { return cmp.Compare(a.entry, b.entry) })
	return posts
}

// longestQuery is what is read of a query, in letters, and mostWords of its words: more is no search.
const (
	longestQuery = 120
	mostWords    = 12
	mostMatches  = 20
)

// Search lists what fits, best first; at most 20. Nothing fits an empty query.
func (x *Index) Search(query string) []Match {
	matches, _ := x.Find(query)
	return matches
}

// Find is Search, and says what was probably meant: the query with misspelled words mended, "" if there were none.
func (x *Index) Find(typed string) (matches []Match, meant string) {
	q := x.queries.Get().(*query)
	defer x.queries.Put(q)
	x.ask(q, typed)
	if len(q.words) == 0 {
		return nil, ""
	}
	n := float32(len(q.words))
	best := float32(0)
	for _, e := range q.touched {
		score := q.sum[e] / n * (0.5 + 0.5*float32(q.hits[e])/n) * x.brevity[e]
		matches = append(matches, Match{int(e), float64(score)})
		best = max(best, score)
	}
	q.reset()
	matches = slices.DeleteFunc(matches, func(m Match) bool { return m.Score < float64(best)*0.25 })
	sort.Slice(matches, func(i, j int) bool {
		if matches[i].Score != matches[j].Score {
			return matches[i].Score > matches[j].Score
		}
		return matches[i].Entry < matches[j].Entry
	})
	return matches[:min(len(matches), mostMatches)], q.meant(x)
}

// ask finds what each word of the query is like and sums up what that says about the entries.
func (x *Index) ask(q *query, typed string) {
	if r := []rune(typed); len(r) > longestQuery {
		typed = string(r[:longestQuery])
	}
	q.tokens = x.tongue.tokens(typed)
	q.words = q.words[:0]
	for _, t := range q.tokens[:min(len(q.tokens), mostWords)] {
		q.words = append(q.words, x.read(q, t, len(q.tokens) == 1))
	}
	for i := range q.words { // torn apart: park ausweis
		if i+1 < len(q.words) {
			a, b := q.words[i].token, q.words[i+1].token
			joined := x.tongue.tokens(a.typed + b.typed)
			if len(a.bare)+len(b.bare) >= 6 && len(joined) == 1 {
				for _, f := range x.plain(joined[0], nil) {
					if f.how <= begins {
						q.words[i].joined = append(q.words[i].joined, f)
						q.words[i+1].joined = append(q.words[i+1].joined, f)
					}
				}
			}
		}
	}
	x.hear(q)
	for i := range q.words {
		w := &q.words[i]
		x.raise(q, w.found, 1)
		x.raise(q, w.joined, 0.95)
		for _, s := range w.said {
			for _, p := range x.sayings[s.saying].posts {
				q.raise(p.entry, x.sayings[s.saying].weight*s.strength*p.weight)
			}
		}
		q.each(func(entry int32, score float32) { q.add(entry, score) })
		if len(w.halves) > 0 {
			for _, half := range w.halves {
				x.raise(q, half, w.share)
				q.each(func(entry int32, score float32) { q.add(entry, score) })
			}
		}
		q.heard()
	}
}

// read finds the words that one of the query is like.
func (x *Index) read(q *query, t token, alone bool) asked {
	w := asked{token: t, found: x.alike(t, nil, alone)}
	w.known = slices.ContainsFunc(w.found, func(f found) bool { return f.how <= inflected })
	if slices.ContainsFunc(w.found, func(f found) bool { return f.how <= begins && x.speaks(f.term) }) {
		return w
	}
	if !w.known {
		w.found = x.wrong(t, q, w.found)
	}
	if len(t.bare) < 7 || slices.ContainsFunc(w.found, func(f found) bool { return f.how == misspelled && f.likeness >= 0.7 && x.speaks(f.term) }) {
		return w
	}
	halves, whole := x.parts(t)
	w.share = 0.6
	if whole {
		w.share = 0.45 // each
	}
	for _, h := range halves {
		w.halves = append(w.halves, x.plain(h, nil))
	}
	return w
}

// speaks tells whether a word alone says something: it is an entry's, or a saying by itself.
func (x *Index) speaks(id int32) bool {
	t := &x.terms[id]
	return len(t.posts) > 0 || slices.ContainsFunc(t.sayings, func(s int32) bool { return len(x.sayings[s].terms) == 1 })
}

func (x *Index) raise(q *query, list []found, share float32) {
	for _, f := range list {
		t := &x.terms[f.term]
		for _, p := range t.posts {
			q.raise(p.entry, share*f.likeness*p.weight*t.rare)
		}
	}
}

// hear finds the sayings that the query says.
func (x *Index) hear(q *query) {
	clear(q.sayings)
	note := func(word int, f found, share float32) {
		w := &q.words[word]
		if f.how == within || f.how == begins && (len(w.bare) < 3 || w.known) { // a whole word is not the beginning of another one
			return
		}
		for _, s := range x.terms[f.term].sayings {
			h := q.sayings[s]
			if h == nil {
				h = &heard{by: make([]int, len(x.sayings[s].terms)), strength: make([]float32, len(x.sayings[s].terms))}
				q.sayings[s] = h
			}
			for k, id := range x.sayings[s].terms {
				if id == f.term && share*f.likeness > h.strength[k] {
					h.by[k], h.strength[k] = word, share*f.likeness
				}
			}
		}
	}
	for i := range q.words {
		for _, f := range q.words[i].found {
			note(i, f, 1)
		}
		for _, f := range q.words[i].joined {
			note(i, f, 0.95)
		}
		for _, half := range q.words[i].halves {
			for _, f := range half {
				note(i, f, 1.4*q.words[i].share)
			}
		}
	}
	for id, h := range q.sayings {
		strength := float32(0)
		for _, s := range h.strength {
			if s == 0 {
				strength = 0
				break
			}
			strength += s / float32(len(h.strength))
		}
		if strength < 0.5 {
			continue
		}
		for k, word := range h.by {
			if !slices.Contains(h.by[:k], word) {
				q.words[word].said = append(q.words[word].said, said{id, strength})
			}
		}
	}
}
