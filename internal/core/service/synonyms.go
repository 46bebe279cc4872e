package service

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
)

// Synonym is what people say, and what the town hall calls it: who searches for one of Say finds what is called one of Means.
type Synonym struct {
	Say   []string `yaml:"say"`   // phrases; one of several words counts when all of them are searched for
	Means []string `yaml:"means"` // phrases of words in the names, topics and texts of services
}

// LoadSynonyms reads search/*.yaml of fsys; the base name is the language people type. An error names file and line.
func LoadSynonyms(fsys fs.FS) (map[string][]Synonym, error) {
	files, err := fs.Glob(fsys, "search/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("service: load synonyms: %w", err)
	}
	all := map[string][]Synonym{}
	for _, file := range files {
		data, err := limit.Read(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("service: load synonyms: %w", err)
		}
		list, err := readSynonyms(path.Base(file), data)
		if err != nil {
			return nil, fmt.Errorf("service: load synonyms: %w", err)
		}
		for i, s := range list {
			if len(s.Say) == 0 || len(s.Means) == 0 {
				return nil, fmt.Errorf("service: load synonyms: %s: entry %d says or means nothing", file, i+1)
			}
		}
		all[strings.TrimSuffix(path.Base(file), ".yaml")] = list
	}
	return all, nil
}

// readSynonyms reads a file of them. As a rule each stands in a line of its own, and such a file is read line by line: YAML's decoder takes several times
// as long for a thousand of them, and the search waits for it.
func readSynonyms(file string, data []byte) (list []Synonym, err error) {
	if list, plain := readLines(file, data); plain {
		return list, nil
	}
	err = form.Decode("search", file, data, &list)
	return list, err
}

// readLines reads what stands line by line, with the decoder where a line has more than words; false: the file is written otherwise, or it is wrong.
func readLines(file string, data []byte) (list []Synonym, plain bool) {
	if limit.YAML(data) != nil || bytes.IndexByte(data, '\r') >= 0 {
		return nil, false
	}
	for line := range strings.Lines(string(data)) {
		if line == "\n" || line[0] == '#' {
			continue
		}
		s, plain := readSynonym(strings.TrimSuffix(line, "\n"))
		if !plain {
			var one []Synonym
			if !strings.HasPrefix(line, "- {") || form.Decode("search", file, []byte(line), &one) != nil || len(one) != 1 {
				return nil, false
			}
			s = one[0]
		}
		list = append(list, s)
	}
	return list, true
}

// readSynonym reads "- {say: [Umzug, umziehen], means: [Anmeldung Wohnung]}"; false: it is written otherwise.
func readSynonym(line string) (s Synonym, plain bool) {
	line, begun := strings.CutPrefix(line, "- {say: [")
	line, ended := strings.CutSuffix(line, "]}")
	say, means, both := strings.Cut(line, "], means: [")
	if !begun || !ended || !both {
		return s, false
	}
	var saying, meaning bool
	s.Say, saying = readPhrases(say)
	s.Means, meaning = readPhrases(means)
	return s, saying && meaning
}

// readPhrases reads what stands between the brackets of a list; false for what YAML may take for something else than words.
func readPhrases(list string) (phrases []string, plain bool) {
	for phrase := range strings.SplitSeq(list, ",") {
		phrase = strings.Trim(phrase, " ")
		if strings.ContainsFunc(phrase, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-' }) {
			return nil, false
		}
		if first, _ := utf8.DecodeRuneInString(phrase); !unicode.IsLetter(first) || strings.EqualFold(phrase, "null") {
			return nil, false
		}
		phrases = append(phrases, phrase)
	}
	return phrases, true
}
