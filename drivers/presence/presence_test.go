package presence_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence/presenceemu"
)

// place runs a test with a sensor, its driver, and a fault that can be switched, in a time of its own.
func place(t *testing.T, o presence.Opts, test func(t *testing.T, dev *presence.Dev, sensor *presenceemu.Sensor, fault func(presenceemu.Fault))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var now atomic.Value
		now.Store(presenceemu.None)
		sensor := presenceemu.New(presenceemu.Opts{Fault: func() presenceemu.Fault { return now.Load().(presenceemu.Fault) }})
		here, there := port.Pipe()
		served := make(chan error, 1)
		go func() { served <- sensor.Serve(t.Context(), there) }()
		dev := presence.New(here, o)
		test(t, dev, sensor, func(f presenceemu.Fault) { now.Store(f) })
		dev.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// next waits for a state and says what came and after how long.
func next(t *testing.T, dev *presence.Dev, patience time.Duration) (presence.State, time.Duration, error) {
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	begin := time.Now()
	s, err := dev.Next(ctx)
	return s, time.Since(begin), err
}

// arrive lets somebody step before the sensor, and waits until it is known. The sensor may have said before that nobody is there.
func arrive(t *testing.T, dev *presence.Dev, sensor *presenceemu.Sensor) {
	t.Helper()
	sensor.Sense(presence.Somebody)
	s, _, err := next(t, dev, time.Minute)
	if s == presence.Nobody && err == nil {
		s, _, err = next(t, dev, time.Minute)
	}
	if s != presence.Somebody || err != nil {
		t.Fatal(s, err)
	}
}

func TestSomebodyWhoComesAndGoesIsNoticed(t *testing.T) {
	place(t, presence.Opts{}, func(t *testing.T, dev *presence.Dev, sensor *presenceemu.Sensor, _ func(presenceemu.Fault)) {
		if s, took, err := next(t, dev, time.Minute); s != presence.Nobody || took > time.Second || err != nil {
			t.Errorf("at first %v after %v, %v", s, took, err)
		}
		if s, _, err := next(t, dev, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nothing changes, and it says %v, %v", s, err)
		}
		sensor.Sense(presence.Somebody)
		if s, took, err := next(t, dev, time.Minute); s != presence.Somebody || took > 150*time.Millisecond || err != nil {
			t.Errorf("%v after %v, %v", s, took, err)
		}
		sensor.Sense(presence.Nobody)
		if s, took, err := next(t, dev, time.Minute); s != presence.Nobody || took < 2*time.Second || took > 3*time.Second || err != nil {
			t.Errorf("%v after %v, %v", s, took, err)
		}
		sensor.Sense(presence.Unknown)
		if s, _, err := next(t, dev, time.Minute); s != presence.Unknown || err != nil {
			t.Errorf("a sensor that cannot see says %v, %v", s, err)
		}
	})
}

func TestWhoStepsAsideForAMomentHasNotGone(t *testing.T) {
	place(t, presence.Opts{}, func(t *testing.T, dev *presence.Dev, sensor *presenceemu.Sensor, fault func(presenceemu.Fault)) {
		arrive(t, dev, sensor)
		go func() {
			for range 20 {
				sensor.Sense(presence.Nobody)
				time.Sleep(1900 * time.Millisecond)
				sensor.Sense(presence.Somebody)
				time.Sleep(200 * time.Millisecond)
			}
			fault(presenceemu.Flicker)
		}()
		if s, took, err := next(t, dev, 2*time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v after %v, %v", s, took, err)
		}
	})
}

// A terminal wipes when nobody stands there. It must not do so because a sensor broke.
func TestABrokenSensorIsNeverTakenForNobody(t *testing.T) {
	for _, f := range presenceemu.Faults() {
		t.Run(string(f), func(t *testing.T) {
			place(t, presence.Opts{}, func(t *testing.T, dev *presence.Dev, sensor *presenceemu.Sensor, fault func(presenceemu.Fault)) {
				arrive(t, dev, sensor)
				fault(f)
				s, took, err := next(t, dev, time.Minute)
				switch f {
				case presenceemu.Noise, presenceemu.Crumbs, presenceemu.Flicker, presenceemu.Deaf: // the sensor can still be understood
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%v, %v", s, err)
					}
				case presenceemu.Silent, presenceemu.HangUp:
					if !errors.Is(err, presence.ErrLost) || s != presence.Unknown || took > 5*time.Second {
						t.Errorf("%v after %v, %v", s, took, err)
					}
				default:
					if !errors.Is(err, presence.ErrNoise) || s != presence.Unknown || took > 5*time.Second {
						t.Errorf("%v after %v, %v", s, took, err)
					}
				}
				sensor.Sense(presence.Nobody)
				fault(presenceemu.None)
				if f == presenceemu.HangUp {
					if s, _, err := next(t, dev, time.Minute); !errors.Is(err, presence.ErrLost) || s != presence.Unknown {
						t.Error(s, err)
					}
					return
				}
				for range 5 { // what is still on the line is an error more, or what the sensor was about to say
					if s, _, err = next(t, dev, time.Minute); s == presence.Nobody && err == nil {
						break
					}
				}
				if s != presence.Nobody || err != nil {
					t.Errorf("when the sensor is well again: %v, %v", s, err)
				}
			})
		})
	}
}

// The shell may be busy with something else for minutes; what the sensor said long ago is not what is.
func TestWhatWasSaidWhileNobodyListenedCountsForNothing(t *testing.T) {
	place(t, presence.Opts{}, func(t *testing.T, dev *presence.Dev, sensor *presenceemu.Sensor, fault func(presenceemu.Fault)) {
		arrive(t, dev, sensor)
		sensor.Sense(presence.Nobody)
		if s, _, err := next(t, dev, 100*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(s, err)
		}
		time.Sleep(5 * time.Minute)
		sensor.Sense(presence.Somebody)
		if s, _, err := next(t, dev, 10*time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("somebody was there and is, and it says %v, %v", s, err)
		}
		fault(presenceemu.Silent)
		time.Sleep(time.Hour)
		began := time.Now()
		for range 3 { // who looks in short intervals learns of the silence as well
			s, _, err := next(t, dev, 3*time.Second)
			if errors.Is(err, presence.ErrLost) && s == presence.Unknown && time.Since(began) < 5*time.Second {
				return
			}
		}
		t.Error("silence is not noticed")
	})
}

func TestASensorSaysWhatItIs(t *testing.T) {
	place(t, presence.Opts{}, func(t *testing.T, dev *presence.Dev, sensor *presenceemu.Sensor, fault func(presenceemu.Fault)) {
		if id, err := dev.Identify(t.Context()); err != nil || id.String() != "PIR-2 1.4 (presence line 1)" {
			t.Errorf("%v, %v", id, err)
		}
		if s, _, err := next(t, dev, time.Minute); s != presence.Nobody || err != nil {
			t.Errorf("then %v, %v", s, err)
		}
		fault(presenceemu.Deaf)
		if id, err := dev.Identify(t.Context()); !errors.Is(err, presence.ErrSilent) || id.String() != "" {
			t.Errorf("%v, %v", id, err)
		}
		fault(presenceemu.Silent)
		if _, err := dev.Identify(t.Context()); !errors.Is(err, presence.ErrLost) {
			t.Error(err)
		}
		fault(presenceemu.Wrong)
		if _, err := dev.Identify(t.Context()); !errors.Is(err, presence.ErrNoise) {
			t.Error(err)
		}
	})
}

func TestAHangUpInTheMiddleOfEveryByteIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const whole = "S1*62\nI1,PIR-2 1.4*0B\nS0*63\n"
		for n := range len(whole) {
			here, there := port.Pipe()
			dev := presence.New(here, presence.Opts{})
			if _, err := there.Write([]byte(whole[:n])); err != nil {
				t.Fatal(err)
			}
			there.Close()
			s, err := dev.Next(t.Context())
			if err == nil && n >= len("S1*62\n") {
				s, err = dev.Next(t.Context())
			}
			if !errors.Is(err, presence.ErrLost) || s != presence.Unknown {
				t.Errorf("after %d bytes: %v, %v", n, s, err)
			}
			dev.Close()
		}
	})
}

func TestWaitingEndsWithTheVisitOrTheDriver(t *testing.T) {
	place(t, presence.Opts{}, func(t *testing.T, dev *presence.Dev, _ *presenceemu.Sensor, fault func(presenceemu.Fault)) {
		if s, _, err := next(t, dev, time.Minute); s != presence.Nobody || err != nil { // what it says at first may be on its way already
			t.Fatal(s, err)
		}
		fault(presenceemu.Silent)
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error, 2)
		go func() { _, err := dev.Next(ctx); left <- err }()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		go func() { _, err := dev.Next(t.Context()); left <- err }()
		go func() { _, err := dev.Identify(t.Context()); left <- err }()
		time.Sleep(time.Millisecond)
		dev.Close()
		for range 2 {
			if err := <-left; !errors.Is(err, presence.ErrLost) {
				t.Error(err)
			}
		}
	})
}

// endless is a line on which something comes all the time, as fast as it is read.
type endless struct {
	port.Port
	reads int
}

func (e *endless) Read(b []byte) (int, error) {
	e.reads++
	return copy(b, strings.Repeat("noise\n", len(b)/6)), nil
}

func TestEndlessNoiseKeepsNobodyBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := port.Pipe()
		defer there.Close()
		e := &endless{Port: here}
		dev := presence.New(e, presence.Opts{})
		defer dev.Close()
		for range 3 {
			if s, took, err := next(t, dev, time.Minute); !errors.Is(err, presence.ErrNoise) || s != presence.Unknown || took > 5*time.Second {
				t.Errorf("%v after %v, %v", s, took, err)
			}
		}
		if e.reads > 3*1000 {
			t.Errorf("%d reads in 12 s", e.reads)
		}
	})
}

func ExampleDev_Next() {
	line, device := port.Pipe()
	sensor := presenceemu.New(presenceemu.Opts{})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go sensor.Serve(ctx, device)

	dev := presence.New(line, presence.Opts{})
	defer dev.Close()
	fmt.Println(dev.Next(ctx))
	sensor.Sense(presence.Somebody)
	fmt.Println(dev.Next(ctx))
	// Output:
	// nobody <nil>
	// somebody <nil>
}
