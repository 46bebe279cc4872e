package main

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree/watch"
)

// errNotDemo says that a terminal which serves citizens was asked to tell what happens on its screen.
var errNotDemo = errors.New("kiosk: demo.tree and demo.events are for demo terminals only")

// serveTree lets the screen be watched; a terminal that was not enrolled as a demo's refuses. wake ends its sleep, so that who asks is answered at
// once; nil: it never sleeps.
func serveTree(ctx context.Context, socket string, demo bool, w fyne.Window, wake func()) error {
	if !demo {
		return errNotDemo
	}
	return watch.Screen(ctx, socket, w, wake)
}
