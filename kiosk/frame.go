package kiosk

import (
	"fyne.io/fyne/v2"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// page is what a screen wants to be drawn; the frame decides where, in portrait and in landscape.
type page struct {
	title    string              // the one question of the page
	head     fyne.CanvasObject   // stands in place of the title
	hero     fyne.CanvasObject   // stands in place of the head, in portrait
	hall     fyne.CanvasObject   // stands at the left, in landscape
	top      fyne.CanvasObject   // stays above what scrolls
	progress *progress           // how far one is
	body     []fyne.CanvasObject // scrolls where it is too long
	foot     []fyne.CanvasObject // stays above the actions
	actions  []action            // back first, onward last
	typing   *typing             // the field that is typed into: draws the keyboard
	cover    fyne.CanvasObject   // instead of everything
	gap      float32             // between the parts of the body, in design pixels; 0: 28
	noEnd    bool                // "Beenden" is not offered
	change   string
}

type progress struct {
	step, of    int
	word, right string
}

// action is a button of the bar above keyboard and plinth.
type action struct {
	label, icon, right string
	primary, small     bool
	id                 string // for the screen tree
	tap                func()
}

// typing connects what is typed with the place it belongs to.
type typing struct {
	path  string
	keys  form.Keys
	max   int
	get   func() string
	set   func(string)
	enter func()
}

// low is where reach mode begins: everything to touch lies below, in the lower 1048 of 1920 design pixels.
const low = 1048

// show draws the screen on top anew.
func (k *Kiosk) show() {
	if k.size.IsZero() {
		return
	}
	mark := k.focused()
	k.s.style.Density = k.o.Window.Canvas().Scale() // icons and codes are drawn in whole pixels
	if k.theme != k.s.style {
		k.theme = k.s.style
		k.app.Settings().SetTheme(look.Theme(k.s.style))
	}
	var p page
	if k.page.cover != nil {
		k.sheet = nil
	}
	switch {
	case !k.s.warned.IsZero():
		p = k.idlePage()
	case k.sendsAway():
		p = k.wrongCard()
	default:
		p = k.top().draw(k)
	}
	k.page = p
	k.root.Objects = []fyne.CanvasObject{k.back, k.compose(p)} // the theme's background is the ground
	whole{k}.place()
	k.root.Refresh()
	k.settle()
	k.refocus(mark)
	k.fresh, k.toEnd, k.reveal, k.lift = false, false, "", ""
}

// refresh draws a screen anew if it is the one shown.
func (k *Kiosk) refresh(s screen) {
	if k.top() == s {
		k.show()
	}
}

// compose puts a page's parts where they belong.
func (k *Kiosk) compose(p page) fyne.CanvasObject {
	if p.cover != nil {
		k.sheet = nil
		return p.cover
	}
	if k.landscape() {
		return k.composeWide(p)
	}
	st := k.s.style
	keysOn := p.typing != nil && !k.s.keysShut
	top := p.hero
	if top == nil {
		top = k.headBar(p, false)
	}
	if st.Reach && p.hero == nil {
		top = k.reachHead(p, keysOn)
		p.title, p.head = "", nil
	} else if p.hero != nil {
		p.title = ""
	}
	if p.top != nil {
		top = look.Column(0, top, look.Inset(p.top, st.Margin(), k.px(26), st.Margin(), 0))
	}
	if st.Reach && len(p.actions) > 0 { // what is low is for what is asked
		p.body, p.foot = append(p.body, p.foot...), nil
	}
	var bottom []fyne.CanvasObject
	if keysOn {
		bottom = append(bottom, k.keyboard(p.typing))
	}
	bottom = append(bottom, k.plinth(false))
	if bar := k.bar(p); bar != nil {
		bar = look.Inset(bar, st.Margin(), k.px(16), st.Margin(), k.px(32))
		all := append([]fyne.CanvasObject{bar}, bottom...)
		// Above the keys it would be too high for an arm from a wheelchair: it comes back with the keyboard put away.
		if !st.Reach || !keysOn || look.HeightFor(look.Column(0, all...), k.size.Width) <= k.px(low) {
			bottom = all
		}
	}
	return look.Frame(top, k.scrolled(p, st.Margin()), look.Column(0, bottom...))
}

// bar is foot and actions.
func (k *Kiosk) bar(p page) fyne.CanvasObject {
	parts := append([]fyne.CanvasObject{}, p.foot...)
	switch buttons := k.buttons(p); {
	case k.onlyBack(buttons):
		parts = append(parts, k.leftmost(look.Button(k.s.style, buttons[0]))) // the way back is where it always is
	case len(buttons) > 0:
		parts = append(parts, look.Actions(k.s.style, buttons...))
	}
	if len(parts) == 0 {
		return nil
	}
	return look.Column(k.px(20), parts...)
}

// onlyBack tells whether nothing but the way back is offered. It keeps its width.
func (k *Kiosk) onlyBack(buttons []look.ButtonOpts) bool {
	return len(buttons) == 1 && buttons[0].ID == "back" && !buttons[0].Primary && k.s.style.Text <= 1
}

// buttons are the actions; in reach mode "Beenden" stands with them, as the head is too high up.
func (k *Kiosk) buttons(p page) []look.ButtonOpts {
	var out []look.ButtonOpts
	if k.s.style.Reach && !k.landscape() && !p.noEnd && !k.endInPlinth() {
		out = append(out, look.ButtonOpts{Label: k.say("kiosk.end"), Icon: "logout", ID: "end", Tap: k.tap(k.finish)})
	}
	for _, a := range p.actions {
		out = append(out, k.opts(a))
	}
	return out
}

func (k *Kiosk) opts(a action) look.ButtonOpts {
	return look.ButtonOpts{Label: a.label, Icon: a.icon, IconRight: a.right, Primary: a.primary, Small: a.small || k.landscape(), ID: a.id, Tap: k.tap(a.tap)}
}

// composeWide is the landscape layout: helps in a rail at the right, at home a hall at the left; with the keyboard the actions stand
// beside the field, as height is short.
func (k *Kiosk) composeWide(p page) fyne.CanvasObject {
	st := k.s.style
	keysOn := p.typing != nil && !k.s.keysShut
	if len(p.actions) > 0 { // the height is for what is asked
		p.body, p.foot = append(p.body, p.foot...), nil
	}
	rail := k.plinth(true)
	side := k.px(32)
	if p.hall != nil {
		side = k.px(24)
	}
	var top fyne.CanvasObject
	if p.hall == nil {
		top = k.headBar(p, true)
		if p.progress != nil {
			p.title = "" // the head says it
		}
		if keysOn && st.Text > 1 { // field and keys need the height; the head comes back with the keyboard put away
			top = look.NewScene(0, look.Fixed(0), func(fyne.Size) []fyne.CanvasObject { return nil })
		}
		if p.top != nil {
			top = look.Column(0, top, look.Inset(p.top, side, k.px(14), side, 0))
		}
	} else {
		p.title = ""
	}
	var middle, bottom fyne.CanvasObject
	body := k.scrolled(p, side)
	bar := k.bar(p)
	if back := k.buttons(p); !keysOn && len(p.foot) == 0 && len(back) == 1 && back[0].ID == "back" && st.Text < 2 { // in one line with "Mehr"
		k.sheet.Beside(look.Button(st, back[0]))
		body, bar = look.Inset(body, 0, 0, 0, k.px(8)), nil
	}
	middle = body
	switch {
	case bar != nil && keysOn:
		var stack []fyne.CanvasObject
		buttons := k.buttons(p)
		for i := len(buttons) - 1; i >= 0; i-- {
			b := buttons[i]
			b.Small = true
			stack = append(stack, look.Button(st, b))
		}
		column := look.Inset(look.Column(k.px(14), stack...), 0, k.px(16), side, k.px(8))
		middle = k.sideBySide(body, column)
	case bar != nil:
		bottom = look.Inset(bar, side, k.px(8), side, k.px(20))
	}
	if keysOn {
		keyboard := k.keyboard(p.typing)
		if bottom != nil {
			bottom = look.Column(0, bottom, keyboard)
		} else {
			bottom = keyboard
		}
	}
	none := look.NewScene(0, look.Fixed(0), func(fyne.Size) []fyne.CanvasObject { return nil })
	if top == nil {
		top = none
	}
	if bottom == nil {
		bottom = none
	}
	main := fyne.CanvasObject(look.Frame(top, middle, bottom))
	hall := p.hall
	return look.NewScene(k.px(800), look.Fixed(k.px(600)), func(s fyne.Size) []fyne.CanvasObject {
		rw := max(k.px(176), rail.MinSize().Width+k.px(16))
		hw := float32(0)
		objs := []fyne.CanvasObject{look.At(rail, s.Width-rw, 0, rw, s.Height)}
		if hall != nil {
			hw = k.px(400)
			objs = append(objs, look.At(hall, 0, 0, hw, s.Height))
		}
		return append(objs, look.At(main, hw, 0, s.Width-rw-hw, s.Height))
	})
}

// sideBySide puts a narrow column of its own width at the right of what takes the rest.
func (k *Kiosk) sideBySide(a, b fyne.CanvasObject) fyne.CanvasObject {
	return look.NewScene(k.px(400), look.Fixed(k.px(100)), func(s fyne.Size) []fyne.CanvasObject {
		w := min(b.MinSize().Width, s.Width/2)
		return []fyne.CanvasObject{look.At(a, 0, 0, s.Width-w, s.Height), look.At(b, s.Width-w, 0, w, s.Height)}
	})
}

// headBar is mark, name of the town and "Beenden".
func (k *Kiosk) headBar(p page, wide bool) fyne.CanvasObject {
	o := look.HeadOpts{Title: k.say("kiosk.brand"), Sub: k.o.Catalogue.Tenant().Name, Low: wide}
	if wide && p.progress != nil {
		o.Title = p.title
		if k.s.style.Text <= 1 {
			o.Title = p.progress.word + ": " + p.title
		}
	}
	if !p.noEnd && !k.endInPlinth() && (wide || !k.s.style.Reach) {
		o.End, o.Tap = k.say("kiosk.end"), k.tap(k.finish)
	}
	return look.Head(k.s.style, o)
}

// endInPlinth tells whether "Beenden" stands in the plinth: with the largest text it has no room in the head.
func (k *Kiosk) endInPlinth() bool { return k.s.style.Text >= 2 && !k.landscape() }

// scrolled is the part of the page between head and actions.
func (k *Kiosk) scrolled(p page, side float32) fyne.CanvasObject {
	st := k.s.style
	var col []fyne.CanvasObject
	if g := p.progress; g != nil {
		if k.landscape() {
			col = append(col, look.Progress(st, g.step, g.of, "", ""))
		} else {
			col = append(col, look.Progress(st, g.step, g.of, g.word, g.right))
		}
	}
	switch {
	case p.head != nil:
		col = append(col, p.head)
	case p.title != "":
		col = append(col, look.Text(st, look.TitleL, p.title, look.TextOpts{Bold: true}))
	}
	col = append(col, p.body...)
	gap, top := p.gap, k.px(22)
	switch {
	case gap != 0:
	case p.progress != nil: // questions with their answers want the height
		gap = 22
	default:
		gap, top = 28, k.px(30)
	}
	if k.landscape() {
		top = k.px(16)
	}
	content := look.Inset(look.Column(k.px(gap), col...), side, top, side, k.px(16))
	return k.newSheet(content, side)
}

// plinth holds the helps that never move. Only what works here is drawn.
func (k *Kiosk) plinth(rail bool) fyne.CanvasObject {
	st := k.s.style
	if rail { // twice as large, the words of the rail would leave no room for the keys
		st.Text = min(st.Text, 1.35)
	}
	larger := look.PlinthItem{Icon: "text-size", Label: k.say("plinth.larger"), ID: "larger", Tap: k.tap(k.larger), On: st.Text > 1}
	if k.s.style.Text >= 2 {
		larger.Label = k.say("plinth.smaller")
	}
	items := []look.PlinthItem{larger, {Icon: "contrast", Label: k.say("plinth.contrast"), ID: "contrast", On: st.Contrast != look.Normal, Tap: k.tap(k.contrast)}}
	if k.o.Speak != nil {
		read := look.PlinthItem{Icon: "volume", Label: k.say("plinth.read"), ID: "read", Tap: k.tap(k.read)}
		if k.s.silence != nil {
			read.Label, read.On = k.say("plinth.stop"), true
		}
		items = append(items, read)
	}
	if !k.landscape() { // the whole landscape screen lies lower than reach mode would put it
		reach := look.PlinthItem{Icon: "arrow-bar-to-down", Label: k.say("plinth.lower"), ID: "reach", Tap: k.tap(k.reach)}
		if st.Reach {
			reach.Icon, reach.Label, reach.On = "arrow-bar-to-up", k.say("plinth.higher"), true
		}
		items = append(items, reach)
	}
	help := look.PlinthItem{} // its place stays free: the other helps do not move
	if k.helps() {
		help = look.PlinthItem{Icon: "headset", Label: k.say("plinth.help"), ID: "help", Tap: k.tap(k.help)}
	}
	items = append(items, help)
	if k.endInPlinth() && !k.page.noEnd {
		items = append(items, look.PlinthItem{Icon: "logout", Label: k.say("kiosk.end"), ID: "end", Tap: k.tap(k.finish)})
	}
	return look.Plinth(st, rail, items...)
}

func (k *Kiosk) larger() {
	switch t := k.s.style.Text; {
	case t >= 2:
		k.s.style.Text = 1
	case t >= 1.5:
		k.s.style.Text = 2
	default:
		k.s.style.Text = 1.5
	}
	k.o.Event("text", "factor", k.s.style.Text)
	k.fresh = true
	k.show()
}

func (k *Kiosk) contrast() {
	k.s.style.Contrast = (k.s.style.Contrast + 1) % (look.YellowBlack + 1)
	k.o.Event("contrast", "set", int(k.s.style.Contrast))
	k.show()
}

func (k *Kiosk) reach() {
	k.s.style.Reach = !k.s.style.Reach
	k.o.Event("reach", "on", k.s.style.Reach)
	k.fresh = true
	k.show()
}

// helps tells whether the help page can be opened: not over itself, and not while money and paper move, where its way out would lead past them.
func (k *Kiosk) helps() bool {
	switch k.top().(type) {
	case *help, *paying, *done:
		return false
	}
	return true
}

// help opens the help page.
func (k *Kiosk) help() {
	if !k.helps() {
		return
	}
	if s, ok := k.top().(*scan); ok {
		s.leave()
		s.begun = false
	}
	k.push(&help{})
}

// tap is a touch: a sign of life, then what it does.
func (k *Kiosk) tap(f func()) func() {
	return func() {
		k.touch()
		if f != nil {
			f()
		}
	}
}

func (k *Kiosk) goBack() action {
	return action{label: k.say("kiosk.back"), icon: "arrow-left", id: "back", tap: k.pop}
}

// whole gives every object the whole window, and draws anew when the window's size changes.
type whole struct{ k *Kiosk }

func (w whole) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (w whole) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size != w.k.size {
		w.k.size = size
		w.k.fresh = true
		w.k.show()
		return
	}
	w.place()
}

func (w whole) place() {
	for _, o := range w.k.root.Objects {
		look.At(o, 0, 0, w.k.size.Width, w.k.size.Height)
	}
}
