package main

import (
	"context"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree/watch"
)

// serveTree lets the screen be watched; a terminal that was not enrolled as a demo's refuses. wake ends its sleep, so that who asks is answered at
// once; nil: it never sleeps.
func serveTree(ctx context.Context, socket string, demo bool, w fyne.Window, wake func()) error {
	if !demo {
		return errNotDemo
	}
	return watch.Screen(ctx, socket, w, wake)
}
