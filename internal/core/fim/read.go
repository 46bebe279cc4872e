package fim

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	space2 = "urn:xoev-de:fim:standard:xdatenfelder_2"
	space3 = "urn:xoev-de:fim:standard:xdatenfelder_3.0.0"

	message = "xdatenfelder.stammdatenschema.0102"
)

// What a document may be at most. The largest schemas of the catalogue have some megabytes and groups five or six deep.
const (
	maxBytes    = 16 << 20
	maxElements = 500_000
	maxGroups   = 24               // groups inside each other
	maxDepth    = 16 + 3*maxGroups // XML elements inside each other: a group is three
)

// ErrNot says that the document is no data field schema that this package reads.
var ErrNot = errors.New("not a data field schema")

// Read reads a Stammdatenschema of XDatenfelder 2.0 or 3.0 in UTF-8, of at most 16 MiB. A document type is refused, so that no entity can
// grow or lead outside. Errors name the line and, where there is one, the element.
func Read(r io.Reader) (*Schema, error) {
	root, err := parse(r)
	if err != nil {
		return nil, fmt.Errorf("fim: read: %w", err)
	}
	d := document{metadata: map[string]int{}, unknown: map[string]At{}}
	s, err := d.schema(root)
	if err != nil {
		return nil, fmt.Errorf("fim: read: %w", err)
	}
	return s, nil
}

// node is an XML element.
type node struct {
	name xml.Name
	attr []xml.Attr
	text string // its own, without its children's
	kids []*node
	at   At
}

// counted reads at most maxBytes and says so when there would be more.
type counted struct {
	r    io.Reader
	left int
}

func (c *counted) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("larger than %d MiB", maxBytes>>20)
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func parse(r io.Reader) (*node, error) {
	d := xml.NewDecoder(&counted{r, maxBytes + 1})
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("written in %q, only UTF-8 is read", short(charset, 40))
	}
	var root *node
	var open []*node
	var said [][]byte // the text of each open element
	elements := 0
	for {
		token, err := d.Token()
		var at At
		at.Line, at.Column = d.InputPos()
		if err == io.EOF && root != nil {
			return root, nil
		}
		if err == io.EOF {
			return nil, fmt.Errorf("%w: it is empty", ErrNot)
		}
		if err != nil {
			return nil, fmt.Errorf("%v: %w", at, err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, fmt.Errorf("%v: a document type is not read", at)
		case xml.StartElement:
			elements++
			if elements > maxElements || len(open) >= maxDepth {
				return nil, fmt.Errorf("%v: %s: more than %d elements, or more than %d inside each other", at, short(t.Name.Local, 60), maxElements, maxDepth)
			}
			n := &node{name: t.Name, attr: slices.Clone(t.Attr), at: at}
			switch {
			case len(open) > 0:
				up := open[len(open)-1]
				up.kids = append(up.kids, n)
			case root != nil:
				return nil, fmt.Errorf("%v: something follows the end", at)
			case t.Name.Space != space2 && t.Name.Space != space3:
				return nil, fmt.Errorf("%v: %w: its namespace is %q, known are %s and %s", at, ErrNot, short(t.Name.Space, 100), space2, space3)
			case t.Name.Local != message:
				return nil, fmt.Errorf("%v: %w: it is %q, and not %s", at, ErrNot, short(t.Name.Local, 100), message)
			default:
				root = n
			}
			open, said = append(open, n), append(said, nil)
		case xml.EndElement:
			last := len(open) - 1
			open[last].text = string(said[last])
			open, said = open[:last], said[:last]
		case xml.CharData:
			if last := len(open) - 1; last >= 0 {
				said[last] = append(said[last], t...)
			}
		}
	}
}

// document is one reading: what was met that nobody carries over, by name.
type document struct {
	space    string
	metadata map[string]int // how often an element for editors says something
	unknown  map[string]At  // where an element was first met that does not belong there
	report   Report
}

func (d *document) schema(root *node) (*Schema, error) {
	d.space = root.name.Space
	var s *Schema
	for _, k := range root.kids {
		switch d.local(k) {
		case "header":
		case "stammdatenschema":
			if s != nil {
				return nil, fmt.Errorf("%v: a second stammdatenschema", k.at)
			}
			var err error
			if s, err = d.stamm(k); err != nil {
				return nil, err
			}
		default:
			d.stranger(k)
		}
	}
	if s == nil {
		return nil, fmt.Errorf("%v: %w: there is no stammdatenschema in it", root.at, ErrNot)
	}
	d.close(s)
	return s, nil
}

func (d *document) stamm(n *node) (*Schema, error) {
	s := &Schema{Edition: map[string]string{space2: "2", space3: "3"}[d.space]}
	if err := d.identify(n, &s.Element); err != nil {
		return nil, err
	}
	for _, k := range n.kids {
		switch d.local(k) {
		case "bezeichnung", "bezeichnungEingabe":
			s.Label = line(k.text)
		case "hilfetext", "hilfetextEingabe":
			s.Help = prose(k.text)
		case "bezug":
			if law := line(k.text); law != "" {
				s.Laws = append(s.Laws, law)
			}
		case "stichwort":
			if word := line(k.text); word != "" {
				s.Keywords = append(s.Keywords, word)
			}
		case "status", "freigabestatus":
			s.Status = d.code(k)
			s.Released = slices.Contains([]string{"aktiv", "5", "6"}, s.Status)
		case "struktur":
			children, err := d.struktur(k, s.ID, nil)
			if err != nil {
				return nil, err
			}
			s.Children = append(s.Children, children...)
		default:
			d.common(k, &s.Element)
		}
	}
	return s, nil
}

// identify reads what everything else is told by: who it is.
func (d *document) identify(n *node, e *Element) error {
	e.At = n.at
	for _, k := range n.kids {
		switch d.local(k) {
		case "identifikation":
			e.ID, e.Version = d.identity(k)
		case "name":
			e.Name = line(k.text)
		}
	}
	if e.ID == "" {
		return fmt.Errorf("%v: %s %q has no id", n.at, short(n.name.Local, 60), short(e.Name, 60))
	}
	return nil
}

func (d *document) identity(n *node) (id, version string) {
	for _, k := range n.kids {
		switch d.local(k) {
		case "id":
			id = short(line(k.text), 100)
		case "version":
			version = short(line(k.text), 40)
		default:
			d.stranger(k)
		}
	}
	return id, version
}

// common reads what groups and fields share, and counts what is for editors.
func (d *document) common(n *node, e *Element) {
	switch name := d.local(n); name {
	case "identifikation", "name": // identify has read them
	case "bezeichnungEingabe":
		e.Label = line(n.text)
	case "hilfetextEingabe":
		e.Help = prose(n.text)
	case "regel":
		e.Rules = append(e.Rules, d.rule(n))
	case "beschreibung", "definition", "bezug", "bezeichnungAusgabe", "hilfetextAusgabe", "stichwort", "relation", "status", "freigabestatus", "statusGesetztAm",
		"statusGesetztDurch", "gueltigAb", "gueltigBis", "fachlicherErsteller", "versionshinweis", "freigabedatum", "veroeffentlichungsdatum",
		"letzteAenderung", "schemaelementart", "ableitungsmodifikationenStruktur", "ableitungsmodifikationenRepraesentation", "dokumentsteckbrief":
		if strings.TrimSpace(n.text) != "" || len(n.kids) > 0 {
			d.metadata[name]++
		}
	default:
		d.stranger(n)
	}
}

func (d *document) rule(n *node) Rule {
	r := Rule{At: n.at}
	words := map[string]string{}
	for _, k := range n.kids {
		switch name := d.local(k); name {
		case "identifikation":
			r.ID, r.Version = d.identity(k)
		case "name":
			r.Name = line(k.text)
		case "definition", "freitextRegel", "beschreibung":
			words[name] = line(k.text)
		case "script", "skript":
			r.Script = line(k.text) != ""
		case "bezeichnungEingabe", "bezeichnungAusgabe", "typ", "param", "ziel", "fehler": // told by the rule's words
		default:
			d.common(k, &Element{})
		}
	}
	for _, name := range []string{"beschreibung", "definition", "freitextRegel"} {
		if words[name] != "" {
			r.Words = words[name]
		}
	}
	return r
}

// struktur reads how often something is there, and what. over are the ids of the groups that it lies in.
func (d *document) struktur(n *node, in string, over []string) (children []Child, err error) {
	var often Child
	said := false
	for _, k := range n.kids {
		switch d.local(k) {
		case "anzahl":
			if often.Min, often.Max, err = anzahl(line(k.text)); err != nil {
				return nil, fmt.Errorf("%v: in %s: %w", k.at, in, err)
			}
			said = true
		case "bezug":
			d.common(k, &Element{})
		case "enthaelt":
			for _, c := range k.kids {
				child := Child{}
				switch d.local(c) {
				case "datenfeldgruppe":
					child.Group, err = d.group(c, over)
				case "datenfeld":
					child.Field, err = d.field(c)
				default:
					d.stranger(c)
					continue
				}
				if err != nil {
					return nil, err
				}
				children = append(children, child)
			}
		default:
			d.stranger(k)
		}
	}
	if !said {
		return nil, fmt.Errorf("%v: in %s: a struktur without anzahl", n.at, in)
	}
	if len(children) == 0 {
		d.report.add(Element{ID: in, At: n.at}, LossEmpty, "a struktur that contains nothing", "left out")
	}
	for i := range children {
		children[i].Min, children[i].Max = often.Min, often.Max
	}
	return children, nil
}

// anzahl reads "0:1", "1:*".
func anzahl(s string) (low, high int, err error) {
	a, b, ok := strings.Cut(s, ":")
	low, errLow := strconv.Atoi(a)
	high, errHigh := strconv.Atoi(b)
	if b == "*" {
		high, errHigh = Many, nil
	}
	if !ok || errLow != nil || errHigh != nil || low < 0 || (high != Many && high < low) || strings.ContainsAny(s, "+-") {
		return 0, 0, fmt.Errorf("anzahl %q is not like 0:1 or 1:*", short(s, 40))
	}
	return low, high, nil
}

func (d *document) group(n *node, over []string) (*Group, error) {
	g := &Group{}
	if err := d.identify(n, &g.Element); err != nil {
		return nil, err
	}
	if slices.Contains(over, g.ID) {
		return nil, fmt.Errorf("%v: group %s %q lies within itself", n.at, g.ID, short(g.Name, 60))
	}
	if len(over) >= maxGroups {
		return nil, fmt.Errorf("%v: group %s %q lies in more than %d others", n.at, g.ID, short(g.Name, 60), maxGroups)
	}
	over = append(slices.Clip(over), g.ID)
	for _, k := range n.kids {
		switch d.local(k) {
		case "art":
			g.Choice = d.code(k) == "X"
		case "struktur":
			children, err := d.struktur(k, g.ID, over)
			if err != nil {
				return nil, err
			}
			g.Children = append(g.Children, children...)
		default:
			d.common(k, &g.Element)
		}
	}
	return g, nil
}

func (d *document) field(n *node) (*Field, error) {
	f := &Field{}
	if err := d.identify(n, &f.Element); err != nil {
		return nil, err
	}
	var files []string
	for _, k := range n.kids {
		switch d.local(k) {
		case "feldart":
			f.Art = d.code(k)
		case "datentyp":
			f.Type = d.code(k)
		case "praezisierung":
			f.Limits = d.limits(k)
		case "inhalt":
			f.Content = prose(k.text)
		case "vorbefuellung":
			f.Prefill = d.code(k)
		case "codelisteReferenz":
			f.List = d.list(k)
		case "werte":
			for _, w := range k.kids {
				f.Values = append(f.Values, d.value(w))
			}
		case "maxSize", "mediaType":
			if said := line(k.text); said != "" {
				files = append(files, k.name.Local+" "+short(said, 60))
			}
		case "codeKey", "nameKey", "helpKey": // columns of the code list, which is not read
		default:
			d.common(k, &f.Element)
		}
	}
	f.Files = strings.Join(files, ", ")
	return f, nil
}

func (d *document) value(n *node) (v Value) {
	if d.local(n) != "wert" {
		d.stranger(n)
		return Value{}
	}
	for _, k := range n.kids {
		switch d.local(k) {
		case "code":
			v.Code = line(k.text)
		case "name":
			v.Name = line(k.text)
		case "hilfe":
			v.Help = line(k.text)
		default:
			d.stranger(k)
		}
	}
	return v
}

// list gives a code list's URN. In 2.0 it lies one element deeper than in 3.0.
func (d *document) list(n *node) string {
	said := map[string]string{}
	for _, k := range n.kids {
		switch name := d.local(k); name {
		case "identifikation":
		case "genericodeIdentification":
			if urn := d.list(k); urn != "" {
				return urn
			}
		case "canonicalIdentification", "version", "canonicalVersionUri":
			said[name] = short(line(k.text), 200)
		default:
			d.stranger(k)
		}
	}
	if said["canonicalVersionUri"] != "" {
		return said["canonicalVersionUri"]
	}
	return strings.TrimSpace(said["canonicalIdentification"] + " " + said["version"])
}

// code reads <feldart><code>input</code></feldart>; the inner element has no namespace.
func (d *document) code(n *node) string {
	for _, k := range n.kids {
		if k.name.Local == "code" {
			return short(line(k.text), 60)
		}
	}
	return short(line(n.text), 60)
}

// local is an element's name when it is one of the standard's.
func (d *document) local(n *node) string {
	if n.name.Space != d.space {
		return ""
	}
	return n.name.Local
}

func (d *document) stranger(n *node) {
	name := short(n.name.Local, 60)
	if n.name.Space != d.space {
		name = fmt.Sprintf("%s of %q", name, short(n.name.Space, 100))
	}
	if _, met := d.unknown[name]; !met {
		d.unknown[name] = n.at
	}
}

// close notes what was met on the way.
func (d *document) close(s *Schema) {
	s.seen = d.report
	if len(d.metadata) > 0 {
		var said []string
		for _, name := range slices.Sorted(maps.Keys(d.metadata)) {
			said = append(said, fmt.Sprintf("%s (%d)", name, d.metadata[name]))
		}
		s.seen.add(Element{ID: s.ID, Name: s.Name}, LossMetadata, "what is for editors and for what is given out: "+strings.Join(said, ", "), "left out")
	}
	for _, name := range slices.Sorted(maps.Keys(d.unknown)) {
		s.seen.add(Element{ID: s.ID, Name: s.Name, At: d.unknown[name]}, LossUnknown, "element "+name, "left out, wherever it stands")
	}
}
