package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// spread carries a change of a report to everybody whom it concerns, in the same transaction: the reports merged into it, who supports it, and
// what everybody can see. was is the report before.
func (b *Book) spread(ctx context.Context, was Case, c *Case, with *Change) error {
	if p := c.Report.Public; p != nil && p.Shown && (c.State == service.StateRejected || c.State == service.StateWithdrawn) {
		c.Report.hide() // the reporter does not want it any more, or it is not the town's
	}
	told := slices.ContainsFunc(with.Events, func(e Event) bool { return tellsAll(e.Kind) })
	if told || was.State != c.State {
		if err := b.tellFollowers(ctx, c, with); err != nil {
			return err
		}
	} else if with.Forget { // the answers of this case are deleted: those of its supporters are made again
		if err := b.tellSupporters(ctx, *c, with, ""); err != nil {
			return err
		}
	}
	return b.show(was, *c, with)
}

// tellsAll tells whether such an event of a report concerns everybody who has the same.
func tellsAll(k EventKind) bool {
	switch k {
	case EventTaken, EventProgress, EventApproved, EventRejected:
		return true
	}
	return false
}

// tellFollowers lets merged reports follow, and tells supporters.
func (b *Book) tellFollowers(ctx context.Context, c *Case, with *Change) error {
	text := ""
	for _, e := range with.Events {
		if tellsAll(e.Kind) {
			text = e.Text
		}
	}
	merged, err := b.o.Store.Merged(ctx, c.Number)
	if err != nil {
		return err
	}
	for _, m := range merged {
		if m.State == service.StateWithdrawn || slices.ContainsFunc(with.Also, func(a Also) bool { return a.Case.Number == m.Number }) {
			continue
		}
		also := Also{From: m.Version}
		m.follow(*c)
		for _, e := range with.Events {
			if tellsAll(e.Kind) {
				b.log(&m, &also.With, e.Who, e.Kind, e.Text)
			}
		}
		also.With.Papers = pictures(with.Papers)
		m.Papers = append(m.Papers, also.With.Papers...)
		if err := b.answer(&m, &also.With, text); err != nil {
			return err
		}
		also.Case = m
		with.Also = append(with.Also, also)
	}
	return b.tellSupporters(ctx, *c, with, text)
}

// follow gives a merged report the state of the one that it follows. What is asked is asked of one of them only.
func (c *Case) follow(main Case) {
	if c.State, c.Decided = main.State, main.Decided; c.State == service.StateAsked {
		c.State = service.StateInWork
	}
}

// tellSupporters seals the newest word for everybody who supports the report.
func (b *Book) tellSupporters(ctx context.Context, c Case, with *Change, text string) error {
	all, err := b.o.Store.Supporters(ctx, c.Number)
	if err != nil {
		return err
	}
	for _, s := range all {
		sealed, err := b.toSupporter(c, s, text)
		if err != nil {
			return err
		}
		with.Others = append(with.Others, sealed)
	}
	return nil
}

// toSupporter seals what a supporter may know of a report: where it stands and what is told to all. What was asked of the reporter, and the
// reporter's own case number, are not in it.
func (b *Book) toSupporter(c Case, s Supporter, text string) (Sealed, error) {
	lang := s.Lang
	if lang == "" {
		lang = c.Lang
	}
	own := c
	own.Number, own.Lang, own.Questions, own.Token, own.Papers = s.Number, lang, nil, "", pictures(c.Papers)
	if own.State == service.StateAsked {
		own.State = service.StateInWork
	}
	own.History = nil
	for _, e := range c.History {
		if tellsAll(e.Kind) || e.Kind == EventReceived {
			if e.State == service.StateAsked {
				e.State = service.StateInWork
			}
			own.History = append(own.History, e)
		}
	}
	a := b.told(own, text)
	if a.Case == "" && c.Report != nil && c.Report.Public != nil {
		a.Case = c.Report.Public.ID
	}
	plain, err := json.Marshal(a)
	if err != nil {
		return Sealed{}, fmt.Errorf("cases: write answer: %w", err)
	}
	data, err := seal.SealTo(s.Recipient, plain)
	if err != nil {
		return Sealed{}, fmt.Errorf("cases: seal answer: %w", err)
	}
	return Sealed{Address: s.Address, Data: data}, nil
}

// pictures are the newest pictures among papers.
func pictures(all []service.Paper) []service.Paper {
	var out []service.Paper
	for _, p := range all {
		if strings.HasPrefix(p.Type, "image/") {
			out = append(out, p)
		}
	}
	return out[max(0, len(out)-answerPhotos):]
}

// show publishes what is to be seen of a report now, or takes it back.
func (b *Book) show(was, c Case, with *Change) error {
	p := c.Report.Public
	switch {
	case p == nil:
		return nil
	case !p.Shown:
		if was.Report != nil && was.Report.Public != nil && was.Report.Public.Shown {
			with.Public = append(with.Public, publish.ReportGone(p.ID))
		}
		return nil
	}
	r := publish.Report{
		ID: p.ID, Category: c.Report.Category, What: c.Report.What, Title: p.Title, Street: c.Report.Place.Street,
		Day: c.Received.Format(time.DateOnly), State: publicState(c.State), Text: p.Text, Thumb: p.Thumb, Supports: c.Report.Supports,
	}
	if c.Report.Place.Located {
		r.Lat, r.Lon = &c.Report.Place.Lat, &c.Report.Place.Lon
	}
	record, err := r.Record()
	if err != nil {
		return err
	}
	with.Public = append(with.Public, record)
	return nil
}

// publicState is the state of a report as everybody sees it.
func publicState(s service.State) string {
	switch s {
	case service.StateReceived:
		return publish.ReportReceived
	case service.StateApproved:
		return publish.ReportDone
	}
	return publish.ReportInWork
}
