package main

import (
	"errors"
	"testing"

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/outpost/outposttest"
	"gitlab.opencode.de/bad-oeynhausen/rathausnah/sync/device"
)

func TestATerminalInServiceHasNoDemo(t *testing.T) {
	for _, demo := range []bool{false, true} {
		dir := t.TempDir()
		if _, err := (Config{Data: dir}).identity(); !errors.Is(err, device.ErrNotEnrolled) {
			t.Errorf("before it is enrolled: %v", err)
		}
		ticket, _ := outposttest.Hall(t, demo)
		if _, err := device.Enroll(t.Context(), dir, ticket); err != nil {
			t.Fatal(err)
		}
		for _, c := range []Config{{Demo: Demo{Tree: "tree.sock"}}, {Demo: Demo{Events: "events.jsonl"}}} {
			c.Data = dir
			if _, err := c.identity(); errors.Is(err, errNotDemo) == demo {
				t.Errorf("demo %v, %+v: %v", demo, c.Demo, err)
			}
		}
		if !demo { // and the program itself refuses, before it opens anything
			file := write(t, "data: "+dir+"\ndemo: {events: events.jsonl}\n")
			if err := (&Main{ConfigFile: file}).Run(t.Context()); !errors.Is(err, errNotDemo) {
				t.Errorf("a terminal in service starts with an event log: %v", err)
			}
		}
		id, err := Config{Data: dir, Town: Town{URL: "https://rathaus.example:8443"}}.identity()
		if err != nil || id.URL() != "https://rathaus.example:8443" || id.Demo() != demo {
			t.Error(id, err)
		}
	}
}
