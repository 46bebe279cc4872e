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
	env           *expr.Env
	problems      []error
	compiled      []*expr.Rule
	tables        []string
}

// NewCompiler makes a compiler for a service's file.
func NewCompiler(service, file string, texts *text.Texts, more ...string) (*Compiler, error) {
	env, err := expr.New(append([]string{"answers", "tables", "day", "lang"}, more...)...)
	if err != nil {
		return nil, err
	}
	return &Compiler{service: service, file: file, texts: texts, env: env}, nil
}

// Err is everything that is wrong, or nil.
func (c *Compiler) Err() error { return errors.Join(c.problems...) }

func (c *Compiler) fail(format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("%s/%s: "+format, append([]any{c.service, c.file}, args...)...))
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
		if !slices.Contains(c.tables, name) {
			c.tables = append(c.tables, name)
		}
	}
	return r
}

// asked notes a problem when the rule reads an answer that is not among those asked before it.
func (c *Compiler) asked(r *expr.Rule, before []string) {
	if r == nil {
		return
	}
	for _, path := range r.Reads("answers") {
		// a place is asked as a whole, rules may read its parts
		if !slices.ContainsFunc(before, func(asked string) bool { return path == asked || strings.HasPrefix(path, asked+"/") }) {
			c.fail("%s reads answers%s, which nobody asks before", r.At(), strings.ReplaceAll(path, "/", "."))
		}
	}
}

// Asks notes a problem for every expression compiled so far that reads an answer which the form does not ask for: a paper would have a hole where it
// should stand.
func (c *Compiler) Asks(f *Form) {
	for _, r := range c.compiled {
		for _, path := range r.Reads("answers") {
			if path != "" && f.nearest(path) == nil && !slices.ContainsFunc(f.graph.fields, func(fd *field) bool { return strings.HasPrefix(fd.Path, path+"/") }) {
				c.fail("%s reads answers%s, which nobody asks for", r.At(), strings.ReplaceAll(path, "/", "."))
			}
		}
	}
}

func (c *Compiler) rules(layouts []ruleLayout, prefix string, asked []string) []rule {
	var rules []rule
	for _, l := range layouts {
		r := rule{l, c.Rule(l.Holds, prefix+l.Name), c.Say(&Saying{Text: prefix + l.Name, Args: l.Args})}
		if r.holds == nil {
			c.fail("%s%s: says nothing", prefix, l.Name)
		}
		c.asked(r.holds, asked)
		rules = append(rules, r)
	}
	return rules
}

// key notes a problem when German does not say the key.
func (c *Compiler) key(key string) {
	if !c.texts.Has(text.German, key) {
		c.fail("texts/de.yaml does not say %s", key)
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

// Tables lists the tenant's tables that the compiled expressions read; "" stands for all of them.
func (c *Compiler) Tables() []string { return c.tables }
