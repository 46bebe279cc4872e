// Package eidemu plays AusweisApp with a card reader and an identity card: a real websocket server that speaks the SDK's JSON
// (Governikus/AusweisApp, docs/sdk), through to the green end of an authentication, with faults on request. It knows nothing of the driver.
package eidemu

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Fault is something that goes wrong, or at least not well.
type Fault string

// The faults. Where a card is meant, it is the one in the reader.
const (
	None          Fault = ""
	Removed       Fault = "removed"        // the card is taken away while a PIN is checked
	Snatched      Fault = "snatched"       // the card is taken away while its PIN is asked for, and comes back
	Deactivated   Fault = "deactivated"    // the card's online function is off
	UnknownCard   Fault = "unknown-card"   // something else than an identity card
	Inoperative   Fault = "inoperative"    // PIN blocked, PUK used up, and AusweisApp knows
	PUKSpent      Fault = "puk-spent"      // PIN blocked, PUK used up; AusweisApp learns of it with the right PUK
	WrongPIN      Fault = "wrong-pin"      // every PIN is wrong
	CANNeeded     Fault = "can-needed"     // one try left
	PUKNeeded     Fault = "puk-needed"     // no try left
	Keypad        Fault = "keypad"         // a reader with its own keypad, a standard or a comfort one, which refuses PINs from here
	NoReader      Fault = "no-reader"      // nothing to put a card on
	NetworkError  Fault = "network-error"  // the eID server cannot be reached
	ProviderError Fault = "provider-error" // the eID server gives up after consent; there is an address to open
	Occupied      Fault = "occupied"       // another workflow is running: BAD_STATE
	BadState      Fault = "bad-state"      // the first answer of every kind gets BAD_STATE, and the question comes again
	Pause         Fault = "pause"          // the card lies badly (level 3)
	Internal      Fault = "internal"       // INTERNAL_ERROR instead of a question
	Echo          Fault = "echo"           // repeats what was typed, in errors and in messages that nobody knows
	Strange       Fault = "strange"        // messages of kinds that nobody knows, and more in those that are known
	Long          Fault = "long"           // texts of 64 KiB
	Garbage       Fault = "garbage"        // half a message
	Binary        Fault = "binary"         // a message that is no text
	Endless       Fault = "endless"        // messages without end
	EndlessText   Fault = "endless-text"   // one message without end
	Silence       Fault = "silence"        // hears, and says nothing
	Deaf          Fault = "deaf"           // goes on, but does not end when asked to
	Closes        Fault = "closes"         // hangs up while a PIN is checked
	Older         Fault = "older"          // level 1 only, as before 1.24
	Newer         Fault = "newer"          // levels that nobody knows yet
	Newest        Fault = "newest"         // one level more than is known, and it is the one that is spoken
	Busy          Fault = "busy"           // HTTP 429: another program is connected
	Window        Fault = "window"         // HTTP 409: its own window is at work
	Disabled      Fault = "disabled"       // HTTP 503: its websocket is switched off
	Elsewhere     Fault = "elsewhere"      // HTTP 404: another program has the port
)

// Faults lists all but None.
func Faults() []Fault {
	return []Fault{
		Removed, Snatched, Deactivated, UnknownCard, Inoperative, PUKSpent, WrongPIN, CANNeeded, PUKNeeded, Keypad, NoReader, NetworkError, ProviderError,
		Occupied, BadState, Pause, Internal, Echo, Strange, Long, Garbage, Binary, Endless, EndlessText, Silence, Deaf, Closes, Older, Newer, Newest,
		Busy, Window, Disabled, Elsewhere,
	}
}

// Opts says what is played. The zero value has a reader without a keypad and a good card that comes when it is asked for.
type Opts struct {
	Fault     func() Fault  // asked at every step, so that faults can be switched while it runs; nil is None
	Step      time.Duration // how long each step takes, such as checking a PIN
	Reader    string        // the reader's name; "Emulated reader" if empty
	Inserted  bool          // the card lies there from the beginning
	ByHand    bool          // the card comes and goes by Insert and Remove only
	PIN       string        // "123456" if empty; five digits make it the letter's PIN, good for changing only
	CAN       string        // "654321" if empty
	PUK       string        // "9876543210" if empty
	Refresh   string        // where an authentication leads in the end; "https://eid.example/refresh?session=1" if empty
	Rights    Rights        // what the provider wants; some names and an optional one if empty
	Provider  string        // its name; "Stadt Musterhausen" if empty
	Purpose   string        // what for; "Antrag auf einen Bewohnerparkausweis" if empty
	Overheard func(cmd string)
	// Typed is what is typed at a keypad when AusweisApp asks for kind (ENTER_PIN and so on), "" for its cancel key; what is right if nil.
	Typed func(kind string) string
}

// Rights is what the provider wants from the card, by the document's names.
type Rights struct{ Required, Optional []string }

// App is an AusweisApp. It and its card survive their connections.
type App struct {
	o     Opts
	mu    sync.Mutex
	taken bool
	card  card
	moved chan struct{} // the card came or went; holds one
}

type card struct {
	in               bool
	pin, can, puk    string
	retries, pukUses int
	inoperative      bool // known to be
}

// event is a command, or what cannot be one.
type event struct {
	cmd *command
	err error
}

// New makes one.
func New(o Opts) *App {
	def := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	def(&o.Reader, "Emulated reader")
	def(&o.PIN, "123456")
	def(&o.CAN, "654321")
	def(&o.PUK, "9876543210")
	def(&o.Refresh, "https://eid.example/refresh?session=1")
	def(&o.Provider, "Stadt Musterhausen")
	def(&o.Purpose, "Antrag auf einen Bewohnerparkausweis")
	if len(o.Rights.Required)+len(o.Rights.Optional) == 0 {
		o.Rights = Rights{Required: []string{"FamilyName", "GivenNames", "Address"}, Optional: []string{"DoctoralDegree"}}
	}
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	if o.Overheard == nil {
		o.Overheard = func(string) {}
	}
	return &App{o: o, card: card{in: o.Inserted, pin: o.PIN, can: o.CAN, puk: o.PUK, retries: 3, pukUses: 10}, moved: make(chan struct{}, 1)}
}

// Insert puts the card into the reader; Opts.ByHand.
func (a *App) Insert() { a.move(true) }

// Remove takes it out.
func (a *App) Remove() { a.move(false) }

// Tries tells how many tries the card has left for its PIN.
func (a *App) Tries() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.card.retries
}

// Opens tells whether this is the card's PIN.
func (a *App) Opens(pin string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.card.pin == pin
}

func (a *App) move(in bool) {
	a.mu.Lock()
	a.card.in = in
	a.mu.Unlock()
	select {
	case a.moved <- struct{}{}:
	default: // it has not even looked at the move before
	}
}

// Serve plays AusweisApp on a listener until ctx ends.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	s := &http.Server{Handler: a, BaseContext: func(net.Listener) context.Context { return ctx }, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("eidemu: serve: %w", err)
	}
	return ctx.Err()
}

// ServeHTTP is the door, as docs/sdk/desktop.rst has it: one program at a time, and no browsers.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "AusweisApp2/2.5.0 (TR-03124-1/1.4)")
	status := map[Fault]int{Busy: 429, Window: 409, Disabled: 503, Elsewhere: 404}[a.o.Fault()]
	switch {
	case r.URL.Path != "/eID-Kernel" && r.URL.Path != "/eID-Kernel/":
		status = http.StatusNotFound
	case r.Header.Get("Origin") != "":
		status = http.StatusForbidden
	}
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	if !a.take() {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		a.leave()
		return
	}
	defer ws.Close()
	defer a.leave() // before the line is closed: who sees that may come again
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	stop := context.AfterFunc(r.Context(), func() { _ = ws.Close() })
	defer stop()
	c := &client{a: a, ws: ws, ctx: ctx, events: make(chan event, 16)}
	c.level = slices.Max(c.levels())
	go c.listen(cancel)
	c.run()
}

func (a *App) take() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.taken {
		return false
	}
	a.taken = true
	return true
}

func (a *App) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken = false
	if !a.o.ByHand && !a.o.Inserted {
		a.card.in = false
	}
}

// fault asks for the fault of this step.
func (a *App) fault(of ...Fault) bool { return slices.Contains(of, a.o.Fault()) }
