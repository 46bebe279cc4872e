package look

import (
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// BlinkTime is how long a caret blinks after the last letter: a screen that nobody writes on costs nothing.
const BlinkTime = 30 * time.Second

const blinkEvery = 530 * time.Millisecond

// Longest is the longest text that anybody may type where a field has no limit of its own, in characters.
const Longest = 2000

// FieldOpts says what a field is.
type FieldOpts struct {
	Label   string
	Hint    string // one sentence under the label
	Example string // shown where the answer will stand as long as there is none
	Problem string // what is wrong, for the citizen
	Full    string // that a letter found no room, for the citizen: stands in place of the hint until letters are taken away
	Text    string // the answer as typed
	Plate   bool   // drawn as a number plate
	Secret  bool   // drawn and told as bullets
	Focused bool   // what is typed goes here
	OK      bool   // the answer fits
	Lines   int    // how many lines it shows at least; 0 = 1
	Icon    string // a sign at the left: "search"
	Pill    bool   // round ends
	NoLabel bool   // the label is told but not drawn
	Max     int    // longest text in characters; 0 = Longest
	ID      string
	Tap     func()
	Typed   func(text string, over bool) // a hardware keyboard changed the text; over: its letter found no room, and the text is as it was
	Enter   func()                       // Enter on a hardware keyboard
}

// Field is a line to write on. It only draws what it is told: the shell feeds what is typed. What is wrong stands above the line, with a
// bar at the left and a sign inside.
func Field(st Style, o FieldOpts) *Touch {
	d := &fieldDrawing{st: st, o: o}
	t := &Touch{st: st, tap: o.Tap, height: d.height, min: func(p *pen) float32 { return st.U(120) }, paint: d.paint}
	if !d.quiet() {
		d.blink(t)
		t.stop = d.still
	}
	t.ring = func(p *pen, s fyne.Size) {
		if !o.Focused {
			d.ring(p, s)
		}
	}
	if !o.Focused { // who comes by the tab key wants to type here, as who touches it
		t.gained = t.fire
	}
	t.typed = func(r rune) {
		text, fits := Append(o.Text, r, o.Max)
		d.change(text, !fits)
	}
	t.key = func(k *fyne.KeyEvent) {
		switch k.Name {
		case fyne.KeyBackspace, fyne.KeyDelete:
			d.change(Erase(o.Text), false)
		case fyne.KeyReturn, fyne.KeyEnter:
			if o.Enter != nil {
				o.Enter()
			} else {
				t.fire()
			}
		}
	}
	t.describe = d.describe
	return t.init()
}

// Append is the text with one more letter. When it has max letters already (0 = Longest) the letter finds no room: the text stays as it is, and
// whoever typed has to be told.
func Append(text string, r rune, max int) (longer string, fits bool) {
	if Brimful(text, max) {
		return text, false
	}
	return text + string(r), true
}

// Brimful tells whether a text takes all the room of a field for max letters (0 = Longest).
func Brimful(text string, max int) bool {
	if max <= 0 {
		max = Longest
	}
	return utf8.RuneCountInString(text) >= max
}

// Erase is the text without its last letter.
func Erase(text string) string {
	r := []rune(text)
	if len(r) == 0 {
		return ""
	}
	return string(r[:len(r)-1])
}

type fieldDrawing struct {
	st     Style
	o      FieldOpts
	caret  *canvas.Rectangle
	hidden bool
	ended  bool
}

func (d *fieldDrawing) change(text string, over bool) {
	if d.o.Typed != nil && (over || text != d.o.Text) {
		d.o.Typed(text, over)
	}
}

// quiet tells whether the caret stands still.
func (d *fieldDrawing) quiet() bool { return !d.o.Focused || d.st.Quiet() }

// blink lets the caret come and go for BlinkTime, as long as the field is on the screen: a letter typed makes a new field, which begins
// again.
func (d *fieldDrawing) blink(field fyne.CanvasObject) {
	left := int(BlinkTime / blinkEvery)
	var next func()
	next = func() {
		if d.ended || d.caret == nil || !tree.Shows(fyne.CurrentApp().Driver().CanvasForObject(field), field) {
			d.ended = true
			return
		}
		left--
		d.hidden = left > 0 && !d.hidden // it ends visible
		d.caret.Hidden = d.hidden
		d.caret.Refresh()
		if d.ended = left <= 0; !d.ended {
			later(blinkEvery, next)
		}
	}
	later(blinkEvery, next)
}

func (d *fieldDrawing) still() { d.ended = true }

// bar is the room that the bar of a problem takes at the left.
func (d *fieldDrawing) bar(p *pen) float32 {
	if d.o.Problem == "" {
		return 0
	}
	return p.m.pad + d.st.U(8)
}

func (d *fieldDrawing) label(p *pen) face { return face{Lead, true, p.c.Ink} }
func (d *fieldDrawing) hint(p *pen) face  { return face{Body, false, p.c.Ink2} }

// said is the sentence above the line besides what is wrong: the hint, or that nothing more fits.
func (d *fieldDrawing) said(p *pen) (string, face) {
	if d.o.Full != "" {
		return d.o.Full, face{Body, false, p.c.Ink}
	}
	return d.o.Hint, d.hint(p)
}

func (d *fieldDrawing) problem(p *pen) face { return face{Body, true, p.c.Error} }

func (d *fieldDrawing) answer(p *pen) face {
	if d.o.Plate {
		return face{TitleM, true, p.c.Ink}
	}
	if d.o.Lines > 1 || d.o.Pill {
		return face{Lead, false, p.c.Ink}
	}
	return face{TitleS, false, p.c.Ink}
}

func (d *fieldDrawing) head(p *pen, w float32) float32 {
	w -= d.bar(p)
	h := float32(0)
	if !d.o.NoLabel {
		h += p.height(d.o.Label, d.label(p), w)
	}
	said, how := d.said(p)
	h += p.height(d.o.Problem, d.problem(p), w) + p.height(said, how, w)
	if h > 0 {
		h += d.st.U(16)
	}
	return h
}

// sides is the room inside the line at the left and right of the answer.
func (d *fieldDrawing) sides(p *pen) (left, right float32) {
	left, right = p.m.pad, p.m.pad
	if d.o.Plate {
		left = d.st.U(13) + d.plate(p) + d.st.U(18)
	}
	if d.o.Icon != "" {
		left = p.m.pad + p.m.icon*1.2 + p.m.gap
	}
	if d.o.Problem != "" || d.o.Full != "" || d.o.OK {
		right += p.m.icon*1.35 + p.m.gap/2
	}
	return left, right
}

func (d *fieldDrawing) plate(p *pen) float32 {
	return max(p.m.field*0.57, p.width("D", face{Body, true, p.c.OnPlate})+d.st.U(24))
}

// shown is what stands in the line.
func (d *fieldDrawing) shown() string {
	if d.o.Secret {
		return tree.Mask(d.o.Text)
	}
	return d.o.Text
}

func (d *fieldDrawing) lines(p *pen, w float32) []string {
	left, right := d.sides(p)
	room := w - d.bar(p) - left - right - d.st.U(12)
	lines := wrapTyped(d.shown(), d.st.Size(d.answer(p).size), d.answer(p).bold, room)
	return lines
}

func (d *fieldDrawing) line(p *pen, w float32) float32 {
	n := max(len(d.lines(p, w)), d.o.Lines, 1)
	if d.o.Text == "" && d.o.Example != "" && !d.o.Focused {
		left, right := d.sides(p)
		n = max(n, len(p.wrap(d.o.Example, d.hint(p), w-d.bar(p)-left-right-d.st.U(12))))
	}
	return max(p.m.field, float32(n)*p.lineHeight(d.answer(p))+p.m.pad*1.4)
}

func (d *fieldDrawing) height(p *pen, w float32) float32 { return d.head(p, w) + d.line(p, w) }

func (d *fieldDrawing) radius(p *pen, h float32) float32 {
	if d.o.Pill {
		return h / 2
	}
	return p.m.radius
}

func (d *fieldDrawing) ring(p *pen, s fyne.Size) {
	bar, h := d.bar(p), d.line(p, s.Width)
	p.collar(bar, s.Height-h, s.Width-bar, h, d.radius(p, h))
}

func (d *fieldDrawing) paint(p *pen, s fyne.Size, pressed bool) {
	o := d.o
	bar := d.bar(p)
	w := s.Width - bar
	if bar > 0 {
		p.fill(0, 0, d.st.U(8), s.Height, 0, p.c.Error)
	}
	y := float32(0)
	if !o.NoLabel {
		y = p.text(o.Label, d.label(p), bar, y, w)
	}
	y = p.text(o.Problem, d.problem(p), bar, y, w)
	said, how := d.said(p)
	p.text(said, how, bar, y, w)

	h := d.line(p, s.Width)
	top := s.Height - h
	edge, stroke := p.c.Edge, p.m.fieldEdge
	switch {
	case o.Problem != "":
		edge, stroke = p.c.Error, max(p.m.selected, stroke)
	case o.Focused || pressed:
		edge = p.c.FocusOut
	}
	if o.Focused {
		d.ring(p, s)
	}
	p.box(bar, top, w, h, d.radius(p, h), p.c.Surface, edge, stroke)
	left, right := d.sides(p)
	if o.Plate {
		d.drawPlate(p, bar, top, h)
	}
	if o.Icon != "" {
		p.icon(o.Icon, bar+p.m.pad+p.m.icon*0.6, top+h/2, p.m.icon*1.2, p.c.Accent)
	}
	switch {
	case o.Problem != "":
		p.icon("alert-circle", s.Width-p.m.pad/2-p.m.icon*0.9, top+h/2, p.m.icon*1.35, p.c.Error)
	case o.Full != "":
		p.icon("info-circle", s.Width-p.m.pad/2-p.m.icon*0.9, top+h/2, p.m.icon*1.35, p.c.Accent)
	case o.OK:
		p.icon("circle-check", s.Width-p.m.pad/2-p.m.icon*0.9, top+h/2, p.m.icon*1.35, p.c.OK)
	}
	d.drawAnswer(p, bar+left, top, w-left-right, h)
}

func (d *fieldDrawing) drawPlate(p *pen, x, top, h float32) {
	w, inset := d.plate(p), d.st.U(13)
	p.fill(x+inset, top+inset, w, h-2*inset, p.m.radius/2, p.c.PlateBlue)
	f := face{Body, true, p.c.OnPlate}
	p.line("D", f, x+inset, top+h-inset-p.lineHeight(f), w, 0)
}

func (d *fieldDrawing) drawAnswer(p *pen, x, top, w, h float32) {
	f := d.answer(p)
	lh := p.lineHeight(f)
	lines := wrapTyped(d.shown(), d.st.Size(f.size), f.bold, w-d.st.U(12))
	y := top + (h-float32(max(len(lines), 1))*lh)/2
	if d.o.Lines > 1 {
		y = top + p.m.pad*0.7
	}
	if d.o.Text == "" && d.o.Example != "" && !d.o.Focused {
		e := d.hint(p)
		ex := p.wrap(d.o.Example, e, w-d.st.U(12))
		ey := top + (h-float32(len(ex))*p.lineHeight(e))/2
		if d.o.Lines > 1 {
			ey = y
		}
		p.lines(ex, e, x, ey, w, -1)
	}
	p.lines(lines, f, x, y, w, -1)
	if d.o.Focused {
		end := x
		if len(lines) > 0 {
			end += width(lines[len(lines)-1], d.st.Size(f.size), f.bold)
		}
		d.caret = p.fill(end+d.st.U(4), y+float32(max(len(lines)-1, 0))*lh+lh*0.05, d.st.U(4), lh*0.9, d.st.U(2), p.c.Accent)
		d.caret.Hidden = d.hidden
	}
}

func (d *fieldDrawing) describe() tree.Node {
	n := tree.Node{Role: tree.Field, Name: plain(d.o.Label), Value: d.shown(), ID: d.o.ID}
	if d.o.Focused {
		n = n.With("focused")
	}
	if d.o.Problem != "" {
		n = n.With("invalid")
	}
	if d.o.Full != "" {
		n = n.With("full")
	}
	n.Text = plain(strings.TrimSpace(d.o.Problem + " " + d.o.Full))
	return n
}
