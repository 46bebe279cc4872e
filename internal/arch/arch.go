// Package arch knows the floors of the house, and which room may enter which. Its test reads every import of the project with go/parser
// and fails on a wrong stair and on a room that this table does not know.
package arch

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
)

// Module is the path of the project's module.
const Module = "gitlab.opencode.de/bad-oeynhausen/rathausnah"

// room is a line of the floors' table. A name ends in "/..." when it stands for a folder and all below it; the longest match counts.
type room struct {
	name string
	may  []string // rooms of ours that may be entered, besides the room itself
}

var core0 = []string{"internal/core/text", "internal/core/expr", "internal/core/money", "internal/core/pay", "internal/core/proof", "internal/core/config", "internal/core/calendar", "internal/core/limit"}

func house() []room {
	form := append([]string{"internal/core/form", "internal/core/girocode", "internal/core/spelling", "internal/core/signature", "internal/core/enclosure"}, core0...)
	document := append([]string{"internal/core/document/..."}, core0...)
	return []room{
		// Floor 0: they know nothing of ours.
		{"internal/core/money", nil},
		{"internal/core/limit", nil},
		{"internal/core/text", []string{"internal/core/limit"}},
		{"internal/core/config", nil},
		{"internal/core/spelling", nil},
		{"internal/core/calendar", nil},
		{"internal/core/expr", []string{"internal/core/calendar"}},
		{"internal/core/seal", nil},
		{"internal/core/proof", nil},
		{"internal/core/photo/...", nil},
		{"internal/core/fim", nil},
		{"internal/core/signature", nil},
		{"internal/core/enclosure", nil},
		{"internal/core/bundle", []string{"internal/core/proof"}},
		{"internal/core/pay", []string{"internal/core/money"}},
		{"internal/core/girocode", []string{"internal/core/money"}},
		{"drivers/port", nil},
		{"assets", nil},
		// Floor 1.
		{"internal/core/place", []string{"internal/core/text", "internal/core/spelling"}},
		{"internal/core/form", form},
		{"internal/core/document/...", document},
		{"internal/core/service", append(append([]string{}, form...), document...)},
		{"internal/core/fact", form},
		// Floor 2.
		{"internal/core/visit", []string{"internal/core/..."}},
		{"internal/core/visit/visittest", []string{"internal/core/seal", "internal/core/pay"}},
		{"sync/wire", []string{"internal/core/seal", "internal/core/money", "internal/core/pay", "internal/core/proof"}},
		{"sync/...", []string{"internal/durable", "internal/migrate", "sync/wire", "internal/core/seal", "internal/core/money", "internal/core/pay", "internal/core/proof"}},
		{"sync/device", []string{"internal/durable", "sync/wire", "sync/store", "internal/core/seal", "internal/core/money", "internal/core/pay", "internal/core/proof"}},
		// Floor 3.
		{"internal/ui/...", []string{"internal/core/...", "internal/ui/...", "assets"}},
		// Floor 4.
		{"kiosk", []string{"internal/core/...", "internal/ui/...", "assets"}},
		{"mobile", []string{"internal/core/...", "internal/ui/...", "assets"}},
		{"kiosk/hardware", []string{"internal/durable", "internal/core/visit", "internal/core/fact", "internal/core/document/...", "internal/core/money", "internal/core/pay", "drivers/..."}},
		{"kiosk/setup", []string{"internal/core/config", "kiosk/hardware"}},
		{"internal/townhall/...", []string{"internal/core/calendar", "internal/core/spelling", "internal/core/text", "internal/core/expr", "internal/core/money", "internal/core/pay", "internal/core/proof",
			"internal/core/seal", "internal/core/form", "internal/core/document/...", "internal/core/photo", "internal/core/place", "internal/core/bundle", "internal/core/service", "internal/core/signature",
			"internal/core/enclosure", "internal/townhall/...", "internal/migrate", "sync/wire", "sync/hall"}},
		// Beside: a driver knows its line; an emulator also the packets of its driver.
		{"drivers/zvt", []string{"drivers/port"}},
		{"drivers/zvt/zvtemu", []string{"drivers/port", "drivers/zvt"}},
		{"drivers/escpos", []string{"drivers/port"}},
		{"drivers/escpos/escposemu", []string{"drivers/port", "drivers/escpos"}},
		{"drivers/ipp", []string{"drivers/ipp/pwg"}},
		{"drivers/ipp/pwg", nil},
		{"drivers/ipp/ippemu", []string{"drivers/ipp/pwg"}},
		{"drivers/card", nil},
		{"drivers/card/cardemu", []string{"drivers/card"}},
		{"drivers/card/pcsc", []string{"drivers/card"}},
		{"drivers/scan", []string{"drivers/port"}},
		{"drivers/scan/scanemu", []string{"drivers/port", "drivers/scan"}},
		{"drivers/rfid", []string{"drivers/port"}},
		{"drivers/rfid/rfidemu", []string{"drivers/port", "drivers/rfid"}},
		{"drivers/presence", []string{"drivers/port"}},
		{"drivers/presence/presenceemu", []string{"drivers/port", "drivers/presence"}},
		{"drivers/eid", nil},
		{"drivers/eid/eidemu", nil},
		// Floor 5: rooms meet only here.
		{"cmd/...", []string{"..."}},
		{"cmd/mobile", []string{"internal/core/...", "internal/ui/...", "internal/clock", "internal/outpost", "sync/device", "sync/store", "mobile", "assets"}},
		{"internal/outpost", []string{"internal/core/...", "sync/device", "sync/store"}},
		{"internal/outpost/outposttest", []string{"internal/core/proof", "internal/townhall/sqlite", "sync/..."}},
		{"internal/server", []string{"internal/durable", "internal/core/...", "internal/townhall/...", "sync/hall", "sync/wire", "assets"}},
		{"internal/town", []string{"internal/core/...", "internal/clock", "internal/outpost", "internal/server", "internal/town/line", "internal/townhall/...", "sync/...",
			"drivers/...", "kiosk/hardware", "assets"}},
		{"internal/town/line", nil},
		{"internal/clock", nil},
		{"internal/durable", nil},
		{"internal/migrate", nil},
		{"internal/arch", nil},
	}
}

// foreign says which libraries may be imported in which rooms only; a room's name may end in "/...".
func foreign() map[string][]string {
	return map[string][]string{
		"fyne.io/fyne/v2":                       {"internal/ui/...", "kiosk", "mobile", "cmd/kiosk", "cmd/mobile", "cmd/demo", "cmd/preview"},
		"github.com/fyne-io/oksvg":              {"internal/ui/look"},
		"github.com/go-gl/gl/v3.1/gles2":        {"cmd/kiosk"},
		"github.com/go-gl/glfw/v3.4/glfw":       {"cmd/kiosk"},
		"fyne.io/fyne/v2/app":                   {"cmd/kiosk", "cmd/mobile", "cmd/demo"},
		"cel.dev/cel-go":                        {"internal/core/expr"},
		"github.com/santhosh-tekuri/jsonschema": {"internal/core/form"},
		"github.com/mattn/go-sqlite3":           {"sync/store", "internal/townhall/sqlite", "internal/migrate", "cmd/demo"}, // in a test, and as a peer in the bench
		"github.com/pressly/goose":              {"internal/migrate"},
		"github.com/tarm/serial":                {"drivers/port"},
		"github.com/go-jose/go-jose":            {"internal/core/seal", "internal/core/proof"},
		"github.com/go-resty/resty":             {"sync/device"},
		"codeberg.org/go-pdf/fpdf":              {"internal/core/document/pdf"},
		"github.com/nicksnyder/go-i18n":         {"internal/core/text"},
		"github.com/OpenPrinting/goipp":         {"drivers/ipp", "drivers/ipp/ippemu"},
		"github.com/ebfe/scard":                 {"drivers/card/pcsc"},
		"database/sql":                          {"sync/store", "internal/townhall/sqlite", "internal/townhall/storetest", "cmd/demo", "internal/migrate"},
		"net/http":                              {"sync/...", "internal/townhall/...", "drivers/ipp/...", "drivers/eid/...", "kiosk/hardware", "internal/server", "internal/town", "internal/outpost/outposttest", "cmd/..."},
		"os":                                    {"sync/...", "internal/townhall/...", "drivers/...", "kiosk/hardware", "kiosk/setup", "kiosk", "internal/ui/...", "internal/durable", "internal/server", "internal/town", "cmd/..."},
		"github.com/jezek/xgb":                  {"cmd/demo"},
		"github.com/makiuchi-d/gozxing":         {"drivers/escpos/...", "internal/core/document/barcode", "internal/core/document/qr/qrread"},
		"golang.org/x/term":                     {"cmd/townhall", "cmd/technician"},
		"github.com/gorilla/websocket":          {"sync/hall", "sync/device", "drivers/eid/...", "kiosk/hardware", "cmd/technician"}, // the last two hand the driver its dialer
		"github.com/srwiley/rasterx":            {"internal/ui/look"},
		"github.com/skip2/go-qrcode":            {"internal/core/document/qr", "drivers/escpos/..."},
	}
}

// Violation is one import that the floors do not allow, or a room they do not know.
type Violation struct {
	File   string // path inside the project
	Import string // what is imported; empty for an unknown room
	Why    string
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.File, v.Import, v.Why) }

// Check reads every Go file below fsys, which is the project's root, and gives what breaks the floors, in the order of the files. Test
// files may import the standard library, foreign libraries and their own room's helpers freely, but rooms of ours only by the same stairs,
// except that a test may start a counterpart to talk to (see beside).
func Check(fsys fs.FS) ([]Violation, error) {
	var out []Violation
	err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "out" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, ".go"):
			return nil
		}
		found, err := checkFile(fsys, file)
		out = append(out, found...)
		return err
	})
	sort.SliceStable(out, func(i, j int) bool { return out[i].File < out[j].File })
	return out, err
}

func checkFile(fsys fs.FS, file string) ([]Violation, error) {
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
	if err != nil {
		return nil, fmt.Errorf("arch: %w", err)
	}
	here := path.Dir(file)
	test := strings.HasSuffix(file, "_test.go")
	r, known := find(here)
	if !known {
		return []Violation{{file, "", "the floors know no room " + here}}, nil
	}
	var out []Violation
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("arch: %w", err)
		}
		if ours, is := strings.CutPrefix(imported, Module+"/"); is {
			if ours == here || allowed(ours, r.may) || (test && beside(here, ours)) {
				continue
			}
			out = append(out, Violation{file, ours, here + " may not enter this room"})
			continue
		}
		if test {
			continue
		}
		lib, rooms := longest(imported)
		if lib != "" && !allowed(here, rooms) {
			out = append(out, Violation{file, imported, "only " + strings.Join(rooms, ", ") + " may import this"})
		}
	}
	return out, nil
}

// beside allows tests to start a counterpart: a driver's its emulator, a device's the hall, a shell's the services that ship.
func beside(here, ours string) bool {
	pairs := map[string][]string{
		"drivers/...":           {"drivers/..."},
		"kiosk/hardware":        {"drivers/...", "sync/store"},
		"sync/...":              {"sync/...", "internal/core/..."},
		"internal/core/...":     {"assets", "internal/core/..."},
		"internal/outpost":      {"internal/outpost/outposttest"},
		"internal/townhall/...": {"assets", "sync/...", "internal/core/..."},
	}
	for room, may := range pairs {
		if match(room, here) && allowed(ours, may) {
			return true
		}
	}
	return false
}

func find(dir string) (best room, known bool) {
	length := -1
	for _, r := range house() {
		if match(r.name, dir) && len(r.name) > length {
			best, known, length = r, true, len(r.name)
			if !strings.HasSuffix(r.name, "/...") {
				return r, true
			}
		}
	}
	return best, known
}

func longest(imported string) (lib string, rooms []string) {
	for name, may := range foreign() {
		if (imported == name || strings.HasPrefix(imported, name+"/")) && len(name) > len(lib) {
			lib, rooms = name, may
		}
	}
	return lib, rooms
}

func allowed(dir string, rooms []string) bool {
	for _, r := range rooms {
		if match(r, dir) {
			return true
		}
	}
	return false
}

// match tells whether a table's name stands for a folder: "a/b" for itself, "a/..." for a and all below it, "..." for everything.
func match(name, dir string) bool {
	if name == "..." {
		return true
	}
	if base, open := strings.CutSuffix(name, "/..."); open {
		return dir == base || strings.HasPrefix(dir, base+"/")
	}
	return dir == name
}
