package kiosk

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/gentle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/screentest"
)

func TestATapIsNotLostWhenADeviceAnswersMeanwhile(t *testing.T) {
	r := newRig(t, portrait)
	r.Tap("start")
	drawn := 0
	b := screentest.Touch(r.k.root, "scan")
	if b == nil {
		t.Fatal("there is nothing to touch")
	}
	finger := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	b.MouseDown(finger)
	r.k.post = func(f func()) { f() }
	r.k.gently(func() { drawn++; r.k.show() })
	r.k.post = func(f func()) { r.UI <- f }
	if drawn != 0 || !gentle.Touched(r.k.root) {
		t.Fatal("the screen was drawn anew under the finger")
	}
	b.MouseUp(finger)
	if got := r.k.Screen(); got != "scan" {
		t.Fatalf("the tap was lost: the screen is %s", got)
	}
	for drawn == 0 { // what waited comes as soon as the finger has gone
		(<-r.UI)()
	}
}

func TestTheProgramSleepsWhenNothingOnTheScreenMoves(t *testing.T) {
	r := newRig(t, portrait)
	r.k.o.Style.Still = false
	r.k.Wipe()
	if d := r.k.Rest(); d <= 0 || d > 50*time.Millisecond {
		t.Errorf("the spring of the first page moves, and it sleeps for %v", d)
	}
	r.Tap("start", "help")
	if d := r.k.Rest(); d != stillRest {
		t.Errorf("nothing moves on the help page, and it sleeps for %v", d)
	}
	woken := make(chan func(), 100) // what moves later wakes it by itself
	look.Post(func(f func()) { woken <- f })
	t.Cleanup(func() { look.Post(fyne.Do) })
	r.Tap("back", "search")
	if d := r.k.Rest(); d != stillRest {
		t.Errorf("a caret blinks twice a second, and it sleeps for %v: a finger would wait for every look between two blinks", d)
	}
	(<-woken)()
	key := screentest.Touch(r.k.root, "key.A")
	finger := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	key.MouseDown(finger)
	if d := r.k.Rest(); d != 0 {
		t.Errorf("a finger is on a key, and it sleeps for %v", d)
	}
	key.MouseUp(finger)
	(<-woken)() // the key comes up, or the next blink
	if d := r.k.Rest(); d != stillRest {
		t.Errorf("nothing moves any more, and it sleeps for %v", d)
	}
}
