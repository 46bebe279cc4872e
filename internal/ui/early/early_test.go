package early_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	_ "fyne.io/fyne/v2/app" // what is to be set for

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early"
)

// inside is the variable that tells a child process that it is one, and what it has to find in FYNE_CACHE.
const inside = "EARLY_INSIDE"

// child runs the test of this name once more, in a process of its own whose environment has nothing that early sets but what is given.
func child(t *testing.T, name, expect string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+name+"$", "-test.v")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "FYNE_CACHE=") && !strings.HasPrefix(e, "XCOMPOSEFILE=") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(append(cmd.Env, inside+"="+expect), env...)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+name) {
		t.Fatalf("the child process: %v\n%s", err, out)
	}
	return string(out)
}

// TestItIsDoneBeforeAnybodyReadsTheEnvironment lets Go say in which order it initializes this very program.
func TestItIsDoneBeforeAnybodyReadsTheEnvironment(t *testing.T) {
	if expect := os.Getenv(inside); expect != "" {
		if !early.Set || os.Getenv("FYNE_CACHE") != expect || os.Getenv("XCOMPOSEFILE") != "/dev/null" {
			t.Fatalf("FYNE_CACHE is %q, XCOMPOSEFILE %q", os.Getenv("FYNE_CACHE"), os.Getenv("XCOMPOSEFILE"))
		}
		return
	}
	out := child(t, t.Name(), "12s", "GODEBUG=inittrace=1")
	place := func(pkg string) int {
		i := strings.Index(out, "init "+pkg+" @")
		if i < 0 {
			t.Fatalf("Go does not say when it initialized %s:\n%s", pkg, out)
		}
		return i
	}
	ours := place("gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early")
	for _, reader := range []string{"os", "fyne.io/fyne/v2/internal/cache"} {
		if place(reader) < ours {
			t.Errorf("%s is initialized before: it reads what is not set yet", reader)
		}
	}
}

// A technician who sets something on a machine knows better.
func TestWhatSomebodySetStays(t *testing.T) {
	if expect := os.Getenv(inside); expect != "" {
		if got := os.Getenv("FYNE_CACHE"); !early.Set || got != expect {
			t.Fatalf("FYNE_CACHE was set to %q and is %q", expect, got)
		}
		if os.Getenv("XCOMPOSEFILE") != "/dev/null" {
			t.Error("what nobody set is not set")
		}
		return
	}
	child(t, t.Name(), "7s", "FYNE_CACHE=7s")
}
