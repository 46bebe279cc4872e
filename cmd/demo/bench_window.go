package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jezek/xgb/xproto"
)

func fdatasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// window measures the terminal's window beside the browser's: first paint, memory, idle processor time, and how soon a tap is seen.
func (b *bench) window(ctx context.Context, work string) error {
	if _, err := exec.LookPath("chromium"); err != nil {
		b.rows = append(b.rows, row{Name: "first paint", Unit: "ms", PeerName: "chromium", Goal: "<= 0.45", Word: "chromium is not installed"})
		return nil
	}
	for _, one := range []struct {
		name    string
		measure func(context.Context, string) error
	}{{"paint", b.firstPaint}, {"memory", b.memory}, {"tap", b.taps}} {
		if b.only != "" && b.only != one.name {
			continue
		}
		if err := one.measure(ctx, work); err != nil {
			return err
		}
	}
	return nil
}

// stage is a virtual display with a town behind the terminal.
type stage struct {
	town    *town
	display string
	screen  *screen
	devices map[string]string
	hall    string
	stop    func()
}

func (b *bench) stage(ctx context.Context, work, name string, w, h int) (*stage, error) {
	display, stopX, err := virtualDisplay(ctx, w, h, io.Discard)
	if err != nil {
		return nil, err
	}
	s, err := openScreen(display)
	if err != nil {
		stopX()
		return nil, err
	}
	t, err := newTown(b.bin, filepath.Join(work, name))
	if err != nil {
		return nil, err
	}
	st := &stage{town: t, display: display, screen: s, stop: func() { t.Close(); s.Close(); stopX() }}
	if st.hall, err = t.startHall(ctx); err == nil {
		st.devices, err = t.startDevices(ctx)
	}
	if err != nil {
		st.stop()
		return nil, err
	}
	return st, nil
}

var portrait = layout{width: 1080, height: 1920, density: 3.21, fullscreen: true}

// firstPaint starts each program again and again and looks at places of the screen that do not move until they are painted.
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
	ourPlaces, err := st.places()
	if err != nil {
		return err
	}
	st.town.kiosk.Stop()
	page := filepath.Join(work, "pages", "01-attract.html")
	profile := filepath.Join(work, "profile")
	browser := func() *exec.Cmd { return chromium(ctx, st.display, profile, page, portrait.width, portrait.height) }
	kiosk := func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, filepath.Join(b.bin, "kiosk"), "--config", filepath.Join(st.town.home, "kiosk.yaml"))
		cmd.Env = append(os.Environ(), "DISPLAY="+st.display, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1")
		return cmd
	}
	first := browser() // makes its profile; not counted
	if err := first.Start(); err != nil {
		return err
	}
	time.Sleep(4 * time.Second)
	theirPlaces, err := st.places()
	if err != nil {
		return err
	}
	end(first)
	var ours, theirs []float64
	for range b.rounds {
		for _, one := range []struct {
			make   func() *exec.Cmd
			places map[image.Point]uint32
			times  *[]float64
		}{{kiosk, ourPlaces, &ours}, {browser, theirPlaces, &theirs}} {
			if err := st.clear(); err != nil {
				return err
			}
			t, err := st.paint(one.make(), one.places)
			if err != nil {
				return err
			}
			*one.times = append(*one.times, t)
		}
	}
	b.add("first paint, warm", "ms", ours, theirs, "chromium --kiosk, same screen", "ratio <= 0.45",
		func(_, ratio float64) bool { return ratio <= 0.45 }, "")
	return nil
}

// steady waits until the terminal serves its screen tree and stands still.
func (st *stage) steady(ctx context.Context) error {
	j := &journey{town: st.town, screen: st.screen, log: io.Discard, out: st.town.out}
	if err := j.see(ctx, "Bitte berühren"); err != nil {
		return err
	}
	_, err := st.screen.Still()
	return err
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

// memory compares the proportional set sizes, and takes the terminal's processor time while nobody touches it.
func (b *bench) memory(ctx context.Context, work string) error {
	st, err := b.stage(ctx, work, "memory", portrait.width, portrait.height)
	if err != nil {
		return err
	}
	defer st.stop()
	if err := st.town.startKiosk(ctx, st.hall, st.display, st.devices, portrait); err != nil {
		return err
	}
	j := &journey{town: st.town, screen: st.screen, log: os.Stdout, out: st.town.out}
	if err := st.steady(ctx); err != nil {
		return err
	}
	pid := st.town.kiosk.cmd.Process.Pid
	worst, where := 0.0, ""
	for _, s := range benchWalk() {
		for _, do := range s.do {
			if text, typed := strings.CutPrefix(do, "type "); typed {
				err = j.typeKeys(ctx, text)
			} else {
				err = j.tap(ctx, do)
			}
			if err != nil {
				return err
			}
		}
		rest, watch := 3*time.Second, 6*time.Second
		if s.moves { // its animations have to be over after half a minute
			rest, watch = 32*time.Second, 15*time.Second
		}
		time.Sleep(rest)
		before, err := cpuTime(pid)
		if err != nil {
			return err
		}
		time.Sleep(watch)
		after, err := cpuTime(pid)
		if err != nil {
			return err
		}
		percent := (after - before).Seconds() / watch.Seconds() * 100
		fmt.Printf("  idle on %-10s %.2f %%\n", s.name+":", percent)
		if percent >= worst {
			worst, where = percent, s.name
		}
	}
	b.add("idle processor time, worst screen", "% core", []float64{worst}, nil, "", "<= 2", func(ours, _ float64) bool { return ours <= 2 }, "on "+where)

	profile := filepath.Join(work, "profile-memory")
	var ours, theirs []float64
	for range b.rounds {
		o, err := pss(pid)
		if err != nil {
			return err
		}
		ours = append(ours, o)
		cmd := chromium(ctx, st.display, profile, filepath.Join(work, "pages", "02-home.html"), portrait.width, portrait.height)
		if err := cmd.Start(); err != nil {
			return err
		}
		time.Sleep(4 * time.Second)
		t, err := pss(cmd.Process.Pid)
		end(cmd)
		if err != nil {
			return err
		}
		theirs = append(theirs, t)
	}
	b.add("memory (PSS)", "MiB", ours, theirs, "chromium --kiosk, home page", "ratio <= 0.33 and <= 150",
		func(ours, ratio float64) bool { return ratio <= 0.33 && ours <= 150 }, "after the screens above")
	return nil
}

// benchStop is a screen that is measured, and what leads there from the one before.
type benchStop struct {
	name  string
	do    []string
	moves bool
}

// benchWalk leads past every kind of screen.
func benchWalk() []benchStop {
	return []benchStop{
		{"attract", nil, true},
		{"home", []string{"start"}, true},
		{"search", []string{"search", "type parken"}, true},
		{"help", []string{"help"}, false},
		{"service", []string{"back", "back", "Auto und Parken", "service-parkausweis-bewohner"}, false},
		{"form", []string{"begin"}, true},
		{"address", []string{"type Renate Vogt", "key.done", "type 3.4.1980", "key.done", "next"}, true},
		{"vehicle", []string{"type Herforder Straße", "key.done", "type 12", "key.done", "Ja", "next"}, true},
		{"zone", []string{"type MI-RA 1848", "key.done", "Mir", "Nein", "next"}, false},
		{"summary", []string{"Innenstadt Nord", "1 Jahr", "next"}, false},
		{"ways", []string{"agree", "send"}, false},
	}
}

// family is a process and all below it.
func family(pid int) []int {
	pids := []int{pid}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return pids
	}
	for _, file := range tasks {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				pids = append(pids, family(child)...)
			}
		}
	}
	return pids
}

// pss is the proportional set size of a process and all below it, in MiB.
func pss(pid int) (float64, error) {
	kib := 0
	for _, p := range family(pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p))
		if err != nil {
			continue // it has ended
		}
		for l := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(l, "Pss:"); ok {
				n, err := strconv.Atoi(strings.Fields(rest)[0])
				if err != nil {
					return 0, err
				}
				kib += n
			}
		}
	}
	if kib == 0 {
		return 0, errors.New("demo: bench: no memory to be read")
	}
	return float64(kib) / 1024, nil
}

// cpuTime is the processor time that a process has used.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, errors.New("demo: bench: /proc/PID/stat is too short")
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

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
