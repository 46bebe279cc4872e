package rfid

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Kind is a tag's type as TWN4 numbers them. ID12 readers know EM4102 only.
type Kind byte

// The kinds that are met here; String knows more.
const (
	EM4102    Kind = 0x40 // 125 kHz, also sold as EM4001
	Hitag1    Kind = 0x41
	HIDProx   Kind = 0x49
	MIFARE    Kind = 0x80 // everything of ISO 14443 A: MIFARE, NTAG, bank cards, many phones
	ISO14443B Kind = 0x81
	ISO15693  Kind = 0x82
	Legic     Kind = 0x83
	FeliCa    Kind = 0x85
)

// String gives the kind's name, or its number.
func (k Kind) String() string {
	low := []string{"EM4102", "HITAG 1/S", "HITAG 2", "EM4x50", "T55x7", "ISO FDX-B", "EM4026", "HITAG U", "EM4305", "HID Prox", "ISO HDX", "Cotag", "ioProx",
		"Indala", "NexWatch", "AWID", "G-Prox", "Pyramid", "Keri"}
	high := []string{"ISO 14443 A", "ISO 14443 B", "ISO 15693", "LEGIC", "HID iCLASS", "FeliCa", "SRX", "NFC peer", "Bluetooth"}
	switch {
	case k >= 0x80 && int(k-0x80) < len(high):
		return high[k-0x80]
	case k >= 0x40 && k < 0x80 && int(k-0x40) < len(low):
		return low[k-0x40]
	}
	return fmt.Sprintf("kind %02X", byte(k))
}

// Tag is what a reader found.
type Tag struct {
	ID   []byte // the number; the order of the bytes is the reader's
	Bits int    // how many bits of ID count; less than 8 for each byte with some old kinds
	Kind Kind
}

// Hex gives the number in capital hexadecimal digits, as it is printed on many cards.
func (t Tag) Hex() string { return strings.ToUpper(hex.EncodeToString(t.ID)) }

// Fleeting tells whether the number is a new one each time, so that it names nobody: ISO 14443-3 has numbers of four bytes that begin with 08
// for that, and identity cards and passports use them.
func (t Tag) Fleeting() bool { return t.Kind == MIFARE && len(t.ID) == 4 && t.ID[0] == 0x08 }

func (t Tag) same(o Tag) bool {
	return t.Kind == o.Kind && (string(t.ID) == string(o.ID) || t.Fleeting() && o.Fleeting())
}

// What can be wrong with what a reader says. None of them repeats it.
var (
	ErrChecksum = errors.New("rfid: checksum is wrong")
	ErrFrame    = errors.New("rfid: this is not what a reader says")
)

const (
	stx = 0x02
	etx = 0x03
	cr  = '\r'
	lf  = '\n'
)

// ParseID12 reads what stands between STX and ETX: ten digits, two of the checksum, and CR and LF, which may be left out.
func ParseID12(b []byte) (Tag, error) {
	b = trimEnd(b)
	if len(b) != 12 {
		return Tag{}, fmt.Errorf("%w: %d characters instead of 12", ErrFrame, len(b))
	}
	var raw [6]byte
	if at := unhex(raw[:], b); at >= 0 {
		return Tag{}, fmt.Errorf("%w: no hexadecimal digit at %d", ErrFrame, at)
	}
	if raw[0]^raw[1]^raw[2]^raw[3]^raw[4] != raw[5] {
		return Tag{}, ErrChecksum
	}
	return Tag{ID: append([]byte(nil), raw[:5]...), Bits: 40, Kind: EM4102}, nil
}

func trimEnd(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == cr || b[len(b)-1] == lf) {
		b = b[:len(b)-1]
	}
	return b
}

// unhex reads as many digits as to has room for and gives the place of the first one that is none, -1 if all are good. Small letters are taken.
func unhex(to, digits []byte) (bad int) {
	for i, c := range digits {
		var v byte
		switch {
		case c >= '0' && c <= '9':
			v = c - '0'
		case c >= 'A' && c <= 'F':
			v = c - 'A' + 10
		case c >= 'a' && c <= 'f':
			v = c - 'a' + 10
		default:
			return i
		}
		to[i/2] = to[i/2]<<4 | v
	}
	return -1
}

// id12 finds frames in what an ID12 reader sends.
type id12 struct {
	data [64]byte
	n    int
	in   bool
}

// feed takes a byte and gives a tag or an error when a frame ended. What stands outside of frames is passed over; an STX begins anew.
func (f *id12) feed(b byte) (tag Tag, done bool, err error) {
	switch {
	case b == stx:
		f.in, f.n = true, 0
	case !f.in:
	case b == etx:
		f.in = false
		tag, err = ParseID12(f.data[:f.n])
		return tag, true, err
	case f.n == len(f.data):
		f.in = false
		return Tag{}, true, fmt.Errorf("%w: no end after %d bytes", ErrFrame, f.n)
	default:
		f.data[f.n] = b
		f.n++
	}
	return Tag{}, false, nil
}

// The functions of the Simple Protocol that are used here.
var (
	getVersion = [2]byte{0x00, 0x04}
	configure  = [2]byte{0x04, 0x00}
	setBits    = [2]byte{0x04, 0x02}
	clearBits  = [2]byte{0x04, 0x03}
	sound      = [2]byte{0x04, 0x07}
	searchTag  = [2]byte{0x05, 0x00}
)

// Command writes a line for TWN4: function and parameters in hexadecimal digits, a checksum if the reader wants one, CR.
func Command(crc bool, function [2]byte, params ...byte) []byte {
	raw := append(function[:], params...)
	if crc {
		raw = sum(raw)
	}
	return append([]byte(strings.ToUpper(hex.EncodeToString(raw))), cr)
}

// sum puts the checksum behind a message, low byte first (page 10: CCITT, reversed polynomial 8408, beginning with FFFF).
func sum(raw []byte) []byte {
	crc := uint16(0xFFFF)
	for _, b := range raw {
		b ^= byte(crc)
		b ^= b << 4
		crc = (uint16(b)<<8 | crc>>8) ^ uint16(b>>4) ^ uint16(b)<<3
	}
	return append(raw, byte(crc), byte(crc>>8))
}

// ReaderError is an error of the Simple Protocol (page 9): the reader did not understand.
type ReaderError byte

// Error names the error as the document does.
func (e ReaderError) Error() string {
	names := []string{"", "unknown function", "missing parameter", "unused parameters", "invalid function", "parser"}
	if int(e) < len(names) {
		return "rfid: reader says: " + names[e]
	}
	return fmt.Sprintf("rfid: reader says: error %d", byte(e))
}

// ParseAnswer reads a line of TWN4 without its CR and gives the bytes behind the error byte. A line that tells of an error gives a ReaderError.
func ParseAnswer(line []byte, crc bool) ([]byte, error) {
	if len(line)%2 != 0 || len(line) == 0 {
		return nil, fmt.Errorf("%w: %d digits", ErrFrame, len(line))
	}
	raw := make([]byte, len(line)/2)
	if at := unhex(raw, line); at >= 0 {
		return nil, fmt.Errorf("%w: no hexadecimal digit at %d", ErrFrame, at)
	}
	if crc {
		if len(raw) < 3 {
			return nil, fmt.Errorf("%w: %d bytes have no room for a checksum", ErrFrame, len(raw))
		}
		message := raw[:len(raw)-2]
		if right := sum(append([]byte(nil), message...)); string(right) != string(raw) {
			return nil, ErrChecksum
		}
		raw = message
	}
	if raw[0] != 0 {
		return nil, ReaderError(raw[0])
	}
	return raw[1:], nil
}

// ParseTag reads the answer to SearchTag: whether there is a tag, and which.
func ParseTag(b []byte) (tag Tag, found bool, err error) {
	switch {
	case len(b) == 0:
		return Tag{}, false, fmt.Errorf("%w: empty", ErrFrame)
	case b[0] == 0 && len(b) == 1:
		return Tag{}, false, nil
	case b[0] != 1 || len(b) < 4:
		return Tag{}, false, fmt.Errorf("%w: tag of %d bytes", ErrFrame, len(b))
	case int(b[3]) != len(b)-4:
		return Tag{}, false, fmt.Errorf("%w: number has %d bytes, %d are told", ErrFrame, len(b)-4, b[3])
	case b[3] == 0 || int(b[2]) > 8*int(b[3]) || int(b[2])+7 < 8*int(b[3]):
		return Tag{}, false, fmt.Errorf("%w: %d bits in %d bytes", ErrFrame, b[2], b[3])
	}
	return Tag{Kind: Kind(b[1]), Bits: int(b[2]), ID: append([]byte(nil), b[4:]...)}, true, nil
}

// ParseVersion reads the answer to GetVersionString.
func ParseVersion(b []byte) (string, error) {
	if len(b) == 0 || int(b[0]) != len(b)-1 {
		return "", fmt.Errorf("%w: version of %d bytes", ErrFrame, len(b))
	}
	for i, c := range b[1:] {
		if c < ' ' || c > '~' {
			return "", fmt.Errorf("%w: no letter at %d", ErrFrame, i)
		}
	}
	return string(b[1:]), nil
}
