// Package cases keeps the town hall's cases: what was applied for, where it stands, who did what, and what the citizen is told.
package cases

import (
	"context"
	"errors"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/money"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/service"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/townhall/ledger"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

// What can go wrong, in words that a page can turn into a sentence.
var (
	ErrNotFound = errors.New("cases: no such case")
	ErrChanged  = errors.New("cases: somebody else changed the case in the meantime")
	ErrState    = errors.New("cases: this cannot be done in the case's state")
	ErrUnpaid   = errors.New("cases: the fee should have been paid by card, and no proof of it is there")
	ErrExists   = errors.New("cases: this envelope already is a case")
	ErrNumber   = errors.New("cases: the case number is taken")
	ErrProof    = errors.New("cases: the reply does not prove that it comes from the slip's holder")
	ErrPayment  = errors.New("cases: the payment belongs to another case already")
	ErrPaper    = errors.New("cases: the paper cannot be made from these answers")
	ErrEmpty    = errors.New("cases: a text is missing")
	ErrMany     = errors.New("cases: more files than one application may bring")
)

// Case is one application and everything that happened to it.
type Case struct {
	ID             int64
	Number         string // "BO-26-4T7K-2M9-X"
	Envelope       string // id of the envelope that it came in; of our own making for what a clerk entered
	Service        string // id
	ServiceVersion string
	Title          string // the service's title in German
	Tenant         string
	Office         string // that it belongs to: a row of the tenant's table "offices", or ""
	Channel        string // "terminal", "phone", "web", "counter", "telephone", "paper"
	Device         string // name of the terminal that brought it, or ""
	Lang           string // the citizen's language
	State          service.State
	Fee            money.Cents
	Way            pay.Way
	Paid           bool
	Payment        *pay.Outcome // verified with the terminal's key; nil when no terminal vouches for a payment
	Received       time.Time
	Due            time.Time // until when the case should be decided
	Decided        time.Time // zero while it is open
	Clerk          string    // login of who works on it, or ""
	Recipient      string    // the key that answers are sealed to; after a lost slip the new one
	Address        string    // where answers for the recipient are kept
	Token          string    // proves that a reply comes from somebody who could read our answers
	Warnings       []string  // checks that failed at the door, as sentences for clerks
	Questions      []Question
	Refund         *Refund
	Version        int64     // counts changes: an action names the version that the clerk saw
	Erased         time.Time // when what was said in it was erased; zero: it is there
	Main           string    // number of the report that this one was merged into, or ""

	Report *Report // of a defect, else nil; filled by Get and Reports, not in other lists
	Photos []Photo // that came with it, without their data; filled like Report

	// Only filled by Get, not in lists.
	Application service.Application
	History     []Event
	Papers      []service.Paper
}

// Open tells whether somebody still has to decide. What was merged into another report is decided there.
func (c Case) Open() bool {
	if c.Main != "" {
		return false
	}
	switch c.State {
	case service.StateApproved, service.StateRejected, service.StateWithdrawn:
		return false
	}
	return true
}

// Event is one line of a case's log. Lines are only added.
type Event struct {
	At    time.Time
	Who   string // a clerk's login, "citizen" or "system"
	Kind  EventKind
	State service.State // the case's state afterwards
	Text  string
}

// EventKind says what happened.
type EventKind string

const (
	EventReceived  EventKind = "received"
	EventWarning   EventKind = "warning"   // a check at the door failed
	EventPaid      EventKind = "paid"      // the fee came in
	EventTaken     EventKind = "taken"     // a clerk took the case over
	EventAsked     EventKind = "asked"     // the town hall asks back
	EventAnswered  EventKind = "answered"  // the citizen answered
	EventMessage   EventKind = "message"   // the citizen wrote without being asked
	EventApproved  EventKind = "approved"  //
	EventRejected  EventKind = "rejected"  //
	EventWithdrawn EventKind = "withdrawn" // by the citizen
	EventNote      EventKind = "note"      // internal, never told to the citizen
	EventReplaced  EventKind = "replaced"  // a lost slip was replaced
	EventEnclosed  EventKind = "enclosed"  // a paper was handed in after the application
	EventRefund    EventKind = "refund"    // money has to be given back
	EventRefunded  EventKind = "refunded"  // money was given back
	EventErased    EventKind = "erased"    // what was said is gone

	// Of reports of defects.
	EventProgress    EventKind = "progress"    // the town hall tells how far it is
	EventPublished   EventKind = "published"   // everybody can see it
	EventUnpublished EventKind = "unpublished" // and no more
	EventMerged      EventKind = "merged"      // it is the same as another one, which the text names
	EventJoined      EventKind = "joined"      // another one is the same as this
	EventSplit       EventKind = "split"       // they are not the same after all
	EventSupport     EventKind = "support"     // somebody else has the same
)

// Public tells whether the citizen is told of such an event.
func (k EventKind) Public() bool {
	switch k {
	case EventNote, EventWarning, EventReplaced, EventEnclosed, EventErased, EventPublished, EventUnpublished, EventJoined, EventSplit, EventSupport:
		return false
	}
	return true
}

// Question is something the town hall asked back.
type Question struct {
	ID         string // "1", "2" ...
	Text       string
	Clerk      string
	Asked      time.Time
	Answered   bool
	Answer     string
	AnsweredAt time.Time
}

// Refund is money that has to be given back, or was.
type Refund struct {
	Number  string // the case's
	Title   string // the service's
	Amount  money.Cents
	Way     pay.Way
	Payment *pay.Outcome // which payment at which terminal; nil when people took the money
	Reason  string       // "rejected", "withdrawn" or ReasonStray
	Since   time.Time
	Done    bool
	DoneAt  time.Time
	By      string // clerk's login
}

// Filter says which cases a list shows. The zero value shows all, by due day.
type Filter struct {
	State      service.State // "" = every state
	Open       bool          // only what is not decided
	Text       string        // words; found in numbers, titles and answers
	Clerk      string        // only this clerk's; with Unassigned: this clerk's and nobody's
	Unassigned bool
	Service    string
	Office     string
	Channel    string
	Tenant     string
	Warned     bool      // only with failed checks
	Unpaid     bool      // only with a fee that is not paid
	DueBefore  time.Time // zero = any
	Newest     bool      // newest first instead of by due day
	Page       int       // from 1; 0 = 1
	Size       int       // 1 to 100; 0 = 20
}

// Page is a part of a list.
type Page struct {
	Cases []Case
	Total int // of all pages
	Page  int // from 1
	Pages int // at least 1
	Size  int
}

// Counts are the figures above the worklist. All but Mine, Refunds and Sealed count open cases.
type Counts struct {
	New        int // nobody took them yet
	Mine       int // open ones of the clerk asked for
	Unassigned int
	Overdue    int
	DueToday   int
	DueWeek    int // in the next seven days, today included
	Asked      int // wait for the citizen
	Warned     int // with failed checks
	Unpaid     int // with a fee that is not paid
	Open       int
	Refunds    int // money to be given back
	Sealed     int // envelopes that no key opens yet
	Reports    int // of defects
}

// Change is what is stored together with a case, in one transaction.
type Change struct {
	Events  []Event
	Answer  []byte          // sealed to Case.Recipient; replaces the one before; nil leaves it
	Forget  bool            // delete every answer of this case, kept for whatever address, before Answer is stored
	Erase   bool            // of what was stored before: erase answers, files, papers, texts and envelopes; Case.Application stays as it is now
	Lasting bool            // of Erase: noted beside the database, so that a restored backup cannot undo it unseen
	Papers  []service.Paper // added to the case
	Money   []ledger.Entry
	Photos  []Photo // files handed in later, added to the case
	Cause   string  // id of the envelope that caused the change; a cause works once, a second time ErrExists

	// Of reports of defects.
	Others     []Sealed      // answers for who supports the report, each in place of the one before for its address; stored after Answer
	Supporters []Supporter   // new ones; who supports it already is left as it was
	Adopt      []string      // numbers of reports whose supporters become this one's, before Others are stored
	Also       []Also        // other cases that change with this one; ErrChanged when one of them changed meanwhile
	Public     []wire.Record // put in the scope publish.Public
}

// Store keeps cases. Every method returns only when it is on disk.
type Store interface {
	// Insert adds a case. ErrExists when its envelope is a case already, ErrNumber when its number is taken. The id is filled in.
	Insert(ctx context.Context, c *Case, with Change) error
	// Update stores a changed case whose version was from; the stored version is from+1. ErrChanged when it is not from.
	Update(ctx context.Context, c Case, from int64, with Change) error
	// Get gives a whole case; ErrNotFound.
	Get(ctx context.Context, number string) (Case, error)
	// At gives the whole cases whose answers are kept at an address.
	At(ctx context.Context, address string) ([]Case, error)
	// Caused tells whether an envelope had its effect.
	Caused(ctx context.Context, envelope string) (bool, error)
	// List gives a page of cases without their contents.
	List(ctx context.Context, f Filter) (Page, error)
	// Counts gives the figures for a clerk's worklist.
	Counts(ctx context.Context, clerk string, now time.Time) (Counts, error)
	// Refunds lists refunds, open ones first, oldest first; then what was done, newest first, at most a hundred.
	Refunds(ctx context.Context) ([]Refund, error)
	ReportStore
	Retention
}
