package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"
)

// tapping is a terminal across, without a GPU, and a bare program on a display of its own, whose frame is what a tap is compared with.
type tapping struct {
	layout
	*stage
	walk         *journey
	seen         *watch
	bare         *bareScreen
	ours, frames []float64
}

// tapStage makes both ready and leads the terminal to its home page.
func (b *bench) tapStage(ctx context.Context, work, name string) (*tapping, error) {
	t := &tapping{layout: layout{width: 1280, height: 800, density: 3.21, fullscreen: true}}
	var err error
	if t.stage, err = b.stage(ctx, work, name, t.width, t.height); err != nil {
		return nil, err
	}
	t.walk = &journey{town: t.town, screen: t.screen, log: io.Discard, out: t.town.out}
	err = t.town.startKiosk(ctx, t.hall, t.display, t.devices, t.layout)
	if err == nil {
		err = t.walk.tap(ctx, "start")
	}
	if err == nil {
		t.seen, err = watchScreen(t.display)
	}
	if err == nil {
		t.bare, err = bareStage(ctx, t.town, t.layout)
	}
	if err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Close ends both.
func (t *tapping) Close() {
	if t.bare != nil {
		t.bare.stop()
	}
	if t.seen != nil {
		t.seen.Close()
	}
	t.stop()
}

// one waits until the terminal stands still and for a pause more, touches something there, and then the bare program; it gives the terminal's milliseconds.
func (t *tapping) one(n node, pause time.Duration) (float64, error) {
	if _, err := t.screen.Still(); err != nil {
		return 0, err
	}
	time.Sleep(pause)
	took, err := t.screen.pressed(t.seen, n)
	if err != nil {
		return 0, err
	}
	n.Bounds.X, n.Bounds.Y, n.Bounds.H = t.width-n.Bounds.W, t.height-1, 1 // where a frame ends
	frame, err := t.bare.screen.pressed(t.bare.seen, n)
	if err != nil {
		return 0, err
	}
	t.ours, t.frames = append(t.ours, took), append(t.frames, frame)
	return took, nil
}

// add writes the row.
func (t *tapping) add(b *bench, name, word string) {
	b.add(name, "ms", []float64{quantile(t.ours, 0.95)}, []float64{quantile(t.frames, 0.95)}, "1280x800 X frame of a bare program", "<= 3 X frames",
		func(_, ratio float64) bool { return ratio <= 3 }, word)
}

// taps measures from a finger's press until the key under it looks pressed, beside what a whole frame costs a program that does nothing else.
func (b *bench) taps(ctx context.Context, work string) error {
	t, err := b.tapStage(ctx, work, "taps")
	if err != nil {
		return err
	}
	defer t.Close()
	if err := t.walk.tap(ctx, "search"); err != nil {
		return err
	}
	letters := []string{"A", "S", "D", "F", "J", "K", "L"}
	for i := range 10 * b.rounds {
		letter := letters[i%len(letters)]
		n, err := t.walk.find(ctx, "key "+letter, func(n node) bool { return n.Role == "key" && strings.EqualFold(n.ID, "key."+letter) })
		if err != nil {
			return err
		}
		if _, err := t.one(n, 0); err != nil {
			return err
		}
	}
	t.add(b, "tap until next frame, p95", "no GPU; both from the finger to the frame that is seen")
	return nil
}

// reading measures the same for somebody who reads first: on pages full of text, after pauses in which the terminal lets go of what it drew, gives memory
// back and does what it does at rest.
func (b *bench) reading(ctx context.Context, work string) error {
	t, err := b.tapStage(ctx, work, "reading")
	if err != nil {
		return err
	}
	defer t.Close()
	pauses := []time.Duration{2, 12, 7, 30, 5, 12, 20, 45, 9} // seconds
	way := []string{"Auto und Parken", "service-parkausweis-bewohner", "help", "Mehr", "back", "back", "back"}
	worst, where := 0.0, ""
	for i := range 5 * b.rounds {
		pause, name := pauses[i%len(pauses)]*time.Second, way[i%len(way)]
		if _, err := t.screen.Still(); err != nil { // the page before has a "back" too
			return err
		}
		n, err := t.walk.find(ctx, name, func(n node) bool { return touchable(n) && (n.Name == name || n.ID == name) })
		if err != nil {
			return err
		}
		took, err := t.one(n, pause)
		if err != nil {
			return err
		}
		fmt.Printf("  %s after %s: %.1f ms\n", name, pause, took)
		if took > worst {
			worst, where = took, fmt.Sprintf("%s after %s", name, pause)
		}
	}
	t.add(b, "tap after reading, p95", "slowest: "+where)
	return nil
}

// bareScreen is a display with nothing on it but a bare program; see bareCmd.
type bareScreen struct {
	screen *screen
	seen   *watch
	stop   func()
}

func bareStage(ctx context.Context, t *town, l layout) (*bareScreen, error) {
	display, stopX, err := virtualDisplay(ctx, l.width, l.height, io.Discard)
	if err != nil {
		return nil, err
	}
	s, err := openScreen(display)
	if err != nil {
		stopX()
		return nil, err
	}
	b := &bareScreen{screen: s, stop: func() { s.Close(); stopX() }}
	var first struct{ Ready bool }
	p, err := t.launch(ctx, &first, []string{"DISPLAY=" + display}, "bare", "demo", "bare")
	if err == nil {
		b.stop = func() { p.Stop(); s.Close(); stopX() }
		b.seen, err = watchScreen(display)
	}
	if err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

// pressed touches a key and gives the milliseconds until it looks different.
func (s *screen) pressed(seen *watch, n node) (float64, error) {
	before, err := s.part(n.Bounds.X, n.Bounds.Y, n.Bounds.W, n.Bounds.H)
	if err != nil {
		return 0, err
	}
	seen.Only(image.Rect(n.Bounds.X, n.Bounds.Y, n.Bounds.X+n.Bounds.W, n.Bounds.Y+n.Bounds.H))
	x, y := n.Bounds.X+n.Bounds.W/2, n.Bounds.Y+n.Bounds.H/2
	if err := s.send(xproto.MotionNotify, 0, x, y); err != nil {
		return 0, err
	}
	time.Sleep(60 * time.Millisecond)
	if _, err := seen.Next(time.Millisecond); err != nil { // what the finger's way drew does not count
		return 0, err
	}
	began := time.Now()
	if err := s.send(xproto.ButtonPress, 1, x, y); err != nil {
		return 0, err
	}
	for {
		if _, err := seen.Next(3 * time.Second); err != nil {
			return 0, err
		}
		took := time.Since(began)
		now, err := s.part(n.Bounds.X, n.Bounds.Y, n.Bounds.W, n.Bounds.H)
		if err != nil {
			return 0, err
		}
		if string(now.Pix) != string(before.Pix) {
			return ms(took), s.send(xproto.ButtonRelease, 1, x, y)
		}
		if took > 3*time.Second {
			return 0, fmt.Errorf("demo: bench: key %q does not show that it is pressed", n.Name)
		}
	}
}
