package escpos

import "encoding/binary"

const (
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
	dle = 0x10
	eot = 0x04
	enq = 0x05
	dc4 = 0x14
	lf  = 0x0A
)

// Commands with fixed bytes. They are functions because a slice could be written to.
func reset() []byte      { return []byte{esc, '@'} }
func noKanji() []byte    { return []byte{fs, '.'} }
func clearAll() []byte   { return []byte{dle, dc4, 8, 1, 3, 20, 1, 6, 2, 8} }    // empties receive and print buffer, in real time
func recovered() []byte  { return []byte{dle, enq, 2} }                          // the cause of an error is gone: forget the buffers and go on
func askPaper() []byte   { return []byte{gs, 'r', 1} }                           // answered in turn, after what stands before it
func qrModel2() []byte   { return []byte{gs, '(', 'k', 4, 0, '1', 'A', '2', 0} } // function 165
func qrPrint() []byte    { return []byte{gs, '(', 'k', 3, 0, '1', 'Q', '0'} }    // function 181
func cutPartial() []byte { return []byte{gs, 'V', 'B', 0} }                      // feeds to the knife, leaves one point

// asbAll asks for the status by itself when the printer goes offline, an error occurs, or the paper's sensors change (GS a, bits 1 to 3).
const asbAll = 0x0E

// automatic switches the status that the printer sends by itself; 0 is none.
func automatic(n byte) []byte { return []byte{gs, 'a', n} }

// ask is the real-time status request DLE EOT n.
func ask(n byte) []byte { return []byte{dle, eot, n} }

// askProcess asks for id as soon as all that stands before it is printed (GS ( H, function 48). Its bytes are from 20h to 7Eh.
func askProcess(id [4]byte) []byte { return append([]byte{gs, '(', 'H', 6, 0, '0', '0'}, id[:]...) }

// askName asks for the printer's maker (66) or model (67).
func askName(n byte) []byte { return []byte{gs, 'I', n} }

func codePage(n byte) []byte { return []byte{esc, 't', n} }

// qrStore puts the code's data into the printer's symbol memory (function 180).
func qrStore(data string) []byte {
	b := []byte{gs, '(', 'k', 0, 0, '1', 'P', '0'}
	binary.LittleEndian.PutUint16(b[3:], uint16(len(data)+3))
	return append(b, data...)
}

func qrModule(dots int) []byte { return []byte{gs, '(', 'k', 3, 0, '1', 'C', byte(dots)} } // function 167
func qrLevelM() []byte         { return []byte{gs, '(', 'k', 3, 0, '1', 'E', '1'} }        // function 169

// raster prints a picture of one bit a dot (GS v 0); width is a multiple of 8, and bits has width/8*height bytes.
func raster(width, height int, bits []byte) []byte {
	b := []byte{gs, 'v', '0', 0, 0, 0, 0, 0}
	binary.LittleEndian.PutUint16(b[4:], uint16(width/8))
	binary.LittleEndian.PutUint16(b[6:], uint16(height))
	return append(b, bits...)
}

// onOff gives ESC or GS commands whose only argument is whether something is on.
func onOff(lead, op byte, on bool) []byte {
	if on {
		return []byte{lead, op, 1}
	}
	return []byte{lead, op, 0}
}
