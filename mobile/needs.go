package mobile

import (
	"context"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
)

// The shelves of a phone's memory.
const (
	shelfDraft   = "draft"   // begun reports
	shelfPhoto   = "photo"   // prepared photos, and documents, of what was begun, by digest
	shelfReport  = "report"  // what was sent, and what opens its answers
	shelfSetting = "setting" // how the screen is set
)

// Entry is one thing in the phone's memory.
type Entry struct {
	Shelf, ID string
	Data      []byte
	At        time.Time
}

// Ref names an entry.
type Ref struct{ Shelf, ID string }

// Memory is what a phone remembers across restarts, encrypted at rest. Each call is one transaction and returns when it is on disk; an error
// that wraps visit.ErrFull means that there is no room.
type Memory interface {
	Put(ctx context.Context, entries ...Entry) error
	Get(ctx context.Context, shelf, id string) (Entry, bool, error)
	List(ctx context.Context, shelf string) ([]Entry, error) // oldest first
	Remove(ctx context.Context, shelf string, ids ...string) error
}

// Standing is how far an envelope has come.
type Standing int

// How far an envelope can have come.
const (
	Unknown Standing = iota // not in the memory
	Waiting                 // on this phone, ready to travel
	Arrived                 // the town hall has confirmed it
	Refused                 // the town hall does not take it: it is kept, and people have to look
)

// Outbox is what travels to the town hall.
type Outbox interface {
	// Keep stores a sealed envelope, ready to travel, and changes the memory, in one transaction. Repeating it changes nothing.
	Keep(ctx context.Context, e seal.Envelope, way pay.Way, amount int64, put []Entry, remove []Ref) error
	// Standing tells how far an envelope has come, and when it did: Arrived by the town hall's clock.
	Standing(ctx context.Context, envelope string) (Standing, time.Time, error)
}

// Records is what the town hall has published, as far as this phone knows it.
type Records interface {
	// Published gives the data of a collection's records.
	Published(ctx context.Context, collection string) ([][]byte, error)
}

// Papers is where a paper from the town hall can be put, so that it can be shown, printed and passed on: the system's own way to save a file.
type Papers interface {
	// Save lets somebody choose where and writes the file there. done is called on any goroutine: saved is false when nothing was chosen.
	Save(name string, data []byte, done func(saved bool, err error))
}

// Pictures is where photos come from: the system's picker.
type Pictures interface {
	// Pick lets somebody choose a picture and gives its bytes, on any goroutine; none and no error when nothing was chosen.
	Pick(done func(data []byte, err error))
}

// Documents is where files come from: the system's picker.
type Documents interface {
	// PickFile lets somebody choose a document or a picture and gives its name and its bytes, on any goroutine; none and no error when nothing was
	// chosen.
	PickFile(done func(name string, data []byte, err error))
}
