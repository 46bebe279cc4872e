package zvt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// plan is what a sequence is to do.
type plan struct {
	order   APDU
	watch   Watch
	end     func(APDU)    // told the completion or the abort; may be nil
	money   bool          // a good status information moves money: one without a result is refused
	patient bool          // it is heard to its end, whatever ctx says
	works   bool          // it is aborted when ctx ends, and given up T3 later. Neither patient nor works: given up at once
	last    Command       // ends the sequence like a completion; 0 for none
	print   byte          // whose the receipts are that do not say it
	wait    time.Duration // that the terminal may let pass besides T4
}

// session is one sequence from its command to its end.
type session struct {
	plan
	d        *Dev
	r        Result
	granted  bool  // a good status information was answered with yes
	failed   error // what the watch's Status returned
	receipts []receipt
	open     bool // the last receipt has not ended
}

// receipt is what the terminal had printed.
type receipt struct {
	kind  byte // as in Print
	lines []string
}

// timer is one that may never run.
type timer struct{ *time.Timer }

func newTimer() timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return timer{t}
}

func (s *session) run(ctx context.Context) (Result, error) {
	if err := s.d.command(ctx, s.plan); err != nil {
		return s.r, err
	}
	t4 := s.d.o.T4 + s.wait
	c := clocks{silent: newTimer(), retry: newTimer(), enough: newTimer(), cancelled: ctx.Done()}
	defer c.stop()
	c.silent.Reset(t4)
	for {
		got, err := s.hear(ctx, &c, t4)
		if err != nil {
			return s.r, err
		}
		if got == nil {
			continue
		}
		if got.Command.Answer() { // to an abort, whatever it says: the end comes as 06 1E or 06 0F
			s.d.owed = max(0, s.d.owed-1)
			continue
		}
		done, change, err := s.handle(*got)
		if done || err != nil {
			s.sort()
			return s.r, err
		}
		if change > 0 {
			t4 = change
		}
		c.silent.Reset(t4)
	}
}

// clocks are what ends a wait for the terminal besides its words.
type clocks struct {
	silent    timer           // nothing was heard for T4
	retry     timer           // an abort was not honoured
	enough    timer           // nor was any within T3
	cancelled <-chan struct{} // nil once it was seen
}

func (c *clocks) stop() {
	c.silent.Stop()
	c.retry.Stop()
	c.enough.Stop()
}

// hear gives the terminal's next message; nil after one of the clocks had to be served. What has arrived goes before silence and a broken line,
// but a terminal that never stops talking does not keep the citizen from ending it.
func (s *session) hear(ctx context.Context, c *clocks, t4 time.Duration) (*APDU, error) {
	select {
	case <-c.cancelled:
		return nil, s.cancel(ctx, c)
	case <-c.retry.C:
		return nil, s.again(c)
	case <-c.enough.C:
		return nil, s.giveUp(ctx)
	default:
	}
	if got := s.d.pending(); got != nil {
		return got, nil
	}
	select {
	case a := <-s.d.l.in:
		return &a, nil
	case <-s.d.l.dead:
		if got := s.d.pending(); got != nil {
			return got, nil
		}
		return nil, s.d.l.err
	case <-c.silent.C:
		return nil, s.d.l.die(fmt.Errorf("%w: nothing heard for %v", ErrLine, t4))
	case <-c.cancelled:
		return nil, s.cancel(ctx, c)
	case <-c.retry.C:
		return nil, s.again(c)
	case <-c.enough.C:
		return nil, s.giveUp(ctx)
	}
}

// cancel does what the end of ctx asks for.
func (s *session) cancel(ctx context.Context, c *clocks) error {
	c.cancelled = nil
	if !s.patient && !s.works {
		return s.d.l.die(fmt.Errorf("%w: %s: %w", ErrLine, s.order.Command, ctx.Err()))
	}
	if s.works {
		c.enough.Reset(s.d.o.T3)
	}
	return s.again(c)
}

// again aborts, and will once more: a terminal honours an abort in some states only (P015 2.23, page 56).
func (s *session) again(c *clocks) error {
	c.retry.Reset(s.d.o.AbortAgain)
	return s.abort()
}

func (s *session) giveUp(ctx context.Context) error {
	return s.d.l.die(fmt.Errorf("%w: %s: aborted and not ended: %w", ErrLine, s.order.Command, ctx.Err()))
}

// abort asks the terminal to end the sequence, unless it has said yes already: then its completion is on its way.
func (s *session) abort() error {
	if s.granted {
		return nil
	}
	s.d.owed++
	return s.d.say(Abort)
}

// handle answers one command of the terminal. done says that the sequence is over; t4 is a new waiting time or 0.
func (s *session) handle(a APDU) (done bool, t4 time.Duration, err error) {
	set := s.d.info.Charset
	switch a.Command {
	case Intermediate:
		if err := s.d.say(Acknowledge); err != nil {
			return false, 0, err
		}
		p, err := parseProgress(set, a.Data)
		if err != nil {
			return false, 0, nil // only words for the screen
		}
		if s.watch.Say != nil {
			words := p.Text
			if words == "" {
				words = StatusText(s.d.o.Lang, p.Code)
			}
			s.watch.Say(p.Code, words)
		}
		return false, p.T4, nil
	case StatusInfo:
		err := s.status(a.Data)
		if s.last == StatusInfo && s.r.Status != nil {
			s.r.Done = true
			return true, 0, err
		}
		return false, 0, err
	case PrintLine, PrintBlock:
		p, err := paper{set, s.d.width()}.parse(a.Command, a.Data)
		if err != nil {
			return false, 0, s.d.say(Refuse(CodePrinter)) // what cannot be read cannot be printed
		}
		s.print(p)
		return false, 0, s.d.say(Acknowledge)
	case Completion:
		return true, 0, s.completed(a)
	case Aborted:
		s.r.Done, s.r.Code = false, CodeSystem
		if len(a.Data) > 0 {
			s.r.Code = Code(a.Data[0])
			if st, err := ParseStatus(a.Data[1:]); err == nil {
				s.r.Error = st.ErrorText
			}
		}
		if s.end != nil {
			s.end(a)
		}
		_ = s.d.say(Acknowledge)
		return true, 0, s.failed
	case SetClock: // the till keeps its own clock
		if st, err := ParseStatus(a.Data); err == nil {
			s.r.Clock = stamp(st.Date, st.Time)
		}
		return false, 0, s.d.say(Acknowledge)
	}
	if a.Command.Tills() {
		return false, 0, s.d.stale(a)
	}
	return false, 0, s.d.say(Refuse(CodeImpossible))
}

func (s *session) completed(a APDU) error {
	s.r.Done = true
	if st, err := ParseStatus(a.Data); err == nil && st.HasResult && st.Result != CodeOK {
		// After an end of day that went well it only says that the terminal is busy from now on (SMART-ZVT 3.2.14, page 27).
		s.r.Done, s.r.Code = s.granted && !s.money, st.Result
	}
	if s.end != nil {
		s.end(a)
	}
	// The payment stands even if our answer gets lost (P015 2.2.9, page 37).
	_ = s.d.say(Acknowledge)
	if s.granted && !s.r.Done {
		return fmt.Errorf("%w: success and then code %02X", ErrContradiction, byte(s.r.Code))
	}
	return s.failed
}

// status passes a status information on and answers it only after that.
func (s *session) status(data []byte) error {
	st, err := ParseStatus(data)
	// What cannot be read cannot be made durable, and what has an amount and no result may be money that nobody writes down: the terminal has to
	// take it back.
	if err != nil || (s.money && !s.granted && !st.HasResult && (st.Amount > 0 || st.Rest != nil)) {
		return s.d.say(Refuse(CodeProtocol))
	}
	s.r.Status = &st
	if s.failed == nil && s.watch.Status != nil {
		err := s.watch.Status(st)
		var part *Partly
		switch {
		case !s.money || !st.Good():
			s.failed = err
		case errors.Is(err, ErrIssuing):
			return s.d.say(Refuse(CodeWait))
		case errors.As(err, &part) && part.Cents > 0 && part.Cents < st.Amount:
			s.granted, s.r.Issued = true, part.Cents
			return s.d.say(Refuse(CodePartly), AppendBCD([]byte{0x04}, part.Cents, 6)...)
		default:
			s.failed = err
		}
	}
	if s.failed != nil {
		return s.d.say(Refuse(CodeProcessing))
	}
	if st.Good() {
		s.granted = true
	}
	return s.d.say(Acknowledge)
}

func (s *session) print(p Print) {
	// Print lines that say whose they are need no end: another one's begin another receipt.
	if n := len(s.receipts); !s.open || (p.Kind != 0 && s.receipts[n-1].kind != 0 && p.Kind != s.receipts[n-1].kind) {
		s.receipts = append(s.receipts, receipt{})
	}
	r := &s.receipts[len(s.receipts)-1]
	if p.Kind != 0 {
		r.kind = p.Kind
	}
	r.lines = append(r.lines, p.Lines...)
	s.open = !p.Last
	s.r.Signature = s.r.Signature || p.Signature
	if s.watch.Print != nil {
		for _, line := range p.Lines {
			s.watch.Print(line)
		}
	}
}

// sort finds out which receipt is whose. Print blocks say it; print lines only in their words, and else the customer's comes last.
func (s *session) sort() {
	for i, r := range s.receipts {
		kind := r.kind
		if kind == 0 {
			switch words := letters(r.lines); {
			case s.plan.print == AdminReceipt:
				kind = AdminReceipt
			case strings.Contains(words, "kundenbeleg"), strings.Contains(words, "customer"):
				kind = CustomerReceipt
			case strings.Contains(words, "ndlerbeleg"), strings.Contains(words, "merchant"):
				kind = MerchantReceipt
			case i == len(s.receipts)-1:
				kind = CustomerReceipt
			default:
				kind = MerchantReceipt
			}
		}
		switch kind {
		case MerchantReceipt:
			s.r.Merchant = append(s.r.Merchant, r.lines...)
		case CustomerReceipt:
			s.r.Customer = append(s.r.Customer, r.lines...)
		case AdminReceipt:
			s.r.Admin = append(s.r.Admin, r.lines...)
		}
	}
}

// letters leaves only the letters, small: terminals space their headings ("K-U-N-D-E-N-B-E-L-E-G").
func letters(lines []string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, strings.Join(lines, ""))
}
