package zvt

import "encoding/binary"

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
