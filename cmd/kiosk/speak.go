package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// errEndless says that a speech program was still at it when nobody could be listening any more.
var errEndless = errors.New("kiosk: read aloud: it did not end")

// speakingTime is how long reading a text aloud may take: nearly three times what the slowest voice needs, and a margin for a program that starts
// slowly. As long as somebody listens nothing is wiped, so that it has an end whatever is read.
func speakingTime(text string) time.Duration {
	return min(10*time.Second+time.Duration(utf8.RuneCountInString(text))*200*time.Millisecond, 10*time.Minute)
}

// speaker gives a function that reads aloud with espeak-ng, or nil when the program is not on this machine. The text goes in by standard
// input: it is in no list of processes and in no file. A program that does not come to an end is killed with all that it started.
func speaker(program string) func(ctx context.Context, lang, text string) error {
	return patientSpeaker(program, speakingTime)
}

// patientSpeaker is speaker with another idea of how long a text may take.
func patientSpeaker(program string, patience func(text string) time.Duration) func(ctx context.Context, lang, text string) error {
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
		limited, stop := context.WithTimeout(ctx, patience(text))
		defer stop()
		cmd := exec.CommandContext(limited, path, "-v", voice, "-s", speed, "--stdin")
		cmd.Stdin = strings.NewReader(text)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // and what it started, such as a player
		cmd.WaitDelay = time.Second                                                          // for the pipe, which somebody may hold open
		err := cmd.Run()
		switch {
		case ctx.Err() != nil:
			return nil
		case limited.Err() != nil:
			return errEndless
		case err != nil:
			return fmt.Errorf("kiosk: read aloud: %w", err)
		}
		return nil
	}
}
