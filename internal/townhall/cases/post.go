package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// ErrAddress says that a letter has no address, or one that does not fit into the window of its envelope.
var ErrAddress = errors.New("cases: the letter has no address that fits its window")

// widest is how long a line of an address may be, in letters: what still is readable in the window.
const widest = 80

// Summary makes the whole application a PDF, with its answers inside for programs. home is where the town hall publishes its schemas. ErrNotFound when
// the case is none, or the version of its service is not known here.
func (b *Book) Summary(ctx context.Context, number, home string) ([]byte, error) {
	c, err := b.o.Store.Get(ctx, number)
	if err != nil {
		return nil, err
	}
	if !c.Erased.IsZero() {
		return nil, ErrState
	}
	s, ok := b.o.Services(c.Tenant, c.Service, c.ServiceVersion) // another version would read the answers as they were not meant
	if !ok {
		return nil, ErrNotFound
	}
	app := c.Application
	app.Case, app.Lang = c.Number, "de"
	doc, err := s.Summary(service.Data{Application: app, Outcome: c.Payment, Today: b.o.Now(), Settled: c.Paid || c.Fee == 0, Home: home})
	if err != nil {
		return nil, errors.Join(ErrPaper, err)
	}
	file, err := b.o.Render(doc)
	if err != nil {
		return nil, fmt.Errorf("cases: draw the summary: %w", err)
	}
	return file, nil
}

// Draft is a letter with what can be said already: the applicant's address where the service asks for it, and what the citizen was told last.
func (b *Book) Draft(c Case) service.Letter {
	c.Lang = letterLang(c)
	l := service.Letter{Subject: c.Title, Salutation: "Guten Tag,", Text: b.lastWord(c)}
	if s, ok := b.service(c); ok {
		l.To = s.Address(c.Application, b.o.Now())
	}
	if len(l.To) > 0 {
		l.Salutation = "Guten Tag " + l.To[0] + ","
	}
	return l
}

// letterLang is the language of what stands around a clerk's words: clerks write German.
func letterLang(c Case) string {
	if c.Lang == "de-simple" {
		return c.Lang
	}
	return "de"
}

// Letter makes a letter about a case for an envelope with a window, and notes in the case's log that it was made. ErrEmpty without a text, ErrAddress
// without an address that fits.
func (b *Book) Letter(ctx context.Context, number, clerk string, l service.Letter) ([]byte, error) {
	text, err := written(l.Text)
	if err != nil {
		return nil, err
	}
	l.Text = text
	if len(l.To) < 2 || len(l.To) > document.LetterLines || slices.ContainsFunc(l.To, func(s string) bool {
		return strings.TrimSpace(s) == "" || utf8.RuneCountInString(s) > widest
	}) {
		return nil, ErrAddress
	}
	var file []byte
	err = b.change(ctx, number, anyVersion, func(c *Case, with *Change) error {
		s, ok := b.service(*c)
		if !ok {
			return ErrNotFound
		}
		app := c.Application
		app.Case, app.Lang = c.Number, letterLang(*c)
		l.Granted = c.State == service.StateApproved
		doc, err := s.Document("letter", service.Data{Application: app, Outcome: c.Payment, Today: b.o.Now(), Settled: c.Paid || c.Fee == 0, Letter: &l})
		if err != nil {
			return errors.Join(ErrPaper, err)
		}
		if file, err = b.o.Render(doc); err != nil {
			return fmt.Errorf("cases: draw the letter: %w", err)
		}
		b.log(c, with, clerk, EventNote, b.words.Say("de", "log.letter"))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return file, nil
}
