// Package tree says what is on the screen: every control, field, heading and text with role, name, value, state and place, in reading
// order. Speech output, keypads and tests read the same tree.
package tree

import (
	"encoding/json"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Role says what kind of thing a node is. The words are those of WAI-ARIA where it has one.
type Role string

// The roles that are in use.
const (
	Button   Role = "button"
	Radio    Role = "radio"
	Checkbox Role = "checkbox"
	Field    Role = "textbox"
	Key      Role = "key" // a key of the on-screen keyboard
	Heading  Role = "heading"
	Text     Role = "text"
	Note     Role = "note"
	Alert    Role = "alert"
	Progress Role = "progressbar"
	Picture  Role = "img"
)

// Rect is a place on the screen in whole pixels, from the window's top left corner.
type Rect struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Center is the pixel in the middle: where a test taps.
func (r Rect) Center() (x, y int) { return r.X + r.W/2, r.Y + r.H/2 }

// Node is one thing on the screen.
type Node struct {
	Role  Role   `json:"role"`
	Name  string `json:"name"`            // what it is called; never empty for a control
	Value string `json:"value,omitempty"` // what it says now; bullets when the answer is secret
	Text  string `json:"text,omitempty"`  // a sentence beside it: what is wrong with what stands there, or that nothing more fits
	State string `json:"state,omitempty"` // words with spaces between: "checked", "focused", "invalid", "full", "hidden" (scrolled out of sight)
	// ID is a name for programs that stays the same in all languages, such as an answer's path; may be empty.
	ID string `json:"id,omitempty"`
	// Bounds is where it is seen; of something out of sight, where it would be.
	Bounds Rect `json:"bounds"`
	// Whole is where all of it would be, when only a part is in sight; see Full.
	Whole Rect `json:"whole,omitzero"`
	// Cut lists texts inside that are wider or higher than the room they have.
	Cut []string `json:"cut,omitempty"`
}

// Is tells whether the state has the word.
func (n Node) Is(state string) bool { return slices.Contains(strings.Fields(n.State), state) }

// Full is where all of the node is, in sight or not.
func (n Node) Full() Rect {
	if n.Whole != (Rect{}) {
		return n.Whole
	}
	return n.Bounds
}

// Touchable tells whether the node is something to touch.
func (n Node) Touchable() bool {
	switch n.Role {
	case Button, Radio, Checkbox, Field, Key:
		return true
	}
	return false
}

// With returns the node with one more word in its state.
func (n Node) With(state string) Node {
	if n.State != "" {
		n.State += " "
	}
	n.State += state
	return n
}

// Describer is a thing on the screen that says itself what it is. What lies inside is its own and not told again.
type Describer interface {
	// Describe returns the node without its bounds. A node without a role is not told, only what lies inside it.
	Describe() Node
}

// Parent is a widget that shows what lies inside.
type Parent interface {
	Children() []fyne.CanvasObject
}

// Viewport is a widget that shows a part of something larger.
type Viewport interface {
	Inside() fyne.CanvasObject
}

// Mask is shown and told in place of a secret text: one bullet for each character.
func Mask(text string) string { return strings.Repeat("•", len([]rune(text))) }

// JSON writes nodes as an indented JSON array.
func JSON(nodes []Node) ([]byte, error) { return json.MarshalIndent(nodes, "", " ") }

// Of walks what the canvas shows, from top to bottom and from left to right, overlays instead of what they cover.
func Of(c fyne.Canvas) []Node {
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	w := walker{canvas: c}
	if root != nil {
		size := c.Size()
		window := area{0, 0, size.Width, size.Height}
		w.walk(root, fyne.NewPos(root.Position().X, root.Position().Y), scope{view: window})
	}
	return w.nodes
}

// Shows tells whether the canvas (nil: none) has the object in its content or in an overlay, seen or scrolled away.
func Shows(c fyne.Canvas, o fyne.CanvasObject) bool {
	if c == nil {
		return false
	}
	if holds(c.Content(), o) {
		return true
	}
	for _, top := range c.Overlays().List() {
		if holds(top, o) {
			return true
		}
	}
	return false
}

func holds(in, o fyne.CanvasObject) bool {
	if in == nil || in == o {
		return in != nil
	}
	for _, child := range Inside(in) {
		if holds(child, o) {
			return true
		}
	}
	return false
}

// Inside gives what lies in a thing on the screen, without those that are nil.
func Inside(o fyne.CanvasObject) []fyne.CanvasObject {
	var inside []fyne.CanvasObject
	switch x := o.(type) {
	case Viewport:
		inside = []fyne.CanvasObject{x.Inside()}
	case *container.Scroll:
		inside = []fyne.CanvasObject{x.Content}
	case Parent:
		inside = x.Children()
	case *fyne.Container:
		inside = x.Objects
	}
	return slices.DeleteFunc(slices.Clone(inside), func(o fyne.CanvasObject) bool { return o == nil })
}

// area is a rectangle in Fyne's units.
type area struct{ x0, y0, x1, y1 float32 }

func (a area) cross(b area) area {
	return area{max(a.x0, b.x0), max(a.y0, b.y0), min(a.x1, b.x1), min(a.y1, b.y1)}
}

// scope is what is known on the way down.
type scope struct {
	view    area // what can be seen
	scrolls bool // below a viewport: what is out of sight vertically can be brought in
	owner   int  // index+1 of the node that owns what lies inside; 0 when nobody does
	room    area // the owner's room
}

type walker struct {
	canvas fyne.Canvas
	nodes  []Node
}

func (w *walker) walk(o fyne.CanvasObject, at fyne.Position, s scope) {
	if o == nil || !o.Visible() {
		return
	}
	size := o.Size()
	here := area{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
	if d, ok := o.(Describer); ok && s.owner == 0 {
		if n := d.Describe(); n.Role != "" {
			w.nodes = append(w.nodes, w.placed(n, here, s.view))
			s.owner, s.room = len(w.nodes), here
		}
	}
	switch x := o.(type) {
	case *canvas.Text:
		w.text(x, here, s)
	case Viewport:
		s.view, s.scrolls = s.view.cross(here), true
		w.down(x.Inside(), at, s)
	case *container.Scroll:
		s.view, s.scrolls = s.view.cross(here), true
		w.down(x.Content, at, s)
	case Parent:
		for _, child := range x.Children() {
			w.down(child, at, s)
		}
	case *fyne.Container:
		for _, child := range x.Objects {
			w.down(child, at, s)
		}
	}
}

func (w *walker) down(child fyne.CanvasObject, at fyne.Position, s scope) {
	if child != nil {
		w.walk(child, at.Add(child.Position()), s)
	}
}

// text tells a text of its own, and finds out whether it is cut off.
func (w *walker) text(t *canvas.Text, here area, s scope) {
	if strings.TrimSpace(t.Text) == "" {
		return
	}
	need := t.MinSize()
	switch t.Alignment {
	case fyne.TextAlignCenter:
		mid := (here.x0 + here.x1) / 2
		here.x0, here.x1 = mid-need.Width/2, mid+need.Width/2
	case fyne.TextAlignTrailing:
		here.x0 = here.x1 - need.Width
	default:
		here.x1 = here.x0 + need.Width
	}
	here.y1 = here.y0 + need.Height
	if s.owner == 0 {
		w.nodes = append(w.nodes, w.placed(Node{Role: Text, Name: t.Text}, here, s.view))
		s.owner, s.room = len(w.nodes), s.view
		if s.scrolls {
			s.room.y0, s.room.y1 = here.y0, here.y1
		}
	}
	room := s.room
	if s.scrolls {
		room = area{max(room.x0, s.view.x0), room.y0, min(room.x1, s.view.x1), room.y1}
	} else {
		room = room.cross(s.view)
	}
	// Ascent and descent of a line reach a little over its letters: only what cuts letters counts.
	slack := 0.2 * t.TextSize
	if here.x0 < room.x0-1 || here.x1 > room.x1+1 || here.y0 < room.y0-slack || here.y1 > room.y1+slack {
		n := &w.nodes[s.owner-1]
		n.Cut = append(n.Cut, t.Text)
	}
}

// placed says where a node is, and how much of it is in sight.
func (w *walker) placed(n Node, here, view area) Node {
	n.Bounds = w.pixels(here)
	if gone(here, view) {
		return n.With("hidden")
	}
	if seen := w.pixels(here.cross(view)); seen != n.Bounds {
		n.Bounds, n.Whole = seen, n.Bounds
	}
	return n
}

func gone(a, view area) bool {
	return a.x1 <= view.x0 || a.x0 >= view.x1 || a.y1 <= view.y0 || a.y0 >= view.y1
}

func (w *walker) pixels(a area) Rect {
	x0, y0 := w.canvas.PixelCoordinateForPosition(fyne.NewPos(a.x0, a.y0))
	x1, y1 := w.canvas.PixelCoordinateForPosition(fyne.NewPos(a.x1, a.y1))
	return Rect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}
