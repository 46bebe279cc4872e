package kiosk

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// As long as somebody listens nothing is wiped. That ended only when speaking ended well: here it breaks off, by an error or because it took too long,
// and nobody is there any more.
func TestWhenReadingAloudBreaksOffTheTerminalBecomesFreeAgain(t *testing.T) {
	broken := make(chan error)
	r := newRig(t, portrait, func(o *Options) {
		o.Speak = func(context.Context, string, string) error { return <-broken }
	})
	r.filled()
	r.k.push(&summary{})
	r.Tap("read")
	for range 10 {
		r.clock = r.clock.Add(time.Minute)
		r.k.Tick()
	}
	if r.k.Screen() != "summary" || r.Sees("Sind Sie noch da?") {
		t.Fatal("who listens is disturbed")
	}
	if n, ok := r.Find("read"); !ok || n.Name != "Anhalten" && n.Name != r.k.say("plinth.stop") {
		t.Fatalf("nothing says that it can be stopped: %+v", n)
	}
	broken <- errors.New("it took too long")
	r.Wait("silence", func() bool { return r.k.s.silence == nil })
	if n, _ := r.Find("read"); n.Name != r.k.say("plinth.read") {
		t.Errorf("nobody speaks any more, and the help says %q", n.Name)
	}
	if !slices.Contains(r.events, "read.failed") {
		t.Error("the log does not say that reading aloud does not work")
	}
	r.clock = r.clock.Add(time.Minute)
	r.k.Tick()
	r.WaitFor("Sind Sie noch da?")
	r.clock = r.clock.Add(30 * time.Second)
	r.k.Tick()
	if r.k.Screen() != "attract" {
		t.Error("the page of somebody who went away stays on the screen")
	}
}
