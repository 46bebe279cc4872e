package form

import (
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// person is a human being as German forms ask for one: {given, family, birth, ...}. No name is refused: whatever stands in a passport can be typed.
func person() *composite {
	return &composite{
		all: []part{
			{name: "title", kind: Text, keys: KeysText, most: 40, free: true},
			{name: "given", kind: Text, keys: KeysText, most: longestName},
			{name: "family", kind: Text, keys: KeysText, most: longestName},
			{name: "birthname", kind: Text, keys: KeysText, most: longestName, free: true},
			{name: "birth", kind: Date, keys: KeysDate, most: 40, parse: parseBirth},
			{name: "birthplace", kind: Text, keys: KeysText, most: longestName},
		},
		usual: []string{"given", "family"},
		read:  func(typed string) map[string]any { return anyOf(ParsePerson(typed)) },
		write: writePerson,
	}
}

// longestName is what a register of residents has room for, in characters (DSMeld, 120 for given names).
const longestName = 120

// oldest is the age that nobody has passed by much, in years.
const oldest = 125

func parseBirth(typed string, _ map[string]string, day time.Time) (value, keyword string) {
	iso, _, t := parseDate(typed, true, day)
	if t != nil {
		return "", t.keyword
	}
	switch at, _ := time.Parse(time.DateOnly, iso); {
	case at.After(day):
		return "", "future"
	case at.Before(day.AddDate(-oldest, 0, 0)):
		return "", "old"
	}
	return iso, ""
}

// ParsePerson takes apart a name that is typed as one line: "Renate Vogt", "Vogt, Renate", "Ludwig van Beethoven 17.12.1970". It gives the parts it finds;
// a single word is the family's name.
func ParsePerson(typed string) map[string]string {
	said := map[string]string{}
	words := strings.Fields(typed)
	if n := len(words); n > 1 {
		if _, _, t := parseDate(strings.Trim(words[n-1], ","), true, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); t == nil {
			said["birth"], words = strings.Trim(words[n-1], ","), words[:n-1]
			words[len(words)-1] = strings.TrimRight(words[len(words)-1], ",")
		}
	}
	line := strings.Join(words, " ")
	if family, given, ok := strings.Cut(line, ","); ok {
		said["family"], said["given"] = strings.TrimSpace(family), strings.TrimSpace(strings.ReplaceAll(given, ",", " "))
		return filled(said)
	}
	from := max(len(words)-1, 0)
	for i, w := range words[:from] { // a family's name begins with its small words
		if i > 0 && slices.Contains([]string{"von", "van", "vom", "zu", "zur", "zum", "de", "der", "den", "di", "da", "dos", "el", "al", "ten", "ter", "auf"}, w) {
			from = i
			break
		}
	}
	said["given"], said["family"] = strings.Join(words[:from], " "), strings.Join(words[from:], " ")
	return filled(said)
}

func filled(said map[string]string) map[string]string {
	for name, v := range said {
		if v == "" {
			delete(said, name)
		}
	}
	return said
}

// writePerson writes "Dr. Renate Vogt, geb. Klein, geboren am 3. April 1980 in Herford".
func writePerson(s *state, said map[string]string) string {
	var b strings.Builder
	b.WriteString(strings.Join(strings.Fields(said["title"]+" "+said["given"]+" "+said["family"]), " "))
	add := func(text string) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(text)
	}
	if v := said["birthname"]; v != "" {
		add(s.say("form.person.birth-name", "name", v))
	}
	day, err := time.Parse(time.DateOnly, said["birth"])
	switch at := said["birthplace"]; {
	case err == nil && at != "":
		add(s.say("form.person.born-at", "day", text.Date(s.in.Lang, day), "place", at))
	case err == nil:
		add(s.say("form.person.born", "day", text.Date(s.in.Lang, day)))
	case at != "":
		add(s.say("form.person.from", "place", at))
	}
	return b.String()
}
