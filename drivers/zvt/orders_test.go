package zvt_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/zvt/zvtemu"
)

// Every order as the documents write it (P015 chapter 2), whoever plays the terminal.
func TestEveryOrderIsThatOfTheDocument(t *testing.T) {
	pin := zvt.WithPIN
	reserved := zvt.Reservation{Receipt: 17, Trace: 42, Authorisation: "A000042"}
	for name, c := range map[string]struct {
		give func(d *zvt.Dev, ctx context.Context) error
		want string
	}{
		"06 02 log-off, page 57": {func(d *zvt.Dev, ctx context.Context) error { return d.LogOff(ctx) }, "06 02 00"},
		"06 B0 abort, page 56":   {func(d *zvt.Dev, ctx context.Context) error { return d.Abort(ctx) }, "06 B0 00"},
		"05 01 status enquiry, page 104": {func(d *zvt.Dev, ctx context.Context) error { return d.Enquire(ctx) },
			"05 01 05 12 34 56 03 03"},
		"05 01 with its state": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.State(ctx, zvt.Watch{}); return err },
			"05 01 05 12 34 56 03 04"},
		"06 01 authorisation, page 31": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.Sell(ctx, zvt.Sale{Cents: 100, Type: &pin, Issue: 20 * time.Second, Waits: 3}, zvt.Watch{})
			return err
		}, "06 01 10 04 00 00 00 00 01 00 49 09 78 19 30 01 14 02 03"},
		"06 10 send totals, page 85": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.Totals(ctx); return err }, "06 10 03 12 34 56"},
		"06 22 reservation, page 40": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.Reserve(ctx, 5000, zvt.Watch{}); return err },
			"06 22 0A 04 00 00 00 00 50 00 49 09 78"},
		"06 23 partial reversal, page 41": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.PartialReverse(ctx, reserved, 1000, zvt.Watch{})
			return err
		}, "06 23 1A 87 00 17 04 00 00 00 00 10 00 49 09 78 0B 00 00 42 3B 41 30 30 30 30 34 32 00"},
		"06 23 open reservations, page 42": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.OpenReservations(ctx); return err }, "06 23 03 87 FF FF"},
		"06 24 book total, page 44": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.BookTotal(ctx, zvt.Reservation{Receipt: 17}, 4000, zvt.Watch{})
			return err
		}, "06 24 0D 87 00 17 04 00 00 00 00 40 00 49 09 78"},
		"06 25 reservation reversal, page 45": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.CancelReservation(ctx, zvt.Reservation{Receipt: 17}, zvt.Watch{})
			return err
		}, "06 25 03 87 00 17"},
		"06 30 reversal, page 40": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.Reverse(ctx, 123); return err }, "06 30 06 12 34 56 87 01 23"},
		"06 31 refund, page 89": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.Refund(ctx, 999, zvt.Watch{}); return err },
			"06 31 0D 12 34 56 04 00 00 00 00 09 99 49 09 78"},
		"06 50 end of day, page 46": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.EndOfDay(ctx); return err }, "06 50 03 12 34 56"},
		"06 70 diagnosis, page 48": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.Diagnose(ctx, zvt.AnyDiagnosis, zvt.Watch{})
			return err
		}, "06 70 00"},
		"06 70 of the line, page 158": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.Diagnose(ctx, zvt.LineDiagnosis, zvt.Watch{})
			return err
		}, "06 70 05 06 03 1B 01 01"},
		"06 79 self test, page 92": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.SelfTest(ctx, zvt.Watch{}); return err }, "06 79 00"},
		"06 1A configuration, page 89": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.PrintConfiguration(ctx, zvt.Watch{})
			return err
		}, "06 1A 00"},
		"06 91 set date and time, page 58": {func(d *zvt.Dev, ctx context.Context) error {
			return d.SetTime(ctx, time.Date(2026, 11, 29, 7, 5, 9, 0, time.UTC))
		}, "06 91 0B 12 34 56 AA 26 11 29 0C 07 05 09"},
		"06 93 initialisation, page 51": {func(d *zvt.Dev, ctx context.Context) error { _, err := d.Initialise(ctx, zvt.Watch{}); return err }, "06 93 03 12 34 56"},
		"06 C0 read card, page 54": {func(d *zvt.Dev, ctx context.Context) error {
			_, err := d.ReadCard(ctx, zvt.CardRequest{Wait: 15 * time.Second, UID: true, Age: 18}, zvt.Watch{})
			return err
		}, "06 C0 0F 0F 06 0C 1F 15 01 40 1F 60 01 07 1F 6B 01 18"},
	} {
		t.Run(name, func(t *testing.T) {
			d, p := play(t, zvt.Opts{Password: "123456"})
			ended := make(chan error, 1)
			go func() { ended <- c.give(d, t.Context()) }()
			p.hears(hexed(t, c.want))
			p.says(bare(zvt.Refuse(zvt.CodeImpossible))...) // that is all a till has to understand
			var no *zvt.Refusal
			if err := <-ended; err != nil && (!errors.As(err, &no) || no.Code != zvt.CodeImpossible) {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

func hexed(t *testing.T, s string) (b []byte) {
	t.Helper()
	for _, f := range strings.Fields(s) {
		i := strings.Index("0123456789ABCDEF", f[:1])<<4 | strings.Index("0123456789ABCDEF", f[1:])
		b = append(b, byte(i))
	}
	return b
}

func TestAReservationIsBookedInPartAndCountedOnce(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{})
		var kept []zvt.Reservation
		w := zvt.Watch{Status: func(s zvt.Status) error { kept = append(kept, s.Reservation()); return nil }}
		for range 3 {
			if r, err := d.Reserve(t.Context(), 5000, w); err != nil || !r.Done {
				t.Fatalf("%+v, %v", r, err)
			}
		}
		if b.terminal.Taken() != 0 {
			t.Fatal("a reservation moved money")
		}
		open, err := d.OpenReservations(t.Context())
		if want := []int{kept[0].Receipt, kept[1].Receipt, kept[2].Receipt}; err != nil || !slices.Equal(open, want) {
			t.Fatalf("open: %v, %v; want %v", open, err, want)
		}
		if r, err := d.BookTotal(t.Context(), kept[0], 5001, zvt.Watch{}); err != nil || r.Code != zvt.CodeReservedAmount {
			t.Errorf("more than was reserved: %+v, %v", r, err)
		}
		if r, err := d.BookTotal(t.Context(), kept[0], 3200, zvt.Watch{}); err != nil || !r.Done || r.Status.OriginalTrace != kept[0].Trace {
			t.Errorf("booked: %+v, %v", r, err)
		}
		if r, err := d.PartialReverse(t.Context(), kept[1], 4000, zvt.Watch{}); err != nil || !r.Done {
			t.Errorf("partly let go: %+v, %v", r, err)
		}
		if r, err := d.CancelReservation(t.Context(), kept[2], zvt.Watch{}); err != nil || !r.Done {
			t.Errorf("let go: %+v, %v", r, err)
		}
		if r, err := d.BookTotal(t.Context(), kept[0], 1, zvt.Watch{}); err != nil || r.Code != zvt.CodeReservation {
			t.Errorf("booked twice: %+v, %v", r, err)
		}
		if open, err := d.OpenReservations(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("open at the end: %v, %v", open, err)
		}
		if b.terminal.Taken() != 4200 {
			t.Errorf("taken %d", b.terminal.Taken())
		}
	})
}

func TestARefundGivesMoneyToACard(t *testing.T) {
	b := newBench(t, "tcp", zvtemu.Opts{})
	r, err := b.registered(zvt.Opts{}).Refund(t.Context(), 700, zvt.Watch{})
	if err != nil || !r.Done || b.terminal.Taken() != -700 {
		t.Fatalf("%+v, %v; taken %d", r, err, b.terminal.Taken())
	}
}

func TestGoodsThatTakeTimeAreAskedForAgain(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{Issue: 10 * time.Millisecond})
		d := b.registered(zvt.Opts{})
		asked := 0
		r, err := d.Pay(t.Context(), 900, zvt.Watch{Status: func(zvt.Status) error {
			if asked++; asked < 4 {
				return zvt.ErrIssuing
			}
			return nil
		}})
		if err != nil || !r.Done || asked != 4 || b.terminal.Taken() != 900 {
			t.Errorf("%+v, %v; asked %d times, taken %d", r, err, asked, b.terminal.Taken())
		}
		// P015 2.2.6, page 35: three waits are allowed and the fourth one gives the money back.
		asked = 0
		r, err = d.Sell(t.Context(), zvt.Sale{Cents: 900, Waits: 3}, zvt.Watch{Status: func(s zvt.Status) error {
			if !s.Good() {
				return nil
			}
			asked++
			return zvt.ErrIssuing
		}})
		if err != nil || r.Done || r.Code != zvt.CodeAborted || asked != 4 || b.terminal.Taken() != 900 {
			t.Errorf("goods that never come: %+v, %v; asked %d times, taken %d", r, err, asked, b.terminal.Taken())
		}
		r, err = d.Pay(t.Context(), 900, zvt.Watch{Status: func(zvt.Status) error { return &zvt.Partly{Cents: 250} }})
		if err != nil || !r.Done || r.Issued != 250 || b.terminal.Taken() != 1150 {
			t.Errorf("half the goods: %+v, %v; taken %d", r, err, b.terminal.Taken())
		}
	})
}

func TestTheDayIsHandedInOnceAndReversedNoMore(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{})
		var receipt int
		for _, cents := range []int64{1000, 250} {
			r, err := d.Pay(t.Context(), cents, zvt.Watch{})
			if err != nil {
				t.Fatal(err)
			}
			receipt = r.Status.Receipt
		}
		sums := func(r zvt.Result, err error) zvt.Totals {
			t.Helper()
			if err != nil || !r.Done || r.Status == nil || r.Status.Totals == nil {
				t.Fatalf("%+v, %v", r, err)
			}
			return *r.Status.Totals
		}
		want := zvt.Totals{First: 1, Last: 2, Girocard: zvt.Total{Count: 2, Cents: 1250}}
		if got := sums(d.Totals(t.Context())); got != want {
			t.Errorf("totals %+v, want %+v", got, want)
		}
		day, err := d.EndOfDay(t.Context())
		if got := sums(day, err); got != want || day.Status.Amount != 1250 {
			t.Errorf("end of day %+v, want %+v", got, want)
		}
		if words := strings.Join(day.Admin, "\n"); !strings.Contains(words, "Kassenschnitt") || !strings.Contains(words, "EUR 12,50") || len(day.Customer)+len(day.Merchant) != 0 {
			t.Errorf("its receipt:\n%s", words)
		}
		if got := sums(d.Totals(t.Context())); got != (zvt.Totals{}) {
			t.Errorf("afterwards %+v", got)
		}
		if r, err := d.Reverse(t.Context(), receipt); err != nil || r.Done || r.Code != zvt.CodeNotReversible {
			t.Errorf("reversed after it was handed in: %+v, %v", r, err)
		}
	})
}

func TestATerminalThatWantsItsEndOfDayFirst(t *testing.T) {
	b := newBench(t, "tcp", zvtemu.Opts{})
	d := b.registered(zvt.Opts{})
	b.set(zvtemu.DayDue)
	if s, err := d.State(t.Context(), zvt.Watch{}); err != nil || s.Code.Text("de") == "unbekannter Zustand" || s.Code == 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if r, err := d.Pay(t.Context(), 100, zvt.Watch{}); err != nil || r.Code != zvt.CodeDayOpen {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err := d.EndOfDay(t.Context()); err != nil || !r.Done {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err := d.Pay(t.Context(), 100, zvt.Watch{}); err != nil || !r.Done {
		t.Fatalf("%+v, %v", r, err)
	}
	b.set(zvtemu.Update)
	if r, err := d.EndOfDay(t.Context()); err != nil || !r.Done || r.Code != zvt.CodeMaintenance {
		t.Errorf("new software after the end of day: %+v, %v", r, err)
	}
}

func TestWhatATerminalSaysOfItself(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{Now: func() time.Time { return now }})
		d := b.registered(zvt.Opts{})
		s, err := d.State(t.Context(), zvt.Watch{})
		if err != nil || s.Version != "1.0" || s.TerminalID != "65000028" || s.Device != "Emulator" || s.Serial != "4711" || s.Clock != "2026-11-29 12:00:00" {
			t.Errorf("%+v, %v", s, err)
		}
		if err := d.SetTime(t.Context(), now.Add(90*time.Minute)); err != nil {
			t.Fatal(err)
		}
		r, err := d.Diagnose(t.Context(), zvt.LineDiagnosis, zvt.Watch{})
		if err != nil || !r.Done || r.Clock != "2026-11-29 13:30:00" || !strings.Contains(strings.Join(r.Admin, "\n"), "Diagnose erfolgreich") {
			t.Errorf("after the clock was set: %+v, %v", r, err)
		}
		for name, give := range map[string]func(context.Context, zvt.Watch) (zvt.Result, error){
			"Initialisierung": d.Initialise, "Selbsttest": d.SelfTest, "Konfiguration": d.PrintConfiguration,
		} {
			if r, err := give(t.Context(), zvt.Watch{}); err != nil || !r.Done || !strings.Contains(strings.Join(r.Admin, "\n"), name) {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		}
		b.set(zvtemu.Meager)
		var no *zvt.Refusal
		if _, err := d.State(t.Context(), zvt.Watch{}); !errors.As(err, &no) || no.Code != zvt.CodeImpossible {
			t.Errorf("a terminal that knows little: %v", err)
		}
	})
}

func TestACardIsReadAndItsNumberIsNot(t *testing.T) {
	everyLine(t, func(t *testing.T, line string) {
		b := newBench(t, line, zvtemu.Opts{})
		d := b.registered(zvt.Opts{})
		c, err := d.ReadCard(t.Context(), zvt.CardRequest{UID: true, Age: 16}, zvt.Watch{})
		if err != nil || c.Code != zvt.CodeOK || c.Age != "reached" || c.UID == "" || len(c.Applications) != 1 || c.Applications[0].Name != "girocard" {
			t.Errorf("%+v, %v", c, err)
		}
		if err := d.Abort(t.Context()); err != nil { // the card may go
			t.Error(err)
		}
		b.set(zvtemu.Decline)
		if c, err := d.ReadCard(t.Context(), zvt.CardRequest{}, zvt.Watch{}); err != nil || c.Code != zvt.CodeCardUnknown {
			t.Errorf("a card without a use: %+v, %v", c, err)
		}
		b.set(zvtemu.Hold)
		ctx, cancel := context.WithCancel(t.Context())
		if c, err := d.ReadCard(ctx, zvt.CardRequest{Wait: time.Minute}, zvt.Watch{Say: func(byte, string) { cancel() }}); err != nil || c.Code != zvt.CodeAborted {
			t.Errorf("nobody comes: %+v, %v", c, err)
		}
	})
}

func TestAWrongPasswordIsSaid(t *testing.T) {
	b := newBench(t, "tcp", zvtemu.Opts{Password: "654321"})
	var no *zvt.Refusal
	if err := b.connect(zvt.Opts{}).Register(t.Context()); !errors.As(err, &no) || no.Code != zvt.CodeWrongPassword {
		t.Errorf("%v", err)
	}
	if err := b.connect(zvt.Opts{Password: "654321"}).Register(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLettersAreThoseThatWereAgreed(t *testing.T) {
	for name, set := range map[string]zvt.Charset{"code page 437": 0, "ISO 8859-1": zvt.Latin1, "UTF-8": zvt.UTF8} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "tcp", zvtemu.Opts{Charset: set})
			d := b.registered(zvt.Opts{Charset: set})
			r, err := d.Pay(t.Context(), 100, zvt.Watch{})
			if err != nil || !strings.Contains(strings.Join(r.Merchant, "\n"), "Händlerbeleg") {
				t.Fatalf("%q, %v", r.Merchant, err)
			}
			if err := d.LogOff(t.Context()); err != nil || d.Info().Charset != zvt.CP437 {
				t.Errorf("after the log-off: %v, %v", d.Info().Charset, err)
			}
		})
	}
	// A terminal that does not agree goes on as it always did.
	d := newBench(t, "tcp", zvtemu.Opts{}).registered(zvt.Opts{Charset: zvt.UTF8})
	if r, err := d.Pay(t.Context(), 100, zvt.Watch{}); err != nil || !strings.Contains(strings.Join(r.Merchant, "\n"), "Händlerbeleg") {
		t.Errorf("%q, %v", r.Merchant, err)
	}
}

func TestTerminalsThatRepeatOnlyInTheirOwnWay(t *testing.T) {
	b := newBench(t, "tcp", zvtemu.Opts{})
	full, half := b.registered(zvt.Opts{}), zvt.Opts{Config: zvt.DefaultConfig &^ (zvt.StartsPayments | zvt.StartsAdministration)}
	if r, err := full.Pay(t.Context(), 100, zvt.Watch{}); err != nil || !r.Done {
		t.Fatal(err)
	}
	b.set(zvtemu.RepeatPrints)
	last, lines, err := full.RepeatReceipt(t.Context())
	if err != nil || last.Amount != 100 || len(lines) == 0 {
		t.Errorf("one that tells only with the receipt: %+v, %q, %v", last, lines, err)
	}
	b.set(zvtemu.RepeatQuiet)
	if last, _, err := full.RepeatReceipt(t.Context()); err != nil || last.Amount != 100 {
		t.Errorf("%+v, %v", last, err)
	}
	if _, _, err := b.registered(half).RepeatReceipt(t.Context()); !errors.Is(err, zvt.ErrContradiction) {
		t.Errorf("one that tells only a till that starts everything: %v", err)
	}
}

func TestSomeTerminalsReverseTheirLastPaymentOnly(t *testing.T) {
	b := newBench(t, "tcp", zvtemu.Opts{})
	d := b.registered(zvt.Opts{})
	var receipts []int
	for range 2 {
		r, err := d.Pay(t.Context(), 100, zvt.Watch{})
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, r.Status.Receipt)
	}
	b.set(zvtemu.LastOnly)
	if r, err := d.Reverse(t.Context(), receipts[0]); err != nil || r.Code != zvt.CodeNotReversible {
		t.Errorf("the first: %+v, %v", r, err)
	}
	if r, err := d.Reverse(t.Context(), receipts[1]); err != nil || !r.Done {
		t.Errorf("the last: %+v, %v", r, err)
	}
}
