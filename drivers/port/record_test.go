package port_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
)

// ask is a driver in small: it says hello, and asks twice.
func ask(p port.Port) (answers string, err error) {
	for _, s := range []string{"hello", "how are you", "bye"} {
		if _, err := p.Write([]byte(s)); err != nil {
			return answers, err
		}
		buf := make([]byte, 2)
		if _, err := io.ReadFull(p, buf); err != nil {
			return answers, err
		}
		answers += string(buf)
	}
	return answers, p.Close()
}

// A fault that only one town's terminal has comes to the developers as a text, and plays there as it did in the town.
func TestWhatIsRecordedCanBeReplayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := port.Pipe()
		go func() {
			buf := make([]byte, 20)
			for _, s := range []string{"ok", "OK", "ah"} {
				if _, err := theirs.Read(buf); err != nil {
					return
				}
				time.Sleep(1500 * time.Millisecond)
				_, _ = theirs.Write([]byte(s))
			}
		}()
		var text bytes.Buffer
		rec := port.NewRecorder(ours, &text, "demo+pipe\nfor a test")
		said, err := ask(rec)
		if err != nil || said != "okOKah" || rec.Err() != nil {
			t.Fatal(said, err, rec.Err())
		}
		want := `rathausnah line 1
# demo+pipe for a test
# It may hold what a citizen typed and what is on a card: pass it on only if it was made with test data.
0.000000 > 68656C6C6F
1.500000 < 6F6B
1.500000 > 686F772061726520796F75
3.000000 < 4F4B
3.000000 > 627965
4.500000 < 6168
4.500000 ! closed
`
		if text.String() != want {
			t.Errorf("recorded\n%s", text.String())
		}
		script, err := port.ReadRecording(&text)
		if err != nil {
			t.Fatal(err)
		}
		again := port.NewReplay(script)
		if said, err := ask(again); err != nil || said != "okOKah" || again.Done() != nil {
			t.Errorf("replayed %q, %v, %v", said, err, again.Done())
		}
	})
}

func replay(t *testing.T, lines ...string) *port.Replay {
	t.Helper()
	script, err := port.ReadRecording(strings.NewReader("rathausnah line 1\n" + strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return port.NewReplay(script)
}

func TestAReplayNamesThePlaceWhereSomethingElseIsSaid(t *testing.T) {
	r := replay(t, "0 > 0102", "0 < 80 00 00", "# a pause", "2.5 > 03 04 05", "3 < 06")
	if _, err := r.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := r.Done(); !errors.Is(err, port.ErrDiffers) || !strings.Contains(err.Error(), "line 2, byte 2 is not said") {
		t.Error(err)
	}
	n, err := r.Write([]byte{2, 3, 9})
	if n != 2 || !errors.Is(err, port.ErrDiffers) || !strings.Contains(err.Error(), "line 5, byte 2: it has 04, and 09 is said") {
		t.Errorf("%d, %v", n, err)
	}
	if b, err := io.ReadAll(r); !bytes.Equal(b, []byte{0x80, 0, 0}) || !errors.Is(err, port.ErrDiffers) {
		t.Errorf("who reads gets % X and waits for ever, or %v", b, err)
	}
	r = replay(t, "0 > 01")
	if _, err := r.Write([]byte{1, 7}); !errors.Is(err, port.ErrDiffers) || !strings.Contains(err.Error(), "it ends, and 07 is said") {
		t.Error(err)
	}
}

func TestAReplayHangsUpWhereTheDeviceDid(t *testing.T) {
	r := replay(t, "0 < 02", "0.1 > 06", "0.2 ! gone")
	buf := make([]byte, 4)
	if n, err := r.Read(buf); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := r.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it waits for the answer: %v", err)
	}
	if _, err := r.Write([]byte{6}); err != nil {
		t.Fatal(err)
	}
	<-port.Gone(r)
	if _, err := r.Read(buf); err != io.EOF {
		t.Error(err)
	}
	if _, err := r.Write([]byte{6}); err != io.EOF {
		t.Error(err)
	}
	if err := errors.Join(r.Close(), r.Close(), r.Done()); err != nil {
		t.Error(err)
	}
	if _, err := r.Write([]byte{6}); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if _, err := r.Read(buf); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

func TestAReplayTellsWhenItIsOver(t *testing.T) {
	over := func(r *port.Replay) bool {
		select {
		case <-r.Over():
			return true
		default:
			return false
		}
	}
	r := replay(t, "0 < 05", "0.1 > 06 07", "0.2 < 80", "0.3 ! gone")
	for _, b := range []byte{6, 7} {
		if over(r) {
			t.Fatalf("over before %02X was said", b)
		}
		if _, err := r.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if !over(r) || r.Done() != nil {
		t.Errorf("not over when everything was said: %v", r.Done())
	}
	if b, err := io.ReadAll(r); string(b) != "\x05\x80" || err != nil { // what it said can still be read
		t.Errorf("% X, %v", b, err)
	}
	if r = replay(t, "0 < 05", "1 ! closed"); !over(r) {
		t.Error("a device that is told nothing has said all at once")
	}
	if r = replay(t); !over(r) || r.Done() != nil {
		t.Error("an empty recording is over at its beginning")
	}
	r = replay(t, "0 > 06", "1 < 80")
	if _, err := r.Write([]byte{7}); !errors.Is(err, port.ErrDiffers) || !over(r) || !errors.Is(r.Done(), port.ErrDiffers) {
		t.Errorf("something else was said: %v, over %v", err, over(r))
	}
	if _, err := r.Write([]byte{6}); !errors.Is(err, port.ErrDiffers) { // and nothing is said twice
		t.Error(err)
	}
	r = replay(t, "0 > 06")
	waits := make(chan struct{})
	go func() { <-r.Over(); close(waits) }()
	if _, err := r.Write([]byte{6}); err != nil {
		t.Fatal(err)
	}
	<-waits
}

// broken is a full disk.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAFullDiskEndsTheRecordingAndNotTheLine(t *testing.T) {
	ours, theirs := port.Pipe()
	defer theirs.Close()
	rec := port.NewRecorder(ours, broken{}, "")
	defer rec.Close()
	if _, err := rec.Write([]byte{1}); err != nil {
		t.Error(err)
	}
	if rec.Err() == nil {
		t.Error("nobody hears that the recording is not there")
	}
}

func TestARecordingTellsHowTheLineEnded(t *testing.T) {
	ours, theirs := port.Pipe()
	var text bytes.Buffer
	rec := port.NewRecorder(ours, &text, "pipe")
	theirs.Close()
	if _, err := rec.Read(make([]byte, 1)); err != io.EOF {
		t.Fatal(err)
	}
	if _, err := rec.Write([]byte("late")); err != io.EOF {
		t.Fatal(err)
	}
	rec.Close()
	if s := text.String(); strings.Count(s, "!") != 1 || !strings.Contains(s, "! gone") || !strings.Contains(s, "took 0 of these 4 bytes") {
		t.Error(s)
	}
}

func TestATextThatIsNoRecordingIsRefusedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "empty",
		"0 > 01":                       "line 1",
		"rathausnah line 2":            "line 1",
		"rathausnah line 1\n\n0 > 0":   "line 3",
		"rathausnah line 1\n0 >":       "line 2",
		"rathausnah line 1\nsoon > 01": "line 2",
		"rathausnah line 1\n-1 > 01":   "line 2",
		"rathausnah line 1\nNaN > 01":  "line 2",
		"rathausnah line 1\n0 ! tired": "line 2",
		"rathausnah line 1\n0 = 01":    "line 2",
		"rathausnah line 1\n0":         "line 2",
		"rathausnah line 1\n" + strings.Repeat("0 > 00", 1<<20): "line 2",
	} {
		if _, err := port.ReadRecording(strings.NewReader(text)); !errors.Is(err, port.ErrRecording) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

func FuzzARecordingIsReadOrRefused(f *testing.F) {
	f.Add("rathausnah line 1\n# x\n0.012345 > 0600\n0.013002 < 80 00 00\n2.5 ! gone\n")
	f.Add("rathausnah line 1\n3 ! closed")
	f.Fuzz(func(t *testing.T, text string) {
		script, err := port.ReadRecording(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, port.ErrRecording) {
				t.Fatal(err)
			}
			return
		}
		r := port.NewReplay(script)
		defer r.Close()
		for _, e := range script {
			if e.Line < 2 || e.At < 0 || (len(e.Data) == 0) == (e.End == "") {
				t.Fatalf("%+v", e)
			}
			if !e.Sent {
				continue
			}
			if _, err := r.Write(e.Data); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Done(); err != nil {
			t.Fatal(err)
		}
	})
}

func ExampleNewRecorder() {
	ours, device := port.Pipe()
	go func() { _, _ = device.Read(make([]byte, 8)); _, _ = device.Write([]byte{0x80, 0, 0}) }()

	var text strings.Builder
	p := port.NewRecorder(ours, &text, "zvt+tcp")
	_, _ = p.Write([]byte{0x06, 0x00, 0x00})
	_, _ = io.ReadFull(p, make([]byte, 3))
	_ = p.Close()

	script, err := port.ReadRecording(strings.NewReader(text.String()))
	for _, e := range script {
		fmt.Printf("sent=%v %X%s\n", e.Sent, e.Data, e.End)
	}
	fmt.Println(err)
	// Output:
	// sent=true 060000
	// sent=false 800000
	// sent=false closed
	// <nil>
}
