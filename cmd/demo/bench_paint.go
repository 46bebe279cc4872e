package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jezek/xgb/xproto"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/assets"
)

// benchPages are pages equivalent to our attract, home and phone's first screens, for the browser beside us. They share one style sheet.
//
//go:embed pages
var benchPages embed.FS

// layPages lays the browser's pages and our fonts side by side. Each page gets the style sheet into itself: a browser that had to fetch it first
// would be measured slower than it is.
func layPages(work string) error {
	for _, dir := range []string{"pages", "fonts"} {
		if err := os.MkdirAll(filepath.Join(work, dir), 0o755); err != nil {
			return err
		}
	}
	look, err := benchPages.ReadFile("pages/look.css")
	if err != nil {
		return err
	}
	pages, err := fs.Glob(benchPages, "pages/*.html")
	if err != nil {
		return err
	}
	for _, name := range pages {
		text, err := benchPages.ReadFile(name)
		if err != nil {
			return err
		}
		link := []byte(`<link rel="stylesheet" href="look.css">`)
		if !bytes.Contains(text, link) {
			return fmt.Errorf("demo: bench: %s has no style sheet", name)
		}
		text = bytes.Replace(text, link, []byte("<style>"+string(look)+"</style>"), 1)
		if err := os.WriteFile(filepath.Join(work, name), text, 0o644); err != nil {
			return err
		}
	}
	for _, name := range []string{"AtkinsonHyperlegibleNext-Regular.ttf", "AtkinsonHyperlegibleNext-Bold.ttf"} {
		font, err := fs.ReadFile(assets.FS, "fonts/"+name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, "fonts", name), font, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// firstPaint measures how soon the terminal's first screen is there.
func (b *bench) firstPaint(ctx context.Context, work string) error {
	st, err := b.stage(ctx, work, "paint", portrait.width, portrait.height)
	if err != nil {
		return err
	}
	defer st.stop()
	if err := st.town.startKiosk(ctx, st.hall, st.display, st.devices, portrait); err != nil { // once, enrolled; its memory is used again
		return err
	}
	if err := st.steady(ctx); err != nil {
		return err
	}
	both, err := painters(ctx, st, st.town.kiosk, func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, filepath.Join(b.bin, "kiosk"), "--config", filepath.Join(st.town.home, "kiosk.yaml"))
		cmd.Env = append(os.Environ(), "DISPLAY="+st.display, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1")
		return cmd
	}, filepath.Join(work, "pages", "01-attract.html"), portrait)
	if err != nil {
		return err
	}
	ours, theirs, err := b.paints(st, both, nil)
	if err != nil {
		return err
	}
	b.add("first paint, warm", "ms", ours, theirs, "chromium --kiosk, same screen", "ratio <= 0.45",
		func(_, ratio float64) bool { return ratio <= 0.45 }, noBrowser(theirs, ""))
	return nil
}

// phonePaint measures how soon the phone's first screen is there.
func (b *bench) phonePaint(ctx context.Context, work string) error {
	st, p, err := b.phoneStage(ctx, work, "phone")
	if err != nil {
		return err
	}
	defer st.stop()
	j := &journey{town: st.town, log: io.Discard, out: st.town.out}
	j.take(p)
	if err := p.start(ctx); err != nil { // once, with keys and memory; they are used again
		return err
	}
	if err := j.see(ctx, "Was ist Ihnen"); err != nil {
		return err
	}
	if _, err := st.screen.Still(); err != nil {
		return err
	}
	both, err := painters(ctx, st, p.app, func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, filepath.Join(b.bin, "mobile"), p.args()...)
		cmd.Env = append(os.Environ(), p.env()...)
		return cmd
	}, filepath.Join(work, "pages", "p1-start.html"), layout{width: phoneWidth, height: phoneHeight})
	if err != nil {
		return err
	}
	for _, start := range []struct {
		name   string
		before func() error
	}{{"cold", forget}, {"warm", nil}} {
		ours, theirs, err := b.paints(st, both, start.before)
		if errors.Is(err, fs.ErrPermission) {
			b.add("phone's first paint, "+start.name, "ms", nil, nil, "chromium, same page, 390x844", "ratio <= 0.45", nil, "only root may make the system forget its files")
			continue
		}
		if err != nil {
			return err
		}
		b.add("phone's first paint, "+start.name, "ms", ours, theirs, "chromium, same page, 390x844", "ratio <= 0.45",
			func(_, ratio float64) bool { return ratio <= 0.45 }, noBrowser(theirs, "on a computer"))
	}
	return nil
}

// forget makes the system forget the files it has read: what starts next is read from the disk as after a start of the machine.
func forget() error {
	syscall.Sync()
	if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("3\n"), 0); err != nil {
		return fmt.Errorf("demo: bench: forget files: %w", err)
	}
	return nil
}

// noBrowser adds to a row's word that there was no browser to measure.
func noBrowser(theirs []float64, word string) string {
	if len(theirs) == 0 {
		return "chromium is not installed"
	}
	return word
}

// painter is a program whose first picture is waited for.
type painter struct {
	make   func() *exec.Cmd
	places map[image.Point]uint32 // what its picture shows there
}

// painters makes ready ours and, where there is one, the browser. shown is ours, painted on the stage; it is ended.
func painters(ctx context.Context, st *stage, shown *process, ours func() *exec.Cmd, page string, l layout) ([]painter, error) {
	places, err := st.places()
	shown.Stop()
	if err != nil {
		return nil, err
	}
	both := []painter{{ours, places}}
	if _, err := exec.LookPath("chromium"); err != nil {
		return both, nil
	}
	browser := func() *exec.Cmd { return chromium(ctx, st.display, page+".profile", page, l) }
	first := browser() // makes its profile; not counted
	if err := first.Start(); err != nil {
		return nil, err
	}
	time.Sleep(4 * time.Second)
	places, err = st.places()
	end(first)
	return append(both, painter{browser, places}), err
}

// paints starts ours and the browser in turn, again and again, and gives the milliseconds until each has painted; nothing of the browser where there
// is none. before, if not nil, is called before each start.
func (b *bench) paints(st *stage, both []painter, before func() error) (ours, theirs []float64, err error) {
	times := make([][]float64, 2)
	for range b.rounds {
		for i, p := range both {
			if err := st.clear(); err != nil {
				return nil, nil, err
			}
			if before != nil {
				if err := before(); err != nil {
					return nil, nil, err
				}
			}
			t, err := st.paint(p.make(), p.places)
			if err != nil {
				return nil, nil, err
			}
			times[i] = append(times[i], t)
		}
	}
	return times[0], times[1], nil
}

// places finds points of the screen that do not move and differ from the empty screen.
func (st *stage) places() (map[image.Point]uint32, error) {
	one, err := st.screen.Picture()
	if err != nil {
		return nil, err
	}
	time.Sleep(1700 * time.Millisecond)
	two, err := st.screen.Picture()
	if err != nil {
		return nil, err
	}
	found := map[image.Point]uint32{}
	b := one.Bounds()
	for y := b.Dy() / 40; y < b.Dy() && len(found) < 200; y += b.Dy() / 40 {
		for x := b.Dx() / 24; x < b.Dx(); x += b.Dx() / 24 {
			c := one.RGBAAt(x, y)
			if c == two.RGBAAt(x, y) && int(c.R)+int(c.G)+int(c.B) > 300 {
				found[image.Pt(x, y)] = uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B)
			}
		}
	}
	if len(found) < 3 {
		return nil, errors.New("demo: bench: nothing to see on the screen")
	}
	for p := range found { // a dozen is enough to look at, a map's order is as good as any
		if len(found) <= 12 {
			break
		}
		delete(found, p)
	}
	return found, nil
}

// clear paints the root black, so that nothing of the last program is left.
func (st *stage) clear() error {
	return xproto.ClearAreaChecked(st.screen.conn, false, st.screen.root, 0, 0, 0, 0).Check()
}

// paint starts the program and gives the milliseconds until all places have their colour; then it ends the program.
func (st *stage) paint(cmd *exec.Cmd, places map[image.Point]uint32) (float64, error) {
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() { end(cmd); time.Sleep(300 * time.Millisecond) }()
	for time.Since(began) < 30*time.Second {
		painted := true
		for p, want := range places {
			got, err := st.screen.pixel(p.X, p.Y)
			if err != nil {
				return 0, err
			}
			if got != want {
				painted = false
				break
			}
		}
		if painted {
			return ms(time.Since(began)), nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return 0, fmt.Errorf("demo: bench: %s painted nothing", filepath.Base(cmd.Path))
}

func (s *screen) pixel(x, y int) (uint32, error) {
	reply, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.root), int16(x), int16(y), 1, 1, ^uint32(0)).Reply()
	if err != nil {
		return 0, fmt.Errorf("demo: look at the screen: %w", err)
	}
	return uint32(reply.Data[2])<<16 | uint32(reply.Data[1])<<8 | uint32(reply.Data[0]), nil
}

func end(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		_ = cmd.Process.Kill()
		<-done
	}
}

// chromium starts the browser as a terminal would run it.
func chromium(ctx context.Context, display, profile, page string, l layout) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "chromium", "--kiosk", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile,
		fmt.Sprintf("--window-size=%d,%d", l.width, l.height), "--window-position=0,0", "file://"+page)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	return cmd
}
