// Package zvtemu plays a card payment terminal over the real ZVT bytes, with a journal of its own and with faults on request. It knows
// nothing of the driver but its packets; those are proven by the documents' bytes.
package zvtemu

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// Fault is something that goes wrong, or at least not well.
type Fault string

// The faults. A break closes the line.
const (
	None              Fault = ""
	Decline           Fault = "decline"             // the bank says no
	CancelKey         Fault = "cancel"              // the citizen presses the stop key
	BreakBeforeStatus Fault = "break-before-status" // the bank said yes, the till never hears it: taken back
	BreakAfterStatus  Fault = "break-after-status"  // the till hears it, its answer is lost: taken back
	BreakInPrint      Fault = "break-in-print"      // status answered, receipt not: taken back
	BreakAfterGrant   Fault = "break-after-grant"   // everything answered, the completion is lost: the money is taken
	Busy              Fault = "busy"                // refuses payments, 84 A0
	Silence           Fault = "silence"             // answers nothing
	Slow              Fault = "slow"                // takes long and says so
	Hold              Fault = "hold"                // waits for a card that nobody presents
	Stubborn          Fault = "stubborn"            // as Hold, refuses to abort, then takes the money
	NoStatus          Fault = "no-status"           // completes without status information
	BadStatus         Fault = "bad-status"          // a status information that cannot be read
	Lines             Fault = "lines"               // prints line by line though blocks were agreed
	Deaf              Fault = "deaf"                // serial: does not acknowledge the order's first frame
	Noise             Fault = "noise"               // serial: the status information's first frame is damaged
)

// Faults lists all but None.
func Faults() []Fault {
	return []Fault{
		Decline, CancelKey, BreakBeforeStatus, BreakAfterStatus, BreakInPrint, BreakAfterGrant, Busy, Silence, Slow, Hold, Stubborn,
		NoStatus, BadStatus, Lines, Deaf, Noise,
	}
}

// Opts says what kind of terminal is played. The zero value is a terminal on TCP without faults that keeps its journal in memory.
type Opts struct {
	Serial     bool             // frames instead of bare messages
	Journal    string           // a file of JSON lines; "" keeps it in memory
	Fault      func() Fault     // asked at every command, perhaps twice; nil is None
	Now        func() time.Time // time.Now if nil
	Step       time.Duration    // how long each step takes, such as presenting the card
	Patience   time.Duration    // how long the till may take to answer; 5 s if 0
	TerminalID string           // eight digits; "65000028" if empty
	Card       string           // "girocard" if empty
}

// Terminal is a card terminal. It survives its connections, as a real one does.
type Terminal struct {
	o       Opts
	mu      sync.Mutex
	entries []Entry
	config  byte
	blocks  bool
	width   int
}

// New makes a terminal and reads its journal.
func New(o Opts) (*Terminal, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.TerminalID == "" {
		o.TerminalID = "65000028"
	}
	if o.Card == "" {
		o.Card = "girocard"
	}
	if o.Fault == nil {
		o.Fault = func() Fault { return None }
	}
	t := &Terminal{o: o, config: 0x86, width: 24}
	if o.Journal != "" {
		var err error
		if t.entries, err = load(o.Journal); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// ErrBroken is what Serve returns after a fault closed the line.
var ErrBroken = errors.New("zvtemu: line broken on request")

// Serve plays the terminal on a line until the till hangs up (nil), ctx ends or a fault breaks the line (ErrBroken). It closes the port.
func (t *Terminal) Serve(ctx context.Context, p port.Port) error {
	missed := false
	w := newWire(p, t.o.Serial, func(a zvt.APDU) bool {
		lost := !missed && a.Command == zvt.Authorise && t.o.Fault() == Deaf
		missed = missed || lost
		return lost
	})
	defer w.close()
	for {
		a, err := w.recv(ctx, 0)
		if err == nil {
			err = t.obey(ctx, w, a)
		}
		switch {
		case err == nil, errors.Is(err, errSilent):
		case errors.Is(err, errLine):
			return nil
		default:
			return err
		}
	}
}

// obey carries out one command of the till.
func (t *Terminal) obey(ctx context.Context, w *wire, a zvt.APDU) error {
	fault := t.o.Fault()
	if fault == Silence || a.Command.Answer() {
		return nil
	}
	s := &sequence{t: t, w: w, ctx: ctx, fault: fault}
	yes := func() error { return w.send(zvt.APDU{Command: zvt.Acknowledge}) }
	switch a.Command {
	case zvt.Register:
		t.register(a.Data)
		if err := yes(); err != nil {
			return err
		}
		data := append([]byte{0x19, 0x00}, zvt.Status{TerminalID: t.o.TerminalID, Currency: "0978"}.Append(nil)...)
		if t.blocks {
			data = zvt.AppendContainer(data, zvt.Container(zvt.TagCommands, zvt.TLV{Tag: zvt.TagCommand, Value: []byte{0x06, 0xD3}}))
		}
		return s.order(zvt.APDU{Command: zvt.Completion, Data: data})
	case zvt.LogOff:
		t.config, t.blocks = 0x86, false
		return yes()
	case zvt.Enquire:
		if err := yes(); err != nil {
			return err
		}
		return s.order(zvt.APDU{Command: zvt.Completion, Data: []byte{0x00}})
	case zvt.Authorise:
		order, err := zvt.ParseStatus(a.Data)
		if err != nil || order.Amount == 0 {
			return w.send(zvt.APDU{Command: zvt.Refuse(0x9A)})
		}
		if fault == Busy {
			return w.send(zvt.APDU{Command: zvt.Refuse(0xA0)})
		}
		return s.pay(order.Amount)
	case zvt.Repeat:
		return s.repeat(a.Data)
	case zvt.Reversal:
		if len(a.Data) < 3 {
			return w.send(zvt.APDU{Command: zvt.Refuse(0x9A)})
		}
		order, err := zvt.ParseStatus(a.Data[3:])
		if err != nil {
			return w.send(zvt.APDU{Command: zvt.Refuse(0x9A)})
		}
		return s.reverse(order.Receipt)
	case zvt.EndOfDay:
		if err := yes(); err != nil {
			return err
		}
		e := t.begin(DayEnded, t.Taken())
		if err := s.order(zvt.APDU{Command: zvt.StatusInfo, Data: e.status().Append(nil)}); err != nil {
			return err
		}
		if err := t.store(e); err != nil {
			return err
		}
		return s.order(zvt.APDU{Command: zvt.Completion})
	case zvt.Abort:
		return yes()
	}
	return w.send(zvt.APDU{Command: zvt.Refuse(0x83)})
}

// register keeps what the till can do.
func (t *Terminal) register(data []byte) {
	if len(data) < 4 {
		return
	}
	t.config, t.blocks, t.width = data[3], false, 24
	if len(data) < 7 {
		return
	}
	said, err := zvt.ParseStatus(data[6:]) // after the currency come fields; field 06 holds the container
	if err != nil {
		return
	}
	for _, o := range said.TLV {
		switch o.Tag {
		case zvt.TagCommands:
			parts, _ := o.Parts()
			for _, c := range parts {
				t.blocks = t.blocks || string(c.Value) == "\x06\xD3"
			}
		case zvt.TagWidth:
			if n, err := zvt.BCD(o.Value); err == nil && n > 0 {
				t.width = int(n)
			}
		}
	}
}

func (t *Terminal) prints() bool { return t.config&0x82 == 0x82 }
func (t *Terminal) talks() bool  { return t.config&0x08 != 0 }

func euro(cents int64) string { return fmt.Sprintf("EUR %d,%02d", cents/100, cents%100) }
