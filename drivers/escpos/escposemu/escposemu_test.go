package escposemu

import (
	"bytes"
	"testing"
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

func FuzzNoBytesBreakThePrinter(f *testing.F) {
	f.Add([]byte("\x1b@Text\n\x1dVB\x00"))
	f.Add([]byte("\x1d(k\x03\x001C\x00\x1d(k\x04\x001P0A\x1d(k\x03\x001Q0\n"))
	f.Add([]byte("\x1dv0\x00\x01\x00\x02\x00\xff\xff\n\x1dVA\x10"))
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
