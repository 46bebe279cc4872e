package zvt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// What can go wrong. Everything that wraps ErrLine or ErrPeer leaves open how a payment ended, and spends the Dev.
var (
	ErrLine   = errors.New("zvt: line to the terminal is lost")
	ErrPeer   = errors.New("zvt: not a card terminal")
	ErrBusy   = errors.New("zvt: another sequence is running")
	ErrAmount = errors.New("zvt: not an amount that can be paid")
	// ErrContradiction says that a terminal's words do not fit together: how the payment ended is unclear.
	ErrContradiction = errors.New("zvt: terminal contradicts itself")
	// ErrNothing says that a terminal which knows the command to repeat has no transaction to repeat. It comes with the Refusal.
	ErrNothing = errors.New("zvt: terminal has nothing to repeat")
)

// codeImpossible is "function not possible" (P015 chapter 10).
const codeImpossible = 0x83

// Refusal is a terminal's definite no: an answer 84 xx, or the end 06 1E of a sequence that moves no money.
type Refusal struct{ Code byte }

// Error names the code and its meaning by P015 chapter 10.
func (r *Refusal) Error() string {
	return fmt.Sprintf("zvt: terminal refused: %02X %s", r.Code, ResultText(r.Code))
}

// Opts says how a terminal is spoken to. The zero value is a terminal on TCP with the documents' times.
type Opts struct {
	Password string // six digits; "000000" if empty
	Serial   bool   // frames of P016 3 instead of bare messages
	Config   byte   // registration's configuration byte; DefaultConfig if 0
	Width    int    // characters in a line of the receipt printer, told to the terminal; 0 says nothing
	Lang     string // of the words for Watch.Say where the terminal sends none: "de" if empty, or "en"

	T1 time.Duration // between two bytes of a frame: 200 ms
	T2 time.Duration // a frame to its ACK: 5 s
	T3 time.Duration // a command to its answer: 5 s
	T4 time.Duration // between two messages of a running sequence: 180 s; the terminal may change it
}

// DefaultConfig is the configuration byte of P015 table 1: the till prints payment and administration receipts, sent as print commands, wants
// intermediate status, and controls payments and administration. Nobody can start a payment at the terminal's own keys.
const DefaultConfig byte = 0xBE

func (o Opts) filled() Opts {
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{{&o.T1, 200 * time.Millisecond}, {&o.T2, 5 * time.Second}, {&o.T3, 5 * time.Second}, {&o.T4, 180 * time.Second}} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	if o.Config == 0 {
		o.Config = DefaultConfig
	}
	if o.Password == "" {
		o.Password = "000000"
	}
	if o.Lang == "" {
		o.Lang = "de"
	}
	return o
}

// Watch is told what happens during a sequence. Each of its functions may be nil.
type Watch struct {
	// Status is called for every status information before it is answered. An error makes the driver refuse it, and the terminal take the
	// payment back.
	Status func(Status) error
	// Say is told what the terminal is doing: the code of P015 3.7, and the terminal's words or else the document's.
	Say func(code byte, text string)
	// Print is told every line of every receipt as it comes.
	Print func(line string)
}

// Result is how a sequence ended.
type Result struct {
	Done     bool     // the terminal sent its completion 06 0F
	Refused  bool     // the terminal answered 84 xx: nothing began
	Code     byte     // why it is not Done: P015 chapter 10; 6C means ended by somebody or by time
	Status   *Status  // the last status information; nil if none came
	Customer []string // the customer's receipt, if the terminal sent it
	Merchant []string // the merchant's
}

// CodeAborted is the result code of a payment that somebody ended, or time did.
const CodeAborted byte = 0x6C

// Info is what the terminal said of itself at registration.
type Info struct {
	TerminalID          string
	NeedsInitialisation bool
	NeedsDiagnosis      bool
	NeedsOPT            bool
}

// Dev is a card terminal on its line. Its methods may be called from several goroutines; a second sequence gets ErrBusy.
type Dev struct {
	o       Opts
	l       *link
	running sync.Mutex
	early   []APDU // arrived while something was being sent
	owed    int    // answers to our aborts that have not come yet
	info    Info
}

// New makes a Dev of the port, which it owns from now on.
func New(p port.Port, o Opts) *Dev {
	o = o.filled()
	return &Dev{o: o, l: newLink(p, o)}
}

// Close closes the line. A sequence that runs ends with ErrLine.
func (d *Dev) Close() error {
	_ = d.l.die(fmt.Errorf("%w: closed", ErrLine))
	return nil
}

// Info gives what the last registration told.
func (d *Dev) Info() Info {
	d.running.Lock()
	defer d.running.Unlock()
	return d.info
}

// Register logs the till on: receipts come here, intermediate status too. It has to be done once before the first payment.
func (d *Dev) Register(ctx context.Context) error {
	data := append(d.password(), d.o.Config, 0x09, 0x78)
	parts := []TLV{Container(TagCommands, TLV{TagCommand, []byte{0x06, 0xD3}})}
	if d.o.Width > 0 && d.o.Width < 100 {
		parts = append([]TLV{{TagWidth, AppendBCD(nil, int64(d.o.Width), 1)}}, parts...)
	}
	data = AppendContainer(data, parts...)
	return d.quiet(ctx, APDU{Register, data}, func(a APDU) {
		s, err := ParseStatus(a.Data)
		if err != nil {
			return // what a terminal tells of itself here decides nothing
		}
		d.info = Info{
			TerminalID:          s.TerminalID,
			NeedsInitialisation: s.PaymentType&1 != 0, // field 19 is the status byte here
			NeedsDiagnosis:      s.PaymentType&2 != 0,
			NeedsOPT:            s.PaymentType&4 != 0,
		}
	})
}

// LogOff ends the registration. The terminal answers and sends no completion.
func (d *Dev) LogOff(ctx context.Context) error {
	if !d.running.TryLock() {
		return ErrBusy
	}
	defer d.running.Unlock()
	return d.command(ctx, APDU{Command: LogOff})
}

// Enquire asks whether the terminal is there and ready; a *Refusal tells why it is not.
func (d *Dev) Enquire(ctx context.Context) error {
	var code byte
	err := d.quiet(ctx, APDU{Enquire, append(d.password(), 0x03, 0x03)}, func(a APDU) {
		if len(a.Data) == 1 { // P015 chapter 11: 00 is ready; other codes say what the terminal would like to be done
			code = a.Data[0]
		}
	})
	if err == nil && code == 0x9C { // please wait
		return &Refusal{code}
	}
	return err
}

// RepeatReceipt asks for the terminal's last transaction without printing it again. A *Refusal means that the terminal cannot tell: it
// has none, is still busy with one, or does not know the command. Only where the error wraps ErrNothing, too, is it certain that there is
// none: the terminal took the command and ended it with "function not possible". Check Status.Good and Status.OriginalTrace: the last
// transaction may have failed, or be a reversal. The lines are those of a receipt that the terminal sent all the same.
func (d *Dev) RepeatReceipt(ctx context.Context) (Status, []string, error) {
	if !d.running.TryLock() {
		return Status{}, nil, ErrBusy
	}
	defer d.running.Unlock()
	// Service byte 03: with status information, without receipt (P015 table 5). Without bit 0 no status would come.
	r, err := d.run(ctx, APDU{Repeat, append(d.password(), 0x03, 0x03)}, Watch{})
	switch {
	case err != nil:
		return Status{}, nil, err
	case !r.Done && r.Code == codeImpossible && r.Status == nil:
		return Status{}, nil, fmt.Errorf("%w: %w", ErrNothing, &Refusal{r.Code})
	case !r.Done:
		return Status{}, nil, &Refusal{r.Code}
	case r.Status == nil:
		return Status{}, nil, fmt.Errorf("%w: repeat receipt without status information", ErrContradiction)
	}
	return *r.Status, r.Customer, nil
}

// Pay asks for a payment. The error is nil when the terminal said clearly how it ended, even if that is a refusal; then the Result tells.
// It is what w.Status returned if that failed. Any other error leaves the end open: ask RepeatReceipt on a new Dev.
//
// Cancelling ctx asks the terminal to abort, unless it has already reported success, and waits all the same for how it ends.
func (d *Dev) Pay(ctx context.Context, cents int64, w Watch) (Result, error) {
	if cents <= 0 || cents > 999_999_999_999 {
		return Result{}, ErrAmount
	}
	if !d.running.TryLock() {
		return Result{}, ErrBusy
	}
	defer d.running.Unlock()
	data := AppendBCD([]byte{0x04}, cents, 6)
	data = append(data, 0x49, 0x09, 0x78)
	return d.money(ctx, APDU{Authorise, data}, w)
}

// Reverse gives the payment with this receipt number back. Some terminals can only reverse their last payment. Errors are as with Pay.
func (d *Dev) Reverse(ctx context.Context, receipt int) (Result, error) {
	if receipt <= 0 || receipt > 9999 {
		return Result{}, ErrAmount
	}
	if !d.running.TryLock() {
		return Result{}, ErrBusy
	}
	defer d.running.Unlock()
	return d.money(ctx, APDU{Reversal, AppendBCD(append(d.password(), 0x87), int64(receipt), 2)}, Watch{})
}

// EndOfDay has the terminal hand in its payments; without it the money does not arrive.
func (d *Dev) EndOfDay(ctx context.Context) (Result, error) {
	if !d.running.TryLock() {
		return Result{}, ErrBusy
	}
	defer d.running.Unlock()
	return d.money(ctx, APDU{EndOfDay, d.password()}, Watch{})
}

func (d *Dev) password() []byte {
	n, _ := decimal(d.o.Password)
	return AppendBCD(nil, n, 3)
}

// money runs a sequence and turns a refusal at its beginning into a Result.
func (d *Dev) money(ctx context.Context, a APDU, w Watch) (Result, error) {
	r, err := d.run(ctx, a, w)
	var no *Refusal
	if errors.As(err, &no) {
		return Result{Refused: true, Code: no.Code}, nil
	}
	return r, err
}

// quiet runs a sequence that moves no money.
func (d *Dev) quiet(ctx context.Context, a APDU, end func(APDU)) error {
	if !d.running.TryLock() {
		return ErrBusy
	}
	defer d.running.Unlock()
	s := session{d: d, end: end}
	r, err := s.run(ctx, a)
	if err == nil && !r.Done {
		err = &Refusal{r.Code}
	}
	return err
}

func (d *Dev) run(ctx context.Context, a APDU, w Watch) (Result, error) {
	s := session{d: d, w: w}
	return s.run(ctx, a)
}

// say answers or commands.
func (d *Dev) say(c Command) error {
	return d.l.send(APDU{Command: c}, func(a APDU) { d.early = append(d.early, a) })
}

// pending gives a message that has already arrived.
func (d *Dev) pending() *APDU {
	if len(d.early) > 0 {
		a := d.early[0]
		d.early = d.early[1:]
		return &a
	}
	select {
	case a := <-d.l.in:
		return &a
	default:
		return nil
	}
}

// stale answers a command that belongs to no sequence of ours: something left over from before a break.
func (d *Dev) stale(a APDU) error {
	switch {
	case a.Command.Answer():
		return nil
	case a.Command == StatusInfo: // nobody made this payment durable: the terminal has to take it back
		return d.say(Refuse(0x83))
	case a.Command == PrintLine || a.Command == PrintBlock:
		return d.say(Refuse(0xCC))
	}
	return d.say(Acknowledge)
}

// command sends a command and waits at most T3 for the answer 80 00.
func (d *Dev) command(ctx context.Context, a APDU) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("zvt: %s: %w", a.Command, err)
	}
	for left := d.pending(); left != nil; left = d.pending() {
		if left.Command.Answer() && d.owed > 0 {
			d.owed--
		}
		if err := d.stale(*left); err != nil {
			return err
		}
	}
	if d.owed > 0 { // it would be taken for the answer to this command, and the answer to this one for the next one's
		return d.l.die(fmt.Errorf("%w: an abort was not answered", ErrLine))
	}
	if err := d.l.send(a, func(a APDU) { d.early = append(d.early, a) }); err != nil {
		return err
	}
	t3 := time.NewTimer(d.o.T3)
	defer t3.Stop()
	for {
		got := d.pending()
		if got == nil {
			select {
			case a := <-d.l.in:
				got = &a
			case <-t3.C:
				return d.l.die(fmt.Errorf("%w: no answer to %s within %v", ErrLine, a.Command, d.o.T3))
			case <-d.l.dead: // what arrived before the line broke is heard first
				if got = d.pending(); got == nil {
					return d.l.err
				}
			}
		}
		switch {
		case got.Command.Positive():
			return nil
		case got.Command.Answer():
			code := got.Command.Code()
			if code == 0x1E && len(got.Data) > 0 { // registration: 84 1E 6F, wrong currency
				code = got.Data[0]
			}
			return &Refusal{code}
		}
		if err := d.stale(*got); err != nil {
			return err
		}
	}
}
