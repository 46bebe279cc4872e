// Package text says the project's sentences in the language of whoever reads them.
//
// Sentences are data: YAML files named after their language (de.yaml, en.yaml), in any folder. A key is what stands left of the
// sentence, nested maps are joined by points. A sentence with plural forms is a map of "one" and "other" (and what else CLDR knows for
// the language). German is what every other language falls back to.
package text

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
)

// German is the language that every other one falls back to.
const German = "de"

// Texts holds the sentences of all languages. It is safe for use by several goroutines. The zero value knows no sentence.
type Texts struct {
	layers []*layer // asked in order
}

// layer is what one Load read, or a branch of it.
type layer struct {
	langs map[string]*tongue
	under string // with its point: keys of the branch stand behind it in what was read
}

// tongue is one language of a layer.
type tongue struct {
	names   Names
	read    func() error // reads its files, once
	bundle  *i18n.Bundle // its own: go-i18n takes a language's simple form (de-simple) for the language itself
	entries map[string]entry

	whole atomic.Bool // it was read
	part  func(key string) *tongue
}

// in gives the sentences of a language, or those under the first part of a key at least; what cannot be read says nothing.
func (l *layer) in(lang, key string) *tongue {
	t := l.langs[lang]
	if t == nil {
		return &tongue{}
	}
	if key != "" && !t.whole.Load() && t.part != nil {
		first, _, _ := strings.Cut(key, ".")
		if part := t.part(first); part != nil {
			return part
		}
	}
	if t.read() != nil {
		return &tongue{}
	}
	return t
}

// find looks for what a language itself says, and under which key it says it.
func (l *layer) find(lang, key string) (t *tongue, as string, e entry, ok bool) {
	as = l.under + key
	t = l.in(lang, as)
	e, ok = t.entries[as]
	return t, as, e, ok
}

// partly makes a tongue's part out of its only file.
func partly(fsys fs.FS, names Names, name, lang string) func(key string) *tongue {
	var mu sync.Mutex
	made := map[string]*tongue{}
	sections := sync.OnceValue(func() map[string][]byte {
		data, err := limit.Read(fsys, name)
		if err != nil || bytes.ContainsAny(data, "&*") { // a name for something said elsewhere
			return nil
		}
		return limit.Sections(data)
	})
	return func(key string) *tongue {
		all := sections()
		if all == nil {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if t, done := made[key]; done {
			return t
		}
		t := &tongue{names: names, entries: map[string]entry{}}
		if data := all[key]; data != nil && t.take(data, lang) != nil {
			t = nil
		}
		made[key] = t
		return t
	}
}

// entry is one sentence in one language.
type entry struct {
	plain  string   // the sentence itself when nothing has to be filled in
	filled bool     // go-i18n fills it in
	blanks []string // what
}

// Load reads every *.yaml below fsys; the base name is the language (de.yaml, pt-BR.yaml). Files of one language are merged. It fails
// on a key that is said twice, on a file that is no YAML and on a sentence whose template is broken, naming the file.
func Load(fsys fs.FS) (*Texts, error) { return LoadAs(fsys, Names{}) }

// LoadAs is Load with a house's own names in every sentence.
func LoadAs(fsys fs.FS, names Names) (*Texts, error) {
	t, err := Open(fsys, names)
	if err == nil {
		err = t.Read()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Open is LoadAs for who has no time: it only looks which languages there are, and reads each when it is first asked for. Read tells what is wrong with
// them; until then a language that cannot be read says nothing.
func Open(fsys fs.FS, own Names) (*Texts, error) {
	files := map[string][]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() && path.Ext(name) == ".yaml" {
			lang := strings.TrimSuffix(path.Base(name), ".yaml")
			files[lang] = append(files[lang], name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("text: load: %w", err)
	}
	l := &layer{langs: map[string]*tongue{}}
	for lang, names := range files {
		t := &tongue{names: own, entries: map[string]entry{}}
		t.read = sync.OnceValue(func() error {
			for _, name := range names {
				if err := t.file(fsys, name, lang); err != nil {
					return fmt.Errorf("text: load: %s: %w", name, err)
				}
			}
			t.whole.Store(true)
			return nil
		})
		if len(names) == 1 {
			t.part = partly(fsys, own, names[0], lang)
		}
		l.langs[lang] = t
	}
	return &Texts{layers: []*layer{l}}, nil
}

// Read reads the languages given, or all, as far as they are not read yet. The error names the file.
func (t *Texts) Read(langs ...string) error {
	for _, l := range t.layers {
		for _, lang := range sortedKeys(l.langs) {
			if len(langs) > 0 && !slices.Contains(langs, lang) {
				continue
			}
			if err := l.langs[lang].read(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Join gives texts that look into each of the given ones in order: a service's own words first, then the general ones.
func Join(texts ...*Texts) *Texts {
	joined := &Texts{}
	for _, t := range texts {
		if t != nil {
			joined.layers = append(joined.layers, t.layers...)
		}
	}
	return joined
}

// Under gives the sentences below a key, by what follows it: those of "law.dogs" that are "law.dogs.title" here are "title" there.
func (t *Texts) Under(key string) *Texts {
	branch := &Texts{}
	for _, l := range t.layers {
		branch.layers = append(branch.layers, &layer{l.langs, l.under + key + "."})
	}
	return branch
}

func (t *tongue) file(fsys fs.FS, name, lang string) error {
	data, err := limit.Read(fsys, name)
	if err != nil {
		return err
	}
	return t.take(data, lang)
}

// take takes over what a file says.
func (t *tongue) take(data []byte, lang string) error {
	tag, err := language.Parse(lang)
	if err != nil {
		return fmt.Errorf("language %q: %w", lang, err)
	}
	if err := limit.YAML(data); err != nil {
		return err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return err
	}
	flat := map[string]any{}
	if err := flatten(flat, "", tree); err != nil {
		return err
	}
	for _, key := range sortedKeys(flat) {
		if _, twice := t.entries[key]; twice {
			return fmt.Errorf("key %q is said twice", key)
		}
		msg := &i18n.Message{ID: key}
		switch v := flat[key].(type) {
		case string:
			v = t.names.In(lang, v)
			if !strings.Contains(v, "{{") {
				t.entries[key] = entry{plain: v}
				continue
			}
			msg.Other = v
		case map[string]string:
			for form, said := range v {
				v[form] = t.names.In(lang, said)
			}
			msg.Zero, msg.One, msg.Two, msg.Few, msg.Many, msg.Other = v["zero"], v["one"], v["two"], v["few"], v["many"], v["other"]
		}
		for _, s := range []string{msg.Zero, msg.One, msg.Two, msg.Few, msg.Many, msg.Other} {
			if _, err := template.New("").Parse(s); err != nil {
				return fmt.Errorf("key %q: %w", key, err)
			}
		}
		if t.bundle == nil { // most files have nothing to fill in, and a bundle takes longer to make than they take to read
			t.bundle = i18n.NewBundle(tag)
		}
		if err := t.bundle.AddMessages(tag, msg); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		said := strings.Join([]string{msg.Zero, msg.One, msg.Two, msg.Few, msg.Many, msg.Other}, " ")
		t.entries[key] = entry{filled: true, blanks: blanks(said)}
	}
	return nil
}

// flatten turns nested maps into keys joined by points. A map of nothing but plural forms is one sentence.
func flatten(into map[string]any, prefix string, tree map[string]any) error {
	for k, v := range tree {
		key := k
		if prefix != "" {
			key = prefix + "." + k
		}
		if _, twice := into[key]; twice {
			return fmt.Errorf("key %q is said twice", key)
		}
		switch v := v.(type) {
		case map[string]any:
			if forms := plurals(v); forms != nil {
				into[key] = forms
			} else if err := flatten(into, key, v); err != nil {
				return err
			}
		case string:
			into[key] = v
		case nil: // mostly a comma in {label: so, und so} that should have stood in quotes
			return fmt.Errorf("key %q says nothing (put the sentence in quotes)", key)
		default:
			return fmt.Errorf("key %q: a sentence is a text (put it in quotes)", key)
		}
	}
	return nil
}

func plurals(m map[string]any) map[string]string {
	if _, ok := m["other"]; !ok {
		return nil
	}
	forms := map[string]string{}
	for k, v := range m {
		s, isText := v.(string)
		if !isText || !slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, k) {
			return nil
		}
		forms[k] = s
	}
	return forms
}

// Say gives the sentence for key in the language. args are name, value, name, value: {{.name}} in the sentence becomes the value. The
// argument "n" chooses the plural form. A language or sentence that is missing is said in German; a key nobody knows comes back itself.
func (t *Texts) Say(lang, key string, args ...any) string {
	for _, try := range tries(lang) {
		for _, l := range t.layers {
			tongue, as, e, ok := l.find(try, key)
			if !ok {
				continue
			}
			if !e.filled {
				return e.plain
			}
			return tongue.fill(try, as, args)
		}
	}
	return key
}

func (t *tongue) fill(lang, key string, args []any) string {
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			data[name] = args[i+1]
		}
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if n, ok := data["n"]; ok {
		config.PluralCount = n
	}
	said, err := i18n.NewLocalizer(t.bundle, lang).Localize(config)
	if err != nil && config.PluralCount != nil { // not a number: the general form will do
		config.PluralCount = nil
		said, err = i18n.NewLocalizer(t.bundle, lang).Localize(config)
	}
	if err != nil && said == "" {
		return key
	}
	return said
}

var blank = regexp.MustCompile(`\{\{-?\s*\.([\pL\pN_]+)\s*-?\}\}`)

// blanks are the names of what has to be filled into a sentence.
func blanks(said string) (names []string) {
	for _, m := range blank.FindAllStringSubmatch(said, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// Blanks lists the names of what has to be filled into a sentence as the language itself says it.
func (t *Texts) Blanks(lang, key string) []string {
	for _, l := range t.layers {
		if _, _, e, ok := l.find(lang, key); ok {
			return e.blanks
		}
	}
	return nil
}

// tries lists the languages to look in: the one wanted, the same without its region, German.
func tries(lang string) []string {
	base, _, regional := strings.Cut(lang, "-")
	switch {
	case lang == German:
		return []string{German}
	case regional:
		return []string{lang, base, German}
	}
	return []string{lang, German}
}

// Has tells whether the language itself says key, without falling back.
func (t *Texts) Has(lang, key string) bool {
	for _, l := range t.layers {
		if _, _, _, ok := l.find(lang, key); ok {
			return true
		}
	}
	return false
}

// Knows tells whether Say has a sentence for key, in the language or in one that it falls back to.
func (t *Texts) Knows(lang, key string) bool {
	for _, try := range tries(lang) {
		if t.Has(try, key) {
			return true
		}
	}
	return false
}

// Languages lists what was loaded, German first, the others by their tag.
func (t *Texts) Languages() []string {
	var langs []string
	for _, l := range t.layers {
		for lang := range l.langs {
			if lang != German && !slices.Contains(langs, lang) {
				langs = append(langs, lang)
			}
		}
	}
	sort.Strings(langs)
	for _, l := range t.layers {
		if _, ok := l.langs[German]; ok {
			return append([]string{German}, langs...)
		}
	}
	return langs
}

// Keys lists the keys that the language itself says, sorted.
func (t *Texts) Keys(lang string) []string {
	all := map[string]bool{}
	for _, l := range t.layers {
		for key := range l.in(lang, "").entries {
			if key, ok := strings.CutPrefix(key, l.under); ok {
				all[key] = true
			}
		}
	}
	return sortedKeys(all)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
