package escpos

import (
	"errors"
	"fmt"
)

// Status is what a printer says about itself.
type Status struct {
	Offline   bool // it takes no print data now, for whatever reason
	CoverOpen bool
	PaperOut  bool // the paper has ended
	PaperLow  bool // the paper is near its end
	Failed    bool // cutter or another part reports an error
	Cutter    bool // the error is the cutter's: usually a paper jam
	Fatal     bool // the error does not go away by clearing a jam: the printer has to be switched off
	Passing   bool // the error goes away by itself, such as a print head that is too hot
}

// What can go wrong. They are wrapped with the cause.
var (
	ErrNoPaper   = errors.New("escpos: no paper")
	ErrCoverOpen = errors.New("escpos: cover open")
	ErrFailed    = errors.New("escpos: printer reports an error")
	ErrCutter    = fmt.Errorf("%w: cutter", ErrFailed)
	ErrOffline   = errors.New("escpos: printer is offline")
	ErrSilent    = errors.New("escpos: printer does not answer")
	ErrLost      = errors.New("escpos: line is gone")
	ErrGarbled   = errors.New("escpos: answer is not ESC/POS") // another device, or another speed of the line
)

// Err is what a status means for a job: nil, or the most helpful of ErrCoverOpen, ErrNoPaper, ErrCutter, ErrFailed and ErrOffline.
func (s Status) Err() error {
	switch {
	case s.CoverOpen: // an open cover also hides the paper from its sensor
		return ErrCoverOpen
	case s.PaperOut:
		return ErrNoPaper
	case s.Cutter:
		return ErrCutter
	case s.Failed:
		return ErrFailed
	case s.Offline:
		return ErrOffline
	}
	return nil
}

// stops is what keeps a printer from finishing what it has; what goes away by itself does not.
func (s Status) stops() error {
	if s.Passing && !s.CoverOpen && !s.PaperOut && !s.Cutter && !s.Fatal {
		return nil
	}
	return s.Err()
}

// read adds the answer b to DLE EOT n.
func (s *Status) read(n, b byte) {
	switch n {
	case 1:
		s.Offline = b&0x08 != 0
	case 2:
		s.CoverOpen = b&0x04 != 0
		s.PaperOut = s.PaperOut || b&0x20 != 0
		s.Failed = b&0x40 != 0
	case 3:
		s.Cutter, s.Fatal, s.Passing = b&0x08 != 0, b&0x20 != 0, b&0x40 != 0
	case 4:
		s.PaperLow = b&0x0C != 0
		s.PaperOut = s.PaperOut || b&0x60 != 0
	}
}

// automaticStatus reads the four bytes that a printer sends by itself (GS a).
func automaticStatus(b [4]byte) Status {
	return Status{
		Offline:   b[0]&0x08 != 0,
		CoverOpen: b[0]&0x20 != 0,
		Failed:    b[1]&0x6C != 0,
		Cutter:    b[1]&0x08 != 0,
		Fatal:     b[1]&0x20 != 0,
		Passing:   b[1]&0x40 != 0,
		PaperLow:  b[2]&0x03 != 0,
		PaperOut:  b[2]&0x0C != 0,
	}
}

// answerKind says what an answer belongs to.
type answerKind int

const (
	realTime answerKind = iota // to DLE EOT: one byte
	inTurn                     // to GS r: one byte
	byItself                   // automatic status: four bytes
	block                      // a header, an identifier or text, and NUL: the header first, NUL left out
	garbage                    // one byte that no printer sends at this place
)

// answer is one thing that a printer said.
type answer struct {
	kind  answerKind
	bytes []byte
}

const (
	xon, xoff   = 0x11, 0x13
	headBlock   = 0x37 // answers to DLE DC4 8, GS ( H and others
	headName    = 0x5F // answers to GS I
	idProcess   = 0x22
	idCleared   = 0x25
	longestName = 256 // no block that printers send is nearly as long
)

// cutAnswer takes the first answer off b; n is 0 while it is not complete. Fixed bits tell the answers apart (TM-T88III specification,
// appendix G): 0**1**10 is DLE EOT's, 0**1**00 begins the automatic status, whose other three bytes are 0**0****, as are GS r's. XON and XOFF
// of a serial line may stand anywhere, even inside an answer.
func cutAnswer(b []byte) (a answer, n int) {
	for n < len(b) && (b[n] == xon || b[n] == xoff) {
		n++
	}
	if n == len(b) {
		return answer{}, 0
	}
	first := b[n]
	switch {
	case first&0x93 == 0x12:
		return answer{realTime, b[n : n+1]}, n + 1
	case first&0x90 == 0:
		return answer{inTurn, b[n : n+1]}, n + 1
	case first&0x93 == 0x10:
		return cutRest(byItself, b, n)
	case first == headBlock || first == headName || first == 0x35 || first == 0x3B || first == 0x3D:
		return cutRest(block, b, n)
	}
	return answer{garbage, b[n : n+1]}, n + 1
}

// cutRest reads on where an answer of several bytes begins at start. If what follows does not fit, its first byte alone is garbage.
func cutRest(kind answerKind, b []byte, start int) (answer, int) {
	got := []byte{b[start]}
	for i, c := range b[start+1:] {
		switch {
		case c == xon || c == xoff:
			continue
		case kind == byItself && c&0x90 != 0, kind == block && (c >= 0x80 || c != 0 && c < 0x1F), len(got) > longestName:
			return answer{garbage, b[start : start+1]}, start + 1
		case kind == block && c == 0:
			return answer{block, got}, start + i + 2
		}
		if got = append(got, c); kind == byItself && len(got) == 4 {
			return answer{byItself, got}, start + i + 2
		}
	}
	return answer{}, 0
}

// isProcess tells whether the answer says that the process id is printed.
func (a answer) isProcess(id [4]byte) bool {
	return a.kind == block && len(a.bytes) == 6 && a.bytes[0] == headBlock && a.bytes[1] == idProcess && [4]byte(a.bytes[2:]) == id
}

// isCleared tells whether the answer says that the buffers are empty.
func (a answer) isCleared() bool {
	return a.kind == block && len(a.bytes) == 2 && a.bytes[0] == headBlock && a.bytes[1] == idCleared
}

// paperEnded reads the answer to GS r 1.
func paperEnded(b byte) bool { return b&0x0C != 0 }
