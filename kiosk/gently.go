package kiosk

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

const (
	touchPause   = 30 * time.Millisecond // how soon to look again whether the finger has gone
	longestTouch = 3 * time.Second       // after that it is no tap any more
)

// gently runs f on the UI goroutine, in the order of the calls, as soon as no finger is on the screen. What comes from elsewhere (a device's
// answer, the clock) may draw the screen anew; it would take the button away from under a finger, and the tap would be lost.
func (k *Kiosk) gently(f func()) {
	k.post(func() {
		k.wait = append(k.wait, f)
		if len(k.wait) == 1 {
			k.drain(time.Now().Add(longestTouch))
		}
	})
}

func (k *Kiosk) drain(until time.Time) {
	if touched(k.root) && time.Now().Before(until) {
		time.AfterFunc(touchPause, func() { k.post(func() { k.drain(until) }) })
		return
	}
	for len(k.wait) > 0 {
		f := k.wait[0]
		k.wait = k.wait[1:]
		f()
	}
}

// touched tells whether a finger holds something down.
func touched(o fyne.CanvasObject) bool {
	if t, ok := o.(interface{ Pressed() bool }); ok {
		return t.Pressed()
	}
	return slices.ContainsFunc(tree.Inside(o), touched)
}

// pace says how soon something will look different by itself; zero: nothing will.
func pace(o fyne.CanvasObject) time.Duration {
	least := time.Duration(0)
	p, moves := o.(interface{ Pace() time.Duration })
	if moves {
		least = p.Pace()
	}
	if _, leaf := o.(interface{ Pressed() bool }); leaf {
		return least
	}
	for _, inside := range tree.Inside(o) {
		if d := pace(inside); d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	return least
}

// stillRest is how long the program may sleep when nothing moves: the clock's second wakes it anyway.
const stillRest = 500 * time.Millisecond

// Rest says how long the program may sleep if no finger and no message wakes it (Options.Wake); zero while something moves under a finger. It is
// called on Fyne's goroutine.
func (k *Kiosk) Rest() time.Duration {
	const frame = time.Second / 60
	switch d := pace(k.root); {
	case len(k.wait) > 0 || d > 0 && d <= frame:
		return 0
	case d > 0:
		return d - frame // one frame goes by between two sleeps
	}
	return stillRest
}
