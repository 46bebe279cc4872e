package cases

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
)

// Arrival is an application that reached the town hall.
type Arrival struct {
	Envelope    string // id of the envelope: one envelope makes one case
	Device      string // name of the terminal that brought it, or ""
	Application service.Application
	Payment     *pay.Outcome // card payment, verified with the terminal's key; nil when nothing proves one
	Warnings    []string     // what the door found, as sentences for clerks
	Photos      []Photo      // that came with it and are what the application says
}

// Receive makes the case of an application: always, whatever its checks say. What does not hold becomes a warning. A second time with the
// same envelope it fails with ErrExists.
func (b *Book) Receive(ctx context.Context, a Arrival) (Case, error) {
	c, err := b.newCase(a)
	if err != nil {
		return Case{}, err
	}
	c.Warnings = append(c.Warnings, b.check(&c)...)
	if c.Payment != nil && !c.Paid {
		c.Warnings = append(c.Warnings, b.words.warn("amount", "paid", c.Payment.Amount.String(), "due", c.Fee.String()))
	}
	return b.insert(ctx, c, nil)
}

// newCase fills what an arrival says.
func (b *Book) newCase(a Arrival) (Case, error) {
	now, app := b.o.Now(), a.Application
	c := Case{
		Number: app.Case, Envelope: a.Envelope, Service: app.Service, ServiceVersion: app.Version, Tenant: b.o.Tenant,
		Channel: app.Channel, Device: a.Device, Lang: app.Lang, State: service.StateReceived, Fee: max(0, app.Fee), Way: app.Way,
		Payment: a.Payment, Received: now, Due: now.Add(b.o.Term), Recipient: app.Recipient,
		Warnings: a.Warnings, Photos: a.Photos, Report: reportOf(app), Application: app,
	}
	c.Title = b.words.Say("de", "title.unknown")
	if s, ok := b.service(c); ok {
		c.Title = s.Title("de")
		day, err := time.Parse(time.DateOnly, app.Day)
		if err != nil {
			day = now
		}
		c.Office = s.OfficeFor(app.Answers, day)
	}
	if c.Report != nil {
		c.Title = b.what(c)
	}
	if _, err := seal.SealTo(app.Recipient, nil); err != nil {
		c.Recipient = ""
		c.Warnings = append(c.Warnings, b.words.warn("recipient"))
	} else {
		c.Address = seal.Address(app.Recipient)
		c.Token = b.token(a.Envelope, c.Address)
	}
	if app.Tenant != b.o.Tenant {
		c.Warnings = append(c.Warnings, b.words.warn("tenant"))
	}
	if !service.ValidCase(c.Number) {
		var err error
		if c.Number, err = service.NewCase(b.o.Random, b.o.Prefix, now.Year()); err != nil {
			return Case{}, fmt.Errorf("cases: number a case: %w", err)
		}
		c.Warnings = append(c.Warnings, b.words.warn("badnumber"))
	}
	c.Paid = c.Fee > 0 && c.atTerminal() >= c.Fee
	return c, nil
}

// service finds the exact version that the case names, or the newest one of the service.
func (b *Book) service(c Case) (*service.Service, bool) {
	if s, ok := b.o.Services(c.Tenant, c.Service, c.ServiceVersion); ok {
		return s, true
	}
	return b.o.Services(c.Tenant, c.Service, "")
}

// insert writes the history's first lines and the first answer, and stores the case. note may add to them.
func (b *Book) insert(ctx context.Context, fresh Case, note func(*Case, *Change)) (Case, error) {
	c, with := fresh, Change{Cause: fresh.Envelope}
	fee := b.words.Say("de", "log.received", "fee", c.Fee.String())
	if c.Report != nil { // nobody expects one
		fee = ""
	}
	b.log(&c, &with, "citizen", EventReceived, fee)
	for _, w := range c.Warnings {
		b.log(&c, &with, "system", EventWarning, w)
	}
	if c.Fee > 0 {
		with.Money = append(with.Money, ledger.Entry{Case: c.Number, Kind: ledger.Due, Way: c.Way, Amount: c.Fee, Who: "system", At: c.Received})
	}
	if p := c.Payment; p != nil && p.Amount > 0 {
		b.log(&c, &with, "system", EventPaid, b.words.Say("de", "log.paid", "amount", p.Amount.String()))
		with.Money = append(with.Money, ledger.Entry{Case: c.Number, Kind: ledger.Received, Way: p.Way, Amount: p.Amount, Payment: p.Payment, Who: "system", At: c.Received})
	}
	if note != nil {
		note(&c, &with)
	}
	if err := b.answer(&c, &with, ""); err != nil {
		return Case{}, err
	}
	err := b.o.Store.Insert(ctx, &c, with)
	switch {
	case errors.Is(err, ErrNumber): // never lose an application because two devices drew the same number
		told := fresh.Number
		if fresh.Number, err = service.NewCase(b.o.Random, b.o.Prefix, fresh.Received.Year()); err != nil {
			return Case{}, fmt.Errorf("cases: number a case: %w", err)
		}
		fresh.Warnings = append(slices.Clone(fresh.Warnings), b.words.warn("number", "number", told))
		return b.insert(ctx, fresh, note)
	case errors.Is(err, ErrPayment):
		fresh.Payment, fresh.Paid = nil, false
		fresh.Warnings = append(slices.Clone(fresh.Warnings), b.words.warn("payment"))
		return b.insert(ctx, fresh, note)
	case err != nil:
		return Case{}, err
	}
	return c, nil
}

// check looks at the application with the same rules as the device did, and says what does not hold.
func (b *Book) check(c *Case) []string {
	app := c.Application
	s, ok := b.o.Services(c.Tenant, app.Service, app.Version)
	if !ok {
		return []string{b.words.warn("service")}
	}
	var found []string
	day, err := time.ParseInLocation(time.DateOnly, app.Day, b.o.Now().Location())
	if err != nil {
		found = append(found, b.words.warn("day"))
		day = c.Received
	}
	if app.Digest != s.Digest() {
		found = append(found, b.words.warn("tables"))
	}
	for _, p := range s.Check(app.Answers, day) {
		found = append(found, b.words.problem(p))
	}
	if fee := s.View(app.Answers, "de", day).Fee; fee != nil && fee.Amount != app.Fee {
		found = append(found, b.words.warn("fee", "told", app.Fee.String(), "due", fee.Amount.String()))
	}
	if app.Fee > 0 && !offered(s, app) {
		found = append(found, b.words.warn("way"))
	}
	return found
}

// offered tells whether the service can be paid that way. Clerks may take money at the counter for everything.
func offered(s *service.Service, app service.Application) bool {
	if app.Way == pay.Counter && byClerk(app.Channel) {
		return true
	}
	for _, w := range s.Ways {
		if w == app.Way {
			return true
		}
	}
	return false
}

// Reply does what the holder of a slip sent afterwards: an answer, a message, a withdrawal. ErrProof when nothing proves that it comes from
// the holder; ErrExists when it was done before.
func (b *Book) Reply(ctx context.Context, envelope string, app service.Application) error {
	if app.Reply == nil {
		return ErrProof
	}
	done, err := b.o.Store.Caused(ctx, envelope)
	if err != nil {
		return err
	}
	if done {
		return ErrExists
	}
	at, err := b.o.Store.At(ctx, app.Follows)
	if err != nil {
		return err
	}
	number := ""
	for _, c := range at {
		if len(c.Token) > 0 && subtle.ConstantTimeCompare([]byte(c.Token), []byte(app.Reply.Token)) == 1 {
			number = c.Number
		}
	}
	if number == "" {
		return ErrProof
	}
	return b.change(ctx, number, anyVersion, func(c *Case, with *Change) error {
		if c.Address != app.Follows { // the slip was replaced at this moment
			return ErrProof
		}
		with.Cause = envelope
		b.reply(c, with, *app.Reply)
		return b.answer(c, with, "")
	})
}

// reply applies a proven reply. Nothing that a citizen says is refused: what comes too late stays as a message in the history.
func (b *Book) reply(c *Case, with *Change, r service.Reply) {
	text, now := strings.TrimSpace(r.Text), b.o.Now()
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	kind := EventMessage
	c.Questions = append([]Question(nil), c.Questions...)
	for i := range c.Questions {
		if q := &c.Questions[i]; r.Question != "" && q.ID == r.Question && text != "" {
			if q.Answered {
				q.Answer += "\n\n" + text
			} else {
				q.Answered, q.Answer = true, text
			}
			q.AnsweredAt, kind = now, EventAnswered
		}
	}
	if c.State == service.StateAsked && !c.asks() {
		c.State = service.StateInWork
	}
	if text != "" {
		b.log(c, with, "citizen", kind, text)
	}
	switch {
	case r.Withdraw && (c.Main != "" || c.Open() && c.Report != nil && c.Report.Supports > 0): // the hole is there for the others, too
		b.log(c, with, "citizen", EventMessage, b.words.Say("de", "log.shared"))
	case r.Withdraw && c.Open():
		c.State, c.Decided = service.StateWithdrawn, now
		b.log(c, with, "citizen", EventWithdrawn, "")
		b.giveBack(c, with, "withdrawn")
	case r.Withdraw:
		b.log(c, with, "citizen", EventMessage, b.words.Say("de", "log.late"))
	}
}

// asks tells whether a question is open.
func (c Case) asks() bool {
	for _, q := range c.Questions {
		if !q.Answered {
			return true
		}
	}
	return false
}

// token proves, given back in a reply, that somebody could read an answer for the address. It is the same for every answer to one slip and
// comes again when an application is received anew after a restore from a backup.
func (b *Book) token(envelope, address string) string {
	mac := hmac.New(sha256.New, b.o.Secret)
	mac.Write([]byte("reply token\x00" + envelope + "\x00" + address))
	return hex.EncodeToString(mac.Sum(nil))
}
