package form

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// Check says what is not acceptable in an application: the same rules as View, for the town hall. Answers that are hidden or that
// nobody asks for must be absent, nothing may be missing, schema, rules and eligibility hold, the fee can be said. No Problem means that
// all is well. Devices send cleaned answers (see Clean), but blanks around an answer are no Problem.
func (f *Form) Check(in Input) []Problem {
	s := f.evaluate(in)
	var problems []Problem
	if s.strangers(map[string]any(in.Answers), "", 0) {
		problems = append(problems, Problem{Rule: "schema", Text: s.say("form.problem.strange")}) // the name itself could be somebody's words
	}
	s.inOrder(func(fd *field) {
		if t := s.at[fd.number].wrong; fd.Kind == Repeat && t.keyword != "" {
			problems = append(problems, Problem{fd.Path, cmp.Or(t.rule, "schema"), s.sentence(fd, t)})
		}
	})
	for _, path := range f.Paths() {
		fd := f.fields[path]
		raw, _ := in.Answers.Get(path)
		t := s.at[fd.number].wrong
		switch {
		case !s.at[fd.number].shown:
			if raw != nil {
				problems = append(problems, Problem{path, "hidden", s.say("form.problem.hidden")})
			}
		case t.rule != "":
			problems = append(problems, Problem{path, t.rule, s.sentence(fd, t)})
		case t.keyword != "":
			problems = append(problems, Problem{path, "schema", s.sentence(fd, t)})
		}
	}
	if t := s.wrong; t.rule != "" {
		problems = append(problems, Problem{"", t.rule, s.ruled(t.rule)})
	}
	for _, task := range slices.Sorted(maps.Keys(s.broken)) {
		problems = append(problems, Problem{"", s.broken[task], s.say("form.problem.broken")})
	}
	verdict := s.verdict()
	if verdict != nil {
		for _, r := range verdict.Reasons {
			problems = append(problems, Problem{"", r.Rule, r.Text})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	if verdict == nil {
		problems = append(problems, Problem{"", "eligible", s.say("form.problem.broken")})
	}
	if s.fee() == nil {
		problems = append(problems, Problem{"", "fee", s.say("form.problem.broken")})
	}
	return problems
}

// strangers tells whether there is an answer that the form does not ask for.
func (s *state) strangers(m map[string]any, at string, depth int) bool {
	for name, v := range m {
		path := at + "/" + escape(name)
		if fd := s.f.fields[path]; fd != nil && fd.answers() {
			continue
		} else if fd != nil && fd.Kind == Repeat {
			if s.strangeEntries(v, path, depth) {
				return true
			}
			continue
		}
		inner, ok := object(v)
		if !ok || depth > 8 || !slices.ContainsFunc(s.f.Paths(), func(p string) bool { return len(p) > len(path) && p[:len(path)+1] == path+"/" }) {
			return true
		}
		if s.strangers(inner, path, depth+1) {
			return true
		}
	}
	return false
}

func (s *state) strangeEntries(v any, path string, depth int) bool {
	list, ok := v.([]any)
	if !ok {
		return true
	}
	for i, e := range list[:min(len(list), mostEntries+1)] {
		entry, ok := object(e)
		if !ok || i < mostEntries && s.f.fields[path+"/"+strconv.Itoa(i)] != nil && s.strangers(entry, path+"/"+strconv.Itoa(i), depth+1) {
			return true
		}
	}
	return false
}
