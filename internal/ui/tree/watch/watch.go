// Package watch lets a demo be watched from outside: what is on its screen, through a socket, and what happens, in a file. Whether a program is a
// demo's is for its cmd to find out.
package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// Screen tells everyone who connects to the socket what is on the screen, as JSON, and hangs up, until ctx ends. Only the program's own user may
// connect, from the first moment on. wake wakes a program that sleeps in the window system, which would answer late otherwise; nil for one that never
// does.
func Screen(ctx context.Context, socket string, w fyne.Window, wake func()) error {
	ln, err := listen(socket)
	if err != nil {
		return fmt.Errorf("watch: screen: %w", err)
	}
	context.AfterFunc(ctx, func() {
		_ = os.Remove(socket)
		_ = ln.Close()
	})
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go answer(c, w, wake)
		}
	}()
	return nil
}

// listen opens the socket where nobody else can reach it, and moves it to its place when only the program's own user may connect. One that a program
// left which was killed makes room; anything else at this place stays.
func listen(socket string) (net.Listener, error) {
	if i, err := os.Lstat(socket); err == nil && i.Mode().Type() != os.ModeSocket {
		return nil, fmt.Errorf("%s is no socket", socket)
	}
	dir, err := os.MkdirTemp(filepath.Dir(socket), ".")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	hidden := filepath.Join(dir, "s") // short: the system takes about a hundred letters
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: hidden, Net: "unix"})
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false) // it would look for the socket where it was opened
	err = os.Chmod(hidden, 0o600)
	if err == nil {
		err = os.Rename(hidden, socket)
	}
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

func answer(c net.Conn, w fyne.Window, wake func()) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second)) // who asks and does not read is left alone
	var nodes []tree.Node
	looked := make(chan struct{})
	fyne.Do(func() { nodes = tree.Of(w.Canvas()); close(looked) })
	if wake != nil {
		wake()
	}
	<-looked
	if text, err := tree.JSON(nodes); err == nil {
		_, _ = c.Write(text)
	}
}

// Log is an event log: what happened, never what somebody said. It is safe for use by several goroutines.
type Log struct {
	mu   sync.Mutex
	file *os.File
}

// Open begins a new log in the file; "" gives one that forgets.
func Open(file string) (*Log, error) {
	if file == "" {
		return &Log{}, nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("watch: event log: %w", err)
	}
	if err := f.Chmod(0o600); err != nil { // it may have been there with other rights
		f.Close()
		return nil, fmt.Errorf("watch: event log: %w", err)
	}
	return &Log{file: f}, nil
}

// Failed is written in place of an error: its own words may quote an address, a number, an answer.
const Failed = "failed"

// Add writes one line: a name, and pairs of key and value. Of an error it says only that there was one.
func (l *Log) Add(name string, fields ...any) {
	line := map[string]any{"at": time.Now().UTC().Format(time.RFC3339Nano), "event": name}
	for i := 0; i+1 < len(fields); i += 2 {
		if err, ok := fields[i+1].(error); ok && err != nil {
			line[fmt.Sprint(fields[i])] = Failed
		} else {
			line[fmt.Sprint(fields[i])] = fields[i+1]
		}
	}
	text, err := json.Marshal(line)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_, _ = l.file.Write(append(text, '\n'))
	}
}

// Close ends the log.
func (l *Log) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
