package form

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
)

// layout is form.yaml: what is asked in which order, and the rules. Unknown keys are refused.
type layout struct {
	Pages    []pageLayout `yaml:"pages"`
	Rules    []ruleLayout `yaml:"rules"`    // cross-field rules; sentence: rule.<name>
	Eligible []ruleLayout `yaml:"eligible"` // who is entitled; sentence: eligible.<name>
	Fee      *feeLayout   `yaml:"fee"`
	Needs    []needLayout `yaml:"needs"` // papers to bring along
	Route    Source       `yaml:"route"` // row of the tenant's table "offices"; left out: the service's own
}

type pageLayout struct {
	ID      string        `yaml:"id"` // texts: page.<id>.title, page.<id>.lead
	Visible Source        `yaml:"visible"`
	Fields  []fieldLayout `yaml:"fields"`
}

// fieldLayout is one field. Its name is its path with points ("vehicle.plate"); texts: field.<name>.label, .hint, .example,
// .text (for info), .option.<value>, .option-hint.<value>, .problem.<keyword>.
type fieldLayout struct {
	Path     string         `yaml:"path"`
	Kind     Kind           `yaml:"kind"`
	Visible  Source         `yaml:"visible"`
	Optional bool           `yaml:"optional"` // nobody has to answer
	Required Source         `yaml:"required"` // for optional fields: when it has to be answered after all
	Default  Source         `yaml:"default"`  // counts as long as nothing was answered
	Value    Source         `yaml:"value"`    // for computed
	As       string         `yaml:"as"`       // computed as "text", "cents" or "date"
	Keys     Keys           `yaml:"keys"`
	Columns  int            `yaml:"columns"`
	ReadOnly bool           `yaml:"readonly"`
	Secret   bool           `yaml:"secret"`
	Past     bool           `yaml:"past"` // dates: 80 means 1980, never a year to come
	Options  []optionLayout `yaml:"options"`
	From     *fromLayout    `yaml:"from"`
	Notes    []noteLayout   `yaml:"notes"`   // the first one that holds is shown
	Prefill  []string       `yaml:"prefill"` // what it may be filled from, see Facts: the first that is known
	Prefer   []string       `yaml:"prefer"`  // plates: districts to prefer when the hyphen is missing
	Near     bool           `yaml:"near"`    // dates of the past: lately, so that a calendar helps
	Search   bool           `yaml:"search"`  // choices: searched even when they are few

	// Of an answer made of several: what is asked, in this order; a "?" behind a part lets it stay empty. Of an address: the tenant's table of the town's
	// streets {town, postcodes, streets: [{name, postcode, hint}]}, and whether it has to lie in this town.
	Parts   []string `yaml:"parts"`
	Streets string   `yaml:"streets"`
	Within  bool     `yaml:"within"`

	// Of files: what is taken ("pdf", "jpeg", "png"), how many at most (most), how large a document may be in MB, and whether it may be handed in later.
	Accept []string `yaml:"accept"`
	Size   float64  `yaml:"size"`
	Later  bool     `yaml:"later"`

	// Of a repeat, and of files most alone: how many entries there are at least and at most (texts: .entry with {{.n}}, .more), what is asked for each of them, by paths within
	// the entry, and rules between its answers. Their expressions see the entry as item; a rule's texts are rule.<name>.
	Least  int           `yaml:"least"`
	Most   int           `yaml:"most"`
	Fields []fieldLayout `yaml:"fields"`
	Rules  []ruleLayout  `yaml:"rules"`
}

type optionLayout struct {
	Value   any     `yaml:"value"`
	Mark    string  `yaml:"mark"`
	Hint    *Saying `yaml:"hint"`
	Visible Source  `yaml:"visible"`
}

// fromLayout makes options out of a tenant's table: rows is a list of objects, the others name their keys. Say is a sentence beside each option, in
// place of a hint; its rules see the option as value.
type fromLayout struct {
	Rows  Source  `yaml:"rows"`
	Value string  `yaml:"value"`
	Label string  `yaml:"label"`
	Hint  string  `yaml:"hint"`
	Mark  string  `yaml:"mark"`
	Say   *Saying `yaml:"say"`
}

type noteLayout struct {
	When Source `yaml:"when"`
	Say  Saying `yaml:"say"`
}

type ruleLayout struct {
	Name  string `yaml:"name"`
	Path  string `yaml:"path"` // where the sentence is shown
	Page  string `yaml:"page"` // eligibility: the page where an answer could be changed
	Holds Source `yaml:"holds"`

	Args map[string]Value `yaml:"args"` // what is filled into the sentence, such as a limit out of a table
}

type feeLayout struct {
	Amount Source       `yaml:"amount"` // cents
	Steps  []stepLayout `yaml:"steps"`
}

type stepLayout struct {
	When  Source `yaml:"when"`
	Label Saying `yaml:"label"`
	Value Value  `yaml:"value"`
}

// places are the paths of the fields whose answer is a whole object.
func (l layout) places() map[string]bool {
	paths := map[string]bool{}
	for _, p := range l.Pages {
		for _, f := range p.Fields {
			if f.Kind == Place || f.Kind.composite() != nil {
				paths[f.Path] = true
			}
			for _, inner := range f.Fields {
				if inner.Kind.composite() != nil {
					paths[f.Path+"/*"+inner.Path] = true
				}
			}
		}
	}
	return paths
}

// repeats are the paths of the lists whose entries are asked for one by one.
func (l layout) repeats() map[string]bool {
	paths := map[string]bool{}
	for _, p := range l.Pages {
		for _, f := range p.Fields {
			if f.Kind == Repeat {
				paths[f.Path] = true
			}
		}
	}
	return paths
}

// Source is an expression as it stands in a file, with its line.
type Source struct {
	Text string
	Line int
}

// UnmarshalYAML notes the line.
func (s *Source) UnmarshalYAML(node ast.Node) error {
	if at := node.GetToken(); at != nil && at.Position != nil {
		s.Line = at.Position.Line
	}
	switch n := node.(type) {
	case *ast.StringNode:
		s.Text = n.Value
	case *ast.LiteralNode:
		s.Text = n.Value.Value
	default:
		s.Text = node.String() // true, 12
	}
	s.Text = strings.TrimSpace(s.Text)
	return nil
}

// Saying is a sentence by its key, with what has to be filled in.
type Saying struct {
	Text string           `yaml:"text"`
	Args map[string]Value `yaml:"args"`
}

// UnmarshalYAML also takes the key alone.
func (s *Saying) UnmarshalYAML(unmarshal func(any) error) error {
	if err := unmarshal(&s.Text); err == nil {
		return nil
	}
	type whole Saying
	return unmarshal((*whole)(s))
}

// Value is something to be written: an expression, and how its value is written in the reader's language.
type Value struct {
	Text  Source `yaml:"text"`  // as it is
	Cents Source `yaml:"cents"` // whole cents, written as money
	Date  Source `yaml:"date"`  // "2026-11-23", written as a date
}

// UnmarshalYAML notes the line.
func (v *Value) UnmarshalYAML(node ast.Node) error {
	if _, isMap := node.(ast.MapNode); !isMap {
		return v.Text.UnmarshalYAML(node)
	}
	type whole Value
	return yaml.NodeToValue(node, (*whole)(v), yaml.Strict())
}

// Decode reads YAML and refuses unknown keys; the error names service, file, line and column.
func Decode(service, file string, data []byte, into any) error {
	if err := limit.Decode(data, into); err != nil {
		return fmt.Errorf("%s/%s: %w", service, file, err)
	}
	return nil
}
