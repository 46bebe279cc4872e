package look

import (
	"strings"
	"unicode"
)

// noBreak is a space at which no line ends.
const noBreak = '\u00a0'

// glue joins a number and its unit by a space at which no line ends, where both fit a line together: "60 m" on two lines reads as if
// something were missing.
func glue(words []string, fits func(string) bool) []string {
	for i := 0; i+1 < len(words); i++ {
		if joined := words[i] + string(noBreak) + words[i+1]; number(words[i]) && unit(words[i+1]) && fits(joined) {
			words = append(append(words[:i:i], joined), words[i+2:]...)
		}
	}
	return words
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
