package service

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
)

// mostEntries is how many entries of a list a document shows: far more than a form can have.
const mostEntries = 1000

// scope is what a block sees.
type scope struct {
	lang string
	vars expr.Vars
	path string // where the entry stands among the answers: "children.0"; "" outside of every list, or of one that is computed
}

// makeBlocks draws blocks one after the other. The error says which has no value.
func makeBlocks(rules []blockRule, s scope) ([]document.Block, error) {
	var blocks []document.Block
	for i, r := range rules {
		made, err := r.make(s)
		if err != nil {
			return nil, fmt.Errorf("block %d%s: %w", i+1, r.line(), err)
		}
		blocks = append(blocks, made...)
	}
	return blocks, nil
}

// line is " (line 7)" where a rule of the block stands in its file, "" for a block without rules.
func (b blockLayout) line() string {
	sources := []form.Source{b.When, b.Lines, b.Data, b.Each, b.Strokes}
	if v := b.Value; v != nil {
		sources = append(sources, v.Text, v.Cents, v.Date)
	}
	for _, s := range sources {
		if s.Line > 0 {
			return fmt.Sprintf(" (line %d)", s.Line)
		}
	}
	return ""
}

func holds(r *expr.Rule, vars expr.Vars) (bool, error) {
	if r == nil {
		return true, nil
	}
	return r.Bool(vars)
}

func (b blockRule) make(s scope) ([]document.Block, error) {
	if yes, err := holds(b.when, s.vars); err != nil || !yes {
		return nil, err
	}
	if b.Kind == group {
		return b.repeat(s)
	}
	block := document.Block{Kind: b.Kind, Level: b.Level, Bold: b.Bold, Center: b.Center, Numbered: b.Numbered, Picture: b.picture, Width: b.Width}
	var ok bool
	var err error
	if block.Label, ok = b.label.Say(s.lang, s.vars); !ok {
		return nil, expr.ErrEval
	}
	if block.Text, ok = b.text.Say(s.lang, s.vars); !ok {
		return nil, expr.ErrEval
	}
	if b.value != nil {
		if block.Text, ok = b.value.Write(s.lang, s.vars); !ok {
			return nil, expr.ErrEval
		}
	}
	if b.data != nil {
		if block.Data, err = b.data.Text(s.vars); err != nil {
			return nil, err
		}
	}
	if b.transfer != nil {
		if block.Data, err = b.transfer.data(s.vars); err != nil {
			return nil, err
		}
	}
	if block.Lines, err = b.list(s); err != nil {
		return nil, err
	}
	if b.strokes != nil {
		signed, err := b.strokes.Any(s.vars)
		if err != nil {
			return nil, err
		}
		if block.Strokes, err = drawn(signed); err != nil {
			return nil, err
		}
	}
	if b.Kind == document.Table {
		err = b.table(&block, s)
	}
	return []document.Block{block}, err
}

// list gives the lines of a list, or of what is kept as it is.
func (b blockRule) list(s scope) ([]string, error) {
	var lines []string
	for _, item := range b.items {
		said, show, err := item.write(s)
		if err != nil {
			return nil, err
		}
		if show {
			lines = append(lines, said)
		}
	}
	more, err := texts(b.lines, s.lang, s.vars)
	return append(lines, more...), err
}

// texts evaluates a list of texts; a rule that is not there gives none.
func texts(r *expr.Rule, lang string, vars expr.Vars) ([]string, error) {
	if r == nil {
		return nil, nil
	}
	v, err := r.Any(vars)
	list, is := v.([]any)
	if err != nil || !is {
		return nil, expr.ErrEval
	}
	var out []string
	for _, x := range list {
		out = append(out, form.InLang(lang, x))
	}
	return out, nil
}

func (c cellRule) write(s scope) (said string, show bool, err error) {
	if show, err = holds(c.when, s.vars); err != nil || !show {
		return "", false, err
	}
	said, ok := c.text.Say(s.lang, s.vars)
	if c.value != nil {
		said, ok = c.value.Write(s.lang, s.vars)
	}
	if !ok {
		return "", false, expr.ErrEval
	}
	return said, true, nil
}

// repeat draws a group once, or once for each entry.
func (b blockRule) repeat(s scope) ([]document.Block, error) {
	if b.each == nil {
		return makeBlocks(b.blocks, s)
	}
	var blocks []document.Block
	err := b.entries(s, func(s scope) error {
		made, err := makeBlocks(b.blocks, s)
		blocks = append(blocks, made...)
		return err
	})
	return blocks, err
}

// table draws a row for each entry, and those that always are there.
func (b blockRule) table(block *document.Block, s scope) error {
	for i, head := range b.heads {
		label, ok := head.Say(s.lang, s.vars)
		if !ok {
			return expr.ErrEval
		}
		block.Columns = append(block.Columns, document.Column{Label: label, Right: b.Columns[i].Right})
	}
	row := func(s scope, bold bool, cells []cellRule) error {
		texts := make([]string, len(cells))
		for i, c := range cells {
			var err error
			if texts[i], _, err = c.write(s); err != nil {
				return err
			}
		}
		block.Rows = append(block.Rows, document.Cells{Texts: texts, Bold: bold})
		return nil
	}
	if b.each != nil {
		if err := b.entries(s, func(s scope) error { return row(s, false, b.columns) }); err != nil {
			return err
		}
	}
	for _, r := range b.rows {
		yes, err := holds(r.when, s.vars)
		if err == nil && yes {
			err = row(s, r.bold, r.cells)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// listName is what each looks like when it names a list of the answers, or one inside the entry.
var listName = regexp.MustCompile(`^(answers|item)((?:\.[A-Za-z_]\w*)+)$`)

// entries calls do for each entry of the list, with what is seen there. A list that nobody gave has none.
func (b blockRule) entries(s scope, do func(scope) error) error {
	v, err := b.each.Any(s.vars)
	if err != nil {
		return err
	}
	list, is := v.([]any)
	if v != nil && !is || len(list) > mostEntries {
		return expr.ErrEval
	}
	at := ""
	switch m := listName.FindStringSubmatch(b.Each.Text); {
	case m == nil:
	case m[1] == "answers":
		at = m[2][1:]
	case s.path != "":
		at = s.path + m[2]
	}
	for i, item := range list {
		inner := scope{s.lang, maps.Clone(s.vars), ""}
		inner.vars["outer"], inner.vars["item"], inner.vars["number"] = s.vars["item"], item, int64(i+1)
		said := map[string]any{}
		if at != "" {
			inner.path = fmt.Sprintf("%s.%d", at, i)
			all, _ := s.vars["said"].(map[string]any)
			for name, x := range all {
				if rest, below := strings.CutPrefix(name, inner.path+"."); below {
					said[rest] = x
				}
			}
		}
		inner.vars["item_said"] = said
		if err := do(inner); err != nil {
			return err
		}
	}
	return nil
}
