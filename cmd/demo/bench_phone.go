package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/photo/phototest"
)

// benchKills is how often the phone's app is killed.
const benchKills = 200

// onPhones measures what a phone does. only is as bench.only.
func (b *bench) onPhones(ctx context.Context, work string) error {
	for _, one := range []struct {
		name    string
		measure func(context.Context, string) error
	}{{"photo", b.photo}, {"phone", b.phonePaint}, {"five", b.fiveTaps}, {"kills", b.kills}} {
		if b.only != "" && b.only != one.name {
			continue
		}
		if err := one.measure(ctx, work); err != nil {
			return err
		}
	}
	return nil
}

// prepareCmd prepares one photo, or none, and says how much memory the process had at most.
type prepareCmd struct {
	File string `arg:"" optional:"" type:"existingfile"`
}

// Run prints kibibytes.
func (c *prepareCmd) Run() error {
	if c.File != "" {
		data, err := os.ReadFile(c.File)
		if err != nil {
			return err
		}
		if _, err := photo.Prepare(data, photo.Options{}); err != nil {
			return err
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, most, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(most)
	if len(fields) == 0 {
		return errors.New("demo: bench: no memory to be read")
	}
	fmt.Println(fields[0])
	return nil
}

// photo measures what becomes of a photo of 12 megapixels, beside what any program has to do at least: decoding and scaling it.
func (b *bench) photo(ctx context.Context, work string) error {
	data := phototest.Camera(4032, 3024, phototest.Notes{Orientation: 6, Lat: phototest.North(holeLat), Lon: phototest.East(holeLon)})
	var ours, theirs []float64
	for range b.rounds {
		began := time.Now()
		if _, err := photo.Prepare(data, photo.Options{}); err != nil {
			return err
		}
		ours = append(ours, ms(time.Since(began)))
		began = time.Now()
		if _, err := phototest.Peer(data); err != nil {
			return err
		}
		theirs = append(theirs, ms(time.Since(began)))
	}
	b.add("photo of 12 megapixels prepared", "ms", ours, theirs, "image/jpeg + x/image/draw to 2048", "ratio <= 3",
		func(_, ratio float64) bool { return ratio <= 3 }, "upright, limited, encoded as well")
	file := filepath.Join(work, "photo.jpg")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var mib []float64
	for range b.rounds {
		out, err := exec.CommandContext(ctx, self, "prepare", file).Output()
		if err != nil {
			return fmt.Errorf("demo: bench: prepare in a process of its own: %w", err)
		}
		kib, err := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil {
			return err
		}
		mib = append(mib, float64(kib)/1024)
	}
	b.add("memory for it, fresh process", "MiB", mib, nil, "", "<= 150", func(ours, _ float64) bool { return ours <= 150 }, "all of the process")
	return nil
}

// phonePaint starts the phone's app and the browser again and again; see firstPaint.
func (b *bench) phonePaint(ctx context.Context, work string) error {
	if _, err := exec.LookPath("chromium"); err != nil {
		b.rows = append(b.rows, row{Name: "phone's first paint", Unit: "ms", PeerName: "chromium", Goal: "ratio <= 0.45", Word: "chromium is not installed"})
		return nil
	}
	page := filepath.Join(work, "pages", "p1-start.html")
	text, err := fs.ReadFile(benchPages, "pages/p1-start.html")
	if err == nil {
		err = os.WriteFile(page, text, 0o644)
	}
	if err != nil {
		return err
	}
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
	ourPlaces, err := st.places()
	if err != nil {
		return err
	}
	p.app.Stop()
	profile := filepath.Join(work, "profile-phone")
	browser := func() *exec.Cmd { return chromium(ctx, p.display, profile, page, phoneWidth, phoneHeight) }
	app := func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, filepath.Join(b.bin, "mobile"), p.args()...)
		cmd.Env = append(os.Environ(), p.env()...)
		return cmd
	}
	first := browser() // makes its profile; not counted
	if err := first.Start(); err != nil {
		return err
	}
	time.Sleep(4 * time.Second)
	theirPlaces, err := st.places()
	end(first)
	if err != nil {
		return err
	}
	var ours, theirs []float64
	for range b.rounds {
		for _, one := range []struct {
			make   func() *exec.Cmd
			places map[image.Point]uint32
			times  *[]float64
		}{{app, ourPlaces, &ours}, {browser, theirPlaces, &theirs}} {
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
	b.add("phone's first paint, warm", "ms", ours, theirs, "chromium, same page, 390x844", "ratio <= 0.45",
		func(_, ratio float64) bool { return ratio <= 0.45 }, "on a computer")
	return nil
}

// phoneStage is a town hall and a phone on a display of its own.
func (b *bench) phoneStage(ctx context.Context, work, name string) (*stage, *phone, error) {
	t, err := newTown(b.bin, filepath.Join(work, name))
	if err != nil {
		return nil, nil, err
	}
	if _, err := t.startHall(ctx); err != nil {
		t.Close()
		return nil, nil, err
	}
	p, err := t.newPhone(ctx, name, "")
	if err != nil {
		t.Close()
		return nil, nil, err
	}
	return &stage{town: t, display: p.display, screen: p.screen, stop: func() { t.Close(); p.stop() }}, p, nil
}

// fiveTaps counts how often a resident touches the screen until a report with one photo is kept.
func (b *bench) fiveTaps(ctx context.Context, work string) error {
	st, p, err := b.phoneStage(ctx, work, "five")
	if err != nil {
		return err
	}
	defer st.stop()
	j := &journey{town: st.town, log: io.Discard, out: st.town.out}
	j.take(p)
	p.line.Cut()
	if err := p.start(ctx); err != nil {
		return err
	}
	if err := j.see(ctx, "Was ist Ihnen"); err != nil {
		return err
	}
	for _, name := range []string{"photo", "file.schlagloch.jpg", "/category=0", "/what=0", "send"} {
		if err := j.tap(ctx, name); err != nil {
			return err
		}
	}
	if err := j.see(ctx, "Gespeichert"); err != nil {
		return err
	}
	b.add("taps until saved", "taps", []float64{float64(j.taps)}, nil, "", "<= 5", func(ours, _ float64) bool { return ours <= 5 }, "one photo with a place, pushing the page counted")
	return nil
}

// kills kills; see kills.
func (b *bench) kills(ctx context.Context, work string) error {
	t, err := newTown(b.bin, filepath.Join(work, "kills"))
	if err != nil {
		return err
	}
	defer t.Close()
	k := &kills{town: t, seed: uint64(time.Now().UnixNano())}
	if err := k.run(ctx, benchKills); err != nil {
		return err
	}
	fmt.Println(" ", k)
	b.add(fmt.Sprintf("reports lost or doubled in %d kills", k.rounds), "", []float64{float64(k.lost + k.doubled)}, nil, "", "0",
		func(ours, _ float64) bool { return ours == 0 }, fmt.Sprintf("%d sent", k.sent))
	return nil
}
