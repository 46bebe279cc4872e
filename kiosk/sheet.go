package kiosk

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/keys"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// newSheet is the part of a page between head and actions: what does not fit turns by the button "Mehr", and scrolls by finger.
func (k *Kiosk) newSheet(content fyne.CanvasObject, side float32) fyne.CanvasObject {
	s := scroll.New(k.s.style, content, k.say("kiosk.more"), k.say("kiosk.top")).Side(side)
	if k.sheet != nil && !k.fresh {
		k.kept = k.sheet.Offset()
	} else {
		k.kept = 0
	}
	k.sheet = s
	return s
}

// settle scrolls to where the last drawing was, or to what has to be seen.
func (k *Kiosk) settle() {
	s := k.sheet
	if s == nil {
		return
	}
	switch {
	case k.toEnd:
		s.ScrollTo(1e6)
	case k.kept > 0:
		s.ScrollTo(k.kept)
	}
	if id := k.reveal; id != "" {
		s.Reveal(id)
	} else if k.lift != "" {
		s.Lift(k.lift)
	} else if t := k.page.typing; t != nil && !k.s.keysShut && uipage.Searching(t.path) {
		s.Lift(t.path)
	} else if t != nil && !k.s.keysShut {
		s.Reveal(t.path)
		s.Reveal(t.path + "=0") // what is suggested for it, right below
		k.showLine(t.path)
	}
	k.seen = s.Offset()
}

// board is the keyboard on the screen. It is kept from drawing to drawing, so that shift and a pressed key stay.
type board struct {
	*keys.Keyboard
	path  string
	style look.Style
	wide  bool
}

func (k *Kiosk) keyboard(t *typing) fyne.CanvasObject {
	st, wide := k.s.style, k.landscape()
	if b := k.board; b != nil && b.path == t.path && b.style == st && b.wide == wide && !k.fresh {
		b.Follow(t.get())
		return b.Keyboard
	}
	k.board = &board{path: t.path, style: st, wide: wide, Keyboard: keys.New(st, k.o.Texts, t.keys, wide, &k.faces, keys.Events{
		Rune:  k.letter,
		Erase: k.erase,
		Hide:  func() { k.touch(); k.s.keysShut = true; k.show() },
		Done: func() {
			k.touch()
			if t := k.page.typing; t != nil && t.enter != nil {
				t.enter()
			}
		},
		Click: k.touch,
	})}
	k.board.Follow(t.get())
	return k.board.Keyboard
}

// showLine scrolls on when a field with its label is higher than the room: the line that is typed into, its lower end, has to be seen.
func (k *Kiosk) showLine(id string) {
	c := k.o.Window.Canvas()
	foot := fyne.CurrentApp().Driver().AbsolutePositionForObject(k.sheet).Y + k.sheet.Size().Height
	for _, n := range tree.Of(c) {
		if n.ID == id && n.Role == tree.Field {
			field, below := n.Full(), k.px(60)
			if n.Is("full") { // the sentence above the line has to be seen too
				below = k.px(44)
			}
			if over := float32(field.Y+field.H)/c.Scale() + below - foot; over > 0 && float32(field.H)/c.Scale()+below > k.sheet.Size().Height {
				k.sheet.ScrollTo(k.sheet.Offset() + over)
			}
			return
		}
	}
}
