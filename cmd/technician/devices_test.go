package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/port"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/presence"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/rfid"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/scan"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr/qrread"
)

func open(t *testing.T, address string) port.Port {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p, err := port.Open(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// everywhere plays a device on TCP and on a pseudo terminal. show puts a line into its file, or says it on standard input.
func everywhere(t *testing.T, device, name string, more []string, f func(t *testing.T, p port.Port, show func(line string))) {
	for _, listen := range []string{"tcp://127.0.0.1:0", "pty"} {
		t.Run(listen, func(t *testing.T) {
			dir := t.TempDir()
			r, w := io.Pipe()
			defer w.Close()
			args := append([]string{device, "--listen", listen, "--dir", dir}, more...)
			p := open(t, play(t, r, args...))
			var turn atomic.Int32
			f(t, p, func(line string) { // once in the file, once by hand
				if turn.Add(1)%2 == 1 {
					_, _ = io.WriteString(w, line+"\n")
					return
				}
				file, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.WriteString(file, line+"\n")
				_ = file.Close()
			})
		})
	}
}

// shown shows something again and again until it is read: what is shown before anybody reads is nobody's.
func shown[T any](t *testing.T, show func(), read func() (T, error)) T {
	t.Helper()
	type result struct {
		v   T
		err error
	}
	got := make(chan result, 1)
	go func() { v, err := read(); got <- result{v, err} }()
	for late := time.Now().Add(20 * time.Second); ; {
		go show()
		select {
		case r := <-got:
			if r.err != nil {
				t.Error(r.err)
			}
			return r.v
		case <-time.After(1500 * time.Millisecond):
			if time.Now().After(late) {
				t.Fatal("nothing is read")
			}
		}
	}
}

func TestAScannerIsShownCodes(t *testing.T) {
	everywhere(t, "scanner", "scan", nil, func(t *testing.T, p port.Port, show func(string)) {
		d := scan.New(p, scan.Opts{})
		for _, code := range []string{"AGE-SECRET-KEY-1", "4006381333931"} {
			if got := shown(t, func() { show(code) }, func() (scan.Code, error) { return d.Read(t.Context()) }); got.Text() != code {
				t.Errorf("%q is read as %q", code, got.Text())
			}
		}
	})
}

func TestATagReaderIsHeldTags(t *testing.T) {
	everywhere(t, "rfid", "tag", []string{"--model", "id12"}, func(t *testing.T, p port.Port, show func(string)) {
		d := rfid.New(p, rfid.Opts{Gone: 100 * time.Millisecond})
		for _, id := range []string{"0415AB2F00", "0100000001"} {
			if tag := shown(t, func() { show(id) }, func() (rfid.Tag, error) { return d.Read(t.Context()) }); tag.Hex() != id {
				t.Errorf("%s is read as %s", id, tag.Hex())
			}
		}
	})
}

func TestASensorSeesWhoComes(t *testing.T) {
	everywhere(t, "presence", "presence", nil, func(t *testing.T, p port.Port, show func(string)) {
		d := presence.New(p, presence.Opts{Leave: 100 * time.Millisecond})
		if s, err := d.Next(t.Context()); err != nil || s != presence.Nobody {
			t.Fatalf("%v, %v", s, err)
		}
		for line, want := range map[string]presence.State{"somebody": presence.Somebody, "unknown": presence.Unknown} {
			show(line)
			if s, err := d.Next(t.Context()); err != nil || s != want {
				t.Errorf("%s: %v, %v", line, s, err)
			}
		}
	})
}

// lines keeps what a command prints, line by line.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	select {
	case l.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

// wait waits until what was printed is as wanted.
func (l *lines) wait(t *testing.T, so func(text string) bool) string {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		l.mu.Lock()
		text := l.text.String()
		l.mu.Unlock()
		if so(text) {
			return text
		}
		select {
		case <-l.more:
		case <-late:
			t.Fatalf("it printed %s", text)
		}
	}
}

func TestCardsTellsWhatIsPutIntoTheReaders(t *testing.T) {
	room := cardemu.NewRoom("Reader")
	out := &lines{more: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- cardsCmd{}.listen(&hands{ctx: ctx, out: out, err: io.Discard}, room) }()
	out.wait(t, func(s string) bool { return strings.Contains(s, `"reader-here"`) })
	room.Insert("Reader", cardemu.Of(card.Girocard, nil))
	text := out.wait(t, func(s string) bool { return strings.Contains(s, `"inserted"`) })
	if e := last[cardEvent](t, text); e.Kind != card.Girocard || !e.Refused || e.Reader != "Reader" {
		t.Errorf("%+v", e)
	}
	room.Remove("Reader")
	text = out.wait(t, func(s string) bool { return strings.Contains(s, `"removed"`) })
	if strings.Contains(text, "3B") {
		t.Errorf("something of the card is printed: %s", text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAPINIsChangedAndNeverShown(t *testing.T) {
	at := play(t, nil, "eid", "--dir", t.TempDir(), "--step", "0s")
	out, err := tool(t, nil, "eid", "--url", at, "info")
	if r := last[eidReport](t, out); err != nil || !r.OK || r.Version == "" || len(r.Readers) == 0 {
		t.Fatalf("%s, %v", out, err)
	}
	out, err = tool(t, strings.NewReader("123456\n654321\n654321\n"), "eid", "--url", at, "pin")
	if err != nil || !strings.Contains(out, `"cause":"success"`) {
		t.Errorf("%s, %v", out, err)
	}
	if strings.Contains(out, "123456") || strings.Contains(out, "654321") {
		t.Errorf("a PIN is shown: %s", out)
	}
	out, err = tool(t, strings.NewReader("654321\n111111\n111112\n"), "eid", "--url", at, "pin")
	if err == nil || strings.Contains(out+err.Error(), "11111") {
		t.Errorf("two that are not alike: %s, %v", out, err)
	}
}

const answers = `day: 2026-11-23
answers: {}
`

func TestASampleIsPrintedOnPaper(t *testing.T) {
	data := filepath.Join("..", "..", "assets", "services", "parkausweis-bewohner", "examples", "own-car.yaml")
	dir := t.TempDir()
	fault := filepath.Join(dir, "fault")
	slips := play(t, nil, "printer", "--dir", dir, "--fault-file", fault)
	out, err := tool(t, nil, "print", "--printer", slips, "--document", "slip", "--data", data)
	if p := last[printed](t, out); err != nil || !p.OK || p.Done != p.Parts || p.Parts != 2 {
		t.Fatalf("%s, %v", out, err)
	}
	if err := os.WriteFile(fault, []byte("no-paper"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err = tool(t, nil, "print", "--printer", slips, "--document", "slip", "--data", data)
	if p := last[printed](t, out); err == nil || p.OK || p.Done != 0 || !strings.Contains(p.Error, "paper") {
		t.Errorf("without paper: %s, %v", out, err)
	}
	sheets := play(t, nil, "a4", "--dir", t.TempDir())
	out, err = tool(t, nil, "print", "--printer", sheets, "--document", "permit", "--data", data)
	if p := last[printed](t, out); err != nil || !p.OK {
		t.Errorf("a sheet: %s, %v", out, err)
	}
	if _, err := tool(t, nil, "print", "--printer", slips, "--document", "slip", "--data", file(t, "x.yaml", answers)); err == nil || !strings.Contains(err.Error(), "not complete") {
		t.Errorf("answers that are not complete: %v", err)
	}
}

// A slip's key is on its paper and nowhere else. Who looks for a fault in a terminal that serves citizens finds none in a recording, nor in what an
// emulated printer keeps; only a demo town's keeps what it printed.
func TestASlipsKeyIsInNoFileButADemos(t *testing.T) {
	const key = "AGE-SECRET-KEY-1"
	data := filepath.Join("..", "..", "assets", "services", "parkausweis-bewohner", "examples", "own-car.yaml")
	for _, demo := range []bool{true, false} {
		dir := t.TempDir()
		args := []string{"printer", "--dir", dir}
		if demo {
			args = append(args, "--demo")
		}
		tape := filepath.Join(t.TempDir(), "printer.line")
		tap := start(t, nil, "tap", "--url", play(t, nil, args...), "--record", tape)
		out, err := tool(t, nil, "print", "--printer", tap.address, "--document", "slip", "--data", data)
		if p := last[printed](t, out); err != nil || !p.OK || p.Done != 2 {
			t.Fatalf("%s, %v", out, err)
		}
		if _, err := tap.stop(); err != nil {
			t.Fatal(err)
		}
		kept, seen := "", 0
		files, err := filepath.Glob(filepath.Join(dir, "slip-*"))
		if err != nil || len(files) == 0 {
			t.Fatal("the printer kept nothing:", err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kept += string(b)
			if !strings.HasSuffix(file, ".png") {
				continue
			}
			img, err := png.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if code, err := qrread.Read(img); err == nil && strings.HasPrefix(code, key) {
				seen++
			}
		}
		if strings.Contains(kept, key) != demo || (seen > 0) != demo {
			t.Errorf("demo %v: the key is in its bytes: %v, in %d pictures", demo, strings.Contains(kept, key), seen)
		}
		if !strings.Contains(kept, "Ihr Beleg") {
			t.Errorf("demo %v: what is no secret is not there either", demo)
		}
		said, err := os.ReadFile(tape)
		if err != nil {
			t.Fatal(err)
		}
		line := strings.ToUpper(string(said))
		spoken := fmt.Sprintf("%X", "Ihr Beleg")
		entries, err := port.ReadRecording(bytes.NewReader(said))
		if err != nil {
			t.Fatal(err)
		}
		var sent []byte
		for _, e := range entries {
			if e.Sent {
				sent = append(sent, e.Data...)
			}
		}
		if bytes.Contains(sent, []byte(key)) || strings.Contains(line, fmt.Sprintf("%X", key)) {
			t.Error("the recording holds the key")
		}
		if !strings.Contains(fmt.Sprintf("%X", sent), spoken) {
			t.Error("the recording holds nothing")
		}
	}
	// Pages: a permit, a decision.
	for _, demo := range []bool{true, false} {
		dir := t.TempDir()
		args := []string{"a4", "--dir", dir}
		if demo {
			args = append(args, "--demo")
		}
		if out, err := tool(t, nil, "print", "--printer", play(t, nil, args...), "--document", "permit", "--data", data); err != nil {
			t.Fatalf("%s, %v", out, err)
		}
		if files, _ := filepath.Glob(filepath.Join(dir, "*.pdf")); (len(files) > 0) != demo {
			t.Errorf("demo %v: %d pages are kept", demo, len(files))
		}
	}
}
