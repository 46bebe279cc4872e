package eid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// The driver in front of the real AusweisApp, in the version that the Debian package has (1.26.2 in Debian 12). It runs without a window and
// without a network; its only reader is its own simulated one, which has a keypad there.
func TestRealAusweisApp(t *testing.T) {
	address := ausweisApp(t)
	o := Opts{Settle: 200 * time.Millisecond, UserAgent: "Rathausnah (test)"}
	dev := New(&websocket.Dialer{}, address, o)
	run := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			noLeak(t)
			f(t)
		})
	}

	run("information and readers", func(t *testing.T) {
		r, err := dev.Info(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if r.Info.Name != "AusweisApp2" || r.Info.Version == "" || !slices.Contains(r.Level.Available, 2) || r.Status.Workflow != "" {
			t.Errorf("got %+v", r)
		}
		i := slices.IndexFunc(r.Readers, func(r Reader) bool { return r.Name == "Simulator" })
		if i < 0 || !r.Readers[i].Attached || !r.Readers[i].Insertable || r.Readers[i].Card != nil {
			t.Errorf("the simulated reader is missing: %+v", r.Readers)
		}
		if len(r.Others) > 0 {
			t.Errorf("it says things that this driver does not know: %v", r.Others)
		}
	})

	run("one program at a time", func(t *testing.T) {
		v := begin(t, dev, ChangePIN)
		v.waitsForCard()
		if _, err := New(nil, address, o).Info(context.Background()); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "429") {
			t.Errorf("got %v", err)
		}
		_ = v.Close()
		for range 3 { // at once, again and again
			if _, err := dev.Info(context.Background()); err != nil {
				t.Fatalf("after it: %v", err)
			}
		}
	})

	run("no browsers", func(t *testing.T) {
		ws, answer, err := websocket.DefaultDialer.Dial(strings.TrimPrefix(address, "eid+"), http.Header{"Origin": {"https://evil.example"}})
		if err == nil {
			ws.Close() // 1.26.2 does not look at the origin yet
			if r, err := dev.Info(context.Background()); err != nil || !strings.HasPrefix(r.Info.Version, "1.") {
				t.Errorf("AusweisApp %s lets browsers in, %v", r.Info.Version, err)
			}
		} else if answer == nil || answer.StatusCode != http.StatusForbidden || !errors.Is(refusal(context.Background(), answer, err), ErrPeer) {
			t.Errorf("got %v, %v", answer, err)
		}
		_, err = New(nil, strings.Replace(address, "eID-Kernel", "elsewhere", 1), o).Info(context.Background())
		if !errors.Is(err, ErrPeer) {
			t.Errorf("another path: %v", err)
		}
	})

	for name, card := range map[string]*Simulator{"own card": nil, "card with all files": recordedCard(t)} {
		run("a new PIN with its "+name, func(t *testing.T) {
			v, s := withCard(t, dev, card)
			if s.Retries != 3 || s.Reader.Name != "Simulator" {
				t.Errorf("%d tries in %q", s.Retries, s.Reader.Name)
			}
			if err := v.CAN(secret("123456")); !errors.Is(err, ErrNotNow) {
				t.Errorf("a CAN that nobody asked for: %v", err)
			}
			v.must(v.typed(s, v.PIN, "123456"))
			s = v.screen(EnterNewPIN)
			v.must(v.typed(s, v.NewPIN, "271828"))
			v.end(Success)
		})
	}

	run("cancel on every screen", func(t *testing.T) {
		for _, on := range []Screen{Starting, InsertCard, EnterPIN, EnterNewPIN} {
			var v *visit
			switch on {
			case EnterPIN:
				v, _ = withCard(t, dev, nil)
			case EnterNewPIN:
				var s State
				v, s = withCard(t, dev, nil)
				v.must(v.typed(s, v.PIN, "123456"))
				v.screen(EnterNewPIN)
			default:
				v = begin(t, dev, ChangePIN)
				if on == InsertCard {
					v.waitsForCard()
				}
			}
			v.must(v.Cancel())
			v.end(ByCitizen)
			if err := v.Close(); err != nil {
				t.Error(err)
			}
		}
	})

	run("closed in the middle it is free again", func(t *testing.T) {
		for range 3 {
			v := begin(t, dev, ChangePIN)
			v.waitsForCard()
			_ = v.Close()
		}
		r, err := dev.Info(context.Background())
		if err != nil || r.Status.Workflow != "" {
			t.Errorf("%+v, %v", r.Status, err)
		}
	})

	run("authentication without a network", func(t *testing.T) {
		for token, want := range map[string]Cause{"https://127.0.0.1:9/token?session=739164": Network, "": TokenRefused, "nonsense": TokenRefused} {
			s, err := dev.Authenticate(context.Background(), token)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			v := &visit{t: t, Session: s, ctx: ctx}
			end := v.end(want)
			if want == Network && !strings.HasSuffix(end.Result.Minor, "dp#trustedChannelEstablishmentFailed") {
				t.Errorf("%+v", end.Result)
			}
			if strings.Contains(fmt.Sprint(v.State(), end, end.Note), "739164") {
				t.Error("the session's address is told")
			}
			cancel()
			_ = s.Close()
		}
	})

	run("commands it does not take", func(t *testing.T) {
		l, err := dial(context.Background(), websocket.Dialer{}, address, dev.o)
		if err != nil {
			t.Fatal(err)
		}
		defer l.hangUp()
		for _, say := range []struct {
			Command
			kind Kind
			word string
		}{
			{plain("NOPE"), KindUnknownCommand, "NOPE"}, {plain("ACCEPT"), KindBadState, "ACCEPT"}, {plain("CANCEL"), KindBadState, "CANCEL"},
			{withSecret("SET_PIN", "123456"), KindBadState, "SET_PIN"}, {plain("GET_CERTIFICATE"), KindBadState, "GET_CERTIFICATE"},
			{Command{name: "SET_API_LEVEL", level: 77}, KindAPILevel, "level"},
		} {
			if err := l.send(say.Command); err != nil {
				t.Fatal(err)
			}
			for {
				m, err := l.recv()
				if err != nil {
					t.Fatal(err)
				}
				if m.Kind == KindReader {
					continue
				}
				if m.Kind != say.kind || !strings.Contains(m.Error, say.word) {
					t.Errorf("%s: %s, %q", say.Command, m.Kind, m.Error)
				}
				break
			}
		}
	})
}

// waitsForCard is InsertCard where there is a real reader, and ConnectReader where there is only the simulated one.
func (v *visit) waitsForCard() {
	v.t.Helper()
	v.until("waiting for a card", func(s State) bool { return s.Screen == InsertCard || s.Screen == ConnectReader })
}

// withCard begins to change a PIN and puts a virtual card in. AusweisApp plugs its simulated reader in anew with every connection; when the
// card comes too early for that, 1.26.2 ends at once and calls it a success, which it must not be taken for.
func withCard(t *testing.T, d *Dev, card *Simulator) (*visit, State) {
	t.Helper()
	for range 20 {
		v := begin(t, d, ChangePIN)
		v.until("a reader that takes virtual cards", func(s State) bool {
			return (s.Screen == InsertCard || s.Screen == ConnectReader) && slices.ContainsFunc(s.Readers, func(r Reader) bool { return r.Insertable })
		})
		v.must(v.Simulate(card))
		s := v.until("the PIN is asked for", func(s State) bool { return s.Screen == EnterPIN || s.Over() })
		if !s.Over() {
			return v, s
		}
		if s.Outcome.Cause == Success {
			t.Fatal("a PIN that nobody was asked for has changed")
		}
		_ = v.Close()
	}
	t.Fatal("AusweisApp does not take its own virtual card")
	return nil, State{}
}

// typed types at the reader if it has a keypad.
func (v *visit) typed(s State, give func(Secret) error, number string) error {
	if s.Keypad {
		return v.TypeAtReader()
	}
	return give(secret(number))
}

func recordedCard(t *testing.T) *Simulator {
	t.Helper()
	b, err := os.ReadFile("testdata/recorded/1.26.2-set-card.json")
	if err != nil {
		t.Fatal(err)
	}
	var c struct{ Simulator *Simulator }
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	return c.Simulator
}

// ausweisApp starts one that belongs to this test alone and gives its device address.
func ausweisApp(t *testing.T) string {
	t.Helper()
	binary := ""
	for _, name := range []string{"AusweisApp2", "AusweisApp"} {
		if path, err := exec.LookPath(name); err == nil {
			binary = path
			break
		}
	}
	if binary == "" {
		t.Skip("AusweisApp is not installed (Debian: ausweisapp2)")
	}
	home, runtimes, tmp := t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.Chmod(runtimes, 0o700); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(tmp, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	port := freePort(t)
	c := exec.Command(binary, "--ui", "websocket", "--port", port, "--no-proxy")
	c.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + runtimes, "TMPDIR=" + tmp, "QT_QPA_PLATFORM=offscreen", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Skipf("AusweisApp cannot run here: %v", err)
	}
	gone := make(chan error, 1)
	go func() { gone <- c.Wait() }()
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		select {
		case <-gone:
		case <-time.After(5 * time.Second):
			_ = c.Process.Kill()
			<-gone
		}
	})
	address := "eid+ws://127.0.0.1:" + port + "/eID-Kernel"
	dev := New(nil, address, Opts{Settle: time.Millisecond, Reply: 5 * time.Second})
	for end := time.Now().Add(30 * time.Second); ; {
		_, err := dev.Info(context.Background())
		if err == nil {
			return address
		}
		select {
		case err := <-gone:
			gone <- err
			said, _ := os.ReadFile(log.Name())
			t.Skipf("AusweisApp cannot run here: %v\n%s", err, said[max(0, len(said)-2000):])
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(end) {
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("AusweisApp does not answer: %v\n%s", err, said[max(0, len(said)-2000):])
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func(c io.Closer) { _ = c.Close() }(l)
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
