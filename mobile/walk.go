package mobile

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"
)

// screen is one step of the walk. It holds what is only of this screen, never an answer.
type screen interface {
	name() string
	draw(a *App) page
}

// leaver is a screen that wants to know that somebody went back from it. It tells whether that was all: true when it went back within itself.
type leaver interface{ back(a *App) bool }

func (a *App) top() screen { return a.stack[len(a.stack)-1] }

// push goes on to a screen.
func (a *App) push(s screen) {
	a.stack = append(a.stack, s)
	a.arrive()
}

// replace shows a screen in place of the one on top.
func (a *App) replace(s screen) {
	a.stack[len(a.stack)-1] = s
	a.arrive()
}

// room goes to one of the rooms that the bar at the foot leads to; from there the way back leads to the start.
func (a *App) room(s screen) {
	clear(a.stack)
	a.stack = []screen{&start{}}
	if s.name() != "start" {
		a.stack = append(a.stack, s)
	}
	a.arrive()
}

// Back goes one screen back, as the phone's own key does; false when there is none.
func (a *App) Back() bool {
	if l, ok := a.top().(leaver); ok && l.back(a) {
		return true
	}
	n := len(a.stack)
	if n < 2 {
		return false
	}
	a.stack[n-1] = nil
	a.stack = a.stack[:n-1]
	a.arrive()
	return true
}

// until goes back to the nearest screen for which found says yes.
func (a *App) until(found func(screen) bool) bool {
	for i := len(a.stack) - 1; i >= 0; i-- {
		if found(a.stack[i]) {
			clear(a.stack[i+1:])
			a.stack = a.stack[:i+1]
			a.arrive()
			return true
		}
	}
	return false
}

func (a *App) arrive() {
	a.o.Event("screen", "name", a.top().name(), "lang", a.style.Lang)
	a.fresh, a.shut = true, false
	a.show()
}

// listen takes keys while nothing has the focus, above all the way back.
func (a *App) listen(c fyne.Canvas) {
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		switch k.Name {
		case fyne.KeyEscape, mobile.KeyBack:
			if a.Back() {
				return
			}
			if d, ok := fyne.CurrentApp().Driver().(mobile.Driver); ok { // out of the app, as every other app does it
				d.GoBack()
			}
		case fyne.KeyPageDown, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyUp:
			if a.sheet != nil {
				way := a.sheet.Size().Height * 0.8
				if k.Name == fyne.KeyPageUp || k.Name == fyne.KeyUp {
					way = -way
				}
				a.sheet.ScrollTo(a.sheet.Offset() + way)
			}
		}
	})
}

// beside runs work on a goroutine of its own; the function it returns (nil: none) runs on the UI goroutine. This is the one way by which
// anything comes back to the screen.
func (a *App) beside(work func(ctx context.Context) func()) {
	ctx := a.ctx
	go func() {
		if f := work(ctx); f != nil {
			a.gently(f)
		}
	}()
}

// gently runs f on the UI goroutine as soon as no finger is on the screen.
func (a *App) gently(f func()) { a.queue.Do(f) }
