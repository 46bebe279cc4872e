package look

import (
	"strings"
	"unicode"
)

const softHyphen = '\u00ad'

// leading is the height of a line as a multiple of the letters' size.
func leading(z Size, bold bool) float32 {
	if z >= TitleS || bold {
		return 1.16
	}
	return 1.3
}

func width(text string, size float32, bold bool) float32 {
	return Measure(strings.ReplaceAll(text, string(softHyphen), ""), size, bold).Width
}

// hair is what sums of widths may be off by: a word in a room made for it would be broken otherwise.
const hair = 0.1

// wrap breaks a text into lines no wider than room: at line breaks, at spaces, at soft hyphens, and only when a single word is wider than
// the room, inside the word with a hyphen. Nothing is left out. A small word such as "und" does not stay behind at the end of a line.
func wrap(text string, size float32, bold bool, room float32) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapParagraph(paragraph, size, bold, room+hair)...)
	}
	return lines
}

func wrapParagraph(text string, size float32, bold bool, room float32) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' })
	words = glue(words, func(s string) bool { return width(s, size, bold) <= room })
	var lines []string
	line := ""
	for i := 0; i < len(words); i++ {
		word := words[i]
		candidate := word
		if line != "" {
			candidate = line + " " + word
		}
		if width(candidate, size, bold) <= room {
			line = candidate
			continue
		}
		if head, tail, ok := atSoftHyphen(line, word, size, bold, room); ok {
			lines, line = append(lines, head), ""
			words[i] = tail
			i--
			continue
		}
		if line != "" {
			kept, moved := leaveSmallWord(line)
			lines = append(lines, plain(kept))
			line = ""
			if moved != "" && len(lines) > 1 && width(plain(kept), size, bold) < room/2 { // a line that is nearly empty looks worse
				lines[len(lines)-1], moved = plain(kept+" "+moved), ""
			}
			if moved != "" && width(moved+" "+word, size, bold) <= room {
				line = moved + " " + word
				continue
			} else if moved != "" {
				lines[len(lines)-1] = plain(kept + " " + moved)
			}
			i--
			continue
		}
		if strings.ContainsRune(word, '@') || strings.Contains(word, "://") {
			rest := []rune(plain(word))
			for width(string(rest), size, bold) > room {
				n := breakAddress(rest, size, bold, room)
				lines, rest = append(lines, string(rest[:n])), rest[n:]
			}
			words[i] = string(rest)
			i--
			continue
		}
		head, tail := breakWord(word, size, bold, room)
		if tail == "" {
			line = head
			continue
		}
		lines = append(lines, head)
		words[i] = tail
		i--
	}
	return append(lines, plain(line))
}

// plain is a text without what only tells where it may break.
func plain(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, string(softHyphen), ""), string(noBreak), " ")
}

// atSoftHyphen puts as much of the word as fits behind the line.
func atSoftHyphen(line, word string, size float32, bold bool, room float32) (head, tail string, ok bool) {
	if line != "" {
		line += " "
	}
	for i := len(word); i > 0; {
		i = strings.LastIndex(word[:i], string(softHyphen))
		if i <= 0 {
			return "", "", false
		}
		// A word that would fit the next line whole is not broken.
		if line != "" && width(word, size, bold) <= room {
			return "", "", false
		}
		candidate := line + word[:i] + "-"
		if width(candidate, size, bold) <= room {
			return plain(candidate), word[i+len(string(softHyphen)):], true
		}
	}
	return "", "", false
}

// leaveSmallWord splits a small word from the end of a line, where it would be read as if something were missing.
func leaveSmallWord(line string) (kept, moved string) {
	i := strings.LastIndex(line, " ")
	if i < 0 {
		return line, ""
	}
	switch strings.ToLower(line[i+1:]) {
	case "und", "oder", "and", "or":
		return line[:i], line[i+1:]
	}
	return line, ""
}

// breakWord breaks a word that is wider than the room, after one of its own hyphens or before a consonant that a vowel follows.
func breakWord(word string, size float32, bold bool, room float32) (head, tail string) {
	if width(word, size, bold) <= room {
		return plain(word), ""
	}
	runes := []rune(plain(word))
	fits, sense, joint := 0, 0, 0
	for i := 1; i < len(runes); i++ {
		own := runes[i-1] == '-' || runes[i-1] == '/' || runes[i-1] == '@' || runes[i-1] == '.'
		part := string(runes[:i])
		if !own {
			part += "-"
		}
		if width(part, size, bold) > room {
			break
		}
		fits = i
		if own && len(runes)-i >= 3 || i >= 3 && len(runes)-i >= 3 && begins(runes[i:]) && unicode.IsLetter(runes[i-1]) && !together(runes[i-1], runes[i]) {
			sense = i
		}
		if i >= 3 && joins(string(runes[i:])) {
			joint = i
		}
	}
	at := sense
	if joint > 0 {
		at = joint
	}
	if at == 0 {
		at = max(fits, 1)
		if len(runes) > 5 { // no letter is left alone
			at = min(at, len(runes)-3)
		}
	}
	head = string(runes[:at])
	if c := runes[at-1]; c != '-' && c != '/' && c != '@' && c != '.' {
		head += "-"
	}
	return head, string(runes[at:])
}

// breakAddress says after how many letters an address of the net that is wider than the room is broken: after one of its signs, or anywhere. A
// hyphen would make it another address.
func breakAddress(runes []rune, size float32, bold bool, room float32) (at int) {
	at, sign := 1, 0
	for i := 1; i < len(runes) && width(string(runes[:i]), size, bold) <= room; i++ {
		if at = i; strings.ContainsRune("@./-_", runes[i-1]) {
			sign = i
		}
	}
	if sign > 0 {
		at = sign
	}
	return at
}

// joins tells whether the rest of a long word is a word itself: the town hall's words are joined of such.
func joins(rest string) bool {
	for _, word := range []string{"ausweis", "bescheinigung", "erlaubnis", "genehmigung", "meldung", "urkunde", "führerschein", "zeugnis", "versicherung", "behörde", "verwaltung", "stadt", "straße", "platz"} {
		if strings.HasPrefix(rest, word) {
			return true
		}
	}
	return false
}

// begins tells whether a syllable can begin with these letters: a consonant and a vowel, or two that are spoken as one.
func begins(r []rune) bool {
	switch {
	case vowel(r[0]):
		return false
	case vowel(r[1]):
		return true
	}
	return len(r) > 2 && vowel(r[2]) && liquid(r[0], r[1])
}

// liquid says whether two consonants begin a syllable together: "abge-brochen", "Rück-frage".
func liquid(a, b rune) bool {
	switch string([]rune{a, b}) {
	case "br", "fr", "gr", "kr", "pr":
		return true
	}
	return false
}

func vowel(r rune) bool { return strings.ContainsRune("aeiouyäöüAEIOUYÄÖÜ", r) }

// together says whether two letters are one sound and stay together.
func together(a, b rune) bool {
	if liquid(a, b) {
		return true
	}
	switch strings.ToLower(string([]rune{a, b})) {
	case "ch", "ck", "ph", "th", "sh", "sch", "st", "qu":
		return true
	}
	return false
}

// widest is the width of the widest piece of a text that cannot be broken.
func widest(text string, size float32, bold bool) float32 {
	w := float32(0)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == softHyphen }) {
		w = max(w, width(word, size, bold))
	}
	return w
}

// wrapTyped breaks what somebody types: between words, and otherwise where the room ends, without adding a hyphen that was not typed.
// Every space stays, so that the caret moves when the space bar is touched.
func wrapTyped(text string, size float32, bold bool, room float32) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		runes := []rune(paragraph)
		for len(runes) > 0 && width(string(runes), size, bold) > room {
			n, space := 1, 0
			for n < len(runes) && width(string(runes[:n+1]), size, bold) <= room {
				n++
				if runes[n-1] == ' ' {
					space = n
				}
			}
			if space > 0 {
				n = space
			}
			lines = append(lines, string(runes[:n]))
			runes = runes[n:]
		}
		lines = append(lines, string(runes))
	}
	return lines
}
