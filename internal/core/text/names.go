package text

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
)

// Names are what a house calls itself and its parts in place of what sentences call it: "im Bürgerbüro" is said as "beim Gästeservice". The zero
// value changes nothing. It is safe for use by several goroutines.
type Names struct{ langs map[string]*strings.Replacer }

// LoadNames reads every <language>.yaml in fsys: a list of {say, instead of}, the longer phrases first, because the first one that fits counts. A
// phrase is left alone by being said instead of itself. No such folder is no names. Errors name the file.
func LoadNames(fsys fs.FS) (Names, error) {
	files, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return Names{}, fmt.Errorf("text: names: %w", err)
	}
	n := Names{langs: map[string]*strings.Replacer{}}
	for _, file := range files {
		data, err := limit.Read(fsys, file)
		if err != nil {
			return Names{}, fmt.Errorf("text: names: %w", err)
		}
		var list []struct {
			Say string `yaml:"say"`
			For string `yaml:"for"`
		}
		if err := limit.Decode(data, &list); err != nil {
			return Names{}, fmt.Errorf("text: names: %s: %w", file, err)
		}
		var pairs []string
		for _, x := range list {
			if x.For == "" || x.Say == "" || strings.Contains(x.For+x.Say, "{{") {
				return Names{}, fmt.Errorf("text: names: %s: %w: %q", file, errNames, x.For)
			}
			pairs = append(pairs, x.For, x.Say)
		}
		n.langs[strings.TrimSuffix(path.Base(file), ".yaml")] = strings.NewReplacer(pairs...)
	}
	return n, nil
}

var errNames = errors.New("every entry has say and for, without anything to fill in")

// In gives a sentence of a language with these names.
func (n Names) In(lang, sentence string) string {
	if r := n.langs[lang]; r != nil {
		return r.Replace(sentence)
	}
	return sentence
}
