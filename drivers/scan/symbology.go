package scan

// Symbology is the kind of a code as ISO/IEC 15424 writes it. The zero value says that the scanner did not tell.
type Symbology struct {
	Letter   byte // Q is QR Code
	Modifier byte // what the reader did or found; its meaning depends on the letter
}

// names has the letters of ISO/IEC 15424:2008, table 1, but Y, which has identifiers of any length.
func names(letter byte) string {
	switch letter {
	case 'A':
		return "Code 39"
	case 'B':
		return "Telepen"
	case 'C':
		return "Code 128"
	case 'D':
		return "Code One"
	case 'E':
		return "EAN/UPC"
	case 'F':
		return "Codabar"
	case 'G':
		return "Code 93"
	case 'H':
		return "Code 11"
	case 'I':
		return "Interleaved 2 of 5"
	case 'J':
		return "DotCode"
	case 'K':
		return "Code 16K"
	case 'L':
		return "PDF417"
	case 'M':
		return "MSI"
	case 'N':
		return "Anker"
	case 'O':
		return "Codablock"
	case 'P':
		return "Plessey"
	case 'Q':
		return "QR Code"
	case 'R', 'S':
		return "Straight 2 of 5"
	case 'T':
		return "Code 49"
	case 'U':
		return "MaxiCode"
	case 'X':
		return "other bar code"
	case 'Z':
		return "no bar code"
	case 'c':
		return "Channel Code"
	case 'd':
		return "Data Matrix"
	case 'e':
		return "GS1 DataBar"
	case 'h':
		return "Han Xin"
	case 'o':
		return "OCR"
	case 'p':
		return "PosiCode"
	case 's':
		return "SuperCode"
	case 'z':
		return "Aztec"
	}
	return ""
}

// String gives the name of the kind, "" if it is not known.
func (s Symbology) String() string { return names(s.Letter) }

// ID gives the identifier as scanners send it, such as "]Q3", "" if it is not known.
func (s Symbology) ID() string {
	if s.Letter == 0 {
		return ""
	}
	return string([]byte{']', s.Letter, s.Modifier})
}

// GS1 tells whether the data follow GS1's rules: EAN, GS1-128, GS1 DataBar, and those whose FNC1 stands in first position.
func (s Symbology) GS1() bool {
	switch s.Letter {
	case 'E', 'e':
		return true
	case 'C', 'J', 'I':
		return s.Modifier == '1'
	case 'Q':
		return s.Modifier == '3' || s.Modifier == '4'
	case 'd':
		return s.Modifier == '2' || s.Modifier == '5'
	}
	return false
}

// switches tells whether the code may switch its character set, so that backslashes are not what they look like.
func (s Symbology) switches() bool {
	switch s.Letter {
	case 'Q':
		return s.Modifier == '2' || s.Modifier == '4' || s.Modifier == '6'
	case 'd':
		return s.Modifier >= '4' && s.Modifier <= '6'
	case 'z':
		return s.Modifier >= '3' && s.Modifier <= '5' || s.Modifier == '9' || s.Modifier == 'A' || s.Modifier == 'B'
	case 'L', 'h':
		return s.Modifier == '1'
	}
	return false
}

// identify cuts an AIM identifier off the front. What only looks like one stays.
func identify(b []byte) (Symbology, []byte) {
	if len(b) < 3 || b[0] != ']' || names(b[1]) == "" {
		return Symbology{}, b
	}
	if m := b[2]; (m < '0' || m > '9') && (m < 'A' || m > 'Z') && (m < 'a' || m > 'z') {
		return Symbology{}, b
	}
	return Symbology{b[1], b[2]}, b[3:]
}
