package zvt

// Tag names a data object in a TLV container, its one to three bytes read as one number: 0x26, 0x1F07.
type Tag uint32

// The tags of P015 9.4 that the driver reads or writes.
const (
	TagText           Tag = 0x07   // a text line
	TagReceiptNumber  Tag = 0x08   // in the list of open reservations
	TagAttribute      Tag = 0x09   // how a line is printed, and where a receipt ends
	TagCommand        Tag = 0x0A   // a control field
	TagWidth          Tag = 0x12   // characters in a line of the printer
	TagExtraResult    Tag = 0x13   // such as Z1 or Y3 with EMV
	TagCharset        Tag = 0x14   // Charset
	TagMaxAPDU        Tag = 0x1A   // longest message
	TagDiagnosis      Tag = 0x1B   // Diagnosis
	TagReservations   Tag = 0x23   // holds TagReceiptNumber
	TagDisplayTexts   Tag = 0x24   // holds TagText
	TagPrintTexts     Tag = 0x25   // holds TagText and TagAttribute
	TagCommands       Tag = 0x26   // holds TagCommand
	TagCharsets       Tag = 0x27   // holds TagCharset
	TagTimestamp      Tag = 0x2E   // holds TagDate and TagTime
	TagClock          Tag = 0x34   // holds TagDate and TagTime: the terminal's
	TagCardType       Tag = 0x41   // card type above 255
	TagLabel          Tag = 0x42   // name of an application
	TagApplicationID  Tag = 0x43   // RID and PIX
	TagPreferredName  Tag = 0x44   // name of an application
	TagUID            Tag = 0x4C   // of a contactless card
	TagApplication    Tag = 0x60   // holds TagCardType or TagApplicationID, and names
	TagStripeList     Tag = 0x61   // holds TagApplication, of a magnetic stripe
	TagChipList       Tag = 0x62   // holds TagApplication, of a chip
	TagDevice         Tag = 0xE4   // holds TagDeviceName, TagSoftware, TagSerial, TagDeviceState
	TagReceiptType    Tag = 0x1F07 // 01 merchant, 02 customer, 03 administration
	TagDate           Tag = 0x1F0E // YYYYMMDD
	TagTime           Tag = 0x1F0F // HHMMSS
	TagTechnology     Tag = 0x1F12 // 00 stripe, 01 chip, 02 contactless
	TagErrorCode      Tag = 0x1F16 // extended error code
	TagErrorText      Tag = 0x1F17 // extended error text
	TagCashback       Tag = 0x1F25 // cents within the amount
	TagLongTrace      Tag = 0x1F2B // a trace number of more than six digits; field 0B is 000000 then
	TagTip            Tag = 0x1F36 // cents within the amount
	TagReceiptInfo    Tag = 0x1F37 // bits: 01 good, 02 wants a signature, 04 failed, 80 has to be printed
	TagDeviceName     Tag = 0x1F40
	TagSoftware       Tag = 0x1F41
	TagSerial         Tag = 0x1F42
	TagDeviceState    Tag = 0x1F43
	TagTerminalID     Tag = 0x1F44
	TagTechnologies   Tag = 0x1F60 // bits: 01 stripe, 02 chip, 04 contactless
	TagAgeResult      Tag = 0x1F6C // 00 too young, 01 old enough, 02 and 03 cannot tell
	TagAge            Tag = 0x1F6B // least age in years
	TagRecognisedTags Tag = 0x1F71 // tags that the terminal reads
)

// TLV is a data object: P015 9.3.
type TLV struct {
	Tag   Tag
	Value []byte
}

// Parts reads the objects inside a constructed one.
func (t TLV) Parts() ([]TLV, error) { return ParseTLV(t.Value) }

// Constructed tells whether the object holds objects: bit 6 of its tag's first byte.
func (t TLV) Constructed() bool { return t.Tag.first()&0x20 != 0 }

func (t Tag) first() byte {
	for t > 0xFF {
		t >>= 8
	}
	return byte(t)
}

// nextTLV reads the object at b[at]; after is where the next one begins. base is added to the place in an error.
func nextTLV(b []byte, at, base int) (t TLV, value, after int, err error) {
	start, n := at, 1
	tag := Tag(b[at])
	if b[at]&0x1F == 0x1F {
		for more := true; more; n++ {
			if at+n >= len(b) || n > 2 {
				return t, 0, 0, broken(base+start, "tag")
			}
			c := b[at+n]
			tag, more = tag<<8|Tag(c), c&0x80 != 0 && !oddTag(tag<<8|Tag(c))
		}
	}
	size, m, err := tlvLength(b[at+n:], base+at+n)
	if err != nil {
		return t, 0, 0, err
	}
	value = at + n + m
	if size > len(b)-value {
		return t, 0, 0, broken(base+start, "data object of %d bytes, %d left", size, len(b)-value)
	}
	return TLV{tag, b[value : value+size : value+size]}, value, value + size, nil
}

// oddTag tells of the tags 1F80 to 1F83: P015 9.4.1 (page 155) gives them two bytes, though by its own 9.3.1 their second byte announces a third.
func oddTag(t Tag) bool { return t >= 0x1F80 && t <= 0x1F83 }

// ParseTLV reads a sequence of data objects. With an error it gives those before the place where b stops making sense. The values share b's
// memory.
func ParseTLV(b []byte) ([]TLV, error) { return parseTLV(b, 0) }

func parseTLV(b []byte, base int) (all []TLV, err error) {
	n := 0
	for at := 0; at < len(b) && err == nil; {
		if _, _, at, err = nextTLV(b, at, base); err == nil {
			n++
		}
	}
	if n > 0 {
		all = make([]TLV, n)
	}
	for i, at := 0, 0; i < n; i++ {
		all[i], _, at, _ = nextTLV(b, at, base) // read well just now
	}
	return all, err
}

// find gives the first object with a tag in b, which holds objects; false also where b cannot be read.
func find(b []byte, tag Tag) ([]byte, bool) {
	for at := 0; at < len(b); {
		t, _, after, err := nextTLV(b, at, 0)
		if err != nil {
			return nil, false
		}
		if t.Tag == tag {
			return t.Value, true
		}
		at = after
	}
	return nil, false
}

// tlvLength reads a length field (P015 9.3.2) and says how many bytes it has. at is its place, for the error.
func tlvLength(b []byte, at int) (size, n int, err error) {
	switch {
	case len(b) >= 1 && b[0] < 0x80:
		return int(b[0]), 1, nil
	case len(b) >= 2 && b[0] == 0x81:
		return int(b[1]), 2, nil
	case len(b) >= 3 && b[0] == 0x82:
		return int(b[1])<<8 | int(b[2]), 3, nil
	}
	return 0, 0, broken(at, "length of a data object")
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
