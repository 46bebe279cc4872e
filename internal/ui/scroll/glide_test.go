package scroll

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/look"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/tree"
)

// frame is the time between two pictures.
const frame = time.Second / 60

// clockwork is a driver whose animations go by the test's own clock.
type clockwork struct {
	fyne.Driver
	now     time.Duration
	running []moving
}

type moving struct {
	*fyne.Animation
	begun time.Duration
}

func (c *clockwork) StartAnimation(a *fyne.Animation) {
	c.running = append(c.running, moving{a, c.now})
}

func (c *clockwork) StopAnimation(a *fyne.Animation) {
	c.running = slices.DeleteFunc(c.running, func(m moving) bool { return m.Animation == a })
}

// tick shows the next picture.
func (c *clockwork) tick() {
	c.now += frame
	for _, m := range slices.Clone(c.running) {
		done := float32(c.now-m.begun) / float32(m.Duration)
		if done < 1 {
			m.Tick(m.Curve(done))
			continue
		}
		c.StopAnimation(m.Animation)
		m.Tick(1)
	}
}

// program is Fyne's program with that driver.
type program struct {
	fyne.App
	clock *clockwork
}

func (p program) Driver() fyne.Driver { return p.clock }

// lively is list on a screen on which things may move.
func lively(t *testing.T, tap func(name string)) (*Scroll, fyne.Canvas, *clockwork) {
	app := test.NewTempApp(t)
	clock := &clockwork{Driver: app.Driver()}
	st := look.Style{}
	app.Settings().SetTheme(look.Theme(st))
	fyne.SetCurrentApp(program{app, clock})
	var objs []fyne.CanvasObject
	for i := range 40 {
		name := string(rune('A' + i))
		objs = append(objs, look.Button(st, look.ButtonOpts{Label: name, ID: name, Tap: func() { tap(name) }}))
	}
	s := New(st, look.Column(20, objs...), "Mehr anzeigen", "Nach oben")
	w := test.NewTempWindow(t, s)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(952, 900))
	return s, w.Canvas(), clock
}

// glides shows pictures until it rests, and gives the way from each picture to the next.
func glides(t *testing.T, s *Scroll, c *clockwork) (ways []float32) {
	t.Helper()
	for was := s.Offset(); s.view.Pace() != 0; was = s.Offset() {
		if c.tick(); len(ways) > 600 {
			t.Fatal("it never comes to rest")
		}
		ways = append(ways, s.Offset()-was)
	}
	return ways
}

func TestAFlungPageGoesOnSlowsDownAndRests(t *testing.T) {
	for name, dy := range map[string]float32{"up": -40, "down": 40} {
		s, _, c := lively(t, func(string) {})
		s.ScrollTo(2000)
		drag(s, dy, dy, dy, dy)
		lifted, on := s.Offset(), float32(1)
		if dy > 0 {
			on = -1
		}
		if s.view.Pace() != frame {
			t.Fatalf("%s: the finger is lifted, and it asks for a picture every %v", name, s.view.Pace())
		}
		ways := glides(t, s, c)
		if len(ways) < 10 || (s.Offset()-lifted)*on < 200 {
			t.Fatalf("%s: it went on by %v in %d pictures", name, s.Offset()-lifted, len(ways))
		}
		for i, way := range ways {
			if way*on < -0.01 {
				t.Errorf("%s: it goes back by %v in picture %d", name, way, i)
			}
			if i > 0 && (way-ways[i-1])*on > 0.01 {
				t.Errorf("%s: it becomes faster in picture %d: %v after %v", name, i, way, ways[i-1])
			}
		}
		if last := ways[len(ways)-1] * on; last > 2 {
			t.Errorf("%s: it stops with a jerk: the last picture went on by %v", name, last)
		}
		if s.view.Pace() != 0 || len(c.running) != 0 {
			t.Errorf("%s: it rests, and %d animations run", name, len(c.running))
		}
		rested := s.Offset()
		for range 60 {
			c.tick()
		}
		if s.Offset() != rested {
			t.Errorf("%s: it rested, and went on from %v to %v", name, rested, s.Offset())
		}
	}
}

func TestAFlungPageStaysWithinItsEnds(t *testing.T) {
	s, _, c := lively(t, func(string) {})
	s.ScrollTo(100) // from now on the page's end has not to lie between two things
	most := s.view.most()
	for name, x := range map[string]struct{ from, dy, end float32 }{"above": {150, 300, 0}, "below": {most - 150, -300, most}} {
		s.ScrollTo(x.from)
		drag(s, 30*x.dy/300, x.dy/3, x.dy/30, x.dy/30)
		for n := 0; s.view.Pace() != 0; n++ {
			if c.tick(); n > 20 {
				t.Errorf("%s: it lies at its end, and takes touches as if it went on", name)
				break
			}
			if o := s.Offset(); o < 0 || o > s.view.most() {
				t.Fatalf("%s: it is at %v, from 0 to %v there is something", name, o, s.view.most())
			}
		}
		if s.Offset() != x.end || len(c.running) != 0 {
			t.Errorf("%s: it rests at %v, not at its end %v, and %d animations run", name, s.Offset(), x.end, len(c.running))
		}
	}
}

// Who moves a finger slowly and lifts it does not fling.
func TestASlowFingerLeavesThePageWhereItIs(t *testing.T) {
	s, _, c := lively(t, func(string) {})
	drag(s, -30, -3, -3, -3, -3)
	at := s.Offset()
	if s.view.Pace() != 0 || len(c.running) != 0 || at != 12 {
		t.Errorf("at %v, and %d animations run", at, len(c.running))
	}
}

func TestAFingerThatScrollsAgainTakesTheGlideOver(t *testing.T) {
	s, _, c := lively(t, func(string) {})
	drag(s, -40, -40, -40, -40)
	for range 5 {
		c.tick()
	}
	at := s.Offset()
	s.view.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, -1)})
	for range 60 {
		c.tick()
	}
	if s.Offset() != at || len(c.running) != 0 {
		t.Errorf("a finger holds it at %v, and it is at %v", at, s.Offset())
	}
	s.view.DragEnd()
	if s.view.Pace() != 0 {
		t.Error("a finger that did not move flings the page on")
	}
}

// The page went on under a finger that wanted to stop it, and the button that happened to come by was touched.
func TestATouchStopsAFlungPageAndTouchesNothing(t *testing.T) {
	touched := ""
	s, canvas, c := lively(t, func(name string) { touched = name })
	middle := fyne.NewPos(476, 300)
	drag(s, -40, -40, -40, -40)
	for range 5 {
		c.tick()
	}
	at := s.Offset()
	test.TapCanvas(canvas, middle)
	if touched != "" {
		t.Errorf("who stopped the page touched %q", touched)
	}
	for range 60 {
		c.tick()
	}
	if s.Offset() != at || s.view.Pace() != 0 || len(c.running) != 0 {
		t.Errorf("touched at %v it went on to %v", at, s.Offset())
	}
	if test.TapCanvas(canvas, middle); touched == "" {
		t.Error("the page rests, and its buttons cannot be touched")
	}
	for _, n := range tree.Of(canvas) {
		if n.Touchable() && n.Name == "" {
			t.Errorf("something without a name is there to be touched: %+v", n)
		}
	}
}

// Put down, held, lifted: the finger of a terminal, and that of a phone.
func TestAFingerPutDownStopsAFlungPageAtOnce(t *testing.T) {
	for name, finger := range map[string]struct{ down, up func(*stopper) }{
		"terminal": {func(s *stopper) { s.MouseDown(nil) }, func(s *stopper) { s.MouseUp(nil) }},
		"phone":    {func(s *stopper) { s.TouchDown(nil) }, func(s *stopper) { s.TouchUp(nil) }},
		"slipped":  {func(s *stopper) { s.TouchDown(nil) }, func(s *stopper) { s.TouchCancel(nil) }},
	} {
		s, _, c := lively(t, func(string) {})
		over := func() bool { return len(test.WidgetRenderer(s.view).Objects()) == 2 }
		drag(s, -40, -40, -40, -40)
		c.tick()
		if at := s.Offset(); !over() {
			t.Errorf("%s: nothing lies over what glides", name)
		} else if finger.down(s.view.stop); s.view.glide != nil || len(c.running) != 0 || s.Offset() != at || !s.view.Pressed() || !over() {
			t.Errorf("%s: the finger is down: %+v", name, s.view.glide)
		}
		if finger.up(s.view.stop); s.view.Pressed() || over() {
			t.Errorf("%s: the finger is lifted, and something still lies over the page", name)
		}
	}
}
