package kiosk

import (
	"slices"
	"testing"
	"time"
)

// Memory goes back while nobody is there, step by step, and who comes back finds the terminal awake at the first touch.
func TestTheTerminalIsToldWhenNobodyIsThereAndWhenSomebodyIs(t *testing.T) {
	var told []string
	r := newRig(t, portrait, func(o *Options) {
		o.Quiet = func() { told = append(told, "quiet") }
		o.Repaint = func() { told = append(told, "repaint") }
		o.Stir = func() { told = append(told, "stir") }
	})
	wait := func(d time.Duration, want ...string) {
		t.Helper()
		for range int(d / time.Second) {
			r.clock = r.clock.Add(time.Second)
			r.k.Tick()
		}
		if !slices.Equal(told, want) {
			t.Fatalf("told %v, want %v", told, want)
		}
		told = nil
	}
	r.Tap("start")
	wait(time.Second, "stir")
	r.Tap("help") // it is awake already
	wait(time.Second)
	wait(time.Second, "repaint")
	wait(2 * time.Second)
	wait(time.Second, "repaint")
	wait(time.Second, "quiet")
	wait(14 * time.Second)
	wait(time.Second, "repaint")
	wait(19 * time.Second)
	wait(time.Second, "quiet")
	wait(3 * time.Second)
	r.Tap("back")
	wait(time.Second, "stir")
	wait(5*time.Second, "repaint", "repaint", "quiet")
	r.k.Wipe() // the next one finds it asleep, too
	r.Tap("start")
	wait(time.Second, "stir")
}
