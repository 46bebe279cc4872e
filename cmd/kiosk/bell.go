package main

import (
	"sync/atomic"
	"time"
)

// bell ends a doze, and keeps one from beginning that is about to: between a message and the sleep that would overlook it Fyne may look for events
// of its own, and take away the empty one that was to wake.
type bell struct {
	wake func() // ends a sleep that has begun
	rung atomic.Bool
}

// Ring is called after something was put before Fyne's goroutine; any goroutine may.
func (b *bell) Ring() {
	b.rung.Store(true)
	b.wake()
}

// Rest is rest, but zero when the bell was rung since it was asked last: what was put there waits behind the sleep.
func (b *bell) Rest(rest func() time.Duration) func() time.Duration {
	return func() time.Duration {
		if b.rung.Swap(false) {
			return 0
		}
		return rest()
	}
}
