package zvtemu_test

import (
	"bytes"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// till is a line whose other end says what it was given and hangs up; what it is told is thrown away.
func till(said []byte) port.Port {
	ours, theirs := port.Pipe()
	_, _ = ours.Write(said) // nobody closed it yet
	_ = ours.Close()
	return theirs
}

// Whoever tries a till on the emulator may send anything: it never takes money without an acknowledged status information.
func FuzzNoTillBreaksTheTerminal(f *testing.F) {
	pay := zvt.APDU{Command: zvt.Authorise, Data: []byte{0x04, 0, 0, 0, 0, 0x30, 0x70, 0x49, 0x09, 0x78}}
	yes := zvt.APDU{Command: zvt.Acknowledge}
	f.Add(pay.Append(nil), false)
	f.Add(zvt.AppendFrame(nil, pay), true)
	for _, a := range []zvt.APDU{
		{Command: zvt.Register, Data: []byte{0, 0, 0, 0xBE, 0x09, 0x78, 0x06, 0x09, 0x12, 0x01, 0x42, 0x26, 0x04, 0x0A, 0x02, 0x06, 0xD3}},
		{Command: zvt.Enquire, Data: []byte{0, 0, 0, 0x03, 0x04}}, {Command: zvt.ReadCard, Data: []byte{0x0F, 0x06, 0x04, 0x1F, 0x15, 0x01, 0x40}},
		{Command: zvt.SetTime, Data: []byte{0, 0, 0, 0xAA, 0x26, 0x11, 0x29, 0x0C, 0x07, 0x05, 0x09}}, {Command: zvt.Repeat, Data: []byte{0, 0, 0, 0x03, 0x03}},
		{Command: zvt.PartialReversal, Data: []byte{0x87, 0xFF, 0xFF}}, {Command: zvt.EndOfDay, Data: []byte{0, 0, 0}}, {Command: zvt.SendTotals, Data: []byte{0, 0, 0}},
		{Command: zvt.Diagnose}, {Command: zvt.Reversal, Data: []byte{0, 0, 0, 0x87, 0, 1}}, {Command: zvt.BookTotal, Data: []byte{0x87, 0, 1, 0x04, 0, 0, 0, 0, 0, 1}},
	} {
		b := a.Append(nil)
		for range 4 {
			b = yes.Append(b)
		}
		f.Add(b, false)
	}
	f.Fuzz(func(t *testing.T, said []byte, serial bool) {
		if len(said) > 400 {
			return
		}
		terminal, err := zvtemu.New(zvtemu.Opts{Serial: serial})
		if err != nil {
			t.Fatal(err)
		}
		_ = terminal.Serve(t.Context(), till(said)) // how it ends is the till's affair
		answers := bytes.Count(said, []byte{0x80}) + bytes.Count(said, []byte{0x84, 0x00}) + bytes.Count(said, []byte{0x84, 0x9D})
		if terminal.Taken() != 0 && answers == 0 {
			t.Errorf("%d cents were taken, and nobody agreed", terminal.Taken())
		}
	})
}

func TestATerminalRefusesWhatItCannotRead(t *testing.T) {
	for name, b := range map[string][]byte{"a payment without an amount": {0x06, 0x01, 0x00}, "a password that is cut off": {0x06, 0x50, 0x01, 0x00},
		"an unknown command": {0x06, 0xE0, 0x00}, "a field of unknown length": {0x06, 0x01, 0x02, 0x98, 0x00}} {
		terminal, err := zvtemu.New(zvtemu.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := port.Pipe()
		served := make(chan error, 1)
		go func() { served <- terminal.Serve(t.Context(), theirs) }()
		if _, err := ours.Write(b); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3)
		if _, err := ours.Read(got); err != nil || got[0] != 0x84 || got[1] == 0 {
			t.Errorf("%s is answered % X, %v", name, got, err)
		}
		_ = ours.Close()
		if err := <-served; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
