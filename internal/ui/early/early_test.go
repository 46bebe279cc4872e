package early_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	_ "fyne.io/fyne/v2/app" // what is to be set for

	"gitlab.opencode.de/bad-oeynhausen/rathausnah/internal/ui/early"
)

// TestItIsDoneBeforeAnybodyReadsTheEnvironment lets Go say in which order it initializes this very program.
func TestItIsDoneBeforeAnybodyReadsTheEnvironment(t *testing.T) {
	if os.Getenv("EARLY_INSIDE") != "" {
		if !early.Set || os.Getenv("FYNE_CACHE") != "20s" || os.Getenv("XCOMPOSEFILE") != "/dev/null" {
			t.Fatal("not set")
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestItIsDoneBeforeAnybodyReadsTheEnvironment$")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "FYNE_CACHE=") && !strings.HasPrefix(e, "XCOMPOSEFILE=") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "EARLY_INSIDE=1", "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	place := func(pkg string) int {
		i := strings.Index(string(out), "init "+pkg+" @")
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

func TestWhatSomebodySetStays(t *testing.T) {
	if os.Getenv("EARLY_INSIDE") != "" {
		t.Skip("the other test's")
	}
	if os.Getenv("FYNE_CACHE") == "7s" {
		return // inside
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestWhatSomebodySetStays$", "-test.v")
	cmd.Env = append(os.Environ(), "FYNE_CACHE=7s")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
		t.Errorf("%v\n%s", err, out)
	}
}
