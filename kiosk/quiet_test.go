package kiosk

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// stillRig is a terminal that tells what it does while nothing happens.
func stillRig(t *testing.T) (r *rig, wait func(d time.Duration, want ...string)) {
	var told []string
	r = newRig(t, portrait, func(o *Options) {
		o.Quiet = func() { told = append(told, "quiet") }
		o.Repaint = func(keep time.Duration) { told = append(told, fmt.Sprintf("keep %v", keep)) }
		o.Stir = func() { told = append(told, "stir") }
	})
	return r, func(d time.Duration, want ...string) {
		t.Helper()
		for range int(d / time.Second) {
			r.clock = r.clock.Add(time.Second)
			r.k.Tick()
		}
		if !slices.Equal(told, want) {
			t.Fatalf("told %q, want %q", told, want)
		}
		told = nil
	}
}

// Memory goes back while nobody is there, step by step, and who comes back finds the terminal awake at the first touch, and its letters still drawn: they
// are kept until the idle warning takes their place.
func TestTheTerminalIsToldWhenNobodyIsThereAndWhenSomebodyIs(t *testing.T) {
	r, wait := stillRig(t)
	r.Tap("start")
	wait(time.Second, "stir")
	r.Tap("help") // it is awake already
	wait(time.Second)
	wait(time.Second, "keep 58s")
	wait(2 * time.Second)
	wait(time.Second, "keep 55s")
	wait(time.Second, "quiet")
	wait(14 * time.Second)
	wait(time.Second, "keep 39s")
	wait(19 * time.Second)
	wait(time.Second, "quiet")
	wait(3 * time.Second)
	r.Tap("back")
	wait(time.Second, "stir")
	wait(5*time.Second, "keep 58s", "keep 55s", "quiet")
	r.k.Wipe() // the next one finds it asleep, too, and what the former one saw is let go of
	wait(6*time.Second, "keep 1m0s", "keep 1m0s", "quiet")
	r.Tap("start")
	wait(time.Second, "stir")
}

// What was typed is not kept beyond the idle warning, however long that takes to come.
func TestNothingIsKeptBeyondTheIdleWarning(t *testing.T) {
	r, wait := stillRig(t)
	r.Tap("start")
	r.k.s.patient = true // who asked for more time
	wait(45*time.Second, "stir", "keep 4m58s", "keep 4m55s", "quiet", "keep 4m39s", "quiet")
	r.k.s.patient = false
	r.Tap("help")
	wait(59*time.Second, "stir", "keep 58s", "keep 55s", "quiet", "keep 39s", "quiet")
}

// Where nothing ends by itself, as on the attract screen, the next finger finds the letters drawn however late it comes.
func TestTheAttractScreenIsDrawnAgainBeforeItIsForgotten(t *testing.T) {
	_, wait := stillRig(t)
	wait(41*time.Second, "keep 1m0s", "keep 1m0s", "quiet", "keep 1m0s", "quiet")
	for range 10 {
		wait(30*time.Second, "keep 1m0s")
	}
}

// While money moves, nobody touches anything and screens come by themselves: each is drawn for the finger that ends it. What is kept then goes when the idle
// warning comes at the latest, too: that counts from the moment when the money stands still.
func TestAScreenThatComesByItselfIsKeptToo(t *testing.T) {
	r, wait := stillRig(t)
	r.Tap("start")
	wait(10*time.Second, "stir", "keep 58s", "keep 55s", "quiet")
	r.k.s.moving++
	wait(100*time.Second, "keep 1m0s", "quiet", "keep 1m0s", "keep 1m0s")
	r.k.s.moving--
	r.k.push(&help{})
	wait(45*time.Second, "keep 58s", "keep 55s", "quiet", "keep 39s", "quiet")
}
