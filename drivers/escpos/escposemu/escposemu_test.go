package escposemu

import (
	"bytes"
	"context"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/escpos"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

func TestOrdersInPiecesAreTheSameOrders(t *testing.T) {
	job := []byte("\x1b@\x1c.\x1bt\x13\x1ba\x01\x1bE\x01Gr\x81\xe1e\n\x1bE\x00\x1d!\x11gro\x94\n\x1d(k\x04\x001A2\x00\x1d(k\x04\x001P0A\x1d(k\x03\x001Q0\x1dVB\x00\x1dr\x01\x10\x04\x01")
	var whole, pieces []byte
	a, err := New(Opts{})
	if err != nil {
		t.Fatal(err)
	}
	whole, err = a.work(job)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Opts{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range job {
		answer, err := b.work(job[i : i+1])
		if err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, answer...)
	}
	// Status is answered at once, what stands in turn after it: the order of the two may differ, the bytes may not.
	if len(whole) != 2 || len(pieces) != 2 || !bytes.Contains(whole, []byte{0x12}) || !bytes.Contains(pieces, []byte{0x12}) {
		t.Errorf("answers % x and % x", whole, pieces)
	}
	one, two := a.Slips(), b.Slips()
	if len(one) != 1 || len(two) != 1 || !bytes.Equal(one[0].Raw, two[0].Raw) || one[0].Text[0][0] != "Grüße" || two[0].Text[0][1] != "groö" {
		t.Errorf("%+v and %+v", one[0].Text, two[0].Text)
	}
	if a.Unknown()+b.Unknown() != 0 {
		t.Error("orders were not understood")
	}
}

// printed carries out a job on a new printer.
func printed(t *testing.T, o Opts, job string) (*Printer, []byte) {
	t.Helper()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.work([]byte(job))
	if err != nil {
		t.Fatal(err)
	}
	return p, answer
}

// dark counts the black dots of a picture, left and right of its middle.
func dark(img image.Image) (left, right int) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
				if x < (b.Min.X+b.Max.X)/2 {
					left++
				} else {
					right++
				}
			}
		}
	}
	return left, right
}

func TestTheDrawerIsNoted(t *testing.T) {
	for name, order := range map[string]string{"in turn": "\x1bp\x00\x19\xfa", "at once": "\x10\x14\x01\x00\x01"} {
		p, _ := printed(t, Opts{}, "\x1b@Text\n"+order+"\x1dVB\x00")
		s := p.Slips()[0]
		if !slices.Equal(s.Notes, []string{"drawer"}) || !slices.Equal(s.Text[0], []string{"Text"}) {
			t.Errorf("%s: %q, %q", name, s.Notes, s.Text)
		}
	}
}

func TestACodePageThatThePrinterLacksIsSeen(t *testing.T) {
	m30, err := escpos.Named("epson-tm-m30iii")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := printed(t, Opts{Profile: m30}, "\x1b@\x1bt\x10\x80\xd6\n\x1bt\x13\xd5\n\x1dVB\x00")
	if got := p.Slips()[0].Text[0]; !slices.Equal(got, []string{"€Ö", "\uFFFD"}) {
		t.Errorf("%q", got)
	}
}

func TestLettersStandWhereTheyAreTold(t *testing.T) {
	const cut = "\n\x1dVB\x00"
	for name, c := range map[string]struct {
		job         string
		text        string
		left, right bool // is there ink
	}{
		"left":             {"abc", "abc", true, false},
		"right":            {"\x1ba\x02abc", "abc", false, true},
		"absolute":         {"\x1b$\xc8\x00abc", "abc", false, true},
		"relative":         {"a\x1b\\\xc8\x00b", "a                b", true, true},
		"left margin":      {"\x1dL\xc8\x00abc", "abc", false, true},
		"upside down":      {"\x1b{\x01abc", "abc", false, true},
		"tab":              {"a\tb", "a       b", true, false},
		"white on black":   {"\x1dB\x01   ", "   ", true, false},
		"underlined":       {"\x1b-\x02   ", "   ", true, false},
		"picture in line":  {"\x1b*\x21\x02\x00\xff\xff\xff\xff\xff\xff", "", true, false},
		"stored picture":   {"\x1d(L\x0b\x000p0\x01\x011\x08\x00\x01\x00\xff\x1d(L\x02\x0002", "", true, false},
		"raster, wide":     {"\x1ba\x02\x1dv0\x01\x01\x00\x01\x00\xff", "", false, true},
		"function A":       {"\x1dk\x04MI\x00", "", true, false},
		"too wide to draw": {"\x1dw\x06\x1dkI\x14{BABCDEFGHIJKLMNOPQR", "", false, false},
		"katakana's lines": {"\x1bt\x01\x95\x95", "──", true, false},
	} {
		p, _ := printed(t, Opts{Columns: 32}, "\x1b@"+c.job+cut)
		s := p.Slips()
		if len(s) != 1 || len(s[0].Parts) != 1 {
			t.Errorf("%s: %d slips", name, len(s))
			continue
		}
		left, right := dark(s[0].Parts[0])
		if (left > 0) != c.left || (right > 0) != c.right {
			t.Errorf("%s: %d dots left, %d right", name, left, right)
		}
		if got := strings.Join(s[0].Text[0], ""); strings.TrimSuffix(got, "\n") != c.text || p.Unknown() != 0 {
			t.Errorf("%s: %q, %d unknown", name, got, p.Unknown())
		}
	}
}

// Real printers know what they know; the rest they skip and do not answer.
func TestAProfileLimitsWhatThePrinterKnows(t *testing.T) {
	poor := escpos.Profile{Name: "poor", Columns: 32, Dots: 384, Pages: []escpos.Page{{Name: 858, Number: 19}}, Clear: escpos.No}
	ask := "\x1b@\x1da\x0e\x1d(k\x04\x001P0A\x1d(k\x03\x001Q0\x1dk\x04MI\x00\x1d(H\x06\x0000abcd\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
	p, answer := printed(t, Opts{Profile: poor}, ask)
	if len(answer) != 0 || len(p.head.strips) != 0 {
		t.Errorf("it answers % x and draws %d strips", answer, len(p.head.strips))
	}
	p, answer = printed(t, Opts{}, ask)
	want := append([]byte{0x37, 0x25, 0, 0x10, 0, 0, 0, 0x37, 0x22}, "abcd\x00"...)
	if len(p.head.strips) != 0 && !bytes.Equal(answer[:3], want[:3]) { // the buffers are emptied before anything is carried out
		t.Errorf("% x", answer)
	}
	p, answer = printed(t, Opts{}, strings.TrimSuffix(ask, "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"))
	if !bytes.Equal(answer, want[3:]) || len(p.head.strips) != 2 {
		t.Errorf("% x, %d strips", answer, len(p.head.strips))
	}
}

// An emulator that stands around costs nothing: it waits for its line.
func TestAnIdlePrinterOnlyWaits(t *testing.T) {
	p, err := New(Opts{})
	if err != nil {
		t.Fatal(err)
	}
	here, there := port.Pipe()
	waits := &counting{Port: there}
	done := make(chan error, 1)
	go func() { done <- p.Serve(context.Background(), waits) }()
	for range 3 {
		if _, err := here.Write([]byte{0x10, 0x04, 0x01}); err != nil {
			t.Fatal(err)
		}
		var b [1]byte
		if _, err := here.Read(b[:]); err != nil || b[0] != 0x12 {
			t.Fatalf("%02x, %v", b, err)
		}
	}
	here.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if waits.reads > 5 || waits.deadlines != 0 {
		t.Errorf("%d reads, %d deadlines for three questions", waits.reads, waits.deadlines)
	}
}

type counting struct {
	port.Port
	reads, deadlines int
}

func (c *counting) Read(b []byte) (int, error) { c.reads++; return c.Port.Read(b) }

func (c *counting) SetReadDeadline(t time.Time) error {
	if !t.IsZero() {
		c.deadlines++
	}
	return c.Port.SetReadDeadline(t)
}

func TestAPrinterThatLosesItsPowerForgetsItsBuffer(t *testing.T) {
	fault := Dies
	p, err := New(Opts{Fault: func() Fault { return fault }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.work([]byte("\x1b@1\n2\n3\n4\n5\n\x1dVB\x00")); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	fault = None
	if _, err := p.work([]byte("\x1b@6\n\x1dVB\x00")); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range p.Slips() {
		for _, part := range s.Text {
			all = append(all, part...)
		}
	}
	if !slices.Equal(all, []string{"1", "2", "3", "6"}) {
		t.Errorf("%q", all)
	}
}

func FuzzNoBytesBreakThePrinter(f *testing.F) {
	f.Add([]byte("\x1b@Text\n\x1dVB\x00"))
	f.Add([]byte("\x1d(k\x03\x001C\x00\x1d(k\x04\x001P0A\x1d(k\x03\x001Q0\n"))
	f.Add([]byte("\x1dv0\x00\x01\x00\x02\x00\xff\xff\n\x1dVA\x10"))
	f.Add([]byte("\x1d8L\x0b\x00\x00\x000p0\x01\x011\x08\x00\x01\x00\xff\x1d(L\x02\x0002\x1b*\x21\x01\x00abc\x1dk\x08{C\x0c\x00\x1dkI\x04{B12\n"))
	f.Add([]byte("\x1b$\xff\xff\x1b\\\x00\x80\x1dL\xff\xff\x1dW\x00\x00\x1b{\x01\x1b-\x02\x1dB\x01\x1bM\x01\x1d!\x77\x1bp\x00\x01\x02x\t\n"))
	f.Add([]byte("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x10\x04\x04\x1dr\x01\x1d!\x77\x1bd\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 500 { // paper is memory
			return
		}
		p, err := New(Opts{Columns: 8})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.work(b); err != nil {
			t.Fatal(err)
		}
		p.Slips()
	})
}
