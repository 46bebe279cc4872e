package service

import (
	"encoding/json"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/text"
)

// AnswersFile is the name of the file inside a summary's PDF.
const AnswersFile = "answers.json"

// Machine is an application as a program reads it: what stands in AnswersFile.
type Machine struct {
	SchemaURI   string       `json:"schemaUri"` // where the JSON Schema of the answers is published; a relative reference where nobody knows the town hall's address
	Service     string       `json:"service"`
	Version     string       `json:"version"`
	Tenant      string       `json:"tenant"`
	Case        string       `json:"case"`
	Day         string       `json:"day"` // from which rules and tariffs count
	Lang        string       `json:"lang"`
	Fee         money.Cents  `json:"fee"` // whole cents
	Way         pay.Way      `json:"way,omitempty"`
	Answers     form.Answers `json:"answers"`
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Summary makes the whole application a paper: every page with its answers as people write them, the fee step by step, the attachments, and the same
// inside the file for programs. It fails for a service that only informs.
func (s *Service) Summary(d Data) (document.Document, error) {
	if s.open() != nil || s.form == nil {
		return document.Document{}, fmt.Errorf("service: summary: %w", ErrInform)
	}
	lang := d.Application.Lang
	if lang == "" {
		lang = text.German
	}
	w := summary{s: s, lang: lang, doc: document.Document{Title: s.say(lang, "title") + ": " + s.Title(lang), Lang: lang}}
	w.head(d.Application, s.day(d))
	v := s.View(d.Application.Answers, lang, s.day(d))
	for _, p := range v.Pages {
		w.page(p)
	}
	w.fee(v.Fee, d)
	w.files(d.Application.Attachments)
	w.add(document.Block{Kind: document.Rule}, document.Block{Kind: document.Paragraph, Text: s.say(lang, "machine")})
	data, err := json.MarshalIndent(s.machine(d, lang), "", "  ")
	if err != nil {
		return document.Document{}, fmt.Errorf("service: summary: answers cannot be written as JSON")
	}
	w.doc.Files = []document.File{{Name: AnswersFile, Type: "application/json", Text: s.say(lang, "machine-what"), Data: data}}
	return w.doc, nil
}

func (s *Service) machine(d Data, lang string) Machine {
	a := d.Application
	m := Machine{SchemaURI: d.Home + "/schemas/" + s.ID + "/" + s.Version + "/schema.json", Service: s.ID, Version: s.Version, Tenant: s.tenant.ID, Case: a.Case,
		Day: s.day(d).Format(time.DateOnly), Lang: lang, Fee: a.Fee, Way: a.Way, Answers: a.Answers, Attachments: a.Attachments}
	if m.Answers == nil {
		m.Answers = form.Answers{}
	}
	return m
}

func (s *Service) say(lang, key string, args ...any) string {
	return s.Say(lang, "paper.summary."+key, args...)
}

// summary is a paper while it is written.
type summary struct {
	s    *Service
	lang string
	doc  document.Document
}

func (w *summary) add(blocks ...document.Block) { w.doc.Blocks = append(w.doc.Blocks, blocks...) }

func (w *summary) row(label, text string, bold bool) {
	w.add(document.Block{Kind: document.Row, Label: label, Text: text, Bold: bold})
}

func (w *summary) head(a Application, day time.Time) {
	w.add(document.Block{Kind: document.Paragraph, Text: w.s.tenant.Name},
		document.Block{Kind: document.Heading, Level: 1, Text: w.s.Title(w.lang)},
		document.Block{Kind: document.Paragraph, Bold: true, Text: w.s.say(w.lang, "title")})
	if a.Case != "" {
		w.row(w.s.say(w.lang, "case"), a.Case, false)
	}
	w.row(w.s.say(w.lang, "day"), text.Date(w.lang, day), false)
	w.row(w.s.say(w.lang, "version"), w.s.Version, false)
}

// page writes the answers of a page below its title.
func (w *summary) page(p form.Page) {
	var said []document.Block
	for _, f := range p.Fields {
		said = append(said, w.field(*f)...)
	}
	if said == nil {
		return
	}
	w.add(document.Block{Kind: document.Heading, Level: 3, Text: p.Title})
	w.add(said...)
}

func (w *summary) field(f form.Field) []document.Block {
	switch {
	case f.Kind == form.Info, f.Kind == form.Repeat, f.Kind == form.Photos && f.Text == "":
		return nil
	case f.Kind == form.Entry:
		return []document.Block{{Kind: document.Paragraph, Bold: true, Text: f.Label}}
	case f.Kind == form.Signature:
		if strokes, err := drawn(f.Value); err == nil && len(strokes) > 0 {
			return []document.Block{{Kind: document.Signature, Text: f.Label, Strokes: strokes}}
		}
	}
	said := f.Text
	switch {
	case said == "":
		said = w.s.say(w.lang, "none")
	case f.Secret: // the page may lie in a printer; programs read it
		said = "••••••"
	}
	return []document.Block{{Kind: document.Row, Label: f.Label, Text: said}}
}

// fee writes what it costs, and how it is paid.
func (w *summary) fee(fee *form.Fee, d Data) {
	a := d.Application
	w.add(document.Block{Kind: document.Heading, Level: 3, Text: w.s.say(w.lang, "fee")})
	if fee != nil && len(fee.Steps) > 0 {
		t := document.Block{Kind: document.Table, Columns: []document.Column{{Label: w.s.say(w.lang, "step")}, {Label: w.s.say(w.lang, "amount"), Right: true}}}
		for _, x := range fee.Steps {
			t.Rows = append(t.Rows, document.Cells{Texts: []string{x.Label, x.Value}})
		}
		if a.Fee > 0 {
			t.Rows = append(t.Rows, document.Cells{Texts: []string{w.s.say(w.lang, "total"), a.Fee.Format(w.lang)}, Bold: true})
		}
		w.add(t)
	}
	how := ""
	switch {
	case a.Fee == 0:
		how = "free"
	case a.Way == pay.Card && d.Settled:
		how = "way.card"
	case a.Way == pay.Card:
		how = "way.card-open"
	case a.Way == pay.Invoice:
		how = "way.invoice"
	case a.Way == pay.Counter:
		how = "way.counter"
	}
	if how != "" {
		w.add(document.Block{Kind: document.Paragraph, Text: w.s.say(w.lang, how)})
	}
}

func (w *summary) files(files []Attachment) {
	if len(files) == 0 {
		return
	}
	list := document.Block{Kind: document.List}
	for i, f := range files {
		list.Lines = append(list.Lines, w.s.say(w.lang, "file", "n", i+1, "size", (f.Size+1023)/1024))
	}
	w.add(document.Block{Kind: document.Heading, Level: 3, Text: w.s.say(w.lang, "files")}, list)
}
