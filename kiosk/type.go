package kiosk

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// listen takes what a hardware keyboard types while nothing has Fyne's focus: it goes to the field that is typed into.
func (k *Kiosk) listen(c fyne.Canvas) {
	c.SetOnTypedRune(k.letter)
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		switch e.Name {
		case fyne.KeyBackspace, fyne.KeyDelete:
			k.erase()
		case fyne.KeyReturn, fyne.KeyEnter:
			if t := k.page.typing; t != nil && t.enter != nil {
				k.touch()
				t.enter()
			}
		case fyne.KeyPageDown, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyUp:
			k.touch()
			if k.sheet != nil {
				way := k.sheet.Size().Height * 0.8
				if e.Name == fyne.KeyPageUp || e.Name == fyne.KeyUp {
					way = -way
				}
				k.sheet.ScrollTo(k.sheet.Offset() + way)
			}
		}
	})
}

// letter is a letter for the field that is typed into. Where there is no room for it, the field says so.
func (k *Kiosk) letter(r rune) {
	k.touch()
	t := k.page.typing
	if t == nil {
		return
	}
	text, fits := look.Append(t.get(), r, t.max)
	if known := !k.s.brim.Note(t.path, !fits); !fits && known {
		return // it says so already
	}
	if fits {
		t.set(text)
	}
	k.show()
}

// erase takes away the last letter of the field that is typed into.
func (k *Kiosk) erase() {
	k.touch()
	if t := k.page.typing; t != nil {
		t.set(look.Erase(t.get()))
		k.show()
	}
}

// overfull is the sentence for a field in which a letter found no room; "" for all others.
func (k *Kiosk) overfull(path, text string, max int) string {
	return k.s.brim.Says(k.o.Texts, k.s.style.Lang, path, text, max)
}

// focusMark remembers what had the focus, so that the same thing has it in the next drawing.
type focusMark struct {
	role tree.Role
	name string
	id   string
}

func markOf(o any) (focusMark, bool) {
	d, ok := o.(tree.Describer)
	if !ok {
		return focusMark{}, false
	}
	n := d.Describe()
	return focusMark{n.Role, n.Name, n.ID}, n.Role != ""
}

func (k *Kiosk) focused() focusMark {
	if f := k.o.Window.Canvas().Focused(); f != nil {
		m, _ := markOf(f)
		return m
	}
	return focusMark{}
}

func (k *Kiosk) refocus(m focusMark) {
	c := k.o.Window.Canvas()
	if m.role == tree.Field { // the focus follows what is typed into; a keyboard put away stays away
		m.name, m.id = "", ""
		if t := k.page.typing; t != nil && !k.s.keysShut {
			m.id = t.path
		}
	}
	if m.role == "" || k.fresh || m.role == tree.Field && m.id == "" {
		if c.Focused() != nil {
			c.Unfocus()
		}
		return
	}
	var found fyne.Focusable
	walk(k.root, func(o fyne.CanvasObject) bool {
		f, ok := o.(fyne.Focusable)
		if !ok {
			return true
		}
		if x, _ := markOf(o); x == m || m.role == tree.Field && x.role == m.role && x.id == m.id {
			found = f
			return false
		}
		return true
	})
	if found == nil {
		c.Unfocus()
		return
	}
	c.Focus(found)
}

// walk visits an object and what lies inside until visit says no.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject) bool) bool {
	if o == nil || !o.Visible() {
		return true
	}
	if !visit(o) {
		return false
	}
	var inside []fyne.CanvasObject
	switch x := o.(type) {
	case tree.Viewport:
		inside = []fyne.CanvasObject{x.Inside()}
	case tree.Parent:
		inside = x.Children()
	case *fyne.Container:
		inside = x.Objects
	}
	for _, i := range inside {
		if !walk(i, visit) {
			return false
		}
	}
	return true
}

// read reads the screen aloud in reading order, or falls silent.
func (k *Kiosk) read() {
	if k.s.silence != nil {
		k.hush()
		k.show()
		return
	}
	words, lang, speak := k.words(), k.s.style.Lang, k.o.Speak
	k.o.Event("read")
	ctx, stop := context.WithCancel(k.s.ctx)
	k.s.silence = stop
	mine := &k.s.silence
	k.beside(func(_ context.Context, ui func(func())) func() {
		err := speak(ctx, lang, words)
		ended := ctx.Err() != nil
		stop()
		return func() {
			if ended {
				return // something else goes on already
			}
			if err != nil {
				k.o.Event("read.failed")
			}
			*mine = nil
			k.show()
		}
	})
	k.show()
}

// hush ends reading aloud.
func (k *Kiosk) hush() {
	if k.s.silence != nil {
		k.s.silence()
		k.s.silence = nil
	}
}

// words is what is on the screen, as somebody would read it to another: without the keyboard and the plinth's own words.
func (k *Kiosk) words() string {
	var b strings.Builder
	for _, n := range tree.Of(k.o.Window.Canvas()) {
		if n.Role == tree.Key || n.Name == "" {
			continue
		}
		b.WriteString(n.Name)
		if n.Value != "" {
			b.WriteString(": " + n.Value)
		}
		if n.Text != "" {
			b.WriteString(". " + n.Text)
		}
		if n.Is("checked") {
			b.WriteString(" ✓")
		}
		b.WriteString(".\n")
	}
	return b.String()
}

// caret is the field that shows a caret: none while the keyboard is put away.
func (k *Kiosk) caret(path string) string {
	if k.s.keysShut {
		return ""
	}
	return path
}
