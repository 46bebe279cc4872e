package eid

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/drivers/eid/eidemu"
)

// peer makes a Dev whose line leads to whatever talk says at the other end. Talk's line is closed when it returns.
func peer(t testing.TB, o Opts, talk func(c net.Conn)) *Dev {
	t.Helper()
	var all sync.WaitGroup
	d := &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		all.Add(1)
		go func() {
			defer all.Done()
			c := listening(there)
			defer c.Close()
			talk(c)
		}()
		return here, nil
	}}
	t.Cleanup(all.Wait)
	return New(d, "eid+ws://127.0.0.1:24727/eID-Kernel", o)
}

// patient is a line that takes whatever the other side says at once, as a socket does, and keeps it until it is read.
type patient struct {
	net.Conn
	mu   sync.Mutex
	more sync.Cond
	in   bytes.Buffer
	err  error
	gone chan struct{}
}

func listening(c net.Conn) *patient {
	p := &patient{Conn: c, gone: make(chan struct{})}
	p.more.L = &p.mu
	go func() {
		defer close(p.gone)
		for b := make([]byte, 4096); ; {
			n, err := c.Read(b)
			p.mu.Lock()
			p.in.Write(b[:n])
			p.err = err
			p.mu.Unlock()
			p.more.Broadcast()
			if err != nil {
				return
			}
		}
	}()
	return p
}

func (p *patient) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.in.Len() == 0 {
		if p.err != nil {
			return 0, p.err
		}
		p.more.Wait()
	}
	return p.in.Read(b)
}

func (p *patient) Close() error {
	err := p.Conn.Close()
	<-p.gone
	return err
}

// greet answers the websocket's greeting.
func greet(c net.Conn) {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	_, _ = c.Write(greeting101(r.Header.Get("Sec-WebSocket-Key")))
}

func greeting101(key string) []byte {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n")
}

// frame makes a websocket frame as a server sends it.
func frame(first byte, payload string) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

func say(payload string) []byte { return frame(0x81, payload) }

// whole is a session from the first message to the last.
func whole() []string {
	pin := `{"msg":"ENTER_PIN","reader":{"name":"A","attached":true,"card":{"inoperative":false,"deactivated":false,"retryCounter":3}}}`
	return []string{
		`{"msg":"READER","name":"A","attached":true,"card":null}`, level, `{"msg":"READER_LIST","readers":[]}`, authBegins,
		`{"msg":"STATUS","workflow":"AUTH","progress":10,"state":null}`, rights, who, `{"msg":"INSERT_CARD"}`, pin, pin,
		`{"msg":"AUTH","result":{"major":"http://www.bsi.bund.de/ecard/api/1.1/resultmajor#ok"},"url":"https://eid.example/?ref=1"}`,
	}
}

// lived lets a session run until its end and gives what ended it. The citizen consents and types.
func lived(t testing.TB, d *Dev) (State, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s, err := d.Authenticate(ctx, "https://eid.example/token")
	if err != nil {
		return State{}, err
	}
	defer s.Close()
	for {
		st, err := s.Next(ctx)
		switch {
		case st.Over():
			return st, err
		case err != nil:
			t.Fatalf("a session that does not end: %s", st)
		case st.Screen == Consent:
			_ = s.Consent()
		case st.Screen == EnterPIN:
			_ = s.PIN(secret("123456"))
		}
	}
}

func TestOtherProgramsAtThePortAreToldApart(t *testing.T) {
	noLeak(t)
	for status, want := range map[int]struct {
		error
		word string
	}{
		403: {ErrPeer, "browser"}, 404: {ErrPeer, "404"}, 409: {ErrBusy, "window"}, 429: {ErrBusy, "a program is connected"}, 503: {ErrBusy, "switched off"},
		200: {ErrPeer, "200"}, 302: {ErrPeer, "302"}, 500: {ErrPeer, "500"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") != "" || r.Header.Get("User-Agent") != "Rathausnah" {
				t.Errorf("AusweisApp would take us for a browser: %v", r.Header)
			}
			w.Header().Set("Location", "http://192.0.2.1/")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, strings.Repeat("not for us ", 1000))
		}))
		_, err := New(nil, "eid+ws"+strings.TrimPrefix(s.URL, "http"), quick()).Info(context.Background())
		if !errors.Is(err, want.error) || !strings.Contains(err.Error(), want.word) || strings.Contains(err.Error(), "not for us") {
			t.Errorf("%d: %v", status, err)
		}
		s.Close()
	}
}

func TestEmulatorsDoorIsTheDocuments(t *testing.T) {
	for fault, want := range map[eidemu.Fault]error{eidemu.Busy: ErrBusy, eidemu.Window: ErrBusy, eidemu.Disabled: ErrBusy, eidemu.Elsewhere: ErrPeer} {
		c := start(t, fault, eidemu.Opts{}, quick())
		if _, err := c.Info(context.Background()); !errors.Is(err, want) {
			t.Errorf("%s: %v", fault, err)
		}
		c.fault.Store(eidemu.None)
		if _, err := c.Info(context.Background()); err != nil {
			t.Errorf("%s is over: %v", fault, err)
		}
	}
}

// A session that was cut off keeps AusweisApp busy for some milliseconds (seen with 1.26.2); the next citizen must not be sent away for that.
func TestSessionBeforeThatIsNotQuiteOverIsWaitedFor(t *testing.T) {
	for _, f := range []eidemu.Fault{eidemu.Window, eidemu.Busy} {
		c := start(t, eidemu.None, eidemu.Opts{}, quick())
		if _, err := c.Info(context.Background()); err != nil {
			t.Fatal(err)
		}
		c.fault.Store(f)
		ctx, cancel := context.WithTimeout(context.Background(), 3*again)
		if _, err := c.Info(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", f, err)
		}
		cancel()
		time.AfterFunc(2*again, func() { c.fault.Store(eidemu.None) })
		if _, err := c.Info(context.Background()); err != nil {
			t.Errorf("%s has passed: %v", f, err)
		}
	}
	// For ever it is not waited for.
	o := quick()
	o.Farewell = 2 * again
	c := start(t, eidemu.None, eidemu.Opts{}, o)
	_, _ = c.Info(context.Background())
	c.fault.Store(eidemu.Busy)
	if _, err := c.Info(context.Background()); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
}

func TestLineWithACertificate(t *testing.T) {
	noLeak(t)
	s := httptest.NewUnstartedServer(eidemu.New(eidemu.Opts{}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	address := "eid+wss" + strings.TrimPrefix(s.URL, "https")
	if _, err := New(nil, address, quick()).Info(context.Background()); !errors.Is(err, ErrPeer) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
	known := s.Client().Transport.(*http.Transport).TLSClientConfig
	if end, err := lived(t, New(&websocket.Dialer{TLSClientConfig: known}, address, quick())); err != nil || end.Outcome.Cause != Success {
		t.Errorf("%s, %v", end, err)
	}
}

func TestWrongDevicesAtTheOtherEnd(t *testing.T) {
	noise := make([]byte, 1<<16)
	_, _ = rand.Read(noise)
	endless := func(what []byte) func(c net.Conn) {
		return func(c net.Conn) {
			for {
				if _, err := c.Write(what); err != nil {
					return
				}
			}
		}
	}
	after := func(talk func(c net.Conn)) func(c net.Conn) { return func(c net.Conn) { greet(c); talk(c) } }
	bytes := func(b ...byte) func(c net.Conn) {
		return func(c net.Conn) { _, _ = c.Write(b); _, _ = io.Copy(io.Discard, c) }
	}
	long := func(n uint64, payload string) func(c net.Conn) {
		return bytes(append(binary.BigEndian.AppendUint64([]byte{0x81, 127}, n), payload...)...)
	}
	for name, bad := range map[string]struct {
		talk  func(c net.Conn)
		kind  error
		place string
	}{
		"nothing, for ever":         {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, ErrLine, "connect"},
		"hangs up at once":          {func(net.Conn) {}, ErrLine, "connect"},
		"a printer":                 {bytes(0x12, 0x16, 0x12, 0x12, '\n'), ErrPeer, "offset 0"},
		"a card terminal":           {bytes(0x06, 0x0F, 0x00, 0x10, 0x03, '\n'), ErrPeer, "offset 0"},
		"another kind of server":    {bytes([]byte("220 mail.example ESMTP\r\n")...), ErrPeer, "offset 0"},
		"noise without end":         {endless(noise), ErrPeer, "connect"},
		"a greeting without end":    {endless([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + strings.Repeat("X: y\r\n", 1000))), ErrPeer, "connect"},
		"a line without end":        {endless([]byte("HTTP")), ErrPeer, "connect"},
		"somebody else's key":       {func(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)); _, _ = c.Write(greeting101("x")) }, ErrPeer, "HTTP 101"},
		"greets and hangs up":       {after(func(net.Conn) {}), ErrLine, "message 1"},
		"noise after the greeting":  {after(func(c net.Conn) { _, _ = c.Write([]byte{0xFF, 0xFF, 0xFF, 0xFF}) }), ErrPeer, "message 1"},
		"zeros after the greeting":  {after(bytes(0, 0, 0, 0, 0, 0)), ErrPeer, "message 1"},
		"a frame for a server":      {after(bytes(0x81, 0x82, 1, 2, 3, 4, 5, 6)), ErrPeer, "message 1"},
		"bytes instead of text":     {after(bytes(frame(0x82, `{"msg":"INFO"}`)...)), ErrPeer, "message 1"},
		"half a frame":              {after(func(c net.Conn) { _, _ = c.Write(say(level)[:20]) }), ErrLine, "message 1"},
		"half a message":            {after(bytes(say(`{"msg":"API_LEVEL","available":[1`)...)), ErrPeer, "offset 33"},
		"no message":                {after(bytes(say(`[]`)...)), ErrPeer, "offset 1 of 2"},
		"another protocol's JSON":   {after(bytes(say(`{"jsonrpc":"2.0","id":1}`)...)), ErrPeer, "no msg"},
		"64 KiB and no message":     {after(bytes(say(strings.Repeat("A", 64<<10))...)), ErrPeer, "offset 1 of 65536"},
		"64 KiB that never come":    {after(func(c net.Conn) { _, _ = c.Write([]byte{0x81, 126, 0xFF, 0xFF, '{'}) }), ErrLine, "message 1"},
		"a message of 4 GiB":        {after(long(1<<32, "{")), ErrPeer, "offset 1048576"},
		"a message of 2^63 bytes":   {after(long(1<<63, "{")), ErrPeer, "offset 1048576"},
		"a message of 2^64-1 bytes": {after(long(1<<64-1, "{")), ErrPeer, "offset 1048576"},
		"a message in pieces, endless": {after(func(c net.Conn) {
			_, _ = c.Write(frame(0x01, `{"msg":"`))
			endless(frame(0x00, "A"))(c)
		}), ErrPeer, "message 1"},
		"empty pieces, endless": {after(func(c net.Conn) {
			_, _ = c.Write(frame(0x01, `{"msg":"`))
			endless(slices.Concat(slices.Repeat(frame(0x00, ""), 500)))(c)
		}), ErrPeer, "talks without end"},
		"pings without end":    {after(endless(slices.Repeat(frame(0x89, "1234"), 100))), ErrPeer, "talks without end"},
		"pongs without end":    {after(endless(slices.Repeat(frame(0x8A, ""), 500))), ErrPeer, "talks without end"},
		"messages without end": {after(endless(slices.Repeat(say(`{"msg":"SOMETHING_NEW"}`), 100))), ErrPeer, "more than 2000 messages"},
		"closes with words":    {after(bytes(frame(0x88, "\x03\xe8secret words")...)), ErrLine, "1000"},
		"closes with nonsense": {after(bytes(frame(0x88, "\x00\x01\xff")...)), ErrPeer, "message 1"},
	} {
		t.Run(name, func(t *testing.T) {
			noLeak(t)
			o := quick()
			o.Most = 2000
			switch {
			case name == "nothing, for ever":
				o.Reply = 20 * time.Millisecond
			case strings.Contains(name, "end"):
				o.Limit = 16 << 10
			}
			d := peer(t, o, bad.talk)
			for what, try := range map[string]func() error{
				"session":     func() error { _, err := lived(t, d); return err },
				"information": func() error { _, err := d.Info(context.Background()); return err },
			} {
				err := try()
				if !errors.Is(err, bad.kind) || !strings.Contains(err.Error(), bad.place) || strings.Contains(err.Error(), "secret words") || len(err.Error()) > 300 {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func TestHangUpAtEveryMessage(t *testing.T) {
	noLeak(t)
	messages := whole()
	for n := range messages {
		d := peer(t, quick(), func(c net.Conn) {
			greet(c)
			for _, m := range messages[:n] {
				_, _ = c.Write(say(m))
			}
		})
		s, err := lived(t, d)
		if !errors.Is(err, ErrLine) || !strings.Contains(err.Error(), fmt.Sprintf("message %d", n+1)) {
			t.Errorf("after %d messages: %v", n, err)
		}
		if s.Screen != Failed || s.Outcome.Cause != Line {
			t.Errorf("after %d messages: %s", n, s)
		}
	}
}

func TestHangUpInTheMiddleOfEveryByte(t *testing.T) {
	noLeak(t)
	var all []byte
	for _, m := range whole() {
		all = append(all, say(m)...)
	}
	hello := len(greeting101("MDEyMzQ1Njc4OWFiY2RlZg=="))
	for cut := 0; cut <= hello+len(all); cut++ {
		d := peer(t, quick(), func(c net.Conn) {
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				return
			}
			_, _ = c.Write(append(greeting101(r.Header.Get("Sec-WebSocket-Key")), all...)[:cut])
		})
		s, err := lived(t, d)
		if whole := cut == hello+len(all); whole != (err == nil) || !whole && !errors.Is(err, ErrLine) && !errors.Is(err, ErrPeer) {
			t.Fatalf("cut after %d bytes: %s, %v", cut, s, err)
		}
	}
}

func TestBackInServiceWhenTheLineIsGoodAgain(t *testing.T) {
	for _, f := range []eidemu.Fault{eidemu.Garbage, eidemu.Binary, eidemu.Endless, eidemu.EndlessText, eidemu.Closes, eidemu.Disabled} {
		o := quick()
		o.Most = 500
		c := start(t, f, eidemu.Opts{}, o)
		if s, err := lived(t, c.Dev); err == nil {
			t.Errorf("%s: no error, %s", f, s)
		}
		c.fault.Store(eidemu.None)
		if s, err := lived(t, c.Dev); err != nil || s.Outcome.Cause != Success {
			t.Errorf("%s is over: %s, %v", f, s, err)
		}
	}
}

func TestTextsOf64KiBAndNewThingsAreNoFault(t *testing.T) {
	for _, f := range []eidemu.Fault{eidemu.Long, eidemu.Strange} {
		c := start(t, f, eidemu.Opts{}, quick())
		s, err := lived(t, c.Dev)
		if err != nil || s.Outcome.Cause != Success {
			t.Errorf("%s: %s, %v", f, s, err)
		}
		if f == eidemu.Strange && len(s.Others) != 2 {
			t.Errorf("%d new things were noted", len(s.Others))
		}
	}
}

func TestAusweisAppThatSaysNothingIsGivenUp(t *testing.T) {
	o := quick()
	o.Reply, o.Farewell = 30*time.Millisecond, 30*time.Millisecond
	c := start(t, eidemu.Silence, eidemu.Opts{}, o)
	if s, err := lived(t, c.Dev); !errors.Is(err, ErrLine) || s.Outcome == nil || s.Outcome.Cause != Line {
		t.Errorf("in a session: %s, %v", s, err)
	}
	if _, err := c.Info(context.Background()); !errors.Is(err, ErrLine) {
		t.Errorf("asked for information: %v", err)
	}
	// It does not end when the citizen cancels: after a while it is over all the same, and nobody's fault.
	c = start(t, eidemu.Deaf, eidemu.Opts{}, o)
	v := begin(t, c.Dev, ChangePIN)
	v.screen(EnterPIN)
	v.must(v.Cancel())
	v.end(ByCitizen)
	// It does not show the certificate: nobody waits for it for ever.
	d := peer(t, o, func(c net.Conn) {
		greet(c)
		for _, m := range []string{level, authBegins, rights} {
			_, _ = c.Write(say(m))
		}
		_, _ = io.Copy(io.Discard, c)
	})
	if s, err := lived(t, d); !errors.Is(err, ErrLine) || s.Outcome.Cause != Line {
		t.Errorf("without a certificate: %s, %v", s, err)
	}
}

func TestLineThatDiesSilentlyIsNoticed(t *testing.T) {
	noLeak(t)
	o := quick()
	o.Ping = 20 * time.Millisecond
	d := peer(t, o, func(c net.Conn) {
		greet(c)
		for _, m := range []string{level, authBegins} {
			_, _ = c.Write(say(m))
		}
		_, _ = io.Copy(io.Discard, c) // and answers no ping
	})
	if s, err := lived(t, d); !errors.Is(err, ErrLine) || s.Outcome.Cause != Line {
		t.Errorf("%s, %v", s, err)
	}
	// One that answers its pings may take its time.
	c := start(t, eidemu.None, eidemu.Opts{ByHand: true}, o)
	v := begin(t, c.Dev, ChangePIN)
	v.screen(InsertCard)
	for range 5 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*o.Ping)
		if _, err := v.Next(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("hung up on an AusweisApp that waits for a card: %v", err)
		}
		cancel()
	}
	c.Insert()
	v.screen(EnterPIN)
}

func TestNothingListens(t *testing.T) {
	noLeak(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "eid+ws://" + l.Addr().String()
	l.Close()
	d := New(nil, address, quick())
	if _, err := d.Info(context.Background()); !errors.Is(err, ErrLine) {
		t.Errorf("got %v", err)
	}
	if _, err := New(nil, "eid+ws://192.0.2.1", quick()).ChangePIN(context.Background()); !errors.Is(err, ErrAddress) {
		t.Errorf("a PIN would have gone to another machine in the clear: %v", err)
	}
}

// watched is a line that remembers the memory that commands were written from.
type watched struct {
	net.Conn
	mu   sync.Mutex
	seen [][]byte
	wire bytes.Buffer
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, b)
	w.wire.Write(b)
	return w.Conn.Write(b)
}

// The websocket's buffer held the PIN, masked with a key that stands beside it. What the library puts back into the pool is a type of its
// own; this shows that wiping still finds the buffer in it.
func TestBuffersOfTheWebsocketAreWiped(t *testing.T) {
	c := start(t, eidemu.None, eidemu.Opts{}, quick())
	w := &watched{}
	c.dialer.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		line, err := new(net.Dialer).DialContext(ctx, network, addr)
		w.Conn = line
		return w, err
	}
	if s, err := lived(t, c.Dev); err != nil || s.Outcome.Cause != Success {
		t.Fatalf("%s, %v", s, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	frames := 0
	for _, b := range w.seen {
		if bytes.HasPrefix(b, []byte("GET ")) {
			continue
		}
		frames++
		if len(b) > 10 && bytes.ContainsFunc(b, func(r rune) bool { return r != 0 }) {
			t.Errorf("%d bytes of a command are left in memory", len(b))
		}
	}
	if frames < 6 || !strings.Contains(unmasked(w.wire.Bytes()), `{"cmd":"SET_PIN","value":"123456"}`) {
		t.Errorf("%d frames, and the PIN was not in them", frames)
	}
}

// unmasked reads a client's frames.
func unmasked(b []byte) string {
	var out strings.Builder
	_, b, _ = bytes.Cut(b, []byte("\r\n\r\n"))
	for len(b) > 6 {
		n := int(b[1] & 0x7f)
		head := 2
		if n == 126 {
			n, head = int(binary.BigEndian.Uint16(b[2:])), 4
		}
		key, payload := b[head:head+4], b[head+4:head+4+n]
		for i, c := range payload {
			out.WriteByte(c ^ key[i%4])
		}
		out.WriteByte('\n')
		b = b[head+4+n:]
	}
	return out.String()
}

func FuzzPeer(f *testing.F) {
	var all []byte
	for _, m := range whole() {
		all = append(all, say(m)...)
		f.Add(true, say(m))
	}
	f.Add(true, all)
	f.Add(true, frame(0x89, "ping"))
	f.Add(true, []byte{0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0})
	f.Add(false, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"))
	f.Add(false, []byte("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, greeted bool, b []byte) {
		d := peer(t, quick(), func(c net.Conn) {
			if greeted {
				greet(c)
			} else if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			_, _ = c.Write(b)
		})
		s, err := lived(t, d)
		if err != nil && !errors.Is(err, ErrLine) && !errors.Is(err, ErrPeer) && !errors.Is(err, ErrBusy) {
			t.Fatal(err)
		}
		if err == nil && !s.Over() {
			t.Fatalf("%s", s)
		}
	})
}

// FuzzSession lets messages and answers happen in any order: each byte is one of them.
func FuzzSession(f *testing.F) {
	f.Add(true, []byte{0, 4, 14, 17, 92 + 3, 92 + 9})
	f.Add(false, []byte{0, 9, 52, 92 + 9})
	messages, replies := alphabet(), answers()
	f.Fuzz(func(t *testing.T, auth bool, happens []byte) {
		w := ChangePIN
		if auth {
			w = Authenticate
		}
		s, _ := Begin(w, "https://eid.example/token", false)
		for _, h := range happens {
			before := all(s)
			if int(h) < len(messages) {
				next := check(t, s, messages[h])
				if all(s) != before {
					t.Fatalf("%s changed the state it was given", messages[h].Kind)
				}
				s = next
				continue
			}
			a := replies[(int(h)-len(messages))%len(replies)]
			next, _, err := a.give(s)
			if all(s) != before || err != nil && all(next) != before {
				t.Fatalf("%s changed the state it was given", a.name)
			}
			sound(t, next, nil, a.name, s)
			for _, number := range []string{pinOfTests, canOfTests, pukOfTests} {
				if strings.Contains(all(next), number) {
					t.Fatalf("%s: what was typed is kept", a.name)
				}
			}
			s = next
		}
	})
}
