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

// TypedRune is a letter. Where there is no room for it, the field says so.
func (e *ear) TypedRune(r rune) {
	t := e.a.page.typing
	if t == nil {
		return
	}
	text, fits := look.Append(t.get(), r, t.max)
	if known := !e.a.brim.Note(t.path, !fits); !fits && known {
		return // it says so already
	}
	if fits {
		t.set(text)
	}
	e.a.show()
}

// TypedKey is a key that is no letter.
func (e *ear) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyBackspace, fyne.KeyDelete:
		e.erase()
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

// erase takes away the last letter.
func (e *ear) erase() {
	t := e.a.page.typing
	if t == nil {
		return
	}
	if was := t.get(); was != "" {
		t.set(look.Erase(was))
		e.a.show()
	}
}

// overfull is the sentence for a field in which a letter found no room; "" for all others.
func (a *App) overfull(path, text string, max int) string {
	return a.brim.Says(a.o.Texts, a.style.Lang, path, text, max)
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
