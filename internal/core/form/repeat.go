package form

import (
	"slices"
	"strconv"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
)

// mostEntries is how many entries a repeat may have at most: more is a list to be handed in as a file.
const mostEntries = 30

// repeat compiles a repeat: what its entries are asked is compiled once, and asked at every place of the list.
func (f *Form) repeat(c *Compiler, fl fieldLayout, pl pageLayout, asked []string, leaves map[string]leaf) []*field {
	list := &field{fieldLayout: fl, page: pl.ID, name: strings.Join(names(fl.Path), ".")}
	if fl.Least < 0 || fl.Most < 1 || fl.Most < fl.Least || fl.Most > mostEntries {
		c.fail("%s: least and most have to be numbers up to %d", fl.Path, mostEntries)
		return nil
	}
	leaf, ok := leaves[fl.Path]
	switch {
	case !ok || !leaf.list:
		c.fail("%s: schema.json does not have it as a list of objects", fl.Path)
		return nil
	case leaf.items < fl.Most:
		c.fail("%s: maxItems of schema.json has to be at least the %d that are asked for", fl.Path, fl.Most)
	case leaf.required && (fl.Least == 0 || fl.Visible.Text != "" || pl.Visible.Text != ""):
		c.fail("%s: required by schema.json, but it can be empty or hidden here", fl.Path)
	}
	list.visible = c.Rule(fl.Visible, list.name+".visible")
	c.asked(list.visible, asked)
	c.key("field." + list.name + ".entry")
	c.key("field." + list.name + ".more")
	var known []string // within an entry
	for _, inner := range fl.Fields {
		within := inner.Path
		inner.Path = fl.Path + "/*" + within
		if inner.Kind == Repeat || inner.Kind == Place || inner.Kind == Photos || inner.Kind == Files || inner.Kind == Signature {
			c.fail("%s: a %s cannot be asked in a list", inner.Path, inner.Kind)
			continue
		}
		fd := f.field(c, inner, pl.ID, asked, leaves)
		fd.in = list
		for _, r := range append(fd.reading(), fd.value) {
			c.askedIn(r, known, fl.Path, list.items)
		}
		if fd.answers() {
			known = append(known, within)
		}
		list.items = append(list.items, fd)
	}
	for path := range leaves {
		if within, inside := strings.CutPrefix(path, fl.Path+"/*"); inside && !slices.Contains(known, within) {
			c.fail("schema.json has %s, but nobody asks for it", path)
		}
	}
	list.rules = c.rules(fl.Rules, "rule.", asked)
	for _, r := range list.rules {
		c.askedIn(r.holds, known, fl.Path, list.items)
		if !slices.Contains(known, r.Path) {
			c.fail("rule.%s: there is no %s in an entry of %s", r.Name, r.Path, fl.Path)
		}
	}
	var all []*field
	add := func(fd *field) {
		if f.fields[fd.Path] != nil {
			c.fail("path %s stands there twice", fd.Path)
		}
		f.fields[fd.Path] = fd
		all = append(all, fd)
	}
	for i := range fl.Most {
		at := fl.Path + "/" + strconv.Itoa(i)
		add(&field{fieldLayout: fieldLayout{Path: at, Kind: Entry}, page: pl.ID, name: list.name, in: list, index: i})
		for _, item := range list.items {
			one := *item
			one.Path, one.index = at+strings.TrimPrefix(item.Path, fl.Path+"/*"), i
			add(&one)
		}
	}
	add(list)
	return all
}

// askedIn notes a problem when a rule of an entry reads something of it that is not among those asked before.
func (c *Compiler) askedIn(r *expr.Rule, before []string, list string, items []*field) {
	if r == nil {
		return
	}
	for _, path := range r.Reads("item") {
		if !slices.ContainsFunc(before, func(asked string) bool { return path == asked || strings.HasPrefix(path, asked+"/") }) {
			c.failAt(r.At(), "reads item%s, which nobody asks before", strings.ReplaceAll(path, "/", "."))
		}
		for _, fd := range items {
			if within := strings.TrimPrefix(fd.Path, list+"/*"); path == within || strings.HasPrefix(path, within+"/") {
				if why := fd.lacks(strings.TrimPrefix(path, within)); why != "" {
					c.failAt(r.At(), "reads item%s, but %s", strings.ReplaceAll(path, "/", "."), why)
				}
			}
		}
	}
}

// count is how many entries of a list are asked for.
func (s *state) count(list *field) int {
	raw, _ := s.in.Answers.Get(list.Path)
	entries, _ := raw.([]any)
	return min(max(len(entries), list.Least), list.Most)
}

// there tells whether a field of a list belongs to an entry that is there, on a list that is asked for. It makes the entry the item that
// expressions see.
func (s *state) there(fd *field) bool {
	s.vars["item"] = nil
	if fd.in == nil {
		return true
	}
	if fd.index >= s.entries[fd.in.Path] {
		return false
	}
	s.vars["item"] = s.item(fd)
	return true
}

// item is what was said in a field's entry, as rules see it.
func (s *state) item(fd *field) any {
	if fd.in == nil {
		return nil
	}
	v, _ := Answers(s.vars["answers"].(map[string]any)).Get(fd.in.Path + "/" + strconv.Itoa(fd.index))
	return v
}

// begin makes room for an entry: what was not answered is null in every rule.
func (s *state) begin(entry *field) {
	for _, answers := range []map[string]any{s.asked, s.counting} {
		put(answers, entry.Path, map[string]any{})
		for _, item := range entry.in.items {
			if item.answers() {
				put(answers, entry.Path+strings.TrimPrefix(item.Path, entry.in.Path+"/*"), nil)
			}
		}
	}
}

// knownIn tells whether everything that a rule reads of an entry has been said.
func (s *state) knownIn(r *expr.Rule, entry string) bool {
	for _, path := range r.Reads("item") {
		if fd := s.f.nearest(entry + path); fd != nil {
			path = strings.TrimPrefix(fd.Path, entry)
		}
		if !s.said(entry + path) {
			return false
		}
	}
	return true
}

// entry draws the head of an entry, and the end of its list.
func (s *state) entry(fd *field) Field {
	n := s.count(fd.in)
	return Field{Path: fd.Path, Kind: Entry, Label: s.say("field."+fd.name+".entry", "n", fd.index+1), Remove: n > fd.in.Least}
}

func (s *state) more(list *field) Field {
	d := Field{Path: list.Path, Kind: Repeat, Label: s.say("field." + list.name + ".more"), Hint: s.optional("field." + list.name + ".hint"), Max: list.Most}
	if n := s.count(list); n < list.Most {
		d.Add = list.Path + "/" + strconv.Itoa(n)
	}
	if t := s.at[list.number].wrong; t.keyword != "" {
		d.Problem = s.sentence(list, t)
	}
	return d
}

// entryPath is the path of the entry that a field is asked in.
func (f *field) entryPath() string { return f.in.Path + "/" + strconv.Itoa(f.index) }

// index reads a place in a list out of a path.
func index(name string) (int, bool) {
	if name == "" || len(name) > 4 || strings.Trim(name, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(name)
	return n, err == nil
}

// entryName is how an answer of a list is named among what was said: "children.0.name".
func entryName(path string) string { return strings.Join(names(path), ".") }
