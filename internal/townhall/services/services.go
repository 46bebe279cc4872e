// Package services keeps what the town hall offers beside what ships: every version of a service that was ever published, which one counts, who
// decided so, what devices found wrong with it, and the drafts of what somebody writes here to be published next.
//
// A version that was published stays, so that an application that names it is checked with it years later. Its number is never used again for
// something else.
package services

import (
	"context"
	"errors"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/proof"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/wire"
)

var (
	// ErrVersion says that this version was published before with something else in it, or ships.
	ErrVersion = errors.New("services: the version's number is taken")
	// ErrUnknown says that no such version was ever published, or that nothing is offered that could be withdrawn.
	ErrUnknown = errors.New("services: no such version")
	// ErrChanged says that somebody else decided about the service meanwhile.
	ErrChanged = errors.New("services: somebody else decided meanwhile")
	// ErrSigner says that nobody who may publish here signed the file.
	ErrSigner = errors.New("services: not signed by a publisher of this town hall")
	// ErrPublisher says that there is no such publisher, or one of this name or key already.
	ErrPublisher = errors.New("services: no such publisher, or one of this name or key already")
)

// Version is a version of a service that was published.
type Version struct {
	Service string
	Version string
	Title   string    // in German
	Digest  string    // bundle.Folder.Digest
	Packed  []byte    // only when it is put in
	At      time.Time // when it was published first
	Who     string    // login, or Keeper
	Signer  string    // name of the publisher who signed it; "" when nobody did
}

// Keeper is who works with the server's own commands.
const Keeper = "keeper"

// Offer says which version of a service is offered in place of what ships.
type Offer struct {
	Service string
	Version string
	Since   time.Time
	Serial  int64  // of the town hall's word
	Epoch   string // of the memory in which it was said
}

// The kinds of events.
const (
	EventPublished = "published"
	EventReturned  = "returned" // to a version that was published before
	EventWithdrawn = "withdrawn"
	EventReissued  = "reissued" // said again after a backup was restored
)

// Event is a line of a service's history.
type Event struct {
	At      time.Time
	Who     string
	Kind    string
	Service string
	Version string
}

// Decision is one change, stored as a whole or not at all.
type Decision struct {
	Version *Version // a new one; nil: none
	// Before is the serial of the offer that the decision was made about, 0 when there was none.
	Before  int64
	Offer   *Offer // nil: nothing is offered from now on
	Event   Event
	Scopes  []string // who is told
	Records []wire.Record
}

// Publisher is somebody whose signature counts here.
type Publisher struct {
	Name  string
	Key   proof.PublicKey
	Added time.Time
}

// Fault is what devices found wrong with a version.
type Fault struct {
	wire.Fault
	Device string    // name of the terminal; "phone" for every phone
	Last   time.Time // when the town hall heard of it last, by its own clock
}

// Store keeps all that. Every method returns only when it is on disk.
type Store interface {
	// Decide stores a decision. ErrVersion when the version's number has another content, ErrChanged when Before is not the serial any more.
	Decide(ctx context.Context, d Decision) error
	// Versions lists every version that was published, without Packed, the newest first.
	Versions(ctx context.Context) ([]Version, error)
	// Packed gives a version's folder; ErrUnknown.
	Packed(ctx context.Context, service, version string) ([]byte, error)
	// Offers lists what is offered.
	Offers(ctx context.Context) ([]Offer, error)
	// Serial is the serial of the last word about a service, also when it was withdrawn; 0: nothing was ever said.
	Serial(ctx context.Context, service string) (int64, error)
	// Decided counts the decisions: another number says that something changed.
	Decided(ctx context.Context) (int64, error)
	// History lists what was decided about services, the newest first.
	History(ctx context.Context, limit int) ([]Event, error)
	// CountFaults adds the faults of a message, once per id.
	CountFaults(ctx context.Context, id, device string, faults []wire.Fault) error
	// ServiceFaults lists faults, those heard of last first.
	ServiceFaults(ctx context.Context, limit int) ([]Fault, error)

	// Publishers lists whose signature counts, by name.
	Publishers(ctx context.Context) ([]Publisher, error)
	// AddPublisher adds one; ErrPublisher.
	AddPublisher(ctx context.Context, p Publisher) error
	// RemovePublisher takes one away; ErrPublisher. What was published stays.
	RemovePublisher(ctx context.Context, name string) error

	Drafts

	// Epoch changes with every restore from a backup.
	Epoch(ctx context.Context) (string, error)
}
