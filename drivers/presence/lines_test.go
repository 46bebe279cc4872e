package presence_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
)

func TestLinesSayWhatTheDocumentationSays(t *testing.T) {
	file, err := os.Open("testdata/lines.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		text := lines.Text()
		if text == "" || text[0] == '#' {
			continue
		}
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			t.Fatal(text, err)
		}
		line, _ := strconv.Unquote(quoted)
		got := ""
		switch said, err := presence.Parse([]byte(line)); {
		case errors.Is(err, presence.ErrSum):
			got = "! sum"
		case errors.Is(err, presence.ErrLine):
			got = "! line"
		case said.Identity.Version > 0:
			got = said.Identity.String()
			if again := said.Identity.Line(); again != line+"\n" {
				t.Errorf("%q is written %q", line, again)
			}
		case said.State != 0:
			got = said.State.String()
			if again := said.State.Line(); again != strings.TrimSuffix(line, "\r")+"\n" {
				t.Errorf("%q is written %q", line, again)
			}
		default:
			got = "nothing"
		}
		if want := text[len(quoted)+1:]; got != want {
			t.Errorf("%q says %s, want %s", line, got, want)
		}
		n++
	}
	if n < 15 {
		t.Errorf("only %d lines were read", n)
	}
}

// The constants that a technician copies into a sensor are those of the documentation.
func TestTheDocumentationShowsLinesThatAreUnderstood(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{presence.Somebody.Line(), presence.Nobody.Line(), presence.Unknown.Line(), presence.Identity{Version: 1, Name: "PIR-2 1.4"}.Line()} {
		line = strings.TrimSuffix(line, "\n")
		if n := bytes.Count(doc, []byte(line)); n < 2 {
			t.Errorf("the documentation has %q %d times", line, n)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"S1*62", "S0*63\r", "S?*6C", "I1,PIR-2 1.4*0B", "I2,Radar 24 GHz*60", "T21.5*4C", "*00", strings.Repeat("S", 70)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		said, err := presence.Parse(b)
		if err != nil {
			if said != (presence.Said{}) || !errors.Is(err, presence.ErrSum) && !errors.Is(err, presence.ErrLine) {
				t.Fatal(said, err)
			}
			return
		}
		again := ""
		switch {
		case said.State != 0 && said.Identity.Version != 0:
			t.Fatal(said)
		case said.State != 0:
			again = said.State.Line()
		case said.Identity.Version != 0:
			again = said.Identity.Line()
		default:
			return
		}
		if again != strings.TrimSuffix(string(b), "\r")+"\n" {
			t.Fatalf("%q is written %q", b, again)
		}
	})
}

// script is a line that says what it was given, piece by piece with a silence after each, and then hangs up.
type script struct {
	pieces [][]byte
	quiet  bool
}

func (s *script) Read(b []byte) (int, error) {
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

func FuzzNobodyIsOnlyWhatASensorSaid(f *testing.F) {
	for _, s := range []string{"S1*62\n|S0*63\n", "S1*62\nS0*6|3\n|S?*6C\n", "I1,x*2C\n\xff\x00S0*63\n", "|||S0*62\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		if len(stream) > 300 {
			return
		}
		said := bytes.Contains(bytes.ReplaceAll(stream, []byte{'|'}, nil), []byte("S0*63"))
		dev := presence.New(&script{pieces: bytes.Split(stream, []byte{'|'})}, presence.Opts{Come: 1, Leave: 1, Silent: time.Millisecond})
		for range len(stream) + 3 {
			s, err := dev.Next(t.Context())
			if s == presence.Nobody && (err != nil || !said) {
				t.Fatalf("%q: nobody, %v", stream, err)
			}
			if errors.Is(err, presence.ErrLost) && errors.Is(err, os.ErrClosed) {
				return
			}
		}
	})
}

// A terminal waits all day long.
func TestWaitingCostsNoMeasurableTimeOfTheProcessor(t *testing.T) {
	here, there := port.Pipe()
	dev := presence.New(here, presence.Opts{})
	defer dev.Close()
	go func() {
		for range 10 { // heartbeats in quick motion
			if _, err := there.Write([]byte(presence.Nobody.Line())); err != nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		there.Close()
	}()
	begin := used(t)
	for err := error(nil); err == nil; {
		_, err = dev.Next(t.Context())
	}
	if cost := used(t) - begin; cost > 50*time.Millisecond {
		t.Errorf("ten heartbeats cost %v", cost)
	}
}

// used is the time of the processor that this process has had.
func used(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
