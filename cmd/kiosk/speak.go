package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// speaker gives a function that reads aloud with espeak-ng, or nil when the program is not on this machine. The text goes in by standard
// input: it is in no list of processes and in no file.
func speaker(program string) func(ctx context.Context, lang, text string) error {
	if program == "" {
		return nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return nil
	}
	return func(ctx context.Context, lang, text string) error {
		voice, simple, _ := strings.Cut(lang, "-") // Leichte Sprache is spoken as German, and slower
		speed := "150"
		if simple != "" {
			speed = "125"
		}
		cmd := exec.CommandContext(ctx, path, "-v", voice, "-s", speed, "--stdin")
		cmd.Stdin = strings.NewReader(text)
		if err := cmd.Run(); err != nil && ctx.Err() == nil {
			return fmt.Errorf("kiosk: read aloud: %w", err)
		}
		return nil
	}
}
