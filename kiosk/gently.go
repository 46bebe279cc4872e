package kiosk

import (
	"time"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/gentle"
)

// gently runs f on the UI goroutine as soon as no finger is on the screen.
func (k *Kiosk) gently(f func()) { k.queue.Do(f) }

// pace says how soon something will look different by itself; zero: nothing will.
func pace(o fyne.CanvasObject) time.Duration {
	least := time.Duration(0)
	p, moves := o.(interface{ Pace() time.Duration })
	if moves {
		least = p.Pace()
	}
	for _, inside := range gentle.Inside(o) {
		if d := pace(inside); d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	return least
}

// stillRest is how long the program may sleep when nothing moves. The clock's second wakes it before.
const stillRest = 2 * time.Second

// Rest says how long the program may sleep if no finger and no message wakes it (Options.Wake); zero while something moves under a finger. It is
// called on Fyne's goroutine.
func (k *Kiosk) Rest() time.Duration {
	const frame = time.Second / 60
	switch d := pace(k.root); {
	case k.queue.Waits() || d > 0 && d <= frame:
		return 0
	case d > 0:
		return d - frame // one frame goes by between two sleeps
	}
	return stillRest
}
