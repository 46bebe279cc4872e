package escpos

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

func TestStatusBytesOfTheReference(t *testing.T) {
	for _, c := range []struct {
		n, b byte
		want Status
	}{
		{1, 0x12, Status{}},
		{1, 0x1A, Status{Offline: true}},
		{2, 0x16, Status{CoverOpen: true}},
		{2, 0x32, Status{PaperOut: true}},
		{2, 0x52, Status{Failed: true}},
		{3, 0x1A, Status{Cutter: true}},
		{3, 0x32, Status{Fatal: true}},
		{3, 0x52, Status{Passing: true}},
		{4, 0x1E, Status{PaperLow: true}},
		{4, 0x72, Status{PaperOut: true}},
		{4, 0x7E, Status{PaperOut: true, PaperLow: true}},
	} {
		var s Status
		if s.read(c.n, c.b); s != c.want {
			t.Errorf("DLE EOT %d, %02X: %+v", c.n, c.b, s)
		}
	}
}

func TestWhatAPrinterReportsByItself(t *testing.T) {
	for said, want := range map[[4]byte]Status{
		{0x10, 0, 0, 0}:              {},
		{0x14, 0, 0, 0x0F}:           {}, // the drawer's switch, and a fourth byte that means nothing
		{0x38, 0, 0, 0}:              {Offline: true, CoverOpen: true},
		{0x18, 0x08, 0, 0}:           {Offline: true, Failed: true, Cutter: true},
		{0x18, 0x20, 0, 0}:           {Offline: true, Failed: true, Fatal: true},
		{0x18, 0x40, 0, 0}:           {Offline: true, Failed: true, Passing: true},
		{0x10, 0, 0x03, 0}:           {PaperLow: true},
		{0x18, 0x00, 0x0F, 0}:        {Offline: true, PaperLow: true, PaperOut: true},
		{0x10, 0x01, 0x00, 0}:        {}, // waiting for the button
		{0x18, 0x04, 0x00, 0x40}:     {Offline: true, Failed: true},
		{0x50, 0x02, 0x60, 0x40}:     {}, // the feed button is pressed; undefined bits
		{0x10 | 0x04, 0, 0, 0x00}:    {},
		{0x38 | 0x40, 0x48, 0x0C, 0}: {Offline: true, CoverOpen: true, Failed: true, Cutter: true, Passing: true, PaperOut: true},
	} {
		if got := automaticStatus(said); got != want {
			t.Errorf("% x: %+v, want %+v", said, got, want)
		}
	}
}

func TestEveryStatusHasTheMostHelpfulError(t *testing.T) {
	for _, c := range []struct {
		s          Status
		err, stops error
	}{
		{Status{}, nil, nil},
		{Status{PaperLow: true}, nil, nil},
		{Status{Offline: true, CoverOpen: true, PaperOut: true, Failed: true}, ErrCoverOpen, ErrCoverOpen},
		{Status{Offline: true, PaperOut: true}, ErrNoPaper, ErrNoPaper},
		{Status{Offline: true, Failed: true, Cutter: true}, ErrCutter, ErrCutter},
		{Status{Offline: true, Failed: true, Fatal: true}, ErrFailed, ErrFailed},
		{Status{Offline: true, Failed: true, Passing: true}, ErrFailed, nil},
		{Status{Offline: true}, ErrOffline, ErrOffline},
	} {
		if !errors.Is(c.s.Err(), c.err) || !errors.Is(c.s.stops(), c.stops) {
			t.Errorf("%+v: %v, %v", c.s, c.s.Err(), c.s.stops())
		}
	}
	if !errors.Is(ErrCutter, ErrFailed) {
		t.Error("a stuck cutter is no error of the printer")
	}
}

// The fixed bits of the TM-T88III specification, appendix G: whoever mixes them up takes "paper low" for "printed".
func TestAnswersAreToldApart(t *testing.T) {
	for said, want := range map[string][]answerKind{
		"12":                              {realTime},
		"7e":                              {realTime},
		"00":                              {inTurn},
		"6f":                              {inTurn},
		"10000000":                        {byItself},
		"1400000f":                        {byItself},
		"1000000000":                      {byItself, inTurn},
		"100300 00 12":                    {byItself, realTime},
		"10 13 00 11 00 00":               {byItself}, // XOFF and XON of a serial line in its middle
		"13 12":                           {realTime},
		"37 25 00":                        {block},
		"37 22 21212122 00 00":            {block, inTurn},
		"37 22 2113212122 00":             {block},
		"5f 4550534f4e 00":                {block},
		"37 23 40 41 00 12":               {block, realTime},
		"ff":                              {garbage},
		"92 12":                           {garbage, realTime},
		"10 12":                           {garbage, realTime}, // an answer that broke off
		"37 12 12":                        {garbage, realTime, realTime},
		"5f " + strings.Repeat("41", 300): nil,
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(said, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		var got []answerKind
		for len(b) > 0 {
			a, n := cutAnswer(b)
			if n == 0 {
				t.Errorf("%s: never ends", said)
				break
			}
			got, b = append(got, a.kind), b[n:]
		}
		if want == nil { // a block without end is no answer, and is not waited for
			if len(got) == 0 || got[0] != garbage {
				t.Errorf("%.20s...: %v", said, got)
			}
			continue
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", said, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", said, got, want)
			}
		}
	}
}

func TestTheAnswersOfTheReference(t *testing.T) {
	a, _ := cutAnswer([]byte{0x37, 0x22, '!', '!', '!', '"', 0})
	if !a.isProcess(processID(1)) || a.isProcess(processID(2)) || a.isCleared() {
		t.Errorf("process id: %+v", a)
	}
	if a, _ = cutAnswer([]byte{0x37, 0x25, 0}); !a.isCleared() || a.isProcess([4]byte{}) {
		t.Errorf("clear response: %+v", a)
	}
	seen := map[[4]byte]bool{}
	for n := range uint32(20000) {
		id := processID(n)
		for _, c := range id {
			if c < 0x20 || c > 0x7E {
				t.Fatalf("process %d: %02X cannot be said", n, c)
			}
		}
		if seen[id] {
			t.Fatalf("process %d has the name of another", n)
		}
		seen[id] = true
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte{0x12, 0x00, 0x10, 0, 0, 0, 0x37, 0x25, 0, 0x13, 0x37, 0x22, 'a', 'b', 'c', 'd', 0, 0xFF})
	f.Add([]byte{0x5F, 'E', 'P', 0x11, 'S', 0, 0x10, 0x10, 0x37})
	f.Fuzz(func(t *testing.T, b []byte) {
		rest := b
		for len(rest) > 0 {
			a, n := cutAnswer(rest)
			if n == 0 {
				break
			}
			if n > len(rest) || len(a.bytes) == 0 || (a.kind == byItself) != (len(a.bytes) == 4 && a.bytes[0]&0x93 == 0x10 && a.kind != block) {
				t.Fatalf("% x: %+v, %d", rest, a, n)
			}
			rest = rest[n:]
		}
		// What comes in pieces is the same.
		here, there := port.Pipe()
		go func() { _, _ = there.Write(b); there.Close() }()
		r := reader{p: here}
		var again []byte
		for {
			a, err := r.next(t.Context(), never)
			if errors.Is(err, ErrLost) {
				break
			}
			again = append(again, a.bytes...)
		}
		var want []byte
		for rest = b; len(rest) > 0; {
			a, n := cutAnswer(rest)
			if n == 0 {
				break
			}
			if a.kind != garbage {
				want = append(want, a.bytes...)
			}
			rest = rest[n:]
		}
		if !bytes.Equal(again, want) {
			t.Fatalf("% x: % x, want % x", b, again, want)
		}
	})
}
