// Package jobs keeps the town's vacancies: clerks offer and close them, devices learn of it, and an application is checked with what was open on its
// day.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/publish"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// Why something cannot be done.
var (
	ErrOffer    = errors.New("jobs: the offer is not whole")
	ErrNotFound = errors.New("jobs: no such offer")
	ErrClosed   = errors.New("jobs: it is closed already")
)

// Offer is a vacancy as the town hall keeps it.
type Offer struct {
	ID         string        `json:"id"`
	Title      publish.Words `json:"title"`
	Department string        `json:"department"`
	Salary     string        `json:"salary"` // pay group: "TVöD E 5"
	Text       publish.Words `json:"text"`
	From       string        `json:"from"`   // day on which it was offered
	Until      string        `json:"until"`  // closing date: the last day
	Closed     string        `json:"closed"` // day on which a clerk closed it before that; ""
}

// Open tells whether somebody may apply on a day.
func (o Offer) Open(day string) bool { return o.Closed == "" && o.From <= day && day <= o.Until }

// Event is who did what with an offer, for the record.
type Event struct {
	Job, Clerk, What string // What: "offered", "closed"
	At               time.Time
}

// Store keeps offers. Its methods return when it is on disk.
type Store interface {
	// Jobs lists all offers, newest first.
	Jobs(ctx context.Context) ([]Offer, error)
	// SaveJob stores an offer with the event and publishes the record in every scope, in one transaction.
	SaveJob(ctx context.Context, o Offer, e Event, r wire.Record, scopes ...string) error
	// JobEvents lists what was done with an offer, oldest first.
	JobEvents(ctx context.Context, id string) ([]Event, error)
}

// Options of a Board.
type Options struct {
	Store  Store
	Scopes []string // whose devices learn of it
	Now    func() time.Time
	Random io.Reader
	// Changed is told the rows that applications are checked with, after every change.
	Changed func(rows [][]byte)
	Nudge   func(scope string) // may be nil
}

// Board is where the vacancies are.
type Board struct{ o Options }

// New makes a Board.
func New(o Options) *Board { return &Board{o} }

// Tell tells Changed what is there: after a start.
func (b *Board) Tell(ctx context.Context) error {
	all, err := b.o.Store.Jobs(ctx)
	if err != nil {
		return fmt.Errorf("jobs: list: %w", err)
	}
	var rows [][]byte
	for _, o := range all {
		j := o.job()
		if o.Closed != "" { // who applied on that day, before it was closed, applied in time
			j.Until = min(o.Until, o.Closed)
		}
		row, err := json.Marshal(j)
		if err != nil {
			return fmt.Errorf("jobs: list: %w", err)
		}
		rows = append(rows, row)
	}
	b.o.Changed(rows)
	return nil
}

// Offers lists all offers, newest first.
func (b *Board) Offers(ctx context.Context) ([]Offer, error) { return b.o.Store.Jobs(ctx) }

// Limits of an offer, in characters.
const (
	MaxTitle = 100
	MaxShort = 80
	MaxText  = 2000
	maxAhead = 366 * 24 * time.Hour
)

// Check says which field of an offer is wrong: "title", "department", "salary", "text" or "until"; "" when all is well. day is today.
func (o Offer) Check(day time.Time) string {
	length := func(s string, least, most int) bool {
		n := utf8.RuneCountInString(strings.TrimSpace(s))
		return n >= least && n <= most && utf8.ValidString(s)
	}
	until, err := time.Parse(time.DateOnly, o.Until)
	today, _ := time.Parse(time.DateOnly, day.Format(time.DateOnly))
	switch {
	case !length(o.Title.De, 3, MaxTitle) || !length(o.Title.En, 0, MaxTitle):
		return "title"
	case !length(o.Department, 2, MaxShort):
		return "department"
	case !length(o.Salary, 0, MaxShort):
		return "salary"
	case !length(o.Text.De, 10, MaxText) || !length(o.Text.En, 0, MaxText):
		return "text"
	case err != nil || until.Before(today) || until.Sub(today) > maxAhead:
		return "until"
	}
	return ""
}

// Add offers a vacancy from today on. ErrOffer when it is not whole.
func (b *Board) Add(ctx context.Context, clerk string, o Offer) (Offer, error) {
	now := b.o.Now()
	if o.Check(now) != "" {
		return Offer{}, ErrOffer
	}
	id, err := uuid.NewRandomFromReader(b.o.Random)
	if err != nil {
		return Offer{}, fmt.Errorf("jobs: add: %w", err)
	}
	o.ID, o.From, o.Closed = id.String(), now.Format(time.DateOnly), ""
	return o, b.save(ctx, o, Event{o.ID, clerk, "offered", now})
}

// Close ends an offer now. Devices show it no more; whoever applied before, also with a device that had no line, applied in time. ErrNotFound,
// ErrClosed.
func (b *Board) Close(ctx context.Context, clerk, id string) error {
	all, err := b.o.Store.Jobs(ctx)
	if err != nil {
		return fmt.Errorf("jobs: close: %w", err)
	}
	now := b.o.Now()
	for _, o := range all {
		switch {
		case o.ID != id:
		case o.Closed != "":
			return ErrClosed
		default:
			o.Closed = now.Format(time.DateOnly)
			return b.save(ctx, o, Event{id, clerk, "closed", now})
		}
	}
	return ErrNotFound
}

func (b *Board) save(ctx context.Context, o Offer, e Event) error {
	j := o.job()
	if o.Closed != "" { // for devices it is over at once
		j.Until = dayBefore(o.Closed)
	}
	r, err := j.Record()
	if err != nil {
		return err
	}
	if err := b.o.Store.SaveJob(ctx, o, e, r, b.o.Scopes...); err != nil {
		return fmt.Errorf("jobs: save: %w", err)
	}
	if b.o.Nudge != nil {
		for _, scope := range b.o.Scopes {
			b.o.Nudge(scope)
		}
	}
	return b.Tell(ctx)
}

func dayBefore(day string) string {
	t, _ := time.Parse(time.DateOnly, day) // made by Format
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}

// job is what everybody may know of an offer.
func (o Offer) job() publish.Job {
	until, _ := time.Parse(time.DateOnly, o.Until) // Check has read it
	parts := []string{o.Department}
	if o.Salary != "" {
		parts = append(parts, o.Salary)
	}
	de := strings.Join(append(parts, "bis "+until.Format("2.1.2006")), ", ")
	en := strings.Join(append(parts[:len(parts):len(parts)], "until "+until.Format("2 January 2006")), ", ")
	return publish.Job{ID: o.ID, From: o.From, Until: o.Until, Title: o.Title, Line: publish.Words{De: de, En: en}, Text: o.Text}
}
