package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

func TestTheScreenIsToldToTheTerminalsOwnUserOnly(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, widget.NewLabel("Guten Tag"))
	socket := filepath.Join(t.TempDir(), "tree.sock")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	woken := make(chan struct{}, 2)
	if err := serveTree(ctx, socket, true, w, func() { woken <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	if i, err := os.Stat(socket); err != nil || i.Mode().Perm() != 0o600 || i.Mode().Type() != os.ModeSocket {
		t.Fatal(i.Mode(), err)
	}
	for range 2 { // who asks again is answered again
		c, err := net.Dial("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(c)
		c.Close()
		var nodes []tree.Node
		if err != nil || json.Unmarshal(text, &nodes) != nil {
			t.Fatalf("%s, %v", text, err)
		}
		select {
		case <-woken: // a terminal at rest would answer half a second late
		default:
			t.Error("the terminal was asked and left asleep")
		}
	}
	stop()
	for { // the listener goes as soon as the program is told to end
		c, err := net.Dial("unix", socket)
		if err != nil {
			break
		}
		c.Close()
	}
	if err := serveTree(t.Context(), socket, true, w, nil); err != nil {
		t.Error("after a restart:", err)
	}
}

func TestATerminalInServiceTellsNobodyWhatIsOnItsScreen(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "tree.sock")
	if err := serveTree(t.Context(), socket, false, nil, nil); !errors.Is(err, errNotDemo) {
		t.Error(err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Error("there is a socket:", err)
	}
	file := filepath.Join(dir, "kept")
	if err := os.WriteFile(file, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := serveTree(t.Context(), file, true, nil, nil); err == nil {
		t.Error("a file was taken for a socket")
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "kept" {
		t.Error("a file that is no socket was removed")
	}
}
