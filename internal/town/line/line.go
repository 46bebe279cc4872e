// Package line is a wire that can be cut, for towns of one process and of many.
package line

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// Line is the wire between terminal and town hall: every byte goes through it, and it can really be cut. Its methods may be called from several
// goroutines.
type Line struct {
	target string
	addr   string

	mu     sync.Mutex
	listen net.Listener
	open   map[net.Conn]bool
}

// New lays a line from a free port of this machine to target, a host and a port, where nobody needs to listen yet.
func New(target string) (*Line, error) {
	l := &Line{target: target, open: map[net.Conn]bool{}}
	if err := l.Join(); err != nil {
		return nil, err
	}
	return l, nil
}

// Addr is where the terminal finds the town hall, also while the line is cut.
func (l *Line) Addr() string { return l.addr }

// Join mends the line after Cut; it does nothing when the line is whole. It fails when somebody else took the port meanwhile.
func (l *Line) Join() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listen != nil {
		return nil
	}
	at := l.addr
	if at == "" {
		at = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", at)
	if err != nil {
		return fmt.Errorf("line: lay: %w", err)
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
	_, _ = io.Copy(to, from) // however it ends, both ends are closed
	_ = to.Close()
	_ = from.Close()
	l.mu.Lock()
	delete(l.open, to)
	delete(l.open, from)
	l.mu.Unlock()
}
