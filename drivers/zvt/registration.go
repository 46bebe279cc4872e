package zvt

import (
	"slices"
	"strings"
	"time"
)

// Config is registration's configuration byte: who does what. P015 table 1, page 27.
type Config byte

// The configuration's bits.
const (
	PrintsPayments         Config = 0x02 // the till prints receipts of payments; without it the terminal does
	PrintsAdministration   Config = 0x04 // the till prints all other receipts
	WantsProgress          Config = 0x08 // the till is told what the terminal is doing: 04 FF. One maker's terminals run into timeouts without it (SMART-ZVT 3.2.1)
	StartsPayments         Config = 0x10 // only the till starts payments; without it the terminal's keys do, too
	StartsAdministration   Config = 0x20 // only the till starts an end of day and the like
	PrintsWhatTerminalSays Config = 0x80 // receipts come as print commands; without it the till makes them of the status information
)

// DefaultConfig has all bits: receipts come to the till as print commands, and nobody can start anything at the terminal's own keys. Some
// terminals repeat nothing (06 20) unless StartsPayments and StartsAdministration are set.
const DefaultConfig = PrintsPayments | PrintsAdministration | WantsProgress | StartsPayments | StartsAdministration | PrintsWhatTerminalSays

// String names the bits that are set.
func (c Config) String() string {
	var all []string
	for _, b := range []struct {
		bit  Config
		name string
	}{
		{PrintsPayments, "prints payments"}, {PrintsAdministration, "prints administration"}, {WantsProgress, "wants progress"},
		{StartsPayments, "starts payments"}, {StartsAdministration, "starts administration"}, {PrintsWhatTerminalSays, "prints what the terminal says"},
	} {
		if c&b.bit != 0 {
			all = append(all, b.name)
		}
	}
	return strings.Join(all, ", ")
}

// Service is registration's service byte. P015 table 2, page 28.
type Service byte

// The service byte's bits.
const (
	NoServiceKey Service = 0x01 // the terminal's service menu is not on a key of its own
	Capitals     Service = 0x02 // what the terminal shows is in capitals
)

// Opts says how a terminal is spoken to. The zero value is a terminal on TCP with the documents' times.
type Opts struct {
	Password string    // six digits; "000000" if empty
	Serial   bool      // frames of P016 3 instead of bare messages
	Config   Config    // DefaultConfig if 0
	Service  Service   // sent if not 0
	Width    int       // characters in a line of the receipt printer, told to the terminal as TLV 12; 0 says nothing
	Charset  Charset   // asked for as TLV 14; used only if the terminal agrees. 0 asks for none: code page 437
	Commands []Command // more that the terminal may send, besides print blocks (TLV 26)
	TLV      []TLV     // more objects for the registration, such as 1F04, which says what receipts are wanted
	Lang     string    // of the words for Watch.Say where the terminal sends none: "de" if empty, or "en"

	T1 time.Duration // between two bytes of a frame: 200 ms
	T2 time.Duration // a frame to its ACK: 5 s
	T3 time.Duration // a command to its answer, and the pieces of a message over TCP: 5 s
	T4 time.Duration // between two messages of a running sequence: 180 s; the terminal may change it

	AbortAgain time.Duration // an abort to the next one, while a terminal goes on all the same: 10 s
}

func (o Opts) filled() Opts {
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{{&o.T1, 200 * time.Millisecond}, {&o.T2, 5 * time.Second}, {&o.T3, 5 * time.Second}, {&o.T4, 180 * time.Second}, {&o.AbortAgain, 10 * time.Second}} {
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

// password packs the password (P015 1.2, page 24).
func (o Opts) password() []byte {
	n, _ := decimal(o.Password)
	return AppendBCD(make([]byte, 0, 32), n, 3)
}

// width gives the characters in a line of a receipt: what the terminal agreed to, or else what it was told.
func (d *Dev) width() int {
	if d.info.Width > 0 {
		return d.info.Width
	}
	return d.o.Width
}

// euro is the currency code with its field: P015 1.4, page 25.
func euro(dst []byte) []byte { return append(dst, 0x49, 0x09, 0x78) }

// registration makes the data block of 06 00: P015 2.1, page 26.
func (o Opts) registration() []byte {
	data := append(o.password(), byte(o.Config), 0x09, 0x78)
	if o.Service != 0 {
		data = append(data, 0x03, byte(o.Service))
	}
	var all []TLV
	if o.Width > 0 && o.Width < 100 {
		all = append(all, TLV{TagWidth, AppendBCD(nil, int64(o.Width), 1)})
	}
	if o.Charset != 0 && o.Charset.known() {
		all = append(all, TLV{TagCharset, []byte{byte(o.Charset)}})
	}
	var commands []TLV
	for _, c := range append([]Command{PrintBlock}, o.Commands...) {
		commands = append(commands, TLV{TagCommand, []byte{c.Class(), c.Code()}})
	}
	all = append(all, Container(TagCommands, commands...))
	return AppendContainer(data, append(all, o.TLV...)...)
}

// Info is what the terminal said of itself at registration: P015 2.1, page 29.
type Info struct {
	TerminalID          string
	NeedsInitialisation bool
	NeedsDiagnosis      bool
	NeedsOPT            bool
	FillingStation      bool // it works as a filling station's
	Vending             bool // it works as a vending machine's
	Currency            string
	Width               int       // characters in a line of its receipts, if it told (TLV 12)
	Charset             Charset   // the one it agreed to; CP437 if it did not
	Longest             int       // longest message that it can receive (TLV 1A); 0 if not told
	Commands            []Command // that it lists (TLV 26)
	TLV                 []TLV
}

// parseInfo reads registration's completion. want is the character set that was asked for.
func parseInfo(b []byte, want Charset) (Info, error) {
	s, err := ParseStatus(b)
	if err != nil {
		return Info{Charset: CP437}, err
	}
	i := Info{
		TerminalID: s.TerminalID, Currency: s.Currency, Charset: CP437, TLV: s.TLV,
		NeedsInitialisation: s.PaymentType&0x01 != 0, // field 19 is the status byte here: P015 table 3, page 29
		NeedsDiagnosis:      s.PaymentType&0x02 != 0,
		NeedsOPT:            s.PaymentType&0x04 != 0,
		FillingStation:      s.PaymentType&0x08 != 0,
		Vending:             s.PaymentType&0x10 != 0,
	}
	agree := func(v []byte) {
		if len(v) > 0 && want != 0 && Charset(v[len(v)-1]) == want && want.known() {
			i.Charset = want
		}
	}
	for _, t := range s.TLV {
		switch t.Tag {
		case TagWidth:
			if n, err := BCD(t.Value); err == nil {
				i.Width = int(n)
			}
		case TagCharset:
			agree(t.Value)
		case TagCharsets: // P015 page 168: the answer may stand in tag 27
			if v, ok := find(t.Value, TagCharset); ok {
				agree(v)
			}
		case TagMaxAPDU:
			for _, c := range t.Value[:min(len(t.Value), 3)] {
				i.Longest = i.Longest<<8 | int(c)
			}
		case TagCommands:
			parts, _ := t.Parts() // what can be read of it
			for _, p := range parts {
				if p.Tag == TagCommand && len(p.Value) == 2 {
					i.Commands = append(i.Commands, Command(p.Value[0])<<8|Command(p.Value[1]))
				}
			}
		}
	}
	return i, nil
}

// Prints tells whether the terminal agreed to send whole blocks of a receipt.
func (i Info) Prints() bool { return slices.Contains(i.Commands, PrintBlock) }
