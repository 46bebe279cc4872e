package fim

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Options is what a service needs and a schema does not say.
type Options struct {
	ID         string   // the folder's name: "hundesteuer-anmelden"
	Tenants    []string // who offers it; none: stadt
	Office     string   // row of the tenant's table "offices"; may be empty
	Situations []string // ids of the tenant's life situations; none: ausweis-reise
	Icon       string   // name of an icon; empty: list-check
}

// ErrNothing says that a schema has nothing that a citizen could be asked.
var ErrNothing = errors.New("fim: folder: nothing in it can be asked")

// deepest is how many groups inside each other become objects inside each other. Forms refuse answers that lie deeper.
const deepest = 8

// Forms take rules of up to 4000 characters. A rule that would be longer is written in parts, as long as they are few: every terminal
// compiles them when it starts.
const (
	maxRule  = 3800
	maxList  = 1800
	maxParts = 12
)

var (
	idShape  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	rowShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
)

// check fills in what was left out, and refuses what could not stand in a service: ids are names of folders and rows.
func (o *Options) check() error {
	if len(o.ID) > 64 || !idShape.MatchString(o.ID) {
		return fmt.Errorf("fim: folder: the id has small letters, digits and single hyphens between them, at most 64, not %q", short(o.ID, 80))
	}
	if len(o.Tenants) == 0 {
		o.Tenants = []string{"stadt"}
	}
	if len(o.Situations) == 0 {
		o.Situations = []string{"ausweis-reise"}
	}
	o.Icon = cmp.Or(o.Icon, "list-check")
	rows := append(append([]string{o.Icon}, o.Tenants...), o.Situations...)
	if o.Office != "" {
		rows = append(rows, o.Office)
	}
	for _, row := range rows {
		if !rowShape.MatchString(row) {
			return fmt.Errorf("fim: folder: %q cannot be the id of a tenant, a situation, an icon or an office", short(row, 80))
		}
	}
	return nil
}

// folder is a service's folder while it is made.
type folder struct {
	o      Options
	s      *Schema
	report Report
	pages  []*page
	page   *page // the one that is being filled
	root   *object
	rules  []rule
	says   []sentence // texts/de.yaml, in order
	latin  int        // fields with the letters of String.Latin+
	told   map[string]bool
	used   map[string]bool // names of pages and rules
}

type page struct {
	id, comment string
	fields      []asked
}

// asked is a field of form.yaml.
type asked struct {
	path, kind string
	optional   bool
	more       string   // further keys, as they stand in YAML
	options    []string // values, as they stand in YAML
	comment    string
}

// object is an object of schema.json.
type object struct {
	path     string
	element  Element
	names    map[string]bool
	members  []member
	required []string
}

// member is a property: an object, or what the schema says about an answer.
type member struct {
	name   string
	object *object
	schema []pair
}

// pair is a keyword of JSON Schema with its value.
type pair struct {
	key   string
	value any
}

type rule struct{ name, path, holds string }

type sentence struct{ block, key, text string }

// leaf is an answer, and whether it has to be there as soon as its group is.
type leaf struct {
	path string
	must bool
}

// place is where an element is put.
type place struct {
	into  *object
	free  bool // nobody has to answer: something around it is optional
	loose bool // its group lies too deep to be an object of its own
	part  bool // it is a part of a choice group
	depth int
}

// Folder makes a service's folder: service.yaml, schema.json, form.yaml, texts/de.yaml and documents/slip.yaml, by their names in it. A
// page for every group at the top, fields at the top on pages between them. The report says what is different from the schema. It is a
// beginning for people: words of the catalogue are long, and rules have to be written by somebody who reads them.
func (s *Schema) Folder(o Options) (files map[string][]byte, report Report, err error) {
	f := &folder{o: o, s: s, report: append(Report{}, s.seen...), told: map[string]bool{}, used: map[string]bool{}, root: &object{element: s.Element, names: map[string]bool{}}}
	if err := f.o.check(); err != nil {
		return nil, nil, err
	}
	f.about(o)
	f.tellRules(s.Element)
	for _, c := range s.Children {
		f.top(c)
	}
	f.pages = slices.DeleteFunc(f.pages, func(p *page) bool { return len(p.fields) == 0 })
	slices.SortStableFunc(f.report, func(a, b Line) int {
		if a.Line == 0 || b.Line == 0 {
			return cmp.Compare(b.Line, a.Line) // what is about the document as a whole comes last
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if f.latin > 0 {
		f.report.add(Element{ID: s.ID, Name: s.Name}, LossLetters, fmt.Sprintf("fields that take the letters of String.Latin+ and no others: %d", f.latin), "what the form takes everywhere: letters, digits and usual signs")
	}
	if len(f.root.members) == 0 {
		return nil, f.report, ErrNothing
	}
	return map[string][]byte{
		"service.yaml":        f.service(),
		"schema.json":         f.schema(),
		"form.yaml":           f.form(),
		"texts/de.yaml":       f.texts(),
		"documents/slip.yaml": []byte(slip),
	}, f.report, nil
}

// about says what the service is, and what nobody could read out of the schema.
func (f *folder) about(o Options) {
	e := Element{ID: f.s.ID, Name: f.s.Name}
	f.say(e, "", "title", short(f.s.title(), 80))
	if len([]rune(f.s.title())) > 80 {
		f.report.add(f.s.Element, LossText, "its name: "+f.s.title(), "cut after 80 characters; texts/de.yaml, title")
	}
	lead, law := f.s.Help, strings.Join(f.s.Laws, "; ")
	if lead == "" {
		lead = "Diesen Antrag können Sie gleich hier stellen."
	}
	if law == "" {
		law = "Die Rechtsgrundlage trägt die Stadt hier ein."
		f.report.add(e, LossService, "no bezug says which law it rests on", "texts/de.yaml asks the town for it")
	}
	f.say(e, "", "lead", lead)
	f.say(e, "", "law", law)
	f.say(e, "", "search", strings.Join(append([]string{f.s.title()}, f.s.Keywords...), ", "))
	if !f.s.Released {
		f.report.add(e, LossStatus, fmt.Sprintf("its status is %q: nobody has released it", f.s.Status), "carried over all the same")
	}
	f.report.add(e, LossService, "Leistungsschlüssel, trust level, fee and ways to pay are not part of a data field schema", "service.yaml says: no key, none, free")
	f.report.add(e, LossService, "words in other languages than German are not part of it", "texts/de.yaml only")
	if len(o.Tenants) == 0 || len(o.Situations) == 0 || o.Office == "" {
		f.report.add(e, LossService, "tenant, life situation and office are not part of it, and were not said",
			fmt.Sprintf("tenants %v, situations %v, office %q", f.o.Tenants, f.o.Situations, f.o.Office))
	}
}

// top puts what stands at the top: every group gets a page, fields between them share one.
func (f *folder) top(c Child) {
	at := place{into: f.root}
	if c.Group == nil {
		if f.page == nil {
			f.begin("angaben", "Ihre Angaben", Element{ID: f.s.ID, Name: f.s.Name})
		}
		f.child(c, at)
		return
	}
	f.page = nil
	f.group(c, at)
	f.page = nil
}

// begin begins a page; it is there as soon as something stands on it.
func (f *folder) begin(id, title string, e Element) {
	f.page = &page{id: free(id, f.used), comment: comment(e)}
	f.pages = append(f.pages, f.page)
	f.say(e, "page", f.page.id+".title", title)
}

// child puts a group or a field and gives the answers it asks for.
func (f *folder) child(c Child, at place) []leaf {
	if c.Group != nil {
		return f.group(c, at)
	}
	return f.field(c, at)
}

// often notes how often something may be there, and tells whether it is left out because it never is.
func (f *folder) often(e Element, c Child) (never bool) {
	switch {
	case c.Max == 0:
		f.report.add(e, LossRepeat, "it may be there 0 times", "left out")
		return true
	case c.Max != 1:
		high := strconv.Itoa(c.Max)
		if c.Max == Many {
			high = "any number of"
		}
		f.report.add(e, LossRepeat, fmt.Sprintf("it may be there %d to %s times", c.Min, high), "there once")
	}
	return false
}

func (f *folder) group(c Child, at place) []leaf {
	g := c.Group
	f.tellRules(g.Element)
	if f.often(g.Element, c) {
		return nil
	}
	must := c.Min > 0 && !at.part
	name := g.name(at.into.names)
	inner := place{into: &object{path: at.into.path + "/" + name, element: g.Element, names: map[string]bool{}}, free: at.free || !must, part: g.Choice, depth: at.depth + 1}
	if at.depth >= deepest {
		inner.into, inner.loose = at.into, at.loose || !must
		f.report.add(g.Element, LossLevel, fmt.Sprintf("it lies in %d other groups", at.depth), "its parts are asked as parts of the group around it")
	}
	top := f.page == nil
	if top {
		f.begin(name, g.title(), g.Element)
		if g.Help != "" {
			f.say(g.Element, "page", f.page.id+".lead", g.Help)
		}
	}
	before, said := len(f.page.fields), len(f.says)
	if !top {
		f.heading(g, name, at)
	}
	heads := len(f.page.fields)
	var leaves []leaf
	parts := [][]leaf{}
	for _, child := range g.Children {
		if got := f.child(child, inner); len(got) > 0 {
			leaves, parts = append(leaves, got...), append(parts, got)
		}
	}
	if len(f.page.fields) == heads { // nothing stands below the heading
		f.page.fields, f.says = f.page.fields[:before], f.says[:said]
		f.report.add(g.Element, LossEmpty, "nothing in it can be asked or told", "left out")
		return nil
	}
	needed := false
	for _, l := range leaves {
		needed = needed || l.must
	}
	if inner.into != at.into && len(inner.into.members) > 0 {
		at.into.members = append(at.into.members, member{name: name, object: inner.into})
		if must && needed && !at.loose {
			at.into.required = append(at.into.required, name)
		}
	}
	switch {
	case g.Choice:
		f.oneOf(g, parts, must && !at.free)
	case !must && needed && len(leaves) > 1:
		f.wholeOrNone(g, leaves)
	}
	for i := range leaves {
		leaves[i].must = leaves[i].must && must
	}
	return leaves
}

// heading says on the page where a group begins.
func (f *folder) heading(g *Group, name string, at place) {
	path := at.into.path + "/" + free(name+"_info", at.into.names)
	f.ask(asked{path: path, kind: "info", comment: comment(g.Element)})
	f.label(g.Element, path, g.title())
	f.say(g.Element, "field", dotted(path)+".text", g.Help)
}

// wholeOrNone makes the rule of a group that may be missing as a whole, but not in parts.
func (f *folder) wholeOrNone(g *Group, leaves []leaf) {
	var needed []leaf
	for _, l := range leaves {
		if l.must {
			needed = append(needed, l)
		}
	}
	all, musts := portions(leaves), portions(needed)
	if len(all)*len(musts) > maxParts {
		f.report.add(g.Element, LossLimits, "a group that is there as a whole or not at all", "not checked: the rule would be too long")
		return
	}
	for _, some := range all { // nothing of the group, or all that is needed: the same as that for all portions of both
		for _, must := range musts {
			holds := fmt.Sprintf("%s.all(x, x == null) || %s.all(x, x != null)", list(some), list(must))
			f.rule(g.Element, "ganz_"+slug(g.Name), must[0].path, holds, fmt.Sprintf("Hier fehlt noch etwas, das zu „%s“ gehört. Sie können auch alles davon leer lassen.", g.title()))
		}
	}
}

// portions cuts answers into lists that are not too long when they are written.
func portions(leaves []leaf) (cut [][]leaf) {
	size := maxList
	for _, l := range leaves {
		if n := len("answers.") + len(l.path) + 2; size+n > maxList {
			cut, size = append(cut, nil), n
		} else {
			size += n
		}
		cut[len(cut)-1] = append(cut[len(cut)-1], l)
	}
	return cut
}

// oneOf makes the rule of a choice group.
func (f *folder) oneOf(g *Group, parts [][]leaf, must bool) {
	if len(parts) == 0 {
		return
	}
	var counted []string
	for _, p := range parts {
		counted = append(counted, list(p)+".exists(x, x != null)")
	}
	how, said := " <= 1", "höchstens"
	if must {
		how, said = " == 1", "genau"
	}
	f.report.add(g.Element, LossChoice, "a choice group: "+map[bool]string{true: "exactly", false: "at most"}[must]+" one of its parts", "every part may be left empty, and a rule counts those that are not")
	holds := fmt.Sprintf("[%s].filter(x, x).size()%s", strings.Join(counted, ", "), how)
	f.rule(g.Element, "eins_"+slug(g.Name), parts[0][0].path, holds, fmt.Sprintf("Bitte füllen Sie bei „%s“ %s eine der Möglichkeiten aus.", g.title(), said))
}

func (f *folder) rule(e Element, name, path, holds, said string) {
	if len(holds) > maxRule {
		f.report.add(e, LossLimits, "its parts belong together", "not checked: the rule would be too long")
		return
	}
	name = free(name, f.used)
	f.rules = append(f.rules, rule{name, path, holds})
	f.say(e, "rule", name, said)
}

// list writes answers as a list in an expression.
func list(leaves []leaf) string {
	var names []string
	for _, l := range leaves {
		names = append(names, "answers."+dotted(l.path))
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// tellRules notes the rules of an element. The same rule stands wherever its element is used; it is told once.
func (f *folder) tellRules(e Element) {
	for _, r := range e.Rules {
		key := r.ID + " " + r.Version + " " + r.Words
		if f.told[key] {
			continue
		}
		f.told[key] = true
		what := r.Words
		if r.Script {
			what = strings.TrimSpace(what + " (with a script)")
		}
		if what == "" {
			what = "it says nothing"
		}
		f.report.add(Element{ID: r.ID, Name: r.Name, At: r.At}, LossRule, "of "+e.ID+" "+e.title()+": "+what, "not checked; form.yaml has room for rules")
	}
}

func (f *folder) ask(a asked) { f.page.fields = append(f.page.fields, a) }

func (f *folder) label(e Element, path, text string) { f.say(e, "field", dotted(path)+".label", text) }

// say notes a sentence. Two opening braces would be filled in by the terminal.
func (f *folder) say(e Element, block, key, text string) {
	if strings.Contains(text, "{{") {
		text = strings.ReplaceAll(text, "{", "(")
		f.report.add(e, LossText, "a sentence with two opening braces", "round brackets: "+strings.TrimPrefix(block+"."+key, "."))
	}
	f.says = append(f.says, sentence{block, key, text})
}

// dotted is the name of a field in texts and expressions: "/person/name" is "person.name".
func dotted(path string) string { return strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".") }

// free gives a name that is not taken yet, and takes it.
func free(base string, taken map[string]bool) string {
	name := base
	for n := 2; taken[name]; n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	taken[name] = true
	return name
}
