package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// What form.yaml may call a field, and where it stands there: for whoever writes one and mistypes something.

// kinds are those that form.yaml can ask or tell with; an Entry comes by itself.
var kinds = []Kind{Text, LongText, Number, Money, Date, Time, Bool, Choice, Choices, Consent, Email, Phone, IBAN, Plate, Person, Address, Organisation, Place, Photos, Files,
	Signature, Repeat, Info, Computed}

var keyboards = []Keys{KeysNone, KeysText, KeysProse, KeysDigits, KeysPlate, KeysEmail, KeysDate}

// Kinds lists the kinds that a field of form.yaml can have.
func Kinds() []Kind { return slices.Clone(kinds) }

// list writes names as a list in a sentence, without the empty one.
func list[S ~string](all []S) string {
	var said []string
	for _, s := range all {
		if s != "" {
			said = append(said, string(s))
		}
	}
	return strings.Join(said, ", ")
}

// types are the types of JSON Schema that the answers of a kind have; nil where it is no matter of a type.
func (k Kind) types() []string {
	switch k {
	case Text, LongText, Date, Time, Email, Phone, IBAN, Plate, Signature:
		return []string{"string"}
	case Number:
		return []string{"number", "integer"}
	case Money:
		return []string{"integer", "number"}
	case Bool, Consent:
		return []string{"boolean"}
	case Choices, Photos, Files:
		return []string{"array"}
	case Place, Person, Address, Organisation:
		return []string{"object"}
	}
	return nil
}

// members are the parts of an answer that rules and papers can read; nil when it has none.
func (f *field) members() []string {
	if f.Kind == Place {
		return []string{"street", "number", "lat", "lon", "how", "words"}
	}
	if f.whole == nil {
		return nil
	}
	var all []string
	for _, p := range f.parts {
		all = append(all, p.name)
	}
	if f.Within {
		for _, name := range []string{"postcode", "town"} {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// lacks says why there is nothing at a path inside of the field's answer; "" when there can be something.
func (f *field) lacks(within string) string {
	trail, parts := names(within), f.members()
	if f.Kind == Computed || f.Kind == Info {
		return fmt.Sprintf("%s is no answer; what a computed field says is said[%q]", f.Path, f.name)
	}
	if len(trail) == 0 {
		return ""
	}
	switch _, number := index(trail[0]); {
	case parts != nil && (len(trail) > 1 || !slices.Contains(parts, trail[0])):
		return fmt.Sprintf("of %s there are only %s", f.Path, strings.Join(parts, ", "))
	case parts != nil:
		return ""
	case f.Kind == Entry:
		return fmt.Sprintf("an entry of %s is not asked that", f.in.Path)
	case (f.Kind == Repeat || f.Kind.list()) && number:
		return ""
	case f.Kind == Repeat || f.Kind.list():
		return fmt.Sprintf("%s is a list: %s.exists(x, ...) looks into it", f.Path, "answers."+f.name)
	}
	return fmt.Sprintf("%s is one answer without parts", f.Path)
}

// list tells whether an answer of this kind is a list.
func (k Kind) list() bool { return k == Choices || k == Photos || k == Files }

// Icons lists the icons that the form names, each once.
func (f *Form) Icons() (icons []string) {
	for _, n := range f.needs {
		icons = append(icons, n.Icon)
	}
	for _, fd := range f.fields {
		for _, o := range fd.options {
			if name, is := strings.CutPrefix(o.Mark, "icon:"); is {
				icons = append(icons, name)
			}
		}
	}
	slices.Sort(icons)
	return slices.Compact(icons)
}

// Boundless lists the paths of texts whose schema sets no maxLength: the form takes them up to a limit of its own that the published schema does not say.
func (f *Form) Boundless() (paths []string) {
	for _, p := range f.pages {
		for _, fd := range p.fields {
			if (fd.Kind == Text || fd.Kind == LongText) && fd.max == 0 && fd.index == 0 {
				paths = append(paths, fd.Path)
			}
		}
	}
	return paths
}

// saidNames are the names under which Said has something to say.
func (f *Form) saidNames() map[string]bool {
	said := map[string]bool{}
	for _, fd := range f.fields {
		if fd.Kind == Info || fd.Kind == Entry || fd.Kind == Repeat {
			continue
		}
		said[entryName(fd.Path)] = true
		for _, p := range fd.parts {
			said[entryName(fd.Path)+"."+p.name] = true
		}
	}
	return said
}

// fieldLines finds the lines of the fields of a form.yaml by their paths; those in a list stand at "/children/*/name".
func fieldLines(data []byte) map[string]int {
	lines := map[string]int{}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return lines // whoever decodes it says why
	}
	for _, doc := range file.Docs {
		noteLines(lines, doc.Body, "")
	}
	return lines
}

func noteLines(lines map[string]int, node ast.Node, list string) {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.SequenceNode:
		for _, v := range n.Values {
			noteLines(lines, v, list)
		}
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	}
	own := list
	for _, v := range values {
		if path, is := v.Value.(*ast.StringNode); is && v.Key.String() == "path" {
			if own = list + path.Value; lines[own] == 0 {
				lines[own] = path.GetToken().Position.Line
			}
		}
	}
	for _, v := range values {
		switch key := v.Key.String(); {
		case key == "fields" && own != list:
			noteLines(lines, v.Value, own+"/*")
		case key == "pages" || key == "fields":
			noteLines(lines, v.Value, list)
		}
	}
}

// jsonLine is ":7" when the data stop being JSON in line 7, "" when they do not.
func jsonLine(data []byte) string {
	var any json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, &any); errors.As(err, &syntax) {
		return fmt.Sprintf(":%d", 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")))
	}
	return ""
}
