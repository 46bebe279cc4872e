package service

import (
	"fmt"
	"io/fs"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/limit"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// Data is what a document is made of.
type Data struct {
	Application Application
	Outcome     *pay.Outcome // nil when nothing was paid (yet)
	Secret      string       // the slip's age secret key, for its QR code
	Sent        string       // a sentence about where the application is now; may be empty
	Attestation string       // the signed text of the permit's QR code
	Today       time.Time
	Settled     bool // false: it is not clear yet how the payment ended
	Online      bool // true: the device has a line, the application leaves at once
}

// template is documents/<name>.yaml, compiled.
type template struct {
	title  *form.Sayer
	blocks []blockRule
	keys   []string
	tables []string
}

type templateLayout struct {
	Title  form.Saying   `yaml:"title"`
	Blocks []blockLayout `yaml:"blocks"`
}

// blockLayout is one block; text is a sentence, value a value, lines and data are expressions. Blocks whose condition does not hold are
// left out; everything else has to have a value.
type blockLayout struct {
	Kind   document.Kind `yaml:"kind"`
	When   form.Source   `yaml:"when"`
	Level  int           `yaml:"level"`
	Bold   bool          `yaml:"bold"`
	Center bool          `yaml:"center"`
	Label  *form.Saying  `yaml:"label"`
	Text   *form.Saying  `yaml:"text"`
	Value  *form.Value   `yaml:"value"`
	Lines  form.Source   `yaml:"lines"`
	Data   form.Source   `yaml:"data"`
}

type blockRule struct {
	blockLayout
	when, lines, data *expr.Rule
	label, text       *form.Sayer
	value             *form.Writer
}

// documentVariables are what expressions of documents, cards and claims see besides answers, tables, day and lang:
// said (answers as people write them, by field name), app (case, day, fee, way, channel), title, tenant, outcome (null, or amount, way, day, time,
// customer, card, receipt, trace, terminal), secret, sent, attestation, today, settled, online.
func documentVariables() []string {
	return []string{"said", "app", "title", "tenant", "outcome", "secret", "sent", "attestation", "today", "settled", "online"}
}

func loadTemplate(folder fs.FS, service, file string, texts *text.Texts) (*template, error) {
	data, err := limit.Read(folder, file)
	if err != nil {
		return nil, err
	}
	var l templateLayout
	if err := form.Decode(service, file, data, &l); err != nil {
		return nil, err
	}
	c, err := form.NewCompiler(service, file, texts, documentVariables()...)
	if err != nil {
		return nil, err
	}
	t := &template{title: c.Say(&l.Title)}
	t.keys = append(t.keys, t.title.Keys()...)
	for i, b := range l.Blocks {
		key := fmt.Sprintf("blocks[%d]", i)
		r := blockRule{blockLayout: b, when: c.Rule(b.When, key+".when"), lines: c.Rule(b.Lines, key+".lines"), data: c.Rule(b.Data, key+".data"),
			label: c.Say(b.Label), text: c.Say(b.Text)}
		if b.Value != nil {
			r.value = c.Write(*b.Value)
		}
		switch b.Kind {
		case document.Heading, document.Paragraph, document.Row, document.Mono, document.QR, document.Rule, document.Space, document.Cut:
		default:
			return nil, fmt.Errorf("%s/%s: no such kind of block: %q", service, file, b.Kind)
		}
		t.blocks = append(t.blocks, r)
		t.keys = append(append(t.keys, r.label.Keys()...), r.text.Keys()...)
	}
	t.tables = c.Tables()
	return t, c.Err()
}

// Document makes one of the service's documents: "slip" (private part, cut, part to display) or "permit". It fails when the service does
// not have it or when a value in it is missing; the error says which, never what.
func (s *Service) Document(name string, d Data) (document.Document, error) {
	if err := s.open(); err != nil {
		return document.Document{}, fmt.Errorf("service: document: %w", err)
	}
	t, ok := s.documents[name]
	if !ok {
		return document.Document{}, fmt.Errorf("service: document: %s has no %q", s.ID, name)
	}
	lang := d.Application.Lang
	if lang == "" {
		lang = text.German
	}
	vars := s.vars(d, lang)
	title, ok := t.title.Say(lang, vars)
	if !ok {
		return document.Document{}, fmt.Errorf("service: document: %s/%s: its title has no value", s.ID, name)
	}
	doc := document.Document{Title: title, Lang: lang}
	for i, b := range t.blocks {
		block, show, err := b.make(lang, vars)
		if err != nil {
			return document.Document{}, fmt.Errorf("service: document: %s/%s: block %d: %w", s.ID, name, i+1, err)
		}
		if show {
			doc.Blocks = append(doc.Blocks, block)
		}
	}
	return doc, nil
}

// Documents lists the names of the service's documents.
func (s *Service) Documents() []string {
	_ = s.open()
	return sortedKeys(s.documents)
}

func (b blockRule) make(lang string, vars expr.Vars) (document.Block, bool, error) {
	if b.when != nil {
		yes, err := b.when.Bool(vars)
		if err != nil || !yes {
			return document.Block{}, false, err
		}
	}
	block := document.Block{Kind: b.Kind, Level: b.Level, Bold: b.Bold, Center: b.Center}
	var ok bool
	if block.Label, ok = b.label.Say(lang, vars); !ok {
		return block, false, expr.ErrEval
	}
	if block.Text, ok = b.text.Say(lang, vars); !ok {
		return block, false, expr.ErrEval
	}
	if b.value != nil {
		if block.Text, ok = b.value.Write(lang, vars); !ok {
			return block, false, expr.ErrEval
		}
	}
	if b.data != nil {
		data, err := b.data.Text(vars)
		if err != nil {
			return block, false, err
		}
		block.Data = data
	}
	if b.lines != nil {
		lines, err := b.lines.Any(vars)
		list, isList := lines.([]any)
		if err != nil || !isList {
			return block, false, expr.ErrEval
		}
		for _, l := range list {
			block.Lines = append(block.Lines, form.InLang(lang, l))
		}
	}
	return block, true, nil
}

// vars are the values of the variables. The rules count from the day of the application, whenever the document is made.
func (s *Service) vars(d Data, lang string) expr.Vars {
	app := d.Application
	day, err := time.Parse(time.DateOnly, app.Day)
	if err != nil {
		day = d.Today
	}
	vars := expr.Vars{
		"answers": map[string]any{}, "said": map[string]any{}, "tables": s.tenant.Tables(day), "day": day.Format(time.DateOnly), "lang": lang,
		"app":   map[string]any{"case": app.Case, "day": day.Format(time.DateOnly), "fee": int64(app.Fee), "way": string(app.Way), "channel": app.Channel},
		"title": s.Title(lang), "tenant": s.tenant.Name, "outcome": nil, "secret": d.Secret, "sent": d.Sent, "attestation": d.Attestation,
		"today": d.Today.Format(time.DateOnly), "settled": d.Settled, "online": d.Online,
	}
	if s.open() == nil && s.form != nil {
		vars["answers"], vars["said"] = s.form.Said(form.Input{Answers: app.Answers, Lang: lang, Day: day})
	}
	if d.Outcome != nil {
		vars["outcome"] = outcome(*d.Outcome)
	}
	return vars
}

func outcome(o pay.Outcome) map[string]any {
	m := map[string]any{"amount": int64(o.Amount), "way": string(o.Way), "day": o.At.Format(time.DateOnly), "time": o.At.Format("15:04"),
		"customer": []any{}, "card": "", "receipt": int64(0), "trace": int64(0), "terminal": ""}
	if e := o.Evidence; e != nil {
		lines := []any{}
		for _, l := range e.Customer {
			lines = append(lines, l)
		}
		m["customer"], m["card"], m["receipt"], m["trace"], m["terminal"] = lines, e.Card, int64(e.Receipt), int64(e.Trace), e.TerminalID
	}
	return m
}
