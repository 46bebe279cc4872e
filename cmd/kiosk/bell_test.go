package main

import (
	"testing"
	"time"
)

// The card terminal's answer came while the screen was being drawn, and stood there for half a second: the sleep had been asked for before it, and
// Fyne took away what was to wake.
func TestWhatCameBeforeTheSleepIsNotSleptOver(t *testing.T) {
	woken := 0
	b := &bell{wake: func() { woken++ }}
	rest := b.Rest(func() time.Duration { return time.Second })
	if d := rest(); d != time.Second {
		t.Errorf("a quiet terminal sleeps %v", d)
	}
	b.Ring()
	if woken != 1 {
		t.Error("who sleeps already was not woken")
	}
	if d := rest(); d != 0 {
		t.Errorf("it sleeps %v over what has come", d)
	}
	if d := rest(); d != time.Second {
		t.Errorf("it is kept awake: %v", d)
	}
}
