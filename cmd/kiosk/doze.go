package main

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// doze lets Fyne's goroutine sleep in the window system until a finger or a message wakes it. Of its own Fyne looks for events sixty times a
// second: at rest that is most of what a terminal costs, and a tap waits for the next look. rest is asked on Fyne's goroutine how long nothing
// needs to be drawn; zero is not at all.
//
// Between two sleeps Fyne looks once: it draws what the event changed, and moves what moves. After a sleep its clock has long struck, so that it
// looks at once.
func doze(ctx context.Context, rest func() time.Duration) {
	looked := make(chan struct{}, 1)
	look := fyne.NewAnimation(time.Hour, func(float32) { // called at every look, before what has changed is drawn
		select {
		case looked <- struct{}{}:
		default:
		}
	})
	look.RepeatCount = fyne.AnimationRepeatForever
	look.Start()
	defer look.Stop()
	for ctx.Err() == nil {
		fyne.DoAndWait(func() {
			if d := rest(); d > 0 {
				glfw.WaitEventsTimeout(d.Seconds())
			}
			select { // looks before this one do not count
			case <-looked:
			default:
			}
		})
		select {
		case <-ctx.Done():
		case <-looked:
		}
	}
}

// wake ends a doze.
func wake() { glfw.PostEmptyEvent() }
