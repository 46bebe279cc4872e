package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program writes a shell script that stands in for the speech program, and gives its path and its folder.
func program(t *testing.T, script string) (path, dir string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "speech")
	if err := os.WriteFile(path, []byte("#!/bin/sh\ncd '"+dir+"'\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, dir
}

// gone waits until the process whose number a script wrote down is no more.
func gone(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") { // gone, or dead and nobody asked after it yet
			return
		}
		if time.Now().After(late) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("what the speech program started is still there: nobody else could be read to")
		}
	}
}

// hangs reads nothing, starts a player that holds its lines open, and never ends.
const hangs = "sleep 600 & echo $! > player\necho $$ > speech.pid\nwait\n"

// A speech program that hung kept a citizen's page on the screen for ever: while somebody is read to, nothing is wiped.
func TestASpeechProgramThatHangsIsEndedWithAllThatItStarted(t *testing.T) {
	path, dir := program(t, hangs)
	speak := patientSpeaker(path, func(string) time.Duration { return 2 * time.Second })
	begun := time.Now()
	if err := speak(t.Context(), "de", "Guten Tag."); !errors.Is(err, errEndless) {
		t.Errorf("it hung, and the shell is told: %v", err)
	}
	if d := time.Since(begun); d > 30*time.Second {
		t.Errorf("it took %v", d)
	}
	gone(t, filepath.Join(dir, "player"))
	gone(t, filepath.Join(dir, "speech.pid"))
}

// Who touches “Anhalten” or goes away hears no more.
func TestWhoHasHeardEnoughHearsNoMore(t *testing.T) {
	path, dir := program(t, hangs)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(dir, "speech.pid")); err == nil {
				stop()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	if err := speaker(path)(ctx, "de", "Guten Tag."); err != nil {
		t.Errorf("somebody touched “Anhalten”, and that counts as %v", err)
	}
	gone(t, filepath.Join(dir, "player"))
}

func TestASpeechProgramThatFailsIsSaid(t *testing.T) {
	path, _ := program(t, "exit 3\n")
	if err := speaker(path)(t.Context(), "de", "Guten Tag."); err == nil || errors.Is(err, errEndless) {
		t.Errorf("%v", err)
	}
	if speaker("") != nil || speaker("/nowhere/espeak-ng") != nil {
		t.Error("“Vorlesen” is drawn though nothing can speak")
	}
}

// A long page takes minutes, and an empty one seconds; nothing takes for ever.
func TestHowLongReadingAloudMayTakeFollowsTheText(t *testing.T) {
	page := strings.Repeat("Bitte nehmen Sie Ihren Beleg mit. ", 60) // about three minutes in Leichte Sprache
	for text, want := range map[string][2]time.Duration{
		"":                                    {5 * time.Second, 20 * time.Second},
		page:                                  {4 * time.Minute, 9 * time.Minute},
		strings.Repeat(page, 100):             {10 * time.Minute, 10 * time.Minute},
		strings.Repeat("\U0001F697", 1000000): {10 * time.Minute, 10 * time.Minute},
	} {
		if d := speakingTime(text); d < want[0] || d > want[1] {
			t.Errorf("%d bytes may take %v", len(text), d)
		}
	}
}
