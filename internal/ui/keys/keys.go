// Package keys is the on-screen keyboard: German letters with ä, ö, ü and ß, digits, signs for e-mail addresses, number plates.
package keys

import (
	"cmp"
	"image"
	"math"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
)

// Events is what happens on the keyboard. A nil function is a key that is not there (Hide, Done) or does nothing.
type Events struct {
	Rune  func(r rune) // a letter
	Erase func()       // the last letter goes
	Hide  func()       // put the keyboard away
	Done  func()       // go on
	Click func()       // every key touched: sound, idle time
}

// Keyboard is an on-screen keyboard. What is typed is not kept here.
type Keyboard struct {
	widget.BaseWidget
	st     look.Style
	texts  look.Texts
	kind   form.Keys
	wide   bool // landscape
	events Events
	upper  bool // the next letter is a capital
	held   bool // shift was touched by the citizen: the digits become signs
	rows   [][]cell
	keys   []fyne.CanvasObject
	face   fyne.CanvasObject // all keys at rest
	lean   *lean             // the same face, if it is a lean one
	faces  *Faces
}

// lean is a face that shows a picture which others may show too.
type lean struct {
	place *canvas.Shader
	shown aspect
}

// let lets go of the picture: shown again it gets one again.
func (l *lean) let() {
	l.shown = aspect{}
	look.SetPicture(l.place, nil)
}

// Faces keeps what keyboards look like while nobody touches them, for as long as their owner wants: a keyboard goes to and fro between small
// and capital letters, and the next field has the same one.
type Faces struct {
	kept map[aspect]*look.Picture

	// The one lean face that is on the screen, in pixels: 2 MiB, which the next keyboard goes on with if it looks the same. The one before it loses
	// its own, since Fyne remembers keyboards for a while that nobody sees any more.
	last   aspect
	pixels image.Image
	holder *lean
}

// most is how many pictures are kept: small, capital letters and signs of two kinds of keyboard, in two sizes.
const most = 12

// aspect is what the picture of the keys depends on.
type aspect struct {
	st               look.Style
	kind             form.Keys
	wide, hide, done bool
	upper, held      bool
	w, h             int // pixels
}

// New is a keyboard for what a field wants (form.KeysNone is treated as text). landscape puts everything into four rows of thirteen.
// faces may be nil, and shared by keyboards one after another.
func New(st look.Style, texts look.Texts, kind form.Keys, landscape bool, faces *Faces, events Events) *Keyboard {
	if kind == form.KeysNone {
		kind = form.KeysText
	}
	k := &Keyboard{st: st, texts: texts, kind: kind, wide: landscape, events: events, faces: faces}
	if k.faces == nil {
		k.faces = &Faces{}
	}
	if st.Lean {
		k.lean = &lean{place: look.LeanPicture()}
		k.face = k.lean.place
	} else {
		k.face = canvas.NewRaster(k.atRest)
	}
	k.ExtendBaseWidget(k)
	k.build()
	return k
}

// Follow tells the keyboard what stands in the field now: a new word or name begins with a capital, an e-mail address does not.
func (k *Keyboard) Follow(text string) {
	up := false
	switch k.kind {
	case form.KeysPlate:
		up = true
	case form.KeysText:
		last := ' '
		for _, r := range text {
			last = r
		}
		up = unicode.IsSpace(last) || last == '-'
	case form.KeysProse:
		said := strings.TrimRightFunc(text, unicode.IsSpace)
		up = said == "" || (said != text && strings.ContainsAny(said[len(said)-1:], ".!?:"))
	}
	if up != k.upper || k.held {
		k.upper, k.held = up, false
		k.build()
		k.Refresh()
	}
}

// HeightFor is how high the keyboard is; its width does not change that.
func (k *Keyboard) HeightFor(float32) float32 {
	n := float32(len(k.rows))
	key, gap, top, bottom := k.measures()
	return top + n*key + (n-1)*gap + bottom
}

// measures are the height of a key with its sill, the gap below it, and the free edges.
func (k *Keyboard) measures() (key, gap, top, bottom float32) {
	u := k.st.U
	if k.st.Shell == look.Phone {
		return u(50), u(6), u(8), u(8)
	}
	if k.wide {
		return u(76), u(13), u(18), u(16)
	}
	return u(92), u(13), u(26), u(28)
}

// MinSize is its least size.
func (k *Keyboard) MinSize() fyne.Size { return fyne.NewSize(k.st.U(300), k.HeightFor(0)) }

// Children are the keys.
func (k *Keyboard) Children() []fyne.CanvasObject { return k.keys }

// Tapped between two keys does nothing, and what lies behind is not touched either.
func (k *Keyboard) Tapped(*fyne.PointEvent) {}

func (k *Keyboard) build() {
	k.rows = layout(k.kind, k.wide, k.upper || k.kind == form.KeysPlate, k.held, k.events.Hide != nil, k.events.Done != nil)
	k.keys = nil
	for _, row := range k.rows {
		for _, c := range row {
			k.keys = append(k.keys, k.key(c))
		}
	}
}

func (k *Keyboard) say(key string) string { return k.texts.Say(k.st.Lang, "keys."+key) }

func (k *Keyboard) key(c cell) fyne.CanvasObject {
	o := look.KeyOpts{Label: c.label, ID: "key." + c.label, Flat: true}
	switch {
	case c.act != "":
		o.Label, o.Name, o.Word, o.ID = k.say(c.act), k.say(c.act), true, "key."+c.act
		switch c.act {
		case "erase":
			o.Icon, o.Tap = "backspace", k.events.Erase
		case "hide":
			o.Icon, o.Tap = "keyboard-hide", k.events.Hide
		case "done":
			o.Go, o.Tap, o.Short = true, k.events.Done, "OK"
		case "space":
			o.Tap, o.Short = k.rune(' '), k.say("space.short")
		case "shift":
			o.Icon, o.Label, o.On = "arrow-big-up", "", k.held
			o.Tap = func() {
				k.upper = !k.upper || !k.held
				k.held = k.upper
				k.build()
				k.Refresh()
			}
		}
	case len([]rune(c.label)) == 1:
		r := []rune(c.label)[0]
		o.Tap = k.rune(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			o.Name = k.sign(r)
		}
	default:
		o.Word = true
		o.Tap = func() {
			for _, r := range c.label {
				k.rune(r)()
			}
		}
	}
	act := o.Tap
	o.Tap = func() {
		if k.events.Click != nil {
			k.events.Click()
		}
		if act != nil {
			act()
		}
	}
	return look.Key(k.st, o)
}

func (k *Keyboard) rune(r rune) func() {
	return func() {
		if k.events.Rune != nil {
			k.events.Rune(r)
		}
	}
}

// sign is what a sign is called when it is read aloud.
func (k *Keyboard) sign(r rune) string {
	names := map[rune]string{'.': "dot", ',': "comma", '-': "hyphen", '_': "underscore", '@': "at", '/': "slash", '+': "plus", '\'': "apostrophe"}
	if n, ok := names[r]; ok {
		return k.say("sign." + n)
	}
	return string(r)
}

func (k *Keyboard) aspect(w, h int) aspect {
	return aspect{
		st: k.st, kind: k.kind, wide: k.wide, hide: k.events.Hide != nil, done: k.events.Done != nil,
		upper: k.upper, held: k.held, w: w, h: h,
	}
}

// draw shows the keys at rest as they are now.
func (k *Keyboard) draw() {
	if k.lean == nil {
		k.face.Refresh()
		return
	}
	px := func(u float32) int { return int(math.Round(float64(u * cmp.Or(k.st.Density, 1)))) }
	w, h := px(k.Size().Width), px(k.Size().Height)
	a, f := k.aspect(w, h), k.faces
	if w <= 0 || h <= 0 || a == k.lean.shown {
		return
	}
	if f.holder != nil && f.holder != k.lean {
		f.holder.let()
	}
	if f.holder = k.lean; a != f.last || f.pixels == nil {
		f.last, f.pixels = a, k.atRest(w, h)
	}
	k.lean.shown = a
	look.SetPicture(k.lean.place, f.pixels)
}

// atRest is the picture of all keys while nobody touches them.
func (k *Keyboard) atRest(w, h int) image.Image {
	a := k.aspect(w, h)
	if face := k.faces.kept[a]; face != nil {
		return face.Image()
	}
	size, c := k.Size(), k.st.Colors()
	ground, line := canvas.NewRectangle(c.Sunken), canvas.NewRectangle(c.Line)
	ground.Resize(size)
	line.Resize(fyne.NewSize(size.Width, k.st.U(2)))
	objs := []fyne.CanvasObject{ground, line}
	for _, key := range k.keys {
		if t, ok := key.(*look.Touch); ok {
			objs = append(objs, t.AtRest(key.Position(), key.Size())...)
		}
	}
	if len(k.faces.kept) >= most || k.faces.kept == nil {
		k.faces.kept = map[aspect]*look.Picture{}
	}
	face := look.Paint(size, float32(w)/size.Width, objs)
	k.faces.kept[a] = face
	return face.Image()
}

// CreateRenderer is Fyne's.
func (k *Keyboard) CreateRenderer() fyne.WidgetRenderer { return &renderer{k} }

type renderer struct{ k *Keyboard }

func (r *renderer) Layout(size fyne.Size) {
	k := r.k
	k.face.Resize(size)
	key, gap, top, _ := k.measures()
	side := k.st.U(24)
	if k.st.Shell == look.Phone {
		side = k.st.U(6)
	}
	x0, y := side, top
	i := 0
	for _, row := range k.rows {
		n := float32(0)
		for _, c := range row {
			n += c.width
		}
		one := (size.Width - 2*side - (n-1)*gap) / n
		x := x0
		for _, c := range row {
			w := one*c.width + gap*(c.width-1)
			k.keys[i].Move(fyne.NewPos(x, y))
			k.keys[i].Resize(fyne.NewSize(w, key))
			x += w + gap
			i++
		}
		y += key + gap
	}
	if k.lean != nil {
		k.draw()
	}
}

func (r *renderer) MinSize() fyne.Size { return r.k.MinSize() }
func (r *renderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.k.face}, r.k.keys...)
}
func (r *renderer) Refresh() {
	r.Layout(r.k.Size())
	r.k.draw()
	canvas.Refresh(r.k)
}
func (r *renderer) Destroy() {}

// cell is a place in a layout.
type cell struct {
	label string
	width float32
	act   string
}

func letters(s string) []cell {
	var row []cell
	for _, r := range s {
		row = append(row, cell{label: string(r), width: 1})
	}
	return row
}

func act(name string, width float32) cell { return cell{act: name, width: width} }

// written tells whether a keyboard is one for words, with all signs.
func written(kind form.Keys) bool { return kind == form.KeysText || kind == form.KeysProse }

// layout is the rows of a keyboard.
func layout(kind form.Keys, wide, upper, signs, hide, done bool) [][]cell {
	if kind == form.KeysDigits || kind == form.KeysDate {
		return digits(kind, hide, done)
	}
	top, second, third, fourth := "1234567890ß", "qwertzuiopü", "asdfghjklöä", "yxcvbnm"
	if signs && written(kind) {
		top = "!\"§%&/()?':"
	}
	if kind == form.KeysPlate {
		top = "1234567890"
	}
	if upper {
		second, third, fourth = strings.ToUpper(second), strings.ToUpper(third), strings.ToUpper(fourth)
	}
	rest := restOf(kind)
	if wide {
		return wideLayout(kind, letters(top), letters(second), letters(third), letters(fourth), rest, hide, done)
	}
	row4 := []cell{act("shift", 1)}
	erase := float32(3)
	if kind == form.KeysPlate {
		row4, erase = nil, 4
		top += "-"
	}
	row4 = append(append(row4, letters(fourth)...), act("erase", erase))
	var row5 []cell
	used := float32(len(rest))
	if hide {
		row5, used = append(row5, act("hide", 3)), used+3
	}
	last := float32(3)
	if written(kind) {
		last = 2
	}
	if done {
		used += last
	}
	if kind != form.KeysEmail {
		row5 = append(row5, act("space", 11-used))
		row5 = append(row5, rest...)
	} else {
		row5 = append(row5, rest...)
		row5[len(row5)-1].width += 11 - used
	}
	if done {
		row5 = append(row5, act("done", last))
	}
	return [][]cell{letters(top), letters(second), letters(third), row4, row5}
}

// restOf are the signs that a kind of field wants beside the letters.
func restOf(kind form.Keys) []cell {
	switch kind {
	case form.KeysEmail:
		return append(letters("@.-_"), cell{label: ".de", width: 1})
	case form.KeysPlate:
		return nil
	}
	return letters(",.-")
}

// wideLayout is four rows of thirteen columns.
func wideLayout(kind form.Keys, top, second, third, fourth, rest []cell, hide, done bool) [][]cell {
	fill := func(row []cell, last ...cell) []cell {
		row = append(row, last...)
		n := float32(0)
		for _, c := range row {
			n += c.width
		}
		row[len(row)-1].width += 13 - n
		return row
	}
	top = fill(top, act("erase", 2))
	if kind == form.KeysPlate {
		second = fill(second, cell{label: "-", width: 2})
	} else {
		second = fill(second, rest[len(rest)-1], rest[len(rest)-2])
		rest = rest[:len(rest)-2]
	}
	if hide {
		third = fill(third, act("hide", 2))
	} else {
		third = fill(third)
	}
	var row4 []cell
	if kind != form.KeysPlate {
		row4 = append(row4, act("shift", 1))
	}
	row4 = append(row4, fourth...)
	row4 = append(row4, rest[:min(len(rest), 2)]...)
	if kind != form.KeysEmail {
		row4 = append(row4, act("space", 2))
	}
	if done {
		row4 = fill(row4, act("done", 2))
	} else {
		row4 = fill(row4)
	}
	return [][]cell{top, second, third, row4}
}

// digits is the pad of a telephone, with a comma for amounts or a dot for dates.
func digits(kind form.Keys, hide, done bool) [][]cell {
	sign, other := ",", "+"
	if kind == form.KeysDate {
		sign, other = ".", "-"
	}
	last := letters("0")
	if hide {
		last = append([]cell{act("hide", 1)}, last...)
	}
	if done {
		last = append(last, act("done", float32(4-len(last))))
	}
	last[len(last)-1].width += 4 - sum(last)
	return [][]cell{
		append(letters("123"), act("erase", 1)),
		append(letters("456"), cell{label: sign, width: 1}),
		append(letters("789"), cell{label: other, width: 1}),
		last,
	}
}

func sum(row []cell) float32 {
	n := float32(0)
	for _, c := range row {
		n += c.width
	}
	return n
}
