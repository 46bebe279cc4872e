package form

import (
	"maps"
	"reflect"
	"slices"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
)

// run does what is due and comes before a task.
func (s *state) run(until int) {
	g := s.f.graph
	for n := s.due.next(0); n >= 0 && n < until; n = s.due.next(n + 1) {
		s.due.done(n)
		s.now = n
		delete(s.faults, n)
		if s.vars["answers"] = s.asked; n >= g.checked {
			s.vars["answers"] = s.counting
		}
		g.tasks[n](s)
	}
	s.vars["answers"] = s.counting
}

// openPage says whether a page is there.
func (s *state) openPage(i int) {
	p, g := s.f.pages[i], s.f.graph
	open := s.holds(p.visible, true)
	if open == s.pages[p.ID] {
		return
	}
	if s.pages[p.ID] = open; !open {
		delete(s.pages, p.ID)
	}
	s.due.add(g.frames[i])
	for _, fd := range p.fields {
		s.due.add(g.read[fd.number])
		if list, is := g.lists[fd.Path]; is {
			s.due.add(list)
		}
	}
}

// openList says how many entries a list has. When that changes all of them are read again.
func (s *state) openList(list *field) {
	g, n := s.f.graph, 0
	if s.pages[list.page] && s.holds(list.visible, true) {
		n = s.count(list)
	}
	if n == s.entries[list.Path] {
		return
	}
	s.entries[list.Path] = n
	put(s.asked, list.Path, []any{})
	put(s.counting, list.Path, []any{})
	s.due.add(g.draw[list.number])
	for _, fd := range g.inner[list.Path] {
		s.due.add(g.read[fd.number])
		s.due.add(g.settle[fd.number])
		s.due.add(g.draw[fd.number])
	}
}

// readField asks a field anew.
func (s *state) readField(fd *field) {
	g, path := s.f.graph, fd.Path
	at := &s.at[fd.number]
	was, misread := *at, s.misread[path]
	if was.shown {
		at.shown, at.needed, at.value, at.options = false, false, nil, nil
		delete(s.misread, path)
		if fd.answers() && (fd.in == nil || fd.index < s.entries[fd.in.Path]) {
			set(s.asked, fd.trail, nil)
		}
	}
	s.vars["item"] = nil
	s.ask(fd)
	s.vars["item"] = nil
	for _, inner := range g.within[fd.number] { // an entry is empty until they are read
		s.due.add(g.read[inner.number])
		s.due.add(g.settle[inner.number])
	}
	moved := was.shown != at.shown
	if moved || !same(was.value, at.value) {
		s.due.addAll(g.early[fd.number])
		if unit := g.unit[fd.number]; unit >= 0 {
			s.due.add(unit)
		}
	} else if was.needed == at.needed && misread.same(s.misread[path]) && sameOptions(was.options, at.options) {
		return
	}
	s.due.add(g.settle[fd.number])
	s.due.add(g.draw[fd.number])
	if moved {
		s.due.add(g.frames[fd.pageNumber])
	}
}

// settle says what counts of a field once the schema has judged, and what is wrong with it so far.
func (s *state) settle(fd *field) {
	g, path := s.f.graph, fd.Path
	at := &s.at[fd.number]
	now := settled{shown: at.shown, needed: at.needed, value: forRules(fd.Kind, at.value), wrong: s.misread[path]}
	if now.wrong.keyword == "" {
		now.wrong = s.unfit[path]
	}
	switch {
	case now.wrong.keyword != "": // rules do not count with what does not fit
		now.value = nil
	case now.needed && now.value == nil:
		now.wrong = trouble{keyword: "missing"}
	}
	if fd.answers() && (fd.in == nil || s.at[s.f.fields[fd.entry()].number].shown) {
		set(s.counting, fd.trail, now.value)
	}
	was := &at.settled
	if was.shown == now.shown && was.needed == now.needed && same(was.value, now.value) && was.wrong.same(now.wrong) {
		return
	}
	at.settled = now
	s.reckon(path)
	s.due.add(g.draw[fd.number])
	s.due.addAll(g.late[fd.number])
}

// reckon says what is wrong at a path: what is wrong with the answer itself, else the first rule that does not hold. It tells whether that changed.
func (s *state) reckon(path string) bool {
	t, wrong := trouble{}, &s.wrong
	if fd := s.f.fields[path]; fd != nil {
		t, wrong = s.at[fd.number].settled.wrong, &s.at[fd.number].wrong
	}
	if broken := s.failing[path]; t.keyword == "" && len(broken) > 0 {
		t = trouble{keyword: "rule", rule: s.f.graph.ruleAt[broken[0]], task: broken[0]}
	}
	if t.same(*wrong) {
		return false
	}
	*wrong = t
	return true
}

// ruleOn asks a rule between answers; at is the entry that it is asked of, target where its sentence stands.
func (s *state) ruleOn(r rule, at *field, target string) {
	delete(s.broken, s.now)
	fails := false
	s.before, s.vars["item"] = s.now, nil
	if at != nil && s.at[at.number].shown {
		s.vars["item"] = s.item(at)
	}
	if s.known(r.holds) && (at == nil || s.at[at.number].shown && s.knownIn(r.holds, at.Path)) && (target == "" || s.shows(target)) {
		holds, err := r.holds.Bool(s.vars)
		if err != nil {
			s.broken[s.now] = r.Name
			s.failed(r.holds)
		}
		fails = err == nil && !holds
	}
	s.before, s.vars["item"] = 0, nil
	place, failed := slices.BinarySearch(s.failing[target], s.now)
	switch {
	case fails == failed:
		return
	case fails:
		s.failing[target] = slices.Insert(s.failing[target], place, s.now)
	default:
		s.failing[target] = slices.Delete(s.failing[target], place, place+1)
	}
	if fd := s.f.fields[target]; s.reckon(target) && fd != nil {
		g := s.f.graph
		s.due.add(g.draw[fd.number])
		for _, task := range g.late[fd.number] {
			if task > s.now { // those before it do not count with it
				s.due.add(task)
			}
		}
	}
}

// drawField draws a field that is there.
func (s *state) drawField(fd *field) {
	s.due.add(s.f.graph.frames[fd.pageNumber])
	if s.drawn[fd.number] = nil; s.at[fd.number].shown {
		s.drawn[fd.number] = s.look(fd)
	}
}

// failed notes a rule that could not be evaluated although it should.
func (s *state) failed(r *expr.Rule) {
	if !slices.Contains(s.faults[s.now], r) {
		s.faults[s.now] = append(s.faults[s.now], r)
	}
}

// fault notes a rule that could not be evaluated, if everything that it reads was answered: of what was not answered a rule need not know anything.
func (s *state) fault(r *expr.Rule) {
	if s.answered(r) {
		s.failed(r)
	}
}

// unsaid notes those of a sentence's rules that could not be evaluated.
func (s *state) unsaid(rules ...*expr.Rule) {
	for _, r := range rules {
		if _, err := r.Any(s.vars); err != nil {
			s.fault(r)
		}
	}
}

// answered tells whether there is something wherever the rule reads.
func (s *state) answered(r *expr.Rule) bool {
	for _, path := range r.Reads("answers") {
		if v, _ := Answers(s.vars["answers"].(map[string]any)).Get(path); v == nil {
			return false
		}
	}
	item, _ := object(s.vars["item"])
	for _, path := range r.Reads("item") {
		if v, _ := Answers(item).Get(path); v == nil {
			return false
		}
	}
	return true
}

// places are those of the rules that could not be evaluated, each once.
func (s *state) places() []expr.Place {
	var places []expr.Place
	for _, task := range slices.Sorted(maps.Keys(s.faults)) {
		for _, r := range s.faults[task] {
			if !slices.Contains(places, r.At()) {
				places = append(places, r.At())
			}
		}
	}
	return places
}

// same compares what is wrong with an answer.
func (t trouble) same(u trouble) bool {
	if t.keyword != u.keyword || t.rule != u.rule || t.task != u.task || t.part != u.part {
		return false
	}
	return len(t.args)+len(u.args)+len(t.also)+len(u.also) == 0 || reflect.DeepEqual(t.args, u.args) && reflect.DeepEqual(t.also, u.also)
}

func sameOptions(a, b []Option) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || reflect.DeepEqual(a, b))
}

// same compares values of answers.
func same(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, is := b.(string)
		return is && x == y
	case bool:
		y, is := b.(bool)
		return is && x == y
	case int64:
		y, is := b.(int64)
		return is && x == y
	}
	return reflect.DeepEqual(a, b)
}
