package girocode

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Charset is how the letters of a payload are written: the digit of its third line.
type Charset int

// The character sets of EPC069-12.
const (
	UTF8       Charset = 1
	ISO8859_1  Charset = 2
	ISO8859_2  Charset = 3
	ISO8859_4  Charset = 4
	ISO8859_5  Charset = 5
	ISO8859_7  Charset = 6
	ISO8859_10 Charset = 7
	ISO8859_15 Charset = 8
)

// name is empty for what is no character set.
func (c Charset) name() string {
	if c < UTF8 || c > ISO8859_15 {
		return ""
	}
	return [...]string{"UTF-8", "ISO 8859-1", "ISO 8859-2", "ISO 8859-4", "ISO 8859-5", "ISO 8859-7", "ISO 8859-10", "ISO 8859-15"}[c-UTF8]
}

// String gives the name of the standard.
func (c Charset) String() string {
	if n := c.name(); n != "" {
		return n
	}
	return "unknown character set"
}

func (c Charset) table() *charmap.Charmap {
	switch c {
	case ISO8859_1:
		return charmap.ISO8859_1
	case ISO8859_2:
		return charmap.ISO8859_2
	case ISO8859_4:
		return charmap.ISO8859_4
	case ISO8859_5:
		return charmap.ISO8859_5
	case ISO8859_7:
		return charmap.ISO8859_7
	case ISO8859_10:
		return charmap.ISO8859_10
	case ISO8859_15:
		return charmap.ISO8859_15
	}
	return nil
}

// write gives the text's bytes in the character set, or the line with the first letter that it does not have.
func (c Charset) write(text string) (b []byte, badLine int) {
	table, line := c.table(), 1
	if table == nil {
		if !utf8.ValidString(text) {
			return nil, badUTF8(text)
		}
		return []byte(text), 0
	}
	b = make([]byte, 0, len(text))
	for _, r := range text {
		if r == '\n' {
			line++
		}
		one, ok := table.EncodeRune(r)
		if !ok {
			return nil, line
		}
		b = append(b, one)
	}
	return b, 0
}

// read gives the text of bytes in the character set, or the line with the first byte that is no letter in it.
func (c Charset) read(b []byte) (text string, badLine int) {
	table, line := c.table(), 1
	if table == nil {
		if !utf8.Valid(b) {
			return "", badUTF8(string(b))
		}
		return string(b), 0
	}
	var s strings.Builder
	for _, one := range b {
		if one == '\n' {
			line++
		}
		r := table.DecodeByte(one)
		if r == utf8.RuneError {
			return "", line
		}
		s.WriteRune(r)
	}
	return s.String(), 0
}

func badUTF8(s string) int {
	for at := 0; at < len(s); {
		r, n := utf8.DecodeRuneInString(s[at:])
		if r == utf8.RuneError && n == 1 {
			return 1 + strings.Count(s[:at], "\n")
		}
		at += n
	}
	return 0
}
