package main

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// frame is Fyne's: what an event changed is drawn within it.
const frame = time.Second / 60

// doze lets Fyne's goroutine sleep in the window system until a finger or a message wakes it. Of its own Fyne looks for events sixty times a
// second: at rest that is most of what a terminal costs, and a tap waits for the next look. rest is asked on Fyne's goroutine how long nothing
// needs to be drawn; zero is not at all.
func doze(ctx context.Context, rest func() time.Duration) {
	for ctx.Err() == nil {
		fyne.DoAndWait(func() {
			if d := rest(); d > 0 {
				glfw.WaitEventsTimeout(d.Seconds())
			}
		})
		select { // one look of Fyne's own in between: it draws, and moves what moves
		case <-ctx.Done():
		case <-time.After(frame + frame/4):
		}
	}
}

// wake ends a doze.
func wake() { glfw.PostEmptyEvent() }
