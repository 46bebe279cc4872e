package pcsc_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/pcsc"
)

func asOp(err error, to **net.OpError) bool { return errors.As(err, to) && (*to).Op == "dial" }

const one, two = "Counter 00 00", "Counter 00 01" // as pcscd numbers the readers of one driver

// next waits for an event, at most 5 s, and gives it in words.
func next(t *testing.T, dev *card.Dev) (string, card.Event) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	e, err := dev.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(e.What) + " " + e.Reader)
	if e.What == card.Inserted {
		text += " " + string(e.Card.Kind)
	}
	return text, e
}

// expect waits for events and says what comes instead.
func expect(t *testing.T, dev *card.Dev, want ...string) {
	t.Helper()
	for i, w := range want {
		if got, _ := next(t, dev); got != w {
			t.Fatalf("event %d is %q, want %q", i, got, w)
		}
	}
}

// both waits for two events, whichever comes first, and gives them in the order of what is wanted.
func both(t *testing.T, dev *card.Dev, want1, want2 string) [2]card.Event {
	t.Helper()
	got1, e1 := next(t, dev)
	got2, e2 := next(t, dev)
	switch {
	case got1 == want1 && got2 == want2:
		return [2]card.Event{e1, e2}
	case got1 == want2 && got2 == want1:
		return [2]card.Event{e2, e1}
	}
	t.Fatalf("events are %q and %q, want %q and %q", got1, got2, want1, want2)
	return [2]card.Event{}
}

// nothing says what comes though nothing should.
func nothing(t *testing.T, dev *card.Dev, long time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	if e, err := dev.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, %v though nothing happened", e, err)
	}
}

// A terminal's day with a real pcscd, libpcsclite and vpcd: only the cards are played. The parts follow one another on one driver, as on a counter.
func TestARealService(t *testing.T) {
	d := newDaemon(t)
	dev := card.New(pcsc.Service{}, card.Opts{})
	defer dev.Close()
	defer func() {
		if t.Failed() {
			t.Log(d.log)
		}
	}()
	part := func(name string, f func(*testing.T)) {
		if !t.Failed() { // each part begins where the one before ended
			t.Run(name, f)
		}
	}

	part("the service is not there yet", func(t *testing.T) {
		expect(t, dev, "service-gone")
		if _, err := dev.Look(t.Context()); !errors.Is(err, card.ErrNoService) {
			t.Error(err)
		}
		d.start(t)
		expect(t, dev, "service-here", "reader-here "+one, "reader-here "+two)
		if names, err := dev.Look(t.Context()); err != nil || fmt.Sprint(names) != fmt.Sprintf("[%s %s]", one, two) {
			t.Error(names, err)
		}
	})
	part("every kind of card is recognised and no other command is sent", func(t *testing.T) {
		for _, kinds := range [][2]card.Kind{{card.IdentityCard, card.HealthCard}, {card.Girocard, card.PaymentCard}, {card.Tag, card.Unknown}} {
			cards := [2]*cardemu.Card{cardemu.Of(kinds[0], nil), cardemu.Of(kinds[1], nil)}
			away1, away2 := d.put(t, 0, cards[0]), d.put(t, 1, cards[1])
			for i, e := range both(t, dev, "inserted "+one+" "+string(kinds[0]), "inserted "+two+" "+string(kinds[1])) {
				uid := e.Card.UID.Hex()
				if e.Card.ATR.Hex() != card.Private(cards[i].ATR()).Hex() || kinds[i] == card.Tag && uid != "6E401BA8" || kinds[i] != card.Tag && uid != "" {
					t.Errorf("%s: ATR %s, UID %s", kinds[i], e.Card.ATR.Hex(), uid)
				}
				for _, command := range cards[i].Heard() {
					if string(command[:3]) != "\x00\xA4\x04" && kinds[i] != card.Tag {
						t.Errorf("%s is told % X", kinds[i], command)
					}
				}
			}
			away1()
			away2()
			both(t, dev, "removed "+one, "removed "+two)
		}
	})
	part("another program resets the card", func(t *testing.T) {
		away := d.put(t, 0, cardemu.Of(card.Tag, nil))
		expect(t, dev, "inserted "+one+" tag")
		c, err := scard.EstablishContext()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Release()
		for range 3 {
			l, err := c.Connect(one, scard.ShareShared, scard.ProtocolAny)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Disconnect(scard.ResetCard); err != nil {
				t.Fatal(err)
			}
		}
		nothing(t, dev, 600*time.Millisecond)
		away()
		expect(t, dev, "removed "+one)
	})
	part("another program has the card for itself", func(t *testing.T) {
		away := d.put(t, 0, cardemu.Of(card.IdentityCard, nil))
		c, err := scard.EstablishContext()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Release()
		var l *scard.Card
		for until := time.Now().Add(5 * time.Second); l == nil && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
			l, err = c.Connect(one, scard.ShareExclusive, scard.ProtocolAny)
		}
		if l == nil {
			t.Fatal(err)
		}
		expect(t, dev, "inserted "+one+" in-use")
		if err := l.Disconnect(scard.LeaveCard); err != nil {
			t.Error(err)
		}
		away()
		expect(t, dev, "removed "+one)
	})
	part("broken cards", func(t *testing.T) {
		// A mute one cannot be played here: vpcd takes a card without an answer to reset for none.
		broken := func(f cardemu.Fault) *cardemu.Card {
			return cardemu.Of(card.HealthCard, func() cardemu.Fault { return f })
		}
		for _, c := range []struct {
			f1, f2       cardemu.Fault
			want1, want2 card.Kind
		}{{cardemu.Garbage, cardemu.TornOut, card.Unreadable, card.Unreadable}, {cardemu.Short, cardemu.Refuse, card.Unreadable, card.Unknown},
			{cardemu.Long, cardemu.BadATR, card.IdentityCard, card.HealthCard}} {
			away1, away2 := d.put(t, 0, broken(c.f1)), d.put(t, 1, broken(c.f2))
			if c.f2 == cardemu.TornOut { // gone before the other one is there, or not
				seen := map[string]bool{}
				for range 3 {
					text, _ := next(t, dev)
					seen[text] = true
				}
				if !seen["inserted "+one+" unreadable"] || !seen["inserted "+two+" unreadable"] || !seen["removed "+two] {
					t.Error(seen)
				}
				away1()
				expect(t, dev, "removed "+one)
				away2()
				continue
			}
			both(t, dev, "inserted "+one+" "+string(c.want1), "inserted "+two+" "+string(c.want2))
			away1()
			away2()
			both(t, dev, "removed "+one, "removed "+two)
		}
	})
	part("the service is killed and comes back, and nothing leaks", func(t *testing.T) {
		before := descriptors(t)
		for i, how := range []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM} {
			away := d.put(t, 0, cardemu.Of(card.Tag, nil))
			expect(t, dev, "inserted "+one+" tag")
			if i == 0 { // while the driver waits
				go func() { time.Sleep(200 * time.Millisecond); _ = d.cmd.Process.Signal(how) }()
			} else {
				_ = d.cmd.Process.Signal(how)
			}
			expect(t, dev, "removed "+one, "reader-gone "+one, "reader-gone "+two, "service-gone")
			d.end(syscall.SIGKILL)
			away()
			d.start(t)
			expect(t, dev, "service-here", "reader-here "+one, "reader-here "+two)
		}
		if after := descriptors(t); after > before+2 {
			t.Errorf("%d descriptors before, %d after", before, after)
		}
	})
	part("the service comes back without its readers", func(t *testing.T) {
		d.unplug(t)
		d.end(syscall.SIGKILL)
		d.start(t)
		expect(t, dev, "reader-gone "+one, "reader-gone "+two, "service-gone", "service-here")
		if _, err := dev.Look(t.Context()); !errors.Is(err, card.ErrNoReader) {
			t.Error(err)
		}
		d.plug(t)
		d.end(syscall.SIGKILL)
		d.start(t)
		expect(t, dev, "service-gone", "service-here", "reader-here "+one, "reader-here "+two)
	})
	part("waiting costs no measurable time of the processor and ends at once", func(t *testing.T) {
		begin := used(t)
		nothing(t, dev, time.Second)
		if cost := used(t) - begin; cost > 50*time.Millisecond {
			t.Errorf("a second of waiting costs %v", cost)
		}
		for range 20 {
			ctx, leave := context.WithCancel(t.Context())
			over := make(chan error, 1)
			go func() { _, err := dev.Next(ctx); over <- err }()
			began := time.Now()
			leave()
			if err := <-over; !errors.Is(err, context.Canceled) || time.Since(began) > 250*time.Millisecond {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		}
	})
	part("a service that hangs holds nobody up", func(t *testing.T) {
		if err := d.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer stop()
		began := time.Now()
		if _, err := dev.Next(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if _, err := dev.Look(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		began = time.Now()
		if err := dev.Close(); err != nil || time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := d.cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	})
}

// descriptors counts the files that this process has open.
func descriptors(t *testing.T) int {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

// used is the time of the processor that this process has had.
func used(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
