package service

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// everyForm calls f with every form that is shipped.
func everyForm(t testing.TB, f func(s *Service, examples []Example)) {
	for _, tenant := range []string{"stadt", "staatsbad"} {
		for _, s := range offeredBy(t, tenant).Services() {
			if !s.Online() {
				continue
			}
			if err := s.open(); err != nil {
				t.Fatal(err)
			}
			folder, err := fs.Sub(shipped, "services/"+s.ID)
			if err != nil {
				t.Fatal(err)
			}
			examples, err := Examples(folder, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			f(s, examples)
		}
	}
}

// touch is one thing that somebody does with a form: mostly sensible ones, as the fields want them, then and now nonsense.
func touch(r *rand.Rand, f *form.Form, v form.View, a form.Answers, examples []Example) form.Answers {
	var fields []form.Field
	for _, p := range v.Pages {
		for _, fd := range p.Fields {
			fields = append(fields, *fd)
		}
		fields = append(fields, p.Inputs()...)
	}
	if len(fields) == 0 || r.IntN(12) == 0 {
		paths := append(f.Paths(), "/nobody/asks", "", "/0", "/children")
		return a.With(paths[r.IntN(len(paths))], nonsense(r, 0))
	}
	fd := fields[r.IntN(len(fields))]
	switch n := r.IntN(20); {
	case fd.Add != "" && n < 14:
		return a.With(fd.Add, map[string]any{})
	case fd.Kind == form.Entry && n < 4:
		return a.With(fd.Path, nil)
	case n == 0:
		return a.With(fd.Path, nil)
	case n == 1:
		return a.With(fd.Path, nonsense(r, 0))
	case n < 14 && len(examples) > 0:
		if good, ok := examples[r.IntN(len(examples))].Answers.Get(fd.Path); ok {
			return a.With(fd.Path, good)
		}
	}
	if len(fd.Options) > 0 {
		o := fd.Options[r.IntN(len(fd.Options))].Value
		if fd.Kind != form.Choices {
			return a.With(fd.Path, o)
		}
		list, _ := fd.Value.([]any)
		return a.With(fd.Path, append([]any{o}, list[:min(len(list), r.IntN(3))]...))
	}
	typed := []string{"Renate", "3.4.1980", "1.12.2026", "12", "0", "12,50", "-1", "99999", "MI-RA 1848", "Klosterstraße 14", "R2D2 🚗", "true", "renate@example.org", "05731 140",
		"DE89370400440532013000", "9.30", "32545", strings.Repeat("x", 600), " "}
	return a.With(fd.Path, f.Parse(fd.Path, typed[r.IntN(len(typed))]))
}

func nonsense(r *rand.Rand, depth int) any {
	switch n := r.IntN(12); {
	case n == 0 && depth < 3:
		l := make([]any, r.IntN(40))
		for i := range l {
			l[i] = nonsense(r, depth+1)
		}
		return l
	case n < 3 && depth < 3:
		m := map[string]any{}
		for range r.IntN(4) {
			m[[]string{"name", "street", "0", "", "a/b", "born", "plate"}[r.IntN(7)]] = nonsense(r, depth+1)
		}
		return m
	}
	return []any{nil, "", "x", true, false, 0, 1.5, -1e300, json.Number("12"), json.Number("1e999"), "\u202e", int64(7), strings.Repeat("ä", 9000)}[r.IntN(13)]
}

// Whoever fills in a form sees at every step what he would see had the form been evaluated as a whole, whatever he did before.
func TestASessionShowsWhatAWholeEvaluationShows(t *testing.T) {
	rounds, steps := 6, 60
	if testing.Short() {
		rounds = 1
	}
	everyForm(t, func(s *Service, examples []Example) {
		for round := range rounds {
			r := rand.New(rand.NewPCG(uint64(round), 7))
			session := s.form.Begin()
			in := form.Input{Answers: form.Answers{}, Lang: "de", Day: s.tenant.newest()}
			if round%2 == 1 && len(examples) > 0 { // a form that is filled in
				in.Answers, in.Day = examples[r.IntN(len(examples))].Answers, examples[0].On()
			}
			v := session.View(in)
			for step := range steps {
				before, _ := json.Marshal(v)
				switch r.IntN(25) {
				case 0:
					in.Lang = []string{"de", "en", "de-simple", ""}[r.IntN(4)]
				case 1:
					in.Day = in.Day.AddDate(0, r.IntN(30)-14, 0)
				case 2:
					in.Day = in.Day.Add(time.Duration(r.IntN(86400)) * time.Second)
				case 3:
					in.Answers = form.Answers{}
				case 4:
					if len(examples) > 0 {
						in.Answers = examples[r.IntN(len(examples))].Answers
					}
				default:
					in.Answers = touch(r, s.form, v, in.Answers, examples)
				}
				old := v
				v = session.View(in)
				if whole := s.form.View(in); !reflect.DeepEqual(v, whole) {
					t.Fatalf("%s, round %d, step %d: the session shows something else: %s", s.ID, round, step, difference(v, whole))
				}
				if after, _ := json.Marshal(old); string(before) != string(after) {
					t.Fatalf("%s, round %d, step %d: a view changed after it was given", s.ID, round, step)
				}
			}
		}
	})
}

// difference names the first place where two views differ.
func difference(a, b form.View) string {
	for i := range min(len(a.Pages), len(b.Pages)) {
		x, y := a.Pages[i], b.Pages[i]
		for j := range min(len(x.Fields), len(y.Fields)) {
			if !reflect.DeepEqual(x.Fields[j], y.Fields[j]) {
				return fmt.Sprintf("\n%+v\n%+v", x.Fields[j], y.Fields[j])
			}
		}
		if !reflect.DeepEqual(x, y) {
			return fmt.Sprintf("page %s, %d and %d fields, done %v and %v", x.ID, len(x.Fields), len(y.Fields), x.Done, y.Done)
		}
	}
	a.Pages, b.Pages = nil, nil
	return fmt.Sprintf("\n%+v\n%+v", a, b)
}

// offeredForms are some forms of every kind: with photos and places, with lists, with tables.
func offeredForms(t testing.TB) (all []*Service, examples [][]Example) {
	everyForm(t, func(s *Service, e []Example) {
		all, examples = append(all, s), append(examples, e)
	})
	return all, examples
}

// FuzzAnswers gives any JSON to the forms that are shipped.
func FuzzAnswers(f *testing.F) {
	all, examples := offeredForms(f)
	for i, e := range examples {
		for _, x := range e {
			if data, err := json.Marshal(x.Answers); err == nil {
				f.Add(uint8(i), data)
			}
		}
	}
	f.Add(uint8(0), []byte(`{"":{"":[]},"0":1e400,"children":[[[]],{"0":{}}],"name":{"a":null}}`))
	f.Fuzz(func(t *testing.T, n uint8, data []byte) {
		var a form.Answers
		if json.Unmarshal(data, &a) != nil {
			return
		}
		s := all[int(n)%len(all)]
		began := time.Now()
		day := s.tenant.newest()
		v := s.View(a, "de", day)
		problems := s.Check(a, day)
		clean := s.Clean(a, day)
		if v.Complete && len(s.Check(clean, day)) > 0 {
			t.Fatalf("%s: complete at the terminal, refused at the town hall: %v", s.ID, s.Check(clean, day))
		}
		if len(problems) == 0 && !v.Complete {
			t.Fatalf("%s: accepted at the town hall, incomplete at the terminal", s.ID)
		}
		session := s.Begin()
		session.View(form.Input{Lang: "en", Day: day})
		session.View(form.Input{Answers: clean, Lang: "de", Day: day})
		if got := session.View(form.Input{Answers: a, Lang: "de", Day: day}); !reflect.DeepEqual(got, v) {
			t.Fatalf("%s: a session shows something else: %s", s.ID, difference(got, v))
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Fatalf("%s took %v", s.ID, d)
		}
	})
}

// FuzzSession lets somebody do anything with a form, and types any text.
func FuzzSession(f *testing.F) {
	all, examples := offeredForms(f)
	for i := range all {
		f.Add(uint8(i), uint64(i), "Renate")
	}
	f.Fuzz(func(t *testing.T, n uint8, seed uint64, typed string) {
		i := int(n) % len(all)
		s, r := all[i], rand.New(rand.NewPCG(seed, 11))
		session, in := s.form.Begin(), form.Input{Answers: form.Answers{}, Lang: "de", Day: s.tenant.newest()}
		if e := examples[i]; len(e) > 0 && seed%3 > 0 {
			in.Answers, in.Day = e[r.IntN(len(e))].Answers, e[0].On()
		}
		v := session.View(in)
		for step := range 12 {
			in.Answers = touch(r, s.form, v, in.Answers, examples[i])
			if step%3 == 0 {
				paths := s.form.Paths()
				path := paths[r.IntN(len(paths))]
				in.Answers = in.Answers.With(path, s.form.Parse(path, typed))
			}
			v = session.View(in)
			if whole := s.form.View(in); !reflect.DeepEqual(v, whole) {
				t.Fatalf("%s, step %d: %s", s.ID, step, difference(v, whole))
			}
		}
	})
}
