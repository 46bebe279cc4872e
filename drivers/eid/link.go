package eid

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// link is a websocket to AusweisApp.
type link struct {
	ws    *websocket.Conn
	o     Opts
	line  *narrow
	heard int        // messages; only who reads counts
	dead  bool       // nothing more can be read, and it was not we who hung up; only who reads knows
	mu    sync.Mutex // one command after the other
	pmu   sync.Mutex // guards what follows
	ping  *time.Timer
	shut  bool
}

// parting is how long AusweisApp may take to answer that we hang up. Waiting for it matters: until then it refuses the next connection.
const parting = time.Second

// dial connects. AusweisApp wants a User-Agent, which it may show, and no Origin, which would make us a browser (docs/sdk/desktop.rst).
func dial(ctx context.Context, d websocket.Dialer, address string, o Opts) (*link, error) {
	to, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	line := &narrow{}
	line.allow(greetingLimit)
	switch {
	case d.NetDialContext == nil && d.NetDial != nil:
		d.NetDialContext = func(_ context.Context, network, addr string) (net.Conn, error) { return d.NetDial(network, addr) }
	case d.NetDialContext == nil:
		d.NetDialContext = new(net.Dialer).DialContext
	}
	d.NetDialContext = line.through(d.NetDialContext)
	if d.NetDialTLSContext != nil {
		d.NetDialTLSContext = line.through(d.NetDialTLSContext)
	}
	d.Proxy = nil // PINs go straight there
	d.EnableCompression = false
	d.WriteBufferPool = wiping{}
	if d.HandshakeTimeout == 0 {
		d.HandshakeTimeout = o.Reply
	}
	ws, answer, err := d.DialContext(ctx, to, http.Header{"User-Agent": {o.UserAgent}})
	if err != nil {
		return nil, refusal(ctx, answer, err)
	}
	l := &link{ws: ws, o: o, line: line}
	ws.SetReadLimit(o.Limit)
	ws.SetPongHandler(func(string) error { l.alive(); return nil })
	l.alive()
	l.pmu.Lock()
	l.ping = time.AfterFunc(o.Ping, l.knock)
	l.pmu.Unlock()
	return l, nil
}

// greetingLimit is how many bytes may come before there is a websocket: something else at the other end may talk without end. As many
// may come on top of a message: headers, pings, what the websocket reads ahead.
const greetingLimit = 256 << 10

// narrow is a line that ends when the other side talks and talks and no message comes of it: pings, empty frames, noise.
type narrow struct {
	net.Conn
	left atomic.Int64
}

var errNarrow = errors.New("talks without end and says nothing")

// allow lets that many bytes through from now on.
func (n *narrow) allow(bytes int64) { n.left.Store(bytes) }

type dialing func(ctx context.Context, network, addr string) (net.Conn, error)

// through lets a way of connecting go through the line.
func (n *narrow) through(connect dialing) dialing {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := connect(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		n.Conn = c
		return n, nil
	}
}

// Read reads as long as there is something left to be read.
func (n *narrow) Read(b []byte) (int, error) {
	left := n.left.Load()
	if left <= 0 {
		return 0, errNarrow
	}
	if left < int64(len(b)) {
		b = b[:left]
	}
	got, err := n.Conn.Read(b)
	n.left.Add(-int64(got))
	return got, err
}

// errTaken is what passes when the one before has gone.
var errTaken = fmt.Errorf("%w: taken", ErrBusy)

// refusal reads why there is no websocket.
func refusal(ctx context.Context, answer *http.Response, err error) error {
	var broken net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("eid: connect: %w", ctx.Err())
	case answer == nil && (errors.As(err, &broken) || hungUp(err)):
		return fmt.Errorf("%w: connect: %w", ErrLine, err)
	case answer == nil && errors.Is(err, errNarrow):
		return fmt.Errorf("%w: connect: offset %d: %w", ErrPeer, greetingLimit, errNarrow)
	case answer == nil && errors.As(err, &certificate):
		return fmt.Errorf("%w: connect: %w", ErrPeer, err)
	case answer == nil:
		return fmt.Errorf("%w: connect: offset 0: no HTTP", ErrPeer)
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests:
		return fmt.Errorf("%w: a program is connected (429)", errTaken)
	case http.StatusConflict:
		return fmt.Errorf("%w: its own window is at work, or a session that was cut off is not over yet (409)", errTaken)
	case http.StatusServiceUnavailable:
		return fmt.Errorf("%w: its websocket is switched off (503)", ErrBusy)
	case http.StatusForbidden:
		return fmt.Errorf("%w: it takes us for a browser (403)", ErrPeer)
	}
	return fmt.Errorf("%w: connect: no websocket (HTTP %d)", ErrPeer, answer.StatusCode)
}

// hungUp tells whether the line ended, here or there.
func hungUp(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// alive grants AusweisApp time until the second ping from now.
func (l *link) alive() {
	l.pmu.Lock()
	defer l.pmu.Unlock()
	if !l.shut {
		_ = l.ws.SetReadDeadline(time.Now().Add(2 * l.o.Ping)) // a line that cannot take it fails at its next use
	}
}

// knock asks whether AusweisApp is still there; without an answer the next read fails.
func (l *link) knock() {
	l.pmu.Lock()
	shut := l.shut
	l.pmu.Unlock()
	if shut {
		return
	}
	_ = l.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(parting))
	l.pmu.Lock()
	defer l.pmu.Unlock()
	if !l.shut {
		l.ping.Reset(l.o.Ping)
	}
}

// send says a command and wipes what was secret in it.
func (l *link) send(c Command) error {
	b := c.Append(make([]byte, 0, c.Size()))
	defer clear(b)
	defer c.wipe()
	if err := l.ws.SetWriteDeadline(time.Now().Add(l.o.Reply)); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrLine, c, err)
	}
	if err := l.ws.WriteMessage(websocket.TextMessage, b); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrLine, c, err)
	}
	return nil
}

// recv gives the next message. Errors say which message it would have been, counted from 1, and repeat nothing of it.
func (l *link) recv() (Message, error) {
	l.line.allow(l.o.Limit + greetingLimit)
	l.heard++
	kind, b, err := l.ws.ReadMessage()
	var closed *websocket.CloseError
	var broken net.Error
	switch {
	case err == nil && kind != websocket.TextMessage:
		err = fmt.Errorf("%w: offset 0: not a text message", ErrPeer)
	case err == nil:
		var m Message
		if m, err = Decode(b); err == nil {
			return m, nil
		}
	case errors.Is(err, websocket.ErrReadLimit):
		err = fmt.Errorf("%w: offset %d: does not end", ErrPeer, l.o.Limit)
	case errors.Is(err, errNarrow):
		err = fmt.Errorf("%w: %w", ErrPeer, err)
	case errors.As(err, &closed):
		err = fmt.Errorf("%w: websocket closed (%d)", ErrLine, closed.Code) // the peer's own words stay out
	case errors.As(err, &broken) || hungUp(err):
		err = fmt.Errorf("%w: %w", ErrLine, err)
	default:
		err = fmt.Errorf("%w: %w", ErrPeer, err) // broken framing
	}
	l.pmu.Lock()
	defer l.pmu.Unlock()
	l.dead = !l.shut
	return Message{}, fmt.Errorf("%w (message %d)", err, l.heard)
}

// goodbye tells AusweisApp that we hang up. Who reads goes on until it agrees, and hangs up then.
func (l *link) goodbye() {
	l.pmu.Lock()
	defer l.pmu.Unlock()
	if l.shut {
		return
	}
	l.shut = true
	l.ping.Stop()
	_ = l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(parting))
	_ = l.ws.SetReadDeadline(time.Now().Add(parting))
}

// hangUp waits for the answer to goodbye, then for AusweisApp to close the line, which it does once it would let the next one in (RFC 6455,
// 7.1.1), and closes it. Only who reads may call it.
func (l *link) hangUp() {
	defer l.ws.Close()
	l.goodbye()
	if l.dead {
		return
	}
	l.line.allow(l.o.Limit + greetingLimit)
	for range 1000 {
		if _, _, err := l.ws.NextReader(); err != nil {
			break
		}
	}
	_, _ = io.Copy(io.Discard, l.line)
}

// wiping overwrites the websocket's buffer after every command: what a PIN was written into is not kept. The library puts a struct of its
// own here with the buffer as its only field; a test watches that this stays so.
type wiping struct{}

// Get gives nothing, so that every command gets a buffer of its own.
func (wiping) Get() any { return nil }

// Put overwrites the buffer.
func (wiping) Put(used any) {
	if v := reflect.ValueOf(used); v.Kind() == reflect.Struct && v.NumField() == 1 && v.Field(0).Kind() == reflect.Slice {
		b := v.Field(0).Bytes()
		clear(b[:cap(b)])
	}
}
