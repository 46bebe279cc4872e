package cases

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
)

// Options is what a Book works with. Every field but Term and Nudge is required.
type Options struct {
	Store Store
	// Services finds a service of a tenant; an empty version means the newest.
	Services func(tenant, id, version string) (*service.Service, bool)
	// Render makes a PDF.
	Render func(document.Document) ([]byte, error)
	// Attest signs what a permit's QR code says.
	Attest func(ctx context.Context, claims map[string]any) (string, error)
	Secret []byte // from it reply tokens are made; at least 32 bytes that never leave the town hall
	Random io.Reader
	Now    func() time.Time // in the town's time zone
	Tenant string           // what a clerk enters belongs to it
	Prefix string           // of case numbers, "BO"
	Term   time.Duration    // until when a case should be decided; 0 = 14 days
	Nudge  func()           // told when something was published for everybody; nil: nobody is
}

// Book is the town hall's book of cases. Its methods may be used by many at once.
type Book struct {
	o     Options
	words words
}

// New opens the book.
func New(o Options) (*Book, error) {
	if o.Store == nil || o.Services == nil || o.Render == nil || o.Attest == nil || o.Random == nil || o.Now == nil || len(o.Secret) < 32 {
		return nil, errors.New("cases: open the book: an option is missing")
	}
	if o.Term == 0 {
		o.Term = 14 * 24 * time.Hour
	}
	w, err := loadWords()
	if err != nil {
		return nil, fmt.Errorf("cases: open the book: %w", err)
	}
	return &Book{o: o, words: w}, nil
}

// List gives a page of cases.
func (b *Book) List(ctx context.Context, f Filter) (Page, error) { return b.o.Store.List(ctx, f) }

// Counts gives the figures for a clerk's worklist.
func (b *Book) Counts(ctx context.Context, clerk string) (Counts, error) {
	return b.o.Store.Counts(ctx, clerk, b.o.Now())
}

// Get gives a whole case; ErrNotFound.
func (b *Book) Get(ctx context.Context, number string) (Case, error) {
	return b.o.Store.Get(ctx, number)
}

// Refunds lists refunds, open ones first.
func (b *Book) Refunds(ctx context.Context) ([]Refund, error) { return b.o.Store.Refunds(ctx) }

// anyVersion is for changes that do not depend on what somebody saw.
const anyVersion = -1

// change loads a case, lets do change it, and stores it with what do gives. ErrChanged when the version is not the one that was seen, ErrState
// when what was said in it was erased: nothing happens to such a case any more.
func (b *Book) change(ctx context.Context, number string, version int64, do func(*Case, *Change) error) error {
	for try := 0; ; try++ {
		c, err := b.o.Store.Get(ctx, number)
		if err != nil {
			return err
		}
		if version != anyVersion && c.Version != version {
			return ErrChanged
		}
		if !c.Erased.IsZero() {
			return ErrState
		}
		from, was := c.Version, c
		if c.Report != nil {
			r := *c.Report
			was.Report = &r
		}
		var with Change
		if err := do(&c, &with); err != nil {
			return err
		}
		if c.Report != nil {
			if err := b.spread(ctx, was, &c, &with); err != nil {
				return err
			}
		}
		err = b.o.Store.Update(ctx, c, from, with)
		if err == nil && len(with.Public) > 0 && b.o.Nudge != nil {
			b.o.Nudge()
		}
		if version == anyVersion && errors.Is(err, ErrChanged) && try < 10 {
			continue
		}
		return err
	}
}
