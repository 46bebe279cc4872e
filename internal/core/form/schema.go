package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
)

// leaf is what the schema says about one answer, as far as the layout wants to know.
type leaf struct {
	max      int // maxLength
	items    int // maxItems
	list     bool
	object   bool // a whole object is the answer
	text     bool // it is a string
	texts    bool // a list of strings
	required bool
	kind     string   // type, where it is one
	enum     []any    // what is allowed, of a list: for each; nil: anything of its type
	parts    []string // of an object: its properties
	needs    []string // and those it cannot be without
}

// node is the part of JSON Schema that a form's data is described with: nested objects with properties, and references inside the file.
type node struct {
	Ref        string          `json:"$ref"`
	Type       any             `json:"type"`
	Properties map[string]node `json:"properties"`
	Items      *node           `json:"items"`
	Required   []string        `json:"required"`
	MaxLength  int             `json:"maxLength"`
	MaxItems   int             `json:"maxItems"`
	Enum       []any           `json:"enum"`
}

// nowhere refuses references that would have to be fetched.
type nowhere struct{}

func (nowhere) Load(string) (any, error) {
	return nil, fmt.Errorf("references to other files are not followed")
}

// readSchema compiles the schema and lists its answers by path. An object at one of the paths in whole is one answer, not several.
// The answers of a list's entries, at one of the paths in repeats, stand at "/children/*/name".
func (f *Form) readSchema(data []byte, whole, repeats map[string]bool) (map[string]leaf, error) {
	if len(data) > largestSchema {
		return nil, fmt.Errorf("larger than %d bytes: %w", largestSchema, limit.ErrLimit)
	}
	if err := shallow(data); err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	compiler.UseLoader(nowhere{})
	compiler.UseRegexpEngine(pattern)
	const name = "schema:form"
	if err := compiler.AddResource(name, doc); err != nil {
		return nil, err
	}
	if f.schema, err = compiler.Compile(name); err != nil {
		return nil, err
	}
	var root node
	if err := decode(data, &root); err != nil {
		return nil, err
	}
	c := collector{doc: doc, whole: whole, repeats: repeats, leaves: map[string]leaf{}, left: new(int)}
	*c.left = mostNodes
	return c.leaves, c.collect("", root, true, 0)
}

// Limits of a schema. Each pattern is a program for every answer that it looks at: its instructions times the answer's letters is what that costs.
const (
	largestSchema  = 512 << 10 // bytes
	deepestSchema  = 100       // objects and lists in each other
	longestPattern = 1000      // bytes
	mostInPattern  = 4000      // instructions
)

// shallow refuses what lies too deep in each other, before anything follows it down.
func shallow(data []byte) error {
	depth := 0
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		t, err := d.Token()
		if err != nil {
			return nil // the decoder says it better
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > deepestSchema {
			return fmt.Errorf("more than %d objects and lists in each other: %w", deepestSchema, limit.ErrLimit)
		}
	}
}

// pattern compiles a pattern that is not too large.
func pattern(source string) (jsonschema.Regexp, error) {
	if len(source) > longestPattern {
		return nil, fmt.Errorf("a pattern of %d bytes, %d are read: %w", len(source), longestPattern, limit.ErrLimit)
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if len(program.Inst) > mostInPattern {
		return nil, fmt.Errorf("a pattern that repeats too much: %w", limit.ErrLimit)
	}
	return regexp.Compile(source)
}

func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the end")
	}
	return nil
}

type collector struct {
	doc     any // the whole file, for references into it
	whole   map[string]bool
	repeats map[string]bool
	leaves  map[string]leaf
	left    *int // objects and answers that may still come
}

// mostNodes is how many objects and answers a schema may describe: what is referred to counts wherever it stands.
const mostNodes = 5000

// deepest is how far objects may lie in each other. A schema that refers to itself describes answers without end; nobody can be asked that.
const deepest = 16

func (c collector) collect(at string, n node, required bool, depth int) error {
	if depth > deepest {
		return fmt.Errorf("%.200s lies too deep, or refers to itself", at)
	}
	if *c.left--; *c.left < 0 {
		return fmt.Errorf("describes more than %d answers", mostNodes)
	}
	n, err := c.resolve(n)
	if err != nil {
		return err
	}
	if n.Items != nil && c.repeats[at] {
		entry, err := c.resolve(*n.Items)
		if err != nil {
			return err
		}
		if entry.Properties == nil {
			return fmt.Errorf("the entries of %s are no objects", at)
		}
		c.leaves[at] = leaf{items: n.MaxItems, list: true, required: required}
		return c.collect(at+"/*", entry, true, depth+1)
	}
	if n.Properties == nil || c.whole[at] {
		texts, enum := false, n.Enum
		if n.Items != nil {
			entry, err := c.resolve(*n.Items)
			if err != nil {
				return err
			}
			texts, enum = entry.Type == "string", entry.Enum
		}
		kind, _ := n.Type.(string)
		c.leaves[at] = leaf{kind: kind, enum: enum, max: n.MaxLength, items: n.MaxItems, list: n.Type == "array", object: n.Properties != nil, text: n.Type == "string", texts: texts,
			required: required && at != "", parts: slices.Sorted(maps.Keys(n.Properties)), needs: n.Required}
		return nil
	}
	for name, p := range n.Properties {
		if _, digits := index(name); digits {
			return fmt.Errorf("%s/%s: a name of digits alone is taken for a place in a list", at, name)
		}
		need := false
		for _, r := range n.Required {
			need = need || r == name
		}
		if err := c.collect(at+"/"+escape(name), p, required && need, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// resolve follows references to other places of the same file. What stands beside a reference (allowed since 2019-09) goes before what it
// refers to.
func (c collector) resolve(n node) (node, error) {
	for hops := 0; n.Ref != ""; hops++ {
		there, err := c.lookup(n.Ref)
		if err != nil || hops == deepest {
			return n, fmt.Errorf("%q leads nowhere", n.Ref)
		}
		if n.Type != nil {
			there.Type = n.Type
		}
		if n.Properties != nil {
			there.Properties = n.Properties
		}
		if n.Required != nil {
			there.Required = append(there.Required, n.Required...)
		}
		if n.MaxLength != 0 {
			there.MaxLength = n.MaxLength
		}
		if n.MaxItems != 0 {
			there.MaxItems = n.MaxItems
		}
		if n.Items != nil {
			there.Items = n.Items
		}
		if n.Enum != nil {
			there.Enum = n.Enum
		}
		n = there
	}
	return n, nil
}

// lookup finds "#/$defs/street": a JSON pointer as a URI's fragment (RFC 6901, section 6).
func (c collector) lookup(ref string) (node, error) {
	pointer, err := url.PathUnescape(strings.TrimPrefix(ref, "#"))
	if err != nil || !strings.HasPrefix(ref, "#") {
		return node{}, fmt.Errorf("not in this file")
	}
	at := c.doc
	for _, name := range names(pointer) {
		m, ok := at.(map[string]any)
		if !ok {
			return node{}, fmt.Errorf("not there")
		}
		if at, ok = m[name]; !ok {
			return node{}, fmt.Errorf("not there")
		}
	}
	data, err := json.Marshal(at)
	if err != nil {
		return node{}, err
	}
	var n node
	return n, json.Unmarshal(data, &n)
}
