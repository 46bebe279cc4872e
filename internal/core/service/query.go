package service

import (
	"fmt"
	"slices"
	"strings"
)

// query is the room in which one search is worked out; it is used again by the next one.
type query struct {
	tokens []token
	words  []asked
	found  []found

	now     []float32 // by entry: what the word just looked at says
	nowAt   []int32   // the entries of now that are not 0
	word    []bool    // by entry: the word just looked at says something
	wordAt  []int32
	sum     []float32 // by entry: what all words say
	hits    []uint8   // by entry: how many words say something
	touched []int32   // the entries of sum that are not 0

	count   []int16 // by word there is: threes it shares with the word asked for
	countAt []int32
	sharing []int32
	sayings map[int32]*heard
}

// asked is one word of the query, with what it is like.
type asked struct {
	token
	found  []found
	joined []found   // together with its neighbour
	halves [][]found // of a compound that nobody knows
	known  bool      // it is a word there is, or grammatically one
	share  float32   // what each half says of the whole
	said   []said    // sayings that it is part of
}

// heard is a saying of which some words are in the query.
type heard struct {
	by       []int // the query's word for each of its words
	strength []float32
}

type said struct {
	saying   int32
	strength float32
}

func newQuery(entries int) *query {
	return &query{now: make([]float32, entries), word: make([]bool, entries), sum: make([]float32, entries), hits: make([]uint8, entries), sayings: map[int32]*heard{}}
}

// raise notes that the word just looked at speaks for an entry; the best reason counts.
func (q *query) raise(entry int32, score float32) {
	if q.now[entry] == 0 {
		q.nowAt = append(q.nowAt, entry)
	}
	q.now[entry] = max(q.now[entry], score)
}

// each gives what was raised, and forgets it.
func (q *query) each(f func(entry int32, score float32)) {
	for _, e := range q.nowAt {
		f(e, q.now[e])
		q.now[e] = 0
	}
	q.nowAt = q.nowAt[:0]
}

// add sums up.
func (q *query) add(entry int32, score float32) {
	if q.sum[entry] == 0 {
		q.touched = append(q.touched, entry)
	}
	q.sum[entry] += score
	if !q.word[entry] {
		q.word[entry] = true
		q.wordAt = append(q.wordAt, entry)
	}
}

// heard ends a word of the query.
func (q *query) heard() {
	for _, e := range q.wordAt {
		q.hits[e]++
		q.word[e] = false
	}
	q.wordAt = q.wordAt[:0]
}

func (q *query) reset() {
	for _, e := range q.touched {
		q.sum[e], q.hits[e] = 0, 0
	}
	q.touched = q.touched[:0]
}

// shared counts a three that a word there is shares with the word asked for.
func (q *query) shared(id int32, terms int) int16 {
	if len(q.count) < terms {
		q.count = make([]int16, terms)
	}
	if q.count[id] == 0 {
		q.countAt = append(q.countAt, id)
	}
	q.count[id]++
	return q.count[id]
}

func (q *query) unshare() {
	for _, id := range q.countAt {
		q.count[id] = 0
	}
	q.countAt = q.countAt[:0]
}

// meant is the query with its misspelled words mended.
func (q *query) meant(x *Index) string {
	var words []string
	mended := false
	for _, w := range q.words {
		best := found{}
		for _, f := range w.found {
			if f.likeness > best.likeness {
				best = f
			}
		}
		if best.likeness > 0 && best.how >= misspelled && len(w.said) == 0 || best.how == misspelled {
			words, mended = append(words, x.terms[best.term].typed), true
		} else {
			words = append(words, w.typed)
		}
	}
	if !mended {
		return ""
	}
	return strings.Join(words, " ")
}

// Why says for whoever keeps the synonyms what makes an entry fit a query.
func (x *Index) Why(typed string, entry int) string {
	q := x.queries.Get().(*query)
	defer x.queries.Put(q)
	x.ask(q, typed)
	q.reset()
	var all []string
	for _, w := range q.words {
		best, reason := float32(0), ""
		look := func(list []found, share float32, word string) {
			for _, f := range list {
				t := &x.terms[f.term]
				i, there := slices.BinarySearchFunc(t.posts, int32(entry), func(p post, e int32) int { return int(p.entry - e) })
				if score := share * f.likeness * t.rare; there && score*t.posts[i].weight > best {
					best, reason = score*t.posts[i].weight, fmt.Sprintf(map[how]string{same: "%[1]s", inflected: "%[1]s, %[2]s", begins: "%[1]s in %[2]s",
						within: "%[1]s in %[2]s", misspelled: "%[1]s for %[2]s", byEar: "%[1]s sounds like %[2]s"}[f.how], word, t.typed)
				}
			}
		}
		look(w.found, 1, w.typed)
		look(w.joined, 0.95, w.typed+" with its neighbour")
		for _, half := range w.halves {
			look(half, w.share, "part of "+w.typed)
		}
		for _, s := range w.said {
			posts := x.sayings[s.saying].posts
			i, there := slices.BinarySearchFunc(posts, int32(entry), func(p post, e int32) int { return int(p.entry - e) })
			if score := x.sayings[s.saying].weight * s.strength; there && score*posts[i].weight > best {
				best, reason = score*posts[i].weight, w.typed+" means "+x.sayings[s.saying].means
			}
		}
		if reason != "" {
			all = append(all, reason)
		}
	}
	return strings.Join(all, "; ")
}
