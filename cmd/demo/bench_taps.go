package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"
)

// taps measures from a finger's press until the key under it looks pressed, beside what a whole frame costs a program that does nothing else.
func (b *bench) taps(ctx context.Context, work string) error {
	l := layout{width: 1280, height: 800, density: 3.21, fullscreen: true}
	st, err := b.stage(ctx, work, "taps", l.width, l.height)
	if err != nil {
		return err
	}
	defer st.stop()
	if err := st.town.startKiosk(ctx, st.hall, st.display, st.devices, l); err != nil {
		return err
	}
	j := &journey{town: st.town, screen: st.screen, log: os.Stdout, out: st.town.out}
	for _, name := range []string{"start", "search"} {
		if err := j.tap(ctx, name); err != nil {
			return err
		}
	}
	seen, err := watchScreen(st.display)
	if err != nil {
		return err
	}
	defer seen.Close()
	bare, err := bareStage(ctx, st.town, l)
	if err != nil {
		return err
	}
	defer bare.stop()
	var ours, frames []float64
	letters := []string{"A", "S", "D", "F", "J", "K", "L"}
	for i := range 10 * b.rounds {
		letter := letters[i%len(letters)]
		n, err := j.find(ctx, "key "+letter, func(n node) bool { return n.Role == "key" && strings.EqualFold(n.ID, "key."+letter) })
		if err != nil {
			return err
		}
		if _, err := st.screen.Still(); err != nil {
			return err
		}
		t, err := st.screen.pressed(seen, n)
		if err != nil {
			return err
		}
		ours = append(ours, t)
		n.Bounds.X, n.Bounds.Y, n.Bounds.H = l.width-n.Bounds.W, l.height-1, 1 // where a frame ends
		if t, err = bare.screen.pressed(bare.seen, n); err != nil {
			return err
		}
		frames = append(frames, t)
	}
	our95, frame95 := quantile(ours, 0.95), quantile(frames, 0.95)
	b.add("tap until next frame, p95", "ms", []float64{our95}, []float64{frame95}, "1280x800 X frame of a bare program", "<= 3 X frames",
		func(_, ratio float64) bool { return ratio <= 3 }, "no GPU; both from the finger to the frame that is seen")
	return nil
}

// reading measures the same for somebody who reads first: on pages full of text, after pauses in which the terminal lets go of what it drew, gives memory
// back and does what it does at rest.
func (b *bench) reading(ctx context.Context, work string) error {
	l := layout{width: 1280, height: 800, density: 3.21, fullscreen: true}
	st, err := b.stage(ctx, work, "reading", l.width, l.height)
	if err != nil {
		return err
	}
	defer st.stop()
	if err := st.town.startKiosk(ctx, st.hall, st.display, st.devices, l); err != nil {
		return err
	}
	j := &journey{town: st.town, screen: st.screen, log: io.Discard, out: st.town.out}
	if err := st.steady(ctx); err != nil {
		return err
	}
	if err := j.tap(ctx, "start"); err != nil {
		return err
	}
	seen, err := watchScreen(st.display)
	if err != nil {
		return err
	}
	defer seen.Close()
	bare, err := bareStage(ctx, st.town, l)
	if err != nil {
		return err
	}
	defer bare.stop()
	var ours, frames []float64
	worst, where := 0.0, ""
	pauses := []time.Duration{2, 12, 7, 30, 5, 12, 20, 45, 9}
	way := []string{"Auto und Parken", "service-parkausweis-bewohner", "help", "Mehr", "back", "back", "back"}
	for i := range 5 * b.rounds {
		pause := pauses[i%len(pauses)] * time.Second
		name := way[i%len(way)]
		n, err := j.find(ctx, name, func(n node) bool { return touchable(n) && (n.Name == name || n.ID == name) })
		if err != nil {
			return err
		}
		if _, err := st.screen.Still(); err != nil {
			return err
		}
		time.Sleep(pause)
		t, err := st.screen.pressed(seen, n)
		if err != nil {
			return err
		}
		fmt.Printf("  %s after %s: %.1f ms\n", name, pause, t)
		if ours = append(ours, t); t > worst {
			worst, where = t, fmt.Sprintf("%s after %s", name, pause)
		}
		time.Sleep(500 * time.Millisecond)
		n.Bounds.X, n.Bounds.Y, n.Bounds.H = l.width-n.Bounds.W, l.height-1, 1 // where a frame ends
		if t, err = bare.screen.pressed(bare.seen, n); err != nil {
			return err
		}
		frames = append(frames, t)
	}
	our95, frame95 := quantile(ours, 0.95), quantile(frames, 0.95)
	b.add("tap after reading, p95", "ms", []float64{our95}, []float64{frame95}, "1280x800 X frame of a bare program", "<= 3 X frames",
		func(_, ratio float64) bool { return ratio <= 3 }, "slowest: "+where)
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
