package service

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

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
		var list []Synonym
		if err := form.Decode("search", path.Base(file), data, &list); err != nil {
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
