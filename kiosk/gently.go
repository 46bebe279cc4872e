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
	if t, ok := o.(interface{ Pressed() bool }); ok && t.Pressed() {
		return true
	}
	return slices.ContainsFunc(tree.Inside(o), touched)
}
