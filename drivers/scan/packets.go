package scan

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Code is what a scanner read.
type Code struct {
	// Bytes is what the code holds, without anything that the scanner added. Payloads that name their own character set are read from here.
	Bytes []byte
	// Symbology is the kind of code, if the scanner tells.
	Symbology Symbology
	text      string
}

// Text is the code for people and for everything that is plain ASCII: UTF-8, whatever the code was written in.
func (c Code) Text() string { return c.text }

// Parse reads what a scanner sent for one code, without its end: an AIM identifier unless plain, switches of the character set if that says so,
// and the code.
func Parse(sent []byte, plain bool) Code {
	var c Code
	if !plain {
		c.Symbology, sent = identify(sent)
	}
	if !c.Symbology.switches() {
		c.Bytes = bytes.Clone(sent)
		c.text = readable(sent)
		return c
	}
	var text strings.Builder
	part, set := []byte{}, -1
	end := func() {
		c.Bytes = append(c.Bytes, part...)
		text.WriteString(letters(part, set))
		part = part[:0]
	}
	for i := 0; i < len(sent); i++ {
		switch n, is := eci(sent[i:]); {
		case is:
			end()
			set = n
			i += 6
		case sent[i] == '\\' && i+1 < len(sent) && sent[i+1] == '\\':
			part = append(part, '\\')
			i++
		default:
			part = append(part, sent[i])
		}
	}
	end()
	c.text = text.String()
	return c
}

// eci reads a switch: a backslash and six digits.
func eci(b []byte) (n int, is bool) {
	if len(b) < 7 || b[0] != '\\' {
		return 0, false
	}
	for _, d := range b[1:7] {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int(d-'0')
	}
	return n, true
}

// letters gives the text of bytes in a character set of the ECI register.
func letters(b []byte, set int) string {
	var table *charmap.Charmap
	switch set {
	case 1, 3:
		table = charmap.ISO8859_1
	case 4:
		table = charmap.ISO8859_2
	case 5:
		table = charmap.ISO8859_3
	case 6:
		table = charmap.ISO8859_4
	case 7:
		table = charmap.ISO8859_5
	case 9:
		table = charmap.ISO8859_7
	case 11:
		table = charmap.ISO8859_9
	case 12:
		table = charmap.ISO8859_10
	case 15:
		table = charmap.ISO8859_13
	case 17:
		table = charmap.ISO8859_15
	case 18:
		table = charmap.ISO8859_16
	case 21:
		table = charmap.Windows1250
	case 22:
		table = charmap.Windows1251
	case 23:
		table = charmap.Windows1252
	default:
		return readable(b)
	}
	return decode(table, b)
}

// readable gives the text of bytes of which nothing is known. Scanners hand codes on byte by byte; what is no UTF-8 is in the older Western
// character set.
func readable(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return decode(charmap.Windows1252, b)
}

func decode(table *charmap.Charmap, b []byte) string {
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	for _, c := range b {
		s.WriteRune(table.DecodeByte(c))
	}
	return s.String()
}

const (
	soh = 0x01
	stx = 0x02
	etx = 0x03
	ack = 0x06
	syn = 0x16
	cr  = '\r'
	lf  = '\n'
)

// framer finds the end of a scan, or of an answer to a command, in a stream of bytes.
type framer struct {
	profile Profile
	data    []byte
	framed  bool // STX came first
	tail    int  // 1 after CR, 2 after CR LF, which may be the end
	packet  int  // how long the SSI packet is that is coming in, 0 if none is
}

// begun tells whether something of a scan is here.
func (f *framer) begun() bool { return f.framed || len(f.data) > 0 }

// maybe tells whether silence would end the scan.
func (f *framer) maybe() bool { return f.tail > 0 }

// feed takes a byte. done: the scan or the answer has ended; unread: the byte belongs to the next one.
func (f *framer) feed(b byte) (done, unread bool) {
	switch {
	case f.packet > 0:
		f.data = append(f.data, b)
		return len(f.data) == f.packet, false
	case f.framed:
		if b == etx {
			return true, false
		}
		f.data = append(f.data, b)
		return false, false
	case f.profile == Zebra && !f.begun() && f.tail == 0 && b >= ssiShortest && b <= ssiLongest:
		f.packet, f.data = int(b)+2, append(f.data, b) // no code begins with such a control character
		return false, false
	}
	switch f.tail {
	case 1:
		if b != lf {
			return true, b != etx // a CR with something else behind it was the end
		}
		f.tail = 2
		return false, false
	case 2: // the CR LF stood within the code
		f.data, f.tail = append(f.data, cr, lf), 0
	}
	switch {
	case b == stx && len(bytes.Trim(f.data, "\r\n")) == 0:
		f.framed, f.data = true, f.data[:0]
	case b == cr:
		f.tail = 1
	default:
		f.data = append(f.data, b)
	}
	return false, false
}

// sent is what was scanned, without the ends that a scanner may send in addition.
func (f *framer) sent() []byte { return bytes.Trim(f.data, "\r\n") }

// answer tells whether what has ended is a scanner's answer to a command rather than a code, and whether it is a yes.
func (f *framer) answer() (is, yes bool) {
	switch f.profile {
	case Zebra:
		if f.packet == 0 {
			return false, false
		}
		return true, sumRight(f.data) && f.data[1] == ssiACK
	case Newland:
		if !f.framed || !bytes.HasPrefix(f.data, []byte("\x010000")) {
			return false, false
		}
		return true, bytes.HasSuffix(f.data, []byte{ack, ';'})
	}
	return false, false
}

// again makes the framer ready for the next scan and keeps its memory.
func (f *framer) again() { *f = framer{profile: f.profile, data: f.data[:0]} }
