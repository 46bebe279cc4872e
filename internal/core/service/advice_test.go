package service

import (
	"io/fs"
	"path"
	"reflect"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// Who only wants to know is told the same as who applies, and is asked no more than the answer needs: with those answers alone it is the same.
func TestWhatIsToldBeforehandIsWhatAnApplicationSays(t *testing.T) {
	for _, tenant := range []string{"stadt", "staatsbad"} {
		c := offeredBy(t, tenant)
		for _, s := range c.Services() {
			folder, err := fs.Sub(shipped, path.Join("services", s.ID))
			if err != nil {
				t.Fatal(err)
			}
			examples, err := Examples(folder, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range examples {
				if len(e.Expect.Problems) > 0 {
					continue
				}
				clean := s.Clean(e.Answers, e.On())
				whole := s.View(clean, "de", e.On())
				for _, g := range s.Goals() {
					all := s.Advise(g, clean, "de", e.On())
					only := form.Answers{}
					for _, p := range all.View.Pages {
						for _, f := range p.Fields {
							if v, ok := clean.Get(f.Path); ok && v != nil && !f.Kind.Told() {
								only = only.With(f.Path, v)
							}
						}
					}
					a := s.Advise(g, only, "de", e.On())
					switch {
					case !a.View.Complete:
						t.Errorf("%s/%s: %s is not known with everything that is asked for it", s.ID, e.Name, g)
					case g == form.Cost && (a.Fee == nil || a.Fee.Amount != whole.Fee.Amount): // its steps may name more once more is said
						t.Errorf("%s/%s: beforehand it costs %+v, then %+v", s.ID, e.Name, a.Fee, whole.Fee)
					case g == form.Papers && !reflect.DeepEqual(a.Needs, whole.Needs):
						t.Errorf("%s/%s: beforehand %+v is needed, then %+v", s.ID, e.Name, a.Needs, whole.Needs)
					}
					for _, r := range a.Rulings {
						if !r.OK {
							t.Errorf("%s/%s: beforehand %s says no", s.ID, e.Name, r.Rule)
						}
					}
				}
			}
		}
	}
}

// Every rule of who is entitled says also what it is like when it is fulfilled, and every paper has its sentence.
func TestEveryRuleExplainsItself(t *testing.T) {
	for _, tenant := range []string{"stadt", "staatsbad"} {
		c := offeredBy(t, tenant)
		for _, s := range c.Services() {
			if !s.Online() {
				continue
			}
			for name := range s.form.Outline().Rules {
				rule, is := strings.CutPrefix(name, "eligible.")
				for _, lang := range []string{"de", "en", "de-simple"} {
					if is && !s.texts.Knows(lang, "met."+rule) {
						t.Errorf("%s/texts/%s.yaml does not say met.%s", s.ID, lang, rule)
					}
				}
			}
		}
	}
}
