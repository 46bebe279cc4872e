package zvt_test

import (
	"context"
	"errors"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// A terminal that ended a payment by itself while our order to abort it was on its way answers that order late. The driver took the answer for
// the one to its next question, "you have nothing to repeat": a payment that was made would have counted as not made.
func TestALateAnswerToAnAbortAnswersNothingElse(t *testing.T) {
	d, p := play(t, zvt.Opts{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := d.Pay(ctx, 100, zvt.Watch{})
		ended <- err
	}()
	p.hears(bare(zvt.Authorise, 0x04, 0, 0, 0, 0, 1, 0, 0x49, 0x09, 0x78))
	p.says(bare(zvt.Acknowledge)...)
	cancel()
	p.hears(bare(zvt.Abort))
	p.says(bare(zvt.Aborted, byte(zvt.CodeAborted))...)
	p.hears(bare(zvt.Acknowledge))
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	go func() {
		b := make([]byte, 64)
		if n, _ := p.p.Read(b); n > 0 { // the question; the answer that comes is still the one to the abort
			p.says(bare(zvt.Refuse(0x83))...)
		}
	}()
	if _, _, err := d.RepeatReceipt(t.Context()); !errors.Is(err, zvt.ErrLine) {
		t.Errorf("the answer to the abort was taken for one to the question: %v", err)
	}
}

func TestNothingToRepeatIsToldApartFromACommandThatIsNotKnown(t *testing.T) {
	b := newBench(t, "pipe", zvtemu.Opts{})
	var no *zvt.Refusal
	if _, _, err := b.registered(zvt.Opts{}).RepeatReceipt(t.Context()); !errors.Is(err, zvt.ErrNothing) || !errors.As(err, &no) || no.Code != 0x83 {
		t.Errorf("a terminal that never took a payment: %v", err)
	}
	d, p := play(t, zvt.Opts{})
	ended := make(chan error, 1)
	go func() {
		_, _, err := d.RepeatReceipt(t.Context())
		ended <- err
	}()
	p.hears(bare(zvt.Repeat, 0, 0, 0, 0x03, 0x03))
	p.says(bare(zvt.Refuse(0x83))...)
	if err := <-ended; errors.Is(err, zvt.ErrNothing) || !errors.As(err, &no) {
		t.Errorf("a terminal that does not know the command: %v", err)
	}
}
