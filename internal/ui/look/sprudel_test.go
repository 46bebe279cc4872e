package look

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// clockwork is a driver whose animations go by the test's own clock, at sixty pictures a second.
type clockwork struct {
	fyne.Driver
	at      time.Time
	running []*moving
}

type moving struct {
	*fyne.Animation
	begun time.Time
}

func (c *clockwork) StartAnimation(a *fyne.Animation) {
	c.running = append(c.running, &moving{a, c.at})
}

func (c *clockwork) StopAnimation(a *fyne.Animation) {
	c.running = slices.DeleteFunc(c.running, func(m *moving) bool { return m.Animation == a })
}

func (c *clockwork) tick() {
	c.at = c.at.Add(time.Second / 60)
	for _, m := range slices.Clone(c.running) {
		done := float32(c.at.Sub(m.begun)) / float32(m.Duration)
		if done >= 1 {
			if done, m.begun = 1, c.at; m.RepeatCount == 0 {
				c.StopAnimation(m.Animation)
			}
		}
		m.Tick(m.Curve(done))
	}
}

type program struct {
	fyne.App
	clock *clockwork
}

func (p program) Driver() fyne.Driver { return p.clock }

// sprudels is a spring that moves on a screen, and the clock it goes by.
func sprudels(t *testing.T) (*Drawn, *fyne.Container, *clockwork) {
	t.Helper()
	app := test.NewTempApp(t)
	c := &clockwork{Driver: app.Driver(), at: time.Date(2026, 11, 23, 10, 15, 0, 0, time.UTC)}
	st := Style{Accent: Petrol, Scale: 1, Text: 1, Lang: "de"}
	app.Settings().SetTheme(Theme(st))
	fyne.SetCurrentApp(program{app, c})
	was := moment
	moment = func() time.Time { return c.at }
	t.Cleanup(func() { moment = was })
	d := Sprudel(st, 860, 380, SprudelOpts{Moving: true})
	root := container.NewStack(d)
	w := test.NewTempWindow(t, root)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(860, 380))
	return d, root, c
}

// heights are those of the spring's bars, from the left.
func heights(d *Drawn) (all []float32) {
	for _, o := range d.Children() {
		if bar, is := o.(*canvas.Rectangle); is {
			all = append(all, bar.Size().Height)
		}
	}
	return all
}

// A spring that nobody looks at any more would cost a terminal its rest, and a phone its battery.
func TestTheSpringMovesForHalfAMinuteAndThenRests(t *testing.T) {
	d, _, c := sprudels(t)
	begun, rest := c.at, heights(d)
	if len(rest) != 17 || len(c.running) != 1 {
		t.Fatalf("%d bars, %d animations", len(rest), len(c.running))
	}
	moved, drawn := 0, 0
	last := rest
	for c.at.Sub(begun) < MotionTime-time.Second/30 {
		if d.Pace() != springFrame || len(c.running) != 1 {
			t.Fatalf("after %v it rests already", c.at.Sub(begun))
		}
		c.tick()
		now := heights(d)
		if !slices.Equal(now, last) {
			drawn++
		}
		last = now
		for i, h := range now {
			if way := h/rest[i] - 1; way > 0.061 || way < -0.061 {
				t.Fatalf("after %v bar %d is at %v of its height", c.at.Sub(begun), i, h/rest[i])
			} else if way > 0.05 || way < -0.05 {
				moved++
			}
		}
	}
	if moved == 0 {
		t.Error("the control failed: it never moved")
	}
	if most := int(MotionTime/springFrame) + 2; drawn > most {
		t.Errorf("%d pictures in %v, more than one in %v", drawn, MotionTime, springFrame)
	}
	for range 6 {
		c.tick()
	}
	if d.Pace() != 0 || len(c.running) != 0 {
		t.Fatalf("after %v it still asks for a picture every %v, and %d animations run", c.at.Sub(begun), d.Pace(), len(c.running))
	}
	for i, h := range heights(d) {
		if way := h/rest[i] - 1; way > 0.002 || way < -0.002 {
			t.Errorf("bar %d rests at %v of its height", i, h/rest[i])
		}
	}
	still := heights(d)
	for range 600 {
		c.tick()
		if len(c.running) != 0 || d.Pace() != 0 || !slices.Equal(heights(d), still) {
			t.Fatalf("%v later it moves again", c.at.Sub(begun))
		}
	}
}

func TestASpringThatLeftTheScreenRestsAtOnce(t *testing.T) {
	d, root, c := sprudels(t)
	for range 120 {
		c.tick()
	}
	root.Objects = []fyne.CanvasObject{Space(10)}
	root.Refresh()
	for range 80 {
		c.tick()
	}
	if d.Pace() != 0 || len(c.running) != 0 {
		t.Errorf("it is gone, and asks for a picture every %v; %d animations run", d.Pace(), len(c.running))
	}
}
