package gentle_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/gentle"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
)

// held is a button that a finger can be on. Who looks inside it makes it draw.
type held struct {
	widget.BaseWidget
	down   bool
	looked int
}

func newHeld() *held {
	h := &held{}
	h.ExtendBaseWidget(h)
	return h
}

func (h *held) Pressed() bool { return h.down }

func (h *held) Children() []fyne.CanvasObject {
	h.looked++
	return nil
}

func (h *held) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// ui is a UI goroutine that a test runs by hand.
type ui chan func()

func (u ui) post(f func()) { u <- f }

func TestWhatComesUnderAFingerWaitsAndKeepsItsOrder(t *testing.T) {
	u := make(ui, 10)
	finger := newHeld()
	q := gentle.New(container.NewWithoutLayout(newHeld(), finger), u.post)
	var done []int
	finger.down = true
	for i := range 3 {
		q.Do(func() { done = append(done, i) })
		(<-u)()
	}
	if len(done) > 0 || !q.Waits() {
		t.Fatal("the screen was drawn anew under the finger")
	}
	finger.down = false
	for q.Waits() {
		(<-u)()
	}
	if len(done) != 3 || done[0] != 0 || done[2] != 2 {
		t.Errorf("in the order %v", done)
	}
	q.Do(func() { done = nil })
	if (<-u)(); done != nil {
		t.Error("no finger is there, and it waits")
	}
}

// A terminal looks for fingers with every message: it may not have every key of the keyboard drawn for it.
func TestNobodyLooksInsideAButton(t *testing.T) {
	b := newHeld()
	if gentle.Touched(container.NewWithoutLayout(b)) || b.looked > 0 {
		t.Errorf("looked inside %d times", b.looked)
	}
}

// Somebody reads on while their photo is prepared: the page stays under the finger, and what lies on it is still found.
func TestAFingerThatScrollsHoldsThePage(t *testing.T) {
	test.NewTempApp(t)
	st := look.Style{Shell: look.Phone, Accent: look.Petrol, Scale: 1, Text: 1, Still: true}
	b := newHeld()
	s := scroll.New(st, look.Column(0, b, look.Space(2000)), "more", "up")
	w := test.NewTempWindow(t, s)
	w.Resize(fyne.NewSize(390, 600))
	view, ok := s.Children()[0].(fyne.Draggable)
	if !ok {
		t.Fatal("nothing scrolls")
	}
	if gentle.Touched(s) {
		t.Error("touched, and there is no finger")
	}
	view.Dragged(&fyne.DragEvent{Dragged: fyne.Delta{DY: -40}})
	if !gentle.Touched(s) {
		t.Error("the page may be drawn anew under the finger that pushes it")
	}
	view.DragEnd()
	if gentle.Touched(s) {
		t.Error("the finger has gone")
	}
	b.down = true
	if !gentle.Touched(s) {
		t.Error("a button on the page is not found")
	}
}
