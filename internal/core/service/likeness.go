package service

import "strings"

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
