package service

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// template is documents/<name>.yaml, compiled.
type template struct {
	title  *form.Sayer
	letter *letterRule // nil for what is no letter
	blocks []blockRule
	keys   []string
	tables []string

	tableAt func(name string) expr.Place // where a table is read first
	steps   bool                         // it reads the steps of the fee
}

type templateLayout struct {
	Title  form.Saying   `yaml:"title"`
	Frame  string        `yaml:"frame"` // in place of letter: that of the general paper with this name, or the tenant's
	Letter *letterLayout `yaml:"letter"`
	Blocks []blockLayout `yaml:"blocks"`
}

// group is a kind of block that only templates have: its blocks once, or once for each entry of a list. A group in a group may be repeated too, and
// then sees the outer entry; more than that would be a form, not a paper.
const group document.Kind = "group"

// blockLayout is one block; text is a sentence, value a value, all else that is a Source an expression. Blocks whose condition does not hold are left
// out; everything else has to have a value.
//
// What stands below each sees item (the entry), number (from 1), and item_said: the entry's answers as people write them, where each names a list of
// the answers. In an inner group outer is the entry of the outer one.
type blockLayout struct {
	Kind     document.Kind   `yaml:"kind"`
	When     form.Source     `yaml:"when"`
	Level    int             `yaml:"level"`
	Bold     bool            `yaml:"bold"`
	Center   bool            `yaml:"center"`
	Numbered bool            `yaml:"numbered"`
	Label    *form.Saying    `yaml:"label"`
	Text     *form.Saying    `yaml:"text"`
	Value    *form.Value     `yaml:"value"`
	Lines    form.Source     `yaml:"lines"`    // of mono and list
	Items    []cellLayout    `yaml:"items"`    // of a list, before its lines
	Data     form.Source     `yaml:"data"`     // of qr and barcode; of a signature: place and day
	Transfer *transferLayout `yaml:"transfer"` // of a qr, in place of data: a bank transfer's code
	Strokes  form.Source     `yaml:"strokes"`
	File     string          `yaml:"file"`  // of an image: in the service's documents/, or the tenant's
	Width    float64         `yaml:"width"` // of an image or a qr, in millimetres
	Each     form.Source     `yaml:"each"`  // of a group or a table: a list
	Blocks   []blockLayout   `yaml:"blocks"`
	Columns  []columnLayout  `yaml:"columns"`
	Rows     []rowLayout     `yaml:"rows"` // of a table, below those of each
}

// blockKinds are the kinds of blocks that a template can have.
func blockKinds() []string {
	var all []string
	for _, k := range []document.Kind{document.Heading, document.Paragraph, document.Row, document.List, document.Table, document.QR, document.Barcode, document.Image,
		document.Signature, document.Mono, document.Rule, document.Space, document.Cut, group} {
		all = append(all, string(k))
	}
	return all
}

// cellLayout is something written when its condition holds.
type cellLayout struct {
	When  form.Source  `yaml:"when"`
	Text  *form.Saying `yaml:"text"`
	Value *form.Value  `yaml:"value"`
}

// columnLayout is a column; text or value write its cell for an entry of each. A cell without a value is empty.
type columnLayout struct {
	Label *form.Saying `yaml:"label"`
	Right bool         `yaml:"right"`
	Cell  cellLayout   `yaml:",inline"`
}

type rowLayout struct {
	When  form.Source  `yaml:"when"`
	Bold  bool         `yaml:"bold"`
	Cells []cellLayout `yaml:"cells"`
}

type blockRule struct {
	blockLayout
	when, lines, data, strokes, each *expr.Rule
	label, text                      *form.Sayer
	value                            *form.Writer
	items                            []cellRule
	blocks                           []blockRule
	heads                            []*form.Sayer
	columns                          []cellRule
	rows                             []rowRule
	picture                          []byte
	transfer                         *transferRule
}

type cellRule struct {
	when  *expr.Rule
	text  *form.Sayer
	value *form.Writer
}

type rowRule struct {
	when  *expr.Rule
	bold  bool
	cells []cellRule
}

// documentVariables are what expressions of documents, cards and claims see besides answers, tables, day and lang:
// said (answers as people write them, by field name), app (case, day, fee, way, channel), title, tenant, outcome (null, or amount, way, day, time,
// customer, card, receipt, trace, terminal), secret, sent, attestation, today, settled, online, steps (of the fee, each with label and value), needs
// (papers to bring along, a list of texts);
// office (name, address, hours, phone, mail) and sender (the tenant's table "letter"), letter in letters; item, number, item_said and outer below an each.
func documentVariables() []string {
	return []string{"said", "app", "title", "tenant", "outcome", "secret", "sent", "attestation", "today", "settled", "online", "steps", "needs",
		"letter", "office", "sender", "item", "number", "item_said", "outer"}
}

// drawer compiles the blocks of one file.
type drawer struct {
	*form.Compiler
	service, file string
	folders       []fs.FS // where pictures are: the service's, the tenant's
	t             *template
}

func loadTemplate(folder fs.FS, service, file string, texts *text.Texts, asked *form.Form, pictures ...fs.FS) (*template, error) {
	data, err := fs.ReadFile(folder, file)
	if err != nil {
		return nil, err
	}
	var l templateLayout
	if err := form.Decode(service, file, data, &l); err != nil {
		return nil, err
	}
	if l.Frame != "" {
		if l.Letter, err = frame(l.Frame, pictures); err != nil {
			return nil, fmt.Errorf("%s/%s: frame: %w", service, file, err)
		}
	}
	c, err := form.NewCompiler(service, file, texts, documentVariables()...)
	if err != nil {
		return nil, err
	}
	t := &template{}
	d := drawer{c, service, file, append([]fs.FS{folder}, pictures...), t}
	t.title = d.say(&l.Title)
	if l.Letter != nil {
		if t.letter, err = d.letter(*l.Letter); err != nil {
			return nil, err
		}
	}
	if t.blocks, err = d.blocks(l.Blocks, "blocks", 0); err != nil {
		return nil, err
	}
	if asked != nil {
		c.Asks(asked)
	}
	t.tables, t.tableAt = c.Tables(), c.TableAt
	return t, c.Err()
}

// frame reads what stands around the blocks of a general paper.
func frame(name string, folders []fs.FS) (*letterLayout, error) {
	own, err := fs.Sub(general, "general")
	if err != nil {
		return nil, err
	}
	file := "documents/" + name + ".yaml"
	for _, folder := range append(slices.Clone(folders), own) {
		data, err := fs.ReadFile(folder, file)
		if isNotExist(err) {
			continue
		}
		var l templateLayout
		if err == nil {
			err = form.Decode("general", file, data, &l)
		}
		if err == nil && l.Letter == nil {
			err = fmt.Errorf("%s is no letter", file)
		}
		return l.Letter, err
	}
	return nil, fmt.Errorf("%s: %w", file, fs.ErrNotExist)
}

func (d drawer) say(s *form.Saying) *form.Sayer {
	said := d.Say(s)
	d.t.keys = append(d.t.keys, said.Keys()...)
	return said
}

func (d drawer) rule(s form.Source, key string) *expr.Rule {
	r := d.Rule(s, key)
	d.t.steps = d.t.steps || r != nil && r.Reads("steps") != nil
	return r
}

func (d drawer) write(v *form.Value) *form.Writer {
	if v == nil {
		return nil
	}
	return d.Write(*v)
}

func (d drawer) cell(c cellLayout, key string) cellRule {
	return cellRule{d.rule(c.When, key+".when"), d.say(c.Text), d.write(c.Value)}
}

func (d drawer) blocks(layouts []blockLayout, at string, depth int) ([]blockRule, error) {
	var rules []blockRule
	for i, b := range layouts {
		r, err := d.block(b, fmt.Sprintf("%s[%d]", at, i), depth)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func (d drawer) block(b blockLayout, key string, depth int) (r blockRule, err error) {
	r = blockRule{blockLayout: b, when: d.rule(b.When, key+".when"), lines: d.rule(b.Lines, key+".lines"), data: d.rule(b.Data, key+".data"),
		strokes: d.rule(b.Strokes, key+".strokes"), each: d.rule(b.Each, key+".each"), label: d.say(b.Label), text: d.say(b.Text), value: d.write(b.Value),
		transfer: d.transfer(b.Transfer, key+".transfer")}
	for _, item := range b.Items {
		r.items = append(r.items, d.cell(item, key+".items"))
	}
	wrong := func(why string) (blockRule, error) {
		return r, fmt.Errorf("%s/%s: %s: %s", d.service, d.file, key, why)
	}
	switch b.Kind {
	case document.Heading, document.Paragraph, document.Row, document.Mono, document.QR, document.Rule, document.Space, document.Cut, document.List,
		document.Barcode, document.Signature:
	case document.Image:
		if r.picture, err = d.picture(b.File); err != nil {
			return wrong(err.Error())
		}
	case document.Table:
		if len(b.Columns) == 0 {
			return wrong("a table needs columns")
		}
		d.table(&r, key)
	case group:
		if depth == 2 {
			return wrong("groups are nested once at most")
		}
		r.blocks, err = d.blocks(b.Blocks, key+".blocks", depth+1)
	default:
		return r, fmt.Errorf("%s/%s: %s: no such kind of block: %q; there are %s", d.service, d.file, key, b.Kind, strings.Join(blockKinds(), ", "))
	}
	return r, err
}

func (d drawer) table(r *blockRule, key string) {
	for i, c := range r.Columns {
		r.heads = append(r.heads, d.say(c.Label))
		r.columns = append(r.columns, d.cell(c.Cell, fmt.Sprintf("%s.columns[%d]", key, i)))
	}
	for i, row := range r.Rows {
		at := fmt.Sprintf("%s.rows[%d]", key, i)
		x := rowRule{when: d.rule(row.When, at+".when"), bold: row.Bold}
		for _, c := range row.Cells {
			x.cells = append(x.cells, d.cell(c, at))
		}
		r.rows = append(r.rows, x)
	}
}

// picture reads documents/<name> of the service, or of the tenant.
func (d drawer) picture(name string) ([]byte, error) {
	if name == "" || path.Base(name) != name {
		return nil, fmt.Errorf("file is no name of a picture in documents/")
	}
	for _, folder := range d.folders {
		data, err := fs.ReadFile(folder, "documents/"+name)
		if isNotExist(err) {
			continue
		}
		if err == nil {
			_, _, _, err = document.CheckPicture(data)
		}
		return data, err
	}
	return nil, fmt.Errorf("documents/%s: %w", name, fs.ErrNotExist)
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
