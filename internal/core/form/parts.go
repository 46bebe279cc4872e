package form

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/spelling"
)

// An address, a person and an organisation are one answer made of several parts: an object whose members are texts. They differ in which parts there are,
// how each is read and how all of them are written; everything else is here.

// composite is a kind whose answer is made of parts.
type composite struct {
	all   []part                                                    // every part there is, in the order in which it is asked
	usual []string                                                  // what is asked when the layout does not say
	read  func(typed string) map[string]any                         // all of it typed as one line
	write func(s *state, said map[string]string) string             // as people write it
	whole func(s *state, fd *field, m piece) (piece, *trouble)      // what the parts say together; may be nil
	offer func(s *state, fd *field, name string) (offers []Offer)   // what can be taken over by one touch; may be nil
	check func(said map[string]string, day time.Time) (t []trouble) // between the parts; may be nil
}

// part is one of the things that such an answer consists of.
type part struct {
	name string
	kind Kind // Text or Date
	keys Keys
	most int  // characters
	free bool // it may stay empty

	// parse brings what was typed to its one form; all are the parts as they were typed. On failure there is the keyword of the sentence that says what is
	// wrong. nil: every text will do.
	parse func(typed string, all map[string]string, day time.Time) (value, keyword string)
}

// String is the part as a layout names it: "birth?".
func (p part) String() string {
	if p.free {
		return p.name + "?"
	}
	return p.name
}

// piece is what was said of each part, and whether it was typed as one line.
type piece struct {
	said map[string]string
	line bool
}

// composite tells how a kind is put together; nil for one that is not.
func (k Kind) composite() *composite {
	switch k {
	case Address:
		return address()
	case Person:
		return person()
	case Organisation:
		return organisation()
	}
	return nil
}

func (c *composite) part(name string) (part, bool) {
	for _, p := range c.all {
		if p.name == name {
			return p, true
		}
	}
	return part{}, false
}

// parts compiles what is asked of an answer made of several, and holds it against the schema.
func (c *Compiler) parts(fl fieldLayout, l leaf, known bool) (*composite, []part) {
	whole := fl.Kind.composite()
	if whole == nil {
		if len(fl.Parts) > 0 || fl.Within || fl.Streets != "" {
			c.fail("%s: only an address, a person and an organisation have parts", fl.Path)
		}
		return nil, nil
	}
	if fl.Kind != Address && (fl.Within || fl.Streets != "") {
		c.fail("%s: only an address lies in a town and has streets", fl.Path)
	}
	if fl.Within && fl.Streets == "" {
		c.fail("%s: within needs streets, the table that says which town", fl.Path)
	}
	if fl.Streets != "" {
		c.table(fl.Streets, expr.Place{Service: c.service, File: c.file, Key: fl.Path + ": streets"})
	}
	asked := fl.Parts
	if asked == nil {
		asked = whole.usual
		if fl.Within {
			asked = []string{"street", "number"}
		}
	}
	var parts []part
	var have []string
	for _, name := range asked {
		plain, free := strings.CutSuffix(name, "?")
		p, ok := whole.part(plain)
		if !ok || slices.Contains(have, plain) {
			c.fail("%s: %q is no part of kind %s, or stands there twice; there are %s", fl.Path, plain, fl.Kind, strings.Join(whole.names(), ", "))
			continue
		}
		p.free = p.free || free
		parts, have = append(parts, p), append(have, plain)
	}
	if fl.Within {
		have = append(have, "postcode", "town")
	}
	if !known {
		return whole, parts
	}
	if !l.object {
		c.fail("%s: schema.json has to describe kind %s as an object with the properties %s", fl.Path, fl.Kind, strings.Join(have, ", "))
		return whole, parts
	}
	if missing := slices.DeleteFunc(slices.Clone(have), func(n string) bool { return slices.Contains(l.parts, n) }); len(missing) > 0 {
		c.fail("%s: the object in schema.json lacks %s", fl.Path, strings.Join(missing, ", "))
	}
	for _, n := range l.parts {
		if !slices.Contains(have, n) {
			c.fail("schema.json has %s/%s, but nobody asks for it", fl.Path, n)
		}
	}
	for _, n := range l.needs {
		if i := slices.IndexFunc(parts, func(p part) bool { return p.name == n }); i < 0 && !(fl.Within && n == "town") || i >= 0 && parts[i].free {
			c.fail("%s/%s: required by schema.json, but it can stay empty here", fl.Path, n)
		}
	}
	return whole, parts
}

func (c *composite) names() []string {
	var all []string
	for _, p := range c.all {
		all = append(all, p.name)
	}
	return all
}

// compose reads an answer made of several parts. The first thing that is wrong goes before, the others come along with it.
func (s *state) compose(fd *field, raw any) (any, *trouble) {
	m, t := fd.piecesOf(raw)
	if t != nil {
		return nil, t
	}
	if len(m.said) == 0 {
		return nil, nil
	}
	if fd.whole.whole != nil {
		if m, t = fd.whole.whole(s, fd, m); t != nil {
			return nil, t
		}
	}
	var wrong []trouble
	value := map[string]any{}
	for _, p := range fd.parts {
		typed := m.said[p.name]
		switch {
		case typed == "" && !p.free:
			wrong = append(wrong, trouble{keyword: "missing", part: p.name})
		case typed != "" && p.parse != nil:
			v, keyword := p.parse(typed, m.said, s.in.Day)
			if keyword != "" {
				wrong = append(wrong, trouble{keyword: keyword, part: p.name})
				continue
			}
			m.said[p.name] = v
		}
	}
	if fd.whole.check != nil && len(wrong) == 0 {
		wrong = fd.whole.check(m.said, s.in.Day)
	}
	if len(wrong) > 0 {
		first := wrong[0]
		first.also = wrong[1:]
		return nil, &first
	}
	for name, v := range m.said {
		value[name] = v
	}
	return value, nil
}

// piecesOf takes an answer apart: texts only, none too long, none that nobody asks for.
func (f *field) piecesOf(raw any) (piece, *trouble) {
	m := piece{said: map[string]string{}}
	if typed, ok := raw.(string); ok {
		if len(typed) > longestTyped {
			return m, &trouble{keyword: "maxLength", args: []any{"n", longestTyped / utf8.UTFMax}}
		}
		m.line = true
		raw = f.whole.read(visible(typed, true))
	}
	o, ok := object(raw)
	if !ok {
		return m, &trouble{keyword: "type"}
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		v := o[name]
		p, known := f.whole.part(name)
		typed, isText := v.(string)
		if !known || v != nil && !isText {
			return m, &trouble{keyword: "type"}
		}
		line := field{max: p.most}
		if t := line.tooLong(typed); t != nil {
			t.part = name
			return m, t
		}
		if typed = visible(typed, false); typed == "" {
			continue
		}
		if !f.takes(name) {
			return m, &trouble{keyword: "type"}
		}
		if !writable(typed) {
			return m, &trouble{keyword: "characters", part: name}
		}
		m.said[name] = typed
	}
	return m, nil
}

// longestTyped is what is read of an answer that is typed as one line, in bytes.
const longestTyped = 600

// takes tells whether a part is among what is asked, or is found out.
func (f *field) takes(name string) bool {
	return f.Within && (name == "postcode" || name == "town") || slices.ContainsFunc(f.parts, func(p part) bool { return p.name == name })
}

// drawParts are the fields that an answer is typed into. What is wrong with it stands at the part that can mend it.
func (s *state) drawParts(fd *field, d Field, raw any) []Field {
	if typed, ok := raw.(string); ok && len(typed) <= longestTyped {
		raw = fd.whole.read(visible(typed, true))
	}
	typed, _ := object(raw)
	value, _ := object(s.at[fd.number].value)
	wrong := s.at[fd.number].wrong
	var parts []Field
	for _, p := range fd.parts {
		x := Field{
			Path: fd.Path + "/" + p.name, Kind: p.kind, Keys: p.keys, Max: p.most, ReadOnly: d.ReadOnly, Secret: d.Secret,
			Label: s.partSay(fd, p.name, "label"), Hint: s.partSay(fd, p.name, "hint"), Example: s.partSay(fd, p.name, "example"),
			Required: !p.free && (d.Required || len(typed) > 0), Prefill: fd.factsOf(p.name),
		}
		if p.kind == Date {
			x.Pick = PickBirth
		}
		if v, ok := value[p.name].(string); ok { // as it counts, also where nobody typed it
			x.Value, x.Text = v, Written(p.kind, s.in.Lang, v)
		}
		if t, ok := typed[p.name].(string); ok && t != "" && t != x.Value {
			x.Text = t // as it was typed
			if x.Value == nil {
				x.Value = t
			}
		}
		t, found := wrong.at(p.name)
		if wrong.keyword == "missing" && wrong.part == "" { // nothing at all is said
			t, found = trouble{keyword: "missing", part: p.name}, !p.free
		}
		if found {
			x.Missing, x.Problem = t.keyword == "missing", s.sentence(fd, t)
		}
		if fd.whole.offer != nil {
			x.Offers = fd.whole.offer(s, fd, p.name)
		}
		parts = append(parts, x)
	}
	if wrong.keyword != "" && wrong.keyword != "missing" && len(parts) > 0 && !slices.ContainsFunc(parts, func(x Field) bool { return x.Problem != "" }) {
		parts[0].Problem = s.sentence(fd, wrong) // of all of it: said where it begins
	}
	return parts
}

// at is what is wrong with a part.
func (t trouble) at(part string) (trouble, bool) {
	for _, x := range append([]trouble{t}, t.also...) {
		if x.part == part && x.keyword != "" {
			return x, true
		}
	}
	return trouble{}, false
}

// partSay says something of a part: in the service's words for it, else in general ones.
func (s *state) partSay(fd *field, part, what string) string {
	if own := s.optional(fmt.Sprintf("field.%s.%s.%s", fd.name, part, what)); own != "" {
		return own
	}
	return s.optional(fmt.Sprintf("form.%s.%s.%s", fd.Kind, part, what))
}

// partSentence says what is wrong with a part; "" where only general words fit.
func (s *state) partSentence(fd *field, t trouble) string {
	if fd.whole == nil || t.part == "" || t.rule != "" {
		return ""
	}
	p, _ := fd.whole.part(t.part)
	for _, key := range []string{
		fmt.Sprintf("field.%s.%s.problem.%s", fd.name, t.part, t.keyword), fmt.Sprintf("form.%s.%s.problem.%s", fd.Kind, t.part, t.keyword),
		fmt.Sprintf("form.problem.%s.%s", p.kind, t.keyword),
	} {
		if said := s.optional(key, t.args...); said != "" {
			return said
		}
	}
	return ""
}

// sayParts adds the parts of an answer to what was said: "applicant.birth" is "3. April 1980".
func (s *state) sayParts(fd *field, said map[string]any) {
	m, _ := object(s.at[fd.number].value)
	for _, p := range fd.parts {
		v, _ := m[p.name].(string)
		said[entryName(fd.Path)+"."+p.name] = Written(p.kind, s.in.Lang, v)
	}
}

// compositeText writes all of it on one line.
func (s *state) compositeText(k Kind, m map[string]any) string {
	said := map[string]string{}
	for name, v := range m {
		said[name], _ = v.(string)
	}
	return k.composite().write(s, said)
}

// Accept takes over what was offered for a part of this field: the path and the value to answer with. What goes along with it is filled in where nothing
// else stands: whoever named another town means that one.
func (f Field) Accept(part string, o Offer) (path string, value any) {
	typed := map[string]any{}
	also := len(o.With) > 0
	for _, p := range f.Parts {
		name := p.Path[strings.LastIndexByte(p.Path, '/')+1:]
		text := p.Text
		if iso, ok := p.Value.(string); ok && p.Kind == Date {
			text = iso
		}
		if text != "" {
			typed[name] = text
		}
		if name == "town" && text != "" && !spelling.Same(text, o.With[name]) {
			also = false
		}
	}
	typed[part] = o.Text
	for name, v := range o.With {
		if also && slices.ContainsFunc(f.Parts, func(p Field) bool { return p.Path == f.Path+"/"+name }) {
			typed[name] = v
		}
	}
	return f.Path, typed
}

// Settle completes an answer whose part was typed exactly as it is offered and that says nothing more than what goes along with it: a browser cannot tell
// whether a street was chosen from its list. false: there is nothing to complete.
func (f Field) Settle() (path string, value any, ok bool) {
	empty := map[string]bool{}
	for _, p := range f.Parts {
		empty[strings.TrimPrefix(p.Path, f.Path+"/")] = p.Text == ""
	}
	for _, p := range f.Parts {
		for _, o := range p.Offers {
			if o.Text != p.Text || len(o.With) == 0 {
				continue
			}
			for name := range o.With {
				if !empty[name] {
					return "", nil, false
				}
			}
			path, value = f.Accept(strings.TrimPrefix(p.Path, f.Path+"/"), o)
			return path, value, true
		}
	}
	return "", nil, false
}
