package form

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
)

// graph is what an evaluation consists of, and what of it depends on what. It is made once, when the form is loaded.
//
// Its tasks stand in an order in which each reads only what those before it left: pages, lists and fields are read as they are asked, then the schema
// judges, then the rules, then everything is drawn. Doing those that depend on a change, in this order, therefore gives what doing all of them gives.
// A task that leaves something else than before marks those that depend on it.
type graph struct {
	fields []*field            // all of them, by number
	inner  map[string][]*field // what is asked in a list, by the list's path
	within [][]*field          // of an entry: what is asked in it, by number
	under  map[string][]int    // numbers of the fields that lie inside a path

	tasks   []func(*state)
	checked int // the first task that comes when everything is read
	drawing int // the first that draws

	pages, frames      []int          // tasks by page: is it there, put it together
	lists              map[string]int // how many entries a list has, by its path
	read, settle, draw []int          // by field number
	unit               []int          // by field number: what the schema judges together with it, -1: nothing
	early              [][]int        // by field number: tasks that read its answer while others are still read
	late               [][]int        // by field number: tasks that want to know of it when everything is checked
	ruleAt             map[int]string // names of the rules, by their tasks
	fee, verdict       int
	units              int // how many there are
}

func (f *Form) connect() *graph {
	g := &graph{inner: map[string][]*field{}, under: map[string][]int{}, lists: map[string]int{}, ruleAt: map[int]string{}}
	objects := map[string]int{}
	for i, p := range f.pages {
		for _, fd := range p.fields {
			object := fd.Path[:strings.LastIndexByte(fd.Path, '/')+1]
			if _, known := objects[object]; !known {
				objects[object] = len(objects)
			}
			fd.pageNumber, fd.around = i, objects[object]
			fd.number, fd.trail, fd.say, fd.fixed = len(g.fields), names(fd.Path), keysOf(fd.name), fd.hasFixedOptions()
			g.fields = append(g.fields, fd)
			if fd.in != nil {
				g.inner[fd.in.Path] = append(g.inner[fd.in.Path], fd)
			}
		}
	}
	n := len(g.fields)
	g.read, g.settle, g.draw, g.unit = make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	g.early, g.late, g.within = make([][]int, n), make([][]int, n), make([][]*field, n)
	for _, fd := range g.fields {
		for at := fd.Path; at != ""; {
			at = at[:max(0, strings.LastIndexByte(at, '/'))]
			g.under[at] = append(g.under[at], fd.number)
		}
		if fd.in != nil && fd.Kind != Entry {
			entry := f.fields[fd.entry()]
			g.within[entry.number] = append(g.within[entry.number], fd)
		}
	}
	g.reading(f)
	g.judging(f)
	g.showing(f)
	for i := range n {
		g.early[i], g.late[i] = ordered(g.early[i]), ordered(g.late[i])
	}
	return g
}

func ordered(tasks []int) []int {
	slices.Sort(tasks)
	return slices.Compact(tasks)
}

func (g *graph) add(do func(*state)) int {
	g.tasks = append(g.tasks, do)
	return len(g.tasks) - 1
}

// reading adds what reads the answers.
func (g *graph) reading(f *Form) {
	for i, p := range f.pages {
		page := g.add(func(s *state) { s.openPage(i) })
		g.pages = append(g.pages, page)
		g.wants(f, g.early, page, nil, p.visible)
		for _, fd := range p.fields {
			if fd.Kind == Entry && fd.index == 0 {
				list := g.add(func(s *state) { s.openList(fd.in) })
				g.lists[fd.in.Path] = list
				g.wants(f, g.early, list, nil, fd.in.visible)
			}
			g.read[fd.number] = g.add(func(s *state) { s.readField(fd) })
			g.wants(f, g.early, g.read[fd.number], fd, fd.reading()...)
		}
	}
	g.checked = len(g.tasks)
}

// judging adds what says whether the answers are right.
func (g *graph) judging(f *Form) {
	for i := range g.unit {
		g.unit[i] = -1
	}
	units := f.units(g.fields)
	g.units = len(units)
	for _, u := range units {
		task := g.add(func(s *state) { s.validate(u) })
		for _, fd := range u.fields {
			g.unit[fd.number] = task
		}
	}
	for _, fd := range g.fields {
		g.settle[fd.number] = g.add(func(s *state) { s.settle(fd) })
	}
	ask := func(r rule, at *field, target string) {
		task := g.add(func(s *state) { s.ruleOn(r, at, target) })
		g.ruleAt[task] = r.Name
		g.wants(f, g.late, task, at, r.holds)
		for _, fd := range []*field{at, f.fields[target]} {
			if fd != nil {
				g.late[fd.number] = append(g.late[fd.number], task)
			}
		}
	}
	for _, r := range f.rules {
		ask(r, nil, r.Path)
	}
	for _, fd := range g.fields {
		if fd.Kind == Entry {
			for _, r := range fd.in.rules {
				ask(r, fd, fd.Path+r.Path)
			}
		}
	}
}

// showing adds what draws.
func (g *graph) showing(f *Form) {
	g.drawing = len(g.tasks)
	sentences := map[string][]*expr.Rule{} // what fills them in, by the rule's name
	targets := map[string][]string{}       // names of the rules whose sentence can stand at a path
	for _, r := range f.rules {
		sentences[r.Name] = append(sentences[r.Name], r.says.rules()...)
		targets[r.Path] = append(targets[r.Path], r.Name)
	}
	for _, fd := range g.fields {
		if fd.Kind == Repeat {
			for _, r := range fd.rules {
				sentences[r.Name] = append(sentences[r.Name], r.says.rules()...)
			}
		}
		if fd.Kind == Entry {
			for _, r := range fd.in.rules {
				targets[fd.Path+r.Path] = append(targets[fd.Path+r.Path], r.Name)
			}
		}
	}
	for _, fd := range g.fields {
		task := g.add(func(s *state) { s.drawField(fd) })
		g.draw[fd.number] = task
		g.wants(f, g.late, task, fd, fd.value)
		for _, n := range fd.notes {
			g.wants(f, g.late, task, fd, append(n.say.rules(), n.when)...)
		}
		for _, name := range targets[fd.Path] {
			g.wants(f, g.late, task, fd, sentences[name]...)
		}
	}
	for i, p := range f.pages {
		g.frames = append(g.frames, g.add(func(s *state) {
			if s.pages[p.ID] {
				s.frames[i] = s.page(p, i)
			}
		}))
	}
	g.fee = g.add(func(s *state) { s.cost = s.fee() })
	if f.fee != nil {
		g.wants(f, g.late, g.fee, nil, f.fee.amount)
		for _, st := range f.fee.steps {
			g.wants(f, g.late, g.fee, nil, append(append(st.label.rules(), st.value.rules()...), st.when)...)
		}
	}
	g.verdict = g.add(func(s *state) { s.entitled = s.verdict() })
	papers := g.add(func(s *state) { s.brings = s.papers() })
	for _, n := range f.needs {
		g.wants(f, g.late, papers, nil, append(n.say.rules(), n.when)...)
	}
	for _, r := range f.elig {
		g.wants(f, g.late, g.verdict, nil, append(r.says.rules(), r.holds)...)
	}
}

// wants notes that a task depends on what rules read; at is the field whose entry they see as item.
func (g *graph) wants(f *Form, by [][]int, task int, at *field, rules ...*expr.Rule) {
	for _, r := range rules {
		if r == nil {
			continue
		}
		for _, path := range r.Reads("answers") {
			g.note(f, by, task, path)
		}
		if at == nil || at.in == nil {
			continue
		}
		for _, path := range r.Reads("item") {
			g.note(f, by, task, at.entry()+path)
		}
	}
}

// note notes that a task depends on everything at a path: on the field there or around it, and on those inside.
func (g *graph) note(f *Form, by [][]int, task int, path string) {
	if fd := f.nearest(path); fd != nil {
		by[fd.number] = append(by[fd.number], task)
		for _, inner := range g.inner[fd.Path] {
			by[inner.number] = append(by[inner.number], task)
		}
	}
	for _, n := range g.under[path] {
		by[n] = append(by[n], task)
	}
}

// entry is the path of the entry that the field is, or is asked in.
func (f *field) entry() string { return f.in.Path + "/" + strconv.Itoa(f.index) }

// due are the tasks that are still to be done.
type due []uint64

func allDue(n int) due {
	d := make(due, (n+63)/64)
	for i := range n {
		d.add(i)
	}
	return d
}

func (d due) add(task int) { d[task/64] |= 1 << (task % 64) }

func (d due) addAll(tasks []int) {
	for _, t := range tasks {
		d.add(t)
	}
}

func (d due) done(task int) { d[task/64] &^= 1 << (task % 64) }

// next is the first task from one on, -1: none.
func (d due) next(from int) int {
	for i := from / 64; i < len(d); i++ {
		word := d[i]
		if i == from/64 {
			word &= ^uint64(0) << (from % 64)
		}
		if word != 0 {
			return i*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}
