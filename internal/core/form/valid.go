package form

import (
	"bytes"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// unit is what the schema judges by itself: as a rule one answer, with its own part of the schema. Where a keyword above looks at several answers at once
// (allOf, if, contains and the like) it is everything below that keyword.
type unit struct {
	number int
	path   string
	schema *jsonschema.Schema
	fields []*field // answers in it, and the entries of its lists, in order
}

// units divides the answers. What the schema says about an object itself (required, additionalProperties, minProperties) concerns no answer: what has to
// be answered is the layout's to say.
func (f *Form) units(fields []*field) []*unit {
	whole := bytes.Contains(f.source, []byte(`"$dynamic`)) || bytes.Contains(f.source, []byte(`"$recursive`)) // what they mean depends on the way there
	var all []*unit
	at := map[string]*unit{}
	for _, fd := range fields {
		if fd.Kind == Repeat || !fd.answers() && fd.Kind != Entry {
			continue
		}
		path, schema := "", f.schema
		if !whole {
			path, schema = descend(f.schema, names(fd.Path))
		}
		if fd.Kind == Entry && path == fd.Path { // by itself it is no answer; those in it may be judged with it
			continue
		}
		if at[path] == nil {
			at[path] = &unit{number: len(all), path: path, schema: schema}
			all = append(all, at[path])
		}
		at[path].fields = append(at[path].fields, fd)
	}
	return all
}

// descend walks down to an answer's part of the schema, as far as everything above concerns objects and lists only.
func descend(at *jsonschema.Schema, path []string) (string, *jsonschema.Schema) {
	down := ""
	for _, name := range path {
		inner := inside(at, name)
		if inner == nil {
			break
		}
		down, at = down+"/"+escape(name), inner
	}
	return down, at
}

// inside gives what the schema says of a member or an entry, nil if it says something else besides.
func inside(at *jsonschema.Schema, name string) *jsonschema.Schema {
	for hops := 0; at.Ref != nil && at.Properties == nil && at.Items2020 == nil && hops < deepest; hops++ {
		if !quiet(at) {
			return nil
		}
		at = at.Ref
	}
	if at.Ref != nil || !quiet(at) {
		return nil
	}
	if inner := at.Properties[name]; inner != nil {
		return inner
	}
	if _, digits := index(name); digits && at.Properties == nil {
		return at.Items2020
	}
	return nil
}

// quiet tells whether a schema of an object or a list says nothing of what lies inside but by properties and items, and nothing that could end the check
// before it comes to them.
func quiet(s *jsonschema.Schema) bool {
	if s.Types != nil {
		types := s.Types.ToStrings()
		if !slices.Contains(types, "object") && !slices.Contains(types, "array") {
			return false
		}
	}
	_, more := s.AdditionalProperties.(*jsonschema.Schema)
	return s.DraftVersion >= 2020 && s.Bool == nil && s.Const == nil && s.Enum == nil && s.Format == nil && !more &&
		s.Not == nil && s.AllOf == nil && s.AnyOf == nil && s.OneOf == nil && s.If == nil && s.Then == nil && s.Else == nil &&
		s.DynamicRef == nil && s.RecursiveRef == nil && s.PropertyNames == nil && s.PatternProperties == nil && s.Dependencies == nil &&
		s.DependentSchemas == nil && s.UnevaluatedProperties == nil && s.UnevaluatedItems == nil && s.Contains == nil && s.PrefixItems == nil
}

// validate asks the schema about a unit.
func (s *state) validate(u *unit) {
	found := s.judge(u, s.document(u))
	for _, fd := range u.fields {
		t, wrong := found[fd.Path]
		if t.same(s.unfit[fd.Path]) {
			continue
		}
		if s.unfit[fd.Path] = t; !wrong {
			delete(s.unfit, fd.Path)
		}
		s.due.add(s.f.graph.settle[fd.number])
	}
}

// complain gives what the schema does not accept in a unit's document, by the field's path.
func (s *state) complain(u *unit, document any) map[string]trouble {
	err, wrong := u.schema.Validate(document).(*jsonschema.ValidationError)
	if !wrong {
		return nil
	}
	found := map[string]trouble{}
	for _, c := range complaints(err) {
		fd := s.f.nearest(u.path + c.path)
		if fd == nil || s.at[fd.number].value == nil {
			continue
		}
		if _, known := found[fd.Path]; known {
			continue
		}
		t := troubleOf(c.kind)
		if fd.whole != nil {
			t.part, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(u.path+c.path, fd.Path), "/"), "/")
		}
		found[fd.Path] = t
	}
	return found
}

// document is what counts of a unit, as the schema wants it; nil when there is nothing.
func (s *state) document(u *unit) any {
	if len(u.fields) == 1 && u.fields[0].Path == u.path {
		return s.at[u.fields[0].number].value
	}
	doc := map[string]any{}
	for _, fd := range u.fields {
		if v := s.at[fd.number].value; v != nil {
			put(doc, fd.Path, v)
		} else if fd.Kind == Entry && s.at[fd.number].shown {
			put(doc, fd.Path, map[string]any{})
		}
	}
	v, _ := Answers(doc).Get(u.path)
	return v
}

// complaint is what a schema does not accept, and where. The library's own words stay behind: they repeat what was typed.
type complaint struct {
	path string
	by   string // which part of the schema says so
	kind jsonschema.ErrorKind
}

// complaints lists them in an order that is always the same.
func complaints(err *jsonschema.ValidationError) []complaint {
	var found []complaint
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		for _, cause := range e.Causes {
			walk(cause)
		}
		if len(e.Causes) > 0 {
			return
		}
		path := ""
		for _, name := range e.InstanceLocation {
			path += "/" + escape(name)
		}
		found = append(found, complaint{path, e.SchemaURL, e.ErrorKind})
	}
	walk(err)
	slices.SortStableFunc(found, func(a, b complaint) int {
		if by := strings.Compare(a.by, b.by); by != 0 {
			return by
		}
		return strings.Compare(a.path, b.path)
	})
	return found
}
