package arch

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A phone has no card terminal and no printer: code for them would be weight, and a way in.
func TestAPhoneReachesNoDriver(t *testing.T) {
	house := os.DirFS("../..")
	for _, from := range []string{"mobile", "cmd/mobile"} {
		for _, shut := range []string{"drivers/...", "kiosk/...", "internal/server", "internal/townhall/...", "sync/hall"} {
			way, err := Reach(house, from, shut)
			if err != nil {
				t.Fatal(err)
			}
			if way != nil {
				t.Errorf("%s gets into %s: %s", from, shut, strings.Join(way, " → "))
			}
		}
	}
	for from, there := range map[string]string{"cmd/mobile": "sync/wire", "cmd/kiosk": "drivers/zvt", "mobile": "internal/core/money"} { // the walk walks
		if way, err := Reach(house, from, there); err != nil || len(way) < 3 {
			t.Errorf("%s does not get into %s: %v, %v", from, there, way, err)
		}
	}
}

func TestAWayOverSeveralRoomsIsSeen(t *testing.T) {
	file := func(imports ...string) *fstest.MapFile {
		src := "package x\n"
		for _, i := range imports {
			src += "import _ \"" + i + "\"\n"
		}
		return &fstest.MapFile{Data: []byte(src)}
	}
	house := fstest.MapFS{
		"cmd/mobile/main.go":          file("fmt", Module+"/mobile", Module+"/internal/outpost"),
		"mobile/mobile.go":            file(Module + "/internal/core/visit"),
		"internal/core/visit/a.go":    file(),
		"internal/outpost/outpost.go": file(Module + "/internal/core/visit"),
		"internal/outpost/o_test.go":  file(Module + "/drivers/zvt"), // a test's way is no way
	}
	reach := func(fsys fs.FS) []string {
		way, err := Reach(fsys, "cmd/mobile", "drivers/...")
		if err != nil {
			t.Fatal(err)
		}
		return way
	}
	if way := reach(house); way != nil {
		t.Errorf("there is no way, yet %v", way)
	}
	house["internal/core/visit/b_android.go"] = file(Module + "/internal/core/hidden")
	house["internal/core/hidden/h.go"] = file(Module+"/mobile", Module+"/drivers/escpos/escposemu") // rooms that go round in a circle end too
	if way, want := reach(house), []string{"cmd/mobile", "mobile", "internal/core/visit", "internal/core/hidden", "drivers/escpos/escposemu"}; !slices.Equal(way, want) {
		t.Errorf("the way is %v, want %v", way, want)
	}
}
