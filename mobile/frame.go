package mobile

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	uipage "gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/scroll"
)

// page is what a screen wants to be drawn; the frame decides where.
type page struct {
	title   string              // in the head, beside the way back
	room    string              // large at the top, without a way back: a room of the bar at the foot
	hero    fyne.CanvasObject   // stands in place of the head
	step    *step               // how far one is
	body    []fyne.CanvasObject // scrolls where it is too long
	wide    fyne.CanvasObject   // above the body, as wide as the screen, and scrolls with it
	all     fyne.CanvasObject   // instead of the body: takes all the room and does not scroll
	foot    []look.ButtonOpts   // at the foot, in reach of a thumb: the way on first
	gap     float32             // between the parts of the body, in design pixels; 0: 16
	tabs    bool
	problem string  // key of what the body says has gone wrong: it is said once
	typing  *typing // the field that is typed into
}

type step struct {
	n, of int
	right string
}

// show draws the screen on top anew.
func (a *App) show() {
	if a.size.IsZero() {
		return
	}
	a.style.Density = a.o.Window.Canvas().Scale() // icons and codes are drawn in whole pixels
	if a.theme != a.style {
		a.theme = a.style
		a.app.Settings().SetTheme(look.Theme(a.style))
	}
	p := a.top().draw(a)
	a.page = p
	a.root.Objects = []fyne.CanvasObject{look.Panel(a.style, a.style.Colors().Ground, nil, 0), a.compose(p), a.ear}
	whole{a}.place()
	a.root.Refresh()
	a.settle()
	a.hear()
	a.fresh, a.reveal, a.lift = false, "", ""
}

// refresh draws a screen anew if it is the one shown.
func (a *App) refresh(s screen) {
	if a.top() == s {
		a.show()
	}
}

// compose puts a page's parts where they belong.
func (a *App) compose(p page) fyne.CanvasObject {
	st := a.style
	own := p.typing != nil && a.o.Keyboard
	if p.hero != nil && look.HeightFor(p.hero, a.size.Width) > 0.36*a.size.Height { // a small screen needs its height: the ground goes with the rest
		p.hero, p.wide = nil, p.hero
	}
	top := p.hero
	if top == nil && p.title != "" {
		top = a.headBar(p.title)
	}
	var bottom []fyne.CanvasObject
	room := 0.38 * a.size.Height // for what stands at the foot: the rest is for what is asked
	switch {
	case own:
		bottom, p.foot = append(bottom, a.keyboard(p.typing)), nil
	case p.tabs && p.typing == nil:
		bottom = append(bottom, a.tabs())
		room -= look.HeightFor(bottom[0], a.size.Width)
	}
	if len(p.foot) > 0 && p.all == nil && look.HeightFor(a.buttons(p), a.size.Width) > room { // only the way on stays, the rest comes at the end
		for _, b := range p.foot[1:] {
			p.body = append(p.body, look.Button(st, b))
		}
		p.foot = p.foot[:1]
		if p.tabs && look.HeightFor(a.buttons(p), a.size.Width) > room {
			p.body, p.foot = append([]fyne.CanvasObject{look.Button(st, p.foot[0])}, p.body...), nil
		}
	}
	if len(p.foot) > 0 {
		bottom = append([]fyne.CanvasObject{a.buttons(p)}, bottom...)
	}
	middle := p.all
	if middle == nil {
		middle = a.scrolled(p)
	} else {
		a.sheet = nil
	}
	return look.Frame(top, middle, look.Column(0, bottom...))
}

// buttons are the actions at the foot.
func (a *App) buttons(p page) fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, b := range p.foot {
		all = append(all, look.Button(a.style, b))
	}
	below := a.px(20)
	if p.tabs {
		below = a.px(14)
	}
	m := a.style.Margin()
	return look.Inset(look.Column(a.px(12), all...), m, a.px(10), m, below)
}

// headBar is the way back and what this page is.
func (a *App) headBar(title string) fyne.CanvasObject {
	back := look.IconButton(a.style, look.Arrow(a.style, false), a.say("back"), "back", func() { a.Back() })
	words := look.Text(a.style, look.TitleS, title, look.TextOpts{Bold: true, Heading: true})
	size := a.px(48)
	return look.Inset(led(size, size, a.px(4), back, words), a.px(8), a.px(6), a.px(12), a.px(6))
}

// scrolled is the part of the page between head and foot.
func (a *App) scrolled(p page) fyne.CanvasObject {
	st := a.style
	var col []fyne.CanvasObject
	if p.room != "" {
		size := look.TitleL
		if look.Measure(p.room, st.Size(size), true).Width > a.size.Width-2*st.Margin() { // a line that a small phone needs for something else
			size = look.TitleM
		}
		col = append(col, look.Inset(look.Text(st, size, p.room, look.TextOpts{Bold: true}), 0, 0, 0, a.px(4)))
	}
	var top fyne.CanvasObject
	if g := p.step; g != nil {
		top = look.Progress(st, g.n, g.of, a.say("step", "n", g.n, "of", g.of), g.right)
	}
	if p.full(a) {
		col = append(col, look.Note(st, look.NoteOpts{Kind: look.Error, Icon: "device-floppy", Title: a.say("full"), Text: a.say("full.text")}))
	}
	col = append(col, p.body...)
	if p.typing != nil && !a.o.Keyboard && fyne.CurrentDevice().IsMobile() {
		col = append(col, look.Space(a.size.Height/2)) // the phone's own keyboard lies over the lower half
	}
	gap := p.gap
	if gap == 0 {
		gap = 16
	}
	above := a.px(8)
	switch {
	case p.room != "":
		above = a.px(20)
	case p.hero != nil || p.wide != nil || p.title == "":
		above = a.px(14)
	}
	m := st.Margin()
	var parts []fyne.CanvasObject
	if top != nil {
		parts = append(parts, look.Inset(top, m, 0, m, a.px(4)))
		above = a.px(4)
	}
	if p.wide != nil {
		parts = append(parts, p.wide)
	}
	parts = append(parts, look.Inset(look.Column(a.px(gap), col...), m, above, m, a.px(16)))
	s := scroll.New(st, look.Column(0, parts...), a.say("more"), a.say("up"))
	a.kept = 0
	if a.sheet != nil && !a.fresh {
		a.kept = a.sheet.Offset()
	}
	a.sheet = s
	return s
}

// full tells whether the page has to say that the memory takes nothing more.
func (p page) full(a *App) bool { return a.full && p.problem != "ask.full" }

// settle scrolls to where the last drawing was, or to what has to be seen.
func (a *App) settle() {
	s := a.sheet
	if s == nil {
		return
	}
	if a.kept > 0 {
		s.ScrollTo(a.kept)
	}
	if a.reveal != "" {
		s.Reveal(a.reveal)
	} else if a.lift != "" {
		s.Lift(a.lift)
	} else if t := a.page.typing; t != nil && uipage.Searching(t.path) {
		s.Lift(t.path)
	} else if t != nil {
		s.Reveal(t.path)
	}
}

// tabs is the bar at the foot. Only what works is there.
func (a *App) tabs() fyne.CanvasObject {
	here := a.top().name()
	tab := func(id, icon string, s func() screen) look.Tab {
		return look.Tab{Icon: icon, Label: a.say("tab." + id), On: here == id, ID: "tab." + id, Tap: func() {
			if here != id {
				a.room(s())
			}
		}}
	}
	mine := tab("mine", "list-check", func() screen { return &mine{} })
	if n := a.unread(); n > 0 {
		mine.Count, mine.CountName = n, a.say("tab.news", "n", n)
	}
	return look.Tabs(a.style,
		tab("start", "home", func() screen { return &start{} }),
		tab("services", "layout-grid", func() screen { return &services{} }),
		mine,
		tab("setting", "text-size", func() screen { return &setting{} }))
}

func (a *App) note(kind look.Kind, icon, title, text string) fyne.CanvasObject {
	return look.Note(a.style, look.NoteOpts{Kind: kind, Icon: icon, Title: title, Text: text})
}

func (a *App) heading(size look.Size, s string) fyne.CanvasObject {
	return look.Text(a.style, size, s, look.TextOpts{Bold: true, Heading: true})
}

func (a *App) small(s string) fyne.CanvasObject {
	return look.Text(a.style, look.Small, s, look.TextOpts{Color: a.style.Colors().Ink2})
}

func (a *App) lead(s string) fyne.CanvasObject {
	return look.Text(a.style, look.Lead, s, look.TextOpts{})
}

// whole gives every object the whole window, and draws anew when the window's size changes.
type whole struct{ a *App }

func (w whole) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (w whole) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size != w.a.size || w.a.style.Density != w.a.o.Window.Canvas().Scale() { // a phone tells its scale with its first size
		w.a.size = size
		w.a.fresh = true
		w.a.show()
		return
	}
	w.place()
}

func (w whole) place() {
	for _, o := range w.a.root.Objects {
		if o == fyne.CanvasObject(w.a.ear) {
			look.At(o, 0, 0, 1, 1)
			continue
		}
		look.At(o, 0, 0, w.a.size.Width, w.a.size.Height)
	}
}
