package scan_test

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
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan/scanemu"
)

// counter has a scanner that obeys, its driver, and a fault that can be switched.
func counter(t testing.TB, o scan.Opts, e scanemu.Opts) (*scan.Dev, *scanemu.Scanner, func(scanemu.Fault)) {
	t.Helper()
	var fault atomic.Value
	fault.Store(scanemu.None)
	e.Fault = func() scanemu.Fault { return fault.Load().(scanemu.Fault) }
	e.Profile = o.Profile
	here, there := port.Pipe()
	gun := scanemu.New(e)
	served := make(chan error, 1)
	go func() { served <- gun.Serve(t.Context(), there) }()
	dev := scan.New(here, o)
	t.Cleanup(func() {
		dev.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return dev, gun, func(f scanemu.Fault) { fault.Store(f) }
}

// until waits for the scanner to be as somebody wants it.
func until(t testing.TB, gun *scanemu.Scanner, ok func(lit bool, beeps int) bool) {
	t.Helper()
	for {
		lit, beeps, changed := gun.Lit()
		if ok(lit, beeps) {
			return
		}
		select {
		case <-changed:
		case <-time.After(time.Minute):
			t.Fatalf("lit %v, %d beeps", lit, beeps)
		}
	}
}

func TestTheScannerIsLitOnlyWhileACodeIsAwaited(t *testing.T) {
	for _, profile := range scan.Profiles() {
		run(t, string(profile), func(t *testing.T) {
			dev, gun, _ := counter(t, scan.Opts{Profile: profile, OnDemand: true}, scanemu.Opts{OnDemand: true, Prefix: "]Q1"})
			if lit, _, _ := gun.Lit(); lit {
				t.Fatal("it is lit though nobody waits")
			}
			got := make(chan scan.Code, 1)
			go func() {
				code, err := dev.Read(t.Context())
				if err != nil {
					t.Error(err)
				}
				got <- code
			}()
			if err := gun.Show(t.Context(), "BCD\n002"); err != nil { // returns when it is lit and has seen the code
				t.Fatal(err)
			}
			if c := <-got; c.Text() != "BCD\n002" || c.Symbology.ID() != "]Q1" {
				t.Errorf("read %q, %v", c.Text(), c.Symbology)
			}
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan error, 1)
			go func() { _, err := dev.Read(ctx); left <- err }()
			until(t, gun, func(lit bool, _ int) bool { return lit })
			leave()
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			until(t, gun, func(lit bool, _ int) bool { return !lit })
		})
	}
}

// Whoever left between the order to light and the scanner's answer to it left the light on, for the next visitor to be dazzled by.
func TestAVisitThatEndsBeforeTheScannerAnswersLeavesNoLight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := port.Pipe()
		dev := scan.New(here, scan.Opts{Profile: scan.Zebra, OnDemand: true})
		defer dev.Close()
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() { _, err := dev.Read(ctx); left <- err }()
		b := make([]byte, 64)
		n, err := there.Read(b)
		if err != nil || string(b[:n]) != "\x04\xe4\x04\x00\xff\x14" {
			t.Fatalf("it is told % x, %v", b[:n], err)
		}
		leave()
		if n, err = there.Read(b); err != nil || string(b[:n]) != "\x04\xe5\x04\x00\xff\x13" {
			t.Errorf("it is told % x, %v", b[:n], err)
		}
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestAScannerThatDarkensByItselfIsLitAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dev, gun, _ := counter(t, scan.Opts{Profile: scan.Zebra, OnDemand: true}, scanemu.Opts{OnDemand: true})
		got := make(chan string, 1)
		go func() { c, _ := dev.Read(t.Context()); got <- c.Text() }()
		until(t, gun, func(lit bool, _ int) bool { return lit })
		_, _, changed := gun.Lit()
		<-changed // told again
		if err := gun.Show(t.Context(), "late"); err != nil {
			t.Fatal(err)
		}
		if c := <-got; c != "late" {
			t.Errorf("read %q", c)
		}
	})
}

func TestTheScannerBeepsWhereTheCommandIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for profile, known := range map[scan.Profile]bool{scan.Plain: false, scan.Honeywell: false, scan.Zebra: true, scan.Datalogic: true, scan.Newland: false} {
			dev, gun, _ := counter(t, scan.Opts{Profile: profile}, scanemu.Opts{})
			err := dev.Beep(t.Context())
			if known && err == nil {
				until(t, gun, func(_ bool, beeps int) bool { return beeps == 1 })
			} else if known || !errors.Is(err, scan.ErrUnknown) {
				t.Errorf("%s: %v", profile, err)
			}
		}
	})
}

func TestAScannerThatRefusesOrIsDeafIsToldApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, profile := range []scan.Profile{scan.Zebra, scan.Newland} {
			dev, gun, fault := counter(t, scan.Opts{Profile: profile}, scanemu.Opts{OnDemand: true})
			fault(scanemu.Refuse)
			if err := dev.Trigger(t.Context()); !errors.Is(err, scan.ErrRefused) {
				t.Errorf("%s: %v", profile, err)
			}
			fault(scanemu.Deaf)
			if err := dev.Trigger(t.Context()); !errors.Is(err, scan.ErrSilent) {
				t.Errorf("%s: %v", profile, err)
			}
			fault(scanemu.None)
			if err := dev.Trigger(t.Context()); err != nil {
				t.Errorf("%s: %v", profile, err)
			}
			until(t, gun, func(lit bool, _ int) bool { return lit })
			if err := dev.Release(t.Context()); err != nil {
				t.Errorf("%s: %v", profile, err)
			}
			until(t, gun, func(lit bool, _ int) bool { return !lit })
		}
	})
}

// What a scanner or a wrong device may do, and what the citizen's next code must be worth afterwards.
func TestBadPeersEndWithAnErrorAndTheNextCodeIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		sent string
		want error
	}{
		"random bytes":                {"\xf8\x00\xe6\x86\xff\x1e\x7f", scan.ErrCutOff},
		"half a code":                 {"BCD\n002\n1\nSC", scan.ErrCutOff},
		"STX without ETX":             {"\x02half", scan.ErrCutOff},
		"a packet that stays half":    {"\x04\xd0", scan.ErrCutOff},
		"64 KiB without an end":       {strings.Repeat("geheim", 11000), scan.ErrTooLong},
		"a packet of 64 KiB":          {"\xff\xf3\x00\x00" + strings.Repeat("\xff", 1<<16), scan.ErrTooLong},
		"another device's chatter":    {strings.Repeat("\x10\x02\x06\x0f\x10\x03", 2000), scan.ErrTooLong},
		"an answer nobody asked for":  {"\x04\xd0\x00\x00\xff\x2c\x02", scan.ErrCutOff},
		"a wrong checksum, then half": {"\x04\xd0\x00\x00\x00\x00x", scan.ErrCutOff},
	} {
		run(t, name, func(t *testing.T) {
			dev, gun, ready := open(t, scan.Opts{Profile: scan.Zebra})
			r := show(t, dev, gun, ready, c.sent)
			if !errors.Is(r.err, c.want) || r.code != "" || strings.Contains(fmt.Sprint(r.err), "geheim") {
				t.Errorf("read %q, %v", r.code, r.err)
			}
			if r := show(t, dev, gun, ready, "next\r"); r.err != nil || r.code != "next" {
				t.Errorf("then read %q, %v", r.code, r.err)
			}
		})
	}
	run(t, "a line that never falls silent", func(t *testing.T) {
		dev, gun, _ := open(t, scan.Opts{Max: 64})
		gun.Write([]byte(strings.Repeat("x", 3000)))
		if _, err := dev.Read(t.Context()); !errors.Is(err, scan.ErrNoise) {
			t.Errorf("got %v", err)
		}
	})
	run(t, "a hang-up in the middle of every byte", func(t *testing.T) {
		const whole = "\x02]Q1BCD\r\n002\x03\r"
		for n := range len(whole) - 2 {
			dev, gun, ready := open(t, scan.Opts{Profile: scan.Newland})
			go func() { <-ready; gun.Write([]byte(whole[:n])); gun.Close() }()
			if c, err := dev.Read(t.Context()); !errors.Is(err, scan.ErrLost) {
				t.Errorf("after %d bytes: %q, %v", n, c.Text(), err)
			}
		}
	})
}

func TestEveryFaultOfTheScannerLeavesTheTerminalUsable(t *testing.T) {
	for _, f := range scanemu.Faults() {
		run(t, string(f), func(t *testing.T) {
			dev, gun, fault := counter(t, scan.Opts{Max: 256}, scanemu.Opts{Again: 40 * time.Millisecond})
			fault(f)
			ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer stop()
			shown := make(chan error, 1)
			go func() { shown <- gun.Show(ctx, "first") }()
			if f == scanemu.Silent {
				<-shown
			} else if c, err := dev.Read(ctx); err == nil && !strings.HasSuffix(c.Text(), "first") {
				t.Errorf("read %q", c.Text())
			}
			fault(scanemu.None)
			if f == scanemu.HangUp {
				if _, err := dev.Read(t.Context()); !errors.Is(err, scan.ErrLost) {
					t.Errorf("got %v", err)
				}
				return
			}
			got := make(chan scan.Code, 1)
			go func() {
				for {
					c, err := dev.Read(t.Context())
					if err == nil && c.Text() == "second" || errors.Is(err, scan.ErrLost) {
						got <- c
						return
					}
				}
			}()
			for {
				select {
				case c := <-got:
					if c.Text() != "second" {
						t.Errorf("read %q", c.Text())
					}
					return
				default:
					ctx, stop := context.WithTimeout(t.Context(), time.Second)
					gun.Show(ctx, "second") // thrown away while the driver still waits for silence
					stop()
				}
			}
		})
	}
}

func TestSilenceEndsAScanWhereNothingElseDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dev, gun, ready := open(t, scan.Opts{Silent: true})
		for _, code := range []string{"4006381333931", "BCD\n002\r\n1"} {
			if r := show(t, dev, gun, ready, code); r.err != nil || r.code != code {
				t.Errorf("read %q, %v", r.code, r.err)
			}
		}
	})
}

func ExampleDev_Read() {
	line, scanner := port.Pipe()
	gun := scanemu.New(scanemu.Opts{Prefix: "]Q1", Again: 100 * time.Millisecond})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go gun.Serve(ctx, scanner)

	dev := scan.New(line, scan.Opts{})
	defer dev.Close()
	go func() {
		for gun.Show(ctx, "BO-7K2M-4") == nil { // somebody holds a slip before the scanner until it is read
		}
	}()
	code, err := dev.Read(ctx)
	fmt.Println(code.Text(), code.Symbology, err)
	// Output: BO-7K2M-4 QR Code <nil>
}
