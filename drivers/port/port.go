// Package port is a line to a device: serial, TCP, a device file, a pipe or a pseudo terminal, all with the same promises.
//
// The promises, which one contract test checks for every kind:
//
//   - Read returns what has arrived, waits when nothing has, and ends with os.ErrDeadlineExceeded when the deadline passes. A deadline set
//     while a Read waits counts for that Read.
//   - Silence is not an end: a Read without a deadline waits as long as the line stands.
//   - io.EOF means that the other end is gone: hung up, unplugged, vanished. It stays that way; open the line anew.
//   - Close returns at once whatever Read and Write are doing, and ends them with an error that wraps os.ErrClosed. Close may be repeated.
//   - One goroutine may read while another one writes.
//
// A driver is handed a Port; it never opens one.
package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Port is an open line to a device.
type Port interface {
	io.ReadWriteCloser
	// SetReadDeadline ends waiting reads at t with os.ErrDeadlineExceeded; the zero time means that reads wait without end.
	SetReadDeadline(t time.Time) error
}

// ErrAddress says that a device address cannot be understood.
var ErrAddress = errors.New("port: not a device address")

// DialTimeout is how long Open waits for a TCP connection unless the address says otherwise.
const DialTimeout = 5 * time.Second

// Open opens the line that the address names:
//
//	tcp://10.0.0.7:20007?connect=5s          connect: how long to wait for the connection
//	serial:/dev/ttyUSB0?baud=9600&bits=8&parity=none&stop=1&flow=none
//	                                         parity: none, even, odd; stop: 1, 2; flow: none, rtscts, xonxoff
//	file:/dev/usb/lp0
//
// A scheme in two parts such as "zvt+tcp" is read by its last part. Parameters that are not a line's are left to the driver's
// owner. An address that makes no sense gives an error that wraps ErrAddress.
func Open(ctx context.Context, u *url.URL) (Port, error) {
	scheme := u.Scheme
	if i := strings.LastIndexByte(scheme, '+'); i >= 0 {
		scheme = scheme[i+1:]
	}
	name := u.Path
	if name == "" {
		name = u.Opaque
	}
	switch scheme {
	case "tcp":
		return openTCP(ctx, u)
	case "serial":
		return openSerial(ctx, name, u.Query())
	case "file":
		return openFile(name)
	}
	return nil, fmt.Errorf("%w: unknown kind of line %q", ErrAddress, scheme)
}

func openTCP(ctx context.Context, u *url.URL) (Port, error) {
	if u.Hostname() == "" || u.Port() == "" {
		return nil, fmt.Errorf("%w: tcp wants a host and a port", ErrAddress)
	}
	wait := DialTimeout
	if s := u.Query().Get("connect"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 {
			return nil, fmt.Errorf("%w: connect wants a duration such as 5s", ErrAddress)
		}
		wait = d
	}
	// A device that was unplugged from its network never says goodbye: keep-alive notices it within about half a minute.
	d := net.Dialer{Timeout: wait, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4}}
	c, err := d.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("port: open: %w", err)
	}
	return Conn(c), nil
}

// Conn makes a Port of a network connection, such as one that a listener accepted.
func Conn(c net.Conn) Port { return &conn{c} }

type conn struct{ net.Conn }

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, plain(err)
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, plain(err)
}

func (c *conn) Close() error {
	if err := c.Conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("port: close: %w", err)
	}
	return nil
}

// plain turns the many ways in which a connection ends into the three that the package promises.
func plain(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return fmt.Errorf("port: %w", os.ErrClosed)
	}
	return io.EOF // reset by peer, broken pipe, no route any more, no such device: the other end is gone
}

// number reads a parameter that is a number of a fixed list.
func number(q url.Values, key string, standard int, allowed ...int) (int, error) {
	s := q.Get(key)
	if s == "" {
		return standard, nil
	}
	n, err := strconv.Atoi(s)
	for _, a := range allowed {
		if err == nil && n == a {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%w: %s=%s is not among %v", ErrAddress, key, s, allowed)
}
