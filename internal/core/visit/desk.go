package visit

import (
	"context"
	"errors"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/pay"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/seal"
)

// Desk is what stands on the counter. A nil field means "not here": the screen then shows the other ways.
type Desk struct {
	Payer   Payer
	Printer Printer
	Sheets  Sheets
	Scanner Scanner
	Cards   Cards
	Tags    Tags
	Sensor  Sensor
	Journal Journal     // required: without it nothing can be confirmed
	Sealer  Sealer      // required
	Keeper  Keeper      // nil where nothing is remembered of an application, as at a terminal
	Town    Town        // nil on a device that never has a line
	Drafts  Drafts      // nil where nothing can be put away to be continued elsewhere
	IDs     IDReader    // nil where no identity card is read
	Till    *sync.Mutex // held while a payment runs, so that Recover keeps off it; wanted wherever Payer is
}

func (d Desk) lock() (unlock func()) {
	if d.Till == nil {
		return func() {}
	}
	d.Till.Lock()
	return d.Till.Unlock
}

func (d Desk) tryLock() (unlock func(), free bool) {
	if d.Till == nil {
		return func() {}, true
	}
	if !d.Till.TryLock() {
		return nil, false
	}
	return d.Till.Unlock, true
}

// What a device may be unable to do, in words that a screen can turn into a sentence. Adapters wrap them with the cause.
var (
	ErrUnreachable = errors.New("device does not answer")
	ErrNoPaper     = errors.New("no paper")
	ErrCoverOpen   = errors.New("cover open")
	ErrFull        = errors.New("no room to store new work")
	ErrBusy        = errors.New("another payment has to be cleared up first")
	ErrOffline     = errors.New("town hall cannot be reached")
	ErrNoKey       = errors.New("no key of the town hall is known")
	// ErrKept says that the card terminal will never give a payment back, however often it is asked.
	ErrKept = errors.New("card terminal cannot give this payment back any more")
)

// Part names a kind of device on the counter.
type Part string

// The parts of a counter, named as in the terminal's configuration.
const (
	PartTerminal Part = "terminal" // takes cards
	PartReceipt  Part = "receipt"  // prints slips
	PartA4       Part = "a4"
	PartScanner  Part = "scanner"
	PartCard     Part = "card" // reads smart cards
	PartEID      Part = "eid"  // the identity card's program
	PartRFID     Part = "rfid"
	PartPresence Part = "presence" // knows whether somebody stands here
)

// Fault is a device that belongs to the desk and does not work just now.
type Fault struct {
	Part  Part
	Err   error // wraps one of the errors above
	Since time.Time
}

// Payer takes card payments. One payment at a time.
type Payer interface {
	// Ready tells whether a payment could begin now; nil, or an error that wraps ErrUnreachable.
	Ready(ctx context.Context) error
	// Pay asks the terminal for p.Amount. Every event goes to on before it is acted upon: an event Grant is acknowledged to the terminal
	// only after on returned nil. say is told what the terminal wants to be shown (ZVT 04 FF), with the code of PA00P015. Cancelling ctx
	// aborts at the terminal and still waits for how it ended. The last event is one of Complete, Refuse, Cancel, Lose; the error repeats
	// a Lose with its cause and is nil otherwise, or it is what on returned.
	Pay(ctx context.Context, p pay.Payment, on func(pay.Event) error, say func(code byte, text string)) error
	// Settle asks the terminal how an unclear payment ended: Found or Absent. An error means "not known yet".
	Settle(ctx context.Context, p pay.Payment) (pay.Event, error)
	// Reverse gives a payment back. ErrKept when that will not work any more, and the town hall has to; any other error means "not yet".
	Reverse(ctx context.Context, p pay.Payment) (pay.Event, error)
}

// Printer prints slips.
type Printer interface {
	// Ready tells whether a slip could be printed now: low is true when paper is near its end; the error wraps ErrNoPaper, ErrCoverOpen
	// or ErrUnreachable.
	Ready(ctx context.Context) (low bool, err error)
	// Print prints the document, cuts where it says so, and returns only when the printer confirmed that it is done. done is the number of
	// parts that are finished: a repeat prints only the others.
	Print(ctx context.Context, d document.Document) (done int, err error)
}

// Sheets prints A4 pages.
type Sheets interface {
	Ready(ctx context.Context) error
	PrintPDF(ctx context.Context, name string, pdf []byte) error
}

// Scanner reads bar and QR codes.
type Scanner interface {
	// Scan returns the next code shown to the scanner after the call.
	Scan(ctx context.Context) (string, error)
}

// Card is what sort of card was put into the card reader, as far as it tells without being read.
type Card string

// The sorts of cards. Nothing is read from a health card, a girocard or another card to pay with: this terminal has no business with them.
const (
	NoCard       Card = ""           // it was taken away
	IdentityCard Card = "identity"   // used through the identity card's own program
	HealthCard   Card = "health"     // health insurance
	Girocard     Card = "girocard"   // belongs into the card terminal
	PaymentCard  Card = "payment"    // likewise
	OtherCard    Card = "unknown"    // answers, and is none of these
	Unreadable   Card = "unreadable" // the wrong way round, or broken
)

// Cards hears of cards that are put into the card reader.
type Cards interface {
	// Card waits until a card comes or goes, and tells which, NoCard for one that was taken away. It goes on waiting while there is no reader,
	// until ctx ends.
	Card(ctx context.Context) (Card, error)
}

// Tags reads contactless tags, such as a library card.
type Tags interface {
	// Tag gives the number of the next tag that is held there, in capital hexadecimal digits. A number that is a new one each time is an error:
	// it names nobody.
	Tag(ctx context.Context) (string, error)
}

// Sensor knows whether somebody stands before the terminal.
type Sensor interface {
	// Next waits until it knows something else than before. An error means that nothing is known; asked again, it waits for the sensor to come
	// back. It never means that nobody is there.
	Next(ctx context.Context) (somebody bool, err error)
}

// Journal is the device's durable memory. Every method returns only when it is on disk.
type Journal interface {
	// Room tells whether new work can be taken; ErrFull if not.
	Room(ctx context.Context) error
	// Hold stores the sealed application as held, together with the payment's intent, in one transaction.
	Hold(ctx context.Context, e seal.Envelope, p pay.Payment) error
	// Release stores a sealed application that needs no payment at this device, ready to travel.
	Release(ctx context.Context, e seal.Envelope, way pay.Way, amount int64) error
	// Record applies the event with pay.Step and stores the result and what its effect means for the envelope (Release signs the outcome
	// and frees it to travel, Discard deletes it) in one transaction.
	Record(ctx context.Context, payment string, e pay.Event) (pay.Payment, pay.Effect, error)
	// Unsettled lists the payments that are not final, oldest first.
	Unsettled(ctx context.Context) ([]pay.Payment, error)
}

// Keeper is the memory of a device that belongs to one person: it remembers what was sent, so that its answers can be found.
type Keeper interface {
	// Keep stores a sealed application that needs no payment at this device, ready to travel as Journal.Release does, and what the device
	// remembers of it, in one transaction. It returns only when both are on disk. Repeating it changes nothing.
	Keep(ctx context.Context, e seal.Envelope, way pay.Way, amount int64, k Kept) error
}

// Kept is what a person's own device remembers of an application that it sent. Secret opens the town hall's answers.
type Kept struct {
	Case      string
	Secret    string // as on a slip; empty with a reply, and with a survey, of which nothing is remembered
	Recipient string // the public half of Secret
	Title     string // of the service, in the citizen's language
	Service   string // its id
	At        time.Time
}

// Sealer seals to the newest key of the authority that this device has learned.
type Sealer interface {
	// Seal fails with ErrNoKey when the device has not learned a key.
	Seal(ctx context.Context, id string, plain []byte) (seal.Envelope, error)
	// Ready tells whether a key is there; ErrNoKey if not.
	Ready(ctx context.Context) error
}

// Town is the line to the town hall, for what cannot wait.
type Town interface {
	// Online tells whether the last exchange went well.
	Online() bool
	// Answers fetches what the town hall sealed for an address, newest last. ErrOffline when there is no line.
	Answers(ctx context.Context, address string) ([][]byte, error)
}
