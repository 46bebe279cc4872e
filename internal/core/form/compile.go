package form

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Compiler turns the expressions of one file into rules and collects what is wrong with them, so that one look at the error shows
// everything. Expressions see answers, tables, day, lang and the names given in addition.
type Compiler struct {
	service, file string
	texts         *text.Texts
	langs         []string // of the texts
	env           *expr.Env
	source        []byte // the file, for the lines of fields; may be nil
	problems      []error
	compiled      []*expr.Rule
	tables        []string
	reads         map[string]expr.Place // where a table is read first
	form          *Form                 // whose fields the rules read; nil where that is a matter of Asks
}

// NewCompiler makes a compiler for a service's file.
func NewCompiler(service, file string, texts *text.Texts, more ...string) (*Compiler, error) {
	env, err := expr.New(append([]string{"answers", "tables", "day", "lang"}, more...)...)
	if err != nil {
		return nil, err
	}
	return &Compiler{service: service, file: file, texts: texts, langs: texts.Languages(), env: env, reads: map[string]expr.Place{}}, nil
}

// Err is everything that is wrong, or nil.
func (c *Compiler) Err() error {
	var all []error
	var said []string
	for _, p := range c.problems {
		if of, is := p.(problem); is {
			p = of.at(c)
		}
		if !slices.Contains(said, p.Error()) {
			all, said = append(all, p), append(said, p.Error())
		}
	}
	return errors.Join(all...)
}

// problem is something wrong in the compiler's file, with the path of the field that it is about, if it is about one.
type problem struct{ path, text string }

func (p problem) Error() string { return p.text }

// at says where it stands. Lines are looked for only when there is something to say.
func (p problem) at(c *Compiler) error {
	if line := fieldLines(c.source)[p.path]; p.path != "" && line > 0 {
		return fmt.Errorf("%s/%s:%d: %s", c.service, c.file, line, p.text)
	}
	return fmt.Errorf("%s/%s: %s", c.service, c.file, p.text)
}

// fail notes a problem. One that begins with the path of a field is told with the field's line.
func (c *Compiler) fail(format string, args ...any) {
	p := problem{text: fmt.Sprintf(format, args...)}
	if strings.HasPrefix(format, "%s: ") && len(args) > 0 {
		p.path, _ = args[0].(string)
	}
	c.problems = append(c.problems, p)
}

// failAt notes a problem of a rule.
func (c *Compiler) failAt(at expr.Place, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("%s "+format, append([]any{at}, args...)...))
}

// Rule compiles an expression; key says what it is for. An empty one gives nil.
func (c *Compiler) Rule(s Source, key string) *expr.Rule {
	if s.Text == "" {
		return nil
	}
	r, err := c.env.Compile(expr.Place{Service: c.service, File: c.file, Line: s.Line, Key: key}, s.Text)
	if err != nil {
		c.problems = append(c.problems, err)
		return nil
	}
	c.compiled = append(c.compiled, r)
	for _, pointer := range r.Reads("tables") {
		name, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
		c.table(name, r.At())
	}
	return r
}

func (c *Compiler) table(name string, at expr.Place) {
	if !slices.Contains(c.tables, name) {
		c.tables = append(c.tables, name)
		c.reads[name] = at
	}
}

// asked notes a problem when the rule reads an answer that is not among those asked before it.
func (c *Compiler) asked(r *expr.Rule, before []string) {
	if r == nil {
		return
	}
	for _, path := range r.Reads("answers") {
		// a place is asked as a whole, rules may read its parts
		if !slices.ContainsFunc(before, func(asked string) bool { return path == asked || strings.HasPrefix(path, asked+"/") }) {
			c.failAt(r.At(), "reads answers%s, which nobody asks before", strings.ReplaceAll(path, "/", "."))
			continue
		}
		if c.form != nil {
			c.inside(r, "answers", path, c.form.nearest(path))
		}
	}
}

// inside notes a problem when a rule reads something of an answer that there is not in it. path begins with that of the field, which may be nil.
func (c *Compiler) inside(r *expr.Rule, of, path string, fd *field) {
	if fd == nil {
		return
	}
	if why := fd.lacks(strings.TrimPrefix(path, fd.Path)); why != "" {
		c.failAt(r.At(), "reads %s%s, but %s", of, strings.ReplaceAll(path, "/", "."), why)
	}
}

// Asks notes a problem for every expression compiled so far that reads an answer which the form does not ask for: a paper would have a hole where it
// should stand.
func (c *Compiler) Asks(f *Form) {
	said := f.saidNames()
	for _, r := range c.compiled {
		for _, path := range r.Reads("answers") {
			fd := f.nearest(path)
			if path != "" && fd == nil && !slices.ContainsFunc(f.graph.fields, func(fd *field) bool { return strings.HasPrefix(fd.Path, path+"/") }) {
				c.failAt(r.At(), "reads answers%s, which nobody asks for", strings.ReplaceAll(path, "/", "."))
			}
			c.inside(r, "answers", path, fd)
		}
		for _, pointer := range r.Reads("said") {
			if trail := names(pointer); len(trail) > 0 && !said[trail[0]] {
				c.failAt(r.At(), "reads said[%q], but no field is called like this", trail[0])
			}
		}
	}
}

func (c *Compiler) rules(layouts []ruleLayout, prefix string, asked []string) []rule {
	var rules []rule
	for _, l := range layouts {
		r := rule{l, c.Rule(l.Holds, prefix+l.Name), c.Say(&Saying{Text: prefix + l.Name, Args: l.Args})}
		if l.Holds.Text == "" {
			c.fail("%s%s: says nothing: holds is missing", prefix, l.Name)
		}
		c.asked(r.holds, asked)
		rules = append(rules, r)
	}
	return rules
}

// key notes a problem when German does not say the key.
func (c *Compiler) key(key string) {
	if !c.texts.Has(text.German, key) {
		c.problems = append(c.problems, fmt.Errorf("%s/texts/de.yaml does not say %s, which %s needs", c.service, key, c.file))
	}
}

// Sayer says a compiled Saying. A nil Sayer says nothing.
type Sayer struct {
	texts *text.Texts
	text  string
	args  map[string]*Writer
}

// Say compiles a saying; nil gives nil.
func (c *Compiler) Say(s *Saying) *Sayer {
	if s == nil || s.Text == "" {
		return nil
	}
	c.key(s.Text)
	for _, lang := range c.langs {
		for _, name := range c.texts.Blanks(lang, s.Text) {
			if _, ok := s.Args[name]; !ok {
				c.problems = append(c.problems, fmt.Errorf("%s/texts/%s.yaml: %s has {{.%s}}, but the args in %s do not fill it in", c.service, lang, s.Text, name, c.file))
			}
		}
	}
	sayer := &Sayer{texts: c.texts, text: s.Text, args: map[string]*Writer{}}
	for name, v := range s.Args {
		sayer.args[name] = c.Write(v)
	}
	return sayer
}

func (s *Sayer) keys() []string {
	if s == nil {
		return nil
	}
	return []string{s.text}
}

// rules are what fills the sentence in.
func (s *Sayer) rules() (rules []*expr.Rule) {
	if s == nil {
		return nil
	}
	for _, w := range s.args {
		rules = append(rules, w.rules()...)
	}
	return rules
}

// Keys lists the keys that are said.
func (s *Sayer) Keys() []string { return s.keys() }

// Say gives the sentence, and whether everything in it has a value.
func (s *Sayer) Say(lang string, vars expr.Vars) (string, bool) {
	if s == nil {
		return "", true
	}
	var args []any
	for name, w := range s.args {
		v, ok := w.Write(lang, vars)
		if !ok {
			return "", false
		}
		args = append(args, name, v)
	}
	return s.texts.Say(lang, s.text, args...), true
}

// Writer writes a compiled Value.
type Writer struct {
	text, cents, date *expr.Rule
}

func (w *Writer) rules() (rules []*expr.Rule) {
	if w == nil {
		return nil
	}
	for _, r := range []*expr.Rule{w.text, w.cents, w.date} {
		if r != nil {
			rules = append(rules, r)
		}
	}
	return rules
}

// Write compiles a value.
func (c *Compiler) Write(v Value) *Writer {
	return &Writer{c.Rule(v.Text, "text"), c.Rule(v.Cents, "cents"), c.Rule(v.Date, "date")}
}

// Write gives the value as people write it, and whether there is one.
func (w *Writer) Write(lang string, vars expr.Vars) (string, bool) {
	switch {
	case w == nil:
	case w.cents != nil:
		if n, err := w.cents.Int(vars); err == nil {
			return money.Cents(n).Format(lang), true
		}
	case w.date != nil:
		if s, err := w.date.Text(vars); err == nil {
			if day, err := time.Parse(time.DateOnly, s); err == nil {
				return text.Date(lang, day), true
			}
		}
	case w.text != nil:
		if v, err := w.text.Any(vars); err == nil {
			return InLang(lang, v), v != nil
		}
	}
	return "", false
}

// InLang writes a value out of a tenant's table: an object of languages in the reader's one (German when it is missing), a list with
// commas, anything else as it is.
func InLang(lang string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any:
		base, _, _ := strings.Cut(lang, "-")
		for _, try := range []string{lang, base, text.German} {
			if s, ok := v[try].(string); ok {
				return s
			}
		}
		return ""
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, InLang(lang, x))
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

// Key notes a problem when German does not say the key.
func (c *Compiler) Key(key string) { c.key(key) }

// TableAt tells where a table is read first.
func (c *Compiler) TableAt(name string) expr.Place { return c.reads[name] }

// Tables lists the tenant's tables that the compiled expressions read; "" stands for all of them.
func (c *Compiler) Tables() []string { return c.tables }
