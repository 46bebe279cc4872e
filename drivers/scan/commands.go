package scan

// Profile says whose commands a scanner understands; see the package's documentation for what is known of them.
type Profile string

// The makers whose commands are known.
const (
	Plain     Profile = "" // no commands: the scanner reads by itself, or when somebody pulls its trigger
	Honeywell Profile = "honeywell"
	Zebra     Profile = "zebra"
	Datalogic Profile = "datalogic"
	Newland   Profile = "newland"
)

// Profiles lists all but Plain.
func Profiles() []Profile { return []Profile{Honeywell, Zebra, Datalogic, Newland} }

// order is something that a scanner is told to do.
type order int

const (
	light order = iota
	darken
	beep
)

// bytes gives the order in the maker's words, nil where they are not known.
func (p Profile) bytes(o order) []byte {
	switch p {
	case Honeywell:
		switch o {
		case light:
			return []byte{syn, 'T', cr}
		case darken:
			return []byte{syn, 'U', cr}
		}
	case Zebra:
		switch o {
		case light:
			return ssi(ssiStartDecode)
		case darken:
			return ssi(ssiStopDecode)
		case beep:
			return ssi(ssiBeep, 0) // one short high tone
		}
	case Datalogic:
		return [][]byte{{'T'}, {'X'}, {'B'}}[o]
	case Newland:
		switch o {
		case light:
			return []byte("~\x010000#SCNTRG1;\x03")
		case darken:
			return []byte("~\x010000#SCNTRG0;\x03")
		}
	}
	return nil
}

// answers tells whether the maker's scanners answer commands.
func (p Profile) answers() bool { return p == Zebra || p == Newland }

// SSI's opcodes, and the lengths of answers to commands: CMD_ACK has 4 bytes, CMD_NAK 5, before the two of the checksum.
const (
	ssiHost        = 0x04
	ssiACK         = 0xD0
	ssiStartDecode = 0xE4
	ssiStopDecode  = 0xE5
	ssiBeep        = 0xE6
	ssiShortest    = 4
	ssiLongest     = 6
)

// ssi makes a packet from the host: length, opcode, source, status, data, checksum with its high byte first.
func ssi(opcode byte, data ...byte) []byte {
	b := append([]byte{byte(4 + len(data)), opcode, ssiHost, 0}, data...)
	s := sum(b)
	return append(b, byte(s>>8), byte(s))
}

// sum is the two's complement of the sum of all bytes.
func sum(b []byte) uint16 {
	var s uint16
	for _, c := range b {
		s += uint16(c)
	}
	return -s
}

func sumRight(packet []byte) bool {
	n := len(packet) - 2
	return n >= 4 && sum(packet[:n]) == uint16(packet[n])<<8|uint16(packet[n+1])
}
