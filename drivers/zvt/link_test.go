package zvt_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
)

// peer is the other end of a line, played byte by byte.
type peer struct {
	t *testing.T
	p port.Port
}

func play(t *testing.T, o zvt.Opts) (*zvt.Dev, peer) {
	t.Helper()
	ours, theirs := port.Pipe()
	d := zvt.New(ours, o)
	t.Cleanup(func() { _, _ = d.Close(), theirs.Close() })
	if err := theirs.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	return d, peer{t, theirs}
}

// hears waits for exactly these bytes.
func (p peer) hears(want []byte) bool {
	got := make([]byte, len(want))
	_, err := io.ReadFull(p.p, got)
	if err != nil || string(got) != string(want) {
		p.t.Errorf("the terminal heard % X, %v; want % X", got, err, want)
		return false
	}
	return true
}

func (p peer) says(b ...byte) {
	if _, err := p.p.Write(b); err != nil {
		p.t.Error(err)
	}
}

func bare(c zvt.Command, data ...byte) []byte { return zvt.APDU{Command: c, Data: data}.Append(nil) }

func TestRegistrationOnTheWire(t *testing.T) {
	d, p := play(t, zvt.Opts{Password: "123456", Config: 0x9E, Width: 42})
	ended := make(chan error, 1)
	go func() { ended <- d.Register(t.Context()) }()
	p.hears([]byte{0x06, 0x00, 0x11, 0x12, 0x34, 0x56, 0x9E, 0x09, 0x78, 0x06, 0x09, 0x12, 0x01, 0x42, 0x26, 0x04, 0x0A, 0x02, 0x06, 0xD3})
	p.says(0x80, 0x00, 0x00)
	p.says(0x06, 0x0F, 0x07, 0x19, 0x03, 0x29, 0x65, 0x00, 0x00, 0x28)
	p.hears([]byte{0x80, 0x00, 0x00})
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if i := d.Info(); i.TerminalID != "65000028" || !i.NeedsInitialisation || !i.NeedsDiagnosis || i.NeedsOPT {
		t.Errorf("%+v", i)
	}
}

func TestRepeatReceiptAsksForTheStatusWithoutPrinting(t *testing.T) {
	d, p := play(t, zvt.Opts{})
	ended := make(chan error, 1)
	go func() { _, _, err := d.RepeatReceipt(t.Context()); ended <- err }()
	for _, service := range []byte{0x03, 0x01} { // without the receipt first; some terminals tell only with it
		p.hears([]byte{0x06, 0x20, 0x05, 0x00, 0x00, 0x00, 0x03, service})
		p.says(0x80, 0x00, 0x00)
		p.says(bare(zvt.Completion)...)
		p.hears([]byte{0x80, 0x00, 0x00})
	}
	if err := <-ended; !errors.Is(err, zvt.ErrContradiction) {
		t.Fatalf("a completion without status says nothing: %v", err)
	}
}

func TestMessagesArriveInPiecesAndTogether(t *testing.T) {
	d, p := play(t, zvt.Opts{})
	type end struct {
		r   zvt.Result
		err error
	}
	ended := make(chan end, 1)
	go func() { r, err := d.Pay(t.Context(), 3070, zvt.Watch{}); ended <- end{r, err} }()
	p.hears([]byte{0x06, 0x01, 0x0A, 0x04, 0x00, 0x00, 0x00, 0x00, 0x30, 0x70, 0x49, 0x09, 0x78})
	all := bare(zvt.Acknowledge)
	all = append(all, bare(zvt.Intermediate, 0x0A)...)
	all = append(all, bare(zvt.StatusInfo, 0x27, 0x00, 0x04, 0, 0, 0, 0, 0x30, 0x70)...)
	for _, b := range all[:7] {
		p.says(b)
	}
	p.says(all[7:]...)
	p.hears([]byte{0x80, 0x00, 0x00, 0x80, 0x00, 0x00})
	p.says(bare(zvt.Completion)...)
	p.hears([]byte{0x80, 0x00, 0x00})
	if e := <-ended; e.err != nil || !e.r.Done || !e.r.Status.Good() || e.r.Status.Amount != 3070 {
		t.Fatalf("%+v", e)
	}
}

// After the program was restarted in the middle of a payment, the terminal still tells its success. Nobody wrote it down: the driver must
// not confirm it.
func TestASuccessThatNobodyExpectsIsRefused(t *testing.T) {
	d, p := play(t, zvt.Opts{})
	ended := make(chan error, 1)
	go func() { ended <- d.Register(t.Context()) }()
	want := bare(zvt.Register, 0, 0, 0, byte(zvt.DefaultConfig), 0x09, 0x78, 0x06, 0x06, 0x26, 0x04, 0x0A, 0x02, 0x06, 0xD3)
	p.hears(want)
	p.says(bare(zvt.StatusInfo, 0x27, 0x00)...)
	p.hears(bare(zvt.Refuse(0x83)))
	p.says(bare(zvt.PrintLine, 0x00, 0x41)...)
	p.hears(bare(zvt.Refuse(0xCC)))
	p.says(bare(zvt.Acknowledge)...)
	p.says(bare(zvt.Completion)...)
	p.hears(bare(zvt.Acknowledge))
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestAWebServerIsNotACardTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, p := play(t, zvt.Opts{})
		p.says([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")...)
		if err := d.Register(t.Context()); !errors.Is(err, zvt.ErrPeer) {
			t.Fatalf("%v, want ErrPeer", err)
		}
	})
}

func TestASuccessAndThenAnErrorIsUnclear(t *testing.T) {
	d, p := play(t, zvt.Opts{})
	ended := make(chan error, 1)
	go func() { _, err := d.Pay(t.Context(), 1, zvt.Watch{}); ended <- err }()
	p.hears(bare(zvt.Authorise, 0x04, 0, 0, 0, 0, 0, 1, 0x49, 0x09, 0x78))
	p.says(bare(zvt.Acknowledge)...)
	p.says(bare(zvt.StatusInfo, 0x27, 0x00)...)
	p.hears(bare(zvt.Acknowledge))
	p.says(bare(zvt.Completion, 0x27, 0x64)...)
	p.hears(bare(zvt.Acknowledge))
	if err := <-ended; !errors.Is(err, zvt.ErrContradiction) {
		t.Fatalf("%v, want ErrContradiction", err)
	}
}

func TestCommandsTheTillCannotCarryOutAreRefused(t *testing.T) {
	d, p := play(t, zvt.Opts{})
	ended := make(chan error, 1)
	go func() { ended <- d.Enquire(t.Context()) }()
	p.hears(bare(zvt.Enquire, 0, 0, 0, 0x03, 0x03))
	p.says(bare(zvt.Acknowledge)...)
	p.says(bare(0x06D8)...) // dial up
	p.hears(bare(zvt.Refuse(0x83)))
	p.says(bare(zvt.SetClock, 0xAA, 0x26, 0x11, 0x23, 0x0C, 0x12, 0, 0)...)
	p.hears(bare(zvt.Acknowledge))
	p.says(bare(zvt.Completion, 0x00)...)
	p.hears(bare(zvt.Acknowledge))
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
