// Package line is a wire that can be cut, for towns of one process and of many.
package line

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Line is the wire between terminal and town hall: every byte goes through it, and it can really be cut. Its methods may be called from several
// goroutines.
type Line struct {
	target string
	addr   string

	mu     sync.Mutex
	listen net.Listener
	open   map[net.Conn]bool

	slow    atomic.Int64 // bytes a second; 0: as fast as it goes
	carried atomic.Int64
}

// New lays a line from a free port of this machine to target, a host and a port, where nobody needs to listen yet.
func New(target string) (*Line, error) {
	l := &Line{target: target, open: map[net.Conn]bool{}}
	if err := l.Join(); err != nil {
		return nil, err
	}
	return l, nil
}

// Ports that Listen takes: below those that a system gives to connections, and to whoever asks for any.
const firstPort, lastPort = 20000, 32000

// Listen listens at a free port of this machine that can be left and taken again: the system gives it to nobody else meanwhile, as it does with one that
// it chose itself.
func Listen() (net.Listener, error) {
	var err error
	for range 100 {
		var ln net.Listener
		if ln, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", firstPort+rand.IntN(lastPort-firstPort))); err == nil {
			return ln, nil
		}
	}
	return nil, fmt.Errorf("line: find a free port: %w", err)
}

// Slow lets at most so many bytes a second through each way of a connection, as a poor mobile network does; 0 takes the limit away. What is being
// carried already goes on as it was for a moment.
func (l *Line) Slow(bytes int) { l.slow.Store(int64(bytes)) }

// Carried is how many bytes went through, both ways together, since the line was laid.
func (l *Line) Carried() int64 { return l.carried.Load() }

// Addr is where the terminal finds the town hall, also while the line is cut.
func (l *Line) Addr() string { return l.addr }

// Join mends the line after Cut; it does nothing when the line is whole. It fails when somebody else took the port meanwhile.
func (l *Line) Join() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listen != nil {
		return nil
	}
	var ln net.Listener
	var err error
	if l.addr == "" {
		ln, err = Listen()
	} else if ln, err = net.Listen("tcp", l.addr); err != nil {
		err = fmt.Errorf("line: lay: %w", err)
	}
	if err != nil {
		return err
	}
	l.listen, l.addr = ln, ln.Addr().String()
	go l.serve(ln)
	return nil
}

// Cut ends every connection and takes no new one.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listen != nil {
		_ = l.listen.Close()
		l.listen = nil
	}
	for c := range l.open {
		_ = c.Close()
	}
	clear(l.open)
}

func (l *Line) serve(ln net.Listener) {
	for {
		near, err := ln.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.target)
		if err != nil {
			_ = near.Close()
			continue
		}
		if l.keep(ln, near, far) {
			go l.carry(near, far)
			go l.carry(far, near)
		}
	}
}

// keep remembers connections so that they can be cut; false when the line was cut meanwhile.
func (l *Line) keep(ln net.Listener, conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		if l.listen != ln {
			_ = c.Close()
			continue
		}
		l.open[c] = true
	}
	return l.listen == ln
}

func (l *Line) carry(to, from net.Conn) {
	_, _ = io.Copy(&pacer{l, to}, from) // however it ends, both ends are closed
	_ = to.Close()
	_ = from.Close()
	l.mu.Lock()
	delete(l.open, to)
	delete(l.open, from)
	l.mu.Unlock()
}

// piece is how much a slow line carries at once.
const piece = 2 << 10

// pacer writes as fast as the line carries.
type pacer struct {
	line *Line
	to   io.Writer
}

func (p *pacer) Write(b []byte) (int, error) {
	done := 0
	for done < len(b) {
		next := b[done:]
		slow := p.line.slow.Load()
		if slow > 0 {
			next = next[:min(len(next), piece)]
			time.Sleep(time.Duration(len(next)) * time.Second / time.Duration(slow))
		}
		n, err := p.to.Write(next)
		done += n
		p.line.carried.Add(int64(n))
		if err != nil {
			return done, err
		}
	}
	return done, nil
}
