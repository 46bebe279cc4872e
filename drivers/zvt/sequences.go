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
	// ErrIssuing is for Watch.Status: the goods are still being issued. The terminal asks again after two seconds (P015 2.2.6 b, page 34).
	ErrIssuing = errors.New("zvt: goods are still being issued")
)

// Partly is for Watch.Status: only goods for a part of the amount could be issued, and only that is taken (P015 2.2.6 d, page 35).
type Partly struct{ Cents int64 }

// Error names the amount.
func (p *Partly) Error() string { return fmt.Sprintf("zvt: goods for %d cents were issued", p.Cents) }

// Watch is told what happens during a sequence. Each of its functions may be nil.
type Watch struct {
	// Status is called for every status information before it is answered. An error makes the driver refuse it, and the terminal take the
	// payment back; ErrIssuing and *Partly say something else. It is called again when the terminal asks again.
	Status func(Status) error
	// Say is told what the terminal is doing: the code of P015 3.7, and the terminal's words or else the document's.
	Say func(code byte, text string)
	// Print is told every line of every receipt as it comes.
	Print func(line string)
}

// Result is how a sequence ended.
type Result struct {
	Done      bool     // the terminal sent its completion 06 0F
	Refused   bool     // the terminal answered 84 xx: nothing began
	Code      Code     // why it is not Done; where it is, what the terminal announces, such as CodeMaintenance after an end of day
	Error     string   // the terminal's own words for that (TLV 1F17)
	Status    *Status  // the last status information; nil if none came
	Issued    int64    // cents of which the till said with Partly that goods were issued for; 0 means the whole amount
	Customer  []string // the customer's receipt, if the terminal sent it
	Merchant  []string // the merchant's
	Admin     []string // of an end of day, a diagnosis and the like
	Signature bool     // the merchant's receipt has to be signed (TLV 1F37)
	Clock     string   // date and time that the terminal told (04 01), "2006-01-02 15:04:05"
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
	return &Dev{o: o, l: newLink(p, o), info: Info{Charset: CP437}}
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
// A ctx that ends ends it at once, with an error that wraps ErrLine: whether the terminal heard is not known.
func (d *Dev) Register(ctx context.Context) error {
	return d.ask(ctx, plan{order: APDU{Register, d.o.registration()}, end: func(a APDU) {
		if i, err := parseInfo(a.Data, d.o.Charset); err == nil { // what a terminal tells of itself here decides nothing
			d.info = i
		}
	}})
}

// LogOff ends the registration. The terminal answers and sends no completion.
func (d *Dev) LogOff(ctx context.Context) error { return d.order(ctx, APDU{Command: LogOff}) }

// Abort tells an idle terminal to let go of a card that ReadCard left in it. A sequence that runs is aborted by the end of its ctx.
func (d *Dev) Abort(ctx context.Context) error { return d.order(ctx, APDU{Command: Abort}) }

// order gives a command that is answered and has no completion.
func (d *Dev) order(ctx context.Context, a APDU) error {
	if !d.running.TryLock() {
		return ErrBusy
	}
	defer d.running.Unlock()
	err := d.command(ctx, plan{order: a})
	if err == nil && a.Command == LogOff {
		d.info.Charset = CP437 // what was agreed is no longer
	}
	return err
}

// Enquire asks whether the terminal is there and ready; a *Refusal tells why it is not.
func (d *Dev) Enquire(ctx context.Context) error {
	var code byte
	err := d.ask(ctx, plan{order: APDU{Enquire, append(d.o.password(), 0x03, 0x03)}, end: func(a APDU) {
		if len(a.Data) == 1 { // P015 chapter 11: 00 is ready; other codes say what the terminal would like to be done
			code = a.Data[0]
		}
	}})
	if err == nil && code == byte(CodeWait) {
		return &Refusal{CodeWait}
	}
	return err
}

// State asks what the terminal says of itself: P015 2.56, page 103. Receipts and words that come meanwhile are for w.
func (d *Dev) State(ctx context.Context, w Watch) (State, error) {
	var s State
	var bad error
	err := d.ask(ctx, plan{watch: w, print: AdminReceipt, order: APDU{Enquire, append(d.o.password(), 0x03, 0x04)}, end: func(a APDU) {
		s, bad = parseState(a.Data)
	}})
	if err == nil && bad != nil {
		err = fmt.Errorf("zvt: state: %w", bad)
	}
	return s, err
}

// RepeatReceipt asks for the terminal's last transaction without printing it again. A *Refusal means that the terminal cannot tell: it
// has none, is still busy with one, or does not know the command. Only where the error wraps ErrNothing, too, is it certain that there is
// none: the terminal took the command and ended it with "function not possible". Check Status.Good and Status.OriginalTrace: the last
// transaction may have failed, or be a reversal. The lines are those of a receipt that the terminal sent all the same.
//
// Some terminals say nothing at all in spite of the service byte (ErrContradiction): either they tell only together with the receipt, which is
// tried, or only a till that is registered with StartsPayments and StartsAdministration.
func (d *Dev) RepeatReceipt(ctx context.Context) (Status, []string, error) {
	if !d.running.TryLock() {
		return Status{}, nil, ErrBusy
	}
	defer d.running.Unlock()
	// P015 table 5, page 53. Service byte 03: with status information, without receipt; 01: with both. Without bit 0 no status would come.
	for _, service := range []byte{0x03, 0x01} {
		r, err := d.play(ctx, plan{order: APDU{Repeat, append(d.o.password(), 0x03, service)}})
		switch {
		case err != nil:
			return Status{}, nil, err
		case !r.Done && r.Code == CodeImpossible && r.Status == nil:
			return Status{}, nil, fmt.Errorf("%w: %w", ErrNothing, &Refusal{r.Code})
		case !r.Done:
			return Status{}, nil, &Refusal{r.Code}
		case r.Status != nil:
			return *r.Status, r.Customer, nil
		}
	}
	return Status{}, nil, fmt.Errorf("%w: repeat receipt without status information", ErrContradiction)
}

// Totals asks for the sums of what was not handed in yet; Result.Status has them.
func (d *Dev) Totals(ctx context.Context) (Result, error) {
	return d.run(ctx, plan{order: APDU{SendTotals, d.o.password()}, works: true, print: AdminReceipt})
}

// EndOfDay has the terminal hand in its payments; without it the money does not arrive. A Result that is Done may carry a Code: the terminal is
// not to be spoken to for some minutes, because it gets new software (CodeMaintenance) or starts anew (CodeDevice).
func (d *Dev) EndOfDay(ctx context.Context) (Result, error) {
	return d.run(ctx, plan{order: APDU{EndOfDay, d.o.password()}, patient: true, print: AdminReceipt})
}

// Diagnose has the terminal call its host. Result.Clock is what the host says about the time.
func (d *Dev) Diagnose(ctx context.Context, kind Diagnosis, w Watch) (Result, error) {
	var data []byte
	if kind != AnyDiagnosis {
		data = AppendContainer(nil, TLV{TagDiagnosis, []byte{byte(kind)}})
	}
	return d.run(ctx, plan{order: APDU{Diagnose, data}, watch: w, works: true, print: AdminReceipt})
}

// Initialise has the terminal log on to its host.
func (d *Dev) Initialise(ctx context.Context, w Watch) (Result, error) {
	return d.run(ctx, plan{order: APDU{Initialise, d.o.password()}, watch: w, works: true, print: AdminReceipt})
}

// SelfTest has the terminal test itself and print what it finds (06 79, P015 page 92).
func (d *Dev) SelfTest(ctx context.Context, w Watch) (Result, error) {
	return d.run(ctx, plan{order: APDU{Command: SelfTest}, watch: w, works: true, print: AdminReceipt})
}

// PrintConfiguration has the terminal print how it is set up (06 1A, P015 page 89).
func (d *Dev) PrintConfiguration(ctx context.Context, w Watch) (Result, error) {
	return d.run(ctx, plan{order: APDU{Command: PrintConfiguration}, watch: w, works: true, print: AdminReceipt})
}

// SetTime sets the terminal's clock to t's local time.
func (d *Dev) SetTime(ctx context.Context, t time.Time) error {
	return d.ask(ctx, plan{order: APDU{SetTime, setTime(d.o.password(), t)}})
}

// ReadCard waits for a card and tells what it is; a card without a use here is no error, see Card.Code. It may stay in the terminal until Abort.
func (d *Dev) ReadCard(ctx context.Context, c CardRequest, w Watch) (Card, error) {
	r, err := d.run(ctx, plan{order: APDU{ReadCard, c.data()}, watch: w, works: true, last: StatusInfo, wait: c.Wait})
	switch {
	case err != nil:
		return Card{}, err
	case r.Status == nil:
		return Card{Code: r.Code, Text: r.Error}, nil
	}
	card := parseCard(*r.Status)
	if card.Code == CodeOK {
		card.Code = r.Code
	}
	return card, nil
}

// ask runs a sequence that changes nothing.
func (d *Dev) ask(ctx context.Context, p plan) error {
	if !d.running.TryLock() {
		return ErrBusy
	}
	defer d.running.Unlock()
	r, err := d.play(ctx, p)
	if err == nil && !r.Done {
		err = &Refusal{r.Code}
	}
	return err
}

// run runs a sequence and turns a refusal at its beginning into a Result.
func (d *Dev) run(ctx context.Context, p plan) (Result, error) {
	if !d.running.TryLock() {
		return Result{}, ErrBusy
	}
	defer d.running.Unlock()
	r, err := d.play(ctx, p)
	var no *Refusal
	if errors.As(err, &no) {
		return Result{Refused: true, Code: no.Code}, nil
	}
	return r, err
}

func (d *Dev) play(ctx context.Context, p plan) (Result, error) {
	s := session{d: d, plan: p}
	return s.run(ctx)
}

// say answers or commands.
func (d *Dev) say(c Command, data ...byte) error {
	return d.l.send(context.Background(), APDU{c, data}, func(a APDU) { d.early = append(d.early, a) })
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
	case a.Command.Tills(): // answering it would answer ourselves
		return d.l.die(fmt.Errorf("%w: the line echoes what is said", ErrPeer))
	case a.Command == StatusInfo: // nobody made this payment durable: the terminal has to take it back
		return d.say(Refuse(CodeImpossible))
	case a.Command == PrintLine || a.Command == PrintBlock:
		return d.say(Refuse(CodePrinter))
	}
	return d.say(Acknowledge)
}

// command sends a command and waits at most T3 for the answer 80 00. Where money may move, the answer is waited for whatever ctx says.
func (d *Dev) command(ctx context.Context, p plan) error {
	a := p.order
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("zvt: %s: %w", a.Command, err)
	}
	endless := time.Now().Add(d.o.T3) // what does not stop talking is no terminal that waits for orders
	for left := d.pending(); left != nil; left = d.pending() {
		if left.Command.Answer() && d.owed > 0 {
			d.owed--
		}
		if err := d.stale(*left); err != nil {
			return err
		}
		if time.Now().After(endless) {
			return d.l.die(fmt.Errorf("%w: it does not stop talking", ErrPeer))
		}
	}
	if d.owed > 0 { // it would be taken for the answer to this command, and the answer to this one for the next one's
		return d.l.die(fmt.Errorf("%w: an abort was not answered", ErrLine))
	}
	if p.patient {
		ctx = context.WithoutCancel(ctx)
	}
	if err := d.l.send(ctx, a, func(a APDU) { d.early = append(d.early, a) }); err != nil {
		return err
	}
	t3 := time.NewTimer(d.o.T3)
	defer t3.Stop()
	late := func() error {
		if d.l.babble.Load() {
			return d.l.die(fmt.Errorf("%w: what it says is no message", ErrPeer))
		}
		return d.l.die(fmt.Errorf("%w: no answer to %s within %v", ErrLine, a.Command, d.o.T3))
	}
	for until := time.Now().Add(d.o.T3); ; {
		got := d.pending()
		if got != nil && !got.Command.Answer() && time.Now().After(until) { // it talks and talks
			return late()
		}
		if got == nil {
			select {
			case a := <-d.l.in:
				got = &a
			case <-t3.C:
				return late()
			case <-ctx.Done():
				return d.l.die(fmt.Errorf("%w: %s: %w", ErrLine, a.Command, ctx.Err()))
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
			code := Code(got.Command.Code())
			if code == 0x1E && len(got.Data) > 0 { // registration: 84 1E 6F, wrong currency
				code = Code(got.Data[0])
			}
			return &Refusal{code}
		}
		if err := d.stale(*got); err != nil {
			return err
		}
	}
}
