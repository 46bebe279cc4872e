package zvtemu

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// sequence is one command of the till on one line, from the answer to its end.
type sequence struct {
	t     *Terminal
	w     *wire
	ctx   context.Context
	fault Fault
	order order
	there bool // the card is there
}

var (
	errAborted = errors.New("zvtemu: aborted by the till")
	errRefused = errors.New("zvtemu: refused by the till")
	errWait    = errors.New("zvtemu: till is not ready yet")
)

// partly says that the till issued goods for these cents only: P015 2.2.6 d, page 35.
type partly int64

func (p partly) Error() string { return fmt.Sprintf("zvtemu: goods for %d cents", int64(p)) }

// send sends a command and waits for the till's answer.
func (s *sequence) send(a zvt.APDU) error { return s.ask(a, s.t.o.Patience) }

func (s *sequence) ask(a zvt.APDU, patience time.Duration) error {
	if err := s.w.send(a); err != nil {
		return err
	}
	for {
		got, err := s.w.recv(s.ctx, patience)
		switch {
		case err != nil:
			return err
		case got.Command == zvt.Refuse(zvt.CodeWait):
			return errWait
		case got.Command == zvt.Refuse(zvt.CodePartly):
			said, err := zvt.ParseStatus(got.Data)
			if err != nil || said.Amount == 0 {
				return fmt.Errorf("%w: without an amount", errRefused)
			}
			return partly(said.Amount)
		case got.Command.Positive():
			return nil
		case got.Command.Answer():
			return fmt.Errorf("%w: %s", errRefused, got.Command)
		case got.Command == zvt.Abort && s.fault != AbortUnheard: // too late for this step
			if err := s.w.send(zvt.APDU{Command: zvt.Refuse(zvt.CodeImpossible)}); err != nil {
				return err
			}
		}
	}
}

// end sends the completion.
func (s *sequence) end(data []byte) error {
	return s.send(zvt.APDU{Command: zvt.Completion, Data: data})
}

// abort ends the sequence without success.
func (s *sequence) abort(code zvt.Code, data ...byte) error {
	return s.send(zvt.APDU{Command: zvt.Aborted, Data: append([]byte{byte(code)}, data...)})
}

// stop ends a sequence that err stopped, if the till is still there to hear it.
func (s *sequence) stop(err error) error {
	if errors.Is(err, errAborted) {
		return s.abort(zvt.CodeAborted)
	}
	return err
}

// pause lets a step take its time; the till may abort meanwhile.
func (s *sequence) pause(d time.Duration) error {
	until := time.Now().Add(d)
	for {
		left := time.Until(until)
		if left <= 0 && len(s.w.in) == 0 {
			return nil
		}
		got, err := s.w.recv(s.ctx, max(left, time.Microsecond))
		switch {
		case errors.Is(err, errSilent):
			return nil
		case err != nil:
			return err
		case got.Command != zvt.Abort || s.fault == AbortUnheard:
		case s.fault == Stubborn:
			s.fault = None // says no once and then goes on
			return s.w.send(zvt.APDU{Command: zvt.Refuse(zvt.CodeImpossible)})
		case s.fault == AbortEarly && s.there:
			if err := s.w.send(zvt.APDU{Command: zvt.Refuse(zvt.CodeImpossible)}); err != nil {
				return err
			}
		default:
			if err := s.w.send(zvt.APDU{Command: zvt.Acknowledge}); err != nil {
				return err
			}
			return errAborted
		}
	}
}

// show sends an intermediate status if the till wants any.
func (s *sequence) show(code byte, words string) error {
	if !s.t.talks() {
		return nil
	}
	data := []byte{code}
	if words != "" {
		data = append(data, 0x03) // three minutes; a container wants a timeout before it
		data = zvt.AppendContainer(data, zvt.Container(zvt.TagDisplayTexts, zvt.TLV{Tag: zvt.TagText, Value: s.t.encode(words)}))
	}
	return s.send(zvt.APDU{Command: zvt.Intermediate, Data: data})
}

// hangUp breaks the line.
func (s *sequence) hangUp() error {
	_ = s.w.p.Close()
	return ErrBroken
}

// charge asks for a card and has the bank move or hold the order's amount.
func (s *sequence) charge(kind string) error {
	if s.fault == DayDue && !s.t.handedIn() {
		return s.abort(zvt.CodeDayOpen)
	}
	e := s.t.begin(kind, s.order.Amount)
	err := s.card()
	switch {
	case errors.Is(err, errAborted), err == nil && s.fault == CancelKey:
		return s.fail(e, Cancelled, zvt.CodeAborted)
	case err != nil:
		return err
	case s.fault == Decline:
		return s.fail(e, Declined, 0x05)
	case s.fault == NoStatus:
		return s.end(nil)
	case s.fault == BreakBeforeStatus:
		return errors.Join(s.takeBack(e), s.hangUp())
	}
	return s.confirm(e)
}

// card waits for the card and asks the bank.
func (s *sequence) card() error {
	if err := s.show(0x0A, ""); err != nil {
		return err
	}
	if s.fault == Hold || s.fault == Stubborn {
		if err := s.hold(time.Hour); err != nil {
			return err
		}
	}
	if err := s.pause(s.t.o.Step); err != nil {
		return err
	}
	s.there = true
	if err := s.show(0x17, "Bitte warten"); err != nil {
		return err
	}
	if s.fault == Slow {
		for range 5 {
			if err := s.pause(max(s.t.o.Step, 50*time.Millisecond)); err != nil {
				return err
			}
			if err := s.show(0x0E, ""); err != nil {
				return err
			}
		}
	}
	return s.pause(s.t.o.Step)
}

// holdLook is how often somebody who waits for a card looks whether it is there.
const holdLook = 20 * time.Millisecond

// hold waits for a card, but not longer than so long. When it comes, what kept it away is over.
func (s *sequence) hold(longest time.Duration) error {
	kept := s.fault
	for end := time.Now().Add(longest); s.fault == kept && time.Now().Before(end); {
		if err := s.pause(min(holdLook, longest)); err != nil {
			return err
		}
		if s.fault == Hold && s.t.o.Fault() != Hold {
			s.fault = None
		}
	}
	return nil
}

// strangeField has a number that no document knows, so that its length is not known either.
func strangeField() []byte { return []byte{0x98, 0x01, 0x02, 0x03} }

// confirm tells the till that the bank said yes, and stores the transaction only when the till answered all (P015 2.2.8).
func (s *sequence) confirm(e Entry) error {
	status := zvt.APDU{Command: zvt.StatusInfo, Data: e.status().Append(nil)}
	switch s.fault {
	case BadStatus:
		status.Data = []byte{0x04, 0xFF}
	case UnknownField:
		status.Data = append(status.Data, strangeField()...)
	case UnknownFirst:
		status.Data = append(strangeField(), status.Data...)
	case Noise:
		s.w.spoil.Store(true)
	case BreakAfterStatus:
		_ = s.send(status) // the till has heard it when it answers; what it answers is lost
		return errors.Join(s.takeBack(e), s.hangUp())
	}
	err := s.issue(status)
	var part partly
	if errors.As(err, &part) && int64(part) <= e.Amount {
		e.Amount, err = int64(part), nil
	}
	if err == nil && s.fault == BreakInPrint {
		return errors.Join(s.takeBack(e), s.hangUp())
	}
	if err == nil && s.t.prints(false) && e.Kind != Reserved { // a reservation has no receipt: P015 2.2.7, page 35
		if err = s.receipts(e); err != nil && part > 0 {
			err = nil // goods are out: P015 2.2.6 d forbids to take the whole amount back
		}
	}
	switch {
	case errors.Is(err, errWait): // asked often enough: P015 2.2.6, page 35
		if err := errors.Join(s.takeBack(e), s.send(zvt.APDU{Command: zvt.StatusInfo, Data: []byte{0x27, byte(zvt.CodeAborted)}})); err != nil {
			return err
		}
		return s.abort(zvt.CodeAborted)
	case errors.Is(err, errRefused), errors.Is(err, errSilent), errors.Is(err, errAborted):
		if err := s.takeBack(e); err != nil {
			return err
		}
		return s.abort(zvt.CodeAborted)
	case err != nil: // the line is gone
		return errors.Join(s.takeBack(e), err)
	}
	if err := s.t.store(e); err != nil {
		return err
	}
	switch s.fault {
	case GoneAfterGrant:
		s.t.mu.Lock()
		s.t.gone = true
		s.t.mu.Unlock()
		return s.hangUp()
	case BreakAfterGrant:
		return s.hangUp()
	}
	return s.end(nil)
}

// mostWaits is how often a till may say that goods are still being issued if it did not say how often it will.
const mostWaits = 30

// issue sends the status information, and again as long as the till is still issuing goods.
func (s *sequence) issue(status zvt.APDU) error {
	patience, most := s.t.o.Patience, mostWaits
	if s.order.seconds > 0 {
		patience = time.Duration(s.order.seconds) * time.Second
	}
	if s.order.waits > 0 {
		most = s.order.waits
	}
	err := s.ask(status, patience)
	for n := 0; errors.Is(err, errWait) && n < most; n++ {
		if err = s.pause(s.t.o.Issue); err == nil {
			err = s.ask(status, patience)
		}
	}
	return err
}

// takeBack notes that the bank was told to forget the transaction.
func (s *sequence) takeBack(e Entry) error {
	if e.Kind == Payment {
		e.Kind = AutoReversed
		return s.t.store(e)
	}
	return nil // any other one that is not confirmed does not take place
}

// fail ends a transaction without money.
func (s *sequence) fail(e Entry, kind string, code zvt.Code) error {
	e.Kind, e.Code, e.Receipt, e.Card = kind, byte(code), 0, ""
	if err := s.t.store(e); err != nil {
		return err
	}
	failed := zvt.Status{HasResult: true, Result: code}
	if err := s.send(zvt.APDU{Command: zvt.StatusInfo, Data: failed.Append(nil)}); err != nil && !errors.Is(err, errRefused) {
		return err
	}
	return s.abort(code)
}

// repeat tells of the last transaction: P015 2.20, page 52.
func (s *sequence) repeat(data []byte) error {
	service := byte(0)
	if len(data) >= 5 && data[3] == 0x03 {
		service = data[4]
	}
	e, ok := s.t.last()
	if !ok {
		return s.abort(zvt.CodeImpossible)
	}
	tills := zvt.StartsPayments | zvt.StartsAdministration
	quiet := s.fault == RepeatQuiet && s.t.config&tills != tills || s.fault == RepeatPrints && service&2 != 0
	if service&1 != 0 && !quiet {
		if err := s.send(zvt.APDU{Command: zvt.StatusInfo, Data: e.status().Append(nil)}); err != nil {
			return err
		}
	}
	if service&2 == 0 && s.t.prints(false) && e.Kind != Reserved {
		if err := s.receipts(e); err != nil {
			return err
		}
	}
	return s.end(nil)
}

// reverse gives a payment back: P015 2.9, page 40. What was handed in cannot be.
func (s *sequence) reverse(receipt int) error {
	var of *Entry
	all := s.t.open()
	for i := range all {
		switch {
		case all[i].Kind == Payment && all[i].Receipt == receipt:
			of = &all[i]
		case of != nil && all[i].Kind == Reversed && all[i].Of == of.Trace:
			return s.abort(zvt.CodeAlreadyReversed)
		}
	}
	if last, ok := s.t.last(); of == nil || s.fault == LastOnly && (!ok || last.Trace != of.Trace) {
		return s.abort(zvt.CodeNotReversible)
	}
	e := s.t.begin(Reversed, of.Amount)
	e.Of = of.Trace
	return s.confirm(e)
}

// reserved books a reservation or lets it go: P015 2.10 to 2.14, pages 41 to 45.
func (s *sequence) reserved(c zvt.Command) error {
	if c == zvt.PartialReversal && s.order.Receipt == 0 { // FFFF: which ones are open?
		return s.reservations()
	}
	r, ok := s.t.reservation(s.order.Receipt)
	if !ok || s.order.Trace != 0 && s.order.Trace != r.Trace || s.order.Authorisation != "" && s.order.Authorisation != r.status().Authorisation {
		return s.abort(zvt.CodeReservation)
	}
	booked := int64(0)
	switch c {
	case zvt.BookTotal:
		booked = s.order.Amount
	case zvt.PartialReversal:
		booked = r.Amount - s.order.Amount
	}
	if booked < 0 || booked > r.Amount {
		return s.abort(zvt.CodeReservedAmount)
	}
	kind := Booked
	if booked == 0 {
		kind, booked = Released, r.Amount
	}
	e := s.t.begin(kind, booked)
	e.Of = r.Trace
	return s.confirm(e)
}

// reservations tells which reservations are open: P015 2.10.1, page 42.
func (s *sequence) reservations() error {
	all := s.t.reservations()
	if len(all) == 0 {
		return s.abort(zvt.CodeReservation, 0x87, 0xFF, 0xFF)
	}
	first := zvt.AppendBCD([]byte{0x87}, int64(all[0].Receipt), 2)
	var list []zvt.TLV
	for _, r := range all {
		list = append(list, zvt.TLV{Tag: zvt.TagReceiptNumber, Value: zvt.AppendBCD(nil, int64(r.Receipt), 2)})
	}
	return s.abort(zvt.CodeReservation, zvt.AppendContainer(first, zvt.Container(zvt.TagReservations, list...))...)
}
