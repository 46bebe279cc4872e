// Package zvtemu plays a card payment terminal over the real ZVT bytes, with a journal of its own and with faults on request. It knows
// nothing of the driver but its packets; those are proven by the documents' bytes.
package zvtemu

import (
	"context"
	"errors"
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
	GoneAfterGrant    Fault = "gone-after-grant"    // as BreakAfterGrant, and then nothing is answered until this fault ends
	Busy              Fault = "busy"                // refuses payments, 84 A0
	Silence           Fault = "silence"             // answers nothing
	Slow              Fault = "slow"                // takes long and says so
	Hold              Fault = "hold"                // waits for a card that nobody presents until this fault ends
	Stubborn          Fault = "stubborn"            // as Hold, refuses to abort, then takes the money
	AbortEarly        Fault = "abort-early"         // aborts only until a card is there; then refuses to, and takes the money
	AbortUnheard      Fault = "abort-unheard"       // does not even answer an abort, and takes the money
	NoStatus          Fault = "no-status"           // completes without status information
	BadStatus         Fault = "bad-status"          // a status information that cannot be read
	UnknownField      Fault = "unknown-field"       // a status information that ends with a field of unknown length
	UnknownFirst      Fault = "unknown-first"       // one that begins with it: nothing can be read
	BadPrint          Fault = "bad-print"           // a receipt that cannot be read: taken back
	Lines             Fault = "lines"               // prints line by line though blocks were agreed
	LastOnly          Fault = "last-only"           // reverses its last payment only
	RepeatQuiet       Fault = "repeat-quiet"        // repeats nothing unless only the till starts payments and administration
	RepeatPrints      Fault = "repeat-prints"       // tells its last transaction only together with the receipt
	DayDue            Fault = "day-due"             // refuses payments until an end of day
	Update            Fault = "update"              // announces new software after an end of day
	Meager            Fault = "meager"              // knows no more than registration, payment, reversal, repeat receipt and end of day
	Banner            Fault = "banner"              // says other things first when a line is made
	Crumbs            Fault = "crumbs"              // every byte comes alone
	Lumps             Fault = "lumps"               // an answer comes together with the next message
	Deaf              Fault = "deaf"                // serial: does not acknowledge the order's first frame
	Noise             Fault = "noise"               // serial: the status information's first frame is damaged
)

// Faults lists all but None.
func Faults() []Fault {
	return []Fault{
		Decline, CancelKey, BreakBeforeStatus, BreakAfterStatus, BreakInPrint, BreakAfterGrant, GoneAfterGrant, Busy, Silence, Slow, Hold, Stubborn,
		AbortEarly, AbortUnheard, NoStatus, BadStatus, UnknownField, UnknownFirst, BadPrint, Lines, LastOnly, RepeatQuiet, RepeatPrints, DayDue, Update, Meager,
		Banner, Crumbs, Lumps, Deaf, Noise,
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
	Issue      time.Duration    // between two questions whether the goods are issued; 2 s if 0
	TerminalID string           // eight digits; "65000028" if empty
	Card       string           // "girocard" if empty; other names of P015 page 121 count as these in the totals
	Password   string           // six digits that a till has to know; any will do if empty
	Charset    zvt.Charset      // the one that it agrees to besides code page 437: zvt.Latin1 or zvt.UTF8; 0 is none
}

// Terminal is a card terminal. It survives its connections, as a real one does.
type Terminal struct {
	o       Opts
	mu      sync.Mutex
	entries []Entry
	trace   int // highest that was used
	receipt int // last one
	shift   time.Duration
	config  zvt.Config
	blocks  bool
	width   int
	set     zvt.Charset
	gone    bool // GoneAfterGrant has struck
}

// afterLogOff is the configuration that a log-off leaves: P015 2.24, page 57.
const afterLogOff = zvt.PrintsPayments | zvt.PrintsAdministration | zvt.PrintsWhatTerminalSays

// New makes a terminal and reads its journal.
func New(o Opts) (*Terminal, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.Issue == 0 {
		o.Issue = 2 * time.Second
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
	t := &Terminal{o: o, config: afterLogOff, width: 24, set: zvt.CP437}
	if o.Journal != "" {
		all, err := load(o.Journal)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			t.keep(e)
		}
	}
	return t, nil
}

// ErrBroken is what Serve returns after a fault closed the line.
var ErrBroken = errors.New("zvtemu: line broken on request")

// Serve plays the terminal on a line until the till hangs up (nil), ctx ends or a fault breaks the line (ErrBroken). It closes the port.
func (t *Terminal) Serve(ctx context.Context, p port.Port) error {
	missed := false
	w := newWire(p, t.o.Serial, t.o.Fault, func(a zvt.APDU) bool {
		lost := !missed && a.Command == zvt.Authorise && t.o.Fault() == Deaf
		missed = missed || lost
		return lost
	})
	defer w.close()
	if t.o.Fault() == Banner {
		_ = w.raw([]byte("\xFF\xFD\x18\xFF\xFB\x01\r\nserial box 1.0, port 4\r\n")) // a telnet negotiation and a greeting
	}
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

// register keeps what the till can do and gives what the completion says about it: P015 2.1, pages 26 to 29.
func (t *Terminal) register(data []byte) []zvt.TLV {
	t.blocks, t.width, t.set = false, 24, zvt.CP437
	if len(data) < 4 {
		return nil
	}
	t.config = zvt.Config(data[3])
	if len(data) < 7 {
		return nil
	}
	said, err := zvt.ParseStatus(data[6:]) // after the currency come fields; field 06 holds the container
	if err != nil {
		return nil
	}
	var answer []zvt.TLV
	for _, o := range said.TLV {
		switch o.Tag {
		case zvt.TagCommands:
			parts, _ := o.Parts()
			for _, c := range parts {
				t.blocks = t.blocks || string(c.Value) == "\x06\xD3"
			}
			if t.blocks {
				answer = append(answer, zvt.Container(zvt.TagCommands, zvt.TLV{Tag: zvt.TagCommand, Value: []byte{0x06, 0xD3}}))
			}
		case zvt.TagWidth:
			if n, err := zvt.BCD(o.Value); err == nil && n > 0 {
				t.width = int(n)
				answer = append(answer, o)
			}
		case zvt.TagCharset:
			if t.o.Charset != 0 && len(o.Value) == 1 && zvt.Charset(o.Value[0]) == t.o.Charset {
				t.set = t.o.Charset
				answer = append(answer, o)
			}
		}
	}
	return answer
}

// logOff forgets what was agreed.
func (t *Terminal) logOff() { t.config, t.blocks, t.width, t.set = afterLogOff, false, 24, zvt.CP437 }

// prints tells whether receipts of payments, or of everything else, go to the till.
func (t *Terminal) prints(admin bool) bool {
	want := zvt.PrintsPayments | zvt.PrintsWhatTerminalSays
	if admin {
		want = zvt.PrintsAdministration | zvt.PrintsWhatTerminalSays
	}
	return t.config&want == want
}

func (t *Terminal) talks() bool { return t.config&zvt.WantsProgress != 0 }

// now is the terminal's own clock.
func (t *Terminal) now() time.Time { return t.o.Now().Add(t.shift) }

// encode writes a text in the character set that was agreed.
func (t *Terminal) encode(s string) []byte {
	switch t.set {
	case zvt.UTF8:
		return []byte(s)
	case zvt.Latin1:
		var b []byte
		for _, r := range s {
			if r > 0xFF {
				r = '?'
			}
			b = append(b, byte(r))
		}
		return b
	}
	return zvt.Encode(s)
}
