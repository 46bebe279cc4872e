package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/creack/pty"
)

// desk is somebody at a terminal: what the terminal shows, as it comes, and a keyboard.
type desk struct {
	t     *testing.T
	shown strings.Builder
	lines chan string
	keys  *os.File
	tty   *os.File
}

// at runs the program at a terminal.
func (h *house) at(ctx context.Context, args ...string) (*desk, chan error) {
	h.t.Helper()
	outside, inside, err := pty.Open()
	if err != nil {
		h.t.Skip("no terminal here: ", err)
	}
	h.t.Cleanup(func() { outside.Close(); inside.Close() })
	d := &desk{t: h.t, lines: make(chan string, 100), keys: outside, tty: inside}
	go func() {
		b := make([]byte, 1024)
		for {
			n, err := outside.Read(b)
			if err != nil {
				close(d.lines)
				return
			}
			d.lines <- string(b[:n])
		}
	}()
	done := make(chan error, 1)
	go func() { done <- run(ctx, append([]string{"--config", h.conf}, args...), inside, inside, inside) }()
	return d, done
}

// until waits for words on the terminal.
func (d *desk) until(words string) {
	d.t.Helper()
	late := time.After(20 * time.Second)
	for !strings.Contains(d.shown.String(), words) {
		select {
		case s := <-d.lines:
			d.shown.WriteString(s)
		case <-late:
			d.t.Fatalf("the terminal does not show %q but %q", words, d.shown.String())
		}
	}
}

// hidden waits until the terminal does not show what is typed.
func (d *desk) hidden() {
	d.t.Helper()
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		var mode syscall.Termios
		if _, _, no := syscall.Syscall(syscall.SYS_IOCTL, d.tty.Fd(), syscall.TCGETS, uintptr(unsafe.Pointer(&mode))); no != 0 {
			d.t.Fatal(no)
		}
		if mode.Lflag&syscall.ECHO == 0 {
			return
		}
		if time.Now().After(late) {
			d.t.Fatal("what is typed can be seen")
		}
	}
}

func (d *desk) types(line string) {
	d.t.Helper()
	if _, err := io.WriteString(d.keys, line+"\n"); err != nil {
		d.t.Fatal(err)
	}
}

// Whoever stood behind the operator read the new clerk's password.
func TestAPasswordIsNotSeenWhileItIsTyped(t *testing.T) {
	h := newHouse(t)
	h.must("", "keys", "init")
	d, done := h.at(t.Context(), "user", "add", "anna", "--name", "Anna")
	d.until("Password: ")
	d.hidden()
	d.types("Kurpark im Regen")
	d.until("once more: ")
	d.hidden()
	d.types("Kurpark im Regen")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	d.until("may sign in now")
	if strings.Contains(d.shown.String(), "Kurpark") {
		t.Errorf("the terminal shows %q", d.shown.String())
	}
	d, done = h.at(t.Context(), "user", "password", "anna")
	d.until("Password: ")
	d.hidden()
	d.types("Kurpark im Regen")
	d.until("once more: ")
	d.hidden()
	d.types("Kurpark im Schnee")
	if err := <-done; err == nil || !strings.Contains(err.Error(), "not the same") || strings.Contains(err.Error(), "Kurpark") {
		t.Errorf("two different passwords: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	d, done = h.at(ctx, "user", "password", "anna")
	d.until("Password: ")
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while it waits: %v", err)
	}
}
