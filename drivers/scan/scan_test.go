package scan_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
)

// waiting is a line that tells when the driver has thrown away what was old and waits without end for the next code.
type waiting struct {
	port.Port
	ready chan struct{}
}

func (w *waiting) SetReadDeadline(t time.Time) error {
	if t.IsZero() {
		select {
		case w.ready <- struct{}{}:
		default:
		}
	}
	return w.Port.SetReadDeadline(t)
}

// run runs a subtest on a clock of its own: nothing in it depends on how fast the machine is, and nothing may stay behind.
func run(t *testing.T, name string, f func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

func open(t testing.TB, o scan.Opts) (dev *scan.Dev, gun port.Port, ready <-chan struct{}) {
	t.Helper()
	here, there := port.Pipe()
	w := &waiting{here, make(chan struct{}, 1)}
	dev = scan.New(w, o)
	t.Cleanup(func() { dev.Close(); there.Close() })
	return dev, there, w.ready
}

type result struct {
	code string
	err  error
}

// show reads one code while the pieces are sent one after the other.
func show(t testing.TB, dev *scan.Dev, gun port.Port, ready <-chan struct{}, pieces ...string) result {
	t.Helper()
	got := make(chan result, 1)
	go func() {
		code, err := dev.Read(t.Context())
		got <- result{code.Text(), err}
	}()
	select {
	case <-ready:
	case r := <-got:
		return r
	}
	for _, p := range pieces {
		if _, err := gun.Write([]byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case r := <-got:
		return r
	case <-time.After(time.Minute):
		t.Fatal("the scan did not end")
		return result{}
	}
}

func TestAScanEndsAsScannersEndIt(t *testing.T) {
	giro := "BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051\nEUR30.70"
	windows := strings.ReplaceAll(giro, "\n", "\r\n")
	for name, c := range map[string]struct {
		pieces []string
		want   string
	}{
		"CR":                                   {[]string{"AGE-SECRET-KEY-1Q\r"}, "AGE-SECRET-KEY-1Q"},
		"CR LF":                                {[]string{"4006381333931\r\n"}, "4006381333931"},
		"CR LF in pieces":                      {[]string{"40063", "81333931", "\r", "\n"}, "4006381333931"},
		"STX ETX":                              {[]string{"\x024006381333931\x03"}, "4006381333931"},
		"STX ETX around CR":                    {[]string{"\x02a\rb\x03"}, "a\rb"},
		"lines with LF":                        {[]string{giro + "\r"}, giro},
		"lines with CR LF":                     {[]string{windows + "\r\n"}, windows},
		"lines in a frame":                     {[]string{"\x02" + windows + "\x03"}, windows},
		"the second of two is left":            {[]string{"first\rsecond\r"}, "first"},
		"an empty line is no scan":             {[]string{"\r\r\r", "code\r"}, "code"},
		"the rest of the last line is no code": {[]string{"\ncode\r"}, "code"},
		"umlauts in UTF-8":                     {[]string{"Grüße\r"}, "Grüße"},
		"umlauts in ISO 8859-1":                {[]string{"Gr\xfc\xdfe\r"}, "Grüße"},
	} {
		run(t, name, func(t *testing.T) {
			dev, gun, ready := open(t, scan.Opts{})
			if r := show(t, dev, gun, ready, c.pieces...); r.err != nil || r.code != c.want {
				t.Errorf("read %q, %v", r.code, r.err)
			}
		})
	}
}

// Radio scanners and slow lines send a code in pieces. A pause within it is no end, whatever stands before the pause; only what is silent for too
// long is dropped.
func TestACodeMayComeWithGaps(t *testing.T) {
	giro := "BCD\n002\n1\nSCT\n\nStadt Bad Oeynhausen\nDE02120300000000202051"
	for name, c := range map[string]struct {
		opts   scan.Opts
		pause  time.Duration
		pieces []string
		want   result
	}{
		"between letters":             {scan.Opts{}, 900 * time.Millisecond, strings.SplitAfter(giro+"\r", ""), result{giro, nil}},
		"within a frame":              {scan.Opts{}, 900 * time.Millisecond, []string{"\x02", "BCD\r\n", "002", "\x03"}, result{"BCD\r\n002", nil}},
		"behind a line feed":          {scan.Opts{}, 900 * time.Millisecond, []string{"BCD\n", "002\r"}, result{"BCD\n002", nil}},
		"too long":                    {scan.Opts{}, 1100 * time.Millisecond, []string{"BCD\n", "002\r"}, result{"", scan.ErrCutOff}},
		"between CR and LF":           {scan.Opts{}, 50 * time.Millisecond, []string{"BCD\r", "\n"}, result{"BCD", nil}},
		"behind a CR LF that is text": {scan.Opts{}, 50 * time.Millisecond, []string{"BCD\r\n", "002\r\n"}, result{"BCD\r\n002", nil}},
		"behind a CR LF that ends":    {scan.Opts{}, 70 * time.Millisecond, []string{"BCD\r\n", "002\r\n"}, result{"BCD", nil}},
		"a slower scanner, told so":   {scan.Opts{Gap: 500 * time.Millisecond, Stale: 3 * time.Second}, 400 * time.Millisecond, []string{"BCD\r\n", "00", "2\r\n"}, result{"BCD\r\n002", nil}},
		"no end but silence":          {scan.Opts{Silent: true}, 50 * time.Millisecond, []string{"BCD\n", "002", "\r\n1"}, result{"BCD\n002\r\n1", nil}},
	} {
		run(t, name, func(t *testing.T) {
			dev, gun, ready := open(t, c.opts)
			got := make(chan result, 1)
			go func() {
				code, err := dev.Read(t.Context())
				got <- result{code.Text(), err}
			}()
			<-ready
			for i, p := range c.pieces {
				if i > 0 {
					time.Sleep(c.pause)
				}
				if _, err := gun.Write([]byte(p)); err != nil {
					t.Fatal(err)
				}
			}
			if r := <-got; r.code != c.want.code || !errors.Is(r.err, c.want.err) {
				t.Errorf("read %q, %v", r.code, r.err)
			}
			synctest.Wait()
			time.Sleep(time.Minute)
			if r := show(t, dev, gun, ready, "next\r"); r.err != nil || r.code != "next" {
				t.Errorf("then %q, %v", r.code, r.err)
			}
		})
	}
}

func TestACodeWithoutAnEndIsDroppedAndTheNextOneIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dev, gun, ready := open(t, scan.Opts{})
		if r := show(t, dev, gun, ready, "BCD\n002\n"); !errors.Is(r.err, scan.ErrCutOff) || r.code != "" {
			t.Fatalf("read %q, %v", r.code, r.err)
		}
		if r := show(t, dev, gun, ready, "next\r"); r.err != nil || r.code != "next" {
			t.Errorf("read %q, %v", r.code, r.err)
		}
	})
}

func TestAnEndlessCodeIsRefusedWithoutBeingRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dev, gun, ready := open(t, scan.Opts{Max: 100})
		r := show(t, dev, gun, ready, strings.Repeat("geheim", 50)+"\r")
		if !errors.Is(r.err, scan.ErrTooLong) || strings.Contains(r.err.Error(), "geheim") {
			t.Fatalf("got %v", r.err)
		}
		if r := show(t, dev, gun, ready, "next\r"); r.err != nil || r.code != "next" {
			t.Errorf("read %q, %v", r.code, r.err)
		}
	})
}

func TestWhatSomebodyElseScannedBeforeIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dev, gun, ready := open(t, scan.Opts{})
		if _, err := gun.Write([]byte("AGE-SECRET-KEY-OF-THE-ONE-BEFORE\r")); err != nil {
			t.Fatal(err)
		}
		if r := show(t, dev, gun, ready, "mine\r"); r.err != nil || r.code != "mine" {
			t.Errorf("read %q, %v", r.code, r.err)
		}
	})
}

func TestWaitingEndsWithTheVisit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dev, _, ready := open(t, scan.Opts{})
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-ready; cancel() }()
		if _, err := dev.Read(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAPulledCableIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dev, gun, ready := open(t, scan.Opts{})
		go func() { <-ready; gun.Close() }()
		if _, err := dev.Read(t.Context()); !errors.Is(err, scan.ErrLost) {
			t.Errorf("got %v", err)
		}
	})
}

// watched counts how often a line is read.
type watched struct {
	port.Port
	reads atomic.Int64
}

func (w *watched) Read(b []byte) (int, error) { w.reads.Add(1); return w.Port.Read(b) }

func TestWaitingForACodeCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := port.Pipe()
		w := &watched{Port: here}
		dev := scan.New(w, scan.Opts{})
		got := make(chan result, 1)
		go func() {
			code, err := dev.Read(t.Context())
			got <- result{code.Text(), err}
		}()
		synctest.Wait()
		time.Sleep(time.Second)
		before := w.reads.Load()
		time.Sleep(7 * 24 * time.Hour)
		if n := w.reads.Load() - before; n != 0 {
			t.Errorf("the line was read %d times", n)
		}
		if _, err := there.Write([]byte("late\r")); err != nil {
			t.Fatal(err)
		}
		if r := <-got; r.err != nil || r.code != "late" {
			t.Errorf("read %q, %v", r.code, r.err)
		}
		dev.Close()
	})
}

// script is a line that says what it was given, piece by piece with a silence after each, and then hangs up.
type script struct {
	pieces [][]byte
	quiet  bool
	first  bool
}

func (s *script) Read(b []byte) (int, error) {
	if !s.first { // nothing old is there
		s.first = true
		return 0, os.ErrDeadlineExceeded
	}
	if s.quiet {
		s.quiet = false
		return 0, os.ErrDeadlineExceeded
	}
	if len(s.pieces) == 0 {
		return 0, os.ErrClosed
	}
	n := copy(b, s.pieces[0])
	if s.pieces[0] = s.pieces[0][n:]; len(s.pieces[0]) == 0 {
		s.pieces, s.quiet = s.pieces[1:], true
	}
	return n, nil
}
func (s *script) Write(b []byte) (int, error)     { return len(b), nil }
func (s *script) Close() error                    { return nil }
func (s *script) SetReadDeadline(time.Time) error { return nil }

func FuzzNothingThatArrivesBreaksTheScanner(f *testing.F) {
	for _, s := range []string{"abc\r", "abc\r\n", "\x02abc\x03", "BCD\n002\r\n1\r", "\x02\x02\x03\x03", "\r\n\r\n", "\x00\xff\r|\n|\x03"} {
		f.Add([]byte(s))
	}
	for _, s := range []string{"\x04\xd0\x00\x00\xff\x2cabc\r", "\x02\x010000#SCNTRG1\x06;\x03abc\r", "]Q2\\000026\\\\a\r", "]Q1abc|\r|"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		if len(stream) > 100 { // every scan takes its time
			return
		}
		o := scan.Opts{Max: 64, Gap: time.Nanosecond, Stale: time.Nanosecond}
		if len(stream) > 0 {
			o.Profile = append(scan.Profiles(), scan.Plain)[int(stream[0])%5]
			o.Silent, o.NoAIM = len(stream)%2 == 0, len(stream)%3 == 0
		}
		dev := scan.New(&script{pieces: bytes.Split(stream, []byte{'|'})}, o)
		for range len(stream) + 3 {
			code, err := dev.Read(t.Context())
			if err != nil && (code.Bytes != nil || code.Text() != "") {
				t.Fatal("a code and an error")
			}
			if err == nil && len(code.Bytes) > 65 {
				t.Fatalf("read %q", code.Bytes)
			}
			if err == nil && !utf8.ValidString(code.Text()) {
				t.Fatalf("the text of %q is no UTF-8: %q", code.Bytes, code.Text())
			}
			if errors.Is(err, scan.ErrLost) {
				return
			}
		}
	})
}
