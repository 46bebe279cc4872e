// Package gentle draws the screen anew only when no finger is on it. What comes from elsewhere (a device's answer, a photo that is ready, the
// clock) would take a button away from under the finger, and the tap would be lost.
package gentle

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

const (
	pause   = 30 * time.Millisecond // how soon to look again whether the finger has gone
	longest = 3 * time.Second       // after that it is no tap any more
)

// Queue keeps what wants to draw until the screen is free.
type Queue struct {
	root fyne.CanvasObject
	post func(func())
	wait []func() // only the UI goroutine touches it
}

// New makes a queue for what root shows. post runs a function on the UI goroutine.
func New(root fyne.CanvasObject, post func(func())) *Queue { return &Queue{root: root, post: post} }

// Do runs f on the UI goroutine, in the order of the calls, as soon as no finger is on the screen. It may be called from any goroutine.
func (q *Queue) Do(f func()) {
	q.post(func() {
		q.wait = append(q.wait, f)
		if len(q.wait) == 1 {
			q.drain(time.Now().Add(longest))
		}
	})
}

// Waits tells whether something waits until a finger has gone. It is called on the UI goroutine.
func (q *Queue) Waits() bool { return len(q.wait) > 0 }

func (q *Queue) drain(until time.Time) {
	if Touched(q.root) && time.Now().Before(until) {
		time.AfterFunc(pause, func() { q.post(func() { q.drain(until) }) })
		return
	}
	for len(q.wait) > 0 {
		f := q.wait[0]
		q.wait = q.wait[1:]
		f()
	}
}

// pressed is what a finger can hold: a button, or a page that it pushes.
type pressed interface{ Pressed() bool }

// Touched tells whether a finger holds something down, in an object or inside it.
func Touched(o fyne.CanvasObject) bool {
	if p, ok := o.(pressed); ok && p.Pressed() {
		return true
	}
	return slices.ContainsFunc(Inside(o), Touched)
}

// Inside gives what lies in a thing on the screen and can be held or move by itself: nothing inside a button, which answers for all of itself
// and would have to be drawn to be looked into.
func Inside(o fyne.CanvasObject) []fyne.CanvasObject {
	if _, is := o.(pressed); is {
		if _, view := o.(tree.Viewport); !view {
			return nil
		}
	}
	return tree.Inside(o)
}
