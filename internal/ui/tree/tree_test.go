package tree_test

import (
	"encoding/json"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// thing is a widget that describes itself and shows one text.
type thing struct {
	widget.BaseWidget
	node tree.Node
	text *canvas.Text
	size fyne.Size
}

func newThing(n tree.Node, text string, w, h float32) *thing {
	t := &thing{node: n, text: canvas.NewText(text, color.Black), size: fyne.NewSize(w, h)}
	t.text.TextSize = 36
	t.ExtendBaseWidget(t)
	return t
}

func (t *thing) Describe() tree.Node                 { return t.node }
func (t *thing) Children() []fyne.CanvasObject       { return []fyne.CanvasObject{t.text} }
func (t *thing) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.text) }
func (t *thing) MinSize() fyne.Size                  { return t.size }
func at(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	return o
}

func show(t *testing.T, objs ...fyne.CanvasObject) fyne.Canvas {
	test.NewTempApp(t)
	c := test.NewCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewWithoutLayout(objs...))
	c.Resize(fyne.NewSize(500, 400))
	return c
}

func TestTheTreeTellsWhatIsOnTheScreenInOrderWithItsPlace(t *testing.T) {
	hidden := newThing(tree.Node{Role: tree.Button, Name: "unsichtbar"}, "", 10, 10)
	hidden.Hide()
	c := show(t,
		at(newThing(tree.Node{Role: tree.Heading, Name: "Ihr Fahrzeug"}, "Ihr", 100, 50), 10, 10, 300, 50),
		at(newThing(tree.Node{Role: tree.Button, Name: "Weiter", ID: "next"}, "Weiter", 100, 80), 20, 100, 200, 80),
		hidden)
	nodes := tree.Of(c)
	if len(nodes) != 2 || nodes[0].Name != "Ihr Fahrzeug" || nodes[1].ID != "next" {
		t.Fatalf("the screen tells %+v", nodes)
	}
	if nodes[1].Bounds != (tree.Rect{X: 20, Y: 100, W: 200, H: 80}) {
		t.Errorf("the button is said to be at %+v", nodes[1].Bounds)
	}
	if x, y := nodes[1].Bounds.Center(); x != 120 || y != 140 {
		t.Errorf("its middle is said to be at %d, %d", x, y)
	}
	data, err := tree.JSON(nodes)
	if err != nil || !json.Valid(data) {
		t.Errorf("no JSON: %v", err)
	}
}

func TestATextThatIsTooWideIsFound(t *testing.T) {
	c := show(t, at(newThing(tree.Node{Role: tree.Button, Name: "Weiter"}, "Weiter zum Bezahlen und noch weiter", 100, 80), 0, 0, 200, 80))
	faults := tree.Check(tree.Of(c), 3.21)
	if len(faults) != 1 {
		t.Fatalf("%d faults, want the cut text: %v", len(faults), faults)
	}
}

func TestATextOutsideTheWindowIsFound(t *testing.T) {
	c := show(t, at(canvas.NewText("am Rand", color.Black), 480, 10, 100, 20))
	if faults := tree.Check(tree.Of(c), 3.21); len(faults) != 1 {
		t.Errorf("%d faults, want one: %v", len(faults), faults)
	}
}

func TestWhatIsTooSmallOrNamelessIsFound(t *testing.T) {
	c := show(t, at(newThing(tree.Node{Role: tree.Button}, "", 10, 10), 0, 0, 60, 80))
	if faults := tree.Check(tree.Of(c), 3.21); len(faults) != 2 {
		t.Errorf("%d faults, want no name and too small: %v", len(faults), faults)
	}
	if faults := tree.CheckAt(tree.Of(c), 1, 48); len(faults) != 1 {
		t.Errorf("on a phone %d faults, want no name: %v", len(faults), faults)
	}
}

func TestWhatIsScrolledAwayIsThereButHidden(t *testing.T) {
	inside := container.NewWithoutLayout(
		at(newThing(tree.Node{Role: tree.Button, Name: "oben"}, "oben", 100, 80), 0, 0, 200, 80),
		at(newThing(tree.Node{Role: tree.Button, Name: "unten"}, "unten", 100, 80), 0, 900, 200, 80))
	c := show(t, at(container.NewScroll(inside), 0, 0, 400, 300))
	nodes := tree.Of(c)
	if len(nodes) != 2 || nodes[0].Is("hidden") || !nodes[1].Is("hidden") {
		t.Fatalf("the screen tells %+v", nodes)
	}
	if faults := tree.Check(nodes, 3.21); len(faults) != 0 {
		t.Errorf("what can be scrolled to is no fault: %v", faults)
	}
}

// A test and a keypad tap the middle of what is seen: of a button half behind the keyboard, the middle would be on a key.
func TestWhatIsHalfInSightSaysWhichHalf(t *testing.T) {
	inside := container.NewWithoutLayout(at(newThing(tree.Node{Role: tree.Button, Name: "halb"}, "halb", 100, 80), 0, 260, 200, 80))
	c := show(t, at(container.NewScroll(inside), 0, 0, 400, 300))
	nodes := tree.Of(c)
	if len(nodes) != 1 || nodes[0].Bounds != (tree.Rect{Y: 260, W: 200, H: 40}) || nodes[0].Full() != (tree.Rect{Y: 260, W: 200, H: 80}) {
		t.Fatalf("the screen tells %+v", nodes)
	}
	if faults := tree.Check(nodes, 3.21); len(faults) != 0 {
		t.Errorf("a large button half in sight is no small one: %v", faults)
	}
}

func TestAnOverlayCoversWhatLiesBelow(t *testing.T) {
	c := show(t, at(newThing(tree.Node{Role: tree.Button, Name: "darunter"}, "a", 100, 80), 0, 0, 200, 80))
	c.Overlays().Add(at(newThing(tree.Node{Role: tree.Button, Name: "Ich bin noch da"}, "b", 100, 80), 0, 0, 200, 80))
	if nodes := tree.Of(c); len(nodes) != 1 || nodes[0].Name != "Ich bin noch da" {
		t.Errorf("the screen tells %+v", nodes)
	}
}

func TestAThingIsShownUntilTheScreenChanges(t *testing.T) {
	b := newThing(tree.Node{Role: tree.Button, Name: "Weiter"}, "Weiter", 100, 80)
	c := show(t, at(container.NewScroll(container.NewVBox(b)), 0, 0, 200, 80))
	if !tree.Shows(c, b) {
		t.Error("what is on the screen is not found")
	}
	c.SetContent(container.NewWithoutLayout())
	if tree.Shows(c, b) || tree.Shows(nil, b) {
		t.Error("what has gone is still found")
	}
}
