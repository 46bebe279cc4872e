package main

import (
	"bufio"
	"context"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Who starts the demo before a display gets a window that answers a finger, is told where the clerk's page is and how to sign in, and that is true; and
// all of it ends with the demo.
func TestWithADisplayTheTownOpensItsWindowAndSaysHowTheClerkSignsIn(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole town is started")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "demo")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "gles,migrated_fynedo,sqlite_fts5", "-o", program, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	display, stopX, err := virtualDisplay(ctx, 1600, 1000, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer stopX()
	s, err := openScreen(display)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	town := exec.CommandContext(ctx, program, "--out", t.TempDir())
	town.Dir, town.Env, town.Stderr = root, append(os.Environ(), "DISPLAY="+display, "LIBGL_ALWAYS_SOFTWARE=1"), t.Output()
	if _, err := town.StdinPipe(); err != nil { // nobody presses Enter
		t.Fatal(err)
	}
	console, err := town.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := town.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	defer func() {
		if !ended {
			_ = town.Process.Signal(os.Interrupt)
			_ = town.Wait()
		}
	}()
	var said strings.Builder
	for lines := bufio.NewScanner(console); lines.Scan() && !strings.HasPrefix(lines.Text(), "Close the window"); {
		said.WriteString(lines.Text() + "\n")
	}
	told := regexp.MustCompile(`Clerk +(\S+)\s+sign in as (\S+) with the password (\S+)`).FindStringSubmatch(said.String())
	if told == nil {
		t.Fatalf("the console does not say where the clerk works:\n%s", said.String())
	}
	c, err := newClerk(ctx, told[1], told[2], told[3])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.cases(ctx); err != nil {
		t.Fatal(err)
	}

	window, err := s.window(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if window.Dx() > int(s.w) || window.Dy() > int(s.h) || window.Dx()*16 < window.Dy()*8 || window.Dx()*16 > window.Dy()*10 {
		t.Errorf("the window %v on %dx%d is not a terminal upright", window, s.w, s.h)
	}
	attract := s.settled(t, ctx, window, nil)
	if err := s.Tap(window.Min.X+window.Dx()/2, window.Min.Y+window.Dy()*3/4); err != nil { // the attract screen starts wherever it is touched
		t.Fatal(err)
	}
	s.settled(t, ctx, window, attract)

	if err := town.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, console)
	ended = true
	if err := town.Wait(); err != nil {
		t.Errorf("the demo ends with %v", err)
	}
	if _, err := newClerk(ctx, told[1], told[2], told[3]); err == nil {
		t.Error("the town hall goes on after the demo has ended")
	}
}

// window waits for the first large window and says where it is.
func (s *screen) window(ctx context.Context) (image.Rectangle, error) {
	for ; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		tree, err := xproto.QueryTree(s.conn, s.root).Reply()
		if err != nil {
			return image.Rectangle{}, err
		}
		for _, id := range tree.Children {
			attr, err := xproto.GetWindowAttributes(s.conn, id).Reply()
			if err != nil || attr.MapState != xproto.MapStateViewable {
				continue // it has gone, or is not to be seen
			}
			if at, err := xproto.GetGeometry(s.conn, xproto.Drawable(id)).Reply(); err == nil && int(at.Height) > int(s.h)/2 {
				return image.Rect(int(at.X), int(at.Y), int(at.X)+int(at.Width), int(at.Y)+int(at.Height)), nil
			}
		}
	}
	return image.Rectangle{}, ctx.Err()
}

func (s *screen) picture(at image.Rectangle) (*image.RGBA, error) {
	at = at.Intersect(image.Rect(0, 0, int(s.w), int(s.h)))
	return s.part(at.Min.X, at.Min.Y, at.Dx(), at.Dy())
}

// settled waits until the window shows something, and something else than before on a fifth of itself.
func (s *screen) settled(t *testing.T, ctx context.Context, at image.Rectangle, before *image.RGBA) *image.RGBA {
	t.Helper()
	for ; ctx.Err() == nil; time.Sleep(200 * time.Millisecond) {
		now, err := s.picture(at)
		if err != nil {
			t.Fatal(err)
		}
		colours, changed, all := map[[3]uint8]bool{}, 0, len(now.Pix)/4
		for i := 0; i+3 < len(now.Pix); i += 4 {
			colours[[3]uint8(now.Pix[i:i+3])] = true
			if before == nil || [3]uint8(now.Pix[i:i+3]) != [3]uint8(before.Pix[i:i+3]) {
				changed++
			}
		}
		if len(colours) > 50 && changed > all/5 {
			return now
		}
	}
	t.Fatal("the window does not show what it should in time")
	return nil
}
