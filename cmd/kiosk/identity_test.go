package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost/outposttest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/kiosk/setup"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

func TestATerminalInServiceHasNoDemo(t *testing.T) {
	for _, demo := range []bool{false, true} {
		dir := t.TempDir()
		if _, err := identity(setup.Config{Data: dir}); !errors.Is(err, device.ErrNotEnrolled) {
			t.Errorf("before it is enrolled: %v", err)
		}
		ticket, _ := outposttest.Hall(t, demo)
		if _, err := device.Enroll(t.Context(), dir, ticket); err != nil {
			t.Fatal(err)
		}
		for _, c := range []setup.Config{{Demo: setup.Demo{Tree: "tree.sock"}}, {Demo: setup.Demo{Events: "events.jsonl"}}} {
			c.Data = dir
			if _, err := identity(c); errors.Is(err, errNotDemo) == demo {
				t.Errorf("demo %v, %+v: %v", demo, c.Demo, err)
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
		id, err := identity(setup.Config{Data: dir, Town: setup.Town{URL: "https://rathaus.example:8443"}})
		if err != nil || id.URL() != "https://rathaus.example:8443" || id.Demo() != demo {
			t.Error(id, err)
		}
	}
}
