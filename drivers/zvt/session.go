package zvt

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// session is one sequence from its command to its end.
type session struct {
	d        *Dev
	w        Watch
	end      func(APDU) // told the completion; may be nil
	r        Result
	granted  bool  // a good status information was answered with yes
	failed   error // what w.Status returned
	receipts []receipt
	open     bool // the last receipt has not ended
}

// receipt is what the terminal had printed.
type receipt struct {
	kind  byte // as in Print
	lines []string
}

// again is how long the driver waits before it asks a terminal once more to abort.
const again = 10 * time.Second

func (s *session) run(ctx context.Context, a APDU) (Result, error) {
	if err := s.d.command(ctx, a); err != nil {
		return s.r, err
	}
	t4 := s.d.o.T4
	silent, retry := time.NewTimer(t4), time.NewTimer(again)
	retry.Stop()
	defer silent.Stop()
	defer retry.Stop()
	cancelled := ctx.Done()
	for {
		got := s.d.pending()
		if got == nil {
			select {
			case a := <-s.d.l.in:
				got = &a
			case <-silent.C:
				return s.r, s.d.l.die(fmt.Errorf("%w: nothing heard for %v", ErrLine, t4))
			case <-cancelled:
				cancelled = nil
				if err := s.abort(); err != nil {
					return s.r, err
				}
				retry.Reset(again)
				continue
			case <-retry.C: // a terminal honours an abort in some states only (P015 2.23)
				if err := s.abort(); err != nil {
					return s.r, err
				}
				retry.Reset(again)
				continue
			case <-s.d.l.dead: // what arrived before the line broke is heard first
				if got = s.d.pending(); got == nil {
					return s.r, s.d.l.err
				}
			}
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
		silent.Reset(t4)
	}
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
	switch a.Command {
	case Intermediate:
		if err := s.d.say(Acknowledge); err != nil {
			return false, 0, err
		}
		p, err := ParseProgress(a.Data)
		if err != nil {
			return false, 0, nil // only words for the screen
		}
		if s.w.Say != nil {
			words := p.Text
			if words == "" {
				words = StatusText(s.d.o.Lang, p.Code)
			}
			s.w.Say(p.Code, words)
		}
		return false, p.T4, nil
	case StatusInfo:
		return false, 0, s.status(a.Data)
	case PrintLine, PrintBlock:
		p, err := ParsePrint(a.Command, a.Data)
		if err != nil {
			return false, 0, s.d.say(Refuse(0xCC)) // printer not ready: what cannot be read cannot be printed
		}
		s.print(p)
		return false, 0, s.d.say(Acknowledge)
	case Completion:
		s.r.Done = true
		if st, err := ParseStatus(a.Data); err == nil && st.HasResult && st.Result != 0 {
			s.r.Done, s.r.Code = false, st.Result
		}
		if s.end != nil {
			s.end(a)
		}
		// The payment stands even if our answer gets lost (P015 2.2.9).
		_ = s.d.say(Acknowledge)
		if s.granted && !s.r.Done {
			return true, 0, fmt.Errorf("%w: success and then code %02X", ErrContradiction, s.r.Code)
		}
		return true, 0, s.failed
	case Aborted:
		s.r.Done, s.r.Code = false, 0xFF
		if len(a.Data) > 0 {
			s.r.Code = a.Data[0]
		}
		_ = s.d.say(Acknowledge)
		return true, 0, s.failed
	case SetClock: // the till keeps its own clock
		return false, 0, s.d.say(Acknowledge)
	}
	return false, 0, s.d.say(Refuse(0x83)) // function not possible
}

// status passes a status information on and answers it only after that.
func (s *session) status(data []byte) error {
	st, err := ParseStatus(data)
	if err != nil { // what cannot be read cannot be made durable: the terminal has to take the payment back
		return s.d.say(Refuse(0x9A))
	}
	s.r.Status = &st
	if s.failed == nil && s.w.Status != nil {
		s.failed = s.w.Status(st)
	}
	if s.failed != nil {
		return s.d.say(Refuse(0x66))
	}
	if st.Good() {
		s.granted = true
	}
	return s.d.say(Acknowledge)
}

func (s *session) print(p Print) {
	if !s.open {
		s.receipts = append(s.receipts, receipt{})
	}
	r := &s.receipts[len(s.receipts)-1]
	if p.Kind != 0 {
		r.kind = p.Kind
	}
	r.lines = append(r.lines, p.Lines...)
	s.open = !p.Last
	if s.w.Print != nil {
		for _, line := range p.Lines {
			s.w.Print(line)
		}
	}
}

// sort finds out which receipt is whose. Print blocks say it; print lines only in their words, and else the customer's comes last.
func (s *session) sort() {
	for i, r := range s.receipts {
		kind := r.kind
		if kind == 0 {
			switch words := letters(r.lines); {
			case strings.Contains(words, "kundenbeleg"), strings.Contains(words, "customer"):
				kind = 2
			case strings.Contains(words, "ndlerbeleg"), strings.Contains(words, "merchant"):
				kind = 1
			case i == len(s.receipts)-1:
				kind = 2
			default:
				kind = 1
			}
		}
		switch kind {
		case 1:
			s.r.Merchant = append(s.r.Merchant, r.lines...)
		case 2:
			s.r.Customer = append(s.r.Customer, r.lines...)
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
