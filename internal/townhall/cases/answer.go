package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// answer seals what the citizen is told to the slip's key. Text empty means our usual sentence for the state; a case without a readable
// key gets none: the clerk sees a warning and writes a letter.
func (b *Book) answer(c *Case, with *Change, text string) error {
	if c.Address == "" {
		return nil
	}
	a := b.told(*c, text)
	plain, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("cases: write answer: %w", err)
	}
	with.Answer, err = seal.SealTo(c.Recipient, plain)
	if err != nil {
		return fmt.Errorf("cases: seal answer: %w", err)
	}
	return nil
}

// told is what the citizen is told about a case as it is now.
func (b *Book) told(c Case, text string) service.Answer {
	a := service.Answer{
		Case: c.Number, Service: c.Service, Title: c.Title, State: c.State, Text: text,
		Papers: c.Papers, Token: c.Token, At: b.o.Now(),
	}
	if c.Report != nil {
		a.Papers = pictures(c.Papers)
	}
	if s, ok := b.o.Services(c.Tenant, c.Service, c.ServiceVersion); ok {
		a.Title = s.Title(c.Lang)
	}
	for _, q := range c.Questions {
		a.Questions = append(a.Questions, service.Question{ID: q.ID, Text: q.Text, Answered: q.Answered})
	}
	for _, e := range c.History {
		if e.Kind.Public() {
			a.Steps = append(a.Steps, service.Entry{State: e.State, Text: b.words.step(c, e), At: e.At})
		}
	}
	if a.Text == "" {
		a.Text = b.lastWord(c)
	}
	return a
}

// lastWord is what was last written for the state, or our usual sentence: a refund after a rejection does not hide the reason.
func (b *Book) lastWord(c Case) string {
	for i := len(c.History) - 1; i >= 0; i-- {
		e := c.History[i]
		if (e.Kind == EventApproved || e.Kind == EventRejected || e.Kind == EventProgress) && e.State == c.State && e.Text != "" {
			return e.Text
		}
	}
	return b.words.state(c)
}

// permit makes the paper that an approval hands out; nil when the service has none.
func (b *Book) permit(ctx context.Context, c Case) (*service.Paper, error) {
	s, ok := b.o.Services(c.Tenant, c.Service, c.ServiceVersion)
	if !ok { // a version that is not known here: the newest one's paper
		if s, ok = b.o.Services(c.Tenant, c.Service, ""); !ok {
			return nil, nil
		}
	}
	if !slices.Contains(s.Documents(), "permit") {
		return nil, nil
	}
	today := b.o.Now()
	app := c.Application
	app.Case = c.Number // the number on the slip may have been taken
	claims, err := s.Claims(app, today)
	if err != nil {
		return nil, errors.Join(ErrPaper, err)
	}
	if _, ok := claims["number"]; !ok {
		claims["number"] = c.Number
	}
	token, err := b.o.Attest(ctx, claims)
	if err != nil {
		return nil, fmt.Errorf("sign the permit: %w", err)
	}
	doc, err := s.Document("permit", service.Data{
		Application: app, Outcome: c.Payment, Attestation: token, Today: today, Settled: c.Paid || c.Fee == 0,
	})
	if err != nil {
		return nil, errors.Join(ErrPaper, err)
	}
	pdf, err := b.o.Render(doc)
	if err != nil {
		return nil, fmt.Errorf("draw the permit: %w", err)
	}
	title := doc.Title
	if title == "" {
		title = b.words.Say(c.Lang, "title.permit")
	}
	return &service.Paper{Name: paperName(c.Service), Title: title, Type: "application/pdf", Data: pdf}, nil
}

// paperName is a file name out of a service's id: nothing that somebody typed.
func paperName(id string) string {
	name := strings.Map(func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, id)
	if name == "" {
		name = "bescheid"
	}
	return name + ".pdf"
}
