package zvt

import "fmt"

// Tag names a data object in a TLV container, its one to three bytes read as one number: 0x26, 0x1F07.
type Tag uint32

// The tags of P015 9.4 that the driver reads or writes.
const (
	TagText         Tag = 0x07   // a text line
	TagAttribute    Tag = 0x09   // how a line is printed, and where a receipt ends
	TagCommand      Tag = 0x0A   // a control field
	TagWidth        Tag = 0x12   // characters in a line of the printer
	TagDisplayTexts Tag = 0x24   // holds TagText
	TagPrintTexts   Tag = 0x25   // holds TagText and TagAttribute
	TagCommands     Tag = 0x26   // holds TagCommand
	TagReceiptType  Tag = 0x1F07 // 01 merchant, 02 customer, 03 administration
	TagErrorCode    Tag = 0x1F16 // extended error code
	TagErrorText    Tag = 0x1F17 // extended error text
	TagLongTrace    Tag = 0x1F2B // a trace number of more than six digits; field 0B is 000000 then
)

// TLV is a data object: P015 9.3.
type TLV struct {
	Tag   Tag
	Value []byte
}

// Parts reads the objects inside a constructed one.
func (t TLV) Parts() ([]TLV, error) { return ParseTLV(t.Value) }

// ParseTLV reads a sequence of data objects. The values share b's memory.
func ParseTLV(b []byte) ([]TLV, error) {
	var all []TLV
	for len(b) > 0 {
		tag, n := Tag(b[0]), 1
		if b[0]&0x1F == 0x1F {
			for more := true; more; n++ {
				if n >= len(b) || n > 2 {
					return nil, fmt.Errorf("%w: tag", ErrPacket)
				}
				tag, more = tag<<8|Tag(b[n]), b[n]&0x80 != 0
			}
		}
		size, m, err := tlvLength(b[n:])
		if err != nil {
			return nil, err
		}
		if b = b[n+m:]; size > len(b) {
			return nil, fmt.Errorf("%w: data object of %d bytes, %d left", ErrPacket, size, len(b))
		}
		all = append(all, TLV{tag, b[:size:size]})
		b = b[size:]
	}
	return all, nil
}

// tlvLength reads a length field (P015 9.3.2) and says how many bytes it has.
func tlvLength(b []byte) (size, n int, err error) {
	switch {
	case len(b) >= 1 && b[0] < 0x80:
		return int(b[0]), 1, nil
	case len(b) >= 2 && b[0] == 0x81:
		return int(b[1]), 2, nil
	case len(b) >= 3 && b[0] == 0x82:
		return int(b[1])<<8 | int(b[2]), 3, nil
	}
	return 0, 0, fmt.Errorf("%w: length of a data object", ErrPacket)
}

func appendTLVLength(dst []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n <= 0xFF:
		return append(dst, 0x81, byte(n))
	}
	return append(dst, 0x82, byte(n>>8), byte(n))
}

// AppendTLV writes data objects one after the other.
func AppendTLV(dst []byte, all ...TLV) []byte {
	for _, t := range all {
		switch {
		case t.Tag > 0xFFFF:
			dst = append(dst, byte(t.Tag>>16), byte(t.Tag>>8), byte(t.Tag))
		case t.Tag > 0xFF:
			dst = append(dst, byte(t.Tag>>8), byte(t.Tag))
		default:
			dst = append(dst, byte(t.Tag))
		}
		dst = append(appendTLVLength(dst, len(t.Value)), t.Value...)
	}
	return dst
}

// Container makes the object with the given tag that holds parts.
func Container(tag Tag, parts ...TLV) TLV { return TLV{tag, AppendTLV(nil, parts...)} }

// AppendContainer writes field 06: the TLV container of a message.
func AppendContainer(dst []byte, all ...TLV) []byte {
	inner := AppendTLV(nil, all...)
	return append(appendTLVLength(append(dst, 0x06), len(inner)), inner...)
}
