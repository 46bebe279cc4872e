package service

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Change is one thing in which two versions of a service differ.
type Change struct {
	Where string `json:"where"` // "/plate", "rule.start", "text.title": the place in the newer version, or in the older one if it is gone
	What  string `json:"what"`  // a sentence, in German
}

// Diff says in words what a newer version of a service changes: first what is asked, then the rules and the fee, then what is said.
func Diff(older, newer *Service) []Change {
	var all []Change
	note := func(where, format string, args ...any) {
		all = append(all, Change{where, fmt.Sprintf(format, args...)})
	}
	plain := func(where, what, a, b string) {
		if a != b {
			note(where, "%s: statt „%s“ jetzt „%s“.", what, cmp.Or(a, "nichts"), cmp.Or(b, "nichts"))
		}
	}
	ways := func(s *Service) string { return strings.Trim(fmt.Sprint(s.Ways), "[]") }
	plain("ways", "So kann bezahlt werden", ways(older), ways(newer))
	plain("trust", "So sicher muss man sich ausweisen", older.Trust, newer.Trust)
	plain("office", "Zuständig ist", older.Office, newer.Office)
	plain("key", "Leistungsschlüssel", older.Key, newer.Key)
	if older.Retention != newer.Retention {
		note("retention", "Die Angaben werden %s gelöscht, bisher %s.", months(newer.Retention), months(older.Retention))
	}
	plain("situations", "Lebenslagen", strings.Join(older.Situations, ", "), strings.Join(newer.Situations, ", "))
	var a, b form.Outline
	if older.form != nil {
		a = older.form.Outline()
	}
	if newer.form != nil {
		b = newer.form.Outline()
	}
	diffFields(older, newer, a, b, note)
	diffRules("", a.Rules, b.Rules, note)
	diffTexts(older, newer, note)
	return all
}

// months says when something is erased.
func months(n int) string {
	switch n {
	case 0:
		return "nicht von selbst"
	case 1:
		return "einen Monat nach der Entscheidung"
	}
	return fmt.Sprintf("%d Monate nach der Entscheidung", n)
}

func diffFields(older, newer *Service, a, b form.Outline, note func(where, format string, args ...any)) {
	before := map[string]form.OutlineField{}
	for _, f := range a.Fields {
		before[f.Path] = f
	}
	after := map[string]bool{}
	for _, f := range b.Fields {
		after[f.Path] = true
		was, there := before[f.Path]
		if !there {
			note(f.Path, "Neu gefragt wird „%s“.", newer.label(f))
			continue
		}
		name := newer.label(f)
		if f.Kind != was.Kind {
			note(f.Path, "„%s“ ist jetzt von der Art %s, vorher %s.", name, f.Kind, was.Kind)
		}
		if f.Page != was.Page {
			note(f.Path, "„%s“ steht jetzt auf der Seite %s, vorher auf %s.", name, f.Page, was.Page)
		}
		switch {
		case f.Optional && !was.Optional:
			note(f.Path, "„%s“ ist jetzt freiwillig.", name)
		case !f.Optional && was.Optional:
			note(f.Path, "„%s“ muss jetzt beantwortet werden.", name)
		}
		if f.Max != was.Max {
			note(f.Path, "„%s“ fasst jetzt höchstens %d, vorher %d.", name, f.Max, was.Max)
		}
		for _, o := range f.Options {
			if !slices.Contains(was.Options, o) {
				note(f.Path, "Bei „%s“ kann man neu wählen: %s.", name, o)
			}
		}
		for _, o := range was.Options {
			if !slices.Contains(f.Options, o) {
				note(f.Path, "Bei „%s“ kann man nicht mehr wählen: %s.", name, o)
			}
		}
		if !slices.Equal(f.Parts, was.Parts) {
			note(f.Path, "„%s“ besteht jetzt aus %s, vorher aus %s.", name, cmp.Or(strings.Join(f.Parts, ", "), "einer Angabe"), cmp.Or(strings.Join(was.Parts, ", "), "einer Angabe"))
		}
		diffRules(f.Path+".", was.Rules, f.Rules, note)
	}
	for _, f := range a.Fields {
		if !after[f.Path] {
			note(f.Path, "Nicht mehr gefragt wird „%s“.", older.label(f))
		}
	}
	kept := slices.DeleteFunc(slices.Clone(a.Pages), func(p string) bool { return !slices.Contains(b.Pages, p) })
	if now := slices.DeleteFunc(slices.Clone(b.Pages), func(p string) bool { return !slices.Contains(a.Pages, p) }); !slices.Equal(kept, now) {
		note("pages", "Die Seiten stehen in anderer Reihenfolge: %s.", strings.Join(b.Pages, ", "))
	}
}

// label is how a field is called on the screen.
func (s *Service) label(f form.OutlineField) string {
	name := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(f.Path, "/"), "/*", ""), "/", ".")
	key := "field." + name + ".label"
	if f.Kind == form.Repeat {
		key = "field." + name + ".more"
	}
	if said := s.Say(text.German, key); said != key {
		return said
	}
	return f.Path
}

func diffRules(prefix string, a, b map[string]string, note func(where, format string, args ...any)) {
	for _, name := range slices.Sorted(maps.Keys(b)) {
		switch was, there := a[name]; {
		case !there:
			note(prefix+name, "Neue Regel: %s", b[name])
		case was != b[name]:
			note(prefix+name, "Die Regel heißt jetzt %s und hieß %s", b[name], was)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if _, there := b[name]; !there {
			note(prefix+name, "Die Regel fällt weg: %s", a[name])
		}
	}
}

// diffTexts compares the sentences in German that both versions have.
func diffTexts(older, newer *Service, note func(where, format string, args ...any)) {
	keys := slices.Clone(newer.keys)
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		a, b := older.Say(text.German, key), newer.Say(text.German, key)
		if a != b && a != key && b != key {
			note("text."+key, "Statt „%s“ heißt es jetzt „%s“", a, b)
		}
	}
}
