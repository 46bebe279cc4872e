package escpos

import (
	"encoding/binary"
	"errors"
)

const (
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
	dle = 0x10
	eot = 0x04
	dc4 = 0x14
	lf  = 0x0A
)

// Commands with fixed bytes.
var (
	reset      = []byte{esc, '@'}
	noKanji    = []byte{fs, '.'}
	noASB      = []byte{gs, 'a', 0}                           // no status that was not asked for
	clearAll   = []byte{dle, dc4, 8, 1, 3, 20, 1, 6, 2, 8}    // empties receive and print buffer, in real time
	askPaper   = []byte{gs, 'r', 1}                           // answered in turn, after what stands before it
	qrModel2   = []byte{gs, '(', 'k', 4, 0, '1', 'A', '2', 0} // function 165
	qrPrint    = []byte{gs, '(', 'k', 3, 0, '1', 'Q', '0'}    // function 181
	cutPartial = []byte{gs, 'V', 'B', 0}                      // feeds to the knife, leaves one point
	clearedOK  = [3]byte{0x37, 0x25, 0x00}                    // the answer to clearAll, where a printer gives one
)

func codePage(n byte) []byte { return []byte{esc, 't', n} }
func align(n byte) []byte    { return []byte{esc, 'a', n} } // 0 left, 1 centre
func emphasis(on bool) []byte {
	if on {
		return []byte{esc, 'E', 1}
	}
	return []byte{esc, 'E', 0}
}

// size chooses how many times wider and taller than normal letters are, 1 to 8.
func size(wide, tall int) []byte { return []byte{gs, '!', byte(wide-1)<<4 | byte(tall-1)} }

func qrModule(dots int) []byte { return []byte{gs, '(', 'k', 3, 0, '1', 'C', byte(dots)} } // function 167
func qrLevelM() []byte         { return []byte{gs, '(', 'k', 3, 0, '1', 'E', '1'} }        // function 169

// feedDots prints what is in the line and feeds by n dots (ESC J).
func feedDots(n byte) []byte { return []byte{esc, 'J', n} }

// qrStore puts the code's data into the printer's symbol memory (function 180).
func qrStore(data []byte) []byte {
	b := []byte{gs, '(', 'k', 0, 0, '1', 'P', '0'}
	binary.LittleEndian.PutUint16(b[3:], uint16(len(data)+3))
	return append(b, data...)
}

// raster prints a picture of one bit a dot (GS v 0); width is a multiple of 8.
func raster(width, height int, bits []byte) []byte {
	b := []byte{gs, 'v', '0', 0, 0, 0, 0, 0}
	binary.LittleEndian.PutUint16(b[4:], uint16(width/8))
	binary.LittleEndian.PutUint16(b[6:], uint16(height))
	return append(b, bits...)
}

// ask is the real-time status request DLE EOT n.
func ask(n byte) []byte { return []byte{dle, eot, n} }

// Status is what a printer says about itself.
type Status struct {
	Offline   bool // it takes no print data now, for whatever reason
	CoverOpen bool
	PaperOut  bool // the paper has ended
	PaperLow  bool // the paper is near its end
	Failed    bool // cutter or another part reports an error
}

// ErrGarbled says that what came back is no answer of an ESC/POS printer: another device, or another speed of the line.
var ErrGarbled = errors.New("escpos: answer is not ESC/POS")

// realTime tells whether b can be an answer to DLE EOT: bits 1 and 4 are set, bits 0 and 7 are not. Answers to GS r have bit 4 clear.
func realTime(b byte) bool { return b&0x93 == 0x12 }

// inTurn tells whether b can be an answer to GS r: bits 4 and 7 are clear.
func inTurn(b byte) bool { return b&0x90 == 0 }

// read adds the answer b to DLE EOT n.
func (s *Status) read(n, b byte) error {
	if !realTime(b) {
		return ErrGarbled
	}
	switch n {
	case 1:
		s.Offline = b&0x08 != 0
	case 2:
		s.CoverOpen = b&0x04 != 0
		s.PaperOut = s.PaperOut || b&0x20 != 0
		s.Failed = b&0x40 != 0
	case 4:
		s.PaperLow = b&0x0C != 0
		s.PaperOut = s.PaperOut || b&0x60 != 0
	}
	return nil
}

// paperEnded reads the answer to GS r 1.
func paperEnded(b byte) bool { return b&0x0C != 0 }
