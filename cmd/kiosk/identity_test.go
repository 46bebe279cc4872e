package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost/outposttest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/setup"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

func TestATerminalInServiceHasNoDemo(t *testing.T) {
	for _, demo := range []bool{false, true} {
		dir := t.TempDir()
		at := func(more string) (*device.Identity, error) {
			t.Helper()
			file := filepath.Join(t.TempDir(), "kiosk.yaml")
			if err := os.WriteFile(file, []byte("data: "+dir+"\n"+more), 0o600); err != nil {
				t.Fatal(err)
			}
			c, f, err := setup.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			return identity(c, f)
		}
		if _, err := at(""); !errors.Is(err, device.ErrNotEnrolled) {
			t.Errorf("before it is enrolled: %v", err)
		}
		ticket, _ := outposttest.Hall(t, demo)
		if _, err := device.Enroll(t.Context(), dir, ticket); err != nil {
			t.Fatal(err)
		}
		for more, want := range map[string]string{
			"demo: {tree: tree.sock}\n":       "kiosk.yaml:2: demo: ",
			"demo:\n  events: events.jsonl\n": "kiosk.yaml:2: demo: ",
			"lang: de\ndevices:\n  eid: \"eid+emulated:?given=Renate&family=Vogt\"\ntown: {}\n": "kiosk.yaml:4: devices.eid: ",
		} {
			_, err := at(more)
			if errors.Is(err, errNotDemo) == demo {
				t.Errorf("demo %v, %s: %v", demo, more, err)
			}
			if !demo && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", more, err, want)
			}
		}
		if !demo { // and the program itself refuses, before it opens anything
			file := filepath.Join(t.TempDir(), "kiosk.yaml")
			if err := os.WriteFile(file, []byte("data: "+dir+"\ndemo: {events: events.jsonl}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := (&Main{ConfigFile: file}).Run(t.Context()); !errors.Is(err, errNotDemo) {
				t.Errorf("a terminal in service starts with an event log: %v", err)
			}
		}
		id, err := at("town: {url: \"https://rathaus.example:8443\"}\n")
		if err != nil || id.URL() != "https://rathaus.example:8443" || id.Demo() != demo {
			t.Error(id, err)
		}
	}
}

// What the file says and this machine does not have is named as any other mistake is.
func TestWhatIsNotHereIsNamedWithFileLineAndKey(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"data: x\ntenant: minden\n":                  "kiosk.yaml:2: tenant: there is no such tenant among staatsbad, stadt",
		"data: x\n\nlang: fr\n":                      "kiosk.yaml:3: lang: ",
		"data: x\nspeech: espeak-that-is-not-here\n": "kiosk.yaml:2: speech: ",
	} {
		file := filepath.Join(dir, "kiosk.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := (&Main{ConfigFile: file}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	t.Setenv("PATH", dir) // nobody asked for the program: a terminal without it reads nothing aloud, and that is all
	file := filepath.Join(dir, "kiosk.yaml")
	if err := os.WriteFile(file, []byte("data: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, f, err := setup.Load(file)
	if err == nil {
		err = here(c, f)
	}
	if err != nil {
		t.Error("without espeak-ng:", err)
	}
}
