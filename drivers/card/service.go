package card

import (
	"errors"
	"time"
)

// What a Service says goes wrong. Other errors of it count as ErrNoService: a new connection has to be made.
var (
	ErrNoService = errors.New("card: PC/SC service does not run")
	ErrNoReader  = errors.New("card: reader is gone")
	ErrTimeout   = errors.New("card: nothing happened in that time")
	ErrCancelled = errors.New("card: wait was cancelled")
	ErrRemoved   = errors.New("card: card was taken away")
	ErrMute      = errors.New("card: card does not answer")
	ErrBusy      = errors.New("card: another program has the card")
)

// ErrClosed says that the driver was closed.
var ErrClosed = errors.New("card: closed")

// Service is the way to the PC/SC service.
type Service interface {
	// Establish connects to the service. It is called again whenever a connection broke.
	Establish() (Context, error)
}

// Context is a connection to the service. One of its methods is called at a time, but for Cancel.
type Context interface {
	Watcher
	// Connect connects to the card on a reader in shared mode.
	Connect(reader string) (Link, error)
}

// Watcher tells of readers and what is on them.
type Watcher interface {
	// Readers lists the readers; no reader is no error.
	Readers() ([]string, error)
	// Wait waits until a reader is not as Known has it, and fills in Now and ATR. A reader of the name Notification changes when a reader comes or
	// goes. It ends with ErrTimeout after most, with ErrCancelled by Cancel, with ErrNoReader if there is no reader of a name.
	Wait(readers []Reader, most time.Duration) error
	// Cancel ends a Wait that goes on; otherwise it does nothing.
	Cancel() error
	// Release ends the connection.
	Release() error
}

// Link is a connection to a card.
type Link interface {
	Transmit(command []byte) ([]byte, error)
	// Disconnect leaves the card as it is.
	Disconnect() error
}

// Notification is the name of the reader that is none: it stands for the list of readers.
const Notification = `\\?PnP?\Notification`

// Reader is a reader as Wait looks at it.
type Reader struct {
	Name  string
	Known State   // as the caller knows it; 0 if he does not
	Now   State   // as it is
	ATR   Private // of the card that is there
}

// State is how a reader is: bits as PC/SC has them (part 5; the values are the same in every implementation), and in the upper 16 a number that
// counts the cards that came and went.
type State uint32

// The bits that count here.
const (
	Changed     State = 0x002 // Now is another one than Known
	Missing     State = 0x004 // there is no such reader
	Unavailable State = 0x008 // the reader is in a bad state
	Empty       State = 0x010
	Present     State = 0x020 // a card is there
	Exclusive   State = 0x080 // and another program has it for itself
	Shared      State = 0x100 // and another program uses it, too
	Mute        State = 0x200 // and it does not answer
)

func (s State) count() State { return s >> 16 }
