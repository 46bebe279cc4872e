package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// screen is an X display as a person meets it: it can be touched and looked at.
type screen struct {
	conn *xgb.Conn
	root xproto.Window
	w, h uint16
}

// virtualDisplay starts an Xvfb of its own and gives its name, ":7".
func virtualDisplay(ctx context.Context, w, h int, out io.Writer) (name string, stop func(), err error) {
	r, wr, err := os.Pipe()
	if err != nil {
		return "", nil, fmt.Errorf("demo: start display: %w", err)
	}
	defer r.Close()
	cmd := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h), "-nolisten", "tcp", "-nocursor", "-noreset")
	cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = []*os.File{wr}, out, out
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("demo: start display: %w", err)
	}
	wr.Close()
	number, err := bufio.NewReader(r).ReadString('\n') // Xvfb writes the number once it takes connections
	if err != nil {
		_ = cmd.Process.Kill()
		return "", nil, fmt.Errorf("demo: start display: Xvfb gave no number: %w", err)
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	return ":" + strings.TrimSpace(number), stop, nil
}

func openScreen(display string) (*screen, error) {
	xgb.Logger = log.New(io.Discard, "", 0) // it complains of a missing authority file, which a display of our own does not need
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("demo: open display: %w", err)
	}
	if err := xtest.Init(conn); err != nil {
		return nil, fmt.Errorf("demo: open display: %w", err)
	}
	s := xproto.Setup(conn).DefaultScreen(conn)
	return &screen{conn: conn, root: s.Root, w: s.WidthInPixels, h: s.HeightInPixels}, nil
}

func (s *screen) Close() { s.conn.Close() }

// watch is a screen's second line to the X server: it is told when something was drawn, so that nobody has to ask again and again and take the
// processor away from those who draw.
type watch struct {
	conn   *xgb.Conn
	drawn  chan struct{} // one is enough, however often something was drawn
	broken error         // why drawn was closed
	part   atomic.Pointer[image.Rectangle]
}

// watchScreen tells of everything drawn on the display from now on.
func watchScreen(display string) (*watch, error) {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("demo: watch display: %w", err)
	}
	err = damage.Init(conn)
	if err == nil {
		_, err = damage.QueryVersion(conn, 1, 1).Reply()
	}
	id, idErr := damage.NewDamageId(conn)
	if err == nil {
		err = idErr
	}
	if err == nil {
		root := xproto.Setup(conn).DefaultScreen(conn).Root
		err = damage.CreateChecked(conn, id, xproto.Drawable(root), damage.ReportLevelRawRectangles).Check()
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("demo: watch display: %w", err)
	}
	w := &watch{conn: conn, drawn: make(chan struct{}, 1)}
	go func() {
		defer close(w.drawn)
		for {
			event, err := conn.WaitForEvent()
			if event == nil && err == nil {
				w.broken = errors.New("demo: watch display: the display has gone")
				return
			}
			if d, is := event.(damage.NotifyEvent); is {
				if part := w.part.Load(); part != nil && !part.Overlaps(rect(d.Area)) {
					continue
				}
			}
			select {
			case w.drawn <- struct{}{}:
			default:
			}
		}
	}()
	return w, nil
}

func (w *watch) Close() { w.conn.Close() }

// Only makes the watch tell of what is drawn in a part of the screen from now on.
func (w *watch) Only(part image.Rectangle) { w.part.Store(&part) }

func rect(r xproto.Rectangle) image.Rectangle {
	return image.Rect(int(r.X), int(r.Y), int(r.X)+int(r.Width), int(r.Y)+int(r.Height))
}

// Next waits until something is drawn; it returns at once when something was since the last call. False: nothing was for so long.
func (w *watch) Next(longest time.Duration) (bool, error) {
	t := time.NewTimer(longest)
	defer t.Stop()
	select {
	case _, open := <-w.drawn:
		if !open {
			return false, w.broken
		}
		return true, nil
	case <-t.C:
		return false, nil
	}
}

// Tap puts a finger down at a place of the screen and takes it up again, as slowly as a person does.
func (s *screen) Tap(x, y int) error {
	if err := s.send(xproto.MotionNotify, 0, x, y); err != nil {
		return err
	}
	time.Sleep(15 * time.Millisecond)
	if err := s.send(xproto.ButtonPress, 1, x, y); err != nil {
		return err
	}
	time.Sleep(30 * time.Millisecond)
	return s.send(xproto.ButtonRelease, 1, x, y)
}

// Drag moves a finger that is down from one place to another.
func (s *screen) Drag(x0, y0, x1, y1 int) error {
	if err := s.send(xproto.MotionNotify, 0, x0, y0); err != nil {
		return err
	}
	if err := s.send(xproto.ButtonPress, 1, x0, y0); err != nil {
		return err
	}
	const steps = 12
	for i := 1; i <= steps; i++ {
		time.Sleep(12 * time.Millisecond)
		if err := s.send(xproto.MotionNotify, 0, x0+(x1-x0)*i/steps, y0+(y1-y0)*i/steps); err != nil {
			return err
		}
	}
	return s.send(xproto.ButtonRelease, 1, x1, y1)
}

// Push moves what is under a finger up or down at x, and halts before it lets go, so that nothing glides on.
func (s *screen) Push(x, y0, y1 int) error {
	if err := s.send(xproto.MotionNotify, 0, x, y0); err != nil {
		return err
	}
	if err := s.send(xproto.ButtonPress, 1, x, y0); err != nil {
		return err
	}
	const steps, last = 12, 8
	way := y1 - y0
	slow := last
	if way < 0 {
		slow = -last
	}
	for i := 1; i <= steps; i++ {
		time.Sleep(10 * time.Millisecond)
		if err := s.send(xproto.MotionNotify, 0, x, y0+(way-slow)*i/steps); err != nil {
			return err
		}
	}
	for i := last - 1; i >= 0; i-- {
		time.Sleep(20 * time.Millisecond)
		if err := s.send(xproto.MotionNotify, 0, x, y1-slow*i/last); err != nil {
			return err
		}
	}
	return s.send(xproto.ButtonRelease, 1, x, y1)
}

func (s *screen) send(kind, detail byte, x, y int) error {
	if err := xtest.FakeInputChecked(s.conn, kind, detail, 0, s.root, int16(x), int16(y), 0).Check(); err != nil {
		return fmt.Errorf("demo: touch: %w", err)
	}
	return nil
}

// Picture is what the screen shows at this moment.
func (s *screen) Picture() (*image.RGBA, error) { return s.part(0, 0, int(s.w), int(s.h)) }

func (s *screen) part(x, y, w, h int) (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	const strip = 256 // rows a request: replies stay below what the X server sends at once
	for top := 0; top < h; top += strip {
		rows := min(strip, h-top)
		reply, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.root), int16(x), int16(y+top), uint16(w), uint16(rows), ^uint32(0)).Reply()
		if err != nil {
			return nil, fmt.Errorf("demo: look at the screen: %w", err)
		}
		for i := 0; i+3 < len(reply.Data) && i/4 < w*rows; i += 4 {
			img.SetRGBA(i/4%w, top+i/4/w, color.RGBA{reply.Data[i+2], reply.Data[i+1], reply.Data[i], 255})
		}
	}
	return img, nil
}

// Still waits until two looks in a row show the same, or for at most a second and a half: animations have ended then.
func (s *screen) Still() (*image.RGBA, error) {
	last, err := s.Picture()
	for i := 0; err == nil && i < 15; i++ {
		time.Sleep(100 * time.Millisecond)
		var next *image.RGBA
		if next, err = s.Picture(); err == nil {
			if string(next.Pix) == string(last.Pix) {
				return next, nil
			}
			last = next
		}
	}
	return last, err
}

func writePNG(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("demo: write picture: %w", err)
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		f.Close()
		return fmt.Errorf("demo: write picture: %w", err)
	}
	return f.Close()
}
