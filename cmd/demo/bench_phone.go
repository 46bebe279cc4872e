package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
