package cases

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
)

// What can go wrong with reports.
var (
	ErrNoReport  = errors.New("cases: there is no such published report")
	ErrRecipient = errors.New("cases: the key for answers cannot be read")
	ErrPhoto     = errors.New("cases: the photo is not the case's, or cannot be covered like this")
)

// maxPublic is the longest text that is published of a report, in bytes.
const maxPublic = 2000

// answerPhotos is how many of the town hall's photos, the newest, are sent with an answer.
const answerPhotos = 3

// Reports gives a page of reports.
func (b *Book) Reports(ctx context.Context, f ReportFilter) (Page, error) {
	return b.o.Store.Reports(ctx, f)
}

// ReportCounts gives the figures above the list of reports.
func (b *Book) ReportCounts(ctx context.Context) (ReportCounts, error) {
	return b.o.Store.ReportCounts(ctx)
}

// Photo gives the bytes of a case's photo; ErrNotFound.
func (b *Book) Photo(ctx context.Context, number, digest string) ([]byte, error) {
	return b.o.Store.Photo(ctx, number, digest)
}

// Progress is how far a report has come, as a clerk tells it.
type Progress struct {
	State service.State  // service.StateInWork, StateApproved (done) or StateRejected (not for the town)
	Text  string         // told to the reporter and to everybody who has the same; must not be empty for StateRejected
	Photo *service.Paper // a picture that goes with it; nil: none
}

// Move tells how far a report has come. What was done before may be in work again: a pothole comes back.
func (b *Book) Move(ctx context.Context, number, clerk string, p Progress, version int64) error {
	text := strings.TrimSpace(p.Text)
	if len(text) > maxText || p.State == service.StateRejected && text == "" {
		return ErrEmpty
	}
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if c.Report == nil || c.Main != "" || c.State == service.StateWithdrawn {
			return ErrState
		}
		kind := EventProgress
		switch p.State {
		case service.StateInWork:
		case service.StateApproved:
			kind = EventApproved
		case service.StateRejected:
			kind = EventRejected
		default:
			return ErrState
		}
		b.decide(c, p.State, clerk)
		if c.Open() {
			c.Decided = time.Time{}
		}
		if p.Photo != nil {
			c.Papers = append(c.Papers, *p.Photo)
			with.Papers = append(with.Papers, *p.Photo)
		}
		b.log(c, with, clerk, kind, text)
		return b.answer(c, with, text)
	})
}

// Publish shows a report to everybody: text instead of the reporter's own words, and one of its photos with areas made unrecognisable, or none.
// Published again it keeps its id. ErrPhoto when the photo is not the case's or an area is not on it.
func (b *Book) Publish(ctx context.Context, number, clerk, text, digest string, areas []image.Rectangle, version int64) error {
	text = strings.TrimSpace(text)
	if len(text) > maxPublic {
		return ErrEmpty
	}
	var thumb []byte
	if digest != "" {
		data, err := b.o.Store.Photo(ctx, number, digest)
		if err == nil {
			thumb, err = publish.Thumb(data, areas)
		}
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, publish.ErrArea):
			return ErrPhoto
		case err != nil:
			return fmt.Errorf("cases: publish: %w", err)
		}
	}
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if c.Report == nil || c.Main != "" || c.State == service.StateRejected || c.State == service.StateWithdrawn {
			return ErrState
		}
		p := Publication{Shown: true, Title: b.what(*c), Text: text, Photo: digest, Areas: areas, Thumb: thumb, Clerk: clerk, At: b.o.Now()}
		if had := c.Report.Public; had != nil {
			p.ID = had.ID
		} else {
			id := make([]byte, 16)
			if _, err := io.ReadFull(b.o.Random, id); err != nil {
				return fmt.Errorf("cases: publish: %w", err)
			}
			p.ID = hex.EncodeToString(id)
		}
		c.Report.Public = &p
		b.log(c, with, clerk, EventPublished, text)
		return nil
	})
}

// Unpublish takes a published report back. Who supports it goes on being told.
func (b *Book) Unpublish(ctx context.Context, number, clerk string, version int64) error {
	return b.change(ctx, number, version, func(c *Case, with *Change) error {
		if c.Report == nil || c.Report.Public == nil || !c.Report.Public.Shown {
			return ErrState
		}
		c.Report.hide()
		b.log(c, with, clerk, EventUnpublished, "")
		return nil
	})
}

// hide takes the picture and the words of a publication away, and keeps its id.
func (r *Report) hide() {
	if r.Public != nil {
		p := *r.Public
		p.Shown, p.Photo, p.Areas, p.Thumb, p.Text = false, "", nil, nil, ""
		r.Public = &p
	}
}

// what names a report's defect as the form does: the second choice, or the first one, or the service's title.
func (b *Book) what(c Case) string {
	s, ok := b.service(c)
	if !ok {
		return c.Title
	}
	view := s.View(c.Application.Answers, "de", c.Received)
	for _, path := range []string{"/what", "/category"} {
		for _, page := range view.Pages {
			for _, f := range page.Fields {
				if i := slices.IndexFunc(f.Options, func(o form.Option) bool { return o.Selected }); f.Path == path && i >= 0 {
					return f.Options[i].Label
				}
			}
		}
	}
	return c.Title
}

// Near lists open reports that may be about the same thing as one, the oldest first.
func (b *Book) Near(ctx context.Context, c Case) ([]Case, error) {
	if c.Report == nil || c.Main != "" {
		return nil, nil
	}
	all, err := b.o.Store.Reports(ctx, ReportFilter{Open: true, Category: c.Report.Category, Size: 500})
	if err != nil {
		return nil, err
	}
	var found []Case
	for _, o := range all.Cases {
		if o.Number != c.Number && c.Report.Same(o.Report) {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b Case) int { return a.Received.Compare(b.Received) })
	return found, nil
}

// Merge says that a report is about the same thing as another one. From then on it is worked with the other: its reporter is told whatever is
// told there, and it is published no more. Who supports it supports the other. ErrNotFound and ErrState when into is no report to merge with.
func (b *Book) Merge(ctx context.Context, number, into, clerk string, version int64) error {
	target, err := b.o.Store.Get(ctx, into)
	if err != nil {
		return err
	}
	if target.Main != "" {
		into = target.Main
	}
	return b.change(ctx, into, anyVersion, func(main *Case, with *Change) error {
		c, err := b.o.Store.Get(ctx, number)
		switch {
		case err != nil:
			return err
		case version != anyVersion && c.Version != version:
			return ErrChanged
		case c.Number == main.Number, c.Report == nil, main.Report == nil, main.Main != "", c.Main != "", c.State == service.StateWithdrawn, main.State == service.StateWithdrawn:
			return ErrState
		}
		children, err := b.o.Store.Merged(ctx, c.Number)
		if err != nil {
			return err
		}
		supporters, err := b.o.Store.Supporters(ctx, c.Number)
		if err != nil {
			return err
		}
		for _, s := range supporters {
			sealed, err := b.toSupporter(*main, s, "")
			if err != nil {
				return err
			}
			with.Others = append(with.Others, sealed)
		}
		with.Adopt = append(with.Adopt, c.Number)
		for _, x := range append([]Case{c}, children...) {
			also, err := b.join(x, *main, clerk)
			if err != nil {
				return err
			}
			with.Also = append(with.Also, also)
		}
		main.Report.Supports += 1 + c.Report.Supports
		b.log(main, with, clerk, EventJoined, c.Number)
		return nil
	})
}

// join makes a report one that follows main.
func (b *Book) join(c, main Case, clerk string) (Also, error) {
	also := Also{From: c.Version, With: Change{Forget: true}}
	if p := c.Report.Public; p != nil && p.Shown {
		also.With.Public = append(also.With.Public, publish.ReportGone(p.ID))
	}
	c.Report.hide()
	c.Main = main.Number
	c.follow(main)
	b.log(&c, &also.With, clerk, EventMerged, main.Number)
	err := b.answer(&c, &also.With, "")
	also.Case = c
	return also, err
}

// Split takes a merged report out again: it stands for itself as it is. Who supported it stays with the other one.
func (b *Book) Split(ctx context.Context, number, clerk string, version int64) error {
	c, err := b.o.Store.Get(ctx, number)
	if err != nil {
		return err
	}
	if c.Main == "" {
		return ErrState
	}
	return b.change(ctx, c.Main, anyVersion, func(main *Case, with *Change) error {
		c, err := b.o.Store.Get(ctx, number)
		switch {
		case err != nil:
			return err
		case version != anyVersion && c.Version != version:
			return ErrChanged
		case c.Main != main.Number:
			return ErrState
		}
		also := Also{From: c.Version}
		c.Main = ""
		b.log(&c, &also.With, clerk, EventSplit, main.Number)
		also.Case = c
		with.Also = append(with.Also, also)
		main.Report.Supports--
		b.log(main, with, clerk, EventSplit, c.Number)
		return nil
	})
}

// Support does what a KindSupport says: from then on its recipient is told what the reporter is told. A recipient counts once. ErrNoReport when
// nothing was ever published under that id, ErrRecipient when nobody could read an answer, ErrExists when it was done before.
func (b *Book) Support(ctx context.Context, envelope string, app service.Application) error {
	done, err := b.o.Store.Caused(ctx, envelope)
	switch {
	case err != nil:
		return err
	case done:
		return ErrExists
	}
	if _, err := seal.SealTo(app.Recipient, nil); err != nil {
		return ErrRecipient
	}
	number, err := b.o.Store.ByPublic(ctx, app.Follows)
	if errors.Is(err, ErrNotFound) {
		return ErrNoReport
	}
	if err != nil {
		return err
	}
	if c, err := b.o.Store.Get(ctx, number); err != nil {
		return err
	} else if c.Main != "" {
		number = c.Main
	}
	return b.change(ctx, number, anyVersion, func(c *Case, with *Change) error {
		with.Cause = envelope
		known, err := b.o.Store.Supporters(ctx, c.Number)
		if err != nil {
			return err
		}
		if app.Recipient == c.Recipient || slices.ContainsFunc(known, func(s Supporter) bool { return s.Recipient == app.Recipient }) {
			return nil
		}
		s := Supporter{Recipient: app.Recipient, Address: seal.Address(app.Recipient), Lang: app.Lang, At: b.o.Now()}
		if service.ValidCase(app.Case) {
			s.Number = app.Case
		}
		sealed, err := b.toSupporter(*c, s, "")
		if err != nil {
			return err
		}
		with.Supporters, with.Others = append(with.Supporters, s), append(with.Others, sealed)
		c.Report.Supports++
		b.log(c, with, "citizen", EventSupport, "")
		return nil
	})
}
