package town

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// line is the wire between terminal and town hall: every byte goes through it, and it can really be cut.
type line struct {
	target string
	addr   string

	mu     sync.Mutex
	listen net.Listener
	open   map[net.Conn]bool
}

func newLine(target string) (*line, error) {
	l := &line{target: target, open: map[net.Conn]bool{}}
	return l, l.Join()
}

// Addr is where the terminal finds the town hall, also while the line is cut.
func (l *line) Addr() string { return l.addr }

// Join lays the line, or mends it.
func (l *line) Join() error {
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
		return fmt.Errorf("town: lay the line: %w", err)
	}
	l.listen, l.addr = ln, ln.Addr().String()
	go l.serve(ln)
	return nil
}

// Cut ends every connection and takes no new one.
func (l *line) Cut() {
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

func (l *line) serve(ln net.Listener) {
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
func (l *line) keep(ln net.Listener, conns ...net.Conn) bool {
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

func (l *line) carry(to, from net.Conn) {
	_, _ = io.Copy(to, from) // however it ends, both ends are closed
	_ = to.Close()
	_ = from.Close()
	l.mu.Lock()
	delete(l.open, to)
	delete(l.open, from)
	l.mu.Unlock()
}
