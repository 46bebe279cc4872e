package zvt

import "fmt"

// Code is a result code: what a terminal says about an end. 00 is good, 01 to 63 come from the network operator or the authorisation
// system, the others are those of P015 chapter 10, pages 181 and 182.
type Code byte

// The codes that a program has to tell apart; Text knows all.
const (
	CodeOK              Code = 0x00
	CodeWrongPassword   Code = 0x37 // SMART-ZVT 3.1.2.1, page 16: the answer 84 37 of one maker's terminals
	CodeCardUnreadable  Code = 0x64
	CodeNoCardData      Code = 0x65
	CodeProcessing      Code = 0x66
	CodeNotRegistered   Code = 0x6B
	CodeAborted         Code = 0x6C // ended by somebody or by time
	CodeCurrency        Code = 0x6F
	CodeDayNotPossible  Code = 0x77
	CodeCardUnknown     Code = 0x7A
	CodeImpossible      Code = 0x83 // function not possible
	CodeProtocol        Code = 0x9A
	CodeWait            Code = 0x9C // in an answer of the till: goods are still being issued
	CodePartly          Code = 0x9D // in an answer of the till: only a part of the goods was issued (P015 2.2.6 d, page 35)
	CodeNotReady        Code = 0xA0
	CodeAlreadyReversed Code = 0xB4
	CodeNotReversible   Code = 0xB5
	CodeReservedAmount  Code = 0xB7 // more than was reserved
	CodeReservation     Code = 0xB8
	CodeNeedsDiagnosis  Code = 0xC2
	CodePaymentType     Code = 0xC5
	CodePrinter         Code = 0xCC
	CodeMaintenance     Code = 0xE0
	CodeDayOpen         Code = 0xF0 // an end of day is due
	CodeDevice          Code = 0xFC // after an end of day: the terminal starts anew (SMART-ZVT 3.2.14, page 27)
	CodeSystem          Code = 0xFF
)

// Text gives the meaning in German ("de") or English ("en"), for technicians and clerks; German for any other language.
func (c Code) Text(lang string) string {
	if lang != "en" {
		lang = "de"
	}
	if c >= 0x01 && c <= 0x63 {
		if lang == "en" {
			return "refused by the network operator or the authorisation system"
		}
		return "vom Netzbetreiber oder Autorisierungssystem abgelehnt"
	}
	if s := tables()["results-"+lang][uint32(c)]; s != "" {
		return s
	}
	if lang == "en" {
		return "unknown code"
	}
	return "unbekannter Code"
}

// Refusal is a terminal's definite no: an answer 84 xx, or the end 06 1E of a sequence that moves no money.
type Refusal struct{ Code Code }

// Error names the code and its meaning by P015 chapter 10.
func (r *Refusal) Error() string {
	return fmt.Sprintf("zvt: terminal refused: %02X %s", byte(r.Code), r.Code.Text("en"))
}

// StateCode says how a terminal is: P015 chapter 11, page 183. 00 is ready.
type StateCode byte

// Text gives the meaning in German ("de") or English ("en"); German for any other language.
func (c StateCode) Text(lang string) string {
	if lang != "en" {
		lang = "de"
	}
	if s := tables()["states-"+lang][uint32(c)]; s != "" {
		return s
	}
	if lang == "en" {
		return "unknown state"
	}
	return "unbekannter Zustand"
}
