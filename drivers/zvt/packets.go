package zvt

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Command is an APDU's control field: class and instruction of a command, or CCRC and APRC of an answer.
type Command uint16

// The commands of P015 chapter 14 that a terminal at a counter needs.
const (
	Enquire       Command = 0x0501 // status enquiry
	Register      Command = 0x0600
	Authorise     Command = 0x0601
	LogOff        Command = 0x0602
	Repeat        Command = 0x0620 // repeat receipt
	Reversal      Command = 0x0630
	EndOfDay      Command = 0x0650
	Abort         Command = 0x06B0 // by the till
	SetClock      Command = 0x0401 // by the terminal
	StatusInfo    Command = 0x040F // by the terminal
	Intermediate  Command = 0x04FF // by the terminal
	Completion    Command = 0x060F // by the terminal
	Aborted       Command = 0x061E // by the terminal
	PrintLine     Command = 0x06D1 // by the terminal
	PrintBlock    Command = 0x06D3 // by the terminal
	Acknowledge   Command = 0x8000
	AcknowledgeB  Command = 0x8400 // means the same as 80 00
	refusalPrefix Command = 0x8400 // 84 xx, xx not 00
)

// Refuse is the negative answer 84 xx.
func Refuse(code byte) Command { return refusalPrefix | Command(code) }

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

// ErrPacket says that bytes do not follow P015 or P016.
var ErrPacket = errors.New("zvt: malformed packet")

// MaxData is the longest data block (P016 5.2.4).
const MaxData = 65535

// APDU is one message: a control field and its data block (P016 5.2.1).
type APDU struct {
	Command Command
	Data    []byte
}

// Append writes the message as it goes over TCP.
func (a APDU) Append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(a.Command))
	if n := len(a.Data); n < 0xFF {
		dst = append(dst, byte(n))
	} else {
		dst = append(dst, 0xFF, byte(n), byte(n>>8))
	}
	return append(dst, a.Data...)
}

// ParseAPDU reads the message at the beginning of b. n is its length; 0 means that more bytes are needed. The message shares b's memory.
func ParseAPDU(b []byte) (a APDU, n int) {
	if len(b) < 3 {
		return APDU{}, 0
	}
	a.Command = Command(binary.BigEndian.Uint16(b))
	size, head := int(b[2]), 3
	if size == 0xFF {
		if len(b) < 5 {
			return APDU{}, 0
		}
		size, head = int(binary.LittleEndian.Uint16(b[3:])), 5
	}
	if len(b) < head+size {
		return APDU{}, 0
	}
	a.Data = b[head : head+size : head+size]
	return a, head + size
}

// The signs of the serial transport protocol (P016 1.2).
const (
	dle = 0x10
	stx = 0x02
	etx = 0x03
	// ACK is the one byte that says: arrived.
	ACK = 0x06
	// NAK is the one byte that says: once more.
	NAK = 0x15
)

// AppendFrame writes a message as it goes over a serial line (P016 3.1).
func AppendFrame(dst []byte, a APDU) []byte {
	plain := a.Append(nil)
	dst = append(dst, dle, stx)
	for _, b := range plain {
		if dst = append(dst, b); b == dle {
			dst = append(dst, dle)
		}
	}
	sum := crc(append(plain, etx))
	return append(dst, dle, etx, byte(sum), byte(sum>>8))
}

// crc is the checksum of P016 3.3 over the undoubled APDU and ETX, start 0. The document's polynomial x16+x15+x10+x3 is 8408, that of
// CRC-16/KERMIT: x16+x12+x5+1 with the lowest bit first.
func crc(b []byte) uint16 {
	var sum uint16
	for _, c := range b {
		sum ^= uint16(c)
		for range 8 {
			if sum&1 != 0 {
				sum = sum>>1 ^ 0x8408
			} else {
				sum >>= 1
			}
		}
	}
	return sum
}

// Event is what a byte on a serial line completed.
type Event int

const (
	More     Event = iota // nothing yet
	Framed                // a good message
	Damaged               // a message that has to be answered with NAK
	Positive              // ACK
	Negative              // NAK
)

// Deframer finds messages in what arrives on a serial line. Noise between messages is skipped. The zero value is ready.
type Deframer struct {
	state int
	body  []byte
	sum   byte
}

const (
	between = iota
	opening // DLE seen between messages
	inside
	escape // DLE seen inside
	sumLow
	sumHigh
)

// Inside tells whether a message has begun and not ended: the next byte is due within T1.
func (d *Deframer) Inside() bool { return d.state > opening }

// Reset drops a message that has begun.
func (d *Deframer) Reset() { d.state, d.body = between, nil }

// Push takes the next byte. With Framed it gives the message, which owns its memory.
func (d *Deframer) Push(b byte) (Event, APDU) {
	switch d.state {
	case between:
		switch b {
		case ACK:
			return Positive, APDU{}
		case NAK:
			return Negative, APDU{}
		case dle:
			d.state = opening
		}
	case opening:
		switch b {
		case stx:
			d.state, d.body = inside, nil
		case dle:
		default:
			d.state = between
		}
	case inside:
		if b == dle {
			d.state = escape
			break
		}
		d.body = append(d.body, b)
	case escape:
		switch b {
		case dle:
			d.state = inside
			d.body = append(d.body, dle)
		case etx:
			d.state = sumLow
		case stx: // the end of the message before got lost: this is a new one
			d.state, d.body = inside, nil
		default:
			d.Reset()
			return Damaged, APDU{}
		}
	case sumLow:
		d.sum, d.state = b, sumHigh
	case sumHigh:
		body, want := d.body, uint16(d.sum)|uint16(b)<<8
		d.Reset()
		a, n := ParseAPDU(body)
		if n == 0 || n != len(body) || crc(append(body, etx)) != want {
			return Damaged, APDU{}
		}
		return Framed, a
	}
	if len(d.body) > MaxData+5 {
		d.Reset()
		return Damaged, APDU{}
	}
	return More, APDU{}
}

// AppendBCD writes n with two digits a byte, in size bytes. Digits that do not fit are lost: check the range before.
func AppendBCD(dst []byte, n int64, size int) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, size)...)
	for i := at + size - 1; i >= at; i-- {
		dst[i] = byte(n%10) | byte(n/10%10)<<4
		n /= 100
	}
	return dst
}

// BCD reads a number with two digits a byte, at most nine bytes.
func BCD(b []byte) (int64, error) {
	if len(b) > 9 {
		return 0, fmt.Errorf("%w: number of %d bytes", ErrPacket, len(b))
	}
	var n int64
	for _, c := range b {
		if c>>4 > 9 || c&0xF > 9 {
			return 0, fmt.Errorf("%w: not a decimal digit", ErrPacket)
		}
		n = n*100 + int64(c>>4)*10 + int64(c&0xF)
	}
	return n, nil
}
