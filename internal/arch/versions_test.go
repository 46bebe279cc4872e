package arch

import (
	"os"
	"regexp"
	"testing"
)

func TestThePackagersFileHasTheVersionOfTheHouse(t *testing.T) {
	field := regexp.MustCompile(`(?m)^(Name|ID|Version|Build) = .*$`)
	want := field.FindAllString(read(t, "../../FyneApp.toml"), -1)
	got := field.FindAllString(read(t, "../../cmd/kiosk/FyneApp.toml"), -1)
	if len(want) != 4 || len(got) != len(want) {
		t.Fatalf("fields %q and %q", want, got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("cmd/kiosk/FyneApp.toml says %s, FyneApp.toml %s", got[i], want[i])
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
