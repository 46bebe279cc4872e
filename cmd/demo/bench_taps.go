package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"
)

// taps measures from a finger's press until the key under it looks pressed, beside what a whole frame costs the X server itself.
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
	frame := image.NewRGBA(image.Rect(0, 0, l.width, l.height))
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
		f, err := st.screen.frame(frame, byte(i))
		if err != nil {
			return err
		}
		frames = append(frames, f)
	}
	our95, frame95 := quantile(ours, 0.95), quantile(frames, 0.95)
	b.add("tap until next frame, p95", "ms", []float64{our95}, []float64{frame95}, "one 1280x800 X frame, p95", "<= 3 X frames",
		func(_, ratio float64) bool { return ratio <= 3 }, "no GPU")
	return nil
}

// pressed touches a key and gives the milliseconds until it looks different.
func (s *screen) pressed(seen *watch, n node) (float64, error) {
	before, err := s.part(n.Bounds.X, n.Bounds.Y, n.Bounds.W, n.Bounds.H)
	if err != nil {
		return 0, err
	}
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

// frame draws a whole picture into a window's memory by the X protocol and waits until the server has it.
func (s *screen) frame(img *image.RGBA, shade byte) (float64, error) {
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	pix, err := xproto.NewPixmapId(s.conn)
	if err != nil {
		return 0, err
	}
	gc, err := xproto.NewGcontextId(s.conn)
	if err != nil {
		return 0, err
	}
	if err := xproto.CreatePixmapChecked(s.conn, 24, pix, xproto.Drawable(s.root), uint16(w), uint16(h)).Check(); err != nil {
		return 0, err
	}
	defer xproto.FreePixmap(s.conn, pix)
	if err := xproto.CreateGCChecked(s.conn, gc, xproto.Drawable(pix), 0, nil).Check(); err != nil {
		return 0, err
	}
	defer xproto.FreeGC(s.conn, gc)
	began := time.Now()
	const rows = 48 // a request holds at most 256 KiB
	for y := 0; y < h; y += rows {
		n := min(rows, h-y)
		xproto.PutImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(pix), gc, uint16(w), uint16(n), 0, int16(y), 0, 24, img.Pix[y*w*4:(y+n)*w*4])
	}
	if _, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(pix), 0, 0, 1, 1, ^uint32(0)).Reply(); err != nil {
		return 0, err
	}
	return ms(time.Since(began)), nil
}
