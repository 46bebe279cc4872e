package look

import (
	"strings"
	"unicode"
)

// noBreak is a space at which no line ends.
const noBreak = '\u00a0'

// glue joins what belongs together by a space at which no line ends, where both fit a line together: a number and its unit, since "60 m" on two lines reads
// as if something were missing, and a word with the dots or the dash behind it, with which no line begins.
func glue(words []string, fits func(string) bool) []string {
	for i := 0; i+1 < len(words); i++ {
		if joined := words[i] + string(noBreak) + words[i+1]; belongs(words[i], words[i+1]) && fits(joined) {
			words = append(append(words[:i:i], joined), words[i+2:]...)
		}
	}
	return words
}

// belongs tells whether no line ends between two words.
func belongs(word, next string) bool {
	return next == "…" || next == "–" || number(word) && unit(next)
}

// number tells whether a word ends in a figure: "60", "30,70", "(12".
func number(word string) bool {
	r := []rune(word)
	return unicode.IsDigit(r[len(r)-1])
}

func unit(word string) bool {
	switch strings.TrimRight(word, ".,;:!?)") {
	case "m", "km", "cm", "mm", "kg", "MB", "%", "€", "EUR", "Uhr":
		return true
	}
	return false
}
