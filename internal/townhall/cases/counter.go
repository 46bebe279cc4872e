package cases

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// byClerk tells whether applications of a channel are entered by clerks.
func byClerk(channel string) bool {
	return channel == "counter" || channel == "telephone" || channel == "paper"
}

// Enter makes the case of an application that a clerk entered: at the counter, by telephone, from paper. app needs Service, Answers, Way,
// Channel and, if not German, Lang; the rest is filled in here. With pay.Counter at the counter the clerk has taken the money. The slip's
// secret is only on the returned document: it cannot be shown again. photos are those that the answers name.
func (b *Book) Enter(ctx context.Context, clerk string, app service.Application, photos ...Photo) (Case, document.Document, error) {
	if !byClerk(app.Channel) || app.Way == pay.Card { // a card payment counts from the terminal's signature only
		return Case{}, document.Document{}, ErrState
	}
	s, ok := b.o.Services(b.o.Tenant, app.Service, app.Version)
	if !ok {
		return Case{}, document.Document{}, ErrNotFound
	}
	id, err := uuid.NewV7FromReader(b.o.Random)
	if err != nil {
		return Case{}, document.Document{}, fmt.Errorf("cases: enter: %w", err)
	}
	now := b.o.Now()
	secret, recipient, err := seal.NewSlip()
	if err != nil {
		return Case{}, document.Document{}, fmt.Errorf("cases: enter: %w", err)
	}
	app.Kind, app.ID, app.Tenant, app.Recipient = service.KindApplication, id.String(), b.o.Tenant, recipient
	app.Version, app.Digest, app.At = s.Version, s.Digest(), now
	if app.Day == "" {
		app.Day = now.Format(time.DateOnly)
	}
	if app.Lang == "" {
		app.Lang = "de"
	}
	if app.Case, err = service.NewCase(b.o.Random, b.o.Prefix, now.Year()); err != nil {
		return Case{}, document.Document{}, fmt.Errorf("cases: enter: %w", err)
	}
	day, err := time.ParseInLocation(time.DateOnly, app.Day, now.Location())
	if err != nil {
		return Case{}, document.Document{}, ErrState
	}
	app.Answers = s.Clean(app.Answers, day)
	app.Fee = 0
	if fee := s.View(app.Answers, "de", day).Fee; fee != nil {
		app.Fee = fee.Amount
	}
	if app.Fee == 0 {
		app.Way = pay.Free
	}
	c, err := b.newCase(Arrival{Envelope: app.ID, Application: app, Photos: photos})
	if err != nil {
		return Case{}, document.Document{}, err
	}
	c.Warnings = append(c.Warnings, b.check(&c)...)
	c, err = b.insert(ctx, c, func(c *Case, with *Change) {
		with.Events[0].Who, c.History[0].Who = clerk, clerk
		if app.Way == pay.Counter && app.Channel == "counter" && c.Fee > 0 {
			b.takeMoney(c, with, clerk, pay.Counter, c.Fee, "")
		}
	})
	if err != nil {
		return Case{}, document.Document{}, err
	}
	slip, err := b.slip(c, secret)
	if err != nil {
		return c, document.Document{}, fmt.Errorf("cases: enter: write slip: %w", err)
	}
	return c, slip, nil
}

// Replace issues a new slip for a lost one. From then on the old one reads and proves nothing. identified says how the clerk made sure who
// asks; it goes to the log. The new secret is only on the returned document. ErrState when what was said was erased.
func (b *Book) Replace(ctx context.Context, number, clerk, identified string) (document.Document, error) {
	identified = strings.TrimSpace(identified)
	if identified == "" {
		return document.Document{}, ErrEmpty
	}
	secret, recipient, err := seal.NewSlip()
	if err != nil {
		return document.Document{}, fmt.Errorf("cases: replace slip: %w", err)
	}
	var slip document.Document
	err = b.change(ctx, number, anyVersion, func(c *Case, with *Change) error {
		c.Recipient, c.Address, with.Forget = recipient, seal.Address(recipient), true
		c.Token = b.token(c.Envelope, c.Address)
		b.log(c, with, clerk, EventReplaced, b.words.Say("de", "log.replaced", "how", identified))
		var err error
		if slip, err = b.slip(*c, secret); err != nil { // before anything is stored: without it the old slip stays good
			return fmt.Errorf("cases: replace slip: %w", err)
		}
		return b.answer(c, with, "")
	})
	if err != nil {
		return document.Document{}, err
	}
	return slip, nil
}

// slip is the citizen's slip with the key to the answers.
func (b *Book) slip(c Case, secret string) (document.Document, error) {
	s, ok := b.service(c)
	if !ok {
		return document.Document{}, ErrNotFound
	}
	app := c.Application
	app.Case, app.Recipient = c.Number, c.Recipient
	return s.Document("slip", service.Data{Application: app, Outcome: c.Payment, Secret: secret, Today: b.o.Now(), Settled: c.Paid || c.Fee == 0})
}
