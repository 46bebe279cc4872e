package zvtemu

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// sequence is one transaction on one line.
type sequence struct {
	t     *Terminal
	w     *wire
	ctx   context.Context
	fault Fault
}

var (
	errAborted = errors.New("zvtemu: aborted by the till")
	errRefused = errors.New("zvtemu: refused by the till")
	errWait    = errors.New("zvtemu: till is not ready yet")
)

// order sends a command and waits for the till's answer.
func (s *sequence) order(a zvt.APDU) error {
	if err := s.w.send(a); err != nil {
		return err
	}
	for {
		got, err := s.w.recv(s.ctx, s.t.o.Patience)
		switch {
		case err != nil:
			return err
		case got.Command == zvt.Refuse(0x9C):
			return errWait
		case got.Command.Positive():
			return nil
		case got.Command.Answer():
			return fmt.Errorf("%w: %s", errRefused, got.Command)
		case got.Command == zvt.Abort: // too late for this step
			if err := s.w.send(zvt.APDU{Command: zvt.Refuse(0x83)}); err != nil {
				return err
			}
		}
	}
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
		case got.Command == zvt.Abort && s.fault == Stubborn:
			s.fault = None // says no once and then goes on
			return s.w.send(zvt.APDU{Command: zvt.Refuse(0x83)})
		case got.Command == zvt.Abort:
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
		data = zvt.AppendContainer(data, zvt.Container(zvt.TagDisplayTexts, zvt.TLV{Tag: zvt.TagText, Value: zvt.Encode(words)}))
	}
	return s.order(zvt.APDU{Command: zvt.Intermediate, Data: data})
}

// hangUp breaks the line.
func (s *sequence) hangUp() error {
	_ = s.w.p.Close()
	return ErrBroken
}

func (s *sequence) pay(amount int64) error {
	if err := s.w.send(zvt.APDU{Command: zvt.Acknowledge}); err != nil {
		return err
	}
	e := s.t.begin(Payment, amount)
	err := s.card()
	switch {
	case errors.Is(err, errAborted), err == nil && s.fault == CancelKey:
		return s.fail(e, Cancelled, zvt.CodeAborted)
	case err != nil:
		return err
	case s.fault == Decline:
		return s.fail(e, Declined, 0x05)
	case s.fault == NoStatus:
		return s.order(zvt.APDU{Command: zvt.Completion})
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
		if err := s.pause(time.Hour); err != nil {
			return err
		}
	}
	if err := s.pause(s.t.o.Step); err != nil {
		return err
	}
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

// confirm tells the till that the bank said yes, and stores the transaction only when the till answered all (P015 2.2.8).
func (s *sequence) confirm(e Entry) error {
	status := zvt.APDU{Command: zvt.StatusInfo, Data: e.status().Append(nil)}
	switch s.fault {
	case BadStatus:
		status.Data = []byte{0x04, 0xFF}
	case Noise:
		s.w.spoil.Store(true)
	case BreakAfterStatus:
		err := s.w.send(status)
		return errors.Join(err, s.takeBack(e), s.hangUp())
	}
	err := s.order(status)
	for tries := 0; errors.Is(err, errWait) && tries < 30; tries++ {
		if err = s.pause(2 * time.Second); err == nil {
			err = s.order(status)
		}
	}
	if err == nil && s.fault == BreakInPrint {
		return errors.Join(s.takeBack(e), s.hangUp())
	}
	if err == nil && s.t.prints() {
		err = s.receipts(e)
	}
	switch {
	case errors.Is(err, errRefused), errors.Is(err, errSilent), errors.Is(err, errWait), errors.Is(err, errAborted):
		if err := s.takeBack(e); err != nil {
			return err
		}
		return s.order(zvt.APDU{Command: zvt.Aborted, Data: []byte{zvt.CodeAborted}})
	case err != nil: // the line is gone
		return errors.Join(s.takeBack(e), err)
	}
	if err := s.t.store(e); err != nil {
		return err
	}
	if s.fault == BreakAfterGrant {
		return s.hangUp()
	}
	return s.order(zvt.APDU{Command: zvt.Completion})
}

// takeBack notes that the bank was told to forget the transaction.
func (s *sequence) takeBack(e Entry) error {
	if e.Kind == Payment {
		e.Kind = AutoReversed
		return s.t.store(e)
	}
	return nil // a reversal that is not confirmed does not take place
}

// fail ends a transaction without money.
func (s *sequence) fail(e Entry, kind string, code byte) error {
	e.Kind, e.Code, e.Receipt, e.Card = kind, code, 0, ""
	if err := s.t.store(e); err != nil {
		return err
	}
	if err := s.order(zvt.APDU{Command: zvt.StatusInfo, Data: zvt.Status{HasResult: true, Result: code}.Append(nil)}); err != nil && !errors.Is(err, errRefused) {
		return err
	}
	return s.order(zvt.APDU{Command: zvt.Aborted, Data: []byte{code}})
}

func (s *sequence) repeat(data []byte) error {
	service := byte(0)
	if len(data) >= 5 && data[3] == 0x03 {
		service = data[4]
	}
	if err := s.w.send(zvt.APDU{Command: zvt.Acknowledge}); err != nil {
		return err
	}
	e, ok := s.t.last()
	if !ok {
		return s.order(zvt.APDU{Command: zvt.Aborted, Data: []byte{0x83}})
	}
	if service&1 != 0 {
		if err := s.order(zvt.APDU{Command: zvt.StatusInfo, Data: e.status().Append(nil)}); err != nil {
			return err
		}
	}
	if service&2 == 0 && s.t.prints() {
		if err := s.receipts(e); err != nil {
			return err
		}
	}
	return s.order(zvt.APDU{Command: zvt.Completion})
}

func (s *sequence) reverse(receipt int) error {
	if err := s.w.send(zvt.APDU{Command: zvt.Acknowledge}); err != nil {
		return err
	}
	var of *Entry
	all := s.t.Journal()
	for i := range all {
		switch {
		case all[i].Kind == Payment && all[i].Receipt == receipt:
			of = &all[i]
		case of != nil && all[i].Kind == Reversed && all[i].Of == of.Trace:
			return s.order(zvt.APDU{Command: zvt.Aborted, Data: []byte{0xB4}})
		}
	}
	if of == nil {
		return s.order(zvt.APDU{Command: zvt.Aborted, Data: []byte{0xB5}})
	}
	e := s.t.begin(Reversed, of.Amount)
	e.Of = of.Trace
	return s.confirm(e)
}

// receipts has the merchant's and the customer's receipt printed by the till.
func (s *sequence) receipts(e Entry) error {
	for kind := byte(1); kind <= 2; kind++ {
		lines := s.t.lines(e, kind)
		if s.t.blocks && s.fault != Lines {
			var parts []zvt.TLV
			for _, line := range lines {
				parts = append(parts, zvt.TLV{Tag: zvt.TagText, Value: zvt.Encode(line)})
			}
			parts = append(parts, zvt.TLV{Tag: zvt.TagAttribute, Value: []byte{0x81}})
			data := zvt.AppendContainer(nil, zvt.TLV{Tag: zvt.TagReceiptType, Value: []byte{kind}}, zvt.Container(zvt.TagPrintTexts, parts...))
			if err := s.order(zvt.APDU{Command: zvt.PrintBlock, Data: data}); err != nil {
				return err
			}
			continue
		}
		for i, line := range lines {
			attribute := byte(0x00)
			if i == len(lines)-1 {
				attribute = 0x81
			}
			if err := s.order(zvt.APDU{Command: zvt.PrintLine, Data: append([]byte{attribute}, zvt.Encode(line)...)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// lines are a receipt's words.
func (t *Terminal) lines(e Entry, kind byte) []string {
	head, what := "* * Händlerbeleg * *", "Zahlung"
	if kind == 2 {
		head = "* * Kundenbeleg * *"
	}
	if e.Kind == Reversed {
		what = "Storno"
	}
	pair := func(a, b string) string {
		return a + strings.Repeat(" ", max(1, t.width-len([]rune(a))-len([]rune(b)))) + b
	}
	return []string{
		head, "",
		what + " " + e.Card,
		pair("Betrag", euro(e.Amount)), "",
		pair("Terminal-ID", e.Terminal),
		pair("TA-Nr. "+fmt.Sprintf("%06d", e.Trace), fmt.Sprintf("BNr. %04d", e.Receipt)),
		pair("Datum "+e.Date[2:]+"."+e.Date[:2]+".", e.Time[:2]+":"+e.Time[2:4]+" Uhr"), "",
		what + " erfolgt",
	}
}
