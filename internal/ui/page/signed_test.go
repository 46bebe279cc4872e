package page_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/form"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/signature"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/page"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// desk0 is a page with one field that answers come back to.
type desk0 struct {
	t     *testing.T
	field form.Field
	focus string
	c     fyne.Canvas
}

func (d *desk0) draw() {
	v := form.View{Pages: []form.Page{{ID: "a", Title: "Fast fertig", Fields: []*form.Field{&d.field}}}}
	d.c, _ = show(d.t, look.Style{Lang: "de", Text: 1, Still: true}, 952, page.Draw(look.Style{Lang: "de", Text: 1, Still: true}, texts(d.t), v, 0, page.Events{
		Answer: func(path string, value any) {
			if path != d.field.Path {
				d.t.Errorf("an answer to %s", path)
			}
			d.field.Value = value
			d.field.Parts = nil
			if s, _ := value.(string); s == signature.StartName {
				d.field.Parts = []form.Field{{Path: path, Kind: form.Text, Label: "Ihr Name", Keys: form.KeysText}}
			}
			d.draw()
		},
		Focus: func(path string) { d.focus = path },
	}, nil, ""))
}

func (d *desk0) stroke(from fyne.Position, steps ...fyne.Delta) {
	d.t.Helper()
	n := find(d.t, tree.Of(d.c), d.field.Path)
	at := from.AddXY(float32(n.Bounds.X), float32(n.Bounds.Y))
	pad := topmost(d.c.Content(), at)
	for _, s := range steps {
		from = from.AddXY(s.DX, s.DY)
		pad.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: from}, Dragged: s})
	}
	pad.DragEnd()
}

// topmost finds what a finger at a place drags.
func topmost(o fyne.CanvasObject, at fyne.Position) fyne.Draggable {
	var found fyne.Draggable
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if d, ok := o.(fyne.Draggable); ok {
			found = d
		}
		for _, i := range tree.Inside(o) {
			walk(i)
		}
	}
	walk(o)
	return found
}

func TestAFingerSignsStrokeByStrokeAndBeginsAnew(t *testing.T) {
	d := &desk0{t: t, field: form.Field{Path: "/sign", Kind: form.Signature, Label: "Ihre Unterschrift", Required: true}}
	d.draw()
	value := func() string { return find(t, tree.Of(d.c), "/sign").Value }
	if value() != "leer" {
		t.Errorf("an empty field says %q", value())
	}
	d.stroke(fyne.NewPos(100, 150), fyne.Delta{DX: 200, DY: -80}, fyne.Delta{DX: 1}, fyne.Delta{DX: 150, DY: 120})
	d.stroke(fyne.NewPos(600, 100), fyne.Delta{DX: 0, DY: 120}, fyne.Delta{DX: 2000, DY: 0}) // beyond the edge
	drawn, err := signature.Parse(d.field.Value.(string))
	if err != nil || len(drawn) != 2 || len(drawn[0]) != 3 {
		t.Fatalf("%v, %v", drawn, err)
	}
	if first := drawn[0][0]; first.X < 100 || first.X > 110 || first.Y < 150 || first.Y > 165 {
		t.Errorf("the first stroke begins at %v, where no finger came down", first)
	}
	if last := drawn[1][2]; last.X != signature.Width {
		t.Errorf("what leaves the field ends at %v, not at its edge", last)
	}
	if value() != "unterschrieben" {
		t.Errorf("a signed field says %q", value())
	}
	touch(t, d.c, "/sign/new")
	if d.field.Value != nil || value() != "leer" {
		t.Error("it is not empty again")
	}
}

func TestATapIsADotAndADotIsNoSignature(t *testing.T) {
	d := &desk0{t: t, field: form.Field{Path: "/sign", Kind: form.Signature, Label: "Ihre Unterschrift"}}
	d.draw()
	n := find(t, tree.Of(d.c), "/sign")
	test.TapCanvas(d.c, fyne.NewPos(float32(n.Bounds.X+n.Bounds.W/2), float32(n.Bounds.Y+n.Bounds.H/2)))
	text, _ := d.field.Value.(string)
	if strokes, err := signature.Begun(text); err != nil || len(strokes) != 1 || len(strokes[0]) != 1 {
		t.Errorf("%q", text)
	}
	if _, err := signature.Parse(text); err == nil {
		t.Error("a dot counts as a signature")
	}
}

func TestWhoCannotDrawTypesTheName(t *testing.T) {
	d := &desk0{t: t, field: form.Field{Path: "/sign", Kind: form.Signature, Label: "Ihre Unterschrift"}}
	d.draw()
	touch(t, d.c, "/sign/name")
	if d.field.Value != signature.StartName || d.focus != "/sign" {
		t.Fatalf("%v, focus %q", d.field.Value, d.focus)
	}
	if n := find(t, tree.Of(d.c), "/sign"); n.Role != tree.Field {
		t.Errorf("%+v", n)
	}
	touch(t, d.c, "/sign/draw")
	if d.field.Value != nil {
		t.Error("there is no way back")
	}
}

func TestWhereNoFileCanBeGivenItCanBePromised(t *testing.T) {
	d := &desk0{t: t, field: form.Field{Path: "/plan", Kind: form.Files, Label: "Lageplan", Later: true}}
	d.draw()
	touch(t, d.c, "/plan")
	if !form.Later(d.field.Value) || !find(t, tree.Of(d.c), "/plan").Is("checked") {
		t.Errorf("%v", d.field.Value)
	}
	touch(t, d.c, "/plan")
	if d.field.Value != nil {
		t.Error("the promise cannot be taken back")
	}
	d.field.Later = false
	d.draw()
	for _, n := range tree.Of(d.c) {
		if n.Touchable() {
			t.Errorf("%q can be touched where nothing helps", n.Name)
		}
	}
}
