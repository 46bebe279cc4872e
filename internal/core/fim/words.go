package fim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is a text on one line, without what nobody sees.
func line(s string) string {
	return strings.Join(strings.Fields(strings.Map(visible, s)), " ")
}

// prose is a text in paragraphs: lines are joined, an empty one keeps two paragraphs apart.
func prose(s string) string {
	var paragraphs []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = line(p); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return strings.Join(paragraphs, "\n")
}

// visible keeps blanks and what can be seen.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == utf8.RuneError || !unicode.IsPrint(r):
		return -1
	}
	return r
}

// short cuts a text to n characters.
func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return string(runes[:n-1]) + "…"
}

// slug is a name that is a property in JSON, a path and an identifier in expressions alike: small letters, digits, underscores. It has
// whole words as long as they fit.
func slug(s string) string {
	const most = 36
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(s))
	out := ""
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if out == "" {
			out = word[:min(len(word), most)]
			continue
		}
		if len(out)+1+len(word) > most {
			break
		}
		out += "_" + word
	}
	switch {
	case out == "":
		return ""
	case out[0] >= '0' && out[0] <= '9', reserved(out):
		return "f_" + out
	}
	return out
}

// reserved tells the words that CEL keeps for itself (language definition, "Syntax").
func reserved(s string) bool {
	switch s {
	case "false", "true", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
		"return", "var", "void", "while":
		return true
	}
	return false
}

// name gives an element a name that no sibling has; taken is the siblings'.
func (e Element) name(taken map[string]bool) string {
	base := slug(e.Name)
	if base == "" {
		base = slug(e.Label)
	}
	if base == "" {
		base = slug(e.ID)
	}
	if base == "" {
		base = "feld"
	}
	return free(base, taken)
}

// title is what people read.
func (e Element) title() string {
	for _, s := range []string{e.Label, e.Name, e.ID} {
		if s != "" {
			return s
		}
	}
	return ""
}
