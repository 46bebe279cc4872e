package cases

import (
	"context"
	"errors"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Version names a service as a case was made with it.
type Version struct{ Service, Version string }

// Retention is what a Store needs to erase what is kept no longer.
type Retention interface {
	// DecidedOf lists the versions of services of which decided cases are kept.
	DecidedOf(ctx context.Context) ([]Version, error)
	// Expired lists numbers of cases of such a version that were decided before, oldest first, at most a hundred: those for which no money is owed
	// in either direction and nothing was erased yet.
	Expired(ctx context.Context, v Version, before time.Time) ([]string, error)
	// Revived lists numbers of cases that came back with an older backup after they were erased with Change.Lasting.
	Revived(ctx context.Context) ([]string, error)
}

// EraseDue erases what the services promised to keep no longer, and what came back with an older backup, and tells of how many cases.
func (b *Book) EraseDue(ctx context.Context) (n int, err error) {
	back, err := b.o.Store.Revived(ctx)
	if err != nil {
		return 0, err
	}
	for _, number := range back {
		switch err := b.erase(ctx, number, "system", b.words.Say("de", "log.revived"), anyVersion, false); {
		case errors.Is(err, ErrState): // it came back undecided
		case err != nil:
			return n, err
		default:
			n++
		}
	}
	all, err := b.o.Store.DecidedOf(ctx)
	if err != nil {
		return 0, err
	}
	for _, v := range all {
		s, ok := b.service(Case{Tenant: b.o.Tenant, Service: v.Service, ServiceVersion: v.Version})
		if !ok || s.Retention == 0 {
			continue
		}
		for {
			numbers, err := b.o.Store.Expired(ctx, v, expiry(b.o.Now(), s.Retention))
			if err != nil {
				return n, err
			}
			for _, number := range numbers {
				if err := b.erase(ctx, number, "system", b.words.Say("de", "log.retention", "n", s.Retention), anyVersion, false); err != nil {
					return n, err
				}
				n++
			}
			if len(numbers) == 0 {
				break
			}
		}
	}
	return n, nil
}

// KeptUntil is the last day on which something is kept for so many months after a decision: the same day of the month, or its last one. It is in the
// time zone of the decision; the time of the day says nothing.
func KeptUntil(decided time.Time, months int) time.Time {
	t := decided.AddDate(0, months, 0)
	if t.Day() != decided.Day() { // there is no such day, and t lies in the month after
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}

// expiry is the moment before which what was decided is kept no longer: KeptUntil looked at from its end, the day that was over last. With the last
// day of a month all those end that it does not have.
func expiry(now time.Time, months int) time.Time {
	over := now.AddDate(0, 0, -1)
	t := KeptUntil(over, -months)
	if now.Day() == 1 {
		t = t.AddDate(0, 0, 1-t.Day()).AddDate(0, 1, -1)
	}
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
}

// Erasable tells whether what was said in a case can be erased: it is decided, no money is owed in either direction, and everybody's reports of
// defects are not one citizen's.
func (c Case) Erasable() bool {
	owed := c.Fee > 0 && !c.Paid && c.State == service.StateApproved || c.Refund != nil && !c.Refund.Done
	return !c.Open() && !owed && c.Report == nil && c.Erased.IsZero()
}

// Erase erases what was said in a case because somebody has a right to it; why is for the log. ErrState when the case is not Erasable.
//
// Gone are the answers, files, papers, questions, every text that somebody wrote, the envelopes that brought them, and what was sealed for the
// slip, which tells from then on that it was erased. Number, service, days, decision, who worked on it and the money stay. A slip cannot be
// replaced any more, and nothing that comes with it is taken. It is done again when an older backup was restored.
func (b *Book) Erase(ctx context.Context, number, clerk, why string, version int64) error {
	why, err := written(why)
	if err != nil {
		return err
	}
	return b.erase(ctx, number, clerk, why, version, true)
}

// erase does it; lasting says that it is done again should an older backup bring everything back.
func (b *Book) erase(ctx context.Context, number, who, why string, version int64, lasting bool) error {
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if !c.Erasable() {
			return ErrState
		}
		app := c.Application
		c.Application = service.Application{Kind: app.Kind, ID: app.ID, Case: app.Case, Service: app.Service, Version: app.Version, Tenant: app.Tenant,
			Channel: app.Channel, Lang: app.Lang, Day: app.Day, Fee: app.Fee, Way: app.Way}
		c.Erased, c.Token, c.Warnings, c.Questions, c.Papers, c.Photos, c.History = b.o.Now(), "", nil, nil, nil, nil, nil
		with.Erase, with.Lasting, with.Forget = true, lasting, true
		b.log(c, with, who, EventErased, why)
		return b.answer(c, with, b.words.Say(c.Lang, "erased"))
	})
}
