package form

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

//go:embed texts
var sentences embed.FS

// Sentences gives what forms say by themselves: "Hier fehlt noch etwas.", yes and no. A service's own texts go before them.
func Sentences() (*text.Texts, error) { return loadSentences() }

// loadSentences reads them once: every form wants the same.
var loadSentences = sync.OnceValues(func() (*text.Texts, error) { return text.Load(sentences) })

// Form is a JSON Schema, a layout, rules and sentences: everything needed to ask. It is safe for use by several goroutines.
type Form struct {
	service string
	texts   *text.Texts
	tables  Tables
	schema  *jsonschema.Schema
	source  []byte // schema.json
	pages   []page
	rules   []rule
	elig    []rule
	fee     *fee
	needs   []need
	route   *expr.Rule
	routed  Source            // route as it is written
	fields  map[string]*field // by path
	read    []string          // names of the tables that rules read
	reads   map[string]expr.Place
	graph   *graph
}

// Tables gives the tenant's tables as they hold on a day, by name: values as expr.Normal gives them, into which nobody writes.
type Tables func(day time.Time) map[string]any

// Folder is where a form comes from: a folder with form.yaml and schema.json.
type Folder struct {
	Service string      // its id, for errors
	FS      fs.FS       // form.yaml and schema.json at its top
	Texts   *text.Texts // the service's own sentences
	Tables  Tables      // may be nil
}

// Input is what a View depends on, and nothing else.
type Input struct {
	Answers Answers
	Lang    string    // BCP 47; German when it is not known
	Day     time.Time // the day the rules count from
}

type page struct {
	pageLayout
	visible *expr.Rule
	fields  []*field
}

type field struct {
	fieldLayout
	name   string // "vehicle.plate"
	say    fieldKeys
	number int      // among the form's fields, in order
	trail  []string // its path, divided
	around int      // the object that its answer is in: the same number means the same object

	pageNumber int
	page       string
	max        int // maxLength of the schema; of photos its maxItems
	list       bool
	visible    *expr.Rule
	required   *expr.Rule
	initial    *expr.Rule
	value      *expr.Rule
	rows       *expr.Rule
	beside     *Sayer // what is said beside each of the rows
	options    []option
	fixed      bool // its options are always the same ones
	notes      []note
	whole      *composite // of an answer made of several
	parts      []part     // of it: what is asked

	in    *field   // the repeat it is asked in, nil for most
	index int      // of its entry
	items []*field // of a repeat: what each entry is asked, as it is compiled once for all
	rules []rule   // of a repeat: between the answers of an entry
}

// fieldKeys are the keys of what is said about a field whenever it is drawn.
type fieldKeys struct{ label, hint, example, text string }

func keysOf(name string) fieldKeys {
	key := "field." + name
	return fieldKeys{key + ".label", key + ".hint", key + ".example", key + ".text"}
}

type option struct {
	optionLayout
	visible *expr.Rule
	hint    *Sayer
}

type note struct {
	when *expr.Rule
	say  *Sayer
}

type rule struct {
	ruleLayout
	holds *expr.Rule
	says  *Sayer
}

type fee struct {
	source Source
	amount *expr.Rule
	steps  []step
}

type step struct {
	when  *expr.Rule
	label *Sayer
	value *Writer
}

// Load reads and checks a form. It fails on unknown keys, on fields that the schema does not know, on rules that do not compile or
// read what is asked later, and on sentences that are missing in German; the error names file and line.
func Load(from Folder) (*Form, error) {
	f, err := load(from)
	if err != nil {
		return nil, fmt.Errorf("form: load: %w", err)
	}
	return f, nil
}

func load(from Folder) (*Form, error) {
	general, err := Sentences()
	if err != nil {
		return nil, err
	}
	f := &Form{service: from.Service, texts: text.Join(from.Texts, general), tables: from.Tables, fields: map[string]*field{}}
	if f.tables == nil {
		f.tables = func(time.Time) map[string]any { return nil }
	}
	schemaData, err := limit.Read(from.FS, "schema.json")
	if err != nil {
		return nil, err
	}
	f.source = schemaData
	data, err := limit.Read(from.FS, "form.yaml")
	if err != nil {
		return nil, err
	}
	var l layout
	if err := Decode(from.Service, "form.yaml", data, &l); err != nil {
		return nil, err
	}
	leaves, err := f.readSchema(schemaData, l.places(), l.repeats())
	if err != nil {
		return nil, fmt.Errorf("%s/schema.json%s: %w", from.Service, jsonLine(schemaData), err)
	}
	c, err := NewCompiler(from.Service, "form.yaml", f.texts, "value", "item")
	if err != nil {
		return nil, err
	}
	c.form, c.source = f, data
	if err := f.compile(c, l, leaves); err != nil {
		return nil, err
	}
	f.graph = f.connect()
	if c.Asks(f); c.Err() != nil { // also what only fills a sentence in
		return nil, c.Err()
	}
	return f, nil
}

func (f *Form) compile(c *Compiler, l layout, leaves map[string]leaf) error {
	var asked []string // paths in the order of the pages
	for _, pl := range l.Pages {
		p := page{pageLayout: pl}
		p.visible = c.Rule(pl.Visible, "visible")
		c.asked(p.visible, asked)
		c.key("page." + pl.ID + ".title")
		for _, fl := range pl.Fields {
			if fl.Kind == Repeat {
				p.fields = append(p.fields, f.repeat(c, fl, pl, asked, leaves)...)
				asked = append(asked, fl.Path)
				continue
			}
			fd := f.field(c, fl, pl.ID, asked, leaves)
			if leaves[fl.Path].required && pl.Visible.Text != "" {
				c.fail("%s: required by schema.json, but its page can be hidden: take it out of \"required\" there", fl.Path)
			}
			p.fields = append(p.fields, fd)
			if fd.answers() {
				asked = append(asked, fl.Path)
			}
			if f.fields[fl.Path] != nil {
				c.fail("path %s stands there twice", fl.Path)
			}
			f.fields[fl.Path] = fd
		}
		f.pages = append(f.pages, p)
	}
	for path := range leaves {
		if !slices.Contains(asked, path) && !strings.Contains(path, "/*/") {
			c.fail("schema.json has %s, but nobody asks for it", path)
		}
	}
	f.rules = c.rules(l.Rules, "rule.", asked)
	f.elig = c.rules(l.Eligible, "eligible.", asked)
	f.targets(c, l)
	if l.Fee != nil {
		f.fee = &fee{source: l.Fee.Amount, amount: c.Rule(l.Fee.Amount, "fee.amount")}
		c.asked(f.fee.amount, asked)
		for _, s := range l.Fee.Steps {
			f.fee.steps = append(f.fee.steps, step{c.Rule(s.When, "fee.steps.when"), c.Say(&s.Label), c.Write(s.Value)})
		}
	}
	f.compileNeeds(c, l.Needs, asked)
	f.route, f.routed = c.Rule(l.Route, "route"), l.Route
	c.asked(f.route, asked)
	f.read, f.reads = c.Tables(), c.reads
	return c.Err()
}

// Schema is the JSON Schema of the answers, as it stands in the folder.
func (f *Form) Schema() []byte { return f.source }

// Tables lists the tenant's tables that the rules read; "" stands for all of them.
func (f *Form) Tables() []string { return f.read }

// TableAt tells where a table is read first.
func (f *Form) TableAt(name string) expr.Place { return f.reads[name] }

// targets notes rules whose sentence would stand nowhere, and reasons that lead to no page.
func (f *Form) targets(c *Compiler, l layout) {
	at := func(r ruleLayout, prefix string) expr.Place {
		return expr.Place{Service: c.service, File: c.file, Line: r.Holds.Line, Key: prefix + r.Name}
	}
	for _, r := range l.Rules {
		if r.Path != "" && f.fields[r.Path] == nil {
			c.failAt(at(r, "rule."), "says its sentence at %s, but there is no such field", r.Path)
		}
	}
	for _, r := range l.Eligible {
		if r.Page != "" && !slices.ContainsFunc(l.Pages, func(p pageLayout) bool { return p.ID == r.Page }) {
			c.failAt(at(r, "eligible."), "leads to page %q, but there is no such page", r.Page)
		}
	}
}

func (f *Form) field(c *Compiler, fl fieldLayout, page string, asked []string, leaves map[string]leaf) *field {
	fd := &field{fieldLayout: fl, page: page, name: strings.Join(slices.DeleteFunc(names(fl.Path), func(s string) bool { return s == "*" }), ".")}
	if fl.Path == "" || fl.Path[0] != '/' {
		c.fail("page %s: a field whose path is %q; it has to begin with a slash, like /name", page, fl.Path)
	}
	if !slices.Contains(kinds, fl.Kind) {
		c.fail("%s: no such kind %q; there are %s", fl.Path, fl.Kind, list(Kinds()))
	}
	if !slices.Contains(keyboards, fl.Keys) {
		c.fail("%s: no such keys %q; there are %s", fl.Path, fl.Keys, list(keyboards))
	}
	if !slices.Contains([]string{"", "text", "cents", "date"}, fl.As) {
		c.fail("%s: as has to be text, cents or date, not %q", fl.Path, fl.As)
	}
	if fd.answers() {
		l, ok := leaves[fl.Path]
		if !ok {
			c.fail("%s: schema.json does not have it among its properties", fl.Path)
		}
		if l.required && (fl.Optional || fl.Visible.Text != "") {
			c.fail("%s: required by schema.json, but optional or hidden here: take it out of \"required\" there", fl.Path)
		}
		fd.max, fd.list = l.max, l.list
		if fl.Kind == Photos {
			fd.max = l.items
		}
		if ok && (fl.Kind == Photos && !l.list || fl.Kind == Place && !l.object) {
			c.fail("%s: photos are a list in schema.json, a place is an object", fl.Path)
		}
		if ok {
			c.fits(fd, l)
		}
		fd.whole, fd.parts = c.parts(fl, l, ok)
	}
	if fl.Kind != Files && (fl.Accept != nil || fl.Size != 0 || fl.Later || fl.Most != 0 && fl.Kind != Repeat) {
		c.fail("%s: accept, most, size and later are of files", fl.Path)
	}
	if (fl.Kind == Computed) != (fl.Value.Text != "") {
		c.fail("%s: computed fields have a value, others do not", fl.Path)
	}
	if (fl.Kind == Choice || fl.Kind == Choices) && (len(fl.Options) == 0) == (fl.From == nil) {
		c.fail("%s: a %s has either options or from, a table's rows to choose from; other kinds do not need them", fl.Path, fl.Kind)
	}
	fd.visible = c.Rule(fl.Visible, fd.name+".visible")
	fd.required = c.Rule(fl.Required, fd.name+".required")
	fd.initial = c.Rule(fl.Default, fd.name+".default")
	fd.value = c.Rule(fl.Value, fd.name+".value")
	if fl.From != nil {
		fd.rows, fd.beside = c.Rule(fl.From.Rows, fd.name+".from"), c.Say(fl.From.Say)
		if fl.From.Say != nil && fl.From.Hint != "" {
			c.fail("%s: from has a hint out of the table or a sentence to say, not both", fl.Path)
		}
	}
	for _, o := range fl.Options {
		o.Value = expr.Normal(o.Value)
		if l := leaves[fl.Path]; l.enum != nil && !slices.ContainsFunc(l.enum, func(v any) bool { return Same(expr.Normal(v), o.Value) }) {
			c.fail("%s: enum of schema.json does not have the option %v", fl.Path, o.Value)
		}
		opt := option{optionLayout: o, visible: c.Rule(o.Visible, fd.name+".options.visible"), hint: c.Say(o.Hint)}
		c.key(fmt.Sprintf("field.%s.option.%v", fd.name, o.Value))
		fd.options = append(fd.options, opt)
	}
	for _, r := range fd.reading() {
		c.asked(r, asked)
	}
	for _, n := range fl.Notes {
		n := note{c.Rule(n.When, fd.name+".notes.when"), c.Say(&n.Say)}
		fd.notes = append(fd.notes, n)
	}
	c.sources(fd)
	c.key("field." + fd.name + ".label")
	if fl.Kind == Info {
		c.key("field." + fd.name + ".text")
	}
	return fd
}

// reading are the rules that decide how the field's answer is read: they may read only what is asked before.
func (f *field) reading() []*expr.Rule {
	rules := append([]*expr.Rule{f.visible, f.required, f.initial, f.rows}, f.beside.rules()...)
	for _, o := range f.options {
		rules = append(append(rules, o.visible), o.hint.rules()...)
	}
	return rules
}

// answers tells whether the field holds an answer of the citizen.
func (f *field) answers() bool {
	return !f.Kind.Told()
}

// Keys lists the keys of sentences that the form needs in every language.
func (f *Form) Keys() []string {
	var keys []string
	for _, p := range f.pages {
		keys = append(keys, "page."+p.ID+".title")
		for _, fd := range p.fields {
			switch {
			case fd.Kind == Repeat:
				keys = append(keys, "field."+fd.name+".more", "field."+fd.name+".entry")
				for _, r := range fd.rules {
					keys = append(keys, "rule."+r.Name)
				}
				continue
			case fd.Kind == Entry || fd.index > 0: // the first entry's sentences are those of all
				continue
			}
			keys = append(keys, "field."+fd.name+".label")
			for _, o := range fd.options {
				keys = append(keys, fmt.Sprintf("field.%s.option.%v", fd.name, o.Value))
				keys = append(keys, o.hint.keys()...)
			}
			for _, n := range fd.notes {
				keys = append(keys, n.say.keys()...)
			}
		}
	}
	for _, r := range f.rules {
		keys = append(keys, "rule."+r.Name)
	}
	for _, r := range f.elig {
		keys = append(keys, "eligible."+r.Name)
	}
	for _, n := range f.needs {
		keys = append(keys, n.say.keys()...)
	}
	if f.fee != nil {
		for _, s := range f.fee.steps {
			keys = append(keys, s.label.keys()...)
		}
	}
	return keys
}

// Paths lists the paths of everything asked, in order, for reading a form out or testing it.
func (f *Form) Paths() []string {
	var paths []string
	for _, p := range f.pages {
		for _, fd := range p.fields {
			if fd.answers() {
				paths = append(paths, fd.Path)
			}
		}
	}
	return paths
}
