package escpos

import "testing"

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
		{4, 0x1E, Status{PaperLow: true}},
		{4, 0x72, Status{PaperOut: true}},
		{4, 0x7E, Status{PaperOut: true, PaperLow: true}},
	} {
		var s Status
		if err := s.read(c.n, c.b); err != nil || s != c.want {
			t.Errorf("DLE EOT %d, %02X: %+v, %v", c.n, c.b, s, err)
		}
	}
}

func TestNoByteIsTakenForTwoKindsOfAnswer(t *testing.T) {
	for b := range 256 {
		var s Status
		isStatus := s.read(1, byte(b)) == nil
		if isStatus && inTurn(byte(b)) {
			t.Errorf("%02X is an answer to DLE EOT and to GS r", b)
		}
		if isStatus != (b&0x93 == 0x12) {
			t.Errorf("%02X: fixed bits are not checked", b)
		}
	}
}
