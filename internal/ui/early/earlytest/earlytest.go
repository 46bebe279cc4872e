// Package earlytest tests the rooms of package early.
package earlytest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// inside is the variable that tells a child process that it is one, and what it has to find in FYNE_CACHE.
const inside = "EARLY_INSIDE"

// child runs this very test once more, in a process of its own whose environment has nothing that early sets but what is given.
func child(t *testing.T, expect string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "FYNE_CACHE=") && !strings.HasPrefix(e, "XCOMPOSEFILE=") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(append(cmd.Env, inside+"="+expect), env...)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("the child process: %v\n%s", err, out)
	}
	return string(out)
}

// BeforeAnybodyReads lets Go say in which order it initializes the calling test's very program: room, whose variable Set is given, comes before all that
// read the environment, and they find this in FYNE_CACHE.
func BeforeAnybodyReads(t *testing.T, room string, set bool, cache string) {
	t.Helper()
	if expect := os.Getenv(inside); expect != "" {
		look(t, set, expect)
		return
	}
	out := child(t, cache, "GODEBUG=inittrace=1")
	place := func(pkg string) int {
		i := strings.Index(out, "init "+pkg+" @")
		if i < 0 {
			t.Fatalf("Go does not say when it initialized %s:\n%s", pkg, out)
		}
		return i
	}
	ours := place("gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early/" + room)
	for _, reader := range []string{"os", "fyne.io/fyne/v2/internal/cache"} {
		if place(reader) < ours {
			t.Errorf("%s is initialized before: it reads what is not set yet", reader)
		}
	}
}

// WhatSomebodySetStays: a technician who sets something on a machine knows better.
func WhatSomebodySetStays(t *testing.T, set bool) {
	t.Helper()
	if expect := os.Getenv(inside); expect != "" {
		look(t, set, expect)
		return
	}
	child(t, "7s", "FYNE_CACHE=7s")
}

func look(t *testing.T, set bool, cache string) {
	t.Helper()
	if got := os.Getenv("FYNE_CACHE"); !set || got != cache {
		t.Errorf("FYNE_CACHE is %q, want %q", got, cache)
	}
	if got := os.Getenv("XCOMPOSEFILE"); got != "/dev/null" {
		t.Errorf("XCOMPOSEFILE is %q", got)
	}
}
