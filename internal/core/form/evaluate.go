package form

import (
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
)

// trouble is what is wrong with one answer: the keyword chooses the sentence, args fill it in.
type trouble struct {
	keyword string
	rule    string // the rule's name; empty for the schema and what belongs to it
	task    int    // of the rule, among the form's tasks
	part    string // of an answer made of several: which of its parts it is
	args    []any
	also    []trouble // what is wrong with its other parts
}

// state is one evaluation of a form: what counts, what is hidden, what is wrong. It lives as long as one call, or as a Session.
type state struct {
	f       *Form
	in      Input
	vars    expr.Vars
	pages   map[string]bool    // visible ones
	entries map[string]int     // of the lists that are there, by path
	at      []standing         // fields, by number
	misread map[string]trouble // what cannot be understood
	unfit   map[string]trouble // what the schema does not accept
	wrong   trouble            // what is wrong with the whole: a rule told at no field
	broken  map[int]string     // names of rules that could not be evaluated though everything they read is there, by their tasks

	asked    map[string]any   // the answers while they are read: as far as they were understood
	counting map[string]any   // the answers once they are checked: what does not fit is null
	failing  map[string][]int // rules that do not hold, by path, as tasks in order
	faults   map[int][]*expr.Rule
	drawn    []*Field // by number
	frames   []Page   // by number
	cost     *Fee
	entitled *Verdict
	brings   []Need

	recall   []recall    // by field number
	headings []*said     // by page number
	judged   []judgement // by unit number

	due    due
	now    int // the task that is done
	before int // a rule is asked: only rules before it count; 0: all of them
}

// standing is how a field stands.
type standing struct {
	shown   bool
	needed  bool // it has to be answered
	value   any  // what counts, as the schema wants it
	options []Option
	settled settled
	wrong   trouble // what is wrong in the end: misread, unfit, missing, or against a rule
}

// settled is what everything that comes after reading knows of a field.
type settled struct {
	shown, needed bool
	value         any // as rules see it
	wrong         trouble
}

// evaluate goes through the form once, in the order it is asked. A rule reads only what was asked before (Load checks that), so one
// round is enough and nothing can go in circles.
func (f *Form) evaluate(in Input) *state {
	s := f.start(in)
	s.run(f.graph.drawing)
	return s
}

// normal is the input as it counts: of the day only the date.
func (in Input) normal() Input {
	if in.Lang == "" {
		in.Lang = "de"
	}
	y, m, d := in.Day.Date()
	in.Day = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return in
}

// start makes a state in which everything is still to be done.
func (f *Form) start(in Input) *state {
	in = in.normal()
	s := &state{f: f, in: in, pages: map[string]bool{}, entries: map[string]int{}, at: make([]standing, len(f.graph.fields)),
		misread: map[string]trouble{}, unfit: map[string]trouble{}, broken: map[int]string{},
		asked: map[string]any{}, counting: map[string]any{}, failing: map[string][]int{}, faults: map[int][]*expr.Rule{},
		drawn: make([]*Field, len(f.graph.fields)), frames: make([]Page, len(f.pages)),
		recall: make([]recall, len(f.graph.fields)), headings: make([]*said, len(f.pages)), judged: make([]judgement, f.graph.units), due: allDue(len(f.graph.tasks))}
	for _, fd := range f.graph.fields { // what was not answered is null in every rule, not an error
		for _, answers := range []map[string]any{s.asked, s.counting} {
			switch {
			case fd.Kind == Repeat:
				put(answers, fd.Path, []any{})
			case fd.answers() && fd.in == nil:
				put(answers, fd.Path, nil)
			}
		}
	}
	s.vars = expr.Vars{"answers": s.asked, "tables": f.tables(in.Day), "day": in.Day.Format(time.DateOnly), "lang": in.Lang, "value": nil, "item": nil}
	return s
}

// ask shows a field and reads its answer, or hides it.
func (s *state) ask(fd *field) {
	if !s.pages[fd.page] || !s.there(fd) || !s.holds(fd.visible, true) {
		return
	}
	s.at[fd.number].shown = true
	switch {
	case fd.Kind == Entry:
		s.begin(fd)
	case fd.Kind == Repeat:
		if raw, _ := s.in.Answers.Get(fd.Path); tooMany(raw, fd.Most) {
			s.misread[fd.Path] = trouble{keyword: "maxItems", args: []any{"n", fd.Most}}
		}
	case fd.answers():
		s.read(fd)
		set(s.asked, fd.trail, forRules(fd.Kind, s.at[fd.number].value))
	}
}

// read takes one answer as far as it can be understood.
func (s *state) read(fd *field) {
	s.at[fd.number].needed = !fd.Optional || (fd.required != nil && s.holds(fd.required, false))
	if fd.Kind == Choice || fd.Kind == Choices || fd.Kind == Bool {
		s.at[fd.number].options = s.offered(fd)
	}
	raw := lookup(s.in.Answers, fd.trail)
	if empty(raw) && fd.initial != nil {
		if v, err := fd.initial.Any(s.vars); err == nil {
			raw = v
		} else {
			s.fault(fd.initial)
		}
	}
	if empty(raw) {
		return
	}
	v, t := s.interpret(fd, raw)
	if t != nil {
		s.misread[fd.Path] = *t
		return
	}
	if empty(v) { // nothing but blanks or invisible signs
		return
	}
	if fd.Kind == Consent && v == false {
		return // an empty box is no answer
	}
	s.at[fd.number].value = v
}

// nearest gives the field at path or the one that path lies inside (an item of a list).
func (f *Form) nearest(path string) *field {
	for path != "" {
		if fd := f.fields[path]; fd != nil {
			return fd
		}
		path = path[:strings.LastIndexByte(path, '/')]
	}
	return nil
}

// shows tells whether there is a field at a path.
func (s *state) shows(path string) bool {
	fd := s.f.fields[path]
	return fd != nil && s.at[fd.number].shown
}

// inOrder goes through all fields that are there, in the order they are asked.
func (s *state) inOrder(f func(*field)) {
	for _, p := range s.f.pages {
		for _, fd := range p.fields {
			if s.at[fd.number].shown {
				f(fd)
			}
		}
	}
}

// tooMany tells whether a list has more entries than are asked for.
func tooMany(raw any, most int) bool {
	list, _ := raw.([]any)
	return len(list) > most
}

// known tells whether everything a rule reads has been said: answered and right, hidden, or free to be left out.
func (s *state) known(r *expr.Rule) bool {
	for _, path := range r.Reads("answers") {
		if fd := s.f.nearest(path); fd != nil { // answers.place.street is known when the place is
			path = fd.Path
		}
		if !s.said(path) {
			return false
		}
		if fd := s.f.fields[path]; fd != nil && fd.Kind == Repeat { // a list is known when its entries are
			for _, inner := range s.f.graph.inner[path] {
				if !s.said(inner.Path) {
					return false
				}
			}
		}
	}
	return true
}

// said tells whether an answer is there and right, hidden, or free to be left out.
func (s *state) said(path string) bool {
	fd := s.f.fields[path]
	if fd == nil || !s.at[fd.number].shown {
		return true
	}
	at := &s.at[fd.number]
	t := at.wrong
	right := t.keyword == "" || s.before > 0 && t.task >= s.before
	return right && (!at.needed || at.value != nil)
}

// holds evaluates a condition; without one, otherwise counts. A condition without a value does not hold.
func (s *state) holds(r *expr.Rule, otherwise bool) bool {
	if r == nil {
		return otherwise
	}
	yes, err := r.Bool(s.vars)
	if err != nil {
		s.fault(r)
	}
	return err == nil && yes
}

// put sets a value in nested objects, in place.
func put(m map[string]any, path string, v any) { set(m, names(path), v) }

// set is put for what may be a list, and gives it back: a list may have grown.
func set(at any, parts []string, v any) any {
	if len(parts) == 0 {
		return v
	}
	list, isList := at.([]any)
	if n, ok := index(parts[0]); ok && n < mostEntries && (isList || at == nil) {
		for len(list) <= n {
			list = append(list, map[string]any{})
		}
		list[n] = set(list[n], parts[1:], v)
		return list
	}
	m, ok := at.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	m[parts[0]] = set(m[parts[0]], parts[1:], v)
	return m
}

// empty tells what counts as not answered.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return len(v) <= 4*utf8.UTFMax && strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// Clean gives what counts of the answers, as the schema wants it: hidden answers are gone, defaults are there, blanks and invisible
// signs at the ends are cut, plates and days have their one form. What cannot be understood stays as it was typed. An application holds
// cleaned answers.
func (f *Form) Clean(in Input) Answers { return f.evaluate(in).clean() }

func (s *state) clean() Answers {
	clean := map[string]any{}
	s.inOrder(func(fd *field) {
		raw, _ := s.in.Answers.Get(fd.Path)
		t := s.at[fd.number].wrong
		switch {
		case fd.Kind == Entry:
			put(clean, fd.Path, map[string]any{})
		case fd.Kind == Repeat && t.keyword != "":
			put(clean, fd.Path, raw)
		case !fd.answers():
		case s.at[fd.number].value != nil:
			put(clean, fd.Path, s.at[fd.number].value)
		case t.keyword != "" && (t.keyword != "missing" || t.part != ""): // half of an address is not nothing
			put(clean, fd.Path, raw)
		}
	})
	return clean
}

// Final is a form as it would be sent.
type Final struct {
	Answers  Answers     // what counts, see Clean
	Complete bool        // as View.Complete: it may be sent
	Fee      money.Cents // what it costs; 0 unless Complete
}

// Final looks at the form once more before it is sent: it gives what Clean and View would, in one round and without anything drawn.
func (f *Form) Final(in Input) Final {
	s := f.evaluate(in)
	end := Final{Answers: s.clean(), Complete: len(s.broken) == 0 && s.wrong.keyword == ""}
	s.inOrder(func(fd *field) { end.Complete = end.Complete && s.at[fd.number].wrong.keyword == "" })
	if !end.Complete {
		return end
	}
	verdict, fee := s.verdict(), s.fee()
	if end.Complete = fee != nil && verdict != nil && verdict.OK; end.Complete {
		end.Fee = fee.Amount
	}
	return end
}
