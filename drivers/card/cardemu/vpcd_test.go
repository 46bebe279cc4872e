package cardemu_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/card/cardemu"
)

func TestACardSpeaksAsVpcdWantsIt(t *testing.T) {
	here, there := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- cardemu.Of(card.Tag, nil).Serve(t.Context(), there) }()
	for _, c := range []struct{ sent, answer string }{
		{"\x00\x01\x01", ""}, // power on
		{"\x00\x01\x04", "\x00\x14\x3B\x8F\x80\x01\x80\x4F\x0C\xA0\x00\x00\x03\x06\x03\x00\x01\x00\x00\x00\x00\x6A"},
		{"\x00\x01\x02", ""}, // reset
		{"\x00\x05\xFF\xCA\x00\x00\x00", "\x00\x06\x6E\x40\x1B\xA8\x90\x00"},
		{"\x00\x06\x00\xA4\x04\x0C\x01\x3F", "\x00\x02\x6A\x82"},
		{"\x00\x00", ""},
		{"\x00\x01\x00", ""}, // power off
	} {
		if _, err := io.WriteString(here, c.sent); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(c.answer))
		if _, err := io.ReadFull(here, got); err != nil || string(got) != c.answer {
			t.Errorf("% X is answered % X, %v", c.sent, got, err)
		}
	}
	here.Close()
	if err := <-served; err != nil {
		t.Error("a reader that hangs up is no error:", err)
	}
}

func TestAConnectionThatEndsInTheMiddleOfAMessageIsTold(t *testing.T) {
	const whole = "\x00\x05\xFF\xCA\x00\x00\x00"
	for n := 1; n < len(whole); n++ {
		if _, err := cardemu.ReadMessage(bytes.NewReader([]byte(whole[:n]))); !errors.Is(err, cardemu.ErrFrame) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	if _, err := cardemu.ReadMessage(bytes.NewReader(nil)); err != io.EOF {
		t.Error(err)
	}
	if err := cardemu.WriteMessage(io.Discard, make([]byte, 1<<16)); !errors.Is(err, cardemu.ErrFrame) {
		t.Error(err)
	}
}

// pipe is a connection that says what it was given and takes everything.
type pipe struct {
	io.Reader
	net.Conn
	out bytes.Buffer
}

func (p *pipe) Read(b []byte) (int, error)  { return p.Reader.Read(b) }
func (p *pipe) Write(b []byte) (int, error) { return p.out.Write(b) }
func (p *pipe) Close() error                { return nil }
func (p *pipe) SetDeadline(time.Time) error { return nil }

func FuzzNothingThatAReaderSaysBreaksACard(f *testing.F) {
	f.Add([]byte("\x00\x01\x01\x00\x01\x04\x00\x05\xFF\xCA\x00\x00\x00"), "tag")
	f.Add([]byte("\x00\x0E\x00\xA4\x04\x00\x09\xE8\x07\x04\x00\x7F\x00\x07\x03\x02"), "identity")
	f.Add([]byte("\xFF\xFF\x00"), "health")
	f.Fuzz(func(t *testing.T, said []byte, kind string) {
		p := &pipe{Reader: bytes.NewReader(said)}
		if err := cardemu.Of(card.Kind(kind), nil).Serve(t.Context(), p); err != nil && !errors.Is(err, cardemu.ErrFrame) {
			t.Fatal(err)
		}
		for in := bytes.NewReader(p.out.Bytes()); ; { // and what it answers can be read
			b, err := cardemu.ReadMessage(in)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := card.ParseAnswer(b); err != nil {
				if _, err := card.ParseATR(b); err != nil {
					t.Fatalf("answers % X", b)
				}
			}
		}
	})
}
