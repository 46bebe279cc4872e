package main

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
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

// spoken is what espeak-ng made of a text: how long it speaks, in which sounds, and what anybody could read of it in the list of processes.
type spoken struct {
	takes  time.Duration
	sounds string // phonemes, in espeak-ng's own letters
	args   string
}

// speaks lets the real espeak-ng read a text aloud into a file, called as on a terminal.
func speaks(t *testing.T, lang, text string) spoken {
	t.Helper()
	real, err := exec.LookPath("espeak-ng")
	if err != nil {
		if os.Getenv("CI") != "" { // .ci/setup has installed it
			t.Fatal("espeak-ng is not installed: no terminal could read aloud")
		}
		t.Skip("espeak-ng is not installed")
	}
	path, dir := program(t, `cat > said
tr '\0' ' ' < /proc/$$/cmdline > cmdline
'`+real+`' "$@" -w wav < said || exit 1
'`+real+`' "$@" -q -x < said > sounds
`)
	if err := speaker(path)(t.Context(), lang, text); err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if got := read("said"); got != text {
		t.Errorf("%s: it is told %q", lang, got)
	}
	wav := read("wav")
	if len(wav) < 44 || wav[:4] != "RIFF" || wav[8:16] != "WAVEfmt " || wav[36:40] != "data" {
		t.Fatalf("%s: nothing is to be heard: %d bytes", lang, len(wav))
	}
	if quiet := strings.Trim(wav[44:], "\x00"); len(quiet) < len(wav)/2 {
		t.Errorf("%s: it is silent", lang)
	}
	rate := binary.LittleEndian.Uint32([]byte(wav[28:32])) // bytes a second
	return spoken{takes: time.Duration(len(wav)-44) * time.Second / time.Duration(rate), sounds: read("sounds"), args: read("cmdline")}
}

func TestAPageIsReadAloudInItsLanguageAndSlowerInLeichteSprache(t *testing.T) {
	const german = "Ich möchte bitte einen Ausweis. Bitte nehmen Sie Ihren Beleg mit, und kommen Sie am Dienstag ins Rathaus."
	de, simple := speaks(t, "de", german), speaks(t, "de-simple", german)
	en := speaks(t, "en", "I would like a permit, please. Please take your receipt, and come to the town hall on Tuesday.")
	for name, s := range map[string]spoken{"de": de, "de-simple": simple, "en": en} {
		if s.takes < 4*time.Second || s.takes > 15*time.Second {
			t.Errorf("%s: two sentences take %v", name, s.takes)
		}
		if limit := speakingTime(german); s.takes*2 > limit {
			t.Errorf("%s: it speaks for %v, and is ended after %v", name, s.takes, limit)
		}
		for _, said := range []string{"Ausweis", "Rathaus", "permit", "Tuesday"} {
			if strings.Contains(s.args, said) {
				t.Errorf("%s: everybody on this machine can read in the list of processes: %s", name, s.args)
			}
		}
	}
	if float64(simple.takes) < 1.1*float64(de.takes) {
		t.Errorf("Leichte Sprache takes %v, not slower than %v", simple.takes, de.takes)
	}
	for name, s := range map[string]spoken{"de": de, "de-simple": simple} { // “ich möchte”, as nobody says it in English
		if !strings.Contains(s.sounds, "IC") || !strings.Contains(s.sounds, "WCt") {
			t.Errorf("%s: it is not spoken as German: %s", name, s.sounds)
		}
	}
	if strings.Contains(en.sounds, "C") {
		t.Errorf("English is spoken as German: %s", en.sounds)
	}
}
