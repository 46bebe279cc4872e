package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/core/document/qr/qrread"
)

// faultFile is where an emulated device reads, again and again, what is wrong with it.
func (t *town) faultFile(kind string) string { return filepath.Join(t.home, kind+".fault") }

// fault lets something go wrong with a device: "terminal silence", "printer no-paper". `technician emulate DEVICE --help-faults` lists the words.
func (t *town) fault(ctx context.Context, what string) error {
	kind, word, _ := strings.Cut(what, " ")
	known, err := t.faults(ctx, kind)
	if err != nil {
		return err
	}
	if !slices.Contains(known, word) {
		return fmt.Errorf("demo: a %s has no fault %q, but %s", kind, word, strings.Join(known, ", "))
	}
	// A device that reads while this is written finds the old word or the new one, never half of it.
	fresh := t.faultFile(kind) + ".new"
	if err := os.WriteFile(fresh, []byte(word), 0o600); err != nil {
		return fmt.Errorf("demo: fault: %w", err)
	}
	if err := os.Rename(fresh, t.faultFile(kind)); err != nil {
		return fmt.Errorf("demo: fault: %w", err)
	}
	return nil
}

// mend ends a device's fault.
func (t *town) mend(_ context.Context, kind string) error {
	if err := os.Remove(t.faultFile(kind)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("demo: mend: %w", err)
	}
	return nil
}

// faults lists what can go wrong with a device.
func (t *town) faults(ctx context.Context, kind string) ([]string, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(t.bin, "technician"), "emulate", kind, "--dir", t.home, "--help-faults").Output()
	if err != nil {
		return nil, fmt.Errorf("demo: list the faults of a %s: %w", kind, err)
	}
	return strings.Fields(string(out)), nil
}

// voice makes the program that reads aloud in a journey, where nobody has ears: it keeps the text for hear, and takes its time as a voice does.
func (t *town) voice() (program string, err error) {
	program = filepath.Join(t.home, "voice")
	script := fmt.Sprintf("#!/bin/sh\ncat > '%s.new' && mv '%s.new' '%s' && exec sleep 20\n", t.spoken, t.spoken, t.spoken)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		return "", fmt.Errorf("demo: voice: %w", err)
	}
	return program, nil
}

// hear waits until a text was read aloud.
func (j *journey) hear(ctx context.Context, text string) error {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		said, err := os.ReadFile(j.town.spoken)
		if err == nil && strings.Contains(string(said), text) {
			return nil
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return fmt.Errorf("demo: nobody read %q aloud", text)
		}
	}
}

// takeCode reads the code on the screen, as the citizen's phone does that is held before it.
func (j *journey) takeCode(ctx context.Context, _ string) error {
	img, err := j.screen.Still()
	if err != nil {
		return err
	}
	nodes, err := j.look(ctx)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if n.Role != "img" || n.is("hidden") {
			continue
		}
		b := n.Bounds
		if j.phone, err = qrread.Read(img.SubImage(image.Rect(b.X, b.Y, b.X+b.W, b.Y+b.H))); err == nil {
			return nil
		}
	}
	return errors.New("demo: there is no code on the screen that a phone could read")
}
