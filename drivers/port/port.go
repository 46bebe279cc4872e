// Package port is a line to a device: serial, TCP, a device file, a pipe or a pseudo terminal, all with the same promises.
//
// The promises, which one contract test checks for every kind:
//
//   - Read returns what has arrived, waits when nothing has, and ends with os.ErrDeadlineExceeded when the deadline passes. A deadline set
//     while a Read waits counts for that Read.
//   - Silence is not an end: a Read without a deadline waits as long as the line stands.
//   - io.EOF means that the other end is gone: hung up, unplugged, vanished. It stays that way; open the line anew.
//   - A Write to somebody who is gone ends with io.EOF, too, at the latest when the kernel has noticed.
//   - Close returns within a third of a second whatever Read and Write are doing, and ends them with an error that wraps os.ErrClosed. Close may
//     be repeated. What was written before is sent; what a Write was still writing is thrown away. No goroutine stays behind, unless the
//     kernel's driver is stuck.
//   - One goroutine may read while another one writes.
//   - Gone tells the end also to somebody who neither reads nor writes. A cable that is pulled or a device that loses its power without a word
//     is noticed within about four seconds; over TCP within twenty while something that was written is on its way to it.
//
// A driver is handed a Port; it never opens one. Who keeps a device for long has a Keeper, which opens its line anew whenever it ended. A Recorder
// writes down what a line's two sides say to each other, and a Replay plays it again.
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
	"sync"
	"syscall"
	"time"
)

// Port is an open line to a device.
type Port interface {
	io.ReadWriteCloser
	// SetReadDeadline ends waiting reads at t with os.ErrDeadlineExceeded; the zero time means that reads wait without end.
	SetReadDeadline(t time.Time) error
}

// Gone gives a channel that is closed as soon as the line is known to have ended, whether anybody reads or not: hung up, unplugged, vanished, or
// closed here. What arrived before can still be read. The playing end of a pseudo terminal never knows; a Port of another package that has no
// such method gives nil, which never ends either.
func Gone(p Port) <-chan struct{} {
	if l, ok := p.(interface{ Gone() <-chan struct{} }); ok {
		return l.Gone()
	}
	return nil
}

// ErrAddress says that a device address cannot be understood.
var ErrAddress = errors.New("port: not a device address")

// ErrBusy says that another program has opened the same serial line.
var ErrBusy = errors.New("port: line is in use")

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
// owner. An address that makes no sense gives an error that wraps ErrAddress, a serial line that another program has opened one that wraps
// ErrBusy; every other error may pass by itself. No error repeats an address's parameters: a driver's may be a password.
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
	// A device that was unplugged from its network never says goodbye: the kernel asks after two silent seconds, and twice more. It does not ask
	// while something that was written is on its way; see conn.hurry.
	d := net.Dialer{Timeout: wait, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 2 * time.Second, Interval: time.Second, Count: 2}}
	c, err := d.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("port: open: %w", err)
	}
	return Conn(c), nil
}

// Conn makes a Port of a network connection, such as one that a listener accepted.
func Conn(c net.Conn) Port {
	p := &conn{inbox: newInbox(), c: c}
	if s, ok := c.(syscall.Conn); ok {
		p.raw, _ = s.SyscallConn() // fails only when closed: then nothing is under way any more
	}
	p.listening.Go(p.listen)
	return p
}

// conn is a line over the network. It reads all the time, so that an end is noticed while nobody waits for anything.
type conn struct {
	*inbox
	c         net.Conn
	listening sync.WaitGroup

	raw     syscall.RawConn // nil: no kernel's connection
	sending sync.Mutex
	hurried bool // the kernel was told to give up after unanswered
	writes  int  // so far
	settled int  // writes when it was last looked at whether all had arrived
}

// unanswered is how long a TCP line stands while nothing acknowledges what was written. The kernel's own patience is a quarter of an hour. It is longer
// than any printer stands still with a full buffer before its driver gives up.
const unanswered = 20 * time.Second

// hurry makes the kernel end the connection if what is about to be written is not acknowledged in time. That lasts only until all has arrived:
// while the kernel has such a limit (TCP_USER_TIMEOUT), it keeps to it for silent lines too and does not count the questions of its keep-alive.
func (c *conn) hurry() {
	if c.raw == nil {
		return
	}
	c.sending.Lock()
	defer c.sending.Unlock()
	c.writes++
	if !c.hurried {
		c.hurried = true
		giveUp(c.raw, unanswered)
		time.AfterFunc(time.Second, c.settle)
	}
}

// settle looks once a second whether all that was written has arrived.
func (c *conn) settle() {
	c.sending.Lock()
	defer c.sending.Unlock()
	if c.settled == c.writes && !underWay(c.raw) { // a write that began since the last look may not have reached the kernel yet
		c.hurried = false
		giveUp(c.raw, 0)
		return
	}
	c.settled = c.writes
	time.AfterFunc(time.Second, c.settle)
}

func (c *conn) listen() {
	buf := make([]byte, 4096)
	for {
		n, err := c.c.Read(buf)
		if n > 0 && !c.feed(buf[:n]) {
			return
		}
		if err != nil {
			c.finish()
			return
		}
	}
}

func (c *conn) Write(b []byte) (int, error) {
	c.hurry()
	n, err := c.c.Write(b)
	return n, plain(err)
}

func (c *conn) SetReadDeadline(t time.Time) error { c.setDeadline(t); return nil }

func (c *conn) Close() error {
	c.close()
	defer c.listening.Wait() // it ends with the connection
	if err := c.c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
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
