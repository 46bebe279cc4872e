package zvt

import (
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Charset is a character set for receipts and displays: the values of TLV tag 14, P015 page 157.
type Charset byte

// The character sets. 02 to 0A, 0D, 0E and 10 are the parts of ISO 8859 with these numbers.
const (
	CP437  Charset = 0xFF // every terminal has it, and uses it unless another one was agreed
	ASCII  Charset = 0x00
	Latin1 Charset = 0x01 // ISO 8859-1
	Latin9 Charset = 0x0F // ISO 8859-15
	UTF8   Charset = 0xFE
)

// table gives the characters of a set with one byte a character; nil for UTF8 and for what is unknown.
func (c Charset) table() *charmap.Charmap {
	switch c {
	case CP437, ASCII: // what ASCII lacks is nobody's: read it as the set that terminals have anyway
		return charmap.CodePage437
	case Latin1:
		return charmap.ISO8859_1
	case 0x02:
		return charmap.ISO8859_2
	case 0x03:
		return charmap.ISO8859_3
	case 0x04:
		return charmap.ISO8859_4
	case 0x05:
		return charmap.ISO8859_5
	case 0x06:
		return charmap.ISO8859_6
	case 0x07:
		return charmap.ISO8859_7
	case 0x08:
		return charmap.ISO8859_8
	case 0x09:
		return charmap.ISO8859_9
	case 0x0A:
		return charmap.ISO8859_10
	case 0x0D:
		return charmap.ISO8859_13
	case 0x0E:
		return charmap.ISO8859_14
	case Latin9:
		return charmap.ISO8859_15
	case 0x10:
		return charmap.ISO8859_16
	}
	return nil
}

// known tells whether texts in this set can be read.
func (c Charset) known() bool { return c == UTF8 || c.table() != nil }

// write appends a text to dst, without padding at its end.
func (c Charset) write(dst *strings.Builder, b []byte) {
	for len(b) > 0 && (b[len(b)-1] == 0 || b[len(b)-1] == ' ') {
		b = b[:len(b)-1]
	}
	if c == UTF8 {
		dst.WriteString(strings.ToValidUTF8(string(b), "?"))
		return
	}
	table := c.table()
	if table == nil || (c == CP437 && western(b)) {
		table = charmap.ISO8859_1
	}
	for _, x := range b {
		if x < 0x80 {
			dst.WriteByte(x)
		} else {
			dst.WriteRune(table.DecodeByte(x))
		}
	}
}

func (c Charset) text(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	c.write(&s, b)
	return s.String()
}

// western tells whether a text that should be in code page 437 is in ISO 8859-1: some terminals print so without asking. There, a German letter
// stands beside another letter; in code page 437 these bytes are frames and Greek. And 80 to 9F, the letters of 437, print nothing there.
func western(b []byte) bool {
	letter := func(i int) bool { return i >= 0 && i < len(b) && (b[i]|0x20 >= 'a' && b[i]|0x20 <= 'z') }
	found := false
	for i, x := range b {
		switch {
		case x >= 0x80 && x <= 0x9F:
			return false
		case x == 0xC4 || x == 0xD6 || x == 0xDC || x == 0xE4 || x == 0xF6 || x == 0xFC || x == 0xDF:
			found = found || letter(i-1) || letter(i+1)
		}
	}
	return found
}

// Encode writes a text in code page 437; what it lacks becomes a question mark.
func Encode(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := charmap.CodePage437.EncodeRune(r)
		if !ok {
			b = '?'
		}
		out = append(out, b)
	}
	return out
}
