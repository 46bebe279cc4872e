package service

import (
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/expr"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
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
	Settled     bool    // false: it is not clear yet how the payment ended
	Online      bool    // true: the device has a line, the application leaves at once
	Letter      *Letter // what a clerk writes; nil where nobody does
	Home        string  // where the town hall publishes its schemas: "https://rathaus.example"; "" where nobody knows
}

// Document makes one of the service's documents: "slip" (private part, cut, part to display), "permit", or "letter", which every service has. It
// fails when the service does not have it or when a value in it is missing; the error says which, never what.
func (s *Service) Document(name string, d Data) (document.Document, error) {
	if err := s.open(); err != nil {
		return document.Document{}, fmt.Errorf("service: document: %w", err)
	}
	t, ok := s.documents[name]
	if !ok {
		general, err := s.tenant.general()
		if err != nil {
			return document.Document{}, fmt.Errorf("service: document: %w", err)
		}
		if t, ok = general[name]; !ok {
			return document.Document{}, fmt.Errorf("service: document: %s has no %q", s.ID, name)
		}
	}
	lang := d.Application.Lang
	if lang == "" {
		lang = text.German
	}
	vars := s.vars(d, lang)
	if t.steps {
		vars["steps"] = s.steps(d, lang)
	}
	var err error
	title, ok := t.title.Say(lang, vars)
	if !ok {
		return document.Document{}, fmt.Errorf("service: document: %s/%s: its title has no value", s.ID, name)
	}
	doc := document.Document{Title: title, Lang: lang}
	if t.letter != nil {
		if doc.Letter, err = t.letter.make(lang, vars); err != nil {
			return document.Document{}, fmt.Errorf("service: document: %s/%s: letter: %w", s.ID, name, err)
		}
	}
	if doc.Blocks, err = makeBlocks(t.blocks, scope{lang: lang, vars: vars}); err != nil {
		return document.Document{}, fmt.Errorf("service: document: %s/%s: %w", s.ID, name, err)
	}
	return doc, nil
}

// steps are the steps of the fee, as people write them.
func (s *Service) steps(d Data, lang string) []any {
	steps := []any{}
	if fee := s.View(d.Application.Answers, lang, s.day(d)).Fee; fee != nil {
		for _, x := range fee.Steps {
			steps = append(steps, map[string]any{"label": x.Label, "value": x.Value})
		}
	}
	return steps
}

// Documents lists the names of the service's own documents.
func (s *Service) Documents() []string {
	_ = s.open()
	return sortedKeys(s.documents)
}

// vars are the values of the variables. The rules count from the day of the application, whenever the document is made.
func (s *Service) vars(d Data, lang string) expr.Vars {
	app, day := d.Application, s.day(d)
	written := Letter{}
	if d.Letter != nil {
		written = *d.Letter
	}
	vars := expr.Vars{
		"answers": map[string]any{}, "said": map[string]any{}, "needs": []any{}, "tables": s.tenant.Tables(day), "day": day.Format(time.DateOnly), "lang": lang,
		"app":   map[string]any{"case": app.Case, "day": day.Format(time.DateOnly), "fee": int64(app.Fee), "way": string(app.Way), "channel": app.Channel},
		"title": s.Title(lang), "tenant": s.tenant.Name, "outcome": nil, "secret": d.Secret, "sent": d.Sent, "attestation": d.Attestation,
		"today": d.Today.Format(time.DateOnly), "settled": d.Settled, "online": d.Online,
		"steps": []any{}, "item": nil, "outer": nil, "number": int64(0), "item_said": map[string]any{}, "letter": written.vars(), "office": s.tenant.officeVars(s.Office, lang, d.Today), "sender": s.tenant.sender(d.Today),
	}
	if s.open() == nil && s.form != nil {
		vars["answers"], vars["said"] = s.form.Said(form.Input{Answers: app.Answers, Lang: lang, Day: day})
		vars["needs"] = s.papers(app.Answers, lang, day)
	}
	if d.Outcome != nil {
		vars["outcome"] = outcome(*d.Outcome)
	}
	return vars
}

// papers are the papers to bring along, as texts.
func (s *Service) papers(a form.Answers, lang string, day time.Time) []any {
	list := []any{}
	for _, n := range s.View(a, lang, day).Needs {
		list = append(list, n.Text)
	}
	return list
}

// day is the day that the application's rules count from.
func (s *Service) day(d Data) time.Time {
	if day, err := time.Parse(time.DateOnly, d.Application.Day); err == nil {
		return day
	}
	return d.Today
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
