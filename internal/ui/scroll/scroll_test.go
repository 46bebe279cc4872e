package scroll

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// list is a scroll with ten buttons of 118 each on a screen of 900.
func list(t *testing.T, n int, tap func(name string)) (*Scroll, fyne.Canvas) {
	st := look.Style{Still: true}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Theme(st))
	var objs []fyne.CanvasObject
	for i := range n {
		name := string(rune('A' + i))
		objs = append(objs, look.Button(st, look.ButtonOpts{Label: name, ID: name, Tap: func() { tap(name) }}))
	}
	s := New(st, look.Column(20, objs...), "Mehr anzeigen", "Nach oben")
	c := test.NewCanvas()
	c.SetPadded(false)
	c.SetContent(s)
	c.Resize(fyne.NewSize(952, 900))
	return s, c
}

func drag(s *Scroll, steps ...float32) {
	for _, dy := range steps {
		s.view.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, dy)})
	}
	s.view.DragEnd()
}

func button(t *testing.T, c fyne.Canvas, id string) tree.Node {
	t.Helper()
	for _, n := range tree.Of(c) {
		if n.ID == id {
			return n
		}
	}
	t.Fatalf("there is no %q on the screen", id)
	return tree.Node{}
}

func TestAFingerScrollsAndATrembleDoesNot(t *testing.T) {
	s, _ := list(t, 10, func(string) {})
	drag(s, -5, 4, -6)
	if s.Offset() != 0 {
		t.Errorf("a trembling finger scrolled by %v", s.Offset())
	}
	drag(s, -30, -40, -50)
	if s.Offset() != 90 {
		t.Errorf("scrolled by %v, want what came after the first millimetres: 90", s.Offset())
	}
	drag(s, 30, 4000)
	if s.Offset() != 0 {
		t.Errorf("scrolled beyond the top: %v", s.Offset())
	}
}

func TestAButtonSaysThatThereIsMoreAndTurnsThePage(t *testing.T) {
	s, c := list(t, 10, func(string) {})
	if n := button(t, c, "more"); n.Name != "Mehr anzeigen" {
		t.Fatalf("the button says %q", n.Name)
	}
	for range 5 {
		if !s.More() {
			break
		}
		x, y := button(t, c, "more").Bounds.Center()
		test.TapCanvas(c, fyne.NewPos(float32(x), float32(y)))
	}
	n := button(t, c, "more")
	if s.More() || n.Name != "Nach oben" {
		t.Fatalf("at the end the button says %q", n.Name)
	}
	x, y := n.Bounds.Center()
	test.TapCanvas(c, fyne.NewPos(float32(x), float32(y)))
	if s.Offset() != 0 {
		t.Error("it does not go back to the top")
	}
}

func TestAnotherLayoutMakesNothingNewSoThatTheScreenComesToRest(t *testing.T) {
	for _, high := range []float32{900, 400} {
		s, _ := list(t, 10, func(string) {})
		s.Resize(fyne.NewSize(952, high))
		before := s.Children()
		if len(before) < 3 {
			t.Fatalf("at a height of %v nothing says that there is more", high)
		}
		s.render.Layout(s.Size())
		for i, o := range s.Children() {
			if o != before[i] {
				t.Errorf("at a height of %v part %d was made anew", high, i)
			}
		}
	}
}

func TestWhatFitsHasNoButton(t *testing.T) {
	s, c := list(t, 3, func(string) {})
	for _, n := range tree.Of(c) {
		if n.ID == "more" {
			t.Error("there is a button though everything is seen")
		}
	}
	drag(s, -30, -40)
	if s.Offset() != 0 {
		t.Error("it scrolls though everything is seen")
	}
}

func TestATapReachesWhatLiesInside(t *testing.T) {
	got := ""
	s, c := list(t, 10, func(name string) { got = name })
	s.Reveal("J")
	n := button(t, c, "J")
	if n.Is("hidden") {
		t.Fatal("what was to be shown is not seen")
	}
	x, y := n.Bounds.Center()
	test.TapCanvas(c, fyne.NewPos(float32(x), float32(y)))
	if got != "J" {
		t.Errorf("touched %q", got)
	}
	s.Reveal("A")
	if s.Offset() != 0 {
		t.Errorf("the first is shown at %v", s.Offset())
	}
}

func TestNothingIsCutOffByTheScroll(t *testing.T) {
	_, c := list(t, 10, func(string) {})
	for _, f := range tree.Check(tree.Of(c), look.PxPerMM) {
		t.Error(f)
	}
}

func TestNothingIsCutInTwoBeforeSomebodyScrolls(t *testing.T) {
	s, c := list(t, 10, func(string) {})
	foot := s.view.Size().Height
	whole := 0
	for _, n := range tree.Of(c) {
		if n.ID == "more" || n.Is("hidden") {
			continue
		}
		whole++
		if n.Whole != (tree.Rect{}) {
			t.Errorf("only a part of %s is seen", n.Name)
		}
	}
	if whole < 4 {
		t.Fatalf("only %d buttons are seen on a screen for five", whole)
	}
	next := string(rune('A' + whole))
	x, y := button(t, c, "more").Bounds.Center()
	test.TapCanvas(c, fyne.NewPos(float32(x), float32(y)))
	if n := button(t, c, next); n.Is("hidden") || n.Whole != (tree.Rect{}) {
		t.Errorf("the next page does not begin with %s: %+v", next, n)
	}
	if s.view.Size().Height < foot {
		t.Error("the second page is smaller than the first")
	}
}

func TestAHeadingIsNotLeftAloneAtTheFoot(t *testing.T) {
	st := look.Style{Still: true}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Theme(st))
	tall := func(h float32) fyne.CanvasObject { return look.Space(h) }
	heading := look.Text(st, look.TitleS, "So geht es weiter", look.TextOpts{Bold: true, Heading: true})
	s := New(st, look.Column(0, tall(700), heading, look.Text(st, look.Body, "Heute", look.TextOpts{}), tall(600)), "Mehr", "Nach oben")
	c := test.NewCanvas()
	c.SetPadded(false)
	c.SetContent(s)
	room := 700 + look.HeightFor(heading, 952) + 10
	c.Resize(fyne.NewSize(952, room+st.U(90)+24+20))
	if got := fold(s.view.content, room); got >= 700 {
		t.Errorf("the page ends at %v, below the heading but above what it heads", got)
	}
}

// The line stood still at the first page's end while more of the list came into view below it.
func TestTheLineLiesBelowWhatIsSeen(t *testing.T) {
	s, _ := list(t, 10, func(string) {})
	s.ScrollTo(50)
	line := s.render.foot.objs[0].Position().Y
	if end := s.view.Size().Height; line != end {
		t.Errorf("the view ends at %v, the line lies at %v", end, line)
	}
}

// folded is a phone's page that is this high, before anybody scrolled; it gives where its first page ends.
func folded(t *testing.T, high float32, content fyne.CanvasObject) float32 {
	st := look.Style{Shell: look.Phone, Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}
	s := New(st, content, "more", "up")
	w := test.NewTempWindow(t, s)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(390, high))
	return s.view.Size().Height
}

// lines are all lines of words in an object: where each begins and how high it is.
func lines(o fyne.CanvasObject, top float32) [][2]float32 {
	if _, is := o.(*canvas.Text); is {
		return [][2]float32{{top, o.Size().Height}}
	}
	var all [][2]float32
	for _, i := range tree.Inside(o) {
		all = append(all, lines(i, top+i.Position().Y)...)
	}
	return all
}

// A line of which the upper half is seen looks like a mistake. On a phone things may go on below the fold, words are whole; in a paragraph too,
// where lines stand close.
func TestNoLineIsCutAtTheFoldOfAPhone(t *testing.T) {
	test.NewTempApp(t)
	st := look.Style{Shell: look.Phone, Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}
	for high := float32(300); high < 360; high += 3 {
		var rows []fyne.CanvasObject
		for range 12 {
			rows = append(rows, look.Text(st, look.Body, "Eine Zeile", look.TextOpts{}))
		}
		for name, content := range map[string]fyne.CanvasObject{
			"rows":      look.Column(17, rows...),
			"paragraph": look.Text(st, look.Lead, strings.Repeat("Das liegt nur auf Ihrem Handy, verschlüsselt. ", 20), look.TextOpts{}),
			"heading":   look.Text(st, look.TitleS, strings.Repeat("Das liegt nicht in der Stadt. ", 20), look.TextOpts{Bold: true}),
		} {
			end := folded(t, high, content)
			for _, l := range lines(content, 0) {
				if from, to := l[0]+0.25*l[1], l[0]+0.9*l[1]; from < end && to > end {
					t.Errorf("%s, %.0f high: the letters from %.0f to %.0f are cut at %.1f", name, high, from, to, end)
				}
			}
			if end < high-24-48-1 {
				t.Errorf("%s, %.0f high: much of it is empty, from %.0f on", name, high, end)
			}
		}
	}
}

// The upper edge of a button and nothing more looks like a line drawn by mistake.
func TestOfNoThingOnlyASliverIsSeen(t *testing.T) {
	test.NewTempApp(t)
	st := look.Style{Shell: look.Phone, Accent: look.Petrol, Scale: 1, Text: 1, Still: true, Lang: "de"}
	for high := float32(300); high < 400; high += 2 {
		var rows []fyne.CanvasObject
		for range 12 {
			rows = append(rows, look.Button(st, look.ButtonOpts{Label: "Verdecken", Small: true}))
		}
		end := folded(t, high, look.Column(10, rows...))
		for _, r := range rows {
			if y := r.Position().Y; y < end && end-y < sliver-3 {
				t.Errorf("%.0f high: of a button only %.1f are seen", high, end-y)
			}
		}
	}
}
