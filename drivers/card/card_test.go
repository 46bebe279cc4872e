package card_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
)

const counter = "Counter 00 00"

// room runs a test with a service in memory and a driver, in a time of its own.
func room(t *testing.T, readers []string, test func(t *testing.T, dev *card.Dev, r *cardemu.Room)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := cardemu.NewRoom(readers...)
		dev := card.New(r, card.Opts{})
		test(t, dev, r)
		dev.Close()
		r.Hang(false)
		synctest.Wait()
		if _, n := r.Calls(); n != 0 {
			t.Errorf("%d connections stay behind", n)
		}
	})
}

// expect waits for events and says what comes instead; each has to come within 5 s.
func expect(t *testing.T, dev *card.Dev, want ...string) (last card.Event) {
	t.Helper()
	for i, w := range want {
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		e, err := dev.Next(ctx)
		stop()
		got := strings.TrimSpace(string(e.What) + " " + e.Reader)
		if e.What == card.Inserted {
			got += " " + string(e.Card.Kind)
		}
		if err != nil || got != w {
			t.Fatalf("event %d is %q, %v, want %q", i, got, err, w)
		}
		last = e
	}
	return last
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

func TestEveryKindOfCardIsRecognised(t *testing.T) {
	room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		expect(t, dev, "service-here", "reader-here "+counter)
		for _, kind := range []card.Kind{card.IdentityCard, card.HealthCard, card.Girocard, card.PaymentCard, card.Tag, card.Unknown} {
			c := cardemu.Of(kind, nil)
			r.Insert(counter, c)
			e := expect(t, dev, "inserted "+counter+" "+string(kind))
			if e.Card.ATR.Hex() != card.Private(c.ATR()).Hex() || (e.Card.UID != nil) != (kind == card.Tag) {
				t.Errorf("%s: ATR %s, UID %s", kind, e.Card.ATR.Hex(), e.Card.UID.Hex())
			}
			if kind == card.Tag && (e.Card.UID.Hex() != "6E401BA8" || e.Card.Fleeting()) {
				t.Errorf("UID %s", e.Card.UID.Hex())
			}
			r.Remove(counter)
			expect(t, dev, "removed "+counter)
		}
	})
}

// A health card or a girocard on the wrong reader is recognised and handed back; nobody's name or number is read.
func TestCardsThatAreNoneOfOurBusinessAreOnlyAskedForTheirKind(t *testing.T) {
	room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		expect(t, dev, "service-here", "reader-here "+counter)
		for _, fault := range []cardemu.Fault{cardemu.None, cardemu.WantsLe} {
			for _, kind := range []card.Kind{card.HealthCard, card.Girocard, card.PaymentCard, card.IdentityCard} {
				c := cardemu.Of(kind, func() cardemu.Fault { return fault })
				r.Insert(counter, c)
				e := expect(t, dev, "inserted "+counter+" "+string(kind))
				if kind.Refused() != (kind != card.IdentityCard) || kind.Sentence() != "card."+string(kind) {
					t.Errorf("%s is refused: %v, with %s", kind, kind.Refused(), kind.Sentence())
				}
				if e.Card.UID != nil {
					t.Errorf("%s: its UID was read", kind)
				}
				for _, command := range c.Heard() {
					if string(command[:3]) != "\x00\xA4\x04" {
						t.Errorf("%s is told % X", kind, command)
					}
				}
				r.Remove(counter)
				expect(t, dev, "removed "+counter)
			}
		}
	})
}

func TestEveryFaultOfACardEndsWithTheNextOneRead(t *testing.T) {
	for _, f := range cardemu.Faults() {
		t.Run(string(f), func(t *testing.T) {
			room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
				expect(t, dev, "service-here", "reader-here "+counter)
				r.Insert(counter, cardemu.Of(card.HealthCard, func() cardemu.Fault { return f }))
				want := card.Unreadable
				switch f {
				case cardemu.BadATR, cardemu.WantsLe:
					want = card.HealthCard
				case cardemu.Refuse:
					want = card.Unknown
				case cardemu.Long:
					want = card.IdentityCard // it says yes to everything
				}
				expect(t, dev, "inserted "+counter+" "+string(want))
				r.Remove(counter)
				expect(t, dev, "removed "+counter)
				r.Insert(counter, cardemu.Of(card.Tag, nil))
				expect(t, dev, "inserted "+counter+" tag")
			})
		})
	}
}

func TestACardThatIsChangedForAnotherInAMomentIsNoticed(t *testing.T) {
	room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		r.Insert(counter, cardemu.Of(card.HealthCard, nil))
		expect(t, dev, "service-here", "reader-here "+counter, "inserted "+counter+" health")
		r.Insert(counter, cardemu.Of(card.Tag, nil)) // while nobody waits
		expect(t, dev, "removed "+counter, "inserted "+counter+" tag")
	})
}

func TestAReaderThatIsUnpluggedAndBackIsNoticed(t *testing.T) {
	for _, deaf := range []bool{false, true} { // deaf: the service's word is lost, as when it comes between two calls
		room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
			r.Deaf(deaf)
			r.Insert(counter, cardemu.Of(card.Tag, nil))
			expect(t, dev, "service-here", "reader-here "+counter, "inserted "+counter+" tag")
			for range 3 {
				go func() { time.Sleep(100 * time.Millisecond); r.Unplug(counter) }()
				expect(t, dev, "removed "+counter, "reader-gone "+counter)
				nothing(t, dev, time.Minute)
				go func() { time.Sleep(100 * time.Millisecond); r.Plug(counter) }()
				expect(t, dev, "reader-here "+counter)
				r.Insert(counter, cardemu.Of(card.Tag, nil))
				expect(t, dev, "inserted "+counter+" tag")
			}
			r.Unplug(counter)
			r.Plug("another")
			expect(t, dev, "removed "+counter, "reader-gone "+counter, "reader-here another")
		})
	}
}

func TestTheServiceMayStopAndComeBack(t *testing.T) {
	room(t, []string{counter, "Counter 00 01"}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		r.Stop()
		expect(t, dev, "service-gone")
		nothing(t, dev, time.Minute)
		if _, err := dev.Look(t.Context()); !errors.Is(err, card.ErrNoService) {
			t.Error(err)
		}
		r.Start()
		expect(t, dev, "service-here", "reader-here "+counter, "reader-here Counter 00 01")
		r.Insert(counter, cardemu.Of(card.Tag, nil))
		expect(t, dev, "inserted "+counter+" tag")
		go func() { time.Sleep(time.Second); r.Stop() }()
		expect(t, dev, "removed "+counter, "reader-gone "+counter, "reader-gone Counter 00 01", "service-gone")
		r.Start()
		expect(t, dev, "service-here", "reader-here "+counter, "reader-here Counter 00 01", "inserted "+counter+" tag")
		r.Stop()
		r.Start() // so quickly that nobody saw it
		expect(t, dev, "removed "+counter, "reader-gone "+counter, "reader-gone Counter 00 01", "service-gone", "service-here")
	})
}

func TestACardThatAnotherProgramHasIsInUse(t *testing.T) {
	room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		expect(t, dev, "service-here", "reader-here "+counter)
		r.Alone(counter, true)
		r.Insert(counter, cardemu.Of(card.IdentityCard, nil))
		nothing(t, dev, time.Second) // who leaves meanwhile takes nothing along
		expect(t, dev, "inserted "+counter+" in-use")
		r.Remove(counter)
		expect(t, dev, "removed "+counter)
		r.Insert(counter, cardemu.Of(card.IdentityCard, nil))
		go func() { time.Sleep(time.Second); r.Alone(counter, false) }()
		expect(t, dev, "inserted "+counter+" identity")
	})
}

func TestTheTerminalSaysWhichReadersAreThere(t *testing.T) {
	room(t, nil, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		expect(t, dev, "service-here")
		if _, err := dev.Look(t.Context()); !errors.Is(err, card.ErrNoReader) {
			t.Error(err)
		}
		waits := make(chan error, 1)
		ctx, leave := context.WithCancel(t.Context())
		r.Plug(counter)
		expect(t, dev, "reader-here "+counter)
		go func() { _, err := dev.Next(ctx); waits <- err }()
		synctest.Wait()
		if names, err := dev.Look(t.Context()); err != nil || fmt.Sprint(names) != "["+counter+"]" {
			t.Error(names, err)
		}
		leave()
		if err := <-waits; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestWaitingEndsWithTheVisitOrTheDriverAlsoWhenTheServiceHangs(t *testing.T) {
	for _, hangs := range []bool{false, true} {
		room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
			expect(t, dev, "service-here", "reader-here "+counter)
			if hangs {
				r.Hang(true)
			}
			ended := func(call func(context.Context) error) {
				t.Helper()
				ctx, leave := context.WithCancel(t.Context())
				over := make(chan error, 1)
				go func() { over <- call(ctx) }()
				time.Sleep(time.Second)
				began := time.Now()
				leave()
				if err := <-over; !errors.Is(err, context.Canceled) || time.Since(began) > time.Second {
					t.Errorf("%v after %v", err, time.Since(began))
				}
			}
			next := func(ctx context.Context) error { _, err := dev.Next(ctx); return err }
			ended(next)
			ended(next)
			if hangs {
				look := func(ctx context.Context) error { _, err := dev.Look(ctx); return err }
				ended(look)
				ended(look)
			}
			over := make(chan error, 2)
			go func() { over <- next(t.Context()) }()
			go func() { over <- next(t.Context()) }()
			time.Sleep(time.Second)
			began := time.Now()
			dev.Close()
			for range 2 {
				if err := <-over; !errors.Is(err, card.ErrClosed) || time.Since(began) > time.Second {
					t.Errorf("%v after %v", err, time.Since(began))
				}
			}
			if err := dev.Close(); err != nil {
				t.Error(err)
			}
			if err := next(t.Context()); !errors.Is(err, card.ErrClosed) {
				t.Error(err)
			}
		})
	}
}

func TestClosingEndsAlsoWhenTheServiceHangsAndNobodyWaits(t *testing.T) {
	room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		expect(t, dev, "service-here", "reader-here "+counter)
		r.Hang(true)
		began := time.Now()
		if err := dev.Close(); err != nil || time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// An event that came while nobody waited, or while who waited left, is told to the next one.
func TestNoEventIsLostBetweenTwoVisits(t *testing.T) {
	room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		expect(t, dev, "service-here", "reader-here "+counter)
		for i := range 200 {
			var told atomic.Int32
			ctx, leave := context.WithCancel(t.Context())
			over := make(chan struct{})
			go func() {
				defer close(over)
				if e, err := dev.Next(ctx); err == nil && (e.What == card.Inserted || e.What == card.Removed) {
					told.Add(1)
				}
			}()
			go leave()
			if i%2 == 0 {
				r.Insert(counter, cardemu.Of(card.Unknown, nil))
			} else {
				r.Remove(counter)
			}
			<-over
			if told.Load() == 0 {
				expect(t, dev, []string{"inserted " + counter + " unknown", "removed " + counter}[i%2])
			}
		}
		nothing(t, dev, time.Minute)
	})
}

func TestWaitingAllDayIsNoWork(t *testing.T) {
	room(t, []string{counter}, func(t *testing.T, dev *card.Dev, r *cardemu.Room) {
		expect(t, dev, "service-here", "reader-here "+counter)
		before, _ := r.Calls()
		nothing(t, dev, time.Minute)
		if after, _ := r.Calls(); after-before > 20 {
			t.Errorf("%d waits in a minute", after-before)
		}
	})
}

func ExampleDev_Next() {
	room := cardemu.NewRoom("Counter")
	room.Insert("Counter", cardemu.Of(card.HealthCard, nil))

	dev := card.New(room, card.Opts{})
	defer dev.Close()
	for range 3 {
		e, err := dev.Next(context.Background())
		fmt.Println(e.What, e.Reader, e.Card.Kind, e.Card.Kind.Refused(), err)
	}
	// Output:
	// service-here   false <nil>
	// reader-here Counter  false <nil>
	// inserted Counter health true <nil>
}
