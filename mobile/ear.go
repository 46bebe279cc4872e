package mobile

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/keys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// typing is the field that is typed into now.
type typing struct {
	path  string
	keys  form.Keys
	max   int
	get   func() string
	set   func(text string)
	enter func() // nil: a new line
}

// most is the longest text anybody may type where a field has no limit of its own.
const most = 2000

// ear takes what is typed. It is one thing that stays while everything around it is drawn anew: the phone's own keyboard goes away whenever
// what it types into goes.
type ear struct {
	widget.BaseWidget
	a *App
}

func newEar(a *App) *ear {
	e := &ear{a: a}
	e.ExtendBaseWidget(e)
	return e
}

// Keyboard says which keyboard the phone shows.
func (e *ear) Keyboard() mobile.KeyboardType {
	switch t := e.a.page.typing; {
	case t != nil && t.keys == form.KeysDigits:
		return mobile.NumberKeyboard
	case t != nil && t.enter != nil:
		return mobile.SingleLineKeyboard
	}
	return mobile.DefaultKeyboard
}

// FocusGained is told by Fyne.
func (e *ear) FocusGained() {}

// FocusLost is told by Fyne.
func (e *ear) FocusLost() {}

// TypedRune is a letter.
func (e *ear) TypedRune(r rune) {
	e.change(func(s string, t *typing) string { return look.Append(s, r, limit(t)) })
}

// TypedKey is a key that is no letter.
func (e *ear) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyBackspace, fyne.KeyDelete:
		e.change(func(s string, _ *typing) string { return look.Erase(s) })
	case fyne.KeyReturn, fyne.KeyEnter:
		e.enter()
	case fyne.KeyEscape, mobile.KeyBack: // first the keyboard goes, then the page
		e.a.rest()
	}
}

func (e *ear) enter() {
	switch t := e.a.page.typing; {
	case t == nil:
	case t.enter != nil:
		t.enter()
	default:
		e.TypedRune('\n')
	}
}

func (e *ear) change(to func(string, *typing) string) {
	t := e.a.page.typing
	if t == nil {
		return
	}
	if was := t.get(); to(was, t) != was {
		t.set(to(was, t))
		e.a.show()
	}
}

func limit(t *typing) int {
	if t.max > 0 {
		return t.max
	}
	return most
}

// CreateRenderer is Fyne's: there is nothing to see.
func (e *ear) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(look.Space(0)) }

// rest ends typing: the field keeps what it has, the keyboard goes.
func (a *App) rest() {
	if t, ok := a.top().(interface{ rest() }); ok {
		t.rest()
	}
	a.show()
}

// hear gives the focus to the ear while something is typed into, and takes it away afterwards.
func (a *App) hear() {
	c := a.o.Window.Canvas()
	switch {
	case a.page.typing != nil && c.Focused() != fyne.Focusable(a.ear):
		c.Focus(a.ear)
	case a.page.typing == nil && c.Focused() == fyne.Focusable(a.ear):
		c.Unfocus()
	}
}

// keyboard is our own, for a demo.
func (a *App) keyboard(t *typing) fyne.CanvasObject {
	k := keys.New(a.style, a.o.Texts, t.keys, false, nil, keys.Events{
		Rune:  a.ear.TypedRune,
		Erase: func() { a.ear.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace}) },
		Hide:  a.rest,
		Done:  a.rest,
	})
	k.Follow(t.get())
	return k
}
