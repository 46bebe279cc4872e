package zvt

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// Status is a status information: what the terminal says about a payment (P015 3.1.1). Card numbers and tracks, fields 22 to 24 and 2D,
// are read over and never kept.
type Status struct {
	HasResult     bool   // field 27 was sent
	Result        byte   // field 27; 00 is good
	Amount        int64  // field 04, cents
	Trace         int    // field 0B, or TLV 1F2B
	OriginalTrace int    // field 37: the trace of the payment that was reversed; 0 if this is no reversal
	Receipt       int    // field 87
	Turnover      int    // field 88
	TerminalID    string // field 29, eight digits
	Date          string // field 0D, MMDD
	Time          string // field 0C, HHMMSS
	CardType      int    // field 8A, P015 chapter 12
	CardName      string // field 8B
	PaymentType   byte   // field 19
	Currency      string // field 49, "0978" is EUR
	Contract      string // field 2A, the contract number for credit cards
	Authorisation string // field 3B
	Text          string // field 3C, to be printed
	TLV           []TLV  // field 06
}

// Good tells whether the terminal says that the money was taken (or, after a reversal, given back).
func (s Status) Good() bool { return s.HasResult && s.Result == 0 }

// field is a bitmap number and its contents.
type field struct {
	id    byte
	value []byte
}

// The kinds of length that fields have.
const (
	llVar  = -2
	lllVar = -3
	inTLV  = -4
)

// size gives a field's length in bytes, or how it tells its length: P015 chapter 13. 0 means an unknown field.
func size(id byte) int {
	switch id {
	case 0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x8A, 0x8C, 0xA0, 0xD0, 0xD2, 0xD3, 0xE0, 0xE9, 0xEA, 0xF0, 0xF9, 0xFA:
		return 1
	case 0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87:
		return 2
	case 0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA:
		return 3
	case 0x29:
		return 4
	case 0xBA:
		return 5
	case 0x04:
		return 6
	case 0x3B, 0xEB:
		return 8
	case 0x2A:
		return 15
	case 0x22, 0x23, 0x2D, 0x4C, 0x8B, 0xA7, 0xD1, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8:
		return llVar
	case 0x24, 0x2E, 0x3C, 0x60, 0x9A, 0xAF:
		return lllVar
	case 0x06:
		return inTLV
	}
	return 0
}

// fields splits a data block into its fields.
func fields(b []byte) ([]field, error) {
	var all []field
	for len(b) > 0 {
		id := b[0]
		n, head := size(id), 1
		b = b[1:]
		switch n {
		case 0:
			return nil, fmt.Errorf("%w: unknown field %02X", ErrPacket, id)
		case llVar, lllVar:
			digits := -n
			if len(b) < digits {
				return nil, fmt.Errorf("%w: field %02X is cut off", ErrPacket, id)
			}
			n = 0
			for _, c := range b[:digits] {
				if c&0xF > 9 {
					return nil, fmt.Errorf("%w: length of field %02X", ErrPacket, id)
				}
				n = n*10 + int(c&0xF)
			}
			head = digits
		case inTLV:
			var err error
			if n, head, err = tlvLength(b); err != nil {
				return nil, err
			}
		default:
			head = 0
		}
		if b = b[head:]; len(b) < n {
			return nil, fmt.Errorf("%w: field %02X is cut off", ErrPacket, id)
		}
		all = append(all, field{id, b[:n:n]})
		b = b[n:]
	}
	return all, nil
}

// ParseStatus reads the data block of a status information, or of a completion, which has fields of the same form.
func ParseStatus(b []byte) (Status, error) {
	all, err := fields(b)
	if err != nil {
		return Status{}, err
	}
	var s Status
	for _, f := range all {
		v := f.value
		var n int64
		switch f.id {
		case 0x04, 0x0B, 0x37, 0x87, 0x88, 0x0C, 0x0D, 0x29, 0x49:
			if n, err = BCD(v); err != nil {
				return Status{}, fmt.Errorf("field %02X: %w", f.id, err)
			}
		}
		switch f.id {
		case 0x27:
			s.Result, s.HasResult = v[0], true
		case 0x04:
			s.Amount = n
		case 0x0B:
			s.Trace = int(n)
		case 0x37:
			s.OriginalTrace = int(n)
		case 0x87:
			s.Receipt = int(n)
		case 0x88:
			s.Turnover = int(n)
		case 0x29:
			s.TerminalID = fmt.Sprintf("%x", v)
		case 0x0D:
			s.Date = fmt.Sprintf("%x", v)
		case 0x0C:
			s.Time = fmt.Sprintf("%x", v)
		case 0x49:
			s.Currency = fmt.Sprintf("%x", v)
		case 0x19:
			s.PaymentType = v[0]
		case 0x8A:
			s.CardType = int(v[0])
		case 0x8B:
			s.CardName = text(v)
		case 0x2A:
			s.Contract = text(v)
		case 0x3B:
			s.Authorisation = text(v)
		case 0x3C:
			s.Text = text(v)
		case 0x06:
			if s.TLV, err = ParseTLV(v); err != nil {
				return Status{}, err
			}
		}
	}
	for _, t := range s.TLV {
		if t.Tag == TagLongTrace && s.Trace == 0 {
			n, err := BCD(t.Value)
			if err != nil {
				return Status{}, err
			}
			s.Trace = int(n)
		}
	}
	return s, nil
}

// Append writes the status information's data block, leaving out what is empty.
func (s Status) Append(dst []byte) []byte {
	if s.HasResult {
		dst = append(dst, 0x27, s.Result)
	}
	number := func(id byte, n int64, size int) {
		if n != 0 {
			dst = AppendBCD(append(dst, id), n, size)
		}
	}
	digits := func(id byte, s string, size int) {
		if n, ok := decimal(s); ok && s != "" {
			dst = AppendBCD(append(dst, id), n, size)
		}
	}
	number(0x04, s.Amount, 6)
	if s.Trace <= 999999 {
		number(0x0B, int64(s.Trace), 3)
	}
	number(0x37, int64(s.OriginalTrace), 3)
	digits(0x0C, s.Time, 3)
	digits(0x0D, s.Date, 2)
	if s.PaymentType != 0 {
		dst = append(dst, 0x19, s.PaymentType)
	}
	digits(0x29, s.TerminalID, 4)
	if s.Authorisation != "" {
		dst = append(append(dst, 0x3B), padded(s.Authorisation, 8)...)
	}
	digits(0x49, s.Currency, 2)
	number(0x87, int64(s.Receipt), 2)
	number(0x88, int64(s.Turnover), 3)
	if s.CardType != 0 {
		dst = append(dst, 0x8A, byte(s.CardType))
	}
	if s.Contract != "" {
		dst = append(append(dst, 0x2A), padded(s.Contract, 15)...)
	}
	if s.Text != "" {
		v := Encode(s.Text)
		dst = append(dst, 0x3C, 0xF0|byte(len(v)/100%10), 0xF0|byte(len(v)/10%10), 0xF0|byte(len(v)%10))
		dst = append(dst, v...)
	}
	if s.CardName != "" {
		v := append(Encode(s.CardName), 0)
		dst = append(dst, 0x8B, 0xF0|byte(len(v)/10%10), 0xF0|byte(len(v)%10))
		dst = append(dst, v...)
	}
	if len(s.TLV) > 0 {
		dst = AppendContainer(dst, s.TLV...)
	}
	return dst
}

func decimal(s string) (n int64, ok bool) {
	for _, r := range s {
		if r < '0' || r > '9' || len(s) > 18 {
			return 0, false
		}
		n = n*10 + int64(r-'0')
	}
	return n, true
}

func padded(s string, size int) []byte { return append(Encode(s), make([]byte, size)...)[:size] }

// text reads code page 437, which terminals use unless another was agreed (P015 15.2), without padding.
func text(b []byte) string {
	out, _ := charmap.CodePage437.NewDecoder().Bytes(b) // every byte has a character
	return strings.TrimRight(string(out), "\x00 ")
}

// Encode writes a text in code page 437; what it lacks becomes a question mark.
func Encode(s string) []byte {
	var out bytes.Buffer
	for _, r := range s {
		b, ok := charmap.CodePage437.EncodeRune(r)
		if !ok {
			b = '?'
		}
		out.WriteByte(b)
	}
	return out.Bytes()
}

// Progress is an intermediate status: what the terminal is doing (P015 3.7).
type Progress struct {
	Code byte
	T4   time.Duration // from now on; 0 leaves it as it is
	Text string        // the terminal's own words, lines divided by line feeds; may be empty
}

// ParseProgress reads the data block of an intermediate status.
func ParseProgress(b []byte) (Progress, error) {
	if len(b) == 0 {
		return Progress{}, fmt.Errorf("%w: intermediate status without a code", ErrPacket)
	}
	p := Progress{Code: b[0]}
	rest := b[1:]
	// P015 wants the timeout before a container and leaves it out in its own example (5.2): 06 may be either.
	all, err := fields(rest)
	if err != nil || (len(all) > 0 && all[0].id != 0x06) {
		minutes, bad := BCD(rest[:1])
		if bad != nil {
			return Progress{}, bad
		}
		p.T4 = time.Duration(minutes) * time.Minute
		if all, err = fields(rest[1:]); err != nil {
			return Progress{}, err
		}
	}
	var lines []string
	for _, f := range all {
		if f.id != 0x06 {
			continue
		}
		objects, err := ParseTLV(f.value)
		if err != nil {
			return Progress{}, err
		}
		for _, o := range objects {
			if o.Tag != TagDisplayTexts {
				continue
			}
			parts, err := o.Parts()
			if err != nil {
				return Progress{}, err
			}
			for _, part := range parts {
				if part.Tag == TagText {
					lines = append(lines, text(part.Value))
				}
			}
		}
	}
	p.Text = strings.TrimSpace(strings.Join(lines, "\n"))
	return p, nil
}

// Print is a piece of a receipt (P015 3.5 and 3.6).
type Print struct {
	Kind  byte // TagReceiptType: 01 merchant, 02 customer, 03 administration; 0 if not told
	Lines []string
	Last  bool // the receipt ends here
}

// ParsePrint reads the data block of a print line or a print block.
func ParsePrint(c Command, b []byte) (Print, error) {
	if c == PrintLine {
		return parseLine(b), nil
	}
	var p Print
	all, err := fields(b)
	if err != nil {
		return p, err
	}
	for _, f := range all {
		if f.id != 0x06 {
			continue
		}
		objects, err := ParseTLV(f.value)
		if err != nil {
			return p, err
		}
		for _, o := range objects {
			switch o.Tag {
			case TagReceiptType:
				if len(o.Value) > 0 {
					p.Kind = o.Value[len(o.Value)-1]
				}
			case TagPrintTexts:
				parts, err := o.Parts()
				if err != nil {
					return p, err
				}
				for _, part := range parts {
					switch {
					case part.Tag == TagText:
						p.Lines = append(p.Lines, text(part.Value))
					case part.Tag == TagAttribute && len(part.Value) == 1 && part.Value[0] == 0xFF:
						p.Lines = append(p.Lines, "")
					case part.Tag == TagAttribute && len(part.Value) == 1:
						p.Last = p.Last || last(part.Value[0])
					}
				}
			}
		}
	}
	return p, nil
}

func parseLine(b []byte) Print {
	switch {
	case len(b) == 0:
		return Print{Lines: []string{""}}
	case b[0] == 0xFF: // line feeds
		n := 1
		if len(b) > 1 {
			n = min(int(b[1]), 20)
		}
		return Print{Lines: make([]string, n)}
	}
	line := text(b[1:])
	if !last(b[0]) && b[0]&0x40 == 0 {
		line = strings.Repeat(" ", int(b[0]&0xF)) + line
	}
	return Print{Lines: []string{line}, Last: last(b[0])}
}

// last tells whether an attribute says that the receipt ends: P015 table 16.
func last(attribute byte) bool { return attribute > 0x80 && attribute != 0xFF }
