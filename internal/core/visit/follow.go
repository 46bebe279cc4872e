package visit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// ErrNothing says that the town hall has nothing for a slip: the application has not arrived yet, or the slip was replaced.
var ErrNothing = errors.New("visit: nothing there for this slip yet")

// ErrOver says that a case cannot be replied to any more.
var ErrOver = errors.New("visit: the case is closed")

// Case is somebody who came back with a slip: what the town hall answered, and what can be said to it. Nothing of it is stored.
type Case struct {
	desk      Desk
	opts      Options
	recipient string
	address   string
	answer    service.Answer
	said      bool // a reply is on its way, the answer shown is older than it
}

// Secret tells whether a scanned code is the key of a slip, and gives it without blanks.
func Secret(scanned string) (string, bool) {
	s := strings.ToUpper(strings.TrimSpace(scanned))
	if _, err := seal.Recipient(s); err != nil {
		return "", false
	}
	return s, true
}

// Follow fetches what the town hall sealed for the slip whose key was scanned. It fails with ErrOffline without a line, with ErrNothing
// when there is no answer.
func Follow(ctx context.Context, d Desk, secret string, o Options) (*Case, error) {
	recipient, err := seal.Recipient(secret)
	if err != nil {
		return nil, fmt.Errorf("visit: follow: %w", err)
	}
	c := &Case{desk: d, opts: o, recipient: recipient, address: seal.Address(recipient)}
	if d.Town == nil {
		return nil, ErrOffline
	}
	sealed, err := d.Town.Answers(ctx, c.address)
	if err != nil {
		return nil, fmt.Errorf("visit: follow: %w", err)
	}
	for i := len(sealed) - 1; i >= 0; i-- { // the newest that opens counts
		plain, err := seal.OpenWith(secret, sealed[i])
		if err != nil {
			continue
		}
		err = json.Unmarshal(plain, &c.answer)
		clear(plain)
		if err == nil {
			return c, nil
		}
	}
	return nil, ErrNothing
}

// Reopen is Follow on a person's own device, which remembers the town hall's last word: what is replied to it waits for the line like an
// application. Whether the question is still open, the town hall says when the reply arrives. Papers are left with the caller.
func Reopen(d Desk, secret string, last service.Answer, o Options) (*Case, error) {
	recipient, err := seal.Recipient(secret)
	if err != nil {
		return nil, fmt.Errorf("visit: reopen: %w", err)
	}
	last.Papers = nil
	return &Case{desk: d, opts: o, recipient: recipient, address: seal.Address(recipient), answer: last}, nil
}

// Answer is the town hall's newest word.
func (c *Case) Answer() service.Answer { return c.answer }

// Said tells whether something was replied in this session, so that the answer shown may soon be out of date.
func (c *Case) Said() bool { return c.said }

// Open tells whether the case can still be replied to or withdrawn.
func (c *Case) Open() bool {
	switch c.answer.State {
	case service.StateReceived, service.StateInWork, service.StateAsked:
		return true
	}
	return false
}

// Reply answers a question of the town hall; it travels sealed like an application. The desk's Keeper is told without a Secret: the case has one.
func (c *Case) Reply(ctx context.Context, question, text string) error {
	return c.send(ctx, service.Reply{Token: c.answer.Token, Question: question, Text: text})
}

// Withdraw takes the application back.
func (c *Case) Withdraw(ctx context.Context) error {
	return c.send(ctx, service.Reply{Token: c.answer.Token, Withdraw: true})
}

func (c *Case) send(ctx context.Context, r service.Reply) error {
	if !c.Open() {
		return ErrOver
	}
	if err := c.desk.Journal.Room(ctx); err != nil {
		return fmt.Errorf("visit: reply: %w", err)
	}
	id, err := uuid.NewV7FromReader(c.opts.Random)
	if err != nil {
		return fmt.Errorf("visit: reply: choose id: %w", err)
	}
	now := c.opts.Now()
	app := service.Application{
		Kind: service.KindReply, ID: id.String(), Case: c.answer.Case, Service: c.answer.Service, Tenant: c.opts.Tenant, Lang: c.opts.Lang,
		Day: now.Format(time.DateOnly), Way: pay.Free, Recipient: c.recipient, Channel: c.opts.Channel, Follows: c.address, Reply: &r, At: now,
	}
	envelope, err := sealApplication(ctx, c.desk.Sealer, app)
	if err != nil {
		return err
	}
	kept := Kept{Case: app.Case, Recipient: c.recipient, Title: c.answer.Title, Service: app.Service, At: now}
	if err := release(context.WithoutCancel(ctx), c.desk, envelope, pay.Free, 0, kept); err != nil {
		return fmt.Errorf("visit: reply: %w", err)
	}
	c.said = true
	return nil
}

// PrintPaper prints the i-th paper of the answer on A4.
func (c *Case) PrintPaper(ctx context.Context, i int) error {
	if i < 0 || i >= len(c.answer.Papers) {
		return ErrNothing
	}
	if c.desk.Sheets == nil {
		return ErrUnreachable
	}
	p := c.answer.Papers[i]
	if err := c.desk.Sheets.PrintPDF(ctx, p.Name, p.Data); err != nil {
		return fmt.Errorf("visit: print paper: %w", err)
	}
	return nil
}

// Wipe forgets the case.
func (c *Case) Wipe() {
	for _, p := range c.answer.Papers {
		clear(p.Data)
	}
	c.answer, c.recipient, c.address = service.Answer{}, "", ""
}

// Support says "that is mine too" of a published report; title is its title there, for what the device remembers. The receipt's Secret opens
// what the town hall tells about the report from now on. It travels sealed like an application, and names nobody.
func Support(ctx context.Context, d Desk, o Options, report, title string) (Receipt, error) {
	if err := d.Journal.Room(ctx); err != nil {
		return Receipt{}, fmt.Errorf("visit: support: %w", err)
	}
	secret, recipient, err := seal.NewSlip()
	if err != nil {
		return Receipt{}, fmt.Errorf("visit: support: %w", err)
	}
	id, err := uuid.NewV7FromReader(o.Random)
	if err != nil {
		return Receipt{}, fmt.Errorf("visit: support: choose id: %w", err)
	}
	now := o.Now()
	envelope, err := sealApplication(ctx, d.Sealer, service.Application{
		Kind: service.KindSupport, ID: id.String(), Tenant: o.Tenant, Lang: o.Lang, Day: now.Format(time.DateOnly), Way: pay.Free,
		Recipient: recipient, Channel: o.Channel, Follows: report, At: now,
	})
	if err != nil {
		return Receipt{}, err
	}
	if err := release(context.WithoutCancel(ctx), d, envelope, pay.Free, 0, Kept{Secret: secret, Recipient: recipient, Title: title, At: now}); err != nil {
		return Receipt{}, fmt.Errorf("visit: support: %w", err)
	}
	return Receipt{Title: title, Way: pay.Free, Secret: secret, Online: d.Town != nil && d.Town.Online()}, nil
}
