package zvt

import "fmt"

// Command is an APDU's control field: class and instruction of a command, or CCRC and APRC of an answer.
type Command uint16

// The commands of P015 chapter 14 (pages 194 to 196) that a terminal at a counter needs.
const (
	Enquire            Command = 0x0501 // status enquiry
	Register           Command = 0x0600
	Authorise          Command = 0x0601 // payment
	LogOff             Command = 0x0602
	SendTotals         Command = 0x0610
	PrintConfiguration Command = 0x061A
	Repeat             Command = 0x0620 // repeat receipt
	Reserve            Command = 0x0622 // pre-authorisation, reservation
	PartialReversal    Command = 0x0623 // of a reservation; with receipt FFFF the question for open ones
	BookTotal          Command = 0x0624 // of a reservation
	CancelReservation  Command = 0x0625
	Reversal           Command = 0x0630
	Refund             Command = 0x0631
	EndOfDay           Command = 0x0650
	Diagnose           Command = 0x0670
	SelfTest           Command = 0x0679
	SetTime            Command = 0x0691 // the terminal's clock
	Initialise         Command = 0x0693
	Abort              Command = 0x06B0 // by the till
	ReadCard           Command = 0x06C0
	SetClock           Command = 0x0401 // by the terminal
	StatusInfo         Command = 0x040F // by the terminal
	Intermediate       Command = 0x04FF // by the terminal
	Completion         Command = 0x060F // by the terminal
	Aborted            Command = 0x061E // by the terminal
	PrintLine          Command = 0x06D1 // by the terminal
	PrintBlock         Command = 0x06D3 // by the terminal
	Acknowledge        Command = 0x8000
	AcknowledgeB       Command = 0x8400 // means the same as 80 00
	refusalPrefix      Command = 0x8400 // 84 xx, xx not 00
)

// Refuse is the negative answer 84 xx.
func Refuse(code Code) Command { return refusalPrefix | Command(code) }

// Class is the control field's first byte.
func (c Command) Class() byte { return byte(c >> 8) }

// Code is the control field's second byte: the reason, in an answer 84 xx.
func (c Command) Code() byte { return byte(c) }

// Answer tells whether this is an answer (80 xx, 84 xx) and not a command.
func (c Command) Answer() bool { return c.Class() == 0x80 || c.Class() == 0x84 }

// Positive tells whether this is an answer that agrees: 80 xx or 84 00.
func (c Command) Positive() bool { return c.Class() == 0x80 || c == AcknowledgeB }

// String writes the control field as the documents do.
func (c Command) String() string { return fmt.Sprintf("%02X %02X", c.Class(), c.Code()) }

// Tills tells whether only a till says this: a terminal never does. Who hears it, hears an echo.
func (c Command) Tills() bool {
	switch c {
	case Enquire, Register, Authorise, LogOff, SendTotals, PrintConfiguration, Repeat, Reserve, PartialReversal, BookTotal, CancelReservation,
		Reversal, Refund, EndOfDay, Diagnose, SelfTest, SetTime, Initialise, Abort, ReadCard:
		return true
	}
	return false
}

// known tells whether a control field can be a terminal's: what else sends on this line is no card terminal.
func known(class byte) bool {
	switch class {
	case 0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84:
		return true
	}
	return false
}

// Name is what P015 chapter 14 calls the command, in small letters; "" for one that the driver does not know.
func (c Command) Name() string {
	switch c {
	case Enquire:
		return "status enquiry"
	case Register:
		return "registration"
	case Authorise:
		return "authorisation"
	case LogOff:
		return "log-off"
	case SendTotals:
		return "send turnover totals"
	case PrintConfiguration:
		return "print system configuration"
	case Repeat:
		return "repeat receipt"
	case Reserve:
		return "reservation"
	case PartialReversal:
		return "partial reversal"
	case BookTotal:
		return "book total"
	case CancelReservation:
		return "reservation reversal"
	case Reversal:
		return "reversal"
	case Refund:
		return "refund"
	case EndOfDay:
		return "end of day"
	case Diagnose:
		return "diagnosis"
	case SelfTest:
		return "self test"
	case SetTime:
		return "set date and time"
	case Initialise:
		return "initialisation"
	case Abort:
		return "abort by the till"
	case ReadCard:
		return "read card"
	case SetClock:
		return "set clock"
	case StatusInfo:
		return "status information"
	case Intermediate:
		return "intermediate status"
	case Completion:
		return "completion"
	case Aborted:
		return "abort by the terminal"
	case PrintLine:
		return "print line"
	case PrintBlock:
		return "print block"
	case Refuse(CodeWait):
		return "goods are being issued"
	case Refuse(CodePartly):
		return "goods were issued in part"
	}
	switch {
	case c.Positive():
		return "acknowledged"
	case c.Answer():
		return "refused"
	}
	return ""
}
