package services

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/bundle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Sentences is what a draft says, in all its languages beside each other.
type Sentences struct {
	Langs  []string // German, English, Leichte Sprache, then the others by their names
	Rows   []SentenceRow
	Closed []string // languages whose file can only be changed as a whole; they are not among Langs
}

// SentenceRow is a sentence in every language that has it.
type SentenceRow struct {
	Key   string
	Said  map[string]string // by language; one that is missing has none
	Begun map[string]bool   // by language: it is still the one with which a new service begins
}

// Languages lists the languages that a folder has texts in: German, English, Leichte Sprache, then the others by their names.
func Languages(f *bundle.Folder) (langs []string) {
	for _, name := range f.Names() {
		if lang := languageOf(name); lang != "" {
			langs = append(langs, lang)
		}
	}
	first := func(lang string) int { return slices.Index([]string{"de-simple", "en", text.German}, lang) }
	slices.SortStableFunc(langs, func(a, b string) int { return first(b) - first(a) })
	return langs
}

// Sentences gives what a draft says, in the order of its German file. What another language says beside it stands behind what comes before it there,
// and what the check misses stands beside its like.
func (d Draft) Sentences() (s Sentences) {
	for _, lang := range Languages(d.Checked.Files) {
		data, _ := d.Checked.Files.File(textFile(lang))
		list, err := text.Sentences(data)
		if err != nil {
			s.Closed = append(s.Closed, lang)
			continue
		}
		s.Langs = append(s.Langs, lang)
		before := -1
		for _, x := range list {
			i := s.row(x.Key)
			if i < 0 {
				if i = before + 1; lang != text.German && !strings.Contains(x.Key, ".") {
					i = s.beside(x.Key)
				}
				s.Rows = slices.Insert(s.Rows, i, SentenceRow{Key: x.Key, Said: map[string]string{}})
			}
			s.Rows[i].Said[lang] = x.Text
			before = i
		}
	}
	for _, m := range d.Mistakes {
		if i := s.row(lead); m.Wrong == stillBegins && i >= 0 {
			if s.Rows[i].Begun == nil {
				s.Rows[i].Begun = map[string]bool{}
			}
			s.Rows[i].Begun[languageOf(m.File)] = true
		}
	}
	if !slices.Contains(s.Closed, text.German) {
		for _, m := range d.Mistakes {
			if key := m.Unsaid(); key != "" && s.row(key) < 0 {
				s.Rows = slices.Insert(s.Rows, s.beside(key), SentenceRow{Key: key, Said: map[string]string{}})
			}
		}
	}
	return s
}

// row is where a sentence stands, -1: nowhere.
func (s Sentences) row(key string) int {
	return slices.IndexFunc(s.Rows, func(r SentenceRow) bool { return r.Key == key })
}

// first is what every service says of itself, as it is read.
var first = []string{"title", "lead", "law", "search"}

// beside is the place behind the last sentence whose key begins like this one, as far as any does.
func (s Sentences) beside(key string) int {
	if i := slices.Index(first, key); i >= 0 {
		for _, other := range slices.Backward(first[:i]) {
			if at := s.row(other); at >= 0 {
				return at + 1
			}
		}
		return 0
	}
	parts := strings.Split(key, ".")
	for n := len(parts) - 1; n > 0; n-- {
		like := strings.Join(parts[:n], ".") + "."
		for i, r := range slices.Backward(s.Rows) {
			if strings.HasPrefix(r.Key, like) {
				return i + 1
			}
		}
	}
	return len(s.Rows)
}

func textFile(lang string) string { return "texts/" + lang + ".yaml" }

// languageOf is the language of a file of texts; "" for other files.
func languageOf(file string) string {
	name, texts := strings.CutPrefix(file, "texts/")
	if lang, yaml := strings.CutSuffix(name, ".yaml"); texts && yaml {
		return lang
	}
	return ""
}

// SaveSentences changes sentences, by language and key; an empty one is taken out. ErrNewer, ErrNoFile for a language that the draft does not have,
// ErrText when a file can only be changed as a whole, bundle.ErrBundle when it is too much.
func (l *Library) SaveSentences(ctx context.Context, e Edit, changes map[string]map[string]string) error {
	return l.change(ctx, e, DraftWorded, "", func(f *bundle.Folder) (*bundle.Folder, error) { return reword(f, changes) })
}

// reword changes sentences in a folder.
func reword(f *bundle.Folder, changes map[string]map[string]string) (*bundle.Folder, error) {
	for _, lang := range slices.Sorted(maps.Keys(changes)) {
		data, ok := f.File(textFile(lang))
		if !ok {
			return nil, ErrNoFile
		}
		out, err := text.Edit(data, changes[lang])
		if errors.Is(err, text.ErrForm) {
			return nil, fmt.Errorf("%w: %s: %w", ErrText, textFile(lang), err)
		}
		if err != nil {
			return nil, err
		}
		if f, err = with(f, textFile(lang), string(out)); err != nil {
			return nil, err
		}
	}
	return f, nil
}
