package form

import (
	"reflect"
	"sync"
)

// Session is a form while somebody fills it in. Its View gives what Form.View gives, and evaluates only what depends on what changed since the last one.
// It remembers what was answered until Forget. It is safe for use by several goroutines; a nil Session shows an empty View.
type Session struct {
	form *Form

	mu    sync.Mutex
	state *state
	raw   []any // the answers of the last View, by field number
	over  bool
}

// Begin gives a Session in which nothing was answered yet.
func (f *Form) Begin() *Session { return &Session{form: f, raw: make([]any, len(f.graph.fields))} }

// View is Form.View.
func (x *Session) View(in Input) View {
	if x == nil {
		return View{}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over {
		return x.form.View(in)
	}
	in = in.normal()
	s := x.state
	x.state = nil // should something go wrong the next View begins anew
	if s == nil || s.in.Lang != in.Lang || !s.in.Day.Equal(in.Day) {
		s = x.form.start(in)
	}
	s.in = in
	x.changed(s)
	s.run(len(x.form.graph.tasks))
	s.in.Answers = nil
	x.state = s
	return s.view()
}

// Forget forgets what was answered. A Session that is asked again afterwards remembers nothing more.
func (x *Session) Forget() {
	if x == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.state != nil {
		clear(x.state.at)
		clear(x.state.asked)
		clear(x.state.counting)
		clear(x.state.drawn)
		clear(x.state.frames)
		clear(x.state.recall)
		clear(x.state.judged)
	}
	clear(x.raw)
	x.state, x.raw, x.over = nil, nil, true
}

// length stands for a list whose entries are asked one by one.
type length int

// changed marks what depends on the answers that are other than the last ones.
func (x *Session) changed(s *state) {
	g := x.form.graph
	at, around := -1, any(nil) // what the field before was looked up in
	for i, fd := range g.fields {
		if fd.Kind != Repeat && !fd.answers() {
			continue
		}
		if fd.around != at {
			at, around = fd.around, lookup(s.in.Answers, fd.trail[:len(fd.trail)-1])
		}
		raw := member(around, fd.trail[len(fd.trail)-1])
		if list, is := raw.([]any); is && fd.Kind == Repeat {
			raw = length(len(list)) // what its entries say is looked at one by one
		}
		if same(x.raw[i], raw) {
			continue
		}
		x.raw[i] = kept(raw)
		s.due.add(g.read[i])
		s.due.add(g.draw[i])
		if fd.Kind == Repeat {
			s.due.add(g.lists[fd.Path])
		}
	}
}

// lookup is Answers.Get for a path that is divided already.
func lookup(a Answers, parts []string) any {
	var at any = map[string]any(a)
	for _, name := range parts {
		if at = member(at, name); at == nil {
			return nil
		}
	}
	return at
}

// member is what has a name in an object, or a number in a list.
func member(at any, name string) any {
	if list, is := at.([]any); is {
		n, ok := index(name)
		if !ok || n >= len(list) {
			return nil
		}
		return list[n]
	}
	m, _ := object(at)
	return m[name]
}

// kept is a value that stays as it is whatever becomes of the one it was taken from.
func kept(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, x := range v {
			m[name] = kept(x)
		}
		return m
	case Answers:
		m := make(Answers, len(v))
		for name, x := range v {
			m[name] = kept(x)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, x := range v {
			l[i] = kept(x)
		}
		return l
	}
	if v != nil && reflect.TypeOf(v).Kind() == reflect.Slice { // such as a list of texts
		c := reflect.MakeSlice(reflect.TypeOf(v), reflect.ValueOf(v).Len(), reflect.ValueOf(v).Len())
		reflect.Copy(c, reflect.ValueOf(v))
		return c.Interface()
	}
	return v
}
