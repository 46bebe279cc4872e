package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// errNotDemo says that a terminal which serves citizens was asked to tell what happens on its screen.
var errNotDemo = errors.New("kiosk: demo.tree and demo.events are for demo terminals only")

// serveTree tells everyone who connects to the socket what is on the screen, as JSON, and hangs up. Only the terminal's own user may
// connect; a terminal that was not enrolled as a demo's refuses.
func serveTree(ctx context.Context, socket string, demo bool, w fyne.Window) error {
	if !demo {
		return errNotDemo
	}
	if i, err := os.Lstat(socket); err == nil { // left by a terminal that was switched off
		if i.Mode().Type() != os.ModeSocket {
			return fmt.Errorf("kiosk: screen tree: %s is no socket", socket)
		}
		if err := os.Remove(socket); err != nil {
			return fmt.Errorf("kiosk: screen tree: %w", err)
		}
	}
	ln, err := net.Listen("unix", socket)
	if err != nil {
		return fmt.Errorf("kiosk: screen tree: %w", err)
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		ln.Close()
		return fmt.Errorf("kiosk: screen tree: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go answerTree(c, w)
		}
	}()
	return nil
}

func answerTree(c net.Conn, w fyne.Window) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second)) // who asks and does not read is left alone
	var nodes []tree.Node
	fyne.DoAndWait(func() { nodes = tree.Of(w.Canvas()) })
	if text, err := tree.JSON(nodes); err == nil {
		_, _ = c.Write(text)
	}
}
