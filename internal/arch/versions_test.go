package arch

import (
	"os"
	"regexp"
	"testing"
)

// The terminal's is the one that the source is run with; the phone's app has a name of its own to the system.
func TestThePackagersFilesHaveTheVersionOfTheHouse(t *testing.T) {
	for file, fields := range map[string]string{"../../cmd/kiosk/FyneApp.toml": "Name|ID|Version|Build", "../../cmd/mobile/FyneApp.toml": "Name|Version|Build"} {
		field := regexp.MustCompile(`(?m)^(` + fields + `) = .*$`)
		want := field.FindAllString(read(t, "../../FyneApp.toml"), -1)
		got := field.FindAllString(read(t, file), -1)
		if len(want) < 3 || len(got) != len(want) {
			t.Fatalf("%s: fields %q, wanted %q", file, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s says %s, FyneApp.toml %s", file, got[i], want[i])
			}
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
