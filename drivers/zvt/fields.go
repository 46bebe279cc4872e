package zvt

import (
	"errors"
	"fmt"
	"strings"
)

// ErrPacket says that bytes do not follow P015 or P016. It comes in a *SyntaxError, which tells where.
var ErrPacket = errors.New("zvt: malformed packet")

// SyntaxError is the place in a message where it stops making sense. It wraps ErrPacket.
type SyntaxError struct {
	Offset int    // counted from the first byte of what was decoded, 0 is the first
	What   string // never holds bytes of the message: they may be a card's
}

// Error says what is wrong and where.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%v: byte %d: %s", ErrPacket, e.Offset, e.What)
}

// Unwrap gives ErrPacket.
func (e *SyntaxError) Unwrap() error { return ErrPacket }

func broken(at int, format string, a ...any) error {
	return &SyntaxError{at, fmt.Sprintf(format, a...)}
}

// Field is one bitmap of a data block with its contents: P015 chapter 13, pages 190 to 193.
type Field struct {
	ID     byte
	Offset int // of its number, in the data block
	Value  []byte
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
	case 0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x72, 0x73, 0x74, 0x75, 0x8A, 0x8C, 0xA0, 0xD0, 0xD2, 0xD3, 0xE0, 0xE9, 0xEA, 0xF0, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD:
		return 1
	case 0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87:
		return 2
	case 0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA:
		return 3
	case 0x29, 0x70, 0x71:
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

// next reads the field at b[at]. known is false for a field whose length no document tells: it cannot be skipped.
func next(b []byte, at int) (f Field, after int, known bool, err error) {
	f = Field{ID: b[at], Offset: at}
	n, head := size(f.ID), 0
	rest := b[at+1:]
	switch n {
	case 0:
		return f, at, false, nil
	case llVar, lllVar:
		if head = -n; len(rest) < head {
			return f, at, true, broken(at, "field %02X is cut off", f.ID)
		}
		n = 0
		for _, c := range rest[:head] {
			if c&0xF > 9 {
				return f, at, true, broken(at+1, "length of field %02X", f.ID)
			}
			n = n*10 + int(c&0xF)
		}
	case inTLV:
		if n, head, err = tlvLength(rest, at+1); err != nil {
			return f, at, true, err
		}
	}
	if rest = rest[head:]; len(rest) < n {
		return f, at, true, broken(at, "field %02X is cut off: %d bytes of %d", f.ID, len(rest), n)
	}
	f.Value = rest[:n:n]
	return f, at + 1 + head + n, true, nil
}

// Fields splits a data block into its fields. rest begins with the first field of unknown length, which is not an error: what follows
// cannot be told apart.
func Fields(b []byte) (all []Field, rest []byte, err error) {
	for at := 0; at < len(b); {
		f, after, known, err := next(b, at)
		if err != nil {
			return all, nil, err
		}
		if !known {
			return all, b[at:], nil
		}
		all, at = append(all, f), after
	}
	return all, nil, nil
}

// veil gives bytes that cannot be told apart with E in place of what looks like a secret field among them, as terminals mask card numbers
// (P015 chapter 13). Without any it is b itself.
func veil(b []byte) []byte {
	out := b
	for at := 0; at < len(b); at++ {
		f, after, _, err := next(b, at)
		if n := -size(b[at]); !f.Secret() || err != nil || len(f.Value) == 0 || (n != -llVar && n != -lllVar) || b[at+1]&b[at+n]&0xF0 != 0xF0 {
			continue // a field of a fixed length looks like anything
		}
		if &out[0] == &b[0] {
			out = append([]byte(nil), b...)
		}
		for i := after - len(f.Value); i < after; i++ {
			out[i] = 0xEE
		}
		at = after - 1
	}
	return out
}

// Secret tells whether a field may hold a card's number, tracks or security code, or a password. Nothing of it is kept or shown.
func (f Field) Secret() bool {
	switch f.ID {
	case 0x0E, 0x22, 0x23, 0x24, 0x2D, 0x2E, 0x3A, 0x3D, 0x9A, 0xA7, 0xAF, 0xD1:
		return true
	}
	return false
}

// Name is what P015 chapter 13 calls the field; "" for an unknown one.
func (f Field) Name() string {
	switch f.ID {
	case 0x01:
		return "timeout"
	case 0x02:
		return "most status informations"
	case 0x03:
		return "service byte"
	case 0x04:
		return "amount"
	case 0x05:
		return "pump"
	case 0x06:
		return "TLV container"
	case 0x0B:
		return "trace"
	case 0x0C:
		return "time"
	case 0x0D, 0xAA:
		return "date"
	case 0x0E:
		return "expiry date"
	case 0x17:
		return "card sequence number"
	case 0x19:
		return "payment type, card type or status byte"
	case 0x22:
		return "card number"
	case 0x23:
		return "track 2"
	case 0x24:
		return "track 3"
	case 0x27:
		return "result"
	case 0x29:
		return "terminal id"
	case 0x2A:
		return "contract number"
	case 0x2D:
		return "track 1"
	case 0x2E:
		return "chip data"
	case 0x37:
		return "original trace"
	case 0x3A:
		return "card security code"
	case 0x3B:
		return "authorisation attribute"
	case 0x3C:
		return "additional text"
	case 0x3D:
		return "password"
	case 0x49:
		return "currency"
	case 0x4C:
		return "blocked goods groups"
	case 0x60:
		return "individual totals"
	case 0x70, 0x71, 0x72, 0x73, 0x74, 0x75:
		return "image"
	case 0x87:
		return "receipt number"
	case 0x88:
		return "turnover number"
	case 0x8A:
		return "card type"
	case 0x8B:
		return "card name"
	case 0x8C:
		return "network operator's card type"
	case 0x9A:
		return "GeldKarte record"
	case 0xA0:
		return "host's result"
	case 0xA7, 0xAF:
		return "chip file"
	case 0xBA:
		return "authorisation parameter"
	case 0xD0:
		return "algorithm key"
	case 0xD1:
		return "card offset or PIN data"
	case 0xD2:
		return "card output direction"
	case 0xD3:
		return "DUKPT key"
	case 0xE0:
		return "shortest input"
	case 0xE9:
		return "longest input"
	case 0xEA:
		return "echo of the input"
	case 0xEB:
		return "MAC"
	case 0xF0:
		return "display duration"
	case 0xF9:
		return "beeps"
	case 0xFA:
		return "card reader activation"
	case 0xFB:
		return "confirmation required"
	case 0xFC:
		return "dialog control"
	case 0xFD:
		return "display"
	}
	if f.ID >= 0xE1 && f.ID <= 0xE8 || f.ID >= 0xF1 && f.ID <= 0xF8 {
		return "text line"
	}
	return ""
}

// AppendBCD writes n with two digits a byte, in size bytes. Digits that do not fit are lost: check the range before.
func AppendBCD(dst []byte, n int64, size int) []byte {
	at := len(dst)
	for range size {
		dst = append(dst, 0)
	}
	for i := at + size - 1; i >= at; i-- {
		dst[i] = byte(n%10) | byte(n/10%10)<<4
		n /= 100
	}
	return dst
}

// BCD reads a number with two digits a byte, at most nine bytes.
func BCD(b []byte) (int64, error) {
	if len(b) > 9 {
		return 0, broken(0, "number of %d bytes", len(b))
	}
	var n int64
	for i, c := range b {
		if c>>4 > 9 || c&0xF > 9 {
			return 0, broken(i, "not a decimal digit")
		}
		n = n*100 + int64(c>>4)*10 + int64(c&0xF)
	}
	return n, nil
}

// appendVar writes a field whose length stands before it in as many digits as its kind says.
func appendVar(dst []byte, id byte, v []byte) []byte {
	dst = append(dst, id)
	n := len(v)
	if size(id) == lllVar {
		dst = append(dst, 0xF0|byte(n/100%10))
	}
	dst = append(dst, 0xF0|byte(n/10%10), 0xF0|byte(n%10))
	return append(dst, v...)
}

// digits writes packed digits as they are read; what is no digit becomes a letter, as in "E" for a masked one.
func digits(s *strings.Builder, b []byte) {
	const hex = "0123456789ABCDEF"
	for _, c := range b {
		s.WriteByte(hex[c>>4])
		s.WriteByte(hex[c&0xF])
	}
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
