package service

import (
	"slices"
	"strings"
)

// how a word of the query and a word there is are alike.
type how byte

const (
	same how = iota
	inflected
	begins
	within
	misspelled
	byEar
)

// found is a word there is that a word of the query is like, 0 to 1.
type found struct {
	term     int32
	likeness float32
	how      how
}

// plain finds the words that a word is, begins, or is part of.
func (x *Index) plain(t token, out []found) []found { return x.alike(t, out, true) }

// alike is plain; without unfinished a word is not taken for the beginning of another one because of its first one or two letters.
func (x *Index) alike(t token, out []found, unfinished bool) []found {
	from, there := x.at(t.bare)
	if there {
		out = append(out, found{from, 1, same})
	}
	for _, id := range x.byStem[t.stem] {
		if x.terms[id].bare != t.bare {
			out = append(out, found{id, 0.93, inflected})
		}
	}
	n := float32(len(t.bare))
	if n < 3 && !unfinished {
		return out
	}
	for i := int(from); i < len(x.terms) && strings.HasPrefix(x.terms[i].bare, t.bare); i++ {
		if w := &x.terms[i]; len(w.bare) > len(t.bare) && w.stem != t.stem {
			out = append(out, found{int32(i), 0.5 + 0.4*n/float32(len(w.bare)), begins})
		}
	}
	part := t.stem
	if len(part) < 4 || !strings.HasPrefix(t.bare, part) {
		part = t.bare
	}
	if len(part) < 4 {
		return out
	}
	for _, id := range x.shortestGram(part) {
		w := &x.terms[id]
		at := strings.Index(w.bare, part)
		switch {
		case at < 0 || w.stem == t.stem || strings.HasPrefix(w.bare, t.bare):
		case at == 0:
			out = append(out, found{id, 0.45 + 0.35*float32(len(part))/float32(len(w.bare)), begins})
		case strings.HasSuffix(w.bare, t.bare) || strings.HasSuffix(w.stem, part): // the Urkunde of a Heiratsurkunde
			out = append(out, found{id, 0.5 + 0.3*float32(len(part))/float32(len(w.bare)), within})
		default:
			out = append(out, found{id, 0.35 + 0.3*float32(len(part))/float32(len(w.bare)), within})
		}
	}
	return out
}

// shortestGram gives the words that have the rarest three letters of part.
func (x *Index) shortestGram(part string) []int32 {
	var least []int32
	for j := 0; j+3 <= len(part); j++ {
		ids := x.byGram[[3]byte([]byte(part[j:j+3]))]
		if len(ids) == 0 {
			return nil
		}
		if least == nil || len(ids) < len(least) {
			least = ids
		}
	}
	return least
}

// wrong finds the words that a misspelled word may have been.
func (x *Index) wrong(t token, q *query, out []found) []found {
	limit := forgiven(len(t.bare))
	if limit == 0 {
		return out
	}
	try := func(id int32) {
		w := &x.terms[id]
		if d := slips(t.bare, w.bare, limit); d <= limit {
			like := float32(0.85) - 0.15*float32(d)
			if len(t.bare) < 7 {
				like -= 0.1
			}
			if w.bare[0] != t.bare[0] {
				if len(t.bare) < 6 { // another word: Baum and kaum
					return
				}
				like -= 0.1
			}
			out = append(out, found{id, like, misspelled})
		}
	}
	// Words with the same beginning, and words that share enough of their threes: one slip spoils three of them at most.
	for n := len(t.bare) - limit; n <= len(t.bare)+limit; n++ {
		for _, id := range x.byHead[[2]byte{t.bare[0], byte(min(max(n, 0), 255))}] {
			try(id)
		}
	}
	need := int16(max(len(t.bare)-2-3*limit, 1))
	q.sharing = q.sharing[:0]
	for j := 1; j+3 <= len(t.bare); j++ {
		for _, id := range x.byGram[[3]byte([]byte(t.bare[j:j+3]))] {
			if w := &x.terms[id]; w.bare[0] == t.bare[0] || len(w.bare) > len(t.bare)+limit || len(w.bare)+limit < len(t.bare) {
				continue
			}
			if q.shared(id, len(x.terms)) == need {
				q.sharing = append(q.sharing, id)
			}
		}
	}
	for _, id := range q.sharing {
		try(id)
	}
	q.unshare()
	if s := sound(t.bare); len(s) >= 3 {
		for _, id := range x.bySound[s] {
			if w := &x.terms[id]; slips(t.bare, w.bare, 3) <= 3 && !slices.ContainsFunc(out, func(f found) bool { return f.term == id }) {
				out = append(out, found{id, 0.6, byEar})
			}
		}
	}
	if len(out) > 0 || len(t.bare) < 7 {
		return out
	}
	// A slip in the beginning of a longer word: Hundesteur in Hundesteuerbescheid.
	begin := t.bare[:3]
	from, _ := x.at(begin)
	for id := from; int(id) < len(x.terms) && strings.HasPrefix(x.terms[id].bare, begin); id++ {
		w := x.terms[id].bare
		if len(w) > len(t.bare)+limit && min(slips(t.bare, w[:len(t.bare)], 1), slips(t.bare, w[:len(t.bare)+1], 1)) <= 1 {
			out = append(out, found{id, 0.5, misspelled})
		}
	}
	return out
}

// parts takes a compound apart into words there are: Parkausweisantrag. whole tells whether both halves are known.
func (x *Index) parts(t token) (halves []token, whole bool) {
	const least = 3
	var best []token
	score := 0
	for i := least; i+3 <= len(t.bare); i++ {
		right := x.half(t.bare[i:])
		for _, joint := range []string{"", "s", "n", "es", "en", "er"} {
			left := t.bare[:i]
			if !strings.HasSuffix(left, joint) || len(left)-len(joint) < least {
				continue
			}
			l := x.half(strings.TrimSuffix(left, joint))
			switch {
			case l != nil && right != nil:
				if s := 1000 + min(len(l.bare), len(right.bare))*10 - len(joint); s > score {
					best, score, whole = []token{*l, *right}, s, true
				}
			case l != nil && len(l.bare) >= 5 && len(l.bare)-len(joint) > score:
				best, score, whole = []token{*l}, len(l.bare)-len(joint), false
			}
		}
		if right != nil && len(right.bare) >= 5 && len(right.bare)+2 > score { // what it is stands last
			best, score, whole = []token{*right}, len(right.bare)+2, false
		}
	}
	return best, whole
}

// half is a part of a compound that is a word there is, or grammatically one.
func (x *Index) half(s string) *token {
	if len(s) < 3 {
		return nil
	}
	t := x.tongue.tokens(s)
	if len(t) != 1 {
		return nil
	}
	if _, there := x.at(s); there || len(x.byStem[t[0].stem]) > 0 {
		return &t[0]
	}
	return nil
}

// slips is the number of slips (one letter more, less, other, or two swapped) between two words; more than limit is limit+1. Words are compared
// byte by byte: letters beyond a to z are rare in bare words.
func slips(a, b string, limit int) int {
	const longest = 48
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(a) >= longest || len(b) >= longest {
		return limit + 1
	}
	var rows [3][longest]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
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
			n := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, before[j-2]+1)
			}
			row[j] = n
			least = min(least, n)
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// forgiven is how many slips a word of n letters may have: none in short ones, where every slip makes another word.
func forgiven(n int) int {
	switch {
	case n >= 8:
		return 2
	case n >= 4:
		return 1
	}
	return 0
}

// sound writes down how a German word sounds (Kölner Phonetik, Postel 1969): words that are spelled by ear are the same. "" for what has no letter.
func sound(word string) string {
	var code strings.Builder
	last := byte(0)
	for i := 0; i < len(word); i++ {
		c, before, after := word[i], byte(0), byte(0)
		if i > 0 {
			before = word[i-1]
		}
		if i+1 < len(word) {
			after = word[i+1]
		}
		for _, d := range []byte(digits(c, before, after, i == 0)) {
			if d != last {
				if d != '0' || code.Len() == 0 {
					code.WriteByte(d)
				}
				last = d
			}
		}
	}
	return code.String()
}

func digits(c, before, after byte, first bool) string {
	one := func(set string, b byte) bool { return b != 0 && strings.IndexByte(set, b) >= 0 }
	switch c {
	case 'a', 'e', 'i', 'j', 'o', 'u', 'y':
		return "0"
	case 'b':
		return "1"
	case 'p':
		if after == 'h' {
			return "3"
		}
		return "1"
	case 'd', 't':
		if one("csz", after) {
			return "8"
		}
		return "2"
	case 'f', 'v', 'w':
		return "3"
	case 'g', 'k', 'q':
		return "4"
	case 'c':
		if first && one("ahkloqrux", after) || !first && one("ahkoqux", after) && !one("sz", before) {
			return "4"
		}
		return "8"
	case 'x':
		if one("ckq", before) {
			return "8"
		}
		return "48"
	case 'l':
		return "5"
	case 'm', 'n':
		return "6"
	case 'r':
		return "7"
	case 's', 'z':
		return "8"
	}
	return "" // h, and what is no letter
}
