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

// moving tells whether a finger holds something down, or something glides.
func moving(o fyne.CanvasObject) bool {
	if t, ok := o.(interface{ Pressed() bool }); ok {
		return t.Pressed()
	}
	if m, ok := o.(interface{ Moving() bool }); ok && m.Moving() {
		return true
	}
	return slices.ContainsFunc(tree.Inside(o), moving)
}

// How long nothing has to be looked at for the screen to stay as smooth as it is.
const (
	livelyRest = 40 * time.Millisecond // a spring moves, a caret blinks, a device may answer
	quietRest  = 500 * time.Millisecond
)

// Rest says how long the program may sleep if no finger and no message wakes it (Options.Wake); zero while something moves under a finger. It is
// called on Fyne's goroutine.
func (k *Kiosk) Rest() time.Duration {
	switch {
	case len(k.wait) > 0 || moving(k.root):
		return 0
	case k.lively() || k.s.moving > 0:
		return livelyRest
	}
	return quietRest
}
