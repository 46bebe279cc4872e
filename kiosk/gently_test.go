package kiosk

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// touchOf finds what can be touched under this id.
func touchOf(o fyne.CanvasObject, id string) *look.Touch {
	if t, ok := o.(*look.Touch); ok && t.Describe().ID == id {
		return t
	}
	for _, i := range tree.Inside(o) {
		if found := touchOf(i, id); found != nil {
			return found
		}
	}
	return nil
}

func TestATapIsNotLostWhenADeviceAnswersMeanwhile(t *testing.T) {
	r := newRig(t, portrait)
	r.tap("start")
	drawn := 0
	b := touchOf(r.k.root, "scan")
	if b == nil {
		t.Fatal("there is nothing to touch")
	}
	finger := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	b.MouseDown(finger)
	r.k.post = func(f func()) { f() }
	r.k.gently(func() { drawn++; r.k.show() })
	r.k.post = func(f func()) { r.ui <- f }
	if drawn != 0 || !touched(r.k.root) {
		t.Fatal("the screen was drawn anew under the finger")
	}
	b.MouseUp(finger)
	if got := r.k.Screen(); got != "scan" {
		t.Fatalf("the tap was lost: the screen is %s", got)
	}
	for drawn == 0 { // what waited comes as soon as the finger has gone
		(<-r.ui)()
	}
}

func TestTheProgramSleepsWhenNothingOnTheScreenMoves(t *testing.T) {
	r := newRig(t, portrait)
	r.k.o.Style.Still = false
	r.k.Wipe()
	if d := r.k.Rest(); d <= 0 || d > 50*time.Millisecond {
		t.Errorf("the spring of the first page moves, and it sleeps for %v", d)
	}
	r.tap("start")
	r.tap("help")
	if d := r.k.Rest(); d != stillRest {
		t.Errorf("nothing moves on the help page, and it sleeps for %v", d)
	}
	r.tap("back")
	r.tap("search")
	if d := r.k.Rest(); d <= 0 || d > 100*time.Millisecond {
		t.Errorf("a caret blinks, and it sleeps for %v", d)
	}
	key := touchOf(r.k.root, "key.A")
	finger := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	key.MouseDown(finger)
	if d := r.k.Rest(); d != 0 {
		t.Errorf("a finger is on a key, and it sleeps for %v", d)
	}
	key.MouseUp(finger)
	if d := r.k.Rest(); d > 100*time.Millisecond {
		t.Errorf("the key has not come up yet, and it sleeps for %v", d)
	}
}
