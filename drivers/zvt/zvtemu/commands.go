package zvtemu

import (
	"context"
	"fmt"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// order is what a command's data say, as far as this terminal cares.
type order struct {
	zvt.Status
	waits   int // field 02; 0 is not told
	seconds int // field 01
}

// read reads a command's data, behind a password if it begins with one.
func (t *Terminal) read(a zvt.APDU) (order, zvt.Code) {
	data := a.Data
	switch a.Command {
	case zvt.Reversal, zvt.Refund, zvt.EndOfDay, zvt.SendTotals, zvt.Repeat, zvt.Initialise, zvt.SetTime, zvt.Register:
		if len(data) < 3 {
			return order{}, zvt.CodeProtocol
		}
		if t.o.Password != "" && fmt.Sprintf("%x", data[:3]) != t.o.Password {
			return order{}, zvt.CodeWrongPassword
		}
		if data = data[3:]; a.Command == zvt.Register {
			return order{}, zvt.CodeOK // what follows is not only fields
		}
	case zvt.ReadCard:
		data = data[min(1, len(data)):]
	case zvt.Enquire, zvt.LogOff, zvt.Abort:
		return order{}, zvt.CodeOK
	}
	s, err := zvt.ParseStatus(data)
	if err != nil || s.Rest != nil {
		return order{}, zvt.CodeProtocol
	}
	o := order{Status: s}
	for _, f := range s.Other {
		switch f.ID {
		case 0x01:
			o.seconds = int(f.Value[0])
		case 0x02:
			o.waits = int(f.Value[0])
		}
	}
	return o, zvt.CodeOK
}

// away tells whether the terminal went away after a payment and is not back yet.
func (t *Terminal) away(fault Fault) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gone = t.gone && fault == GoneAfterGrant
	return t.gone
}

// obey carries out one command of the till.
func (t *Terminal) obey(ctx context.Context, w *wire, a zvt.APDU) error {
	fault := t.o.Fault()
	if fault == Silence || t.away(fault) || a.Command.Answer() {
		return nil
	}
	no := func(c zvt.Code) error { return w.send(zvt.APDU{Command: zvt.Refuse(c)}) }
	o, code := t.read(a)
	if code != zvt.CodeOK {
		return no(code)
	}
	s := &sequence{t: t, w: w, ctx: ctx, fault: fault, order: o}
	yes := func() error { return w.send(zvt.APDU{Command: zvt.Acknowledge}) }
	if fault == Meager {
		switch a.Command {
		case zvt.Register, zvt.LogOff, zvt.Authorise, zvt.Reversal, zvt.Repeat, zvt.EndOfDay, zvt.Abort:
		default:
			return no(zvt.CodeImpossible)
		}
	}
	switch a.Command {
	case zvt.LogOff:
		t.logOff()
		return yes()
	case zvt.Abort:
		return yes()
	case zvt.Authorise, zvt.Reserve, zvt.Refund:
		switch {
		case o.Amount == 0:
			return no(zvt.CodeProtocol)
		case fault == Busy:
			return no(zvt.CodeNotReady)
		}
	case zvt.BookTotal, zvt.CancelReservation, zvt.Reversal:
		if o.Receipt == 0 {
			return no(zvt.CodeProtocol)
		}
	case zvt.Register, zvt.Enquire, zvt.EndOfDay, zvt.SendTotals, zvt.Repeat, zvt.PartialReversal, zvt.Diagnose, zvt.Initialise, zvt.SelfTest,
		zvt.PrintConfiguration, zvt.SetTime, zvt.ReadCard:
	default:
		return no(zvt.CodeImpossible)
	}
	if err := yes(); err != nil {
		return err
	}
	switch a.Command {
	case zvt.Register:
		answer := t.register(a.Data)
		data := append([]byte{0x19, 0x00}, zvt.Status{TerminalID: t.o.TerminalID, Currency: "0978"}.Append(nil)...)
		if len(answer) > 0 {
			data = zvt.AppendContainer(data, answer...)
		}
		return s.end(data)
	case zvt.Enquire:
		return s.enquiry(a.Data)
	case zvt.Authorise:
		return s.charge(Payment)
	case zvt.Reserve:
		return s.charge(Reserved)
	case zvt.Refund:
		return s.charge(Refunded)
	case zvt.Reversal:
		return s.reverse(o.Receipt)
	case zvt.PartialReversal, zvt.BookTotal, zvt.CancelReservation:
		return s.reserved(a.Command)
	case zvt.Repeat:
		return s.repeat(a.Data)
	case zvt.EndOfDay:
		return s.endOfDay()
	case zvt.SendTotals:
		return s.totals()
	case zvt.Diagnose:
		return s.diagnosis()
	case zvt.Initialise, zvt.SelfTest, zvt.PrintConfiguration:
		return s.office(a.Command)
	case zvt.SetTime:
		return s.setTime()
	}
	return s.readCard(a.Data)
}

// enquiry tells how the terminal is: P015 2.56.5, page 105.
func (s *sequence) enquiry(data []byte) error {
	service := byte(0x02) // without a service byte as without a version: the shortest answer
	if len(data) >= 5 && data[3] == 0x03 {
		service = data[4]
	}
	var out []byte
	if service&0x02 == 0 {
		v := zvt.Encode(software)
		out = append(out, 0xF0, 0xF0|byte(len(v)/10), 0xF0|byte(len(v)%10))
		out = append(out, v...)
	}
	state := byte(0x00)
	if s.fault == DayDue {
		state = byte(zvt.CodeDayOpen)
	}
	out = append(out, state)
	if service&0x04 != 0 {
		now := s.t.now()
		id, _ := number(s.t.o.TerminalID)
		out = zvt.AppendContainer(out,
			zvt.TLV{Tag: zvt.TagTerminalID, Value: zvt.AppendBCD(nil, id, 4)},
			zvt.Container(zvt.TagDevice, zvt.TLV{Tag: zvt.TagDeviceName, Value: zvt.Encode("Emulator")}, zvt.TLV{Tag: zvt.TagSoftware, Value: zvt.Encode(software)},
				zvt.TLV{Tag: zvt.TagSerial, Value: zvt.AppendBCD(nil, 4711, 4)}, zvt.TLV{Tag: zvt.TagDeviceState, Value: []byte{0}}),
			zvt.Container(zvt.TagClock, zvt.TLV{Tag: zvt.TagDate, Value: packed(now.Format("20060102"))}, zvt.TLV{Tag: zvt.TagTime, Value: packed(now.Format("150405"))}))
	}
	return s.end(out)
}

const software = "1.0"

func number(digits string) (n int64, err error) {
	_, err = fmt.Sscan("1"+digits, &n) // leading zeros are no octal sign
	for p := int64(1); ; p *= 10 {
		if p > n/10 {
			return n - p, err
		}
	}
}

func packed(digits string) []byte {
	n, _ := number(digits)
	return zvt.AppendBCD(nil, n, len(digits)/2)
}

// endOfDay hands the payments in: P015 2.16, page 46.
func (s *sequence) endOfDay() error {
	if err := s.show(0x0F, ""); err != nil {
		return err
	}
	e, totals := s.t.begin(DayEnded, 0), s.t.sums()
	e.Amount = totals.Sum()
	status := e.status()
	status.Totals, status.CardName, status.CardType, status.PaymentType = &totals, "", 0, 0
	if err := s.send(zvt.APDU{Command: zvt.StatusInfo, Data: status.Append(nil)}); err != nil {
		return err
	}
	if s.t.prints(true) {
		if err := s.print(zvt.AdminReceipt, append([]string{"* * Kassenschnitt * *", ""}, s.t.summary(totals)...)); err != nil {
			return err
		}
	}
	if err := s.t.store(e); err != nil {
		return err
	}
	if s.fault == Update {
		return s.end([]byte{0x27, byte(zvt.CodeMaintenance)})
	}
	return s.end(nil)
}

// totals tells what was not handed in yet: P015 2.43, page 85.
func (s *sequence) totals() error {
	totals := s.t.sums()
	now := s.t.now()
	status := zvt.Status{HasResult: true, Amount: totals.Sum(), Totals: &totals, Date: now.Format("0102"), Time: now.Format("150405"), Trace: s.t.lastTrace()}
	if err := s.send(zvt.APDU{Command: zvt.StatusInfo, Data: status.Append(nil)}); err != nil {
		return err
	}
	return s.end(nil)
}

// diagnosis calls the host, which tells the time: P015 2.17, page 48.
func (s *sequence) diagnosis() error {
	if err := s.show(0x04, ""); err != nil {
		return err
	}
	if err := s.pause(s.t.o.Step); err != nil {
		return s.stop(err)
	}
	if s.fault == Decline {
		return s.send(zvt.APDU{Command: zvt.Aborted, Data: []byte{0xA3}})
	}
	now := s.t.now()
	clock := append(append([]byte{0xAA}, packed(now.Format("060102"))...), 0x0C)
	if err := s.send(zvt.APDU{Command: zvt.SetClock, Data: append(clock, packed(now.Format("150405"))...)}); err != nil {
		return err
	}
	return s.office(zvt.Diagnose)
}

// office prints what a command of administration has to say.
func (s *sequence) office(c zvt.Command) error {
	if c == zvt.Initialise {
		if err := s.show(0xCA, ""); err != nil {
			return err
		}
		if err := s.pause(s.t.o.Step); err != nil {
			return s.stop(err)
		}
	}
	if c != zvt.SetTime && s.t.prints(true) {
		title := map[zvt.Command]string{
			zvt.Initialise: "Initialisierung", zvt.SelfTest: "Selbsttest", zvt.PrintConfiguration: "Konfiguration", zvt.Diagnose: "Diagnose",
		}[c]
		lines := []string{"* * " + title + " * *", "", s.t.pair("Terminal-ID", s.t.o.TerminalID), s.t.pair("Software", software), title + " erfolgreich"}
		if err := s.print(zvt.AdminReceipt, lines); err != nil {
			return err
		}
	}
	return s.end(nil)
}

// setTime sets the terminal's clock: P015 2.25, page 57.
func (s *sequence) setTime() error {
	now := s.t.now()
	t, err := time.ParseInLocation("060102150405", s.order.Date+s.order.Time, now.Location())
	if err != nil {
		return s.send(zvt.APDU{Command: zvt.Aborted, Data: []byte{byte(zvt.CodeProtocol)}})
	}
	s.t.mu.Lock()
	s.t.shift += t.Sub(now)
	s.t.mu.Unlock()
	return s.end(nil)
}

// readCard reads a card that stays where it is. There is no completion: the status information ends it (P015 2.21, page 55).
func (s *sequence) readCard(data []byte) error {
	if err := s.show(0x0A, ""); err != nil {
		return err
	}
	var err error
	if s.fault == Hold {
		wait := time.Hour
		if len(data) > 0 && data[0] > 0 {
			wait = time.Duration(data[0]) * time.Second
		}
		err = s.hold(wait)
	}
	if err == nil && s.fault != Hold {
		err = s.pause(s.t.o.Step)
	}
	switch {
	case err != nil:
		return s.stop(err)
	case s.fault == CancelKey || s.fault == Hold:
		return s.stop(errAborted)
	case s.fault == Decline:
		return s.send(zvt.APDU{Command: zvt.StatusInfo, Data: []byte{0x27, byte(zvt.CodeCardUnknown)}})
	}
	giro := zvt.Container(zvt.TagApplication, zvt.TLV{Tag: zvt.TagCardType, Value: []byte{0x05}},
		zvt.TLV{Tag: zvt.TagApplicationID, Value: []byte{0xA0, 0x00, 0x00, 0x03, 0x59, 0x10, 0x10, 0x02, 0x80, 0x01}}, zvt.TLV{Tag: zvt.TagLabel, Value: zvt.Encode(s.t.o.Card)})
	all := []zvt.TLV{zvt.Container(zvt.TagChipList, giro)}
	for _, o := range s.order.TLV {
		switch {
		case o.Tag == 0x1F15 && len(o.Value) > 0 && o.Value[0]&0x40 != 0:
			all = append(all, zvt.TLV{Tag: zvt.TagUID, Value: []byte{0, 0, 0, 0x04, 0xA2, 0x5B, 0x11, 0x3C, 0x6F, 0x80}})
		case o.Tag == zvt.TagAge:
			all = append(all, zvt.TLV{Tag: zvt.TagAgeResult, Value: []byte{0x01}})
		}
	}
	track := []byte{0x23, 0xF0, 0xF6, 0x67, 0xEE, 0xEE, 0xEE, 0x12, 0x34} // as terminals mask it
	return s.send(zvt.APDU{Command: zvt.StatusInfo, Data: zvt.AppendContainer(append(zvt.Status{CardType: 5}.Append(nil), track...), all...)})
}
