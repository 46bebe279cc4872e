package zvt

import (
	"fmt"
	"strings"
	"time"
)

// PaymentType is what the till may ask of a payment: P015 table 4, page 32. The bits of the lower half are added.
type PaymentType byte

// The payment types.
const (
	DirectDebit      PaymentType = 0x00 // ELV
	OnlineWithoutPIN PaymentType = 0x20
	WithPIN          PaymentType = 0x30
	TerminalsChoice  PaymentType = 0x40
	WithReadCard     PaymentType = 0x02 // with the card of the ReadCard before
	PrinterReady     PaymentType = 0x04
	Tippable         PaymentType = 0x08
)

// Sale is a payment with more than an amount. Zero values say nothing to the terminal.
type Sale struct {
	Cents   int64
	Type    *PaymentType
	Issue   time.Duration // field 01: how long the terminal waits for the till's word on the goods; 255 s at most
	Waits   int           // field 02: how often the till may answer ErrIssuing, 255 at most
	Objects []TLV         // field 06
}

// data makes the data block of 06 01: P015 2.2.1, page 31.
func (s Sale) data() []byte {
	data := euro(AppendBCD([]byte{0x04}, s.Cents, 6))
	if s.Type != nil {
		data = append(data, 0x19, byte(*s.Type))
	}
	if n := int(s.Issue / time.Second); n > 0 {
		data = append(data, 0x01, byte(min(n, 0xFF)))
	}
	if s.Waits > 0 {
		data = append(data, 0x02, byte(min(s.Waits, 0xFF)))
	}
	if len(s.Objects) > 0 {
		data = AppendContainer(data, s.Objects...)
	}
	return data
}

// Reservation names a reserved amount: what has to be kept to book it (P015 2.8 to 2.14, pages 40 to 45).
type Reservation struct {
	Receipt       int
	Trace         int
	Authorisation string
}

// Reservation is what a reservation's status information tells.
func (s Status) Reservation() Reservation { return Reservation{s.Receipt, s.Trace, s.Authorisation} }

// data names the reservation, with an amount unless it is negative.
func (r Reservation) data(cents int64) []byte {
	data := AppendBCD([]byte{0x87}, int64(r.Receipt), 2)
	if cents >= 0 {
		data = euro(AppendBCD(append(data, 0x04), cents, 6))
	}
	if r.Trace > 0 && r.Trace <= 999999 {
		data = AppendBCD(append(data, 0x0B), int64(r.Trace), 3)
	}
	if r.Authorisation != "" {
		data = append(append(data, 0x3B), padded(r.Authorisation, 8)...)
	}
	if r.Trace > 999999 {
		data = AppendContainer(data, TLV{TagLongTrace, AppendBCD(nil, int64(r.Trace), 4)})
	}
	return data
}

// parseReservations reads the end 06 1E B8 of the question for open reservations: P015 2.10.1, page 42.
func parseReservations(b []byte) ([]int, error) {
	if len(b) == 0 {
		return nil, broken(0, "abort without a code")
	}
	all, _, err := Fields(b[1:])
	if err != nil {
		return nil, err
	}
	var receipts []int
	for _, f := range all {
		switch f.ID {
		case 0x87:
			if n, err := BCD(f.Value); err == nil && n > 0 { // FFFF: none is open
				receipts = append(receipts, int(n))
			}
		case 0x06:
			list, ok := find(f.Value, TagReservations)
			if !ok {
				continue
			}
			parts, err := ParseTLV(list)
			if err != nil {
				return nil, err
			}
			receipts = nil
			for _, t := range parts {
				if n, err := BCD(t.Value); err == nil && t.Tag == TagReceiptNumber && n > 0 {
					receipts = append(receipts, int(n))
				}
			}
		}
	}
	return receipts, nil
}

// Diagnosis is a kind of diagnosis: TLV 1B, P015 page 158.
type Diagnosis byte

// The kinds of diagnosis.
const (
	AnyDiagnosis      Diagnosis = 0 // the terminal chooses; some want to be told (SMART-ZVT 3.2.15, page 27)
	LineDiagnosis     Diagnosis = 1
	ExtendedDiagnosis Diagnosis = 2
	ConfigDiagnosis   Diagnosis = 3
	EMVDiagnosis      Diagnosis = 4
	EP2Diagnosis      Diagnosis = 5
)

// CardRequest says what card may be read: P015 2.21, page 54.
type CardRequest struct {
	Wait         time.Duration // for the card, 255 s at most; the terminal's own time if 0
	Technologies Technology    // which; all if 0
	UID          bool          // the number of a contactless card is wanted (TLV 1F15)
	Age          int           // years that the holder has to have; 0 does not ask
}

// Technology is a set of ways to read a card: TLV 1F60, P015 page 165.
type Technology byte

// The technologies.
const (
	Stripe      Technology = 0x01
	Chip        Technology = 0x02
	Contactless Technology = 0x04
)

// data makes the data block of 06 C0. Nothing is said that was not asked for: by document, that means the magnetic stripe.
func (r CardRequest) data() []byte {
	seconds := min(int((r.Wait+time.Second-1)/time.Second), 0xFF)
	var all []TLV
	if r.UID {
		all = append(all, TLV{0x1F15, []byte{0x40}})
	}
	tech := r.Technologies
	if tech == 0 {
		tech = Stripe | Chip | Contactless
	}
	all = append(all, TLV{TagTechnologies, []byte{byte(tech)}})
	if r.Age > 0 && r.Age < 100 {
		all = append(all, TLV{TagAge, AppendBCD(nil, int64(r.Age), 1)})
	}
	if seconds == 0 {
		seconds = 30 // the timeout has its place and cannot be left out before a container; 00 would mean without end
	}
	return AppendContainer([]byte{byte(seconds)}, all...)
}

// Card is what a terminal tells of a card that it read: P015 3.1.2, page 120. Its number and tracks are never kept.
type Card struct {
	Code         Code // why there is none; CodeOK if there is one
	Type         int  // P015 chapter 12; 0 if not told
	Name         string
	Sequence     int
	UID          string // of a contactless card, in hex
	Technology   Technology
	Applications []Application
	Age          string // "reached", "not reached", "unknown"; empty if it was not asked for
	Text         string // for people
}

// Application is a way in which a card can be used.
type Application struct {
	ID   string // RID and PIX in hex; empty on a magnetic stripe
	Name string
	Type int // P015 chapter 12
}

// parseCard makes a Card of a status information.
func parseCard(s Status) Card {
	c := Card{Code: s.Result, Type: s.CardType, Name: s.CardName, Sequence: s.CardSequence, Text: s.Text}
	var walk func(all []TLV)
	walk = func(all []TLV) {
		for _, t := range all {
			switch t.Tag {
			case TagUID:
				c.UID = fmt.Sprintf("%X", t.Value)
			case TagTechnology:
				if len(t.Value) == 1 && t.Value[0] < 3 {
					c.Technology = Stripe << t.Value[0]
				}
			case TagAgeResult:
				if len(t.Value) == 1 {
					c.Age = map[byte]string{0: "not reached", 1: "reached"}[t.Value[0]]
					if c.Age == "" {
						c.Age = "unknown"
					}
				}
			case TagApplicationID: // one that stands alone
				c.Applications = append(c.Applications, Application{ID: fmt.Sprintf("%X", t.Value)})
			case TagApplication:
				c.Applications = append(c.Applications, application(t))
			case TagStripeList, TagChipList, 0xE6:
				parts, _ := t.Parts() // what can be read of it
				walk(parts)
			}
		}
	}
	walk(s.TLV)
	return c
}

func application(t TLV) (a Application) {
	parts, _ := t.Parts() // what can be read of it
	for _, p := range parts {
		switch p.Tag {
		case TagApplicationID:
			a.ID = fmt.Sprintf("%X", p.Value)
		case TagPreferredName:
			a.Name = CP437.text(p.Value)
		case TagLabel:
			if a.Name == "" {
				a.Name = CP437.text(p.Value)
			}
		case TagCardType:
			for _, c := range p.Value[:min(len(p.Value), 3)] {
				a.Type = a.Type<<8 | int(c)
			}
		}
	}
	return a
}

// State is what a terminal says of itself when it is asked: P015 2.56.5, page 105.
type State struct {
	Code       StateCode
	Version    string // of its software
	TerminalID string // TLV 1F44
	Device     string // TLV 1F40
	Software   string // TLV 1F41
	Serial     string // TLV 1F42
	Clock      string // TLV 34, "2006-01-02 15:04:05"
	TLV        []TLV
}

// version reads the software's version at the beginning of a status enquiry's completion; n is its length with the length field.
func version(b []byte) (v string, n int) {
	if len(b) < 3 || b[0]&b[1]&b[2]&0xF0 != 0xF0 {
		return "", 0
	}
	n = 3 + int(b[0]&0xF)*100 + int(b[1]&0xF)*10 + int(b[2]&0xF)
	if n > len(b) {
		return "", 0
	}
	return CP437.text(b[3:n]), n
}

// stateFirst tells whether a completion that is not only one byte begins with a state.
func stateFirst(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	_, is := tables()["states-en"][uint32(b[0])]
	return is
}

func parseState(b []byte) (State, error) {
	var s State
	v, n := version(b)
	s.Version = v
	if n == len(b) {
		return s, broken(n, "completion of a status enquiry without a state")
	}
	s.Code = StateCode(b[n])
	st, err := ParseStatus(b[n+1:])
	if err != nil {
		return s, err
	}
	s.TLV = st.TLV
	for _, t := range st.TLV {
		switch t.Tag {
		case TagTerminalID:
			s.TerminalID = fmt.Sprintf("%x", t.Value)
		case TagDevice:
			if v, ok := find(t.Value, TagDeviceName); ok {
				s.Device = CP437.text(v)
			}
			if v, ok := find(t.Value, TagSoftware); ok {
				s.Software = CP437.text(v)
			}
			if v, ok := find(t.Value, TagSerial); ok {
				s.Serial = strings.TrimLeft(fmt.Sprintf("%x", v), "0")
			}
		case TagClock:
			date, okD := find(t.Value, TagDate)
			clock, okT := find(t.Value, TagTime)
			if okD && okT {
				s.Clock = stamp(fmt.Sprintf("%x", date), fmt.Sprintf("%x", clock))
			}
		}
	}
	return s, nil
}

// stamp writes YYYYMMDD or YYMMDD and HHMMSS so that people can read it; empty if it makes no sense.
func stamp(date, clock string) string {
	if len(date) == 6 {
		date = "20" + date
	}
	t, err := time.Parse("20060102150405", date+clock)
	if err != nil {
		return ""
	}
	return t.Format(time.DateTime)
}

// setTime makes the data block of 06 91: P015 2.25.1, page 58.
func setTime(dst []byte, t time.Time) []byte {
	date, _ := decimal(t.Format("060102"))
	clock, _ := decimal(t.Format("150405"))
	return AppendBCD(append(AppendBCD(append(dst, 0xAA), date, 3), 0x0C), clock, 3)
}
